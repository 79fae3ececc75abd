"""Random faults against a desk at work, in real processes: `python -m benchmarks.chaos --trials 2000 --seed 1`.

Two hosts of two workers, the web, PostgreSQL and Redis run on this machine while senders send forms without pause, each
until it is shown a receipt. A trial is one fault. After each the counts are compared in one snapshot; after every few,
sending stops until nothing is under way, and then: every receipt shown has its document, whole, read and judged exactly
once; nothing is there twice; nothing waits. Prints a table by kind of fault, and ends with 1 if any trial failed.

Leases are shorter than in service (see chaos_part.py), so that a trial takes seconds; the forms are small ones that the
tests' reader understands; all else is what serves. A full disk is tried only as root, in a small file system of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import hashlib
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import redis
from house import form_file
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.chaos_part import LEASE, WEB_BOUNDARIES, WORKER_BOUNDARIES
from benchmarks.sender import NotTaken, Sender
from intake.acting import acting
from intake.database import migrate
from intake.doorbell import QUEUE
from intake.embedded import Embedded
from intake.errors import HouseError
from intake.house import House, open_house
from intake.keeping import Secrets
from intake.settings import Settings
from intake.tables import audit, documents, jobs, messages, readings, referrals

ROOT = Path(__file__).parents[1]
HOSTS = 2
SENDERS = 3
BETWEEN_CHECKS = 5
"""Faults after which sending stops until everything is done."""
STUCK_AFTER = 240.0
"""Seconds without a job being finished after which what is left is stuck; the machine may be busy with other things too."""
MOST_WAITING = 12
"""Jobs that wait before senders pause, so that a machine busy with other things can keep up."""
ROOM = 2 * 1024**3
PASSWORD = secrets.token_hex(16)
libc = ctypes.CDLL(None, use_errno=True)


class Accepted(NamedTuple):
    """A receipt that a sender was shown."""

    mark: str
    id: UUID
    reference: str
    sha256: bytes


class Children(NamedTuple):
    pid: int
    parent: int
    command: str


def running() -> dict[int, Children]:
    """Every process of this machine that can be looked at."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            found[int(folder.name)] = Children(int(folder.name), parent, command)
    return found


def under(pid: int) -> list[Children]:
    """The processes that come from `pid`, without itself."""
    everything = running()
    found: list[Children] = []
    parents = {pid}
    while parents:
        level = [one for one in everything.values() if one.parent in parents]
        found += level
        parents = {one.pid for one in level}
    return found


def kill(pid: int, number: int = signal.SIGKILL) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


class Desk:
    """Everything that runs, started again when it dies as an init system would."""

    def __init__(self, data: Path, embedded: Embedded, house: House, port: int) -> None:
        self.data = data
        self.embedded = embedded
        self.house = house
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
        settings = self.house.settings
        assert settings.database_url and settings.redis_url and settings.master_key
        environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "MAPPA_MASTER_KEY": settings.master_key,
            "MAPPA_DATA": str(self.data),
        }
        with (self.data / f"{name}.log").open("ab") as log:
            self.parts[name] = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.chaos_part", *order],
                env=environment,
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

    def horse(self) -> Children | None:
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


# Faults: each gives False when it found nothing to happen to.


def web_process(desk: Desk) -> bool:
    family = under(desk.parts["web"].pid)
    return bool(family) and kill(desk.chance.choice(family).pid)


def web_whole(desk: Desk) -> bool:
    family = under(desk.parts["web"].pid)
    desk.parts["web"].kill()
    for one in family:
        kill(one.pid)
    return bool(family)


def web_master(desk: Desk) -> bool:
    return kill(desk.parts["web"].pid)


def worker_parent(desk: Desk) -> bool:
    horse = desk.horse()
    return horse is not None and kill(horse.parent)


def work_horse(desk: Desk) -> bool:
    horse = desk.horse()
    return horse is not None and kill(horse.pid)


def parent_and_horse(desk: Desk) -> bool:
    horse = desk.horse()
    return horse is not None and kill(horse.parent) | kill(horse.pid)


def supervisor(desk: Desk) -> bool:
    return kill(desk.host())


def whole_host(desk: Desk) -> bool:
    host = desk.host()
    family = under(host)
    kill(host)
    for one in family:
        kill(one.pid)
    return bool(family)


def helper_or_reader(desk: Desk) -> bool:
    host = desk.host()
    children = [one.pid for one in under(host) if one.parent == host]
    return bool(children) and kill(desk.chance.choice(children))


def reader(desk: Desk) -> bool:
    readers = [one.pid for one in under(desk.host()) if "a_reader" in one.command]
    return bool(readers) and kill(desk.chance.choice(readers))


def frozen_horse(desk: Desk) -> bool:
    horse = desk.horse()
    if horse is None or not kill(horse.pid, signal.SIGSTOP):
        return False
    desk.frozen.append((time.monotonic() + 1.5 * LEASE.total_seconds(), horse.pid))
    return True


def frozen_parent(desk: Desk) -> bool:
    horse = desk.horse()
    if horse is None or not kill(horse.parent, signal.SIGSTOP):
        return False
    desk.frozen.append((time.monotonic() + 1.5 * LEASE.total_seconds(), horse.parent))
    return True


def graceful_stop(desk: Desk) -> bool:
    return kill(desk.host(), signal.SIGTERM)


def web_reload(desk: Desk) -> bool:
    return kill(desk.parts["web"].pid, signal.SIGHUP)


def postgres_killed(desk: Desk) -> bool:
    return kill(int((desk.data / "postgres" / "postmaster.pid").read_text().split()[0]))


def postgres_backend(desk: Desk) -> bool:
    backends = under(int((desk.data / "postgres" / "postmaster.pid").read_text().split()[0]))
    return bool(backends) and kill(desk.chance.choice(backends).pid)


def postgres_restarted(desk: Desk) -> bool:
    return kill(int((desk.data / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGINT)


def redis_killed(desk: Desk) -> bool:
    return kill(int((desk.data / "redis" / "redis.pid").read_text()))


def redis_empty(desk: Desk) -> bool:
    pid = int((desk.data / "redis" / "redis.pid").read_text())
    kill(pid)
    while Path(f"/proc/{pid}/exe").exists():
        time.sleep(0.01)
    for file in (desk.data / "redis" / "appendonlydir").glob("*"):
        file.unlink()
    return True


def redis_flushed(desk: Desk) -> bool:
    return bool(desk.wire.flushall())


def redis_refusing(desk: Desk) -> bool:
    desk.wire.config_set("maxmemory", "1")
    desk.rest(1)
    with contextlib.suppress(redis.RedisError):
        desk.wire.config_set("maxmemory", "256mb")
    return True


def redis_hanging(desk: Desk) -> bool:
    pid = int((desk.data / "redis" / "redis.pid").read_text())
    kill(pid, signal.SIGSTOP)
    time.sleep(1.5)
    return kill(pid, signal.SIGCONT)


def disk_full(desk: Desk) -> bool:
    filler = desk.data / "filler"
    free = os.statvfs(desk.data)
    with filler.open("wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - 65536)
            file.seek(0, os.SEEK_END)
        # The rest, and whatever is given back meanwhile.
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            try:
                file.write(b"\0" * 65536)
            except OSError:
                time.sleep(0.02)
    filler.unlink()
    return True


def doubled_delivery(desk: Desk) -> bool:
    with acting(desk.house.engine, "desk") as connection:
        known = list(connection.scalars(select(jobs.c.id).order_by(jobs.c.created_at.desc()).limit(20)))
    return bool(known) and desk.house.doorbell.ring(known) > 0


def reordered_delivery(desk: Desk) -> bool:
    rings = desk.queue.get_job_ids()
    if not rings:
        return False
    desk.chance.shuffle(rings)
    with desk.wire.pipeline() as pipe:
        pipe.delete(desk.queue.key)
        pipe.rpush(desk.queue.key, *rings)
        pipe.execute()
    return True


def lost_delivery(desk: Desk) -> bool:
    return bool(desk.wire.delete(desk.queue.key))


def clock_jump(desk: Desk) -> bool:
    (desk.data / "clock").write_text(str(desk.chance.choice([-7200, -40, 40, 7200, 90000])))
    desk.rest(1)
    (desk.data / "clock").write_text("0")
    return True


def database_clock_jump(desk: Desk) -> bool:
    by = timedelta(seconds=desk.chance.choice([-7200, -10, 10, 7200]))
    with acting(desk.house.engine, "desk") as connection:
        # What a clock that is moved sees of the times that the ledger keeps.
        connection.execute(
            text("UPDATE jobs SET lease_until = lease_until - :by, next_try = next_try - :by WHERE state <> 'done'"),
            {"by": by},
        )
    return True


def _sprung(desk: Desk, boundary: str, who: str) -> bool:
    trap = desk.traps / boundary
    fresh = desk.data / "trap"
    fresh.write_text(who)
    fresh.rename(trap)
    until = time.monotonic() + 8
    while trap.exists() and time.monotonic() < until:
        desk.tend()
        time.sleep(0.02)
    trap.unlink(missing_ok=True)
    sprung = desk.traps / f"sprung {boundary}"
    happened = sprung.exists()
    sprung.unlink(missing_ok=True)
    return happened


def _at(boundary: str, who: str) -> Callable[[Desk], bool]:
    return lambda desk: _sprung(desk, boundary, who)


FAULTS: Mapping[str, Callable[[Desk], bool]] = {
    "web process killed": web_process,
    "web killed whole": web_whole,
    "web master killed": web_master,
    "web reloaded": web_reload,
    "worker parent killed": worker_parent,
    "work-horse killed": work_horse,
    "worker parent and work-horse killed": parent_and_horse,
    "supervisor killed": supervisor,
    "whole host killed": whole_host,
    "worker, sweeper, reconciler or reader killed": helper_or_reader,
    "reader killed": reader,
    "work-horse frozen past its lease": frozen_horse,
    "worker parent frozen past its lease": frozen_parent,
    "host stopped gracefully": graceful_stop,
    "PostgreSQL killed": postgres_killed,
    "a PostgreSQL process killed": postgres_backend,
    "PostgreSQL restarted": postgres_restarted,
    "Redis killed": redis_killed,
    "Redis restarted empty": redis_empty,
    "Redis flushed": redis_flushed,
    "Redis refusing": redis_refusing,
    "Redis hanging": redis_hanging,
    "disk full": disk_full,
    "rings doubled": doubled_delivery,
    "rings reordered": reordered_delivery,
    "rings lost": lost_delivery,
    "clock jumped": clock_jump,
    "database clock jumped": database_clock_jump,
    **{f"killed when {boundary}": _at(boundary, "alone") for boundary in (*WEB_BOUNDARIES, *WORKER_BOUNDARIES)},
    **{f"killed with parent when {boundary}": _at(boundary, "and parent") for boundary in WORKER_BOUNDARIES},
}


class Senders:
    """Threads that send forms without pause while `sending` is set, and remember what they were shown."""

    def __init__(self, address: str, seed: int) -> None:
        self.accepted: list[Accepted] = []
        self.tries = 0
        self.sending, self._over = threading.Event(), threading.Event()
        self.under_way = SENDERS
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._send_on, args=(address, random.Random(seed + number)), daemon=True)
            for number in range(SENDERS)
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._over.set()
        self.sending.set()

    def _send_on(self, address: str, chance: random.Random) -> None:
        sender = Sender(address, "referrer@example.org", PASSWORD)
        while True:
            with self._lock:
                self.under_way -= 1
            self.sending.wait()
            with self._lock:
                self.under_way += 1
            if self._over.is_set():
                return
            content = form_file(orders={"wait": chance.choice([0, 0.05, 0.2, 0.6])})
            mark = secrets.token_urlsafe(12)
            if chance.random() < 0.15:
                # The same page sent twice at the same moment, as an impatient hand does.
                twin = Sender(address, "referrer@example.org", PASSWORD)
                other = threading.Thread(target=self._send_one, args=(twin, content, mark), daemon=True)
                other.start()
                self._send_one(sender, content, mark)
                other.join()
            else:
                self._send_one(sender, content, mark)
            time.sleep(chance.random())

    def _send_one(self, sender: Sender, content: bytes, mark: str) -> None:
        while not self._over.is_set():
            with self._lock:
                self.tries += 1
            try:
                shown = sender.send(content, f"m{mark}", timeout=10)
            except NotTaken:
                time.sleep(0.3)
                continue
            with self._lock:
                self.accepted.append(
                    Accepted(f"m{mark}", UUID(shown.id), shown.reference, hashlib.sha256(content).digest())
                )
            return


def broken(desk: Desk, accepted: list[Accepted]) -> list[str]:
    """What does not hold when everything is quiet: lost, doubled or stuck."""
    found = []
    with acting(desk.house.engine, "desk") as connection:
        rows = connection.execute(
            select(
                referrals.c.id,
                referrals.c.reference,
                referrals.c.status,
                referrals.c.upload_token,
                documents.c.sha256,
                select(func.count())
                .where(readings.c.referral_id == referrals.c.id)
                .scalar_subquery()
                .label("readings"),
                select(func.count())
                .where(audit.c.referral_id == referrals.c.id, audit.c.kind == "read")
                .scalar_subquery()
                .label("reads"),
                select(func.count())
                .where(messages.c.referral_id == referrals.c.id, messages.c.kind == "receipt")
                .scalar_subquery()
                .label("receipts"),
            ).join(documents, documents.c.referral_id == referrals.c.id)
        ).all()
        waiting = connection.scalar(select(func.count()).where(jobs.c.state.in_(["due", "running"])))
    kept = {row.id: row for row in rows}
    # Of the mark in the database, the page's own; after it stands the file's.
    marks = {row.id: row.upload_token.rpartition("-")[0] for row in rows}
    if waiting:
        found.append(f"stuck: {waiting} jobs")
    for one in accepted:
        row = kept.get(one.id)
        kept_as = (row.reference, marks[row.id], bytes(row.sha256)) if row is not None else None
        if kept_as != (one.reference, one.mark, one.sha256):
            found.append(f"lost: {one.reference}")
    for row in rows:
        if row.status != "checked":
            found.append(f"stuck: {row.reference} is {row.status}")
        elif (row.readings, row.reads, row.receipts) != (1, 1, 1):
            found.append(f"doubled or lost: {row.reference} read {row.reads} times, {row.receipts} receipts")
    for what, values in (("mark", list(marks.values())), ("reference", [row.reference for row in rows])):
        found += [f"doubled: {what} {value}" for value, times in Counter(values).items() if times > 1]
    return found


def unfinished(desk: Desk) -> tuple[int, int]:
    """How many jobs are not done, and how many are."""
    open_jobs = func.count().filter(jobs.c.state.in_(["due", "running"]))
    with acting(desk.house.engine, "desk") as connection:
        found = connection.execute(select(open_jobs, func.count().filter(jobs.c.state == "done"))).one()
    return found[0], found[1]


def quiet(desk: Desk, senders: Senders) -> int:
    """Wait until nothing is under way; gives how many forms were set aside and retried by a person meanwhile."""
    retried, done = 0, -1
    senders.sending.clear()
    until = time.monotonic() + STUCK_AFTER
    while time.monotonic() < until:
        desk.rest(0.3)
        try:
            left, now_done = unfinished(desk)
            with acting(desk.house.engine, "desk") as connection:
                aside = list(connection.scalars(select(jobs.c.referral_id).where(jobs.c.state == "set_aside")))
            coordinator = next(one for one in desk.house.people.people() if one.role == "coordinator")
            for one in aside:
                desk.house.desk.retry(coordinator, one)
                retried += 1
        except SQLAlchemyError:
            continue
        if not left and not aside and not senders.under_way:
            break
        if now_done > done or aside:
            done, until = now_done, time.monotonic() + STUCK_AFTER
    return retried


def differences(desk: Desk) -> list[str]:
    """What the reconciler finds in one snapshot, under way or not."""
    until = time.monotonic() + STUCK_AFTER
    while True:
        try:
            return [f"{one.code}: {' '.join(one.ids)}" for one in desk.house.reconciler.compare().differences]
        except SQLAlchemyError:
            if time.monotonic() > until:
                return ["the database did not come back"]
            desk.rest(0.2)


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
        embedded = held.enter_context(Embedded(data, Secrets(data / "secrets")))
        migrate(embedded.owner_url)
        settings = Settings(
            database_url=embedded.database_url,
            redis_url=embedded.redis_url,
            data=data,
            master_key=secrets.token_hex(32),
        )
        house = held.enter_context(open_house(settings))
        agency = house.people.add_agency("Agency", "police", "WM")
        house.people.add_person("referrer@example.org", "R", "referrer", PASSWORD, agency_id=agency.id)
        house.people.add_person("coordinator@example.org", "C", "coordinator", PASSWORD, area="WM")
        desk = Desk(data, embedded, house, free_port())
        held.callback(desk.stop)
        desk.tend()
        yield desk


def tried(trials: int, seed: int, told: Callable[[str], None]) -> tuple[Counter[str], list[str]]:
    """Run `trials` faults; gives how often each kind happened and what did not hold."""
    happened: Counter[str] = Counter()
    wrong: list[str] = []
    chance = random.Random(seed)
    kinds = [kind for kind in FAULTS if kind != "disk full" or os.geteuid() == 0]

    def report(problems: list[str], after: str) -> None:
        for problem in problems:
            wrong.append(f"{problem} (after {after})")
            told(f"WRONG {wrong[-1]}")

    with open_desk() as desk:
        desk.chance = chance
        senders = Senders(desk.address, seed)
        senders.sending.set()
        while not senders.accepted:
            desk.rest(0.2)
        began, retried, order, batch = time.monotonic(), 0, [], []
        while sum(happened.values()) < trials:
            # Every kind equally often, in random order.
            order = order or chance.sample(kinds, len(kinds))
            kind = order.pop()
            with contextlib.suppress(redis.RedisError, SQLAlchemyError, FileNotFoundError, IndexError, HouseError):
                # Where the server that it needs is still away, the fault does not happen and does not count.
                if FAULTS[kind](desk):
                    happened[kind] += 1
                    batch.append(kind)
            desk.rest(chance.random())
            report(differences(desk), kind)
            with contextlib.suppress(SQLAlchemyError):
                (senders.sending.clear if unfinished(desk)[0] > MOST_WAITING else senders.sending.set)()
            done = sum(happened.values())
            if len(batch) >= BETWEEN_CHECKS or done >= trials:
                retried += quiet(desk, senders)
                known = list(senders.accepted)
                report(broken(desk, known) + differences(desk), ", ".join(batch))
                batch = []
                senders.sending.set()
                told(
                    f"{done} of {trials} faults, {len(known)} receipts shown, {senders.tries} tries, "
                    f"{retried} set aside and retried, {len(wrong)} wrong, {time.monotonic() - began:.0f} s"
                )
        senders.end()
        with acting(desk.house.engine, "desk") as connection:
            trail = desk.house.trail.verify(connection)
        if not isinstance(trail, int):
            wrong.append(f"trail: {trail.why}")
        told(f"the trail's {trail} entries verify")
    return happened, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    happened, wrong = tried(asked.trials, asked.seed, lambda words: print(words, flush=True))
    print(f"\n{'fault':55}{'times':>6}")
    for kind, times in sorted(happened.items()):
        print(f"{kind:55}{times:>6}")
    print(f"{'together':55}{sum(happened.values()):>6}\n")
    print("\n".join(wrong) or "0 lost, 0 doubled, 0 stuck")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
