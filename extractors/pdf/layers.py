"""Layers of a PDF that nobody sees unless they switch them on (optional content, ISO 32000-1, 8.11)."""

from __future__ import annotations

import ctypes
from functools import cached_property

import pypdfium2.raw as pdfium

from extractors.pdf.calls import ADDRESS, INT, plain
from extractors.pdf.second_reader import hidden_layers

_NAME = 128
"""Bytes of the longest name of a mark or layer that is looked at."""

_count_marks = plain(pdfium.FPDFPageObj_CountMarks, INT, ADDRESS)
_mark = plain(pdfium.FPDFPageObj_GetMark, ADDRESS, ADDRESS, ctypes.c_ulong)
_name_of = plain(pdfium.FPDFPageObjMark_GetName, INT, ADDRESS, ADDRESS, ctypes.c_ulong, ADDRESS)
_text_in = plain(
    pdfium.FPDFPageObjMark_GetParamStringValue, INT, ADDRESS, ctypes.c_char_p, ADDRESS, ctypes.c_ulong, ADDRESS
)


class Layers:
    """Which objects of a file stand on a layer that is switched off. The file is asked only when an object stands on any."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._buffer = ctypes.create_string_buffer(_NAME)
        self._length = ctypes.c_ulong()
        self._places = ctypes.addressof(self._buffer), _NAME, ctypes.addressof(self._length)

    @cached_property
    def _hidden(self) -> frozenset[str]:
        return hidden_layers(self._content)

    def hides(self, thing: int) -> bool:
        """Whether the object at an address is not shown."""
        for number in range(_count_marks(thing)):
            mark = _mark(thing, number)
            if mark and _name_of(mark, *self._places) and self._said() == "OC":
                layer = self._said() if _text_in(mark, b"Name", *self._places) else None
                if layer in self._hidden:
                    return True
        return False

    def _said(self) -> str:
        return self._buffer.raw[: max(0, min(self._length.value, _NAME) - 2)].decode("utf-16-le", "replace")
