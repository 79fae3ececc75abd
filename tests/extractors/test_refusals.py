"""A file that is not taken is refused in a sentence that names the cause and the cure."""

from __future__ import annotations

import re
from datetime import date
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from extractors.pdf.page import ATTACHED, COMMENTED
from extractors.read import read
from extractors.refusals import CURES, Refusal
from tests.extractors.documents import cell, docx, paragraph, row, run, table, zipped

SAMPLES = Path(__file__).parents[2] / "samples"
TITLES = {
    "B": "Information sharing request",
    "C": "Agenda",
    "D": "Invitation to a meeting",
    "E": "Level 2 and 3 meeting minutes",
    "F": "Minutes executive summary",
    "G": "Attendance and confidentiality statement",
    "J": "Disclosure record",
    "K": "Serious case review notification",
}


def refusal(content: bytes, name: str = "form.docx") -> Refusal:
    with pytest.raises(Refusal) as refused:
        read(content, name, date(2026, 11, 20))
    return refused.value


def rows() -> str:
    pairs = (("Name", "Ann Hollins"), ("Date of birth", "12/03/1984"), ("Date of meeting", "2 March 2026"))
    return table(*[row(cell(paragraph(run(label, "<w:b/>"))), value) for label, value in pairs])


@pytest.mark.parametrize("letter", TITLES)
@pytest.mark.parametrize("written", ["MAPPA {}", "MAPPA Document Set: Form {}", "MAPPA {} – {title}", "MAPPA-{}"])
def test_another_form_of_the_set_is_named(letter: str, written: str) -> None:
    title = written.format(letter, title=TITLES[letter])
    refused = refusal(docx(paragraph(run(title, "<w:b/>")) + paragraph(TITLES[letter]) + rows()))
    assert refused.code == "other_form"
    assert f"MAPPA {letter}" in refused.message


def test_a_label_that_names_another_form_does_not_make_it_one() -> None:
    assert refusal(docx(paragraph("Date MAPPA Q /") + paragraph("screening completed") + rows())).code == "not_a_form"


@pytest.mark.parametrize("code", CURES)
def test_every_refusal_says_what_to_do(code: str) -> None:
    details = dict.fromkeys(re.findall(r"\{(\w+)\}", CURES[code]), "10 MB")
    message = Refusal(code, **details).message
    assert "{" not in message
    assert message.count(".") >= 2 and message.endswith(".")
    assert re.search(r"\b(send|save|check|print|rename|scan|ask|tell|takes)\b", message, re.IGNORECASE), "no cure"


def mail(*attachments: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"] = "worker@example.org"
    message.set_content("Please find the form attached.")
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def test_a_mail_without_a_form_is_refused_for_the_most_telling_reason() -> None:
    other = docx(paragraph(run("MAPPA E", "<w:b/>")) + paragraph(TITLES["E"]) + rows())
    archive = zipped({"form.docx": other})
    letter = docx(paragraph("Dear all,") + paragraph("Please see the form."))
    alone = refusal(mail(("forms.zip", archive)), "mail.eml")
    assert alone.code == "not_a_form"
    assert "attachments of a kind that cannot be read (a zip archive)" in alone.message
    assert refusal(mail(("forms.zip", archive), ("minutes.docx", other)), "mail.eml").code == "other_form"
    assert "cannot be read" not in refusal(mail(("letter.docx", letter)), "mail.eml").message


def test_where_no_form_is_found_what_was_not_opened_is_named() -> None:
    cover = pikepdf.new()
    cover.add_blank_page(page_size=(595, 842))
    form = docx(paragraph(run("MAPPA A", "<w:b/>")) + rows())
    cover.attachments["form.docx"] = pikepdf.AttachedFileSpec(cover, form)
    wrapped = BytesIO()
    cover.save(wrapped)
    refused = refusal(wrapped.getvalue(), "form.pdf")
    assert refused.code == "not_a_form"
    assert "carries other files, which were not opened" in refused.message


def test_files_and_notes_stuck_on_a_page_of_a_form_are_named_on_it() -> None:
    pdf = pikepdf.open(SAMPLES / "h-home-gaps.pdf")
    (before,) = read((SAMPLES / "h-home-gaps.pdf").read_bytes(), "form.pdf", date(2026, 11, 20)).forms
    pinned = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, Rect=[500, 800, 520, 820], Contents="risk plan"
    )
    stuck = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Text,
        Rect=[500, 700, 520, 720],
        Contents="Ask for the pre-sentence report",
    )
    pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(pinned), pdf.make_indirect(stuck)])
    out = BytesIO()
    pdf.save(out)
    (form,) = read(out.getvalue(), "form.pdf", date(2026, 11, 20)).forms
    assert set(form.partly) - set(before.partly) == {ATTACHED, COMMENTED}
    assert form.values == before.values
