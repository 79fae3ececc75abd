"""Signing in with the organisation's account, in a real browser."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PHONE, Entrance, OpenPage
from playwright.sync_api import Page, expect


def usable(page: Page) -> None:
    """axe finds nothing, and nothing is wider than the window."""
    found = Axe().run(page).response["violations"]
    assert found == [], [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_to_the_organisation_and_back_by_keyboard(entrance: Entrance, open_page: OpenPage, scripts: bool) -> None:
    entrance.force.signs_in("wren", "yot-workers")
    page = open_page(entrance.address, java_script_enabled=scripts, viewport=PHONE)
    page.goto("/account")
    if scripts:
        usable(page)
    page.get_by_role("button", name="Sign in with your organisation's account").press("Enter")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    expect(page.get_by_text("You sign in with your organisation's account")).to_be_visible()
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert entrance.force.asked[-1]["post_logout_redirect_uri"] == f"{entrance.address}/sign-in"
    page.goto("/referrals")
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def test_who_is_let_in_by_no_group_is_told_so(entrance: Entrance, open_page: OpenPage) -> None:
    entrance.force.signs_in("dunnock", "canteen")
    page = open_page(entrance.address)
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with your organisation's account").click()
    expect(page.get_by_role("heading", name="You have no access to this desk")).to_be_visible()
    usable(page)


def test_the_pages_about_groups_and_joining_can_be_used(entrance: Entrance, open_page: OpenPage) -> None:
    page = open_page(entrance.address, person=entrance.cast.administrator, house=entrance.house, viewport=PHONE)
    for path in ("/administration/groups", f"/administration/people/{entrance.cast.yot.id}"):
        page.goto(path)
        usable(page)
