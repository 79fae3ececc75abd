"""What a run of Word text shows: letters, line breaks, tick boxes, fields by their results and not their codes.

ECMA-376 part 1, 17.3.3 (run content) and 17.16 (fields, which may begin in one paragraph and end in another).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from extractors.files.pieces import PLAIN, PROMPT, Control, Look, Piece, as_shown
from extractors.layout import signs
from extractors.refusals import Refusal
from extractors.word.controls import legacy_check_box, legacy_choice
from extractors.word.names import W

_PROMPT_BUTTON = re.compile(r"^\s*MACROBUTTON\s+\S+\s+(.*)$", re.DOTALL | re.IGNORECASE)
_SYMBOL_FIELD = re.compile(
    r"^\s*SYMBOL\s+(0x[0-9a-f]{1,5}|\d{1,6}|\S)(?=\s|$)(?:.*?\\f\s*\"?([^\"\\]+)\"?)?", re.DOTALL | re.IGNORECASE
)
FIELDS_DEEP = 50
"""Fields within fields; Word itself goes no deeper than twenty."""
_NOT_SHOWN = frozenset({"FORMCHECKBOX", "FORMDROPDOWN", "TOC", "INDEX"})
"""Fields whose result is not text of the form: states drawn as signs, and lists of headings that would pass for them."""
_FIELD_NAME = re.compile(r"\s*\\?\s*([A-Za-z]+)")


@dataclass(slots=True)
class _Field:
    """A field that has begun and not ended. Code is collected until its result begins."""

    form: etree._Element | None
    code: list[str] = field(default_factory=list)
    in_result: bool = False
    name: str = ""
    control: Control | None = None
    shown: list[str] = field(default_factory=list)


class Text:
    """Collects the pieces of one paragraph after another. Fields open at a paragraph's end go on in the next."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._fields: list[_Field] = []

    def take(self) -> list[Piece]:
        """The pieces so far; a new paragraph begins. A field without end or result holds back nothing but its code."""
        while self._fields and not self._fields[-1].in_result and self._fields[-1].code:
            self._fields.pop()
        pieces, self.pieces = self.pieces, []
        return pieces

    @property
    def depth(self) -> int:
        """How many fields are open."""
        return len(self._fields)

    def close(self, depth: int) -> None:
        """Ends the fields that a cell or text box has left open."""
        while len(self._fields) > depth:
            self.end()

    def text(self, text: str, look: Look, control: Control | None) -> None:
        if not text or look.hidden:
            return
        if control is not None and control.tick is not None:
            self._add(Piece("", look, control, control.tick))
            control.tick = None
            text, control = text[1:], None
        elif control is not None and control.instead is not None:
            text, control.instead = control.instead, ""
        if look.font:
            for character in text:
                shown = signs.shown(look.font, character)
                self._add(
                    Piece(character if shown is None or character.isspace() else shown, look, control, symbol=True)
                )
            return
        self._add(Piece(as_shown(text), look, control))

    def sign(self, font: str, character: str, look: Look, control: Control | None) -> None:
        """A w:sym."""
        if look.hidden:
            return
        if control is not None and control.tick is not None:
            self.text(character, look, control)
        else:
            shown = signs.shown(font, character)
            self._add(Piece(character if shown is None else shown, look, control, symbol=shown is not None))

    def empty(self, look: Look, control: Control) -> None:
        """A control that shows nothing."""
        if not look.hidden:
            self._add(Piece("", look, control))

    def line_break(self) -> None:
        self._add(Piece("\n"))

    def begin(self, form: etree._Element | None) -> None:
        if len(self._fields) >= FIELDS_DEEP:
            raise Refusal("too_hard")
        self._fields.append(_Field(form))

    def code(self, text: str) -> None:
        if self._fields and not self._fields[-1].in_result:
            self._fields[-1].code.append(text)

    def separate(self) -> None:
        if self._fields and not self._fields[-1].in_result:
            opened = self._fields[-1]
            opened.in_result = True
            opened.name = _name_of(opened)
            if opened.name == "FORMTEXT":
                opened.control = Control("text", "legacy_field")
            elif opened.name == "MERGEFIELD":
                opened.control = Control("text", "text")

    def end(self) -> None:
        if not self._fields:
            return
        ended = self._fields.pop()
        name = ended.name or _name_of(ended)
        if name == "FORMCHECKBOX":
            box = None if ended.form is None else ended.form.find(W + "checkBox")
            self._add(Piece("", PLAIN, Control("checkbox", "legacy_field"), legacy_check_box(box)))
        elif name == "FORMDROPDOWN":
            choices = None if ended.form is None else ended.form.find(W + "ddList")
            shown = "".join(ended.shown)
            text, control = legacy_choice(choices, shown)
            self._add(Piece(text, PLAIN, control))
        elif name == "FORMTEXT":
            control = ended.control or Control("text", "legacy_field")
            control.placeholder = PROMPT.match("".join(ended.shown).strip()) is not None
            if not ended.shown:
                self._add(Piece("", PLAIN, control))
        elif name == "MERGEFIELD" and ended.control is not None:
            # A field that nobody has merged still shows its own name.
            ended.control.placeholder = re.fullmatch(r"\s*«.*»\s*", "".join(ended.shown)) is not None
        elif button := _PROMPT_BUTTON.match("".join(ended.code)):
            if not "".join(ended.shown).strip():
                self._add(Piece(button[1].strip(), PLAIN, Control("text", "legacy_field", placeholder=True)))
        elif (symbol := _SYMBOL_FIELD.match("".join(ended.code))) and not "".join(ended.shown).strip():
            self._symbol_field(symbol)

    def _symbol_field(self, symbol: re.Match[str]) -> None:
        code = symbol[1]
        number = int(code, 16) if code[:2].lower() == "0x" else int(code) if code.isdigit() else ord(code)
        font = (symbol[2] or "").strip()
        if 32 <= number < 0x10000 and not 0xD800 <= number < 0xE000:
            shown = signs.shown(font, chr(number))
            self._add(Piece(chr(number) if shown is None else shown, symbol=shown is not None))

    def _add(self, piece: Piece) -> None:
        for opened in reversed(self._fields):
            if not opened.in_result:
                return
            opened.shown.append(piece.text)
            if opened.name in _NOT_SHOWN:
                return
            if piece.control is None and piece.text != "\n":
                piece.control = opened.control
        self.pieces.append(piece)


def _name_of(opened: _Field) -> str:
    found = _FIELD_NAME.match("".join(opened.code))
    if found is not None:
        return found[1].upper()
    if opened.form is None:
        return ""
    # A field whose code was lost is known by its properties.
    for child, name in (("checkBox", "FORMCHECKBOX"), ("ddList", "FORMDROPDOWN"), ("textInput", "FORMTEXT")):
        if opened.form.find(W + child) is not None:
            return name
    return ""
