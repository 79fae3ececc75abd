"""Protective markings, as pages carry them at head or foot."""

from __future__ import annotations

import re

from extractors.matching.evidence import placed
from extractors.models import Value
from extractors.page import Document, Line
from extractors.wording import plain

_MARKING = re.compile(
    r"\b(?:NOT PROTECTIVELY MARKED|(?:NPM|PROTECT|RESTRICTED|CONFIDENTIAL|SECRET|OFFICIAL(?:[\s\-\u2013:]*SENSITIVE)?)(?:[\s\-\u2013:]*(?:PERSONAL(?: DATA)?|STAFF|PRIVATE|COMMERCIAL|MEDICAL|INVESTIGATIONS?|MANAGEMENT|POLICY))?)"
    r"(?:\s*[\-\u2013]?\s*\(?(?:when|once|if)\s+completed?\)?)?",
    re.IGNORECASE,
)
"""Markings of the Government Protective Marking Scheme (to 2014) and of the Government Security Classifications."""


def protective_marking(text: str) -> str | None:
    """The protective marking that a line of a page margin is, without a label before it; None when it is none."""
    line = plain(text)
    found = _MARKING.search(line)
    if found is None:
        return None
    rest = line[: found.start()] + line[found.end() :]
    return found[0].strip() if len(rest) < 60 else None


_HEAD = 6
"""Lines at the head of a document on which more than the marking may stand."""


def marking_of(document: Document, labelled: Value) -> Value:
    """The marking under a label where one was read, else that of a header, a footer or the first lines; or a line of capitals
    further down that is nothing else, as below the covering words of a mail."""
    if labelled.status == "read":
        return labelled
    for place, lines in (("header", document.header), ("footer", document.footer), ("body", document.blocks)):
        for at, line in enumerate(lines):
            if isinstance(line, Line):
                found = protective_marking(line.text)
                if place == "body" and at >= _HEAD and found != plain(line.text).upper():
                    continue
                if found is not None:
                    runs = line.runs
                    return Value(
                        key="marking",
                        status="read",
                        value=found,
                        evidence=placed((), (line,), found, runs[0].method if runs else "text", place),
                        confidence=round(min(0.98, *(run.confidence for run in runs)), 3) if runs else 0.9,
                    )
    return labelled
