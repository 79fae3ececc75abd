"""Offences as people write them, labelled by hand: certain matches are right, and next to nothing is missed."""

import csv
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from offence_made import made

from validation.offence_lists import LawEntry
from validation.offences import NamedOffence, OffenceMatches, match

FILE = Path(__file__).with_name("offence_phrases.csv")
UNSEEN = Path(__file__).with_name("offence_unseen.csv")
"""Phrases in ways of writing that no wording was added for before they were first measured."""


class Labelled(NamedTuple):
    """A phrase, the limb it must give ("" where only a contradiction would be wrong), and the offences it names: sets of
    references, each set one offence that may be written either way."""

    phrase: str
    limb: str
    names: tuple[frozenset[str], ...]


def labelled(path: Path) -> list[Labelled]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Labelled(
                row["phrase"].replace("\\n", "\n"),
                row.get("limb", ""),
                tuple(frozenset(one.split("|")) for one in row["names"].split(" + ") if one),
            )
            for row in csv.DictReader(file)
        ]


def references(entry: LawEntry) -> set[str]:
    """The short references the file uses for an entry."""
    if entry.list.startswith("schedule15"):
        return {f"15:{entry.paragraph}"}
    if entry.list == "s327":
        inner = entry.paragraph.removeprefix("s.327(4A)(").rstrip(")").replace(")(", "")
        return {"327:murder" if "(3)" in entry.paragraph else f"327:{inner}"}
    short = re.split(r"[,;(/]", entry.offence)[0].strip()
    return {
        "near_miss": {f"near:{short}"},
        "watchlist": {f"watch:{short}"},
        "category4": {f"terror:{entry.section}"},
        "schedule3": {f"3:{entry.paragraph}"},
    }[entry.list]


def found(matches: OffenceMatches, *certainties: str) -> list[set[str]]:
    """The references of each offence matched with one of these certainties."""
    return [
        {reference for entry in named.entries for reference in references(entry)}
        for named in matches.named
        if named.certainty in certainties
    ]


ROWS = labelled(FILE)
FRESH = labelled(UNSEEN)


def test_the_list_is_long_enough_to_measure_by() -> None:
    assert len(ROWS) >= 400
    assert sum(row.limb in ("false", "unknown") for row in ROWS) >= 80


@pytest.mark.parametrize("rows", [ROWS, FRESH], ids=["phrases", "unseen"])
def test_every_certain_match_is_right(rows: list[Labelled]) -> None:
    wrong = [
        (row.phrase, offence)
        for row in rows
        for offence in found(match(row.phrase), "certain")
        if not any(offence & name for name in row.names)
    ]
    assert wrong == []


@pytest.mark.parametrize("rows", [ROWS, FRESH], ids=["phrases", "unseen"])
def test_at_least_98_in_100_offences_named_are_found_as_certain_or_candidate(rows: list[Labelled]) -> None:
    named = [(row.phrase, name) for row in rows for name in row.names]
    missed = [
        (phrase, set(name))
        for phrase, name in named
        if not any(name & offence for offence in found(match(phrase), "certain", "candidate"))
    ]
    assert len(missed) <= 0.02 * len(named), missed


@pytest.mark.parametrize("row", [row for row in ROWS if row.limb], ids=lambda row: row.phrase[:60])
def test_the_offence_limb_is_what_the_label_says(row: Labelled) -> None:
    matches = match(row.phrase)
    assert matches.limb == row.limb, matches.because


def told(matches: OffenceMatches) -> str:
    """What offence_readings.csv says of a phrase: each offence as written, how sure it is, how it was taken part in, and why."""
    return " | ".join(
        " ".join([f"{one.written}:", one.certainty, *([one.inchoate] if one.inchoate else []), one.reason]).strip()
        for one in matches.named
    )


with Path(__file__).with_name("offence_readings.csv").open(encoding="utf-8", newline="") as file:
    READINGS = [(row["phrase"].replace("\\n", "\n"), row["limb"], row["read"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("phrase", "limb", "read"), READINGS, ids=[phrase for phrase, _, _ in READINGS])
def test_what_stands_round_an_offence_leaves_it_as_sure_as_the_label_says(phrase: str, limb: str, read: str) -> None:
    matches = match(phrase)
    assert (matches.limb, told(matches)) == (limb, read), matches.because


def test_no_limb_contradicts_the_offence_named() -> None:
    for row in ROWS:
        kinds = {reference.split(":")[0] for name in row.names for reference in name}
        if row.limb == "" and kinds == {"near"}:
            assert match(row.phrase).limb != "true", row.phrase
        if row.limb == "" and "near" not in kinds:
            assert match(row.phrase).limb != "false", row.phrase


def _places(named: NamedOffence) -> set[tuple[str, str, str]]:
    return {(entry.list, entry.paragraph, entry.offence) for entry in named.entries}


@pytest.mark.parametrize("seed", range(2))
def test_offences_made_from_the_lists_are_found_again_and_none_is_certainly_another(seed: int) -> None:
    wrong, missed, named = [], [], 0
    for phrase, offences in made(500, seed):
        matches = match(phrase).named
        for one in matches:
            if one.certainty == "certain" and not one.set_aside and not any(_places(one) & rows for rows in offences):
                wrong.append((phrase, one.written, one.entries[0].offence))
        for rows in offences:
            named += 1
            if not any(_places(one) & rows for one in matches if one.certainty != "none"):
                missed.append((phrase, min(rows)))
    assert wrong == []
    assert len(missed) <= 0.02 * named, missed
