"""The names of WordprocessingML that the Word reader asks for, and how its on/off values are spelt.

ECMA-376 part 1 (transitional names; package.py turns the strict ones into these), [MS-DOCX] for w14 and w15.
"""

from __future__ import annotations

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
VAL = W + "val"

_OFF = frozenset({"0", "false", "off", "none"})


def is_on(element: etree._Element | None, attribute: str = VAL) -> bool:
    """Whether an on/off element is there and not switched off (ST_OnOff: no value means on)."""
    return element is not None and (element.get(attribute) or "1").lower() not in _OFF


def value_of(parent: etree._Element | None, name: str) -> str | None:
    """w:val of the child w:`name`, None when there is none."""
    child = None if parent is None else parent.find(W + name)
    return None if child is None else child.get(VAL)


def number_of(text: str | None, otherwise: int = 0) -> int:
    """A whole number as written in an attribute, `otherwise` when it is none."""
    try:
        return int(text) if text is not None and len(text) <= 9 else otherwise
    except ValueError:
        return otherwise
