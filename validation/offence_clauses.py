"""A text of offences taken apart: which names, sections and codes stand in it, what is said about each, and what stays unexplained."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, NamedTuple

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from validation.offence_book import Forms, Meaning, book
from validation.offence_lists import LAW
from validation.offence_words import JOINS, Read, Token, form_of, forms, vocab

CueRole = Literal["aside", "doubt", "affirm", "neutral"]


class Cue(NamedTuple):
    """A phrase that says whether an offence counts, at tokens `first` up to `last`; `before` or `after` the offence it speaks of."""

    role: CueRole
    before: bool
    after: bool
    first: int
    last: int


class Hit(NamedTuple):
    """A wording of the phrase book at tokens `first` up to `last`."""

    key: Forms
    meaning: Meaning
    first: int
    last: int


@dataclass
class Part:
    """What stands between two joins: its wordings, sections, codes, cues, and words that are none of these."""

    opening: str
    """The sign or word that led to it: `,` `and` `(` `-` `|` for a new sentence or line, empty at the start."""
    hits: list[Hit] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)

    def places(self) -> list[int]:
        """Every token of the part, in order."""
        return sorted(
            [p for h in self.hits for p in range(h.first, h.last)]
            + self.sections
            + self.codes
            + self.words
            + [p for c in self.cues for p in range(c.first, c.last)]
        )


class _Vocabulary(NamedTuple):
    cues: PhraseMatcher
    benign: frozenset[str]
    altering: frozenset[str]
    altering_near: frozenset[str]
    whole_only: frozenset[str]
    compound: frozenset[str]
    others: frozenset[str]
    of_one: frozenset[str]
    of_two: frozenset[str]
    of_all: frozenset[str]
    turning: Mapping[tuple[str, str], frozenset[str]]


@cache
def vocabulary() -> _Vocabulary:
    with (LAW / "words.toml").open("rb") as file:
        tables = tomllib.load(file)
    matcher = PhraseMatcher(vocab())
    phrases: dict[Forms, set[str]] = {}
    for name, written in tables["cues"].items():
        for phrase in written:
            # "victim of" and "reduced to" mean what they mean only with their small word, which the forms leave out.
            last = phrase.split()[-1]
            phrases.setdefault(forms(phrase), set()).add(f"{name} {last if last in tables['dropped'] else ''}")
    for key, names in phrases.items():
        matcher.add("+".join(sorted(names)), [Doc(vocab(), words=list(key))])

    def bag(words: str) -> frozenset[str]:
        return frozenset(word if word[0] in "#@" else form_of(word) for word in words.split())

    turning = {(row["standing"], word): bag(row["into"]) for row in tables["turning"] for word in bag(row["of"])}
    return _Vocabulary(
        cues=matcher,
        benign=bag(tables["benign"]),
        altering=bag(tables["altering"]),
        altering_near=bag(tables["altering_near"]),
        whole_only=bag(tables["whole_only"]),
        compound=bag(tables["compound"]),
        others=bag(tables["others"]),
        of_one=bag(tables["of_one"]),
        of_two=bag(tables["of_two"]),
        of_all=bag(tables["of_all"]),
        turning=turning,
    )


def is_benign(form: str) -> bool:
    """Whether a word may stand beside an offence without changing it: numbers, dates, courts, victims, places."""
    return form in vocabulary().benign or form.isdigit() or form.startswith("*") or len(form) == 1


def _cues(read: Read, doc: Doc) -> list[Cue]:
    found = []
    for span in filter_spans(vocabulary().cues(doc, as_spans=True)):
        small = small_after(read, span.end)
        names = [
            name
            for name, _, wanted in (label.partition(" ") for label in span.label_.split("+"))
            if wanted in ("", small)
        ]
        if not names:
            continue
        if len(span) == 1 and span.text in ("no", "not") and span.end < len(doc) and doc[span.end].text.isdigit():
            continue  # "offence no. 3"
        if "turned" in names:
            found.append(
                Cue("aside", before := small_after(read, span.end) == "from", not before, span.start, span.end)
            )
            continue
        role: CueRole = names[0].split("_")[0]  # type: ignore[assignment]  # the tables of words.toml are named for the roles
        sides = {name.partition("_")[2] for name in names if name.startswith(role)}
        words = [token.text for token in doc[: span.start] if token.text not in ("count", "charg", "offenc")][-1:]
        if role == "aside" and vocabulary().of_one & {*words}:
            role = "doubt"  # "robbery and rape; the latter dismissed"
        found.append(Cue(role, bool(sides & {"before", ""}), "after" in sides, span.start, span.end))
    return found


def small_after(read: Read, place: int) -> str:
    """The small word between the token before `place` and the one at it."""
    start = read.tokens[place - 1].end
    end = read.tokens[place].start if place < len(read.tokens) else len(read.text)
    return next((sign.form for sign in read.between if start <= sign.start < end), "")


def _hits(doc: Doc) -> list[Hit]:
    phrases = book().phrases
    spans = filter_spans(book().matcher(doc, as_spans=True))
    return [
        Hit(tuple(token.text for token in span), phrases[tuple(token.text for token in span)], span.start, span.end)
        for span in spans
    ]


def _openings(read: Read) -> list[str]:
    """For each token, what divides it from the one before: a join, an opening bracket, a dash, or nothing."""
    between = iter((*read.between, Token("", len(read.text) + 1, len(read.text) + 1)))
    sign = next(between)
    openings = []
    for token in read.tokens:
        seen = ""
        while sign.start < token.start:
            spaced = (sign.start > 0 and read.text[sign.start - 1 : sign.start].isspace()) or read.text[
                sign.end : sign.end + 1
            ].isspace()
            if sign.form in JOINS or sign.form == "\n":
                seen = sign.form
            elif sign.form in ">→":
                seen = "->"
            elif sign.form in "([{" or (sign.form in "-:" and spaced):
                seen = seen or ("(" if sign.form in "([{" else sign.form)
            elif not seen and sign.form not in ")]}.'\"*":
                seen = " " + sign.form
            sign = next(between)
        openings.append(seen)
    return openings


def sentences(read: Read) -> Iterator[list[Part]]:
    """Each sentence or line of a text as its parts."""
    doc = Doc(vocab(), words=[token.form for token in read.tokens])
    hits = {hit.first: hit for hit in _hits(doc)}
    covered = {place for hit in hits.values() for place in range(hit.first, hit.last)}
    cues = {cue.first: cue for cue in _cues(read, doc) if not covered & set(range(cue.first, cue.last))}
    openings = _openings(read)
    parts: list[Part] = [Part("|")]
    place = 0
    while place < len(read.tokens):
        form = read.tokens[place].form
        if form == "|":
            if any(part.places() for part in parts):
                yield parts
            parts = [Part("|")]
            place += 1
            continue
        opening = openings[place]
        if opening and not opening.startswith(" ") and parts[-1].places():
            parts.append(Part(opening))
        elif form == "*join":
            parts.append(Part(form))
        part = parts[-1]
        if place in hits:
            part.hits.append(hits[place])
            place = hits[place].last
        elif place in cues:
            part.cues.append(cues[place])
            place = cues[place].last
        else:
            (part.sections if form[0] == "§" else part.codes if form[0] == "~" else part.words).append(place)
            place += 1
    if any(part.places() for part in parts):
        yield parts


def prepositions_before(read: Read, place: int) -> bool:
    """Whether a small word (on, of, against, with, by) leads from the token before into this one."""
    token = read.tokens[place]
    start = read.tokens[place - 1].end if place else 0
    small = [sign.form for sign in read.between if start <= sign.start < token.start]
    return any(word.isalpha() for word in small)


def span_of(read: Read, places: Sequence[int]) -> tuple[int, int]:
    """From the first to the last of these tokens, in characters."""
    return read.tokens[min(places)].start, read.tokens[max(places)].end
