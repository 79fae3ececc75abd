"""Keeps workers at the door: forks RQ workers, the sweeper and the reading room, and starts again whichever dies."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType

from redis import Redis, RedisError
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from intake.doorbell import QUEUE
from intake.house import House, open_house
from intake.reading import ReadingDesk
from intake.reading_room import READER, ReadingRoom
from intake.settings import Settings
from intake.sweeper import EVERY, Sweeper
from intake.warming import practise_judging

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
GRACE = 20.0
"""Seconds that a worker gets to end its job when told to stop; then the job is left to its lease."""
libc = ctypes.CDLL(None, use_errno=True)


class _Post:
    """What a forked worker takes along: set before forking, used in the child that answers a ring."""

    settings: Settings
    room: ReadingRoom


def answer_the_door(job_id: str) -> None:
    """Called by RQ in a child of its own: do the job whose turn it is, which need not be the one that rang."""
    with open_house(_Post.settings) as house:
        reading_desk(house, _Post.room).do_next()


def reading_desk(house: House, room: ReadingRoom) -> ReadingDesk:
    return ReadingDesk(house.registry, house.ledger, house.check, room.do)


class DoorWorker(Worker):
    """An RQ worker that comes back soon after Redis was away."""

    max_connection_wait_time = 2.0


def _answer_rings() -> None:
    assert _Post.settings.redis_url is not None
    while True:
        connection = Redis.from_url(_Post.settings.redis_url)
        try:
            worker = DoorWorker(
                [Queue(QUEUE, connection=connection, serializer=JSONSerializer)],
                connection=connection,
                serializer=JSONSerializer,
                log_job_description=False,
            )
            worker.work(logging_level="WARNING")
            return
        except RedisError as error:
            log.warning("the queue is away: %s", type(error).__name__)
            time.sleep(1)
        finally:
            connection.close()


def _sweep_on() -> None:
    with open_house(_Post.settings) as house:
        sweeper = Sweeper(house.ledger, house.doorbell, reading_desk(house, _Post.room).set_aside)
        while True:
            sweeper.sweep()
            time.sleep(EVERY)


class _Team:
    """The forked children by place; a place whose child died is filled again."""

    def __init__(self, places: Sequence[Callable[[], None]]) -> None:
        self._places = places
        self._children: dict[int, int] = {}
        self._stopping = False

    def stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def run(self, room: ReadingRoom) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        while not self._stopping:
            room.keep_open()
            for place in range(len(self._places)):
                if place not in self._children:
                    self._children[place] = self._forked(self._places[place])
            self._collect()
            time.sleep(0.2)
        self._end()

    def _forked(self, work: Callable[[], None]) -> int:
        parent = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            # Told to stop when this process is killed; what it was doing is finished or left to its lease.
            libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            if os.getppid() == parent:
                work()
                code = 0
        except Exception as error:
            log.error("a worker ends: %s", type(error).__name__)
        finally:
            os._exit(code)

    def _collect(self) -> None:
        for place, pid in list(self._children.items()):
            if os.waitpid(pid, os.WNOHANG)[0]:
                del self._children[place]
                if not self._stopping:
                    log.warning("the child in place %d died and is started again", place)

    def _end(self) -> None:
        for pid in self._children.values():
            os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + GRACE
        while self._children and time.monotonic() < until:
            self._collect()
            time.sleep(0.05)
        for pid in self._children.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def run_worker(house: House, count: int | None = None, reader: Sequence[str] = READER) -> None:
    """Work until told to stop by SIGTERM or SIGINT, with `count` workers (one for each processor when not given).

    Call it in the main thread of a process that does nothing else: children are forked from it, so the house's
    connections are closed first.
    """
    _Post.settings = house.settings
    house.engine.dispose()
    house.doorbell.close()
    practise_judging(house.check)
    workers = [_answer_rings] * (count or os.cpu_count() or 1)
    with ReadingRoom(reader) as _Post.room:
        _Team([_sweep_on, *workers]).run(_Post.room)
