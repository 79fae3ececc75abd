"""The agenda of a panel: the cases that were accepted for it, each with who is invited and when it is to be reviewed."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine, RowMapping, func, select

from extractors.models import Model
from intake.cases.deciding import panel_words
from intake.cases.looks import Looks
from intake.cases.opening import decisions_of
from intake.errors import NotFound
from intake.models import Decision, Person, ReferralLine
from intake.now import Clock, london_day
from intake.panels.calendar import Panel
from intake.panels.reviews import ToReview, reviewed_at
from intake.permissions import demand, within_reach
from intake.store.acting import acting
from intake.store.lines import line_of, lines_of
from intake.store.tables import decisions, panels, referrals
from intake.store.vault import Vault

LOOK_BACK = timedelta(days=28)
"""For how long after its day a panel is still listed."""
MOST_CASES = 200


class Item(Model):
    line: ReferralLine
    decision: Decision


class Agenda(Model):
    """`items` in the order of their references; a case given the day without a panel is on the agenda of each one that day.

    `reviews` are cases that were heard before and fall due before the next panel of this kind.
    """

    panel: Panel
    items: tuple[Item, ...]
    reviews: tuple[ToReview, ...] = ()


class Agendas:
    """For those who decide; all raise NotAllowed for others."""

    def __init__(self, engine: Engine, vault: Vault, clock: Clock, looks: Looks) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._looks = looks

    @property
    def _today(self) -> date:
        return london_day(self._clock.now())

    def panels(self, person: Person) -> tuple[Panel, ...]:
        """The area's panels that are held, from four weeks back on, by day."""
        demand(person, "decide")
        order = (panels.c.day, panels.c.starts, panels.c.kind, panels.c.district)
        held = (panels.c.area == person.area, panels.c.cancelled.is_(None), panels.c.day >= self._today - LOOK_BACK)
        with acting(self._engine, person) as connection:
            rows = connection.execute(select(panels).where(*held).order_by(*order)).mappings()
            return tuple(map(_panel, rows))

    def not_held(self, person: Person) -> tuple[Agenda, ...]:
        """The cancelled panels of the area, from four weeks back on, whose cases need another day."""
        demand(person, "decide")
        cancelled = (panels.c.area == person.area, panels.c.cancelled.is_not(None))
        given = (panels.c.day >= self._today - LOOK_BACK, panels.c.day.in_(select(decisions.c.panel_date)))
        wanted = select(panels).where(*cancelled, *given).order_by(panels.c.day, panels.c.starts)
        with acting(self._engine, person) as connection:
            found = []
            for panel in map(_panel, connection.execute(wanted).mappings().all()):
                # Who was only given the day may be heard by another panel on it.
                items = tuple(item for item in self._items(connection, person, panel) if item.decision.panel)
                if items:
                    found.append(Agenda(panel=panel, items=items))
            listed = (item.line.id for agenda in found for item in agenda.items)
            self._looks.note_list(connection, person, "listed", listed)
        return tuple(found)

    def of(self, person: Person, panel_id: UUID) -> Agenda:
        """The agenda of one panel. Raises NotFound for one of another area."""
        demand(person, "decide")
        with acting(self._engine, person) as connection:
            own = (panels.c.id == panel_id, panels.c.area == person.area)
            row = connection.execute(select(panels).where(*own)).mappings().first()
            if row is None:
                raise NotFound("There is no such panel.")
            panel = _panel(row)
            items = self._items(connection, person, panel)
            reviews = reviewed_at(connection, person, self._vault, self._today, panel)
            listed = (*(item.line.id for item in items), *(one.line.id for one in reviews))
            self._looks.note_list(connection, person, "listed", listed)
        return Agenda(panel=panel, items=items, reviews=reviews)

    def _items(self, connection: Connection, person: Person, panel: Panel) -> tuple[Item, ...]:
        """The cases that were accepted for a panel, by reference."""
        others = decisions.alias()
        last = select(func.max(others.c.number)).where(others.c.referral_id == referrals.c.id).scalar_subquery()
        chosen = (
            select(referrals)
            .join(decisions, decisions.c.referral_id == referrals.c.id)
            .where(
                within_reach(person, "see_content", referrals),
                referrals.c.status == "decided",
                decisions.c.number == last,
                decisions.c.panel_date == panel.day,
                (decisions.c.level == "3") == (panel.kind == "level_3"),
            )
        )
        found = connection.execute(lines_of(chosen, (referrals.c.reference,), MOST_CASES)).mappings().all()
        items = []
        for one in found:
            envelope = self._vault.envelope(one["id"], one["wrapped_key"])
            decision = decisions_of(connection, one["id"], envelope)[-1]
            if decision.panel in ("", panel_words(panel)):
                items.append(Item(line=line_of(one, self._vault, self._today), decision=decision))
        return tuple(items)


def _panel(row: RowMapping) -> Panel:
    return Panel(**row)
