"""Reads the runs of a Word paragraph: each run's look, and its parts one after another.

ECMA-376 part 1, 17.3.2 (run properties) and 17.3.3 (run content).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lxml import etree

from extractors.files.pieces import PLAIN, Control, Look, Tick
from extractors.looks import RAISED, ink_of
from extractors.page import Method
from extractors.word.activex import Active
from extractors.word.drawings import alternative, drawn, holds_picture, text_boxes
from extractors.word.names import MC, VAL, R, W, value_of
from extractors.word.styles import TOGGLES, Styles, is_on_toggle, symbol_font_of
from extractors.word.text import Text

Children = Callable[[etree._Element, Control | None], Iterator[tuple[etree._Element, Control | None]]]
"""Story.children: an element's children with wrappers opened, each with the control it stands in."""

_PALE = 40
"""A run's shading counts as a marker pen when its colour channels differ by more than this (0-255); grey does not."""
_R_PR, _R_STYLE, _FONTS, _HIGHLIGHT, _SHADE, _BORDER, _UNDERLINE, _COLOUR = (
    W + name for name in ("rPr", "rStyle", "rFonts", "highlight", "shd", "bdr", "u", "color")
)
_R, _P, _FLD_SIMPLE, _ALTERNATIVES = W + "r", W + "p", W + "fldSimple", MC + "AlternateContent"
_ACTIVE_METHOD: Method = "content_control"


class Runs:
    """Collects what runs show, in `text`; text boxes wait until their paragraph is done. `pictures` counts those seen, and shapes
    that may mark an answer."""

    def __init__(self, styles: Styles, active: Callable[[str], Active | None], unread: Callable[[str], None]) -> None:
        self.text = Text()
        self._styles = styles
        self._active = active
        self._unread = unread
        self._boxes: list[etree._Element] = []
        self.pictures = 0
        self._raised = False
        self._parts: dict[str, Callable[[etree._Element, Look, Control | None], None]] = {
            W + "t": self._letters,
            W + "tab": self._tab,
            W + "ptab": self._tab,
            W + "br": self._break,
            W + "cr": self._break,
            W + "fldChar": self._field,
            W + "instrText": self._code,
            W + "sym": self._sign,
            W + "noBreakHyphen": self._hyphen,
            W + "drawing": self._drawing,
            W + "pict": self._drawing,
            W + "object": self._drawing,
            _ALTERNATIVES: self._alternatives,
            W + "commentReference": self._comment,
        }

    def read(
        self, elements: Iterable[tuple[etree._Element, Control | None]], style: str | None, children: Children
    ) -> None:
        """The runs among `elements`, in a paragraph of the given style."""
        for element, control in elements:
            tag = element.tag
            if tag == _R:
                self._run(element, style, control)
            elif tag == _FLD_SIMPLE:
                self.text.begin(element.find(W + "ffData"))
                self.text.code(element.get(W + "instr") or "")
                self.text.separate()
                self.read(children(element, control), style, children)
                self.text.end()
            elif tag == _P:
                # A paragraph inside a run-level control is a fault of some writers; its text is text all the same.
                self.read(children(element, control), style, children)

    def taken_boxes(self) -> list[etree._Element]:
        """The contents of the text boxes met since the last call."""
        boxes, self._boxes = self._boxes, []
        return boxes

    def _run(self, element: etree._Element, style: str | None, control: Control | None) -> None:
        look = None
        self._raised = value_of(element.find(_R_PR), "vertAlign") == "superscript"
        for child in element:
            part = self._parts.get(child.tag)
            if part is not None:
                if look is None:
                    look = self._look(element.find(_R_PR), style)
                part(child, look, control)

    def _look(self, properties: etree._Element | None, style: str | None) -> Look:
        if properties is None or not len(properties):
            return self._styles.look(style, None) if style is not None else PLAIN
        settings: dict[str, bool] = {}
        run_style: str | None = None
        font: str | None = None
        highlighted = False
        ink: str | None = None
        for child in properties:
            tag = child.tag
            if tag in TOGGLES:
                settings[TOGGLES[tag]] = is_on_toggle(child) or settings.get(TOGGLES[tag], False)
            elif tag == _R_STYLE:
                run_style = child.get(VAL)
            elif tag == _FONTS:
                font = symbol_font_of(child)
            elif tag == _COLOUR:
                ink = ink_of(child.get(VAL) or "")
            elif tag == _HIGHLIGHT:
                highlighted = highlighted or child.get(VAL) not in (None, "none", "white")
            elif tag == _SHADE:
                highlighted = highlighted or _marker_pen(child)
            elif tag in (_BORDER, _UNDERLINE):
                # A border round one word of several is how a ring is drawn on a keyboard; a line under it says the same.
                highlighted = highlighted or child.get(VAL) not in (None, "none", "nil")
        base = self._styles.look(style, run_style) if style is not None or run_style is not None else PLAIN
        if not settings and not highlighted and font is None and ink is None:
            return base
        return Look(
            bold=settings.get("bold", base.bold),
            struck=settings.get("struck", base.struck),
            highlighted=highlighted,
            hidden=settings.get("hidden", base.hidden),
            font=base.font if font is None else font or None,
            italic=settings.get("italic", base.italic),
            ink=base.ink if ink is None else ink,
        )

    def _letters(self, element: etree._Element, look: Look, control: Control | None) -> None:
        text = element.text or ""
        self.text.text(text.translate(RAISED) if self._raised and text.strip().isdecimal() else text, look, control)

    def _tab(self, element: etree._Element, look: Look, control: Control | None) -> None:
        self.text.text("\t", look, control)

    def _hyphen(self, element: etree._Element, look: Look, control: Control | None) -> None:
        self.text.text("-", look, control)

    def _break(self, element: etree._Element, look: Look, control: Control | None) -> None:
        self.text.line_break()

    def _code(self, element: etree._Element, look: Look, control: Control | None) -> None:
        self.text.code(element.text or "")

    def _sign(self, element: etree._Element, look: Look, control: Control | None) -> None:
        self.text.sign(element.get(W + "font") or "", _character(element.get(W + "char")), look, control)

    def _field(self, element: etree._Element, look: Look, control: Control | None) -> None:
        kind = element.get(W + "fldCharType")
        if kind == "begin":
            self.text.begin(element.find(W + "ffData"))
        elif kind == "separate":
            self.text.separate()
        elif kind == "end":
            self.text.end()

    def _alternatives(self, element: etree._Element, look: Look, control: Control | None) -> None:
        taken = alternative(element)
        for child in () if taken is None else taken:
            part = self._parts.get(child.tag)
            if part is not None:
                part(child, look, control)

    def _drawing(self, element: etree._Element, look: Look, control: Control | None) -> None:
        """Keeps the text boxes of a drawing for after the paragraph; what else is drawn is counted as unread."""
        if look.hidden:
            return
        active = element.find(W + "control")
        if active is not None:
            self._active_control(active.get(R + "id") or "", look)
            return
        boxes = text_boxes(element)
        self._boxes.extend(boxes)
        what = None if boxes else drawn(element)
        self.pictures += not boxes and (holds_picture(element) or what == "shape")
        if what is not None:
            self._unread(what)

    def _comment(self, element: etree._Element, look: Look, control: Control | None) -> None:
        self._unread("comment")

    def _active_control(self, identity: str, look: Look) -> None:
        shown = self._active(identity)
        if shown is None:
            self._unread("control")
            return
        control = Control(shown.kind, _ACTIVE_METHOD)
        if shown.kind in ("checkbox", "radio"):
            # A box of three states may be neither ("" or "2"): nobody can tell.
            tick = Tick(shown.value == "1", 1.0 if shown.value in ("0", "1") else 0.4)
            control.tick = tick
            self.text.text(" ", look, control)
            self.text.text(f" {shown.caption} ", look, None)
        elif shown.value:
            for number, line in enumerate(shown.value.splitlines()):
                if number:
                    self.text.line_break()
                self.text.text(line, look, control)
        else:
            self.text.empty(look, control)


def _character(code: str | None) -> str:
    try:
        number = int(code or "", 16)
    except ValueError:
        return " "
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else " "


def _marker_pen(shading: etree._Element) -> bool:
    fill = (shading.get(W + "fill") or "").lstrip("#")
    try:
        channels = [int(fill[at : at + 2], 16) for at in (0, 2, 4)] if len(fill) == 6 else [0]
    except ValueError:
        return False
    return max(channels) - min(channels) > _PALE
