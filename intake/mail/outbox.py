"""The truth about what is to be told: every message goes to each of its people at most once by itself, whoever dies.

A mail is claimed with a lease and a fencing number, as jobs are (intake/work/ledger.py). Before its text leaves it is marked as
being sent: where that is the last thing known of it, it stays "unknown", and only a person has it sent again.

    due -> claimed -> sending -> sent            claimed -> due      (a worker died, or the server could not take it now)
                      sending -> unknown         claimed -> failed   (the server refused it, or could not for three days)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, RowMapping, case, insert, select, update

from extractors.models import Model
from intake.errors import LostLease
from intake.mail.wordings import MESSAGES
from intake.now import LONDON, Clock
from intake.people.accounts import MAY_SIGN_IN
from intake.store.acting import acting
from intake.store.tables import (
    incoming,
    mail_choices,
    mail_contents,
    mails,
    messages,
    people,
    post,
    referrals,
    restricted_to,
)
from intake.terms import MailState, MessageKind
from intake.work.ledger import NOW

Choice = Literal["single", "digest", "none"]
"""How somebody wants messages that ask nothing of them: each at once, once a day, or on the pages only."""
LEASE = timedelta(seconds=60)
LEASE_WITH_TEXT = timedelta(seconds=180)
"""For handing over the text: longer than the server is given for it."""
WAITS = (
    *(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)),
    *(timedelta(hours=4) for _ in range(17)),
)
"""Pause after the first, second, ... failure; after all of them, some three days, the mail has failed."""
DIGEST_AT = time(8)
"""London's time at which digests leave."""
LONGEST_WAIT = timedelta(hours=26)
"""A pause longer than any that is given can only come of a clock that was put back: it is over."""
TOO_OLD = timedelta(days=3)
"""A message that could not be sent for so long, because no mail server was set, stands on the pages only."""
AT_A_TIME = 200
DUE = (mails.c.state == "due") & (~mails.c.next_try.between(NOW, NOW + LONGEST_WAIT))
EXPIRED = mails.c.state.in_(("claimed", "sending")) & (~mails.c.lease_until.between(NOW, NOW + LEASE_WITH_TEXT))
TO_ALL: frozenset[MessageKind] = frozenset({"questions_reminder", "set_aside", "overdue", "review_overdue"})
"""Kinds that go to everybody of the agency or area, since whoever had it in hand has not acted, or nobody has it."""


class MailClaim(Model):
    """A mail in hand, for as long as `fence` is the mail's own; to a person, or in answer to a mail that came in.

    One with `link_id` carries the code for that link.
    """

    id: UUID
    person_id: UUID | None
    incoming_id: UUID | None
    link_id: UUID | None
    digest: bool
    fence: int
    attempts: int


class Told(Model):
    """One message within a mail: what kind it is of, and the referral it is about."""

    kind: MessageKind
    area: str
    referral_id: UUID
    reference: str


class Outbox:
    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    # From messages to mails

    def address(self) -> int:
        """Write down for waiting messages to whom each goes; gives for how many."""
        with acting(self._engine, "desk") as connection:
            if is_held(connection):
                return 0
            waiting = connection.execute(
                select(messages, referrals.c.received_by, referrals.c.assigned_to, referrals.c.restricted)
                .join(referrals, referrals.c.id == messages.c.referral_id)
                .where(messages.c.state == "waiting")
                .order_by(messages.c.created_at)
                .limit(AT_A_TIME)
            ).mappings()
            found = waiting.all()
            named = _named(connection, found)
        if not found:
            return 0
        known = self._known_people(found)
        with acting(self._engine, "desk") as connection:
            return sum(self._address(connection, message, _readers(message, known, named)) for message in found)

    def _known_people(self, found: Sequence[RowMapping]) -> Sequence[RowMapping]:
        theirs = people.c.agency_id.in_({row["to_agency"] for row in found}) | (
            (people.c.role == "coordinator") & people.c.area.in_({row["to_area"] for row in found})
        )
        names = ("id", "agency_id", "area", "role", "by_mail")
        columns = (*(people.c[name] for name in names), mail_choices.c.choice)
        wanted = select(*columns).outerjoin(mail_choices, mail_choices.c.person_id == people.c.id)
        with acting(self._engine, "door") as connection:
            return connection.execute(wanted.where(theirs, MAY_SIGN_IN).order_by(people.c.id)).mappings().all()

    def _address(self, connection: Connection, message: RowMapping, readers: Sequence[RowMapping]) -> bool:
        old = self._clock.now() - message["created_at"] > TOO_OLD and not message["released"]
        state = "shown" if old else "out" if readers else "nobody"
        mine = update(messages).where(messages.c.id == message["id"], messages.c.state == "waiting")
        if connection.execute(mine.values(state=state)).rowcount == 1 and state == "out":
            for reader in readers:
                mail_id = self._mail_for(connection, message["kind"], reader["id"], reader["choice"] or "single")
                connection.execute(insert(mail_contents).values(mail_id=mail_id, message_id=message["id"]))
        return state == "out"

    def _mail_for(self, connection: Connection, kind: MessageKind, person_id: UUID, choice: Choice) -> UUID:
        digest = choice == "digest" and not MESSAGES[kind].asks
        if digest:
            # One that has not begun to leave takes the message along.
            begun = (mails.c.attempts == 0) & (mails.c.next_try > NOW)
            open_one = select(mails.c.id).where(mails.c.person_id == person_id, mails.c.digest, mails.c.state == "due")
            found: UUID | None = connection.scalar(open_one.where(begun).limit(1).with_for_update())
            if found is not None:
                return found
        state: MailState = "not_wanted" if choice == "none" and not MESSAGES[kind].asks else "due"
        new = uuid4()
        connection.execute(
            insert(mails).values(
                id=new,
                person_id=person_id,
                digest=digest,
                state=state,
                next_try=NOW + (_until_digest(self._clock.now()) if digest else timedelta()),
                created_at=self._clock.now(),
            )
        )
        return new

    # The mails' way

    def claim(self) -> MailClaim | None:
        """The mail that has been due longest, if any is."""
        next_one = (
            select(mails.c.id).where(DUE).order_by(mails.c.next_try).limit(1).with_for_update(skip_locked=True)
        ).scalar_subquery()
        taken = (
            update(mails)
            .where(mails.c.id == next_one)
            .values(state="claimed", fence=mails.c.fence + 1, attempts=mails.c.attempts + 1, lease_until=NOW + LEASE)
            .returning(*(mails.c[name] for name in MailClaim.model_fields))
        )
        with acting(self._engine, "desk") as connection:
            if is_held(connection):
                return None
            row = connection.execute(taken).mappings().first()
        return MailClaim(**row) if row is not None else None

    def told_in(self, claim: MailClaim) -> tuple[Told, ...]:
        """What the mail tells of, the earliest first; nothing of a referral that was restricted to others since."""
        named = select(restricted_to.c.referral_id).where(restricted_to.c.person_id == claim.person_id)
        with acting(self._engine, "desk") as connection:
            rows = connection.execute(
                select(messages.c.kind, referrals.c.area, messages.c.referral_id, referrals.c.reference)
                .join(mail_contents, mail_contents.c.message_id == messages.c.id)
                .join(referrals, referrals.c.id == messages.c.referral_id)
                .where(mail_contents.c.mail_id == claim.id, ~referrals.c.restricted | referrals.c.id.in_(named))
                .order_by(messages.c.created_at, messages.c.id)
            )
            return tuple(Told(**row) for row in rows.mappings())

    def answers(self, claim: MailClaim) -> RowMapping:
        """The mail that came in to which this one is the answer."""
        with acting(self._engine, "desk") as connection:
            return connection.execute(select(incoming).where(incoming.c.id == claim.incoming_id)).mappings().one()

    def begin(self, claim: MailClaim) -> None:
        """Mark that the text begins to leave, before it does. Raises LostLease, and then nothing may be sent."""
        self._move(claim, ("claimed",), state="sending", lease_until=NOW + LEASE_WITH_TEXT)

    def sent(self, claim: MailClaim) -> None:
        """The server has taken it; true also where its sending had been given up as unknown meanwhile."""
        self._move(claim, ("sending", "unknown"), state="sent", settled_at=self._clock.now(), last_error=None)

    def unknown(self, claim: MailClaim) -> None:
        self._move(claim, ("sending", "unknown"), state="unknown", settled_at=self._clock.now())

    def put_off(self, claim: MailClaim, error: str) -> None:
        """Try again later, or no more after all tries."""
        if claim.attempts > len(WAITS):
            self.failed(claim, error)
        else:
            wait = NOW + WAITS[claim.attempts - 1]
            self._move(claim, ("claimed", "sending"), state="due", next_try=wait, last_error=error)

    def drop(self, claim: MailClaim) -> None:
        """There is nothing left that this mail may tell, or nobody waits for it any more."""
        self._move(claim, ("claimed", "sending", "unknown"), state="dropped", settled_at=self._clock.now())

    def failed(self, claim: MailClaim, error: str) -> None:
        settled = {"state": "failed", "settled_at": self._clock.now(), "last_error": error}
        self._move(claim, ("claimed", "sending"), **settled)

    def release_expired(self) -> int:
        """Make mails due whose worker died before the text began to leave; the others are unknown. Gives how many."""
        with acting(self._engine, "desk") as connection:
            found = connection.execute(
                update(mails)
                .where(EXPIRED)
                .values(
                    # A code is asked for anew by whoever waits for it: nobody need look at one that was lost.
                    state=case(
                        (mails.c.state != "sending", "due"), (mails.c.link_id.is_(None), "unknown"), else_="dropped"
                    ),
                    settled_at=case((mails.c.state == "sending", self._clock.now())),
                    lease_until=None,
                    next_try=NOW,
                )
            )
            return found.rowcount

    def _move(self, claim: MailClaim, of: tuple[MailState, ...], **changes: Any) -> None:
        values = {"lease_until": None, **changes}
        held = (mails.c.id == claim.id, mails.c.fence == claim.fence, mails.c.state.in_(of))
        with acting(self._engine, "desk") as connection:
            if connection.execute(update(mails).where(*held).values(**values)).rowcount != 1:
                raise LostLease(f"mail {claim.id} is no longer held under fence {claim.fence}")


def is_held(connection: Connection) -> bool:
    """Whether no message may leave until somebody has looked, after a restore."""
    # A backup holds no row of it: a desk that just came back is held even before the restore says so.
    return connection.scalar(select(post.c.held_since.is_(None))) is not True


def _named(connection: Connection, found: Sequence[RowMapping]) -> set[tuple[UUID, UUID]]:
    """Who alone may hear of restricted referrals: pairs of referral and person."""
    ids = {message["referral_id"] for message in found if message["restricted"]}
    rows = connection.execute(select(restricted_to).where(restricted_to.c.referral_id.in_(ids)))
    return {(row.referral_id, row.person_id) for row in rows}


def _readers(message: RowMapping, known: Sequence[RowMapping], named: set[tuple[UUID, UUID]]) -> Sequence[RowMapping]:
    """To whom a message goes: of a restricted referral to nobody but the people named."""
    if message["restricted"]:
        known = [one for one in known if (message["referral_id"], one["id"]) in named]
    return _people_for(message, known)


def _people_for(message: RowMapping, known: Sequence[RowMapping]) -> Sequence[RowMapping]:
    """Who sent the form, or has the case in hand; where that is nobody, or they have not acted, everybody there.

    Whoever has no account is told of their own forms only: a link is for who sent the form.
    """
    if message["to_agency"] is not None:
        first = message["received_by"]
        there = [
            one
            for one in known
            if one["agency_id"] == message["to_agency"]
            and (one["id"] == first or (one["role"] == "referrer" and not one["by_mail"]))
        ]
    else:
        there = [one for one in known if one["area"] == message["to_area"] and one["role"] == "coordinator"]
        first = message["assigned_to"]
    chosen = [one for one in there if one["id"] == first]
    return there if message["kind"] in TO_ALL or not chosen else chosen


def _until_digest(now: datetime) -> timedelta:
    """How long until the next digest leaves, in hours of London."""
    local = now.astimezone(LONDON)
    at = datetime.combine(local.date(), DIGEST_AT, LONDON)
    if at <= local:
        at = datetime.combine(local.date() + timedelta(days=1), DIGEST_AT, LONDON)
    return at.astimezone(now.tzinfo) - now
