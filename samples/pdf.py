"""Sample forms as PDF: printed with drawn boxes, or fillable with AcroForm fields; and a plain letter."""

from __future__ import annotations

from io import BytesIO

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from samples.layout import Entry, SampleForm

LEFT, RIGHT, TOP, BOTTOM = 42.0, A4[0] - 42, A4[1] - 56, 50.0
FONT, BOLD, SIZE, LEAD = "Helvetica", "Helvetica-Bold", 9.0, 12.0
PAD = 4.0
SHADE = colors.HexColor("#d9e2ec")


class _Sheet:
    """A canvas that fills pages downwards; `fillable` puts form fields where values stand."""

    def __init__(self, marking: str, fillable: bool) -> None:
        self.out = BytesIO()
        self.canvas = Canvas(self.out, pagesize=A4, invariant=True)
        self.marking, self.fillable = marking, fillable
        self.fields = 0
        self.y = TOP
        self._furniture()

    def _furniture(self) -> None:
        self.canvas.setFont(FONT, 8)
        self.canvas.drawCentredString(A4[0] / 2, A4[1] - 30, self.marking)
        self.canvas.drawCentredString(A4[0] / 2, 28, f"Page {self.canvas.getPageNumber()}")

    def room(self, height: float) -> None:
        if self.y - height < BOTTOM:
            self.canvas.showPage()
            self.y = TOP
            self._furniture()

    def box(self, x0: float, x1: float, height: float, shaded: bool = False) -> None:
        self.canvas.setFillColor(SHADE if shaded else colors.white)
        self.canvas.rect(x0, self.y - height, x1 - x0, height, stroke=1, fill=1)
        self.canvas.setFillColor(colors.black)

    def words(self, lines: list[str], x: float, font: str = FONT) -> None:
        self.canvas.setFont(font, SIZE)
        for number, line in enumerate(lines):
            self.canvas.drawString(x + PAD, self.y - PAD - SIZE - number * LEAD + 1.5, line)

    def name(self) -> str:
        self.fields += 1
        return f"Text{self.fields}"

    def text_field(self, text: str, x0: float, x1: float, height: float, multiline: bool) -> None:
        self.canvas.acroForm.textfield(
            name=self.name(), value=text, x=x0 + 2, y=self.y - height + 2, width=x1 - x0 - 4, height=height - 4,
            borderWidth=0, fontSize=SIZE, fontName=FONT, fieldFlags="multiline" if multiline else "", maxlen=4000,
        )  # fmt: skip

    def tick(self, ticked: bool, x: float, y: float) -> None:
        if self.fillable:
            self.canvas.acroForm.checkbox(
                name=self.name(), checked=ticked, x=x, y=y, size=9, buttonStyle="cross", borderWidth=0.7
            )
            return
        self.canvas.rect(x, y, 8, 8, stroke=1, fill=0)
        if ticked:
            self.canvas.line(x + 1.5, y + 1.5, x + 6.5, y + 6.5)
            self.canvas.line(x + 1.5, y + 6.5, x + 6.5, y + 1.5)


def _wrapped(text: str, width: float, font: str = FONT) -> list[str]:
    lines: list[str] = []
    for line in text.split("\n"):
        line = "\u2022 " + line[2:] if line.startswith("- ") else line
        lines += simpleSplit(line, font, SIZE, width - 2 * PAD) or [""]
    return lines


def _height(entry: Entry, label_width: float, value_width: float) -> float:
    label = len(_wrapped(entry.label, label_width, BOLD))
    value = len(entry.boxes) if entry.boxes and not _fits(entry, value_width) else 1
    if not entry.boxes:
        value = len(_wrapped(entry.text, value_width))
    return max(label, value, 4 if entry.long else 1) * LEAD + 2 * PAD


def _fits(entry: Entry, width: float) -> bool:
    return sum(len(words) * 5 + 26 for words, _ in entry.boxes) < width


def _entry(sheet: _Sheet, entry: Entry, x0: float, middle: float, x1: float, height: float) -> None:
    sheet.box(x0, middle, height, shaded=True)
    sheet.words(_wrapped(entry.label, middle - x0, BOLD), x0, BOLD)
    sheet.box(middle, x1, height)
    if entry.boxes:
        x, y = middle + PAD, sheet.y - PAD - 9
        for words, ticked in entry.boxes:
            sheet.tick(ticked, x, y)
            sheet.canvas.setFont(FONT, SIZE)
            sheet.canvas.drawString(x + 13, y + 1, words)
            if _fits(entry, x1 - middle):
                x += len(words) * 5 + 26
            else:
                y -= LEAD
    elif sheet.fillable:
        sheet.text_field(entry.text, middle, x1, height, multiline=entry.long)
    else:
        sheet.words(_wrapped(entry.text, x1 - middle), middle)


def _table(sheet: _Sheet, entry: Entry) -> None:
    width = (RIGHT - LEFT) / len(entry.rows[0])
    height = LEAD + 2 * PAD
    sheet.room(height * (len(entry.rows) + 1))
    sheet.box(LEFT, RIGHT, height, shaded=True)
    sheet.words([entry.label], LEFT, BOLD)
    sheet.y -= height
    for number, row in enumerate(entry.rows):
        for place, text in enumerate(row):
            x0 = LEFT + place * width
            sheet.box(x0, x0 + width, height, shaded=number == 0)
            if number == 0:
                sheet.words([text], x0, BOLD)
            elif sheet.fillable:
                sheet.text_field(text, x0, x0 + width, height, multiline=False)
            else:
                sheet.words([text], x0)
        sheet.y -= height


def write(form: SampleForm, fillable: bool) -> bytes:
    """The form as PDF bytes."""
    sheet = _Sheet(form.marking, fillable)
    sheet.canvas.setFont(BOLD, 16)
    sheet.canvas.drawString(LEFT, sheet.y - 8, form.title)
    sheet.canvas.setFont(FONT, 11)
    sheet.canvas.drawString(LEFT, sheet.y - 26, form.subtitle)
    sheet.y -= 40
    for title, rows in form.sections:
        sheet.room(70)
        sheet.box(LEFT, RIGHT, LEAD + 2 * PAD, shaded=True)
        sheet.words([title], LEFT, BOLD)
        sheet.y -= LEAD + 2 * PAD
        for row in rows:
            if row[0].rows:
                _table(sheet, row[0])
                continue
            share = (RIGHT - LEFT) / len(row)
            label = share * (0.44 if len(row) == 2 else 0.24)
            height = max(_height(entry, label, share - label) for entry in row)
            sheet.room(height)
            for place, entry in enumerate(row):
                x0 = LEFT + place * share
                _entry(sheet, entry, x0, x0 + label, x0 + share, height)
            sheet.y -= height
        sheet.y -= 8
    sheet.canvas.save()
    return sheet.out.getvalue()


def letter(text: str) -> bytes:
    """A page of running text as PDF bytes."""
    sheet = _Sheet("", False)
    sheet.words(_wrapped(text, RIGHT - LEFT), LEFT)
    sheet.canvas.save()
    return sheet.out.getvalue()
