"""Statistics agree with a count written independently, case by case, and only over what is within reach."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from house import Cast, SetClock, form_file, open_as_owner
from sqlalchemy import func, insert, select, text, update

from intake.cases.reading import ReadingDesk
from intake.errors import NotAllowed, NotFound
from intake.house import House
from intake.models import RawAnswer
from intake.now import london_day
from intake.statistics.counts import Count, Period, reporting_year
from intake.store.acting import acting
from intake.store.tables import referrals

YEAR = Period(first=date(2026, 4, 1), last=date(2027, 3, 31))
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MANY = 120


def test_a_reporting_year_begins_on_1_april() -> None:
    assert reporting_year(date(2026, 3, 31)) == Period(first=date(2025, 4, 1), last=date(2026, 3, 31))
    assert reporting_year(date(2026, 4, 1)) == YEAR
    assert list(reporting_year(date(2028, 2, 29)).months.values())[::11] == ["April 2027", "March 2028"]


def _scatter(house: House, template: UUID, agency_ids: list[UUID], chance: random.Random) -> list[dict[str, Any]]:
    """Referrals of every kind, as rows; what a desk would never write among them is left out."""
    with acting(house.engine, "desk") as connection:
        row = dict(connection.execute(select(referrals).where(referrals.c.id == template)).mappings().one())
    rows = []
    for number in range(MANY):
        received = datetime(2026, 3, 25, tzinfo=UTC) + timedelta(hours=chance.randrange(240 * 24))
        status = chance.choice(["checked", "checked", "decided", "decided", "decided", "refused", "withdrawn"])
        form = None if status == "refused" else chance.choice("AAHI")
        decided = received + timedelta(hours=chance.randrange(20 * 24)) if status == "decided" else None
        outcomes = {
            "A": ["accepted_level_2", "accepted_level_3", "accepted_lower", "level_1"],
            "H": ["noted"],
            "I": ["noted"],
        }
        rows.append(
            {
                **row,
                "id": UUID(int=number + 1),
                "reference": f"WM-2026-9{number:05d}",
                "agency_id": chance.choice(agency_ids),
                "upload_token": None,
                "received_at": received,
                "due_on": london_day(received) + timedelta(days=10),
                "status": status,
                "form": form,
                "judged_at": None if form is None else received,
                "refusal_code": "not_a_form" if status == "refused" else None,
                "decided_at": decided,
                "outcome": chance.choice(outcomes[form]) if decided and form else None,
                "category": chance.choice([[], ["1"], ["2"], ["1", "2"], ["4"]]),
                "level_requested": chance.choice([None, "2", "3"]),
                "youth": chance.choice([None, True, False]),
                "screening_late": chance.choice([None, -5, 0, 7, 8, 31, 32, 92, 93]),
                "release_late": chance.choice([None, -200, 7, 8, 400]),
            }
        )
    return rows


@pytest.fixture
def scattered(house: House, cast: Cast, reading: ReadingDesk) -> list[dict[str, Any]]:
    template = house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    while reading.do_next():
        pass
    chance = random.Random(7)
    assert cast.yot.agency_id and cast.hospital.agency_id
    rows = _scatter(house, template, [cast.yot.agency_id, cast.hospital.agency_id], chance)
    with open_as_owner(house) as owner:
        owner.execute(text("DELETE FROM clarifications"))
        owner.execute(update(referrals).values(received_at=datetime(2020, 1, 1, tzinfo=UTC)))
        owner.execute(insert(referrals), rows)
    return rows


def _within(rows: list[dict[str, Any]], period: Period) -> list[dict[str, Any]]:
    return [row for row in rows if period.first <= london_day(row["received_at"]) <= period.last]


def _numbers(count: Count) -> Counter[tuple[str, str]]:
    return Counter({(line.key, form): number for line in count.lines for form, number in line.numbers.items()})


def _band(days: int | None) -> str:
    return "-" if days is None else "4" if days <= 7 else "3" if days <= 31 else "2" if days <= 92 else "1"


def _in_time(row: dict[str, Any]) -> str | None:
    if row["status"] == "decided":
        return "on_time" if london_day(row["decided_at"]) <= row["due_on"] else "late"
    if row["status"] == "checked":
        return "overdue" if row["due_on"] < NOW.date() else "open"
    return None


LEVELS = {"accepted_level_2": "2", "accepted_lower": "2", "accepted_level_3": "3", "level_1": "1"}
TOLD = {
    "agency": lambda row: str(row["agency_id"]),
    "category": lambda row: " and ".join(row["category"]) or "-",
    "asked": lambda row: row["level_requested"] or "-",
    "outcome": lambda row: {"decided": row["outcome"], "checked": "open"}.get(row["status"], row["status"]),
    "level": lambda row: LEVELS.get(row["outcome"]),
    "refused": lambda row: row["refusal_code"],
    "in_time": _in_time,
    "screening": lambda row: _band(row["screening_late"]) if row["form"] == "H" else None,
    "release": lambda row: _band(row["release_late"]) if row["form"] else None,
    "youth": lambda row: {None: "-", True: "yes", False: "no"}[row["youth"]] if row["form"] else None,
}
"""The counts once more, told from a row."""


@pytest.mark.parametrize(
    "period",
    [YEAR, Period(first=date(2026, 10, 19), last=date(2026, 10, 25)), Period(first=YEAR.first, last=NOW.date())],
)
def test_every_count_agrees_with_one_made_case_by_case(
    house: House, cast: Cast, scattered: list[dict[str, Any]], period: Period
) -> None:
    found = house.statistics.figures(cast.coordinator, period)
    rows = _within(scattered, period)
    assert sum(found.received.values()) == len(rows)
    counts = {count.name: count for count in found.counts}
    for name, told in TOLD.items():
        wanted = Counter((key, row["form"] or "") for row in rows if (key := told(row)) is not None)
        assert _numbers(counts[name]) == wanted, name
    months = Counter(f"{london_day(row['received_at']):%Y-%m}" for row in rows)
    assert {line.key: line.total for line in counts["month"].lines} == {key: months[key] for key in period.months}
    assert counts["sender"].lines and sum(line.total for line in counts["sender"].lines) == len(rows)


def test_the_cases_behind_a_number_are_as_many_as_it_says(
    house: House, cast: Cast, scattered: list[dict[str, Any]]
) -> None:
    for count in house.statistics.figures(cast.coordinator, YEAR).counts:
        for line in count.lines:
            words, cases = house.statistics.cases(cast.coordinator, YEAR, None, count.name, line.key)
            assert cases.counts["found"] == line.total and words == f"{count.title}: {line.words}"
            for form, number in line.numbers.items():
                _, cases = house.statistics.cases(cast.coordinator, YEAR, None, count.name, line.key, form)
                assert cases.counts["found"] == number
    with pytest.raises(NotFound):
        house.statistics.cases(cast.coordinator, YEAR, None, "shoe_size", "44")


def test_questions_are_counted_by_field_and_round_and_with_the_days_waited(
    house: House, cast: Cast, reading: ReadingDesk, clock: SetClock
) -> None:
    first, second = (
        house.desk.receive(cast.yot, "form.pdf", form_file(referrer__agency_type="yot", pages=1 + number)).referral_id
        for number in range(2)
    )
    while reading.do_next():
        pass
    clock.pass_by(days=2)
    _answer_all(house, cast, first)
    clock.pass_by(days=1)
    house.desk.ask(cast.coordinator, first, [], ["Who holds the keys?", "Since when?"])
    clock.pass_by(days=3)
    _answer_all(house, cast, first)
    found = house.statistics.figures(cast.coordinator, YEAR)
    counts = {count.name: {line.key: line.total for line in count.lines} for count in found.counts}
    (pace,) = found.pace
    asked = len(house.views.case(cast.coordinator, second).clarifications)
    assert asked > 1 and set(counts["missed"].values()) == {2}
    assert counts["rounds"] == {"1": 1, "2": 1} and counts["complete"] == {"no": 2}
    assert (pace.questions, pace.rounds) == (2 * asked + 2, 3)
    # Waited for from the first day to the third and for three days more; the other case is waited for still.
    assert (pace.waited_for, pace.median_waited) == (1, 5.0)


def _answer_all(house: House, cast: Cast, referral_id: UUID) -> None:
    questions = house.views.case(cast.yot, referral_id).clarifications
    unknown = {one.id: RawAnswer(not_known_reason="Nobody can tell.") for one in questions if one.open}
    assert not house.desk.answer(cast.yot, referral_id, unknown).errors


def test_decisions_are_counted_with_the_days_they_took(
    house: House, cast: Cast, scattered: list[dict[str, Any]]
) -> None:
    for pace in house.statistics.figures(cast.coordinator, YEAR).pace:
        rows = [row for row in _within(scattered, YEAR) if (row["form"] or "") == pace.form]
        took = sorted((row["decided_at"] - row["received_at"]) / timedelta(days=1) for row in rows if row["decided_at"])
        middle = (took[(len(took) - 1) // 2] + took[len(took) // 2]) / 2 if took else None
        assert pace.decided == len(took)
        assert pace.median_days == (None if middle is None else pytest.approx(middle))
        assert pace.on_time == sum(_in_time(row) == "on_time" for row in rows)
        still_open = [london_day(row["received_at"]) for row in rows if row["status"] == "checked"]
        assert pace.oldest_open == min(still_open, default=None)


def test_only_what_is_within_reach_is_counted(house: House, cast: Cast, scattered: list[dict[str, Any]]) -> None:
    elsewhere = house.statistics.figures(cast.other_coordinator, YEAR)
    assert not elsewhere.received and not any(line.total for count in elsewhere.counts for line in count.lines)
    _, cases = house.statistics.cases(cast.other_coordinator, YEAR, None, "asked", "2")
    assert cases.counts["found"] == 0
    one = house.statistics.figures(cast.coordinator, YEAR, cast.yot.agency_id)
    assert sum(one.received.values()) == sum(row["agency_id"] == cast.yot.agency_id for row in _within(scattered, YEAR))
    for person in (cast.yot, cast.administrator):
        with pytest.raises(NotAllowed):
            house.statistics.figures(person, YEAR)


def test_a_form_that_is_judged_leaves_behind_what_is_counted(house: House, cast: Cast, reading: ReadingDesk) -> None:
    told = {"person__date_of_birth": "2010-04-02", "dates__release": "2027-03-01"}
    house.desk.receive(cast.yot, "form.pdf", form_file(**told))
    while reading.do_next():
        pass
    with acting(house.engine, "desk") as connection:
        row = connection.execute(select(referrals).order_by(referrals.c.received_at.desc()).limit(1)).mappings().one()
        assert connection.scalar(select(func.count()).select_from(referrals)) == 1
    # 1 March 2027 less six months is 1 September 2026.
    assert (row["youth"], row["screening_late"], row["release_late"]) == (True, None, 80)
