"""Reads the state of ActiveX controls in a Word document: check boxes, option buttons, text boxes and lists of older forms.

[MS-OFORMS] 2.2.5 (MorphDataControl): a mask says which properties follow, each aligned to its size, then the strings.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

import olefile
from lxml import etree

ActiveKind = Literal["checkbox", "radio", "text", "choice"]

_KINDS: Mapping[str, ActiveKind] = MappingProxyType(
    {
        "8bd21d40-ec42-11ce-9e0d-00aa006002f3": "checkbox",
        "8bd21d60-ec42-11ce-9e0d-00aa006002f3": "checkbox",
        "8bd21d50-ec42-11ce-9e0d-00aa006002f3": "radio",
        "8bd21d10-ec42-11ce-9e0d-00aa006002f3": "text",
        "8bd21d20-ec42-11ce-9e0d-00aa006002f3": "choice",
        "8bd21d30-ec42-11ce-9e0d-00aa006002f3": "choice",
    }
)
"""Class ids of Forms.CheckBox.1, ToggleButton, OptionButton, TextBox, ListBox and ComboBox."""
_AX = "{http://schemas.microsoft.com/office/2006/activeX}"
_VALUE_BIT, _CAPTION_BIT, _GROUP_BIT, _SIZE_BIT = 22, 23, 32, 8
_SIZES: Mapping[int, int] = MappingProxyType(
    {0: 4, 1: 4, 2: 4, 3: 4, 4: 1, 5: 1, 6: 1, 7: 1, 9: 2, 10: 4, 11: 2, 12: 2, 13: 2, 14: 2, 15: 2, 16: 1, 17: 1}
    | {18: 1, 20: 1, 21: 1, 22: 4, 23: 4, 24: 4, 25: 4, 26: 4, 27: 2, 28: 2, 29: 2, 32: 4}
)
"""Bit of the property mask to the bytes of its value in the data block; the bits left out have none there."""


class Active(NamedTuple):
    """What a control shows: `value` is its text, or "1" or "0" for a box; `caption` the words printed beside a box."""

    kind: ActiveKind
    value: str
    caption: str


def read_active(description: etree._Element, stream: bytes | None) -> Active | None:
    """The control that an ax:ocx part and its binary stream hold, None for kinds that hold no answer or cannot be read."""
    kind = _KINDS.get((description.get(_AX + "classid") or "").strip("{}").lower())
    if kind is None:
        return None
    listed = {
        (setting.get(_AX + "name") or "").casefold(): setting.get(_AX + "value") or ""
        for setting in description.iter(_AX + "ocxPr")
    }
    if listed:
        return Active(kind, listed.get("value", ""), listed.get("caption", ""))
    if stream is None:
        return None
    try:
        if stream.startswith(olefile.MAGIC):
            with olefile.OleFileIO(io.BytesIO(stream)) as storage:
                return Active(kind, *_morph_data(storage.openstream("contents").read(), 0))
        return Active(kind, *_morph_data(stream, 16))
    except (
        Exception
    ):  # olefile meets broken storages with whatever they lead to; a control nobody can read is told as such
        return None


def _morph_data(stream: bytes, start: int) -> tuple[str, str]:
    """(value, caption) of a MorphDataControl that begins at `start`, behind its class id where it has one."""
    minor, major, _, mask = struct.unpack_from("<BBHQ", stream, start)
    if (minor, major) != (0, 2):
        raise struct.error
    at = start + 12
    lengths: dict[int, int] = {}
    first = at
    for bit, size in _SIZES.items():
        if mask >> bit & 1:
            at += -(at - first) % size
            if bit in (_VALUE_BIT, _CAPTION_BIT):
                (lengths[bit],) = struct.unpack_from("<I", stream, at)
            at += size
    at += -(at - first) % 4
    if mask >> _SIZE_BIT & 1:
        at += 8
    texts = {_VALUE_BIT: "", _CAPTION_BIT: ""}
    for bit in lengths:
        length, compressed = lengths[bit] & 0x7FFFFFFF, lengths[bit] >> 31
        content = stream[at : at + length]
        if len(content) < length:
            raise struct.error
        texts[bit] = content.decode("latin-1" if compressed else "utf-16-le")
        at += length + -length % 4
    return texts[_VALUE_BIT], texts[_CAPTION_BIT]
