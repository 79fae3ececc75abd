"""Case systems that call the API, and every operation with how it is tried."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from house import Cast
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from intake.cases.reading import ReadingDesk
from intake.house import House
from intake.models import Person
from intake.reader.reader_child import read_file
from web.api.problems import MIMETYPE
from web.app import make_app

WINDOW = "?received_from=2026-01-01T00:00:00Z&received_until=2027-01-01T00:00:00Z"
FIELDS = {
    "area": "West Midlands",
    "level_requested": "2",
    "category": ["2"],
    "person.family_name": "Quillfeather",
    "person.given_names": "Tobias",
    "person.date_of_birth": "2010-04-02",
    "person.pnc_id": {"not_known": "The police have not said"},
    "conviction.index_offence": "Wounding with intent, section 18",
    "risk.tools": [{"tool": "OASys", "score": "High", "date": "2026-09-01"}],
    "referral.reason": "Serious violence, several agencies needed.",
}


class Call(NamedTuple):
    """How an operation is tried: which scope it needs, and what is sent. `status` is that of one's own referral."""

    scope: str
    status: int = 200
    query: str = ""
    send: Any = None
    file: bool = False
    about: bool = False
    webhook: bool = False


CALLS: dict[tuple[str, str], Call] = {
    ("api.list_referrals", "GET"): Call("read", query=WINDOW),
    ("api.submit_form", "POST"): Call("submit", 201, send={"form": "A", "fields": {"person.gender": "Male"}}),
    ("api.submit_file", "POST"): Call("submit", 201, file=True),
    ("api.get_referral", "GET"): Call("read", about=True),
    ("api.list_questions", "GET"): Call("read", about=True),
    ("api.give_answers", "POST"): Call(
        "answer", about=True, send={"answers": [{"question_id": str(UUID(int=1)), "value": "yes"}]}
    ),
    ("api.list_decisions", "GET"): Call("decisions", about=True),
    ("api.list_webhooks", "GET"): Call("webhooks"),
    ("api.add_webhook", "POST"): Call("webhooks", 201, send={"url": "https://example.org/", "events": ["received"]}),
    ("api.list_deliveries", "GET"): Call("webhooks", webhook=True),
    ("api.replay_deliveries", "POST"): Call("webhooks", webhook=True, send={"since": None}),
    ("api.end_webhook", "DELETE"): Call("webhooks", 204, webhook=True),
}
ALL_SCOPES = ("submit", "read", "answer", "decisions", "webhooks")
OF_COORDINATORS = ("read", "decisions", "webhooks")


def path_of(app: Flask, endpoint: str, call: Call, about: UUID) -> str:
    """The path of an operation on a referral or a webhook of this id."""
    values = {"referral_id": about} if call.about else {"webhook_id": about} if call.webhook else {}
    with app.test_request_context():
        return app.url_for(endpoint, **values) + call.query


class Caller:
    """A system with a token, or without."""

    def __init__(self, client: FlaskClient, token: str | None) -> None:
        self.client = client
        self.token = token

    def _headers(self, more: dict[str, str] | None) -> dict[str, str]:
        return {**({"Authorization": f"Bearer {self.token}"} if self.token else {}), **(more or {})}

    def get(self, path: str, **more: str) -> TestResponse:
        return self.client.get(path, headers=self._headers(more))

    def post(self, path: str, body: Any, key: str | None = None) -> TestResponse:
        return self.client.post(path, json=body, headers=self._headers({"Idempotency-Key": key} if key else None))

    def upload(self, path: str, content: bytes, name: str = "form.pdf", key: str | None = None) -> TestResponse:
        headers = self._headers({"Idempotency-Key": key} if key else None)
        return self.client.post(path, data={"file": (io.BytesIO(content), name)}, headers=headers)

    def make(self, app: Flask, endpoint: str, method: str, about: UUID) -> TestResponse:
        call = CALLS[endpoint, method]
        path = path_of(app, endpoint, call, about)
        if method == "GET":
            return self.get(path)
        if method == "DELETE":
            return self.client.delete(path, headers=self._headers(None))
        return self.upload(path, b"not a form") if call.file else self.post(path, call.send)


def system_of(
    house: House, cast: Cast, person: Person, scopes: Iterable[str] | None = None, days: int = 30
) -> tuple[UUID, str]:
    """A system with the reach of somebody: its id and a token, for all that such a system may do where no scopes are named."""
    made = house.systems.add(
        cast.administrator, f"Careworks of {person.name}", agency_id=person.agency_id, area=person.area
    )
    wanted = list(scopes) if scopes is not None else list(ALL_SCOPES if person.agency_id else OF_COORDINATORS)
    return made.id, house.systems.issue(cast.administrator, made.id, wanted, days)


def true_reader(house: House) -> ReadingDesk:
    """A worker's desk in this process, with the service's own reader."""
    return ReadingDesk(
        house.registry, house.ledger, house.check, lambda task, file, still_here, every: read_file(file), house.gate
    )


@contextmanager
def serving(house: House) -> Iterator[str]:
    """The application on loopback, in threads of this process: its address."""
    server = make_server("127.0.0.1", 0, make_app(house), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def problem_in(response: TestResponse) -> dict[str, Any]:
    """What went wrong, which is always told as problem details."""
    assert response.mimetype == MIMETYPE, (response.status_code, response.mimetype)
    told = response.get_json(force=True)
    assert told["status"] == response.status_code and told["code"] and told["detail"] and told["type"] == "about:blank"
    assert isinstance(told, dict)
    return told
