"""What scripts add: forms sent one by one with their progress, pages that keep fresh, answers saved while they are typed."""

from __future__ import annotations

from pathlib import Path

from browsing import OpenPage, Stage
from house import form_file
from playwright.sync_api import Page, expect
from scenes import GAPS, seeing_reader

DROP = """async ([selector, names, content]) => {
    const data = new DataTransfer();
    for (const name of names) data.items.add(new File([content], name, {type: "application/pdf"}));
    const input = document.querySelector(selector);
    const zone = input.closest(".govuk-file-upload-wrapper") ?? input;
    for (const kind of ["dragenter", "dragover", "drop"]) {
        zone.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
    }
    if (!input.files.length) { input.files = data.files; input.dispatchEvent(new Event("change", {bubbles: true})); }
}"""


def referrers_page(stage: Stage, open_page: OpenPage) -> Page:
    return open_page(stage.address, person=stage.cast.yot, house=stage.house)


def test_several_files_are_sent_one_by_one_to_a_receipt_each(stage: Stage, open_page: OpenPage, tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        (tmp_path / name).write_bytes(form_file(**GAPS))
    page = referrers_page(stage, open_page)
    page.goto("/referrals/send")
    page.locator("input[type=file]").set_input_files([tmp_path / "one.pdf", tmp_path / "two.pdf"])
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="2 files sent")).to_be_visible()
    expect(page.get_by_text("two.pdf")).to_be_visible()


def test_files_can_be_dropped_on_the_page(stage: Stage, open_page: OpenPage) -> None:
    page = referrers_page(stage, open_page)
    page.goto("/referrals/send")
    page.evaluate(DROP, ["input[type=file]", ["dropped.pdf"], form_file(**GAPS).decode()])
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Received: WM-2026-")
    expect(page.get_by_text("dropped.pdf")).to_be_visible()


def test_a_file_that_is_too_large_is_named_before_it_is_sent(stage: Stage, open_page: OpenPage, tmp_path: Path) -> None:
    with (tmp_path / "huge.pdf").open("wb") as file:
        file.truncate(60 * 1024 * 1024)
    page = referrers_page(stage, open_page)
    page.goto("/referrals/send")
    page.locator("input[type=file]").set_input_files(tmp_path / "huge.pdf")
    expect(page.get_by_text("larger than 25 MB")).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Not accepted: WM-2026-")
    expect(page.get_by_text("Send only the form, or scan it at 200 dpi in grey").first).to_be_visible()


def test_a_page_that_waits_shows_the_questions_by_itself(stage: Stage, open_page: OpenPage) -> None:
    receipt = stage.house.desk.receive(stage.cast.yot, "waiting.pdf", form_file(**GAPS))
    page = referrers_page(stage, open_page)
    page.goto(f"/referrals/{receipt.referral_id}")
    expect(page.get_by_role("heading", name="Received, and waiting to be read")).to_be_visible()
    while seeing_reader(stage.house).do_next():
        pass
    expect(page.get_by_role("link", name="Answer the questions").first).to_be_visible()
    expect(page.locator("[data-fresh-says]")).to_contain_text("questions for you")


def test_answers_are_saved_while_they_are_typed_and_are_there_after_a_crash(stage: Stage, open_page: OpenPage) -> None:
    page = referrers_page(stage, open_page)
    path = f"/referrals/{stage.scene.gaps}/questions"
    page.goto(path)
    page.get_by_label("What will management at level 2 add").fill("Half a sentence, typed between two visits")
    expect(page.get_by_text("not sent yet")).to_be_visible()
    page.close()
    again = referrers_page(stage, open_page)
    again.goto(path)
    expect(again.get_by_label("What will management at level 2 add")).to_have_value(
        "Half a sentence, typed between two visits"
    )


def test_an_identifier_that_cannot_be_right_is_told_while_it_can_be_looked_up(
    stage: Stage, open_page: OpenPage
) -> None:
    page = referrers_page(stage, open_page)
    page.goto(f"/referrals/{stage.scene.gaps}/questions")
    field = page.locator("[data-check] input[type=text]").first
    field.fill("2008/0123456A")
    field.blur()
    expect(page.get_by_text("its check does not fit").first).to_be_visible()
    field.fill("")


def test_pressing_send_twice_sends_once_and_sending_again_later_says_so(
    stage: Stage, open_page: OpenPage, tmp_path: Path
) -> None:
    (tmp_path / "once.pdf").write_bytes(form_file(**GAPS))
    before = stage.house.views.my_referrals(stage.cast.yot).counts["all"]
    page = open_page(stage.address, person=stage.cast.yot, house=stage.house, java_script_enabled=False)
    page.goto("/referrals/send")
    page.locator("input[type=file]").set_input_files(tmp_path / "once.pdf")
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Received")
    assert stage.house.views.my_referrals(stage.cast.yot).counts["all"] == before + 1
    page.go_back()
    page.locator("input[type=file]").set_input_files(tmp_path / "once.pdf")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("The same file is already with us")).to_be_visible()


def test_a_session_that_ends_while_typing_is_told_and_loses_nothing(stage: Stage, open_page: OpenPage) -> None:
    page = referrers_page(stage, open_page)
    page.goto(f"/referrals/{stage.scene.answered}/questions")
    token = next(cookie["value"] for cookie in page.context.cookies())
    stage.house.people.close_session(token)
    page.get_by_label("What will management at level 2 add").fill("Typed after the session ended")
    expect(page.get_by_text("you may have been signed out")).to_be_visible()
    page.get_by_role("button", name="Send the answers").click()
    expect(page.get_by_role("heading", name="You were signed out")).to_be_visible()
    page.get_by_label("Work email address").fill("yot@example.org")
    page.locator("#password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_text("Your answers were sent.")).to_be_visible()
    expect(page.get_by_text("Typed after the session ended")).to_be_visible()
