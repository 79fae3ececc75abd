"""A mail gives every attachment with its name, however it was wrapped, and its own words."""

from __future__ import annotations

import struct
from datetime import date, datetime, timedelta
from email.message import EmailMessage

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.mail.message import LOGO_LIMIT, read_eml, read_msg
from extractors.read import read
from extractors.refusals import Refusal
from tests.extractors.compound import Tree, attached_message, attachment, compound, message

FORM = b"PK\x03\x04 a form"


def mail(subject: str = "MAPPA referral", text: str = "Please find attached.") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ffion Prys <ffion@example.org>"
    message["To"] = "desk@example.org"
    message["Subject"] = subject
    message.set_content(text)
    return message


def with_form(name: str = "MAPPA A.docx", content: bytes = FORM) -> EmailMessage:
    message = mail()
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def test_attachments_come_in_order_with_names_and_bytes() -> None:
    message = with_form()
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="OASys.pdf")
    found = read_eml(bytes(message))
    assert found.attachments == (("MAPPA A.docx", FORM), ("OASys.pdf", b"%PDF-1.7"))
    assert (found.subject, found.sender, found.text) == (
        "MAPPA referral",
        "Ffion Prys <ffion@example.org>",
        "Please find attached.",
    )


@pytest.mark.parametrize(
    "parameter",
    [
        "filename*=utf-8''MAPPA%20A%20Wo%C5%BAniak.docx",
        'filename="=?utf-8?B?TUFQUEEgQSBXb8W6bmlhay5kb2N4?="',
        "filename*0*=utf-8''MAPPA%20A%20; filename*1*=Wo%C5%BAniak.docx",
        'filename="MAPPA A Woźniak.docx"',
        'filename="..\\\\..\\\\MAPPA A Woźniak.docx"',
        'filename="/etc/MAPPA A\r\n Woźniak.docx"',
    ],
)
def test_names_are_decoded_however_they_were_written(parameter: str) -> None:
    raw = (
        "From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
        f"Content-Disposition: attachment; {parameter}\r\nContent-Transfer-Encoding: base64\r\n\r\nUEsDBCA=\r\n"
    )
    ((name, content),) = read_eml(raw.encode()).attachments
    assert name == "MAPPA A Woźniak.docx"
    assert content == b"PK\x03\x04 "


def test_an_attachment_without_a_name_gets_one_with_the_ending_of_its_type() -> None:
    message = mail()
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf")
    assert read_eml(bytes(message)).attachments[0][0].endswith(".pdf")


def test_a_subject_in_encoded_words_is_read() -> None:
    raw = b"From: a@example.org\r\nSubject: =?utf-8?q?Form_A_=E2=80=93_Wo=C5=BAniak?=\r\n\r\nx"
    assert read_eml(raw).subject == "Form A – Woźniak"


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "nonsense-9", ""])
def test_text_in_a_wrong_or_missing_charset_is_read_as_well_as_can_be(charset: str) -> None:
    raw = f"From: a@example.org\r\nContent-Type: text/plain; charset={charset}\r\n\r\n".encode() + "Siân".encode()
    assert "Si" in read_eml(raw).text


def test_a_mail_of_html_alone_gives_its_words_line_by_line() -> None:
    message = mail()
    message.set_content(
        "<html><head><style>p{}</style></head><body><p>Name:&nbsp;<b>Smith</b></p><table><tr><td>Level</td><td>3</td></tr></table></body></html>",
        subtype="html",
    )
    assert read_eml(bytes(message)).text.split("\n") == ["Name: Smith", "Level\t3"]


@pytest.mark.parametrize("lost", range(1, 9))
def test_an_attachment_cut_short_gives_what_is_whole_of_it(lost: int) -> None:
    raw = bytes(with_form(content=FORM * 40))
    whole = raw[: raw.rindex(b"\n--") - lost]
    ((_, content),) = read_eml(whole).attachments
    assert (FORM * 40).startswith(content) and len(content) > len(FORM * 40) - 3 - lost


def test_scripts_styles_and_comments_are_no_words_and_what_is_never_closed_hides_nothing() -> None:
    message = mail()
    page = "<head><title>t</title></head><p>a<script>b</script>c<!-- d <style> -->e</p><style>p{}</style>f<script>g"
    message.set_content(page, subtype="html")
    assert read_eml(bytes(message)).text.split() == ["a", "c", "e", "f", ">g"]


def test_a_forwarded_mail_gives_its_attachments_too() -> None:
    outer = mail("FW: MAPPA")
    outer.add_attachment(with_form())
    assert read_eml(bytes(outer)).attachments == (("MAPPA A.docx", FORM),)


def test_a_mail_attached_as_a_file_is_opened() -> None:
    outer = mail()
    outer.add_attachment(bytes(with_form()), maintype="application", subtype="octet-stream", filename="forwarded.eml")
    assert read_eml(bytes(outer)).attachments == (("MAPPA A.docx", FORM),)


def test_mails_within_mails_are_opened_only_so_deep() -> None:
    message = bytes(with_form())
    for _ in range(9):
        outer = mail()
        outer.add_attachment(message, maintype="application", subtype="octet-stream", filename="m.eml")
        message = bytes(outer)
    ((name, _),) = read_eml(message).attachments
    assert name == "m.eml"


def test_signatures_are_no_attachments() -> None:
    message = with_form()
    message.add_attachment(b"sig", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    assert [name for name, _ in read_eml(bytes(message)).attachments] == ["MAPPA A.docx"]


@pytest.fixture(scope="module")
def signer() -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A sender")])
    start = datetime(2026, 1, 1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    return made.not_valid_before(start).not_valid_after(start + timedelta(days=999)).sign(key, SHA256()), key


def in_one_piece(content: bytes, kind: str) -> bytes:
    """A mail that is nothing but a sealed message, as Outlook sends it."""
    whole = mail()
    whole.clear_content()
    whole.set_content(content, "application", "pkcs7-mime", filename="smime.p7m", params={"smime-type": kind})
    return bytes(whole)


def test_a_mail_signed_in_one_piece_gives_what_was_signed(signer: tuple[x509.Certificate, rsa.RSAPrivateKey]) -> None:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(bytes(with_form())).add_signer(*signer, SHA256())
    signed = builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    found = read_eml(in_one_piece(signed, "signed-data"))
    assert found.attachments == (("MAPPA A.docx", FORM),)
    assert "Please find attached." in found.text
    cut = read_eml(in_one_piece(signed[:-700], "signed-data"))
    assert [name for name, _ in cut.attachments] == ["smime.p7m"]


def test_an_encrypted_mail_is_refused_with_a_cure(signer: tuple[x509.Certificate, rsa.RSAPrivateKey]) -> None:
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(bytes(with_form())).add_recipient(signer[0])
    encrypted = in_one_piece(builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary]), "enveloped-data")
    with pytest.raises(Refusal, match="sealed mail: only a mail that is signed and not encrypted") as refused:
        read(encrypted, "mail.eml", date(2026, 11, 20))
    assert refused.value.code == "not_a_form"


def with_picture(size: int) -> bytes:
    message = mail()
    message.add_alternative('<p>Regards <img src="cid:logo1@x"></p>', subtype="html")
    page = message.get_payload()[1]  # type: ignore[index]
    page.add_related(b"\x89PNG" + bytes(size), maintype="image", subtype="png", cid="<logo1@x>")  # type: ignore[union-attr]
    return bytes(message)


def test_a_logo_in_the_text_is_no_attachment_and_a_photograph_is() -> None:
    assert read_eml(with_picture(2_000)).attachments == ()
    assert len(read_eml(with_picture(LOGO_LIMIT)).attachments) == 1


def tnef(name: str, content: bytes) -> bytes:
    """A winmail.dat with one attachment, its long name among MAPI properties."""

    def attribute(identity: int, value: bytes) -> bytes:
        return struct.pack("<BHHI", 2, identity, 6, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    long_name = name.encode("utf-16-le") + b"\0\0"
    padded = long_name + b"\0" * (-len(long_name) % 4)
    properties = struct.pack("<I", 2) + struct.pack("<HHI", 0x0003, 0x0E20, 9)
    properties += struct.pack("<HHII", 0x001F, 0x3707, 1, len(long_name)) + padded
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(
        attribute(identity, value)
        for identity, value in (
            (0x9002, bytes(14)),
            (0x8010, b"SHORT~1.DOC\0"),
            (0x800F, content),
            (0x9005, properties),
        )
    )


def test_winmail_dat_gives_what_is_inside() -> None:
    message = with_form("winmail.dat", tnef("MAPPA A Woźniak.docx", FORM))
    assert read_eml(bytes(message)).attachments == (("MAPPA A Woźniak.docx", FORM),)


def test_a_broken_winmail_dat_stays_an_attachment() -> None:
    content = tnef("a.docx", FORM)[:3]
    assert read_eml(bytes(with_form("winmail.dat", content))).attachments == (("winmail.dat", content),)


def test_missing_headers_do_no_harm() -> None:
    assert read_eml(b"Subject: x\n\nHello").text == "Hello"


@pytest.mark.parametrize("content", [b"", b"no header at all", b"\0\1\2"])
def test_what_is_no_mail_is_damaged(content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read_eml(content)
    assert refused.value.code == "damaged"


def test_a_mail_of_endless_lines_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        read_eml(b"Subject: x\n\n" + b"\n" * 1_100_000)
    assert refused.value.code == "too_hard"


def test_a_mail_of_endless_parts_is_refused() -> None:
    part = b"--b\nContent-Type: application/pdf\n\nx\n"
    with pytest.raises(Refusal) as refused:
        read_eml(b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n" + part * 600 + b"--b--\n")
    assert refused.value.code == "too_hard"


def test_parts_nested_beyond_reason_are_refused() -> None:
    raw = b"Subject: x\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(1500)
    )
    with pytest.raises(Refusal) as refused:
        read_eml(raw)
    assert refused.value.code in ("too_hard", "damaged")


def outlook(*attachments: Tree) -> bytes:
    return compound(message("MAPPA referral", "Please find attached.", list(attachments)))


def test_an_outlook_message_gives_the_same_as_an_internet_mail() -> None:
    found = read_msg(outlook(attachment("MAPPA A Woźniak.docx", FORM), attachment("large.pdf", b"%PDF" * 2_000)))
    assert found.attachments == (("MAPPA A Woźniak.docx", FORM), ("large.pdf", b"%PDF" * 2_000))
    assert (found.subject, found.text) == ("MAPPA referral", "Please find attached.")


def test_an_outlook_message_inside_another_gives_its_attachments_too() -> None:
    inner = message("Inner", "x", [attachment("MAPPA A.docx", FORM)], embedded=True)
    assert read_msg(outlook(attached_message(inner))).attachments == (("MAPPA A.docx", FORM),)


def test_an_outlook_message_attached_as_a_file_is_opened() -> None:
    content = outlook(attachment("MAPPA A.docx", FORM))
    assert read_eml(bytes(with_form("FW.msg", content))).attachments == (("MAPPA A.docx", FORM),)


def test_a_signed_outlook_message_gives_what_was_signed() -> None:
    signed = (
        b"Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n"
        + b"Content-Type: application/pdf; name=a.pdf\r\n\r\n%PDF\r\n--b--\r\n"
    )
    assert read_msg(outlook(attachment("smime.p7m", signed))).attachments == (("a.pdf", b"%PDF"),)


def test_what_is_no_outlook_message_is_damaged() -> None:
    with pytest.raises(Refusal) as refused:
        read_msg(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert refused.value.code == "damaged"


@settings(max_examples=150)
@given(
    st.sampled_from([bytes(with_form()), with_picture(100), bytes(with_form("winmail.dat", tnef("a.docx", FORM)))]),
    st.lists(st.tuples(st.integers(0, 3_000), st.binary(max_size=8)), max_size=8),
)
def test_any_mail_is_read_or_refused(seed: bytes, changes: list[tuple[int, bytes]]) -> None:
    content = bytearray(seed)
    for at, new in changes:
        place = at % (len(content) + 1)
        content[place : place + len(new)] = new
    try:
        read_eml(bytes(content))
    except Refusal as refused:
        assert refused.code in ("damaged", "too_hard")


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 8_000), st.binary(max_size=8)), max_size=8))
def test_any_outlook_message_is_read_or_refused(changes: list[tuple[int, bytes]]) -> None:
    content = bytearray(outlook(attachment("MAPPA A.docx", FORM * 500), attachment("a.png", b"x", "i", "image/png")))
    for at, new in changes:
        place = at % (len(content) + 1)
        content[place : place + len(new)] = new
    try:
        read_msg(bytes(content))
    except Refusal as refused:
        assert refused.code in ("damaged", "too_hard")
