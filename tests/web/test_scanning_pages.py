"""What people see of the virus scanner: a form that waits for it, one that was refused, a document that is given to nobody."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from conftest import everybody, visitors_of
from house import Cast, SetClock, form_file, open_as_owner
from scanner import VIRUS, Scanner
from scenes import seeing_reader
from sqlalchemy import text
from visitors import Visitor, text_of

from intake.house import House, open_house
from intake.settings import Settings
from web.app import make_app

Guarded = tuple[House, dict[str, Visitor], Scanner]


@pytest.fixture
def guarded(settings: Settings, clock: SetClock, scanner: Scanner, cast: Cast) -> Iterator[Guarded]:
    """A house whose scanner is not started yet, and its visitors."""
    with open_house(settings.model_copy(update={"clamd": scanner.path}), clock=clock) as house:
        yield house, everybody(visitors_of(make_app(house), house), cast), scanner


def test_the_pages_say_that_a_form_waits_for_the_scanner_and_lose_nothing(guarded: Guarded, cast: Cast) -> None:
    house, visitors, scanner = guarded
    one = house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    reading = seeing_reader(house)
    reading.do_next()
    for path in (f"/referrals/{one}", f"/referrals/{one}/receipt", f"/referrals/{one}/progress"):
        shown = text_of(visitors["yot"].page(path))
        assert "Received, and waiting for the virus scanner" in shown and "Waits for the virus scanner" in shown
    assert "The form waits for the virus scanner" in text_of(visitors["coordinator"].page(f"/cases/{one}"))
    health = text_of(visitors["administrator"].page("/administration/health"))
    assert "Virus scannerDoes not answer" in health and "1 form waits for it, unopened" in health
    download = visitors["yot"].get(f"/referrals/{one}/original")
    assert download.status_code == 409 and "not checked for viruses yet" in download.get_data(as_text=True)
    scanner.start()
    with open_as_owner(house) as connection:
        connection.execute(text("UPDATE jobs SET next_try = clock_timestamp()"))
    reading.do_next()
    assert "waiting for the virus scanner" not in text_of(visitors["yot"].page(f"/referrals/{one}"))
    assert "Virus scannerClamAV" in text_of(visitors["administrator"].page("/administration/health"))
    assert visitors["yot"].get(f"/referrals/{one}/original").status_code == 200


def test_an_infected_form_is_refused_in_words_and_offered_nowhere(guarded: Guarded) -> None:
    house, visitors, scanner = guarded
    scanner.start()
    yot = visitors["yot"]
    sent = yot.send("/referrals/send", {"forms": (io.BytesIO(form_file(x=VIRUS.decode())), "form.pdf"), "once": "a"})
    path = str(sent.location).split("/receipt")[0]
    while seeing_reader(house).do_next():
        pass
    assert "The file contains a virus and was not opened" in text_of(yot.page(path))
    for who, page in (("yot", path), ("coordinator", path.replace("/referrals/", "/cases/"))):
        assert not visitors[who].page(page).xpath("//a[contains(@href, '/original')]"), who
    for who in ("yot", "coordinator"):
        assert visitors[who].get(f"{path}/original").status_code == 409
    assert "given to nobody" in text_of(visitors["coordinator"].page(path.replace("/referrals/", "/cases/")))


def test_of_several_documents_the_infected_one_is_left_out_and_said(guarded: Guarded, cast: Cast) -> None:
    house, visitors, scanner = guarded
    scanner.start()
    one = house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    files = [(io.BytesIO(VIRUS), "photo.docx"), (io.BytesIO(b"a letter"), "letter.docx")]
    answer = visitors["yot"].send(f"/referrals/{one}/documents", {"documents": files})
    shown = text_of(visitors["yot"].parsed(answer))
    assert answer.status_code == 422 and "photo.docx was not added. The file contains a virus" in shown
    assert "The other files were added." in shown
    assert [paper.filename for paper in house.views.case(cast.yot, one).attachments] == ["letter.docx"]
