"""Passwords that were published are refused, and the service that knows them learns five digits of a hash and no more."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from house import Cast, SetClock

from intake.errors import DeskError, HouseError
from intake.house import House, open_house
from intake.people import published
from intake.settings import Settings

STOLEN, PADDED, GOOD = "gravel teapot nineteen", "walnut bicycle seventy", "lantern orchard eleven"


def digest(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest().upper()


@dataclass
class Range:
    """A range search on loopback that knows one stolen password, pads with another, and can fail."""

    address: str = ""
    fails: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)


@pytest.fixture
def service() -> Iterator[Range]:
    made = Range()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.path, self.headers["Add-Padding"]))
            start = self.path.removeprefix("/range/")
            if made.fails == "slow":
                time.sleep(0.5)
            known = {digest(STOLEN): 3, digest(PADDED): 0, digest("another one"): 9}
            lines = [f"{whole[5:]}:{seen}" for whole, seen in known.items() if whole.startswith(start)]
            body = "\r\n".join([*lines, "0" * 35 + ":0"]).encode()
            self.send_response({"broken": 500, "moved": 302}.get(made.fails, 200))
            self.send_header("Content-Length", str(len(body)))
            if made.fails == "moved":
                self.send_header("Location", "/range/00000")
            self.end_headers()
            self.wfile.write(b"<html>" * 9 if made.fails == "another" else body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{server.server_port}/range/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def asking(settings: Settings, service: Range, clock: SetClock) -> Iterator[House]:
    with open_house(settings.model_copy(update={"published": service.address}), clock=clock) as house:
        yield house


def test_a_published_password_is_refused_wherever_one_is_set(asking: House, cast: Cast) -> None:
    add, change = asking.people.add_person, asking.people.set_password
    with pytest.raises(DeskError, match="published"):
        add("new@example.org", "Nell Dunlin", "auditor", STOLEN)
    with pytest.raises(DeskError, match="published"):
        change(cast.yot.email, STOLEN)
    add("new@example.org", "Nell Dunlin", "auditor", GOOD)
    change(cast.yot.email, PADDED)
    assert asking.people.sign_in(cast.yot.email, PADDED) == cast.yot


def test_the_service_learns_five_digits_and_is_asked_to_pad(asking: House, cast: Cast, service: Range) -> None:
    asking.people.set_password(cast.yot.email, GOOD)
    assert service.asked == [(f"/range/{digest(GOOD)[:5]}", "true")]
    with pytest.raises(DeskError):
        asking.people.set_password(cast.yot.email, "short")
    assert len(service.asked) == 1


def test_a_service_that_fails_keeps_nobody_from_a_new_password(
    asking: House, cast: Cast, service: Range, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(published, "PATIENCE", (0.2, 0.2))
    for fails in ("slow", "broken", "moved"):
        service.fails = fails
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            asking.people.set_password(cast.yot.email, STOLEN)
        assert "cannot be asked" in caplog.text, fails
        assert STOLEN not in caplog.text and digest(STOLEN)[:5] not in caplog.text
    service.fails = "another"
    asking.people.set_password(cast.yot.email, STOLEN)


@pytest.mark.parametrize(
    "wrong", ["http://passwords.example.org/range/", "passwords.example.org", "file:///etc/passwd"]
)
def test_it_is_asked_by_tls_only(wrong: str) -> None:
    with pytest.raises(HouseError, match="MAPPA_PASSWORDS_URL"):
        Settings.from_environment({"MAPPA_PASSWORDS_URL": wrong})
    assert Settings.from_environment({"MAPPA_PASSWORDS_URL": "https://passwords.example.org/range/"}).published
