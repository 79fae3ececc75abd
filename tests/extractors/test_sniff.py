"""A file is what its content says, its name may not contradict, and nothing dangerous gets past."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.files import package
from extractors.files.sniff import SIZE_LIMIT, kind_of
from extractors.refusals import CURES, Refusal
from tests.extractors.compound import compound
from tests.extractors.documents import docx, docx_parts, odt_parts, paragraph, zipped

WORD = docx(paragraph("x"))
ODT = zipped(odt_parts("<text:p>x</text:p>"))
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"
RTF = b"{\\rtf1\\ansi x}"
MAIL = (
    b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nDate: Fri, 20 Nov 2026 09:12:41 +0000\r\n\r\nHello\r\n"
)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def refusal(content: bytes, name: str = "form.docx") -> Refusal:
    with pytest.raises(Refusal) as refused:
        kind_of(content, name)
    return refused.value


def office(*names: str, flags: int = 0) -> bytes:
    """A compound file with streams of the given names, WordDocument with the flags of its file information block."""
    block = struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0, 0, flags).ljust(4096, b"\0")
    return compound(dict.fromkeys(names, block))


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (WORD, "MAPPA A.docx", "docx"),
        (WORD, "MAPPA A.DOCX", "docx"),
        (WORD, "C:\\forms\\MAPPA A.docx", "docx"),
        (WORD, "", "docx"),
        (WORD, "form.tmp", "docx"),
        (WORD, "saved by an old program.doc", "docx"),
        (RTF, "exported.doc", "rtf"),
        (RTF, "form.rtf", "rtf"),
        (ODT, "form.odt", "odt"),
        (PDF, "form.pdf", "pdf"),
        (b"junk before\n" + PDF, "form.pdf", "pdf"),
        (PNG, "photo.png", "image"),
        (PNG, "photo.jpg", "image"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "photo.JPEG", "image"),
        (b"II*\0" + bytes(40), "fax.tif", "image"),
        (b"MM\0*" + bytes(40), "fax.tiff", "image"),
        (MAIL, "mail.eml", "eml"),
        (MAIL, "", "eml"),
        (b"Subject: x\n\nHello", "mail.eml", "eml"),
        (office("WordDocument"), "form.doc", "doc"),
        (office("__properties_version1.0"), "mail.msg", "msg"),
    ],
)
def test_kinds_are_told_by_content(content: bytes, name: str, kind: str) -> None:
    assert kind_of(content, name) == kind


@pytest.mark.parametrize("content", [b"", b"\0" * 50, b" \r\n\t", b"\xef\xbb\xbf"])
def test_nothing_in_a_file_is_empty(content: bytes) -> None:
    assert refusal(content).code == "empty"


def test_a_file_over_the_limit_is_too_large_and_the_limit_is_told() -> None:
    refused = refusal(PDF.ljust(SIZE_LIMIT + 1, b"\0"), "form.pdf")
    assert refused.code == "too_large"
    assert "25 MB" in refused.message


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PDF, "form.docx"),
        (WORD, "form.pdf"),
        (PNG, "form.pdf"),
        (b"MZ" + bytes(90), "form.docx"),
        (ODT, "form.docx"),
        (b"just words", "form.pdf"),
        (b"<html><body>x</body></html>", "form.doc"),
        (MAIL, "form.msg"),
        (PDF, "f.eml"),
    ],
)
def test_a_name_that_says_otherwise_is_mislabelled(content: bytes, name: str) -> None:
    assert refusal(content, name).code == "mislabelled"


def test_mislabelled_says_both_what_it_says_and_what_it_is() -> None:
    message = refusal(PDF, "form.docx").message
    assert "Word" in message and "a PDF" in message


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (zipped({"[Content_Types].xml": "spreadsheetml", "xl/workbook.xml": "<x/>"}), "form.xlsx", "Excel"),
        (zipped({"[Content_Types].xml": "presentationml"}), "form.pptx", "PowerPoint"),
        (zipped({"form.docx": WORD}), "forms.zip", "zip archive"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "form.ods", "spreadsheet"),
        (zipped({"Index/Document.iwa": b"x"}), "form.pages", "Pages"),
        (b"MZ" + bytes(90), "form.exe", "program"),
        (b"Rar!\x1a\x07\0", "forms.rar", "RAR"),
        (b"just words", "form.txt", "plain text"),
        (b"<!DOCTYPE html><html></html>", "form.html", "web page"),
        (b"\0\0\0\x18ftypheic" + bytes(20), "photo.heic", "HEIC"),
        (office("Workbook"), "form.xls", "Excel"),
    ],
)
def test_other_kinds_are_unsupported_and_named_in_words(content: bytes, name: str, words: str) -> None:
    refused = refusal(content, name)
    assert refused.code == "unsupported"
    assert words in refused.message


@pytest.mark.parametrize("content", [WORD[:-40], WORD[:60], b"PK\x03\x04" + bytes(99), office("WordDocument")[:900]])
def test_a_file_cut_short_is_damaged(content: bytes) -> None:
    assert refusal(content, "form.doc").code == "damaged"


def test_a_name_we_know_round_content_nobody_knows_is_damaged() -> None:
    assert refusal(bytes(range(256)) * 4, "form.pdf").code == "damaged"


def test_encrypted_office_files_ask_for_a_copy_without_password() -> None:
    assert refusal(office("EncryptedPackage", "EncryptionInfo")).code == "password"
    assert refusal(office("WordDocument", flags=0x0100), "form.doc").code == "password"


def test_an_encrypted_zip_entry_asks_for_a_copy_without_password() -> None:
    content = bytearray(WORD)
    central = content.rindex(b"PK\x01\x02")
    content[central + 8] |= 1
    assert refusal(bytes(content)).code == "password"


def test_an_encrypted_opendocument_asks_for_a_copy_without_password() -> None:
    parts = odt_parts("")
    parts["META-INF/manifest.xml"] = "<manifest:encryption-data/>"
    assert refusal(zipped(parts), "form.odt").code == "password"


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "word/VBAPROJECT.BIN", "word/vbaData.xml"])
def test_macros_are_refused_whatever_the_name_says(name: str) -> None:
    assert refusal(zipped({**docx_parts(""), name: "x"})).code == "macros"


def test_a_macro_template_without_macros_is_refused_too() -> None:
    parts = docx_parts("")
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "vnd.ms-word.document.macroEnabled.main+xml",
    )
    assert refusal(zipped(parts), "form.docm").code == "macros"


def test_opendocument_macros_are_refused() -> None:
    assert refusal(zipped({**odt_parts(""), "Basic/Standard/Module1.xml": "<x/>"}), "form.odt").code == "macros"


@pytest.mark.parametrize("name", ["word/document.xml", "word/theme/theme1.xml", "_rels/.rels", "customXml/item1.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_in_any_part_is_refused(name: str, encoding: str) -> None:
    bomb = '<?xml version="1.0"?><!-- x --><!DOCTYPE l [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><l>&c;</l>'
    parts: dict[str, str | bytes] = {**docx_parts(""), name: bomb.encode(encoding)}
    assert refusal(zipped(parts)).code == "external_entity"


@pytest.mark.parametrize("encoding", ["UTF-7", "IBM037"])
def test_encodings_that_could_hide_a_document_type_are_refused(encoding: str) -> None:
    parts: dict[str, str | bytes] = {
        **docx_parts(""),
        "word/document.xml": f'<?xml version="1.0" encoding="{encoding}"?><x/>',
    }
    assert refusal(zipped(parts)).code == "damaged"


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    assert refusal(zipped({**docx_parts(""), "word/media/x.xml": b" " * 30_000_000})).code == "too_large_inflated"


def test_many_middling_entries_are_as_bad_as_one_large_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "INFLATED_LIMIT", 1_000_000)
    parts = {f"word/media/{number}.bin": b"a" * 100_000 for number in range(11)}
    assert refusal(zipped({**docx_parts(""), **parts})).code == "too_large_inflated"


def test_an_uncounted_number_of_entries_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "ENTRIES_LIMIT", 10)
    parts = {f"word/{number}.xml": "<x/>" for number in range(20)}
    assert refusal(zipped({**docx_parts(""), **parts})).code == "too_large_inflated"


def test_an_entry_that_lies_about_its_size_is_never_unpacked_beyond_it() -> None:
    content = bytearray(zipped({**docx_parts(""), "word/big.xml": b"<x>" + b" " * 1_000_000 + b"</x>"}))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.rindex(signature)
        content[at + offset : at + offset + 4] = struct.pack("<I", 100)
    assert refusal(bytes(content)).code == "damaged"


def test_of_two_entries_with_one_name_the_first_counts() -> None:
    out = io.BytesIO(docx(paragraph("first")))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as archive:
        archive.writestr("word/document.xml", "<!DOCTYPE x><x/>")
    assert kind_of(out.getvalue(), "form.docx") == "docx"


def test_a_pdf_with_a_zip_behind_it_is_a_pdf() -> None:
    assert kind_of(PDF + WORD, "form.pdf") == "pdf"
    assert refusal(PDF + WORD, "form.docx").code == "mislabelled"


def test_links_to_the_outside_are_no_reason_to_refuse() -> None:
    parts = docx_parts("")
    link = '<Relationship Id="rId1" Type="x/attachedTemplate" Target="file:///C:/Normal.dotm" TargetMode="External"/>'
    parts["word/_rels/settings.xml.rels"] = f'<Relationships xmlns="x">{link}</Relationships>'
    assert kind_of(zipped(parts), "form.docx") == "docx"


SEEDS = [WORD, ODT, PDF, RTF, MAIL, PNG, office("WordDocument"), office("__properties_version1.0")]


@settings(max_examples=150)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 20_000), st.binary(max_size=6)), max_size=6),
    st.sampled_from(["a.docx", "a.doc", "a.odt", "a.pdf", "a.eml", "a.msg", "a.tif", "a", "a.xyz"]),
)
def test_any_bytes_have_a_kind_or_a_refusal(seed: bytes, changes: list[tuple[int, bytes]], name: str) -> None:
    content = bytearray(seed)
    for at, new in changes:
        place = at % (len(content) + 1)
        content[place : place + len(new)] = new
    try:
        assert kind_of(bytes(content), name)
    except Refusal as refused:
        assert refused.code in CURES
