"""Random forms, partly filled in, are judged exactly as the contract's text says, by an oracle that shares nothing with the rules."""

import random
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from rules_oracle import ADDRESSES, EMAILS, ETHNICITIES, IDENTIFIERS, OFFENCES, ORDERS, SENTENCES, Form

from extractors.contract import FIELDS, keys_of
from extractors.models import FieldValue, FormCode
from validation import check
from validation.worked import form_saying

FORMS: tuple[FormCode, ...] = ("A", "H", "I")
WRITTEN: Mapping[str, tuple[FieldValue, ...]] = {
    **{key: tuple(values) for key, values in IDENTIFIERS.items()},
    "conviction.index_offence": tuple(OFFENCES),
    "conviction.sentence": tuple(SENTENCES),
    "hospital.order": tuple(ORDERS),
    "person.ethnicity": tuple(ETHNICITIES),
    "person.current_address": tuple(ADDRESSES),
    "person.location": ("HMP Tarn Hill", "In the community"),
    "referrer.email": tuple(EMAILS),
    "risk.tools": (
        ({"tool": "OASys", "score": "High", "date": "2026-05-14"},),
        ({"tool": "OASys", "score": "High", "date": None}, {"tool": None, "score": "x", "date": "2026-05-14"}),
    ),
}
AROUND = {
    "person.date_of_birth": (-20000, -3000),
    "conviction.date": (-2500, 20),
    "conviction.sentence_date": (-1500, 20),
    "referrer.date": (-10, 3),
    "referral.screening_date": (-10, 3),
    "dates.release": (-100, 900),
    "dates.sentence_expiry": (-100, 2000),
}
"""Days from receipt between which each date falls."""


def answer(key: str, received: date, chance: random.Random) -> FieldValue:
    field = FIELDS[key]
    codes = tuple(code for code, _ in field.options)
    if key in WRITTEN:
        return chance.choice(WRITTEN[key])
    if field.kind == "date":
        return (received + timedelta(days=chance.randint(*AROUND.get(key, (-400, 400))))).isoformat()
    if field.kind == "ticks":
        return tuple(sorted(chance.sample(codes, 1 if chance.random() < 0.9 else 2)))
    if field.kind == "table":
        return ({field.columns[0]: "something"},)
    return chance.choice(codes or ("yes", "no")) if codes or field.kind == "yes_no" else "Something is written."


def near(said: dict[str, FieldValue], received: date, chance: random.Random) -> None:
    """Put dates on the very edges: 3 working days, 6 and 12 months, 18 years, the day of receipt."""
    day = date.fromisoformat(str(said.get("referrer.date", received.isoformat())))
    if "conviction.sentence_date" in said and chance.random() < 0.5:
        said["conviction.sentence_date"] = (day - timedelta(days=chance.randint(0, 8))).isoformat()
    if "dates.release" in said and chance.random() < 0.5:
        said["dates.release"] = (
            day + timedelta(days=chance.choice((181, 184, 365)) + chance.randint(-4, 4))
        ).isoformat()
    if "person.date_of_birth" in said and chance.random() < 0.3:
        said["person.date_of_birth"] = (day - timedelta(days=6574 + chance.randint(-3, 3))).isoformat()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(4))
def test_random_forms_are_judged_as_the_contract_says(form: FormCode, seed: int) -> None:
    chance = random.Random(f"{form} {seed}")
    for _ in range(30):
        received = date(2026, 1, 20) + timedelta(days=chance.randrange(500))
        share = chance.choice((0.2, 0.6, 0.85, 0.97))
        said = {key: answer(key, received, chance) for key in keys_of(form) if chance.random() < share}
        near(said, received, chance)
        rest = [key for key in keys_of(form) if key not in said]
        unclear = tuple(key for key in rest if FIELDS[key].kind in ("date", "choice") and chance.random() < 0.3)
        empty = tuple(key for key in rest if key not in unclear and chance.random() < 0.3)
        assessment = check(form_saying(form, said, unclear, empty), received)
        ours = [(finding.rule, finding.verdict, set(finding.asks)) for finding in assessment.findings]
        oracle = Form(form, said, received)
        assert sorted(ours) == sorted(oracle.rows()), (received, said)
        assert assessment.route == oracle.route()
        asked = [question.key for question in assessment.questions]
        assert asked == [key for key in FIELDS if any(key in asks for _, _, asks in ours)]
