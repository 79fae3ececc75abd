"""The ledger: leases, fences, turns and attempts, by themselves and against each other."""

from __future__ import annotations

import contextlib
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import redis
from house import Cast, form_file
from sqlalchemy import func, insert, select, text

from intake.cases.reading import ReadingDesk
from intake.errors import LostLease
from intake.house import House
from intake.models import Person
from intake.settings import Settings
from intake.store.acting import acting
from intake.store.tables import jobs, readings
from intake.work.doorbell import Doorbell
from intake.work.ledger import ATTEMPTS, Claim
from intake.work.sweeper import Sweeper


def receive(house: House, by: Person, many: int = 1) -> list[UUID]:
    return [house.desk.receive(by, "form.pdf", form_file()).referral_id for _ in range(many)]


def expire(house: House) -> None:
    with acting(house.engine, "desk") as connection:
        connection.execute(
            text("UPDATE jobs SET lease_until = clock_timestamp() - interval '1 s' WHERE state = 'running'")
        )


def claimed(house: House) -> Claim:
    claim = house.ledger.claim()
    assert claim is not None
    return claim


def test_a_job_is_claimed_by_one_worker_only(house: House, cast: Cast) -> None:
    receive(house, cast.yot, 20)
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda _: house.ledger.claim(), range(40)))
    taken = [claim.id for claim in claims if claim is not None]
    assert len(taken) == len(set(taken)) == 20


def test_a_worker_that_lost_its_lease_cannot_write(house: House, cast: Cast) -> None:
    receive(house, cast.yot)
    stale = claimed(house)
    expire(house)
    house.ledger.release_expired()
    fresh = claimed(house)
    assert fresh.id == stale.id and fresh.fence > stale.fence
    for write in (
        lambda: house.ledger.renew(stale),
        lambda: house.ledger.fail(stale, "late"),
        lambda: finish(house, stale),
    ):
        with pytest.raises(LostLease):
            write()
    house.ledger.renew(fresh)
    finish(house, fresh)
    with pytest.raises(LostLease):
        finish(house, fresh)


def finish(house: House, claim: Claim) -> None:
    with acting(house.engine, "desk") as connection:
        house.ledger.finish(connection, claim)


def test_a_stalled_worker_that_wakes_late_writes_nothing(house: House, cast: Cast, reading: ReadingDesk) -> None:
    (one,) = receive(house, cast.yot)

    def stalls(task: str, file: object, still_here: object, every: float) -> object:
        # While this one sleeps its lease runs out and another worker reads the form.
        expire(house)
        house.ledger.release_expired()
        assert reading.do_next()
        return reading._do_task(task, file, still_here, every)

    stalled = ReadingDesk(house.registry, house.ledger, house.check, stalls, house.gate)
    assert stalled.do_next()
    case = house.views.case(cast.yot, one)
    assert [event.kind for event in case.history].count("read") == 1
    with acting(house.engine, "desk") as connection:
        assert connection.scalar(select(func.count()).select_from(readings)) == 1


def test_random_deaths_and_delays_never_write_twice(house: House, cast: Cast, reading: ReadingDesk) -> None:
    chance = random.Random(8115)
    ids = receive(house, cast.yot, 12)
    stale: list[Claim] = []
    for _ in range(400):
        step = chance.random()
        if step < 0.3:
            claim = house.ledger.claim()
            if claim is not None:
                stale.append(claim)
        elif step < 0.5:
            expire(house)
            for spent in house.ledger.release_expired():
                reading.set_aside(spent, "lease_expired")
        elif step < 0.7 and stale:
            with contextlib.suppress(LostLease):
                house.ledger.fail(chance.choice(stale), "chance")
        elif step < 0.8:
            with acting(house.engine, "desk") as connection:
                connection.execute(
                    text("UPDATE jobs SET next_try = clock_timestamp(), attempts = 0 WHERE state = 'due'")
                )
        else:
            reading.do_next()
    expire(house)
    for spent in house.ledger.release_expired():
        reading.set_aside(spent, "lease_expired")
    for one in ids:
        if house.views.progress(cast.yot, one).set_aside:
            house.desk.retry(cast.coordinator, one)
    with acting(house.engine, "desk") as connection:
        connection.execute(text("UPDATE jobs SET next_try = clock_timestamp() WHERE state = 'due'"))
    while reading.do_next():
        pass
    for one in ids:
        case = house.views.case(cast.yot, one)
        assert case.line.status == "checked"
        assert [event.kind for event in case.history].count("read") == 1


def test_one_agencys_flood_does_not_delay_another(house: House, cast: Cast) -> None:
    flood = receive(house, cast.yot, 1000)
    for _ in range(5):
        finish(house, claimed(house))
    (own,) = receive(house, cast.hospital)
    places = [claimed(house).referral_id for _ in range(3)]
    assert own in places and set(places) - {own} < set(flood)


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_database_clock_that_jumps_leaves_no_job_waiting(
    house: House, cast: Cast, reading: ReadingDesk, hours: int
) -> None:
    died, failed = receive(house, cast.yot, 2)
    claimed(house)
    house.ledger.fail(claimed(house), "trouble")
    # What a clock moved by so many hours sees of the times kept here.
    with acting(house.engine, "desk") as connection:
        connection.execute(
            text("UPDATE jobs SET lease_until = lease_until - :by, next_try = next_try - :by"),
            {"by": timedelta(hours=hours)},
        )
    Sweeper(house.ledger, house.doorbell, reading.set_aside).sweep()
    while reading.do_next():
        pass
    assert [house.views.progress(cast.yot, one).status for one in (died, failed)] == ["checked"] * 2


def test_agencies_take_turns(house: House, cast: Cast) -> None:
    flood = set(receive(house, cast.yot, 6))
    other = set(receive(house, cast.hospital, 3))
    order = [claimed(house).referral_id for _ in range(9)]
    assert [one in other for one in order[:6]].count(True) == 3
    assert set(order) == flood | other


def test_a_failure_waits_longer_each_time(house: House, cast: Cast) -> None:
    receive(house, cast.yot)
    waits = []
    for _ in range(4):
        house.ledger.fail(claimed(house), "trouble")
        assert house.ledger.claim() is None
        with acting(house.engine, "desk") as connection:
            waits.append(
                connection.execute(
                    text("SELECT extract(epoch FROM next_try - clock_timestamp()) FROM jobs")
                ).scalar_one()
            )
            connection.execute(text("UPDATE jobs SET next_try = clock_timestamp()"))
    assert waits == sorted(waits) and waits[0] < 3 and waits[-1] > 100


@pytest.mark.parametrize("taken_up", [True, False])
def test_a_job_whose_workers_keep_dying_is_set_aside_and_can_be_retried(
    house: House, cast: Cast, reading: ReadingDesk, taken_up: bool
) -> None:
    (one,) = receive(house, cast.yot)
    doorbell = house.doorbell
    sweeper = Sweeper(house.ledger, doorbell, reading.set_aside)
    for _ in range(ATTEMPTS):
        claim = claimed(house)
        if taken_up:
            with (
                acting(house.engine, "desk") as connection,
                house.registry.step(connection, "take_up", claim.referral_id) as file,
            ):
                file.note("reading", "Began to read the form.")
        expire(house)
        sweeper.sweep()
    assert house.ledger.claim() is None
    assert house.views.progress(cast.yot, one).set_aside
    house.desk.retry(cast.coordinator, one)
    assert reading.do_next()
    assert house.views.progress(cast.yot, one).status == "checked"


def test_the_sweeper_rings_for_what_is_due_and_not_more(
    house: House, cast: Cast, reading: ReadingDesk, settings: Settings
) -> None:
    receive(house, cast.yot, 5)
    wire = redis.Redis.from_url(settings.redis_url or "")
    sweeper = Sweeper(house.ledger, house.doorbell, reading.set_aside)
    assert house.doorbell.waiting() == 5
    assert sweeper.sweep() == 0
    wire.flushall()
    assert sweeper.sweep() == 5
    assert sweeper.sweep() == 0
    wire.lpop("rq:queue:intake")
    assert sweeper.sweep() == 1
    while reading.do_next():
        pass
    wire.flushall()
    assert sweeper.sweep() == 0


def test_a_silent_doorbell_does_not_refuse_an_upload(house: House, cast: Cast, settings: Settings) -> None:
    gone = settings.model_copy(update={"redis_url": "unix:///nowhere/redis.sock"})
    house.desk._reception._doorbell = Doorbell(gone.redis_url or "")
    began = time.monotonic()
    assert house.desk.receive(cast.yot, "form.pdf", form_file()).refused is None
    assert time.monotonic() - began < 1
    assert len(house.ledger.due(10)) == 1


def test_rings_carry_ids_only(house: House, cast: Cast, settings: Settings) -> None:
    house.desk.receive(cast.yot, "Quillfeather.pdf", form_file(person__family_name="Quillfeather"))
    wire = redis.Redis.from_url(settings.redis_url or "")
    (ring,) = [key for key in wire.keys("rq:job:*") if wire.type(key) == b"hash"]
    told = wire.hgetall(ring)
    (job_id,) = house.ledger.due(10)
    assert str(job_id).encode() in told[b"data"] + told[b"description"]
    assert b"Quillfeather" not in b"".join(told.values())


def test_claiming_among_many_stays_quick(house: House, cast: Cast) -> None:
    """The cost of one more job does not grow with how many there are."""
    (one,) = receive(house, cast.yot)
    with acting(house.engine, "desk") as connection:
        row = connection.execute(select(jobs)).mappings().one()
        rows = [{**row, "id": UUID(int=n), "kind": f"done{n}", "state": "done"} for n in range(1, 20_001)]
        connection.execute(insert(jobs), rows)
        connection.execute(text("ANALYZE jobs"))
        plan = "\n".join(
            connection.scalars(
                text(
                    "EXPLAIN (ANALYZE, COSTS OFF) SELECT id FROM jobs WHERE state = 'due' AND next_try <= clock_timestamp() "
                    "ORDER BY kind DESC, turn, created_at LIMIT 1 FOR UPDATE SKIP LOCKED"
                )
            )
        )
    # The policy's look at referrals stands in the plan, but for the desk it is never asked.
    scans = [line for line in plan.splitlines() if "Seq Scan" in line and "never executed" not in line]
    assert "jobs_due" in plan and scans == []
    assert claimed(house).referral_id == one
