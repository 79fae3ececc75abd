"""Practice before the doors open: loads rules and lists once, so that the first real form does not wait for them."""

from __future__ import annotations

from datetime import date

from extractors.contract import FORM_TITLES, keys_of
from extractors.models import FieldValue, FormCode, FormReading, Value
from intake.cases.judging import Check

DAY = date(2026, 11, 20)
SAID: dict[str, FieldValue] = {
    "level_requested": "2",
    "category": ("2",),
    "person.date_of_birth": "1990-01-31",
    "person.pnc_id": "2008/0123456X",
    "conviction.index_offence": "Wounding with intent, section 18 Offences against the Person Act 1861",
    "conviction.sentence": "24 months' imprisonment",
    "conviction.sentence_date": "2026-03-02",
    "dates.release": "2027-09-01",
    "risk.overall": "high",
    "referrer.agency_type": "probation",
}
"""What the practice form says: enough to make every part of the rules look something up."""


def practise_judging(check: Check) -> None:
    """Judge a practice form of each kind."""
    for form in FORM_TITLES:
        check(practice_form(form), DAY)


def practice_form(form: FormCode) -> FormReading:
    values = {key: _value(key) for key in keys_of(form)}
    return FormReading(form=form, edition=None, carrier="practice", pages=1, values=values)


def _value(key: str) -> Value:
    said = SAID.get(key)
    return Value(key=key, status="blank" if said is None else "read", value=said, confidence=1.0)
