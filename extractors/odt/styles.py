"""What the styles of an OpenDocument text add: bold, italic, struck, highlight, hidden, symbol fonts, shaded cells, lists.

OpenDocument 1.3 part 3, chapters 16 (styles) and 20 (formatting properties). A style may be named, automatic, or both;
each is based on its parent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml import etree

from extractors.files.pieces import PLAIN, Look
from extractors.layout import signs
from extractors.looks import ink_of

_NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "form": "urn:oasis:names:tc:opendocument:xmlns:form:1.0",
    "field": "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
OFFICE, STYLE, TEXT, TABLE, DRAW, FO, SVG, FORM, FIELD, LOEXT, XML = (f"{{{name}}}" for name in _NAMES.values())

_STYLES_DEEP = 20
_LISTS_DEEP = 10


def text_of(element: etree._Element) -> str:
    """All text inside an element."""
    return "".join(str(part) for part in element.itertext())


@dataclass(frozen=True, slots=True)
class _Style:
    parent: str | None
    set: Mapping[str, bool]
    font: str | None
    shaded: bool | None
    ink: str | None


class Styles:
    """The styles of the given roots (content.xml and styles.xml); the first that names a style wins."""

    def __init__(self, roots: Iterable[etree._Element]) -> None:
        self._styles: dict[tuple[str, str], _Style] = {}
        self._lists: dict[str, dict[int, bool | None]] = {}
        self._fonts: dict[str, str] = {}
        self._looks: dict[tuple[str | None, tuple[str, ...]], Look] = {}
        for root in roots:
            for face in root.iter(STYLE + "font-face"):
                self._fonts.setdefault(face.get(STYLE + "name") or "", face.get(SVG + "font-family") or "")
            for element in root.iter(STYLE + "style"):
                key = (element.get(STYLE + "family") or "", element.get(STYLE + "name") or "")
                self._styles.setdefault(key, self._read(element))
            for element in root.iter(TEXT + "list-style"):
                self._lists.setdefault(element.get(STYLE + "name") or "", self._read_list(element))

    def look(self, paragraph: str | None, spans: tuple[str, ...]) -> Look:
        """The look of text in a paragraph style and the text styles round it, outermost first."""
        key = (paragraph, spans)
        if key not in self._looks:
            chain = self._chain("paragraph", paragraph)
            for span in spans:
                chain = [*self._chain("text", span), *chain]
            self._looks[key] = _look(chain) if chain else PLAIN
        return self._looks[key]

    def shaded(self, cell: str | None) -> bool:
        """Whether a cell style leaves anything but white behind the text."""
        return next((style.shaded for style in self._chain("table-cell", cell) if style.shaded is not None), False)

    def sign(self, list_style: str | None, depth: int) -> tuple[bool, bool | None]:
        """Whether a list's sign at a depth (from 1) is a bullet, and whether it is an empty (False) or ticked (True) box."""
        levels = self._lists.get(list_style or "")
        if levels is None:
            return True, None
        return depth in levels, levels.get(depth)

    def _chain(self, family: str, name: str | None) -> list[_Style]:
        chain: list[_Style] = []
        while (
            name is not None and len(chain) < _STYLES_DEEP and (style := self._styles.get((family, name))) is not None
        ):
            chain.append(style)
            name = style.parent
        return chain

    def _read(self, element: etree._Element) -> _Style:
        settings: dict[str, bool] = {}
        font = shaded = ink = None
        for properties in element:
            if properties.tag == STYLE + "text-properties":
                for attribute, (name, plain) in _SETTINGS.items():
                    value = properties.get(attribute)
                    if value is not None:
                        settings[name] = settings.get(name, False) or value not in plain
                font = self._font(properties)
                colour = properties.get(FO + "color")
                ink = None if colour is None else ink_of(colour)
            elif properties.tag in (STYLE + "table-cell-properties", STYLE + "paragraph-properties"):
                fill = properties.get(FO + "background-color")
                if fill is not None:
                    shaded = fill.lower() not in ("transparent", "#ffffff")
        return _Style(element.get(STYLE + "parent-style-name"), MappingProxyType(settings), font, shaded, ink)

    def _font(self, properties: etree._Element) -> str | None:
        """The symbol font that a style sets, "" when it sets an ordinary one, None when it sets none."""
        named = properties.get(STYLE + "font-name")
        family = self._fonts.get(named, named) if named is not None else properties.get(FO + "font-family")
        if family is None:
            return None
        family = family.strip("'\"")
        return family if signs.shown(family, "o") is not None else ""

    def _read_list(self, element: etree._Element) -> dict[int, bool | None]:
        """The bulleted levels of a list style; numbered ones are left out."""
        levels: dict[int, bool | None] = {}
        for level in element.iterchildren(TEXT + "list-level-style-bullet"):
            depth = level.get(TEXT + "level") or ""
            properties = level.find(STYLE + "text-properties")
            font = (self._font(properties) if properties is not None else None) or ""
            drawn = level.get(TEXT + "bullet-char") or ""
            if len(drawn) == 1:
                drawn = signs.shown(font, drawn) or drawn
            if depth.isdigit() and len(depth) < 3:
                levels[int(depth)] = {"☐": False, "☑": True, "☒": True}.get(drawn)
        return levels


_SETTINGS: Mapping[str, tuple[str, frozenset[str]]] = MappingProxyType(
    {
        FO + "font-weight": ("bold", frozenset({"normal", "100", "200", "300", "400", "500"})),
        FO + "font-style": ("italic", frozenset({"normal"})),
        STYLE + "text-line-through-style": ("struck", frozenset({"none"})),
        STYLE + "text-line-through-type": ("struck", frozenset({"none"})),
        FO + "background-color": ("highlighted", frozenset({"transparent", "#ffffff"})),
        STYLE + "text-underline-style": ("highlighted", frozenset({"none"})),
        LOEXT + "char-shading-value": ("highlighted", frozenset({"0"})),
        TEXT + "display": ("hidden", frozenset({"true"})),
    }
)
"""Attribute of style:text-properties to the look it sets, and the values that mean it is off."""


def _look(chain: list[_Style]) -> Look:
    """The nearest style that says anything about a look decides on it."""
    found: dict[str, bool] = {}
    font: str | None = None
    ink: str | None = None
    for style in chain:
        ink = style.ink if ink is None else ink
        found = {**style.set, **found}
        font = style.font if font is None else font
    return Look(**found, font=font or None, ink=ink or "")
