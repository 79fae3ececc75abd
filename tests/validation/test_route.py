"""Each form goes one way, and the reason says why."""

from datetime import date

import pytest

from extractors.models import FieldValue, FormCode
from validation import check
from validation.models import Assessment, Route
from validation.worked import form_saying

TODAY = date(2026, 11, 20)
CHILD, ADULT = "2010-02-19", "2000-02-19"


def judged(form: FormCode, answers: dict[str, FieldValue], pack: str = "west-midlands", on: date = TODAY) -> Assessment:
    return check(form_saying(form, answers), on, pack)


@pytest.mark.parametrize(
    ("form", "answers", "route"),
    [
        ("H", {}, "notification"),
        ("I", {"category": ("4",), "referral.terrorism": "yes"}, "notification"),
        ("A", {"category": ("4",)}, "ct_mappa"),
        ("A", {"category": ("2",), "referral.terrorism": "yes"}, "ct_mappa"),
        ("A", {"referral.terrorism": "yes", "referrer.agency_type": "yot", "level_requested": "2"}, "ct_mappa"),
        ("A", {"category": ("2", "4")}, "coordinator_decision"),
        ("A", {"referrer.agency_type": "yot", "level_requested": "2", "person.date_of_birth": CHILD}, "youth_panel"),
        ("A", {"referrer.agency_type": "yot", "level_requested": "2"}, "undetermined"),
        (
            "A",
            {"referrer.agency_type": "yot", "level_requested": "2", "person.date_of_birth": ADULT},
            "coordinator_decision",
        ),
        (
            "A",
            {"referrer.agency_type": "yot", "level_requested": "3", "person.date_of_birth": CHILD},
            "coordinator_decision",
        ),
        ("A", {"referrer.agency_type": "yot", "level_requested": "3"}, "coordinator_decision"),
        ("A", {"referrer.agency_type": "yot", "person.date_of_birth": CHILD}, "coordinator_decision"),
        ("A", {"referrer.agency_type": "probation", "level_requested": "2", "category": ("1",)}, "local_approval"),
        ("A", {"referrer.agency_type": "police", "level_requested": "2", "category": ("2",)}, "local_approval"),
        ("A", {"referrer.agency_type": "police", "level_requested": "2", "category": ("3",)}, "coordinator_decision"),
        ("A", {"referrer.agency_type": "police", "level_requested": "3", "category": ("2",)}, "coordinator_decision"),
        ("A", {"referrer.agency_type": "police", "category": ("2",)}, "coordinator_decision"),
        ("A", {"referrer.agency_type": "prison", "level_requested": "2", "category": ("2",)}, "coordinator_decision"),
        ("A", {"level_requested": "2", "category": ("1",)}, "coordinator_decision"),
        ("A", {}, "coordinator_decision"),
    ],
)
def test_a_form_takes_the_first_route_that_fits(form: FormCode, answers: dict[str, FieldValue], route: Route) -> None:
    assert judged(form, answers).route == route


def test_a_youth_whose_date_of_birth_cannot_be_read_is_undetermined() -> None:
    form = form_saying("A", {"referrer.agency_type": "yot", "level_requested": "2"}, unclear=("person.date_of_birth",))
    assessment = check(form, TODAY)
    assert assessment.route == "undetermined"
    assert assessment.route_reason == (
        "A youth offending team asks for level 2, but without a date of birth the panel cannot be told."
    )


def test_turning_eighteen_on_the_referral_day_ends_the_youth_panel() -> None:
    answers: dict[str, FieldValue] = {
        "referrer.agency_type": "yot",
        "level_requested": "2",
        "person.date_of_birth": "2008-11-20",
    }
    assert judged("A", answers).route == "coordinator_decision"
    assert judged("A", {**answers, "referrer.date": "2026-11-19"}).route == "youth_panel"


def test_before_category_4_terrorism_cases_went_the_ordinary_way() -> None:
    answers: dict[str, FieldValue] = {
        "referral.terrorism": "yes",
        "referrer.agency_type": "police",
        "level_requested": "2",
        "category": ("2",),
    }
    assert judged("A", answers, on=date(2022, 6, 27)).route == "local_approval"
    assert judged("A", answers, on=date(2022, 6, 28)).route == "ct_mappa"


def test_the_national_pack_has_no_local_routes() -> None:
    youth: dict[str, FieldValue] = {"referrer.agency_type": "yot", "level_requested": "2"}
    police: dict[str, FieldValue] = {"referrer.agency_type": "police", "level_requested": "2", "category": ("1",)}
    assert judged("A", youth, "national").route == "coordinator_decision"
    assert judged("A", {**youth, "person.date_of_birth": CHILD}, "national").route == "coordinator_decision"
    assert judged("A", police, "national").route == "coordinator_decision"
    assert judged("A", {"category": ("4",)}, "national").route == "ct_mappa"
    assert judged("I", {}, "national").route == "notification"
