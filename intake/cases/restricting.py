"""Restricts a case to named people, for instance where a member of staff or their family is involved."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from intake.cases.casefile import CaseFile
from intake.models import Restriction
from intake.store.acting import as_desk, as_door
from intake.store.lines import name_of
from intake.store.tables import people, referrals, restricted_to, restrictions
from intake.store.vault import Envelope
from intake.terms import OF_AN_AGENCY

PLACE = "restrictions/why"


def restrict(file: CaseFile, named: Collection[UUID], why: str) -> str | None:
    """Let only `named` see the case from now on, or give a sentence that says what stands in the way.

    Whoever restricts must be among them, so that there is always a coordinator who decides: another takes them off.
    """
    if not why.strip():
        return "Say why the case is restricted"
    if file.acting.id not in named:
        return "Name yourself too. If you must not see the case, have another coordinator restrict it"
    with as_door(file.connection):
        known = set(file.connection.scalars(select(people.c.id).where(people.c.id.in_(named), _may_be_named(file))))
    if known != set(named):
        return "Choose among the area's coordinators and the people of the agency"
    with as_desk(file.connection):
        _forget(file)
        rows = [{"referral_id": file.id, "person_id": person_id} for person_id in sorted(known)]
        file.connection.execute(insert(restricted_to), rows)
        kept = {"why_sealed": file.envelope.seal_text(why.strip(), PLACE), "by": file.acting.id, "at": file.now}
        entry = upsert(restrictions).values(referral_id=file.id, **kept)
        file.connection.execute(entry.on_conflict_do_update(index_elements=["referral_id"], set_=kept))
    file.put(restricted=True, assigned_to=file.row["assigned_to"] if file.row["assigned_to"] in known else None)
    file.note("restricted", "Restricted the case to named people.", people=[str(one) for one in sorted(known)])
    return None


def lift(file: CaseFile) -> None:
    """Let everybody of the area and agency see the case again."""
    with as_desk(file.connection):
        # First, since whoever lifts it sees the row no longer once nobody is named.
        file.connection.execute(update(referrals).where(referrals.c.id == file.id).values(restricted=False))
        _forget(file)
        file.connection.execute(delete(restrictions).where(restrictions.c.referral_id == file.id))
    file.note("restriction_lifted", "Lifted the restriction of the case.")


def may_be_given(file: CaseFile, person_id: UUID) -> bool:
    """Whether somebody of the area may have the case assigned."""
    with as_desk(file.connection):
        named = select(restricted_to).where(
            restricted_to.c.referral_id == file.id, restricted_to.c.person_id == person_id
        )
        return not file.row["restricted"] or file.connection.execute(named).first() is not None


def copy_restriction(connection: Connection, first: CaseFile, sibling: CaseFile) -> None:
    """Restrict a further form of the same file to the same people. The desk must be acting."""
    if not first.row["restricted"]:
        return
    why = connection.execute(select(restrictions).where(restrictions.c.referral_id == first.id)).one()
    named = connection.scalars(select(restricted_to.c.person_id).where(restricted_to.c.referral_id == first.id)).all()
    reason = first.envelope.open_text(why.why_sealed, PLACE)
    kept = {"why_sealed": sibling.envelope.seal_text(reason, PLACE), "by": why.by, "at": why.at}
    connection.execute(insert(restrictions).values(referral_id=sibling.id, **kept))
    connection.execute(insert(restricted_to), [{"referral_id": sibling.id, "person_id": one} for one in named])
    sibling.put(restricted=True)
    sibling.note("restricted", "Restricted like the form it came with.", people=[str(one) for one in named])


def restriction_of(connection: Connection, referral_id: UUID, envelope: Envelope) -> Restriction | None:
    """Who may see a case and why, None when it is not restricted."""
    with as_desk(connection):
        found = connection.execute(
            select(restrictions.c.why_sealed, restrictions.c.at, name_of(restrictions.c.by)).where(
                restrictions.c.referral_id == referral_id
            )
        ).first()
        named = connection.execute(
            select(restricted_to.c.person_id, name_of(restricted_to.c.person_id)).where(
                restricted_to.c.referral_id == referral_id
            )
        ).all()
    if found is None:
        return None
    return Restriction(
        people={row.person_id: row.name for row in named},
        why=envelope.open_text(found.why_sealed, PLACE),
        by=found.name,
        at=found.at,
    )


def _may_be_named(file: CaseFile) -> ColumnElement[bool]:
    coordinators = (people.c.role == "coordinator") & (people.c.area == file.row["area"])
    senders = people.c.role.in_(OF_AN_AGENCY) & (people.c.agency_id == file.row["agency_id"])
    return people.c.active & ~people.c.system & or_(coordinators, senders)


def _forget(file: CaseFile) -> None:
    file.connection.execute(delete(restricted_to).where(restricted_to.c.referral_id == file.id))
