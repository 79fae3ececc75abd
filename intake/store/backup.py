"""Backup and restore with PostgreSQL's own tools: one file that holds the whole desk, and nothing without the master key.

What people entered and what forms say is ciphertext in it, the keys are wrapped, and the master key is not there. Sessions
are left out: after a restore everybody signs in again.
"""

from __future__ import annotations

import os
import secrets
import subprocess
from pathlib import Path

from sqlalchemy import NullPool, create_engine, inspect, make_url, text

from intake.embedded.binaries import POSTGRES
from intake.errors import HouseError
from intake.store.database import LOCK, address_of, migrate, migrate_back


def back_up(owner_url: str, file: Path) -> None:
    """Write the database at `owner_url`, as it is at one moment, to a new file that only its owner may read.

    The desk goes on working meanwhile. Raises HouseError.
    """
    if file.exists():
        raise HouseError(f"{file} is there already: choose another name.")
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        # Ciphertext does not compress.
        _run(
            owner_url,
            "pg_dump",
            "--format=custom",
            "--compress=none",
            "--exclude-table-data=sessions",
            # Where its row is missing, no message leaves.
            "--exclude-table-data=post",
            f"--file={part}",
        )
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.rename(file)
    except OSError as error:
        raise HouseError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


def restore(owner_url: str, file: Path) -> None:
    """Fill the empty database at `owner_url` from `file`, whole or not at all, and bring it to this edition.

    No message leaves the desk until an administrator has let them go.

    Raises HouseError; one reason is that the database holds people or referrals.
    """
    if not file.is_file():
        raise HouseError(f"There is no file {file}.")
    _require_empty(owner_url)
    # Made and taken away again: what stays is the application's role, which the file gives rights to.
    migrate(owner_url)
    migrate_back(owner_url, "base")
    engine = create_engine(address_of(owner_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    _run(owner_url, "pg_restore", "--exit-on-error", "--single-transaction", str(file))
    migrate(owner_url)
    with engine.begin() as connection:
        # What waits in the file may have been sent after it was written: a person decides what becomes of it.
        connection.execute(
            text(
                "INSERT INTO post VALUES (true, clock_timestamp())"
                ' ON CONFLICT ("only") DO UPDATE SET held_since = excluded.held_since'
            )
        )


def take_back(owner_url: str) -> None:
    """Empty the database again after a restore that cannot be used."""
    migrate_back(owner_url, "base")


def _require_empty(owner_url: str) -> None:
    engine = create_engine(address_of(owner_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        if not inspect(connection).has_table("people"):
            return
        if connection.execute(
            text("SELECT EXISTS (SELECT FROM people) OR EXISTS (SELECT FROM referrals)")
        ).scalar_one():
            raise HouseError("This desk has people or referrals: restore into a new, empty database.")


def _run(owner_url: str, tool: str, *arguments: str) -> None:
    url = make_url(owner_url)
    bare = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    # The password stays out of the list of processes.
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PGPASSWORD": url.password or ""}
    done = subprocess.run(
        [str(POSTGRES / tool), "--no-owner", "--no-password", f"--dbname={bare}", *arguments],
        env=environment,
        capture_output=True,
    )
    if done.returncode:
        # The first line only: further ones may quote rows.
        reason = (done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"])[0]
        raise HouseError(f"{tool} failed: {reason}")
