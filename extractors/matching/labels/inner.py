"""Labels inside an answer that are none: words of other questions, which an answer may hold like any others."""

from __future__ import annotations

from extractors.forms.definitions import OTHER
from extractors.matching.labels.hits import Hit
from extractors.matching.scene import Scene

_LEAST = 6
"""So many labels show how all are printed."""
_MOSTLY, _SINGLE = 0.85, 0.75
"""The share of labels that are bold, and of cells with one label, from which all are meant to be."""


def told_inside(here: Scene) -> dict[int, frozenset[tuple[int, int]]]:
    """Order of spot -> the places (line, start) in it of what is worded as a label behind another one and is plain print, in
    a form whose labels are bold where each begins its cell or line."""
    first = {id(hits[0]) for hits in here.labels.values()}
    heads = [
        hit
        for hit in here.hits()
        if hit.start == 0 and hit.best == 1.0 and hit.opens is None and (hit.spot.grid is None or id(hit) in first)
    ]
    if len(heads) < _LEAST or sum(begins_bold(hit) for hit in heads) < _MOSTLY * len(heads):
        return {}
    found: dict[int, frozenset[tuple[int, int]]] = {}
    for order, hits in here.labels.items():
        plain = {(hit.line, hit.start) for hit in hits[1:] if hit.opens is None and not begins_bold(hit)}
        if plain and begins_bold(hits[0]):
            found[order] = frozenset(plain)
    return found


def may_be_told(hit: Hit, here: Scene) -> bool:
    """Whether what ends the answer to a label is asked elsewhere too, so that it may be part of the answer: the words of
    another question, or the second label of a cell where cells hold one each."""
    hits = here.labels.get(hit.spot.order, [])
    following = hits[hits.index(hit) + 1 :][:1] if hit in hits else []
    if not following or following[0].opens is not None:
        return False
    if any(here.asked[match.owner] > 1 for match in following[0].claims if match.owner != OTHER and match.score == 1.0):
        return True
    cells = [labels for labels in here.labels.values() if labels[0].spot.grid is not None and labels[0].opens is None]
    single = sum(len(labels) == 1 for labels in cells) > _SINGLE * len(cells)
    return hit.spot.grid is not None and single and following[0].line > hit.line


def in_its_own_answer(hit: Hit, key: str, here: Scene) -> bool:
    """Whether a label stands inside the cell where another one that asks the same has its answer, and is
    not only that label said again."""
    grid, spot = hit.spot.grid, hit.spot
    if grid is None or (hit.start == 0 and spot.text.count(":") <= 1):
        return False
    above = grid.at(spot.row - 1, spot.col) if spot.row else None
    near = [*grid.left_of(spot)[:1], *([above] if above is not None else [])]
    before = [*near, *here.places.spots[max(0, spot.order - 1) : spot.order]] if grid.width == 1 else near
    return any(
        match.owner == key and match.score == 1.0
        for one in before
        for label in here.labels.get(one.order, [])[-1:]
        for match in label.claims
    )


def begins_bold(hit: Hit) -> bool:
    """Whether a label begins in bold print."""
    at = 0
    for run in hit.spot.own[hit.line].runs:
        at += len(run.text)
        if at > hit.start and run.text.strip():
            return run.bold
    return False
