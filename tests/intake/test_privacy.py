"""A name planted in a form is found in no log, queue, message, address or temporary file, wherever the form goes."""

from __future__ import annotations

import logging
import signal
from pathlib import Path

import pytest
import redis
from house import Cast, Servers, Worker, form_file, status_of, wait_for

from intake.house import House
from intake.models import RawAnswer
from intake.settings import Settings

CANARY = "Zyzzyvanka"


def test_the_canary_is_found_nowhere(
    house: House,
    cast: Cast,
    worker: Worker,
    settings: Settings,
    servers: Servers,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    logs = tmp_path / "worker.log"
    wire = redis.Redis.from_url(settings.redis_url or "")
    with logs.open("wb") as file:
        worker.start(stderr=file)
        good = form_file(person__family_name=CANARY, referral__reason=f"{CANARY} did it.", level_requested="2")
        bad = [
            form_file(orders=orders, person__family_name=CANARY)
            for orders in ({"raise": f"{CANARY} cannot be read"}, {"signal": int(signal.SIGSEGV)})
        ]
        receipt = house.desk.receive(cast.yot, f"{CANARY}.pdf", good)
        others = [house.desk.receive(cast.yot, f"{CANARY}.pdf", one).referral_id for one in bad]
        wait_for(lambda: status_of(house, receipt.referral_id) == "checked")
        wait_for(lambda: status_of(house, others[1]) == "refused")
        wait_for(lambda: b"attempt 2" in logs.read_bytes(), 40)
        case = house.views.case(cast.yot, receipt.referral_id)
        one = next(question for question in case.clarifications if question.open)
        house.desk.answer(cast.yot, case.line.id, {one.id: RawAnswer(text=CANARY)})
        house.searching.find(cast.coordinator, CANARY)
        kept = b"".join(wire.dump(key) or b"" for key in wire.scan_iter("*"))
        worker.stop()
    assert CANARY.encode() not in logs.read_bytes() + kept
    assert CANARY not in caplog.text
    for log in ("postgres.log", "redis.log"):
        assert CANARY.encode() not in (servers.data / log).read_bytes()
    left = [path for place in (settings.data, Path("/dev/shm")) for path in place.glob("**/*mappa-reading-*/**/*")]
    assert not [path for path in left if path.is_file() and CANARY.encode() in path.read_bytes()]
