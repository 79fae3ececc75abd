"""How the lines of a page look, whatever they say."""

from __future__ import annotations

import re

from extractors.page import Line

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
