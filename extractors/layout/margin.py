"""Print that runs up or down the page beside all other print: a marking, a form number. It belongs to none of the lines beside it."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.layout.draft import Placed
from extractors.layout.ink import Word
from extractors.layout.lines import Sheet
from extractors.page import Line, Run

_ABOVE_ALL = -1.0
"""Where such print stands in the order of a page, in points: before all else."""


def up_the_margin(words: Sequence[Word], sheet: Sheet) -> list[tuple[Placed, list[Word]]]:
    """Each line of such print with its words, which stand in the order of the file."""
    turned = [word for word in words if not word.upright]
    if not turned:
        return []
    low = min((word.x0 for word in words if word.upright), default=0.0)
    high = max((word.x1 for word in words if word.upright), default=0.0)
    lines: dict[tuple[int, int], list[Word]] = {}
    for word in turned:
        if word.x1 <= low or word.x0 >= high:
            lines.setdefault((round(word.x0), round(word.x1)), []).append(word)
    return [(_placed(line, sheet), line) for line in lines.values()]


def _placed(words: list[Word], sheet: Sheet) -> Placed:
    x0, x1 = min(word.x0 for word in words), max(word.x1 for word in words)
    box = sheet.box(x0, min(word.top for word in words), x1, max(word.bottom for word in words))
    sure = min(word.confidence for word in words)
    run = Run(" ".join(word.text for word in words), sheet.number, box, method=words[0].method, confidence=sure)
    return Placed(_ABOVE_ALL, _ABOVE_ALL, x0, x1, Line((run,)))
