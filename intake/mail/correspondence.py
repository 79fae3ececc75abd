"""What people see of messages and do with them: choose how they come, look at what did not arrive, have it sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from extractors.models import Model
from intake.errors import NotFound, NotNow
from intake.mail.outbox import Choice
from intake.models import Person, Telling
from intake.now import Clock
from intake.permissions import demand, within_reach
from intake.store.acting import acting
from intake.store.lines import name_of
from intake.store.tables import mail_choices, mail_contents, mails, messages, post, referrals
from intake.store.trail import Entry, Trail
from intake.terms import OF_CONCERN, MailState, MessageKind
from intake.work.ledger import NOW

CHOICES: Mapping[str, Choice] = {"single": "single", "digest": "digest", "none": "none"}
UNSETTLED: tuple[MailState, ...] = ("due", "claimed", "sending", *OF_CONCERN)
MOST_SHOWN = 200


class Concern(Model):
    """A mail that somebody has to look at, with the references it is about."""

    mail_id: UUID
    state: MailState
    to: str
    references: tuple[str, ...]
    kinds: tuple[MessageKind, ...]
    tries: int
    error: str | None
    at: datetime


class Post(Model):
    """How messages stand, in numbers. `oldest_due` is how many seconds the mail due longest has waited.

    `mailbox_error` says in a code what keeps us from looking into the mailbox.
    """

    waiting: int
    states: Mapping[MailState, int]
    oldest_due: float
    held_since: datetime | None
    mailbox_at: datetime | None
    mailbox_error: str | None


class Correspondence:
    """Every method takes the acting person first and raises NotAllowed, or NotFound for what is not theirs to see."""

    def __init__(self, engine: Engine, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._trail = trail
        self._clock = clock

    # How messages come

    def choice(self, actor: Person) -> Choice:
        """How this person wants the messages that ask nothing of them."""
        with acting(self._engine, actor) as connection:
            own = select(mail_choices.c.choice).where(mail_choices.c.person_id == actor.id)
            return CHOICES[connection.scalar(own) or "single"]

    def choose(self, actor: Person, choice: Choice) -> None:
        """Holds for messages from now on."""
        entry = upsert(mail_choices).values(person_id=actor.id, choice=choice)
        with acting(self._engine, actor) as connection:
            connection.execute(entry.on_conflict_do_update(index_elements=["person_id"], set_={"choice": choice}))

    # What did not arrive

    def post(self, actor: Person) -> Post:
        """How messages stand, for an administrator."""
        demand(actor, "messages")
        with acting(self._engine, actor) as connection:
            return post_of(connection)

    def concerns(self, actor: Person) -> tuple[Concern, ...]:
        """The mails that somebody has to look at, the latest first."""
        demand(actor, "messages")
        wanted = (
            select(
                mails.c.id.label("mail_id"),
                mails.c.state,
                name_of(mails.c.person_id).label("to"),
                func.array_agg(func.distinct(referrals.c.reference)).label("references"),
                func.array_agg(func.distinct(messages.c.kind)).label("kinds"),
                mails.c.attempts.label("tries"),
                mails.c.last_error.label("error"),
                func.coalesce(mails.c.settled_at, mails.c.created_at).label("at"),
            )
            .join(mail_contents, mail_contents.c.mail_id == mails.c.id)
            .join(messages, messages.c.id == mail_contents.c.message_id)
            .join(referrals, referrals.c.id == messages.c.referral_id)
            .where(mails.c.state.in_(OF_CONCERN))
            .group_by(mails.c.id)
            .order_by(mails.c.settled_at.desc(), mails.c.id)
            .limit(MOST_SHOWN)
        )
        with acting(self._engine, actor) as connection:
            rows = connection.execute(wanted).mappings().all()
        return tuple(
            Concern(**{**row, "references": tuple(row["references"]), "kinds": tuple(row["kinds"])}) for row in rows
        )

    def send_again(self, actor: Person, mail_id: UUID) -> None:
        """Send a mail that did not arrive, or perhaps did not, once more. Raises NotNow when it is no such mail."""
        self._settle(
            actor,
            mail_id,
            "message_again",
            "Had a message sent again.",
            {
                "state": "due",
                "attempts": 0,
                "next_try": NOW,
                "settled_at": None,
                "last_error": None,
            },
        )

    def drop(self, actor: Person, mail_id: UUID) -> None:
        """Leave it at that: the mail is not sent again, and nobody needs to look at it any more. Raises NotNow."""
        self._settle(actor, mail_id, "message_dropped", "Saw that a message did not arrive.", {"state": "dropped"})

    def _settle(self, actor: Person, mail_id: UUID, kind: str, what: str, changes: Mapping[str, object]) -> None:
        demand(actor, "send_again")
        with acting(self._engine, actor) as connection:
            about = self._referrals_of(connection, actor, mail_id)
            changed = update(mails).where(mails.c.id == mail_id, mails.c.state.in_(OF_CONCERN)).values(**changes)
            if connection.execute(changed).rowcount != 1:
                raise NotNow("Somebody has dealt with this message already.")
            now, facts = self._clock.now(), {"mail": str(mail_id)}
            self._trail.append(
                connection,
                [Entry(at=now, who=actor.id, referral_id=one, kind=kind, what=what, facts=facts) for one in about],
            )

    def _referrals_of(self, connection: Connection, actor: Person, mail_id: UUID) -> Sequence[UUID]:
        found = connection.scalars(
            select(referrals.c.id)
            .distinct()
            .join(messages, messages.c.referral_id == referrals.c.id)
            .join(mail_contents, mail_contents.c.message_id == messages.c.id)
            .where(mail_contents.c.mail_id == mail_id, within_reach(actor, "send_again", referrals))
        ).all()
        if not found:
            raise NotFound("There is no such message.")
        return found

    # After a restore

    def release(self, actor: Person, *, send: bool) -> None:
        """Let messages leave again. What waited since before the restore is sent, or marked as not to be sent."""
        demand(actor, "messages")
        with acting(self._engine, actor) as connection:
            since = connection.scalar(select(post.c.held_since).with_for_update())
            if since is None:
                raise NotNow("Messages are not held.")
            waiting = messages.c.state == "waiting"
            if not send:
                # What happened since the restore cannot have been told before it.
                earlier = and_(waiting, messages.c.created_at <= since)
                connection.execute(update(messages).where(earlier).values(state="dropped"))
                unsent = mails.c.state.in_(("due", "claimed"))
                connection.execute(update(mails).where(unsent).values(state="dropped", settled_at=self._clock.now()))
            connection.execute(update(messages).where(waiting).values(released=True))
            connection.execute(update(post).values(held_since=None))
            what = f"Had the messages that the restore brought back {'sent' if send else 'dropped'}."
            entry = Entry(at=self._clock.now(), who=actor.id, referral_id=None, kind="post_released", what=what)
            self._trail.append(connection, [entry])


def post_of(connection: Connection) -> Post:
    """How messages stand."""
    unsettled = (mails.c.state.not_in(("sent", "not_wanted", "dropped")), mails.c.state.in_(UNSETTLED))
    counted = connection.execute(select(mails.c.state, func.count()).where(*unsettled).group_by(mails.c.state)).all()
    overdue = func.extract("epoch", NOW - func.min(mails.c.next_try))
    oldest = connection.scalar(select(overdue).where(mails.c.state == "due", mails.c.next_try < NOW))
    waiting = select(func.count()).where(messages.c.state == "waiting")
    row = connection.execute(select(post)).first()
    return Post(
        waiting=connection.execute(waiting).scalar_one(),
        states={row[0]: row[1] for row in counted},
        oldest_due=float(oldest or 0),
        held_since=row.held_since if row else None,
        mailbox_at=row.mailbox_at if row else None,
        mailbox_error=row.mailbox_error if row else None,
    )


def tellings_of(connection: Connection, referral_id: UUID) -> tuple[Telling, ...]:
    """Every message about a referral, once for each person it goes to, the latest first."""
    rows = connection.execute(
        select(
            messages.c.kind,
            messages.c.to_agency.is_not(None).label("for_agency"),
            func.coalesce(mails.c.state, messages.c.state).label("state"),
            name_of(mails.c.person_id).label("to"),
            func.coalesce(mails.c.settled_at, messages.c.created_at).label("at"),
            mails.c.id.label("mail_id"),
            mails.c.last_error.label("error"),
        )
        .outerjoin(mail_contents, mail_contents.c.message_id == messages.c.id)
        .outerjoin(mails, mails.c.id == mail_contents.c.mail_id)
        .where(messages.c.referral_id == referral_id)
        .order_by(messages.c.created_at.desc(), messages.c.id, mails.c.id)
    )
    return tuple(Telling(**row) for row in rows.mappings())
