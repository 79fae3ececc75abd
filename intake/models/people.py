"""Who works with referrals: people with an account or by a link, and the agencies that refer."""

from __future__ import annotations

from uuid import UUID

from extractors.models import Model
from intake.terms import AgencyType, Role


class Person(Model):
    """Somebody who is signed in. A referrer and a manager have an agency; a coordinator has an area."""

    id: UUID
    email: str
    name: str
    role: Role
    agency_id: UUID | None = None
    area: str | None = None


class Correspondent(Person):
    """A referrer without an account who came by a link: acts as the owner of the address, on `only` one referral."""

    only: UUID
    link_id: UUID


class Agency(Model):
    """A body that refers. `area` is the MAPPA area's code, such as "WM"; people of one that is not active cannot sign in."""

    id: UUID
    name: str
    type: AgencyType
    area: str
    active: bool = True
