"""What follows from the facts stands on the checklist, with its source and, where there is one, its day."""

from datetime import date

import pytest

from extractors.models import FieldValue, FormCode
from validation import check
from validation.duties import DUTIES
from validation.models import Duty
from validation.worked import form_saying

TODAY = date(2026, 11, 20)


def duties(form: FormCode, answers: dict[str, FieldValue], pack: str = "west-midlands") -> dict[str, Duty]:
    return {duty.id: duty for duty in check(form_saying(form, answers), TODAY, pack).duties}


@pytest.mark.parametrize(
    ("form", "answers", "expected"),
    [
        ("A", {}, set()),
        ("H", {}, set()),
        ("I", {}, set()),
        (
            "A",
            {"person.date_of_birth": "2010-02-19"},
            {"childrens-services", "yot-manager", "child-disclosure"},
        ),
        ("H", {"person.date_of_birth": "2010-02-19"}, set()),
        ("A", {"person.date_of_birth": "2000-02-19"}, set()),
        ("A", {"person.location": "HMP Tarn Hill"}, {"form-f"}),
        ("A", {"person.location": "HMYOI Merebrook"}, {"form-f"}),
        ("A", {"person.location": "Thornlea Secure Children's Home"}, set()),
        ("A", {"person.location": "Larchwood Medium Secure Unit"}, set()),
        ("A", {"person.nationality": "Polish"}, {"immigration-enforcement"}),
        ("H", {"person.nationality": "Portuguese"}, {"immigration-enforcement"}),
        ("A", {"person.nationality": "British"}, set()),
        ("A", {"person.nationality": "UK"}, set()),
        ("A", {"person.nationality": "British / Irish"}, set()),
        ("A", {"conviction.sentence": "4 years imprisonment"}, {"victim-liaison"}),
        ("I", {"hospital.order": "s37/41"}, {"victim-liaison"}),
        ("A", {"conviction.sentence": "8 weeks"}, set()),
        ("A", {"victim.contact_scheme": "yes"}, {"victim-liaison"}),
        ("A", {"victim.contact_scheme": "no"}, set()),
        ("I", {"victim.liaison_officer": "Magdalena Rees"}, {"victim-liaison"}),
        ("A", {"safeguarding.domestic_abuse": "yes"}, {"idva"}),
        ("A", {"safeguarding.marac": "yes", "safeguarding.domestic_abuse": "no"}, {"idva"}),
        ("A", {"safeguarding.children": "yes"}, {"child-safeguarding"}),
        ("A", {"safeguarding.adults": "yes"}, {"adult-safeguarding"}),
        ("I", {"category": ("1",)}, {"visor-police"}),
        ("I", {"category": ("2",)}, set()),
        ("H", {"category": ("2",), "referral.level_proposed": "3"}, {"visor-probation"}),
        ("A", {"category": ("2",), "level_requested": "2"}, {"visor-probation", "panel-date"}),
        ("A", {"category": ("3",)}, {"visor-category-3"}),
        ("A", {"category": ("4",)}, {"ct-mappa"}),
        ("A", {"referral.terrorism": "yes"}, {"ct-mappa", "terrorism-meeting"}),
        ("H", {"referral.terrorism": "yes"}, {"terrorism-meeting"}),
        ("I", {"hospital.restricted": "yes"}, {"restricted-patient"}),
        ("I", {"referrer.agency_type": "private_provider"}, {"no-protocol"}),
        ("H", {"conviction.sentence_date": "2026-11-16"}, {"sentence-screening"}),
        ("A", {"conviction.sentence_date": "2026-11-16"}, set()),
        ("A", {"dates.release": "2027-11-16"}, {"release-screening", "form-j"}),
        ("H", {"dates.release": "2027-11-16"}, {"release-screening"}),
        ("A", {"level_requested": "3"}, {"panel-date"}),
    ],
)
def test_a_fact_brings_its_duties_and_no_others(
    form: FormCode, answers: dict[str, FieldValue], expected: set[str]
) -> None:
    assert set(duties(form, answers)) == expected


def test_days_are_counted_back_from_release_and_on_from_sentence() -> None:
    found = duties("A", {"dates.release": "2027-08-31", "referral.terrorism": "yes"})
    assert {key: duty.due for key, duty in found.items() if duty.due} == {
        "terrorism-meeting": date(2027, 2, 28),
        "release-screening": date(2027, 2, 28),
        "form-j": date(2027, 7, 20),
    }
    complex_case = duties(
        "A", {"dates.release": "2027-08-31", "dates.complex_case": "yes", "referral.terrorism": "yes"}
    )
    assert complex_case["release-screening"].due == date(2026, 8, 31)
    assert complex_case["terrorism-meeting"].due == date(2027, 2, 28)
    assert duties("H", {"conviction.sentence_date": "2026-04-02"})["sentence-screening"].due == date(2026, 4, 9)
    assert duties("H", {"category": ("1",), "conviction.sentence_date": "2026-11-13"})["visor-police"].due == date(
        2026, 11, 18
    )


def test_a_day_that_cannot_be_worked_out_is_left_open() -> None:
    assert duties("A", {"referral.terrorism": "yes"})["terrorism-meeting"].due is None
    assert duties("I", {"category": ("1",)})["visor-police"].due is None


def test_the_last_day_for_screening_still_leaves_six_months() -> None:
    found = duties("A", {"dates.release": "2027-02-28"})
    assert found["release-screening"].due == date(2026, 8, 31)


def test_reviews_follow_the_level_and_the_pack() -> None:
    assert "review within 16 weeks" in duties("A", {"level_requested": "2"})["panel-date"].says
    assert "review within 6 weeks" in duties("A", {"level_requested": "3"})["panel-date"].says
    assert "review within 8 weeks" in duties("A", {"level_requested": "3"}, "national")["panel-date"].says
    two, three = (duties("A", {"level_requested": level})["panel-date"] for level in "23")
    assert (two.because, three.because) == ("Level 2 is asked for.", "Level 3 is asked for.")
    assert two.citation.phrase != three.citation.phrase


def test_counter_terrorism_stands_at_the_head_of_the_list() -> None:
    form = form_saying("A", {"referral.terrorism": "yes", "person.date_of_birth": "2010-02-19", "level_requested": "2"})
    ids = [duty.id for duty in check(form, TODAY).duties]
    assert ids[0] == "ct-mappa"
    assert ids[-1] == "panel-date"


def test_every_duty_says_what_to_do_why_and_where_it_is_written() -> None:
    assert len({duty.id for duty in DUTIES}) == len(DUTIES)
    for duty in DUTIES:
        assert duty.says.endswith(".")
        assert duty.because.endswith(".")
        assert duty.citation.phrase
