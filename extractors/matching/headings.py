"""Which texts are headings, and which parts of the form they open."""

from __future__ import annotations

import re

from extractors.forms.definitions import Definition
from extractors.wording import without_brackets, without_numbering

SECTION = re.compile(r"\s*(?:section|part)\s+(?:\d{1,2}|[A-Z])\b", re.IGNORECASE)
"""A heading that says that it is one."""
_FOR_OTHERS = re.compile(r"\b(?:use|only|complet\w*|decision|unit)\b", re.IGNORECASE)


def opened_by(text: str, definition: Definition, looks: bool) -> frozenset[str] | None:
    """The parts of the form that a heading opens; empty when it only looks like a heading; None when it is none."""
    plain_text = text.rstrip(" :")
    for wording in dict.fromkeys((plain_text, without_brackets(plain_text))):
        exact = definition.headings.exact(wording)
        if exact and (looks or len(exact[0].phrase) > 12):
            return frozenset(match.owner for match in exact)
    if not looks:
        return None
    near = definition.headings.nearest(plain_text, 0.8)
    if near:
        return frozenset(match.owner for match in near if match.score > near[0].score - 0.1)
    tokens = definition.wording.tokens(plain_text)
    if not any(token in definition.part_words for token in tokens) and any(
        sign.isdigit() for sign in SECTION.sub("", without_numbering(text), count=1)
    ):
        return None
    opened = frozenset(part for token in tokens for part in definition.part_words.get(token, ()))
    # What others complete is left out whole, so that a single word does not tell it: "Office" may be anybody's.
    return opened if _FOR_OTHERS.search(text) else opened - definition.ignored_parts


def is_heading(text: str, definition: Definition) -> bool:
    """Whether a text is worded exactly as a known heading."""
    plain_text = text.rstrip(" :")
    return bool(definition.headings.exact(plain_text) or definition.headings.exact(without_brackets(plain_text)))
