"""Reads pages from their pictures: set upright, rulings and tick boxes found, print recognised, all as ink on a page."""

from __future__ import annotations

import ctypes
import resource
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cache, partial
from io import BytesIO
from itertools import compress
from threading import Barrier
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image, ImageOps

from extractors.layout.grid import grids
from extractors.layout.ink import Edge, Matrix, PageInk, Shade, Word
from extractors.layout.overlay import strike
from extractors.layout.pages import document
from extractors.page import Document
from extractors.refusals import Refusal
from extractors.scan.apart import apart, back
from extractors.scan.blanks import blanks
from extractors.scan.bold import bold
from extractors.scan.dust import dusted
from extractors.scan.either_way import reads_on_its_head
from extractors.scan.filled import areas_of, is_filled, without_rims
from extractors.scan.garbled import read_again, read_over
from extractors.scan.letters import Recognised
from extractors.scan.marked import ground_of, marked
from extractors.scan.options import options
from extractors.scan.recognise import data_folder, recognise
from extractors.scan.rulings import Rulings, rulings, without
from extractors.scan.second_look import ONCE, Cell, Seen, as_coarse, as_faxed, as_read, once, second_look
from extractors.scan.shapes import darker
from extractors.scan.spaces import respaced
from extractors.scan.struck import freed
from extractors.scan.ticked import TickBox
from extractors.scan.ticks import is_part, tick_boxes
from extractors.scan.upright import Grey, Upright, other_way_up, upright

cv2.setNumThreads(1)  # pages are read side by side, a core to each: more threads only wait for each other
POINTS = 72.0
MOST_PAGES = 60
MOST_PIXELS = 40_000_000
"""A page of A4 at 600 dpi has 35 million."""
AT_ONCE = 2
"""Pages recognised side by side."""
SECONDS_A_PAGE = 10
"""Processor time that a page may take; at 300 dpi most take two."""
MOST_PIXELS_TOGETHER = 600_000_000
"""Of all pages of a file: 60 pages of A4 at 300 dpi, or 17 at 600."""
SMALLEST, LONGEST = 32, 40
"""Pixels of a picture's shorter side, and how many times that its longer side is, beyond which it holds no page."""
A4_WIDTH, A4_HEIGHT = 8.27, 11.69
PLAUSIBLE = (60.0, 700.0)
"""Resolutions that a file may claim; beyond these the page is taken to be A4."""
PAPER = 255
SIGNS = frozenset("|_-—–~=.,:;'`\"‘’“”*°•·«»<>[](){}\\/!")
"""A word of nothing but these, badly recognised, is what is left of a ruling or of dirt."""
DIRT, BLANK = 0.6, 0.2
"""Confidence below which that is so; a word of underscores, which is recognised badly, may be the blank behind an option."""
KEPT = {-3: 32 << 20, -1: 64 << 20}
"""Bytes of a piece of memory up to which the C library keeps it for the next, and of what it keeps (M_MMAP_THRESHOLD and
M_TRIM_THRESHOLD of malloc.h): a page takes and frees some hundred pictures of four megabytes."""
LIKE_STROKES = frozenset("Il1i")
RIM = 0.12
"""Inches along the rim of a picture where no printer prints: strokes there are the shadow of the paper's edge."""
FEW_WORDS, GARBLED, NOISE = 10, 0.6, 0.25
"""Words from which the mean of their confidence says something, the mean below which a page may stand on its head (print the
right way up has 0.8 and more), and that below which the grain of paper may have been taken for print."""
BLACK, BARE = 100, 0.0002
"""Brightness (paper is 255) that the grain of paper never has, and the share of a page that dust of it may take."""


def read_images(content: bytes) -> Document:
    """A picture file, of one page or many. Raises Refusal: damaged, too_large, too_many_pages."""
    return document("image", read_pictures(_frames(content)))


def read_pictures(pages: Iterable[tuple[Grey, float]]) -> list[PageInk]:
    """The ink of pages given as grey pictures with the resolution that the file claims. Each is asked for when there is room
    for it, and never are all in memory at once: sixty at 600 dpi have two gigabytes. Raises MemoryError."""
    found: list[Future[PageInk]] = []
    running: set[Future[PageInk]] = set()
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for page in pages:
                if not found:
                    _keep_memory()
                    _begin(pool)
                _ask_for_time()
                found.append(pool.submit(read_picture, *page))
                running.add(found[-1])
                if len(running) > AT_ONCE:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    for one in done:
                        one.result()
            return [one.result() for one in found]
    except cv2.error as error:
        if error.code == cv2.Error.StsNoMem:
            raise MemoryError from error
        raise


def _begin(pool: ThreadPoolExecutor) -> None:
    """Starts all threads while there is memory: one that finds none when it begins says nothing, and is waited for for ever."""
    all_there = Barrier(AT_ONCE)
    wait([pool.submit(all_there.wait) for _ in range(AT_ONCE)])


@cache
def _keep_memory() -> None:
    """Has the GNU C library keep the memory of one picture for the next, where it would give it back to the system and ask
    for it anew each time, to be cleared page by page; other C libraries are left as they are."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        for what, most in KEPT.items():
            library.mallopt(what, most)


def _ask_for_time() -> None:
    """Where this process may use only so much processor time, lets one more page come on top, within the hard limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if soft != resource.RLIM_INFINITY:
        more = soft + SECONDS_A_PAGE
        resource.setrlimit(resource.RLIMIT_CPU, (more if hard == resource.RLIM_INFINITY else min(more, hard - 1), hard))


def read_picture(grey: Grey, dpi: float) -> PageInk:
    """The ink of one page; its place leads back to the picture as it is displayed, in points of `dpi`."""
    width, height = grey.shape[1] * POINTS / dpi, grey.shape[0] * POINTS / dpi
    if min(grey.shape) < SMALLEST or max(grey.shape) > LONGEST * min(grey.shape):
        return PageInk(width, height, [], scanned=True)
    page = upright(grey, dpi)
    if page.doubtful and reads_on_its_head(page):
        page = other_way_up(page)
    sheet = _sheet(page)
    if _sure(sheet.printed) < GARBLED and not page.doubtful and reads_on_its_head(page):
        sheet = _sheet(other_way_up(page))
    page, found, struck, boxes, cells, bare, printed = sheet
    printed = [word for word in printed if not (_is_strokes(word) and _at_rim(word, page, grey.shape, dpi))]
    if _sure(printed) < NOISE and _is_bare(bare, page.dpi):
        printed = []
    scale = POINTS / page.dpi
    heavy = bold(bare, printed)
    edges, verticals = _in_points(found.horizontals, scale), _in_points(found.verticals, scale)
    dark = [is_filled(page.tone, cell, page.dpi) for cell in cells]
    if data_folder() is None:  # the second reader has read the page already, and there is no other
        seen = [once(word) for word in printed]
    else:
        limit = as_faxed if found.faxed else as_coarse if page.coarse else as_read
        seen = second_look(bare, printed, heavy, cells, dark, boxes, limit)
    homes = [next((cell for cell in cells if _stands_in(word, cell)), None) for word in printed]
    filled = list(compress(cells, dark))
    colour = marked(page, printed, homes, filled)
    words = [_word(*one, scale) for one in zip(seen, heavy, colour, strict=True) if one[0].word.text]
    words += [
        _word(once(blank), False, False, scale)
        for blank in blanks(bare, [one.word for one in seen if one.word.text], page.dpi)
    ]
    strike(words, _in_points(struck, scale))
    horizontals = strike(words, edges, verticals)
    words += [_mark(box, scale, ONCE if found.faxed else 1.0) for box in boxes]
    shades = [Shade(x0 * scale, top * scale, x1 * scale, bottom * scale) for x0, top, x1, bottom in filled]
    areas = areas_of(page, shades, words, horizontals, verticals)
    return PageInk(
        width,
        height,
        words,
        without_rims(horizontals, [Edge(at, area.x0, area.x1) for area in areas for at in (area.top, area.bottom)]),
        without_rims(verticals, [Edge(at, area.top, area.bottom) for area in areas for at in (area.x0, area.x1)]),
        shades + areas,
        _to_page(page, dpi),
        scanned=True,
    )


class _Sheet(NamedTuple):
    """A page that stands one way up: its rulings, the lines through print, boxes and cells, the picture freed of them, and the words of its print."""

    page: Upright
    found: Rulings
    struck: list[Edge]
    boxes: list[TickBox]
    cells: list[Cell]
    bare: Grey
    printed: list[Recognised]


def _sheet(page: Upright) -> _Sheet:
    found = rulings(page.even, page.dpi, faxed=page.faxed)
    boxes = tick_boxes(page.even, found, page.dpi)
    bare = without(page.even, found, page.dpi)
    for box in boxes:
        bare[_round(box)] = PAPER
    bare = dusted(bare, page.dpi)
    struck = freed(bare, page.dpi)
    cells = _cells(found, POINTS / page.dpi)
    loose, moved = apart(bare, found.verticals, cells, page.dpi)
    recognised = recognise(loose, found.verticals, page.dpi, page.coarse or page.faxed)
    printed = back([word for word in recognised if not _dirt(word)], moved)
    if data_folder():
        printed = respaced(bare, read_again(bare, printed), found.verticals)
    letters = [box for box in boxes if any(is_part(box, word) for word in printed)]
    for box in letters:
        boxes.remove(box)
        bare[_round(box)] = page.even[_round(box)]
    printed = [read_over(bare, word) if any(is_part(box, word) for box in letters) else word for word in printed]
    printed = [part for word in printed for part in options(bare, word, struck, partial(ground_of, page))]
    return _Sheet(page, found, struck, boxes, cells, bare, printed)


def _round(box: TickBox) -> tuple[slice, slice]:
    """The rows and columns of a box and its rim."""
    return slice(max(box.top - 1, 0), box.bottom + 2), slice(max(box.x0 - 1, 0), box.x1 + 2)


def _sure(words: Sequence[Recognised]) -> float:
    """How sure the recogniser is of the print of a page, in the mean."""
    return sum(word.confidence for word in words) / len(words) if len(words) >= FEW_WORDS else 1.0


def _is_bare(bare: Grey, dpi: float) -> bool:
    """Whether nothing stands on a page; what is written by hand reads as badly as bare paper, but is black."""
    rim = int(RIM * dpi)
    inner = bare[rim : len(bare) - rim, rim : bare.shape[1] - rim]
    return cv2.countNonZero(darker(inner, BLACK)) <= BARE * inner.size


def _in_points(edges: Sequence[Edge], scale: float) -> list[Edge]:
    return [Edge(edge.at * scale, edge.start * scale, edge.end * scale) for edge in edges]


def _cells(ruled: Rulings, scale: float) -> list[Cell]:
    """The cells between rulings, in pixels."""
    found, _, _ = grids(_in_points(ruled.horizontals, scale), _in_points(ruled.verticals, scale))
    faces = [face for grid in found for face in grid.faces]
    return [(face.x0 / scale, face.top / scale, face.x1 / scale, face.bottom / scale) for face in faces]


def _dirt(word: Recognised) -> bool:
    least = BLANK if set(word.text) == {"_"} else DIRT
    return word.confidence < least and all(sign in SIGNS for sign in word.text)


def _is_strokes(word: Recognised) -> bool:
    return all(sign in SIGNS or sign in LIKE_STROKES for sign in word.text)


def _at_rim(word: Recognised, page: Upright, size: tuple[int, int], dpi: float) -> bool:
    """Whether a word stands where the picture, of height and width `size`, has no print but the shadow of the paper's edge."""
    middle = np.array([[[(word.x0 + word.x1) / 2, (word.top + word.bottom) / 2]]])
    x, y = cv2.perspectiveTransform(middle, page.to_picture)[0, 0]
    return bool(min(x, y, size[1] - x, size[0] - y) < RIM * dpi)


def _stands_in(word: Recognised, cell: Cell) -> bool:
    x0, top, x1, bottom = cell
    return x0 <= (word.x0 + word.x1) / 2 <= x1 and top <= (word.top + word.bottom) / 2 <= bottom


def _word(seen: Seen, heavy: bool, colour: bool, scale: float) -> Word:
    word = seen.word
    top, bottom = word.top * scale, word.bottom * scale
    return Word(
        word.text,
        word.x0 * scale,
        top,
        word.x1 * scale,
        bottom,
        bottom - top,
        bold=heavy,
        highlighted=colour,
        glued=seen.glued,
        method="ocr",
        confidence=word.confidence,
    )


def _mark(box: TickBox, scale: float, most: float) -> Word:
    top, bottom = box.top * scale, box.bottom * scale
    return Word(
        "",
        box.x0 * scale,
        top,
        box.x1 * scale,
        bottom,
        bottom - top,
        mark=box.ticked,
        method="image_tick",
        confidence=min(box.confidence, most),
    )


def _to_page(page: Upright, dpi: float) -> Matrix:
    """From points of the upright frame to points of the picture: the nearest affine map, fitted at the corners."""
    height, width = page.even.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    there = cv2.perspectiveTransform(corners[None], page.to_picture)[0] * (POINTS / dpi)
    here = np.column_stack([corners * (POINTS / page.dpi), np.ones(4)])
    fit, *_ = np.linalg.lstsq(here, there, rcond=None)
    (a, b), (c, d), (e, f) = fit
    return float(a), float(b), float(c), float(d), float(e), float(f)


def _frames(content: bytes) -> Iterator[tuple[Grey, float]]:
    """Every page of a picture file in grey, with its resolution; pixels that are not square are made so."""
    try:
        with Image.open(BytesIO(content)) as file:
            count = getattr(file, "n_frames", 1)
            if count > MOST_PAGES:
                raise Refusal("too_many_pages", limit=str(MOST_PAGES))
            together = 0.0
            for number in range(count):
                file.seek(number)
                across, down = _resolution(file)
                pixels = file.width * file.height * max(1.0, across / down)
                together += pixels
                if pixels > MOST_PIXELS:
                    raise Refusal("too_large", limit="40 million pixels a page")
                if together > MOST_PIXELS_TOGETHER:
                    raise Refusal("too_large", limit="600 million pixels")
                picture = ImageOps.exif_transpose(file).convert("L")
                if abs(across - down) > 1:
                    picture = picture.resize((picture.width, round(picture.height * across / down)))
                yield np.asarray(picture, np.uint8), across
    except (Refusal, MemoryError):
        raise
    except Exception as error:  # Pillow meets broken directories and streams with whatever they lead to
        raise Refusal("damaged") from error


def _resolution(file: Image.Image) -> tuple[float, float]:
    claimed = file.info.get("dpi")
    if claimed and all(PLAUSIBLE[0] <= float(side) <= PLAUSIBLE[1] for side in claimed):
        return float(claimed[0]), float(claimed[1])
    short, long = sorted((file.width, file.height))
    dpi = max(short / A4_WIDTH, long / A4_HEIGHT)
    return dpi, dpi
