"""What a person might write into each field of a form, and what a reader must make of it."""

from __future__ import annotations

import random
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from extractors.contract import FIELDS
from extractors.identifiers import CHECKS

LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
EMPTY = (
    "N/A",
    "Not known",
    "see OASys",
    "TBC",
    "As above",
    "-",
    "To be confirmed",
    "Not applicable",
    "n/k",
    "Awaiting confirmation",
)
DATES = ("{0:%d/%m/%Y}", "{0:%d.%m.%y}", "{0.day} {0:%B %Y}", "{0:%Y-%m-%d}", "{0:%d-%m-%Y}", "{0.day} {0:%b %Y}")
FAMILY = (
    "OKAFOR",
    "Pemberton",
    "Vance-Hollis",
    "O'Dowd",
    "Szymański",
    "ADEYEMI",
    "Little",
    "Marsh",
    "Ferreira",
    "Quill",
)
GIVEN = ("Dorian James", "Tamsin", "Kwame", "Ines Maria", "Rhys", "Abel", "Jolene", "Piotr", "Samir Ali", "Beth")
PEOPLE = ("Ruth Castellan", "Dr A. Nakamura", "Gareth Pym", "Lorna Idowu", "PC 2210 Tully", "Nadia Farouk", "S. Brandt")
TEXTS: dict[str, Sequence[str]] = {
    "area": ("West Midlands", "Avon and Somerset", "Gwent", "Northumbria", "London"),
    "person.family_name": FAMILY,
    "person.given_names": GIVEN,
    "person.aliases": ("Jonno, JB", "None", '"Smiler"', "also Dean Carver", "Big T; T-Man", "None known"),
    "person.gender": ("Male", "Female", "Non-binary", "M", "Man"),
    "person.ethnicity": ("White British", "Black Caribbean", "Pakistani", "Mixed White and Asian", "Chinese"),
    "person.nationality": ("British", "Polish", "British and Irish", "Jamaican"),
    "person.visor_ref": ("VIS-204417", "12/00457", "MAP77120"),
    "person.agency_ref": ("X104432", "RIO-88213", "CV/20931", "T 55 012"),
    "person.location": ("HMP Ashmoor", "YOI Fennel Bank", "HMP & YOI Carrow Down"),
    "conviction.court": ("Leeds Crown Court", "Wolverhampton Magistrates' Court", "Cardiff Youth Court"),
    "conviction.sentence": (
        "4 years' custody, extended licence 3 years",
        "Community order, 24 months",
        "Youth rehabilitation order 18 months",
        "Life, tariff 12 years",
    ),
    "hospital.name": ("Ravenscroft Hospital, Elm Ward", "Fairholt Unit - Ward 3", "St Osyth's Hospital (Beech)"),
    "hospital.order": ("Section 37/41", "s.47/49 MHA 1983", "Hospital order with restrictions", "Notional 37"),
    "hospital.responsible_clinician": PEOPLE,
    "hospital.care_coordinator": PEOPLE,
    "hospital.commissioner": ("Northshire ICB", "Borough of Aldmere", "NHS England specialised commissioning"),
    "victim.liaison_officer": PEOPLE,
    "safeguarding.childrens_services": PEOPLE,
    "referrer.agency": (
        "Aldmere Probation Delivery Unit",
        "Probation",
        "Northshire YJS",
        "Midvale NHS Foundation Trust",
        "Police",
    ),
    "referrer.name": PEOPLE,
    "referrer.role": ("Probation Officer", "Case manager", "Ward manager", "Detective Sergeant", "Social worker"),
    "referrer.phone": ("01632 960118", "07700 900432", "(01632) 960 771 ext. 4"),
    "endorsement.name": PEOPLE,
    "local_agreement.spo": PEOPLE,
    "local_agreement.police_unit": ("Aldmere LPU", "Sgt Mole, Carrow neighbourhood team", "Eastside LPU, Insp. Reeve"),
}
TOOLS = ("OASys", "RM2000", "SARA", "HCR-20", "OSP/C", "AssetPlus", "OGRS")
SCORES = ("High", "Medium", "Very high", "14", "62%", "Moderate")


@dataclass(frozen=True)
class Written:
    """What stands in a field: words, or the codes of the options marked; and the status and value to be read from it."""

    status: str
    value: object
    text: str = ""
    codes: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def options_of(key: str) -> tuple[tuple[str, str], ...]:
    """(code, words) of a field's options as a form prints them."""
    if FIELDS[key].kind == "yes_no":
        return (("yes", "Yes"), ("no", "No"))
    return FIELDS[key].options


def _day(chance: random.Random, key: str = "") -> date:
    first = date(1950, 1, 1) if key == "person.date_of_birth" else date(2010, 1, 1)
    return first + timedelta(days=chance.randrange(365 * (58 if key == "person.date_of_birth" else 16)))


def _identifier(key: str, chance: random.Random) -> str:
    if key == "person.pnc_id":
        year, serial = chance.randrange(1990, 2025), chance.randrange(1, 9_999_999)
        return f"{year}/{serial:07d}{LETTERS[int(f'{year % 100}{serial:07d}') % 23]}"
    if key == "person.cro_number":
        year, serial = chance.randrange(60, 99), chance.randrange(1, 999_999)
        return f"{serial:06d}/{year}{LETTERS[int(f'{year}{serial:06d}') % 23]}"
    if key == "person.nhs_number":
        return "999 000 0018"
    return f"A{chance.randrange(1000, 9999)}{''.join(chance.choices(string.ascii_uppercase[:8], k=2))}"


def narrative(sentences: Sequence[str], chance: random.Random) -> str:
    """One to four paragraphs, now and then long enough to cross a page."""
    lines = [
        " ".join(chance.sample(list(sentences), chance.choice((1, 1, 2, 3) if chance.random() < 0.92 else (9, 12))))
        for _ in range(chance.choice((1, 1, 1, 2, 3)))
    ]
    return "\n".join(lines)


def written(key: str, sentences: Sequence[str], chance: random.Random) -> Written:
    """What somebody writes into the field of `key`: an answer, an empty answer or nothing."""
    kind = FIELDS[key].kind
    luck = chance.random()
    if luck < 0.12:
        return Written("blank", None)
    if luck < 0.2 and kind not in ("table", "ticks"):
        return Written("not_known", None, chance.choice(EMPTY))
    if kind == "date":
        day = _day(chance, key)
        return Written("read", day.isoformat(), chance.choice(DATES).format(day))
    if kind == "identifier":
        text = _identifier(key, chance)
        return Written("read", CHECKS[key](text, date(2026, 11, 20)).normalised, text)
    if kind in ("yes_no", "choice", "ticks"):
        several = kind == "ticks" and key != "category" and chance.random() < 0.2
        codes = tuple(code for code, _ in options_of(key))
        picked = chance.sample(codes, 2 if several else 1)
        ordered = tuple(code for code in codes if code in picked)
        return Written("read", list(ordered) if kind == "ticks" else ordered[0], codes=ordered)
    if kind == "table":
        return _rows(key, chance)
    if key in ("person.current_address", "person.release_address"):
        text = f"{chance.randrange(1, 90)} {chance.choice(('Mill Lane', 'Station Road', 'The Crescent'))}, Aldmere, ZZ{chance.randrange(1, 9)} 4QX"
        return Written("read", text, text)
    if key == "referrer.email":
        text = f"{chance.choice(('r.castellan', 'duty.desk', 'g_pym2'))}@{chance.choice(('aldmere.pnn.police.example', 'justice.example', 'nhs.example'))}"
        return Written("read", text, text)
    text = chance.choice(TEXTS[key]) if key in TEXTS else narrative(sentences, chance)
    return Written("read", text, text)


def _rows(key: str, chance: random.Random) -> Written:
    rows: list[tuple[str, ...]] = []
    values: list[dict[str, str | None]] = []
    for _ in range(chance.choice((1, 2, 3))):
        if key == "risk.tools":
            day = _day(chance)
            row: tuple[str, ...] = (chance.choice(TOOLS), chance.choice(SCORES), chance.choice(DATES).format(day))
            values.append({"tool": row[0], "score": row[1], "date": day.isoformat()})
        else:
            row = (
                chance.choice(("Police", "Probation", "Housing", "Northshire YJS")),
                chance.choice(PEOPLE),
                chance.choice(("Officer", "Manager", "Support worker")),
                chance.choice(("01632 960200", "desk@housing.example")),
            )
            values.append(dict(zip(("agency", "name", "role", "contact"), row, strict=True)))
        rows.append(row)
    return Written("read", values, rows=tuple(rows))
