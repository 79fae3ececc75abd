"""A restricted case is there for the people named and for nobody else: in no list, number, search, comparison or row."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from house import PASSWORD, Cast, form_file, open_as_owner, several_forms
from sqlalchemy import text

from intake.cases.reading import ReadingDesk
from intake.errors import NotAllowed, NotFound, NotNow
from intake.house import House
from intake.mail.outbox import Outbox
from intake.models import Person
from intake.store.acting import acting

WHO = {
    "level_requested": "2",
    "category": ["2"],
    "person__family_name": "Quillfeather",
    "person__given_names": "Tobias",
    "person__date_of_birth": "2010-04-02",
}


@pytest.fixture
def deputy(house: House, cast: Cast) -> Person:
    """Another coordinator of the area."""
    return house.people.add_person("deputy@example.org", "Dora Finch", "coordinator", PASSWORD, area="WM")


@pytest.fixture
def colleague(house: House, cast: Cast) -> Person:
    """Another referrer of the youth offending team."""
    agency = cast.yot.agency_id
    return house.people.add_person("tern@example.org", "Gil Tern", "referrer", PASSWORD, agency_id=agency)


@pytest.fixture
def bring(house: House, cast: Cast, reading: ReadingDesk) -> Callable[..., UUID]:
    def bring(sender: Person = cast.yot) -> UUID:
        one = house.desk.receive(sender, "form.pdf", form_file(**WHO)).referral_id
        while reading.do_next():
            pass
        return one

    return bring


def seen_by(house: House, person: Person) -> tuple[set[UUID], dict[str, int]]:
    """What lists show somebody, and the numbers on the shelves."""
    shown = house.views.queue(person, "all", size=1000)
    mine = house.views.my_referrals(person, size=1000)
    assert {line.id for line in mine.lines} == {line.id for line in shown.lines}
    return {line.id for line in shown.lines}, dict(shown.counts)


def test_a_case_whose_last_named_coordinator_leaves_raises_an_alarm_until_one_is_back(
    house: House, cast: Cast, deputy: Person, bring: Callable[..., UUID]
) -> None:
    hidden = bring()
    assert house.desk.restrict(deputy, hidden, {deputy.id, cast.yot.id}, "The coordinator's aunt.") is None
    assert house.reconciler.compare().differences == ()
    for closed in (True, False):
        house.staffing.set_active(cast.administrator, deputy.id, not closed)
        told = [(one.code, one.ids) for one in house.reconciler.compare().differences]
        assert told == ([("restricted_to_nobody", (str(hidden),))] if closed else [])
    house.staffing.change(cast.administrator, deputy.id, name="Dora", role="coordinator", agency_id=None, area="NW")
    assert [one.code for one in house.reconciler.compare().differences] == ["restricted_to_nobody"]


def test_to_all_but_the_named_the_case_is_not_there(
    house: House, cast: Cast, deputy: Person, colleague: Person, bring: Callable[..., UUID]
) -> None:
    hidden, open_one = bring(), bring()
    before = {person.id: seen_by(house, person)[1] for person in (cast.coordinator, cast.yot)}
    assert (
        house.desk.restrict(cast.coordinator, hidden, {cast.coordinator.id, cast.yot.id}, "His aunt works here.")
        is None
    )
    for person in (cast.coordinator, cast.yot):
        assert seen_by(house, person) == ({hidden, open_one}, before[person.id])
        assert house.views.case(person, hidden).line.subject == "QUILLFEATHER, Tobias"
    for person in (deputy, colleague, cast.manager):
        shown, counts = seen_by(house, person)
        assert shown == {open_one} and (counts["open"], counts["all"], counts["nobodys"]) == (1, 1, 1)
        for look in (house.views.case, house.views.progress, house.views.original):
            with pytest.raises(NotFound):
                look(person, hidden)
        with pytest.raises(NotFound):
            house.views.page_picture(person, hidden, 1)
    assert [line.id for line in house.searching.find(deputy, "Quillfeather").lines] == [open_one]
    assert {line.id for line in house.searching.find(cast.coordinator, "Quillfeather").lines} == {hidden, open_one}
    assert house.views.same_person(deputy, open_one).here == ()
    assert [alike.line.id for alike in house.views.same_person(cast.coordinator, open_one).here] == [hidden]
    assert house.reconciler.compare().differences == ()


def test_no_order_reaches_it_either(
    house: House, cast: Cast, deputy: Person, colleague: Person, bring: Callable[..., UUID]
) -> None:
    hidden = bring()
    house.desk.restrict(cast.coordinator, hidden, {cast.coordinator.id, cast.yot.id}, "His aunt works here.")
    for order in (
        lambda: house.desk.assign(deputy, hidden, None),
        lambda: house.desk.restrict(deputy, hidden, {deputy.id}, "Let me see."),
        lambda: house.desk.lift_restriction(deputy, hidden),
        lambda: house.desk.withdraw(colleague, hidden, "Sent twice."),
        lambda: house.desk.add_document(colleague, hidden, "a.docx", b"a letter"),
    ):
        with pytest.raises(NotFound):
            order()
    for person in (cast.yot, cast.administrator, cast.auditor):
        with pytest.raises(NotAllowed):
            house.desk.restrict(person, hidden, {person.id}, "Why not.")


def test_raw_sql_finds_no_row_of_it(house: House, cast: Cast, deputy: Person, bring: Callable[..., UUID]) -> None:
    hidden = bring()
    house.desk.restrict(cast.coordinator, hidden, {cast.coordinator.id}, "His aunt works here.")
    tables = (
        "documents",
        "page_pictures",
        "readings",
        "assessments",
        "clarifications",
        "search_tokens",
        "person_traces",
        "jobs",
        "messages",
        "audit",
        "restrictions",
        "restricted_to",
    )
    for person, some in ((cast.coordinator, True), (deputy, False), (cast.yot, False)):
        with acting(house.engine, person) as connection:
            for table in tables:
                about = text(
                    f"SELECT count(*) FROM {table} WHERE referral_id = :id AND {'who <> :me' if table == 'audit' else 'true'}"
                )
                found = connection.scalar(about, {"id": hidden, "me": person.id})
                assert not found or some, (person.name, table)
            assert connection.scalar(text("SELECT count(*) FROM referrals WHERE id = :id"), {"id": hidden}) == int(some)


def test_another_area_is_not_told_of_it(
    house: House, cast: Cast, bring: Callable[..., UUID], reading: ReadingDesk
) -> None:
    trust = house.people.add_agency("Northwick Trust", "mental_health", "NW")
    north = house.people.add_person("north@example.org", "Nora Lark", "referrer", PASSWORD, agency_id=trust.id)
    theirs, hidden = bring(north), bring()
    assert house.views.same_person(cast.other_coordinator, theirs).elsewhere == ("WM",)
    house.desk.restrict(cast.coordinator, hidden, {cast.coordinator.id}, "His aunt works here.")
    assert house.views.same_person(cast.other_coordinator, theirs).elsewhere == ()


def test_what_makes_no_sense_is_said_and_changes_nothing(
    house: House, cast: Cast, deputy: Person, bring: Callable[..., UUID]
) -> None:
    one, me = bring(), cast.coordinator.id
    for named, why, words in (
        ({me}, "  ", "Say why"),
        ({deputy.id}, "A reason.", "Name yourself"),
        (set[UUID](), "A reason.", "Name yourself"),
        ({me, cast.hospital.id}, "A reason.", "Choose among"),
        ({me, cast.other_coordinator.id}, "A reason.", "Choose among"),
        ({me, cast.administrator.id}, "A reason.", "Choose among"),
        ({me, uuid4()}, "A reason.", "Choose among"),
    ):
        assert words in str(house.desk.restrict(cast.coordinator, one, named, why))
    assert house.views.case(deputy, one).restriction is None


def test_it_is_assigned_to_the_named_only_and_given_back_by_the_others(
    house: House, cast: Cast, deputy: Person, bring: Callable[..., UUID]
) -> None:
    one = bring()
    house.desk.assign(cast.coordinator, one, deputy.id)
    house.desk.restrict(cast.coordinator, one, {cast.coordinator.id}, "His aunt works here.")
    assert house.views.case(cast.coordinator, one).line.assigned_to is None
    with pytest.raises(NotNow, match="name the coordinator first"):
        house.desk.assign(cast.coordinator, one, deputy.id)
    house.desk.restrict(cast.coordinator, one, {cast.coordinator.id, deputy.id}, "His aunt works here.")
    house.desk.assign(deputy, one, deputy.id)
    assert house.views.case(deputy, one).line.assigned_to == "Dora Finch"


def test_reason_and_names_are_on_the_case_and_in_the_trail_and_lifting_opens_it_again(
    house: House, cast: Cast, deputy: Person, bring: Callable[..., UUID]
) -> None:
    one = bring()
    house.desk.restrict(cast.coordinator, one, {cast.coordinator.id, cast.yot.id}, "His aunt works here.")
    case = house.views.case(cast.yot, one)
    assert case.restriction is not None and case.restriction.why == "His aunt works here."
    assert set(case.restriction.people.values()) == {"Carol Finch", "Yvonne Otter"}
    with open_as_owner(house) as connection:
        kept = connection.execute(text("SELECT * FROM restrictions")).all()
        assert "aunt" not in str(
            [bytes(value) if isinstance(value, memoryview) else value for row in kept for value in row]
        )
    house.desk.lift_restriction(cast.coordinator, one)
    assert house.views.case(deputy, one).restriction is None
    kinds = [event.kind for event in house.views.case(deputy, one).history]
    assert kinds[-2:] == ["restricted", "restriction_lifted"]
    assert seen_by(house, deputy)[1]["all"] == 1 and house.reconciler.compare().differences == ()


def test_further_forms_of_the_same_mail_are_restricted_with_it(
    house: House, cast: Cast, deputy: Person, reading: ReadingDesk
) -> None:
    one = house.desk.receive(cast.yot, "mail.eml", several_forms(form_file(), form_file("H"))).referral_id
    house.desk.restrict(cast.coordinator, one, {cast.coordinator.id}, "His aunt works here.")
    assert reading.do_next()
    assert seen_by(house, deputy) == (set(), {**seen_by(house, deputy)[1], "all": 0})
    mine, _ = seen_by(house, cast.coordinator)
    assert len(mine) == 2
    assert all(house.views.case(cast.coordinator, each).restriction for each in mine)
    assert house.reconciler.compare().differences == ()


def test_nobody_but_the_named_hears_of_it_by_mail(
    house: House, cast: Cast, deputy: Person, colleague: Person, bring: Callable[..., UUID]
) -> None:
    one = bring(colleague)
    house.desk.restrict(cast.coordinator, one, {cast.coordinator.id, cast.yot.id}, "His aunt works here.")
    with acting(house.engine, "desk") as connection:
        connection.execute(
            text(
                "INSERT INTO messages (id, referral_id, kind, to_area, state, created_at)"
                " SELECT gen_random_uuid(), :referral, 'withdrawn', 'WM', 'waiting', created_at FROM messages LIMIT 1"
            ),
            {"referral": one},
        )
    assert Outbox(house.engine, house.clock).address() >= 2
    with open_as_owner(house) as connection:
        told = set(connection.scalars(text("SELECT person_id FROM mails")))
    assert told == {cast.coordinator.id, cast.yot.id}
