"""A form goes in on one page and a decision comes out on another, without anything typed twice."""

from __future__ import annotations

import io

from house import form_file
from scenes import GAPS
from visitors import Visitor, text_of

from intake.cases.reading import ReadingDesk


def test_a_form_is_sent_asked_about_answered_decided_and_the_decision_seen(
    yot: Visitor, coordinator: Visitor, reading: ReadingDesk
) -> None:
    upload = {"once": "a", "forms": (io.BytesIO(form_file(**GAPS)), "Quillfeather.pdf")}
    sent = yot.send("/referrals/send", upload)
    assert sent.status_code == 302
    receipt = sent.location.partition("?")[0]
    assert "Received: WM-2026-000001" in text_of(yot.page(receipt))
    referral = receipt.removesuffix("/receipt")

    while reading.do_next():
        pass
    said = text_of(yot.page(receipt))
    assert "Answer the questions" in said
    questions = yot.page(f"{referral}/questions")
    form = {field.name: field.value for field in questions.xpath("//form[@data-draft]//input[@type='hidden']")}
    for field in questions.xpath("//form[@data-draft]//*[self::input[@type='text'] or self::textarea]"):
        if not field.name.endswith("-reason"):
            form[field.name] = "Police surveillance and housing"
    answered = yot.client.post(f"{referral}/questions", data={**form, "then": "send"})
    assert answered.status_code in (302, 422)

    case = referral.replace("/referrals/", "/cases/")
    assert "QUILLFEATHER, Tobias" in text_of(coordinator.page("/queue"))
    assert "Police surveillance and housing" in text_of(coordinator.page(case))
    page = coordinator.page(f"{case}/decide")
    version = page.xpath("//input[@name='version']")[0].value
    decision = {
        "version": version,
        "outcome": "accepted_level_2",
        "category": "2",
        "panel_date-day": "15",
        "panel_date-month": "12",
        "panel_date-year": "2026",
        "why": "The risk needs several agencies.",
        "told_referrer": "Please attend.",
    }
    check = coordinator.send(f"{case}/decide", {**decision, "step": "check"}, follow_redirects=True)
    assert check.status_code == 200
    assert "15 December 2026" in check.get_data(as_text=True)
    assert coordinator.send(f"{case}/decide", {**decision, "step": "record"}).status_code == 302

    seen = text_of(yot.page(referral))
    assert "Decided: Accepted at level 2" in seen
    assert "15 December 2026" in seen
    assert "Please attend." in seen
