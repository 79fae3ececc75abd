"""The setting that names the rules to judge by: what it changes, what is recorded, and what a wrong name says."""

from datetime import date

import pytest
from house import Cast, SetClock, form_file, read_test_form

from intake.cases.reading import ReadingDesk
from intake.errors import HouseError
from intake.house import House, open_house
from intake.models import Case, DecisionDraft
from intake.settings import Settings

LOCAL = {"referrer__agency_type": "probation", "level_requested": "2", "category": ["2"]}


def judged(house: House, cast: Cast) -> Case:
    desk = ReadingDesk(
        house.registry,
        house.ledger,
        house.check,
        lambda task, file, still_here, every: read_test_form(file),
        house.gate,
    )
    receipt = house.desk.receive(cast.yot, "form.pdf", form_file(**LOCAL))
    desk.do_next()
    return house.views.case(cast.coordinator, receipt.referral_id)


@pytest.mark.parametrize(
    ("pack", "route", "agreement"),
    [("west-midlands", "local_approval", True), ("national", "coordinator_decision", False)],
)
def test_a_referral_is_judged_by_the_pack_of_the_settings_and_the_assessment_names_it(
    settings: Settings, cast: Cast, clock: SetClock, pack: str, route: str, agreement: bool
) -> None:
    chosen = Settings.from_environment({"MAPPA_PACK": pack}).pack
    with open_house(settings.model_copy(update={"pack": chosen}), clock=clock) as house:
        case = judged(house, cast)
    assert case.assessment is not None
    assert case.assessment.pack == pack
    assert (case.assessment.route, "local-agreement" in case.assessment.verdicts()) == (route, agreement)


@pytest.mark.parametrize(("pack", "review_by"), [("west-midlands", date(2027, 1, 15)), ("national", date(2027, 1, 29))])
def test_the_review_of_an_accepted_case_is_due_when_the_pack_says(
    settings: Settings, cast: Cast, clock: SetClock, pack: str, review_by: date
) -> None:
    with open_house(settings.model_copy(update={"pack": pack}), clock=clock) as house:
        case = judged(house, cast)
        draft = DecisionDraft(
            version=case.line.version,
            outcome="accepted_level_3",
            category="2",
            panel_date=date(2026, 12, 4),
            reasons="Several agencies are needed.",
        )
        assert house.desk.decide(cast.coordinator, case.line.id, draft) == {}
        decided = house.views.case(cast.coordinator, case.line.id)
    assert decided.decisions[-1].review_by == review_by


def test_an_unknown_pack_is_said_in_one_sentence_that_names_those_there_are() -> None:
    with pytest.raises(HouseError) as error:
        Settings.from_environment({"MAPPA_PACK": "atlantis"})
    assert str(error.value) == 'MAPPA_PACK must be national or west-midlands, not "atlantis".'


def test_a_service_started_with_another_way_of_counting_dates_its_open_cases_anew(
    settings: Settings, house: House, cast: Cast, clock: SetClock
) -> None:
    receipt = house.desk.receive(cast.yot, "form.pdf", form_file())
    assert house.desk.recount() == ()
    before = len(house.views.case(cast.coordinator, receipt.referral_id).history)
    with open_house(settings.model_copy(update={"due_basis": "working"}), clock=clock) as restarted:
        (moved,) = restarted.desk.recount()
        case = restarted.views.case(cast.coordinator, receipt.referral_id)
        assert (moved.was.due, moved.now.due) == (date(2026, 11, 30), date(2026, 12, 4))
        assert (case.due, case.history[-1].kind, len(case.history)) == (moved.now, "redated", before + 1)
        assert restarted.desk.recount() == ()
        assert len(restarted.views.case(cast.coordinator, receipt.referral_id).history) == before + 1


def test_a_bank_holiday_announced_late_moves_open_cases_when_the_service_starts_with_the_new_calendar(
    settings: Settings, cast: Cast, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_house(settings.model_copy(update={"due_basis": "working"}), clock=clock) as house:
        house.desk.receive(cast.yot, "form.pdf", form_file())
        from intake.due import clock as counting
        from validation import calendar

        usual = calendar.bank_holidays
        announced = {date(2026, 11, 27): "Day of Thanksgiving"}
        for module in (counting, calendar):
            monkeypatch.setattr(module, "bank_holidays", lambda year: {**usual(year), **announced})
        (moved,) = house.desk.recount()
    assert (moved.was.due, moved.now.due) == (date(2026, 12, 4), date(2026, 12, 7))
    assert "Day of Thanksgiving (27 November)" in moved.now.why
