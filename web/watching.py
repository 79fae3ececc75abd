"""Health and metrics, for machines that watch this one: /health/live, /health/ready, /health and /metrics.

`live` and `ready` say one word and are open, as load balancers need it. `/health` and `/metrics` answer only who sends the
token of MAPPA_MONITOR_TOKEN as a bearer; where none is set they are not there. None shows personal data.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Iterator
from contextlib import suppress

from flask import Blueprint, Flask, Response, abort, g, jsonify, request
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from intake.house import House
from intake.mail.correspondence import UNSETTLED
from web.errors import Answer
from web.session import for_everybody, the_house

pages = Blueprint("watching", __name__)

REQUESTS = Histogram(
    "mappa_request_seconds",
    "Server time of answers, by page, method and status.",
    ("page", "method", "status"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)


@pages.get("/health/live")
@for_everybody
def live() -> Answer:
    """This process answers; nothing else is looked at."""
    return jsonify(status="ok"), 200


@pages.get("/health/ready")
@for_everybody
def ready() -> Answer:
    """Files can be taken in. Neither queue nor workers are needed for that: what is taken in waits safely."""
    trouble = the_house().watch.trouble_with_taking_in()
    return jsonify(status=trouble or "ok"), 503 if trouble else 200


@pages.get("/health")
@for_everybody
def health() -> Answer:
    """Each dependency by itself."""
    _demand_token()
    trouble = the_house().watch.trouble()
    return jsonify({name: words or "ok" for name, words in trouble.items()}), 503 if any(trouble.values()) else 200


@pages.get("/metrics")
@for_everybody
def metrics() -> Response:
    """For Prometheus, in its text format."""
    _demand_token()
    registry = CollectorRegistry()
    registry.register(_Vitals(the_house()))
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        # One process of several answers for all (see web/commands/serve.py).
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REQUESTS)
    return Response(generate_latest(registry), mimetype="text/plain; version=0.0.4")


def _demand_token() -> None:
    wanted = the_house().settings.monitor_token
    if wanted is None:
        abort(404)
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {wanted}".encode()):
        abort(403)


class _Vitals(Collector):
    """The desk's own numbers, read when asked for."""

    def __init__(self, house: House) -> None:
        self._house = house

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("mappa_dependency_up", "1 where a dependency is well.", labels=["dependency"])
        for name, trouble in self._house.watch.trouble().items():
            up.add_metric([name], 0 if trouble else 1)
        yield up
        workers = self._house.doorbell.workers()
        yield GaugeMetricFamily("mappa_workers", "Workers that listen, on all machines.", value=workers or 0)
        try:
            found = self._house.watch.vitals()
        except SQLAlchemyError:
            return
        jobs = GaugeMetricFamily("mappa_jobs", "Jobs not done, by kind and state.", labels=["kind", "state"])
        for kind in ("read", "picture"):
            for state in ("due", "running", "set_aside"):
                jobs.add_metric([kind, state], found.jobs.get((kind, state), 0))
        yield jobs
        yield GaugeMetricFamily("mappa_jobs_failing", "Jobs due again after a failure.", value=found.failing)
        yield GaugeMetricFamily("mappa_queue_age_seconds", "Age of the job due longest.", value=found.queue_age)
        stages = GaugeMetricFamily(
            "mappa_stage_seconds",
            "How long jobs done in the last 15 minutes waited and took.",
            labels=["kind", "stage", "quantile"],
        )
        for one in found.stages:
            stages.add_metric([one.kind, one.stage, "0.5"], one.median)
            stages.add_metric([one.kind, one.stage, "0.95"], one.late)
        yield stages
        finished = GaugeMetricFamily("mappa_jobs_finished", "Jobs done in the last 15 minutes.", labels=["kind"])
        for one in found.stages:
            if one.stage == "worked":
                finished.add_metric([one.kind], one.number)
        yield finished
        mails = GaugeMetricFamily("mappa_mails", "Mails not settled, by state.", labels=["state"])
        for state in UNSETTLED:
            mails.add_metric([state], found.post.states.get(state, 0))
        yield mails
        yield GaugeMetricFamily("mappa_mail_age_seconds", "Age of the mail due longest.", value=found.post.oldest_due)
        deliveries = GaugeMetricFamily("mappa_deliveries", "Deliveries to case systems, by state.", labels=["state"])
        for state in ("due", "claimed", "failed"):
            deliveries.add_metric([state], found.deliveries.get(state, 0))
        yield deliveries
        held = found.post.held_since is not None
        yield GaugeMetricFamily("mappa_mails_held", "1 while messages are held after a restore.", value=held)
        yield GaugeMetricFamily("mappa_cases_open", "Cases not decided.", value=found.open_cases)
        yield GaugeMetricFamily("mappa_cases_due_soon", "Open cases due within two days.", value=found.due_soon)
        yield GaugeMetricFamily("mappa_cases_overdue", "Open cases past their due date.", value=found.overdue)
        yield GaugeMetricFamily(
            "mappa_forms_awaiting_scanner", "Forms unopened because the scanner is away.", value=found.awaiting_scanner
        )
        if found.reconciled is not None:
            differ = GaugeMetricFamily(
                "mappa_count_differences", "Places where counts that must agree differ.", labels=["difference"]
            )
            differ.add_metric(["any"], sum(one.number for one in found.reconciled.differences))
            for difference in found.reconciled.differences:
                differ.add_metric([difference.code], difference.number)
            yield differ
            yield GaugeMetricFamily(
                "mappa_counts_compared_seconds_ago", "Age of the last comparison.", value=found.reconciled_age
            )


def connect(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        g.began = time.monotonic()

    @app.after_request
    def count(response: Response) -> Response:
        # The name of the page and not its address: addresses carry ids.
        page = request.endpoint or "none"
        with suppress(OSError):
            # No answer is held back because it could not be counted.
            REQUESTS.labels(page, request.method, response.status_code).observe(time.monotonic() - g.began)
        return response
