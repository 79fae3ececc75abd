"""The scene of one form: every spot with its role (label, answer, heading, who completes) and every label with its part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from extractors.forms.definitions import Definition
from extractors.matching.answers.signs import Signs
from extractors.matching.labels.hits import Hit
from extractors.matching.notes import all_note
from extractors.matching.places import Places, Spot
from extractors.matching.style import Style
from extractors.wording import plain


@dataclass(eq=False)
class Scene:
    """Everything known about a document before answers are looked for."""

    definition: Definition
    places: Places
    style: Style
    labels: dict[int, list[Hit]] = field(default_factory=dict)
    """order of spot -> the labels printed in it"""
    who: set[int] = field(default_factory=set)
    """orders of spots that only say who completes a row"""
    taken: set[int] = field(default_factory=set)
    """orders of spots that belong to a list of options or a table of rows, and are neither label nor answer"""
    headings: set[int] = field(default_factory=set)
    ticked_rows: dict[int, dict[int, str]] = field(default_factory=dict)
    """id of grid -> its rows of ticks under options, with the part of the form they belong to"""
    same_cell: bool = False
    """labels and answers share cells in this document"""
    signs: Signs | None = None
    """what stands round all answers of this document"""

    @cached_property
    def asked(self) -> Counter[str]:
        """How many labels are known for certain to mean a key; for when all labels are found."""
        return Counter(match.owner for hit in self.hits() for match in hit.claims if match.score == 1.0)

    @cached_property
    def hints(self) -> Counter[str]:
        """How many cells, or lines outside tables, begin with each of the instructions in brackets that are printed."""
        begins = (
            plain(line.text) for spot in self.places.spots for line in (spot.own if spot.grid is None else spot.own[:1])
        )
        return Counter(text for text in begins if all_note(text))

    def hits(self) -> Iterable[Hit]:
        """Every label in reading order."""
        return (hit for order in sorted(self.labels) for hit in self.labels[order])

    def is_label(self, spot: Spot) -> bool:
        return spot.order in self.labels

    def is_answer(self, spot: Spot) -> bool:
        """Whether a spot may hold an answer: no label, heading, list of options or note of who completes."""
        if (
            spot.order in self.labels
            or spot.order in self.who
            or spot.order in self.taken
            or spot.order in self.headings
        ):
            return False
        if any(self.is_label(inner) for grid in spot.inner for inner in grid.spots):
            return False
        return not (spot.empty and spot.shaded and self.style.shaded)

    def among_labels(self, spot: Spot) -> bool:
        """Whether a cell stands in a row that holds labels alone, in a table whose answers stand below their labels."""
        grid = spot.grid
        if grid is None:
            return False
        row = grid.row_of(spot)
        told = self.style.telling and sum(self.is_label(other) for other in row) > 1
        if not told and spot.row not in self.style.rows.get(id(grid), frozenset()):
            return False
        return all(self.is_label(other) or other.empty or other.order in self.who for other in row)
