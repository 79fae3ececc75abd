"""Coordinators see the area's panels, take their dates along and print the agenda; administrators take meetings in."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, time
from uuid import UUID

from house import Cast
from scenes import COMPLETE, draft
from visitors import Visitor, text_of

from intake.house import House
from intake.panels.calendar import PanelRule
from intake.panels.diary import icalendar_of

DAY = date(2026, 12, 7)


def _panel(house: House, cast: Cast, district: str, kind: str = "level_2") -> UUID:
    rule = PanelRule.model_validate({"kind": kind, "district": district, "first": DAY, "starts": time(10)})
    assert not house.panels.add(cast.administrator, "WM", rule)
    return next(
        panel.id
        for panel in house.panels.coming(cast.administrator)
        if (panel.district, panel.kind) == (district, kind)
    )


def test_the_agenda_has_the_cases_that_were_accepted_for_the_panel(
    house: House, cast: Cast, coordinator: Visitor, visitors: dict[str, Visitor], arrived: Callable[..., UUID]
) -> None:
    ours, other, high = (
        _panel(house, cast, "Dudley"),
        _panel(house, cast, "Walsall"),
        _panel(house, cast, "", "level_3"),
    )
    for name, panel in (("Fernsby", ours), ("Oakley", other), ("Quill", None)):
        case = arrived(**{**COMPLETE, "person__family_name": name})
        version = house.views.case(cast.coordinator, case).line.version
        arranged = ("Invite the prison, or ask it for Form F.",)
        chosen = draft(version, panel_id=panel, panel_date=None if panel else DAY, arranged=arranged)
        assert not house.desk.decide(cast.coordinator, case, chosen)
    page = coordinator.page(f"/panels/{ours}")
    # Who was given the day without a panel is on the agenda of every panel of that level.
    assert [text_of(heading)[3:] for heading in page.xpath("//section/h2")] == ["FERNSBY, Rosalind", "QUILL, Rosalind"]
    assert "Invite the prison" in text_of(page)
    assert "No case has been accepted" in text_of(coordinator.page(f"/panels/{high}"))
    assert visitors["elsewhere"].get(f"/panels/{ours}").status_code == 404
    assert visitors["yot"].get(f"/panels/{ours}").status_code == 403
    trail = house.looks.trail_of(house.views.case(cast.coordinator, case).line.reference)
    assert "listed" in {event.kind for event in trail}


def test_a_cancelled_panel_leaves_no_case_behind_unseen(
    house: House, cast: Cast, coordinator: Visitor, yot: Visitor, arrived: Callable[..., UUID]
) -> None:
    panel, case = _panel(house, cast, "Dudley"), arrived(**COMPLETE)
    only_the_day = arrived(**{**COMPLETE, "person__family_name": "Oakley"})
    for one, chosen in ((case, {"panel_id": panel, "panel_date": None}), (only_the_day, {"panel_date": DAY})):
        version = house.views.case(cast.coordinator, one).line.version
        assert not house.desk.decide(cast.coordinator, one, draft(version, **chosen))
    assert "not held" not in text_of(coordinator.page(f"/cases/{case}")).lower()
    house.panels.cancel(cast.administrator, [panel])
    told = text_of(coordinator.page("/panels"))
    assert "Not held: Level 2, Dudley, Monday 7 December 2026" in told and "FERNSBY" in told and "OAKLEY" not in told
    assert "This panel is not held (cancelled)" in text_of(coordinator.page(f"/cases/{case}"))
    assert "The panel on 7 December 2026 is not held" in text_of(yot.page(f"/referrals/{case}"))
    assert "This panel is not held" not in text_of(coordinator.page(f"/cases/{only_the_day}"))
    house.desk.reopen(cast.coordinator, case, "Another panel is needed.")
    assert "Not held" not in text_of(coordinator.page("/panels"))


def test_the_dates_are_taken_along_without_any_case(house: House, cast: Cast, coordinator: Visitor) -> None:
    _panel(house, cast, "Dudley")
    answer = coordinator.get("/panels/panels.ics")
    assert answer.mimetype == "text/calendar" and answer.text.count("BEGIN:VEVENT") == 1
    (row,) = coordinator.page("/panels").xpath("//tbody/tr")
    assert [text_of(cell) for cell in row][1:] == ["10:00am", "Level 2", "Dudley"]


def test_meetings_of_a_diary_are_taken_in_once(house: House, cast: Cast, visitors: dict[str, Visitor]) -> None:
    administrator = visitors["administrator"]
    _panel(house, cast, "Dudley")
    diary = icalendar_of(house.panels.coming(cast.administrator), house.clock.now())
    form = {"kind-in": "level_3", "district-in": " Walsall "}
    page = administrator.page(
        administrator.send(
            "/administration/panels/take-in", {**form, "calendar": (io.BytesIO(diary), "a.ics")}
        ).location
    )
    rows = [[text_of(cell) for cell in row][1:5] for row in page.xpath("//tbody/tr")]
    assert rows == [
        ["Monday 7 December 2026", "10:00am", "Level 2", "Dudley"],
        ["Monday 7 December 2026", "10:00am", "Level 3", "Walsall"],
    ]
    again = administrator.send("/administration/panels/take-in", {**form, "calendar": (io.BytesIO(diary), "a.ics")})
    assert "had all these" in text_of(administrator.page(again.location))
    wrong = administrator.send(
        "/administration/panels/take-in", {"district-in": "Walsall", "calendar": (io.BytesIO(b"minutes"), "a.ics")}
    )
    page = administrator.parsed(wrong)
    assert wrong.status_code == 422
    links = page.xpath("//div[contains(@class, 'govuk-error-summary')]//a/@href")
    assert sorted(links) == ["#calendar", "#kind-in"] and all(page.xpath(f"//*[@id='{link[1:]}']") for link in links)
    assert page.xpath("//input[@id='district-in']/@value") == ["Walsall"]
