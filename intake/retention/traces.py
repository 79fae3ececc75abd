"""What is said of a referral that was erased, wherever somebody still comes upon it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from intake.due.clock import said
from intake.errors import Erased
from intake.now import london_day
from intake.retention.rules import under
from intake.store.tables import erasures
from intake.terms import OUTCOMES, STATUS_WORDS

WORDS = {code: words for outcomes in OUTCOMES.values() for code, words in outcomes}


def refuse_erased(connection: Connection, row: RowMapping | Mapping[str, Any]) -> None:
    """Raise Erased where nothing but the line is left of a referral, with what is still known. Whoever acts may see it."""
    if row["erased_at"] is None:
        return
    trace = connection.execute(select(erasures).where(erasures.c.referral_id == row["id"])).mappings().one()
    by = under(trace["rule"], trace["months"], trace["ground"])
    end = WORDS[row["outcome"]] if row["outcome"] else STATUS_WORDS[row["status"]]
    decided = f" on {said(london_day(row['decided_at']))}" if row["decided_at"] else ""
    form = f"form {row['form']}" if row["form"] else "a file"
    raise Erased(
        f"{row['reference']} was erased on {said(london_day(row['erased_at']))} under {by}. What is known of it still: "
        f"{form}, received on {said(london_day(row['received_at']))}; {end}{decided}. "
        "Nothing is left of what the form and people said."
    )
