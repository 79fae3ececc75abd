"""The one of several printed options that somebody put into brackets, for want of a ring to draw round it."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.matching.values.chosen import Chosen
from extractors.wording import plain

_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_SIGNS = {"<": ">", ">": "<", "*": "*", "~": "~", "#": "#", "\u00ab": "\u00bb", '"': '"'}
"""Signs that stand for brackets where nothing parts them from the option."""
_DOUBT = "The option in brackets was taken for the one chosen."


def bracketed(text: str, found: Sequence[tuple[str, int, int]]) -> Chosen | None:
    """The option in brackets, or between other signs, of its own, where others stand without."""
    told = [option for option in found if _enclosed(text, option)]
    if not told or len(told) == len(found):
        return None
    if len(told) > 1:
        return Chosen(confidence=0.5, doubts=("Several options stand in brackets.",))
    ((code, start, end),) = told
    return Chosen((code,), plain(text[start:end]), confidence=0.85, doubts=(_DOUBT,))


def _enclosed(text: str, option: tuple[str, int, int]) -> bool:
    """Whether nothing but an option stands between the signs, which do not note what the words before them mean."""
    _, start, end = option
    before, after = text[:start].rstrip(), text[end:].lstrip()
    close = _SIGNS.get(text[start - 1 : start]) == text[end : end + 1]
    if not before or not (close or _BRACKETS.get(before[-1]) == after[:1]):
        return False
    ahead = before.rstrip(before[-1])
    return ahead.rstrip(" \t")[-1:] in ("", "/", "|", ",", ";", "\n", "-") or ahead.endswith("  ")
