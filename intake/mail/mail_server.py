"""Hands mails to a mail server over an encrypted line, and says exactly whether it took them.

Where the line breaks after a mail's text began to leave, nobody can say whether it was taken: that is `Unknown`, and such a
mail is never sent again by itself.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from extractors.models import Model
from intake.errors import HouseError
from intake.mail.server_address import address_of

PATIENCE = 30.0
"""Seconds that each step of the talk may take."""
PATIENCE_WITH_TEXT = 120.0
"""Seconds that a server may take over a mail's text: some look for viruses meanwhile."""
TEMPORARY = range(400, 500)


class MailServer(Model):
    """Where mail is handed over. `at_once` begins encrypted (port 465); otherwise STARTTLS is demanded."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    at_once: bool = False


class NotTaken(Exception):
    """The server has not taken the mail, for certain. `temporary` when trying again may help; `code` is for the list;
    where the server was not `reached`, other mails need not be tried now."""

    def __init__(self, code: str, *, temporary: bool, reached: bool = True) -> None:
        super().__init__(code)
        self.code = code
        self.temporary = temporary
        self.reached = reached


class Unknown(Exception):
    """The line broke while the text was on its way."""


def server_of(url: str) -> MailServer:
    """Understand smtp://user:password@host:587 or smtps://...:465. Raises HouseError."""
    wrong = HouseError(
        "MAPPA_SMTP_URL must look like smtp://user:password@mail.example.org:587, or smtps:// for port 465."
    )
    found = address_of(url, "smtp")
    if found is None or found.path:
        raise wrong
    return MailServer(
        host=found.host,
        port=found.port or (465 if found.at_once else 587),
        user=found.user,
        password=found.password,
        at_once=found.at_once,
    )


class Line:
    """A line to the server, opened for the first mail and kept for those that follow."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._hang_up()

    def hand_over(self, sender: str, to: str, text: bytes, about_to: Callable[[], None]) -> None:
        """Have the server take a mail; `about_to` is called when everything but the text itself has been agreed.

        Raises NotTaken or Unknown, and whatever `about_to` raises.
        """
        try:
            smtp = self._open()
            self._announce(smtp, sender, to)
            about_to()
            self._send(smtp, text)
        except NotTaken as refusal:
            if not refusal.reached:
                self._drop()
            raise
        except BaseException:
            self._drop()
            raise

    def _open(self) -> smtplib.SMTP:
        if self._smtp is not None:
            try:
                self._smtp.rset()
                return self._smtp
            except (smtplib.SMTPException, OSError):
                self._drop()
        context, server = ssl.create_default_context(), self._server
        try:
            if server.at_once:
                self._smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=context)
            else:
                self._smtp = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
                self._smtp.starttls(context=context)
            self._smtp.ehlo_or_helo_if_needed()
            if server.user is not None:
                self._smtp.login(server.user, server.password or "")
        except smtplib.SMTPNotSupportedError:
            raise NotTaken("no_encryption", temporary=True, reached=False) from None
        except smtplib.SMTPAuthenticationError:
            raise NotTaken("sign_in_refused", temporary=True, reached=False) from None
        except ssl.SSLError:
            raise NotTaken("certificate_refused", temporary=True, reached=False) from None
        except (smtplib.SMTPException, OSError):
            raise NotTaken("no_answer", temporary=True, reached=False) from None
        return self._smtp

    def _announce(self, smtp: smtplib.SMTP, sender: str, to: str) -> None:
        try:
            for code, _ in (smtp.mail(sender), smtp.rcpt(to)):
                if code not in (250, 251):
                    raise _refusal(code)
        except (ValueError, UnicodeError):
            raise NotTaken("address_unusable", temporary=False) from None
        except (smtplib.SMTPException, OSError):
            raise NotTaken("no_answer", temporary=True, reached=False) from None

    def _send(self, smtp: smtplib.SMTP, text: bytes) -> None:
        if smtp.sock is not None:
            smtp.sock.settimeout(PATIENCE_WITH_TEXT)
        try:
            code, _ = smtp.data(text)
        except smtplib.SMTPDataError as refused:
            raise _refusal(refused.smtp_code) from None
        except (smtplib.SMTPException, OSError):
            raise Unknown from None
        if code != 250:
            raise _refusal(code)
        if smtp.sock is not None:
            smtp.sock.settimeout(PATIENCE)

    def _hang_up(self) -> None:
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _refusal(code: int) -> NotTaken:
    return NotTaken(f"smtp_{code}", temporary=code in TEMPORARY)
