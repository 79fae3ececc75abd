"""A value of a decision is copied at a press where scripts run, and stands there to be selected where they do not."""

from __future__ import annotations

from browsing import OpenPage, Stage
from playwright.sync_api import expect


def test_a_value_is_copied_at_a_press(stage: Stage, open_page: OpenPage) -> None:
    path = f"/cases/{stage.scene.decided}/copy"
    page = open_page(stage.address, person=stage.cast.coordinator, house=stage.house)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(path)
    page.get_by_role("button", name="Copy Last name").click()
    expect(page.get_by_role("button", name="Copied Last name")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "Fernsby"
    bare = open_page(stage.address, person=stage.cast.coordinator, house=stage.house, java_script_enabled=False)
    bare.goto(path)
    expect(bare.get_by_text("Fernsby", exact=True)).to_be_visible()
    expect(bare.get_by_role("button", name="Copy Last name")).to_be_hidden()
