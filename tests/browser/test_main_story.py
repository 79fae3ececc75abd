"""The whole story in a browser: a form goes in, two gaps are asked about and filled, a decision comes out and is seen."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from browsing import Desk, Hand, OpenPage, sign_in
from house import PASSWORD, ROOT
from playwright.sync_api import expect

SAMPLE = ROOT / "samples" / "a-yot-two-gaps.docx"
COMPLETE = ROOT / "samples" / "a-probation-complete.pdf"
ADDED = "Police surveillance and housing that we cannot command."


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_a_youth_offending_team_to_the_decision_and_back(
    desk: Desk, open_page: OpenPage, scripts: bool, record_property: Callable[[str, object], None]
) -> None:
    referrer = open_page(desk.address, java_script_enabled=scripts)
    sign_in(referrer, "yot@example.org")

    hand = Hand(referrer)
    hand.click("Send a form")
    hand.choose(str(SAMPLE))
    sent = time.monotonic()
    hand.click("Send")
    assert len(hand.done) <= 3
    answer = referrer.get_by_role("link", name="Answer the questions").first
    while not scripts and not answer.is_visible() and time.monotonic() < sent + 60:
        referrer.reload()
    expect(answer).to_be_visible()
    record_property("seconds from upload to questions", round(time.monotonic() - sent, 2))
    expect(referrer.get_by_text("What will management at level 2 add").first).to_be_visible()
    expect(referrer.get_by_text("Does the manager endorse this referral?").first).to_be_visible()
    reference = referrer.get_by_role("heading", level=1).inner_text().removeprefix("Received: ")

    answer.click()
    referrer.get_by_label("What will management at level 2 add").fill(ADDED)
    referrer.get_by_label("Which manager endorses").fill("Marian Ash")
    referrer.get_by_role("group", name="Does the manager endorse").get_by_label("Yes").check()
    referrer.get_by_role("button", name="Send the answers").click()
    expect(referrer.get_by_text("Nothing is missing")).to_be_visible()

    coordinator = open_page(desk.address, java_script_enabled=scripts)
    sign_in(coordinator, "coordinator@example.org")
    row = coordinator.get_by_role("row", name=reference)
    expect(row).to_contain_text("10 days left")
    row.get_by_role("link").click()
    expect(coordinator.get_by_role("region", name="Questions and answers")).to_contain_text(ADDED)
    tests = coordinator.get_by_role("region", name="Tests")
    finding = tests.locator("li", has=coordinator.get_by_role("heading", name="manager endorses the referral")).first
    expect(finding).to_contain_text("Met")
    finding.locator("summary").click()
    expect(finding.get_by_text("West Midlands MAPPA duty to co-operate memorandum").first).to_be_visible()
    expect(finding.get_by_text("endorsed by the manager").first).to_be_visible()

    coordinator.get_by_role("button", name="Record decision").first.click()
    coordinator.get_by_label("Accepted at level 2", exact=True).check()
    panel = coordinator.get_by_role("group", name="Date of the panel")
    for part, text in (("Day", "15"), ("Month", "12"), ("Year", "2027")):
        panel.get_by_label(part).fill(text)
    coordinator.get_by_label("Why this decision").fill("High risk, and the panel brings what one agency cannot.")
    coordinator.get_by_label("What the referrer is told").fill("Please bring the safety plan.")
    coordinator.get_by_role("button", name="Continue").click()
    expect(coordinator.get_by_text("15 December 2027")).to_be_visible()
    coordinator.get_by_role("button", name="Record decision").click()
    expect(coordinator.get_by_text("The decision was recorded")).to_be_visible()

    referrer.reload()
    expect(referrer.get_by_role("heading", name="Decided: Accepted at level 2")).to_be_visible()
    expect(referrer.get_by_text("15 December 2027").first).to_be_visible()
    expect(referrer.get_by_text("Please bring the safety plan.")).to_be_visible()


def test_a_complete_referral_is_decided_in_four_steps_and_a_question_asked_in_two(
    desk: Desk, open_page: OpenPage
) -> None:
    probation = desk.house.people.add_agency("Ambleford Probation", "probation", "WM")
    sender = desk.house.people.add_person(
        "probation@example.org", "Petra Birch", "referrer", PASSWORD, agency_id=probation.id
    )
    receipt = desk.house.desk.receive(sender, COMPLETE.name, COMPLETE.read_bytes())
    page = open_page(desk.address)
    sign_in(page, "coordinator@example.org")
    row = page.get_by_role("row", name=receipt.reference)
    until = time.monotonic() + 20
    while "Nobody" not in row.inner_text() or "met" not in row.inner_text():
        assert time.monotonic() < until
        page.reload()

    row.get_by_role("link").click()
    asking = Hand(page)
    page.get_by_label("Ask something yourself").fill("Has the tenancy been confirmed?")
    asking.click("Ask the referrer")
    assert len(asking.done) <= 2
    expect(page.get_by_text("The question was sent to the referrer.")).to_be_visible()

    page.goto("/queue")
    steps = Hand(page)
    row.get_by_role("link").click()
    steps.done.append("open the case")
    steps.click("Record decision")
    page.get_by_label("Accepted at level 2", exact=True).check()
    panel = page.get_by_role("group", name="Date of the panel")
    for part, text in (("Day", "15"), ("Month", "12"), ("Year", "2027")):
        panel.get_by_label(part).fill(text)
    page.get_by_label("Why this decision").fill("High risk, several agencies needed.")
    steps.click("Continue")
    steps.click("Record decision")
    expect(page.get_by_text("The decision was recorded")).to_be_visible()
    assert len(steps.done) <= 4
