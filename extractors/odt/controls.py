"""Fillable controls of an OpenDocument text: content controls, fields that Word's form fields become, and form controls.

OpenDocument 1.3 part 3, chapter 13 (forms); LibreOffice's loext:content-control and field:fieldmark.
"""

from __future__ import annotations

from lxml import etree

from extractors.files.pieces import PLAIN, PROMPT, Control, Piece, Tick
from extractors.odt.styles import FIELD, FORM, LOEXT, TEXT, XML, text_of

_YES = frozenset({"true", "checked", "1"})


def content_control(element: etree._Element) -> Control:
    """A content control; its state and kind are attributes, its list entries children."""
    shown = text_of(element).strip()
    if _own(element, "checkbox") == "true":
        return Control("checkbox", "content_control", tick=Tick(_own(element, "checked") == "true"))
    placeholder = bool(shown) and (PROMPT.match(shown) is not None or _own(element, "showing-place-holder") == "true")
    if _own(element, "date") == "true":
        kept = _own(element, "current-date")[:10]
        return Control("date", "content_control", placeholder, kept if kept and not placeholder else None)
    has_entries = any(str(child.tag).endswith("}list-item") for child in element)
    return Control("choice" if has_entries else "text", "content_control", placeholder)


def field_mark(element: etree._Element) -> tuple[str, Control]:
    """A field that Word's FORMTEXT, FORMCHECKBOX, FORMDROPDOWN or a date picker became: the text it shows by itself."""
    kind = (element.get(FIELD + "type") or "").rpartition(".")[2]
    settings = [
        (param.get(FIELD + "name") or "", param.get(FIELD + "value") or "")
        for param in element.iterchildren(FIELD + "param")
    ]
    named = dict(settings)
    if kind == "FORMCHECKBOX":
        return "", Control("checkbox", "legacy_field", tick=Tick(named.get("Checkbox_Checked", "false") in _YES))
    if kind == "FORMDROPDOWN":
        entries = [value for name, value in settings if name == "Dropdown_ListEntry"]
        chosen = named.get("Dropdown_Selected", "0")
        at = int(chosen) if chosen.isdigit() and len(chosen) < 6 else 0
        shown = entries[at] if at < len(entries) else ""
        return shown, Control("choice", "legacy_field", placeholder=PROMPT.match(shown) is not None)
    if kind == "FORMDATE":
        return "", Control("date", "legacy_field", iso_date=named.get("DateField_CurrentDate", "")[:10] or None)
    return "", Control("text", "legacy_field")


def forms_of(root: etree._Element) -> dict[str, etree._Element]:
    """The form controls of a document by their id."""
    found: dict[str, etree._Element] = {}
    for element in root.iter("{*}checkbox", "{*}radio", "{*}text", "{*}textarea", "{*}formatted-text", "{*}date", "{*}listbox", "{*}combobox", "{*}fixed-text", "{*}number"):  # fmt: skip
        if str(element.tag).startswith(FORM):
            for name in (XML + "id", FORM + "id"):
                if identity := element.get(name):
                    found.setdefault(identity, element)
    return found


def form_control(element: etree._Element) -> list[Piece]:
    """What a form control shows: a tick with its label, or a text."""
    kind = str(element.tag).removeprefix(FORM)
    label = element.get(FORM + "label") or ""
    if kind == "checkbox":
        state = element.get(FORM + "current-state") or element.get(FORM + "state") or "unchecked"
        tick = Tick(state in _YES, 0.4 if state == "unknown" else 1.0)
        return [Piece("", PLAIN, Control("checkbox", "content_control"), tick), Piece(f" {label} ")]
    if kind == "radio":
        state = element.get(FORM + "current-selected") or element.get(FORM + "selected") or "false"
        return [Piece("", PLAIN, Control("radio", "content_control"), Tick(state in _YES)), Piece(f" {label} ")]
    if kind == "fixed-text":
        return [Piece(f"{label} ")]
    shown = element.get(FORM + "current-value") or element.get(FORM + "value") or ""
    if kind == "listbox":
        chosen = [
            option.get(FORM + "label") or option.get(FORM + "value") or ""
            for option in element.iterchildren(FORM + "option")
            if (option.get(FORM + "current-selected") or option.get(FORM + "selected")) in _YES
        ]
        shown = ", ".join(chosen)
    elif kind == "textarea" and not shown:
        shown = "\n".join(text_of(line) for line in element.iter(TEXT + "p"))
    placeholder = PROMPT.match(shown) is not None
    names = {"listbox": "choice", "combobox": "choice", "date": "date"}
    control = Control("text", "content_control", placeholder)
    if names.get(kind) == "choice":
        control.kind = "choice"
    elif names.get(kind) == "date":
        control.kind = "date"
    pieces = [Piece(line, PLAIN, control) for line in shown.split("\n")]
    return [piece for line in pieces for piece in (Piece("\n"), line)][1:]


def _own(element: etree._Element, name: str) -> str:
    return element.get(LOEXT + name) or element.get(TEXT + name) or ""
