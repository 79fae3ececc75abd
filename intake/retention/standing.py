"""Whether a case is held, and whether it is to be erased."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, select

from intake.models import Erasing, Hold
from intake.retention.rules import under
from intake.store.lines import name_of
from intake.store.tables import erasure_notices, holds, referrals, retention_periods
from intake.store.vault import Envelope


def holds_of(connection: Connection, referral_id: UUID, envelope: Envelope | None) -> tuple[Hold, ...]:
    """The holds of a case that whoever acts may see, the oldest first; without `envelope` not why."""
    rows = connection.execute(
        select(holds.c.id, holds.c.why_sealed, holds.c.at, name_of(holds.c.by))
        .where(holds.c.referral_id == referral_id)
        .order_by(holds.c.at, holds.c.id)
    )
    return tuple(
        Hold(
            id=row.id,
            by=row.name,
            at=row.at,
            why=envelope.open_text(row.why_sealed, f"holds/{row.id}") if envelope else "",
        )
        for row in rows
    )


def erasing_of(connection: Connection, referral_id: UUID) -> Erasing | None:
    """When and by what a case is to be erased, as far as that is announced to whoever acts."""
    row = connection.execute(
        select(erasure_notices, name_of(erasure_notices.c.ordered_by), retention_periods.c.months)
        .join(referrals, referrals.c.id == erasure_notices.c.referral_id)
        .outerjoin(
            retention_periods,
            (retention_periods.c.area == referrals.c.area) & (retention_periods.c.rule == erasure_notices.c.rule),
        )
        .where(erasure_notices.c.referral_id == referral_id)
    ).first()
    if row is None:
        return None
    return Erasing(
        on=row.erase_on, under=under(row.rule, row.months, row.ground), ordered_by=row.name, at=row.announced_at
    )
