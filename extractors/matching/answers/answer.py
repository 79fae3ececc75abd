"""What answers a label: lines, where they stand, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.matching.places import Spot
from extractors.page import Line


@dataclass(frozen=True, slots=True)
class Answer:
    """The lines of an answer, the spots that hold them, how sure it is that they answer the label (0..1), and doubts.

    `found` is False when the label has no place for an answer at all.
    """

    lines: tuple[Line, ...]
    spots: tuple[Spot, ...]
    certainty: float = 1.0
    doubts: tuple[str, ...] = ()
    found: bool = True
