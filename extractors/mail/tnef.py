"""Takes the attachments out of winmail.dat, the wrapping that Outlook puts round them for other Outlooks ([MS-OXTNEF])."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from extractors.refusals import Refusal

_SIGNATURE = 0x223E9F78
_ATTACHMENT_BEGINS, _TITLE, _BYTES, _PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_LONG_NAME = 0x3707
_FIXED = {
    0x0002: 4,
    0x0003: 4,
    0x0004: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x000A: 4,
    0x000B: 4,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
"""Bytes of the values of fixed-length property types, padded to four."""
_MANY = 10_000


def read_tnef(content: bytes) -> list[tuple[str, bytes]]:
    """(name, bytes) of every attachment inside. Raises Refusal damaged when it is no TNEF; a cut one gives what is whole."""
    if len(content) < 6 or struct.unpack_from("<I", content)[0] != _SIGNATURE:
        raise Refusal("damaged")
    found: list[tuple[str, bytes]] = []
    name, body = "", b""
    for identity, value in _attributes(content):
        if identity == _ATTACHMENT_BEGINS:
            if body:
                found.append((name, body))
            name, body = "", b""
        elif identity == _TITLE:
            name = name or value.rstrip(b"\0").decode("windows-1252", "replace")
        elif identity == _BYTES:
            body = value
        elif identity == _PROPERTIES:
            name = _long_name(value) or name
    if body:
        found.append((name, body))
    return [(name or f"attachment {number}", body) for number, (name, body) in enumerate(found, 1)]


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    while at + 9 <= len(content):
        identity, length = struct.unpack_from("<xHxxI", content, at)
        value = content[at + 9 : at + 9 + length]
        if len(value) < length:
            return
        yield identity, value
        at += 9 + length + 2


def _long_name(content: bytes) -> str:
    """The long file name among an attachment's MAPI properties, "" when it has none or they cannot be read."""
    try:
        (count,) = struct.unpack_from("<I", content)
        at = 4
        for _ in range(min(count, _MANY)):
            kind, identity = struct.unpack_from("<HH", content, at)
            at += 4
            if identity >= 0x8000:
                (named,) = struct.unpack_from("<I", content, at + 16)
                at += 20
                at += 4 if named == 0 else 4 + _padded(struct.unpack_from("<I", content, at)[0])
            if kind in _FIXED:
                at += _FIXED[kind]
                continue
            (values,) = struct.unpack_from("<I", content, at)
            at += 4
            for _ in range(min(values, _MANY)):
                (length,) = struct.unpack_from("<I", content, at)
                value = content[at + 4 : at + 4 + length]
                at += 4 + _padded(length)
                if identity == _LONG_NAME:
                    encoding = "utf-16-le" if kind == 0x001F else "windows-1252"
                    return value.decode(encoding, "replace").rstrip("\0")
    except struct.error:
        pass
    return ""


def _padded(length: int) -> int:
    return (length + 3) // 4 * 4
