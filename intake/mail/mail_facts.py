"""What the headers of a mail say of its way here: who sent it, whether a person or a machine did, and what came back.

Headers are written by others: whatever is missing, malformed or in no known alphabet leaves a fact empty, and nothing fails.
"""

from __future__ import annotations

import re
from email.errors import MessageError
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from hashlib import sha256
from uuid import UUID

from extractors.mail.message import read_eml
from extractors.models import Model
from extractors.refusals import Refusal

LONGEST_SUBJECT = 200
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")
OWN = re.compile(rb"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.\d+@")
"""The Message-ID of a mail of ours (intake/mail/postman.py)."""
MACHINES = ("mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply")


class MailFacts(Model):
    """`sender` is the bare address in small letters, empty where there is none; `message_id` as written.

    `automatic` when no person is likely to have sent it: it is never answered, or machines would write to each other
    without end. `returned` is the mail of ours that it says did not arrive. `forged` when the mailbox's own server says
    that the sender is not who it claims to be.
    """

    sender: str
    message_id: str
    subject: str
    automatic: bool
    forged: bool
    returned: UUID | None = None


def facts_of(mail: bytes) -> MailFacts:
    """The facts of a mail of which at least the headers are there."""
    headers = BytesHeaderParser().parsebytes(mail)
    sender = parseaddr(_said(headers, "From"))[1].strip().lower()
    sender = sender if ADDRESS.fullmatch(sender) else ""
    return MailFacts(
        sender=sender,
        message_id=_said(headers, "Message-ID").strip(),
        subject=_shown(_said(headers, "Subject")),
        automatic=_is_automatic(headers, sender),
        forged="dmarc=fail" in _said(headers, "Authentication-Results").lower(),
        returned=_returned(headers, mail),
    )


def content_mark(mail: bytes) -> str:
    """The same for mails that carry the same files, or without any the same words, however they travelled."""
    try:
        found = read_eml(mail)
    except Refusal:
        return sha256(mail).hexdigest()
    files = sorted(sha256(content).hexdigest() for _, content in found.attachments)
    return " ".join(files or [sha256(f"{found.text}{found.pages}".encode()).hexdigest()])


def _said(headers: Message, name: str) -> str:
    """The first header of this name, as text without line ends."""
    try:
        return " ".join(str(headers.get(name, "")).split())
    except (ValueError, LookupError, TypeError, AttributeError, MessageError):
        return ""


def _shown(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())[:LONGEST_SUBJECT]


def _is_automatic(headers: Message, sender: str) -> bool:
    """RFC 3834 and what came before it."""
    submitted = _said(headers, "Auto-Submitted").lower()
    return (
        (submitted not in ("", "no"))
        or _said(headers, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply")
        or any(name in headers for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id"))
        or ("Return-Path" in headers and _said(headers, "Return-Path") == "<>")
        or sender.partition("@")[0] in MACHINES
        or _said(headers, "Content-Type").lower().startswith("multipart/report")
    )


def _returned(headers: Message, mail: bytes) -> UUID | None:
    """The mail of ours that a report of its delivery says has failed (RFC 3464)."""
    kind = _said(headers, "Content-Type").lower()
    if not (kind.startswith("multipart/report") and "delivery-status" in kind):
        return None
    found = OWN.search(mail)
    failed = re.search(rb"^Action:\s*failed", mail, re.IGNORECASE | re.MULTILINE)
    return UUID(found[1].decode()) if found and failed else None
