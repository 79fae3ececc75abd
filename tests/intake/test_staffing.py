"""Who works where can change; nobody keeps what they may no longer see, and no case is left with somebody who has gone."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from house import PASSWORD, Cast, form_file
from scenes import COMPLETE, draft

from intake.cases.reading import ReadingDesk
from intake.errors import DeskError, NotAllowed, NotFound
from intake.house import House
from intake.models import Person
from intake.store.acting import acting


@pytest.fixture
def assigned(house: House, cast: Cast, reading: ReadingDesk) -> UUID:
    """A case that the coordinator works on."""
    referral = house.desk.receive(cast.yot, "form.pdf", form_file(**COMPLETE)).referral_id
    assert reading.do_next()
    house.desk.assign(cast.coordinator, referral, cast.coordinator.id)
    return referral


def change(house: House, cast: Cast, person: Person, **more: Any) -> None:
    place = {"name": person.name, "role": person.role, "agency_id": person.agency_id, "area": person.area}
    house.staffing.change(cast.administrator, person.id, **(place | more))


def deputy(house: House) -> Person:
    return house.people.add_person("deputy@example.org", "Dora Plum", "coordinator", PASSWORD, area="WM")


def test_a_case_of_a_coordinator_who_leaves_the_area_goes_back_to_the_team(
    house: House, cast: Cast, assigned: UUID
) -> None:
    other = deputy(house)
    assert house.views.case(other, assigned).line.assigned_to == cast.coordinator.name
    change(house, cast, cast.coordinator, area="NW")
    case = house.views.case(other, assigned)
    assert case.line.assigned_to is None and "Took the assignment back" in case.history[-1].what
    moved = next(person for person in house.people.people() if person.id == cast.coordinator.id)
    with pytest.raises(NotFound):
        house.views.case(moved, assigned)


@pytest.mark.parametrize("leaves", ["closed", "refers now"])
def test_a_case_of_a_coordinator_who_is_none_any_more_goes_back_to_the_team(
    house: House, cast: Cast, assigned: UUID, leaves: str
) -> None:
    other = deputy(house)
    if leaves == "closed":
        house.staffing.set_active(cast.administrator, cast.coordinator.id, False)
    else:
        change(house, cast, cast.coordinator, role="referrer", agency_id=cast.yot.agency_id, area=None)
    assert house.views.case(other, assigned).line.assigned_to is None


def test_a_case_that_is_reopened_after_its_coordinator_left_is_the_teams(
    house: House, cast: Cast, assigned: UUID
) -> None:
    other = deputy(house)
    version = house.views.case(other, assigned).line.version
    assert not house.desk.decide(cast.coordinator, assigned, draft(version))
    house.desk.reopen(other, assigned, "New facts.")
    assert house.views.case(other, assigned).line.assigned_to == cast.coordinator.name
    version = house.views.case(other, assigned).line.version
    assert not house.desk.decide(cast.coordinator, assigned, draft(version))
    house.staffing.set_active(cast.administrator, cast.coordinator.id, False)
    house.desk.reopen(other, assigned, "New facts.")
    assert house.views.case(other, assigned).line.assigned_to is None
    assert house.views.queue(other, "nobodys").counts["nobodys"] == 1


def test_another_name_leaves_the_work_where_it_is(house: House, cast: Cast, assigned: UUID) -> None:
    change(house, cast, cast.coordinator, name="Carol Finch-Hatton")
    assert house.views.case(deputy(house), assigned).line.assigned_to == "Carol Finch-Hatton"


def test_somebody_who_changes_agency_sees_the_other_ones_referrals_only(
    house: House, cast: Cast, assigned: UUID
) -> None:
    token = house.people.open_session(cast.yot)
    change(house, cast, cast.yot, agency_id=cast.hospital.agency_id)
    now = house.people.person_of(token)
    assert now is not None and now.agency_id == cast.hospital.agency_id
    assert house.views.my_referrals(now).lines == ()


def test_people_of_a_closed_agency_are_out_at_once_until_it_is_opened(house: House, cast: Cast, assigned: UUID) -> None:
    token, other = house.people.open_session(cast.yot), house.people.open_session(cast.hospital)
    assert cast.yot.agency_id is not None
    house.staffing.set_agency_active(cast.administrator, cast.yot.agency_id, False)
    assert house.people.person_of(token) is None and house.people.sign_in(cast.yot.email, PASSWORD) is None
    assert house.people.person_of(other) is not None
    assert house.views.case(cast.coordinator, assigned).line.status == "checked"
    with pytest.raises(DeskError):
        house.people.add_person("new@example.org", "New", "referrer", PASSWORD, agency_id=cast.yot.agency_id)
    house.staffing.set_agency_active(cast.administrator, cast.yot.agency_id, True)
    assert house.people.sign_in(cast.yot.email, PASSWORD) is not None


def test_an_agency_is_renamed_everywhere_but_not_to_a_name_that_is_taken(
    house: House, cast: Cast, assigned: UUID
) -> None:
    agency = next(one for one in house.people.agencies() if one.id == cast.yot.agency_id)
    other = next(one for one in house.people.agencies() if one.id == cast.hospital.agency_id)
    with pytest.raises(DeskError, match="already"):
        house.staffing.change_agency(cast.administrator, agency.id, other.name, agency.type)
    house.staffing.change_agency(cast.administrator, agency.id, " Ambleford Youth Justice Service ", "yot")
    assert house.views.case(cast.coordinator, assigned).line.agency_name == "Ambleford Youth Justice Service"


@pytest.mark.parametrize(
    "changed",
    [
        {"role": "referrer", "agency_id": None},
        {"role": "referrer", "agency_id": uuid4()},
        {"role": "coordinator", "agency_id": None, "area": None},
        {"name": " "},
    ],
)
def test_what_does_not_go_together_is_not_changed(house: House, cast: Cast, changed: dict[str, Any]) -> None:
    with pytest.raises(DeskError):
        change(house, cast, cast.yot, **changed)
    assert cast.yot in house.people.people()


def test_nobody_gives_up_their_own_administration(house: House, cast: Cast) -> None:
    with pytest.raises(DeskError):
        change(house, cast, cast.administrator, role="coordinator", area="WM")
    with pytest.raises(DeskError):
        house.staffing.set_active(cast.administrator, cast.administrator.id, False)
    change(house, cast, cast.administrator, name="Adam Heron-Gray")


def test_only_administrators_change_who_works_where_and_it_is_in_the_trail(house: House, cast: Cast) -> None:
    agency, nobody = house.people.agencies()[0], uuid4()
    for person in (cast.yot, cast.coordinator):
        with pytest.raises(NotAllowed):
            house.staffing.change(person, person.id, name="X", role="administrator", agency_id=None, area=None)
        with pytest.raises(NotAllowed):
            house.staffing.set_agency_active(person, agency.id, False)
        with pytest.raises(NotAllowed):
            house.staffing.change_agency(person, agency.id, "X", "yot")
        with pytest.raises(NotAllowed):
            house.staffing.set_active(person, cast.hospital.id, False)
    for missing in (
        lambda: house.staffing.set_active(cast.administrator, nobody, False),
        lambda: house.staffing.set_agency_active(cast.administrator, nobody, False),
        lambda: house.staffing.change_agency(cast.administrator, nobody, "X", "yot"),
        lambda: house.staffing.change(
            cast.administrator, nobody, name="X", role="coordinator", agency_id=None, area="WM"
        ),
    ):
        with pytest.raises(NotFound):
            missing()
    house.staffing.change_agency(cast.administrator, agency.id, "Another name", agency.type)
    house.staffing.set_agency_active(cast.administrator, agency.id, False)
    change(house, cast, cast.coordinator, name="Carol Lark")
    with acting(house.engine, "desk") as connection:
        rows = connection.exec_driver_sql("SELECT kind, who FROM audit ORDER BY number DESC LIMIT 3").all()
        assert [row.kind for row in rows] == ["person_changed", "agency_closed", "agency_changed"]
        assert {row.who for row in rows} == {cast.administrator.id}
        assert house.trail.verify(connection)
