"""Tells whether two forms may be about the same person: by identifiers, and by names and birth dates spelt or typed otherwise.

Pure: what may meet is found by `kept` and `sought`, whose texts are stored and asked for only as keyed hashes; what has
met is compared in clear by `compare`, which says how strong the likeness is and why. The sounds of words are metaphone
and NYSIIS (Black, 1990; Taft, 1970) with the match rating approach (Moore, 1977), as jellyfish has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import product
from types import MappingProxyType

from jellyfish import (
    damerau_levenshtein_distance,
    jaro_winkler_similarity,
    match_rating_comparison,
    metaphone,
    nysiis,
)

from extractors.contract import FIELDS
from extractors.models import FormReading, Model
from intake.store.vault import plain_words
from intake.terms import Strength

IDENTIFIERS = (
    "person.pnc_id",
    "person.cro_number",
    "person.visor_ref",
    "person.prison_number",
    "person.nhs_number",
    "person.agency_ref",
)
LOCAL = "person.agency_ref"
"""The sender's own case reference: two agencies may give the same one to different people."""
NO_NAMES = frozenset(
    [
        "aka",
        "also",
        "alias",
        "aliases",
        "and",
        "as",
        "born",
        "called",
        "formerly",
        "goes",
        "known",
        "maiden",
        "married",
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "n",
        "na",
        "name",
        "names",
        "nee",
        "nickname",
        "nicknames",
        "no",
        "none",
        "not",
        "now",
        "or",
        "other",
        "previously",
        "street",
        "the",
        "unknown",
        "by",
    ]
)
"""Words that stand between names in a field of aliases."""
MOST_WORDS = 8
"""Words of a name that are looked at."""
LEAST_DIGITS = 3
CLOSE = 0.7
"""Jaro-Winkler similarity from which two words of the same sound count as alike: John and Jane do not."""
VERY_CLOSE = 0.85
LONG_ENOUGH = 5
"""Letters from which one letter more, less or other is a slip rather than another name."""


class Identity(Model):
    """Whom a form is about. `identifiers` by key of the contract, as normalised."""

    family: str = ""
    given: str = ""
    aliases: str = ""
    born: date | None = None
    identifiers: Mapping[str, str] = MappingProxyType({})


class Likeness(Model):
    """How strongly two identities point to one person, and why, in sentences without a full stop."""

    strength: Strength
    reasons: tuple[str, ...]


def identity_of(form: FormReading) -> Identity:
    """Whom the form is about, as far as it says."""

    def text(key: str) -> str:
        found = form.value(key)
        return found if isinstance(found, str) else ""

    return Identity(
        family=text("person.family_name"),
        given=text("person.given_names"),
        aliases=text("person.aliases"),
        born=_day(text("person.date_of_birth")),
        identifiers={key: text(key) for key in IDENTIFIERS if text(key)},
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _bare(identifier: str) -> str:
    """An identifier without case, spaces and punctuation; empty for what is too little to be one, such as "TBC"."""
    bare = re.sub(r"[^0-9a-z]", "", identifier.lower())
    return bare if sum(c.isdigit() for c in bare) >= LEAST_DIGITS else ""


def _words(text: str) -> tuple[str, ...]:
    """The words of a name, with parts that are often joined ("de la Cruz", "Smith-Jones") also as one word."""
    words = plain_words(text)[:MOST_WORDS]
    joined = ["".join(words)] if 1 < len(words) <= 3 else []
    return tuple(dict.fromkeys([*words, *joined]))


def _other_words(identity: Identity) -> tuple[str, ...]:
    return tuple(word for word in dict.fromkeys(plain_words(identity.aliases)) if word not in NO_NAMES)[:MOST_WORDS]


def sounds(word: str) -> frozenset[str]:
    """How a word sounds, in both codes; a word in letters that neither knows sounds like itself."""
    return frozenset({f"m{metaphone(word) or word}", f"n{nysiis(word) or word}"})


def _sound(word: str) -> str:
    return metaphone(word) or word


# What is stored and asked for, as texts that become keyed hashes


def kept(identity: Identity) -> frozenset[str]:
    """What a form leaves behind, so that others find it."""
    return frozenset(
        [
            *_by_identifier(identity),
            *_by_birth(identity, [identity.born]),
            *_by_name(identity, "named"),
            *(_by_name(identity, "undated") if identity.born is None else ()),
        ]
    )


def sought(identity: Identity) -> Mapping[str, int]:
    """What to ask for to find others like it: text to weight, for where there are too many."""
    near = _by_birth(identity, near_dates(identity.born), "m") if identity.born else ()
    names = _by_name(identity, "undated" if identity.born else "named")
    return {
        **dict.fromkeys([*near, *names], 1),
        **dict.fromkeys(_by_birth(identity, [identity.born]), 2),
        **dict.fromkeys(_by_identifier(identity), 100),
    }


def _by_identifier(identity: Identity) -> Iterator[str]:
    # Without the field's name: a number is as often written into the field beside its own.
    return (f"id|{number}" for number in _numbered(identity).values())


def _numbered(identity: Identity) -> Mapping[str, str]:
    """The identifiers that say something, bare, by key."""
    bare = {key: _bare(text) for key, text in identity.identifiers.items()}
    return {key: number for key, number in bare.items() if number}


def _by_birth(identity: Identity, days: Iterable[date | None], codes_of: str = "mn") -> Iterator[str]:
    words = dict.fromkeys([*_words(identity.family), *_words(identity.given), *_other_words(identity)])
    codes = {code for word in words for code in sounds(word) if code[0] in codes_of}
    return (f"born|{day}|{code}" for day, code in product(days, codes) if day is not None)


def _by_name(identity: Identity, kind: str) -> Iterator[str]:
    others = _other_words(identity)
    families = dict.fromkeys(_sound(word) for word in [*_words(identity.family), *others])
    givens = dict.fromkeys(_sound(word) for word in [*_words(identity.given)[:1], *others])
    return (f"{kind}|{family}|{given}" for family, given in product(families, givens) if family != given)


def near_dates(born: date) -> frozenset[date]:
    """Birth dates that a slip makes of this one: day and month swapped, one digit other, two digits swapped."""
    written = f"{born:%d%m%Y}"
    slips = {written[2:4] + written[:2] + written[4:]}
    for place, digit in product(range(8), "0123456789"):
        slips.add(written[:place] + digit + written[place + 1 :])
    for place in (0, 2, 4, 5, 6):
        slips.add(written[:place] + written[place + 1] + written[place] + written[place + 2 :])
    dates = {_day(f"{slip[4:]}-{slip[2:4]}-{slip[:2]}") for slip in slips}
    return frozenset(day for day in dates if day is not None and 1900 <= day.year < 2100 and day != born)


# Comparing in clear


def compare(one: Identity, other: Identity) -> Likeness | None:
    """How two identities are alike; None where nothing points to one person."""
    numbers, apart = _numbers(one, other)
    local = [key for key in numbers if key == LOCAL]
    family, given, names = _names(one, other)
    born, birth = _birth(one, other)
    strength = _strength(len(numbers) - len(local), bool(local), family, given, born)
    if strength is None:
        return None
    if apart and not numbers:
        strength = "possible"
    reasons = [f"Same {FIELDS[key].label}" for key in numbers]
    against = [f"The {FIELDS[key].label} differs" for key in apart]
    return Likeness(strength=strength, reasons=(*reasons, *names, birth, *against))


def _numbers(one: Identity, other: Identity) -> tuple[list[str], list[str]]:
    """Keys of identifiers that both have and that are the same, and of those that differ."""
    ours, theirs = _numbered(one), _numbered(other)
    same = [key for key in IDENTIFIERS if key in ours and ours[key] in theirs.values()]
    both = ours.keys() & theirs.keys() - {LOCAL, *same}
    return same, [key for key in IDENTIFIERS if key in both and ours[key] != theirs[key]]


SAME, ALIKE, NOT = 2, 1, 0


def _names(one: Identity, other: Identity) -> tuple[int, int, tuple[str, ...]]:
    """How alike the family and the given names are (SAME, ALIKE, NOT), and that in words."""
    family, how_family = _alike("Family name", _words(one.family), _words(other.family))
    given, how_given = _alike("Given name", _words(one.given), _words(other.given))
    if family == NOT and given == NOT:
        crossed = [_alike("", _words(a.family), _words(b.given))[0] for a, b in ((one, other), (other, one))]
        if min(crossed) != NOT:
            return min(crossed), min(crossed), ("Family and given names have changed places",)
    if family == NOT:
        family, how_family = _by_alias("family name", one, other, how_family)
    if given == NOT:
        given, how_given = _by_alias("given name", one, other, how_given)
    return family, given, (how_family, how_given)


def _by_alias(name: str, one: Identity, other: Identity, otherwise: str) -> tuple[int, str]:
    """Whether what one is called stands among the other's aliases, as a maiden name does."""
    field = "family" if name == "family name" else "given"
    for a, b in ((one, other), (other, one)):
        theirs = (*_other_words(b), *_words(getattr(b, field)))
        if _alike("", _words(getattr(a, field)), _other_words(b))[0]:
            return ALIKE, f"The {name} of one is an alias or maiden name of the other"
        if _alike("", _other_words(a), theirs)[0] == SAME:
            return ALIKE, f"An alias of one is a {name} or alias of the other"
    return NOT, otherwise


def _alike(name: str, ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[int, str]:
    """The best that any word of the one gives with any word of the other."""
    if not ours or not theirs:
        return NOT, f"{name} missing on one of the forms"
    if set(ours) & set(theirs):
        return SAME, f"Same {name.lower()}" if ours == theirs else f"{name} has a word in common"
    if any(_one_slip(a, b) for a, b in product(ours, theirs)):
        return ALIKE, f"{name} differs by one letter"
    if any(sound_alike(a, b) for a, b in product(ours, theirs)):
        return ALIKE, f"{name} sounds alike"
    return NOT, f"{name} is another"


def _one_slip(a: str, b: str) -> bool:
    return min(len(a), len(b)) >= LONG_ENOUGH and damerau_levenshtein_distance(a, b) == 1


def sound_alike(a: str, b: str) -> bool:
    """Whether two words of names sound alike by any of the three ways."""
    closeness = jaro_winkler_similarity(a, b)
    if closeness >= CLOSE and sounds(a) & sounds(b):
        return True
    if closeness < VERY_CLOSE or min(len(a), len(b)) < LONG_ENOUGH:
        return False
    return a.isalpha() and b.isalpha() and bool(match_rating_comparison(a, b))


def _birth(one: Identity, other: Identity) -> tuple[int | None, str]:
    """How alike the birth dates are, None where one is missing, and that in words."""
    if one.born is None or other.born is None:
        return None, "Birth date missing on one of the forms"
    if one.born == other.born:
        return SAME, "Same birth date"
    if other.born not in near_dates(one.born):
        return NOT, "Birth date is another"
    a, b = f"{one.born:%d%m%Y}", f"{other.born:%d%m%Y}"
    if a[:2] == b[2:4] and a[2:4] == b[:2]:
        return ALIKE, "Day and month of birth have changed places"
    count = sum(x != y for x, y in zip(a, b, strict=True))
    return (
        ALIKE,
        "Birth date differs by one digit" if count == 1 else "Two digits of the birth date have changed places",
    )


def _strength(numbers: int, local: bool, family: int, given: int, born: int | None) -> Strength | None:
    both, some, exact = bool(family and given), bool(family or given), family == given == SAME
    if numbers:
        # One number for two people who share neither name nor birth date: one of the forms has it wrong.
        return "certain" if some or born else "possible"
    if local:
        return "certain" if both or (some and born) else "possible" if some or born else None
    if both and born == SAME:
        return "probable"
    if both and born == ALIKE:
        return "probable" if exact else "possible"
    if both and born is None:
        return "possible" if SAME in (family, given) else None
    return "possible" if some and born == SAME else None
