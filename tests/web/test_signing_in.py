"""Signing in by two steps, and one's own account, as people go through it."""

from __future__ import annotations

import pytest
from authenticator import App
from conftest import MakeVisitor
from house import PASSWORD, Cast, SetClock
from visitors import Visitor, text_of

from intake.house import House


@pytest.fixture
def asked(house: House, cast: Cast) -> House:
    house.second_step.ask_of(cast.administrator, ["coordinator"])
    return house


def give_password(visitor: Visitor, email: str, **more: str) -> str:
    answer = visitor.send("/sign-in", {"email": email, "password": PASSWORD, **more})
    assert answer.status_code == 200
    return text_of(visitor.parsed(answer))


def app_on(visitor: Visitor) -> App:
    page = visitor.page("/sign-in/second-step")
    return App("".join(page.xpath("//li/p/strong")[0].text.split()))


def test_the_first_time_an_app_is_set_up_and_later_its_code_is_asked(
    asked: House, cast: Cast, clock: SetClock, visitor: MakeVisitor
) -> None:
    one = visitor(None)
    assert "Set up the second step of signing in" in give_password(one, cast.coordinator.email)
    assert one.get("/queue").status_code == 302
    page = one.page("/sign-in/second-step")
    assert page.xpath("//div[@role='img']/svg") and not page.xpath("//@style | //svg//@onload")
    app = app_on(one)
    wrong = one.send("/sign-in/second-step", {"code": "000000"})
    assert wrong.status_code == 422 and app.secret[:4] in text_of(one.parsed(wrong))
    half_way = one.client.get_cookie("mappa_session")
    done = one.send("/sign-in/second-step", {"code": app.code(clock.now())})
    codes = [str(code) for code in one.parsed(done).xpath("//main//li/text()")]
    assert len(codes) == 10 and one.get("/queue").status_code == 200
    now = one.client.get_cookie("mappa_session")
    assert half_way is not None and now is not None and half_way.value != now.value
    clock.pass_by(minutes=1)
    for code in (app.code(clock.now()), codes[3]):
        again = visitor(None)
        shown = give_password(again, cast.coordinator.email)
        assert "Second step of signing in" in shown and "Key:" not in shown
        answer = again.send("/sign-in/second-step", {"code": code, "next": "/queue"})
        assert answer.status_code == 302 and answer.location == "/queue"
        assert again.get("/queue").status_code == 200


def test_no_page_but_the_second_step_opens_half_way(asked: House, cast: Cast, visitor: MakeVisitor) -> None:
    one = visitor(None)
    give_password(one, cast.coordinator.email)
    for path in ("/", "/queue", "/account", "/account/second-step", "/rules"):
        assert str(one.get(path).location).startswith("/sign-in"), path
    assert one.send("/account/password", {"password": PASSWORD, "new_password": "lamp river seven"}).status_code == 401


def test_the_second_step_without_the_first_leads_to_the_first(asked: House, nobody: Visitor) -> None:
    assert nobody.get("/sign-in/second-step").location == "/sign-in"
    answer = nobody.send("/sign-in/second-step", {"code": "123456", "kept-why": "A long reason."})
    page = nobody.parsed(answer)
    assert answer.status_code == 401 and page.xpath("//input[@name='kept-why']/@value") == ["A long reason."]


def test_what_was_typed_before_survives_both_steps(
    asked: House, cast: Cast, clock: SetClock, visitor: MakeVisitor
) -> None:
    one = visitor(None)
    give_password(one, cast.coordinator.email, **{"kept-why": "A long reason.", "next": "/cases/x"})
    app = app_on(one)
    answer = one.send(
        "/sign-in/second-step",
        {"code": app.code(clock.now()), "kept-why": "A long reason.", "next": "/cases/x"},
    )
    page = one.parsed(answer)
    assert page.xpath("//form[@action='/cases/x']//input[@name='why']/@value") == ["A long reason."]


def test_a_wrong_password_says_nothing_of_a_second_step(asked: House, cast: Cast, nobody: Visitor) -> None:
    pages = [
        text_of(nobody.parsed(nobody.send("/sign-in", {"email": email, "password": "wrong password"})))
        for email in (cast.coordinator.email, cast.yot.email, "nobody@example.org")
    ]
    assert len(set(pages)) == 1


def test_the_account_page_changes_the_password_and_ends_other_sessions(
    house: House, cast: Cast, yot: Visitor, visitors: dict[str, Visitor]
) -> None:
    assert "End all others" in text_of(yot.page("/account"))
    for wrong, words in (
        ({"password": "not mine at all", "new_password": "lamp river seven"}, "not your password"),
        ({"password": PASSWORD, "new_password": "passwordpassword"}, "would be guessed"),
    ):
        answer = yot.send("/account/password", wrong)
        assert answer.status_code == 422 and words in text_of(yot.parsed(answer))
    answer = yot.send("/account/password", {"password": PASSWORD, "new_password": "lamp river seven"})
    assert "Your password was changed" in text_of(yot.page(answer.location))
    assert visitors["leaver"].get("/referrals").status_code == 302
    assert house.people.sign_in(cast.yot.email, "lamp river seven") == cast.yot


def test_the_account_page_sets_the_second_step_up(house: House, cast: Cast, yot: Visitor, clock: SetClock) -> None:
    page = yot.page("/account/second-step")
    app = App("".join(page.xpath("//li/p/strong")[0].text.split()))
    for wrong in (
        {"code": app.code(clock.now()), "password": "not mine at all"},
        {"code": "000000", "password": PASSWORD},
    ):
        assert yot.send("/account/second-step", wrong).status_code == 422
    answer = yot.send("/account/second-step", {"code": app.code(clock.now()), "password": PASSWORD})
    assert "They are not shown again" in text_of(yot.parsed(answer))
    shown = text_of(yot.page("/account"))
    assert "You have 10 recovery codes left" in shown and "End all others" not in shown


def test_single_sessions_are_ended_from_the_account_page(yot: Visitor, visitors: dict[str, Visitor]) -> None:
    (action,) = yot.page("/account").xpath(
        "//form[contains(@action, '/account/sessions/') and contains(@action, '/end')][not(contains(@action, 'others'))]/@action"
    )
    assert yot.send(action).status_code == 302
    assert visitors["leaver"].get("/referrals").status_code == 302 and yot.get("/referrals").status_code == 200


def test_the_browser_is_told_in_words(house: House, cast: Cast, nobody: Visitor) -> None:
    agents = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0": "Edge on Windows",
        "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0": "Firefox on Linux",
        "<script>": None,
    }
    for agent, words in agents.items():
        nobody.send("/sign-in", {"email": cast.yot.email, "password": PASSWORD}, headers={"User-Agent": agent})
        assert words in {one.browser for one in house.sessions.of(cast.administrator, cast.yot.id)}
        nobody.send("/sign-out")


def test_an_administrator_says_who_needs_it_takes_it_away_and_ends_sessions(
    house: House, cast: Cast, visitors: dict[str, Visitor], clock: SetClock
) -> None:
    administrator = visitors["administrator"]
    administrator.send("/administration/signing-in", {"roles": ["referrer", "coordinator", "king"]})
    assert house.second_step.asked_of() == {"referrer", "coordinator"}
    page = administrator.page("/administration/signing-in")
    assert page.xpath("//input[@checked]/@value") == ["referrer", "coordinator"]
    app = App(house.second_step.begin(cast.yot))
    house.second_step.confirm(cast.yot, app.code(clock.now()))
    token = house.people.open_session(cast.yot, second_step=True)
    shown = text_of(administrator.page(f"/administration/people/{cast.yot.id}"))
    assert "Take the second step away" in shown and "Where this person is signed in" in shown
    administrator.send(f"/administration/people/{cast.yot.id}/sessions/end")
    assert house.people.person_of(token) is None
    administrator.send(f"/administration/people/{cast.yot.id}/second-step/reset")
    assert house.second_step.of(cast.yot.id) is None
