"""What goes wrong on the way, tried in a browser: a broken connection, another choice of files, an ended session, going back."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import OpenPage, Stage
from house import form_file
from local_form import OWN, local_form
from playwright.sync_api import Page, expect
from scenes import GAPS, seeing_reader


def files(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).write_bytes(form_file(**GAPS))
    return [folder / name for name in names]


def sent_so_far(stage: Stage) -> int:
    return stage.house.views.my_referrals(stage.cast.yot).counts["all"]


def send_page(stage: Stage, open_page: OpenPage) -> Page:
    page = open_page(stage.address, person=stage.cast.yot, house=stage.house)
    page.goto("/referrals/send")
    return page


LOSE = """() => {
    const { get } = Object.getOwnPropertyDescriptor(XMLHttpRequest.prototype, "response");
    let lost;
    const { send } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.send = function (body) { lost ??= this; send.call(this, body); };
    Object.defineProperty(XMLHttpRequest.prototype, "response", { get() { return this === lost ? null : get.call(this); } });
}"""


def lose_the_next_answer(page: Page) -> None:
    """The request arrives, but its answer does not: the worst moment for a connection to break."""
    page.evaluate(LOSE)


def press_send_again(page: Page) -> None:
    page.wait_for_timeout(1100)  # the button takes what comes within a second for a double click
    page.get_by_role("button", name="Send", exact=True).click()


def test_a_file_whose_receipt_was_lost_is_sent_again_and_taken_once(
    stage: Stage, open_page: OpenPage, tmp_path: Path
) -> None:
    before, page = sent_so_far(stage), send_page(stage, open_page)
    page.locator("input[type=file]").set_input_files(files(tmp_path, "one.pdf", "two.pdf"))
    lose_the_next_answer(page)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("the connection is down")).to_be_visible()
    press_send_again(page)
    expect(page.get_by_role("heading", name="2 files sent")).to_be_visible()
    assert sent_so_far(stage) == before + 2


def test_a_file_chosen_after_a_broken_sending_gets_a_receipt_of_its_own(
    stage: Stage, open_page: OpenPage, tmp_path: Path
) -> None:
    before, page = sent_so_far(stage), send_page(stage, open_page)
    one, two = files(tmp_path, "first.pdf", "second.pdf")
    page.locator("input[type=file]").set_input_files(one)
    lose_the_next_answer(page)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("the connection is down")).to_be_visible()
    page.locator("input[type=file]").set_input_files(two)
    press_send_again(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Received: WM-2026-")
    expect(page.get_by_text("second.pdf")).to_be_visible()
    assert sent_so_far(stage) == before + 2


def test_a_session_that_ended_before_sending_says_so_and_leads_back(
    stage: Stage, open_page: OpenPage, tmp_path: Path
) -> None:
    before, page = sent_so_far(stage), send_page(stage, open_page)
    page.locator("input[type=file]").set_input_files(files(tmp_path, "late.pdf"))
    stage.house.people.close_session(next(cookie["value"] for cookie in page.context.cookies()))
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("You were signed out and nothing was sent")).to_be_visible()
    page.get_by_role("link", name="Open this page again").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert sent_so_far(stage) == before


def test_several_files_are_followed_to_the_end_of_their_reading_without_reloading(
    stage: Stage, open_page: OpenPage, tmp_path: Path
) -> None:
    page = send_page(stage, open_page)
    page.locator("input[type=file]").set_input_files(files(tmp_path, "one.pdf", "two.pdf"))
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("2 files are still being read")).to_be_visible()
    while seeing_reader(stage.house).do_next():
        pass
    expect(page.get_by_text("Every file has been looked at")).to_be_visible()
    expect(page.get_by_role("link", name="to answer").first).to_be_visible()


def test_going_back_after_answering_shows_what_is_still_asked(stage: Stage, open_page: OpenPage) -> None:
    referral = stage.house.desk.receive(stage.cast.yot, "form.pdf", form_file(**GAPS)).referral_id
    while seeing_reader(stage.house).do_next():
        pass
    page = open_page(stage.address, person=stage.cast.yot, house=stage.house, java_script_enabled=False)
    page.goto(f"/referrals/{referral}/questions")
    asked = page.locator(".desk-question").count()
    page.get_by_label("What will management at level 2 add").fill("Surveillance")
    page.get_by_role("button", name="Send the answers").click()
    expect(page.get_by_text("Your answers were sent.")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("What will management at level 2 add")).to_have_count(0)
    assert page.locator(".desk-question").count() == asked - 1


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_administrator_keeps_the_desk_by_pages(
    stage: Stage, open_page: OpenPage, tmp_path: Path, scripts: bool
) -> None:
    page = open_page(stage.address, person=stage.cast.administrator, house=stage.house, java_script_enabled=scripts)
    page.goto("/administration/panels")
    page.get_by_role("group", name="Panel", exact=True).get_by_label("Level 3").check()
    district = "Walsall" if scripts else "Dudley"
    page.get_by_label("District", exact=True).fill(district)
    for group, day in (("Day", ("3", "2", "2027")), ("Until", ("1", "4", "2027"))):
        for part, text in zip(("Day", "Month", "Year"), day, strict=True):
            page.get_by_role("group", name=group, exact=True).get_by_label(part, exact=True).fill(text)
    page.get_by_label("Starts at").fill("14:30")
    page.get_by_label("Weeks between panels").fill("6")
    page.get_by_role("button", name="Add to the calendar").click()
    expect(page.get_by_role("row", name=f"Wednesday 17 March 2027 2:30pm Level 3 {district}")).to_have_count(1)

    (tmp_path / "ours.docx").write_bytes(local_form())
    page.goto("/administration/labels")
    page.locator("input[type=file]").set_input_files(tmp_path / "ours.docx")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_label("Label as printed")).to_have_value(OWN, timeout=90_000)
    page.get_by_label("What it asks for").select_option(label="Agency unique identifier")
    page.get_by_role("button", name="Add this label").click()
    expect(page.get_by_text("The label is known.")).to_be_visible()
    page.get_by_role("button", name=f"Remove “{OWN}”").click()
    expect(page.get_by_text("The label is no longer known.")).to_be_visible()
