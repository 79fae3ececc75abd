"""Real workers, killed and starved: everything accepted is read exactly once in effect."""

from __future__ import annotations

import os
import signal
import time
from uuid import UUID

import pytest
import redis
from house import Cast, Worker, form_file, status_of, wait_for
from sqlalchemy import func, select

from intake.house import House
from intake.settings import Settings
from intake.store.acting import acting
from intake.store.tables import audit, jobs, readings, referrals
from intake.work.ledger import LEASE
from intake.work.sweeper import EVERY


def read_by(house: House, ids: list[UUID]) -> bool:
    return all(status_of(house, one) == "checked" for one in ids)


def assert_read_once(house: House, ids: list[UUID]) -> None:
    with acting(house.engine, "desk") as connection:
        assert connection.scalar(select(func.count()).select_from(readings)) == len(ids)
        times = connection.execute(
            select(audit.c.referral_id, func.count()).where(audit.c.kind == "read").group_by(audit.c.referral_id)
        ).all()
        assert sorted(count for _, count in times) == [1] * len(ids)
        assert set(connection.scalars(select(jobs.c.state))) == {"done"}
        assert isinstance(house.trail.verify(connection), int)


def running(house: House) -> list[UUID]:
    with acting(house.engine, "desk") as connection:
        return list(connection.scalars(select(jobs.c.referral_id).where(jobs.c.state == "running")))


def test_a_worker_reads_what_comes_in_one_after_the_other(house: House, cast: Cast, worker: Worker) -> None:
    worker.start()
    first = house.desk.receive(cast.yot, "form.pdf", form_file(person__family_name="Otterley"))
    wait_for(lambda: read_by(house, [first.referral_id]))
    second = house.desk.receive(cast.yot, "form.pdf", form_file(person__family_name="Otterley"))
    wait_for(lambda: read_by(house, [second.referral_id]))
    assert worker.stop() == 0


def test_a_work_horse_killed_while_reading_loses_nothing(house: House, cast: Cast, worker: Worker) -> None:
    worker.start()
    receipt = house.desk.receive(cast.yot, "form.pdf", form_file(orders={"wait": 3}))
    wait_for(lambda: running(house))
    time.sleep(0.5)
    # RQ's worker forked it for this ring: the one process whose parent is not the supervisor, and no reader.
    assert worker.process is not None
    theirs = ("reader", "supervisor", f"child of {worker.process.pid}")
    (horse,) = (pid for pid, what in worker.family().items() if what not in theirs)
    os.kill(horse, signal.SIGKILL)
    wait_for(lambda: read_by(house, [receipt.referral_id]))
    assert_read_once(house, [receipt.referral_id])
    with acting(house.engine, "desk") as connection:
        assert connection.scalar(select(jobs.c.attempts)) == 2


def test_a_dead_workers_job_is_running_again_within_20_seconds_with_two_to_spare_for_starting() -> None:
    assert LEASE.total_seconds() + EVERY <= 18


def test_a_whole_worker_killed_while_reading_and_redis_wiped_loses_nothing(
    house: House, cast: Cast, worker: Worker, settings: Settings
) -> None:
    worker.count = 2
    worker.start()
    files = [form_file(orders={"wait": 2}) for _ in range(4)]
    ids = [house.desk.receive(cast.yot, "form.pdf", file).referral_id for file in files]
    wait_for(lambda: len(running(house)) == 2)
    worker.kill()
    redis.Redis.from_url(settings.redis_url).flushall()
    ids += [house.desk.receive(cast.hospital, "form.pdf", form_file()).referral_id]
    redis.Redis.from_url(settings.redis_url).flushall()
    worker.start()
    wait_for(lambda: read_by(house, ids), 90)
    assert_read_once(house, ids)


def test_redis_wiped_under_a_working_worker_loses_nothing(
    house: House, cast: Cast, worker: Worker, settings: Settings
) -> None:
    worker.start()
    ids = [house.desk.receive(cast.yot, "form.pdf", form_file(orders={"wait": 0.3})).referral_id for _ in range(6)]
    wait_for(lambda: running(house))
    redis.Redis.from_url(settings.redis_url).flushall()
    wait_for(lambda: read_by(house, ids), 90)
    assert_read_once(house, ids)
    # Idle now, it is still known to listen; and a worker whose sign of life has ended is not.
    wait_for(lambda: house.doorbell.workers() == 1)
    wire = redis.Redis.from_url(settings.redis_url)
    wire.sadd("rq:workers", "rq:worker:died")
    assert house.doorbell.workers() == 1


def test_a_reader_that_dies_is_started_again(house: House, cast: Cast, worker: Worker) -> None:
    worker.start()
    receipt = house.desk.receive(cast.yot, "form.pdf", form_file(orders={"wait": 2}))
    wait_for(lambda: running(house))
    readers = [pid for pid, what in worker.family().items() if what == "reader"]
    os.kill(min(readers), signal.SIGKILL)
    wait_for(lambda: read_by(house, [receipt.referral_id]))
    assert_read_once(house, [receipt.referral_id])


def test_a_form_that_crashes_its_reader_twice_is_refused_as_damaged(house: House, cast: Cast, worker: Worker) -> None:
    worker.start()
    bomb = house.desk.receive(cast.yot, "bomb.pdf", form_file(orders={"signal": int(signal.SIGABRT)}))
    loop = house.desk.receive(cast.yot, "loop.pdf", form_file(orders={"signal": int(signal.SIGXCPU)}))
    good = house.desk.receive(cast.yot, "form.pdf", form_file())
    wait_for(lambda: read_by(house, [good.referral_id]))
    wait_for(lambda: status_of(house, bomb.referral_id) == status_of(house, loop.referral_id) == "refused")
    refused = house.views.case(cast.yot, bomb.referral_id).refused
    assert refused is not None and refused.code == "damaged"
    refused = house.views.case(cast.yot, loop.referral_id).refused
    assert refused is not None and refused.code == "too_hard"


def test_stopping_a_worker_finishes_the_job_in_hand(house: House, cast: Cast, worker: Worker) -> None:
    worker.start()
    receipt = house.desk.receive(cast.yot, "form.pdf", form_file(orders={"wait": 2}))
    wait_for(lambda: running(house))
    assert worker.stop() == 0
    assert status_of(house, receipt.referral_id) == "checked"


@pytest.mark.parametrize("into_it", [0.0, 0.5])
def test_stopping_a_worker_hands_back_a_job_that_would_take_too_long(
    house: House, cast: Cast, worker: Worker, settings: Settings, into_it: float
) -> None:
    worker.grace = 0.5
    worker.start()
    receipt = house.desk.receive(cast.yot, "form.pdf", form_file(orders={"wait": 8}))
    wait_for(lambda: running(house))
    time.sleep(into_it)
    assert worker.stop() == 0
    # Not left to its lease: the next worker may have it in a moment.
    assert running(house) == []
    another = Worker(settings)
    another.start()
    wait_for(lambda: running(house), 10)
    wait_for(lambda: read_by(house, [receipt.referral_id]))
    another.stop()
    assert_read_once(house, [receipt.referral_id])


def test_nothing_of_a_worker_outlives_it(house: House, cast: Cast, worker: Worker) -> None:
    worker.start()
    house.desk.receive(cast.yot, "form.pdf", form_file(orders={"wait": 1}))
    wait_for(lambda: running(house))
    family = set(worker.family())
    worker.kill()
    wait_for(lambda: not [pid for pid in family if _alive(pid)], 15)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_every_received_referral_keeps_its_place_in_the_queue(house: House, cast: Cast, worker: Worker) -> None:
    ids = [house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id for _ in range(3)]
    assert {line.id for line in house.views.queue(cast.coordinator).lines} == set(ids)
    worker.start()
    wait_for(lambda: read_by(house, ids))
    assert {line.id for line in house.views.queue(cast.coordinator).lines} == set(ids)
    with acting(house.engine, "desk") as connection:
        assert connection.scalar(select(func.count()).select_from(referrals)) == 3
