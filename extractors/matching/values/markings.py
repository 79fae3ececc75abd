"""Protective markings, as pages carry them at head or foot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from extractors.matching.evidence import placed
from extractors.models import Value
from extractors.page import Block, Document, Line, Table
from extractors.wording import plain

_MARKING = re.compile(
    r"\b(?:NOT PROTECTIVELY MARKED|(?:NPM|PROTECT|RESTRICTED|CONFIDENTIAL|SECRET|OFFICIAL(?:[\s\-\u2013:]*SENSITIVE)?)(?:[\s\-\u2013:]*(?P<bracket>\()?(?:PERSONAL(?: DATA)?|STAFF|PRIVATE|COMMERCIAL|MEDICAL|INVESTIGATIONS?|MANAGEMENT|POLICY)(?(bracket)\)))?)"
    r"(?!\w)(?:\s*[\-\u2013]?\s*\(?(?:when|once|if)\s+completed?\)?)?",
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
    # Of words that people use otherwise too, only capitals among others are a marking: "Restricted patients' team".
    told = found[0].split()[0].isupper() or "sensitive" in found[0].lower() or not rest.strip(" :-")
    return found[0].strip() if len(rest) < 60 and told else None


_HEAD = 6
"""Lines at the head of a document on which more than the marking may stand."""
_BAR = re.compile(r"\s+[|•·]\s+|\t")
"""What parts a marking from the title on its line."""


def marking_of(document: Document, labelled: Value) -> Value:
    """The marking under a label where one was read, else that of a header, a footer or the first lines; or a line of capitals
    further down that is nothing else, as below the covering words of a mail, or alone on a row of a table."""
    if labelled.status == "read":
        return labelled
    for place, lines in (("header", document.header), ("footer", document.footer), ("body", document.blocks)):
        for at, line in enumerate(lines):
            if not isinstance(line, Line):
                continue
            text = _paragraph(lines, at)
            found = next(filter(None, map(protective_marking, (text, *_BAR.split(text)))), None)
            if place == "body" and at >= _HEAD and found != plain(line.text).upper():
                continue
            if found is not None:
                return _found(found, line, place)
    for line in _alone(document):
        found = protective_marking(line.text)
        if found is not None and found == plain(line.text):
            return _found(found, line, "body")
    return labelled


def _paragraph(blocks: Sequence[Block], at: int) -> str:
    """The text of a line with those that carry it on."""
    following = takewhile(lambda block: isinstance(block, Line) and block.joins_previous, islice(blocks, at + 1, None))
    return " ".join(line.text for line in (blocks[at], *following) if isinstance(line, Line))


def _alone(document: Document) -> Iterator[Line]:
    """The lines that stand alone on a row of a table, which has more rows."""
    for table in document.blocks:
        for row in table.rows if isinstance(table, Table) and len(table.rows) > 1 else ():
            if len(row) == 1 and len(row[0].blocks) == 1 and isinstance(row[0].blocks[0], Line):
                yield row[0].blocks[0]


def _found(marking: str, line: Line, place: str) -> Value:
    runs = line.runs
    return Value(
        key="marking",
        status="read",
        value=marking,
        evidence=placed((), (line,), marking, runs[0].method if runs else "text", place),
        confidence=round(min(0.98, *(run.confidence for run in runs)), 3) if runs else 0.9,
    )
