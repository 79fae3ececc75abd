"""How the lines of a page look, whatever they say."""

from __future__ import annotations

import re

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
