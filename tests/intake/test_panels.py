"""The calendar of panels: by rule and by hand, cancelled, and the next one that fits a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

import pytest
from house import Cast, SetClock, form_file
from hypothesis import given
from hypothesis import strategies as st
from scenes import COMPLETE, draft

from intake.cases.reading import ReadingDesk
from intake.errors import NotAllowed, NotFound
from intake.house import House
from intake.panels.calendar import PanelRule
from intake.store.acting import acting


def rule(**more: Any) -> PanelRule:
    return PanelRule(
        **{"kind": "level_2", "district": "", "first": date(2026, 12, 1), "starts": time(9, 30), "weeks": None} | more
    )


def add(house: House, cast: Cast, area: str = "WM", **more: Any) -> Mapping[str, str]:
    return house.panels.add(cast.administrator, area, rule(**more))


def days(house: House, cast: Cast, level: str = "2", youth: bool = False, **more: Any) -> list[date]:
    more = {"since": date(2026, 11, 20), "most": 99} | more
    return [panel.day for panel in house.panels.next(cast.coordinator, level=level, youth=youth, **more)]


@given(st.dates(date(2026, 1, 1), date(2040, 1, 1)), st.integers(1, 52), st.integers(1, 1820))
def test_a_rule_counts_every_day_from_the_first(first: date, weeks: int, length: int) -> None:
    until = first + timedelta(days=length)
    found = rule(first=first, weeks=weeks, until=until).days()
    assert found[0] == first and found[-1] <= until < found[-1] + timedelta(weeks=weeks)
    assert all((day - first).days == number * 7 * weeks for number, day in enumerate(found))


def test_ten_weekly_panels_are_offered_and_those_on_a_bank_holiday_are_not(house: House, cast: Cast) -> None:
    # 26 March 2027 is Good Friday.
    assert not add(house, cast, first=date(2027, 1, 15), weeks=10, until=date(2027, 8, 13))
    assert days(house, cast) == [date(2027, 1, 15), date(2027, 6, 4), date(2027, 8, 13)]
    (left_out,) = (panel for panel in house.panels.coming(cast.administrator) if panel.cancelled)
    assert (left_out.day, left_out.cancelled) == (date(2027, 3, 26), "Bank holiday: Good Friday")


def test_a_rule_leaves_out_closed_days_and_weekends(house: House, cast: Cast) -> None:
    house.desk.close_day(cast.administrator, "WM", date(2026, 12, 8), "Flood")
    assert not add(house, cast, weeks=1, until=date(2026, 12, 15))
    assert days(house, cast) == [date(2026, 12, 1), date(2026, 12, 15)]
    assert not add(house, cast, first=date(2026, 12, 5), weeks=6, until=date(2027, 2, 1))
    assert {panel.cancelled for panel in house.panels.coming(cast.administrator)} == {
        None,
        "Desk closed: Flood",
        "Weekend",
    }


def test_what_fits_depends_on_level_and_age(house: House, cast: Cast) -> None:
    for kind, day in (("level_2", 1), ("level_3", 2), ("youth", 3)):
        assert not add(house, cast, kind=kind, first=date(2026, 12, day))
    assert days(house, cast, "2") == [date(2026, 12, 1)]
    assert days(house, cast, "3") == [date(2026, 12, 2)]
    assert days(house, cast, "2", youth=True) == [date(2026, 12, 3)]
    assert days(house, cast, "3", youth=True) == [date(2026, 12, 2)]


def test_a_district_gets_its_own_panels_and_those_of_the_whole_area(house: House, cast: Cast) -> None:
    for district, day in (("Dudley", 1), ("Walsall", 2), ("", 3)):
        assert not add(house, cast, district=district, first=date(2026, 12, day))
    assert days(house, cast, district="Walsall") == [date(2026, 12, 2), date(2026, 12, 3)]
    assert days(house, cast) == [date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3)]
    assert days(house, cast, since=date(2026, 12, 2), most=1) == [date(2026, 12, 2)]


def test_another_areas_panels_are_not_offered(house: House, cast: Cast) -> None:
    assert not add(house, cast, area="NW")
    assert days(house, cast) == []
    assert house.panels.next(cast.other_coordinator, level="2", youth=False, since=date(2026, 12, 1))


def test_a_cancelled_panel_is_listed_but_not_offered_until_it_is_put_back(house: House, cast: Cast) -> None:
    assert not add(house, cast)
    (panel,) = house.panels.coming(cast.administrator)
    house.panels.cancel(cast.administrator, [panel.id])
    assert days(house, cast) == []
    assert [one.cancelled for one in house.panels.coming(cast.administrator)] == ["Cancelled"]
    with pytest.raises(NotFound):
        house.panels.cancel(cast.administrator, [panel.id])
    house.panels.hold(cast.administrator, [panel.id])
    assert days(house, cast) == [date(2026, 12, 1)]


def test_a_panel_is_entered_once(house: House, cast: Cast) -> None:
    assert not add(house, cast)
    assert "first" in add(house, cast)
    assert not add(house, cast, weeks=6, until=date(2027, 1, 31))
    assert days(house, cast) == [date(2026, 12, 1), date(2027, 1, 12)]
    assert not add(house, cast, starts=time(14))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"first": date(2026, 11, 19)}, "first"),
        ({"first": date(2040, 1, 1)}, "first"),
        ({"weeks": 6}, "until"),
        ({"until": date(2027, 1, 1)}, "weeks"),
        ({"weeks": 0, "until": date(2027, 1, 1)}, "weeks"),
        ({"weeks": 53, "until": date(2027, 1, 1)}, "weeks"),
        ({"weeks": 6, "until": date(2026, 12, 1)}, "until"),
        ({"weeks": 1, "until": date(9999, 12, 31)}, "until"),
        ({"district": "x" * 81}, "district"),
    ],
)
def test_a_rule_that_makes_no_sense_is_told_by_its_field(
    house: House, cast: Cast, changed: dict[str, Any], field: str
) -> None:
    assert list(add(house, cast, **changed)) == [field]
    assert house.panels.coming(cast.administrator) == ()


def test_a_cancelled_panel_tells_how_many_decided_cases_need_another(
    house: House, cast: Cast, reading: ReadingDesk
) -> None:
    for kind in ("level_2", "level_3"):
        assert not add(house, cast, kind=kind, first=date(2026, 12, 15))
    assert not add(house, cast, first=date(2026, 12, 16))
    assert house.panels.decided_for(cast.administrator) == {}
    for _ in range(2):
        referral = house.desk.receive(cast.yot, "form.pdf", form_file(**COMPLETE)).referral_id
        assert reading.do_next()
        version = house.views.case(cast.coordinator, referral).line.version
        assert not house.desk.decide(cast.coordinator, referral, draft(version))
    level_2 = next(
        panel.id
        for panel in house.panels.coming(cast.administrator)
        if panel.kind == "level_2" and panel.day == date(2026, 12, 15)
    )
    assert house.panels.decided_for(cast.administrator) == {level_2: 2}
    house.desk.reopen(cast.coordinator, referral, "The panel is cancelled.")
    house.panels.cancel(cast.administrator, [level_2])
    assert house.panels.decided_for(cast.administrator) == {level_2: 1}
    with pytest.raises(NotAllowed):
        house.panels.decided_for(cast.coordinator)


def test_past_panels_leave_the_list(house: House, cast: Cast, clock: SetClock) -> None:
    assert not add(house, cast)
    clock.pass_by(days=30)
    assert house.panels.coming(cast.administrator) == ()


def test_only_administrators_keep_the_calendar_and_each_change_is_recorded(house: House, cast: Cast) -> None:
    for person in (cast.yot, cast.coordinator):
        with pytest.raises(NotAllowed):
            house.panels.add(person, "WM", rule())
        with pytest.raises(NotAllowed):
            house.panels.coming(person)
    with pytest.raises(NotAllowed):
        house.panels.next(cast.yot, level="2", youth=False, since=date(2026, 12, 1))
    assert not add(house, cast, weeks=6, until=date(2027, 1, 31))
    house.panels.cancel(cast.administrator, [panel.id for panel in house.panels.coming(cast.administrator)])
    with acting(house.engine, "desk") as connection:
        trail = connection.exec_driver_sql("SELECT what FROM audit WHERE kind LIKE 'panels%%' ORDER BY number")
        assert trail.scalars().all() == [
            "Added 2 panels, Tuesday 1 December 2026 to Tuesday 12 January 2027.",
            "Cancelled 2 panels, Tuesday 1 December 2026 to Tuesday 12 January 2027.",
        ]
        assert house.trail.verify(connection)
