"""The twelve main pages at desktop and phone width, filled from the samples; scripts/pictures keeps the best for the docs."""

from __future__ import annotations

import io
import os
import threading
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from browsing import DESKTOP, PHONE, OpenPage
from house import PASSWORD, ROOT, Cast, SetClock
from PIL import Image
from playwright.sync_api import Page
from werkzeug.serving import make_server

from intake.cases.reading import ReadingDesk
from intake.embedded.demo import AGENCIES
from intake.house import House
from intake.models import DecisionDraft, Person, RawAnswer
from intake.panels.calendar import PanelRule
from intake.reader.reader_child import draw_file, read_file
from intake.terms import AgencyType
from samples import word
from samples.layout import form_of
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
        house.registry, house.ledger, house.check, lambda task, file, still_here, every: tasks[task](file), house.gate
    )
    senders = {"yot": cast.yot, "mental_health": cast.hospital}
    clock.moment = datetime(2026, 9, 14, 10, 0, tzinfo=UTC)
    earlier = house.desk.receive(cast.yot, "MAPPA H.docx", earlier_notification()).referral_id
    while reading.do_next():
        pass
    version = house.views.case(cast.coordinator, earlier).line.version
    clock.pass_by(days=6)
    noted = DecisionDraft(
        version=version, outcome="noted", category="2", reasons="Level 1 management is enough for now."
    )
    assert not house.desk.decide(cast.coordinator, earlier, noted)
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
    for kind, first in (("youth", date(2026, 12, 9)), ("level_2", date(2026, 12, 8)), ("level_3", date(2026, 12, 16))):
        rule = PanelRule(kind=kind, district="", first=first, starts=time(10), weeks=4, until=date(2027, 3, 31))
        assert not house.panels.add(cast.administrator, "WM", rule)
    for line in house.views.queue(cast.coordinator).lines[:3]:
        house.desk.assign(cast.coordinator, line.id, cast.coordinator.id)
    asked = house.views.queue(cast.coordinator).lines[1]
    question, *_ = (q for q in house.views.case(cast.yot, asked.id).clarifications if q.kind == "text")
    house.desk.answer(cast.yot, asked.id, {question.id: RawAnswer(text="Marian Ash")})
    accept_for_a_panel(house, cast)
    server = make_server("127.0.0.1", 0, make_app(house), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def accept_for_a_panel(house: House, cast: Cast) -> None:
    """The police's and the probation's referrals, decided in time for the first panel of level 2."""
    panel = next(panel for panel in house.agendas.panels(cast.coordinator) if panel.kind == "level_2")
    for line in house.views.queue(cast.coordinator).lines:
        if line.agency_type in ("police", "probation"):
            decision = DecisionDraft(
                version=line.version,
                outcome="accepted_level_2",
                category="2",
                panel_id=panel.id,
                reasons="Several agencies are needed to hold the risk.",
                arranged=(
                    "Invite Housing: Rosa Linnet, lettings.",
                    "Tell the Victim Liaison Officer before the panel.",
                ),
            )
            assert not house.desk.decide(cast.coordinator, line.id, decision)


def earlier_notification() -> bytes:
    """A form H about the boy of the youth offending team's form A, his name and birth date written otherwise."""
    with (SAMPLES / "cases.toml").open("rb") as file:
        case = next(case for case in tomllib.load(file)["case"] if case["file"] == "h-yot-complete.docx")
    him = {"person.family_name": "Oakingate", "person.given_names": "Tyrel"}
    values = {**case["values"], **him, "person.date_of_birth": "14/02/2010", "person.pnc_id": "24/310021U"}
    return word.write(form_of({**case, "values": values}), "tables")


def take(page: Page, path: Path, height: int | None) -> None:
    """A picture of the page, or of its top, in few colours, so that the repository stays small."""
    if height is not None:
        page.set_viewport_size({"width": DESKTOP["width"], "height": height})
    with Image.open(io.BytesIO(page.screenshot(full_page=height is None))) as picture:
        picture.quantize(96).save(path, optimize=True)


def pages_of(house: House, cast: Cast) -> dict[str, tuple[Person, str]]:
    """The twelve main pages: who opens each, and where."""
    boy = next(line for line in house.views.queue(cast.coordinator).lines if "OAKENGATE" in (line.subject or ""))
    decided = house.views.queue(cast.coordinator, "decided").lines[0]
    panel = next(panel for panel in house.agendas.panels(cast.coordinator) if panel.kind == "level_2")
    return {
        "send": (cast.yot, "/referrals/send"),
        "receipt": (cast.yot, f"/referrals/{boy.id}/receipt"),
        "mine": (cast.yot, "/referrals"),
        "status": (cast.yot, f"/referrals/{boy.id}"),
        "read": (cast.yot, f"/referrals/{boy.id}/read"),
        "questions": (cast.yot, f"/referrals/{boy.id}/questions"),
        "queue": (cast.coordinator, "/queue"),
        "case": (cast.coordinator, f"/cases/{boy.id}"),
        "decide": (cast.coordinator, f"/cases/{boy.id}/decide"),
        "statistics": (cast.coordinator, "/statistics"),
        "agenda": (cast.coordinator, f"/panels/{panel.id}"),
        "letter": (cast.coordinator, f"/cases/{decided.id}/letter"),
    }


TOPS = {"queue": 1060, "case": 1500, "decide": 1300, "statistics": 1500, "agenda": 1100}
"""Those that the docs show, and how much of each in pixels."""


@pytest.mark.timeout(900)
def test_the_pictures_of_the_main_pages_are_taken(
    sampled: str, house: House, cast: Cast, open_page: OpenPage, tmp_path: Path
) -> None:
    folder = Path(os.environ.get("MAPPA_PICTURES", tmp_path)).absolute()
    for width in (DESKTOP, PHONE):
        windows = {}
        for name, (person, path) in pages_of(house, cast).items():
            if person.id not in windows:
                windows[person.id] = open_page(sampled, person=person, house=house, viewport=width)
            page = windows[person.id]
            response = page.goto(path)
            assert response is not None and response.ok, name
            take(page, tmp_path / f"{name}-{width['width']}.png", None)
            if width is DESKTOP and name in TOPS:
                take(page, folder / f"{name}.png", TOPS[name])
                page.set_viewport_size(DESKTOP)
                assert (folder / f"{name}.png").stat().st_size < LARGEST
    assert len(list(tmp_path.glob("*-*.png"))) == 24
