"""Signing in with the organisation's account, and with a security key as the second step, in a real browser."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PHONE, Entrance, OpenPage, sign_in
from house import PASSWORD
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


def virtual_key(page: Page, **more: object) -> None:
    """Plugs a security key into the browser that answers by itself."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True, **more}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_security_key_is_added_and_signs_in_by_keyboard(entrance: Entrance, open_page: OpenPage) -> None:
    page = open_page(entrance.address, viewport=PHONE)
    virtual_key(page)
    sign_in(page, entrance.cast.hospital.email)
    for name in ("Red key", "Blue key"):
        page.goto("/account/keys/add")
        usable(page)
        page.get_by_label("Name of the key").fill(name)
        page.locator("#password").fill(PASSWORD)
        page.get_by_role("button", name="Add this key").press("Enter")
        if name == "Red key":
            expect(page.get_by_role("heading", name="The second step is set up")).to_be_visible()
            usable(page)
            page.get_by_role("button", name="I have kept them: go on").press("Enter")
            expect(page.get_by_role("row", name="Red key")).to_be_visible()
            usable(page)
    # The browser knows by its own list that this key is here already.
    expect(page.get_by_role("status")).to_have_text("This key is known already.")
    page.get_by_role("button", name="Sign out").press("Enter")
    sign_in(page, entrance.cast.hospital.email)
    expect(page.get_by_label("Recovery code")).to_be_visible()
    usable(page)
    page.get_by_role("button", name="Use your security key").press("Enter")
    expect(page.get_by_role("heading", name="My referrals")).to_be_visible()
    page.goto("/account")
    page.get_by_role("link", name="Remove Red key").press("Enter")
    usable(page)


def test_a_key_that_does_not_answer_is_said_aloud(entrance: Entrance, open_page: OpenPage) -> None:
    entrance.house.second_step.ask_of(entrance.cast.administrator, ["coordinator"])
    page = open_page(entrance.address)
    virtual_key(page, hasUserVerification=True, isUserVerified=False, automaticPresenceSimulation=False)
    sign_in(page, entrance.cast.coordinator.email)
    usable(page)
    page.get_by_label("Name of the key").fill("Red key")
    page.get_by_role("button", name="Add a key and sign in").click()
    expect(page.get_by_role("status")).to_have_text("Use your key now: the browser says how.")
    entrance.house.second_step.ask_of(entrance.cast.administrator, [])


def test_without_scripts_the_app_remains(entrance: Entrance, open_page: OpenPage) -> None:
    entrance.house.second_step.ask_of(entrance.cast.administrator, ["auditor"])
    page = open_page(entrance.address, java_script_enabled=False)
    sign_in(page, entrance.cast.auditor.email)
    expect(page.get_by_label("Code of the app")).to_be_visible()
    expect(page.get_by_role("button", name="Add a key and sign in")).to_be_hidden()
    entrance.house.second_step.ask_of(entrance.cast.administrator, [])
    page = open_page(entrance.address, person=entrance.cast.manager, house=entrance.house, java_script_enabled=False)
    page.goto("/account/keys/add")
    expect(page.get_by_text("An app works without them")).to_be_visible()
    expect(page.get_by_role("button", name="Add this key")).to_be_hidden()
