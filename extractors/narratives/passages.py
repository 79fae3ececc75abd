"""Passages of the narratives worth a coordinator's look, with their place; denied and supposed ones marked so. They set no field.

Offences, orders, lengths of sentences, dates and legal references are shown as the words themselves; what bears on a threshold
test (media, senior resources, agencies, weapons, children, domestic abuse, terrorism) as the whole sentence.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple, cast

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc, Span
from spacy.util import filter_spans
from spacy.vocab import Vocab

from extractors.contract import FIELDS
from extractors.models import Passage, Value

LONGEST = 20_000
"""Characters of one narrative that are looked at."""
MOST = 300
"""Passages kept from one form."""
REACH = 12
"""Words that a denial reaches, where nothing ends it before."""

_LINE = re.compile(r"[^\n]+")
_SECTION = r"^(?i:ss?|sec|section)\.?\d{1,3}[a-z]{0,2}(\(\w+\))*(/\d+)?$"
_NUMBER = (
    r"^(?i:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|eighteen|twenty|thirty)$"
)
_NUMERIC_DATE = r"^\d{1,2}([/.-])\d{1,2}\1(\d{4}|\d{2})$"
_ISO_DATE = r"^(19|20)\d\d-\d\d-\d\d$"
_DAY, _YEAR = r"^\d{1,2}(st|nd|rd|th)?$", r"^(19|20)\d\d$"
_ACT = re.compile(
    r"(?:of the |of |, |\()?(?<!\w)(?:[A-Z][\w'’()-]*(?:,? (?:the|of|and|against|from|with|etc\.?|on|to))*,? ){1,12}"
    r"Act (?:18|19|20)\d\d\)?"
)
_RULED = re.compile(r"[^\w\s]{30,}")
"""A row of signs, such as a line drawn with stars: no word, and costly to take apart."""
_MENTIONS = {"OFFENCE": "offence", "ORDER": "order", "SENTENCE": "sentence", "DATE": "date", "LAW": "law"}

Pattern = list[dict[Any, Any]]


class _Topic(NamedTuple):
    begun: tuple[str, ...]
    at_least: int
    alone: frozenset[str]


class _Tools(NamedTuple):
    """The pipeline and the matchers, built once."""

    nlp: Language
    words: PhraseMatcher
    spoken_of: PhraseMatcher
    topics: Mapping[str, _Topic]
    ends: PhraseMatcher
    threats: frozenset[str]
    units: frozenset[str]


def _phrases(words: list[str]) -> list[str]:
    """The phrases of a list, plurals of those with a star added; single words with a star are begun words, see `_begun`."""
    starred = [word.rstrip("*") for word in words if word.endswith("*") and " " in word]
    return [word for word in words if not word.endswith("*")] + starred + [word + "s" for word in starred]


def _begun(words: list[str]) -> tuple[str, ...]:
    return tuple(word[:-1] for word in words if word.endswith("*") and " " not in word)


def _rules(mentions: Mapping[str, list[str]], vocab: Vocab) -> list[dict[str, Any]]:
    """The entity ruler's patterns. What is asked of a word alone is a flag of the vocabulary, found out once for each word."""

    def written(pattern: str) -> dict[Any, Any]:
        return {vocab.add_flag(lambda text: re.search(pattern, text) is not None): True}

    def one_of(words: list[str]) -> dict[Any, Any]:
        return {vocab.add_flag(lambda text: text.lower() in words): True}

    number, unit = written(_NUMBER), one_of(mentions["units"])
    beside, month = one_of(mentions["sentence_words"]), one_of(mentions["months"])
    day, year = written(_DAY), written(_YEAR)
    figure, digits, two = written(r"^\d"), written(r"^\d{1,2}$"), written(r"^\d\d$")
    hyphen, small = {"TEXT": "-"}, one_of(["of", "for", "to", "'", "’"]) | {"OP": "?"}
    law: list[Pattern] = [
        [written(_SECTION)],
        [one_of(["section", "sec", "s", "s."]), figure],
        [{"LOWER": "schedule"}, figure],
        [{"LOWER": "part"}, written(r"^(I{1,3}|\d)$"), {"LOWER": "of"}, {"LOWER": "the"}, {"LOWER": "act"}],
    ]
    dates: list[Pattern] = [
        [written(_NUMERIC_DATE)],
        [written(_ISO_DATE)],
        [year, hyphen, two, hyphen, two],
        [digits, hyphen, digits, hyphen, written(r"^(\d{4}|\d{2})$")],
        [day, {"LOWER": "of", "OP": "?"}, month, year],
        [month, year],
    ]
    lengths: list[Pattern] = [
        [number, {"TEXT": "-", "OP": "?"}, unit, small, beside],
        [beside, one_of(["of", "for", "to", ":"]) | {"OP": "?"}, number, unit],
        [number, unit, number, unit, small, beside],
        [number, {"TEXT": "-", "OP": "?"}, unit, one_of(mentions["kinds_of_order"]) | {"OP": "+"}, beside],
    ]
    patterns = {"LAW": law, "DATE": dates, "SENTENCE": lengths}
    return [
        *({"label": label, "pattern": pattern} for label, rows in patterns.items() for pattern in rows),
        *({"label": "OFFENCE", "pattern": phrase} for phrase in mentions["offence"]),
        *({"label": "ORDER", "pattern": phrase} for phrase in mentions["order"]),
    ]


@cache
def _tools() -> _Tools:
    with Path(__file__).with_name("passages.toml").open("rb") as file:
        tables = tomllib.load(file)
    nlp = spacy.blank("en")
    cast(Tokenizer, nlp.tokenizer).token_match = _RULED.search
    nlp.add_pipe("sentencizer")
    ruler = nlp.add_pipe("entity_ruler", config={"overwrite_ents": True, "phrase_matcher_attr": "LOWER"})
    ruler.add_patterns(_rules(tables["mentions"], nlp.vocab))  # type: ignore[attr-defined]  # the pipe is an EntityRuler
    words = PhraseMatcher(nlp.vocab, attr="LOWER")
    for topic, table in tables["topics"].items():
        words.add(topic, [nlp.make_doc(phrase) for phrase in _phrases(table["words"])])
        if "unless" in table:
            words.add(f"unless {topic}", [nlp.make_doc(phrase) for phrase in table["unless"]])
    spoken_of = PhraseMatcher(nlp.vocab, attr="LOWER")
    for name in ("denies", "denies_before", "pairs", "supposes"):
        spoken_of.add(name, [nlp.make_doc(phrase) for phrase in tables["scopes"][name]])
    ends = PhraseMatcher(nlp.vocab, attr="LOWER")
    ends.add("ends", [nlp.make_doc(phrase) for phrase in tables["scopes"]["ends"]])
    topics = {
        name: _Topic(_begun(table["words"]), table.get("at_least", 1), frozenset(table.get("alone", ())))
        for name, table in tables["topics"].items()
    }
    threats, units = frozenset(tables["scopes"]["threatens"]), frozenset(tables["mentions"]["units"])
    return _Tools(nlp, words, spoken_of, topics, ends, threats, units)


class _Scopes(NamedTuple):
    """For each word of a line whether it is denied, and whether it is only supposed."""

    denied: list[bool]
    supposed: list[bool]


def _clause(doc: Doc, at: int, sentence: Span, ends: frozenset[int]) -> tuple[int, int]:
    """The clause a word stands in: between semicolons, colons, dashes and the words that begin another."""
    first, last = at, at
    while first > sentence.start and first not in ends and doc[first - 1].text not in (";", ":", "–"):
        first -= 1
    while last < sentence.end and (last == at or last not in ends) and doc[last].text not in (";", ":", "–"):
        last += 1
    return first, last


def _denied_to(doc: Doc, start: int, sentence: Span, ends: frozenset[int]) -> int:
    """How far a denial that ends at `start` reaches: to a word or sign that ends it, through a list ("no knives, guns or bats")."""
    reach = min(sentence.end, start + REACH)
    for place in range(start, reach):
        if place in ends or doc[place].text in (";", ":", "–", "(", ")"):
            return place
        if doc[place].text == ",":
            listed = {token.lower_ for token in doc[place + 1 : place + 7]} & {"or", "nor"}
            if not listed:
                return place
    return reach


def _threatened(cue: Span, tools: _Tools) -> bool:
    """Whether a supposition is part of a threat that was made: "threatened to use a knife if she told anybody"."""
    return any(token.lower_ in tools.threats for token in cue.doc[cue.sent.start : cue.start])


def _scopes(doc: Doc, tools: _Tools) -> _Scopes:
    """What of a line is denied or supposed."""
    denied, supposed = [False] * len(doc), [False] * len(doc)
    ends = frozenset(span.start for span in tools.ends(doc, as_spans=True))
    named = {token.i for span in doc.ents if span.label_ == "OFFENCE" for token in span}
    for cue in filter_spans(tools.spoken_of(doc, as_spans=True)):
        if cue.text == "May" or cue.start in named:
            continue  # the month, or a word of an offence's name ("in fear of violence")
        sentence = cue.sent
        if cue.label_ == "denies":
            stop = _denied_to(doc, cue.end, sentence, ends - set(range(cue.start, cue.end)))
            denied[cue.start : stop] = [True] * (stop - cue.start)
        elif cue.label_ == "denies_before":
            first, _ = _clause(doc, cue.start, sentence, ends)
            denied[first : cue.end] = [True] * (cue.end - first)
        elif cue.label_ == "supposes" and not _threatened(cue, tools):
            whole = cue[0].lower_ in ("if", "should", "were", "unless") or cue.text.lower().startswith("in ")
            first, last = (sentence.start, sentence.end) if whole else _clause(doc, cue.start, sentence, ends)
            supposed[first:last] = [True] * (last - first)
    return _Scopes(denied, supposed)


def _law(doc: Doc, mentions: list[Span]) -> list[Span]:
    """Acts by their titles, each with the section before it."""
    spans = [doc.char_span(m.start(), m.end(), label="LAW", alignment_mode="expand") for m in _ACT.finditer(doc.text)]
    found = []
    for span in spans:
        if span is not None:
            before = [m for m in mentions if m.label_ == "LAW" and m.end == span.start]
            found.append(Span(doc, before[0].start if before else span.start, span.end, label="LAW"))
    return found


def _with_sections(doc: Doc, spans: list[Span]) -> list[Span]:
    """Offences joined with the section that stands directly before or after them ("s.20 wounding", "wounding (s.20)")."""
    joined: list[Span] = []
    for span in spans:
        previous = joined[-1] if joined else None
        gap = doc[previous.end : span.start].text if previous else ""
        pair = {previous.label_, span.label_} if previous else set()
        if (
            previous is not None
            and pair == {"OFFENCE", "LAW"}
            and previous.sent == span.sent
            and gap in ("", "(", ",", "-")
        ):
            bracket = int(gap == "(" and span.end < len(doc) and doc[span.end].text == ")")
            joined[-1] = Span(doc, previous.start, span.end + bracket, label="OFFENCE")
        else:
            joined.append(span)
    return joined


def _mentions(doc: Doc, record: bool, units: frozenset[str]) -> list[Span]:
    """Offences, orders, lengths, dates and law of a line, longest first where they overlap."""
    spans = list(doc.ents)
    spans += _law(doc, spans)
    if record:
        # A line of previous convictions ends with its sentence: "2014 - Possession of offensive weapon, 18 weeks".
        end = len(doc) - (len(doc) > 0 and doc[-1].text == ".")
        if end >= 3 and doc[end - 3].text in (",", "-") and doc[end - 2].like_num and doc[end - 1].lower_ in units:
            spans.append(Span(doc, end - 2, end, label="SENTENCE"))
    return _with_sections(doc, filter_spans(spans))


@lru_cache(maxsize=8192)
def _begins(word: str) -> tuple[str, ...]:
    """The topics that a word begins a word of ("terrorists" of terrorism)."""
    return tuple(name for name, topic in _tools().topics.items() if word.startswith(topic.begun))


def _told(doc: Doc, tools: _Tools) -> Iterator[tuple[str, Span, list[Span]]]:
    """Each sentence that bears on a threshold test: the topic, the sentence, and the words that say so."""
    said: dict[str, list[Span]] = {}
    for span in tools.words(doc, as_spans=True):
        said.setdefault(span.label_, []).append(span)
    for token in doc:
        for name in _begins(token.lower_):
            said.setdefault(name, []).append(doc[token.i : token.i + 1])
    if not said:
        return
    for sentence in doc.sents:
        for name, topic in tools.topics.items():
            away = {place for span in said.get(f"unless {name}", ()) for place in range(span.start, span.end)}
            here = [s for s in said.get(name, ()) if sentence.start <= s.start < sentence.end and s.start not in away]
            words = filter_spans(here) if here else []
            different = {s.text.lower() for s in words}
            if len(different) >= topic.at_least or different & topic.alone:
                yield name, sentence, words


def _line(key: str, doc: Doc, offset: int, tools: _Tools) -> Iterator[Passage]:
    scopes = _scopes(doc, tools)

    def passage(topic: str, shown: Span, words: list[Span]) -> Passage:
        return Passage(
            key=key,
            topic=topic,
            text=shown.text,
            start=offset + shown.start_char,
            end=offset + shown.end_char,
            negated=all(scopes.denied[word.start] for word in words),
            hypothetical=all(scopes.supposed[word.start] for word in words),
        )

    for span in _mentions(doc, key == "conviction.previous", tools.units):
        yield passage(_MENTIONS[span.label_], span, [span])
    for topic, sentence, words in _told(doc, tools):
        yield passage(topic, sentence, words)


def passages(values: Mapping[str, Value]) -> tuple[Passage, ...]:
    """Every passage of the narratives read, in the form's order and by place; never more than `MOST`."""
    tools = _tools()
    lines = [
        (line.group(), (key, line.start()))
        for key, field in FIELDS.items()
        if field.kind == "narrative"
        and (value := values.get(key)) is not None
        and value.status == "read"
        and isinstance(value.value, str)
        for line in _LINE.finditer(value.value[:LONGEST])
    ]
    found: list[Passage] = []
    for doc, (key, offset) in tools.nlp.pipe(lines, as_tuples=True):
        found += sorted(_line(key, doc, offset, tools), key=lambda passage: (passage.start, passage.end))
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])
