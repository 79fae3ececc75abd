"""Brings messages to people: looks whom to remind, addresses what waits, and hands mails to the server one by one."""

from __future__ import annotations

import logging
import time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from uuid import UUID

from sqlalchemy import Engine, RowMapping, select
from sqlalchemy.exc import SQLAlchemyError

from intake.errors import LostLease
from intake.mail.answer_links import LINKED, AnswerLinks
from intake.mail.mail_facts import MailFacts
from intake.mail.mail_server import Line, MailServer, NotTaken, Unknown
from intake.mail.outbox import MailClaim, Outbox, Told
from intake.mail.reminders import Reminders
from intake.mail.wordings import MESSAGES, Wording, WordingKind, filled, wordings_of
from intake.now import Clock
from intake.people.accounts import MAY_SIGN_IN
from intake.store.acting import acting
from intake.store.tables import people
from intake.store.vault import Vault

log = logging.getLogger(__name__)

REMIND_EVERY = 60.0
AFTER_SILENCE = 30.0
"""Seconds for which a server that does not answer is left alone."""
AT_A_TIME = 100
PAUSES = (1.0, 3.0, 9.0)
"""Between the tries to write down that a mail was taken."""


class Postman:
    """`sender` is the address that mails come from, `address` that of the pages, without a slash at its end."""

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        clock: Clock,
        links: AnswerLinks,
        server: MailServer,
        sender: str,
        address: str,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._outbox = Outbox(engine, clock)
        self._links = links
        self._reminders = Reminders(engine, clock)
        self._server = server
        self._sender = sender
        self._address = address
        self._remind_at = 0.0
        self._silent_until = 0.0

    def go_round(self) -> int:
        """One round; gives how many mails the server took. Trouble is logged and left to the next round."""
        try:
            self._outbox.release_expired()
            if time.monotonic() >= self._remind_at:
                self._reminders.enter_due()
                self._remind_at = time.monotonic() + REMIND_EVERY
            self._outbox.address()
            return self._send_what_is_due() if time.monotonic() >= self._silent_until else 0
        except SQLAlchemyError as error:
            log.warning("post put off: %s", type(error).__name__)
            return 0

    def _send_what_is_due(self) -> int:
        taken = 0
        with Line(self._server) as line:
            for _ in range(AT_A_TIME):
                claim = self._outbox.claim()
                if claim is None:
                    break
                try:
                    taken += self._send(line, claim)
                except LostLease:
                    log.warning("mail %s: fence %d has passed on", claim.id, claim.fence)
                if time.monotonic() < self._silent_until:
                    break
        return taken

    def _send(self, line: Line, claim: MailClaim) -> bool:
        answered = self._outbox.answers(claim) if claim.incoming_id is not None else None
        to = self._stranger(answered) if answered is not None else self._address_of(claim.person_id)
        if to is None:
            self._outbox.failed(claim, "account_closed")
            return False
        words = self._answer(answered["area"]) if answered is not None else self._words(claim)
        if words is None:
            self._outbox.drop(claim)
            return False
        try:
            text = self._written(claim, to, words)
            line.hand_over(parseaddr(self._sender)[1], to, text, lambda: self._outbox.begin(claim))
        except NotTaken as refusal:
            log.warning("mail %s not taken at try %d: %s", claim.id, claim.attempts, refusal.code)
            given_up = self._outbox.failed if claim.link_id is None else lambda claim, _: self._outbox.drop(claim)
            (self._outbox.put_off if refusal.temporary else given_up)(claim, refusal.code)
            if not refusal.reached:
                self._silent_until = time.monotonic() + AFTER_SILENCE
            return False
        except Unknown:
            log.error("mail %s: the line broke while it was being sent: nobody knows whether it arrived", claim.id)
            (self._outbox.unknown if claim.link_id is None else self._outbox.drop)(claim)
            return False
        self._record_sent(claim)
        return True

    def _record_sent(self, claim: MailClaim) -> None:
        """What the server took must not become "unknown" because the database is away for a moment."""
        for pause in PAUSES:
            try:
                self._outbox.sent(claim)
                return
            except SQLAlchemyError:
                time.sleep(pause)
        self._outbox.sent(claim)

    def _stranger(self, answered: RowMapping) -> str:
        """Who wrote the mail that came in."""
        envelope = self._vault.envelope(answered["id"], answered["wrapped_key"])
        return MailFacts.model_validate_json(envelope.open_text(answered["facts_sealed"], "incoming/facts")).sender

    def _address_of(self, person_id: UUID | None) -> str | None:
        """Where somebody gets mail now; None when the account was closed since."""
        with acting(self._engine, "door") as connection:
            return connection.scalar(select(people.c.email).where(people.c.id == person_id, MAY_SIGN_IN))

    def _wording(self, area: str, kind: WordingKind) -> Wording:
        with acting(self._engine, "desk") as connection:
            return wordings_of(connection, area).get(kind, MESSAGES[kind].wording)

    def _answer(self, area: str) -> Wording:
        return filled(self._wording(area, "stranger"))

    def _words(self, claim: MailClaim) -> Wording | None:
        """What a mail to a person says; None where there is nothing left to say."""
        if claim.link_id is not None:
            code, area = self._links.new_code(claim.link_id), self._links.area_of(claim.link_id)
            return filled(self._wording(area, "code"), code=code) if code is not None else None
        told = self._outbox.told_in(claim)
        if not told:
            return None
        wording = self._wording(told[0].area, "digest" if claim.digest else told[0].kind)
        return self._filled(wording, [(one, self._link(claim, one)) for one in told])

    def _written(self, claim: MailClaim, to: str, words: Wording) -> bytes:
        """The mail as it leaves. Raises NotTaken for an address that cannot be written into one."""
        mail = EmailMessage(policy=SMTP)
        try:
            mail["From"], mail["To"], mail["Subject"] = self._sender, to, words.subject
            # The number of the try is part of it: what a person has sent again is another mail.
            mail["Message-ID"] = f"<{claim.id}.{claim.fence}@{parseaddr(self._sender)[1].rpartition('@')[2]}>"
        except (ValueError, IndexError):
            raise NotTaken("address_unusable", temporary=False) from None
        mail["Date"] = format_datetime(self._clock.now())
        # RFC 3834: nobody's out-of-office reply is wanted in answer.
        mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"] = "auto-generated", "All"
        mail.set_content(words.body)
        return mail.as_bytes()

    def _filled(self, wording: Wording, told: list[tuple[Told, str]]) -> Wording:
        lines = [f"{one.reference}: {MESSAGES[one.kind].words.lower()}\n{link}" for one, link in told]
        first, link = told[0]
        return filled(wording, reference=first.reference, link=link, list="\n\n".join(lines))

    def _link(self, claim: MailClaim, told: Told) -> str:
        """To where somebody signs in, or for somebody without an account a link of their own."""
        person_id = claim.person_id
        if person_id is None or told.kind not in LINKED or self._links.has_account(person_id):
            return f"{self._address}/to/{told.referral_id}"
        return f"{self._address}/answer/{self._links.token_for(claim.id, person_id, told.referral_id)}"
