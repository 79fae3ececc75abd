"""The fillable fields of a PDF page and what was written on it with a reader's tools: typed notes, strokes, markers.

Values come from the fields themselves, so it does not matter whether they were ever drawn. Scripts and actions are not run.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pypdfium2.raw as pdfium

from extractors.layout.ink import Edge, Shade, Word
from extractors.layout.ticks import Shape
from extractors.pdf.frame import Corners, Frame
from extractors.pdf.second_reader import field_values

_HIDDEN = 2 | 32
"""Annotation flags Hidden and NoView, ISO 32000-1 table 165."""
_PASSWORD = 1 << 13
"""Field flag of a password field, ISO 32000-1 table 228."""
_OFF = ("", "Off")
_UNDRAWN = 0.7
"""Confidence in a tick that the field's value states and its look does not show."""
_MOST = 5000
"""Annotations looked at on one page."""
_LONGEST = 1 << 20
_PRINT = 9.0
"""Size of print assumed in a field, in points, where its height does not say less."""
_PROMPT = re.compile(
    r"\s*(?:[-–—.<\[(]*\s*(?:please\s+)?(?:select|choose|pick|click|tap|enter)\b.*|[-–—. ]+)\s*", re.IGNORECASE
)
"""What a field shows before anybody has chosen: a prompt, or dashes."""


@dataclass(slots=True)
class Annotations:
    """words: field values and typed notes. areas: where fields stand. struck, marked: areas under strike-outs and markers.
    attached: whether a file is pinned to the page. commented: whether a note is stuck on it."""

    words: list[Word] = field(default_factory=list)
    areas: list[tuple[Corners, Word]] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    lines: list[Edge] = field(default_factory=list)
    struck: list[Corners] = field(default_factory=list)
    marked: list[Shade] = field(default_factory=list)
    attached: bool = False
    commented: bool = False


class Form:
    """The form environment of an open document, without which fields cannot be asked; left before the document is closed.

    content: the file, for a second reader where a field's look and value have to be told apart.
    """

    def __init__(self, pdf: Any, content: bytes = b"") -> None:
        self.handle: Any = None
        self._content = content
        self._stated: Mapping[str, str] | None = None
        if pdfium.FPDF_GetFormType(pdf) != pdfium.FORMTYPE_NONE:
            self._info = pdfium.FPDF_FORMFILLINFO(version=2)
            self.handle = pdfium.FPDFDOC_InitFormFillEnvironment(pdf, self._info)

    def stated(self, name: str) -> str:
        """The value that the file states for a field, "" when it states none."""
        if self._stated is None:
            self._stated = field_values(self._content)
        return self._stated.get(name, "")

    def __enter__(self) -> Form:
        return self

    def __exit__(self, *_: object) -> None:
        if self.handle:
            pdfium.FPDFDOC_ExitFormFillEnvironment(self.handle)
            self.handle = None


def read_annotations(page: Any, form: Form, frame: Frame) -> Annotations:
    """All fields and notes of a loaded page, in the upright frame."""
    found = Annotations()
    if form.handle:
        # Only pages that the form environment knows give the state of their boxes. No script runs: none is built in.
        pdfium.FORM_OnAfterLoadPage(page, form.handle)
    for i in range(min(_MOST, max(0, pdfium.FPDFPage_GetAnnotCount(page)))):
        annotation = pdfium.FPDFPage_GetAnnot(page, i)
        if not annotation:
            continue
        try:
            if not pdfium.FPDFAnnot_GetFlags(annotation) & _HIDDEN:
                _read(annotation, form, frame, found)
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    if form.handle:
        pdfium.FORM_OnBeforeClosePage(page, form.handle)
    return found


def _read(annotation: Any, form: Form, frame: Frame, found: Annotations) -> None:
    kind = pdfium.FPDFAnnot_GetSubtype(annotation)
    rect = pdfium.FS_RECTF()
    if not pdfium.FPDFAnnot_GetRect(annotation, rect):
        return
    box = frame.box(rect.left, rect.bottom, rect.right, rect.top)
    if kind == pdfium.FPDF_ANNOT_WIDGET:
        word = _widget(annotation, form, box)
        if word is not None:
            found.words.append(word)
            found.areas.append((box, word))
    elif kind == pdfium.FPDF_ANNOT_FREETEXT:
        text = _plain(
            _string(lambda buffer, size: pdfium.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size))
        )
        if text:
            found.words.append(_note(text, box))
    elif kind == pdfium.FPDF_ANNOT_TEXT:
        found.commented = True
    elif kind == pdfium.FPDF_ANNOT_FILEATTACHMENT:
        found.attached = True
    elif kind in (pdfium.FPDF_ANNOT_STRIKEOUT, pdfium.FPDF_ANNOT_HIGHLIGHT):
        areas = _quads(annotation, frame) or [box]
        if kind == pdfium.FPDF_ANNOT_STRIKEOUT:
            found.struck += areas
        else:
            found.marked += [Shade(*area, True) for area in areas]
    elif kind in (pdfium.FPDF_ANNOT_CIRCLE, pdfium.FPDF_ANNOT_SQUARE):
        found.marked.append(Shade(*box, True))
        found.shapes.append(Shape(*box, False, True, False, True))
    elif kind in (pdfium.FPDF_ANNOT_INK, pdfium.FPDF_ANNOT_LINE, pdfium.FPDF_ANNOT_STAMP, pdfium.FPDF_ANNOT_POLYLINE):
        found.shapes.append(Shape(*box, False, True, False, True))
        if kind != pdfium.FPDF_ANNOT_STAMP and box[3] - box[1] < 0.25 * (box[2] - box[0]):
            found.lines.append(Edge((box[1] + box[3]) / 2, box[0], box[2]))


def _note(text: str, box: Corners) -> Word:
    lines = text.count("\n") + 1
    size = max(4.0, min(_PRINT + 3, 0.8 * (box[3] - box[1]) / lines))
    return Word(text, *box, size)


def _widget(annotation: Any, form: Form, box: Corners) -> Word | None:
    if form.handle is None:
        return None
    kind = pdfium.FPDFAnnot_GetFormFieldType(form.handle, annotation)
    size = min(_PRINT, max(4.0, 0.8 * (box[3] - box[1])))
    if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
        control: Literal["checkbox", "radio"] = "checkbox" if kind == pdfium.FPDF_FORMFIELD_CHECKBOX else "radio"
        ticked, confidence = _checked(annotation, form)
        return Word("", *box, size, mark=ticked, control=control, method="widget", confidence=confidence)
    if kind == pdfium.FPDF_FORMFIELD_TEXTFIELD:
        if pdfium.FPDFAnnot_GetFormFieldFlags(form.handle, annotation) & _PASSWORD:
            return None
        text = _plain(_value(annotation, form))
        prompt = bool(text) and _PROMPT.fullmatch(text) is not None and any(letter.isalpha() for letter in text)
        return Word(text, *box, size, control="text", placeholder=prompt, method="widget")
    if kind in (pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX):
        text = _plain(_chosen(annotation, form))
        prompt = bool(text) and _PROMPT.fullmatch(text) is not None
        return Word(text, *box, size, control="choice", placeholder=prompt, method="widget")
    return None


def _checked(annotation: Any, form: Form) -> tuple[bool, float]:
    """Whether a box is ticked: by the look it shows, else by the field's value, which is doubtful."""
    shown = bool(pdfium.FPDFAnnot_IsChecked(form.handle, annotation))
    own = _string(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldExportValue(form.handle, annotation, buffer, size))
    value = _string(lambda buffer, size: pdfium.FPDFAnnot_GetStringValue(annotation, b"V", buffer, size))
    if shown or not own:
        return shown, 1.0
    if not pdfium.FPDFAnnot_HasKey(annotation, b"AS"):
        name = _string(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldName(form.handle, annotation, buffer, size))
        value = form.stated(name)
    # A program that sets values without redrawing leaves the look behind.
    return (True, _UNDRAWN) if value == own and value not in _OFF else (False, 1.0)


def _value(annotation: Any, form: Form) -> str:
    return _string(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldValue(form.handle, annotation, buffer, size))


def _chosen(annotation: Any, form: Form) -> str:
    """The labels of the chosen options, one a line; what was typed where none is chosen."""
    count = max(0, min(_MOST, pdfium.FPDFAnnot_GetOptionCount(form.handle, annotation)))

    def label(i: int) -> str:
        return _string(lambda buffer, size: pdfium.FPDFAnnot_GetOptionLabel(form.handle, annotation, i, buffer, size))

    labels = [label(i) for i in range(count) if pdfium.FPDFAnnot_IsOptionSelected(form.handle, annotation, i)]
    return "\n".join(label for label in labels if label.strip()) or _value(annotation, form)


def _quads(annotation: Any, frame: Frame) -> list[Corners]:
    areas: list[Corners] = []
    points = pdfium.FS_QUADPOINTSF()
    for i in range(min(_MOST, pdfium.FPDFAnnot_CountAttachmentPoints(annotation))):
        if pdfium.FPDFAnnot_GetAttachmentPoints(annotation, i, points):
            xs, ys = (points.x1, points.x2, points.x3, points.x4), (points.y1, points.y2, points.y3, points.y4)
            areas.append(frame.box(min(xs), min(ys), max(xs), max(ys)))
    return areas


def _plain(text: str) -> str:
    """Text with one kind of line end, and none around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\u2028", "\n").split("\n")
    return "\n".join(line.strip() for line in lines).strip()


def _string(call: Callable[[Any, int], int]) -> str:
    """A UTF-16 string that pdfium writes into a buffer, asked for its size first."""
    size = call(None, 0)
    if not 2 < size <= _LONGEST:
        return ""
    buffer = ctypes.create_string_buffer(size)
    call(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace").replace("\x00", "")
