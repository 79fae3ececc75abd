"""Finds other referrals that may be about the same person, at a cost that does not grow with their number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import get_args
from uuid import UUID

from sqlalchemy import ARRAY, Connection, Integer, LargeBinary, RowMapping, bindparam, func, select

from intake.cases.likeness import Identity, Likeness, compare, sought
from intake.errors import NotFound
from intake.models import Alike, Person, SamePerson
from intake.permissions import within_reach
from intake.retention.traces import refuse_erased
from intake.store.acting import as_desk
from intake.store.lines import line_of, lines_of
from intake.store.tables import person_traces, referrals
from intake.store.vault import Index, Vault
from intake.terms import Strength

OF_EACH_TRACE = 50
"""Referrals looked at of those that share one trace: the latest."""
COMPARED = 40
"""Referrals that are opened and compared: those that share most, identifiers before all."""
STRENGTHS: Sequence[Strength] = get_args(Strength)


def same_person(
    connection: Connection, person: Person, referral_id: UUID, vault: Vault, index: Index, today: date
) -> SamePerson:
    """Those of his reach that `person` may see whole, the likeliest first; of others only the area.

    Raises NotFound for a referral that is not his.
    """
    row = connection.execute(
        select(referrals).where(referrals.c.id == referral_id, within_reach(person, "compare", referrals))
    )
    found = row.mappings().first()
    if found is None:
        raise NotFound
    refuse_erased(connection, found)
    identity = _opened(found, vault)
    if identity is None:
        return SamePerson()
    # The desk compares: whom a coordinator only knows of is not within reach.
    with as_desk(connection):
        met = _met(connection, identity, referral_id, index)
        theirs = referrals.c.id.in_(met)
        known = (
            connection.execute(
                select(
                    referrals.c.id,
                    referrals.c.area,
                    referrals.c.wrapped_key,
                    referrals.c.identity_sealed,
                    within_reach(person, "see_line", referrals).label("shown"),
                ).where(theirs, within_reach(person, "know_of", referrals))
            )
            .mappings()
            .all()
        )
    alike: dict[UUID, tuple[Identity, Likeness]] = {}
    elsewhere: set[str] = set()
    for other in known:
        their = _opened(other, vault)
        likeness = compare(identity, their) if their is not None else None
        if their is None or likeness is None:
            continue
        if other["shown"]:
            alike[other["id"]] = (their, likeness)
        elif likeness.strength != "possible":
            elsewhere.add(other["area"])
    return SamePerson(here=_lines(connection, alike, vault, today), elsewhere=tuple(sorted(elsewhere)))


def _opened(row: RowMapping, vault: Vault) -> Identity | None:
    sealed = row["identity_sealed"]
    if sealed is None:
        return None
    return Identity.model_validate_json(vault.envelope(row["id"], row["wrapped_key"]).open(sealed, "identity"))


def _met(connection: Connection, identity: Identity, itself: UUID, index: Index) -> Sequence[UUID]:
    """The referrals that share traces with an identity, those that share most first."""
    asked = {index.token("trace", text): weight for text, weight in sought(identity).items()}
    traces = bindparam("traces", list(asked), ARRAY(LargeBinary))
    weights = bindparam("weights", list(asked.values()), ARRAY(Integer))
    table = func.unnest(traces, weights).table_valued("trace", "weight").render_derived()
    latest = (
        select(person_traces.c.referral_id, person_traces.c.received_at)
        .where(person_traces.c.trace == table.c.trace, person_traces.c.referral_id != itself)
        .order_by(person_traces.c.received_at.desc())
        .limit(OF_EACH_TRACE)
        .lateral()
    )
    return connection.scalars(
        select(latest.c.referral_id)
        .select_from(table)
        .join(latest, latest.c.referral_id.is_not(None))
        .group_by(latest.c.referral_id)
        .order_by(func.sum(table.c.weight).desc(), func.max(latest.c.received_at).desc())
        .limit(COMPARED)
    ).all()


def _lines(
    connection: Connection, alike: dict[UUID, tuple[Identity, Likeness]], vault: Vault, today: date
) -> tuple[Alike, ...]:
    chosen = select(referrals).where(referrals.c.id.in_(list(alike)))
    rows = connection.execute(lines_of(chosen, (referrals.c.received_at.desc(),), COMPARED)).mappings()
    found = []
    for row in rows:
        identity, likeness = alike[row["id"]]
        line = line_of(row, vault, today)
        found.append(Alike(line=line, born=identity.born, strength=likeness.strength, reasons=likeness.reasons))
    return tuple(sorted(found, key=lambda one: STRENGTHS.index(one.strength)))
