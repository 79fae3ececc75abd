"""What stands behind a label and is no answer: instructions to whoever fills in the form."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.forms.definitions import Definition
from extractors.looks import set_back
from extractors.matching.labels.hits import Hit
from extractors.page import Line
from extractors.wording import plain


def rest_is_note(definition: Definition, hit: Hit) -> bool:
    """Whether what stands behind a label in its own spot is nothing or an instruction, and no answer."""
    printed = [plain("".join(run.text for run in line.runs if not run.placeholder)) for line in hit.rest]
    printed = [text for text in printed if text]
    if hit.rest_below and printed in _DASHED:
        return False
    text = " ".join(printed[1:] if len(printed) > 1 and all_note(printed[0]) else printed).strip(" :-–*")
    if any(run.mark is not None or run.control is not None for line in hit.rest for run in line.runs):
        return False
    if not text or _BRACKETED.match(text):
        return True
    return is_note(text, definition)


_DASHED = (["-"], ["\u2013"], ["\u2014"])
"""A dash below a label, which says that there is no answer."""


def is_note(text: str, definition: Definition) -> bool:
    """Whether text begins as instructions do, and tells of nobody."""
    if text[:1] in ("(", "[") and not _BRACKETED.match(text):
        return False
    return text.lower().startswith(definition.note_starts) and not _tells(text)


def surely_note(text: str) -> bool:
    """Whether text can only be an instruction, even where an answer may stand."""
    if not text or _BRACKETED.match(text):
        return True
    return text.lower().startswith(_SURE_NOTES) and not _tells(text)


def _tells(text: str) -> bool:
    return _TOLD.search(text) is not None or _NO_NOTE.match(text) is not None


def all_note(text: str) -> bool:
    """Whether text is nothing but an instruction in brackets, which nobody answers with."""
    found = _BRACKETED_NOTE.match(text)
    return found is not None and found.end() == len(text) and not _tells(text.strip("([ "))


def opens_with_note(text: str) -> bool:
    """Whether text opens with an instruction in brackets, which nobody answers with."""
    return _BRACKETED_NOTE.match(text) is not None


def set_back_notes(lines: Sequence[Line]) -> int:
    """How many lines behind a label are an instruction by their italic or grey print, with other print behind them."""
    first = next((at for at, line in enumerate(lines) if _WORD.search(line.text) and not set_back(line)), len(lines))
    return first if first < len(lines) and any(set_back(line) for line in lines[:first]) else 0


def closing(lines: Sequence[Line]) -> int:
    """Where, behind the first paragraph of a form's last answer, what is printed at a form's end begins: how the form is
    returned, what becomes of it, a greeting."""
    return next((at for at, line in enumerate(lines) if at and _CLOSING.match(line.text)), len(lines))


_WORD = re.compile(r"[^\W_]")
"""What a line to write on lacks."""
_CLOSING = re.compile(
    r"""\W*(?:data\ protection|privacy|confidentiality|disclaimer|(?:please\ )?(?:return|send|e-?mail|forward|submit)\ (?:this|the|it|to|your|completed)
    |(?:once|when)\ completed?\b|(?:the\ )?completed\ forms?\b|(?:this|the)\ (?:form|document|e-?mail|message|information|personal\ data)\b
    |(?:what|information|personal\ (?:data|information))\ (?:you|on|in|given|provided|is|are|will)\b|by\ (?:signing|submitting)
    |for\ (?:help|advice|guidance|further|more)\b|if\ you\ (?:need|have|are)\b|version\b|(?:kind|best|warm)\ regards|regards\b|yours\b
    |many\ thanks|thank\ you)""",
    re.IGNORECASE | re.VERBOSE,
)
_BRACKETED = re.compile(r"[(\[](?=[^)\]]*[A-Za-z]{2})")
"""What stands in brackets and has words: "(01632) 960118" is no note."""
_TOLD = re.compile(r"(?<![/\w])(?:[Hh]e|[Ss]he|[Hh]is|[Hh]er|[Hh]im|I|[Ww]e|my|Mr|Mrs|Ms|Miss)\b(?!\s*/)")
"""Words for the person, or for who writes, which no instruction has: "s/he" and "his/her" are those of one."""
_NO_NOTE = re.compile(
    r"mark\s+(?!(?:with|one|all|the|an?|each|as|box|boxes|x|yes|if|any|every|only|relevant|appropriate|where|clearly)\b)"
    r"|state\s+(?:benefits?|pension|school|boarding|sponsored)\b|please\s+(?:see|find|refer\s+to)\b.*\b(?:attach|enclos|report|oasys|asset|separate)",
    re.IGNORECASE,
)
"""What begins like an instruction and is none: somebody's name, a benefit, the answer that something else answers."""
_BRACKETED_NOTE = re.compile(
    r"[(\[]\s*(?:please|tick|delete|e\.?g\b|i\.?e\b|includ(?:e|ing)|if\b|state|give|insert|enter|type|complete|select|write|in full|see guidance|date(?=\s*[)\]])|dd\W*mm)"
    r"[^)\]]*[)\]]",
    re.IGNORECASE,
)
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
