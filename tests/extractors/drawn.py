"""PDFs drawn in code for the reader's tests, and a document told in a few lines of text to compare."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from itertools import pairwise

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from extractors.page import Block, Document, Line, Run, Table
from extractors.pdf.document import read_pdf

HEIGHT = A4[1]


def drawn(*pages: Callable[[Canvas], None], size: tuple[float, float] = A4) -> bytes:
    """A PDF with one page for each function, which draws on a canvas (points, origin bottom left)."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=True)
    for page in pages:
        canvas.setFont("Helvetica", 10)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def read(*pages: Callable[[Canvas], None]) -> Document:
    return read_pdf(drawn(*pages))


def table(
    canvas: Canvas,
    rows: Sequence[Sequence[str]],
    top: float = 780,
    xs: Sequence[float] = (50, 180, 500),
    height: float = 20,
    *,
    grid: bool = True,
) -> float:
    """Draws a grid with a line of text in each cell; gives back the y below it."""
    for row in rows:
        for x, text in zip(xs, row, strict=False):
            canvas.drawString(x + 4, top - 13, text)
        if grid:
            for x0, x1 in pairwise(xs):
                canvas.rect(x0, top - height, x1 - x0, height)
        top -= height
    return top


def _run(run: Run) -> str:
    text = run.text if run.mark is None else "[x]" if run.mark else "[ ]"
    if run.control:
        text = f"<{text}>"
    if run.struck:
        text = f"~{text}~"
    return f"^{text}^" if run.highlighted else text


def line(one: Line) -> str:
    """A line as text: [x] and [ ] tick boxes, <controls>, ~struck~, ^highlighted^, "* " bullet, "+" joined to the line before."""
    text = "".join(_run(run) for run in one.runs).strip()
    return ("+" if one.joins_previous else "") + ("* " if one.bullet else "") + text


def told(blocks: Document | Sequence[Block]) -> list[str | list[str]]:
    """Lines as text; each row of a table as the list of its cells' texts, lines parted by " / ", nested tables in braces."""
    blocks = blocks.blocks if isinstance(blocks, Document) else blocks
    out: list[str | list[str]] = []
    for block in blocks:
        if isinstance(block, Line):
            out.append(line(block))
        else:
            out += [[_cell(cell.blocks) for cell in row] for row in block.rows]
    return out


def _cell(blocks: Sequence[Block]) -> str:
    return " / ".join(
        line(block) if isinstance(block, Line) else "{" + str(told([block])) + "}" if isinstance(block, Table) else ""
        for block in blocks
    )


def runs(document: Document) -> list[Run]:
    """All runs of a document, in order."""

    def within(blocks: Sequence[Block]) -> list[Run]:
        found: list[Run] = []
        for block in blocks:
            if isinstance(block, Line):
                found += block.runs
            else:
                for cell in block.cells:
                    found += within(cell.blocks)
        return found

    return within(document.blocks)
