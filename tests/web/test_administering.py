"""An administrator looks after people, closed days and the running of the desk, and sees nothing of any form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from house import MASTER_KEY, Cast, Servers, SetClock, form_file
from redis import Redis
from scenes import Scene
from visitors import Visitor, text_of

from intake.cases.reading import ReadingDesk
from intake.house import House, open_house
from intake.settings import Settings
from intake.store.acting import acting
from intake.work.doorbell import SWEPT
from intake.work.sweeper import Sweeper


@pytest.fixture
def administrator(visitors: dict[str, Visitor]) -> Visitor:
    return visitors["administrator"]


def test_a_person_is_added_and_can_sign_in(administrator: Visitor, nobody: Visitor, house: House) -> None:
    agency = house.people.agencies()[0]
    form = {"name": "Ida Wren", "email": "ida@example.org", "role": "referrer", "agency_id": str(agency.id)}
    response = administrator.send("/administration/people/add", {**form, "password": "a long enough password"})
    assert "Ida Wren" in text_of(administrator.page(response.location))
    signed_in = nobody.send("/sign-in", {"email": "ida@example.org", "password": "a long enough password"})
    assert signed_in.status_code == 302


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"password": "short"}, "password"),
        ({"email": "yot@example.org"}, "email"),
        ({"agency_id": ""}, "agency_id"),
        ({"agency_id": "no uuid"}, "agency_id"),
        ({"role": "king"}, "role"),
        ({"role": "coordinator", "area": ""}, "area"),
        ({"role": "coordinator", "area": "XX"}, "area"),
    ],
)
def test_what_is_wrong_with_a_new_account_is_said_at_its_field(
    administrator: Visitor, house: House, changed: dict[str, str], field: str
) -> None:
    agency = house.people.agencies()[0]
    form = {"name": "Ida Wren", "email": "ida@example.org", "role": "referrer", "agency_id": str(agency.id)}
    form |= {"password": "a long enough password"} | changed
    response = administrator.send("/administration/people/add", form)
    assert response.status_code == 422
    page = administrator.parsed(response)
    assert page.xpath("//div[contains(@class, 'govuk-error-summary')]//a/@href") == [f"#{field}"]
    assert page.xpath("//input[@id='name']")[0].value == "Ida Wren"


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(
    administrator: Visitor, yot: Visitor, cast: Cast
) -> None:
    path = f"/administration/people/{cast.yot.id}"
    assert yot.get("/referrals").status_code == 200
    administrator.send(f"{path}/active", {"active": "no"})
    assert yot.get("/referrals").status_code == 302
    assert "Open this account" in text_of(administrator.page(path))
    administrator.send(f"{path}/active", {"active": "yes"})
    assert "Close this account" in text_of(administrator.page(path))


def test_nobody_closes_their_own_account(administrator: Visitor, cast: Cast) -> None:
    path = f"/administration/people/{cast.administrator.id}"
    assert "Another administrator can close it" in text_of(administrator.page(path))
    assert administrator.send(f"{path}/active", {"active": "no"}).status_code == 409
    assert administrator.get("/administration/people").status_code == 200


def test_a_new_password_ends_the_sessions_of_the_old(
    administrator: Visitor, yot: Visitor, nobody: Visitor, cast: Cast
) -> None:
    administrator.send(f"/administration/people/{cast.yot.id}/password", {"password": "entirely new password"})
    assert yot.get("/referrals").status_code == 302
    response = nobody.send("/sign-in", {"email": "yot@example.org", "password": "entirely new password"})
    assert response.status_code == 302


def test_an_agency_is_added_once(administrator: Visitor) -> None:
    form = {"name": "Brackley Probation", "type": "probation"}
    response = administrator.send("/administration/agencies", form)
    assert "Brackley Probation" in text_of(administrator.page(response.location))
    assert administrator.send("/administration/agencies", form).status_code == 422


def test_an_agency_is_renamed_closed_and_opened_again(administrator: Visitor, yot: Visitor, cast: Cast) -> None:
    path = f"/administration/agencies/{cast.yot.agency_id}"
    assert "Yvonne Otter" in text_of(administrator.page(path))
    page = administrator.page(administrator.send(path, {"name": "Ambleford Youth Justice", "type": "yot"}).location)
    assert "Ambleford Youth Justice" in text_of(page)
    taken = administrator.send(path, {"name": "Ambleford Mental Health Trust", "type": "yot"})
    assert taken.status_code == 422 and "already" in text_of(administrator.parsed(taken))
    administrator.send(f"{path}/active", {"active": "no"})
    assert yot.get("/referrals").status_code == 302
    assert "Open this agency" in text_of(administrator.page(path))
    administrator.send(f"{path}/active", {"active": "yes"})
    assert "Close this agency" in text_of(administrator.page(path))
    assert administrator.get(f"/administration/agencies/{cast.yot.id}").status_code == 404


def test_a_person_gets_another_role_by_page(administrator: Visitor, yot: Visitor, cast: Cast) -> None:
    path = f"/administration/people/{cast.yot.id}"
    form = {"name": "Yvonne Otter", "role": "coordinator", "area": "NW", "agency_id": str(cast.yot.agency_id)}
    page = administrator.page(administrator.send(path, form).location)
    (row,) = (text_of(row) for row in page.xpath("//tbody/tr") if "Yvonne Otter" in text_of(row))
    assert "Coordinator" in row and "NW" in row
    assert yot.get("/queue").status_code == 200 and yot.get("/referrals").status_code == 403


def test_what_is_wrong_with_a_changed_account_is_said_at_its_field(administrator: Visitor, cast: Cast) -> None:
    own = f"/administration/people/{cast.administrator.id}"
    for path, form, field in (
        (own, {"name": "Adam", "role": "coordinator", "area": "WM"}, "role"),
        (own, {"name": "", "role": "administrator"}, "name"),
        (f"/administration/people/{cast.yot.id}", {"name": "Y", "role": "referrer", "agency_id": ""}, "agency_id"),
        (
            f"/administration/people/{cast.yot.id}",
            {"name": "Y", "role": "referrer", "agency_id": str(cast.yot.id)},
            "agency_id",
        ),
    ):
        response = administrator.send(path, form)
        assert response.status_code == 422
        page = administrator.parsed(response)
        assert page.xpath("//div[contains(@class, 'govuk-error-summary')]//a/@href") == [f"#{field}"]


@pytest.fixture
def settings(servers: Servers, tmp_path: object) -> Iterator[Settings]:
    """A house that counts working days."""
    database_url, owner_url = servers.fresh_database()
    yield Settings(
        database_url=database_url,
        owner_url=owner_url,
        redis_url=servers.redis_url,
        master_key=MASTER_KEY,
        due_basis="working",
    )
    servers.drop(database_url)


def test_a_day_closed_late_moves_the_due_dates_of_open_cases_and_back(
    administrator: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral = arrived()
    due = house.views.case(cast.yot, referral).due.due
    form = {"day-day": "23", "day-month": "11", "day-year": "2026", "name": "Flood"}
    page = administrator.page(administrator.send("/administration/closures", form).location)
    assert "23 November 2026" in text_of(page) and "Flood" in text_of(page)
    moved = house.views.case(cast.yot, referral).due
    assert moved.due > due and "Flood" in moved.why
    (again,) = page.xpath("//table//form/@action")
    administrator.send(again)
    assert house.views.case(cast.yot, referral).due.due == due


def test_the_time_to_decide_is_counted_otherwise_by_page(
    administrator: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral, path = arrived(), "/administration/closures/counting"
    page = administrator.page(administrator.send(path, {"basis": "calendar", "days": "5"}).location)
    assert "within 5 calendar days of receipt" in text_of(page)
    assert page.xpath("//input[@name='days']/@value") == ["5"]
    assert house.views.case(cast.yot, referral).due.due.isoformat() == "2026-11-25"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"basis": "lunar", "days": "10"}, "basis"),
        ({"basis": "working", "days": "ten"}, "days"),
        ({"basis": "working", "days": ""}, "days"),
        ({"basis": "working", "days": "9" * 5000}, "days"),
    ],
)
def test_a_way_of_counting_that_makes_no_sense_is_told_by_its_field(
    administrator: Visitor, typed: dict[str, str], field: str
) -> None:
    response = administrator.send("/administration/closures/counting", typed)
    assert response.status_code == 422
    page = administrator.parsed(response)
    assert page.xpath("//div[contains(@class, 'govuk-error-summary')]//a/@href") == [f"#{field}"]
    assert "within 10 working days" in text_of(page)


@pytest.mark.parametrize("day", ["30/2/2026", "x/y/z", "//"])
def test_a_day_that_does_not_exist_is_not_closed(administrator: Visitor, day: str) -> None:
    parts = dict(zip(("day-day", "day-month", "day-year"), day.split("/"), strict=True))
    response = administrator.send("/administration/closures", {**parts, "name": "Flood"})
    assert response.status_code == 422
    assert "Enter a real date" in text_of(administrator.parsed(response))


def test_health_shows_what_was_set_aside_and_has_it_read_again(
    administrator: Visitor, house: House, cast: Cast, scene: Scene
) -> None:
    page = administrator.page("/administration/health")
    assert "Open cases" in text_of(page) and "RuntimeError" in text_of(page)
    (again,) = page.xpath("//table//form/@action")
    response = administrator.send(again)
    after = text_of(administrator.page(response.location))
    assert "being read again" in after and "There is none." in after
    assert not house.views.progress(cast.yot, scene.set_aside).set_aside


def test_health_tells_how_old_the_oldest_unread_form_is_and_when_was_swept(
    administrator: Visitor, house: House, arrived: Callable[..., UUID], clock: SetClock
) -> None:
    path = "/administration/health"
    with Redis.from_url(house.settings.redis_url or "") as queue:
        queue.delete(SWEPT)
    page = text_of(administrator.page(path))
    assert "Every form is read" in page and "Last sweepNot known" in page
    arrived(read=False)
    clock.pass_by(minutes=40)
    Sweeper(house.ledger, house.doorbell, lambda claim, code: None).sweep()
    page = text_of(administrator.page(path))
    assert "received 40 minutes ago" in page and re.search("Last sweep(less than a second|[0-9]+ seconds?) ago", page)


def test_pages_whose_drawing_was_set_aside_are_drawn_again(
    administrator: Visitor, house: House, cast: Cast, reading: ReadingDesk
) -> None:
    referral = house.desk.receive(cast.yot, "form.docx", form_file(orders={"pictures_follow": True})).referral_id
    assert reading.do_next()
    with acting(house.engine, "desk") as connection:
        connection.exec_driver_sql("UPDATE jobs SET state = 'set_aside', attempts = 10 WHERE kind = 'picture'")
    page = administrator.page("/administration/health")
    assert "Drawing its pages" in text_of(page)
    (again,), (kind,) = page.xpath("//table//form/@action"), page.xpath("//table//form/input[@name='kind']/@value")
    after = administrator.page(administrator.send(again, {"kind": kind}).location)
    assert "being drawn again" in text_of(after) and "There is none." in text_of(after)
    assert reading.do_next()
    assert house.views.case(cast.yot, referral).document.pictures
    assert administrator.send(again, {"kind": kind}).status_code == 404


def test_a_day_is_closed_only_by_those_who_may(coordinator: Visitor, yot: Visitor) -> None:
    for visitor in (coordinator, yot):
        assert visitor.get("/administration/closures").status_code == 403
        assert visitor.get("/administration/health").status_code == 403


def test_health_is_told_without_a_queue(servers: Servers, settings: Settings) -> None:
    deaf = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    with open_house(deaf, clock=SetClock()) as house:
        assert house.administration.health(servers.cast.administrator).workers is None
