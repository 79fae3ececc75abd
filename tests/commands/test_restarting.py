"""Restarting the web under people who send: no upload is refused, whether the server reloads or a new one takes over."""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from gunicorn.config import Config
from house import PASSWORD, ROOT, Cast, form_file, wait_for
from sqlalchemy import func, select

from benchmarks.sender import NotTaken, Sender
from intake.house import House
from intake.settings import Settings
from intake.store.acting import acting
from intake.store.tables import referrals
from web.server import Process

TOKEN = "watch-" * 6


class Web:
    """`mappa-intake web` on a listening socket that somebody else holds, as systemd does for a socket unit."""

    def __init__(self, settings: Settings, held: socket.socket) -> None:
        self._held = held
        self._environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": settings.database_url or "",
            "REDIS_URL": settings.redis_url or "",
            "MAPPA_MASTER_KEY": settings.master_key or "",
            "MAPPA_DATA": str(settings.data),
            "MAPPA_MONITOR_TOKEN": TOKEN,
            "LISTEN_FDS": "1",
        }
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        held = self._held.fileno()
        # systemd hands the socket over as descriptor 3 and names the process it is meant for.
        hand_over = f'import os; os.dup2({held}, 3); os.environ["LISTEN_PID"] = str(os.getpid())'
        run = "from web.cli import main; main(['web'])"
        return subprocess.Popen(
            [sys.executable, "-c", f"{hand_over}\n{run}"], env=self._environment, cwd=ROOT, pass_fds=[held]
        )

    def restart(self) -> None:
        """As `systemctl restart` does: the old one ends, then the new one starts, while the socket stays."""
        self.stop()
        self.process = self._started()

    def reload(self) -> None:
        self.process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(40)


@pytest.fixture
def held() -> Iterator[socket.socket]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        yield listening


@contextmanager
def sending(address: str, told: list[str], taken: list[str]) -> Iterator[None]:
    """Three people who send one form after the other; what is not taken at the first try is told."""
    over = threading.Event()

    def send_on(number: int) -> None:
        sender = Sender(address, "yot@example.org", PASSWORD)
        turn = 0
        while not over.is_set():
            turn += 1
            try:
                taken.append(sender.send(form_file(), f"{number}-{turn}", timeout=60).reference)
            except NotTaken as refused:
                told.append(str(refused))
            time.sleep(0.05)

    threads = [threading.Thread(target=send_on, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("how", [Web.reload, Web.restart])
def test_no_upload_is_refused_while_the_web_restarts(
    house: House, cast: Cast, settings: Settings, held: socket.socket, how: Callable[[Web], None]
) -> None:
    told: list[str] = []
    taken: list[str] = []
    address = "{}:{}".format(*held.getsockname())
    web = Web(settings, held)
    try:
        with sending(address, told, taken):
            wait_for(lambda: len(taken) > 3)
            before = set(children(web.process.pid))
            how(web)
            # The old processes are gone, new ones answer.
            wait_for(lambda: (now := set(children(web.process.pid))) and not now & before)
            count = len(taken)
            wait_for(lambda: len(taken) > count + 3)
        counted = taken_by_all_processes(address)
    finally:
        web.stop()
    assert told == []
    # Reloading keeps what the processes before have counted; a new server counts anew.
    assert counted == len(taken) if how is Web.reload else 0 < counted < len(taken)
    with acting(house.engine, "desk") as connection:
        assert connection.scalar(select(func.count()).select_from(referrals)) == len(set(taken)) == len(taken)


def taken_by_all_processes(address: str) -> float:
    request = urllib.request.Request(f"http://{address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        told = answer.read().decode()
    (line,) = re.findall(r'^mappa_request_seconds_count\{.*page="referrer.take".*status="200".*\} (\S+)$', told, re.M)
    return float(line)


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def test_a_process_told_to_end_at_once_does_so_while_a_request_is_being_given_to_its_threads() -> None:
    process = Process(0, 0, [], None, 30, Config(), logging.getLogger())
    process.tpool = ThreadPoolExecutor(1)

    def end() -> None:
        with suppress(SystemExit):
            process.handle_quit(signal.SIGQUIT, None)

    told = threading.Thread(target=end, daemon=True)
    # Held while a request is given over; the signal's handler runs in the midst of that.
    with process.tpool._shutdown_lock:
        told.start()
        told.join(10)
        assert not told.is_alive() and not process.alive
