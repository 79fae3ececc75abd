"""Takes open cases back to the team from somebody who leaves: a case with nobody who can open it would be forgotten."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, update

from intake.store.tables import people, referrals
from intake.store.trail import Entry
from intake.terms import OPEN


def can_have(connection: Connection, person_id: UUID, area: str) -> bool:
    """Whether open cases of this area can be given to this person: a coordinator of the area who has not left."""
    theirs = (people.c.id == person_id, people.c.role == "coordinator", people.c.area == area)
    wanted = select(people.c.id).where(*theirs, people.c.active, ~people.c.system)
    return connection.execute(wanted).first() is not None


def hand_back(connection: Connection, at: datetime, who: UUID | None, person_id: UUID, area: str | None) -> list[Entry]:
    """Take open cases from somebody, but for those of `area`; gives the entries for the trail, in the name of `who`."""
    theirs = [referrals.c.assigned_to == person_id, referrals.c.status.in_(OPEN)]
    if area is not None:
        theirs.append(referrals.c.area != area)
    changed = update(referrals).where(*theirs).values(assigned_to=None, version=referrals.c.version + 1)
    what = "Took the assignment back: the coordinator has left this area."
    return [
        Entry(at=at, who=who, referral_id=id, kind="assigned", what=what)
        for id in connection.execute(changed.returning(referrals.c.id)).scalars()
    ]
