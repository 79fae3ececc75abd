"""The one of several printed options that somebody put into brackets, for want of a ring to draw round it."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.matching.values.chosen import Chosen
from extractors.wording import plain

_OPENS, _CLOSES = "([{<", ")]}>"
_DOUBT = "The option in brackets was taken for the one chosen."


def bracketed(text: str, found: Sequence[tuple[str, int, int]]) -> Chosen | None:
    """The option in brackets of its own, where all others stand without."""
    told = [option for option in found if _enclosed(text, option)]
    if len(told) != 1:
        return None
    ((code, start, end),) = told
    return Chosen((code,), plain(text[start:end]), confidence=0.85, doubts=(_DOUBT,))


def _enclosed(text: str, option: tuple[str, int, int]) -> bool:
    """Whether nothing but an option stands in brackets, and brackets do not note what the words before them mean."""
    _, start, end = option
    before, after = text[:start].rstrip(), text[end:].lstrip()
    if before[-1:] not in tuple(_OPENS) or after[:1] not in tuple(_CLOSES):
        return False
    return before[:-1].rstrip(" \t")[-1:] in ("", "/", "|", ",", ";", "\n", "-") or before[:-1].endswith("  ")
