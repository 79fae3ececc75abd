"""Raw SQL under the application's role finds no row outside the reach of whoever acts, in any table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from uuid import uuid4

import pytest
from authenticator import App
from house import PASSWORD, Cast, form_file, open_as_owner
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from intake.cases.reading import ReadingDesk
from intake.house import House
from intake.mail.incoming import Incoming
from intake.mail.outbox import Outbox
from intake.mail.wordings import Wording
from intake.models import DecisionDraft, Person, RawAnswer, ReviewDraft
from intake.panels.calendar import PanelRule
from intake.store.acting import acting, as_desk
from intake.systems.deliveries import Deliveries
from intake.systems.once import Given, Once

OWN_CASES = """SELECT id FROM referrals WHERE (:role IN ('referrer', 'agency_manager') AND agency_id = :agency
    OR :role = 'coordinator' AND area = :area)
    AND (NOT restricted OR id IN (SELECT referral_id FROM restricted_to WHERE person_id = :id))"""
HOME = "SELECT coalesce(:area, (SELECT area FROM agencies WHERE id = :agency))"
IS_ADMINISTRATOR = ":role = 'administrator'"
OF_A_CASE = f"referral_id IN ({OWN_CASES})"
UPKEEP = f"{IS_ADMINISTRATOR} OR {OF_A_CASE}"
COORDINATED = f"{IS_ADMINISTRATOR} OR :role = 'coordinator' AND {OF_A_CASE}"
OF_AN_AREA = f"{IS_ADMINISTRATOR} OR area = ({HOME})"

ALLOWED = {
    # An administrator keeps the service going: lines, jobs and settings, but nothing of what a form says.
    "referrals": f"{IS_ADMINISTRATOR} OR id IN ({OWN_CASES})",
    "tallies": f"{IS_ADMINISTRATOR} OR :role IN ('referrer', 'agency_manager') AND agency_id = :agency OR :role = 'coordinator' AND area = :area",
    "jobs": UPKEEP,
    "messages": UPKEEP,
    "mails": f"""{IS_ADMINISTRATOR} OR id IN (SELECT mail_id FROM mail_contents, messages WHERE message_id = messages.id
        AND {OF_A_CASE}) OR incoming_id IN (SELECT id FROM incoming WHERE :role = 'coordinator' AND area = :area)""",
    "mail_contents": f"{IS_ADMINISTRATOR} OR message_id IN (SELECT id FROM messages WHERE {OF_A_CASE})",
    "wordings": OF_AN_AREA,
    "mail_senders": OF_AN_AREA,
    "incoming": ":role = 'coordinator' AND area = :area",
    "mail_choices": f"{IS_ADMINISTRATOR} OR person_id = :id",
    "post": IS_ADMINISTRATOR,
    "reviews": f":role = 'coordinator' AND {OF_A_CASE}",
    "answer_links": f":role = 'coordinator' AND {OF_A_CASE}",
    "documents": OF_A_CASE,
    "page_pictures": OF_A_CASE,
    "readings": OF_A_CASE,
    "entries": OF_A_CASE,
    "assessments": OF_A_CASE,
    "clarifications": OF_A_CASE,
    "decisions": OF_A_CASE,
    "search_tokens": OF_A_CASE,
    "person_traces": OF_A_CASE,
    "decision_drafts": f":role = 'coordinator' AND {OF_A_CASE}",
    "reopenings": f"decision_id IN (SELECT id FROM decisions WHERE {OF_A_CASE})",
    "audit": f"{OF_A_CASE} OR who = :id OR {IS_ADMINISTRATOR} AND referral_id IS NULL OR :role = 'auditor'",
    "agencies": OF_AN_AREA,
    "closures": OF_AN_AREA,
    "clock_settings": OF_AN_AREA,
    "panels": OF_AN_AREA,
    "local_labels": OF_AN_AREA,
    "reference_counters": OF_AN_AREA,
    "restrictions": OF_A_CASE,
    "retention_periods": OF_AN_AREA,
    "holds": COORDINATED,
    "erasure_notices": COORDINATED,
    "erasures": UPKEEP,
    "restricted_to": "person_id = :id",
    "people": f"""{IS_ADMINISTRATOR} OR id = :id OR :role = 'coordinator' AND area = :area
        OR :role = 'agency_manager' AND agency_id = :agency""",
    "sessions": f"{IS_ADMINISTRATOR} OR person_id = :id",
    "searches": "person_id = :id",
    "sign_in_failures": "false",
    "second_factors": "false",
    "recovery_codes": "false",
    "security_keys": "false",
    "second_step_roles": IS_ADMINISTRATOR,
    "tokens": IS_ADMINISTRATOR,
    "given_answers": "person_id = :id",
    "sign_on_groups": IS_ADMINISTRATOR,
    "sign_ons": "false",
    "webhooks": f"{IS_ADMINISTRATOR} OR person_id = :id",
    "deliveries": f"{IS_ADMINISTRATOR} OR webhook_id IN (SELECT id FROM webhooks WHERE person_id = :id)",
    "reconciliation": IS_ADMINISTRATOR,
}
"""Which rows of a table a person may be shown, said by the owner of the tables and not by their policies."""
SHARED = {
    "alembic_version": "the edition of the tables",
    "audit_head": "where the trail ends: every writer goes on from it",
    "keys": "keys of the service, wrapped by the master key",
    "least_edition": "the programmes that fit the tables",
}
"""Tables whose rows belong to nobody, and what they hold."""


@pytest.fixture
def peopled(house: House, cast: Cast, reading: ReadingDesk) -> Iterator[tuple[House, tuple[Person, ...]]]:
    """A desk with rows of two areas and three agencies in every table."""
    trust = house.people.add_agency("Northwick Trust", "mental_health", "NW")
    north = house.people.add_person("north@example.org", "Nora Lark", "referrer", PASSWORD, agency_id=trust.id)
    systems = [_system(house, cast, person) for person in (cast.yot, cast.other_coordinator)]
    for sender, coordinator in (
        (cast.yot, cast.coordinator),
        (cast.hospital, cast.coordinator),
        (north, cast.other_coordinator),
    ):
        _through_the_desk(house, reading, sender, coordinator)
    for area in ("WM", "NW"):
        house.desk.close_day(cast.administrator, area, date(2026, 12, 24), "Christmas Eve")
        house.desk.count_days(cast.administrator, area, "working", 9)
        rule = PanelRule(kind="level_2", district="", first=date(2026, 12, 1), starts=time(10), weeks=None, until=None)
        house.panels.add(cast.administrator, area, rule)
        with acting(house.engine, cast.administrator) as connection:
            connection.execute(
                text("INSERT INTO local_labels VALUES (gen_random_uuid(), :area, 'A', 'risks', 'Dangers', :by, now())"),
                {"area": area, "by": cast.administrator.id},
            )
        house.retention.set_periods(cast.administrator, area, {"refused": 3})
        house.wordings.change(cast.administrator, area, "receipt", Wording(subject="Received", body="((link))"))
        mail = f"From: somebody@{area}.example.org\r\n\r\nhello".encode()
        desk = Incoming(
            house.engine, house.vault, house.registry.index, house.trail, house.clock, house.people, house.desk, area
        )
        desk.take(mail, len(mail))
    agencies = {agency.area: agency.id for agency in house.people.agencies()}
    for area, agency_id in agencies.items():
        assert house.senders.add(cast.administrator, area, f"@{area}.example.org", agency_id) == {}
    for person in (cast.yot, cast.coordinator):
        house.correspondence.choose(person, "digest")
    while Outbox(house.engine, house.clock).address():
        pass
    for sender in (cast.hospital, north):
        (one,) = (line.id for line in house.views.queue(sender, "all").lines)
        house.answer_links.token_for(uuid4(), sender.id, one)
    house.people.sign_in("nobody@example.org", "a wrong password")
    restricted = house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    reading.do_next()
    deputy = house.people.add_person("deputy@example.org", "Dora Finch", "coordinator", PASSWORD, area="WM")
    assert house.desk.restrict(deputy, restricted, {deputy.id}, "A colleague's brother.") is None
    for person in (cast.yot, cast.coordinator):
        once = Once(
            house.engine, house.registry.index, house.systems_secret, house.clock, person, "a key", b"a request"
        )
        with acting(house.engine, person) as connection:
            once.keep(connection, Given(status=200, content="{}"))
    house.groups.add(cast.administrator, "mappa-wm", "coordinator", None, "WM")
    with acting(house.engine, "door") as connection:
        connection.execute(text("INSERT INTO sign_ons VALUES ('token', now(), 'sealed')"))
        key = "INSERT INTO security_keys VALUES (gen_random_uuid(), :id, 'Red key', 'id', 'public', 0, now(), now())"
        connection.execute(text(key), {"id": cast.yot.id})
    with open_as_owner(house) as connection:
        for table in ("erasure_notices (referral_id, rule, announced_at, erase_on) SELECT id, 'refused', now(), now()",
                      "erasures (referral_id, rule, at, removed) SELECT id, 'refused', now(), '{}'"):  # fmt: skip
            connection.execute(text(f"INSERT INTO {table} FROM referrals"))
    assert Deliveries(house.engine, house.clock).address()
    app = App(house.second_step.begin(north))
    assert house.second_step.confirm(north, app.code(house.clock.now()))
    others = (cast.manager, cast.coordinator, cast.other_coordinator, cast.administrator, cast.auditor)
    yield house, (cast.yot, cast.hospital, north, systems[0], *others)


def _system(house: House, cast: Cast, person: Person) -> Person:
    """A case system with somebody's reach, a token and a webhook."""
    system = house.systems.add(cast.administrator, "Careworks", agency_id=person.agency_id, area=person.area)
    house.systems.issue(cast.administrator, system.id, ["webhooks"], 30)
    house.webhooks.add(system, system.id, "https://example.org/", ["received"])
    return system


def _through_the_desk(house: House, reading: ReadingDesk, sender: Person, coordinator: Person) -> None:
    form = form_file(
        person__family_name="Quillfeather", person__given_names="Tobias", level_requested="2", category=["2"]
    )
    referral_id = house.desk.receive(sender, "form.pdf", form).referral_id
    while reading.do_next():
        pass
    question = next(one for one in house.views.case(sender, referral_id).clarifications if one.open)
    house.desk.answer(sender, referral_id, {question.id: RawAnswer(not_known_reason="Nobody has said so.")})
    house.searching.keep(coordinator, "Quillfeather")
    assert house.retention.hold(coordinator, referral_id, "An inquiry.") is None
    house.people.open_session(sender)
    decision = DecisionDraft(
        version=house.views.case(coordinator, referral_id).line.version,
        outcome="accepted_level_2",
        category="2",
        panel_date=date(2026, 12, 15),
        reasons="Several agencies are needed.",
    )
    assert house.desk.decide(coordinator, referral_id, decision) == {}
    review = ReviewDraft(held_on=date(2026, 11, 20), outcome="kept", words="As before.")
    assert house.desk.review(coordinator, referral_id, review) == {}
    house.desk.reopen(coordinator, referral_id, "New facts have come in.")
    house.desk.keep_decision_draft(coordinator, referral_id, {"reasons": "Not yet."})


def facts(person: Person) -> dict[str, object]:
    return {"id": person.id, "role": person.role, "agency": person.agency_id, "area": person.area}


def rows_of(connection: Connection, table: str, condition: str = "true", **values: object) -> set[str]:
    typed = condition.replace(":area", "CAST(:area AS text)").replace(":agency", "CAST(:agency AS uuid)")
    return set(connection.scalars(text(f"SELECT ctid::text FROM {table} WHERE {typed}"), values))


def test_every_table_is_either_guarded_or_nobodys(house: House) -> None:
    with open_as_owner(house) as connection:
        tables = set(inspect(connection).get_table_names())
        guarded = set(connection.scalars(text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity")))
    assert set(ALLOWED) | set(SHARED) == tables, "say here who may see the rows of a new table, and give it a policy"
    assert set(ALLOWED) <= guarded


def test_raw_sql_finds_no_foreign_row_and_all_own_ones(peopled: tuple[House, tuple[Person, ...]]) -> None:
    house, everybody = peopled
    for table, condition in ALLOWED.items():
        foreign = 0
        for person in everybody:
            with open_as_owner(house) as connection:
                everything = rows_of(connection, table)
                allowed = rows_of(connection, table, condition, **facts(person))
            with acting(house.engine, person) as connection:
                seen = rows_of(connection, table)
            assert seen == allowed, f"{person.role} {person.name} in {table}"
            foreign += len(everything - allowed)
        assert foreign, f"the test has nothing to hide in {table}"


def test_foreign_rows_can_be_neither_changed_nor_deleted(peopled: tuple[House, tuple[Person, ...]]) -> None:
    house, everybody = peopled
    for person in everybody:
        for table, condition in ALLOWED.items():
            columns = [column["name"] for column in inspect(house.engine).get_columns(table)]
            for order in (f"DELETE FROM {table}", f'UPDATE {table} SET "{columns[-1]}" = "{columns[-1]}"'):
                typed = f"{condition}".replace(":area", "CAST(:area AS text)").replace(
                    ":agency", "CAST(:agency AS uuid)"
                )
                with open_as_owner(house) as owner:
                    foreign = owner.execute(
                        text(f"SELECT count(*) FROM {table} WHERE ({typed}) IS NOT TRUE"), facts(person)
                    ).scalar_one()
                    everything = owner.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
                try:
                    with acting(house.engine, person) as connection:
                        touched = connection.execute(text(order)).rowcount
                        connection.rollback()
                except DBAPIError:
                    continue  # not even a right to the table, or a row that others hold on to
                assert touched <= everything - foreign


def test_where_nobody_acts_nothing_is_found(peopled: tuple[House, tuple[Person, ...]]) -> None:
    house, _ = peopled
    for table in ALLOWED:
        with house.engine.connect() as connection, pytest.raises(ProgrammingError, match="nobody acts"):
            rows_of(connection, table)


def test_who_acted_before_on_a_connection_acts_no_longer(house: House, cast: Cast) -> None:
    with acting(house.engine, cast.coordinator) as connection:
        assert connection.scalar(text("SELECT acting_area()")) == "WM"
    with house.engine.connect() as connection, pytest.raises(ProgrammingError, match="nobody acts"):
        connection.execute(text("SELECT acting_area()"))


def test_a_closed_account_sees_nothing(peopled: tuple[House, tuple[Person, ...]], cast: Cast) -> None:
    house, _ = peopled
    with open_as_owner(house) as connection:
        connection.execute(text("UPDATE people SET active = false WHERE id = :id"), {"id": cast.coordinator.id})
    with acting(house.engine, cast.coordinator) as connection:
        assert rows_of(connection, "referrals") == set()
        assert rows_of(connection, "documents") == set()


def test_the_services_parts_see_no_more_than_their_work_needs(peopled: tuple[House, tuple[Person, ...]]) -> None:
    house, _ = peopled
    with acting(house.engine, "desk") as connection:
        assert all(
            not rows_of(connection, table)
            for table in ("people", "sessions", "sign_in_failures", "searches", "second_factors", "recovery_codes")
        )
        assert rows_of(connection, "documents")
    with acting(house.engine, "door") as connection:
        hidden = ("referrals", "documents", "readings", "entries", "decisions", "search_tokens", "audit", "tallies")
        assert all(not rows_of(connection, table) for table in hidden)
        assert rows_of(connection, "people")


def test_nobody_writes_in_the_trail_in_anothers_name(house: House, cast: Cast) -> None:
    entry = "INSERT INTO audit VALUES (1000000, now(), :who, NULL, 'read', 'x', '{}', '\\x00')"
    with pytest.raises(ProgrammingError, match="row-level security"), acting(house.engine, cast.yot) as connection:
        connection.execute(text(entry), {"who": cast.coordinator.id})
    with pytest.raises(ProgrammingError, match="row-level security"), acting(house.engine, "desk") as connection:
        connection.execute(text(entry), {"who": cast.coordinator.id})


def test_the_desk_hands_back_to_the_person(peopled: tuple[House, tuple[Person, ...]], cast: Cast) -> None:
    house, _ = peopled
    with acting(house.engine, cast.yot) as connection:
        own = rows_of(connection, "referrals")
        with as_desk(connection):
            assert len(rows_of(connection, "referrals")) == 4
        assert rows_of(connection, "referrals") == own and len(own) == 1


def test_the_applications_role_cannot_go_round_the_policies(house: House) -> None:
    with open_as_owner(house) as connection:
        role = connection.execute(
            text("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = 'mappa_app'")
        ).one()
        owned = connection.scalars(
            text("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = 'mappa_app'")
        ).all()
    assert tuple(role) == (False, False, False) and owned == []
    orders = (
        "SET row_security = off; SELECT * FROM referrals",
        "ALTER TABLE referrals DISABLE ROW LEVEL SECURITY",
        "DROP POLICY reach ON referrals",
        "CREATE OR REPLACE FUNCTION acting_reach() RETURNS text LANGUAGE sql AS $$ SELECT 'desk' $$",
        "SET SESSION AUTHORIZATION postgres",
        "UPDATE tallies SET number = 0",
        "DELETE FROM audit",
    )
    for order in orders:
        with pytest.raises(DBAPIError), house.engine.begin() as connection:
            connection.execute(text(order))
