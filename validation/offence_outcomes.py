"""What a text says of several offences at once: "robbery and rape - both dismissed", "s.18, s.20: neither proceeded with"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from validation.offence_clauses import Cue, Part, is_benign, small_after, span_of, vocabulary
from validation.offence_context import Said, offences_of
from validation.offence_lists import LawEntry, Standing
from validation.offence_words import Read

_AND = re.compile(r"\band\b|[&+]")


@dataclass(frozen=True)
class Named:
    """One offence named, at characters `start` to `end`."""

    written: str
    start: int
    end: int
    certainty: Literal["certain", "candidate", "none"]
    entries: tuple[LawEntry, ...] = ()
    standing: Standing | None = None
    way: str | None = None
    score: float = 0.0
    reason: str = ""
    set_aside: bool = False
    proved: bool = False
    """The words before it say convicted, guilty, sentenced."""


def only_outcomes(read: Read, parts: Sequence[Part]) -> bool:
    """Whether a sentence names nothing and only says what became of offences: "Both dismissed."."""
    words = [read.tokens[place].form for part in parts for place in part.words]
    return any(part.cues for part in parts) and not any(map(offences_of, parts)) and all(map(is_benign, words))


def says_of_family(read: Read, parts: Sequence[Part]) -> bool:
    """Whether a sentence sets several offences aside by a word for their family: "Both assaults dismissed"."""
    hits = [hit for part in parts for hit in part.hits]
    cues = [cue for part in parts for cue in part.cues if cue.role == "aside" and cue.after]
    family = bool(hits) and all(hit.meaning.generic for hit in hits)
    return family and any(_many(read, parts[0].places()[0], cue.first) for cue in cues)


def heading(read: Read, parts: Sequence[Part]) -> Said:
    """What a line with a colon says of all that follows: "Not proceeded with:". Any line of outcomes ends what the one before said."""
    cues = [cue for part in parts for cue in part.cues]
    start, end = span_of(read, range(cues[0].first, cues[-1].last))
    signs = [sign.form for sign in read.between if sign.start >= end and not sign.form.isalpha()]
    if signs[:1] == [":"] and all(cue.role in ("aside", "doubt") for cue in cues):
        return Said("doubt", " ".join(read.text[start:end].split()))
    return Said()


def shared(read: Read, parts: Sequence[Part], names: Sequence[Named], of_last: bool = False) -> list[Named]:
    """Offences with what words after the last of them say of several; `of_last` where these words are a sentence of their own, and
    so nothing has been said even of the last.

    Where the words say of how many ("both", "all", "x2"), those are all set aside. Where they do not ("robbery and rape dismissed"),
    all but the last are only no longer certain; in brackets, or where only a comma divides the last from the others, they are said of
    the last alone. An offence with an outcome of its own keeps it.
    """
    told = list(names)
    for part in parts:
        for cue in part.cues:
            offences = offences_of(part)
            forward = cue.before and min(offences, default=0) >= cue.last
            if cue.role not in ("aside", "doubt") or not cue.after or forward:
                continue
            count = _of_how_many(read, parts, cue)
            if count or of_last or offences or part.opening != "(":
                _say(read, told, cue, count, of_last, close=bool(offences))
    return told


def _of_how_many(read: Read, parts: Sequence[Part], cue: Cue) -> int:
    """Of how many offences a cue is said by the words beside it, 0 where they do not say."""
    places = [place for part in parts for place in part.places()]
    offences = [place for part in parts for place in offences_of(part)]
    first = max((place + 1 for place in offences if place < cue.first), default=places[0])
    end = min((place for place in offences if place >= cue.last), default=places[-1] + 1)
    forms = [token.form for token in read.tokens[first:end]]
    said = vocabulary()
    if said.of_all & {*forms} or said.of_one & {*forms[: cue.first - first][-2:]}:
        return len(read.tokens)
    if said.of_two & {*forms}:
        return 2
    times = forms[cue.last - first :]
    return int(times[1]) if len(times) > 1 and times[0] == "x" and times[1].isdigit() else 0


def _say(read: Read, told: list[Named], cue: Cue, count: int, of_last: bool, close: bool) -> None:
    """Tell the offences before `cue`, from the last, what it says; `close` where it stands directly behind that one."""
    start, end = span_of(read, range(cue.first, cue.last))
    reason = f"the text says “{' '.join(read.text[start:end].split())}”"
    before = [place for place, one in enumerate(told) if one.start < start and (one.entries or one.end <= start)]
    own = close or small_after(read, cue.last) in ("to", "from")
    for far, place in enumerate(reversed(before)):
        one = told[place]
        if far == 0 and not of_last:
            continue  # said already: see said_after
        alone = own and not _AND.search(read.text[one.end : start].lower())
        if (far >= count) if count else (far and (one.proved or one.set_aside or alone)):
            return
        if one.certainty == "none":
            continue
        if cue.role == "aside" and not one.proved and (count or far == 0):
            told[place] = replace(
                one, certainty="none", score=0.0, entries=(), standing=None, reason=reason, set_aside=True
            )
        elif one.certainty == "certain":
            told[place] = replace(one, certainty="candidate", score=0.9, reason=reason)


def _many(read: Read, first: int, end: int) -> bool:
    """Whether a word for several stands from token `first` up to `end`."""
    return bool((vocabulary().of_all | vocabulary().of_two) & {token.form for token in read.tokens[first:end]})
