"""How the lines of a page look, whatever they say."""

from __future__ import annotations

import re

from extractors.page import Line

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
"""Raised figures are the numbers of notes, and none of a text."""
_NUMBERED = re.compile(
    r"\s*(?:(?:[Ss]ection|[Pp]art|SECTION|PART)\s+(?:\d{1,2}|[A-Z])\b|\(?(?:\d{1,2}(?:\.\d)?|[A-Z])[.):]\s+\S|\d{1,2}\s+[A-Z]{3,})"
)


def like_heading(text: str, bold: bool) -> bool:
    """Whether a line looks like a heading: few words, and bold, in capitals or numbered."""
    words = text.split()
    if len(words) > 12 or text.endswith((".", ";", ",")):
        return False
    upper = text.upper() == text and any(sign.isalpha() for sign in text) and len(text) > 3
    return bold or upper or (_NUMBERED.match(text) is not None and len(words) <= 9)


def slanted(line: Line) -> bool:
    """Whether all that is printed on a line is italic."""
    runs = [run for run in line.runs if run.text.strip()]
    return bool(runs) and all(run.italic for run in runs)


def set_back(line: Line) -> bool:
    """Whether all that is printed on a line steps back behind other print, as instructions do: it is italic, or grey."""
    runs = [run for run in line.runs if run.text.strip()]
    return bool(runs) and (slanted(line) or all(pale(run.ink) and not white(run.ink) for run in runs))


_BLACK = 70
"""Print whose channels all stay below this is as good as black."""
_VIVID, _PALE, _WHITE = 70, 110, 249
"""Channels that differ by this much make a colour; print from this brightness, with none, is grey; from this one white."""


def ink_of(colour: str) -> str:
    """A colour of print given as six hex digits, as Run.ink: "" for black and for what is no such colour."""
    colour = colour.lower().lstrip("#")
    channels = _channels(colour)
    return colour if channels and max(channels) >= _BLACK else ""


def vivid(ink: str) -> bool:
    """Whether print has a colour that stands out."""
    channels = _channels(ink)
    return bool(channels) and max(channels) - min(channels) >= _VIVID


def white(ink: str) -> bool:
    """Whether print is as white as paper."""
    channels = _channels(ink)
    return bool(channels) and min(channels) >= _WHITE


def pale(ink: str) -> bool:
    """Whether print is grey, as what is put out of use."""
    channels = _channels(ink)
    return bool(channels) and not vivid(ink) and min(channels) >= _PALE


def _channels(colour: str) -> tuple[int, ...]:
    if not re.fullmatch(r"[0-9a-f]{6}", colour):
        return ()
    return tuple(int(colour[at : at + 2], 16) for at in (0, 2, 4))


def bold_head(line: Line) -> str | None:
    """The bold words a line begins with, when plain ones follow."""
    head = ""
    for run in line.runs:
        if run.mark is not None or (run.text.strip() and not run.bold):
            return head if head.strip() else None
        head += run.text
    return None
