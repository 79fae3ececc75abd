"""Fillable controls of a Word document: content controls (w:sdt) and legacy form fields (w:ffData), as what they show.

ECMA-376 part 1, 17.5.2 (structured document tags) and 17.16.7 (form fields); [MS-DOCX] 2.6.1.2 (w14:checkbox).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from lxml import etree

from extractors.files.pieces import PROMPT, Control, ControlKind, Tick
from extractors.layout import signs
from extractors.word.names import VAL, W14, W15, W, is_on, number_of, value_of

LOOKED_AT = 200
"""Runs of a control that are looked at to tell a prompt from a value: controls may nest, and hold a whole form."""
DATE_KEPT = re.compile(r"^\s*(\d{4}-\d{2}-\d{2})")


def content_control(
    properties: etree._Element | None,
    content: etree._Element,
    prompt: Callable[[], str | None],
    bound: str | None,
) -> Control | None:
    """A content control by its w:sdtPr and w:sdtContent; None for one that only groups others.

    `prompt` gives the text of its placeholder in the document's glossary, None when it has none; `bound` is the text of
    the data that the control is bound to, which Word shows in its place.
    """
    if properties is None:
        return None
    shown = "".join(text.text or "" for text in islice(content.iter(W + "t"), LOOKED_AT))
    box = properties.find(W14 + "checkbox")
    if box is not None:
        tick = _check_box(box, shown)
        if bound is not None and bound.strip().lower() in ("true", "false", "1", "0"):
            bound_tick = bound.strip().lower() in ("true", "1")
            tick = Tick(bound_tick, tick.confidence if bound_tick == tick.ticked else 0.4)
        return Control("checkbox", "content_control", tick=tick)
    kind: ControlKind = "text"
    iso = None
    for child in properties:
        if child.tag in _GROUPS:
            return None
        if child.tag == W + "date":
            kind = "date"
            iso = _iso_date(child.get(W + "fullDate"))
        elif child.tag in (W + "dropDownList", W + "comboBox"):
            kind = "choice"
            bound = None if bound is None else _display_text(child, bound)
    said = is_on(properties.find(W + "showingPlcHdr"))
    placeholder, confidence = _is_prompt(shown, prompt, said, content)
    control = Control(kind, "content_control", placeholder, None if placeholder else iso, confidence=confidence)
    return control if bound is None else _bound(control, shown, bound)


def _bound(control: Control, shown: str, bound: str) -> Control:
    """The control with the data it is bound to shown in place of a prompt, or of another text, which leaves a doubt."""
    told = " ".join(bound.split())
    iso = _iso_date(bound) if control.kind == "date" else None
    if not told or told == " ".join(shown.split()) or (iso is not None and iso == control.iso_date):
        return control
    control.confidence = 1.0 if control.placeholder or not shown.strip() else 0.6
    control.instead, control.iso_date, control.placeholder = iso or bound.strip(), iso, False
    return control


def _iso_date(text: str | None) -> str | None:
    kept = DATE_KEPT.match(text or "")
    return kept[1] if kept else None


def _display_text(choices: etree._Element, value: str) -> str:
    """What a list shows for the value of one of its entries."""
    for entry in choices.iterchildren(W + "listItem"):
        if value.strip() and entry.get(W + "value") == value.strip():
            return entry.get(W + "displayText") or value
    return value


def _is_prompt(shown: str, prompt: Callable[[], str | None], said: bool, content: etree._Element) -> tuple[bool, float]:
    """Whether a control shows its prompt and not a value, and how sure that is.

    The document may say so and be wrong (software that fills a template and forgets the mark), or not say so and be
    wrong (a prompt kept as plain text by an editor that knows no controls). Prompts are grey, values are not.
    """
    text = " ".join(shown.split())
    if not text:
        return said, 1.0
    if PROMPT.match(text):
        return True, 1.0
    kept = prompt()
    if kept is not None:
        return text == " ".join(kept.split()), 1.0
    return (True, 1.0) if said and _is_grey(content) else (False, 0.7 if said else 1.0)


def _is_grey(content: etree._Element) -> bool:
    for properties in islice(content.iter(W + "rPr"), LOOKED_AT):
        style, colour = value_of(properties, "rStyle") or "", value_of(properties, "color") or ""
        if "placeholder" in style.lower() or re.fullmatch(r"([4-9A-Ca-c][0-9A-Fa-f])\1\1", colour):
            return True
    return False


def legacy_check_box(box: etree._Element | None) -> Tick:
    """A FORMCHECKBOX field: w:checked when the user has touched it, else w:default. Doubtful when its state was lost."""
    if box is None:
        return Tick(False, 0.4)
    checked = box.find(W + "checked")
    return Tick(is_on(checked if checked is not None else box.find(W + "default")))


def legacy_choice(choices: etree._Element | None, result: str) -> tuple[str, Control]:
    """A FORMDROPDOWN field: the entry shown. Untouched, it shows its default, or its first entry.

    `result` is the text kept as the field's result: Word keeps none, LibreOffice does.
    """
    entries = [] if choices is None else [entry.get(VAL) or "" for entry in choices.findall(W + "listEntry")]
    chosen = value_of(choices, "result")
    at = number_of(chosen if chosen is not None else value_of(choices, "default"))
    shown = entries[at] if 0 <= at < len(entries) else result
    return shown, Control("choice", "legacy_field", placeholder=PROMPT.match(shown) is not None)


_GROUPS = frozenset(
    {
        W + "group",
        W + "picture",
        W + "docPartObj",
        W + "docPartList",
        W + "bibliography",
        W + "citation",
        W + "equation",
        W15 + "repeatingSection",
        W15 + "repeatingSectionItem",
    }
)


def _check_box(box: etree._Element, shown: str) -> Tick:
    checked = box.find(W14 + "checked")
    ticked = is_on(checked, W14 + "val")
    drawn = {state: _signs_of(box.find(W14 + state)) for state in ("checkedState", "uncheckedState")}
    this, other = ("checkedState", "uncheckedState") if ticked else ("uncheckedState", "checkedState")
    # What people see is the sign. Where it is plainly the other one, nobody can be sure.
    contradicts = shown.strip() in drawn[other] - drawn[this]
    return Tick(ticked, 0.4 if contradicts else 1.0)


def _signs_of(state: etree._Element | None) -> set[str]:
    """The characters that may draw a state of a check box: the code itself, and what it shows in its font."""
    code = None if state is None else state.get(W14 + "val")
    if state is None or code is None or not re.fullmatch(r"[0-9A-Fa-f]{1,6}", code) or int(code, 16) >= 0x110000:
        return set()
    character = chr(int(code, 16))
    return {character, signs.shown(state.get(W14 + "font") or "", character) or character}
