"""Accepted cases are followed from review to review: due dates, what each found, reminders, and the panel that it falls to."""

from __future__ import annotations

from datetime import date, time, timedelta
from uuid import UUID

import pytest
from house import Cast, SetClock, form_file
from scenes import COMPLETE, draft
from sqlalchemy import text

from intake.cases.reading import ReadingDesk
from intake.errors import NotAllowed, NotFound, NotNow
from intake.house import House
from intake.mail.reminders import Reminders
from intake.models import ReviewDraft
from intake.panels.calendar import PanelRule
from intake.store.acting import acting

PANEL = date(2026, 12, 15)


@pytest.fixture
def accepted(house: House, cast: Cast, reading: ReadingDesk) -> UUID:
    """A case that was accepted at level 2 for the panel of 15 December, to be reviewed 16 weeks later."""
    one = house.desk.receive(cast.yot, "form.pdf", form_file(**COMPLETE)).referral_id
    while reading.do_next():
        pass
    version = house.views.case(cast.coordinator, one).line.version
    assert house.desk.decide(cast.coordinator, one, draft(version)) == {}
    return one


def held(day: date, outcome: str = "kept", **more: object) -> ReviewDraft:
    return ReviewDraft(held_on=day, outcome=outcome, words="The plan works.", **more)  # type: ignore[arg-type]


def at(clock: SetClock, day: date) -> None:
    clock.moment = clock.moment.replace(year=day.year, month=day.month, day=day.day)


def test_a_case_accepted_is_due_for_review_and_each_review_fixes_the_next(
    house: House, cast: Cast, accepted: UUID, clock: SetClock
) -> None:
    first = PANEL + timedelta(weeks=16)
    assert house.views.case(cast.coordinator, accepted).review_due == first
    assert house.reviews.due(cast.coordinator).later == 1
    at(clock, first - timedelta(weeks=3))
    (soon,) = house.reviews.due(cast.coordinator).soon
    assert (soon.line.id, soon.due, soon.level) == (accepted, first, "2")
    early = first - timedelta(weeks=4)
    assert house.desk.review(cast.coordinator, accepted, held(early)) == {}
    # From the day on which it was held, not from the one on which it was due.
    assert house.views.case(cast.coordinator, accepted).review_due == early + timedelta(weeks=16)
    changed = held(london_today(clock), "changed", level="3")
    assert house.desk.review(cast.coordinator, accepted, changed) == {}
    case = house.views.case(cast.coordinator, accepted)
    assert case.review_due == london_today(clock) + timedelta(weeks=6)
    at(clock, case.review_due + timedelta(days=1))
    (late,) = house.reviews.due(cast.coordinator).overdue
    assert (late.line.id, late.level) == (accepted, "3")
    assert house.desk.review(cast.coordinator, accepted, held(london_today(clock), "exit")) == {}
    case = house.views.case(cast.coordinator, accepted)
    assert case.review_due is None and [review.outcome for review in case.reviews] == ["exit", "changed", "kept"]
    assert [event.kind for event in case.history].count("reviewed") == 3
    with pytest.raises(NotNow):
        house.desk.review(cast.coordinator, accepted, held(london_today(clock)))
    with acting(house.engine, "desk") as connection:
        kept = connection.execute(text("SELECT * FROM reviews")).all()
    assert len(kept) == 3 and "The plan works" not in str(kept)


def london_today(clock: SetClock) -> date:
    return clock.moment.date()


def test_what_makes_no_sense_is_said_field_by_field(house: House, cast: Cast, accepted: UUID, clock: SetClock) -> None:
    at(clock, date(2027, 3, 1))

    def wrong(draft: ReviewDraft) -> set[str]:
        return set(house.desk.review(cast.coordinator, accepted, draft))

    assert wrong(ReviewDraft(held_on=None, outcome="")) == {"held_on", "outcome", "words"}
    assert wrong(held(date(2027, 3, 2))) == wrong(held(date(2026, 11, 19))) == {"held_on"}
    assert wrong(held(date(2027, 3, 1), "changed")) == wrong(held(date(2027, 3, 1), "changed", level="2")) == {"level"}
    assert wrong(held(date(2027, 3, 1), next_by=date(2027, 3, 1))) == {"next_by"}
    assert wrong(held(date(2027, 3, 1), next_by=date(2027, 3, 1) + timedelta(weeks=16, days=1))) == {"next_by"}
    assert wrong(held(date(2027, 3, 1), "exit", next_by=date(2027, 4, 1))) == {"next_by"}
    assert wrong(held(date(2027, 3, 1), "changed", level="1", next_by=date(2027, 4, 1))) == {"next_by"}
    assert wrong(held(date(2027, 3, 1), next_by=date(2027, 4, 1))) == set()
    assert house.views.case(cast.coordinator, accepted).review_due == date(2027, 4, 1)


def test_a_review_is_recorded_once_and_none_before_the_last_one(
    house: House, cast: Cast, accepted: UUID, clock: SetClock
) -> None:
    at(clock, date(2027, 3, 1))
    latest = held(date(2027, 2, 22), "changed", level="3")
    for _ in range(2):
        assert house.desk.review(cast.coordinator, accepted, latest) == {}
    # Put in late, it would give the level and the next day of a time gone by.
    assert set(house.desk.review(cast.coordinator, accepted, held(date(2027, 1, 5)))) == {"held_on"}
    case = house.views.case(cast.coordinator, accepted)
    assert len(case.reviews) == 1 and case.review_due == date(2027, 2, 22) + timedelta(weeks=6)
    last = held(date(2027, 3, 1), "exit")
    for _ in range(2):
        assert house.desk.review(cast.coordinator, accepted, last) == {}
    assert len(house.views.case(cast.coordinator, accepted).reviews) == 2


def test_only_the_areas_coordinators_see_and_record_reviews(house: House, cast: Cast, accepted: UUID) -> None:
    today = date(2026, 11, 20)
    assert house.desk.review(cast.coordinator, accepted, held(today)) == {}
    assert house.views.case(cast.yot, accepted).reviews == ()
    with pytest.raises(NotFound):
        house.desk.review(cast.other_coordinator, accepted, held(today))
    assert house.reviews.due(cast.other_coordinator).later == 0
    for person in (cast.yot, cast.administrator):
        with pytest.raises(NotAllowed):
            house.desk.review(person, accepted, held(today))
        with pytest.raises(NotAllowed):
            house.reviews.due(person)


def test_a_case_that_is_reopened_waits_for_no_review(house: House, cast: Cast, accepted: UUID) -> None:
    house.desk.reopen(cast.coordinator, accepted, "New facts.")
    assert house.views.case(cast.coordinator, accepted).review_due is None
    with pytest.raises(NotNow):
        house.desk.review(cast.coordinator, accepted, held(date(2026, 11, 20)))


def test_coordinators_are_reminded_before_a_review_is_due_and_weekly_after(
    house: House, cast: Cast, accepted: UUID, clock: SetClock
) -> None:
    due, reminders = PANEL + timedelta(weeks=16), Reminders(house.engine, house.clock)

    def told(day: date) -> list[str]:
        at(clock, day)
        reminders.enter_due()
        with acting(house.engine, "desk") as connection:
            kinds = connection.scalars(text("SELECT kind FROM messages WHERE kind LIKE 'review%' ORDER BY created_at"))
            return list(kinds)

    assert told(due - timedelta(days=15)) == []
    assert told(due - timedelta(days=14)) == told(due) == ["review_soon"]
    assert told(due + timedelta(days=1)) == told(due + timedelta(days=7)) == ["review_soon", "review_overdue"]
    assert told(due + timedelta(days=9)) == ["review_soon", "review_overdue", "review_overdue"]
    assert house.desk.review(cast.coordinator, accepted, held(london_today(clock))) == {}
    assert len(told(due + timedelta(days=30))) == 3


def test_a_review_stands_on_the_agenda_of_the_last_panel_before_it_is_due(
    house: House, cast: Cast, accepted: UUID, clock: SetClock
) -> None:
    rule = PanelRule(
        kind="level_2", district="", first=PANEL, starts=time(10), weeks=6, until=PANEL + timedelta(weeks=30)
    )
    assert not house.panels.add(cast.administrator, "WM", rule)
    on = {
        panel.day: [one.line.id for one in house.agendas.of(cast.coordinator, panel.id).reviews]
        for panel in house.agendas.panels(cast.coordinator)
    }
    # Due on 6 April 2027: the panel of 9 March is the last one before.
    assert on[PANEL] == on[PANEL + timedelta(weeks=6)] == [] and on[PANEL + timedelta(weeks=12)] == [accepted]
