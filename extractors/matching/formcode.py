"""Which form a document is: told by its code and title, and by its labels where neither is printed; other forms are refused.

Codes as printed: "MAPPA A", "Form A", "MAPPA Form A", "MAPPA-A", "MAPP A", at the head of the form or in its margins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from extractors.forms.definitions import OTHER, definition
from extractors.forms.local import LocalLabel, definition_with
from extractors.matching.labels.hits import LONGEST_LABEL
from extractors.models import FormCode
from extractors.page import Block, Document, Line, Table
from extractors.refusals import Refusal
from extractors.wording import plain, without_brackets

FORMS: tuple[FormCode, ...] = ("A", "H", "I")
_CODE = re.compile(
    r"^\W*(?:(?:form|document)\s*:?\s*)?(?:MAPPA?\b\s*[-–—:]?\s*(?:\(?\s*(?:form|document)\s*)?|form\s+)[\"'“‘(]?(?-i:([A-R]))[\"'”’)]?(?=$|[\s\-–—:,.(/|])",
    re.IGNORECASE,
)
_CODE_AT_END = re.compile(
    r"\bMAPPA?\b\s*[-–—]?\s*(?:(?:[a-z]+\s+){0,3}[a-z]*\s*[:\-–—]?\s*form\s+)?(?-i:([A-R]))\W*(?:\(?(?:v(?:ersion)?\.?\s*)?[\d.]*\)?)?\W*$",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(
    r"(?!.*\b(?:use|see|not|if|with|than)\b).*\((?:MAPPA\s+)?FORM\s+(?-i:([A-R]))\)\W*$", re.IGNORECASE
)
"""The code behind the title: "Youth justice MAPPA notification (Form H)"."""
_NAMED = re.compile(r"\bMAPPA\s+(?:[Ff]orm\s+)?([A-R])\s+(?:notification|referral|form)\b")
"""The code in a sentence: "Please take this as our MAPPA H notification"."""
_OTHERWISE = re.compile(r"\b(?:use|using|see|not|if|with|than|instead|also|refer)\b", re.IGNORECASE)
_LONGEST_TITLE = 110
_SIGNS = re.compile(r":|\t|\s{3,}|\s(?:[-–—=|]+>?|→)\s|\.{4,}|_{3,}")
"""What may part a label from its answer."""
_BEFORE_COLON = re.compile(r"(?<=:)[^:]+(?=:\s)")
_HEAD_LINES = 14
"""How many lines at the head of a document may carry its code and title."""
LEAST_LABELS = 6
"""A document with fewer known questions than this is no form, whatever its title says."""
CERTAIN_LABELS = 14
"""With so many known questions a document is a form even without code or title."""
TITLE = 0.8


@dataclass(frozen=True, slots=True)
class Found:
    """The form that a document is, and how sure (0..1)."""

    form: FormCode
    certainty: float


def form_of(document: Document, local: tuple[LocalLabel, ...] = ()) -> Found:
    """The form of a document, known by the labels of `local` too. Raises Refusal: other_form, two_forms, not_a_form."""
    votes = dict.fromkeys(FORMS, 0.0)
    others: dict[str, float] = {}
    for weight, text in _head(document):
        letter = _letter(text)
        if letter in votes:
            votes[letter] += weight
        elif letter:
            others[letter] = others.get(letter, 0.0) + weight
            continue  # "MAPPA E: level 2 and 3 minutes" has the words of another form's title, and says which it is
        for form in FORMS:
            if _is_title(text, form):
                votes[form] += weight
    best = max(FORMS, key=lambda form: votes[form])
    if others and max(others.values()) > votes[best]:
        raise Refusal("other_form", form=max(others, key=lambda letter: others[letter]))
    if (
        votes[best] > 0
        and list(votes.values()).count(votes[best]) == 1
        and len(_known(document, best, local, LEAST_LABELS)) >= LEAST_LABELS
    ):
        return Found(best, 0.99 if votes[best] >= 2 else 0.9)
    labels = {form: _known(document, form, local) for form in FORMS}
    telling = {
        form: len(labels[form] - set().union(*(labels[other] for other in FORMS if other != form))) for form in FORMS
    }
    best = max(FORMS, key=lambda form: len(labels[form]) + 2 * telling[form])
    if len(labels[best]) >= CERTAIN_LABELS and not others:
        return Found(best, 0.7)
    raise Refusal("not_a_form", document.partly)


def _letter(text: str) -> str | None:
    # A long line may name another form at its end: "for level 2 use MAPPA A".
    ends = len(text) < 60 or (len(text) < _LONGEST_TITLE and not _OTHERWISE.search(text))
    found = (
        _CODE.search(text)
        or (_CODE_AT_END.search(text) if ends else None)
        or (_IN_BRACKETS.match(text) if len(text) < 80 else None)
        or _NAMED.search(text)
    )
    if found is None or re.search(r"^date\b|attach|enclos|complet|sent\b|submit|screening|\?", text, re.IGNORECASE):
        return None
    return found[1]


def _is_title(text: str, form: FormCode) -> bool:
    meant = definition(form)
    tokens = meant.wording.tokens(text)
    if len(tokens) < 3:
        return False
    known = set(tokens)
    for title in meant.titles:
        said = set(meant.wording.tokens(title))
        if said and len(said & known) >= TITLE * len(said) and len(said & known) >= 0.6 * len(known):
            return True
    return False


def _head(document: Document) -> Iterator[tuple[float, str]]:
    """Lines that may carry code or title, with their weight: the head of the body, then the margins."""
    for at, line in enumerate(_lines(document.blocks)):
        if at >= _HEAD_LINES:
            break
        text = plain(line.text)
        if text and len(text) < LONGEST_LABEL:
            yield (2.0 if at < _HEAD_LINES // 2 else 1.0), text
    for line in (*document.header, *document.footer):
        for text in line.text.split("\t"):
            if plain(text):
                yield 1.5, plain(text)


def _lines(blocks: tuple[Block, ...]) -> Iterator[Line]:
    for block in blocks:
        if isinstance(block, Line):
            if block.text.strip():
                yield block
        else:
            for cell in block.cells:
                yield from _lines(cell.blocks)


def _known(document: Document, form: FormCode, local: tuple[LocalLabel, ...], enough: int | None = None) -> set[str]:
    """The keys of `form` whose labels are printed in the document, each on a line or in a cell of its own or before a
    colon; no more than `enough` are looked for."""
    meant = definition_with(form, local)
    keys: set[str] = set()
    for text in _label_texts(document.blocks):
        exact = meant.labels.exact(text) or meant.labels.exact(without_brackets(text))
        keys.update(match.owner for match in exact if match.owner != OTHER)
        if enough is not None and len(keys) >= enough:
            break
    return keys


def _label_texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Table):
            for cell in block.cells:
                yield from (text for text in _readings(cell.lines) if 1 < len(text) <= LONGEST_LABEL)
                yield from _label_texts(cell.blocks)
        else:
            text, *kept = _readings((block,))
            yield from (one for one in (text, *kept) if 1 < len(one) <= LONGEST_LABEL)
            for piece in _SIGNS.split(block.text):
                if 1 < len(piece) <= LONGEST_LABEL and piece != text:
                    yield piece
            yield from _of_one_look(block)
            for head in _BEFORE_COLON.finditer(block.text):
                yield from _ends(head[0])


def _readings(lines: Sequence[Line]) -> list[str]:
    """The text of lines, and without the words struck through where there are any: changes that nobody accepted."""
    text = plain("\n".join(line.text for line in lines))
    if not any(run.struck for line in lines for run in line.runs):
        return [text]
    return [text, plain("\n".join("".join(run.text for run in line.runs if not run.struck) for line in lines))]


def _of_one_look(line: Line) -> Iterator[str]:
    """The words that a line begins with in bold or italic print, or in neither, where the others look otherwise."""
    looks = groupby((run for run in line.runs if run.text.strip()), key=lambda run: (run.bold, run.italic))
    heads = ["".join(run.text for run in runs) for _, runs in islice(looks, 2)]
    if len(heads) == 2 and 1 < len(heads[0]) <= LONGEST_LABEL:
        yield heads[0]


def _ends(text: str) -> Iterator[str]:
    """The last words before a colon, where a label may stand behind the answer to the one before it."""
    words = text.split()
    yield from (" ".join(words[at:]) for at in range(max(1, len(words) - 3), len(words)) if words[at][0].isupper())
