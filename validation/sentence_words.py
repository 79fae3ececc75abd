"""The words of a sentence or order, found where they stand: every cue of law/disposals.toml, longest first, and every section."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans
from spacy.vocab import Vocab

from extractors.models import Model

Limb = Literal["by_length", "true", "false", "unknown"]

_TOKEN = re.compile(r"\d+(?:\.\d+)?|[½¼¾]|[a-z]+(?:['’][a-z]+)?|[^\s\w]")
_DATE = re.compile(
    r"\b\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})\b|\b(?:19|20)\d\d-\d\d-\d\d\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+(?:\d{4}|\d{2})\b"
)
# Pairs are always Mental Health Act sections; a section alone needs its "s.", except 17A, 45A and a notional 37.
_PAIR = re.compile(
    r"\b(?:ss?|sec|sect|sections?)?\.?\s*(37|47|48)\s*(?:[/&+(-]|and|with|\bw/)\s*(?:ss?|sec|sect|section)?\.?\s*(41|49)\b\)?"
)
_ONE = re.compile(r"(?:\b(?:ss?|sec|sect|sections?)\.?\s*(\d{1,3}[a-d]?)(?![\w/])|(?<![\w/])(17a|45a)\b)")


_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_NOTIONAL = re.compile(r"\b(?:s|sec|section)?\.?\s*37\s*\(?n\b\)?|\bn\.?\s?37\b")
# What is no longer so says nothing of the sentence or section that counts now.
_FORMER = re.compile(
    r"\b(?:previously|previous|prev|formerly|originally|(?:following|after|since|on) (?:the )?(?:expiry|end) of)\b(?:[^,;)\n.]|\.(?!\s+[a-z]{3}))*"
)


class Kind(Model):
    """One kind of sentence or order: what it does to the disposal limb, and the law it stands on."""

    id: str
    title: str
    limb: Limb
    law: str = ""


class Token(NamedTuple):
    text: str
    start: int
    end: int


class Cue(NamedTuple):
    """A phrase with a meaning at tokens `first` up to, not including, `last`. `role` is a kind's id or a role's name."""

    role: str
    first: int
    last: int


class Words(NamedTuple):
    """A sentence as read: the text in lower case, its tokens, its cues in order, and the sections it names."""

    text: str
    tokens: tuple[Token, ...]
    cues: tuple[Cue, ...]
    sections: tuple[str, ...]


class Vocabulary(NamedTuple):
    vocab: Vocab
    matcher: PhraseMatcher
    kinds: Mapping[str, Kind]
    sections: Mapping[str, str]
    glue: frozenset[str]
    mental_health: frozenset[str]


def tokens_of(text: str) -> tuple[Token, ...]:
    """Words, numbers and signs of a text already in lower case; `12mths` gives two."""
    return tuple(Token(m.group().replace("’", "'"), m.start(), m.end()) for m in _TOKEN.finditer(text))


@cache
def vocabulary() -> Vocabulary:
    """All cues, built at first use."""
    with Path(__file__).with_name("law").joinpath("disposals.toml").open("rb") as file:
        tables = tomllib.load(file)
    vocab = Vocab()
    matcher = PhraseMatcher(vocab)
    phrases = {row["id"]: row["words"] for row in tables["kind"]} | tables["roles"]
    for role, words in phrases.items():
        docs = [Doc(vocab, words=[token.text for token in tokens_of(phrase)]) for phrase in words]
        if docs:
            matcher.add(role, docs)
    kinds = {
        row["id"]: Kind(id=row["id"], title=row["title"], limb=row["limb"], law=row.get("law", ""))
        for row in tables["kind"]
    }
    sections = {section: row["id"] for row in tables["kind"] for section in row.get("sections", [])}
    return Vocabulary(
        vocab,
        matcher,
        kinds,
        sections,
        *(frozenset(tables["context"][name].split()) for name in ("glue", "mental_health")),
    )


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def words_of(written: str) -> Words:
    """Read `written`: dates and what is former are left out, sections are taken out and named, cues are found."""
    book = vocabulary()
    text = re.sub(r"\bs/s(?:/o)?\b", "sus", written.lower())  # suspended sentence, not a section
    text = _THOUSANDS.sub("", text)
    for date in list(_DATE.finditer(text)):
        text = _blank(text, *date.span())
    for former in list(_FORMER.finditer(text)):
        text = _blank(text, *former.span())
    sections: list[str] = []
    for notional in list(_NOTIONAL.finditer(text)):
        sections.append("37n")
        text = _blank(text, *notional.span())
    for pair in list(_PAIR.finditer(text)):
        sections.append(f"{pair.group(1)}/{pair.group(2)}")
        text = _blank(text, *pair.span())
    for one in list(_ONE.finditer(text)):
        sections.append(one.group(1) or one.group(2))
        text = _blank(text, *one.span())
    tokens = tokens_of(text)
    doc = Doc(book.vocab, words=[token.text for token in tokens])
    spans = filter_spans(book.matcher(doc, as_spans=True))
    cues = tuple(Cue(span.label_, span.start, span.end) for span in spans)
    return Words(text, tokens, cues, tuple(sections))
