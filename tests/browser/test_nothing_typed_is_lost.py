"""A coordinator's words outlive the back button, a second click, an ended session, a closed window and a colleague."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from browsing import OpenPage, Stage, sign_in
from house import PASSWORD, form_file
from playwright.sync_api import Page, expect
from scenes import COMPLETE, seeing_reader

from web.session import COOKIE

WHY = "Several agencies are needed, and one of them must lead."


@pytest.fixture
def case(stage: Stage) -> str:
    """The address of a fresh case that can be decided."""
    receipt = stage.house.desk.receive(stage.cast.yot, "form.pdf", form_file(**COMPLETE))
    while seeing_reader(stage.house).do_next():
        pass
    return f"/cases/{receipt.referral_id}"


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(stage: Stage, open_page: OpenPage, request: pytest.FixtureRequest) -> Iterator[Page]:
    yield open_page(stage.address, person=stage.cast.coordinator, house=stage.house, java_script_enabled=request.param)


def fill_in(page: Page, case: str) -> None:
    page.goto(f"{case}/decide")
    page.get_by_label("Not MAPPA-eligible").check()
    page.get_by_label("Why this decision").fill(WHY)


def id_of(case: str) -> UUID:
    return UUID(case.rpartition("/")[2])


def history(stage: Stage, case: str) -> list[str]:
    return [event.kind for event in stage.house.views.case(stage.cast.coordinator, id_of(case)).history]


def test_the_back_button_brings_back_what_was_typed(page: Page, case: str) -> None:
    fill_in(page, case)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Check the decision")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Why this decision")).to_have_value(WHY)
    expect(page.get_by_label("Not MAPPA-eligible")).to_be_checked()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Record decision").click()
    expect(page.get_by_text("The decision was recorded")).to_be_visible()
    for move in (page.go_back, page.go_back, page.go_forward):
        move()
        expect(page.get_by_role("heading", name="Not MAPPA-eligible")).to_be_visible()


def test_a_second_click_records_and_asks_once(page: Page, case: str, stage: Stage) -> None:
    page.goto(case)
    page.get_by_label("Ask something yourself").fill("Who has the tenancy?")
    page.get_by_role("button", name="Ask the referrer").last.dblclick()
    expect(page.get_by_text("The question was sent to the referrer.")).to_be_visible()
    assert history(stage, case).count("asked") == 1
    fill_in(page, case)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Record decision").dblclick()
    expect(page.get_by_text("The decision was recorded")).to_be_visible()
    expect(page.get_by_role("heading", name="Not MAPPA-eligible")).to_be_visible()
    assert history(stage, case).count("decided") == 1


def test_a_session_that_ended_goes_on_where_it_was(page: Page, case: str, stage: Stage) -> None:
    fill_in(page, case)
    (cookie,) = (one for one in page.context.cookies() if one["name"] == COOKIE)
    stage.house.people.close_session(cookie["value"])
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Work email address").fill("coordinator@example.org")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("heading", name="Check the decision")).to_be_visible()
    expect(page.get_by_text(WHY)).to_be_visible()


def test_a_window_closed_while_typing_is_opened_again_with_the_words(
    stage: Stage, open_page: OpenPage, case: str
) -> None:
    first = open_page(stage.address, person=stage.cast.coordinator, house=stage.house)
    fill_in(first, case)
    expect(first.get_by_text("Saved at")).to_be_visible()
    first.close()
    again = open_page(stage.address, person=stage.cast.coordinator, house=stage.house)
    again.goto(f"{case}/decide")
    expect(again.get_by_label("Why this decision")).to_have_value(WHY)


def test_a_colleague_who_was_faster_does_not_cost_the_words(stage: Stage, page: Page, case: str) -> None:
    fill_in(page, case)
    stage.house.desk.assign(stage.cast.coordinator, id_of(case), stage.cast.coordinator.id)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("The case has changed since you opened it")
    expect(page.get_by_label("Why this decision")).to_have_value(WHY)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Check the decision")).to_be_visible()


def test_from_the_queue_to_a_ticked_case_assigned_with_the_keyboard_alone(
    stage: Stage, open_page: OpenPage, case: str
) -> None:
    page = open_page(stage.address)
    sign_in(page, "coordinator@example.org")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()

    def tab_to(what: str) -> None:
        for _ in range(200):
            page.keyboard.press("Tab")
            if page.evaluate(what):
                return
        raise AssertionError(f"not reached: {what}")

    tab_to("document.activeElement.name === 'ids'")
    page.keyboard.press("Space")
    tab_to("document.activeElement.id === 'to'")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The cases were assigned.")).to_be_visible()
    # A case that was judged: those still to be read cannot be decided.
    tab_to("document.activeElement.closest('.desk-queue th')?.closest('tr').textContent.includes(' met')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Tests")).to_be_visible()
    tab_to("document.activeElement.textContent.trim() === 'Record decision'")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Record decision")).to_be_visible()
