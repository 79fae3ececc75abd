"""Walks one story of a Word document (body, header, text box) and makes the page model's lines and tables of it.

Tracked changes are taken as accepted; hidden text, comments, foot- and endnotes are left out; a text box follows the
paragraph it is anchored in; of alternative contents one is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from lxml import etree

from extractors.files.pieces import LINES_LIMIT, PLAIN, Control, Piece, finished, is_empty, lines_of, set_apart
from extractors.page import Block, Line, Picture, Run, Table
from extractors.refusals import Refusal
from extractors.word.activex import Active
from extractors.word.controls import content_control
from extractors.word.drawings import alternative
from extractors.word.names import MC, VAL, R, W, value_of
from extractors.word.runs import Runs
from extractors.word.styles import Styles
from extractors.word.tables import table_of

NESTING_LIMIT = 40
"""Tables within tables and text boxes within text boxes. No form nests more than four."""

_SDT, _P, _TBL, _CHUNK, _ALTERNATIVES = W + "sdt", W + "p", W + "tbl", W + "altChunk", MC + "AlternateContent"
_P_PR, _R_PR, _DEL, _MOVED, _CONTENT = W + "pPr", W + "rPr", W + "del", W + "moveFrom", W + "sdtContent"
_TRANSPARENT = frozenset(
    W + name
    for name in ("ins", "moveTo", "smartTag", "customXml", "hyperlink", "dir", "bdo", "rubyBase", "ruby", "subDoc")
)
_DROPPED = frozenset(W + name for name in ("del", "moveFrom", "rt"))


class Parts(Protocol):
    """What a story asks of the rest of its document."""

    def prompt(self, name: str) -> str | None:
        """The placeholder text of the glossary entry with this name."""

    def bound(self, properties: etree._Element | None) -> str | None:
        """The data that the control with these w:sdtPr is bound to."""

    def chunk(self, identity: str) -> list[Block] | None:
        """The blocks of a part in another format (w:altChunk), None when it cannot be read."""

    def active(self, identity: str) -> Active | None:
        """The ActiveX control with this relation id, None when it cannot be read."""


@dataclass(slots=True)
class Unread:
    """What was seen in a document and not read, by name, with its number."""

    counts: dict[str, int] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)

    def __call__(self, what: str, count: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + count


class Story:
    """One walk over one part."""

    def __init__(self, styles: Styles, parts: Parts, unread: Unread) -> None:
        self._styles = styles
        self._parts = parts
        self._unread = unread
        self._runs = Runs(styles, parts.active, unread)
        self._carried: list[Piece] = []
        self._lines = 0

    def blocks(
        self, container: etree._Element, path: str, control: Control | None = None, depth: int = 0
    ) -> list[Block]:
        """The blocks of a body, cell, header or text box."""
        if depth > NESTING_LIMIT:
            raise Refusal("too_hard")
        found: list[Block] = []
        paragraphs = tables = 0
        empty = False
        for element, within in self.children(container, control):
            tag = element.tag
            if tag == _P:
                paragraphs += 1
                made = self._paragraph(element, f"{path}/p[{paragraphs}]", within, depth)
                found.extend(set_apart(made) if empty else made)
                empty = is_empty(made) and not self._carried
            elif tag == _TBL:
                tables += 1
                self.count()
                found.extend(self._flushed(path))
                found.append(self._table(element, f"{path}/tbl[{tables}]", depth))
            elif tag == _CHUNK:
                found.extend(self._chunk(element))
        found.extend(self._flushed(path))
        return found

    def children(
        self, parent: etree._Element, control: Control | None
    ) -> Iterator[tuple[etree._Element, Control | None]]:
        """The children of `parent`, with wrappers that have no look of their own opened: controls, insertions, links."""
        waiting = [(iter(parent), control)]
        while waiting:
            children, within = waiting[-1]
            for element in children:
                tag = element.tag
                if tag == _SDT:
                    content = element.find(_CONTENT)
                    if content is not None:
                        waiting.append((iter(content), self._control(element, content) or within))
                        break
                elif tag in _TRANSPARENT:
                    waiting.append((iter(element), within))
                    break
                elif tag == _ALTERNATIVES:
                    if (taken := alternative(element)) is not None:
                        waiting.append((iter(taken), within))
                        break
                elif tag not in _DROPPED:
                    yield element, within
            else:
                waiting.pop()

    def cell_blocks(self, element: etree._Element, path: str, control: Control | None, depth: int) -> list[Block]:
        """The blocks of a table cell; a field that is still open at its end, ends."""
        self.count()
        carried, self._carried = self._carried, []
        around, self._runs.pictures = self._runs.pictures, 0
        opened = self._runs.text.depth
        blocks = self.blocks(element, path, control, depth + 1)
        self._runs.text.close(opened)
        blocks.extend(lines_of(self._runs.text.take(), path))
        self._carried = carried
        if self._runs.pictures:
            self._unread.pictures.append(Picture(path=path))
        self._runs.pictures = around
        return finished(blocks)

    def count(self) -> None:
        """Counts one paragraph, table, row or cell. Raises Refusal too_large_inflated when there are too many."""
        self._lines += 1
        if self._lines > LINES_LIMIT:
            raise Refusal("too_large_inflated")

    def _flushed(self, path: str) -> list[Line]:
        pieces, self._carried = self._carried, []
        return lines_of(pieces, path)

    def _control(self, element: etree._Element, content: etree._Element) -> Control | None:
        properties = element.find(W + "sdtPr")
        named = None if properties is None else properties.find(f"{W}placeholder/{W}docPart")
        opened = content_control(
            properties,
            content,
            lambda: None if named is None else self._parts.prompt(named.get(VAL) or ""),
            self._parts.bound(properties),
        )
        if opened is None or opened.kind != "text":
            return opened
        # A rich text control round tables or other controls only keeps them together.
        return None if next(content.iter(_TBL, _SDT), None) is not None else opened

    def _paragraph(self, element: etree._Element, path: str, control: Control | None, depth: int) -> list[Block]:
        self.count()
        properties = element.find(_P_PR)
        style = value_of(properties, "pStyle")
        before = self._runs.pictures
        self._runs.read(self.children(element, control), style, self.children)
        if not depth and self._runs.pictures > before:
            self._unread.pictures.append(Picture(path=path))
        pieces = [*self._carried, *self._runs.text.take()]
        self._carried = []
        mark = None if properties is None else properties.find(_R_PR)
        if mark is not None and (mark.find(_DEL) is not None or mark.find(_MOVED) is not None):
            # The paragraph's end was deleted: its text goes on in the next paragraph.
            self._carried = pieces
            return self._boxed(path, depth)
        if not pieces and control is not None:
            pieces = [Piece(control.instead or "", PLAIN, control, control.tick)]
        lines = lines_of(pieces, path)
        sign = None if properties is None or not lines else self._styles.list_sign(properties, style)
        if sign is not None:
            box = Run("", path=path, mark=sign.mark, method="symbol") if sign.mark is not None else None
            lines[0] = Line((box, *lines[0].runs)) if box is not None else replace(lines[0], bullet=True)
        return [*lines, *self._boxed(path, depth)]

    def _boxed(self, path: str, depth: int) -> list[Block]:
        """The contents of the text boxes anchored in the paragraph just read."""
        boxes = self._runs.taken_boxes()
        found: list[Block] = []
        for number, box in enumerate(boxes, 1):
            found.extend(self.cell_blocks(box, f"{path}/txbx[{number}]", None, depth))
        return found

    def _chunk(self, element: etree._Element) -> list[Block]:
        blocks = self._parts.chunk(element.get(R + "id") or "")
        if blocks is None:
            self._unread("chunk")
        return blocks or []

    def _table(self, element: etree._Element, path: str, depth: int) -> Table:
        return table_of(element, path, depth, self, self._styles)
