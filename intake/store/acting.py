"""Every transaction says who acts in it, and the database shows it the rows of that person's reach and no others.

The permission table (intake/permissions.py) is asked first; the policies of PostgreSQL (migration 0009) hold where it was
forgotten. A transaction in which nobody acts is refused every row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from sqlalchemy import Connection, Engine, func, select

from intake.models import Correspondent, Person

Part = Literal["desk", "door"]
"""The service's own parts: the desk works on referrals and sees no account, the door knows accounts and no referral."""
SETTING = "mappa.actor"
ONLY = "mappa.only"


@contextmanager
def acting(engine: Engine, who: Person | Part) -> Iterator[Connection]:
    """A transaction in which `who` acts."""
    with engine.begin() as connection:
        _act(connection, who if isinstance(who, str) else str(who.id))
        if isinstance(who, Correspondent):
            connection.execute(select(func.set_config(ONLY, str(who.only), True)))
        yield connection


@contextmanager
def as_desk(connection: Connection) -> Iterator[None]:
    """Let the desk itself do a step of a person's transaction. An error in it must end the transaction."""
    with _as(connection, "desk"):
        yield


@contextmanager
def as_door(connection: Connection) -> Iterator[None]:
    """Let the door look somebody's account up for a person's transaction. An error in it must end the transaction."""
    with _as(connection, "door"):
        yield


@contextmanager
def _as(connection: Connection, part: Part) -> Iterator[None]:
    before = connection.scalar(select(func.current_setting(SETTING)))
    _act(connection, part)
    yield
    _act(connection, before)


def _act(connection: Connection, who: str | None) -> None:
    connection.execute(select(func.set_config(SETTING, who, True)))
