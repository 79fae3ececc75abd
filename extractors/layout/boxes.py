"""Entry boxes outside tables: frames and fields with their label beside them, and combs with one letter to a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extractors.layout.captions import captioned
from extractors.layout.draft import DraftCell, DraftTable, Placed
from extractors.layout.grid import Face, Grid
from extractors.layout.ink import Word
from extractors.layout.lines import Sheet, lines_of, rows_of

_REACH = 260.0
"""A label stands at most so many points from its box."""
_TOOTH = (7.0, 26.0)
"""Width of a comb's cells."""
_FEWEST = 4
"""Cells that make a comb by themselves, and fields that make rows of labels and boxes."""
_ALIKE = 0.3
_ONE_LINE, _BLANK = 2.4, 0.4
"""Height of a box that has room for one printed line, and width of a blank, in ems."""
_PADDED, _FULL = 2.0, 0.85
"""Points by which the white above and below a text differ at most, and share of its box that a full line takes."""
_HEAD, _LOWER = 0.5, 1.5
"""Ems of white above print that begins at the head of its box, and the points by which there is less below it in one too low."""
_ONE_MORE, _LONG_WORD = 1.2, 4.0
"""Room in ems that one more line takes, and one more word."""
CLIPPED = 0.5
"""Confidence in the last word of print that may have been cut off: low enough to tell in a long text."""
_DATE = {(2, 2, 4), (2, 2, 2), (4, 2, 2)}
"""Lengths of the three combs of a date."""


def without_frames(found: Sequence[Grid], frames: list[Grid]) -> list[Grid]:
    """The grids less the frames that are no tables: those drawn round a whole section, and those round the entry of a cell,
    which `frames` takes up."""
    kept: list[Grid] = []
    for grid in found:
        if len(grid.faces) > 1:
            kept.append(grid)
            continue
        x0, top, x1, bottom = grid.box
        inner = [g for g in found if g is not grid and _within(g, (x0, top, x1, bottom))]
        if len(inner) > 1 or any(len(g.faces) > 1 for g in inner):
            continue
        about = [
            face
            for g in found
            if g is not grid and len(g.faces) > 1
            for face in g.faces
            if _within(grid, (face.x0, face.top, face.x1, face.bottom))
        ]
        (frames if about else kept).append(grid)
    return kept


def _within(grid: Grid, box: tuple[float, float, float, float]) -> bool:
    x0, top, x1, bottom = grid.box
    return box[0] - 2 <= x0 and x1 <= box[2] + 2 and box[1] - 2 <= top and bottom <= box[3] + 2


def combed(found: Sequence[Grid], words: Sequence[Word]) -> tuple[list[Grid], list[Word]]:
    """The grids with every comb as one box, and the words with the letters of each comb as one word."""
    combs = [grid for grid in found if _is_comb(grid)]
    if not combs:
        return list(found), list(words)
    groups: list[list[Grid]] = []
    for comb in sorted(combs, key=lambda grid: (round(grid.ys[0] / 4), grid.xs[0])):
        last = groups[-1][-1] if groups else None
        if last is not None and abs(last.ys[0] - comb.ys[0]) < 4 and 0 < comb.xs[0] - last.xs[-1] < 3 * _tooth(comb):
            groups[-1].append(comb)
        else:
            groups.append([comb])
    kept = [grid for grid in found if grid not in combs]
    left = list(words)
    for group in groups:
        inside = [[w for w in left if _holds(comb, w) and w.mark is None and w.control is None] for comb in group]
        texts = ["".join(word.text for word in sorted(part, key=lambda word: word.x0)) for part in inside]
        teeth = sum(len(comb.faces) for comb in group)
        if teeth < _FEWEST or any(len(text) > len(comb.faces) for text, comb in zip(texts, group, strict=True)):
            kept += group
            continue
        x0, top, x1, bottom = group[0].xs[0], group[0].ys[0], group[-1].xs[-1], group[0].ys[-1]
        kept.append(Grid((x0, x1), (top, bottom), (Face(0, 0, 1, 1, x0, top, x1, bottom, False),)))
        letters = [word for part in inside for word in part]
        gone = {id(word) for word in letters}
        # Strokes printed between the parts of a date stand in no cell.
        gone |= {
            id(w)
            for w in left
            if w.text in ("/", "-", ".") and x0 < w.x0 < x1 and top < (w.top + w.bottom) / 2 < bottom
        }
        left = [word for word in left if id(word) not in gone]
        if letters:
            sign = "/" if tuple(len(text) for text in texts) in _DATE else " "
            text = sign.join(text for text in texts if text)
            sure = min(word.confidence for word in letters)
            left.append(replace(letters[0], text=text, x1=letters[-1].x1, confidence=sure, glued=False))
    return kept, left


def _is_comb(grid: Grid) -> bool:
    if len(grid.ys) != 2 or len(grid.faces) < 2 or any(face.open for face in grid.faces):
        return False
    widths = [b - a for a, b in pairwise(grid.xs)]
    return (
        all(_TOOTH[0] <= width <= _TOOTH[1] for width in widths)
        and max(widths) - min(widths) <= _ALIKE * max(widths)
        and grid.ys[1] - grid.ys[0] <= 2 * _TOOTH[1]
    )


def _tooth(comb: Grid) -> float:
    return comb.xs[1] - comb.xs[0]


def _holds(grid: Grid, word: Word) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return grid.xs[0] <= x <= grid.xs[-1] and grid.ys[0] <= y <= grid.ys[-1]


def entry_fields(loose: Sequence[Word]) -> list[Grid]:
    """A box for every field to type in or choose from that stands outside the tables, where there are several."""
    fields = [word for word in loose if word.control in ("text", "date", "choice") and word.x1 > word.x0]
    return [
        Grid((w.x0, w.x1), (w.top, w.bottom), (Face(0, 0, 1, 1, w.x0, w.top, w.x1, w.bottom, False),))
        for w in fields
        if len(fields) >= _FEWEST
    ]


def doubt_clipped(found: Sequence[Grid], held: Sequence[dict[int, list[Word]]]) -> None:
    """Makes the print in entry boxes unsure that reaches their right side, or their foot in the middle of a sentence: a web
    page shows of a field only what it has room for, and prints no more."""
    for grid, faces in zip(found, held, strict=True):
        inside = [word for word in faces.get(0, []) if word.text and word.control is None]
        if len(grid.faces) > 1 or not inside:
            continue
        lines = rows_of(inside)
        last = lines[-1][-1]
        if _fills_line(grid, lines) if len(lines) == 1 else _fills_box(grid, lines):
            last.confidence = min(last.confidence, CLIPPED)


def doubt_framed(frames: Sequence[Grid], words: Sequence[Word]) -> None:
    """Makes print unsure that leaves no room for another line in its frame within a cell, unless it is one short line in a frame
    high enough: what a text box is too small for is not printed."""
    for frame in frames:
        lines = rows_of([word for word in words if word.text and word.control is None and _holds(frame, word)])
        last = lines[-1][-1] if lines else None
        pitch = last.bottom - lines[-2][-1].bottom if last is not None and len(lines) > 1 else 0.0
        if last is None or frame.box[3] - last.bottom >= max(_ONE_MORE * last.size, pitch):
            continue
        if len(lines) > 1 or frame.box[2] - last.x1 < _LONG_WORD * last.size or _too_low(frame, lines):
            last.confidence = min(last.confidence, CLIPPED)


def _fills_line(grid: Grid, lines: Sequence[Sequence[Word]]) -> bool:
    """Whether the print of a box with room for one line alone leaves at its end no more white than at its beginning."""
    x0, top, x1, bottom = grid.box
    first, last = lines[0][0], lines[0][-1]
    if _too_low(grid, lines):
        return True
    return bottom - top < _ONE_LINE * last.size and x1 - last.x1 < first.x0 - x0 + _BLANK * last.size


def _too_low(grid: Grid, lines: Sequence[Sequence[Word]]) -> bool:
    """Whether print that begins at the head of its box leaves less white at the foot: the box is lower than its padding and the
    lines together."""
    _, top, _, bottom = grid.box
    above, size = lines[0][0].top - top, lines[0][0].size
    return above < _HEAD * size and bottom - lines[-1][-1].bottom < above - _LOWER


def _fills_box(grid: Grid, lines: Sequence[Sequence[Word]]) -> bool:
    """Whether a text leaves at the foot of its box no more white than at its head, and ends as no sentence does on a line
    that is full."""
    x0, top, x1, bottom = grid.box
    last, above = lines[-1][-1], lines[0][0].top - top
    if bottom - last.bottom < above - _PADDED:
        return True
    ended = last.text.endswith((".", "!", "?", ")", '"', "'", "\u201d", "\u2019"))
    return not ended and bottom - last.bottom < above + _PADDED and last.x1 - x0 > _FULL * (x1 - x0)


def boxed_rows(
    found: Sequence[Grid], words: Sequence[Word], loose: Sequence[Word], sheet: Sheet
) -> tuple[list[Placed], list[Grid], list[Word]]:
    """Rows of labels and boxes, and the grids and loose words that are no part of one.

    words: all words of the page, loose: those outside every grid.
    """
    boxes = [grid for grid in found if len(grid.faces) == 1]
    rows: list[list[Grid]] = []
    for box in sorted(boxes, key=lambda grid: (grid.ys[0], grid.xs[0])):
        row = next((row for row in rows if all(_beside(box, other) for other in row)), None)
        if row is None:
            rows.append([box])
        else:
            row.append(box)
    for row in rows:
        row.sort(key=lambda grid: grid.xs[0])
    blocks, under, left = captioned(rows, words, loose, sheet)
    used = [box for row in under for box in row]
    for row in rows:
        if row in under:
            continue
        labels = _labels(row, left)
        if not any(labels):
            continue
        cells: list[DraftCell] = []
        for label, box in zip(labels, row, strict=False):
            if label:
                cells.append(_cell(label, None, sheet))
            cells.append(_cell([word for word in words if _holds(box, word)], box, sheet))
        if labels[-1]:
            cells.append(_cell(labels[-1], None, sheet))
        gone = {id(word) for label in labels for word in label}
        left = [word for word in left if id(word) not in gone]
        used += row
        top, bottom = min(cell.top for cell in cells), max(cell.bottom for cell in cells)
        blocks.append(Placed(top, bottom, cells[0].x0, cells[-1].x1, DraftTable([cells])))
    return blocks, [grid for grid in found if grid not in used], left


def _beside(a: Grid, b: Grid) -> bool:
    high = min(a.ys[-1], b.ys[-1]) - max(a.ys[0], b.ys[0])
    apart = a.xs[0] >= b.xs[-1] - 1 or b.xs[0] >= a.xs[-1] - 1
    return apart and high > 0.5 * min(a.ys[-1] - a.ys[0], b.ys[-1] - b.ys[0])


def _labels(row: Sequence[Grid], loose: Sequence[Word]) -> list[list[Word]]:
    """The words before each box of a row, and after the last."""
    top, bottom = min(box.ys[0] for box in row) - 2, max(box.ys[-1] for box in row) + 2
    beside = [word for word in loose if top < (word.top + word.bottom) / 2 < bottom]
    labels: list[list[Word]] = []
    edge = row[0].xs[0] - _REACH
    for box in row:
        labels.append([word for word in beside if edge <= word.x0 and word.x1 <= box.xs[0] + 3])
        edge = box.xs[-1] - 3
    labels.append([word for word in beside if edge <= word.x0 and word.x1 < edge + _REACH])
    return labels


def _cell(words: Sequence[Word], box: Grid | None, sheet: Sheet) -> DraftCell:
    if box is not None:
        x0, top, x1, bottom = box.box
    else:
        x0, x1 = min(word.x0 for word in words) - 1, max(word.x1 for word in words) + 1
        top, bottom = min(word.top for word in words), max(word.bottom for word in words)
    return DraftCell(x0, top, x1, bottom, sheet, blocks=list(lines_of(rows_of(words), x0, x1, sheet)))
