"""Reads a Word document (.docx) into the page model by walking its XML, so that nothing that Word shows is lost.

package.py        opens the zip and its XML safely
word_story.py     blocks, paragraphs and controls at every level; word_tables.py the tables
word_runs.py      runs and their looks; word_text.py what they show, fields by their results
word_controls.py  content controls, legacy fields; word_bindings.py bound data; word_activex.py ActiveX controls
word_styles.py    styles and lists; signs.py tick signs among words
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from extractors.files.package import Package
from extractors.files.pieces import finished_body, lines_within, sized
from extractors.page import Block, Document, Line
from extractors.refusals import Refusal
from extractors.word.activex import Active, read_active
from extractors.word.bindings import Bindings
from extractors.word.names import VAL, R, W
from extractors.word.story import Story, Unread
from extractors.word.styles import Styles

_UNREAD = {
    "picture": ("holds a picture, whose text was not read", "holds {} pictures, whose text was not read"),
    "shape": ("holds a drawn shape, which may mark an answer", "holds {} drawn shapes, which may mark answers"),
    "comment": ("holds a comment, whose text was not read", "holds {} comments, whose text was not read"),
    "object": ("holds an embedded file, which was not read", "holds {} embedded files, which were not read"),
    "control": ("holds a control that could not be read", "holds {} controls that could not be read"),
    "chunk": (
        "holds a part in another format, which was not read",
        "holds {} parts in other formats, which were not read",
    ),
}
"""What a story counts as unread, in words for one and for several."""
CHUNKS_DEEP = 2
"""Documents within documents (w:altChunk)."""


@dataclass(frozen=True, slots=True)
class _Relation:
    kind: str
    target: str


def read_docx(content: bytes) -> Document:
    """The document of a .docx file. Raises Refusal: damaged, external_entity, too_large_inflated, too_hard."""
    return _Word(Package(content), 0).document()


class _Word:
    """One document and what its stories ask of it (word_story.Parts)."""

    def __init__(self, package: Package, depth: int) -> None:
        self._package = package
        self._depth = depth
        main = [relation.target for relation in self._relations("").values() if relation.kind == "officeDocument"]
        self._main = main[0] if main and main[0] in package else "word/document.xml"
        self._links = self._relations(self._main)
        self._styles = Styles(package, self._target("styles"), self._target("numbering"))
        self._bindings = Bindings(package)
        self._unread = Unread()

    def document(self) -> Document:
        root = self._package.xml(self._main)
        body = None if root is None else root.find(W + "body")
        if root is None or body is None:
            raise Refusal("damaged")
        blocks = finished_body(Story(self._styles, self, self._unread).blocks(body, "body"))
        header, footer = (self._margin(root, name) for name in ("header", "footer"))
        partly = [
            f"The document {(one if count == 1 else many).format(count)}."
            for name, count in self._unread.counts.items()
            for one, many in [_UNREAD[name]]
        ]
        return Document("docx", sized(blocks), header, footer, (), tuple(partly), tuple(self._unread.pictures))

    def prompt(self, name: str) -> str | None:
        """The placeholder text of the glossary entry with this name."""
        return self._glossary.get(name)

    def bound(self, properties: etree._Element | None) -> str | None:
        """The data that the control with these w:sdtPr is bound to."""
        return self._bindings.value(properties)

    def chunk(self, identity: str) -> list[Block] | None:
        """The blocks of an embedded .docx (w:altChunk), None when the part is of another kind or nested too deeply."""
        link = self._links.get(identity)
        content = None if link is None else self._package.part(link.target)
        if content is None or not content.startswith(b"PK") or self._depth >= CHUNKS_DEEP:
            return None
        inner = _Word(Package(content), self._depth + 1)
        blocks = list(inner.document().blocks)
        for what, count in inner._unread.counts.items():
            self._unread(what, count)
        return blocks

    def active(self, identity: str) -> Active | None:
        """The ActiveX control with this relation id."""
        link = self._links.get(identity)
        description = None if link is None else self._package.xml(link.target)
        if link is None or description is None:
            return None
        streams = [
            inner.target for inner in self._relations(link.target).values() if inner.kind == "activeXControlBinary"
        ]
        return read_active(description, self._package.part(streams[0]) if streams else None)

    def _margin(self, root: etree._Element, name: str) -> tuple[Line, ...]:
        """The lines of all headers (or footers) of all sections, each text once."""
        found: dict[str, Line] = {}
        parts = [
            self._links[identity].target
            for reference in root.iter(f"{W}{name}Reference")
            if (identity := reference.get(R + "id") or "") in self._links
        ]
        for number, part in enumerate(dict.fromkeys(parts), 1):
            element = self._package.xml(part)
            if element is not None:
                blocks = Story(self._styles, self, Unread()).blocks(element, f"{name}[{number}]")
                for line in lines_within(finished_body(blocks)):
                    found.setdefault(line.text, line)
        return tuple(found.values())

    @cached_property
    def _glossary(self) -> dict[str, str]:
        """The placeholder texts that the document keeps, by the name of their building block."""
        part = self._target("glossaryDocument")
        root = None if part is None else self._package.xml(part)
        if root is None:
            return {}
        found = {}
        for block in root.iter(W + "docPart"):
            named = block.find(f"{W}docPartPr/{W}name")
            if named is not None:
                found[named.get(VAL) or ""] = "".join(text.text or "" for text in block.iter(W + "t"))
        return found

    def _target(self, kind: str) -> str | None:
        return next((relation.target for relation in self._links.values() if relation.kind == kind), None)

    def _relations(self, part: str) -> dict[str, _Relation]:
        """The relations of a part (of the package for "") to other parts, by id; those to the outside are left out."""
        folder, name = posixpath.split(part)
        root = self._package.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        if root is None:
            return {}
        return {
            element.get("Id") or "": _Relation(
                (element.get("Type") or "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, element.get("Target") or "")).lstrip("/"),
            )
            for element in root.iterchildren("{*}Relationship")
            if element.get("TargetMode") != "External"
        }
