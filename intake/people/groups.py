"""What the groups of the organisation's single sign-on may do here: a role and its place for each, kept by administrators."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine, delete, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from extractors.models import Model
from intake.errors import DeskError, NotFound
from intake.models import Person
from intake.now import Clock
from intake.people.accounts import check_place
from intake.permissions import demand
from intake.store.acting import acting
from intake.store.tables import agencies, sign_on_groups
from intake.store.trail import Entry, Trail
from intake.terms import Role

LONGEST_NAME = 200


class Group(Model):
    """A group, by the name or number that the provider gives, and what its people do here."""

    name: str
    role: Role
    agency_id: UUID | None
    agency_name: str | None
    area: str | None


class Place(NamedTuple):
    """A role, with the agency or area that it has."""

    role: Role
    agency_id: UUID | None
    area: str | None


class Groups:
    """Every method takes the acting administrator first and raises NotAllowed for others."""

    def __init__(self, engine: Engine, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._trail = trail
        self._clock = clock

    def listed(self, actor: Person) -> tuple[Group, ...]:
        """The groups that are known, by role and name."""
        demand(actor, "people")
        wanted = (
            select(
                sign_on_groups.c.name,
                sign_on_groups.c.role,
                sign_on_groups.c.agency_id,
                agencies.c.name.label("agency_name"),
                sign_on_groups.c.area,
            )
            .join(agencies, agencies.c.id == sign_on_groups.c.agency_id, isouter=True)
            .order_by(sign_on_groups.c.role, sign_on_groups.c.name)
        )
        with acting(self._engine, actor) as connection:
            return tuple(Group(**row) for row in connection.execute(wanted).mappings())

    def add(self, actor: Person, name: str, role: Role, agency_id: UUID | None, area: str | None) -> None:
        """Let people of a group in from their next signing in on. Raises DeskError."""
        demand(actor, "people")
        name = name.strip()
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise DeskError(f"Enter the group's name as the provider gives it, at most {LONGEST_NAME} characters")
        place = {"role": role, "agency_id": agency_id, "area": area}
        with acting(self._engine, actor) as connection:
            check_place(connection, role, agency_id, area)
            entered = upsert(sign_on_groups).values(name=name, **place, added_by=actor.id, added_at=self._clock.now())
            entered = entered.on_conflict_do_nothing()
            if connection.scalar(entered.returning(sign_on_groups.c.name)) is None:
                raise DeskError("This group is known already: remove it first to give it another role")
            self._note(connection, actor, "group_added", "Let a group of the single sign-on in.", **place)

    def remove(self, actor: Person, name: str) -> None:
        """Let people of a group no longer in: those of no other group find their account closed at their next signing in."""
        demand(actor, "people")
        with acting(self._engine, actor) as connection:
            gone = delete(sign_on_groups).where(sign_on_groups.c.name == name).returning(sign_on_groups)
            row = connection.execute(gone).first()
            if row is None:
                raise NotFound("There is no such group.")
            place = {"role": row.role, "agency_id": row.agency_id, "area": row.area}
            self._note(connection, actor, "group_removed", "Let a group of the single sign-on no longer in.", **place)

    def _note(self, connection: Connection, actor: Person, kind: str, what: str, **place: Any) -> None:
        facts = {name: str(value) for name, value in place.items() if value is not None}
        entry = Entry(at=self._clock.now(), who=actor.id, referral_id=None, kind=kind, what=what, facts=facts)
        self._trail.append(connection, [entry])


def places_of(connection: Connection, names: Collection[str]) -> frozenset[Place]:
    """The different places that groups of these names give, but for closed agencies. The door must be acting."""
    is_open = or_(sign_on_groups.c.agency_id.is_(None), agencies.c.active)
    wanted = (
        select(sign_on_groups.c.role, sign_on_groups.c.agency_id, sign_on_groups.c.area)
        .join(agencies, agencies.c.id == sign_on_groups.c.agency_id, isouter=True)
        .where(sign_on_groups.c.name.in_(names), is_open)
    )
    return frozenset(Place(*row) for row in connection.execute(wanted))
