"""Links by which somebody who sends forms by mail, and has no account, answers the questions on one referral.

The link alone opens nothing and tells nothing. A code goes to the same address in a mail of its own when it is asked for,
holds for some minutes and is used up by a visit or by wrong tries. A link ends with its time, with the decision, when its address is
no longer known, and when a newer one is sent.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Engine, Row, insert, select, update

from intake.errors import DeskError, NotFound
from intake.models import Correspondent
from intake.now import Clock
from intake.people.accounts import MAY_SIGN_IN, hashed
from intake.store.acting import acting, as_door
from intake.store.tables import answer_links, mails, people, referrals
from intake.store.trail import Entry, Trail
from intake.store.vault import Index
from intake.terms import MessageKind, ReferralStatus
from intake.work.ledger import NOW

LINKED: frozenset[MessageKind] = frozenset({"receipt", "refused", "questions", "questions_reminder", "reopened"})
"""Messages that bring somebody without an account a link; that of a decision ends what links open."""
OPEN_TO_LINKS: tuple[ReferralStatus, ...] = ("received", "reading", "checked", "refused")
LIFE = timedelta(days=7)
"""Longer than the time between two reminders, each of which brings a new link."""
CODE_LIFE = timedelta(minutes=15)
CODE_DIGITS = 6
MOST_TRIES = 5
"""Wrong codes after which the code in force is worth nothing."""
MOST_WRONG = 20
"""Wrong codes in all after which the link is."""
BETWEEN_CODES = timedelta(minutes=1)
MOST_CODES = 12
IDLE, LONGEST_VISIT = timedelta(minutes=30), timedelta(hours=2)
ID_BYTES = 16
ENDED = (
    "This link has ended, or is not whole. Use the newest mail about this referral: each reminder brings a new link."
)


class TooSoon(DeskError):
    """A code was sent a moment ago, or too many were."""

    def __init__(self) -> None:
        super().__init__("A code was sent a moment ago. Wait a minute, look into your mailbox, then ask for another.")


class AnswerLinks:
    """Every method that takes a `token`, the signed part of a link's address, raises NotFound where the link does not hold."""

    def __init__(self, engine: Engine, index: Index, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._index = index
        self._trail = trail
        self._clock = clock

    # What goes into mails; the desk writes them

    def token_for(self, mail_id: UUID, person_id: UUID, referral_id: UUID) -> str:
        """The link that a mail brings, the same however often the mail is tried; earlier ones of the referral end."""
        now, new = self._clock.now(), uuid4()
        theirs = (answer_links.c.referral_id == referral_id, answer_links.c.person_id == person_id)
        with acting(self._engine, "desk") as connection:
            found: UUID | None = connection.scalar(
                select(answer_links.c.id).where(*theirs, answer_links.c.mail_id == mail_id)
            )
            if found is not None:
                return self._token(found)
            revoke(connection, now, *theirs)
            connection.execute(
                insert(answer_links).values(
                    id=new,
                    mail_id=mail_id,
                    referral_id=referral_id,
                    person_id=person_id,
                    made_at=now,
                    expires_at=now + LIFE,
                )
            )
            self._note(connection, None, referral_id, "link_made", "Made a link to answer by.", new, to=str(person_id))
        return self._token(new)

    def has_account(self, person_id: UUID) -> bool:
        """Whether somebody signs in rather than come by links."""
        with acting(self._engine, "door") as connection:
            return connection.scalar(select(people.c.by_mail).where(people.c.id == person_id)) is False

    def new_code(self, link_id: UUID) -> str | None:
        """A fresh code for the mail that brings it, None where none is waited for any more. Only its hash is kept."""
        code, now = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}", self._clock.now()
        awaited = (answer_links.c.code_asked_at > now - CODE_LIFE, answer_links.c.revoked_at.is_(None))
        changed = update(answer_links).where(answer_links.c.id == link_id, *awaited)
        given = {"code_hash": self._code_hash(link_id, code), "code_until": now + CODE_LIFE, "code_wrong": 0}
        with acting(self._engine, "desk") as connection:
            kept = connection.execute(changed.values(**given))
        return code if kept.rowcount == 1 else None

    def area_of(self, link_id: UUID) -> str:
        """The area whose words the mail with a link's code has."""
        wanted = select(referrals.c.area).join(answer_links, answer_links.c.referral_id == referrals.c.id)
        with acting(self._engine, "desk") as connection:
            area: str = connection.execute(wanted.where(answer_links.c.id == link_id)).scalar_one()
        return area

    # What somebody does who has one

    def known(self, token: str) -> None:
        """Return where the link holds. Nothing else is told of it."""
        with acting(self._engine, "desk") as connection:
            self._link(connection, token)

    def ask_code(self, token: str) -> None:
        """Have a code sent to the address that the link was sent to. Raises TooSoon."""
        now = self._clock.now()
        with acting(self._engine, "desk") as connection:
            link = self._link(connection, token)
            if link.codes_asked >= MOST_CODES or (link.code_asked_at and link.code_asked_at + BETWEEN_CODES > now):
                raise TooSoon
            asked = {"codes_asked": link.codes_asked + 1, "code_asked_at": now, "code_hash": None}
            connection.execute(update(answer_links).where(answer_links.c.id == link.id).values(**asked))
            mail = {"id": uuid4(), "person_id": link.person_id, "link_id": link.id, "digest": False, "state": "due"}
            connection.execute(insert(mails).values(**mail, next_try=NOW, created_at=now))
            what = "A code was asked for to answer by a link."
            self._note(connection, None, link.referral_id, "link_code_asked", what, link.id)

    def enter(self, token: str, code: str) -> str | None:
        """A token for a cookie where `code` is the one in force, which is used up by that; else None."""
        now, plain, visit = self._clock.now(), "".join(code.split()), secrets.token_urlsafe(32)
        with acting(self._engine, "desk") as connection:
            link = self._link(connection, token)
            right = (
                link.code_hash is not None
                and link.code_until > now
                and hmac.compare_digest(bytes(link.code_hash), self._code_hash(link.id, plain))
            )
            opened = {"visit_hash": hashed(visit), "visit_seen_at": now, "visit_until": now + LONGEST_VISIT}
            changes = {"code_hash": None, "code_until": None, **opened} if right else _one_more_wrong(link, now)
            connection.execute(update(answer_links).where(answer_links.c.id == link.id).values(**changes))
            what = ("link_opened", "Came by a link, with its code.")
            wrong = ("link_refused", "Gave a wrong code for a link, or one that had ended.")
            with as_door(connection):
                self._note(connection, link.person_id, link.referral_id, *(what if right else wrong), link.id)
        return visit if right else None

    def visitor(self, token: str, visit: str | None) -> Correspondent | None:
        """Who is here by the link and its code, in the browser with this token; None when nobody is or time has run out."""
        now = self._clock.now()
        with acting(self._engine, "desk") as connection:
            link = self._link(connection, token)
            alive = (
                visit is not None
                and link.visit_hash is not None
                and hmac.compare_digest(bytes(link.visit_hash), hashed(visit))
                and link.visit_until > now
                and link.visit_seen_at > now - IDLE
            )
            if alive:
                seen = update(answer_links).where(answer_links.c.id == link.id)
                connection.execute(seen.values(visit_seen_at=now))
        return self._correspondent(link) if alive else None

    def leave(self, token: str) -> None:
        """End the visit; the link stays, and another code opens it again."""
        with acting(self._engine, "desk") as connection:
            link = self._link(connection, token)
            connection.execute(update(answer_links).where(answer_links.c.id == link.id).values(visit_hash=None))

    # Within

    def _link(self, connection: Connection, token: str) -> Row[Any]:
        wanted = (
            select(answer_links)
            .join(referrals, referrals.c.id == answer_links.c.referral_id)
            .where(
                answer_links.c.id == self._id_of(token),
                answer_links.c.revoked_at.is_(None),
                answer_links.c.expires_at > self._clock.now(),
                referrals.c.status.in_(OPEN_TO_LINKS),
            )
        )
        found = connection.execute(wanted.with_for_update(of=answer_links)).first()
        if found is None or self._account(found.person_id) is None:
            raise NotFound(ENDED)
        return found

    def _account(self, person_id: UUID) -> Row[Any] | None:
        with acting(self._engine, "door") as connection:
            return connection.execute(select(people).where(people.c.id == person_id, MAY_SIGN_IN)).first()

    def _correspondent(self, link: Row[Any]) -> Correspondent:
        row = self._account(link.person_id)
        if row is None:
            raise NotFound(ENDED)
        return Correspondent(
            id=row.id,
            email=row.email,
            name=row.name,
            role=row.role,
            agency_id=row.agency_id,
            only=link.referral_id,
            link_id=link.id,
        )

    def _token(self, link_id: UUID) -> str:
        signed = link_id.bytes + self._index.token("answer_link", str(link_id))
        return base64.urlsafe_b64encode(signed).decode().rstrip("=")

    def _id_of(self, token: str) -> UUID:
        """The link that was signed by us. Raises NotFound for anything else."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            raise NotFound(ENDED) from None
        if len(raw) < ID_BYTES:
            raise NotFound(ENDED)
        link_id = UUID(bytes=raw[:ID_BYTES])
        if not hmac.compare_digest(raw[ID_BYTES:], self._index.token("answer_link", str(link_id))):
            raise NotFound(ENDED)
        return link_id

    def _code_hash(self, link_id: UUID, code: str) -> bytes:
        return self._index.token("link_code", f"{link_id} {code}")

    def _note(
        self,
        connection: Connection,
        who: UUID | None,
        referral_id: UUID,
        kind: str,
        what: str,
        link_id: UUID,
        **facts: str,
    ) -> None:
        facts["link"] = str(link_id)
        entry = Entry(at=self._clock.now(), who=who, referral_id=referral_id, kind=kind, what=what, facts=facts)
        self._trail.append(connection, [entry])


def _one_more_wrong(link: Row[Any], now: datetime) -> dict[str, Any]:
    """What a wrong code changes: soon the code in force is worth nothing, and in the end the link."""
    changes = {"code_wrong": link.code_wrong + 1, "wrong": link.wrong + 1}
    spent = {"code_hash": None} if link.code_wrong + 1 >= MOST_TRIES else {}
    return {**changes, **spent, **({"revoked_at": now} if link.wrong + 1 >= MOST_WRONG else {})}


def revoke(connection: Connection, now: datetime, *which: ColumnElement[bool]) -> None:
    """End links, and what they opened."""
    ended = update(answer_links).where(answer_links.c.revoked_at.is_(None), *which)
    connection.execute(ended.values(revoked_at=now, code_hash=None, visit_hash=None))
