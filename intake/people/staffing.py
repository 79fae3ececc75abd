"""Changes who works where: accounts closed and opened, roles, agencies renamed and closed; work in hand is handed back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.exc import IntegrityError

from intake.errors import DeskError, NotFound
from intake.models import Person
from intake.now import Clock
from intake.people.accounts import check_place
from intake.people.handing_back import hand_back
from intake.permissions import demand
from intake.store.acting import acting
from intake.store.tables import agencies, people, sessions
from intake.store.trail import Entry, Trail
from intake.terms import AgencyType, Role

OWN_ACCOUNT = "You cannot change this of your own account: ask another administrator."


class Staffing:
    """Every method takes the acting administrator first and raises NotAllowed for others, NotFound, and DeskError."""

    def __init__(self, engine: Engine, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._trail = trail
        self._clock = clock

    def set_active(self, actor: Person, person_id: UUID, active: bool) -> None:
        """Close an account, which ends its sessions and hands its open cases back, or open it again."""
        demand(actor, "people")
        if person_id == actor.id:
            raise DeskError(OWN_ACCOUNT)
        with acting(self._engine, actor) as connection:
            mine = (people.c.id == person_id, ~people.c.system)
            changed = update(people).where(*mine).values(active=active, sign_on_closed=False)
            if connection.execute(changed).rowcount == 0:
                raise NotFound("There is no such account.")
            connection.execute(delete(sessions).where(sessions.c.person_id == person_id))
            handed_back = [] if active else self._hand_back(connection, actor, person_id, None)
            kind = "person_opened" if active else "person_closed"
            what = "Opened an account again." if active else "Closed an account."
            self._write(connection, actor, kind, what, handed_back, person=str(person_id))

    def change(
        self, actor: Person, person_id: UUID, *, name: str, role: Role, agency_id: UUID | None, area: str | None
    ) -> None:
        """Give somebody another name, role, agency or area. Open cases outside their new area go back to the team.

        One's own role cannot be changed, so that there is always an administrator.
        """
        demand(actor, "people")
        place = {"agency_id": agency_id, "area": area}
        with acting(self._engine, actor) as connection:
            theirs = (people.c.id == person_id, ~people.c.system)
            was = connection.execute(select(people).where(*theirs).with_for_update()).first()
            if was is None:
                raise NotFound("There is no such account.")
            if person_id == actor.id and role != was.role:
                raise DeskError(OWN_ACCOUNT)
            if not name.strip():
                raise DeskError("Enter the person's name")
            check_place(connection, role, agency_id, area)
            wanted = {"name": name.strip(), "role": role, **place}
            if wanted == {column: getattr(was, column) for column in wanted}:
                return
            connection.execute(update(people).where(people.c.id == person_id).values(**wanted))
            handed_back = self._hand_back(connection, actor, person_id, area if role == "coordinator" else None)
            facts = {"person": str(person_id), "role": role, "agency": str(agency_id), "area": str(area)}
            self._write(connection, actor, "person_changed", "Changed an account.", handed_back, **facts)

    def change_agency(self, actor: Person, agency_id: UUID, name: str, type_: AgencyType) -> None:
        """Give an agency another name or kind."""
        demand(actor, "people")
        if not name.strip():
            raise DeskError("Enter the agency's name")
        wanted = update(agencies).where(agencies.c.id == agency_id).values(name=name.strip(), type=type_)
        try:
            with acting(self._engine, actor) as connection:
                if connection.execute(wanted).rowcount == 0:
                    raise NotFound("There is no such agency.")
                self._write(connection, actor, "agency_changed", "Changed an agency.", [], agency=str(agency_id))
        except IntegrityError:
            raise DeskError("The area already has an agency of this name.") from None

    def set_agency_active(self, actor: Person, agency_id: UUID, active: bool) -> None:
        """Close an agency, whose people then cannot sign in, or open it again. Its referrals stay where they are."""
        demand(actor, "people")
        changed = update(agencies).where(agencies.c.id == agency_id).values(active=active)
        theirs = select(people.c.id).where(people.c.agency_id == agency_id)
        with acting(self._engine, actor) as connection:
            if connection.execute(changed).rowcount == 0:
                raise NotFound("There is no such agency.")
            if not active:
                connection.execute(delete(sessions).where(sessions.c.person_id.in_(theirs)))
            kind = "agency_opened" if active else "agency_closed"
            what = "Opened an agency again." if active else "Closed an agency."
            self._write(connection, actor, kind, what, [], agency=str(agency_id))

    def _hand_back(self, connection: Connection, actor: Person, person_id: UUID, area: str | None) -> list[Entry]:
        return hand_back(connection, self._clock.now(), actor.id, person_id, area)

    def _write(
        self, connection: Connection, actor: Person, kind: str, what: str, more: Sequence[Entry], **facts: str
    ) -> None:
        self._trail.append(connection, [_entry(self._clock.now(), actor, kind, what, None, facts), *more])


def _entry(at: datetime, actor: Person, kind: str, what: str, referral_id: UUID | None, facts: Any) -> Entry:
    return Entry(at=at, who=actor.id, referral_id=referral_id, kind=kind, what=what, facts=facts)
