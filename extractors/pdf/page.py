"""One page of a PDF as ink: its text, what is drawn, its fields and notes, or the finding that only its picture says anything."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from extractors.layout.boxes import CLIPPED
from extractors.layout.grid import join
from extractors.layout.ink import Edge, PageInk, Shade, Word
from extractors.layout.overlay import highlight, middle_of, strike
from extractors.layout.symbols import UNICODE
from extractors.layout.ticks import Box, Shape, tick_boxes, ticks_in_cells, without
from extractors.looks import RAISED
from extractors.pdf.clips import cut_off
from extractors.pdf.frame import Corners, Frame, frame
from extractors.pdf.layers import Layers
from extractors.pdf.paths import Drawing, read_drawing
from extractors.pdf.seen import doubt_unseen, of_the_form
from extractors.pdf.text import DOUBTFUL, Piece, TextLayer
from extractors.pdf.widgets import Annotations, Form, read_annotations

_COVERED, _WHOLLY = 0.5, 0.8
"""Share of the page that pictures cover where it may be a scan, and where print over it was typed onto a scan."""
ATTACHED = "The PDF carries other files, which were not opened: send a form among them by itself."
COMMENTED = "A note is stuck on a page, whose text was not read."
_FEW, _TYPED = 30, 900
"""Letters of native text on a scanned page: stamps and page numbers at most; typed onto a scanned form."""
_WORDS = 800.0
"""Square points (a square centimetre) from which a picture may show words."""
_LARGE = 40_000.0
"""Square points (50 square centimetres) from which a picture is no letterhead."""
_PASTED = "A page holds a picture, whose text was not read."
_BACKGROUND, _MOST = 3, 100
"""Words printed on a picture from which it is a background, and pictures of a page that are looked at."""
_OUTLINES = 60
"""Paths on a page without any text from which it may be print turned into outlines."""
_DOUBLE = 0.15
"""A word printed again within so many ems is the same word."""
_OVER = 0.5
"""Words that lie over each other by a larger share of an em, or of the shorter one's width, are printed over each other."""
_BULLET = (1.5, 4.6)
"""Diameter of a drawn list sign, in points."""
_DISC, _CLEAR = (3.0, 14.0), 1.2
"""Diameter of a disc that ticks its cell of a table, in points, and the ems of white on both sides of it at least."""
_FILLED = 2.0
"""Points by which the sides of a tick box and those of its fill differ at most."""
_SMALL, _HIGHER = 0.8, 0.15
"""Size of the number of a note, as a share of that of the word before it, and how much higher it stands, in ems."""
_UNREADABLE = 0.3
"""Share of words with letters of unknown meaning from which the page is better read from its picture."""


@dataclass(slots=True)
class NativePage:
    """A page as the file gives it.

    picture: only its picture tells all; `dpi` and `pixels` are those of its pictures. unsure: words whose letters the
    file does not name for certain, or prints over each other.
    """

    ink: PageInk
    picture: bool
    dpi: float
    pixels: int
    unsure: list[Word]


def native_page(page: Any, form: Form, layers: Layers) -> NativePage:
    """Everything that a loaded page says without being looked at as a picture."""
    layer = TextLayer(page, layers)
    try:
        pieces = layer.pieces()
        place = frame(page, ((piece.look.angle or 0, len(piece.word.text)) for piece in pieces))
        drawing = read_drawing(page, place, layers)
        pieces = [piece for piece in pieces if piece.look.visible]
        if place.quarters == 0:
            pieces = _parted(pieces, layer, join(drawing.verticals), place.upright[4], place.upright[5])
            _raise_numbers(pieces)
            pieces = _struck_in_part(pieces, layer, drawing.horizontals, place.upright[4], place.upright[5])
        areas = [drawing.areas.get(address) for address in layer.objects(pieces)] if drawing.clipped else []
    finally:
        layer.close()
    words, cut = _turned(pieces, place, areas)
    words = of_the_form(words)
    letters = sum(len(word.text) for word in words)
    notes = read_annotations(page, form, place)
    lost = set(map(id, cut))
    unsure = [word for word in words if word.confidence < 1 and id(word) not in lost]
    for word in cut:
        word.confidence = min(word.confidence, CLIPPED)
    picture = _is_picture(drawing, place, letters) or len(unsure) > max(5, _UNREADABLE * len(words))
    unsure += _overprinted(words)
    doubt_unseen(words, drawing)
    ink = _ink(words, drawing, notes, place)
    dpi = max((72 * width / max(1.0, box[2] - box[0]) for box, width, _ in drawing.pictures), default=200.0)
    pixels = sum(width * height for _, width, height in drawing.pictures)
    if not picture:
        pictures = _pictures(drawing, words)
        ink.pictures += pictures
        if any((x1 - x0) * (bottom - top) >= _LARGE for x0, top, x1, bottom in pictures):
            ink.partly = (*ink.partly, _PASTED)
    if drawing.cut:
        ink.partly = (
            *ink.partly,
            "A page holds more drawing than a form has; some of it was left out.",
        )
    if notes.attached:
        ink.partly = (*ink.partly, ATTACHED)
    if notes.commented:
        ink.partly = (*ink.partly, COMMENTED)
    return NativePage(ink, picture, dpi, pixels, unsure)


def _overprinted(words: Sequence[Word]) -> list[Word]:
    """The words that stand over each other with other letters: what they say depends on who puts them in order."""
    lines = sorted((word for word in words if word.text), key=lambda word: (round(word.bottom / 3), word.x0))
    found: dict[int, Word] = {}
    for a, b in pairwise(lines):
        if b.x0 >= a.x1:
            continue
        over = min(a.x1, b.x1) - max(a.x0, b.x0) > _OVER * min(a.size, a.x1 - a.x0, b.x1 - b.x0)
        if over and a.top < (b.top + b.bottom) / 2 < a.bottom and not {a.text, b.text} & set(UNICODE):
            found |= {id(word): word for word in (a, b) if word.confidence == 1}
    for word in found.values():
        word.confidence = DOUBTFUL
    return list(found.values())


def _pictures(drawing: Drawing, words: Sequence[Word]) -> list[Corners]:
    """Pictures that may show words: not small, and not the background of print."""
    large = [box for box, _, _ in drawing.pictures if (box[2] - box[0]) * (box[3] - box[1]) >= _WORDS][:_MOST]
    return [
        (x0, top, x1, bottom)
        for x0, top, x1, bottom in large
        if sum(x0 < (word.x0 + word.x1) / 2 < x1 and top < (word.top + word.bottom) / 2 < bottom for word in words)
        < _BACKGROUND
    ]


def _is_picture(drawing: Drawing, place: Frame, letters: int) -> bool:
    area = place.width * place.height
    covered = sum(max(0.0, x1 - x0) * max(0.0, bottom - top) for (x0, top, x1, bottom), _, _ in drawing.pictures) / area
    if letters < _FEW:
        return covered >= _COVERED or (letters == 0 and drawing.paths >= _OUTLINES)
    return covered >= _WHOLLY and letters < _TYPED and len(drawing.horizontals) + len(drawing.verticals) < 8


def _parted(pieces: list[Piece], layer: TextLayer, verticals: Sequence[Edge], left: float, top: float) -> list[Piece]:
    """Words that the text layer joined although a ruling stands between them, as two."""
    places = [edge.at for edge in verticals]
    parted: list[Piece] = []
    for piece in pieces:
        word = piece.word
        low, high = bisect_left(places, word.x0 + left + 1.5), bisect_right(places, word.x1 + left - 1.5)
        if low >= high:
            parted.append(piece)
            continue
        middle = top - (word.top + word.bottom) / 2
        between = next((edge for edge in verticals[low:high] if edge.start - 1 <= middle <= edge.end + 1), None)
        parted += [piece] if between is None else layer.split(piece, between.at - left)
    return parted


def _raise_numbers(pieces: Sequence[Piece]) -> None:
    """Makes raised figures of the small ones that stand higher than the word right before them: the numbers of notes."""
    for (word, look, _, _), (number, high, _, _) in pairwise(pieces):
        small = number.glued and high.size <= _SMALL * look.size and high.base_y - look.base_y >= _HIGHER * look.size
        if small and number.text.isdecimal() and len(number.text) <= 2 and not word.text[-1:].isdecimal():
            number.text = number.text.translate(RAISED)


def _struck_in_part(
    pieces: list[Piece], layer: TextLayer, horizontals: Sequence[Edge], left: float, top: float
) -> list[Piece]:
    """Words that a line strikes through in part, as two: what was deleted, and what was written in its place right behind."""
    edges = sorted(horizontals)
    places = [edge.at for edge in edges]
    parted: list[Piece] = []
    for piece in pieces:
        word = piece.word
        low, high = middle_of(top - word.top, top - word.bottom)
        across = edges[bisect_left(places, low) : bisect_right(places, high)]
        if not across:
            parted.append(piece)
            continue
        ends = (end - left for edge in across for end in (edge.start, edge.end))
        within = next((end for end in ends if word.x0 + 1.5 < end < word.x1 - 1.5), None)
        parted += [piece] if within is None else layer.split(piece, within, glued=True)
    return parted


def _turned(pieces: list[Piece], place: Frame, areas: Sequence[Corners | None]) -> tuple[list[Word], list[Word]]:
    """The words in the upright frame, without those outside the page; and those that are cut off, or behind which a line goes
    on unseen. `areas`: where alone each is shown; empty where nothing is cut off."""
    words: list[Word] = []
    for word, look, _, _ in pieces:
        word.x0, word.top, word.x1, word.bottom = place.box(word.x0, word.bottom, word.x1, word.top)
        word.upright = look.angle == place.quarters
        words.append(word)
    right, bottom = place.upright_size

    def on_page(word: Word) -> bool:
        return -2 < (word.x0 + word.x1) / 2 < right + 2 and -2 < (word.top + word.bottom) / 2 < bottom + 2

    cut: list[Word] = []
    if areas:
        words, cut = cut_off(words, [area if on_page(word) else None for word, area in zip(words, areas, strict=True)])
    words = _once(words)
    return list(filter(on_page, words)), [*cut, *_cut_off(words, right)]


def _cut_off(words: Sequence[Word], right: float) -> list[Word]:
    """The last word before the side of the page on each line that runs over it: nobody sees what stands beyond."""
    found: list[Word] = []
    for beyond in (word for word in words if word.upright and word.x1 > right + 2):
        on_it = (word for word in words if (word.x0 + word.x1) / 2 < right + 2)
        line = [word for word in on_it if abs(word.bottom - beyond.bottom) < 0.5 * beyond.size]
        found += [max(line, key=lambda word: word.x0)] if line else []
    return found


def _once(words: list[Word]) -> list[Word]:
    """The words less those printed a second time over themselves, as some programs do for bold."""
    if len({(word.text, round(word.x0 / 4), round(word.top / 4)) for word in words}) == len(words):
        return words
    seen: dict[str, list[Word]] = {}
    kept: list[Word] = []
    for word in words:
        before = seen.setdefault(word.text, [])
        near = _DOUBLE * word.size
        twin = next((w for w in before if abs(w.x0 - word.x0) < near and abs(w.top - word.top) < near), None)
        if twin is None:
            before.append(word)
            kept.append(word)
        else:
            twin.bold = True
    return kept


def _ink(words: list[Word], drawing: Drawing, notes: Annotations, place: Frame) -> PageInk:
    shapes = [*drawing.shapes, *notes.shapes]
    boxes, ticks = tick_boxes(shapes, drawing.horizontals, drawing.verticals, words)
    words = [word for i, word in enumerate(words) if i not in ticks]
    boxes += ticks_in_cells(shapes, boxes, drawing.horizontals, drawing.verticals, words)
    verticals = without(boxes, drawing.verticals, level=False)
    horizontals = strike(words, without(boxes, [*drawing.horizontals, *notes.lines], level=True), verticals)
    for area in notes.struck:
        for word in _under(area, words):
            word.struck = True
    highlight(words, notes.marked)
    loose = highlight(words, drawing.rings, loose=0.25)
    shades = highlight(words, [shade for shade in drawing.shades if not any(_fills(shade, box) for box in boxes)])
    marks = [
        Word(
            "",
            b.x0,
            b.top,
            b.x1,
            b.bottom,
            b.bottom - b.top,
            mark=b.ticked,
            method="vector_tick",
            confidence=b.confidence,
        )
        for b in boxes
    ]
    words += marks
    words += _drawn_bullets(drawing.shapes, words)
    words += _discs(drawing.shapes, words)
    words = _without_fields(words, notes.areas)
    words += [word for word in notes.words if word.text or word.mark is not None or not _filled(word, words)]
    ink = PageInk(place.width, place.height, words, horizontals, verticals, shades, place.to_page)
    # A ring round no word for certain may mark an answer all the same.
    ink.pictures = [(ring.x0, ring.top, ring.x1, ring.bottom) for ring in loose]
    return ink


def _drawn_bullets(shapes: Sequence[Shape], words: Sequence[Word]) -> list[Word]:
    """List signs drawn as small dots, as browsers do: each stands alone before the first word of a line."""
    bullets: list[Word] = []
    for shape in shapes:
        side = shape.x1 - shape.x0
        if not shape.dark or not _BULLET[0] <= side <= _BULLET[1] or abs(shape.bottom - shape.top - side) > 0.5:
            continue
        y = (shape.top + shape.bottom) / 2
        line = [word for word in words if word.top < y < word.bottom and abs(word.x0 - shape.x1) < 60]
        after = [word for word in line if 1.5 < word.x0 - shape.x1 < 2 * word.size]
        if after and not any(word.x0 < shape.x1 for word in line):
            word = after[0]
            bullets.append(Word("•", shape.x0, word.top, shape.x1, word.bottom, word.size))
    return bullets


def _fills(shade: Shade, box: Box) -> bool:
    """Whether a fill is that of a tick box: a ticked one is as often filled with a colour."""
    return all(abs(a - b) <= _FILLED for a, b in zip(shade[:4], box[:4], strict=True))


def _discs(shapes: Sequence[Shape], words: Sequence[Word]) -> list[Word]:
    """Discs drawn as ticks in the cells of a table, where nothing else stands: as print shows them."""
    found: list[Word] = []
    for shape in shapes:
        wide, high = shape.x1 - shape.x0, shape.bottom - shape.top
        if (
            not (shape.dark and shape.round and shape.frame)
            or not _DISC[0] <= wide <= _DISC[1]
            or abs(wide - high) > 0.5
        ):
            continue
        y = (shape.top + shape.bottom) / 2
        line = [word for word in words if word.top < y < word.bottom]
        size = max((word.size for word in line), default=wide)
        if line and not any(word.x0 - _CLEAR * size < shape.x1 and shape.x0 < word.x1 + _CLEAR * size for word in line):
            found.append(Word("●", shape.x0, y - size * 0.56, shape.x1, y + size * 0.56, size))
    return found


def _under(area: Corners, words: Sequence[Word]) -> list[Word]:
    x0, top, x1, bottom = area
    return [
        word for word in words if x0 <= (word.x0 + word.x1) / 2 <= x1 and top <= (word.top + word.bottom) / 2 <= bottom
    ]


def _without_fields(words: list[Word], areas: Sequence[tuple[Corners, Word]]) -> list[Word]:
    """The words less those that only draw a field: the frame or tick of a box, the text a field holds as well."""
    gone: set[int] = set()
    for (x0, top, x1, bottom), control in areas:
        inside = _under((x0 - 2, top - 2, x1 + 2, bottom + 2), words)
        if control.mark is not None:
            gone |= {
                id(word) for word in inside if word.mark is not None or word.text in UNICODE or len(word.text) == 1
            }
        elif control.text:
            held = "".join(control.text.split())
            gone |= {id(word) for word in inside if word.text and word.text in held}
    return [word for word in words if id(word) not in gone] if gone else words


def _filled(control: Word, words: Sequence[Word]) -> bool:
    """Whether print stands in an empty field: the page was filled in by other means."""
    return any(word.control is None for word in _under((control.x0, control.top, control.x1, control.bottom), words))
