"""What stands on one page before anybody sees lines or tables in it: words, tick boxes, rulings and shading.

A native PDF page (pdf.py) and a page read from its picture (scan.py) both become a PageInk; layout.py makes blocks from
it without knowing which it was. All ink is in points (1/72 inch), origin top left, in the page's upright frame: the
reader has already turned and straightened the page so that text runs left to right. `to_page` leads back.

Plain slotted dataclasses and tuples: thousands are made per page and they never leave this floor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from extractors.page import Method

Matrix = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f): x' = a*x + c*y + e, y' = b*x + d*y + f."""

UNMOVED: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Edge(NamedTuple):
    """A ruling along one axis: for a horizontal `at` is its y and start..end its x range; for a vertical the reverse."""

    at: float
    start: float
    end: float


class Shade(NamedTuple):
    """A filled area behind text. `coloured` when the fill is a vivid colour, as a marker pen leaves, not grey or pale;
    `rounded` when its corners are."""

    x0: float
    top: float
    x1: float
    bottom: float
    coloured: bool = False
    rounded: bool = False


@dataclass(slots=True)
class Word:
    """A word, a tick box (`mark` not None, `text` empty) or a fillable control (`control`; its text may hold newlines).

    top..bottom is the height of the line of print (ascent to descent), not of the ink of these very letters.
    ink: as Run.ink. glued: no white space stands between the word before and this one.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool = False
    struck: bool = False
    highlighted: bool = False
    glued: bool = False
    mark: bool | None = None
    control: Literal["text", "date", "choice", "checkbox", "radio"] | None = None
    placeholder: bool = False
    method: Method = "text"
    confidence: float = 1.0
    upright: bool = True
    """False for text that runs up or down the page beside upright text."""
    ink: str = ""
    begins: bool = False
    """True where a column of the page begins, which other lines show."""


@dataclass(slots=True)
class PageInk:
    """One page. Horizontals and verticals are as found: unsorted, in pieces, doubled; grid.py makes sense of them.

    width and height are those of the page as displayed.
    """

    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    horizontals: list[Edge] = field(default_factory=list)
    verticals: list[Edge] = field(default_factory=list)
    shades: list[Shade] = field(default_factory=list)
    to_page: Matrix = UNMOVED
    """From the upright frame to the page as displayed: for pages that lie sideways, upside down or askew."""
    scanned: bool = False
    pictures: list[tuple[float, float, float, float]] = field(default_factory=list)
    """Places (x0, top, x1, bottom) of pictures that may show words, on a page that is not read from its picture."""
    partly: tuple[str, ...] = ()
    """Plain sentences about what of this page could not be read."""

    def back(self, x0: float, top: float, x1: float, bottom: float) -> tuple[float, float, float, float]:
        """The box on the page as displayed that holds a box of the upright frame."""
        if self.to_page is UNMOVED:
            return x0, top, x1, bottom
        a, b, c, d, e, f = self.to_page
        xs = [a * x + c * y + e for x in (x0, x1) for y in (top, bottom)]
        ys = [b * x + d * y + f for x in (x0, x1) for y in (top, bottom)]
        return min(xs), min(ys), max(xs), max(ys)
