"""Reads an OpenDocument text (LibreOffice Writer) into the page model by walking its XML, with every control it has.

Tracked deletions stand apart from the text in this format, so what is walked is the text as accepted. OpenDocument 1.3 part 3;
the loext: and field: names are LibreOffice's own.
"""

from __future__ import annotations

import re
from dataclasses import replace

from lxml import etree

from extractors.files.package import Package
from extractors.files.pieces import (
    LINES_LIMIT,
    PROMPT,
    Control,
    Look,
    Piece,
    as_shown,
    finished,
    finished_body,
    is_empty,
    lines_of,
    lines_within,
    set_apart,
    sized,
)
from extractors.layout import signs
from extractors.odt.controls import content_control, field_mark, form_control, forms_of
from extractors.odt.styles import DRAW, FIELD, LOEXT, OFFICE, STYLE, TABLE, TEXT, Styles, text_of
from extractors.page import Block, Cell, Document, Line, Picture, Run, Table
from extractors.refusals import Refusal

NESTING_LIMIT = 40
REPEAT_LIMIT = 50
"""Rows or cells that one element may stand for; more are the empty rest of a sheet, or a bomb."""

_SPACES = re.compile(r"[ \t\r\n]+")
_CONTAINERS = frozenset(
    {
        TEXT + "section",
        TEXT + "index-body",
        TEXT + "list-header",
        TEXT + "numbered-paragraph",
        *(
            TEXT + name
            for name in ("table-of-content", "alphabetical-index", "illustration-index", "table-index", "user-index")
        ),
    }
)
_ROW_GROUPS = frozenset(TABLE + name for name in ("table-header-rows", "table-row-group", "table-rows"))
_HIDDEN = frozenset(
    {TEXT + "note", OFFICE + "annotation", TEXT + "tracked-changes", TEXT + "ruby-text", TEXT + "hidden-paragraph"}
    | {TEXT + "sequence-decls", OFFICE + "forms", TEXT + "hidden-text", TEXT + "script", OFFICE + "annotation-end"}
)
_RINGS = (DRAW + "ellipse", DRAW + "custom-shape")
"""What may be drawn round an answer."""
_SHAPES = frozenset(
    DRAW + name for name in ("frame", "custom-shape", "rect", "text-box", "g", "a", "control", "ellipse")
)


def read_odt(content: bytes) -> Document:
    """The document of an .odt file. Raises Refusal: damaged, external_entity, password, too_large_inflated, too_hard."""
    package = Package(content)
    root = package.xml("content.xml")
    text = None if root is None else root.find(f"{OFFICE}body/{OFFICE}text")
    if root is None or text is None:
        raise Refusal("damaged")
    styles_root = package.xml("styles.xml")
    styles = Styles([root] if styles_root is None else [root, styles_root])
    walk = _Walk(styles, forms_of(root))
    blocks = finished_body(walk.blocks(text, "text"))
    header, footer = (_margin(styles_root, styles, name) for name in ("header", "footer"))
    partly = [
        f"The document holds {f'a {what}' if count == 1 else f'{count} {what}s'}, whose text was not read."
        for what, count in (("picture", walk.pictures), ("comment", walk.comments))
        if count
    ]
    return Document("odt", sized(blocks), header, footer, partly=tuple(partly), pictures=tuple(walk.places))


def _margin(root: etree._Element | None, styles: Styles, name: str) -> tuple[Line, ...]:
    """The lines of the headers (or footers) of all page styles, each text once."""
    found: dict[str, Line] = {}
    pages = () if root is None else root.iterfind(f"{OFFICE}master-styles/{STYLE}master-page")
    for number, page in enumerate(pages, 1):
        for ending in ("", "-left", "-first"):
            element = page.find(STYLE + name + ending)
            if element is not None and element.get(STYLE + "display") != "false":
                blocks = _Walk(styles, {}).blocks(element, f"{name}[{number}]")
                for line in lines_within(finished_body(blocks)):
                    found.setdefault(line.text, line)
    return tuple(found.values())


class _Walk:
    """One walk over a text, header or footer. `forms` are the form controls by id."""

    def __init__(self, styles: Styles, forms: dict[str, etree._Element]) -> None:
        self._styles = styles
        self._forms = forms
        self._pieces: list[Piece] = []
        self._shapes: list[etree._Element] = []
        self._field: Control | None = None
        self._lines = 0
        self.pictures = self.comments = 0
        self.places: list[Picture] = []
        self._in_cell = 0

    def blocks(self, parent: etree._Element, path: str, depth: int = 0) -> list[Block]:
        """The blocks of a text, section, cell or text box."""
        if depth > NESTING_LIMIT:
            raise Refusal("too_hard")
        found: list[Block] = []
        counts = {"p": 0, "tbl": 0}
        self._gather(parent, path, depth, counts, found)
        return found

    def _gather(
        self, parent: etree._Element, path: str, depth: int, counts: dict[str, int], found: list[Block]
    ) -> None:
        empty = False
        for element in parent:
            tag = element.tag
            if tag == TEXT + "p" or tag == TEXT + "h":
                counts["p"] += 1
                made = self._paragraph(element, f"{path}/p[{counts['p']}]", depth)
                found.extend(set_apart(made) if empty else made)
                empty = is_empty(made)
            elif tag == TABLE + "table":
                counts["tbl"] += 1
                found.append(self._table(element, f"{path}/tbl[{counts['tbl']}]", depth))
            elif tag == TEXT + "list":
                found.extend(self._list(element, path, depth, counts, None, 1))
            elif tag in _CONTAINERS:
                if element.get(TEXT + "display") != "none":
                    self._gather(element, path, depth, counts, found)
            elif tag in _SHAPES:
                self._shapes.append(element)
                found.extend(self._shape_blocks(path, depth))

    def _list(
        self, element: etree._Element, path: str, depth: int, counts: dict[str, int], style: str | None, level: int
    ) -> list[Block]:
        if level + depth > NESTING_LIMIT:
            raise Refusal("too_hard")
        style = element.get(TEXT + "style-name") or style
        bullet, mark = self._styles.sign(style, level)
        found: list[Block] = []
        for item in element:
            signed = item.tag == TEXT + "list-item" and bullet
            for child in item:
                if child.tag == TEXT + "list":
                    found.extend(self._list(child, path, depth, counts, style, level + 1))
                    continue
                blocks: list[Block] = []
                if child.tag in (TEXT + "p", TEXT + "h"):
                    counts["p"] += 1
                    blocks = self._paragraph(child, f"{path}/p[{counts['p']}]", depth)
                if signed and blocks and isinstance(blocks[0], Line):
                    box = Run("", path=blocks[0].runs[0].path, mark=mark, method="symbol")
                    first = replace(blocks[0], bullet=True) if mark is None else Line((box, *blocks[0].runs))
                    blocks = [first, *blocks[1:]]
                    signed = False
                found.extend(blocks)
        return found

    def _paragraph(self, element: etree._Element, path: str, depth: int) -> list[Block]:
        self._count()
        self._inline(element, element.get(TEXT + "style-name"), (), None)
        pieces, self._pieces = _tidied(self._pieces), []
        return [*lines_of(pieces, path), *self._shape_blocks(path, depth)]

    def _count(self) -> None:
        self._lines += 1
        if self._lines > LINES_LIMIT:
            raise Refusal("too_large_inflated")

    def _shape_blocks(self, path: str, depth: int) -> list[Block]:
        """What text boxes and shapes hold that were anchored in the paragraph just read."""
        shapes, self._shapes = self._shapes, []
        found: list[Block] = []
        for number, shape in enumerate(shapes, 1):
            within = f"{path}/shape[{number}]"
            if shape.tag == DRAW + "control":
                self._control(shape)
                pieces, self._pieces = self._pieces, []
                found.extend(lines_of(pieces, within))
                continue
            boxes = [shape] if shape.find(TEXT + "p") is not None else list(shape.iter(DRAW + "text-box"))
            if not boxes and shape.tag != DRAW + "g":
                seen = next(shape.iter(DRAW + "image"), None) is not None
                self.pictures, self._in_cell = self.pictures + seen, self._in_cell + seen
            self._in_cell += shape.tag in _RINGS and not text_of(shape).strip()
            if shape.tag == DRAW + "g":
                boxes = [child for child in shape if child.tag in _SHAPES]
            for box in boxes:
                found.extend(finished(self.blocks(box, within, depth + 1)))
        return found

    def _inline(
        self, element: etree._Element, paragraph: str | None, spans: tuple[str, ...], control: Control | None
    ) -> None:
        look = self._styles.look(paragraph, spans)
        self._text(element.text, look, control)
        for child in element:
            self._child(child, paragraph, spans, look, control)
            self._text(child.tail, look, control)

    def _child(
        self,
        child: etree._Element,
        paragraph: str | None,
        spans: tuple[str, ...],
        look: Look,
        control: Control | None,
    ) -> None:
        tag = child.tag
        if tag in _HIDDEN or not isinstance(tag, str):
            self.comments += tag == OFFICE + "annotation"
            return
        if tag == TEXT + "span":
            style = child.get(TEXT + "style-name")
            self._inline(child, paragraph, (*spans, style) if style else spans, control)
        elif tag == TEXT + "s":
            count = child.get(TEXT + "c") or "1"
            self._add(Piece(" " * (min(int(count), 200) if count.isdigit() and len(count) < 6 else 1), look, control))
        elif tag == TEXT + "tab":
            self._add(Piece("\t", look, control))
        elif tag == TEXT + "line-break":
            self._add(Piece("\n"))
        elif tag in _SHAPES:
            self._shape(child)
        elif tag == TEXT + "text-input":
            opened = Control("text", "content_control")
            shown = text_of(child)
            description = child.get(TEXT + "description") or ""
            opened.placeholder = PROMPT.match(shown.strip()) is not None or (
                bool(shown.strip()) and shown == description
            )
            self._within(child, paragraph, spans, look, opened)
        elif tag == TEXT + "placeholder":
            self._within(child, paragraph, spans, look, Control("text", "content_control", placeholder=True))
        elif tag == TEXT + "drop-down":
            self._add(Piece(text_of(child).strip(), look, _chosen(child)))
        elif tag in (LOEXT + "content-control", TEXT + "content-control"):
            self._within(child, paragraph, spans, look, content_control(child))
        elif tag == FIELD + "fieldmark-start":
            self._field = field_mark(child)[1]
            self._pieces.append(Piece("", look, self._field))
        elif tag == FIELD + "fieldmark-end":
            self._end_field()
        elif tag == FIELD + "fieldmark":
            text, opened = field_mark(child)
            self._pieces.append(Piece(text, look, opened, opened.tick))
        else:
            self._inline(child, paragraph, spans, control)

    def _end_field(self) -> None:
        if self._field is not None:
            shown = "".join(piece.text for piece in self._pieces if piece.control is self._field)
            self._field.placeholder = PROMPT.match(shown.strip()) is not None
        self._field = None

    def _within(
        self, child: etree._Element, paragraph: str | None, spans: tuple[str, ...], look: Look, opened: Control
    ) -> None:
        if opened.tick is not None:
            self._pieces.append(Piece("", look, opened, opened.tick))
            return
        before = len(self._pieces)
        self._inline(child, paragraph, spans, opened)
        if len(self._pieces) == before:
            self._pieces.append(Piece("", look, opened))

    def _shape(self, shape: etree._Element) -> None:
        if shape.tag == DRAW + "control" and shape.get(TEXT + "anchor-type") in (None, "as-char", "char"):
            self._control(shape)
        else:
            self._shapes.append(shape)

    def _control(self, shape: etree._Element) -> None:
        form = self._forms.get(shape.get(DRAW + "control") or "")
        if form is not None:
            self._pieces.extend(form_control(form))

    def _text(self, text: str | None, look: Look, control: Control | None) -> None:
        if not text or look.hidden:
            return
        text = _SPACES.sub(" ", text)
        if look.font is not None:
            for character in text:
                shown = signs.shown(look.font, character)
                self._add(Piece(character if shown is None or character == " " else shown, look, control, symbol=True))
        else:
            self._add(Piece(as_shown(text), look, control))

    def _add(self, piece: Piece) -> None:
        if piece.look.hidden:
            return
        if piece.control is None and piece.text != "\n":
            piece.control = self._field
        self._pieces.append(piece)

    def _table(self, element: etree._Element, path: str, depth: int) -> Table:
        rows: list[tuple[Cell, ...]] = []
        waiting = [iter(element)]
        while waiting:
            child = next(waiting[-1], None)
            if child is None:
                waiting.pop()
            elif child.tag in _ROW_GROUPS:
                waiting.append(iter(child))
            elif child.tag == TABLE + "table-row":
                for _ in range(_number(child, "number-rows-repeated", REPEAT_LIMIT)):
                    self._count()
                    rows.append(self._row(child, len(rows), f"{path}/tr[{len(rows) + 1}]", depth))
        return Table(tuple(rows))

    def _row(self, element: etree._Element, number: int, path: str, depth: int) -> tuple[Cell, ...]:
        cells: list[Cell] = []
        column = place = 0
        for child in element:
            if child.tag not in (TABLE + "table-cell", TABLE + "covered-table-cell"):
                continue
            for _ in range(_number(child, "number-columns-repeated", REPEAT_LIMIT)):
                if child.tag == TABLE + "table-cell":
                    place += 1
                    cell_path = f"{path}/tc[{place}]"
                    self._end_field()
                    self._count()
                    around, self._in_cell = self._in_cell, 0
                    blocks = finished(self.blocks(child, cell_path, depth + 1))
                    if self._in_cell:
                        self.places.append(Picture(path=cell_path))
                    self._in_cell = around
                    cells.append(
                        Cell(
                            tuple(blocks),
                            row=number,
                            col=column,
                            row_span=_number(child, "number-rows-spanned", 5_000),
                            col_span=_number(child, "number-columns-spanned", 500),
                            path=cell_path,
                            shaded=self._styles.shaded(child.get(TABLE + "style-name")),
                        )
                    )
                column += 1
        return tuple(cells)


def _number(element: etree._Element, name: str, limit: int) -> int:
    text = element.get(TABLE + name) or "1"
    return max(1, min(int(text), limit)) if text.isdigit() and len(text) < 10 else 1


def _chosen(drop_down: etree._Element) -> Control:
    shown = text_of(drop_down).strip()
    return Control("choice", "content_control", placeholder=PROMPT.match(shown) is not None)


def _tidied(pieces: list[Piece]) -> list[Piece]:
    """Without white space at the paragraph's ends, which OpenDocument does not show."""
    for at, strip in ((0, str.lstrip), (-1, str.rstrip)):
        if pieces and pieces[at].control is None and pieces[at].text != "\n":
            pieces[at].text = strip(pieces[at].text, " ")
    return pieces
