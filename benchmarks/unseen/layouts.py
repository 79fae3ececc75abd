"""Draws a form in a layout: where the answers stand, what sets labels apart, how choices are marked."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm

from benchmarks.unseen.answers import Written, options_of
from benchmarks.unseen.wordprocessing import Cell, Paragraph, Piece, Table, paragraph
from extractors.contract import FIELDS

PLACES = ("left", "left", "above", "same", "line", "tab", "below")
"""Where an answer stands: right of its label, below it, in its cell, on its line, behind a tab, on the next line."""
MARKS = ("words", "boxes", "boxes", "boxes behind", "columns", "strike", "bold", "highlight", "typed x", "brackets")
WHO = ("Referrer", "All", "Probation", "Mental Health", "Police", "Manager")
WIDTH = 9600
"""Twentieths of a point across the page."""


@dataclass(frozen=True)
class Question:
    """A label with its answer. `key` is None for a label of no field."""

    key: str | None
    label: str
    answer: Written
    known: bool = True
    note: str = ""

    @property
    def long(self) -> bool:
        return self.key is not None and FIELDS[self.key].kind == "narrative"

    @property
    def marked(self) -> bool:
        return self.key is not None and FIELDS[self.key].kind in ("yes_no", "choice", "ticks")


@dataclass(frozen=True)
class Section:
    heading: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Layout:
    """How one form looks."""

    place: str
    columns: int
    borders: bool
    bold: bool
    shaded: bool
    colons: bool
    who: bool
    merged: bool
    numbered: str
    mark: str

    @property
    def styled(self) -> str:
        if self.place in ("line", "tab", "below"):
            return "lines, bold labels" if self.bold else "lines, colons" if self.colons else "lines, bare"
        look = "shaded" if self.shaded else "bold" if self.bold else "plain"
        return f"{'borders' if self.borders else 'no borders'}, {look} labels"


def layout(chance: random.Random) -> Layout:
    place = chance.choice(PLACES)
    look = chance.random()
    return Layout(
        place=place,
        columns=chance.choice((1, 1, 2, 2, 3)),
        borders=chance.random() < 0.7,
        bold=look < 0.35,
        shaded=0.35 <= look < 0.65,
        colons=chance.random() < 0.5 or place in ("line",),
        who=place == "left" and chance.random() < 0.25,
        merged=place == "left" and chance.random() < 0.2,
        numbered=chance.choice(("", "", "1. ", "Section 1: ", "A. ", "1.1 ")),
        mark=chance.choice(MARKS),
    )


def marked(question: Question, mark: str) -> list[Paragraph]:
    """A choice as somebody marked it. Nothing marked where the answer is blank; an empty answer is written behind."""
    answer = question.answer
    options = options_of(question.key or "")
    if answer.status == "not_known":
        return [[(answer.text, "")]]
    chosen = set(answer.codes)
    if mark in ("words", "columns"):
        return [[(", ".join(words for code, words in options if code in chosen), "")]] if chosen else []
    pieces: list[list[Piece]] = []
    for code, words in options:
        on = code in chosen
        if mark == "boxes":
            pieces.append([(f"{'☒' if on else '☐'} {words}", "")])
        elif mark == "boxes behind":
            pieces.append([(f"{words} {'☒' if on else '☐'}", "")])
        elif mark == "brackets":
            pieces.append([(f"[{'x' if on else ' '}] {words}", "")])
        elif mark == "typed x":
            pieces.append([(f"{words} {'X' if on else '__'}" if chosen else words, "")])
        else:
            look = mark if (on if mark != "strike" else chosen and not on) else ""
            pieces.append([(words, look)])
    if len(options) > 4:
        return list(pieces)
    gap = "   " if mark in ("boxes", "boxes behind", "brackets", "typed x") else " / "
    line: list[Piece] = []
    for piece in pieces:
        line += [(gap, "")] * bool(line) + list(piece)
    return [line]


def answered(question: Question, mark: str) -> list[Paragraph]:
    if question.marked:
        return marked(question, mark)
    if question.answer.rows:
        return [[(" - ".join(row), "")] for row in question.answer.rows]
    return [[(line, "")] for line in question.answer.text.split("\n") if line]


def document(title: tuple[str, str], sections: Sequence[Section], look: Layout, chance: random.Random) -> bytes:
    """The form as a Word document."""
    made = Document()
    page = made.sections[0]
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin = page.bottom_margin = Cm(chance.choice((1.5, 2, 3)))
    body = made.element.body
    last = body[-1]

    def put(xml: str) -> None:
        if not xml.startswith("<w:tbl "):
            xml = xml.replace("<w:p>", f"<w:p {nsdecls('w')}>", 1)
        last.addprevious(parse_xml(xml))

    for line in title:
        put(paragraph([(line, "bold")]))
    for number, section in enumerate(sections, 1):
        heading = _numbering(look.numbered, number) + section.heading
        for block in _section(heading, section.questions, look, chance, number):
            put(block)
        put(paragraph(()))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _numbering(kind: str, number: int) -> str:
    return {
        "": "",
        "1. ": f"{number}. ",
        "Section 1: ": f"Section {number}: ",
        "A. ": f"{chr(64 + number)}. ",
        "1.1 ": f"{number}. ",
    }[kind]


def _section(
    heading: str, questions: Sequence[Question], look: Layout, chance: random.Random, number: int
) -> list[str]:
    head = paragraph(
        [
            (
                heading if look.bold or look.shaded or look.borders else heading.upper(),
                "bold" if look.bold or look.shaded or look.borders else "",
            )
        ]
    )
    tables = [question for question in questions if question.answer.rows]
    plain = [question for question in questions if not question.answer.rows]
    ticked = [
        question
        for question in plain
        if look.mark == "columns"
        and question.key
        and FIELDS[question.key].kind == "yes_no"
        and question.answer.status != "not_known"
    ]
    ticked = ticked if len(ticked) > 1 else []
    plain = [question for question in plain if question not in ticked]
    numbered = [
        (f"{number}.{at} " if look.numbered == "1.1 " else "", question) for at, question in enumerate(plain, 1)
    ]
    blocks = [head]
    if look.place in ("line", "tab", "below"):
        blocks += [
            paragraph(pieces, tab) for prefix, question in numbered for pieces, tab in _lines(prefix, question, look)
        ]
    elif plain:
        draw = {"left": _left, "above": _above, "same": _same}[look.place]
        blocks.append(draw(numbered, look, chance, heading).xml())
    if ticked:
        blocks += [paragraph(()), _ticks(ticked, look).xml()]
    for question in tables:
        blocks += [
            paragraph(()),
            paragraph([(question.label, "bold" if look.bold else "")]),
            _rows(question, look).xml(),
        ]
    return blocks


def _label(prefix: str, question: Question, look: Layout) -> Paragraph:
    sign = ":" if look.colons and not question.label.endswith("?") else ""
    return [(prefix + question.label + sign, "bold" if look.bold else "")]


def _lines(prefix: str, question: Question, look: Layout) -> list[tuple[Paragraph, int]]:
    label, answer = _label(prefix, question, look), answered(question, look.mark)
    if look.place == "below" or (question.long and len(answer) > 1):
        return [(label, 0), *((pieces, 0) for pieces in answer or [()])]
    if look.place == "tab":
        first: Paragraph = [*label, ("\t", ""), *(answer[0] if answer else ())]
        return [(first, 4200), *((pieces, 0) for pieces in answer[1:])]
    return [([*label, (" ", ""), *(answer[0] if answer else ())], 0), *((pieces, 0) for pieces in answer[1:])]


def _label_cell(prefix: str, question: Question, look: Layout, span: int = 1) -> Cell:
    paragraphs: list[Paragraph] = [_label(prefix, question, look)]
    if question.note:
        paragraphs.append([(question.note, "")])
    return Cell(paragraphs, span, look.shaded)


def _left(questions: Sequence[tuple[str, Question]], look: Layout, chance: random.Random, heading: str) -> Table:
    pairs = look.columns
    edge = [1000] if look.merged else []
    who = [1300] if look.who else []
    each = (WIDTH - sum(edge) - sum(who)) // (2 * pairs)
    part = 0.8 if pairs == 1 else 0.95
    table = Table([*edge, *[int(each * part), int(each * (2 - part))] * pairs, *who], look.borders)
    waiting: list[tuple[str, Question]] = []

    def end(cells: list[Cell]) -> None:
        front = [
            Cell(
                [[(heading, "bold")]] if not table.rows else [], 1, look.shaded, "continue" if table.rows else "restart"
            )
        ]
        table.rows.append(
            [*(front if look.merged else []), *cells, *([Cell([[(chance.choice(WHO), "")]])] if look.who else [])]
        )

    def flush() -> None:
        if waiting:
            cells = []
            for prefix, question in waiting:
                cells += [_label_cell(prefix, question, look), Cell(answered(question, look.mark))]
            left = pairs - len(waiting)
            end([*cells, *([Cell([], 2 * left)] if left else [])])
            waiting.clear()

    for prefix, question in questions:
        if question.long or (question.marked and len(options_of(question.key or "")) > 2) or pairs == 1:
            flush()
            end([_label_cell(prefix, question, look), Cell(answered(question, look.mark), 2 * pairs - 1)])
        else:
            waiting.append((prefix, question))
            if len(waiting) == pairs:
                flush()
    flush()
    return table


def _above(questions: Sequence[tuple[str, Question]], look: Layout, chance: random.Random, heading: str) -> Table:
    table = Table([WIDTH // look.columns] * look.columns, look.borders)
    waiting: list[tuple[str, Question]] = []

    def flush() -> None:
        if waiting:
            left = look.columns - len(waiting)
            rest = [Cell([], left)] if left else []
            table.rows.append([*(_label_cell(prefix, question, look) for prefix, question in waiting), *rest])
            table.rows.append([*(Cell(answered(question, look.mark)) for _, question in waiting), *rest])
            waiting.clear()

    for prefix, question in questions:
        if question.long or (question.marked and len(options_of(question.key or "")) > 2):
            flush()
            table.rows.append([_label_cell(prefix, question, look, look.columns)])
            table.rows.append([Cell(answered(question, look.mark), look.columns)])
        else:
            waiting.append((prefix, question))
            if len(waiting) == look.columns:
                flush()
    flush()
    return table


def _same(questions: Sequence[tuple[str, Question]], look: Layout, chance: random.Random, heading: str) -> Table:
    columns = min(look.columns, 2)
    table = Table([WIDTH // columns] * columns, look.borders)
    row: list[Cell] = []
    for prefix, question in questions:
        label, answer = _label(prefix, question, look), answered(question, look.mark)
        if look.colons and not question.long:
            cell = Cell([[*label, (" ", ""), *(answer[0] if answer else ())], *answer[1:]])
        else:
            cell = Cell([label, *answer])
        if question.long and row:
            table.rows.append([*row, Cell([], columns - len(row))])
            row = []
        cell.span = columns if question.long else 1
        row.append(cell)
        if sum(one.span for one in row) == columns:
            table.rows.append(row)
            row = []
    if row:
        table.rows.append([*row, Cell([], columns - len(row))])
    return table


def _ticks(questions: Sequence[Question], look: Layout) -> Table:
    """Yes and No as columns, with a cross in the cell chosen."""
    table = Table([WIDTH - 2000, 1000, 1000], True)
    table.rows.append(
        [
            Cell([], 1, look.shaded),
            *(Cell([[(words, "bold" if look.bold else "")]], 1, look.shaded) for words in ("Yes", "No")),
        ]
    )
    for question in questions:
        cells = [Cell([[("X", "")]] if code in question.answer.codes else []) for code in ("yes", "no")]
        table.rows.append([_label_cell("", question, look), *cells])
    return table


def _rows(question: Question, look: Layout) -> Table:
    columns = FIELDS[question.key or ""].columns
    words = {
        "tool": "Tool",
        "score": "Score",
        "date": "Date completed",
        "agency": "Agency",
        "name": "Name",
        "role": "Role",
        "contact": "Contact details",
    }
    table = Table([WIDTH // len(columns)] * len(columns), True)
    table.rows.append([Cell([[(words[column], "bold")]], 1, look.shaded) for column in columns])
    table.rows += [[Cell([[(text, "")]]) for text in row] for row in question.answer.rows]
    return table
