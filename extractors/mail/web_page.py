"""Reads the HTML of a mail into the page model, for forms that were pasted into the mail itself.

Mails written in Outlook carry Word's own look: tables, Wingdings, strike-through, marker pen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree, html

from extractors.files.pieces import (
    LINES_LIMIT,
    PLAIN,
    PROMPT,
    Control,
    Look,
    Piece,
    Tick,
    as_shown,
    finished,
    finished_body,
    lines_of,
    sized,
)
from extractors.layout import signs
from extractors.page import Block, Cell, Document, Table
from extractors.refusals import Refusal

NESTING_LIMIT = 100
"""Elements within elements; what lies deeper is read as plain text."""
SPAN_LIMIT = 100

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "body",
        "html",
        "blockquote",
        "pre",
        "section",
        "article",
        "center",
        "address",
        "dl",
        "dt",
        "dd",
        "fieldset",
        "form",
        "hr",
    ]
)
_DROPPED = frozenset({"script", "style", "head", "title", "noscript", "template", "object", "svg"})
_BOLD = frozenset({"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_STRUCK, _MARKED = frozenset({"s", "strike", "del"}), frozenset({"mark", "u"})
_SLANTED = frozenset({"i", "em", "cite"})
_SPACES = re.compile(r"[ \t\r\n]+")
_STYLE = re.compile(r"([a-z-]{2,40})\s*:\s*([^;]{1,200})", re.IGNORECASE)
_WHITE = frozenset({"", "white", "#fff", "#ffffff", "transparent", "none", "inherit", "window", "auto"})


def read_web_page(text: str, carrier: str) -> Document:
    """The page model of an HTML text. Raises Refusal: damaged when nothing is in it, too_large_inflated."""
    try:
        root = html.document_fromstring(_without_declaration(text))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Refusal("damaged") from error
    return Document(carrier, sized(finished_body(_Walk().blocks(root, "html", PLAIN, 0))))


def _without_declaration(text: str) -> str:
    """HTML without an XML declaration: lxml refuses text that names an encoding."""
    return re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text.replace("\0", ""))


class _Walk:
    def __init__(self) -> None:
        self._pieces: list[Piece] = []
        self._count = 0

    def blocks(self, element: etree._Element, path: str, look: Look, depth: int) -> list[Block]:
        """The blocks of an element that holds blocks."""
        found: list[Block] = []
        self._inside(element, path, look, depth, found)
        self._line(path, found)
        return found

    def _inside(self, element: etree._Element, path: str, look: Look, depth: int, found: list[Block]) -> None:
        if depth > NESTING_LIMIT:
            self._text("".join(str(part) for part in element.itertext()), look)
            return
        self._text(element.text, look)
        for child in element:
            if isinstance(child.tag, str):
                self._child(child, path, _look(child, look), depth + 1, found)
            self._text(child.tail, look)

    def _child(self, child: etree._Element, path: str, look: Look, depth: int, found: list[Block]) -> None:
        tag = str(child.tag).rpartition(":")[2]
        if tag in _DROPPED or look.hidden:
            return
        if tag == "br":
            self._pieces.append(Piece("\n"))
        elif tag == "table":
            self._line(path, found)
            found.append(self._table(child, f"{path}/table[{_number_of_tables(found) + 1}]", look, depth))
        elif tag in _BLOCKS:
            self._line(path, found)
            before = len(found)
            self._inside(child, path, look, depth, found)
            self._line(path, found, bullet=tag == "li" and len(found) == before)
        elif tag in ("input", "select", "textarea"):
            self._control(child, tag, look)
        else:
            self._inside(child, path, look, depth, found)

    def _line(self, path: str, found: list[Block], bullet: bool = False) -> None:
        self._counted()
        pieces, self._pieces = self._pieces, []
        lines = [line for line in lines_of(pieces, path) if line.text.strip() or any(run.control for run in line.runs)]
        if bullet and lines:
            lines[0] = replace(lines[0], bullet=True)
        found.extend(lines)

    def _text(self, text: str | None, look: Look) -> None:
        if not text or look.hidden:
            return
        text = _SPACES.sub(" ", text)
        if look.font is None:
            self._pieces.append(Piece(as_shown(text), look))
            return
        for character in text:
            shown = signs.shown(look.font, character)
            self._pieces.append(Piece(character if shown is None or character.isspace() else shown, look, symbol=True))

    def _control(self, element: etree._Element, tag: str, look: Look) -> None:
        kind = (element.get("type") or "text").lower()
        if tag == "input" and kind in ("checkbox", "radio"):
            control = Control("checkbox" if kind == "checkbox" else "radio", "widget")
            self._pieces.append(Piece("", look, control, Tick(element.get("checked") is not None)))
        elif tag == "select":
            chosen = [option for option in element.iter("option") if option.get("selected") is not None]
            shown = ", ".join("".join(str(part) for part in option.itertext()).strip() for option in chosen)
            self._pieces.append(Piece(shown, look, Control("choice", "widget", PROMPT.match(shown) is not None)))
        elif tag == "textarea" or kind in ("text", "date", "email", "tel", "number", "search"):
            shown = element.get("value") or "" if tag == "input" else "".join(str(part) for part in element.itertext())
            self._pieces.append(Piece(shown, look, Control("text", "widget", PROMPT.match(shown) is not None)))

    def _table(self, element: etree._Element, path: str, look: Look, depth: int) -> Table:
        rows: list[tuple[Cell, ...]] = []
        taken: set[tuple[int, int]] = set()
        for number, row_element in enumerate(_rows(element)):
            cells: list[Cell] = []
            column = 0
            for child in row_element:
                if child.tag not in ("td", "th"):
                    continue
                while (number, column) in taken:
                    column += 1
                width, height = _span(child, "colspan"), _span(child, "rowspan")
                taken.update((number + down, column + across) for down in range(1, height) for across in range(width))
                if len(taken) > LINES_LIMIT:
                    raise Refusal("too_large_inflated")
                cell_path = f"{path}/tr[{number + 1}]/td[{len(cells) + 1}]"
                blocks = finished(self.blocks(child, cell_path, _cell_look(child, look), depth))
                shaded = _background(child) or _background(row_element)
                cells.append(Cell(tuple(blocks), number, column, height, width, path=cell_path, shaded=shaded))
                column += width
            self._counted()
            rows.append(tuple(cells))
        return Table(tuple(rows))

    def _counted(self) -> None:
        self._count += 1
        if self._count > LINES_LIMIT:
            raise Refusal("too_large_inflated")


def _cell_look(element: etree._Element, look: Look) -> Look:
    """The look inside a table cell: a cell's background is shading, not a marker pen."""
    return _look(element, look)._replace(highlighted=look.highlighted)


def _look(element: etree._Element, look: Look) -> Look:
    tag = str(element.tag)
    styles = {name.lower(): value.strip().lower() for name, value in _STYLE.findall(element.get("style") or "")}
    bold, struck, highlighted = (
        look.bold or tag in _BOLD,
        look.struck or tag in _STRUCK,
        look.highlighted or tag in _MARKED,
    )
    weight = styles.get("font-weight")
    if weight is not None:
        bold = weight in ("bold", "bolder", "600", "700", "800", "900")
    decoration = styles.get("text-decoration", styles.get("text-decoration-line"))
    if decoration is not None:
        struck = "line-through" in decoration or (struck and tag not in _STRUCK and decoration != "none")
    if tag in ("span", "font", "b", "strong", "i", "em", "u", "s", "a"):
        background = styles.get("background", styles.get("background-color", styles.get("mso-highlight", "")))
        highlighted = highlighted or background not in _WHITE
    hidden = look.hidden or styles.get("display") == "none" or styles.get("mso-hide") == "all"
    family = (styles.get("font-family") or element.get("face") or "").split(",")[0].strip("'\" ")
    font = look.font if not family else family if signs.shown(family, "o") is not None else None
    slant = styles.get("font-style")
    italic = look.italic or tag in _SLANTED if slant is None else slant != "normal"
    return Look(bold, struck, highlighted, hidden, font, italic)


def _background(element: etree._Element) -> bool:
    styles = {name.lower(): value.strip().lower() for name, value in _STYLE.findall(element.get("style") or "")}
    colour = element.get("bgcolor") or styles.get("background-color") or styles.get("background") or ""
    return colour.lower().split(" ")[0] not in _WHITE


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("tbody", "thead", "tfoot"):
            yield from child.iterchildren("tr")


def _span(cell: etree._Element, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return max(1, min(int(text), SPAN_LIMIT)) if text.isdigit() and len(text) < 6 else 1


def _number_of_tables(found: list[Block]) -> int:
    return sum(isinstance(block, Table) for block in found)
