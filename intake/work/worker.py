"""Keeps workers at the door: RQ's pool of workers, with the helpers and the reading room that they need beside them."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Any
from uuid import UUID

from redis import Redis
from redis.client import Pipeline
from rq import Worker
from rq.serializers import JSONSerializer
from rq.worker_pool import WorkerData, WorkerPool
from rq.worker_registration import register
from sqlalchemy.exc import SQLAlchemyError

from intake.cases.findable import catch_up
from intake.cases.reading import ReadingDesk
from intake.errors import HouseError
from intake.house import House, open_house
from intake.mail.fetching import fetch
from intake.mail.postman import Postman
from intake.reader.reading_room import READER, ReadingRoom
from intake.retention.eraser import AT_ONCE
from intake.settings import Settings
from intake.systems.courier import Courier
from intake.work.doorbell import QUEUE
from intake.work.sweeper import EVERY, Sweeper
from intake.work.warming import practise_judging

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
GRACE = 20.0
"""Seconds that a worker gets to end its job when told to stop; then the job is handed back."""
HAND_BACK = 5.0
"""Seconds that handing back may take; then the job is left to its lease."""
SIGN_OF_LIFE = 30
"""Seconds within which an idle worker tells Redis that it listens, and notices a Redis that hangs."""
ERASE_EVERY = 600.0
"""Seconds between two looks for what is to be erased, when the last one found little."""
FORK = get_context("fork")
libc = ctypes.CDLL(None, use_errno=True)


class _Post:
    """What a forked worker takes along: set before forking, used in the child that answers a ring."""

    settings: Settings
    room: ReadingRoom
    supervisor: int


def answer_the_door(job_id: str) -> None:
    """Called by RQ in a child of its own: do the job whose turn it is, which need not be the one that rang."""
    try:
        with open_house(_Post.settings) as house:
            reading_desk(house, _Post.room).do_next()
    except (HouseError, SQLAlchemyError) as error:
        # The kind only, and nothing for RQ to keep: what is due stays due and is rung for again.
        log.warning("ring not answered: %s", type(error).__name__)


def reading_desk(house: House, room: ReadingRoom) -> ReadingDesk:
    return ReadingDesk(house.registry, house.ledger, house.check, room.do, house.gate)


def _move_in() -> None:
    """In a child: be told to stop when the supervisor is killed; what was in hand is finished or left to its lease."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    if os.getppid() != _Post.supervisor:
        os._exit(1)
    _Post.room.only_send()


class DoorWorker(Worker):
    """An RQ worker that comes back soon after Redis was away or emptied, and goes when its pool has gone."""

    max_connection_wait_time = 2.0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        _move_in()
        super().__init__(*arguments, **{**options, "worker_ttl": SIGN_OF_LIFE})
        self.log_job_description = False

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        # RQ enters a worker once, at its birth: where Redis was emptied since, nobody would know of it.
        register(self, pipeline)
        super().heartbeat(timeout, pipeline)

    def work(self, *_: Any, **__: Any) -> bool:
        worked: bool = super().work(logging_level="WARNING")
        return worked


def _sweep_on() -> None:
    _move_in()
    with open_house(_Post.settings) as house:
        house.desk.recount()
        sweeper = Sweeper(house.ledger, house.doorbell, reading_desk(house, _Post.room).set_aside)
        unfindable: UUID | None = UUID(int=0)
        erase_at = 0.0
        while True:
            sweeper.sweep()
            if time.monotonic() >= erase_at:
                more = house.eraser.go_round() >= AT_ONCE
                erase_at = time.monotonic() + (0 if more else ERASE_EVERY)
            if unfindable is not None:
                unfindable = catch_up(house.registry, unfindable)
            else:
                time.sleep(EVERY)


def _post_on() -> None:
    _move_in()
    with open_house(_Post.settings) as house:
        assert house.settings.smtp is not None
        postman = Postman(
            house.engine,
            house.vault,
            house.clock,
            house.answer_links,
            house.settings.smtp,
            house.settings.mail_from,
            house.settings.address,
        )
        while True:
            postman.go_round()
            time.sleep(EVERY)


def _fetch_on() -> None:
    _move_in()
    with open_house(_Post.settings) as house:
        assert house.settings.mailbox is not None
        while True:
            fetch(house.settings.mailbox, house.incoming, house.settings.max_upload)
            time.sleep(EVERY)


def _deliver_on() -> None:
    _move_in()
    with open_house(_Post.settings) as house:
        courier = Courier(house.engine, house.systems_secret, house.clock, house.settings.address)
        while True:
            courier.go_round()
            time.sleep(EVERY)


def _reconcile_on() -> None:
    _move_in()
    with open_house(_Post.settings) as house:
        while True:
            try:
                house.reconciler.compare_when_due()
            except SQLAlchemyError as error:
                log.warning("comparison put off: %s", type(error).__name__)
            time.sleep(EVERY)


HELPERS = (_sweep_on, _reconcile_on, _deliver_on)
"""What each machine does beside reading, each in a process of its own; the post and the mailbox too where they are set."""


class _Pool(WorkerPool):
    """Fills the place of any worker that died, of the helpers and of the reader too; ends in bounded time."""

    def __init__(self, connection: Redis, count: int, room: ReadingRoom) -> None:
        super().__init__([QUEUE], connection, count, worker_class=DoorWorker, serializer=JSONSerializer)
        self._room = room
        self._helpers: dict[Callable[[], None], BaseProcess] = {}
        self._asked_to_stop: float | None = None

    def check_workers(self, respawn: bool = True) -> None:
        self._room.keep_open()
        settings = _Post.settings
        post = (*((_post_on,) if settings.smtp else ()), *((_fetch_on,) if settings.mailbox else ()))
        for helper in (*HELPERS, *post):
            if helper not in self._helpers or not self._helpers[helper].is_alive():
                self._helpers[helper] = FORK.Process(target=helper, daemon=True)
                self._helpers[helper].start()
        super().check_workers(respawn)

    def handle_dead_worker(self, worker_data: WorkerData) -> None:
        if self.status != self.Status.STOPPED:
            log.warning("worker process %d died and is started again", worker_data.pid)
        super().handle_dead_worker(worker_data)

    def all_workers_have_stopped(self) -> bool:
        """Asked every second while stopping: first jobs may end, then they are handed back, then nothing waits for them."""
        now = time.monotonic()
        self._asked_to_stop = self._asked_to_stop or now
        if now > self._asked_to_stop + GRACE:
            # Without a reader the jobs in hand fail at once, and are due again.
            self._room.close()
        if now > self._asked_to_stop + GRACE + HAND_BACK:
            for worker in self.worker_dict.values():
                worker.process.kill()
        stopped: bool = super().all_workers_have_stopped()
        if stopped:
            for helper in self._helpers.values():
                helper.kill()
                helper.join()
        return stopped


def run_worker(house: House, count: int | None = None, reader: Sequence[str] = READER) -> None:
    """Work until told to stop by SIGTERM or SIGINT, with `count` workers (one for each processor when not given).

    Call it in the main thread of a process that does nothing else: children are forked from it, so the house's
    connections are closed first.
    """
    assert house.settings.redis_url is not None
    _Post.settings, _Post.supervisor = house.settings, os.getpid()
    house.engine.dispose()
    house.doorbell.close()
    practise_judging(house.check)
    with ReadingRoom(reader) as _Post.room, Redis.from_url(house.settings.redis_url) as connection:
        _Pool(connection, count or os.cpu_count() or 1, _Post.room).start(logging_level="WARNING")
