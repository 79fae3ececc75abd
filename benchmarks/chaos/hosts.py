"""The desk that is put to the test: two hosts, the web, PostgreSQL and Redis, started again when they die; a mail server."""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import redis
from mail_room import MailRoom, open_mail_room
from rq import Queue
from rq.serializers import JSONSerializer

from benchmarks.own_house import environment_of, mailing, own_house
from benchmarks.processes import Process, kill, under
from intake.embedded.servers import Embedded
from intake.house import House
from intake.work.doorbell import QUEUE

ROOT = Path(__file__).parents[2]
HOSTS = 2
ROOM = 2 * 1024**3
"""Bytes of the file system that can be filled."""
PASSWORD = secrets.token_hex(16)
libc = ctypes.CDLL(None, use_errno=True)


class Desk:
    """Everything that runs, started again when it dies as an init system would."""

    def __init__(self, data: Path, embedded: Embedded, house: House, post: MailRoom, port: int) -> None:
        self.data = data
        self.embedded = embedded
        self.house = house
        self.post = post
        self.address = f"127.0.0.1:{port}"
        self.traps = data / "traps"
        self.traps.mkdir()
        self.chance = random.Random()
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        self.orders = {"web": ["web", str(data), str(port)]}
        self.orders |= {f"host {number}": ["worker", str(data)] for number in range(HOSTS)}
        self.wire = redis.Redis.from_url(embedded.redis_url, socket_timeout=2)
        self.queue = Queue(QUEUE, connection=self.wire, serializer=JSONSerializer)
        self.frozen: list[tuple[float, int]] = []

    def tend(self) -> None:
        """Start again what has died. Call it often, in the main thread."""
        self.embedded.keep_up()
        for name, order in self.orders.items():
            if name not in self.parts or self.parts[name].poll() is not None:
                self._start(name, order)
        for until, pid in list(self.frozen):
            if time.monotonic() > until:
                kill(pid, signal.SIGCONT)
                self.frozen.remove((until, pid))

    def _start(self, name: str, order: list[str]) -> None:
        with (self.data / f"{name}.log").open("ab") as log:
            self.parts[name] = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.chaos.part", *order],
                env=environment_of(self.house) | mailing(self.post, self.address),
                cwd=ROOT,
                stderr=log,
                stdout=log,
                start_new_session=True,
                preexec_fn=lambda: libc.prctl(1, int(signal.SIGTERM), 0, 0, 0),
            )

    def stop(self) -> None:
        for _, pid in self.frozen:
            kill(pid, signal.SIGCONT)
        for part in self.parts.values():
            part.terminate()
        for part in self.parts.values():
            try:
                part.wait(40)
            except subprocess.TimeoutExpired:
                for one in under(part.pid):
                    kill(one.pid)
                part.kill()
                part.wait()

    def rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.tend()
            time.sleep(0.05)

    def host(self) -> int:
        return self.parts[f"host {self.chance.randrange(HOSTS)}"].pid

    def horse(self) -> Process | None:
        """A process that is doing a job just now: the child of a worker, which is the child of a host."""
        until = time.monotonic() + 3
        while time.monotonic() < until:
            host = self.host()
            family = under(host)
            workers = {one.pid for one in family if one.parent == host and "a_reader" not in one.command}
            horses = [one for one in family if one.parent in workers]
            if horses:
                return self.chance.choice(horses)
            self.tend()
            time.sleep(0.02)
        return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def open_desk() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory(prefix="mappa-chaos-") as folder, contextlib.ExitStack() as held:
        data = Path(folder)
        if os.geteuid() == 0:
            # A file system of our own that can be filled; it is this process's alone and goes with it.
            if libc.unshare(0x00020000):
                raise OSError(ctypes.get_errno(), "unshare")
            subprocess.run(["mount", "--make-rprivate", "/"], check=True)
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=755", "none", folder], check=True)
            held.callback(subprocess.run, ["umount", "-l", folder], check=True)
        house, embedded = held.enter_context(own_house(data))
        agency = house.people.add_agency("Agency", "police", "WM")
        house.people.add_person("referrer@example.org", "R", "referrer", PASSWORD, agency_id=agency.id)
        house.people.add_person("coordinator@example.org", "C", "coordinator", PASSWORD, area="WM")
        post = held.enter_context(open_mail_room(data))
        desk = Desk(data, embedded, house, post, free_port())
        held.callback(desk.stop)
        desk.tend()
        yield desk
