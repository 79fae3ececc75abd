"""The calendar of panels: when the level 2, level 3 and youth panels of an area meet, and which one fits a case."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, time, timedelta
from types import MappingProxyType
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Engine, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from extractors.models import Model
from intake.due.clock import said
from intake.due.counting import closed_days
from intake.errors import NotFound
from intake.models import Person
from intake.now import Clock, london_day
from intake.permissions import demand
from intake.store.acting import acting
from intake.store.tables import decisions, panels, referrals
from intake.store.trail import Entry, Trail
from validation.calendar import bank_holidays

PanelKind = Literal["level_2", "level_3", "youth"]
PANEL_KINDS: Mapping[PanelKind, str] = MappingProxyType(
    {"level_2": "Level 2", "level_3": "Level 3", "youth": "Youth panel, level 2"}
)
LONGEST_DISTRICT = 80
MOST_WEEKS = 52
LONGEST_RULE = timedelta(weeks=5 * 52)


class Panel(Model):
    """One meeting. `district` is "" for the whole area, `starts` London's time; `cancelled` says why it is not held."""

    id: UUID
    area: str
    kind: PanelKind
    district: str
    day: date
    starts: time
    cancelled: str | None = None


class PanelRule(Model):
    """Meetings on `first` and then every `weeks` weeks up to and including `until`; `weeks` is None for a single one."""

    kind: PanelKind
    district: str
    first: date
    starts: time
    weeks: int | None = None
    until: date | None = None

    def days(self) -> tuple[date, ...]:
        """Each day worked out from the first one."""
        if self.weeks is None or self.until is None:
            return (self.first,)
        step = timedelta(weeks=self.weeks)
        return tuple(self.first + number * step for number in range((self.until - self.first) // step + 1))


Tell = Callable[[Connection, Person, tuple[Panel, ...]], None]
"""Tells those whom meetings concern that they were cancelled or put back, in the transaction in which they were."""


class Panels:
    def __init__(self, engine: Engine, trail: Trail, clock: Clock, tell: Tell) -> None:
        self._engine = engine
        self._trail = trail
        self._clock = clock
        self._tell = tell

    def add(self, actor: Person, area: str, rule: PanelRule) -> Mapping[str, str]:
        """Enter the meetings of a rule that are not there yet, or give a sentence per field that stands in the way.

        Of a repeating rule, meetings on a weekend, bank holiday or closed day are entered as cancelled, saying why.
        """
        demand(actor, "panels")
        errors = _errors(rule, london_day(self._clock.now()))
        if errors:
            return errors
        meetings = [(day, rule.starts) for day in rule.days()]
        added = self._enter(actor, area, rule.kind, rule.district, meetings, repeated=rule.weeks is not None)
        return {} if added else {"first": "The calendar has this already"}

    def take_in(
        self, actor: Person, area: str, kind: PanelKind, district: str, meetings: Collection[tuple[date, time]]
    ) -> int:
        """Enter meetings that another diary holds, as they are; gives how many were not there yet."""
        demand(actor, "panels")
        return self._enter(actor, area, kind, district[:LONGEST_DISTRICT], meetings, repeated=False)

    def _enter(
        self,
        actor: Person,
        area: str,
        kind: PanelKind,
        district: str,
        meetings: Collection[tuple[date, time]],
        *,
        repeated: bool,
    ) -> int:
        with acting(self._engine, actor) as connection:
            closed = closed_days(connection, area)
            wanted = [
                Panel(
                    id=uuid4(),
                    area=area,
                    kind=kind,
                    district=district,
                    day=day,
                    starts=starts,
                    cancelled=_not_held(day, closed) if repeated else None,
                )
                for day, starts in meetings
            ]
            entered = upsert(panels).values([panel.model_dump() for panel in wanted]).on_conflict_do_nothing()
            new = set(connection.execute(entered.returning(panels.c.id)).scalars())
            added = tuple(panel for panel in wanted if panel.id in new)
            if added:
                self._note(connection, actor, "panels_added", f"Added {_list(added)}.", added)
            return len(added)

    def cancel(self, actor: Person, ids: Collection[UUID]) -> None:
        """Take meetings out of what is offered, and tell whose cases stood on them; they stay in the list.

        Raises NotFound when none of them can be.
        """
        demand(actor, "panels")
        self._mark(actor, ids, "Cancelled")

    def hold(self, actor: Person, ids: Collection[UUID]) -> None:
        """Hold cancelled meetings after all, and tell the same people. Raises NotFound when none of them is cancelled."""
        demand(actor, "panels")
        self._mark(actor, ids, None)

    def _mark(self, actor: Person, ids: Collection[UUID], cancelled: str | None) -> None:
        other = panels.c.cancelled.is_(None) if cancelled else panels.c.cancelled.is_not(None)
        changed = update(panels).where(panels.c.id.in_(ids), other).values(cancelled=cancelled)
        with acting(self._engine, actor) as connection:
            rows = connection.execute(changed.returning(panels)).mappings().all()
            if not rows:
                raise NotFound("There are no such panels.")
            found = tuple(sorted((Panel(**row) for row in rows), key=lambda panel: panel.day))
            what = f"Cancelled {_list(found)}." if cancelled else f"Put back {_list(found)}."
            self._note(connection, actor, "panels_cancelled" if cancelled else "panels_put_back", what, found)
            self._tell(connection, actor, found)

    def coming(self, actor: Person) -> tuple[Panel, ...]:
        """All meetings from today on by day, the cancelled ones too, for those who keep the calendar."""
        demand(actor, "panels")
        return self._found(actor, panels.c.day >= london_day(self._clock.now()))

    def decided_for(self, actor: Person) -> Mapping[UUID, int]:
        """How many decided cases were given the day of each coming meeting at its level; meetings without any are left out.

        Two meetings of one level on one day, in two districts, count the same cases.
        """
        demand(actor, "panels")
        others = decisions.alias()
        last = select(func.max(others.c.number)).where(others.c.referral_id == referrals.c.id).scalar_subquery()
        at_level = (panels.c.kind == "level_3") == (decisions.c.level == "3")
        found = (
            select(panels.c.id, func.count())
            .join(decisions, (decisions.c.panel_date == panels.c.day) & at_level)
            .join(referrals, (referrals.c.id == decisions.c.referral_id) & (referrals.c.area == panels.c.area))
            .where(referrals.c.status == "decided", decisions.c.number == last)
            .where(panels.c.day >= london_day(self._clock.now()))
            .group_by(panels.c.id)
        )
        # The desk counts: an administrator is shown how many there are, and none of the decisions.
        with acting(self._engine, "desk") as connection:
            return {row[0]: row[1] for row in connection.execute(found)}

    def next(
        self, actor: Person, *, level: str, youth: bool, since: date, district: str | None = None, most: int = 4
    ) -> tuple[Panel, ...]:
        """The first `most` meetings of the actor's area on or after `since` that fit a case, soonest first.

        At level 3 the level 3 panel whatever the age; at level 2 the youth panel when `youth`, else the level 2 panel.
        `district` None means any district; a named one gets its own panels and those of the whole area.
        """
        demand(actor, "decide")
        kind: PanelKind = "level_3" if level == "3" else "youth" if youth else "level_2"
        fits = [panels.c.area == actor.area, panels.c.kind == kind, panels.c.cancelled.is_(None), panels.c.day >= since]
        if district is not None:
            fits.append(panels.c.district.in_(("", district)))
        return self._found(actor, *fits, most=most)

    def _found(self, actor: Person, *conditions: ColumnElement[bool], most: int | None = None) -> tuple[Panel, ...]:
        order = (panels.c.day, panels.c.starts, panels.c.kind, panels.c.district)
        with acting(self._engine, actor) as connection:
            rows = connection.execute(select(panels).where(*conditions).order_by(*order).limit(most))
            return tuple(Panel(**row) for row in rows.mappings())

    def _note(self, connection: Connection, actor: Person, kind: str, what: str, about: tuple[Panel, ...]) -> None:
        facts = {"panels": [str(panel.id) for panel in about]}
        entry = Entry(at=self._clock.now(), who=actor.id, referral_id=None, kind=kind, what=what, facts=facts)
        self._trail.append(connection, [entry])


def _errors(rule: PanelRule, today: date) -> dict[str, str]:
    """A sentence for each field of a rule that makes no sense."""
    errors = {}
    if not today <= rule.first <= today + LONGEST_RULE:
        errors["first"] = "The day must be today or later, within five years"
    if len(rule.district) > LONGEST_DISTRICT:
        errors["district"] = f"Keep the district below {LONGEST_DISTRICT} characters"
    if rule.weeks is None and rule.until is not None:
        errors["weeks"] = "Enter how many weeks lie between the panels"
    elif rule.weeks is not None and not 1 <= rule.weeks <= MOST_WEEKS:
        errors["weeks"] = f"Enter a number of weeks from 1 to {MOST_WEEKS}"
    if rule.until is None and rule.weeks is not None:
        errors["until"] = "Enter the day after which they end"
    elif rule.until is not None and not timedelta() < rule.until - rule.first <= LONGEST_RULE:
        errors["until"] = "The last day must be after the first, by at most five years"
    return errors


def _not_held(day: date, closed: Mapping[date, str]) -> str | None:
    """Why a repeating panel cannot meet on a day, None when it can."""
    holiday = bank_holidays(day.year).get(day)
    if holiday:
        return f"Bank holiday: {holiday}"
    if day in closed:
        return f"Desk closed: {closed[day]}"
    return "Weekend" if day.weekday() >= 5 else None


def _list(some: tuple[Panel, ...]) -> str:
    """ "the panel of level 2 on Monday 7 December 2026", or how many of them."""
    if len(some) == 1:
        return f"the panel “{PANEL_KINDS[some[0].kind]}” on {said(some[0].day)}"
    return f"{len(some)} panels, {said(some[0].day)} to {said(some[-1].day)}"
