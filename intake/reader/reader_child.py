"""The reader that workers use: what a form says, and what its pages look like. See intake/reader/nursery.py for its walls."""

from __future__ import annotations

import gc
import sys
from datetime import date

from extractors.contract import FORM_TITLES
from extractors.files.office import to_pdf
from extractors.files.sniff import Kind, kind_of
from extractors.forms.definitions import definition
from extractors.given import read_given
from extractors.matching.match import match
from extractors.models import PagePicture
from extractors.narratives.passages import passages
from extractors.page import Cell, Document, Line, Run, Table
from extractors.picture import draw, page_pictures, placed
from extractors.read import MAILS, read, read_with_others
from intake.reader.nursery import File, Result, serve

AT_ONCE: frozenset[Kind] = frozenset({"pdf", "image"})
"""Files whose pages are drawn while they are read: it takes a few milliseconds."""
BY_OFFICE: dict[Kind, str] = {"docx": ".docx", "doc": ".doc", "odt": ".odt", "rtf": ".rtf"}
"""Files that LibreOffice lays out first, for seconds: nobody should wait for that to see their questions."""


def read_file(file: File) -> Result:
    """What the file says, with its pages where they are quickly drawn."""
    if file.given_by is not None:
        return Result(read_given(file.content, file.given_by))
    kind = kind_of(file.content, file.filename)
    reading, others = read_with_others(file.content, file.filename, file.day, file.labels)
    pictures = tuple(page_pictures(file.content, kind)) if kind in AT_ONCE else ()
    return Result(reading, pictures, kind not in AT_ONCE, others)


def draw_file(file: File) -> Result:
    """The pages of a file that LibreOffice lays out, or of the form that a mail carries; none of a mail's own text."""
    content, filename = file.content, file.filename
    kind = kind_of(content, filename)
    if kind in MAILS:
        attachments = dict(reversed(MAILS[kind](content).attachments))
        if file.part not in attachments:
            return Result(None)
        content, filename = attachments[file.part], file.part
        kind = kind_of(content, filename)
    if kind in BY_OFFICE:
        content, kind = to_pdf(content, BY_OFFICE[kind]), "pdf"
    return Result(None, tuple(page_pictures(content, kind)))


def show_file(file: File) -> Result:
    """What the file says, and the pages of its forms with what was found where."""
    kind = kind_of(file.content, file.filename)
    reading = read(file.content, file.filename, file.day, file.labels)
    attachments = dict(reversed(MAILS[kind](file.content).attachments)) if kind in MAILS else {}
    pictures: list[PagePicture] = []
    for form in reading.forms:
        content, form_kind = file.content, kind
        if form.attachment is not None:
            content = attachments[form.attachment]
            form_kind = kind_of(content, form.attachment)
        if form_kind in BY_OFFICE:
            content, form_kind = to_pdf(content, BY_OFFICE[form_kind]), "pdf"
            form = placed(form, content)
        if form_kind in AT_ONCE:
            pictures += draw(content, form_kind, [form])
    return Result(reading, tuple(pictures))


def practise() -> None:
    """Read a form of each kind that asks all there is, so that no real one waits for definitions, word lists and patterns to load.

    What is loaded by then stays: a child that looked through it for what is no longer used would copy all its memory.
    """
    for form in FORM_TITLES:
        meant = definition(form)
        labels = dict(meant.labels.phrases).values()
        rows = [(_cell(label, row, 0), _cell("Yes", row, 1)) for row, label in enumerate(labels)]
        passages(match(Document(carrier="practice", blocks=(Table(tuple(rows)),)), meant, date(2026, 11, 20)).values)
    gc.collect()
    gc.freeze()


def _cell(text: str, row: int, col: int) -> Cell:
    return Cell((Line((Run(text),)),), row, col)


if __name__ == "__main__":
    practise()
    serve({"read": read_file, "picture": draw_file, "show": show_file}, int(sys.argv[1]))
