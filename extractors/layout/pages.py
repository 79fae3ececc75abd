"""Pages become one document: running headers set apart, tables and cells cut by page breaks made whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.layout.blocks import page_blocks
from extractors.layout.draft import SAME, DraftCell, DraftTable, Placed
from extractors.layout.ink import PageInk
from extractors.layout.lines import Sheet
from extractors.layout.running import lines_in, plain, running
from extractors.page import Document, Line, PageSize, Picture

_SLIVER = 12.0
"""An empty row of less height at the top of a page is what a page break left of the row before it."""
_WIDEST_PADDING = 9.0
_LABELS = 3
"""So many labels of a table tell how all of them are printed."""
_LABELLED, _NEARLY_ALL = 6, 0.8
"""So many cells, and such a share of those with text, that begin with a label show that all do."""
_CUT = 1.5
"""Points by which a row that a page break cut is lower than a row of one printed line."""
_NUMBERED = re.compile(r"\d{1,2}[.)]|\(?[a-z]\)")


def document(carrier: str, inks: Sequence[PageInk]) -> Document:
    """The whole file from the ink of its pages, first page first."""
    headers: list[Line] = []
    footers: list[Line] = []
    bodies: list[list[Placed]] = []
    laid = page_blocks(inks)
    for blocks, (at_top, at_foot) in zip(laid, running(inks, laid), strict=True):
        headers += [line for n in sorted(at_top) for line in lines_in(blocks[n])]
        footers += [line for n in sorted(at_foot) for line in lines_in(blocks[n])]
        bodies.append([placed for n, placed in enumerate(blocks) if n not in at_top and n not in at_foot])
    whole = [placed.block for placed in _joined(bodies)]
    sizes = tuple(PageSize(ink.width, ink.height, ink.scanned) for ink in inks)
    partly = tuple(dict.fromkeys(sentence for ink in inks for sentence in ink.partly))
    return Document(
        carrier,
        tuple(block.table() if isinstance(block, DraftTable) else block for block in whole),
        _distinct(headers),
        _distinct(footers),
        sizes,
        partly,
        tuple(
            Picture(number, Sheet(number, ink.back).box(*box))
            for number, ink in enumerate(inks, 1)
            for box in ink.pictures
        ),
    )


def _distinct(lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple({plain(line.text): line for line in reversed(lines)}.values())[::-1]


def _joined(bodies: Sequence[list[Placed]]) -> list[Placed]:
    """All blocks in order; a table that a page break cut is one table."""
    whole: list[Placed] = []
    for body in bodies:
        rest = body
        if whole and body:
            last, first = whole[-1], body[0]
            if isinstance(last.block, DraftTable) and isinstance(first.block, DraftTable):
                before = [placed.block for placed in whole if isinstance(placed.block, DraftTable)]
                cells = [cell for table in before for cell in table.cells]
                same = abs(last.x0 - first.x0) <= SAME and (
                    abs(last.x1 - first.x1) <= SAME or _cut_row(last.block, first.block, cells)
                )
                if not same or _opens_section(first.block) or _boxes_apart(last.block, first.block):
                    whole += rest
                    continue
                _append(last.block, first.block, cells)
                rest = body[1:]
            elif isinstance(last.block, DraftTable) and (taken := _taken_by_label(last.block, body)):
                rest = body[taken:]
                if rest and isinstance(rest[0].block, DraftTable) and rest[0].block.guessed:
                    last.block.rows += rest[0].block.rows
                    rest = rest[1:]
            elif (
                isinstance(last.block, Line) and isinstance(first.block, Line) and _reads_over(last.block, first.block)
            ):
                rest = [first._replace(block=replace(first.block, joins_previous=True)), *body[1:]]
        whole += rest
    return whole


def _taken_by_label(table: DraftTable, body: Sequence[Placed]) -> int:
    """How many lines at the top of a page are the rest of the label at the foot of a table without rulings, which takes them."""
    cells = list(table.cells)
    label = table.rows[-1][0] if table.guessed and table.rows and len(table.rows[-1]) > 1 else None
    lines: list[Line] = []
    for placed in body:
        if not isinstance(placed.block, Line) or (lines and not placed.block.joins_previous):
            break
        lines.append(placed.block)
    if label is None or not lines or label.x0 > min(cell.x0 for cell in cells) + SAME:
        return 0
    first = body[0]
    rest = DraftCell(first.x0, first.top, label.x1, first.bottom, label.sheet, blocks=[*lines])
    inside = abs(first.x0 - label.x0) <= SAME and max(placed.x1 for placed in body[: len(lines)]) < label.x1
    if not (inside and _label_goes_on(label, rest)):
        return 0
    _extend(label, rest)
    return len(lines)


def _reads_over(last: Line, first: Line) -> bool:
    """Whether the first line of a page is the rest of a sentence on the page before: it begins with a small letter."""
    begins = first.runs[0].text.lstrip()[:1] if first.runs and first.runs[0].mark is None else ""
    return begins.islower() and not first.bullet and not last.text.rstrip().endswith((".", ":", "?"))


def _boxes_apart(last: DraftTable, first: DraftTable) -> bool:
    """Whether an entry box ends a page and a label with its own box below begins the next."""
    lone = [cell for row in last.rows for cell in row]
    drawn = not (last.guessed or first.guessed)
    return drawn and len(lone) == 1 and len(first.rows) == 2 and not _continues(last, lone, first.rows[0])


def _opens_section(table: DraftTable) -> bool:
    """Whether a table begins with the heading of a section, so that it is no continuation."""
    top = next(iter(table.rows), [])
    return len(top) == 1 and top[0].shaded and top[0].bold


def _append(table: DraftTable, more: DraftTable, cells: Sequence[DraftCell] = ()) -> None:
    """Joins `more`, which begins a page, to `table`, which ends the one before. `cells`: all before it in the file."""
    rows = list(more.rows)
    known = [_row_text(row) for row in table.rows]
    while rows and rows[0] and _is_heading(rows[0]) and _row_text(rows[0]) in known:
        rows.pop(0)
    while rows and all(cell.empty and (cell.bottom - cell.top < _SLIVER or _cut_short(table)) for cell in rows[0]):
        rows.pop(0)
    if rows and rows[0] and (cut := _cut_cells(table, rows[0], cells)):
        for cell, rest in cut:
            _extend(cell, rest)
        rows.pop(0)
    table.rows += rows
    table.guessed = table.guessed or more.guessed


def _cut_row(table: DraftTable, more: DraftTable, cells: Sequence[DraftCell]) -> bool:
    """Whether two tables told without rulings are one though they end unlike: a page break cut one of their rows."""
    row = next(iter(more.rows), [])
    return table.guessed and more.guessed and bool(row) and bool(_cut_cells(table, row, cells))


def _cut_cells(
    table: DraftTable, row: Sequence[DraftCell], cells: Sequence[DraftCell]
) -> list[tuple[DraftCell, DraftCell]]:
    """The cells at the foot of a table, each with its rest in `row`, which begins the next page; none where it is no rest."""
    pairs = _above(table, row)
    before, rest = [above for above, _ in pairs], [below for _, below in pairs]
    written = all(one in rest for one in row if not one.empty)
    if not pairs or not written or (len(pairs) < len(row) and not table.guessed):
        return []
    cut = (
        _continues(table, before, rest)
        or _labels_otherwise(table, before, rest)
        or _labels_within(cells or list(table.cells), before, rest)
    )
    return pairs if cut else []


def _row_text(row: Sequence[DraftCell]) -> tuple[str, ...]:
    return tuple(plain(cell.text) for cell in row)


def _is_heading(row: Sequence[DraftCell]) -> bool:
    return any(cell.text for cell in row) and all(cell.shaded or _wholly_bold(cell) or not cell.text for cell in row)


def _wholly_bold(cell: DraftCell) -> bool:
    lines = [block for block in cell.blocks if isinstance(block, Line)]
    return all(run.bold for line in lines for run in line.runs if run.text.strip())


def _begins_in_bold(cell: DraftCell) -> bool:
    """Whether the first line of a cell is bold, as labels are; an option among others on a line is not."""
    first = next((block for block in cell.blocks if isinstance(block, Line)), None)
    return cell.bold and first is not None and all(run.bold for run in first.runs if run.text.strip())


def _above(table: DraftTable, row: Sequence[DraftCell]) -> list[tuple[DraftCell, DraftCell]]:
    """The cells at the foot of a table that stand right above those of `row`, which begins the next page, each with its own.

    Where no rulings say how far cells reach, those that begin in one place stand above each other.
    """
    cells = list(table.cells)
    page = max((cell.sheet.number for cell in cells), default=0)
    foot = max((cell.bottom for cell in cells if cell.sheet.number == page), default=0.0)
    last = [cell for cell in cells if cell.sheet.number == page and cell.bottom > foot - SAME]
    found: list[tuple[DraftCell, DraftCell]] = []
    for one in row:
        near = (
            cell for cell in last if abs(cell.x0 - one.x0) <= SAME and (table.guessed or abs(cell.x1 - one.x1) <= SAME)
        )
        above = next(near, None)
        if above is not None:
            found.append((above, one))
    return found


def _continues(table: DraftTable, before: Sequence[DraftCell], row: Sequence[DraftCell]) -> bool:
    """Whether `row`, the first of a page, is the rest of the cells of `table` before it: same widths, and no label of its own."""
    if len(before) != len(row) or all(cell.empty for cell in row):
        return False
    if len(row) == 1:
        # Under its label a narrative stands in a row of its own; a label is shaded or bold.
        ended, _ = _edge_lines(before[0], row[0])
        label = before[0].shaded or (ended is not None and all(run.bold for run in ended.runs if run.text.strip()))
        if label or row[0].shaded or row[0].bold or before[0].empty:
            return False
        # Where no label looks unlike its answer, a row of its own may have a label of its own: only what reads on is the rest.
        styled = any(cell.shaded or _begins_in_bold(cell) for cell in table.cells)
        return styled or _cut_within(before[0], row[0]) or _reads_on(before[0], row[0])
    if _is_heading(before) and sum(bool(cell.text) for cell in before) > 1:
        # The headings of columns; what follows is their first row, or the rest of what stands in them.
        return all(cell.shaded and not cell.bold for cell in (*before, *row))
    if len(row) > 2 and before[0].top < before[1].top - SAME and before[1].text and row[1].text:
        before, row = before[1:], row[1:]  # beside a cell that spans the rows
    elif row[0].empty:
        return True
    if _label_goes_on(before[0], row[0]):
        return True
    if len(row) > 2 and all(cell.text for cell in row):
        return False  # a row of its own in a table of rows
    return any(_cut_within(a, b) for a, b in zip(before[1:], row[1:], strict=True))


def _labels_otherwise(table: DraftTable, before: Sequence[DraftCell], row: Sequence[DraftCell]) -> bool:
    """Whether the labels of a table all end in a colon, or all begin with a number, and only the two halves of the label
    that a page break cut do so together."""
    if len(before) != len(row) or len(row) < 2 or not before[0].text or not row[0].text:
        return False
    last, first = before[0].text, row[0].text
    labels = [cells[0].text for cells in table.rows if len(cells) > 1 and cells[0].text and cells[0] is not before[0]]
    colons = sum(text.endswith((":", "?")) for text in labels)
    numbers = sum(_NUMBERED.match(text) is not None for text in labels)
    most = max(_LABELS, 0.8 * len(labels))
    unended = not re.search(r"[:?]", last) and first.endswith((":", "?")) and _NUMBERED.match(first) is None
    return (colons >= most and unended) or (
        numbers >= most and _NUMBERED.match(last) is not None and _NUMBERED.match(first) is None
    )


def _labels_within(cells: Sequence[DraftCell], before: Sequence[DraftCell], row: Sequence[DraftCell]) -> bool:
    """Whether each cell begins with its own label, told by a number, a colon or bold print, and none that begins a page has one.

    cells: all of the file before the page, where nearly every one has such a label; those of `before` among them.
    """
    written = [cell for cell in cells if cell.text]
    rest = [cell for cell in row if cell.text]
    if len(before) != len(row) or not rest or not any(cell.text for cell in before):
        return False
    for labelled in (_numbered, _asking, _in_bold):
        enough = sum(map(labelled, written)) >= max(_LABELLED, _NEARLY_ALL * len(written))
        if enough and all(labelled(cell) for cell in before if cell.text) and not any(map(labelled, rest)):
            return True
    return False


def _numbered(cell: DraftCell) -> bool:
    return _NUMBERED.match(cell.text) is not None


def _asking(cell: DraftCell) -> bool:
    """Whether a colon or question mark stands in the first paragraph of a cell."""
    lines = [block for block in cell.blocks if isinstance(block, Line)]
    end = next((k for k, line in enumerate(lines) if k and not line.joins_previous), len(lines))
    return any(sign in line.text for line in lines[:end] for sign in ":?")


def _in_bold(cell: DraftCell) -> bool:
    return cell.bold


def _cut_short(table: DraftTable) -> bool:
    """Whether the last row of a table is lower than any other, so that the page ended before the row did."""
    heights = [min(cell.bottom - cell.top for cell in row) for row in table.rows if row]
    return len(heights) > _LABELS and heights[-1] < min(heights[:-1]) - _CUT


def _label_goes_on(label: DraftCell, rest: DraftCell) -> bool:
    """Whether the first cell of a page's first row is the rest of the label above, not a label of its own."""
    last, first = _edge_lines(label, rest)
    if last is None or first is None:
        return False
    if label.bold and not rest.bold:
        return True  # the note printed under a label
    if first.text[:1] in "/)&,;":
        return True
    return first.text[:1].islower() and (rest.bold or _carries_on(last, first, label))


def _cut_within(cell: DraftCell, rest: DraftCell) -> bool:
    """Whether a page break cut a sentence of this cell."""
    last, first = _edge_lines(cell, rest)
    if last is None or first is None:
        return False
    begins_address = "@" in first.text.split(" ", 1)[0] and not _is_address(last)
    return first.text[:1].islower() and not begins_address and _carries_on(last, first, cell)


def _reads_on(cell: DraftCell, rest: DraftCell) -> bool:
    """Whether a cell ends with a sentence, and what stands above all else in the other is one too, or a point of a list."""
    last, first = _edge_lines(cell, rest)
    if last is None or first is None:
        return False
    begun = next((line for line in rest.blocks[1:] if isinstance(line, Line) and not line.joins_previous), None)
    lines = [line for line in rest.blocks if isinstance(line, Line)]
    end = lines[lines.index(begun) - 1] if begun is not None else lines[-1]
    return first.bullet or (last.text.rstrip().endswith(".") and end.text.rstrip().endswith("."))


def _edge_lines(cell: DraftCell, rest: DraftCell) -> tuple[Line | None, Line | None]:
    """The last line of a cell and the first of another, None where a table or nothing stands there."""
    last, first = cell.blocks[-1:], rest.blocks[:1]
    return (
        last[0] if last and isinstance(last[0], Line) else None,
        first[0] if first and isinstance(first[0], Line) else None,
    )


def _extend(cell: DraftCell, rest: DraftCell) -> None:
    """The rest of a cell that a page break cut."""
    blocks = list(rest.blocks)
    if blocks and cell.blocks:
        last, first = cell.blocks[-1], blocks[0]
        if isinstance(last, DraftTable) and isinstance(first, DraftTable):
            _append(last, first)
            blocks.pop(0)
        elif isinstance(last, Line) and isinstance(first, Line) and _carries_on(last, first, cell):
            if _is_address(last) and len(first.text.split()) == 1:
                cell.blocks[-1] = replace(last, runs=last.runs + first.runs)
                blocks.pop(0)
            else:
                blocks[0] = replace(first, joins_previous=True)
    cell.blocks += blocks


def _is_address(line: Line) -> bool:
    """Whether a line is the beginning of an e-mail address, which is cut wherever its cell ends."""
    return "@" in line.text and len(line.text.split()) == 1


def _carries_on(last: Line, first: Line, cell: DraftCell) -> bool:
    """Whether a paragraph was cut: its next word would not have fitted on the last line before the page break."""
    if first.bullet or not last.runs or not first.runs or last.runs[-1].box is None or first.runs[0].box is None:
        return False
    if first.runs[0].mark is not None or last.runs[-1].bold != first.runs[0].bold:
        return False
    run, box = first.runs[0], first.runs[0].box
    word = run.text.split(" ", 1)[0]
    width = (box.x1 - box.x0) * (len(word) + 1) / max(1, len(run.text))
    padding = max(1.0, (last.runs[0].box.x0 if last.runs[0].box else cell.x0) - cell.x0)
    return last.runs[-1].box.x1 + width > cell.x1 - min(padding, _WIDEST_PADDING)
