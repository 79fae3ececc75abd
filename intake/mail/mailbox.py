"""The mailbox into which agencies send forms by secure e-mail: looked into over an encrypted line, and never emptied.

A mail stays where it is until it was taken in and that is written down; then it is moved to a folder of its own. Whoever
opens the mailbox by hand harms nothing: which mails were read counts for nothing.
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from extractors.models import Model
from intake.errors import HouseError
from intake.mail.server_address import address_of

PATIENCE = 60.0
"""Seconds that the server may take over each answer."""
DONE = "MAPPA-done"
"""The folder of mails that were taken in."""


class Mailbox(Model):
    """Where mail is fetched. `at_once` begins encrypted (port 993); otherwise STARTTLS is demanded."""

    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    at_once: bool = True


class MailboxAway(Exception):
    """The mailbox cannot be opened or has stopped answering; the message is a code without anything of a mail."""


def mailbox_of(url: str) -> Mailbox:
    """Understand imaps://user:password@host:993/INBOX, or imap:// with STARTTLS. Raises HouseError."""
    wrong = HouseError(
        "MAPPA_IMAP_URL must look like imaps://user:password@mail.example.org/INBOX, or imap:// for STARTTLS."
    )
    found = address_of(url, "imap")
    if found is None or not (found.user and found.password):
        raise wrong
    return Mailbox(
        host=found.host,
        port=found.port or (993 if found.at_once else 143),
        user=found.user,
        password=found.password,
        folder=found.path or "INBOX",
        at_once=found.at_once,
    )


class Box:
    """The mailbox, open. Every method raises MailboxAway when the server does not do as asked."""

    def __init__(self, mailbox: Mailbox) -> None:
        context = ssl.create_default_context()
        try:
            if mailbox.at_once:
                self._imap: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                    mailbox.host, mailbox.port, ssl_context=context, timeout=PATIENCE
                )
            else:
                self._imap = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=PATIENCE)
                self._imap.starttls(context)
            self._imap.login(mailbox.user, mailbox.password)
            # After signing in a server can do more.
            self._able = self._ask(self._imap.capability())[0].decode().upper().split()
            # The folder is there already from the second time on.
            self._imap.create(DONE)
            self._ask(self._imap.select(_quoted(mailbox.folder)))
        except (imaplib.IMAP4.error, OSError) as error:
            raise MailboxAway(type(error).__name__) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        with suppress(imaplib.IMAP4.error, OSError):
            self._imap.logout()

    def waiting(self) -> tuple[str, ...]:
        """The numbers of the mails that were not taken in, the oldest first."""
        (found,) = self._uid("SEARCH", "UNDELETED")
        return tuple(found.decode().split()) if isinstance(found, bytes) else ()

    def size(self, uid: str) -> int:
        """How many bytes a mail has, in all."""
        (answer,) = self._uid("FETCH", uid, "(RFC822.SIZE)")
        return int(bytes(answer).rpartition(b"RFC822.SIZE")[2].split(b")")[0].split()[0])

    def headers(self, uid: str) -> bytes:
        return self._fetched(uid, "(BODY.PEEK[HEADER])")

    def whole(self, uid: str) -> bytes:
        return self._fetched(uid, "(BODY.PEEK[])")

    def put_away(self, uid: str) -> None:
        """Move a mail to the folder of those that were taken in."""
        if "MOVE" in self._able:
            self._uid("MOVE", uid, DONE)
            return
        self._uid("COPY", uid, DONE)
        self._uid("STORE", uid, "+FLAGS", r"(\Deleted)")
        if "UIDPLUS" in self._able:
            self._uid("EXPUNGE", uid)

    def _fetched(self, uid: str, what: str) -> bytes:
        for answer in self._uid("FETCH", uid, what):
            if isinstance(answer, tuple):
                return bytes(answer[1])
        raise MailboxAway("mail_gone")

    def _uid(self, *order: str) -> Sequence[Any]:
        try:
            return self._ask(self._imap.uid(*order))
        except (imaplib.IMAP4.error, OSError) as error:
            raise MailboxAway(type(error).__name__) from None

    def _ask(self, answer: tuple[str, list[Any]]) -> Sequence[Any]:
        kind, found = answer
        if kind != "OK":
            raise MailboxAway("refused")
        return found


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
