"""The pictures of the README and the docs can be taken anew from the samples, by scripts/pictures."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browsing import DESKTOP, OpenPage
from house import PASSWORD, ROOT, Cast, SetClock
from PIL import Image
from playwright.sync_api import Page
from werkzeug.serving import make_server

from intake.demo import AGENCIES
from intake.house import House
from intake.models import AgencyType, RawAnswer
from intake.reader_child import draw_file, read_file
from intake.reading import ReadingDesk
from web.app import make_app

SAMPLES = ROOT / "samples"
ARRIVED: dict[str, tuple[AgencyType, datetime]] = {
    "a-police-contradictions.pdf": ("police", datetime(2026, 11, 20, 11, 40, tzinfo=UTC)),
    "a-yot-two-gaps.docx": ("yot", datetime(2026, 11, 21, 16, 5, tzinfo=UTC)),
    "i-private-hospital-gaps.pdf": ("private_provider", datetime(2026, 11, 23, 9, 12, tzinfo=UTC)),
    "a-probation-complete.pdf": ("probation", datetime(2026, 11, 24, 14, 31, tzinfo=UTC)),
    "a-hospital-controls.docx": ("mental_health", datetime(2026, 11, 27, 10, 2, tzinfo=UTC)),
    "h-yot-complete.docx": ("yot", datetime(2026, 11, 29, 8, 47, tzinfo=UTC)),
    "i-trust-complete.docx": ("mental_health", datetime(2026, 11, 30, 15, 20, tzinfo=UTC)),
}
"""From whom and when each sample comes in, so that the queue shows all degrees of urgency."""
NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
LARGEST = 300_000


@pytest.fixture
def sampled(house: House, cast: Cast, clock: SetClock) -> Iterator[str]:
    """A desk to which the samples came in over the last days: its address."""
    tasks = {"read": read_file, "picture": draw_file}
    reading = ReadingDesk(
        house.registry, house.ledger, house.check, lambda task, file, still_here, every: tasks[task](file)
    )
    senders = {"yot": cast.yot, "mental_health": cast.hospital}
    for name, (kind, moment) in ARRIVED.items():
        clock.moment = moment
        if kind not in senders:
            agency = house.people.add_agency(AGENCIES[kind], kind, "WM")
            senders[kind] = house.people.add_person(
                f"{kind}@example.org", f"Referrer of {agency.name}", "referrer", PASSWORD, agency_id=agency.id
            )
        house.desk.receive(senders[kind], name, (SAMPLES / name).read_bytes())
        while reading.do_next():
            pass
    clock.moment = NOW
    for line in house.views.queue(cast.coordinator).lines[:3]:
        house.desk.assign(cast.coordinator, line.id, cast.coordinator.id)
    asked = house.views.queue(cast.coordinator).lines[1]
    question, *_ = (q for q in house.views.case(cast.yot, asked.id).clarifications if q.kind == "text")
    house.desk.answer(cast.yot, asked.id, {question.id: RawAnswer(text="Marian Ash")})
    server = make_server("127.0.0.1", 0, make_app(house), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def take(page: Page, path: Path, height: int) -> None:
    """A picture of the page's top in few colours, so that the repository stays small."""
    page.set_viewport_size({"width": DESKTOP["width"], "height": height})
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        picture.quantize(96).save(path, optimize=True)


def test_the_pictures_of_queue_and_case_are_taken(
    sampled: str, house: House, cast: Cast, open_page: OpenPage, tmp_path: Path
) -> None:
    folder = ROOT / os.environ["MAPPA_PICTURES"] if "MAPPA_PICTURES" in os.environ else tmp_path
    page = open_page(sampled, person=cast.coordinator, house=house)
    page.goto("/queue")
    take(page, folder / "queue.png", 1060)
    page.get_by_role("row").nth(1).get_by_role("link").click()
    page.locator(".desk-finding details").first.evaluate("part => { part.open = true }")
    take(page, folder / "case.png", 1500)
    for name in ("queue.png", "case.png"):
        assert (folder / name).stat().st_size < LARGEST
