"""Says what kind of file has arrived, by its content and its name together, and refuses what must not be opened.

Nothing is unpacked before the sizes in the zip's own table have been added up, and no macro, password or document type
declaration gets past here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Literal

import olefile

from extractors.files.package import Package, has_doctype, in_utf8
from extractors.refusals import Refusal

Kind = Literal["docx", "doc", "rtf", "odt", "pdf", "image", "eml", "msg"]

SIZE_LIMIT = 25 * 1024 * 1024
"""Bytes of one file, as received. A 30-page colour scan at 300 dpi has 10 to 15 MB."""

_WORDS: dict[Kind, str] = {
    "docx": "a Word document",
    "doc": "a Word 97-2003 document",
    "rtf": "a rich text document",
    "odt": "an OpenDocument text",
    "pdf": "a PDF",
    "image": "a picture",
    "eml": "an e-mail",
    "msg": "an Outlook message",
}
_WORD_PROCESSING: frozenset[Kind] = frozenset({"docx", "doc", "rtf"})
"""Word opens each of these under the name of any other, so people never learn that the name is wrong."""
_BY_NAME: dict[str, frozenset[Kind]] = {
    **dict.fromkeys((".docx", ".doc", ".dot", ".dotx", ".rtf"), _WORD_PROCESSING),
    **dict.fromkeys((".odt", ".ott"), frozenset[Kind]({"odt"})),
    ".pdf": frozenset({"pdf"}),
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff"), frozenset[Kind]({"image"})),
    ".eml": frozenset({"eml"}),
    ".msg": frozenset({"msg"}),
}
_NAME_SAYS: dict[str, str] = {
    **dict.fromkeys((".docx", ".dotx", ".doc", ".dot"), "Word"),
    ".rtf": "rich text",
    **dict.fromkeys((".odt", ".ott"), "OpenDocument"),
    ".pdf": "PDF",
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff"), "picture"),
    ".eml": "e-mail",
    ".msg": "Outlook message",
}

_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_OTHER_PACKAGES: tuple[tuple[bytes, str], ...] = (
    (b"spreadsheetml", "an Excel workbook"),
    (b"ms-excel", "an Excel workbook"),
    (b"presentationml", "a PowerPoint presentation"),
    (b"ms-powerpoint", "a PowerPoint presentation"),
    (b"ms-visio", "a Visio drawing"),
)
_OTHER_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"#!", "a script"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"MSCF", "a cabinet archive"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a bitmap picture"),
    (b"RIFF", "a WebP picture, sound or film"),
    (b"8BPS", "a Photoshop picture"),
    (b"%!PS", "a PostScript file"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound or film"),
    (b"\x78\x9f\x3e\x22", "an Outlook winmail.dat"),
    (b"!BDN", "an Outlook mailbox"),
    (b"\xffWPC", "a WordPerfect document"),
    (b"SQLite format 3\x00", "a database"),
)
_SEALED = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
"""The beginning of each kind of sealed message's own name (RFC 5652: 1.2.840.113549.1.7), in the encoding of ASN.1."""
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")

_HEADER = re.compile(rb"(?:^|\n)(?:[A-Za-z][A-Za-z0-9-]*):[ \t\r\n]", re.ASCII)
_MAIL_HEADER = re.compile(
    rb"(?:^|\n)(?:from|to|cc|subject|date|received|return-path|message-id|mime-version|content-type|delivered-to|reply-to"
    rb"|x-[a-z0-9-]+|thread-topic|dkim-signature|arc-seal):[ \t\r\n]",
    re.IGNORECASE,
)
_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


def kind_of(content: bytes, filename: str) -> Kind:
    """The kind of a file. `filename` may be a path or empty; only its ending is used.

    Raises Refusal: empty, too_large, too_large_inflated, damaged, password, macros, external_entity, unsupported,
    mislabelled.
    """
    if not content.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise Refusal("empty")
    if len(content) > SIZE_LIMIT:
        raise Refusal("too_large", limit=f"{SIZE_LIMIT // 1024 // 1024} MB")
    ending = PurePosixPath(filename.replace("\\", "/").strip(" .")).suffix.lower()
    kind = _by_content(content, ending)
    expected = _BY_NAME.get(ending)
    if expected is not None and kind not in expected:
        raise Refusal("mislabelled", says=_NAME_SAYS[ending], content=_WORDS[kind])
    return kind


def sealed(content: bytes) -> bool:
    """Whether it is a message signed or encrypted as a whole, as S/MIME has them."""
    return content[:1] == b"\x30" and _SEALED in content[:24]


def _by_content(content: bytes, ending: str) -> Kind:
    for start, kind_from in _STARTS:
        if content.startswith(start):
            return kind_from(content, ending)
    text = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:5].lower() == b"{\\rtf":
        return "rtf"
    if _is_mail(content[:65536], ending):
        return "eml"
    # A PDF may stand behind up to 1024 bytes of anything (ISO 32000-1, annex H.3).
    if b"%PDF-" in content[:1024]:
        return "pdf"
    for start, words in _OTHER_STARTS:
        if content.startswith(start):
            raise _foreign(words, ending)
    if sealed(content):
        raise _foreign("a sealed mail: only a mail that is signed and not encrypted can be opened here", ending)
    if content[4:8] == b"ftyp":
        raise _foreign("a HEIC photograph or a film", ending)
    if _PAGE.match(content[:4096]):
        raise _foreign("a web page", ending)
    if text[:5] == b"<?xml" or text[:1] == b"<":
        raise _foreign("an XML file", ending)
    if _is_text(content):
        raise _foreign("plain text", ending)
    # The name promises a kind we read, and the content is nothing known: cut, overwritten or lost in transfer.
    raise Refusal("damaged") if ending in _BY_NAME else Refusal("unsupported", content="a kind unknown here")


def _foreign(words: str, ending: str) -> Refusal:
    if ending in _NAME_SAYS:
        return Refusal("mislabelled", says=_NAME_SAYS[ending], content=words)
    return Refusal("unsupported", content=words)


def _zipped(content: bytes, ending: str) -> Kind:
    package = Package(content)
    if "mimetype" in package and (declared := _small(package, "mimetype")).startswith(_OPEN_DOCUMENT.encode()):
        return _open_document(package, declared.decode("ascii", "replace").strip(), ending)
    types = _small(package, "[Content_Types].xml")
    if not types:
        if "word/document.xml" in package or (ending in _BY_NAME and not package.names):
            raise Refusal("damaged")
        if "Index/Document.iwa" in package or "Index.zip" in package:
            raise _foreign("an Apple Pages document", ending)
        raise _foreign("a zip archive", ending)
    types = in_utf8(types)
    if (
        any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in package.names)
        or b"macroEnabled" in types
    ):
        raise Refusal("macros")
    if b"wordprocessingml" not in types:
        words = next((words for mark, words in _OTHER_PACKAGES if mark in types), "a zip archive")
        raise _foreign(words, ending)
    _refuse_entities(package)
    return "docx"


def _open_document(package: Package, declared: str, ending: str) -> Kind:
    kind = declared.removeprefix(_OPEN_DOCUMENT)
    if kind not in ("text", "text-template"):
        words = {"spreadsheet": "an OpenDocument spreadsheet", "presentation": "an OpenDocument presentation"}
        raise _foreign(words.get(kind, "another kind of OpenDocument file"), ending)
    if b"encryption-data" in _small(package, "META-INF/manifest.xml"):
        raise Refusal("password")
    if any(name.startswith(("Basic/", "Scripts/")) and not name.endswith("/") for name in package.names):
        raise Refusal("macros")
    if "content.xml" not in package:
        raise Refusal("damaged")
    _refuse_entities(package)
    return "odt"


def _refuse_entities(package: Package) -> None:
    """No XML part declares a document type: neither those read here nor those that only LibreOffice would open."""
    for name in package.names:
        if name.lower().endswith((".xml", ".rels", ".rdf", ".vml", ".svg")):
            content = package.part(name) or b""
            if has_doctype(in_utf8(content)) and not name.lower().endswith(".svg"):
                raise Refusal("external_entity")


def _small(package: Package, name: str) -> bytes:
    return package.part(name, limit=1024 * 1024) or b""


def _compound(content: bytes, ending: str) -> Kind:
    """An OLE compound file ([MS-CFB]): .doc, .msg, an encrypted .docx, or something else of Office's."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            streams = {"/".join(path).lower() for path in ole.listdir(streams=True, storages=True)}
            flags = ole.openstream("WordDocument").read(12)[10:12] if "worddocument" in streams else b""
    except Exception as error:  # olefile meets broken sector chains with whatever they lead to
        raise Refusal("damaged") from error
    if "__properties_version1.0" in streams:
        return "msg"
    if "encryptedpackage" in streams:
        raise Refusal("password")
    if "worddocument" in streams:
        # FIB.base, bit fEncrypted ([MS-DOC] 2.5.2)
        if len(flags) == 2 and flags[1] & 0x01:
            raise Refusal("password")
        if any(name.startswith("macros/vba/") for name in streams):
            raise Refusal("macros")
        return "doc"
    if streams & {"workbook", "book"}:
        raise _foreign("an Excel workbook", ending)
    if "powerpoint document" in streams:
        raise _foreign("a PowerPoint presentation", ending)
    raise _foreign("an Office file of another kind", ending)


def _is_mail(head: bytes, ending: str) -> bool:
    """Headers at the start, as RFC 5322 wants them; a name ending in .eml asks for fewer of the usual ones."""
    if head.startswith(b"From ") and ending in (".eml", ".mbox", ""):
        head = head.partition(b"\n")[2]
    top = re.split(rb"\r?\n\r?\n", head.lstrip(b"\xef\xbb\xbf\r\n \t"), maxsplit=1)[0]
    if not _HEADER.match(top):
        return False
    return len(_MAIL_HEADER.findall(top)) >= (1 if ending == ".eml" else 3)


def _is_text(content: bytes) -> bool:
    head = content[:4096]
    return b"\x00" not in head and sum(byte < 32 and byte not in b"\t\r\n\f\x1b" for byte in head) * 50 < len(head)


def _picture(content: bytes, ending: str) -> Kind:
    return "image"


def _pdf(content: bytes, ending: str) -> Kind:
    return "pdf"


_STARTS: tuple[tuple[bytes, Callable[[bytes, str], Kind]], ...] = (
    (b"PK\x03\x04", _zipped),
    (b"PK\x05\x06", _zipped),
    (b"PK\x00\x00PK", _zipped),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _compound),
    (b"%PDF-", _pdf),
    *((start, _picture) for start in _PICTURES),
)
