"""Reads a Word document (.docx) into the page model by walking its XML, so that nothing that Word shows is lost.

Modules: package.py opens the zip; word_story.py walks blocks and tables, word_text.py runs and fields, word_controls.py
fillable controls, word_styles.py styles and lists; signs.py tells tick signs from words.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from extractors.package import Package
from extractors.page import Document, Line
from extractors.pieces import finished_body, lines_within
from extractors.refusals import Refusal
from extractors.word_names import VAL, R, W
from extractors.word_story import Story
from extractors.word_styles import Styles

_UNREAD = {
    "picture": (
        "The document holds a picture, whose text was not read.",
        "The document holds {} pictures, whose text was not read.",
    ),
    "chunk": ("A part kept in another format was not read.", "{} parts kept in another format were not read."),
}


@dataclass(frozen=True, slots=True)
class _Relation:
    kind: str
    target: str


def read_docx(content: bytes) -> Document:
    """The document of a .docx file. Raises Refusal: damaged, external_entity, too_large_inflated, too_hard."""
    return _Word(Package(content)).document()


class _Word:
    def __init__(self, package: Package) -> None:
        self._package = package
        main = [relation.target for relation in self._relations("").values() if relation.kind == "officeDocument"]
        self._main = main[0] if main and main[0] in package else "word/document.xml"
        self._links = self._relations(self._main)
        self._styles = Styles(package, self._target("styles"), self._target("numbering"))

    def document(self) -> Document:
        root = self._package.xml(self._main)
        body = None if root is None else root.find(W + "body")
        if root is None or body is None:
            raise Refusal("damaged")
        story = Story(self._styles, self._prompt)
        blocks = finished_body(story.blocks(body, "body"))
        header, footer = (self._margin(root, name) for name in ("header", "footer"))
        partly = [
            one if count == 1 else many.format(count)
            for name, count in story.unread.items()
            for one, many in [_UNREAD[name]]
        ]
        return Document("docx", tuple(blocks), header, footer, partly=tuple(partly))

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
                blocks = Story(self._styles, self._prompt).blocks(element, f"{name}[{number}]")
                for line in lines_within(finished_body(blocks)):
                    found.setdefault(line.text, line)
        return tuple(found.values())

    def _prompt(self, name: str) -> str | None:
        return self._glossary.get(name)

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
