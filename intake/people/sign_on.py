"""Lets people in whom the organisation's provider vouches for: with the role of their group, and nobody without one.

An account is made at the first signing in and follows the provider from then on. It is found by the provider's lasting name for
the person, never by an e-mail address, which others may come to have: an account that was there before is joined to it only
where an administrator has said so.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from extractors.models import Model
from intake.errors import DeskError, NotFound, NotNow
from intake.models import Person
from intake.now import Clock
from intake.people.accounts import NO_PASSWORD, hashed, person_of_row
from intake.people.groups import Place, places_of
from intake.people.handing_back import hand_back
from intake.people.provider import Asking, NotBelieved, Secrets, Told
from intake.people.second_step import NEXT
from intake.permissions import demand
from intake.store.acting import acting, as_desk
from intake.store.tables import people, sessions, sign_ons
from intake.store.trail import Entry, Trail
from intake.store.vault import Vault

LASTING = timedelta(minutes=10)
"""How long somebody may take at the provider."""
LONGEST_KEPT = 100_000
"""Characters of a form that waits meanwhile."""
MANY = 500
"""Sign-ins under way at once, beyond which no more forms are kept: they could be used to fill the disk."""

Kept = Sequence[tuple[str, str]]
Why = Literal["no_group", "several_places", "closed", "known_otherwise", "no_address"]


class Waiting(Model):
    """What goes on after the provider's answer: the page to go to, and what was typed into a form of it."""

    next_path: str
    kept: tuple[tuple[str, str], ...]


class Refused(Model):
    """Somebody whom the provider knows and who has nothing here."""

    why: Why


class Admitted(Model):
    """Somebody who is let in; `strong` where the provider answers for a second factor."""

    person: Person
    strong: bool


class SignOn:
    def __init__(self, engine: Engine, vault: Vault, trail: Trail, clock: Clock, asking: Asking) -> None:
        self._engine = engine
        self._vault = vault
        self._trail = trail
        self._clock = clock
        self._asking = asking

    # There and back

    def begin(self, browser: str, waiting: Waiting) -> str:
        """The provider's page to go to. `browser` is this browser's token: the answer counts in it alone, and once.

        Raises ProviderAway, and NotNow when too much was typed to be kept.
        """
        fresh = Secrets(*(secrets.token_urlsafe(48) for _ in Secrets._fields))
        address = self._asking.address(fresh)
        now, token = self._clock.now(), hashed(f"{browser} {fresh.state}")
        content = json.dumps([fresh, waiting.next_path, waiting.kept])
        with acting(self._engine, "door") as connection:
            connection.execute(delete(sign_ons).where(sign_ons.c.begun_at < now - LASTING))
            full = connection.execute(select(func.count()).select_from(sign_ons)).scalar_one() >= MANY
            if waiting.kept and (full or len(content) > LONGEST_KEPT):
                raise NotNow("What you typed cannot be kept while you sign in elsewhere. Copy it, then sign in.")
            sealed = self._vault.wrap(content.encode(), _name(token))
            connection.execute(insert(sign_ons).values(token=token, begun_at=now, sealed=sealed))
        return address

    def take_up(self, browser: str, state: str) -> tuple[Secrets, Waiting]:
        """What this browser began with this state; it is used up by that. Raises NotBelieved."""
        token = hashed(f"{browser} {state}")
        alive = (sign_ons.c.token == token, sign_ons.c.begun_at >= self._clock.now() - LASTING)
        with acting(self._engine, "door") as connection:
            sealed = connection.scalar(delete(sign_ons).where(*alive).returning(sign_ons.c.sealed))
        if sealed is None:
            raise NotBelieved("This sign-in was not begun here, or too long ago. Start again.")
        began, next_path, kept = json.loads(self._vault.unwrap(bytes(sealed), _name(token)))
        return Secrets(*began), Waiting(next_path=next_path, kept=tuple((name, value) for name, value in kept))

    def finish(self, code: str, issuer: str | None, began: Secrets) -> Admitted | Refused:
        """Who came back, made known here or kept up to date. Raises ProviderAway and NotBelieved."""
        told = self._asking.who(code, issuer, began)
        try:
            return self._admit(told)
        except IntegrityError:
            # Signed in twice at the same moment for the first time: now the account is there.
            return self._admit(told)

    def after_sign_out(self, back: str) -> str | None:
        """The provider's page for signing out there too, where it has one and answers."""
        return self._asking.after_sign_out(back)

    # Accounts

    def allow(self, actor: Person, person_id: UUID) -> None:
        """Let the account that has a password be joined to who next signs in with its e-mail address.

        Raises NotAllowed, NotFound, and DeskError for who signs in so already.
        """
        demand(actor, "people")
        theirs = (people.c.id == person_id, people.c.sign_on_subject.is_(None), ~people.c.system)
        with acting(self._engine, actor) as connection:
            if connection.scalar(select(people.c.id).where(people.c.id == person_id)) is None:
                raise NotFound("There is no such account.")
            joined = update(people).where(*theirs).values(sign_on_issuer=self._asking.provider.issuer)
            if connection.execute(joined).rowcount == 0:
                raise DeskError("This person signs in with the organisation's account already.")
            what = "Let an account sign in by the organisation's provider from now on."
            self._note(connection, actor.id, "sign_on_allowed", what, person=str(person_id))

    def _admit(self, told: Told) -> Admitted | Refused:
        with acting(self._engine, "door") as connection:
            row = self._row(connection, told)
            places = places_of(connection, told.groups)
            why = self._against(connection, told, row, places)
            if why is not None:
                # One that is not joined yet was found by its e-mail address only.
                if why == "no_group" and row is not None and row["sign_on_subject"] is not None:
                    self._close(connection, row)
                facts = {"why": why} | ({"person": str(row["id"])} if row is not None else {})
                what = "Refused somebody whom the organisation's provider knows."
                self._note(connection, None, "sign_on_refused", what, **facts)
                return Refused(why=why)
            (place,) = places
            found = self._made(connection, told, place) if row is None else self._kept_up(connection, told, row, place)
            person = person_of_row(found)
            more = connection.execute(select(NEXT).where(people.c.id == person.id)).scalar_one() != "nothing"
            kind = "password_given" if more and not told.strong else "signed_in"
            self._note(connection, person.id, kind, "Signed in by the organisation's provider.")
            return Admitted(person=person, strong=told.strong)

    def _row(self, connection: Connection, told: Told) -> RowMapping | None:
        """The account of this person, or the one that waits for its e-mail address."""
        issuer = people.c.sign_on_issuer == self._asking.provider.issuer
        known = select(people).where(issuer, people.c.sign_on_subject == told.subject).with_for_update()
        row = connection.execute(known).mappings().first()
        if row is not None or told.email is None:
            return row
        awaits = select(people).where(issuer, people.c.sign_on_subject.is_(None), people.c.email == told.email)
        return connection.execute(awaits.with_for_update()).mappings().first()

    def _against(
        self, connection: Connection, told: Told, row: RowMapping | None, places: frozenset[Place]
    ) -> Why | None:
        """Why somebody is not let in; None when nothing is against it."""
        if row is not None and not row["active"] and not row["sign_on_closed"]:
            return "closed"
        if len(places) != 1:
            return "several_places" if places else "no_group"
        if row is None and told.email is None:
            return "no_address"
        taken = select(people.c.id).where(people.c.email == told.email)
        return "known_otherwise" if row is None and connection.scalar(taken) is not None else None

    def _close(self, connection: Connection, row: RowMapping) -> None:
        if not row["active"]:
            return
        theirs = people.c.id == row["id"]
        connection.execute(update(people).where(theirs).values(active=False, sign_on_closed=True))
        connection.execute(delete(sessions).where(sessions.c.person_id == row["id"]))
        self._hand_back(connection, row["id"], None)
        what = "Closed an account: the person is in no group that is let in."
        self._note(connection, None, "person_closed", what, person=str(row["id"]))

    def _made(self, connection: Connection, told: Told, place: Place) -> RowMapping:
        fresh = {
            "id": uuid4(),
            "email": told.email,
            "name": told.name or told.email,
            "password_hash": NO_PASSWORD,
            "sign_on_issuer": self._asking.provider.issuer,
            "sign_on_subject": told.subject,
            **place._asdict(),
        }
        found = connection.execute(insert(people).values(**fresh).returning(people)).mappings().one()
        what = "Added an account at the first signing in by the organisation's provider."
        self._note(connection, None, "person_added", what, person=str(found["id"]), role=place.role)
        return found

    def _kept_up(self, connection: Connection, told: Told, row: RowMapping, place: Place) -> RowMapping:
        """The account as the provider has it now. Cases that the person can no longer see go back to the team."""
        wanted = {
            "name": told.name or row["name"],
            "email": self._free(connection, told, row),
            "password_hash": NO_PASSWORD,
            "by_mail": False,
            "sign_on_subject": told.subject,
            "active": True,
            "sign_on_closed": False,
            **place._asdict(),
        }
        changed = sorted(name for name, value in wanted.items() if row[name] != value)
        if not changed:
            return row
        kept = update(people).where(people.c.id == row["id"]).values(**wanted).returning(people)
        found = connection.execute(kept).mappings().one()
        if "password_hash" in changed:
            connection.execute(delete(sessions).where(sessions.c.person_id == row["id"]))
        self._hand_back(connection, row["id"], place.area if place.role == "coordinator" else None)
        what = "Changed an account as the organisation's provider says."
        self._note(connection, None, "person_changed", what, person=str(row["id"]), changed=changed, role=place.role)
        return found

    def _free(self, connection: Connection, told: Told, row: RowMapping) -> str:
        """The e-mail address that the provider says, unless another account has it."""
        taken = select(people.c.id).where(people.c.email == told.email, people.c.id != row["id"])
        keep = told.email is None or connection.scalar(taken) is not None
        return str(row["email"] if keep else told.email)

    def _hand_back(self, connection: Connection, person_id: UUID, area: str | None) -> None:
        with as_desk(connection):
            entries = hand_back(connection, self._clock.now(), None, person_id, area)
        self._trail.append(connection, entries)

    def _note(self, connection: Connection, who: UUID | None, kind: str, what: str, **facts: object) -> None:
        entry = Entry(at=self._clock.now(), who=who, referral_id=None, kind=kind, what=what, facts=facts)
        self._trail.append(connection, [entry])


def _name(token: bytes) -> str:
    return f"sign_on/{base64.b16encode(token).decode()}"
