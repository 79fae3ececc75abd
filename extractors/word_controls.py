"""Fillable controls of a Word document: content controls (w:sdt) and legacy form fields (w:ffData), as what they show.

ECMA-376 part 1, 17.5.2 (structured document tags) and 17.16.7 (form fields); [MS-DOCX] 2.6.1.2 (w14:checkbox).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from extractors import signs
from extractors.pieces import PROMPT, Control, ControlKind, Tick
from extractors.word_names import VAL, W14, W15, W, is_on, number_of, value_of

DATE_KEPT = re.compile(r"^\s*(\d{4}-\d{2}-\d{2})")


def content_control(properties: etree._Element | None, shown: str, prompt: Callable[[], str | None]) -> Control | None:
    """A content control by its w:sdtPr and the text it shows; None for one that only groups others.

    `prompt` gives the text of its placeholder in the document's glossary, None when it has none.
    """
    if properties is None:
        return None
    box = properties.find(W14 + "checkbox")
    if box is not None:
        return Control("checkbox", "content_control", tick=_check_box(box, shown))
    kind: ControlKind = "text"
    iso = None
    for child in properties:
        if child.tag in _GROUPS:
            return None
        if child.tag == W + "date":
            kind = "date"
            kept = DATE_KEPT.match(child.get(W + "fullDate") or "")
            iso = kept[1] if kept else None
        elif child.tag in (W + "dropDownList", W + "comboBox"):
            kind = "choice"
    placeholder = is_prompt(shown, prompt, said=is_on(properties.find(W + "showingPlcHdr")))
    return Control(kind, "content_control", placeholder, None if placeholder else iso)


def is_prompt(shown: str, prompt: Callable[[], str | None], said: bool) -> bool:
    """Whether a control shows its prompt and not a value.

    The document may say so and be wrong (software that fills a template and forgets the mark), or not say so and be
    wrong (a prompt kept as plain text by an editor that knows no controls).
    """
    text = " ".join(shown.split())
    if not text:
        return said
    if PROMPT.match(text):
        return True
    kept = prompt()
    return said if kept is None else text == " ".join(kept.split())


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
