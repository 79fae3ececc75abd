"""The statutory offence lists as kept in law/: each entry with its list, place, law, provenance and edition, and entries of one offence together."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from extractors.models import Model

LAW = Path(__file__).with_name("law")

ListName = Literal[
    "schedule15_part1",
    "schedule15_part2",
    "schedule15_part3",
    "s327",
    "schedule3",
    "category4",
    "near_miss",
    "watchlist",
]
Standing = Literal["qualifies", "terrorism", "near_miss", "watch", "sexual_only", "unlisted"]
"""What an offence is for category 2: in Schedule 15 Part 1 or 2 or s.327; in Part 3 or the category 4 list only; in no schedule
but often written; on the watch list; in Schedule 3 only; in none of the lists."""

FILES = ("schedule15", "s327", "near_misses", "watchlist", "schedule3", "category4")
_QUALIFYING = {"schedule15_part1", "schedule15_part2", "s327"}
_SECTION = re.compile(r"\b(?:ss?\.|Sch\.\S+ para )\s*(\d+[A-Z]{0,2})((?:\(\w+\))*)")


class LawEntry(Model):
    """One entry of one list. `edition` is the date of the text it was taken from; `provenance` says where that was read."""

    list: ListName
    paragraph: str
    part: str
    offence: str
    act: str
    section: str
    condition: str
    offences_from: date | None
    """The entry counts for offences from this day, None when always."""
    offences_until: date | None
    provenance: str
    edition: str

    def place(self) -> str:
        """Where in the law this stands: `Schedule 15 Part 1 paragraph 6`."""
        places = {
            "schedule15_part1": f"Schedule 15 Part 1 paragraph {self.paragraph}",
            "schedule15_part2": f"Schedule 15 Part 2 paragraph {self.paragraph}",
            "schedule15_part3": f"Schedule 15 Part 3 (terrorism) paragraph {self.paragraph}",
            "s327": self.paragraph + " Criminal Justice Act 2003",
            "schedule3": f"Schedule 3 Sexual Offences Act 2003 paragraph {self.paragraph}",
            "category4": "the category 4 (terrorism) list",
            "near_miss": "no schedule",
            "watchlist": "the watch list of new offences whose standing is not confirmed",
        }
        return places[self.list]


class Act(NamedTuple):
    id: str
    name: str
    year: int
    short: tuple[str, ...]
    sections: tuple[str, ...]


class Section(NamedTuple):
    """`act` is an Act's id, `number` as `9`, `sub` as `(1)(a)` or empty."""

    act: str
    number: str
    sub: str


class Offence(Model):
    """One offence with all entries that speak of it, the most telling list first."""

    id: int
    entries: tuple[LawEntry, ...]
    standing: Standing
    names: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def title(self) -> str:
        return self.entries[0].offence


@cache
def acts() -> Mapping[str, Act]:
    """Every Act the lists cite, by id, in the order that settles a short form fitting several."""
    with (LAW / "acts.toml").open("rb") as file:
        rows = tomllib.load(file)["act"]
    return {
        row["id"]: Act(row["id"], row["name"], row["year"], tuple(row["short"]), tuple(row.get("sections", ())))
        for row in rows
    }


def sections_of(act: str, section: str) -> tuple[Section, ...]:
    """The sections an entry cites: every number in `section` with every Act in `act`, in step where both list several."""
    names = {a.name.lower(): a.id for a in acts().values()}
    cited = [
        names[found]
        for part in re.split(r" / |; ", act)
        for found in [re.sub(r" \(.*?\)$", "", part).strip().lower()]
        if found in names
    ]
    cited = cited or [names[found] for found in names if act.lower().startswith(found)]
    numbers = [(m.group(1).lower(), m.group(2).lower()) for m in _SECTION.finditer(section)]
    if len(cited) == len(numbers) and len(cited) > 1:
        return tuple(Section(a, number, sub) for a, (number, sub) in zip(cited, numbers, strict=True))
    return tuple(Section(a, number, sub) for a in cited for number, sub in numbers)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _rows() -> Iterator[tuple[LawEntry, tuple[str, ...]]]:
    for name in FILES:
        with (LAW / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                entry = LawEntry(
                    list=row["list"],  # type: ignore[arg-type]  # checked by the model
                    paragraph=row["paragraph"],
                    part=row["part"],
                    offence=row["offence"],
                    act=row["act"],
                    section=row["section"],
                    condition=row["condition"],
                    offences_from=_day(row["offences_from"]),
                    offences_until=_day(row["offences_until"]),
                    provenance=row["provenance"],
                    edition=row["edition"],
                )
                yield entry, tuple(name.strip() for name in row["names"].split(";") if name.strip())


def _standing(lists: set[str]) -> Standing:
    if lists & _QUALIFYING:
        return "qualifies"
    if "watchlist" in lists:
        return "watch"
    if "near_miss" in lists:
        return "near_miss"
    if lists & {"schedule15_part3", "category4"}:
        return "terrorism"
    return "sexual_only"


@cache
def offences() -> tuple[Offence, ...]:
    """Every offence of every list. Entries of different lists under the same section are one offence; the general rows on
    attempts, conspiracy and the like are left to `inchoate_entries`."""
    kept: list[tuple[list[LawEntry], list[str], tuple[Section, ...]]] = []
    by_section: dict[Section, int] = {}
    for entry, names in _rows():
        if is_inchoate_row(entry):
            continue
        cited = sections_of(entry.act, entry.section)
        other_list = entry.list not in ("schedule15_part1", "schedule15_part2", "schedule15_part3", "s327", "near_miss")
        home = (
            next((by_section[s] for c in cited for s in (c, c._replace(sub="")) if s in by_section), None)
            if other_list
            else None
        )
        if (home is not None and len(cited) <= 2 and entry.list != "watchlist") or (
            home is not None and _same_watched(kept[home][0][0])
        ):
            kept[home][0].append(entry)
            kept[home][1].extend(names)
            continue
        kept.append(([entry], list(names), cited))
        for section in cited:
            by_section.setdefault(section, len(kept) - 1)
    return tuple(
        Offence(
            id=number,
            entries=tuple(entries),
            standing=_standing({e.list for e in entries}),
            names=tuple(dict.fromkeys(names)),
            sections=cited,
        )
        for number, (entries, names, cited) in enumerate(kept)
    )


def _same_watched(entry: LawEntry) -> bool:
    """A watched offence joins a near miss of the same section, which it then keeps from being certain."""
    return entry.list == "near_miss"


_GENERAL = {
    "schedule15_part1": ("64", "65"),
    "schedule15_part2": ("153",),
    "schedule15_part3": ("174",),
    "schedule3": ("93", "93A", "94", "94A"),
}


def is_inchoate_row(entry: LawEntry) -> bool:
    """Whether an entry is a general row on attempts, conspiracy, encouraging or aiding, not an offence of its own."""
    paragraph = entry.paragraph.split("(")[0]
    if entry.list in _GENERAL:
        return paragraph in _GENERAL[entry.list]
    if entry.list == "s327":
        return entry.paragraph in ("s.327(4A)(d)", "s.327(4A)(e)", "s.327(4A)(f)")
    return entry.list == "category4" and entry.offence.startswith(
        ("attempt, conspiracy", "abolished", "service offence")
    )


_INCHOATE = {"aiding": "(1)", "attempt": "(2)", "conspiracy": "(3)", "incitement": "(4)", "encouraging": "(5)"}
_MURDER = {"attempt": "(1)", "conspiracy": "(2)", "incitement": "(3)", "encouraging": "(4)"}
_LIMB_4A = {"aiding": "(d)", "incitement": "(d)", "conspiracy": "(e)", "attempt": "(f)"}


@cache
def _general_rows() -> Mapping[tuple[str, str], LawEntry]:
    return {(entry.list, entry.paragraph): entry for entry, _ in _rows() if is_inchoate_row(entry)}


def inchoate_entry(main: LawEntry, way: str) -> LawEntry | None:
    """The row that takes an attempt, conspiracy, incitement, encouragement or aiding into the list of the main offence."""
    rows = _general_rows()
    if main.paragraph == "s.327(3)(a)":
        return rows.get(("schedule15_part1", "65" + _MURDER.get(way, "")))
    if main.list == "s327":
        return rows.get(("s327", "s.327(4A)" + _LIMB_4A.get(way, "")))
    paragraph = {"schedule15_part1": "64", "schedule15_part2": "153", "schedule15_part3": "174"}.get(main.list)
    return rows.get((main.list, paragraph + _INCHOATE[way])) if paragraph else None


_ORDER = (
    "schedule15_part1",
    "schedule15_part2",
    "s327",
    "schedule15_part3",
    "category4",
    "near_miss",
    "watchlist",
    "schedule3",
)


def entries_of(ids: frozenset[int], way: str | None, on: date | None) -> tuple[LawEntry, ...]:
    """The entries of these offences, the most telling list first; with `way`, the rows that take an attempt or the like in.
    Of an old Act and a new one the old comes first where its offences can still have been committed on that day."""
    entries = [entry for i in sorted(ids) for entry in offences()[i].entries]
    if way:
        entries += [row for entry in entries for row in [inchoate_entry(entry, way)] if row]
    old = on is not None and any(entry.offences_until and on <= entry.offences_until for entry in entries)
    entries.sort(key=lambda entry: (_ORDER.index(entry.list), (entry.offences_until is not None) != old))
    return tuple(dict.fromkeys(entries))


def standing_of(ids: frozenset[int]) -> Standing | None:
    """How these offences stand; None where they stand differently."""
    found = {offences()[i].standing for i in ids}
    return found.pop() if len(found) == 1 else None


def taken_in_from(ids: frozenset[int], on: date | None) -> date | None:
    """The first day from which the lists take these offences in, where that is later than `on`."""
    days = []
    for i in ids if on is not None else ():
        listed = [entry for entry in offences()[i].entries if entry.list in _QUALIFYING]
        starts = [entry.offences_from for entry in listed if entry.offences_from and on and entry.offences_from > on]
        if not starts or len(starts) < len(listed):
            return None
        days.append(min(starts))
    return min(days) if days else None
