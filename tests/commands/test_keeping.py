"""Backup and restore: one command each, the same desk afterwards, and nothing in the file for who lacks the master key."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from house import MASTER_KEY, Cast, Servers, SetClock, form_file, open_as_owner
from psycopg import sql
from sqlalchemy import text

from intake.cases.reading import ReadingDesk
from intake.embedded.servers import DATABASE, OWNER
from intake.errors import Erased
from intake.house import House, open_house
from intake.settings import Settings
from intake.store.acting import acting
from web.cli import main


def command(settings: Settings, *arguments: str, key: str = MASTER_KEY) -> Result:
    environment = {
        "DATABASE_URL": settings.database_url or "",
        "DATABASE_OWNER_URL": settings.owner_url or "",
        "REDIS_URL": settings.redis_url or "",
        "MAPPA_MASTER_KEY": key,
        "MAPPA_DATA": str(settings.data),
    }
    return CliRunner().invoke(main, arguments, env=environment)


@pytest.fixture
def empty(servers: Servers, settings: Settings) -> Iterator[Settings]:
    """Settings of another desk, whose database has nothing in it at all."""
    name = f"e{os.urandom(6).hex()}"
    with psycopg.connect(servers.admin, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                sql.Identifier(name), sql.Identifier(OWNER)
            )
        )
    swap = {
        field: getattr(servers, field).replace(f"@/{DATABASE}?", f"@/{name}?")
        for field in ("database_url", "owner_url")
    }
    made = settings.model_copy(update=swap)
    yield made
    servers.drop(made.database_url or "")


@pytest.fixture
def busy(house: House, cast: Cast, reading: ReadingDesk) -> House:
    """A desk with a form that was read, one that waits and one that was refused."""
    house.desk.receive(cast.yot, "form.pdf", form_file(person__family_name="Quillfeather"))
    house.desk.receive(cast.hospital, "letter.pdf", b"no form")
    while reading.do_next():
        pass
    house.desk.receive(cast.yot, "form.pdf", form_file())
    house.people.open_session(cast.coordinator)
    return house


def test_a_desk_comes_back_whole_from_one_file(
    busy: House, cast: Cast, settings: Settings, empty: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "desk.backup"
    done = command(settings, "backup", str(file))
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and list(tmp_path.glob("desk*")) == [file]
    held = file.read_bytes()
    assert b"Quillfeather" not in held and b"QUILLFEATHER" not in held
    assert MASTER_KEY.encode() not in held and bytes.fromhex(MASTER_KEY) not in held
    back = command(empty, "restore", str(file))
    assert back.exit_code == 0, back.output
    assert "are as they were written" in back.output and "3 referrals, 3 documents" in back.output
    assert "There is no list of erased referrals" in back.output
    with open_house(empty, clock=busy.clock) as restored:
        for line in busy.views.queue(cast.coordinator, "all").lines:
            there, here = (one.views.case(cast.coordinator, line.id) for one in (restored, busy))
            assert there == here
        with acting(restored.engine, "door") as connection:
            assert connection.scalar(text("SELECT count(*) FROM sessions")) == 0
            assert connection.scalar(text("SELECT current_user")) == "mappa_app"
            with pytest.raises(Exception, match="permission denied"):
                connection.execute(text("DELETE FROM audit"))
        # No message leaves until somebody has looked.
        assert restored.correspondence.post(cast.administrator).held_since is not None
        # And work goes on.
        assert len(restored.ledger.due(10)) == 1
        receipt = restored.desk.receive(cast.yot, "form.pdf", form_file())
        assert receipt.reference.endswith("000004")


def test_a_desk_in_use_is_never_overwritten(busy: House, settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "desk.backup"
    assert command(settings, "backup", str(file)).exit_code == 0
    again = command(settings, "backup", str(file))
    assert again.exit_code == 1 and "is there already" in again.output
    back = command(settings, "restore", str(file))
    assert back.exit_code == 1 and "new, empty database" in back.output


def test_what_was_changed_in_between_is_told(busy: House, settings: Settings, empty: Settings, tmp_path: Path) -> None:
    with open_as_owner(busy) as connection:
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_is_append_only"))
        connection.execute(text("UPDATE audit SET what = 'Nothing happened.' WHERE number = 3"))
        connection.execute(text("DELETE FROM readings"))
    file = tmp_path / "desk.backup"
    assert command(settings, "backup", str(file)).exit_code == 0
    back = command(empty, "restore", str(file))
    assert back.exit_code == 1
    assert "trail is broken" in back.output and "reading_missing" in back.output


def test_another_master_key_does_not_open_it(busy: House, settings: Settings, empty: Settings, tmp_path: Path) -> None:
    file = tmp_path / "desk.backup"
    command(settings, "backup", str(file))
    back = command(empty, "restore", str(file), key="00" * 32)
    assert back.exit_code == 1 and "master key is not the one" in back.output and "Nothing was restored" in back.output
    # With the right one the same desk takes it, and everything is checked.
    again = command(empty, "restore", str(file))
    assert again.exit_code == 0 and "entries of the trail are as they were written" in again.output


def test_half_a_file_restores_nothing(busy: House, settings: Settings, empty: Settings, tmp_path: Path) -> None:
    file = tmp_path / "desk.backup"
    command(settings, "backup", str(file))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert command(empty, "restore", str(file)).exit_code == 1
    with psycopg.connect(empty.owner_url or "") as connection:
        assert connection.execute("SELECT to_regclass('people')").fetchone() == (None,)


def test_what_was_erased_after_the_backup_does_not_come_back(
    busy: House, cast: Cast, settings: Settings, empty: Settings, tmp_path: Path
) -> None:
    (refused,) = busy.views.queue(cast.coordinator, "refused").lines
    file = tmp_path / "desk.backup"
    assert command(settings, "backup", str(file)).exit_code == 0
    assert not busy.retention.order_erasure(cast.coordinator, refused.id, "unlawful", "Sent in error.")
    assert isinstance(busy.clock, SetClock)
    busy.clock.pass_by(days=7)
    assert busy.eraser.go_round() == 1
    # The machine that restores has the list, in its data folder.
    there = empty.model_copy(update={"data": tmp_path / "there"})
    shutil.copytree(settings.data, there.data)
    back = command(there, "restore", str(file))
    assert back.exit_code == 0 and "1 referrals that were erased after the backup were erased again" in back.output
    with open_house(there, clock=busy.clock) as restored, pytest.raises(Erased, match="should not have been sent"):
        restored.views.case(cast.coordinator, refused.id)
