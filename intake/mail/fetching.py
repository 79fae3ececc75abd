"""Looks into the mailbox, has each mail taken in, and only then puts it away."""

from __future__ import annotations

import logging

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from intake.mail.incoming import Incoming
from intake.mail.mailbox import Box, Mailbox, MailboxAway

log = logging.getLogger(__name__)


def fetch(mailbox: Mailbox, incoming: Incoming, limit: int) -> int:
    """Take in all that lies in the mailbox; gives how many mails. Of a mail of more than `limit` bytes the headers are read.

    Trouble is logged, shown on the health page, and left to the next time: a mail that was not taken in stays where it is.
    """
    taken = left = 0
    try:
        with Box(mailbox) as box:
            for uid in box.waiting():
                size = box.size(uid)
                mail = box.whole(uid) if size <= limit else box.headers(uid)
                try:
                    incoming.take(mail, size if size > limit else len(mail))
                except OperationalError:
                    raise
                except Exception as error:
                    # One that cannot be taken in stays in the mailbox and holds up no other.
                    log.error("mail %s not taken in: %s", uid, type(error).__name__)
                    left += 1
                else:
                    box.put_away(uid)
                    taken += 1
        incoming.looked(f"{left} mails cannot be taken in" if left else None)
    except MailboxAway as error:
        log.warning("mailbox: %s", error)
        _say(incoming, str(error))
    except SQLAlchemyError as error:
        log.warning("mailbox put off: %s", type(error).__name__)
    return taken


def _say(incoming: Incoming, error: str) -> None:
    try:
        incoming.looked(error)
    except SQLAlchemyError as trouble:
        log.warning("mailbox put off: %s", type(trouble).__name__)
