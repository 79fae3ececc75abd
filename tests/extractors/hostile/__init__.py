"""Files made to harm a reader, built in code: each with the name it arrives under and the ends it may come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Hostile(NamedTuple):
    """`name` is the file's; `ends` are "read", "partly read" or codes of refusals, any of which is right."""

    name: str
    make: Callable[[], bytes]
    ends: frozenset[str]
    story: str


def hostile(name: str, story: str, *ends: str) -> Callable[[Callable[[], bytes]], Hostile]:
    """Makes a Hostile of the function that builds its bytes."""

    def of(make: Callable[[], bytes]) -> Hostile:
        return Hostile(name, make, frozenset(ends), story)

    return of


def truncated(name: str, whole: Callable[[], bytes], *ends: str) -> list[Hostile]:
    """The file cut off at each tenth."""
    return [
        Hostile(name, lambda tenth=tenth: whole()[: len(whole()) * tenth // 10], frozenset(ends), f"cut at {tenth}0 %")
        for tenth in range(1, 10)
    ]
