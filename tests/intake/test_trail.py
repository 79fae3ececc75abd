"""The audit trail: whatever is changed, removed, inserted or moved is found, and the application cannot even try."""

from __future__ import annotations

import random

import pytest
from house import Cast, form_file, open_as_owner
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from intake.acting import acting
from intake.house import House
from intake.reading import ReadingDesk
from intake.tables import audit
from intake.trail import Break


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


CHANGES = (
    "UPDATE audit SET what = what || '.' WHERE number = :n",
    "UPDATE audit SET at = at + interval '1 microsecond' WHERE number = :n",
    "UPDATE audit SET who = gen_random_uuid() WHERE number = :n",
    "UPDATE audit SET who = NULL, referral_id = gen_random_uuid() WHERE number = :n",
    "UPDATE audit SET kind = kind || 'x' WHERE number = :n",
    """UPDATE audit SET facts = facts || '{"a": 1}' WHERE number = :n""",
    "UPDATE audit SET seal = sha256(seal) WHERE number = :n",
    "DELETE FROM audit WHERE number = :n",
    "DELETE FROM audit WHERE number >= :n",
    "UPDATE audit SET number = -number WHERE number = :n",
    "INSERT INTO audit SELECT (SELECT max(number) + 1 FROM audit), at, who, referral_id, kind, what, facts, seal FROM audit WHERE number = :n",
    "UPDATE audit_head SET number = number - 1 WHERE :n > 0",
)


def tamper(connection: Connection, change: str, number: int) -> None:
    connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
    connection.execute(text(change), {"n": number})


def test_every_kind_of_tampering_is_found(house: House, entries: int) -> None:
    chance = random.Random(1)
    for change in CHANGES:
        for _ in range(5):
            with open_as_owner(house) as connection:
                tamper(connection, change, chance.randint(1, entries))
                assert isinstance(house.trail.verify(connection), Break), change
                connection.rollback()


def test_entries_that_change_places_are_found(house: House, entries: int) -> None:
    with open_as_owner(house) as connection:
        tamper(connection, "UPDATE audit SET number = -1 WHERE number = :n", 2)
        connection.execute(text("UPDATE audit SET number = 2 WHERE number = 3"))
        connection.execute(text("UPDATE audit SET number = 3 WHERE number = -1"))
        found = house.trail.verify(connection)
        connection.rollback()
    assert isinstance(found, Break) and found.number == 2


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
