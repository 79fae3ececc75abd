"""One row of a list: what is selected for it, and how it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, func, select

from intake.models import ReferralLine
from intake.store.tables import agencies, referrals
from intake.store.vault import Vault

earlier = referrals.alias("earlier")
SHOWN = [
    "id",
    "reference",
    "form",
    "status",
    "agency_id",
    "level_requested",
    "category",
    "route",
    "received_at",
    "due_on",
    "verdicts",
    "doubted",
    "open_questions",
    "outcome",
    "decided_at",
    "set_aside",
    "version",
    "erased_at",
    "subject_sealed",
    "wrapped_key",
]


def name_of(person: ColumnElement[Any]) -> ColumnElement[Any]:
    """The name of the person with this id, who need not be within reach: a case tells who did what in it."""
    return func.name_of(person).label("name")


def lines_of(chosen: Select[Any], order: Sequence[ColumnElement[Any]], size: int, start: int = 0) -> Select[Any]:
    """The lines of one page of what `chosen` selects from referrals.

    Only the page is joined to agencies, so that its cost does not grow with the table.
    """
    place = func.row_number().over(order_by=order).label("place")
    page = chosen.add_columns(place).order_by(*order).limit(size).offset(start).subquery()
    return (
        select(
            *(page.c[name] for name in SHOWN),
            agencies.c.name.label("agency_name"),
            agencies.c.type.label("agency_type"),
            name_of(page.c.assigned_to).label("assigned_to"),
            page.c.assigned_to.label("assigned_id"),
            earlier.c.reference.label("same_as"),
        )
        .select_from(page)
        .join(agencies, agencies.c.id == page.c.agency_id)
        .outerjoin(earlier, earlier.c.id == page.c.same_as)
        .order_by(page.c.place)
    )


def line_of(row: RowMapping, vault: Vault, today: date) -> ReferralLine:
    sealed = row["subject_sealed"]
    subject = vault.envelope(row["id"], row["wrapped_key"]).open_text(sealed, "subject") if sealed is not None else None
    return ReferralLine(
        id=row["id"],
        reference=row["reference"],
        form=row["form"],
        status=row["status"],
        agency_id=row["agency_id"],
        agency_name=row["agency_name"],
        agency_type=row["agency_type"],
        subject=subject,
        level_requested=row["level_requested"],
        category=tuple(row["category"]),
        route=row["route"],
        received_at=row["received_at"],
        due_on=row["due_on"],
        days_left=(row["due_on"] - today).days,
        verdict_summary=row["verdicts"],
        doubted=row["doubted"],
        open_questions=row["open_questions"],
        assigned_to=row["assigned_to"],
        assigned_id=row["assigned_id"],
        outcome=row["outcome"],
        decided_at=row["decided_at"],
        same_as=row["same_as"],
        set_aside=row["set_aside"],
        version=row["version"],
        erased_at=row["erased_at"],
    )
