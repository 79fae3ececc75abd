"""Takes in what comes by mail: forms of known agencies become referrals, and whatever else comes is kept and shown.

A mail counts as done only when that is committed. Who sends it is what the mailbox's provider says: only a mailbox that
refuses forged senders may be watched.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, RowMapping, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from extractors.models import Model
from intake.desk import Desk
from intake.errors import DeskError, NotFound, NotNow
from intake.mail.mail_facts import MailFacts, content_mark, facts_of
from intake.models import Person
from intake.now import Clock
from intake.people.accounts import MAY_SIGN_IN, People
from intake.permissions import demand
from intake.store.acting import acting
from intake.store.tables import agencies, incoming, mail_senders, mails, people, post, referrals
from intake.store.trail import Entry, Trail
from intake.store.vault import Index, Vault
from intake.terms import MailState
from intake.work.ledger import NOW

log = logging.getLogger(__name__)

IncomingState = Literal["taken", "stranger", "automatic", "returned", "closed", "erased"]
TO_LOOK_AT: tuple[IncomingState, ...] = ("stranger", "automatic")
FILENAME = "mail.eml"
ONE_ANSWER_IN = timedelta(days=1)
"""A stranger is answered once in so long: two machines that do not say what they are would write to each other forever."""
MOST_SHOWN = 200


class Arrived(Model):
    """A mail that did not become a referral by itself. `kept` unless it was too large; `answer` is how our answer stands."""

    id: UUID
    state: IncomingState
    sender: str
    subject: str
    size: int
    kept: bool
    received_at: datetime
    answer: MailState | None


class Incoming:
    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        index: Index,
        trail: Trail,
        clock: Clock,
        accounts: People,
        desk: Desk,
        area: str,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._index = index
        self._trail = trail
        self._clock = clock
        self._people = accounts
        self._desk = desk
        self._area = area

    # The mailbox's own work

    def take(self, mail: bytes, size: int) -> None:
        """Take in a mail, once whatever happens. `mail` is only its headers where its `size` is beyond the limit."""
        facts = facts_of(mail)
        marks = self._marks(facts, mail)
        with acting(self._engine, "desk") as connection:
            if connection.scalar(select(incoming.c.id).where(incoming.c.token == marks["token"])) is not None:
                return
        if facts.returned is not None:
            self._keep(marks, facts, mail, size, "returned")
            return
        sender = None if facts.automatic or facts.forged else self._sender(facts.sender)
        if sender is None:
            self._keep(marks, facts, mail, size, "automatic" if facts.automatic else "stranger")
            return
        receipt = self._desk.receive(
            sender, FILENAME, mail, token=marks["token"].hex(), size=size, repeats=self._repeated(sender, marks)
        )
        self._keep(marks, facts, None, size, "taken", receipt.referral_id)

    def _marks(self, facts: MailFacts, mail: bytes) -> dict[str, bytes]:
        """Keyed hashes by which a mail is known again, delivered twice say, and others of its Message-ID or content."""
        content = content_mark(mail)
        whole = f"{facts.message_id}\x00{content}" if facts.message_id else hashlib.sha256(mail).hexdigest()
        return {
            "token": self._index.token("mail", whole),
            "message_token": self._index.token("message-id", facts.message_id or whole),
            "content_token": self._index.token("mail-content", content),
        }

    def _repeated(self, sender: Person, marks: Mapping[str, bytes]) -> UUID | None:
        """The referral that an earlier mail of the agency with this Message-ID or content became, the latest first."""
        alike = or_(*(incoming.c[name] == marks[name] for name in ("message_token", "content_token")))
        earlier = (
            select(incoming.c.referral_id)
            .join(referrals, referrals.c.id == incoming.c.referral_id)
            .where(alike, referrals.c.agency_id == sender.agency_id)
            .order_by(incoming.c.received_at.desc())
            .limit(1)
        )
        with acting(self._engine, "desk") as connection:
            return connection.scalar(earlier)

    def looked(self, error: str | None) -> None:
        """Write down that the mailbox was looked into, or what kept us from it."""
        with acting(self._engine, "desk") as connection:
            changes = {"mailbox_error": error} if error else {"mailbox_at": self._clock.now(), "mailbox_error": None}
            connection.execute(update(post).values(**changes))

    def _keep(
        self,
        marks: Mapping[str, bytes],
        facts: MailFacts,
        mail: bytes | None,
        size: int,
        state: IncomingState,
        referral_id: UUID | None = None,
    ) -> None:
        new, now = uuid4(), self._clock.now()
        envelope, wrapped = self._vault.new_envelope(new)
        sender = self._index.token("email", facts.sender)
        row = {
            "id": new,
            "area": self._area,
            **marks,
            "sender_token": sender,
            "received_at": now,
            "state": state,
            "referral_id": referral_id,
            "wrapped_key": wrapped,
            "facts_sealed": envelope.seal_text(facts.model_dump_json(), "incoming/facts"),
            "content_sealed": envelope.seal(mail, "incoming/content") if mail and len(mail) == size else None,
            "size": size,
        }
        with acting(self._engine, "desk") as connection:
            since = (incoming.c.sender_token == sender, incoming.c.state == "stranger")
            lately = select(incoming.c.id).where(*since, incoming.c.received_at > now - ONE_ANSWER_IN)
            answered = connection.execute(lately.limit(1)).first() is not None
            entered = upsert(incoming).values(**row).on_conflict_do_nothing()
            if connection.scalar(entered.returning(incoming.c.id)) is None:
                return
            if facts.returned is not None:
                came_back = mails.c.state.in_(("sent", "unknown"))
                connection.execute(
                    update(mails)
                    .where(mails.c.id == facts.returned, came_back)
                    .values(state="bounced", settled_at=now, last_error="came_back")
                )
            if state == "stranger" and facts.sender and not facts.forged and not answered:
                connection.execute(
                    insert(mails).values(
                        id=uuid4(), incoming_id=new, digest=False, state="due", next_try=NOW, created_at=now
                    )
                )
            entry = Entry(
                at=now, who=None, referral_id=referral_id, kind="mail_in", what=WHAT[state], facts={"mail": str(new)}
            )
            self._trail.append(connection, [entry])

    def _sender(self, address: str) -> Person | None:
        """Whose account a mail from this address is of: one that is there, or a new one of an agency whose domain it has."""
        if not address:
            return None
        with acting(self._engine, "door") as connection:
            row = connection.execute(select(people, MAY_SIGN_IN.label("open")).where(people.c.email == address)).first()
        if row is not None:
            found = Person(**{name: getattr(row, name) for name in Person.model_fields})
            return found if row.open and found.role == "referrer" else None
        domain = f"@{address.rpartition('@')[2]}"
        with acting(self._engine, "desk") as connection:
            agency_id = connection.scalar(
                select(mail_senders.c.agency_id)
                .join(agencies, agencies.c.id == mail_senders.c.agency_id)
                .where(
                    mail_senders.c.area == self._area,
                    mail_senders.c.pattern.in_((address, domain)),
                    agencies.c.active,
                )
                .order_by(mail_senders.c.pattern == domain)
                .limit(1)
            )
        return self._account(address, agency_id) if agency_id is not None else None

    def _account(self, address: str, agency_id: UUID, by: UUID | None = None) -> Person:
        """An account for who writes by mail; nobody knows its password until an administrator sets one."""
        return self._people.add_person(
            address, address, "referrer", secrets.token_urlsafe(32), agency_id=agency_id, by=by, by_mail=True
        )

    # What people do

    def arrived(self, actor: Person) -> tuple[Arrived, ...]:
        """The mails that somebody has to look at, the latest first."""
        demand(actor, "incoming")
        wanted = (
            select(incoming, mails.c.state.label("answer"))
            .outerjoin(mails, mails.c.incoming_id == incoming.c.id)
            .where(incoming.c.area == actor.area, incoming.c.state.in_(TO_LOOK_AT))
            .order_by(incoming.c.received_at.desc(), incoming.c.id)
            .limit(MOST_SHOWN)
        )
        with acting(self._engine, actor) as connection:
            rows = connection.execute(wanted).mappings().all()
        return tuple(self._opened(row) for row in rows)

    def _opened(self, row: RowMapping) -> Arrived:
        facts = self._facts(row)
        return Arrived(
            id=row["id"],
            state=row["state"],
            sender=facts.sender,
            subject=facts.subject,
            size=row["size"],
            kept=row["content_sealed"] is not None,
            received_at=row["received_at"],
            answer=row["answer"],
        )

    def _facts(self, row: RowMapping) -> MailFacts:
        envelope = self._vault.envelope(row["id"], row["wrapped_key"])
        return MailFacts.model_validate_json(envelope.open_text(row["facts_sealed"], "incoming/facts"))

    def take_for(self, actor: Person, mail_id: UUID, agency_id: UUID | None) -> UUID:
        """Take a mail in after all, as one of this agency; gives the referral. Its sender is known from then on.

        Raises NotFound, NotNow, and DeskError with a sentence when it cannot be done.
        """
        demand(actor, "incoming")
        with acting(self._engine, actor) as connection:
            row = self._mine(connection, actor, mail_id)
            theirs = (agencies.c.id == agency_id, agencies.c.area == actor.area, agencies.c.active)
            if connection.scalar(select(agencies.c.id).where(*theirs)) is None or agency_id is None:
                raise DeskError("Choose the agency that sent it.")
        facts = self._facts(row)
        if row["content_sealed"] is None:
            raise DeskError("This mail was too large to keep. It lies in the mailbox; ask for the form by itself.")
        if not facts.sender:
            raise DeskError("This mail names no sender. Save its form from the mailbox and ask the agency to send it.")
        sender = self._sender_in(actor, facts.sender, agency_id)
        content = self._vault.envelope(row["id"], row["wrapped_key"]).open(row["content_sealed"], "incoming/content")
        receipt = self._desk.receive(
            sender,
            FILENAME,
            content,
            token=bytes(row["token"]).hex(),
            size=row["size"],
            came_at=row["received_at"],
        )
        self._settle(actor, mail_id, "taken", "Took in a mail of a sender who was not known.", receipt.referral_id)
        return receipt.referral_id

    def _sender_in(self, actor: Person, address: str, agency_id: UUID) -> Person:
        with acting(self._engine, "door") as connection:
            row = connection.execute(select(people).where(people.c.email == address)).mappings().first()
        if row is None:
            return self._account(address, agency_id, by=None)
        if row["agency_id"] != agency_id or not row["active"]:
            raise DeskError("The sender has an account elsewhere, or one that was closed. Ask an administrator.")
        return Person(**{name: row[name] for name in Person.model_fields})

    def close(self, actor: Person, mail_id: UUID) -> None:
        """Take a mail off the list; it stays in the mailbox's folder of mails that were looked at."""
        demand(actor, "incoming")
        self._settle(actor, mail_id, "closed", "Saw to a mail that holds no form.")

    def _settle(
        self, actor: Person, mail_id: UUID, state: IncomingState, what: str, referral_id: UUID | None = None
    ) -> None:
        with acting(self._engine, actor) as connection:
            self._mine(connection, actor, mail_id)
            changes: dict[str, Any] = {"state": state, "referral_id": referral_id}
            if state == "taken":
                changes["content_sealed"] = None
            connection.execute(update(incoming).where(incoming.c.id == mail_id).values(**changes))
            entry = Entry(
                at=self._clock.now(),
                who=actor.id,
                referral_id=referral_id,
                kind="mail_seen_to",
                what=what,
                facts={"mail": str(mail_id)},
            )
            self._trail.append(connection, [entry])

    def _mine(self, connection: Connection, actor: Person, mail_id: UUID) -> RowMapping:
        own = (incoming.c.id == mail_id, incoming.c.area == actor.area)
        row = connection.execute(select(incoming).where(*own).with_for_update()).mappings().first()
        if row is None:
            raise NotFound("There is no such mail.")
        if row["state"] not in TO_LOOK_AT:
            raise NotNow("Somebody has seen to this mail already.")
        return row


WHAT: Mapping[IncomingState, str] = {
    "taken": "It came by mail.",
    "stranger": "A mail came from a sender who is not known.",
    "automatic": "A mail came that no person sent.",
    "returned": "A message of ours came back.",
}
