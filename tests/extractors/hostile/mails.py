"""Hostile mails and rich text: parts without end, nesting, headers made to be slow, bombs as attachments."""

from __future__ import annotations

import base64
import struct
from email.message import EmailMessage

from tests.extractors.compound import attached_message, attachment, compound, message
from tests.extractors.hostile import Hostile, hostile, packages, truncated

NO_FORM, HARD, PARTLY = "not_a_form", "too_hard", "partly read"
HEAD = b"From: a@ficton.example\r\nTo: b@ficton.example\r\nSubject: Referral\r\nMIME-Version: 1.0\r\n"


def mail(*attachments: tuple[str, bytes], text: str = "Attached.") -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = "a@ficton.example", "Referral"
    made.set_content(text)
    for name, content in attachments:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


@hostile("mail.eml", "a thousand parts", HARD)
def many_parts() -> bytes:
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: text/csv\r\n\r\nx\r\n" * 1000
        + b"--b--\r\n"
    )


@hostile("mail.eml", "parts within parts, 3,000 deep", HARD, "damaged", NO_FORM)
def deep_parts() -> bytes:
    return HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)
    )


@hostile("mail.eml", "mails within mails, 40 deep", NO_FORM, HARD)
def mail_in_mail() -> bytes:
    content = mail(("MAPPA A.txt", b"x"))
    for _ in range(40):
        content = mail(("m.eml", content[:2_000_000]))
    return content


@hostile("mail.eml", "one header of ten million letters", NO_FORM, HARD, "damaged")
def long_header() -> bytes:
    return HEAD + b"X-Long: " + b"=?utf-8?q?a?= " * 700_000 + b"\r\n\r\nx"


@hostile("mail.eml", "200,000 headers", NO_FORM, HARD)
def many_headers() -> bytes:
    return HEAD + b"".join(b"X-%d: a\r\n" % n for n in range(200_000)) + b"\r\nx"


@hostile("mail.eml", "a file name in 20,000 pieces", NO_FORM, HARD, "damaged")
def name_in_pieces() -> bytes:
    pieces = b"".join(b"; filename*%d*=%%41" % n for n in range(20_000))
    return HEAD + b"Content-Disposition: attachment" + pieces + b"\r\n\r\nx"


@hostile("mail.eml", "addresses made to be slow", NO_FORM, HARD)
def slow_addresses() -> bytes:
    return (
        b"From: "
        + b"(" * 100_000
        + b"\r\nTo: "
        + b'"' * 100_001
        + b"\r\nSubject: "
        + b"=?a?b?" * 100_000
        + b"\r\n\r\nx"
    )


@hostile("mail.eml", "names of files that lead elsewhere", NO_FORM)
def odd_names() -> bytes:
    names = ("../../etc/passwd", "C:\\Windows\\x.exe", "a\u202efdp.exe", "CON", "x" * 5000 + ".txt", "\u0000.txt")
    parts = b"".join(
        b"--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename*=utf-8''%s\r\n\r\nx\r\n"
        % "".join(f"%{byte:02X}" for byte in name.encode()).encode()
        for name in names
    )
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n"


@hostile(
    "mail.eml",
    "broken base64, uuencode and a boundary that never comes",
    NO_FORM,
    "damaged",
    "unsupported",
    "mislabelled",
)
def broken() -> bytes:
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n=%^&A=B=\r\n"
        + b"--b\r\nContent-Transfer-Encoding: x-uuencode\r\nContent-Type: application/pdf\r\n\r\nbegin 644 a\r\nM1\r\n--c"
    )


@hostile("mail.eml", "a zip bomb attached", "too_large_inflated")
def bomb() -> bytes:
    return mail(("MAPPA A.docx", packages.bomb.make()))


@hostile(
    "mail.eml", "a hundred attachments that each are slow to refuse", NO_FORM, HARD, "too_large_inflated", "damaged"
)
def many_bombs() -> bytes:
    return mail(*[(f"{n}.docx", packages.endless.make()) for n in range(12)])


@hostile("mail.eml", "a page of elements within elements", NO_FORM, HARD, "too_large_inflated")
def deep_page() -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div><table><tr><td>" * 30_000 + b"x"


@hostile("mail.eml", "a page of cells that span everything", NO_FORM, HARD, "too_large_inflated")
def spanning_page() -> bytes:
    return (
        HEAD
        + b"Content-Type: text/html\r\n\r\n<table>"
        + b"<tr>"
        + b"<td colspan=99999 rowspan=99999>x" * 5000
        + b"</table>"
    )


@hostile("mail.eml", "a page of tags that never close", NO_FORM, HARD, "too_large_inflated")
def open_tags() -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n" + b"<script><style><!--<" * 100_000


@hostile("mail.eml", "a page that fetches things", NO_FORM)
def fetching() -> bytes:
    return (
        HEAD
        + b'Content-Type: text/html\r\n\r\n<!DOCTYPE html SYSTEM "file:///etc/passwd"><img src="http://192.0.2.1/x"><iframe src="file:///etc/passwd">'
    )


@hostile("mail.eml", "a part of a mail, the rest elsewhere", NO_FORM, "unsupported", "damaged")
def partial() -> bytes:
    return HEAD + b'Content-Type: message/partial; id="a"; number=1; total=2\r\n\r\nFrom: x\r\n\r\nx'


@hostile("mail.eml", "a body in another place", NO_FORM, "unsupported", "damaged")
def elsewhere() -> bytes:
    return (
        HEAD
        + b'Content-Type: message/external-body; access-type=local-file; name="/etc/passwd"\r\n\r\nContent-Type: text/plain\r\n\r\n'
    )


@hostile("mail.eml", "encrypted", NO_FORM, "unsupported")
def encrypted() -> bytes:
    return (
        HEAD
        + b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(bytes(500))
    )


def tnef(*attributes: tuple[int, bytes, int]) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(
        struct.pack("<BHHI", 2, identity, 6, length) + body + b"\0\0" for identity, body, length in attributes
    )


@hostile("mail.eml", "a winmail.dat that lies about sizes", NO_FORM, "unsupported", "damaged")
def lying_winmail() -> bytes:
    return mail(
        ("winmail.dat", tnef((0x9002, b"", 0), (0x800F, b"x", 0x7FFFFFFF), (0x9005, struct.pack("<I", 0xFFFFFFFF), 4)))
    )


@hostile("mail.eml", "a winmail.dat in a winmail.dat in a winmail.dat", NO_FORM, "unsupported")
def nested_winmail() -> bytes:
    content = b"x"
    for _ in range(200):
        content = tnef((0x9002, b"", 0), (0x800F, content, len(content)))
    return mail(("winmail.dat", content))


@hostile("mail.msg", "Outlook messages within messages", NO_FORM, HARD, "damaged")
def nested_outlook() -> bytes:
    inner = message("In", "x", [attachment("a.txt", b"x")], embedded=True)
    for _ in range(60):
        inner = message("In", "x", [attached_message(inner)], embedded=True)
    return compound(message("Out", "x", [attached_message(inner)]))


@hostile("mail.msg", "an Outlook message of 700 attachments", HARD)
def many_in_outlook() -> bytes:
    return compound(message("Out", "x", [attachment(f"{n}.txt", b"x") for n in range(700)]))


@hostile("mail.msg", "an Outlook message under a mail's name that is cut", "damaged")
def cut_outlook() -> bytes:
    return compound(message("Out", "x", [attachment("a.pdf", bytes(5000))]))[:2000]


@hostile("form.rtf", "groups within groups, 100,000 deep", NO_FORM, "damaged", HARD)
def deep_text() -> bytes:
    return b"{\\rtf1 " + b"{" * 100_000 + b"x" + b"}" * 100_000 + b"}"


@hostile("form.rtf", "two thousand million bytes to come, it says", NO_FORM, "damaged", HARD)
def boasting_text() -> bytes:
    return b"{\\rtf1\\ansi x\\bin2147483647 abc\\par y}"


@hostile("form.rtf", "an object and a link to a template", NO_FORM, "damaged", HARD, PARTLY)
def linked_text() -> bytes:
    return b"{\\rtf1{\\*\\template http://192.0.2.1/a.dotm}{\\object\\objautlink{\\*\\objdata %s}}x\\par}" % (
        b"0105000002" * 500
    )


@hostile("form.rtf", "a table of columns without end", NO_FORM, "damaged", HARD)
def wide_text() -> bytes:
    cells = b"".join(b"\\cellx%d" % (n * 10) for n in range(5_000))
    return b"{\\rtf1\\trowd" + cells + b"\\pard\\intbl " + b"x\\cell" * 5_000 + b"\\row}"


@hostile("form.rtf", "a picture that says it is vast", NO_FORM, "damaged", HARD, PARTLY)
def vast_text() -> bytes:
    return b"{\\rtf1{\\pict\\pngblip\\picw2147483647\\pich2147483647 89504e470d0a1a0a}x\\par}"


FILES = [found for found in list(globals().values()) if isinstance(found, Hostile)] + truncated(
    "mail.eml", lambda: mail(("a.docx", packages.FORM)), NO_FORM, "damaged"
)
FILES = [file for file in FILES if file is not packages.bomb]
