"""What a person chose of the options of one question."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen: codes in the form's order of appearance, the words that said so, how, and how sure (0..1).

    `unread` says that something was chosen or written which is none of the options.
    """

    codes: tuple[str, ...] = ()
    raw: str = ""
    method: str = "text"
    confidence: float = 1.0
    unread: bool = False
    doubts: tuple[str, ...] = ()
    empty: bool = False
    """What was ticked is an empty answer, such as "N/K"."""
