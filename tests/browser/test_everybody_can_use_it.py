"""Every page in every state can be used by everybody: axe finds nothing, nothing is cut off at 320 px, keys are enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from authenticator import App
from axe_playwright_python.sync_playwright import Axe
from browsing import DESKTOP, PHONE, Hand, OpenPage, Stage, sign_in
from flask import Flask
from house import Cast
from playwright.sync_api import Page, expect
from scenes import Scene
from sqlalchemy import delete
from visits import VISITS, Visit, address

from intake.models import Person
from intake.store.acting import acting
from intake.store.tables import sign_in_failures
from web.app import make_app

IN_EVERY_STATE = {
    "coordinator.case": "coordinator",
    "referrer.status": "yot",
    "referrer.receipt": "yot",
    "referrer.questions": "yot",
    "documents.read": "yot",
}
NOT_PAGES = {
    "built.built",
    "documents.picture",
    "documents.original",
    "documents.attachment",
    "api.openapi",
    "documents.export",
    "documents.whole",
    "statistics.download",
    "statistics.register",
    "referrer.results",
    "incoming.day_results",
    "copying.text",
    "agenda.diary",
    "referrer.progress",
    "watching.live",
    "watching.ready",
}
NO_REFERRALS = {
    "document",
    "question",
    "search",
    "somebody",
    "label",
    "agency",
    "mail",
    "arrived",
    "seen_to",
    "panel",
    "link",
    "sending",
    "system",
    "token",
    "hold",
}
REFERRALS = [name for name in Scene.__dataclass_fields__ if name not in NO_REFERRALS]


def person_called(cast: Cast, who: str) -> Person | None:
    return {
        "yot": cast.yot,
        "leaver": cast.yot,
        "coordinator": cast.coordinator,
        "administrator": cast.administrator,
        "manager": cast.manager,
        "auditor": cast.auditor,
    }.get(who)


def states(app: Flask, scene: Scene) -> Iterator[tuple[str, str, Visit, str]]:
    """Every page in every state: (name, who, visit, path)."""
    for (endpoint, method), visit in VISITS.items():
        if endpoint not in NOT_PAGES and visit.status != 302 and endpoint != "referrer.check_answer":
            yield f"{method} {endpoint}", visit.who, visit, address(app, endpoint, visit, scene)
    for endpoint, who in IN_EVERY_STATE.items():
        for referral in REFERRALS:
            visit = Visit(who, referral)
            yield f"{endpoint} {referral}", who, visit, address(app, endpoint, visit, scene)


SUBMIT = """([path, fields]) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = path;
    const proof = document.querySelector("input[name=proof]").value;
    for (const [name, value] of Object.entries({...fields, proof})) {
        const input = document.createElement("input");
        input.type = "hidden";
        input.name = name;
        input.value = value;
        form.append(input);
    }
    document.body.append(form);
    setTimeout(() => form.submit());
}"""


def show(page: Page, visit: Visit, path: str) -> None:
    """Open a page, or send its form as a browser would."""
    if visit.send is None:
        page.goto(path)
        return
    page.goto("/rules" if visit.who != "nobody" else "/sign-in")
    with page.expect_navigation(wait_until="load"):
        page.evaluate(SUBMIT, [path, visit.send])


def too_wide(page: Page) -> bool:
    """Whether anything on the page needs scrolling sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def of_every_route(name: str) -> bool:
    """Whether a state is a page as every route has it, and not one more state of it."""
    return name.startswith(("GET", "POST"))


def look(
    stage: Stage,
    open_page: OpenPage,
    window: dict[str, Any],
    check: Callable[[Page, str], Any],
    which: Callable[[str], bool] = lambda name: True,
) -> None:
    """Go through the pages in one kind of window, everything unfolded, and gather what `check` finds wrong."""
    pages: dict[str, Page] = {}
    wrong = {}
    for name, who, visit, path in states(make_app(stage.house), stage.scene):
        if not which(name):
            continue
        if who not in pages:
            pages[who] = open_page(stage.address, person=person_called(stage.cast, who), house=stage.house, **window)
        show(pages[who], visit, path)
        for details in pages[who].query_selector_all("details"):
            details.evaluate("part => { part.open = true }")
        found = check(pages[who], name)
        if found:
            wrong[name] = found
    with acting(stage.house.engine, "door") as connection:
        # Some states are of a wrong password: not too many of them for whoever signs in next.
        connection.execute(delete(sign_in_failures))
    assert not wrong


def axe(page: Page, rules: Sequence[str] = ()) -> list[Any]:
    """What axe finds wrong by these rules, or by all, its best practices included. What it finds right is not told: to
    write that down takes as long as to look."""
    only = {"runOnly": list(rules)} if rules else {}
    found = Axe().run(page, options={"resultTypes": ["violations"], **only}).response["violations"]
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in found]


@pytest.mark.timeout(900)
def test_axe_finds_nothing_on_any_page_in_any_state(stage: Stage, open_page: OpenPage) -> None:
    look(stage, open_page, {"viewport": DESKTOP}, lambda page, _: axe(page))


@pytest.mark.timeout(600)
def test_axe_finds_nothing_in_forced_colours(stage: Stage, open_page: OpenPage) -> None:
    look(
        stage,
        open_page,
        {"viewport": DESKTOP, "forced_colors": "active"},
        # All else is as with the page's own colours.
        lambda page, _: axe(page, ["color-contrast", "link-in-text-block"]),
        lambda name: name.startswith("GET"),
    )


@pytest.mark.timeout(900)
def test_nothing_needs_scrolling_sideways_at_320_pixels_and_axe_finds_nothing_there(
    stage: Stage, open_page: OpenPage
) -> None:
    def narrow(page: Page, name: str) -> list[Any]:
        found = axe(page) if of_every_route(name) else []
        return [*found, "scrolls sideways"] if too_wide(page) else found

    look(stage, open_page, {"viewport": PHONE}, narrow)


def test_a_name_without_a_space_in_it_pushes_nothing_out_of_sight(stage: Stage, open_page: OpenPage) -> None:
    case = stage.scene.complete
    places = {
        (stage.cast.coordinator, "/queue"): "tbody th a",
        (stage.cast.coordinator, f"/cases/{case}"): "h1, .desk-facts dd, .desk-value__text",
        (stage.cast.yot, "/referrals"): "td[data-label=Person]",
        (stage.cast.yot, f"/referrals/{case}"): "h1",
    }
    wide = []
    for (person, path), where in places.items():
        for size in (PHONE, DESKTOP):
            page = open_page(stage.address, person=person, house=stage.house, viewport=size)
            page.goto(path)
            found = page.locator(where).evaluate_all(
                "(places, name) => places.map(place => place.append(name)).length", "Wolfeschlegelsteinhausen" * 8
            )
            assert found > 0
            wide += [(path, size["width"])] if too_wide(page) else []
    assert wide == []


def test_every_error_leads_to_its_field(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.address, person=stage.cast.coordinator, house=stage.house)
    page.goto(f"/cases/{stage.scene.complete}/decide")
    page.get_by_role("button", name="Continue").click()
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    for link in summary.get_by_role("link").all():
        link.click()
        target = (link.get_attribute("href") or "").removeprefix("#")
        assert page.evaluate("document.activeElement.id") == target


def test_a_question_is_answered_with_the_keyboard_alone(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.address, person=stage.cast.yot, house=stage.house)
    page.goto(f"/referrals/{stage.scene.asked}/questions")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
    page.keyboard.type("They have been told.")
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Send the answers":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your answers were sent.")).to_be_visible()


def test_signing_in_says_nothing_about_which_half_was_wrong(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.address)
    page.goto("/sign-in")
    page.get_by_label("Work email address").fill("nobody@example.org")
    page.locator("#password").fill("wrong wrong wrong")
    Hand(page).click("Sign in")
    expect(page.get_by_role("alert")).to_contain_text("The email address or the password is not right")
    sign_in(page, "coordinator@example.org")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()


def test_the_second_step_is_set_up_on_a_narrow_screen_by_keys_alone_and_without_scripts(
    stage: Stage, open_page: OpenPage
) -> None:
    house, cast = stage.house, stage.cast
    house.second_step.ask_of(cast.administrator, ["coordinator"])
    try:
        page = open_page(stage.address, viewport=PHONE)
        sign_in(page, cast.coordinator.email)
        expect(page.get_by_role("heading", name="Set up the second step")).to_be_visible()
        assert axe(page) == [] and not too_wide(page)
        bare = open_page(stage.address, viewport=PHONE, java_script_enabled=False)
        sign_in(bare, cast.coordinator.email)
        app = App(bare.locator("li strong").inner_text())
        assert not too_wide(bare)
        bare.get_by_label("Code of the app").focus()
        bare.keyboard.type(app.code(house.clock.now()))
        bare.keyboard.press("Enter")
        expect(bare.get_by_role("heading", name="The second step is set up")).to_be_visible()
        assert not too_wide(bare)
        bare.get_by_role("button", name="go on").focus()
        bare.keyboard.press("Enter")
        expect(bare.get_by_role("heading", name="Queue")).to_be_visible()
        sign_in(page, cast.coordinator.email)
        expect(page.get_by_role("heading", name="Second step of signing in")).to_be_visible()
        assert axe(page) == [] and not too_wide(page)
    finally:
        house.second_step.ask_of(cast.administrator, [])
        house.second_step.reset(cast.administrator, cast.coordinator.id)


def test_what_is_hidden_by_scripts_is_open_without_them(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.address, person=stage.cast.yot, house=stage.house, java_script_enabled=False)
    page.goto(f"/referrals/{stage.scene.gaps}/questions")
    expect(page.get_by_label("Why it is not known").first).to_be_visible()
    page.goto(f"/referrals/{stage.scene.received}")
    expect(page.get_by_role("link", name="Look again")).to_be_visible()
    page.goto("/referrals/send")
    expect(page.locator("input[type=file]")).to_be_visible()


@pytest.mark.parametrize("path", ["/referrals/{gaps}/receipt", "/cases/{decided}/letter"])
def test_a_printed_page_is_marked_and_leaves_out_what_is_only_for_the_screen(
    stage: Stage, open_page: OpenPage, path: str
) -> None:
    who = stage.cast.yot if path.startswith("/referrals") else stage.cast.coordinator
    page = open_page(stage.address, person=who, house=stage.house)
    page.goto(path.format(gaps=stage.scene.gaps, decided=stage.scene.decided))
    page.emulate_media(media="print")
    expect(page.get_by_text("OFFICIAL-SENSITIVE").first).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Pages of the desk")).to_be_hidden()
