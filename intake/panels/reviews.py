"""Which accepted cases are to be reviewed: overdue, soon, and at which panel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, select

from extractors.models import Model
from intake.cases.looks import Looks
from intake.models import Person, ReferralLine
from intake.now import Clock, london_day
from intake.panels.calendar import Panel
from intake.permissions import demand, within_reach
from intake.store.acting import acting
from intake.store.lines import line_of, lines_of
from intake.store.tables import decisions, panels, referrals
from intake.store.vault import Vault

AHEAD = timedelta(weeks=6)
"""How long before its day a review is listed."""
NO_NEXT_PANEL = timedelta(weeks=16)
MOST = 200


class ToReview(Model):
    """A case under review at `level`, `due` by a day."""

    line: ReferralLine
    due: date
    level: str


class Due(Model):
    """`later` counts the cases whose review lies further ahead."""

    overdue: tuple[ToReview, ...]
    soon: tuple[ToReview, ...]
    later: int


class Reviews:
    """For those who decide; raises NotAllowed for others."""

    def __init__(self, engine: Engine, vault: Vault, clock: Clock, looks: Looks) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._looks = looks

    def due(self, person: Person) -> Due:
        """What is to be reviewed in the person's area, the most urgent first."""
        demand(person, "decide")
        today = london_day(self._clock.now())
        ahead = today + AHEAD
        with acting(self._engine, person) as connection:
            found = to_review(connection, person, self._vault, today, referrals.c.review_due <= ahead)
            later = select(func.count()).select_from(referrals)
            later = later.where(within_reach(person, "decide", referrals), referrals.c.review_due > ahead)
            count = connection.execute(later).scalar_one()
            self._looks.note_list(connection, person, "listed", (one.line.id for one in found))
        overdue = tuple(one for one in found if one.due < today)
        return Due(overdue=overdue, soon=found[len(overdue) :], later=count)


def to_review(
    connection: Connection, person: Person, vault: Vault, today: date, *which: ColumnElement[bool]
) -> tuple[ToReview, ...]:
    """Cases under review that `which` selects, by the day that each is due."""
    chosen = [within_reach(person, "decide", referrals), referrals.c.review_due.is_not(None), *which]
    order: Sequence[ColumnElement[Any]] = (referrals.c.review_due, referrals.c.reference)
    rows = connection.execute(lines_of(select(referrals).where(*chosen), order, MOST)).mappings().all()
    ids = [row["id"] for row in rows]
    when = select(referrals.c.id, referrals.c.review_due, referrals.c.review_level).where(referrals.c.id.in_(ids))
    dates = {row.id: row for row in connection.execute(when)}
    return tuple(
        ToReview(line=line_of(row, vault, today), due=dates[row["id"]].review_due, level=dates[row["id"]].review_level)
        for row in rows
    )


def reviewed_at(
    connection: Connection, person: Person, vault: Vault, today: date, panel: Panel
) -> tuple[ToReview, ...]:
    """The cases whose review falls to this panel: due before the next one of its kind, and heard by a panel before."""
    if panel.day < today or panel.cancelled:
        return ()
    same = (panels.c.area == panel.area, panels.c.kind == panel.kind, panels.c.district == panel.district)
    following = select(func.min(panels.c.day)).where(*same, panels.c.cancelled.is_(None), panels.c.day > panel.day)
    until = connection.scalar(following) or panel.day + NO_NEXT_PANEL
    heard = select(decisions.c.referral_id).where(decisions.c.panel_date < panel.day)
    youth = referrals.c.route.is_not_distinct_from("youth_panel")
    return to_review(
        connection,
        person,
        vault,
        today,
        referrals.c.review_due < until,
        referrals.c.id.in_(heard),
        referrals.c.review_level == ("3" if panel.kind == "level_3" else "2"),
        *([youth if panel.kind == "youth" else ~youth] if panel.kind != "level_3" else []),
    )
