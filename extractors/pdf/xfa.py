"""An XFA form is read by its data: captions from its template, answers from its datasets, without running anything of it.

XML Forms Architecture 3.3: `template` holds subforms of fields, `datasets` the answers under the same names.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium
from lxml import etree

from extractors.files.package import PART_LIMIT, parse_xml
from extractors.page import Block, Cell, Line, Run, Table
from extractors.refusals import Refusal

_PACKETS = ("template", "datasets")
_DEEPEST = 40
_MOST = 20_000
"""Fields and repeats walked; a form has a few hundred."""
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def xfa_blocks(pdf: Any) -> tuple[Block, ...]:
    """The captions and answers of an open XFA document. Raises Refusal xfa when it holds no data that can be read."""
    packets = _packets(pdf)
    try:
        datasets = parse_xml(packets["datasets"])
        template = parse_xml(packets["template"]) if "template" in packets else None
    except (KeyError, Refusal) as error:
        raise Refusal("xfa") from error
    data = next((child for child in datasets if _name(child) == "data"), datasets)
    reader = _Reader(data)
    if template is not None:
        reader.walk(template, data, "", 0)
    if not reader.answered:
        reader = _Reader(data)
        reader.bare(data, "", 0)
    reader.flush()
    if not reader.answered:
        raise Refusal("xfa")
    return tuple(reader.blocks)


def _packets(pdf: Any) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for i in range(max(0, min(64, pdfium.FPDF_GetXFAPacketCount(pdf)))):
        size = pdfium.FPDF_GetXFAPacketName(pdf, i, None, 0)
        label = ctypes.create_string_buffer(max(1, min(size, 4096)))
        pdfium.FPDF_GetXFAPacketName(pdf, i, label, len(label))
        name = label.value.decode("latin-1")
        needed = ctypes.c_ulong()
        if name not in _PACKETS or not pdfium.FPDF_GetXFAPacketContent(pdf, i, None, 0, needed):
            continue
        if not 0 < needed.value <= PART_LIMIT:
            continue
        content = ctypes.create_string_buffer(needed.value)
        if pdfium.FPDF_GetXFAPacketContent(pdf, i, content, needed.value, needed):
            found[name] = content.raw
    return found


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if _name(child) == name]


def _words(element: etree._Element | None) -> str:
    return " ".join(_inner(element).split()) if element is not None else ""


def _inner(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())


class _Reader:
    """Gathers rows of caption and answer from the data under `root`. `answered` counts those with an answer."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self.blocks: list[Block] = []
        self.answered = 0
        self._rows: list[tuple[Cell, ...]] = []
        self._walked = 0

    def flush(self) -> None:
        if self._rows:
            self.blocks.append(Table(tuple(self._rows)))
            self._rows = []

    def walk(self, container: etree._Element, data: etree._Element, path: str, depth: int) -> None:
        """The fields of a template's container, answered from the data group that belongs to it."""
        for child in container:
            self._walked += 1
            if self._walked > _MOST or depth > _DEEPEST:
                return
            kind, own = _name(child), child.get("name", "")
            if kind in ("subform", "subformSet", "area"):
                groups = _children(data, own) if own else []
                for group in groups or [data]:
                    self.walk(child, group, f"{path}/{own}" if groups else path, depth + 1)
            elif kind == "field":
                self._field(child, data, path)
            elif kind == "exclGroup":
                self._choice(child, data, path)
            elif kind == "draw":
                text = _words(next(iter(_children(child, "value")), None))
                if text:
                    self.flush()
                    self.blocks.append(Line((Run(text, path=f"{path}/{own}"),)))

    def bare(self, data: etree._Element, path: str, depth: int) -> None:
        """Data without a template: the names of its elements are all there is for captions."""
        for child in data:
            self._walked += 1
            if self._walked > _MOST or depth > _DEEPEST or not _name(child):
                return
            place = f"{path}/{_name(child)}"
            if len(child):
                self.bare(child, place, depth + 1)
            else:
                self._row(" ".join(_WORDS.findall(_name(child))), [(child.text or "").strip()], place)

    def _field(self, field: etree._Element, data: etree._Element, path: str) -> None:
        own = field.get("name", "")
        ui = next((_name(child) for holder in _children(field, "ui") for child in holder), "")
        if ui in ("button", "signature", "imageEdit"):
            return
        answers = [_words_in_lines(element) for element in _bound(field, data, self._root)]
        caption = _caption(field) or " ".join(_WORDS.findall(own))
        place = f"{path}/{own}"
        if ui == "checkButton":
            on = next(iter(_items(field)), "1")
            ticked = bool(answers) and answers[0] == on
            run = Run("", path=place, mark=ticked, control="checkbox", method="widget")
            self._add(caption, (Line((run,)),), ticked, place)
        elif ui == "choiceList":
            shown = dict(_options(field))
            self._row(caption, [shown.get(answer, answer) for answer in answers] or [""], place, "choice")
        else:
            self._row(caption, answers or [""], place)

    def _choice(self, group: etree._Element, data: etree._Element, path: str) -> None:
        answers = [(element.text or "").strip() for element in _bound(group, data, self._root)]
        runs: list[Run] = []
        place = f"{path}/{group.get('name', '')}"
        for member in _children(group, "field"):
            on = next(iter(_items(member)), member.get("name", ""))
            runs.append(Run("", path=place, mark=on in answers and on != "", control="radio", method="widget"))
            runs.append(Run(f" {_caption(member) or on} ", path=place))
        caption = _caption(group) or " ".join(_WORDS.findall(group.get("name", "")))
        self._add(caption, (Line(tuple(runs)),), any(answers), place)

    def _row(self, caption: str, answers: list[str], place: str, control: Any = "text") -> None:
        lines = [line for answer in answers for line in (answer.split("\n") or [""])]
        runs = [Line((Run(line, path=place, control=control, method="widget"),)) for line in lines]
        self._add(caption, tuple(runs), any(answers), place)

    def _add(self, caption: str, answer: tuple[Line, ...], answered: bool, place: str) -> None:
        self.answered += answered
        label = Cell((Line((Run(caption, path=place),)),), len(self._rows), 0, path=place)
        self._rows.append((label, Cell(answer, len(self._rows), 1, path=place)))


def _bound(field: etree._Element, data: etree._Element, root: etree._Element) -> list[etree._Element]:
    """The data elements that answer a field: by its binding where it names one, else by its name."""
    bind = next(iter(_children(field, "bind")), None)
    reference = (bind.get("ref") or "") if bind is not None else ""
    if bind is not None and bind.get("match") == "none":
        return []
    names = [part for part in re.split(r"[.\[\]*]+", reference) if part and not part.startswith(("$", "#"))]
    # $data is the root of all answers, $record the only record in it; else names count from the group about the field.
    found = [root] if reference.startswith("$data") else list(root) if reference.startswith("$record") else [data]
    for name in names or [field.get("name", "")]:
        found = [child for element in found for child in _children(element, name)]
    return found or _same_name(data, (names or [field.get("name", "")])[-1])


def _same_name(data: etree._Element, name: str) -> list[etree._Element]:
    """The only element of that name anywhere below, none when there are several."""
    found = [element for element in data.iter() if name and _name(element) == name and not len(element)]
    return found if len(found) == 1 else []


def _words_in_lines(element: etree._Element) -> str:
    """An answer; rich text keeps its paragraphs as lines."""
    paragraphs = [child for child in element.iter() if _name(child) in ("p", "li")]
    if paragraphs:
        return "\n".join(filter(None, (_words(paragraph) for paragraph in paragraphs)))
    lines = _inner(element).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.strip() for line in lines).strip()


def _caption(field: etree._Element) -> str:
    caption = next(iter(_children(field, "caption")), None)
    return _words(next(iter(_children(caption, "value")), None)) if caption is not None else ""


def _items(field: etree._Element) -> Iterator[str]:
    for items in _children(field, "items"):
        for item in items:
            yield (item.text or "").strip()


def _options(field: etree._Element) -> Iterator[tuple[str, str]]:
    """Stored value and shown words of each option of a list."""
    lists = _children(field, "items")
    shown = next((items for items in lists if items.get("save") != "1"), None)
    stored = next((items for items in lists if items.get("save") == "1"), shown)
    if shown is not None and stored is not None:
        for words, value in zip(shown, stored, strict=False):
            yield (value.text or "").strip(), (words.text or "").strip()
