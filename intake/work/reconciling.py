"""Compares what must agree: documents, referrals, readings, jobs, messages, trail. Any difference is an alarm.

Every change of the desk is one transaction, so in one snapshot nothing is ever half done: a difference is never a matter of
timing, and there is no tolerance.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection, Engine, func, select, text, update

from extractors.models import Model
from intake.store.acting import acting, as_door
from intake.store.tables import people, reconciliation

log = logging.getLogger(__name__)

LEAST_WAIT = 60.0
"""Seconds between two comparisons; longer where one takes long, so that it costs at most a hundredth of the time."""
SHARE = 100
SHOWN = 10
"""How many ids of each difference are told."""
QUERIES: Mapping[str, str] = MappingProxyType(
    {
        "referral_lost": """
            SELECT c.area || '-' || c.year AS id FROM reference_counters c WHERE c.last <>
            (SELECT count(*) FROM referrals r WHERE r.area = c.area AND r.reference LIKE c.area || '-' || c.year || '-%')
        """,
        "document_missing": """
            SELECT r.id FROM referrals r LEFT JOIN documents d ON d.referral_id = r.id AND NOT d.supporting
            WHERE r.erased_at IS NULL GROUP BY r.id HAVING count(d.id) <> 1
        """,
        "reading_not_asked_for": """
            SELECT r.id FROM referrals r WHERE r.status IN ('received', 'reading')
            AND NOT EXISTS (SELECT FROM jobs j WHERE j.referral_id = r.id AND j.kind = 'read' AND j.state IN ('due', 'running', 'set_aside'))
        """,
        "set_aside_not_shown": """
            SELECT r.id FROM referrals r WHERE r.status IN ('received', 'reading')
            AND r.set_aside <> EXISTS (SELECT FROM jobs j WHERE j.referral_id = r.id AND j.kind = 'read' AND j.state = 'set_aside')
        """,
        "reading_missing": """
            SELECT r.id FROM referrals r LEFT JOIN readings d ON d.referral_id = r.id
            WHERE r.erased_at IS NULL
            AND ((d.referral_id IS NULL) <> (r.read_at IS NULL) OR r.read_at IS NULL AND r.status IN ('checked', 'decided'))
        """,
        "judgement_missing": """
            SELECT d.referral_id AS id FROM readings d
            WHERE NOT EXISTS (SELECT FROM assessments a WHERE a.referral_id = d.referral_id)
        """,
        "job_without_result": """
            SELECT r.id FROM referrals r WHERE r.read_at IS NULL AND r.status <> 'refused'
            AND EXISTS (SELECT FROM jobs j WHERE j.referral_id = r.id AND j.kind = 'read' AND j.state = 'done')
        """,
        "first_message_missing": """
            SELECT r.id FROM referrals r LEFT JOIN messages m ON m.referral_id = r.id AND m.kind IN ('receipt', 'refused')
            WHERE r.came_with IS NULL GROUP BY r.id
            HAVING count(m.id) FILTER (WHERE m.kind = 'receipt') > 1 OR count(m.id) NOT IN (1, 2)
        """,
        "message_to_nobody": """
            SELECT m.id FROM messages m WHERE m.state = 'out'
            AND NOT EXISTS (SELECT FROM mail_contents c WHERE c.message_id = m.id)
        """,
        "message_to_somebody_twice": """
            SELECT c.message_id AS id FROM mail_contents c JOIN mails e ON e.id = c.mail_id
            GROUP BY c.message_id, e.person_id HAVING count(*) > 1
        """,
        "decision_not_told": """
            SELECT d.referral_id AS id FROM decisions d GROUP BY d.referral_id HAVING count(*) <>
            (SELECT count(*) FROM messages m WHERE m.referral_id = d.referral_id AND m.kind = 'decision')
        """,
        "questions_not_told": """
            SELECT a.referral_id AS id FROM audit a WHERE a.kind = 'asked' GROUP BY a.referral_id HAVING count(*) <>
            (SELECT count(*) FROM messages m WHERE m.referral_id = a.referral_id AND m.kind = 'questions')
        """,
        "trail_differs": """
            SELECT coalesce(r.id, a.referral_id) AS id
            FROM (SELECT q.id, 1 AS received,
                CASE WHEN q.erased_at IS NULL THEN count(d.referral_id) ELSE count(q.read_at) END AS read FROM referrals q
                LEFT JOIN readings d ON d.referral_id = q.id GROUP BY q.id) r
            FULL JOIN (SELECT referral_id, count(*) FILTER (WHERE kind = 'received') AS received,
                count(*) FILTER (WHERE kind = 'read') AS read FROM audit
                WHERE kind IN ('received', 'read') GROUP BY referral_id) a ON a.referral_id = r.id
            WHERE (r.received, r.read) IS DISTINCT FROM (a.received, a.read)
        """,
        "restricted_to_nobody": """
            SELECT r.id FROM referrals r WHERE r.restricted
            AND (r.status IN ('received', 'reading', 'checked') OR r.review_due IS NOT NULL)
            AND NOT EXISTS (SELECT FROM restricted_to t
                WHERE t.referral_id = r.id AND t.person_id || ' ' || r.area = ANY(:coordinators))
        """,
        "erased_not_whole": """
            SELECT r.id FROM referrals r WHERE r.erased_at IS NOT NULL AND (r.wrapped_key <> '' OR r.subject_sealed IS NOT NULL
                OR EXISTS (SELECT FROM documents d WHERE d.referral_id = r.id)
                OR EXISTS (SELECT FROM page_pictures d WHERE d.referral_id = r.id)
                OR EXISTS (SELECT FROM readings d WHERE d.referral_id = r.id)
                OR EXISTS (SELECT FROM entries d WHERE d.referral_id = r.id)
                OR EXISTS (SELECT FROM clarifications d WHERE d.referral_id = r.id)
                OR EXISTS (SELECT FROM assessments d WHERE d.referral_id = r.id)
                OR EXISTS (SELECT FROM search_tokens d WHERE d.referral_id = r.id)
                OR EXISTS (SELECT FROM person_traces d WHERE d.referral_id = r.id))
        """,
        "erased_without_trace": """
            SELECT coalesce(r.id, e.referral_id) AS id FROM (SELECT id FROM referrals WHERE erased_at IS NOT NULL) r
            FULL JOIN (SELECT e.referral_id FROM erasures e WHERE EXISTS (SELECT FROM audit a
                WHERE a.referral_id = e.referral_id AND a.kind = 'erased')) e ON e.referral_id = r.id
            WHERE r.id IS NULL OR e.referral_id IS NULL
        """,
        "trail_cut": """
            SELECT number AS id FROM audit_head WHERE number <> (SELECT count(*) FROM audit)
        """,
        "tally_differs": """
            SELECT coalesce(t.agency_id, r.agency_id) || ' ' || coalesce(t.status, r.status) AS id
            FROM (SELECT agency_id, status, number FROM tallies WHERE number <> 0) t
            FULL JOIN (SELECT agency_id, status, count(*) AS number FROM referrals WHERE NOT restricted GROUP BY agency_id, status) r
            USING (agency_id, status) WHERE t.number IS DISTINCT FROM r.number
        """,
    }
)
"""What must not be: code of the difference to the ids it concerns. `coordinators` are those at work: id and area."""
COUNTED = ("referrals", "documents", "readings", "jobs", "messages", "mails", "audit")


class Difference(Model):
    """Something that does not agree: its code, in how many places, and the first ids."""

    code: str
    number: int
    ids: tuple[str, ...]


class Reconciliation(Model):
    """What was compared at `at`, which took `seconds`; no differences means that everything agreed."""

    at: datetime
    seconds: float
    counts: Mapping[str, int]
    differences: tuple[Difference, ...]


class Reconciler:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._snapshots = engine.execution_options(isolation_level="REPEATABLE READ")

    def compare(self) -> Reconciliation:
        """Compare everything now, and keep the result for all who ask for the last one."""
        with acting(self._snapshots, "desk") as connection:
            found = _compared(connection)
        with acting(self._engine, "desk") as connection:
            connection.execute(update(reconciliation).values(at=found.at, result=found.model_dump(mode="json")))
        for difference in found.differences:
            log.error("difference %s in %d places: %s", difference.code, difference.number, " ".join(difference.ids))
        return found

    def compare_when_due(self) -> Reconciliation | None:
        """Compare when the last time is long enough ago, and nobody else is at it."""
        with acting(self._engine, "desk") as connection:
            last = last_of(connection)
            age = func.extract("epoch", func.clock_timestamp() - reconciliation.c.at)
            due = (
                reconciliation.c.at.is_(None) | (age > max(LEAST_WAIT, SHARE * last.seconds if last else 0)) | (age < 0)
            )
            # Taken by its time, which tells everybody else to wait for the result.
            taken = update(reconciliation).where(due).values(at=func.clock_timestamp())
            mine = connection.execute(taken).rowcount == 1
        return self.compare() if mine else None


def last_of(connection: Connection) -> Reconciliation | None:
    """The last comparison, by whichever process."""
    found = connection.execute(select(reconciliation.c.result)).scalar_one()
    return Reconciliation.model_validate(found, strict=False) if found is not None else None


def _compared(connection: Connection) -> Reconciliation:
    began = time.monotonic()
    at = connection.execute(select(func.clock_timestamp())).scalar_one()
    counts = {
        table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - names from above
        for table in COUNTED
    }
    at_work = (people.c.role == "coordinator", people.c.active, ~people.c.system)
    with as_door(connection):
        coordinators = [f"{one.id} {one.area}" for one in connection.execute(select(people).where(*at_work))]
    differences = []
    for code, query in QUERIES.items():
        rows = connection.execute(
            text(f"SELECT id::text, count(*) OVER () AS number FROM ({query}) AS found LIMIT {SHOWN}"),  # noqa: S608 - queries from above
            {"coordinators": coordinators} if ":coordinators" in query else {},
        ).all()
        if rows:
            differences.append(Difference(code=code, number=rows[0].number, ids=tuple(row.id for row in rows)))
    return Reconciliation(
        at=at, seconds=round(time.monotonic() - began, 3), counts=counts, differences=tuple(differences)
    )
