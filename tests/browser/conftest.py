"""Browsers at a desk that really runs: its own database, queue, worker and pages, and Debian's Chromium in front of it,
without a window: the headless shell takes half the time of the whole browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import DESKTOP, Desk, Entrance, OpenPage, Stage
from house import MASTER_KEY, ROOT, Servers, SetClock
from organisation import organisation
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from scenes import set_scene
from werkzeug.serving import make_server

from intake.house import House, open_house
from intake.models import Person
from intake.settings import Settings
from web.app import make_app
from web.session import COOKIE

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
PATIENCE = 60_000
"""Milliseconds until what a page should show counts as missing: far more than it takes, as other tests may have both cores."""
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.browser)
    item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: the pages were not tried in a browser")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def _settings(servers: Servers, data: Path) -> Settings:
    database_url, owner_url = servers.fresh_database()
    # A queue of its own: this desk's worker stays up while other tests count the rings in theirs.
    redis_url = servers.redis_url.replace("db=0", "db=1")
    return Settings(
        database_url=database_url, owner_url=owner_url, redis_url=redis_url, data=data, master_key=MASTER_KEY
    )


def _environment(settings: Settings) -> dict[str, str]:
    assert settings.database_url and settings.redis_url
    passed_on = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TESSDATA_PREFIX") if name in os.environ}
    return {
        **passed_on,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "MAPPA_MASTER_KEY": MASTER_KEY,
        "MAPPA_DATA": str(settings.data),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_open(port: int, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the pages did not open")


@pytest.fixture(scope="session")
def desk(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The whole service as it is run: gunicorn, a worker with the real readers, and real files to send."""
    settings = _settings(servers, tmp_path_factory.mktemp("desk"))
    port, environment = _free_port(), _environment(settings)
    parts = [
        subprocess.Popen([sys.executable, "-m", "web.cli", *part], env=environment, cwd=ROOT)
        for part in (["web", "--port", str(port)], ["worker"])
    ]
    try:
        _wait_until_open(port)
        with open_house(settings) as house:
            yield Desk(f"http://127.0.0.1:{port}", house, servers.cast)
    finally:
        for part in parts:
            part.terminate()
        for part in parts:
            part.wait(30)
        assert settings.database_url
        servers.drop(settings.database_url)


@pytest.fixture(scope="session")
def stage(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    settings = _settings(servers, tmp_path_factory.mktemp("stage"))
    clock = SetClock()
    with open_house(settings, clock=clock) as house:
        scene = set_scene(house, servers.cast)
        server = make_server("127.0.0.1", 0, make_app(house), threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Stage(f"http://127.0.0.1:{server.port}", house, servers.cast, scene)
        server.shutdown()
        thread.join()
    assert settings.database_url
    servers.drop(settings.database_url)


@pytest.fixture(scope="session")
def entrance(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    clock, port = SetClock(), _free_port()
    address = f"http://localhost:{port}"
    with organisation(clock) as force:
        own = {"address": address, "sign_on": force.settings(address)}
        settings = _settings(servers, tmp_path_factory.mktemp("entrance")).model_copy(update=own)
        with open_house(settings, clock=clock) as house:
            house.groups.add(servers.cast.administrator, "yot-workers", "referrer", servers.cast.yot.agency_id, None)
            server = make_server("localhost", port, make_app(house), threaded=True)
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            yield Entrance(address, house, servers.cast, force)
            server.shutdown()
            thread.join()
    assert settings.database_url
    servers.drop(settings.database_url)


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Opens a browser window; fails the test when a page says something in its console."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def open_one(address: str, *, person: Person | None = None, house: House | None = None, **options: Any) -> Page:
        context = chromium.new_context(base_url=address, **{"viewport": DESKTOP, **options})
        contexts.append(context)
        if person is not None and house is not None:
            context.add_cookies([{"name": COOKIE, "value": house.people.open_session(person), "url": address}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    unexpected = [text for text in said if "the server responded with a status of 4" not in text]
    assert not unexpected
