"""A coordinator finds what is to be reviewed, and records what was found."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from house import Cast
from scenes import COMPLETE, draft
from visitors import Visitor, text_of

from intake.house import House


def test_a_review_is_recorded_from_the_list_to_the_case(
    coordinator: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    one = arrived(**COMPLETE)
    assert "No review is due" in text_of(coordinator.page("/reviews"))
    assert coordinator.get(f"/cases/{one}/review").status_code == 302
    version = house.views.case(cast.coordinator, one).line.version
    assert not house.desk.decide(cast.coordinator, one, draft(version))
    assert "1 more case is to be reviewed later" in text_of(coordinator.page("/reviews"))
    page = coordinator.page(f"/cases/{one}")
    assert "To be reviewed by 6 April 2027" in text_of(page)
    day = {"held_on-day": "20", "held_on-month": "11", "held_on-year": "2026"}
    wrong = coordinator.send(f"/cases/{one}/review", {**day, "held_on-month": "13", "words": "Seen <b>him</b>"})
    assert wrong.status_code == 422 and "must be a real date" in wrong.text and "Seen &lt;b&gt;" in wrong.text
    sent = {**day, "outcome": "changed", "level": "3", "words": "More agencies are needed."}
    done = text_of(Visitor.parsed(coordinator.send(f"/cases/{one}/review", sent, follow_redirects=True)))
    assert "The review was recorded." in done and "More agencies are needed." in done and "1 January 2027" in done
    assert "1 January 2027" in text_of(coordinator.page("/reviews"))
