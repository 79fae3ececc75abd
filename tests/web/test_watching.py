"""Health and metrics: who may ask, what is told when something is away, and that every process of a server counts."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from house import Cast, form_file, open_as_owner
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from visitors import Visitor, text_of

from intake.cases.reading import ReadingDesk
from intake.house import House, open_house
from intake.settings import Settings
from web.app import make_app
from web.logs import OneLine

TOKEN = "watch-" * 6
ASK = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def watched(settings: Settings) -> Iterator[Any]:
    with open_house(settings.model_copy(update={"monitor_token": TOKEN})) as house:
        yield make_app(house).test_client()


def metrics(told: str) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.values()))): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }


@pytest.mark.parametrize("path", ["/health", "/metrics"])
def test_only_who_has_the_token_sees_more_than_a_word(watched: Any, path: str) -> None:
    assert watched.get(path).status_code == 403
    assert watched.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 403
    assert watched.get(path, headers={"Authorization": "Bearer \xe9"}).status_code == 403
    assert watched.get(path, headers=ASK).status_code in (200, 503)


def test_metrics_tell_the_queue_the_stages_and_the_cases_and_no_name(
    watched: Any, house: House, cast: Cast, reading: ReadingDesk
) -> None:
    for _ in range(3):
        house.desk.receive(cast.yot, "Quillfeather.pdf", form_file(person__family_name="Quillfeather"))
    reading.do_next()
    house.desk.receive(cast.hospital, "poison.pdf", form_file(orders={"raise": "Quillfeather"}))
    with open_as_owner(house) as connection:
        connection.execute(text("UPDATE jobs SET next_try = now() - interval '90 s' WHERE state = 'due'"))
        connection.execute(text("UPDATE referrals SET due_on = '2020-01-01' WHERE status = 'checked'"))
        connection.execute(text("UPDATE reference_counters SET last = last + 1"))
    house.reconciler.compare()
    told = watched.get("/metrics", headers=ASK).get_data(as_text=True)
    found = metrics(told)
    assert found["mappa_jobs", ("due", "read")] == 3
    assert found["mappa_queue_age_seconds", ()] >= 90
    assert found["mappa_jobs_finished", ("read",)] == 1
    assert 0 < found["mappa_stage_seconds", ("0.5", "read", "worked")] < 60
    assert found["mappa_cases_open", ()] == 4 and found["mappa_cases_overdue", ()] == 1
    assert found["mappa_count_differences", ("referral_lost",)] == 1
    assert found["mappa_dependency_up", ("database",)] == 1 and found["mappa_dependency_up", ("workers",)] == 0
    assert "quillfeather" not in told.lower()
    assert str(cast.yot.id) not in told


def test_each_dependency_is_told_by_itself(watched: Any, house: House) -> None:
    answer = watched.get("/health", headers=ASK)
    assert answer.status_code == 503
    assert answer.json == {"database": "ok", "room": "ok", "queue": "ok", "workers": "none listens", "counts": "ok"}
    with open_as_owner(house) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert watched.get("/health", headers=ASK).json["database"] != "ok"
    assert watched.get("/health/ready").status_code == 503
    assert watched.get("/health/live").status_code == 200


def test_a_silent_queue_leaves_the_desk_ready(settings: Settings) -> None:
    gone = settings.model_copy(update={"redis_url": "unix:///nowhere/redis.sock", "monitor_token": TOKEN})
    with open_house(gone) as opened:
        client = make_app(opened).test_client()
        assert client.get("/health/ready").status_code == 200
        assert client.get("/health", headers=ASK).json["queue"] == "does not answer"


def test_logs_are_one_object_a_line_and_repeat_nothing_an_error_says() -> None:
    try:
        raise ValueError("QUILLFEATHER, Tobias")
    except ValueError as error:
        record = logging.LogRecord("web", logging.ERROR, "", 0, "failure %s", ("ab12",), (ValueError, error, None))
    line = OneLine().format(record)
    told = json.loads(line)
    assert "\n" not in line and told["message"] == "failure ab12" and told["error"] == "ValueError"
    assert told["place"].startswith("test_watching.py:")
    assert "QUILLFEATHER" not in line


def test_administrators_see_at_once_what_does_not_agree(house: House, cast: Cast, visitors: dict[str, Visitor]) -> None:
    page = "/administration/health"
    assert "Not compared yet" in text_of(visitors["administrator"].page(page))
    house.desk.receive(cast.yot, "form.pdf", form_file())
    house.reconciler.compare()
    shown = text_of(visitors["administrator"].page(page))
    assert "All agree" in shown and shown.count("1 referral") == 1
    with open_as_owner(house) as connection:
        connection.execute(text("DELETE FROM jobs"))
    house.reconciler.compare()
    shown = text_of(visitors["administrator"].page(page))
    assert "Something does not agree" in shown and "reading_not_asked_for in 1 place: " in shown
