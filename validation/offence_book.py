"""The phrase book of offences: every name of every list and every wording known, in one form, with what it can mean.

Built at first use. The wordings beyond the lists' own names are practitioners' knowledge: they add ways of writing, never law.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from extractors.models import Model
from validation.offence_lists import LAW, LawEntry, Offence, Standing, acts, offences
from validation.offence_words import UNKNOWN_ACT, Token, forms, vocab, words_in

Forms = tuple[str, ...]


class Meaning(Model):
    """What a wording can mean: offences by id, or nothing in any list. `sure` when it can only mean offences of one standing."""

    offences: frozenset[int] = frozenset()
    sure: bool = True
    unlisted: str = ""
    """The name of an offence known to be in none of the lists."""
    generic: bool = False
    """A word for a whole family, which a section beside it may narrow: "assault"."""


class Code(NamedTuple):
    """An offence code of the courts' standard list and the paragraph it is mapped to."""

    part: str
    paragraph: str
    law: str


class Book(NamedTuple):
    phrases: Mapping[Forms, Meaning]
    matcher: PhraseMatcher
    bags: Mapping[Forms, tuple[Forms, Meaning]]
    sections: Mapping[tuple[str, str], tuple[tuple[str, int], ...]]
    bare: Mapping[str, str]
    codes: Mapping[str, tuple[Code, ...]]
    spelling: tuple[str, ...]


_LAW_ONLY = re.compile(
    r"^\(?(?:common law|etc\.?|s\.?\s?\d+.*|.*\bact\b.*|tact|soa|poa|pha|rta|wording|19\d\d act|20\d\d act)\)?$"
)
_BRACKETS = re.compile(r"\s*\(([^()]*)\)")


def _variants(name: str) -> Iterator[tuple[str, bool]]:
    """A name, and the name without what stands in brackets: that is only sure where the brackets cite law."""
    yield name, True
    if "(" in name:
        inside = [m.group(1).strip().lower() for m in _BRACKETS.finditer(name)]
        bare = _BRACKETS.sub("", name).strip()
        if bare and not re.search(r"\d\s*$", name[: name.index("(")]):
            yield bare, all(_LAW_ONLY.match(text) or text.startswith("not ") for text in inside)


def _names(offence: Offence) -> Iterator[str]:
    for entry in offence.entries:
        yield from (
            (part for half in entry.offence.split("; ") for part in half.split(" / "))
            if entry.list == "near_miss"
            else (entry.offence,)
        )
    yield from offence.names


def _is_meant(entry: LawEntry, kind: str, place: str, section: str) -> bool:
    if kind == "15":
        return entry.list.startswith("schedule15") and entry.paragraph == place and section in ("", entry.section)
    if kind == "327":
        return entry.paragraph == {"murder": "s.327(3)(a)", "i": "s.327(4A)(c)(i)"}.get(place, f"s.327(4A)({place})")
    if kind in ("near", "watch"):
        return entry.list.startswith(kind) and (
            entry.offence == place if place == "harassment" else entry.offence.startswith(place)
        )
    return entry.list == "schedule3" and entry.paragraph == place


@cache
def _meant(reference: str) -> frozenset[int]:
    """The offences one reference of wordings.csv means: `15:58`, `15:58:s.29(1)(b)`, `327:ca`, `near:common assault`, `3:16`."""
    kind, _, rest = reference.partition(":")
    place, _, section = rest.partition(":") if kind == "15" else (rest, "", "")
    found = frozenset(o.id for o in offences() for entry in o.entries if _is_meant(entry, kind, place, section))
    if not found:
        raise ValueError(f"wordings.csv refers to {reference!r}, which is in none of the lists")
    return found


def _find(references: str) -> frozenset[int]:
    """The offences that several references joined by `+` mean."""
    return frozenset().union(*(_meant(reference) for reference in references.split("+")))


def _standing(ids: frozenset[int]) -> set[Standing]:
    return {offences()[i].standing for i in ids}


def of_one_standing(ids: frozenset[int]) -> bool:
    """Whether all these offences stand alike, so that it does not matter which of them is meant."""
    return len(_standing(ids)) == 1 and not _standing(ids) & {"watch"}


def _law_only(words: Forms) -> bool:
    return all(word.startswith(("§", "~", "*")) for word in words)


def _listed() -> dict[Forms, Meaning]:
    """Every name of every list."""
    sure: dict[Forms, set[int]] = {}
    loose: dict[Forms, set[int]] = {}
    for offence in offences():
        for name in _names(offence):
            for variant, certain in _variants(name):
                key = forms(variant)
                if key and not _law_only(key) and not (len(key) == 1 and key[0].startswith(("@", "#"))):
                    (sure if certain else loose).setdefault(key, set()).add(offence.id)
    phrases: dict[Forms, Meaning] = {}
    for key in sorted(sure.keys() | loose.keys()):
        ids = frozenset(sure.get(key, set()) | loose.get(key, set()))
        phrases[key] = Meaning(offences=ids, sure=key in sure and of_one_standing(ids))
    # "attempted sexual communication (decoy)" is the offence attempted, which the words for an attempt already say.
    return {key: meaning for key, meaning in phrases.items() if key[0] != "@att" or key[1:] not in phrases}


def _written() -> tuple[dict[Forms, Meaning], list[str]]:
    """The wordings of wordings.csv, rows of one form taken together, and the wordings as they stand."""
    phrases: dict[Forms, Meaning] = {}
    with (LAW / "wordings.csv").open(encoding="utf-8", newline="") as file:
        rows = [(forms(row["wording"]), row) for row in csv.DictReader(file)]
    for key, row in rows:
        if row["means"] == "unlisted":
            phrases[key] = Meaning(unlisted=row["wording"], sure=False)
        elif not _law_only(key):
            before = phrases.get(key, Meaning())
            ids = _find(row["means"]) | before.offences
            generic = before.generic or row["certainty"] == "generic"
            sure = row["certainty"] == "certain" and before.sure and of_one_standing(ids)
            phrases[key] = Meaning(offences=ids, sure=sure and not generic, generic=generic)
    return phrases, [row["wording"] for _, row in rows]


def _bags(phrases: Mapping[Forms, Meaning]) -> dict[Forms, tuple[Forms, Meaning]]:
    """Wordings of several words by those words in any order; what two orders mean is taken together."""
    bags: dict[Forms, tuple[Forms, Meaning]] = {}
    for key, meaning in phrases.items():
        if len(key) > 1:
            bag = tuple(sorted(key))
            other = bags.get(bag, (key, meaning))[1]
            ids = meaning.offences | other.offences
            both = meaning.model_copy(
                update={"offences": ids, "sure": meaning.sure and other.sure and of_one_standing(ids)}
            )
            bags[bag] = key, both
    return bags


@cache
def book() -> Book:
    """The whole phrase book."""
    written, wordings = _written()
    phrases = _listed() | written
    matcher = PhraseMatcher(vocab())
    for key in phrases:
        matcher.add(" ".join(key), [Doc(vocab(), words=list(key))])
    sections: dict[tuple[str, str], list[tuple[str, int]]] = {}
    settled = {(s.act, s.number) for o in offences() if o.standing != "watch" for s in o.sections}
    for offence in offences():
        for cited in offence.sections:
            if offence.standing != "watch" or (cited.act, cited.number) not in settled:
                sections.setdefault((cited.act, cited.number), []).append((cited.sub, offence.id))
    with (LAW / "cjs_codes.csv").open(encoding="utf-8", newline="") as file:
        codes: dict[str, tuple[Code, ...]] = {}
        for row in csv.DictReader(file):
            mapped = Code(row["part"], row["paragraph"], row["acts_and_sections"])
            codes[row["code"]] = (*codes.get(row["code"], ()), mapped)
    return Book(
        phrases=phrases,
        matcher=matcher,
        bags=_bags(phrases),
        sections={place: tuple(found) for place, found in sections.items()},
        bare={number: act.id for act in acts().values() for number in act.sections},
        codes=codes,
        spelling=tuple(sorted(words_in([*(name for offence in offences() for name in _names(offence)), *wordings]))),
    )


def by_section(number: str, sub: str, candidates: tuple[str, ...]) -> frozenset[int]:
    """Offences under a section: of the first Act among `candidates` that has it. A subsection narrows; `(1)|(3)` tries the last first."""
    for act in candidates:
        listed = book().sections.get((act, number), ())
        for wanted in [*reversed(sub.split("|")), ""] if listed else ():
            found = frozenset(i for have, i in listed if have.startswith(wanted) or wanted.startswith(have))
            if found:
                return found
    return frozenset()


def of_section(token: Token) -> tuple[frozenset[int], bool]:
    """Offences a section names, and whether its Act is beyond doubt: named, or the one always meant by that number."""
    number, _, named = token.form.removeprefix("§").partition("@")
    if named and named != UNKNOWN_ACT:
        return by_section(number, token.sub, tuple(named.split("+"))), True
    usual = book().bare.get(number)
    return (by_section(number, token.sub, (usual,)), not named) if usual else (frozenset(), False)


def in_acts(token: Token, ids: frozenset[int]) -> frozenset[int]:
    """Offences under this section in the Acts of the offences given: "Burglary s.9" reads s.9 in the Theft Act.

    Nothing in an Act other than the one named with the section.
    """
    number, _, named = token.form.removeprefix("§").partition("@")
    found: set[int] = set()
    for act in {section.act for i in ids for section in offences()[i].sections}:
        if named in ("", UNKNOWN_ACT) or act in named.split("+"):
            found |= by_section(number, token.sub, (act,))
    return frozenset(found)


def of_code(written: str) -> tuple[frozenset[int], str | None]:
    """Offences of a court's offence code, and the way of taking part its last letter says (A attempt, B aiding, C conspiracy, I incitement)."""
    way = _WAYS.get(written[-1])
    mapped = book().codes.get(written) or (book().codes.get(written[:-1], ()) if way else ())
    return frozenset[int]().union(*map(_mapped, mapped)), way if mapped else None


_WAYS = {"A": "attempt", "B": "aiding", "C": "conspiracy", "I": "incitement"}


def _mapped(code: Code) -> frozenset[int]:
    """The offences of the paragraph a code is mapped to, narrowed to the sections it cites where these tell them apart."""
    ids = frozenset(
        o.id
        for o in offences()
        for e in o.entries
        if e.list == f"schedule15_part{code.part}" and e.paragraph == code.paragraph
    )
    if code.paragraph == "65":
        ids = frozenset(o.id for o in offences() for e in o.entries if e.paragraph == "s.327(3)(a)")
    cited = {(m.group(1).lower(), m.group(2).lower()) for m in re.finditer(r"(\d+[A-Z]{0,2})((?:\(\w+\))+)", code.law)}
    narrowed = frozenset(
        i
        for i in ids
        for s in offences()[i].sections
        if s.sub
        and any(number == s.number and (sub.startswith(s.sub) or s.sub.startswith(sub)) for number, sub in cited)
    )
    return narrowed or ids
