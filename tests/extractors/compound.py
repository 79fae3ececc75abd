"""Builds OLE compound files ([MS-CFB]) and Outlook messages ([MS-OXMSG]) for tests."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

Tree = Mapping[str, Any]
"""Names to bytes (a stream) or to another tree (a storage)."""

SECTOR, MINI, CUTOFF = 512, 64, 4096
END, FREE, FAT, NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF


def compound(tree: Tree) -> bytes:
    """A compound file that holds `tree` in its root."""
    entries: list[dict[str, Any]] = [{"name": "Root Entry", "kind": 5, "child": NONE, "right": NONE, "body": b""}]
    _add(entries, 0, tree)
    mini, mini_fat = b"", []
    large: list[dict[str, Any]] = []
    for entry in entries[1:]:
        body = entry["body"]
        if entry["kind"] != 2:
            entry["start"] = 0
        elif len(body) < CUTOFF:
            count = -(-len(body) // MINI)
            entry["start"] = len(mini_fat) if count else END
            mini_fat += [*range(len(mini_fat) + 1, len(mini_fat) + count), END] if count else []
            mini += body.ljust(count * MINI, b"\0")
        else:
            large.append(entry)
    entries[0]["body"] = mini
    sectors: list[bytes] = []
    chain: list[int] = []

    def place(body: bytes) -> int:
        count = -(-len(body) // SECTOR)
        if not count:
            return END
        start = len(sectors)
        sectors.extend(body[at : at + SECTOR].ljust(SECTOR, b"\0") for at in range(0, len(body), SECTOR))
        chain.extend([*range(start + 1, start + count), END])
        return start

    entries[0]["start"] = place(mini)
    for entry in large:
        entry["start"] = place(entry["body"])
    mini_fat_start = place(
        b"".join(struct.pack("<I", one) for one in mini_fat).ljust(-(-len(mini_fat) * 4 // SECTOR) * SECTOR, b"\xff")
    )
    while len(entries) % 4:
        entries.append({"name": "", "kind": 0, "child": NONE, "right": NONE, "body": b"", "start": 0})
    directory = place(b"".join(_entry(entry) for entry in entries))
    fat_count = 1
    while fat_count * 128 < len(chain) + fat_count:
        fat_count += 1
    fat_start = len(sectors)
    chain.extend([FAT] * fat_count)
    table = b"".join(struct.pack("<I", one) for one in chain).ljust(fat_count * SECTOR, b"\xff")
    sectors.extend(table[at : at + SECTOR] for at in range(0, len(table), SECTOR))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack(
        "<IIIIIIIII", 0, fat_count, directory, 0, CUTOFF, mini_fat_start, -(-len(mini_fat) // 128), END, 0
    )
    header += b"".join(struct.pack("<I", fat_start + n if n < fat_count else FREE) for n in range(109))
    return header + b"".join(sectors)


def _add(entries: list[dict[str, Any]], parent: int, tree: Tree) -> None:
    before = None
    for name, content in tree.items():
        storage = not isinstance(content, bytes)
        entry = {
            "name": name,
            "kind": 1 if storage else 2,
            "child": NONE,
            "right": NONE,
            "body": b"" if storage else content,
        }
        entries.append(entry)
        number = len(entries) - 1
        if before is None:
            entries[parent]["child"] = number
        else:
            entries[before]["right"] = number
        before = number
        if storage:
            _add(entries, number, content)


def _entry(entry: dict[str, Any]) -> bytes:
    name = entry["name"].encode("utf-16-le") + b"\0\0" if entry["name"] else b""
    return (
        name.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(name), entry["kind"], 1, NONE, entry["right"], entry["child"])
        + bytes(36)
        + struct.pack("<IQ", entry["start"], len(entry["body"]))
    )


def message(subject: str, text: str, attachments: list[Tree], embedded: bool = False) -> dict[str, Any]:
    """The tree of an Outlook message; `attachments` are trees made by `attachment` or `attached_message`."""
    properties = {0x0037: subject, 0x1000: text}
    header = struct.pack("<8xIIII", 0, len(attachments), 0, len(attachments)) + (b"" if embedded else bytes(8))
    tree = _with_properties(header, properties)
    for number, one in enumerate(attachments):
        tree[f"__attach_version1.0_#{number:08X}"] = one
    return tree


def attachment(name: str, content: bytes, identity: str = "", kind: str = "") -> dict[str, Any]:
    """The tree of an attached file, a picture shown in the text when it has an identity and a type."""
    texts = {0x3707: name, **({0x3712: identity} if identity else {}), **({0x370E: kind} if kind else {})}
    return _with_properties(bytes(8), texts, {0x3701: content})


def attached_message(tree: Tree) -> dict[str, Any]:
    """The tree of a mail attached to a mail."""
    return {**_with_properties(bytes(8), {0x3001: "Forwarded"}), "__substg1.0_3701000D": tree}


def _with_properties(
    header: bytes, texts: Mapping[int, str], binaries: Mapping[int, bytes] | None = None
) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    rows = header
    for identity, text in texts.items():
        content = text.encode("utf-16-le")
        tree[f"__substg1.0_{identity:04X}001F"] = content
        rows += struct.pack("<HHIII", 0x001F, identity, 6, len(content) + 2, 0)
    for identity, content in (binaries or {}).items():
        tree[f"__substg1.0_{identity:04X}0102"] = content
        rows += struct.pack("<HHIII", 0x0102, identity, 6, len(content), 0)
    tree["__properties_version1.0"] = rows
    return tree
