"""What came by mail on a day, and what became of each mail: one line each, however many there were."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Engine, RowMapping, func, or_, select

from extractors.models import Model
from intake.cases.looks import Looks
from intake.mail.incoming import IncomingState
from intake.mail.mail_facts import MailFacts
from intake.models import Person
from intake.now import LONDON
from intake.permissions import demand, within_reach
from intake.store.acting import acting
from intake.store.tables import incoming, referrals
from intake.store.vault import Vault
from intake.terms import ReferralStatus

MOST = 2000
siblings = referrals.alias("siblings")


class Came(Model):
    """A mail: the referral that it became, if one, and how many `more` its other forms became; `refusal` says why none was read."""

    at: datetime
    sender: str
    state: IncomingState
    referral_id: UUID | None
    reference: str | None
    status: ReferralStatus | None
    set_aside: bool
    open_questions: int
    refusal: str | None
    more: int

    @property
    def under_way(self) -> bool:
        """Whether its form is still to be read."""
        return self.status in ("received", "reading") and not self.set_aside


class MailDays:
    def __init__(self, engine: Engine, vault: Vault, looks: Looks) -> None:
        self._engine = engine
        self._vault = vault
        self._looks = looks

    def came(self, person: Person, day: date) -> tuple[Came, ...]:
        """The mails of a day in London, the earliest first. Raises NotAllowed."""
        demand(person, "incoming")
        begins, ends = (datetime.combine(one, time(), LONDON) for one in (day, day + timedelta(days=1)))
        shown = ("id", "reference", "status", "set_aside", "open_questions", "refusal_message")
        more = select(func.count()).where(siblings.c.came_with == referrals.c.id).correlate(referrals).scalar_subquery()
        wanted = (
            select(
                incoming.c.id.label("mail_id"),
                *(incoming.c[name] for name in ("received_at", "state", "wrapped_key", "facts_sealed")),
                *(referrals.c[name].label(f"referral_{name}") for name in shown),
                more.label("more"),
            )
            .select_from(
                incoming.outerjoin(
                    referrals,
                    (referrals.c.id == incoming.c.referral_id) & within_reach(person, "see_line", referrals),
                )
            )
            .where(incoming.c.area == person.area, incoming.c.received_at >= begins, incoming.c.received_at < ends)
            # Of a mail that became a restricted case others do not learn that it came.
            .where(or_(incoming.c.referral_id.is_(None), referrals.c.id.is_not(None)))
            .order_by(incoming.c.received_at, incoming.c.id)
            .limit(MOST)
        )
        with acting(self._engine, person) as connection:
            found = tuple(self._came(row) for row in connection.execute(wanted).mappings())
            shown_ids = (one.referral_id for one in found if one.referral_id is not None)
            self._looks.note_list(connection, person, "listed", shown_ids)
        return found

    def _came(self, row: RowMapping) -> Came:
        sender = "Erased"
        if row["wrapped_key"]:
            envelope = self._vault.envelope(row["mail_id"], row["wrapped_key"])
            sender = MailFacts.model_validate_json(envelope.open_text(row["facts_sealed"], "incoming/facts")).sender
        return Came(
            at=row["received_at"],
            sender=sender,
            state=row["state"],
            referral_id=row["referral_id"],
            reference=row["referral_reference"],
            status=row["referral_status"],
            set_aside=bool(row["referral_set_aside"]),
            open_questions=row["referral_open_questions"] or 0,
            refusal=row["referral_refusal_message"],
            more=row["more"],
        )
