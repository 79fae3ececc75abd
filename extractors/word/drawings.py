"""What is drawn in a Word document: text boxes, whose words are read, and pictures or shapes that may hide an answer.

ECMA-376 part 1, 20.4 (DrawingML in Word) and part 4, 19.1 (VML).
"""

from __future__ import annotations

import re
from typing import Literal

from lxml import etree

from extractors.word.names import MC, W, number_of

Drawn = Literal["picture", "shape", "object"]

_EMU_PER_CM = 360_000
_PT_PER_CM = 28.35
PICTURE_CM2 = 50.0
"""A picture from this size may be a scanned page or a photographed form; smaller ones are logos and signatures."""
WORDS_CM2 = 1.0
"""A picture from this size may show words in the place of an answer."""
SHAPE_CM = 8.0
"""A stroke or frame no wider than this may mark an answer; wider ones are rules and frames of the page. Rings always may."""

_ALTERNATIVES = MC + "AlternateContent"
_SIDE = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*([\d.]{1,9})(pt|in|cm|mm|px)?", re.IGNORECASE)
_IN_CM = {"pt": 1 / _PT_PER_CM, "in": 2.54, "cm": 1.0, "mm": 0.1, "px": 0.75 / _PT_PER_CM}
_SHAPES = ("{*}wsp", "{*}oval", "{*}line", "{*}shape", "{*}rect", "{*}contentPart", "{*}polyline", "{*}curve")


def alternative(element: etree._Element) -> etree._Element | None:
    """The content taken of an mc:AlternateContent: the first choice that holds anything for us, else the first."""
    choices = [child for child in element if child.tag in (MC + "Choice", MC + "Fallback")]
    telling = (
        choice for choice in choices if next(choice.iter(W + "t", W + "txbxContent", W + "sym"), None) is not None
    )
    return next(telling, choices[0] if choices else None)


def text_boxes(drawing: etree._Element) -> list[etree._Element]:
    """The contents of a drawing's text boxes, each once; those inside others come with them."""
    return [box for box in drawing.iter(W + "txbxContent") if not _comes_with_another(box, drawing)]


def drawn(drawing: etree._Element) -> Drawn | None:
    """What a drawing without words is, as far as it may hide an answer."""
    if next(drawing.iter("{*}OLEObject"), None) is not None:
        return "object"
    width, height = _size(drawing)
    if next(drawing.iter("{*}blip", "{*}imagedata"), None) is not None:
        return "picture" if width * height >= PICTURE_CM2 else None
    if width > SHAPE_CM and not _ring(drawing):
        return None
    return "shape" if next(drawing.iter(*_SHAPES), None) is not None else None


def _ring(drawing: etree._Element) -> bool:
    """Whether a drawing is a ring, as drawn round the chosen one of options."""
    shapes = drawing.iter("{*}oval", "{*}prstGeom")
    return any(etree.QName(shape).localname == "oval" or shape.get("prst") == "ellipse" for shape in shapes)


def holds_picture(drawing: etree._Element) -> bool:
    """Whether a drawing is a picture large enough for words."""
    width, height = _size(drawing)
    return width * height >= WORDS_CM2 and next(drawing.iter("{*}blip", "{*}imagedata"), None) is not None


def _size(drawing: etree._Element) -> tuple[float, float]:
    """Width and height in centimetres, nothing where none is told."""
    extent = next(drawing.iter("{*}extent"), None)
    if extent is not None:
        return (
            number_of(extent.get("cx")) / _EMU_PER_CM,
            number_of(extent.get("cy")) / _EMU_PER_CM,
        )
    for element in drawing.iter(*_SHAPES):
        sides = {
            name.lower(): float(number) * _IN_CM[unit.lower() or "pt"]
            for name, number, unit in _SIDE.findall(element.get("style") or "")
            if number.count(".") < 2 and number != "."
        }
        if sides:
            return sides.get("width", 0.0), sides.get("height", 0.0)
    return 0.0, 0.0


def _comes_with_another(box: etree._Element, drawing: etree._Element) -> bool:
    """Whether a text box stands in another one of the same drawing, or in a version of it that is not taken."""
    for parent in box.iterancestors():
        if parent is drawing:
            return False
        if parent.tag == W + "txbxContent":
            return True
        above = parent.getparent()
        if above is not None and above.tag == _ALTERNATIVES and alternative(above) is not parent:
            return True
    return False
