"""What proxies say of a browser is believed as far as there are proxies, and no further."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest
from conftest import MakeVisitor, visitors_of
from house import PASSWORD, Cast

from intake.errors import HouseError
from intake.house import House, open_house
from intake.settings import Settings
from web.app import make_app

NEAR = "127.0.0.1"
Ask = Callable[[int, Mapping[str, str]], tuple[str | None, bool]]


@pytest.fixture
def ask(settings: Settings, cast: Cast) -> Iterator[Ask]:
    """Signs in behind that many proxies: the address the trail and the list of sessions have then, and whether it was TLS."""
    with ExitStack() as open_things:

        def sign_in(proxies: int, headers: Mapping[str, str]) -> tuple[str | None, bool]:
            house = open_things.enter_context(open_house(settings.model_copy(update={"proxies": proxies})))
            make: MakeVisitor = visitors_of(make_app(house), house)
            one = make(None)
            (proof, *_) = one.parsed(one.get("/sign-in", headers=headers)).xpath("//input[@name='proof']/@value")
            typed = {"proof": proof, "email": cast.auditor.email, "password": PASSWORD}
            answer = one.client.post("/sign-in", data=typed, headers=headers)
            assert answer.status_code == 302
            kept, trail = house.sessions.of(cast.administrator, cast.auditor.id)[0].whence, told_by_trail(house, cast)
            assert kept == trail
            secure = "Secure" in answer.headers["Set-Cookie"]
            assert secure == ("Strict-Transport-Security" in answer.headers)
            house.sessions.end_all(cast.administrator, cast.auditor.id)
            return kept, secure

        yield sign_in


def told_by_trail(house: House, cast: Cast) -> str | None:
    page = house.auditing.read(cast.auditor)
    assert page is not None
    return next(one.whence for one in page.entries if one.kind == "signed_in")


def test_the_address_in_the_trail_is_the_one_that_the_outermost_proxy_saw(ask: Ask) -> None:
    seen: dict[tuple[int, str], str | None] = {
        (0, "192.0.2.1"): NEAR,
        (1, "192.0.2.1"): "192.0.2.1",
        (1, "203.0.113.66, 192.0.2.1"): "192.0.2.1",
        (2, "203.0.113.66, 192.0.2.1, 10.0.0.2"): "192.0.2.1",
        (2, "192.0.2.1"): NEAR,
        (1, "2001:db8::1"): "2001:db8::1",
        (1, "192.0.2.1:50311"): "192.0.2.1",
        (1, "[2001:db8::1]:50311"): "2001:db8::1",
        (1, "203.0.113.66, unknown"): None,
        (1, "192.0.2.1'); DROP TABLE audit"): None,
    }
    for (proxies, forwarded), taken in seen.items():
        assert ask(proxies, {"X-Forwarded-For": forwarded})[0] == taken, (proxies, forwarded)


def test_no_other_header_is_believed(ask: Ask) -> None:
    others = {"Forwarded": "for=203.0.113.66;proto=https", "X-Real-IP": "203.0.113.66", "Client-IP": "203.0.113.66"}
    for name, value in others.items():
        assert ask(1, {name: value}) == (NEAR, False), name


def test_tls_is_what_the_nearest_proxy_says(ask: Ask) -> None:
    said = {(0, "https"): False, (1, "https"): True, (1, "http"): False, (1, "https, http"): False}
    for (proxies, scheme), secure in said.items():
        assert ask(proxies, {"X-Forwarded-Proto": scheme})[1] is secure, (proxies, scheme)


def test_the_host_is_never_taken_from_a_proxys_header(settings: Settings) -> None:
    with open_house(settings.model_copy(update={"proxies": 1})) as house:
        one = make_app(house).test_client()
        answer = one.get("/queue", headers={"X-Forwarded-Host": "evil.example.org", "X-Forwarded-Prefix": "/evil"})
    assert answer.status_code == 302 and "evil" not in str(answer.headers)


@pytest.mark.parametrize("wrong", ["-1", "10", "all", "1.5", "²"])
def test_a_number_of_proxies_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(HouseError, match="MAPPA_PROXIES"):
        Settings.from_environment({"MAPPA_PROXIES": wrong})
