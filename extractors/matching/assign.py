"""The best pairing of labels with keys as a whole, so that one label's second choice never takes another's only one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

Left = TypeVar("Left", bound=Hashable)
Right = TypeVar("Right", bound=Hashable)


def best_pairs(weights: Mapping[tuple[Left, Right], float]) -> dict[Left, Right]:
    """The pairs with the greatest sum of weights, each left and each right used once; only pairs above zero.

    Labels and keys fall into small groups that compete; each group is solved exactly (Kuhn and Munkres).
    """
    pairs: dict[Left, Right] = {}
    for lefts, rights in _groups(weights):
        if len(lefts) == len(rights) == 1:
            if weights[lefts[0], rights[0]] > 0:
                pairs[lefts[0]] = rights[0]
            continue
        cost = [[-max(0.0, weights.get((left, right), 0.0)) for right in rights] for left in lefts]
        turned = len(lefts) > len(rights)
        if turned:
            cost = [list(column) for column in zip(*cost, strict=True)]
        for row, column in enumerate(_least_cost(cost)):
            if cost[row][column] < 0:
                left, right = (column, row) if turned else (row, column)
                pairs[lefts[left]] = rights[right]
    return pairs


def _groups(weights: Mapping[tuple[Left, Right], float]) -> list[tuple[list[Left], list[Right]]]:
    """Lefts and rights that hang together."""
    of_left: dict[Left, list[Right]] = {}
    of_right: dict[Right, list[Left]] = {}
    for left, right in weights:
        of_left.setdefault(left, []).append(right)
        of_right.setdefault(right, []).append(left)
    groups: list[tuple[list[Left], list[Right]]] = []
    seen: set[Left] = set()
    for start in of_left:
        if start in seen:
            continue
        lefts: list[Left] = []
        rights: dict[Right, None] = {}
        waiting = [start]
        seen.add(start)
        while waiting:
            left = waiting.pop()
            lefts.append(left)
            for right in of_left[left]:
                if right not in rights:
                    rights[right] = None
                    for other in of_right[right]:
                        if other not in seen:
                            seen.add(other)
                            waiting.append(other)
        groups.append((lefts, list(rights)))
    return groups


def _least_cost(cost: list[list[float]]) -> list[int]:
    """For each row of a matrix with no more rows than columns its column of the least total cost (Hungarian method with
    potentials): the time goes with rows times rows times columns."""
    rows, columns = len(cost), len(cost[0])
    row_potential, column_potential = [0.0] * (rows + 1), [0.0] * (columns + 1)
    row_of = [0] * (columns + 1)
    way = [0] * (columns + 1)
    for row in range(1, rows + 1):
        row_of[0] = row
        column = 0
        least = [float("inf")] * (columns + 1)
        used = [False] * (columns + 1)
        while True:
            used[column] = True
            current, step, following = row_of[column], float("inf"), 0
            for j in range(1, columns + 1):
                if used[j]:
                    continue
                reduced = cost[current - 1][j - 1] - row_potential[current] - column_potential[j]
                if reduced < least[j]:
                    least[j], way[j] = reduced, column
                if least[j] < step:
                    step, following = least[j], j
            for j in range(columns + 1):
                if used[j]:
                    row_potential[row_of[j]] += step
                    column_potential[j] -= step
                else:
                    least[j] -= step
            column = following
            if row_of[column] == 0:
                break
        while column:
            row_of[column] = row_of[way[column]]
            column = way[column]
    assigned = [0] * rows
    for j in range(1, columns + 1):
        if row_of[j]:
            assigned[row_of[j] - 1] = j - 1
    return assigned
