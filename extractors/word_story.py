"""Walks one story of a Word document (body, header, text box) and makes the page model's lines and tables of it.

Tracked changes are taken as accepted; hidden text, comments, foot- and endnotes are left out; a text box follows the paragraph it
is anchored in; of alternative contents one is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from lxml import etree

from extractors.page import Block, Cell, Line, Run, Table
from extractors.pieces import PLAIN, Control, Look, Piece, finished, lines_of
from extractors.refusals import Refusal
from extractors.word_controls import content_control
from extractors.word_names import MC, VAL, W, number_of, value_of
from extractors.word_styles import Styles, is_shaded, symbol_font, toggles_of
from extractors.word_text import Text

NESTING_LIMIT = 40
"""Tables within tables and text boxes within text boxes. No form nests more than four."""
LINES_LIMIT = 200_000
"""Lines in one document: a hundred times the longest referral."""

_TRANSPARENT = frozenset(
    W + name
    for name in ("ins", "moveTo", "smartTag", "customXml", "hyperlink", "dir", "bdo", "rubyBase", "ruby", "subDoc")
)
_DROPPED = frozenset(W + name for name in ("del", "moveFrom", "rt"))
_PALE = 40
"""A run's shading counts as a marker pen when its colour channels differ by more than this (0-255); grey does not."""


class Story:
    """One walk over one part. `prompt` gives the placeholder text of the glossary entry with a given name, if any."""

    def __init__(self, styles: Styles, prompt: Callable[[str], str | None]) -> None:
        self._styles = styles
        self._prompt = prompt
        self._text = Text()
        self._boxes: list[etree._Element] = []
        self._carried: list[Piece] = []
        self._lines = 0
        self.unread: dict[str, int] = {}
        """What was seen and cannot be read, by name (picture, chunk), with its number."""

    def blocks(
        self, container: etree._Element, path: str, control: Control | None = None, depth: int = 0
    ) -> list[Block]:
        """The blocks of a body, cell, header or text box."""
        if depth > NESTING_LIMIT:
            raise Refusal("too_hard")
        found: list[Block] = []
        paragraphs = tables = 0
        for element, within in self._children(container, control):
            if element.tag == W + "p":
                paragraphs += 1
                found.extend(self._paragraph(element, f"{path}/p[{paragraphs}]", within, depth))
            elif element.tag == W + "tbl":
                tables += 1
                found.extend(self._flushed(path))
                found.append(self._table(element, f"{path}/tbl[{tables}]", depth))
            elif element.tag == W + "altChunk":
                self._unread("chunk")
        found.extend(self._flushed(path))
        return found

    def _flushed(self, path: str) -> list[Line]:
        pieces, self._carried = self._carried, []
        return lines_of(pieces, path)

    def _children(
        self, parent: etree._Element, control: Control | None
    ) -> Iterator[tuple[etree._Element, Control | None]]:
        """The children of `parent`, with wrappers that have no look of their own opened: controls, insertions, links."""
        waiting = [(iter(parent), control)]
        while waiting:
            children, within = waiting[-1]
            element = next(children, None)
            if element is None:
                waiting.pop()
                continue
            tag = element.tag
            if tag == W + "sdt":
                content = element.find(W + "sdtContent")
                opened = self._control(element, content)
                if content is not None:
                    waiting.append((iter(content), opened or within))
            elif tag in _TRANSPARENT:
                waiting.append((iter(element), within))
            elif tag == MC + "AlternateContent":
                if (taken := _alternative(element)) is not None:
                    waiting.append((iter(taken), within))
            elif tag not in _DROPPED:
                yield element, within

    def _control(self, element: etree._Element, content: etree._Element | None) -> Control | None:
        properties = element.find(W + "sdtPr")
        shown = "" if content is None else "".join(text.text or "" for text in content.iter(W + "t"))
        named = None if properties is None else properties.find(f"{W}placeholder/{W}docPart")
        opened = content_control(
            properties, shown, lambda: None if named is None else self._prompt(named.get(VAL) or "")
        )
        if opened is None or opened.kind != "text" or content is None:
            return opened
        # A rich text control round tables or other controls only keeps them together.
        return None if next(content.iter(W + "tbl", W + "sdt"), None) is not None else opened

    def _paragraph(self, element: etree._Element, path: str, control: Control | None, depth: int) -> list[Block]:
        self._lines += 1
        if self._lines > LINES_LIMIT:
            raise Refusal("too_large_inflated")
        properties = element.find(W + "pPr")
        style = value_of(properties, "pStyle")
        self._runs(element, style, control)
        pieces = [*self._carried, *self._text.take()]
        self._carried = []
        mark = None if properties is None else properties.find(W + "rPr")
        if mark is not None and (mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None):
            # The paragraph's end was deleted: its text goes on in the next paragraph.
            self._carried = pieces
            return self._boxed(path, depth)
        if not pieces and control is not None:
            pieces = [Piece("", PLAIN, control, control.tick)]
        lines = lines_of(pieces, path)
        sign = None if properties is None or not lines else self._styles.list_sign(properties, style)
        if sign is not None and not sign.numbered:
            box = Run("", path=path, mark=sign.mark, method="symbol") if sign.mark is not None else None
            lines[0] = Line((box, *lines[0].runs)) if box is not None else replace(lines[0], bullet=True)
        return [*lines, *self._boxed(path, depth)]

    def _boxed(self, path: str, depth: int) -> list[Block]:
        """The contents of the text boxes anchored in the paragraph just read."""
        boxes, self._boxes = self._boxes, []
        found: list[Block] = []
        for number, box in enumerate(boxes, 1):
            carried, self._carried = self._carried, []
            opened = self._text.depth
            found.extend(finished(self.blocks(box, f"{path}/txbx[{number}]", depth=depth + 1)))
            self._text.close(opened)
            self._text.take()
            self._carried = carried
        return found

    def _runs(self, parent: etree._Element, style: str | None, control: Control | None) -> None:
        for element, within in self._children(parent, control):
            tag = element.tag
            if tag == W + "r":
                self._run(element, style, within)
            elif tag == W + "fldSimple":
                self._text.begin(element.find(W + "ffData"))
                self._text.code(element.get(W + "instr") or "")
                self._text.separate()
                self._runs(element, style, within)
                self._text.end()
            elif tag == W + "p":
                # A paragraph inside a run-level control is a fault of some writers; its text is text all the same.
                self._runs(element, style, within)

    def _run(self, element: etree._Element, style: str | None, control: Control | None) -> None:
        look = self._look(element.find(W + "rPr"), style)
        text = self._text
        for child, _ in self._children(element, None):
            tag = child.tag
            if tag == W + "t":
                text.text(child.text or "", look, control)
            elif tag == W + "tab" or tag == W + "ptab":
                text.text("\t", look, control)
            elif tag == W + "br" or tag == W + "cr":
                text.line_break()
            elif tag == W + "fldChar":
                kind = child.get(W + "fldCharType")
                if kind == "begin":
                    text.begin(child.find(W + "ffData"))
                elif kind == "separate":
                    text.separate()
                elif kind == "end":
                    text.end()
            elif tag == W + "instrText":
                text.code(child.text or "")
            elif tag == W + "sym":
                text.sign(child.get(W + "font") or "", _character(child.get(W + "char")), look, control)
            elif tag == W + "noBreakHyphen":
                text.text("-", look, control)
            elif tag in (W + "drawing", W + "pict", W + "object"):
                self._drawing(child)

    def _look(self, properties: etree._Element | None, style: str | None) -> Look:
        if properties is None:
            return self._styles.look(style, None) if style is not None else PLAIN
        base = self._styles.look(style, value_of(properties, "rStyle"))
        own = toggles_of(properties)
        font = symbol_font(properties)
        highlight = value_of(properties, "highlight")
        return Look(
            bold=own.get("bold", base.bold),
            struck=own.get("struck", base.struck),
            hidden=own.get("hidden", base.hidden),
            highlighted=highlight not in (None, "none", "white") or _marker_pen(properties.find(W + "shd")),
            font=base.font if font is None else font or None,
        )

    def _drawing(self, element: etree._Element) -> None:
        """Keeps the text boxes of a drawing for after the paragraph; a picture is counted as unread."""
        boxes = [box for box in element.iter(W + "txbxContent") if not _within_other_box(box, element)]
        self._boxes.extend(boxes)
        if not boxes and next(element.iter("{*}blip", "{*}imagedata"), None) is not None:
            self._unread("picture")

    def _unread(self, what: str) -> None:
        self.unread[what] = self.unread.get(what, 0) + 1

    def _table(self, element: etree._Element, path: str, depth: int) -> Table:
        properties = element.find(W + "tblPr")
        shaded = properties is not None and is_shaded(properties.find(W + "shd"))
        rows: list[list[Cell]] = []
        above: dict[int, tuple[int, int]] = {}
        """Grid column to (row, place in row) of the cell that a vertically merged cell there belongs to."""
        for row_element, _ in self._children(element, None):
            if row_element.tag != W + "tr":
                continue
            row_properties = row_element.find(W + "trPr")
            if row_properties is not None and row_properties.find(W + "del") is not None:
                continue
            row: list[Cell] = []
            rows.append(row)
            column = number_of(value_of(row_properties, "gridBefore"))
            merged: dict[int, tuple[int, int]] = {}
            number = 0
            for cell_element, control in self._children(row_element, None):
                if cell_element.tag != W + "tc":
                    continue
                number += 1
                cell_path = f"{path}/tr[{len(rows)}]/tc[{number}]"
                cell_properties = cell_element.find(W + "tcPr")
                span = max(1, min(number_of(value_of(cell_properties, "gridSpan"), 1), 500))
                merge = None if cell_properties is None else cell_properties.find(W + "vMerge")
                across = None if cell_properties is None else cell_properties.find(W + "hMerge")
                goes_on = merge is not None and (merge.get(VAL) or "continue") == "continue"
                if goes_on and column in above:
                    merged[column] = above[column]
                    at_row, at = above[column]
                    rows[at_row][at] = replace(rows[at_row][at], row_span=len(rows) - at_row)
                elif across is not None and (across.get(VAL) or "continue") == "continue" and row:
                    row[-1] = replace(row[-1], col_span=row[-1].col_span + span)
                else:
                    opened = self._text.depth
                    blocks = self.blocks(cell_element, cell_path, control, depth + 1)
                    self._text.close(opened)
                    blocks.extend(_as_blocks(self._text.take(), cell_path))
                    row.append(
                        Cell(
                            tuple(finished(blocks)),
                            row=len(rows) - 1,
                            col=column,
                            col_span=span,
                            path=cell_path,
                            shaded=shaded or self._cell_is_shaded(cell_element, cell_properties),
                        )
                    )
                    if merge is not None:
                        merged[column] = (len(rows) - 1, len(row) - 1)
                column += span
            above = merged
        return Table(tuple(tuple(row) for row in rows))

    @staticmethod
    def _cell_is_shaded(element: etree._Element, properties: etree._Element | None) -> bool:
        if properties is not None and (shading := properties.find(W + "shd")) is not None:
            return is_shaded(shading)
        paragraphs = element.findall(W + "p")
        return bool(paragraphs) and all(is_shaded(paragraph.find(f"{W}pPr/{W}shd")) for paragraph in paragraphs)


def _as_blocks(pieces: list[Piece], path: str) -> list[Block]:
    return list(lines_of(pieces, path))


def _alternative(element: etree._Element) -> etree._Element | None:
    """The content taken of an mc:AlternateContent: the first choice that holds anything for us, else the fallback."""
    choices = [child for child in element if child.tag in (MC + "Choice", MC + "Fallback")]
    return next(
        (choice for choice in choices if next(choice.iter(W + "t", W + "txbxContent"), None) is not None),
        choices[0] if choices else None,
    )


def _within_other_box(box: etree._Element, drawing: etree._Element) -> bool:
    for parent in box.iterancestors():
        if parent is drawing:
            return False
        if parent.tag == W + "txbxContent":
            return True
        if parent.tag == MC + "Fallback" and _alternative(parent.getparent()) is not parent:  # type: ignore[arg-type]
            return True
    return False


def _character(code: str | None) -> str:
    try:
        number = int(code or "", 16)
    except ValueError:
        return " "
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else " "


def _marker_pen(shading: etree._Element | None) -> bool:
    fill = "" if shading is None else (shading.get(W + "fill") or "").lstrip("#")
    try:
        channels = [int(fill[at : at + 2], 16) for at in (0, 2, 4)] if len(fill) == 6 else [0]
    except ValueError:
        return False
    return max(channels) - min(channels) > _PALE
