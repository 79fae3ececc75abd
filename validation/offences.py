"""Index offences as people write them, matched to the statutory lists: certain, candidate or none, and what that settles of category 2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Literal

from extractors.models import Model
from validation.models import Truth
from validation.offence_lists import LawEntry, Standing, is_inchoate_row
from validation.offence_named import named_in
from validation.offence_outcomes import Named

Certainty = Literal["certain", "candidate", "none"]
Inchoate = Literal["attempt", "conspiracy", "encouraging", "aiding"]

LONGEST = 12_000
"""Characters of an index offence that are looked at; where more is written the limb is never false."""


class NamedOffence(Model):
    """One offence named in the text, at characters `start` to `end`.

    `certain`: the words can mean nothing else; `candidate`: they may mean one of `entries`; `none`: nothing in the lists, or
    set aside because the text says that it does not count (`set_aside`). `score` runs from 0 to 1.
    """

    written: str
    start: int
    end: int
    certainty: Certainty
    entries: tuple[LawEntry, ...] = ()
    standing: Standing | None = None
    inchoate: Inchoate | None = None
    score: float
    reason: str = ""
    """Why this is not certain, or is set aside; empty when certain."""
    set_aside: bool = False


class OffenceMatches(Model):
    """The offences named and what they settle: `limb` is the offence limb of category 2, `because` one plain sentence."""

    limb: Truth
    because: str
    named: tuple[NamedOffence, ...] = ()


_INCHOATE_WORDS = {
    "attempt": "an attempt at ",
    "conspiracy": "conspiracy to commit ",
    "encouraging": "encouraging or assisting ",
    "aiding": "aiding ",
}


def _offence(found: Named) -> NamedOffence:
    return NamedOffence(
        written=found.written,
        start=found.start,
        end=found.end,
        certainty=found.certainty,
        entries=found.entries,
        standing=found.standing,
        inchoate="encouraging" if found.way == "incitement" else found.way,  # type: ignore[arg-type]  # checked by the model
        score=round(found.score, 3),
        reason=found.reason,
        set_aside=found.set_aside,
    )


def _places(entries: Iterable[LawEntry], lists: Sequence[str]) -> str:
    places = list(dict.fromkeys(entry.place() for entry in entries if entry.list in lists))
    if not places:
        return ""
    same = [place for place in places[1:] if place.rsplit(" ", 1)[0] == places[0].rsplit(" ", 1)[0]]
    return places[0] + "".join(" or " + place.rsplit(" ", 1)[1] for place in same[:3])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + " and " + texts[-1]


def _true(offence: NamedOffence) -> str:
    main = [entry for entry in offence.entries if entry.list in ("schedule15_part1", "schedule15_part2", "s327")]
    way = _INCHOATE_WORDS.get(offence.inchoate or "", "")
    titles = list(dict.fromkeys(entry.offence for entry in main if not is_inchoate_row(entry)))
    return _capital(
        f"{way}{titles[0] if titles else main[0].offence}, {_places(main, ('schedule15_part1', 'schedule15_part2', 's327'))}."
    )


def _unsettled(offence: NamedOffence) -> str:
    """Why one offence leaves the limb open."""
    written = f"“{offence.written}”"
    if offence.set_aside:
        return f"{written} is not counted: {offence.reason}."
    if offence.standing == "terrorism" and offence.certainty == "certain":
        place = _places(offence.entries, ("schedule15_part3",)) or "the category 4 list only"
        return f"{_capital(offence.entries[0].offence)}, {place}, leads to category 4, not to category 2."
    if offence.standing == "sexual_only" and offence.certainty == "certain":
        return f"{_capital(offence.entries[0].offence)} is in Schedule 3 of the Sexual Offences Act 2003 only."
    if offence.standing == "watch":
        return f"{written} is a new offence whose standing in Schedule 15 is not confirmed."
    if offence.entries:
        options = list(
            dict.fromkeys(
                f"{entry.offence} ({entry.place()})" for entry in offence.entries if entry.list != "schedule3"
            )
        )
        return f"{written} may be {' or '.join(options[:3])}, but that is not certain: {offence.reason}."
    return f"{written} is in none of the lists."


def _limb(named: Sequence[NamedOffence], whole: bool) -> tuple[Truth, str]:
    for offence in named:
        if offence.certainty == "certain" and offence.standing == "qualifies" and not offence.set_aside:
            return "true", _true(offence)
    counted = [offence for offence in named if not offence.set_aside]
    if (
        counted
        and whole
        and all(offence.certainty == "certain" and offence.standing == "near_miss" for offence in counted)
    ):
        names = _listed([f"“{offence.written}”" for offence in counted])
        return "false", f"{names} {'is' if len(counted) == 1 else 'are'} in no schedule."
    if not named:
        return "unknown", "No offence was recognised in the text."
    doubtful = [
        offence for offence in counted if not (offence.certainty == "certain" and offence.standing == "near_miss")
    ]
    if not doubtful and not whole:
        return "unknown", "Not all of the text could be understood, so it may name a further offence."
    return "unknown", _unsettled((doubtful or named)[0])


@lru_cache(maxsize=256)
def match(text: str, on: date | None = None) -> OffenceMatches:
    """The offences that `text` names. `on` is the latest day they can have been committed (the offence's own day where known,
    else conviction or referral): an offence that a list takes in only from a later day is not certain. Without it, no entry
    is held back for its date."""
    found, whole = named_in(text[:LONGEST], on)
    named = tuple(_offence(one) for one in found)
    limb, because = _limb(named, whole and len(text) <= LONGEST)
    return OffenceMatches(limb=limb, because=because, named=named)
