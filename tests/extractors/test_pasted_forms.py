"""A mail whose own words are the form is read; one that only mentions it is not."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage

import pytest

from extractors.read import read
from extractors.refusals import Refusal

ANSWERS = {
    "MAPPA Area": "West Midlands",
    "Date of referral": "09/11/2026",
    "Family name": "Okonkwo",
    "First name(s)": "Daniel",
    "Date of birth": "24/10/1993",
    "Gender": "Male",
    "Nationality": "British",
    "Ethnicity": "Black or Black British - African",
    "Current address": "Flat 1, 56 Orchard Rise, Dudley, DY99 3GG",
    "PNC ID": "2012/0673173R",
    "ViSOR reference": "WM94806",
    "Prison number": "A5356GK",
}


def mail(page: str, text: str = "") -> bytes:
    message = EmailMessage()
    message["From"] = "worker@example.org"
    message["Subject"] = "MAPPA A"
    message.set_content(text or "Please see below.")
    if page:
        message.add_alternative(page, subtype="html")
    return bytes(message)


def test_a_form_pasted_into_a_mail_is_read() -> None:
    rows = "".join(
        f"<tr><td bgcolor=#DEEAF6><b>{label}</b></td><td>{answer}</td></tr>" for label, answer in ANSWERS.items()
    )
    page = f"<p><b>MAPPA A</b></p><p><b>Referral to MAPPA Level 2 or Level 3</b></p><table>{rows}</table>"
    (form,) = read(mail(page), "mail.eml", date(2026, 11, 20)).forms
    assert form.form == "A"
    assert form.value("person.family_name") == "Okonkwo"
    assert form.value("person.date_of_birth") == "1993-10-24"


def test_a_mail_that_only_mentions_the_form_is_refused() -> None:
    text = "Please send me a blank MAPPA A, Referral to Level 2 or Level 3.\nDate of birth: 24/10/1993\nGender: Male"
    with pytest.raises(Refusal) as refused:
        read(mail("", text), "mail.eml", date(2026, 11, 20))
    assert refused.value.code == "not_a_form"
