"""What people do about retention: set periods, look at what is coming, hold a case, and order that one be erased early."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from extractors.models import Model
from intake.cases.casefile import CaseFile
from intake.cases.registry import Registry
from intake.errors import NotFound, NotNow
from intake.models import Hold, Person
from intake.now import Clock, london_day
from intake.permissions import demand, may, within_reach
from intake.retention.rules import (
    GROUNDS,
    LONGEST,
    NOTICE,
    ORDER,
    ORDER_NOTICE,
    RULES,
    Rule,
    counted,
    due,
    under,
)
from intake.retention.standing import holds_of
from intake.store.acting import acting
from intake.store.lines import name_of
from intake.store.tables import erasure_notices, erasures, holds, referrals, retention_periods
from intake.store.trail import Entry, Trail
from intake.store.vault import Vault

AHEAD = timedelta(weeks=12)
"""How far what falls due is shown."""
MOST_SHOWN = 200


class Falling(Model):
    """A case that is to be erased. `erase_on` is its day; None while a hold stops it."""

    id: UUID
    reference: str
    under: str
    erase_on: date | None
    ordered: bool


class Trace(Model):
    """A case that was erased. `why` is what was said with an order, for those who work on cases."""

    reference: str
    at: datetime
    under: str
    ordered_by: str | None
    why: str


class Coming(Model):
    """What falls due within 12 weeks, soonest first, and what was erased last; each list with at most 200."""

    counts: Mapping[str, int]
    falling: tuple[Falling, ...]
    erased: tuple[Trace, ...]
    erased_in_all: int


class Held(Model):
    """The holds of a case; `why` is empty for those who see no content."""

    id: UUID
    reference: str
    holds: tuple[Hold, ...]


class Retention:
    """Every method takes the acting person first; all raise NotAllowed, NotFound (also for what is not theirs) or NotNow."""

    def __init__(self, engine: Engine, registry: Registry, vault: Vault, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._registry = registry
        self._vault = vault
        self._trail = trail
        self._clock = clock

    # Periods

    def periods(self, actor: Person, area: str) -> tuple[tuple[Rule, int | None], ...]:
        """Every rule with the months that the area set for it."""
        demand(actor, "hold")
        with acting(self._engine, actor) as connection:
            rows = connection.execute(select(retention_periods).where(retention_periods.c.area == area))
            found = {row.rule: row.months for row in rows}
        return tuple((rule, found.get(rule.code)) for rule in RULES)

    def set_periods(self, actor: Person, area: str, wanted: Mapping[str, int | None]) -> None:
        """Keep an area's cases by these periods from now on; None keeps what falls under the rule until one is set.

        Nothing is erased at once: whatever falls due by it is first announced.
        """
        demand(actor, "retention")
        assert all(number is None or 0 < number <= LONGEST for number in wanted.values())
        before = {rule.code: number for rule, number in self.periods(actor, area)}
        now, entries = self._clock.now(), []
        with acting(self._engine, actor) as connection:
            for rule in RULES:
                number = wanted.get(rule.code)
                if number == before[rule.code]:
                    continue
                _set(connection, actor, area, rule.code, number, now)
                kept = (
                    f"is kept for {counted(number)} from {rule.since}" if number else "is kept until somebody decides"
                )
                what = f"{area}: “{rule.words}” {kept}."
                facts = {"rule": rule.code, "months": number, "before": before[rule.code]}
                entry = Entry(at=now, who=actor.id, referral_id=None, kind="period_set", what=what, facts=facts)
                entries.append(entry)
            self._trail.append(connection, entries)

    # What is coming

    def coming(self, actor: Person) -> Coming:
        """What is to be erased, before anything is, by reference; no name and no content."""
        demand(actor, "hold")
        theirs = within_reach(actor, "hold", referrals)
        # The desk counts: an administrator has no right to the trail, in which it stands when a case ended.
        with acting(self._engine, "desk") as connection:
            falling = self._falling(connection, theirs)
            erased = connection.scalar(select(func.count()).where(theirs, referrals.c.erased_at.is_not(None)))
            traces = self._traces(connection, theirs, may(actor, "erase"))
        return Coming(
            counts=Counter(one.under for one in falling),
            falling=tuple(falling[:MOST_SHOWN]),
            erased=traces,
            erased_in_all=erased or 0,
        )

    def _falling(self, connection: Connection, theirs: Any) -> list[Falling]:
        soonest = london_day(self._clock.now()) + NOTICE
        by_rule = due(london_day(self._clock.now()) + AHEAD).where(theirs).subquery()
        rows = connection.execute(
            select(by_rule, erasure_notices.c.erase_on)
            .outerjoin(erasure_notices, erasure_notices.c.referral_id == by_rule.c.id)
            .where(erasure_notices.c.ordered_by.is_(None))
        )
        found = [
            Falling(
                id=row.id,
                reference=row.reference,
                under=under(row.rule, row.months, None),
                erase_on=None if row.held else max(row.due_on, row.erase_on or soonest),
                ordered=False,
            )
            for row in rows
        ]
        ordered = connection.execute(
            select(referrals.c.id, referrals.c.reference, erasure_notices)
            .join(erasure_notices, erasure_notices.c.referral_id == referrals.c.id)
            .where(theirs, erasure_notices.c.ordered_by.is_not(None))
        )
        found += [
            Falling(id=row.id, reference=row.reference, under=under(ORDER, None, row.ground), erase_on=row.erase_on, ordered=True)
            for row in ordered
        ]  # fmt: skip
        return sorted(found, key=lambda one: (one.erase_on is None, one.erase_on or date.max, one.reference))

    def _traces(self, connection: Connection, theirs: Any, reads_why: bool) -> tuple[Trace, ...]:
        rows = connection.execute(
            select(referrals.c.reference, name_of(erasures.c.ordered_by), erasures)
            .join(erasures, erasures.c.referral_id == referrals.c.id)
            .where(theirs)
            .order_by(erasures.c.at.desc(), referrals.c.reference)
            .limit(MOST_SHOWN)
        )
        return tuple(
            Trace(
                reference=row.reference,
                at=row.at,
                under=under(row.rule, row.months, row.ground),
                ordered_by=row.name,
                why=self._vault.unwrap(row.why_sealed, _order_place(row.referral_id)).decode()
                if row.why_sealed and reads_why
                else "",
            )
            for row in rows
        )

    # Holds

    def held(self, actor: Person, referral_id: UUID) -> Held:
        """Who holds a case since when; why, for those who work on cases."""
        with self._registry.order(actor, "hold", referral_id) as file:
            found = holds_of(file.connection, referral_id, file.envelope if may(actor, "see_content") else None)
            return Held(id=referral_id, reference=file.row["reference"], holds=found)

    def hold(self, actor: Person, referral_id: UUID, why: str) -> str | None:
        """Keep a case from being erased until the hold is lifted, or give a sentence that says what stands in the way.

        Its notice of erasure, if there is one, is taken back. The same, sent twice, is one hold: lifting one of two would keep it.
        """
        if not why.strip():
            return "Say why the case must be kept"
        with self._registry.order(actor, "hold", referral_id) as file:
            mine = select(holds.c.id, holds.c.why_sealed).where(
                holds.c.referral_id == referral_id, holds.c.by == actor.id
            )
            for one in file.connection.execute(mine):
                if file.envelope.open_text(one.why_sealed, f"holds/{one.id}") == why.strip():
                    return None
            new = uuid4()
            sealed = file.envelope.seal_text(why.strip(), f"holds/{new}")
            row = {"id": new, "referral_id": referral_id, "why_sealed": sealed, "by": actor.id, "at": file.now}
            file.connection.execute(insert(holds).values(**row))
            _drop_notice(file)
            file.note("held", "Keeps the case from being erased.", hold=str(new))
        return None

    def lift(self, actor: Person, referral_id: UUID, hold_id: UUID) -> None:
        """End a hold. Where the case's time is over, its notice begins anew."""
        with self._registry.order(actor, "lift_hold", referral_id) as file:
            own = (holds.c.id == hold_id, holds.c.referral_id == referral_id)
            if file.connection.execute(delete(holds).where(*own)).rowcount != 1:
                raise NotFound("There is no such hold.")
            file.note("hold_lifted", "No longer keeps the case from being erased.", hold=str(hold_id))

    # Early erasure

    def order_erasure(self, actor: Person, referral_id: UUID, ground: str, why: str) -> Mapping[str, str]:
        """Have a closed case erased before its time, in a week, or give a sentence for each part that stands in the way."""
        errors = {} if ground in GROUNDS else {"ground": "Choose why it is erased"}
        if not why.strip():
            errors["why"] = "Say what was decided, and by whom"
        if errors:
            return errors
        with self._registry.order(actor, "order_erasure", referral_id) as file:
            if holds_of(file.connection, referral_id, None):
                raise NotNow("This case is held: lift its holds first.")
            if file.row["review_due"] is not None:
                raise NotNow("This case is under review: record its exit first.")
            day = london_day(file.now) + ORDER_NOTICE
            notice = {
                "rule": ORDER,
                "announced_at": file.now,
                "erase_on": day,
                "ground": ground,
                "ordered_by": actor.id,
                "why_sealed": self._vault.wrap(why.strip().encode(), _order_place(referral_id)),
            }
            entry = upsert(erasure_notices).values(referral_id=referral_id, **notice)
            file.connection.execute(entry.on_conflict_do_update(index_elements=["referral_id"], set_=notice))
            file.note("erasure_ordered", f"Ordered that the case be erased early. {GROUNDS[ground]}.", ground=ground)
        return {}

    def take_back(self, actor: Person, referral_id: UUID) -> None:
        """Take an order of early erasure back."""
        with self._registry.order(actor, "take_erasure_back", referral_id) as file:
            if not _drop_notice(file, ordered=True):
                raise NotNow("No early erasure is ordered.")
            file.note("erasure_taken_back", "Took the order of early erasure back.")


def _set(connection: Connection, actor: Person, area: str, rule: str, number: int | None, now: datetime) -> None:
    if number is None:
        gone = (retention_periods.c.area == area, retention_periods.c.rule == rule)
        connection.execute(delete(retention_periods).where(*gone))
        return
    wanted = {"months": number, "set_by": actor.id, "set_at": now}
    entry = upsert(retention_periods).values(area=area, rule=rule, **wanted)
    connection.execute(entry.on_conflict_do_update(index_elements=["area", "rule"], set_=wanted))


def _drop_notice(file: CaseFile, ordered: bool = False) -> bool:
    which = [erasure_notices.c.referral_id == file.id]
    if ordered:
        which.append(erasure_notices.c.ordered_by.is_not(None))
    return file.connection.execute(delete(erasure_notices).where(*which)).rowcount == 1


def _order_place(referral_id: UUID) -> str:
    return f"erasures/{referral_id}"
