"""Signing in with the organisation's account, against a real provider: what it gives, takes away, and whatever may be forged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authenticator import App
from conftest import MakeVisitor, visitors_of
from house import PASSWORD, Cast, SetClock, form_file, open_as_owner
from organisation import CLIENT, SECRET, WEAK, Organisation, organisation
from sqlalchemy import text
from visitors import Visitor, text_of
from werkzeug.test import TestResponse

from intake.cases.reading import ReadingDesk
from intake.errors import HouseError, NotAllowed
from intake.house import House, open_house
from intake.models import Person
from intake.settings import Settings
from web.app import make_app

DESK = "http://localhost"
BACK = "/sign-in/organisation/back"


@pytest.fixture
def force(clock: SetClock) -> Iterator[Organisation]:
    with organisation(clock) as provider:
        yield provider


@pytest.fixture
def settings(settings: Settings, force: Organisation) -> Settings:
    return settings.model_copy(update={"sign_on": force.settings(DESK), "address": DESK})


@pytest.fixture
def groups(house: House, cast: Cast) -> House:
    """The house, with a group for youth offending, one for hospitals, and coordinators of two areas."""
    add = house.groups.add
    add(cast.administrator, "yot-workers", "referrer", cast.yot.agency_id, None)
    add(cast.administrator, "ward-staff", "referrer", cast.hospital.agency_id, None)
    add(cast.administrator, "mappa-wm", "coordinator", None, "WM")
    add(cast.administrator, "mappa-nw", "coordinator", None, "NW")
    return house


@pytest.fixture
def nobody(visitor: MakeVisitor) -> Visitor:
    return visitor(None)


def begun(visitor: Visitor, **more: str) -> str:
    """Begins signing in: the provider's address to which the page leads."""
    answer = visitor.send("/sign-in/organisation", more)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    address = answer.headers["Refresh"].removeprefix("0; url=")
    assert visitor.parsed(answer).xpath("//main//a/@href") == [address]
    return address


def at_the_provider(address: str) -> str:
    """Signs in there: the path on the desk to which the provider sends the browser back."""
    answer = requests.get(address, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["Location"])
    assert f"{parts.scheme}://{parts.netloc}" == DESK
    return f"{parts.path}?{parts.query}"


def signed_on(visitor: Visitor, **more: str) -> TestResponse:
    return visitor.get(at_the_provider(begun(visitor, **more)))


def person_named(house: House, email: str) -> Person | None:
    return next((one for one in house.people.people() if one.email == email), None)


def trail_of(house: House) -> list[tuple[str, dict[str, Any]]]:
    with open_as_owner(house) as connection:
        return [(row.kind, row.facts) for row in connection.execute(text("SELECT * FROM audit ORDER BY number"))]


# What it gives


def test_the_first_time_an_account_is_made_with_the_place_of_the_group(
    groups: House, cast: Cast, force: Organisation, nobody: Visitor
) -> None:
    force.signs_in("wren", "all-staff", "yot-workers")
    answer = signed_on(nobody, next="/rules")
    assert answer.status_code == 302 and answer.location == "/rules"
    assert nobody.get("/referrals").status_code == 200 and nobody.get("/queue").status_code == 403
    made = person_named(groups, "wren@force.example.org")
    assert made is not None
    assert (made.name, made.role, made.agency_id) == ("Wren Linnet", "referrer", cast.yot.agency_id)
    assert {"person_added", "signed_in"} <= {kind for kind, _ in trail_of(groups)}
    shown = text_of(nobody.page("/account"))
    assert "What you may do here follows your groups there" in shown and "New password" not in shown


def test_the_provider_is_asked_as_the_standards_say(groups: House, force: Organisation, nobody: Visitor) -> None:
    force.signs_in("wren", "yot-workers")
    signed_on(nobody)
    (asked,) = force.asked
    assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
    assert asked["redirect_uri"] == DESK + BACK and "openid" in asked["scope"].split()
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43


def test_no_password_fits_an_account_of_the_provider(groups: House, force: Organisation, nobody: Visitor) -> None:
    force.signs_in("wren", "yot-workers")
    signed_on(nobody)
    for password in ("", PASSWORD, "wren"):
        assert groups.people.sign_in("wren@force.example.org", password) is None
    wren = person_named(groups, "wren@force.example.org")
    assert wren is not None and not groups.people.confirms(wren, "")


def test_name_address_and_place_follow_the_provider(
    groups: House, cast: Cast, force: Organisation, visitor: MakeVisitor, reading: ReadingDesk
) -> None:
    force.signs_in("wren", "mappa-wm")
    signed_on(visitor(None))
    wren = person_named(groups, "wren@force.example.org")
    case = groups.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    while reading.do_next():
        pass
    assert wren is not None
    groups.desk.assign(wren, case, wren.id)
    force.signs_in("wren", "mappa-nw", name="Wren Siskin", email="W.Siskin@force.example.org")
    again = visitor(None)
    signed_on(again)
    now = person_named(groups, "w.siskin@force.example.org")
    assert now is not None and (now.id, now.name, now.area) == (wren.id, "Wren Siskin", "NW")
    assert groups.views.case(cast.coordinator, case).line.assigned_to is None
    assert again.get(f"/cases/{case}").status_code == 404


def test_an_address_that_another_account_has_is_not_taken_over(
    groups: House, cast: Cast, force: Organisation, visitor: MakeVisitor
) -> None:
    force.signs_in("wren", "yot-workers")
    signed_on(visitor(None))
    force.signs_in("wren", "yot-workers", email=cast.administrator.email)
    one = visitor(None)
    assert signed_on(one).status_code == 302
    assert one.get("/administration/people").status_code == 403
    assert person_named(groups, "wren@force.example.org") is not None
    force.signs_in("another", "yot-workers", email=cast.administrator.email.upper())
    answer = signed_on(visitor(None))
    assert answer.status_code == 403 and "cannot let you in by itself" in answer.get_data(as_text=True)


def test_details_that_the_token_lacks_are_asked_for(groups: House, force: Organisation, visitor: MakeVisitor) -> None:
    force.signs_in("wren", "yot-workers")
    force.only_userinfo = frozenset({"email", "name", "groups"})
    assert signed_on(visitor(None)).status_code == 302
    assert person_named(groups, "wren@force.example.org") is not None
    force.userinfo = {"sub": "somebody-else"}
    assert signed_on(visitor(None)).status_code == 422


def test_the_desk_proves_itself_as_the_provider_wishes(
    groups: House, clock: SetClock, force: Organisation, visitor: MakeVisitor
) -> None:
    force.signs_in("wren", "yot-workers")
    for method in ("client_secret_post", "client_secret_basic"):
        force.discovery, force.proofs = {"token_endpoint_auth_methods_supported": [method]}, [method]
        assert signed_on(visitor(None)).status_code == 302, method
        clock.pass_by(minutes=11)


def test_what_was_typed_before_the_session_ended_goes_on_after_it(
    groups: House, force: Organisation, nobody: Visitor
) -> None:
    force.signs_in("wren", "mappa-wm")
    answer = signed_on(nobody, **{"next": "/cases/x", "kept-why": "A long reason about Quillfeather."})
    page = nobody.parsed(answer)
    assert page.xpath("//form[@action='/cases/x']//input[@name='why']/@value") == ["A long reason about Quillfeather."]
    with open_as_owner(groups) as connection:
        assert connection.execute(text("SELECT * FROM sign_ons")).all() == []


def test_what_is_too_long_to_wait_is_shown_to_be_copied(groups: House, nobody: Visitor) -> None:
    answer = nobody.send("/sign-in/organisation", {"kept-why": "Quillfeather " * 10_000})
    assert answer.status_code == 409 and "Quillfeather" in answer.get_data(as_text=True)


# What it takes away


def test_who_is_in_no_known_group_gets_nothing_and_is_told(groups: House, force: Organisation, nobody: Visitor) -> None:
    force.signs_in("wren", "canteen")
    answer = signed_on(nobody)
    assert answer.status_code == 403 and "in none of its groups" in text_of(nobody.parsed(answer))
    assert nobody.get("/referrals").status_code == 302 and person_named(groups, "wren@force.example.org") is None
    assert ("sign_on_refused", {"why": "no_group", "from": "127.0.0.1"}) in trail_of(groups)


def test_groups_taken_away_close_the_account_and_groups_given_back_open_it(
    groups: House, cast: Cast, force: Organisation, visitor: MakeVisitor
) -> None:
    force.signs_in("wren", "yot-workers")
    before = visitor(None)
    signed_on(before)
    force.signs_in("wren")
    assert signed_on(visitor(None)).status_code == 403
    assert before.get("/referrals").status_code == 302
    (account,) = [one for one in groups.administration.accounts(cast.administrator) if one.way == "organisation"]
    assert not account.active
    force.signs_in("wren", "yot-workers")
    again = visitor(None)
    assert signed_on(again).status_code == 302 and again.get("/referrals").status_code == 200


def test_what_an_administrator_closed_no_group_opens(
    groups: House, cast: Cast, force: Organisation, visitor: MakeVisitor
) -> None:
    force.signs_in("wren", "yot-workers")
    signed_on(visitor(None))
    wren = person_named(groups, "wren@force.example.org")
    assert wren is not None
    groups.staffing.set_active(cast.administrator, wren.id, False)
    answer = signed_on(visitor(None))
    assert answer.status_code == 403 and "cannot let you in by itself" in answer.get_data(as_text=True)


def test_groups_of_two_places_give_none(groups: House, force: Organisation, nobody: Visitor) -> None:
    force.signs_in("wren", "mappa-wm", "mappa-nw")
    answer = signed_on(nobody)
    assert answer.status_code == 403 and "several groups" in text_of(nobody.parsed(answer))
    assert nobody.get("/queue").status_code == 302


def test_a_group_of_a_closed_agency_gives_nothing(
    groups: House, cast: Cast, force: Organisation, nobody: Visitor
) -> None:
    assert cast.yot.agency_id is not None
    groups.staffing.set_agency_active(cast.administrator, cast.yot.agency_id, False)
    force.signs_in("wren", "yot-workers")
    assert signed_on(nobody).status_code == 403


def test_groups_of_another_area_open_nothing_of_this_one(
    groups: House, cast: Cast, force: Organisation, nobody: Visitor, reading: ReadingDesk
) -> None:
    case = groups.desk.receive(cast.yot, "form.pdf", form_file(person__family_name="Quillfeather")).referral_id
    while reading.do_next():
        pass
    force.signs_in("wren", "mappa-nw")
    signed_on(nobody)
    assert nobody.get("/queue").status_code == 200 and nobody.get(f"/cases/{case}").status_code == 404
    assert "QUILLFEATHER" not in nobody.get("/queue").get_data(as_text=True)


def test_whatever_the_groups_look_like_only_names_count(
    groups: House, force: Organisation, visitor: MakeVisitor
) -> None:
    looks: list[tuple[object, int]] = [("yot-workers", 302), (["yot-workers", 7, None], 302)]
    looks += [({"yot-workers": 1}, 403), (None, 403), (7, 403), (["YOT-workers"], 403)]
    for claim, status in looks:
        force.signs_in("wren")
        force.lies = {"groups": claim}
        assert signed_on(visitor(None)).status_code == status, claim


# The second step


@pytest.fixture
def asked(groups: House, cast: Cast) -> House:
    groups.second_step.ask_of(cast.administrator, ["coordinator"])
    return groups


def test_the_second_step_is_asked_here_where_the_provider_is_not_trusted_with_it(
    asked: House, clock: SetClock, force: Organisation, visitor: MakeVisitor
) -> None:
    force.signs_in("wren", "mappa-wm", amr=["pwd", "mfa"], acr="high")
    one = visitor(None)
    page = one.parsed(signed_on(one, next="/queue"))
    assert "Set up the second step" in text_of(page) and one.get("/queue").status_code == 302
    app = App("".join(page.xpath("//li/p/strong")[0].text.split()))
    one.send("/sign-in/second-step", {"code": app.code(clock.now()), "next": "/queue"})
    assert one.get("/queue").status_code == 200
    clock.pass_by(minutes=11)
    new = App("".join(one.page("/account/second-step").xpath("//li/p/strong")[0].text.split()))
    stale = one.send("/account/second-step", {"code": new.code(clock.now())})
    assert stale.status_code == 422 and "more than ten minutes ago" in text_of(one.parsed(stale))
    again = visitor(None)
    assert "Second step of signing in" in text_of(again.parsed(signed_on(again)))
    again.send("/sign-in/second-step", {"code": app.code(clock.now())})
    new = App("".join(again.page("/account/second-step").xpath("//li/p/strong")[0].text.split()))
    assert again.send("/account/second-step", {"code": new.code(clock.now())}).status_code == 200


STRONG: tuple[tuple[set[str], dict[str, Any], bool], ...] = (
    ({"amr:mfa"}, {"amr": ["pwd", "mfa"]}, True),
    ({"amr:mfa"}, {"amr": ["pwd"]}, False),
    ({"amr:mfa"}, {"acr": "mfa"}, False),
    ({"amr:mfa"}, {}, False),
    ({"acr:phr", "amr:hwk"}, {"acr": "phr"}, True),
    ({"acr:phr"}, {"acr": "phr "}, False),
    ({"acr:None"}, {}, False),
    ({"acr:7", "amr:7"}, {"acr": 7, "amr": [7]}, False),
)


def test_the_provider_is_trusted_with_it_by_what_it_says_of_this_sign_in(
    settings: Settings, asked: House, clock: SetClock, force: Organisation
) -> None:
    for strong, says, passed in STRONG:
        trusted = settings.model_copy(update={"sign_on": force.settings(DESK, strong=frozenset(strong))})
        with open_house(trusted, clock=clock) as house:
            one = visitors_of(make_app(house), house)(None)
            force.signs_in("wren", "mappa-wm", **says)
            signed_on(one)
            assert one.get("/queue").status_code == (200 if passed else 302), (strong, says)
        levels = [one.removeprefix("acr:") for one in strong if one.startswith("acr:")]
        assert force.asked[-1].get("acr_values", "") == " ".join(levels)


# What is forged


def test_a_wrong_state_or_another_browser_gets_nothing(
    groups: House, force: Organisation, visitor: MakeVisitor
) -> None:
    force.signs_in("wren", "yot-workers")
    victim, thief = visitor(None), visitor(None)
    thief.page("/sign-in")
    back = at_the_provider(begun(victim))
    assert thief.get(back).status_code == 422 and thief.get("/referrals").status_code == 302
    state = parse_qs(urlsplit(back).query)["state"][0]
    for wrong in (
        back.replace(state, "x" * len(state)),
        back.replace(f"state={state}", ""),
        BACK,
        f"{BACK}?state={state}x",
    ):
        assert victim.get(wrong).status_code == 422, wrong
    assert victim.get(back).status_code == 302 and victim.get("/referrals").status_code == 200


def test_an_answer_counts_once(groups: House, force: Organisation, visitor: MakeVisitor) -> None:
    force.signs_in("wren", "yot-workers")
    one = visitor(None)
    first = one.client.get_cookie("mappa_session")
    back = at_the_provider(begun(one))
    before = one.client.get_cookie("mappa_session")
    assert one.get(back).status_code == 302
    after = one.client.get_cookie("mappa_session")
    assert before is not None and after is not None and before.value != after.value and first is None
    assert one.get(back).status_code == 422
    one.send("/sign-out")
    assert one.get(back).status_code == 422 and one.get("/referrals").status_code == 302


def test_a_code_that_was_used_elsewhere_gets_nothing(groups: House, force: Organisation, visitor: MakeVisitor) -> None:
    force.signs_in("wren", "yot-workers")
    one, other = visitor(None), visitor(None)
    back = at_the_provider(begun(one))
    stolen = parse_qs(urlsplit(back).query)["code"][0]
    theirs = at_the_provider(begun(other))
    fresh = parse_qs(urlsplit(theirs).query)["code"][0]
    # Another browser's code fits neither the verifier nor the nonce of this one.
    assert other.get(theirs.replace(fresh, stolen)).status_code == 422
    assert other.get("/referrals").status_code == 302
    assert one.get(back.replace(stolen, "nothing")).status_code == 422


def test_an_answer_that_took_too_long_gets_nothing(
    groups: House, clock: SetClock, force: Organisation, nobody: Visitor
) -> None:
    force.signs_in("wren", "yot-workers")
    back = at_the_provider(begun(nobody))
    clock.pass_by(minutes=11)
    assert nobody.get(back).status_code == 422 and nobody.get("/referrals").status_code == 302


HOUR = 3600
NOW = int(SetClock().now().timestamp())
FORGED: dict[str, dict[str, Any]] = {
    "wrong nonce": {"lies": {"nonce": "another"}},
    "no nonce": {"leaves_out": frozenset({"nonce"})},
    "for somebody else": {"lies": {"aud": "another-client"}},
    "for somebody else, asked by us": {"lies": {"aud": "another-client", "azp": CLIENT}},
    "for nobody": {"leaves_out": frozenset({"aud"})},
    "for several, asked by another": {"lies": {"aud": [CLIENT, "another"], "azp": "another"}},
    "for several, asked by nobody": {"lies": {"aud": [CLIENT, "another"]}},
    "of another issuer": {"lies": {"iss": "https://login.evil.example.org"}},
    "of no issuer": {"leaves_out": frozenset({"iss"})},
    "expired": {"lies": {"iat": NOW - HOUR, "exp": NOW - 120}},
    "never expiring": {"leaves_out": frozenset({"exp"})},
    "expiring at no time": {"lies": {"exp": "tomorrow"}},
    "not yet valid": {"lies": {"nbf": NOW + HOUR}},
    "of tomorrow": {"lies": {"iat": NOW + HOUR}},
    "of nobody": {"leaves_out": frozenset({"sub"})},
    "of an empty name": {"lies": {"sub": ""}},
    "of a number": {"lies": {"sub": 7}},
    "of a vast name": {"lies": {"sub": "x" * 5000}},
    "with another access token": {"lies": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    "not signed": {"algorithm": "none"},
    "signed by the shared secret": {"algorithm": "HS256", "key": WEAK["HS256"]},
    "signed by another key of that name": {"key": WEAK["RS256"]},
    "signed by a key of another kind": {"algorithm": "ES256", "key": WEAK["ES256"]},
}


def test_a_token_that_proves_nothing_opens_nothing(
    groups: House, force: Organisation, visitor: MakeVisitor, caplog: pytest.LogCaptureFixture
) -> None:
    force.signs_in("wren", "yot-workers")
    for forgery, lies in FORGED.items():
        caplog.clear()
        told, one = replace(force, asked=[]), visitor(None)
        for name, value in lies.items():
            setattr(force, name, value)
        answer = signed_on(one)
        assert answer.status_code == 422 and "could not be used" in text_of(one.parsed(answer)), forgery
        assert one.get("/referrals").status_code == 302
        assert "not believed" in caplog.text and "wren" not in caplog.text.lower() and SECRET not in caplog.text
        for name in lies:
            setattr(force, name, getattr(told, name))
    assert person_named(groups, "wren@force.example.org") is None
    assert signed_on(visitor(None)).status_code == 302


def test_an_answer_in_the_name_of_another_provider_gets_nothing(
    groups: House, force: Organisation, visitor: MakeVisitor
) -> None:
    force.signs_in("wren", "yot-workers")
    one = visitor(None)
    assert one.get(at_the_provider(begun(one)) + "&iss=https%3A%2F%2Fevil.example.org").status_code == 422
    force.discovery = {"authorization_response_iss_parameter_supported": True}
    groups.clock.pass_by(minutes=11)  # type: ignore[attr-defined]
    assert one.get(at_the_provider(begun(one))).status_code == 422
    assert one.get(at_the_provider(begun(one)) + f"&iss={force.address}").status_code == 302


def test_no_link_leads_elsewhere_after_signing_in(groups: House, force: Organisation, visitor: MakeVisitor) -> None:
    force.signs_in("wren", "yot-workers")
    for target in ("//evil.example.org", "https://evil.example.org", "/\\evil.example.org", "x"):
        assert signed_on(visitor(None), next=target).location == "/"


def test_who_gives_up_at_the_provider_is_back_at_the_sign_in_page(groups: House, nobody: Visitor) -> None:
    state = parse_qs(urlsplit(begun(nobody, **{"kept-why": "A reason."})).query)["state"][0]
    answer = nobody.get(f"{BACK}?error=access_denied&error_description=%3Cscript%3E&state={state}")
    page = nobody.parsed(answer)
    assert answer.status_code == 422 and "did not finish" in text_of(page) and "script>" not in text_of(page)
    assert page.xpath("//input[@name='kept-why']/@value") == ["A reason."] * 2


# When the provider fails


def test_a_provider_that_is_away_or_is_none_gets_a_plain_page(
    groups: House, clock: SetClock, force: Organisation, nobody: Visitor
) -> None:
    failures: list[tuple[str, Any]] = [("away", frozenset({".well-known/openid-configuration"}))]
    failures += [("discovery", {"issuer": "https://login.evil.example.org"}), ("discovery", {"jwks_uri": None})]
    failures += [("discovery", {"token_endpoint": "http://login.example.org/token"})]
    for name, value in failures:
        before = getattr(force, name)
        setattr(force, name, value)
        answer = nobody.send("/sign-in/organisation", {"kept-why": "A reason."})
        page = nobody.parsed(answer)
        assert answer.status_code == 503 and "cannot be reached" in text_of(page), value
        assert page.xpath("//input[@name='kept-why']/@value") == ["A reason."] * 2
        setattr(force, name, before)
        # It is left alone for some seconds, in which nobody waits for it.
        asked = force.discovered
        assert nobody.send("/sign-in/organisation").status_code == 503 and force.discovered == asked
        clock.pass_by(seconds=6)
    begun(nobody)
    assert nobody.send("/sign-in", {"email": "yot@example.org", "password": PASSWORD}).status_code == 302


def test_a_provider_that_fails_half_way_lets_nobody_in(groups: House, force: Organisation, nobody: Visitor) -> None:
    force.signs_in("wren", "yot-workers")
    for part in ("token", "jwks"):
        back = at_the_provider(begun(nobody))
        force.away = frozenset({part})
        assert nobody.get(back).status_code == 503 and nobody.get("/referrals").status_code == 302, part
        force.away = frozenset()


def test_a_provider_that_is_not_listening_gets_a_plain_page(settings: Settings, clock: SetClock) -> None:
    assert settings.sign_on is not None
    nowhere = settings.sign_on.model_copy(update={"issuer": "http://127.0.0.1:9"})
    with open_house(settings.model_copy(update={"sign_on": nowhere}), clock=clock) as house:
        one = visitors_of(make_app(house), house)(None)
        assert one.send("/sign-in/organisation").status_code == 503


# Signing out, joining, administering


def test_signing_out_ends_it_here_and_leads_to_the_providers_sign_out(
    groups: House, force: Organisation, nobody: Visitor
) -> None:
    force.signs_in("wren", "yot-workers")
    signed_on(nobody)
    answer = nobody.send("/sign-out")
    assert answer.status_code == 200 and nobody.get("/referrals").status_code == 302
    address = urlsplit(answer.headers["Refresh"].removeprefix("0; url="))
    asked = parse_qs(address.query)
    assert address.path == "/logout" and asked == {
        "client_id": [CLIENT],
        "post_logout_redirect_uri": [f"{DESK}/sign-in"],
    }
    nobody.send("/sign-in", {"email": "yot@example.org", "password": PASSWORD})
    assert nobody.send("/sign-out").location == "/sign-in"


def test_an_account_with_a_password_is_joined_only_when_an_administrator_says_so(
    groups: House, cast: Cast, force: Organisation, visitors: dict[str, Visitor], visitor: MakeVisitor
) -> None:
    force.signs_in("yvonne", "mappa-wm", email=cast.yot.email)
    assert signed_on(visitor(None)).status_code == 403
    administrator, path = visitors["administrator"], f"/administration/people/{cast.yot.id}"
    assert "Let the organisation's account in" in text_of(administrator.page(path))
    assert administrator.send(f"{path}/sign-on").status_code == 302
    assert "the password ends" in text_of(administrator.page(path))
    # Until then all stays as it was, for who has the address and no group too.
    force.signs_in("mallory", email=cast.yot.email)
    assert signed_on(visitor(None)).status_code == 403
    force.signs_in("mallory", "mappa-wm", email=cast.yot.email, email_verified=False)
    assert signed_on(visitor(None)).status_code == 403
    assert visitors["yot"].get("/referrals").status_code == 200
    force.signs_in("yvonne", "mappa-wm", email=cast.yot.email)
    one = visitor(None)
    assert signed_on(one).status_code == 302 and one.get("/queue").status_code == 200
    joined = person_named(groups, cast.yot.email)
    assert joined is not None and (joined.id, joined.role) == (cast.yot.id, "coordinator")
    assert visitors["yot"].get("/referrals").status_code == 302
    assert groups.people.sign_in(cast.yot.email, PASSWORD) is None
    assert administrator.send(f"{path}/sign-on").status_code == 409
    # A password set by an administrator takes the provider's place again.
    administrator.send(f"{path}/password", {"password": "lamp river seven"})
    assert groups.people.sign_in(cast.yot.email, "lamp river seven") is not None
    assert signed_on(visitor(None)).status_code == 403


def test_an_administrator_keeps_the_groups_by_page(house: House, cast: Cast, visitors: dict[str, Visitor]) -> None:
    administrator, path = visitors["administrator"], "/administration/groups"
    good = {"group": "8d1f-77 <b>", "role": "referrer", "agency_id": str(cast.yot.agency_id)}
    for wrong, words in (
        ({**good, "group": ""}, "Enter the group"),
        ({**good, "role": "king"}, "Choose what"),
        ({**good, "agency_id": ""}, "Choose the agency"),
        ({**good, "group": "x" * 201}, "at most 200"),
        ({**good, "role": "coordinator", "area": "XX"}, "Choose the area"),
    ):
        answer = administrator.send(path, wrong)
        assert answer.status_code == 422 and words in text_of(administrator.parsed(answer))
    assert administrator.send(path, good).status_code == 302
    assert administrator.send(path, {**good, "role": "auditor"}).status_code == 422
    assert "8d1f-77 <b> Refers" in text_of(administrator.page(path)) or "8d1f-77 <b>" in text_of(
        administrator.page(path)
    )
    assert administrator.send(f"{path}/remove", {"group": "8d1f-77 <b>"}).status_code == 302
    assert administrator.send(f"{path}/remove", {"group": "8d1f-77 <b>"}).status_code == 404
    orders: list[Callable[[], object]] = [
        lambda: house.groups.listed(cast.coordinator),
        lambda: house.groups.add(cast.coordinator, "x", "administrator", None, None),
        lambda: house.groups.remove(cast.auditor, "x"),
    ]
    for order in orders:
        with pytest.raises(NotAllowed):
            order()


# Settings

FULL = {
    "MAPPA_ADDRESS": "https://mappa.example.org/",
    "MAPPA_OIDC_ISSUER": "https://login.example.org/realm",
    "MAPPA_OIDC_CLIENT_ID": "desk",
}


def test_settings_come_from_the_environment_and_the_secret_from_a_file(tmp_path: Any) -> None:
    (tmp_path / "secret").write_text("hush\n")
    more = {"MAPPA_OIDC_SECRET_FILE": str(tmp_path / "secret"), "MAPPA_OIDC_STRONG": "amr:mfa acr:phr"}
    found = Settings.from_environment({**FULL, **more}).sign_on
    assert found is not None and found.client_secret == "hush" and found.strong == {"amr:mfa", "acr:phr"}
    assert found.callback == "https://mappa.example.org/sign-in/organisation/back" and found.groups == "groups"
    assert Settings.from_environment({}).sign_on is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"MAPPA_OIDC_ISSUER": "http://login.example.org"},
        {"MAPPA_ADDRESS": ""},
        {"MAPPA_ADDRESS": "http://mappa.example.org"},
        {"MAPPA_OIDC_CLIENT_ID": ""},
        {"MAPPA_OIDC_STRONG": "mfa"},
        {"MAPPA_OIDC_SECRET_FILE": "/nowhere/secret"},
    ],
)
def test_settings_that_cannot_hold_are_refused_in_one_sentence(wrong: dict[str, str]) -> None:
    with pytest.raises(HouseError, match="MAPPA_"):
        Settings.from_environment({**FULL, **wrong})


def test_without_a_provider_there_is_no_trace_of_one(settings: Settings, clock: SetClock) -> None:
    with open_house(settings.model_copy(update={"sign_on": None}), clock=clock) as house:
        one = visitors_of(make_app(house), house)(None)
        assert "organisation" not in text_of(one.page("/sign-in"))
        assert one.send("/sign-in/organisation").status_code == 404 and one.get(BACK).status_code == 404
