"""Looks up the data that content controls are bound to: Word shows that data, whatever text the document has kept.

ECMA-376 part 1, 17.5.2.6 (w:dataBinding) and 22.5 (custom XML). Paths are walked by hand: an XPath from a stranger's file
could take for ever.
"""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree

from extractors.files.package import Package
from extractors.refusals import Refusal
from extractors.word.names import W

_PROPERTIES = re.compile(r"customxml/itemprops(\d+)\.xml", re.IGNORECASE)
_STEP = re.compile(r"(?P<at>@)?(?:[\w.-]+:)?(?P<name>[\w.-]+)(?:\[(?P<place>\d{1,4})\])?")
_KNOWN = {
    "{6c3c8bc8-f283-45ae-878a-bab7291924a1}": "docProps/core.xml",
    "{6668398d-a668-4e3e-a5eb-62b293d839f1}": "docProps/app.xml",
}
"""Stores whose ids Word has fixed: the document's own properties."""

MOST_PIECES = 1_000
"""Pieces of text below one element; a control is bound to one value, not to a whole store."""


class Bindings:
    """The XML stores of one document, read on first use."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._stores: dict[str, str] | None = None
        self._roots: dict[str, etree._Element | None] = {}
        self._named: dict[etree._Element, dict[str, list[etree._Element]]] = {}

    def value(self, properties: etree._Element | None) -> str | None:
        """The text that the control with these w:sdtPr is bound to, None when it is bound to nothing or nothing is there."""
        binding = None if properties is None else properties.find(W + "dataBinding")
        if binding is None:
            return None
        root = self._root((binding.get(W + "storeItemID") or "").lower())
        return None if root is None else self._walk(root, binding.get(W + "xpath") or "")

    def _root(self, store: str) -> etree._Element | None:
        if store not in self._roots:
            part = self._parts().get(store)
            try:
                self._roots[store] = None if part is None else self._package.xml(part)
            except Refusal as refusal:
                if refusal.code != "damaged":
                    raise
                self._roots[store] = None
        return self._roots[store]

    def _parts(self) -> dict[str, str]:
        if self._stores is None:
            self._stores = dict(_KNOWN)
            for name in self._package.names:
                if (found := _PROPERTIES.fullmatch(name)) and (properties := self._package.xml(name)) is not None:
                    identity = next((value for key, value in properties.items() if str(key).endswith("itemID")), "")
                    self._stores[str(identity).lower()] = f"customXml/item{found[1]}.xml"
        return self._stores

    def _walk(self, root: etree._Element, path: str) -> str | None:
        """The text at a path such as /ns0:form[1]/ns0:surname[1] or /form/person/@name."""
        steps = path.strip().strip("/").split("/")
        first = _STEP.fullmatch(steps[0])
        if first is None or first["name"] != etree.QName(root).localname:
            return None
        element = root
        for step in steps[1:]:
            found = _STEP.fullmatch(step)
            if found is None:
                return element.text if step == "text()" else None
            if found["at"]:
                return next((str(value) for key, value in element.items() if _local(key) == found["name"]), None)
            named = self._children(element).get(found["name"], [])
            place = int(found["place"] or 1) - 1
            if not 0 <= place < len(named):
                return None
            element = named[place]
        return "".join(str(part) for part in islice(element.itertext(), MOST_PIECES))

    def _children(self, element: etree._Element) -> dict[str, list[etree._Element]]:
        """The children of an element by name: looked through once, however many controls are bound below it."""
        if element not in self._named:
            children = self._named[element] = {}
            for child in element:
                if isinstance(child.tag, str):
                    children.setdefault(_local(child.tag), []).append(child)
        return self._named[element]


def _local(name: str | bytes) -> str:
    return str(name).rpartition("}")[2]
