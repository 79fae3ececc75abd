"""The page model: what every carrier becomes before anybody asks what it means.

    Document
      header, footer   Line ...           text repeated in page margins
      blocks           Line | Table ...   body in reading order
        Table          rows of Cell       a cell holds blocks again (tables nest)
          Line         Run ...            one paragraph, or one printed line
            Run                           the smallest piece with one look and one place

A carrier (Word, PDF, scan) builds these and knows nothing of forms; the matcher reads these and knows nothing of
carriers. Plain slotted dataclasses, not pydantic: thousands are made per page and they never leave this floor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from extractors.models import Box

Method = Literal["text", "content_control", "legacy_field", "widget", "symbol", "vector_tick", "ocr", "image_tick"]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text, or a tick box when `mark` is not None (then `text` is empty).

    mark: True ticked, False empty, None not a box; a box that is neither (scribbled, half filled) has mark False,
    a confidence below 0.5, and counts as doubtful.
    control: the kind of fillable control this came from, with `placeholder` when it still shows its prompt.
    ink: the colour of print that is neither black nor left to the page, as six hex digits.
    iso_date: the date a date picker stores, ISO, when the control has one.
    """

    text: str
    page: int | None = None
    box: Box | None = None
    path: str | None = None
    mark: bool | None = None
    struck: bool = False
    bold: bool = False
    highlighted: bool = False
    control: Literal["text", "date", "choice", "checkbox", "radio"] | None = None
    placeholder: bool = False
    iso_date: str | None = None
    method: Method = "text"
    confidence: float = 1.0
    italic: bool = False
    ink: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph (Word) or one printed line (PDF, scan). `bullet` when a list sign stood before it (sign not in runs)."""

    runs: tuple[Run, ...]
    bullet: bool = False
    joins_previous: bool = False
    """True for a printed line that continues the paragraph of the line before it (wrapped by the printer)."""
    apart: bool = False
    """True where an empty line, or the room of one, stands above it."""

    @property
    def text(self) -> str:
        return self.runs[0].text if len(self.runs) == 1 else "".join([run.text for run in self.runs])


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid; `row` and `col` are 0-based places of its top left corner, spans count grid units."""

    blocks: tuple[Line | Table, ...]
    row: int
    col: int
    row_span: int = 1
    col_span: int = 1
    page: int | None = None
    box: Box | None = None
    path: str | None = None
    shaded: bool = False

    @property
    def lines(self) -> tuple[Line, ...]:
        """The cell's own lines, without those of nested tables."""
        return tuple(block for block in self.blocks if isinstance(block, Line))

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, top to bottom, left to right. A table cut by page breaks is one Table: the carrier joins it.

    `guessed` says that the cells were told by how words align or by shading, for want of rulings between them."""

    rows: tuple[tuple[Cell, ...], ...]
    guessed: bool = False

    @property
    def cells(self) -> Iterator[Cell]:
        return (cell for row in self.rows for cell in row)


Block = Line | Table


@dataclass(frozen=True, slots=True)
class PageSize:
    """Width and height in points, and whether the page was read from its picture."""

    width: float
    height: float
    scanned: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture among the text, whose words nobody read: its place on a page, or in a document tree that of its cell."""

    page: int | None = None
    box: Box | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A whole file as pages and blocks. `pages` is empty for carriers without fixed pages (Word)."""

    carrier: str
    blocks: tuple[Block, ...]
    header: tuple[Line, ...] = ()
    footer: tuple[Line, ...] = ()
    pages: tuple[PageSize, ...] = ()
    partly: tuple[str, ...] = field(default=())
    """Plain sentences about what could not be read."""
    pictures: tuple[Picture, ...] = ()
