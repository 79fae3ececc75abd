"""What stands behind a label and is no answer: instructions to whoever fills in the form."""

from __future__ import annotations

import re

from extractors.matching.hits import Hit
from extractors.matching.scene import Scene
from extractors.wording import plain


def rest_is_note(here: Scene, hit: Hit) -> bool:
    """Whether what stands behind a label in its own spot is nothing or an instruction, and no answer."""
    text = plain(" ".join("".join(run.text for run in line.runs if not run.placeholder) for line in hit.rest)).strip(
        " :-–*"
    )
    if any(run.mark is not None or run.control is not None for line in hit.rest for run in line.runs):
        return False
    if not text or _BRACKETED.match(text):
        return True
    lowered = text.lower()
    return any(lowered.startswith(start) for start in here.definition.note_starts)


def surely_note(text: str) -> bool:
    """Whether text can only be an instruction, even where an answer may stand."""
    return not text or _BRACKETED.match(text) is not None or text.lower().startswith(_SURE_NOTES)


_BRACKETED = re.compile(r"[(\[](?=[^)\]]*[A-Za-z]{2})")
"""What stands in brackets and has words: "(01632) 960118" is no note."""
_SURE_NOTES = (
    "e.g",
    "i.e",
    "please ",
    "tick ",
    "delete ",
    "do not ",
    "to be completed",
    "mark ",
    "select ",
    "include ",
    "state ",
    "n.b",
    "nb ",
    "note:",
    "specify",
    "see guidance",
    "see the guidance",
    "refer to guidance",
    "refer to the guidance",
    "if known",
    "if none",
    "where known",
)
