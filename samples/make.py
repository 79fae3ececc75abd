"""Writes the fictional sample forms of cases.toml beside this file: `python -m samples.make`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from email.message import EmailMessage

from samples import pdf, word
from samples.layout import HERE, form_of

LETTER = """Dear colleague,

Thank you for taking our call last week. As promised, here are the opening hours of our reception and the number of the
duty desk. We look forward to welcoming you at the open day.

Kind regards
Reception, Exampleton Civic Centre"""

COVER = """Good morning

Please find attached our form. I am on duty until 16:00 if anything is missing.

Kind regards"""


def _mail(case: dict) -> bytes:
    message = EmailMessage()
    message["From"] = "omu@fictonmoor.example"
    message["To"] = "mappa@westmidlands.example"
    message["Subject"] = "Referral"
    message["Date"] = "Wed, 18 Nov 2026 10:04:00 +0000"
    message["Message-ID"] = "<sample-1@fictonmoor.example>"
    message.set_content(COVER)
    message.add_attachment(
        word.write(form_of(case), "tables"),
        maintype="application",
        subtype="vnd.openxmlformats-officedocument.wordprocessingml.document",
        filename="MAPPA A.docx",
    )
    message.set_boundary("=sample-boundary=")
    return message.as_bytes()


CARRIERS: dict[str, Callable[[dict], bytes]] = {
    "word_tables": lambda case: word.write(form_of(case), "tables"),
    "word_controls": lambda case: word.write(form_of(case), "controls"),
    "word_legacy": lambda case: word.write(form_of(case), "legacy"),
    "pdf_printed": lambda case: pdf.write(form_of(case), fillable=False),
    "pdf_fillable": lambda case: pdf.write(form_of(case), fillable=True),
    "mail": _mail,
    "letter": lambda case: pdf.letter(LETTER),
}


def main() -> None:
    with (HERE / "cases.toml").open("rb") as file:
        cases = tomllib.load(file)["case"]
    for case in cases:
        (HERE / case["file"]).write_bytes(CARRIERS[case["carrier"]](case))
        print(f"{case['file']}: {case['story']}")


if __name__ == "__main__":
    main()
