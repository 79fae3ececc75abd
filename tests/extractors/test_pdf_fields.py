"""The fields of a fillable PDF are read from their values, drawn or not, and never twice."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from extractors.page import Document
from extractors.pdf.document import read_pdf
from tests.extractors.drawn import drawn, runs, table, told


def form(canvas: Canvas) -> None:
    """A table of labels with a field of each kind beside them."""
    table(canvas, [["Surname", ""], ["Level", ""], ["Media interest", ""], ["Overall risk", ""], ["Reason", ""]])
    fields = canvas.acroForm
    fields.textfield(name="Text1", x=184, y=762, width=200, height=15, value="O'Dowd", fontSize=9)
    for nth, level in enumerate(("2", "3")):
        x = 184 + 70 * nth
        fields.checkbox(name=f"cb{level}", x=x, y=744, size=10, checked=level == "3", buttonStyle="cross")
        canvas.drawString(x + 14, 746, f"Level {level}")
    for nth, answer in enumerate(("yes", "no")):
        x = 184 + 70 * nth
        fields.radio(name="media", value=answer, x=x, y=724, size=10, selected=answer == "no")
        canvas.drawString(x + 14, 726, answer.title())
    fields.choice(
        name="risk", x=184, y=702, width=120, height=15, value="High", options=["Choose an item", "Low", "High"]
    )
    fields.textfield(name="why", x=184, y=682, width=300, height=15, fieldFlags="multiline", value="First.\rSecond.")


TOLD = [
    ["Surname", "<O'Dowd>"],
    ["Level", "<[ ]> Level 2\t<[x]> Level 3"],
    ["Media interest", "<[ ]> Yes\t<[x]> No"],
    ["Overall risk", "<High>"],
    ["Reason", "<First.> / <Second.>"],
]


def changed(change: Callable[[pikepdf.Pdf], None], page: Callable[[Canvas], None] = form) -> Document:
    pdf = pikepdf.open(io.BytesIO(drawn(page)))
    change(pdf)
    out = io.BytesIO()
    pdf.save(out)
    return read_pdf(out.getvalue())


def as_it_is(pdf: pikepdf.Pdf) -> None:
    pass


def without_appearances(pdf: pikepdf.Pdf) -> None:
    for widget in pdf.pages[0].Annots:
        if widget.get("/FT") in (pikepdf.Name.Tx, pikepdf.Name.Ch):
            del widget["/AP"]
    pdf.Root.AcroForm.NeedAppearances = True


def under_meaningless_names(pdf: pikepdf.Pdf) -> None:
    for number, widget in enumerate(pdf.pages[0].Annots):
        if "/T" in widget:
            widget.T = f"f{number}"


@pytest.mark.parametrize("change", [as_it_is, without_appearances, under_meaningless_names], ids=lambda f: f.__name__)
def test_fields_stand_in_the_cells_where_they_are_shown(change: Callable[[pikepdf.Pdf], None]) -> None:
    document = changed(change)
    assert told(document) == TOLD
    assert {run.method for run in runs(document) if run.control} == {"widget"}
    assert all(run.confidence == 1 for run in runs(document))


def test_a_value_set_without_redrawing_counts_but_is_doubtful() -> None:
    def tick(pdf: pikepdf.Pdf) -> None:
        box = next(w for w in pdf.pages[0].Annots if w.get("/T") == "cb2")
        box.V = pikepdf.Name.Yes

    marks = [run for run in runs(changed(tick)) if run.control == "checkbox"]
    assert [mark.mark for mark in marks] == [True, True]
    assert marks[0].confidence < 0.9 <= marks[1].confidence


def test_a_radio_group_without_any_look_is_read_by_its_value() -> None:
    def bare(pdf: pikepdf.Pdf) -> None:
        for widget in pdf.pages[0].Annots:
            if "/Parent" in widget:
                del widget["/AS"]

    marks = [run for run in runs(changed(bare)) if run.control == "radio"]
    assert [mark.mark for mark in marks] == [False, True]
    assert marks[1].confidence < 0.9


def test_an_unchosen_list_shows_its_prompt_as_a_placeholder() -> None:
    def unchosen(pdf: pikepdf.Pdf) -> None:
        next(w for w in pdf.pages[0].Annots if w.get("/T") == "risk").V = "Choose an item"

    (run,) = [run for run in runs(changed(unchosen)) if run.control == "choice"]
    assert run.placeholder and run.text == "Choose an item"


def test_a_list_gives_the_words_shown_not_the_codes_stored() -> None:
    def coded(pdf: pikepdf.Pdf) -> None:
        field = next(w for w in pdf.pages[0].Annots if w.get("/T") == "risk")
        field.Opt = pikepdf.Array(
            [pikepdf.Array([pikepdf.String(c), pikepdf.String(w)]) for c, w in (("h", "High"), ("v", "Very high"))]
        )
        field.V = "v"

    assert told(changed(coded))[3] == ["Overall risk", "<Very high>"]


def test_an_empty_field_is_there_and_empty() -> None:
    def empty(pdf: pikepdf.Pdf) -> None:
        del next(w for w in pdf.pages[0].Annots if w.get("/T") == "Text1")["/V"]

    (run,) = [run for run in runs(changed(empty)) if run.control == "text" and not run.text]
    assert run.box is not None


def test_a_flattened_copy_of_a_value_is_not_read_twice() -> None:
    def both(canvas: Canvas) -> None:
        form(canvas)
        canvas.drawString(186, 766, "O'Dowd")
        canvas.rect(254, 744, 10, 10)

    assert told(changed(as_it_is, both)) == TOLD


def test_print_in_an_empty_field_is_read_as_print() -> None:
    def printed(canvas: Canvas) -> None:
        form(canvas)
        canvas.drawString(186, 766, "Smith")

    def empty(pdf: pikepdf.Pdf) -> None:
        del next(w for w in pdf.pages[0].Annots if w.get("/T") == "Text1")["/V"]

    assert told(changed(empty, printed))[0] == ["Surname", "Smith"]


def test_hidden_fields_and_buttons_say_nothing() -> None:
    def hide(pdf: pikepdf.Pdf) -> None:
        next(w for w in pdf.pages[0].Annots if w.get("/T") == "Text1").F = 2

    assert told(changed(hide))[0] == ["Surname", ""]


def test_fields_without_any_table_follow_their_labels() -> None:
    def plain(canvas: Canvas) -> None:
        for k, label in enumerate(("Surname:", "Forename:", "Court:")):
            canvas.drawString(60, 700 - 22 * k, label)
            canvas.acroForm.textfield(
                name=label, x=160, y=696 - 22 * k, width=200, height=15, value=f"value {k}", fontSize=9
            )

    assert told(changed(as_it_is, plain)) == [
        ["Surname:", "<value 0>"],
        ["Forename:", "<value 1>"],
        ["Court:", "<value 2>"],
    ]
