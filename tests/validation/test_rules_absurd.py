"""Contradictory, absurd and empty forms get verdicts like any other, never an exception, and quickly."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.contract import FIELDS, keys_of
from extractors.models import Evidence, FieldValue, FormCode, FormReading, Value
from validation import check
from validation.worked import form_saying

TODAY = date(2026, 11, 20)
FORMS: tuple[FormCode, ...] = ("A", "H", "I")
ABSURD: dict[str, FieldValue] = {
    "person.family_name": "x" * 40_000,
    "person.date_of_birth": "2026-11-21",
    "conviction.date": "9999-12-31",
    "conviction.sentence_date": "9999-12-31",
    "dates.release": "0001-01-01",
    "dates.sentence_expiry": "0001-01-01",
    "referrer.date": "9999-12-31",
    "category": ("1", "2", "3", "4"),
    "conviction.index_offence": "murder and " * 4_000,
    "conviction.sentence": "life plus 52 weeks less 3 days " * 1_000,
    "person.ethnicity": "W1 " * 10_000,
    "person.current_address": "NFA " * 10_000,
    "referrer.email": "@" * 40_000,
    "person.location": "in the community HMP " * 2_000,
    "person.nationality": "British? " * 5_000,
}


@pytest.mark.parametrize("form", FORMS)
def test_an_absurd_form_is_judged(form: FormCode) -> None:
    answers = {key: answer for key, answer in ABSURD.items() if key in keys_of(form)}
    assessment = check(form_saying(form, answers), TODAY)
    verdicts = assessment.verdicts()
    assert verdicts["category-single"] == "not_met"
    assert verdicts["dates-in-order"] == "not_met"
    assert verdicts["identified"] == "cannot_tell"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("received", [date.min, date(1900, 2, 28), date.max])
def test_any_day_of_receipt_is_judged(form: FormCode, received: date) -> None:
    check(form_saying(form, {k: v for k, v in ABSURD.items() if k in keys_of(form)}), received)
    check(form_saying(form, {}), received)


WILD = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.sampled_from(["yes", "no", "1", "2", "3", "high", "2026-02-29", "0000-00-00", "2026-11-20", "@nhs.net", "NFA"]),
    st.lists(st.text(max_size=5), max_size=3).map(tuple),
    st.lists(st.dictionaries(st.sampled_from(["tool", "date", "x"]), st.none() | st.text(max_size=5)), max_size=2).map(
        tuple
    ),
)


@settings(max_examples=100)
@given(st.sampled_from(FORMS), st.data())
def test_values_of_the_wrong_kind_never_raise(form: FormCode, data: st.DataObject) -> None:
    values = {}
    for key in keys_of(form):
        status = data.draw(st.sampled_from(["read", "blank", "not_known", "absent"]))
        values[key] = Value(
            key=key,
            status=status,
            value=data.draw(WILD),
            evidence=data.draw(
                st.sampled_from([None, Evidence(method="text"), Evidence(method="ocr", raw="", page=2)])
            ),
            confidence=0.5,
        )
    reading = FormReading(form=form, edition=None, carrier="wild", pages=0, values=values)
    assessment = check(reading, TODAY)
    assert assessment.model_validate_json(assessment.model_dump_json(), strict=False) == assessment


def test_a_reading_that_lacks_fields_is_judged_as_if_they_were_missing() -> None:
    bare = FormReading(form="A", edition=None, carrier="bare", pages=0, values={})
    assert check(bare, TODAY).verdicts() == check(form_saying("A", {}), TODAY).verdicts()


def test_judging_a_form_takes_milliseconds() -> None:
    """The figure itself, under 10 ms, is measured by `python -m benchmarks.judging`; here only a slip is caught."""
    answers: dict[str, FieldValue] = {
        "level_requested": "2",
        "category": ("2",),
        "conviction.index_offence": "Wounding with intent; possession of a bladed article",
        "conviction.sentence": "4 yrs 6 mths",
    }
    forms = [form_saying("A", {}), form_saying("A", answers), form_saying("H", {}), form_saying("I", {})]
    for form in forms:
        check(form, TODAY)
    best = {}
    for place, form in enumerate(forms):
        times = []
        for _ in range(15):
            began = time.process_time()
            check(form, TODAY)
            times.append(time.process_time() - began)
        best[place] = min(times)
    assert max(best.values()) < 0.050


def test_ticks_that_are_no_codes_are_missing() -> None:
    for wrong in (({"tool": "OASys"},), ("5",), ("1", "x"), "1"):
        answers: dict[str, FieldValue] = {"category": wrong}
        assert check(form_saying("A", answers), TODAY).verdicts()["category-single"] == "cannot_tell"


def test_every_option_of_every_choice_is_judged() -> None:
    for key, field in FIELDS.items():
        for code, _ in field.options:
            for form in FORMS:
                if form in field.forms:
                    answer = (code,) if field.kind == "ticks" else code
                    check(form_saying(form, {key: answer}), TODAY)


LONG = 40_000
FLOODS = {
    "one word": "x",
    "words": "lorem ipsum dolor ",
    "offences": "murder and rape, attempted robbery; s.18 OAPA 1861 x2 (DV) ",
    "sections": "s.18 s.20 s.47 section 1(2)(a) ",
    "an unknown Act": "s.1 act ",
    "misspelt Acts": "section 3 of the Sexual Offenecs Act 2003, ",
    "misspelt offences": "murdre asault robery sexaul penetraiton grevious ",
    "sentences": "4 yrs 6 mths consecutive to 18 months susp 24 EDS 8 (5+3) life min 14 ",
    "brackets": "(",
    "commas": ",",
    "numbers": "1234567890 ",
    "dates": "12/03/2021 ",
    "lines": "a\n",
    "addresses": "NFA Dudley ",
    "emails": "a@b.c ",
    "letters that change length in lower case": "\u0130\u1e9e½é“\u202e",
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS.keys())
def test_forty_thousand_characters_in_every_field_at_once_take_bounded_time(flood: str) -> None:
    """Measured at under 0.3 s of processor time a form; the bound here leaves room for a busy machine."""
    text = (flood * (LONG // len(flood) + 1))[:LONG]
    check(form_saying("A", {"conviction.index_offence": "robbery", "conviction.sentence": "life"}), TODAY)
    for form in FORMS:
        said: dict[str, FieldValue] = {"category": ("2",)}
        for key in keys_of(form):
            field = FIELDS[key]
            if field.kind in ("text", "narrative", "identifier"):
                said[key] = text
            elif field.kind == "table":
                said[key] = (dict.fromkeys(field.columns, text),) * 10
        began = time.process_time()
        check(form_saying(form, said), TODAY)
        assert time.process_time() - began < 5.0
