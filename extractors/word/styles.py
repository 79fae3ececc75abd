"""What the styles and lists of a Word document add to a paragraph: bold, italic, struck, hidden, list signs, numbers.

ECMA-376 part 1, 17.7 (styles, with 17.7.3 on toggle properties) and 17.9 (numbering).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from extractors.files.package import Package
from extractors.files.pieces import Look
from extractors.layout import signs
from extractors.word.names import VAL, W, value_of

TOGGLES = {W + "b": "bold", W + "strike": "struck", W + "dstrike": "struck", W + "vanish": "hidden", W + "i": "italic"}
_LOOKS = ("bold", "struck", "hidden", "italic")
_OFF = frozenset({"0", "false", "off"})
_STYLES_DEEP = 20
"""Styles may be based on styles; a ring of them is a fault that must not hang the reader."""


@dataclass(frozen=True, slots=True)
class _Style:
    toggles: dict[str, bool]
    font: str | None
    based_on: str | None
    list_id: str | None
    level: str | None
    shade: bool


@dataclass(frozen=True, slots=True)
class ListSign:
    """The sign a list puts before a paragraph: a number or bullet, or a box (`mark` not None)."""

    mark: bool | None = None


def toggles_of(properties: etree._Element | None) -> dict[str, bool]:
    """The on/off looks that a w:rPr sets, by name."""
    if properties is None:
        return {}
    found: dict[str, bool] = {}
    for child in properties:
        name = TOGGLES.get(str(child.tag))
        if name is not None:
            found[name] = is_on_toggle(child) or found.get(name, False)
    return found


def is_on_toggle(element: etree._Element) -> bool:
    """Whether an on/off look is on."""
    return element.get(VAL) not in _OFF


def symbol_font(properties: etree._Element | None) -> str | None:
    """The symbol font that a w:rPr sets for letters, "" when it sets an ordinary one, None when it sets none."""
    fonts = None if properties is None else properties.find(W + "rFonts")
    return None if fonts is None else symbol_font_of(fonts)


def symbol_font_of(fonts: etree._Element) -> str | None:
    """The symbol font that a w:rFonts sets for letters, as `symbol_font`."""
    name = fonts.get(W + "ascii") or fonts.get(W + "hAnsi")
    if name is None:
        return None
    return name if _shows_signs(name) else ""


@lru_cache(maxsize=256)
def _shows_signs(font: str) -> bool:
    return signs.shown(font, "o") is not None


def is_shaded(shading: etree._Element | None) -> bool:
    """Whether a w:shd leaves anything but white behind the text."""
    if shading is None:
        return False
    fill = (shading.get(W + "fill") or "auto").lower().lstrip("#")
    if fill not in ("auto", "ffffff", "white"):
        return True
    if shading.get(W + "themeFill") is not None and fill == "auto":
        return True
    return (shading.get(VAL) or "clear") not in ("clear", "nil", "none")


class Styles:
    """The styles of one document, read on first use: a styles part is often four times as large as the document."""

    def __init__(self, package: Package, styles_part: str | None, numbering_part: str | None) -> None:
        self._package = package
        self._styles_part = styles_part
        self._numbering_part = numbering_part
        self._styles: dict[str, _Style] | None = None
        self._levels: dict[str, dict[str, _Level]] | None = None
        self._looks: dict[tuple[str | None, str | None], Look] = {}

    def look(self, paragraph_style: str | None, run_style: str | None) -> Look:
        """The look that a paragraph style and a character style give together; each toggles what the other has set."""
        key = (paragraph_style, run_style)
        if key not in self._looks:
            paragraph, run = self._own(paragraph_style), self._own(run_style)
            looks = {name: paragraph[0].get(name, False) != run[0].get(name, False) for name in _LOOKS}
            self._looks[key] = Look(**looks, font=run[1] if run[1] is not None else paragraph[1] or None, ink="")
        return self._looks[key]

    def list_sign(self, properties: etree._Element, style: str | None) -> ListSign | None:
        """The list sign of a paragraph by its w:pPr, itself or by its style; None for a paragraph of no list."""
        numbering = properties.find(W + "numPr")
        list_id, level = value_of(numbering, "numId"), value_of(numbering, "ilvl")
        if list_id is None and style is not None:
            list_id, level = self._list_of(style, level)
        if list_id is None or list_id == "0":
            return None
        found = self._level(list_id, level or "0")
        return None if found is None else found.sign()

    def shades_cells(self, style: str | None) -> bool:
        """Whether a table style shades every cell."""
        return style is not None and any(found.shade for found in self._chain(style))

    def _own(self, name: str | None) -> tuple[dict[str, bool], str | None]:
        toggles: dict[str, bool] = {}
        font: str | None = None
        for style in self._chain(name):
            toggles = {**style.toggles, **toggles}
            font = style.font if font is None else font
        return toggles, font

    def _list_of(self, name: str, level: str | None) -> tuple[str | None, str | None]:
        for style in self._chain(name):
            if style.list_id is not None:
                return style.list_id, level or style.level
        return None, None

    def _chain(self, name: str | None) -> list[_Style]:
        """A style and those it is based on, nearest first."""
        if name is None:
            return []
        if self._styles is None:
            self._styles = self._read_styles()
        chain: list[_Style] = []
        while name is not None and len(chain) < _STYLES_DEEP and (style := self._styles.get(name)) is not None:
            chain.append(style)
            name = style.based_on
        return chain

    def _read_styles(self) -> dict[str, _Style]:
        root = self._package.xml(self._styles_part) if self._styles_part else None
        if root is None:
            return {}
        found: dict[str, _Style] = {}
        for element in root.iterchildren(W + "style"):
            identity = element.get(W + "styleId")
            if identity is None:
                continue
            run, paragraph = element.find(W + "rPr"), element.find(W + "pPr")
            numbering = None if paragraph is None else paragraph.find(W + "numPr")
            cell = element.find(W + "tcPr")
            found[identity] = _Style(
                toggles_of(run),
                symbol_font(run),
                value_of(element, "basedOn"),
                value_of(numbering, "numId"),
                value_of(numbering, "ilvl"),
                cell is not None and is_shaded(cell.find(W + "shd")),
            )
        return found

    def _level(self, list_id: str, level: str) -> _Level | None:
        if self._levels is None:
            self._levels = self._read_numbering()
        return self._levels.get(list_id, {}).get(level)

    def _read_numbering(self) -> dict[str, dict[str, _Level]]:
        root = self._package.xml(self._numbering_part) if self._numbering_part else None
        if root is None:
            return {}
        drawn = {
            element.get(W + "abstractNumId"): {
                level.get(W + "ilvl") or "0": _read_level(level) for level in element.iterchildren(W + "lvl")
            }
            for element in root.iterchildren(W + "abstractNum")
        }
        lists: dict[str, dict[str, _Level]] = {}
        for element in root.iterchildren(W + "num"):
            levels = dict(drawn.get(value_of(element, "abstractNumId"), {}))
            for change in element.iterchildren(W + "lvlOverride"):
                if (level := change.find(W + "lvl")) is not None:
                    levels[change.get(W + "ilvl") or "0"] = _read_level(level)
            lists[element.get(W + "numId") or ""] = levels
        return lists


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list: its format, the text of its sign ("%1." or a character) and the font of that."""

    style: str
    text: str
    font: str

    def sign(self) -> ListSign | None:
        if self.style == "none" or not self.text:
            return None
        if self.style != "bullet":
            return ListSign()
        drawn = self.text if len(self.text) != 1 else (signs.shown(self.font, self.text) or self.text)
        # A tick is one of Word's ready-made bullets; a box is not, so somebody meant it as a box.
        return ListSign(mark={"☐": False, "☑": True, "☒": True}.get(drawn))


def _read_level(element: etree._Element) -> _Level:
    properties = element.find(W + "rPr")
    return _Level(
        value_of(element, "numFmt") or "decimal",
        value_of(element, "lvlText") or "",
        symbol_font(properties) or "",
    )
