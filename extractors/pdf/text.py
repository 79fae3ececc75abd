"""The words of a PDF page as pdfium's text layer gives them: place, size, look, and how sure we are of the letters.

A few calls a word, not six a letter, keep this within a few milliseconds a page. Coordinates are those of the PDF
(points, origin bottom left, before /Rotate): `Word.top` is the larger y. pdf_frame.py turns them.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from extractors.layout.ink import Word
from extractors.layout.signs import shown
from extractors.layout.symbols import UNICODE, font_signs
from extractors.looks import ink_of
from extractors.pdf.calls import ADDRESS, FLOAT, INT, plain
from extractors.pdf.layers import Layers

ASCENT, DESCENT = 0.9, 0.22
"""Height of a line of print above and below its baseline, in ems: the same for all fonts, so that lines of mixed fonts hold."""
_SIGNS = "".join(re.escape(character) for character in UNICODE) + "\uf000-\uf0ff"
_PIECE = re.compile(
    f"[{_SIGNS}]|(?<!\\S)/(?=[A-Z])|[^\\s{_SIGNS}\\x00-\\x20\\ufffe:/]+(?::|(?<=[A-Za-z\\d])/)(?=[A-Z])|[^\\s{_SIGNS}\\x00-\\x20\\ufffe]+\\ufffe?|\\ufffe"
)
"""A word, or a sign. Behind a label's colon an answer may begin without a blank, as an option may behind a stroke, and be struck out or
marked by itself."""
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_LEADER = re.compile(r"[._…·]{4,}|_{2,}|…+")
"""Dots or underscores printed to be written on."""
_PLACE = re.compile(r"_{2,4}")
"""So few underscores by themselves are a place for a cross, whose side of an option tells on which side the crosses stand."""
_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
    | {"\ufffe": "-", "\u00ad": "-", "\u0002": "-", "\u200b": "", "\ufeff": "", "\u2028": ""}
)
_UNSURE = re.compile("[\x00-\x1f\ufffd\ue000-\uf8ff]|[^\\W\\d_][?\u00bf][^\\W\\d_]")
"""Letters whose meaning the file does not give: private or missing Unicode values, or "?" in a word for what a font lacked."""
_BOLD_WEIGHT = 600
_FORCE_BOLD = 1 << 18
"""Bit 19 of a font descriptor's flags, ISO 32000-1 table 123."""
_INVISIBLE = {3, 7}
"""Text rendering modes that put no ink on the page, ISO 32000-1 table 106."""
_STROKED = {2, 6}
_WIDEST = 1.25
"""A word whose letters are on average wider than this many ems holds a gap the text layer did not show."""
_TALLEST = 1000.0
DOUBTFUL = 0.5
"""Confidence in letters that the file does not name for certain, before anybody asks a second reader."""
_GAP = 0.6
"""Neighbouring letters further apart than this many ems are two words."""
_KERNED = 0.1
"""Two capital As of one word stand nearer than so many ems. Between "MAPPA" and "Area", pushed together as browsers print,
the text layer drops the blank."""
_SLANT = 10
"""Text slanted by more degrees than this is a watermark, not part of the form."""

_text_object = plain(pdfium.FPDFText_GetTextObject, ADDRESS, ADDRESS, INT)
_loose_box = plain(pdfium.FPDFText_GetLooseCharBox, INT, ADDRESS, INT, ADDRESS)
_font_size = plain(pdfium.FPDFText_GetFontSize, ctypes.c_double, ADDRESS, INT)
_matrix = plain(pdfium.FPDFText_GetMatrix, INT, ADDRESS, INT, ADDRESS)
_unmapped = plain(pdfium.FPDFText_HasUnicodeMapError, INT, ADDRESS, INT)
_render_mode = plain(pdfium.FPDFTextObj_GetTextRenderMode, INT, ADDRESS)
_fill_of = plain(pdfium.FPDFPageObj_GetFillColor, INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS)
_font_of = plain(pdfium.FPDFTextObj_GetFont, ADDRESS, ADDRESS)
_font_name = plain(pdfium.FPDFFont_GetBaseFontName, ctypes.c_size_t, ADDRESS, ADDRESS, ctypes.c_size_t)
_font_weight = plain(pdfium.FPDFFont_GetWeight, INT, ADDRESS)
_font_flags = plain(pdfium.FPDFFont_GetFlags, INT, ADDRESS)


class Look(NamedTuple):
    """What letters of one text object share. `angle` is the reading direction in quarter turns anticlockwise, None slanted."""

    size: float
    angle: int | None
    bold: bool
    visible: bool
    font: str
    symbol: bool
    sure: bool
    base_x: float
    base_y: float
    ink: str = ""


class Piece(NamedTuple):
    """A word with what stays behind in the file: its look, and its first and last character index."""

    word: Word
    look: Look
    first: int
    last: int


class TextLayer:
    """The text layer of one loaded page; close it before the page. `count` is its number of characters."""

    def __init__(self, page: Any, layers: Layers) -> None:
        self._layers = layers
        self._layer = pdfium.FPDFText_LoadPage(page)
        self._address = ctypes.cast(self._layer, ctypes.c_void_p).value
        self.count = max(0, pdfium.FPDFText_CountChars(self._layer)) if self._layer else 0
        self._looks: dict[int, Look] = {}
        self._fonts: dict[int, tuple[str, bool, bool]] = {}
        self._box = (FLOAT * 4)()
        self._box_address = ctypes.addressof(self._box)
        self._six = (FLOAT * 6)()
        self._six_address = ctypes.addressof(self._six)
        self._channels = (ctypes.c_uint * 4)()
        self._channels_address = ctypes.addressof(self._channels)

    def close(self) -> None:
        """Frees the layer; the page may be closed only after."""
        if self._layer:
            pdfium.FPDFText_ClosePage(self._layer)
            self._layer = None

    def text(self) -> str:
        """One code point a character, so that places in it are pdfium's character indices."""
        if not self.count:
            return ""
        buffer = (ctypes.c_ushort * (self.count + 1))()
        written = pdfium.FPDFText_GetText(self._layer, 0, self.count, buffer)
        text = bytes(buffer)[: 2 * max(0, written - 1)].decode("utf-16-le", "replace")
        if len(text) != self.count and written - 1 == self.count:
            # pdfium counts a character beyond the first 65,536 as two: the second is kept as one of no width.
            text = _BEYOND.sub(lambda found: found[0] + "\u200b", text)
        return text if len(text) == self.count else self._slice(0, self.count - 1)

    def pieces(self) -> list[Piece]:
        """Every word, tick sign and broken piece of a word, in the order of the file."""
        text = self.text()
        found: list[Piece] = []
        address, box, box_address, looks = self._address, self._box, self._box_address, self._looks
        for match in _PIECE.finditer(text):
            first, end = match.span()
            last, chunk = end - 1, match.group()
            glued = first > 0 and text[first - 1] > " " and text[first - 1] not in "\xa0\ufffe"
            if "AA" in chunk and (second := self._lost_blank(first, chunk)):
                found += self._checked(first, second - 1, chunk[: second - first], glued)
                first, chunk, glued = second, chunk[second - first :], False
            if not chunk.isascii() or "?" in chunk or "_" in chunk or "...." in chunk:
                found += self._between_leaders(first, chunk, glued)
                continue
            start = _text_object(address, first)
            look = looks.get(start) or self._look(first)
            if look.angle == 0 and not look.symbol and (first == last or _text_object(address, last) == start):
                # The plain case, nearly always: one look, upright, everyday letters. The rest of this class is for the others.
                _loose_box(address, first, box_address)
                left, right = box[0], box[2]
                if last > first:
                    _loose_box(address, last, box_address)
                    right = box[2]
                size, base = look.size, look.base_y
                if 0 < right - left <= size * max(2, _WIDEST * (end - first)) and size < _TALLEST:
                    word = Word(chunk, left, base + ASCENT * size, right, base - DESCENT * size, size, look.bold)
                    word.glued, word.ink = glued, look.ink
                    if not look.sure:
                        word.confidence = DOUBTFUL
                    found.append(Piece(word, look, first, last))
                    continue
            found += self._checked(first, last, chunk, glued)
        return found

    def objects(self, pieces: Sequence[Piece]) -> list[int]:
        """The addresses of the text objects in which pieces begin."""
        return [_text_object(self._address, piece.first) or 0 for piece in pieces]

    def split(self, piece: Piece, place: float, glued: bool = False) -> list[Piece]:
        """A piece that runs across a ruling at x = `place`, cut at the first letter whose middle lies beyond. `glued`: its
        parts are still one word.

        Only where the file draws the two sides apart: print drawn in one go across a ruling has run out of its cell.
        """
        for i in range(piece.first + 1, piece.last + 1):
            left, _, right, _ = self._loose(i)
            if (left + right) / 2 > place:
                if self._look(i) is self._look(i - 1):
                    return [piece]
                halves = (
                    self._piece(piece.first, i - 1, self._slice(piece.first, i - 1), piece.word.glued),
                    self._piece(i, piece.last, self._slice(i, piece.last), glued),
                )
                return [half for half in halves if half is not None]
        return [piece]

    def _lost_blank(self, first: int, chunk: str) -> int | None:
        """The character at which a second word begins, where the blank between two As was lost."""
        places = (first + pair.end() for pair in re.finditer("A(?=A)", chunk))
        return next(
            (i for i in places if self._loose(i)[0] - self._loose(i - 1)[2] > _KERNED * self._look(i).size), None
        )

    def _slice(self, first: int, last: int) -> str:
        codes = (pdfium.FPDFText_GetUnicode(self._layer, i) for i in range(first, last + 1))
        return "".join(
            "\ufffe" if code == 2 else chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
            for code in codes
        )

    def _between_leaders(self, first: int, chunk: str, glued: bool) -> Iterator[Piece]:
        """Leaders are paper to write on, not writing: what stands between them is the word."""
        at = 0
        if _PLACE.fullmatch(chunk):
            yield from self._checked(first, first + len(chunk) - 1, chunk, glued)
            return
        for match in _LEADER.finditer(chunk):
            if match.start() > at:
                yield from self._checked(first + at, first + match.start() - 1, chunk[at : match.start()], glued)
            at, glued = match.end(), False
        if at < len(chunk):
            yield from self._checked(first + at, first + len(chunk) - 1, chunk[at:], glued)

    def _checked(self, first: int, last: int, text: str, glued: bool) -> Iterator[Piece]:
        """The word as one piece, or in several where its ends differ in look or it is too wide to be one word."""
        piece = self._piece(first, last, text, glued)
        if piece is None:
            return
        if first == last:
            yield piece
            return
        word, look = piece.word, piece.look
        across = max(word.x1 - word.x0, word.top - word.bottom)
        if not look.symbol and across <= look.size * max(2, _WIDEST * (last - first + 1)):
            end = self._look(last)
            if end is look or _alike(look, end):
                yield piece
                return
        begin = first
        for i in range(first + 1, last + 2):
            if i <= last and not self._parted(i - 1, i):
                continue
            part = self._piece(begin, i - 1, text[begin - first : i - first], glued)
            if part is not None:
                yield part
            begin, glued = i, True

    def _parted(self, left: int, right: int) -> bool:
        """Whether two neighbouring characters differ in look, or lie too far apart for one word."""
        a, b = self._look(left), self._look(right)
        if a.symbol or b.symbol or not _alike(a, b):
            return True
        gap = self._loose(right)[0] - self._loose(left)[2]
        return a.angle == 0 and not -3 * a.size < gap < _GAP * a.size

    def _loose(self, i: int) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 of a character's place in the line, white space of the glyph included."""
        if not _loose_box(self._address, i, self._box_address):
            return 0.0, 0.0, 0.0, 0.0
        left, top, right, bottom = self._box[:]
        return (left, bottom, right, top) if bottom <= top else (left, top, right, bottom)

    def _piece(self, first: int, last: int, text: str, glued: bool) -> Piece | None:
        look = self._look(first)
        x0, y0, x1, y1 = self._loose(first)
        if last > first:
            a0, b0, a1, b1 = self._loose(last)
            x0, y0, x1, y1 = min(x0, a0), min(y0, b0), max(x1, a1), max(y1, b1)
        size = look.size
        if look.angle is None or not (x1 - x0 < 1e5 and y1 - y0 < 1e5 and size < _TALLEST):
            return None
        if look.angle == 0:
            y0, y1 = look.base_y - DESCENT * size, look.base_y + ASCENT * size
        elif look.angle == 1:
            x0, x1 = look.base_x - ASCENT * size, look.base_x + DESCENT * size
        elif look.angle == 2:
            y0, y1 = look.base_y - ASCENT * size, look.base_y + DESCENT * size
        else:
            x0, x1 = look.base_x - DESCENT * size, look.base_x + ASCENT * size
        sure = look.sure
        if look.symbol:
            text = "".join(character if (seen := shown(look.font, character)) is None else seen for character in text)
        elif not text.isascii():
            if first == last and "\uf000" <= text <= "\uf0ff":
                # A private code point without a telling font name is nearly always Wingdings: Word's own check boxes use it.
                text = shown("Wingdings", text) or text
            text = text.translate(_LIGATURES)
        if _UNSURE.search(text):
            sure = False
        word = Word(text, x0, y1, x1, y0, size, look.bold, False, False, glued)
        word.ink = look.ink
        if not sure:
            word.confidence = DOUBTFUL
        return Piece(word, look, first, last)

    def _look(self, i: int) -> Look:
        address = _text_object(self._address, i) or 0
        look = self._looks.get(address)
        if look is None or not address:
            look = self._looks[address] = self._new_look(i, address)
        return look

    def _new_look(self, i: int, text_object: int) -> Look:
        size = _font_size(self._address, i)
        _matrix(self._address, i, self._six_address)
        a, b, c, d, x, y = self._six[:]
        if b == 0 and a > 0:
            angle: int | None = 0
            size *= abs(d) if c == 0 else math.hypot(c, d)
        else:
            degrees = math.degrees(math.atan2(b, a))
            # A broken file may say that its text stands at no angle at all.
            quarter = round(degrees / 90) if math.isfinite(degrees) else 0
            angle = quarter % 4 if abs(degrees - 90 * quarter) <= _SLANT else None
            size *= math.hypot(c, d)
        if not text_object:
            return Look(size, angle, False, True, "", False, True, x, y)
        mode = _render_mode(text_object)
        name, bold, symbol = self._font(_font_of(text_object) or 0)
        sure = symbol or _unmapped(self._address, i) != 1
        shown_bold = bold or mode in _STROKED
        visible = mode not in _INVISIBLE and not self._layers.hides(text_object)
        return Look(size, angle, shown_bold, visible, name, symbol, sure, x, y, self._ink(text_object))

    def _ink(self, text_object: int) -> str:
        """The colour in which a text object is filled, as Run.ink."""
        at = self._channels_address
        if not _fill_of(text_object, at, at + 4, at + 8, at + 12):
            return ""
        channels = self._channels[:3]
        return ink_of("".join(f"{min(255, channel):02x}" for channel in channels)) if any(channels) else ""

    def _font(self, font: int) -> tuple[str, bool, bool]:
        """Name, whether bold, whether a symbol font."""
        known = self._fonts.get(font)
        if known is None:
            if not font:
                return "", False, False
            buffer = ctypes.create_string_buffer(256)
            _font_name(font, buffer, 256)
            name = buffer.value.decode("utf-8", "replace")
            lower = name.lower()
            bold = (
                any(word in lower for word in ("bold", "black", "heavy", "demi"))
                or _font_weight(font) >= _BOLD_WEIGHT
                or bool(max(0, _font_flags(font)) & _FORCE_BOLD)
            )
            known = self._fonts[font] = (name, bold, font_signs(name) is not None)
        return known


def _alike(a: Look, b: Look) -> bool:
    return a.font == b.font and a.angle == b.angle and abs(a.size - b.size) < 0.1 and a.visible == b.visible
