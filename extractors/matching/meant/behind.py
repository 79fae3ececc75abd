"""What stands behind a form that was written into a mail: a sign-off with whatever a mail program adds to it, and the earlier
mails that are answered. Who answers a mail leaves it below the answer, headed by who sent it, when, to whom and about what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from extractors.forms.definitions import Definition
from extractors.matching.labels.hits import LONGEST_LABEL, known_for_sure
from extractors.page import Block, Document, Line

_FEWEST = 6
"""So many labels stand above what is behind a form."""
_HEADS = 3
"""So many lines of its head show an earlier mail."""
_NEAR = 6
_FROM = re.compile(r"\s*(?:from|oddi wrth)\s*:\s*\S", re.IGNORECASE)
_HEAD = re.compile(r"\s*(?:from|sent|date|to|cc|subject|importance)\s*:", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"\s*[-_]{2,}\s*(?:original message|forwarded message)\b.*|\s*On\b.{8,120}\bwrote:\s*", re.IGNORECASE
)
_LABEL_END = re.compile(r"[:?\t]|\s[-–—=|]\s|\.{4,}")
_SIGN_OFF = re.compile(
    r"\s*(?:(?:with|many)\s+)?(?:kind(?:est)?|best|warm(?:est)?)?\s*(?:regards|wishes|thanks|thank\s+you|cheers|yours\s+(?:sincerely|faithfully))"
    r"(?:\s+(?:and|in\s+advance|again|for\s+your\s+help|(?:kind|best|warm)\s+(?:regards|wishes))){0,2}\s*[,.!]?(?:\s+[A-Z][a-z]+)?\s*",
    re.IGNORECASE,
)


def without_what_follows(document: Document, definition: Definition) -> Document:
    """The document up to a sign-off or an earlier mail that ends it: most labels stand above. Where the form stands in a mail
    that was passed on, the head of that mail is left out. The document itself where it has nothing of it."""
    blocks = document.blocks
    ends: dict[int, list[int]] = {}
    for at, block in enumerate(blocks):
        earlier = _head(blocks[at : at + _NEAR])
        if earlier or (isinstance(block, Line) and _SIGN_OFF.fullmatch(block.text)):
            ends[at] = earlier
    above = [0, *accumulate(_labels(block, definition) for block in blocks)] if ends else []
    heads: set[int] = set()
    for at, earlier in ends.items():
        if above[at] >= _FEWEST and above[at] > 3 * (above[-1] - above[at]):
            blocks = blocks[:at]
            break
        heads |= {at + n for n in earlier}
    if len(blocks) == len(document.blocks) and not heads:
        return document
    return replace(document, blocks=tuple(block for at, block in enumerate(blocks) if at not in heads))


def _head(blocks: Sequence[Block]) -> list[int]:
    """The lines of the head of an earlier mail, where one begins here."""
    first = blocks[0].text if isinstance(blocks[0], Line) else ""
    if _ORIGINAL.fullmatch(first) is not None:
        return [0]
    heads = [at for at, block in enumerate(blocks) if isinstance(block, Line) and _HEAD.match(block.text)]
    return heads if _FROM.match(first) is not None and len(heads) >= _HEADS else []


def _labels(block: Block, definition: Definition) -> int:
    """How many labels are known that a line begins with, or that are cells."""
    texts = (
        [_LABEL_END.split(block.text.strip(), maxsplit=1)[0]]
        if isinstance(block, Line)
        else [cell.text for cell in block.cells]
    )
    return sum(1 < len(text.strip()) <= LONGEST_LABEL and known_for_sure(text, definition) for text in texts)
