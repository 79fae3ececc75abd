"""A form written as plain text into a mail: each line a line of the form, but for what mail programs do to lines.

They put ">" before what is answered or passed on, and break paragraphs after some 65 to 80 signs (RFC 3676, 4.2 and 4.4):
a line is broken where its next word would have stood beyond the width that all keep to.
"""

from __future__ import annotations

import re
from itertools import pairwise

from extractors.files.pieces import as_shown, finished_body, sized
from extractors.page import Document, Line, Run

_QUOTING = re.compile(r"^(?: ?>)+ ?")
_WIDEST = 100
"""Signs of the longest line that a mail program leaves; longer ones say that lines are not broken."""
_LEAST = 3
"""So many lines that go on with a small letter or figure show that lines are broken."""
_LABEL = re.compile(r"[^.;!?:：\t]{1,80}(?:[:：](?:\s|$)|\?|\t)")


def read_plain_text(text: str) -> Document:
    """The words of a mail as a document. Raises Refusal too_large_inflated."""
    written = [_QUOTING.sub("", line).rstrip() for line in text.splitlines()]
    going_on = _going_on(written)
    lines = [
        Line(
            (Run(as_shown(line), path=f"text/line[{at + 1}]"),),
            joins_previous=at in going_on,
            apart=at > 0 and not written[at - 1],
        )
        for at, line in enumerate(written)
        if line
    ]
    return Document("mail", sized(finished_body(list(lines))))


def _going_on(written: list[str]) -> frozenset[int]:
    """The lines that go on with the one above, which was broken before their first word."""
    width = max(map(len, written), default=0)
    if width > _WIDEST:
        return frozenset()
    behind = [
        at
        for at, (line, following) in enumerate(pairwise(written), 1)
        if line and following and len(line) + 1 + len(following.split()[0]) > width
    ]
    plainly = {at for at in behind if written[at][:1].islower() or written[at][:1].isdigit()}
    if len(plainly) < _LEAST or len(plainly) * 2 < len(behind):
        return frozenset()
    # What begins like a sentence goes on with the one before only where it fills its line too, as no label does.
    begun = {at for at in behind if at + 1 in behind and not written[at - 1].endswith((".", "!", "?", ":", ";"))}
    return frozenset(plainly | {at for at in begun if not _LABEL.match(written[at])})
