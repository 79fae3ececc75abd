"""The same order sent several times at the same moment is done once, and every answer says something sensible."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Flask
from house import Cast, form_file
from scenes import COMPLETE
from visitors import Visitor

from intake.house import House
from web.session import COOKIE

TIMES = 6


def all_at_once(app: Flask, visitor: Visitor, path: str, make: Callable[[], dict[str, Any]]) -> list[int]:
    """The statuses of the same form sent from as many browsers of one session at one moment."""
    proof, ready, statuses = visitor.proof(), threading.Barrier(TIMES), list[int]()
    assert visitor.token

    def send() -> None:
        client = app.test_client()
        client.set_cookie(COOKIE, visitor.token or "")
        ready.wait(30)
        statuses.append(client.post(path, data={"proof": proof, **make()}).status_code)

    threads = [threading.Thread(target=send) for _ in range(TIMES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(statuses) == TIMES
    return sorted(statuses)


def test_a_file(app: Flask, yot: Visitor, house: House, cast: Cast) -> None:
    content = form_file(**COMPLETE)
    answers = all_at_once(
        app, yot, "/referrals/send", lambda: {"once": "t", "forms": (io.BytesIO(content), "form.pdf")}
    )
    assert set(answers) == {302}
    assert len(house.views.my_referrals(cast.yot).lines) == 1


def test_a_decision(app: Flask, coordinator: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]) -> None:
    one = arrived(form_file(**COMPLETE))
    page = coordinator.page(f"/cases/{one}/decide")
    (version,) = page.xpath("//input[@name='version']/@value")
    typed = {"version": version, "outcome": "not_eligible", "why": "Not listed.", "step": "record"}
    answers = all_at_once(app, coordinator, f"/cases/{one}/decide", lambda: typed)
    assert answers[0] == 302 and set(answers) <= {302, 409}
    kinds = [event.kind for event in house.views.case(cast.coordinator, one).history]
    assert kinds.count("decided") == 1


def test_a_withdrawal(app: Flask, yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]) -> None:
    one = arrived()
    answers = all_at_once(app, yot, f"/referrals/{one}/withdraw", lambda: {"reason": "Sent twice."})
    assert answers[0] == 302 and set(answers) <= {302, 409}
    assert [event.kind for event in house.views.case(cast.yot, one).history].count("withdrawn") == 1


def test_an_answer(app: Flask, yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]) -> None:
    one = arrived()
    asked = next(
        asked for asked in house.views.case(cast.yot, one).clarifications if asked.open and asked.kind == "text"
    )
    typed = {f"q-{asked.id}": "Marian Ash", "then": "send"}
    answers = all_at_once(app, yot, f"/referrals/{one}/questions", lambda: typed)
    # To one that came too late there is no such question any more.
    assert answers[0] == 302 and set(answers) <= {302, 409, 422}
    kinds = [event.kind for event in house.views.case(cast.yot, one).history]
    assert kinds.count("answered") == 1
