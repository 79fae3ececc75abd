"""The audit trail: whatever is changed, removed, inserted or moved is found, and the application cannot even try."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from house import Cast, form_file, open_as_owner
from sqlalchemy import RowMapping, func, select, text
from sqlalchemy.exc import DBAPIError

from benchmarks.trail import tamper
from intake.cases.reading import ReadingDesk
from intake.errors import NotFound
from intake.house import House
from intake.store.acting import acting
from intake.store.tables import audit, audit_head
from intake.store.trail import WHENCE, Break, Entry


@pytest.fixture
def entries(house: House, cast: Cast, reading: ReadingDesk) -> int:
    for _ in range(4):
        house.desk.receive(cast.yot, "form.pdf", form_file(level_requested="2"))
    while reading.do_next():
        pass
    with acting(house.engine, "desk") as connection:
        found = house.trail.verify(connection)
    assert isinstance(found, int)
    return found


def test_random_tamperings_are_all_found(house: House, entries: int) -> None:
    with open_as_owner(house) as connection:
        for kind, (found, of) in tamper(house.trail, connection, 500, seed=7).items():
            assert found == of > 80, kind
        assert house.trail.verify(connection) == entries


def test_entries_that_change_places_are_found(house: House, entries: int) -> None:
    with open_as_owner(house) as connection:
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE audit SET number = -1 WHERE number = 2"))
        connection.execute(text("UPDATE audit SET number = 2 WHERE number = 3"))
        connection.execute(text("UPDATE audit SET number = 3 WHERE number = -1"))
        found = house.trail.verify(connection)
        connection.rollback()
    assert isinstance(found, Break) and found.number == 2


def test_an_end_cut_off_is_told_by_a_witness(house: House, entries: int) -> None:
    with open_as_owner(house) as connection:
        witness = house.trail.witness(connection)
        assert house.trail.agrees(connection, witness)
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        connection.execute(text("DELETE FROM audit WHERE number > 3"))
        connection.execute(
            text("UPDATE audit_head SET (number, seal) = (SELECT number, seal FROM audit WHERE number = 3)")
        )
        assert house.trail.verify(connection) == 3
        assert not house.trail.agrees(connection, witness)
        for nonsense in ("", "x", "3", "3-", "-", f"99999999999999999999-{witness.partition('-')[2]}"):
            assert not house.trail.agrees(connection, nonsense)
        connection.rollback()


ODD = {
    "b": 1.5,
    "a": ["Zoë \u2028", None, True, {"z": 0.25, "aa": 1e-7, "y": 10**20}],
    "": '"quoted" \\ \n',
    "\U0001f600": {},
    "\uffff": 1,
}


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
        datetime(2026, 3, 1, 9, 30, 0, 500, tzinfo=UTC),
        datetime(2026, 7, 1, 0, 30, 59, 999_999, tzinfo=ZoneInfo("Europe/London")),
        datetime(1, 1, 1, tzinfo=UTC),
    ],
)
def test_a_seal_is_over_the_json_of_all_fields(house: House, at: datetime) -> None:
    """What trails were sealed by from the first on, so that an old one still verifies."""
    WHENCE.set(None)
    who, what = UUID(int=7), "Said “yes”\tto Zoë."
    entry = Entry(at=at, who=who, referral_id=None, kind="seen", what=what, facts=ODD)
    with acting(house.engine, "door") as connection:
        before = connection.execute(select(audit_head)).one()
        house.trail.append(connection, [entry])
    with acting(house.engine, "desk") as connection:
        row = connection.execute(select(audit).order_by(audit.c.number.desc()).limit(1)).one()
        assert isinstance(house.trail.verify(connection), int)
    fields = [row.number, at.astimezone(UTC).isoformat(), str(who), "None", "seen", what, ODD]
    content = before.seal + json.dumps(fields, sort_keys=True).encode()
    assert row.seal == hmac.digest(house.trail._key, content, "sha256")


def looks_at(house: House, kind: str) -> list[RowMapping]:
    with acting(house.engine, "desk") as connection:
        return list(connection.execute(select(audit).where(audit.c.kind == kind).order_by(audit.c.number)).mappings())


def test_every_look_is_written_down_with_who_and_whence(house: House, cast: Cast, reading: ReadingDesk) -> None:
    receipt = house.desk.receive(cast.yot, "form.pdf", form_file(person__family_name="Quillfeather"))
    while reading.do_next():
        pass
    WHENCE.set("10.1.2.3")
    try:
        house.views.queue(cast.coordinator)
        house.searching.find(cast.coordinator, "Quillfeather")
        house.views.case(cast.coordinator, receipt.referral_id)
        for _ in range(2):
            house.views.page_picture(cast.coordinator, receipt.referral_id, 1)
        house.views.page_picture(cast.yot, receipt.referral_id, 1)
        house.views.original(cast.coordinator, receipt.referral_id)
        house.views.same_person(cast.coordinator, receipt.referral_id)
    finally:
        WHENCE.set(None)
    for kind in ("seen", "downloaded", "compared"):
        (look,) = looks_at(house, kind)
        assert (look["who"], look["referral_id"]) == (cast.coordinator.id, receipt.referral_id)
        assert look["facts"]["from"] == "10.1.2.3"
    for kind in ("listed", "searched"):
        (look,) = looks_at(house, kind)
        assert look["who"] == cast.coordinator.id and look["facts"]["referrals"] == [str(receipt.referral_id)]
    # Pages show victims, which the case page does not: looking at them is a look of its own, several pages soon after each other one.
    pages = looks_at(house, "page_seen")
    assert [(look["who"], look["facts"]["page"]) for look in pages] == [(cast.coordinator.id, 1), (cast.yot.id, 1)]
    shown = house.views.case(cast.yot, receipt.referral_id)
    assert [(one.who, one.kind) for one in shown.looks] == [
        (cast.coordinator.name, "compared"),
        (cast.coordinator.name, "downloaded"),
        (cast.yot.name, "page_seen"),
        (cast.coordinator.name, "page_seen"),
        (cast.coordinator.name, "seen"),
    ]
    assert not {"seen", "downloaded"} & {event.kind for event in shown.history}


def test_the_trail_of_a_referral_can_be_exported(house: House, cast: Cast, reading: ReadingDesk) -> None:
    wanted, other = (house.desk.receive(cast.yot, "form.pdf", form_file()) for _ in range(2))
    while reading.do_next():
        pass
    house.views.queue(cast.coordinator)
    house.views.case(cast.coordinator, other.referral_id)
    house.views.case(cast.coordinator, wanted.referral_id)
    told = [(line.who, line.kind) for line in house.looks.trail_of(wanted.reference)]
    assert told[0] == (cast.yot.name, "received") and told[-2:] == [
        (cast.coordinator.name, "listed"),
        (cast.coordinator.name, "seen"),
    ]
    assert house.looks.trail_of(wanted.reference)[-1].kind == "trail_exported"
    with pytest.raises(NotFound):
        house.looks.trail_of("WM-1999-000001")


def test_a_look_that_is_denied_shows_nothing_and_writes_nothing(house: House, cast: Cast) -> None:
    receipt = house.desk.receive(cast.yot, "form.pdf", form_file())
    with pytest.raises(NotFound):
        house.views.case(cast.hospital, receipt.referral_id)
    with pytest.raises(NotFound):
        house.views.original(cast.hospital, receipt.referral_id)
    assert not looks_at(house, "seen") and not looks_at(house, "downloaded")


def test_the_application_can_neither_change_nor_remove_an_entry(house: House, entries: int) -> None:
    for forbidden in ("UPDATE audit SET what = ''", "DELETE FROM audit", "TRUNCATE audit", "DROP TABLE audit"):
        with pytest.raises(DBAPIError), acting(house.engine, "desk") as connection:
            connection.execute(text(forbidden))


def test_not_even_the_owner_of_the_tables_can_by_the_way(house: House, entries: int) -> None:
    for forbidden in ("UPDATE audit SET what = ''", "DELETE FROM audit", "TRUNCATE audit"):
        with open_as_owner(house) as connection:
            with pytest.raises(DBAPIError, match="append-only"):
                connection.execute(text(forbidden))
            connection.rollback()


def test_what_fails_leaves_no_entry(house: House, cast: Cast, entries: int) -> None:
    house.desk._reception._ledger.enter = None  # type: ignore[method-assign, assignment]
    with pytest.raises(TypeError):
        house.desk.receive(cast.yot, "form.pdf", form_file())
    with acting(house.engine, "desk") as connection:
        assert house.trail.verify(connection) == entries
        assert connection.scalar(select(func.count()).select_from(audit)) == entries
