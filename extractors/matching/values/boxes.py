"""Tick boxes among words, each with the words that may belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.page import Line, Run


@dataclass(frozen=True, slots=True)
class Box:
    """A tick box with the words that may belong to it: behind or before it on its line, and up to the next box."""

    run: Run
    after: str
    after_all: str
    before: str
    before_all: str


def wide(between: str) -> int:
    """How much room there is between a box and an option, in blanks."""
    return len(between) + 3 * between.count("\t")


def on_line(boxes: Sequence[Box]) -> tuple[list[str], list[str]]:
    """What stands behind and before boxes on their own lines."""
    return [box.after for box in boxes], [box.before for box in boxes]


def boxes_on(lines: Sequence[Line]) -> list[Box]:
    """The boxes on lines, each with the words about it."""
    found: list[Run] = []
    texts: list[str] = [""]
    for at, line in enumerate(lines):
        for run in line.runs:
            if run.mark and found and found[-1].mark is False and not texts[-1]:
                found[-1] = run  # a tick typed right behind an empty box stands for one in it
            elif run.mark is not None:
                found.append(run)
                texts.append("")
            elif not run.struck and not run.placeholder:
                texts[-1] += run.text
        texts[-1] += " " if any(one.joins_previous for one in lines[at + 1 : at + 2]) else "\n"
    boxes = []
    for at, run in enumerate(found):
        before, after = texts[at], texts[at + 1]
        boxes.append(
            Box(
                run=run,
                after=after.split("\n", 1)[0],
                after_all=after.replace("\n", " "),
                before=before.rsplit("\n", 1)[-1],
                before_all=before.replace("\n", " "),
            )
        )
    return boxes
