"""A zipped document (Word, OpenDocument) opened without trusting it: sizes are known before unpacking, XML never has entities.

Threats met here: zip bombs (by total, by ratio, by number of entries), entries that lie about their size, doubled
entries, DOCTYPE with entities in any encoding, elements nested beyond what a stack bears.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from functools import cached_property

from lxml import etree

from extractors.refusals import Refusal

ENTRIES_LIMIT = 5_000
"""Entries in one zip. A Word form has fifteen to sixty; one with hundreds of pictures stays below a thousand."""
INFLATED_LIMIT = 200 * 1024 * 1024
"""Bytes of all entries together when unpacked."""
PART_LIMIT = 16 * 1024 * 1024
"""Bytes of one XML part. lxml needs about ten times as much memory; a 30-page form has half a megabyte."""
RATIO_LIMIT = 120
RATIO_FROM = 8 * 1024 * 1024
"""Entries that unpack to more than RATIO_FROM may not be RATIO_LIMIT times their packed size: WordprocessingML
shrinks 10 to 40 times, a bomb about 1000 times."""

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_PLAIN_ENCODINGS = {b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"iso-8859-15", b"windows-1252"}
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
"""ISO/IEC 29500 strict names of what everybody else writes in its transitional form."""


class Package:
    """The entries of a zip. Raises Refusal: damaged, too_large_inflated, password (an encrypted entry)."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError, MemoryError) as error:
            raise Refusal("damaged") from error
        if len(entries) > ENTRIES_LIMIT:
            raise Refusal("too_large_inflated")
        if sum(entry.file_size for entry in entries) > INFLATED_LIMIT:
            raise Refusal("too_large_inflated")
        for entry in entries:
            if entry.file_size > RATIO_FROM and entry.file_size > RATIO_LIMIT * max(entry.compress_size, 1):
                raise Refusal("too_large_inflated")
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise Refusal("password")
        # The first entry of a name wins, as in Word; zipfile by itself would take the last.
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            self._entries.setdefault(_plain_name(entry.filename), entry)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of all entries, in the zip's order, with forward slashes and without a leading one."""
        return tuple(entry.filename.replace("\\", "/").lstrip("/") for entry in self._entries.values())

    def __contains__(self, name: str) -> bool:
        return _plain_name(name) in self._entries

    def part(self, name: str, limit: int = PART_LIMIT) -> bytes | None:
        """The bytes of an entry (names differ by case only in no document), None when there is none. Raises Refusal."""
        entry = self._entries.get(_plain_name(name))
        if entry is None:
            return None
        if entry.file_size > limit:
            raise Refusal("too_large_inflated")
        try:
            with self._zip.open(entry) as stream:
                return stream.read(limit)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            ValueError,
            RuntimeError,
        ) as error:
            raise Refusal("damaged") from error

    def xml(self, name: str) -> etree._Element | None:
        """The root element of an XML part, None when there is no such part. Raises Refusal: damaged, external_entity."""
        content = self.part(name)
        return None if content is None else parse_xml(content)


def parse_xml(content: bytes) -> etree._Element:
    """The root of an XML text without DOCTYPE. Raises Refusal: external_entity when it has one, damaged when not XML."""
    text = in_utf8(content)
    if has_doctype(text):
        raise Refusal("external_entity")
    for strict, usual in _STRICT:
        if strict in text:
            text = text.replace(strict, usual)
    # A parser of its own for each part: lxml's parsers hold a lock and must not be shared between threads.
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refusal("damaged") from error


def has_doctype(text: bytes) -> bool:
    """Whether XML in an ASCII-compatible encoding declares a document type or an entity."""
    return b"<!DOCTYPE" in text or b"<!ENTITY" in text


def in_utf8(content: bytes) -> bytes:
    """XML text in UTF-8 without an encoding declaration that says otherwise. Raises Refusal damaged for odd encodings.

    Odd encodings (UTF-7, EBCDIC) are refused because a DOCTYPE can hide in them.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or content[:4] in (b"<\0?\0", b"\0<\0?"):
        encoding = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}[content[:2]]
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            raise Refusal("damaged") from error
        return re.sub(r"^\s*<\?xml[^>]{0,200}?\?>", "", text).encode("utf-8", "replace")
    content = content.removeprefix(b"\xef\xbb\xbf")
    declared = _DECLARED.match(content)
    if declared is not None and declared[1].lower() not in _PLAIN_ENCODINGS:
        raise Refusal("damaged")
    return content


def _plain_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
