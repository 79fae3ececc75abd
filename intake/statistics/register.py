"""The register: every referral of an area over a period as one line of facts, for a spreadsheet. No name, narrative or victim.

It is read from the database piece by piece, so that a register of many years takes no more memory than one of a week.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, RowMapping, func, select

from intake.models import Person
from intake.now import LONDON, Clock
from intake.permissions import demand, within_reach
from intake.statistics.counts import Period
from intake.store.acting import acting
from intake.store.lines import name_of
from intake.store.tables import agencies, decisions, referrals
from intake.store.trail import Entry, Trail
from intake.terms import OUTCOMES, STATUS_WORDS

AT_A_TIME = 2000
"""Lines that are fetched at once."""
COLUMNS = (
    "reference",
    "form",
    "agency",
    "kind of agency",
    "received",
    "due",
    "status",
    "level asked for",
    "category stated",
    "route",
    "under 18",
    "questions asked",
    "rounds of questions",
    "days waited for the referrer",
    "outcome",
    "decided",
    "level decided",
    "category decided",
    "panel",
    "review by",
    "assigned to",
)


class Register:
    def __init__(self, engine: Engine, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._trail = trail
        self._clock = clock

    def lines(self, person: Person, period: Period, agency_id: UUID | None = None) -> Iterator[tuple[str, ...]]:
        """A line for each referral received in the period, the earliest first. That it was taken is written down first.

        Raises NotAllowed, at once and not with the first line.
        """
        demand(person, "export")
        begins, ends = (
            datetime.combine(day, time(), LONDON) for day in (period.first, period.last + timedelta(days=1))
        )
        chosen = [within_reach(person, "export", referrals), referrals.c.received_at >= begins]
        chosen += [referrals.c.received_at < ends, *([referrals.c.agency_id == agency_id] if agency_id else [])]
        with acting(self._engine, person) as connection:
            count = connection.execute(select(func.count()).select_from(referrals).where(*chosen)).scalar_one()
            facts = {"from": str(period.first), "to": str(period.last), "count": count, "agency": str(agency_id)}
            what = "Took the register of referrals as a table."
            entry = Entry(
                at=self._clock.now(), who=person.id, referral_id=None, kind="register_taken", what=what, facts=facts
            )
            self._trail.append(connection, [entry])
        return self._read(person, chosen)

    def _read(self, person: Person, chosen: list[Any]) -> Iterator[tuple[str, ...]]:
        others = decisions.alias()
        last = select(func.max(others.c.number)).where(others.c.referral_id == referrals.c.id).scalar_subquery()
        wanted = (
            select(
                referrals,
                agencies.c.name.label("agency_name"),
                agencies.c.type.label("agency_type"),
                decisions.c.level.label("level_decided"),
                decisions.c.category.label("category_decided"),
                decisions.c.panel_date,
                decisions.c.review_by,
                name_of(referrals.c.assigned_to).label("assigned"),
            )
            .join(agencies, agencies.c.id == referrals.c.agency_id)
            .outerjoin(
                decisions,
                (decisions.c.referral_id == referrals.c.id)
                & (referrals.c.status == "decided")
                & (decisions.c.number == last),
            )
            .where(*chosen)
            .order_by(referrals.c.received_at, referrals.c.id)
        )
        with acting(self._engine, person) as connection:
            found = connection.execution_options(stream_results=True, yield_per=AT_A_TIME).execute(wanted)
            for row in found.mappings():
                yield _line(row)


def _line(row: RowMapping) -> tuple[str, ...]:
    outcomes = {code: words for known in OUTCOMES.values() for code, words in known}
    cells = (
        row["reference"],
        row["form"],
        row["agency_name"],
        row["agency_type"],
        _day(row["received_at"]),
        row["due_on"],
        STATUS_WORDS[row["status"]],
        row["level_requested"],
        " and ".join(row["category"]),
        row["route"],
        {True: "yes", False: "no", None: ""}[row["youth"]],
        row["questions"],
        row["rounds"],
        round(row["waited"].total_seconds() / 86400, 1) if row["waited"] else "",
        outcomes.get(row["outcome"], ""),
        _day(row["decided_at"]),
        row["level_decided"],
        row["category_decided"],
        row["panel_date"],
        row["review_by"],
        row["assigned"],
    )
    return tuple("" if cell is None else str(cell) for cell in cells)


def _day(moment: datetime | None) -> str:
    return moment.astimezone(LONDON).date().isoformat() if moment else ""
