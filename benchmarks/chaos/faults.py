"""What can happen to a desk: each fault gives False when it found nothing to happen to."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import redis
from sqlalchemy import select, text

from benchmarks.chaos.hosts import Desk
from benchmarks.chaos.part import LEASE, MAIL_BOUNDARIES, WEB_BOUNDARIES, WORKER_BOUNDARIES
from benchmarks.processes import kill, under
from intake.store.acting import acting
from intake.store.tables import jobs


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
        connection.execute(
            text("UPDATE mails SET lease_until = lease_until - :by, next_try = next_try - :by"), {"by": by}
        )
    return True


def _answering(answer: str) -> Callable[[Desk], bool]:
    """The mail server answers so to the next three mails."""

    def fault(desk: Desk) -> bool:
        desk.post.answers.extend([answer] * 3)
        until = time.monotonic() + 8
        while desk.post.answers and time.monotonic() < until:
            desk.tend()
            time.sleep(0.02)
        left = len(desk.post.answers)
        desk.post.answers.clear()
        return left < 3

    return fault


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
    "mail server puts off": _answering("451"),
    "mail server takes the text and breaks the line": _answering("hang up"),
    "mail server takes the text and says nothing": _answering("be silent"),
    **{
        f"killed when {boundary}": _at(boundary, "alone")
        for boundary in (*WEB_BOUNDARIES, *WORKER_BOUNDARIES, *MAIL_BOUNDARIES)
    },
    **{f"killed with parent when {boundary}": _at(boundary, "and parent") for boundary in WORKER_BOUNDARIES},
}
