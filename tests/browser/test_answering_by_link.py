"""Questions are answered by a link and its code on a narrow screen, by keys alone and without scripts, and axe finds nothing."""

from __future__ import annotations

import base64
from uuid import UUID

from browsing import PHONE, OpenPage, Stage
from playwright.sync_api import expect
from test_everybody_can_use_it import axe, too_wide


def test_a_question_is_answered_by_link_on_a_phone_with_and_without_scripts(stage: Stage, open_page: OpenPage) -> None:
    links, token = stage.house.answer_links, stage.scene.link
    bare = open_page(stage.address, viewport=PHONE, java_script_enabled=False)
    bare.goto(f"/answer/{token}")
    assert not too_wide(bare)
    bare.get_by_role("button", name="Send the code").focus()
    bare.keyboard.press("Enter")
    expect(bare.get_by_role("heading", name="Enter the code")).to_be_visible()
    assert not too_wide(bare)
    code = links.new_code(UUID(bytes=base64.urlsafe_b64decode(token + "==")[:16]))
    assert code is not None
    bare.get_by_label("Code").focus()
    bare.keyboard.type(code)
    bare.keyboard.press("Enter")
    expect(bare.get_by_role("heading", name="What is missing")).to_be_visible()
    assert not too_wide(bare)
    unknown = bare.get_by_label("We do not know").first
    unknown.focus()
    bare.keyboard.press("Space")
    bare.get_by_label("Why it is not known").first.fill("Nobody has said so.")
    bare.get_by_role("button", name="Save and come back later").focus()
    bare.keyboard.press("Enter")
    expect(bare.get_by_text("Your answers are saved")).to_be_visible()
    page = open_page(stage.address, viewport=PHONE)
    page.goto(f"/answer/{token}")
    assert axe(page) == [] and not too_wide(page)
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_role("alert")).to_contain_text("A code was sent a moment ago")
    assert axe(page) == [] and not too_wide(page)
    page.context.add_cookies(bare.context.cookies())  # type: ignore[arg-type]
    page.goto(f"/answer/{token}/questions")
    assert axe(page) == [] and not too_wide(page)
