"""How an area counts the time to decide, as its administrator set it, and the days on which its desk is closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, func, select

from extractors.models import Model
from intake.due.clock import DECISION_DAYS
from intake.store.tables import clock_settings, closures
from intake.terms import Basis

LOCK = 7
"""The class of the advisory locks that keep a receipt and a change of the clock from passing each other."""
MOST_DAYS = 60


class Counting(Model):
    """`days` of `basis` from receipt; `closures` are the desk's own closed days, with their names."""

    basis: Basis
    days: int
    closures: Mapping[date, str]


def counting_of(connection: Connection, area: str, basis: Basis) -> Counting:
    """How `area` counts, `basis` being what holds until an administrator has chosen.

    Until the transaction ends nobody changes it, so that no receipt is dated by a setting that is gone already.
    """
    connection.execute(select(func.pg_advisory_xact_lock_shared(LOCK, func.hashtext(area))))
    found = connection.execute(select(clock_settings).where(clock_settings.c.area == area)).first()
    return Counting(
        basis=found.basis if found else basis,
        days=found.days if found else DECISION_DAYS,
        closures=closed_days(connection, area),
    )


def hold(connection: Connection, area: str) -> None:
    """Keep everybody else from counting days in `area` until this transaction ends."""
    connection.execute(select(func.pg_advisory_xact_lock(LOCK, func.hashtext(area))))


def closed_days(connection: Connection, area: str) -> Mapping[date, str]:
    rows = connection.execute(select(closures.c.day, closures.c.name).where(closures.c.area == area))
    return {row.day: row.name for row in rows}


def counted(basis: Basis, days: int) -> str:
    """ "10 working days"."""
    return f"{days} {basis} {'day' if days == 1 else 'days'}"
