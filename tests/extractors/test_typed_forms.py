"""A form typed into a plain-text mail is read however its labels are parted from answers, quoted and broken into lines."""

from __future__ import annotations

import textwrap
from datetime import date
from email.message import EmailMessage
from itertools import groupby

import pytest

from extractors.models import Value
from extractors.read import read

PLAN = """Weekly appointments with his officer, reducing only where a manager has agreed it in writing beforehand
Licence conditions: exclusion zone around the home of the former partner, no contact with her or with the children
Contingency: emergency placement agreed with the out of hours team
The police officer of the case visits every two weeks and hears from the hostel on the same day when he does not return."""
ROWS = [
    ("Details of the person", "Surname", "Okonkwo", "person.family_name", "Okonkwo"),
    ("Details of the person", "Forenames", "Daniel Ike", "person.given_names", "Daniel Ike"),
    ("Details of the person", "Date of birth", "24/10/1993", "person.date_of_birth", "1993-10-24"),
    ("Details of the person", "Nationality", "British", "person.nationality", "British"),
    ("Details of the person", "PNC number", "2012/0673173R", "person.pnc_id", "2012/0673173R"),
    ("Offence and sentence", "Index offence", "Robbery", "conviction.index_offence", "Robbery"),
    ("Offence and sentence", "Date of sentence", "12/03/2024", "conviction.sentence_date", "2024-03-12"),
    ("Offence and sentence", "Previous convictions", "ABH 2015; burglary 2018", "conviction.previous", "ABH 2015; burglary 2018"),
    ("Referral", "Level of MAPPA requested", "Level 3", "level_requested", "3"),
    ("Referral", "Risk management plan", PLAN, "risk.management_plan", PLAN),
    ("Referring agency", "Name of referrer", "Sian Prydderch", "referrer.name", "Sian Prydderch"),
    ("Referring agency", "Agency", "Probation Service", "referrer.agency", "Probation Service"),
    ("Referring agency", "Date of referral", "09/11/2026", "referrer.date", "2026-11-09"),
]  # fmt: skip
PARTED = {
    "a colon": ": ",
    "a tab": "\t",
    "the next line": "\n",
    "a colon and the next line": ":\n",
    "an empty line": "\n\n",
}


def written(parted: str, width: int = 0, spaced: bool = False) -> str:
    lines = ["MAPPA A - Referral to level 2 or level 3", ""]
    for heading, rows in groupby(ROWS, key=lambda row: row[0]):
        lines.append(heading)
        for _, label, answer, _, _ in rows:
            for line in f"{label}{parted}{answer}".split("\n"):
                whole = textwrap.wrap(line, width, expand_tabs=False, replace_whitespace=False) if width else [line]
                lines += whole or [""]
            lines += [""] * spaced
    return "\n".join(lines)


def mailed(text: str) -> dict[str, Value]:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "desk@example.org", "MAPPA A"
    mail.set_content(text)
    (form,) = read(bytes(mail), "mail.eml", date(2026, 11, 20)).forms
    return dict(form.values)


def assert_read(found: dict[str, Value]) -> None:
    meant = {key: value for _, _, _, key, value in ROWS}
    short = {key: value for key, value in meant.items() if value is not PLAN}
    assert {key: found[key].value for key in short} == short
    told = found["risk.management_plan"]
    assert told.value == PLAN or told.confidence < 0.9
    assert [key for key, value in found.items() if key not in meant and value.status == "read"] == []


@pytest.mark.parametrize("spaced", [False, True], ids=["close", "spaced"])
@pytest.mark.parametrize("parted", PARTED)
def test_labels_are_parted_from_answers_in_any_way(parted: str, spaced: bool) -> None:
    assert_read(mailed(written(PARTED[parted], spaced=spaced)))


def test_a_dash_in_an_answer_stays_one() -> None:
    told = {
        "conviction.index_offence": "Offence - robbery",
        "referrer.name": "Referrer - S Prydderch",
        "referrer.agency": "Referring agency - Walsall",
        "conviction.previous": "Convictions - theft 2015",
    }
    lines = [f"{label}\t{told.get(key, answer)}" for _, label, answer, key, _ in ROWS if answer is not PLAN]
    found = mailed("\n".join(["MAPPA A - Referral to level 2 or level 3", "", *lines]))
    assert {key: found[key].value for key in told} == told


@pytest.mark.parametrize("width", [60, 72, 78])
@pytest.mark.parametrize("parted", PARTED)
def test_lines_that_the_mail_program_broke_are_put_together(parted: str, width: int) -> None:
    found = mailed(written(PARTED[parted], width))
    assert_read(found)
    assert "\nno contact" not in str(found["risk.management_plan"].value)


@pytest.mark.parametrize("parted", ["a colon", "the next line"])
def test_what_was_passed_on_is_read_without_its_marks(parted: str) -> None:
    text = written(PARTED[parted], 72)
    once = "\n".join(f"> {line}" for line in text.splitlines())
    twice = "\n".join(f">{line}" for line in once.splitlines())
    for quoted in (once, twice):
        assert_read(mailed(f"Please see below.\n\n{quoted}"))
    labels = {label for _, label, *_ in ROWS}
    asked = "\n".join(f"> {line}" if line.partition(":")[0] in labels else line for line in text.splitlines())
    assert_read(mailed(asked))
