"""A field is stated only when something usable stands in it, and the evidence says what stands there instead."""

from collections.abc import Iterator
from datetime import date

import pytest

from extractors.contract import keys_of
from extractors.models import Evidence, FieldValue, FormCode, FormReading, Status, Value
from validation import check
from validation.calendar import (
    bank_holidays,
    is_working_day,
    last_day_with_months_before,
    plus_days,
    plus_months,
    plus_working_days,
)
from validation.facts import Facts
from validation.models import Step
from validation.route import age_unknown
from validation.worked import form_saying

TODAY = date(2026, 11, 20)


def facts(key: str, status: Status, value: FieldValue = None, evidence: Evidence | None = None) -> Facts:
    one = Value(key=key, status=status, value=value, evidence=evidence, confidence=1.0)
    return Facts(FormReading(form="A", edition=None, carrier="x", pages=1, values={key: one}), TODAY)


@pytest.mark.parametrize(
    ("key", "value", "stated"),
    [
        ("person.gender", "Male", True),
        ("person.gender", "", False),
        ("person.gender", "  ", False),
        ("person.gender", ("Male",), False),
        ("dates.release", "2027-01-01", True),
        ("dates.release", "2027-02-30", False),
        ("dates.release", "Spring 2027", False),
        ("dates.release", ("2027-01-01",), False),
        ("referral.terrorism", "yes", True),
        ("referral.terrorism", "Yes", False),
        ("referral.terrorism", ("yes",), False),
        ("level_requested", "2", True),
        ("level_requested", "1", False),
        ("category", ("1", "4"), True),
        ("category", "1", False),
        ("category", ("5",), False),
        ("category", (), False),
        ("risk.tools", ({"tool": "OASys"},), True),
        ("risk.tools", (), False),
        ("risk.tools", "OASys", False),
        ("risk.tools", ("OASys",), False),
    ],
)
def test_a_value_counts_only_when_it_is_of_its_fields_kind(key: str, value: FieldValue, stated: bool) -> None:
    assert facts(key, "read", value).value(key) == (value if stated else None)


@pytest.mark.parametrize("status", ["blank", "not_known", "absent"])
def test_what_was_not_read_is_missing_whatever_stands_there(status: Status) -> None:
    assert facts("person.gender", status, "Male").value("person.gender") is None


def test_each_shape_of_value_is_asked_for_by_its_own_name() -> None:
    known = Facts(
        form_saying("A", {"category": ("1",), "risk.tools": ({"tool": "x"},), "dates.release": "2027-01-01"}), TODAY
    )
    assert known.ticks("category") == ("1",)
    assert known.ticks("risk.tools") == known.ticks("dates.release") == known.ticks("area") == ()
    assert known.rows("risk.tools") == ({"tool": "x"},)
    assert known.rows("category") == known.rows("dates.release") == known.rows("area") == ()
    assert known.text("dates.release") == "2027-01-01"
    assert known.text("category") is None
    assert known.day("dates.release") == date(2027, 1, 1)
    assert known.day("category") is known.day("person.date_of_birth") is None


def test_the_referral_day_is_the_written_one_else_the_day_of_receipt() -> None:
    assert Facts(form_saying("A", {"referrer.date": "2026-11-01"}), TODAY).referral_day == date(2026, 11, 1)
    assert Facts(form_saying("A", {}), TODAY).referral_day == TODAY


def test_supposing_an_answer_leaves_the_form_and_other_suppositions_as_they_were() -> None:
    known = Facts(form_saying("A", {"person.gender": "Male"}), TODAY)
    supposed = known.supposing("person.gender", "Female").supposing("area", "Dudley")
    assert (supposed.value("person.gender"), supposed.value("area")) == ("Female", "Dudley")
    assert (known.value("person.gender"), known.value("area")) == ("Male", None)
    assert supposed.supposing("person.gender", None).value("person.gender") is None
    assert (supposed.form, supposed.received) == ("A", TODAY)


KEY = "person.gender"


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (facts(KEY, "absent"), "this edition of the form does not ask for it"),
        (facts("area", "blank"), "this edition of the form does not ask for it"),
        (facts(KEY, "blank"), "left blank"),
        (
            facts(KEY, "not_known", evidence=Evidence(raw="TBC", method="text")),
            "“TBC” is written, which settles nothing",
        ),
        (facts(KEY, "not_known"), "an answer is written, which settles nothing"),
        (
            facts(KEY, "read", None, Evidence(raw="both", method="text", page=2)),
            "“both” is written, which could not be understood",
        ),
        (facts(KEY, "read", "Male", Evidence(raw="Male ", method="text", page=2)), "“Male” on page 2"),
        (facts(KEY, "read", "Male", Evidence(raw="Male", method="text")), "“Male”"),
        (facts(KEY, "read", "Male", Evidence(raw="Male", method="answered")), "“Male”, answered by the referrer"),
        (facts(KEY, "read", "Male"), "an answer"),
        (facts(KEY, "read", "Male", Evidence(method="ocr", page=3)), "an answer on page 3"),
    ],
)
def test_evidence_says_where_the_answer_stands_and_how_it_is_written(known: Facts, words: str) -> None:
    assert known.evidence(KEY) == words


def test_bank_holidays_are_those_of_england_and_wales() -> None:
    assert bank_holidays(2026)[date(2026, 8, 31)] == "Late Summer Bank Holiday"
    assert date(2026, 8, 3) not in bank_holidays(2026)
    assert all(day.year == 2026 for day in bank_holidays(2026))


def test_a_working_day_is_a_weekday_without_holiday_or_closure() -> None:
    friday = date(2026, 11, 20)
    assert is_working_day(friday)
    assert not is_working_day(friday, {friday})
    assert [is_working_day(date(2026, 11, day)) for day in (21, 22, 23)] == [False, False, True]
    assert not is_working_day(date(2026, 12, 25))


def test_working_days_start_with_the_next() -> None:
    friday = date(2026, 11, 20)
    assert [plus_working_days(friday, days) for days in (0, 1, 2)] == [friday, date(2026, 11, 23), date(2026, 11, 24)]
    assert plus_working_days(friday, 1, {date(2026, 11, 23)}) == date(2026, 11, 24)
    assert plus_working_days(date(2026, 11, 21), 1) == date(2026, 11, 23)
    assert plus_working_days(date.max, 3) == date.max
    assert plus_working_days(date(9999, 12, 30), 3) == date.max


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 11, 20), 12, date(2027, 11, 20)),
        (date(2026, 11, 20), -6, date(2026, 5, 20)),
        (date(9999, 12, 1), 6, date.max),
        (date(1, 1, 31), -1, date.min),
    ],
)
def test_months_run_to_the_corresponding_day(day: date, months: int, expected: date) -> None:
    assert plus_months(day, months) == expected


def test_days_stop_at_the_edges_of_the_calendar() -> None:
    assert plus_days(date(2026, 2, 28), 1) == date(2026, 3, 1)
    assert plus_days(date(9999, 12, 31), 1) == date.max
    assert plus_days(date(1, 1, 1), -1) == date.min


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2027, 5, 6), date(2026, 11, 6)),
        (date(2027, 2, 28), date(2026, 8, 31)),
        (date(2027, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 30), date(2027, 2, 28)),
        (date(2027, 9, 1), date(2027, 3, 1)),
        (date(1, 3, 1), date.min),
    ],
)
def test_the_last_day_that_leaves_six_months(day: date, expected: date) -> None:
    assert last_day_with_months_before(day, 6) == expected


def _leaves(step: Step) -> Iterator[Step]:
    yield from (leaf for part in step.parts for leaf in _leaves(part)) if step.parts else (step,)


@pytest.mark.parametrize("pack", ["west-midlands", "national"])
@pytest.mark.parametrize("form", ["A", "H", "I"])
def test_no_rule_says_of_a_field_left_blank_that_the_form_does_not_ask_for_it(form: FormCode, pack: str) -> None:
    found = check(form_saying(form, {}), TODAY, pack)
    told = {
        leaf.says: leaf.because
        for finding in found.findings
        for leaf in _leaves(finding.trace)
        if leaf.key in keys_of(form) and leaf.because
    }
    assert len(told) > 3
    assert {says: because for says, because in told.items() if "does not ask for it" in because} == {}


def test_an_order_on_form_a_is_read_as_one_of_the_mental_health_act_where_no_sentence_is_stated() -> None:
    found = check(form_saying("A", {"hospital.order": "37/41"}), TODAY)
    (leaf,) = {
        leaf
        for finding in found.findings
        for leaf in _leaves(finding.trace)
        if leaf.says.startswith("the sentence is 12")
    }
    assert leaf.truth == "true" and "“37/41”" in (leaf.because or "")


def test_the_route_of_a_child_of_unknown_age_says_what_stands_in_the_birth_date() -> None:
    form = form_saying("A", {"referrer.agency_type": "yot", "level_requested": "2"}, unclear=("person.date_of_birth",))
    assert age_unknown.judge(Facts(form, TODAY)).because == Facts(form, TODAY).evidence("person.date_of_birth")
    assert "could not be understood" in age_unknown.judge(Facts(form, TODAY)).because


def test_the_top_of_a_trace_says_whether_the_rule_is_met() -> None:
    truths = {"met": "true", "not_met": "false", "cannot_tell": "unknown", "not_applicable": "unknown"}
    found = check(form_saying("A", {"category": ("1", "4"), "level_requested": "2", "risk.overall": "high"}), TODAY)
    assert {finding.verdict for finding in found.findings} == truths.keys()
    assert all(finding.trace.truth == truths[finding.verdict] for finding in found.findings)
