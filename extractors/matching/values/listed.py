"""Options that stand in a text: what is printed about them, and how they look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from extractors.looks import pale, vivid
from extractors.page import Line, Run

_BETWEEN = re.compile(
    r"[\W_]*(?:(?:or|and|to|delete|as|appropriate|applicable|please|circle|tick|one|only|mapp|meeting|of)\b[\W_]*)*",
    re.IGNORECASE,
)


def said_again(codes: Sequence[str]) -> tuple[str, ...]:
    """The options that stand once more before or behind the list of all: "Yes / No: Yes"."""
    listed = tuple(dict.fromkeys(codes))
    more = len(codes) - len(listed)
    ends = (tuple(codes[len(listed) :]), tuple(codes[:more]))
    told = (
        end
        for end, all_of in zip(ends, (codes[: len(listed)], codes[more:]), strict=True)
        if set(all_of) == set(listed)
    )
    again = next(told, ())
    return again if len(listed) > 1 and len(set(again)) == more else ()


def joined(lines: Iterable[Line]) -> tuple[str, list[tuple[int, int, Run]]]:
    """The written text of lines, and which stretch of it every run is."""
    text = ""
    styles: list[tuple[int, int, Run]] = []
    for line in lines:
        for run in line.runs:
            if run.mark is None and run.text and not run.placeholder:
                styles.append((len(text), len(text) + len(run.text), run))
                text += run.text
        text += "\n"
    return text, styles


def mostly(option: tuple[str, int, int], styles: list[tuple[int, int, Run]], look: str) -> bool:
    """Whether more than half of an option has a look."""
    _, start, end = option
    covered = sum(max(0, min(end, b) - max(start, a)) for a, b, run in styles if getattr(run, look))
    return covered * 2 > end - start


def partly(option: tuple[str, int, int], styles: list[tuple[int, int, Run]], look: str) -> bool:
    """Whether less than half of an option has a look, but more than a letter or two."""
    _, start, end = option
    covered = sum(max(0, min(end, b) - max(start, a)) for a, b, run in styles if getattr(run, look))
    return 2 < covered <= (end - start) / 2


def by_ink(found: list[tuple[str, int, int]], styles: list[tuple[int, int, Run]]) -> list[tuple[str, int, int]] | None:
    """The options that the colour of their print tells apart: in a colour among black ones, or left black among grey ones;
    none where their colours say no such thing, None where they have one."""
    inks = [_ink(option, styles) for option in found]
    if len(set(inks)) < 2:
        return None
    strong = [option for option, ink in zip(found, inks, strict=True) if vivid(ink)]
    if len(set(inks)) == 2 and strong:
        return strong
    kept = [option for option, ink in zip(found, inks, strict=True) if not pale(ink)]
    return kept if len(kept) < len(found) and not strong else []


def _ink(option: tuple[str, int, int], styles: list[tuple[int, int, Run]]) -> str:
    """The colour of most of an option."""
    _, start, end = option
    sizes: dict[str, int] = {}
    for a, b, run in styles:
        sizes[run.ink] = sizes.get(run.ink, 0) + max(0, min(end, b) - max(start, a))
    return max(sizes, key=lambda ink: sizes[ink], default="")


def outside(text: str, found: list[tuple[str, int, int]]) -> str:
    """What stands in `text` besides the options and the signs and small words between them."""
    kept, at = [], 0
    for _, start, end in found:
        kept.append(text[at:start])
        at = end
    kept.append(text[at:])
    return " ".join(part for part in (_BETWEEN.sub("", piece, count=1).strip() for piece in kept) if part)


def printed_list(text: str, found: list[tuple[str, int, int]]) -> bool:
    """Whether options stand side by side as printed, divided by strokes, bars or wide room, so that nobody has chosen."""
    between = [text[a_end:b_start] for (_, _, a_end), (_, b_start, _) in pairwise(found)]
    return all(re.fullmatch(r"\s*[/|]\s*|\s{2,}|\n|\s*\bor\b\s*", gap) for gap in between)


def room(text: str, sign: re.Match[str], start: int, end: int) -> int:
    """How far an option stands from a sign; a line further where a line ends between them."""
    between = text[sign.end() : start] if start >= sign.end() else text[end : sign.start()]
    return len(between) + 100 * between.count("\n")


def gap(text: str, cross: re.Match[str], start: int, end: int) -> int:
    """The room between a cross and an option; far more where words stand in it, or a line ends."""
    between = text[cross.end() : start] if start >= cross.end() else text[end : cross.start()]
    return len(between) + (100 if between.strip() else 0) + 200 * between.count("\n")
