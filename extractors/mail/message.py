"""Opens a mail (.eml, .msg) and lays out what it carries: its text, and every attachment with its name and bytes.

Forwarded mails inside a mail are opened too, as are Outlook's winmail.dat and signed mails; encrypted ones stay as they are.
Sources: RFC 5322, 2045-2047, 2231; [MS-OXMSG] through python-oxmsg; [MS-OXTNEF].
"""

from __future__ import annotations

import base64
import email
import email.errors
import email.header
import html
import re
from dataclasses import dataclass, field
from email.message import Message as MimePart
from email.policy import Compat32
from typing import Any

from oxmsg import Message as OutlookMessage
from oxmsg.properties import Properties
from oxmsg.storage import Storage

from extractors.mail.plain_text import read_plain_text
from extractors.mail.sealed import unsealed
from extractors.mail.tnef import read_tnef
from extractors.mail.web_page import read_web_page
from extractors.page import Document
from extractors.refusals import Refusal

NESTING_LIMIT = 5
"""Mails within mails."""
PARTS_LIMIT = 500
LINES_LIMIT = 1_000_000
"""Lines of an .eml: 25 MB in base64 have 350,000; the parser needs some microseconds for each."""
HEADER_LIMIT = 4_000
"""Characters of one header value that are looked at; the standard library's parsers are slow on long ones."""
LOGO_LIMIT = 50_000
"""Bytes. A picture that the mail's own text shows and that is no larger is a logo, not a photographed form."""
NAME_LIMIT = 150
SAID = 0.8
"""The part of a page's words from which it says what the mail's plain text says."""

_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_ENDINGS = {
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
}
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_HIDDEN = re.compile(r"(<!--|<(?:script|style|head)\b|-->|</(?:script|style|head)\s*>)", re.IGNORECASE)
_LINE_END = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d|/table)\b[^<>]{0,2000}>", re.IGNORECASE)
_CELL_END = re.compile(r"</t[dh]\s*>", re.IGNORECASE)
_CID = re.compile(r"cid:([^\"'\s>)]{1,300})", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TNEF = b"\x78\x9f\x3e\x22"

# Property ids of [MS-OXPROPS]
_ATTACH_LONG_NAME, _ATTACH_NAME, _DISPLAY_NAME, _ATTACH_ENDING = 0x3707, 0x3704, 0x3001, 0x3703
_ATTACH_BYTES, _ATTACH_TYPE, _ATTACH_CONTENT_ID = 0x3701, 0x370E, 0x3712
_SUBJECT, _BODY, _HTML, _HTML_TEXT, _SENDER_NAME, _SENDER = 0x0037, 0x1000, 0x1013, 0x1013, 0x0C1A, 0x5D01
_EMBEDDED = "__substg1.0_3701000D"
_TOP_HEADER, _EMBEDDED_HEADER, _ATTACH_HEADER = 32, 24, 8
"""Bytes before the first property in a properties stream ([MS-OXMSG] 2.4.1)."""


class _AsWritten(Compat32):
    """The standard library's most forgiving policy, except that bare eight-bit headers are read and not thrown away."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        """The value of a header as text."""
        if any("\udc80" <= sign <= "\udcff" for sign in value):
            return _in_characters(value.encode("utf-8", "surrogateescape"), None)
        return value


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as sent: `attachments` are (name, bytes) in order, names as people see them; `text` is its own words.

    `pages` are the HTML versions of those words, for the mail and each one inside it: a form may have been pasted in.
    """

    subject: str = ""
    sender: str = ""
    text: str = ""
    attachments: tuple[tuple[str, bytes], ...] = ()
    pages: tuple[str, ...] = ()


@dataclass(slots=True)
class _Parts:
    """What has been found so far, in this mail and those inside it."""

    texts: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    attachments: list[tuple[str, bytes]] = field(default_factory=list)
    pictures: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Content id, name and bytes of pictures that the text may show."""
    count: int = 0


def read_eml(content: bytes) -> Mail:
    """An Internet mail. Raises Refusal: damaged when it is none, too_hard when it is made to be slow."""
    return _read_eml(content, 0)


def read_msg(content: bytes) -> Mail:
    """An Outlook message. Raises Refusal: damaged when it is none."""
    return _read_msg(content, 0)


def _read_eml(content: bytes, depth: int) -> Mail:
    if content.count(b"\n") + content.count(b"\r") > LINES_LIMIT:
        raise Refusal("too_hard")
    content = content.lstrip(b"\xef\xbb\xbf\r\n\t ")
    try:
        mail = email.message_from_bytes(content, policy=_AsWritten())
        if not mail.keys():
            raise Refusal("damaged")
        parts = _Parts()
        for part in mail.walk():
            if not part.is_multipart():
                parts.count += 1
                if parts.count > PARTS_LIMIT:
                    raise Refusal("too_hard")
                _take(part, parts, depth)
    except RecursionError as error:
        raise Refusal("too_hard") from error
    except (ValueError, LookupError, TypeError, AttributeError, email.errors.MessageError) as error:
        # The standard library's parser meets malformed headers with whatever it trips over.
        raise Refusal("damaged") from error
    return _mail(_decoded(mail.get("Subject")), _decoded(mail.get("From")), parts)


def _take(part: MimePart, parts: _Parts, depth: int) -> None:
    kind = part.get_content_type().lower()
    if kind in _SIGNATURES:
        return
    name = _name_of(part)
    disposition = (part.get_content_disposition() or "").lower()
    content = _body(part)
    if kind in ("text/plain", "text/html") and disposition != "attachment" and not name:
        words = _in_characters(content, part.get_content_charset())
        (parts.texts if kind == "text/plain" else parts.pages).append(words)
        return
    identity = _decoded(part.get("Content-ID")).strip("<> ")
    if kind.startswith("image/") and identity and disposition != "attachment":
        parts.pictures.append((identity, name or f"picture{_ENDINGS.get(kind, '')}", content))
        return
    _attach(name or f"attachment {parts.count}{_ENDINGS.get(kind, '')}", content, parts, depth)


def _body(part: MimePart) -> bytes:
    """A part's bytes; of base64 that was cut short, what is whole of it."""
    body = part.get_payload(decode=True)
    if not isinstance(body, bytes):
        return str(part.get_payload()).encode("utf-8", "replace")
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64" and body[:1000].isascii():
        # The standard library gives text back as it stands when its length cannot be that of base64.
        letters = _NOT_BASE64.sub(b"", body)
        if len(letters) % 4 == 1 and len(letters) > 0.9 * len(body):
            return base64.b64decode(letters[:-1] + b"==="[: -(len(letters) - 1) % 4])
    return body


def _attach(name: str, content: bytes, parts: _Parts, depth: int) -> None:
    """Adds an attachment; one that is itself a mail gives its own attachments."""
    if not content.strip():
        parts.attachments.append((name, content))
        return
    try:
        inner = _inner(name, content, depth) if depth < NESTING_LIMIT else None
    except Refusal:
        inner = None
    if inner is None or not (inner.text or inner.pages or inner.attachments):
        parts.attachments.append((name, content))
        return
    parts.texts.append(inner.text)
    parts.pages.extend(inner.pages)
    parts.attachments.extend(inner.attachments)
    if len(parts.attachments) > PARTS_LIMIT:
        raise Refusal("too_hard")


def _inner(name: str, content: bytes, depth: int) -> Mail | None:
    """The mail that an attachment is, None when it is none."""
    ending = name.lower().rpartition(".")[2]
    if content.startswith(_TNEF):
        return Mail(attachments=tuple((_plain_name(name), inner) for name, inner in read_tnef(content)))
    if ending == "eml" or (ending in ("p7m", "p7s") and content[:13].lower() == b"content-type:"):
        return _read_eml(content, depth + 1)
    if ending == "msg" and content.startswith(_OLE):
        return _read_msg(content, depth + 1)
    signed = unsealed(content)
    return None if signed is None else _read_eml(signed, depth + 1)


def _mail(subject: str, sender: str, parts: _Parts) -> Mail:
    shown = {identity.lower() for page in parts.pages for identity in _CID.findall(page)}
    photographs = [
        (name, content)
        for identity, name, content in parts.pictures
        if len(content) > LOGO_LIMIT or identity.lower() not in shown
    ]
    words = [text for text in parts.texts if text.strip()] or [_words(page) for page in parts.pages]
    pages = tuple(page for page in parts.pages if page.strip())
    return Mail(subject, sender, "\n\n".join(words).strip(), (*parts.attachments, *photographs), pages)


def words_of(mail: Mail) -> str:
    """All of the mail's own words, also those that only its HTML has."""
    known = set(mail.text.split())
    pages = [_words(page) for page in mail.pages]
    only = [page for page in pages if sum(word in known for word in page.split()) < SAID * len(page.split())]
    return "\n\n".join(filter(None, [mail.text, *only]))


def body_of(mail: Mail) -> Document:
    """The mail's own words as a document, with its tables where it was written in HTML. Raises Refusal as they do."""
    if mail.pages:
        documents = [read_web_page(page, "mail") for page in mail.pages]
        return Document("mail", tuple(block for document in documents for block in document.blocks))
    return read_plain_text(mail.text)


def _name_of(part: MimePart) -> str:
    try:
        return _plain_name(_decoded(part.get_filename()))
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _plain_name(name: str) -> str:
    """A file name without folders, line ends and other signs that are no part of a name."""
    name = name.replace("\\", "/").rpartition("/")[2]
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())[-NAME_LIMIT:]


def _decoded(value: Any) -> str:
    """A header value in words: encoded words (RFC 2047) and bare eight-bit text decoded."""
    text = str(value or "")[:HEADER_LIMIT]
    if "=?" not in text:
        return " ".join(text.split())
    try:
        return " ".join(str(email.header.make_header(email.header.decode_header(text))).split())
    except (ValueError, LookupError, email.errors.MessageError):
        return " ".join(text.split())


def _in_characters(content: bytes, charset: str | None) -> str:
    """Bytes as text in the charset given; where that is missing, unknown or wrong, UTF-8, else Windows-1252."""
    for name in (charset, "utf-8"):
        try:
            return content.decode(name or "utf-8")
        except (UnicodeError, LookupError, ValueError):
            continue
    return content.decode("windows-1252", "replace")


def _words(page: str) -> str:
    """The words of a web page, a line for every paragraph and table row."""
    text = _CELL_END.sub("\t", _LINE_END.sub("\n", " ".join(_shown(page).split())))
    text = html.unescape(_TAG.sub("", text)).replace("\u00a0", " ")
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _shown(page: str) -> str:
    """A web page without comments, scripts, styles and its head; what is never closed hides nothing."""
    pieces = _HIDDEN.split(page)
    kinds = [_kind_of_mark(mark) for mark in pieces[1::2]]
    ends: dict[str, int] = {}
    after = [0] * len(kinds)  # for each mark that hides, the next one that ends what it hides
    for number in range(len(kinds) - 1, -1, -1):
        begins, name = kinds[number]
        after[number] = ends.get(name, 0) if begins else 0
        if not begins:
            ends[name] = number
    shown, number = [pieces[0]], 0
    while number < len(kinds):
        number = after[number] or number
        shown.append(pieces[2 * number + 2])
        number += 1
    return " ".join(shown)


def _kind_of_mark(mark: str) -> tuple[bool, str]:
    """Whether a mark begins or ends what is hidden, and of what kind."""
    return (mark == "<!--", "!") if "--" in mark else (mark[1] != "/", mark.strip("</> \t\r\n").lower())


def _read_msg(content: bytes, depth: int) -> Mail:
    try:
        message = OutlookMessage.load(content)
        return _outlook(message._storage, _TOP_HEADER, depth)  # type: ignore[arg-type]
    except Refusal:
        raise
    except Exception as error:  # olefile and oxmsg meet broken files with whatever they lead to
        raise Refusal("damaged") from error


def _outlook(storage: Storage, header: int, depth: int) -> Mail:
    properties = Properties(storage, properties_header_offset=header)
    parts = _Parts(texts=[_text(properties, _BODY)], pages=[_page(properties)])
    for attachment in storage.iter_attachment_storages():
        parts.count += 1
        if parts.count > PARTS_LIMIT:
            raise Refusal("too_hard")
        _outlook_attachment(attachment, parts, depth)
    return _mail(_text(properties, _SUBJECT), _text(properties, _SENDER_NAME) or _text(properties, _SENDER), parts)


def _outlook_attachment(storage: Storage, parts: _Parts, depth: int) -> None:
    properties = Properties(storage, properties_header_offset=_ATTACH_HEADER)
    names = (_plain_name(_text(properties, name)) for name in (_ATTACH_LONG_NAME, _ATTACH_NAME, _DISPLAY_NAME))
    name = next((name for name in names if name), f"attachment {parts.count}")
    inner = next((inner for inner in storage.storages if inner.name == _EMBEDDED), None)
    if inner is not None and depth < NESTING_LIMIT:
        mail = _outlook(inner, _EMBEDDED_HEADER, depth + 1)
        parts.texts.append(mail.text)
        parts.pages.extend(mail.pages)
        parts.attachments.extend(mail.attachments)
        return
    content = properties.binary_prop_value(_ATTACH_BYTES) or b""
    identity = _text(properties, _ATTACH_CONTENT_ID)
    if identity and _text(properties, _ATTACH_TYPE).startswith("image/"):
        parts.pictures.append((identity, name, content))
    else:
        _attach(name, content, parts, depth)


def _text(properties: Properties, identity: int) -> str:
    try:
        return properties.str_prop_value(identity) or ""
    except Exception:  # a text in a code page that nobody knows is a text we do without
        return ""


def _page(properties: Properties) -> str:
    try:
        content = properties.binary_prop_value(_HTML)
        return _in_characters(content, properties.body_encoding) if content else _text(properties, _HTML_TEXT)
    except Exception:  # as above
        return ""
