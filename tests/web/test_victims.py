"""What is said of victims is shown on pages of its own, to those who work on the case, and each look at it is recorded."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from house import Cast, form_file
from scenes import GAPS, Scene, draft, seeing_reader
from visitors import Visitor
from visits import VISITS, address, go

from intake.cases.answering import NOTHING_SAVED
from intake.cases.victims import VICTIM_KEYS, WITHHELD, about_victims
from intake.house import House
from intake.models import RawAnswer
from intake.permissions import PERMISSIONS

CANARY = "Zyzzyvanka"
SAID = {
    "victim__issues": f"{CANARY} of 4 Elm Street fears reprisals. {CANARY} is 9 years old.",
    "victim__liaison_officer": f"PC Yew, for {CANARY}",
    "victim__contact_scheme": "yes",
}
SHOWS = {"documents.victims"}
"""Pages that are there to show it; the picture of a page, the file as it came and answers to be given hold it by nature."""
BY_NATURE = {"documents.picture", "documents.original", "documents.attachment", "documents.correct"}


@pytest.fixture
def told(house: House, cast: Cast) -> UUID:
    """A form that says of victims what it can."""
    return _brought(house, cast, **SAID)


def _brought(house: House, cast: Cast, **values: str) -> UUID:
    form = form_file(**{**GAPS, "victim__issues": None, "level_requested": "2", **values})
    one = house.desk.receive(cast.yot, "form.pdf", form).referral_id
    reading = seeing_reader(house)
    while reading.do_next():
        pass
    return one


def looks(house: House, cast: Cast, one: UUID) -> list[tuple[str, str]]:
    return [(look.who, look.kind) for look in house.views.case(cast.coordinator, one).looks if look.kind != "listed"]


def test_the_fields_about_victims_are_those_of_the_forms_section() -> None:
    assert {"victim.issues", "victim.contact_scheme", "victim.liaison_officer"} == VICTIM_KEYS
    assert not about_victims(None) and not about_victims("risk.summary")


def test_who_works_on_the_case_may_see_it_and_nobody_else() -> None:
    assert {role: reach for (role, action), reach in PERMISSIONS.items() if action == "see_victims"} == {
        "referrer": "agency",
        "coordinator": "area",
    }


def test_no_page_shows_it_but_its_own(
    app: Flask, house: House, cast: Cast, told: UUID, visitors: dict[str, Visitor], scene: Scene
) -> None:
    version = house.views.case(cast.coordinator, told).line.version
    (panel, *_) = house.panels.coming(cast.administrator)
    assert not house.desk.decide(cast.coordinator, told, draft(version, panel_id=panel.id))
    assert [item.line.id for item in house.agendas.of(cast.coordinator, panel.id).items] == [told]
    named = {visit.referral for visit in VISITS.values() if visit.referral}
    everywhere = replace(scene, **dict.fromkeys(named, told))
    tried = 0
    for (endpoint, _), visit in VISITS.items():
        if endpoint in SHOWS | BY_NATURE or visit.send is not None or visit.who == "leaver":
            continue
        for who in ("coordinator", "yot", "manager"):
            answer = go(visitors[who], address(app, endpoint, visit, everywhere), visit)
            assert CANARY not in answer.get_data().decode(errors="replace"), f"{endpoint} by {who}"
            tried += 1
    assert tried > 60
    found = visitors["coordinator"].send("/queue/find", {"text": CANARY}, follow_redirects=True)
    assert b"0 cases found" in found.get_data()


def test_its_own_page_shows_it_to_who_may_see_it_and_that_is_a_look(
    house: House, cast: Cast, told: UUID, visitors: dict[str, Visitor]
) -> None:
    path = f"/referrals/{told}/victims"
    for who, status in {"coordinator": 200, "yot": 200, "manager": 403, "administrator": 403, "auditor": 403,
                        "hospital": 404, "elsewhere": 404, "nobody": 302}.items():  # fmt: skip
        answer = visitors[who].get(path)
        assert answer.status_code == status, who
        assert (CANARY in answer.get_data(as_text=True)) == (status == 200), who
    seen = [who for who, kind in looks(house, cast, told) if kind == "victims_seen"]
    assert sorted(seen) == ["Carol Finch", "Yvonne Otter"]


def test_the_case_says_that_it_is_kept_apart_and_leads_there(told: UUID, visitors: dict[str, Visitor]) -> None:
    page = visitors["coordinator"].get(f"/cases/{told}").get_data(as_text=True)
    assert WITHHELD in page and f"/referrals/{told}/victims" in page
    read = visitors["yot"].get(f"/referrals/{told}/read").get_data(as_text=True)
    assert WITHHELD in read and f"/referrals/{told}/victims" in read
    managed = visitors["manager"].get(f"/referrals/{told}/read").get_data(as_text=True)
    assert WITHHELD in managed and f"/referrals/{told}/victims" not in managed


def test_pages_and_files_hold_it_and_are_not_for_an_agencys_manager(
    house: House, cast: Cast, told: UUID, visitors: dict[str, Visitor]
) -> None:
    report = house.desk.add_document(cast.yot, told, "Report.docx", b"a report")
    paths = ("pages/1.jpg", "pages/1", "original", f"documents/{report}")
    for path in paths:
        assert visitors["manager"].get(f"/referrals/{told}/{path}").status_code == 403, path
        assert visitors["yot"].get(f"/referrals/{told}/{path}").status_code == 200, path
        assert visitors["coordinator"].get(f"/referrals/{told}/{path}").status_code == 200, path
    assert house.views.case(cast.manager, told).document.pictures == 0
    for path in ("", "/read", "/receipt"):
        page = visitors["manager"].get(f"/referrals/{told}{path}").get_data(as_text=True)
        assert ".jpg" not in page and "/original" not in page and str(report) not in page, path
    # The case page brings its pages, which is a look of its own, once.
    kinds = [kind for who, kind in looks(house, cast, told) if who == "Carol Finch"]
    assert kinds.count("page_seen") == 1 and kinds.count("downloaded") == 2


def test_a_value_about_victims_is_corrected_only_by_who_may_see_it(
    house: House, cast: Cast, told: UUID, visitors: dict[str, Visitor]
) -> None:
    path = f"/referrals/{told}/read/victim.issues"
    assert CANARY in visitors["yot"].get(path).get_data(as_text=True)
    assert visitors["manager"].get(path).status_code == 403
    assert visitors["manager"].send(path, {"value": "None known"}).status_code == 403
    assert visitors["yot"].send(path, {"value": f"{CANARY} has moved."}).status_code == 302
    case = house.views.case(cast.coordinator, told)
    assert case.form is not None and case.form.values["victim.issues"].value is None
    assert CANARY not in case.model_dump_json()
    whole = house.views.case(cast.coordinator, told, victims="all")
    assert whole.form is not None and whole.form.value("victim.issues") == f"{CANARY} has moved."


def test_an_answer_about_victims_and_its_draft_are_kept_apart_too(
    house: House, cast: Cast, visitors: dict[str, Visitor]
) -> None:
    one = _brought(house, cast)
    question = next(ask for ask in house.views.case(cast.yot, one).clarifications if ask.key == "victim.issues")
    house.desk.save_draft(cast.yot, one, {question.id: RawAnswer(text=f"{CANARY} fears him")})
    path = f"/referrals/{one}/questions"
    assert CANARY in visitors["yot"].get(path).get_data(as_text=True)
    assert CANARY not in visitors["manager"].get(path).get_data(as_text=True)
    kept = "Your saved answer is kept but not shown here"
    assert kept in visitors["manager"].get(path).get_data(as_text=True)
    assert kept not in visitors["yot"].get(path).get_data(as_text=True)
    house.desk.answer(cast.yot, one, {question.id: RawAnswer(text=f"{CANARY} fears him")})
    for who, page in (("yot", f"/referrals/{one}"), ("coordinator", f"/cases/{one}"), ("manager", f"/referrals/{one}")):
        answer = visitors[who].get(page).get_data(as_text=True)
        assert CANARY not in answer and WITHHELD in answer, who
    assert CANARY in visitors["coordinator"].get(f"/referrals/{one}/victims").get_data(as_text=True)
    name, packed = house.exporting.subject(cast.coordinator, one)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert name == "WM-2026-000001.zip"
        assert CANARY.encode() not in b"".join(map(archive.read, archive.namelist()))
    assert CANARY not in house.views.case(cast.coordinator, one).model_dump_json()


def test_a_saved_answer_that_is_not_shown_is_sent_where_its_box_is_ticked_and_is_replaced_by_what_is_typed(
    house: House, cast: Cast, visitors: dict[str, Visitor]
) -> None:
    said = {}
    for typed, ticked in (("", "yes"), ("None known", "yes"), ("", "")):
        one = _brought(house, cast)
        question = next(ask for ask in house.views.case(cast.yot, one).clarifications if ask.key == "victim.issues")
        house.desk.save_draft(cast.yot, one, {question.id: RawAnswer(text=f"{CANARY} fears him")})
        form = {f"q-{question.id}": typed, f"q-{question.id}-saved": ticked}
        status = visitors["manager"].send(f"/referrals/{one}/questions", form).status_code
        whole = house.views.case(cast.coordinator, one, victims="all")
        assert whole.form is not None
        said[typed, ticked] = status, whole.form.value("victim.issues")
    assert said == {
        ("", "yes"): (302, f"{CANARY} fears him"),
        ("None known", "yes"): (302, "None known"),
        ("", ""): (422, None),
    }


def test_a_box_for_an_answer_that_is_not_saved_any_more_asks_for_it(house: House, cast: Cast) -> None:
    one = _brought(house, cast)
    question = next(ask for ask in house.views.case(cast.yot, one).clarifications if ask.key == "victim.issues")
    result = house.desk.answer(cast.yot, one, {question.id: None})
    assert result.errors == {question.id: NOTHING_SAVED} and result.taken == 0


def test_where_nothing_is_said_no_look_is_recorded(house: House, cast: Cast, visitors: dict[str, Visitor]) -> None:
    one = _brought(house, cast)
    page = visitors["coordinator"].get(f"/referrals/{one}/victims").get_data(as_text=True)
    assert "Nothing is said." in page
    assert {kind for _, kind in looks(house, cast, one)} == {"seen"}


def test_the_same_answers_sent_twice_are_known_again(house: House, cast: Cast, visitors: dict[str, Visitor]) -> None:
    one = _brought(house, cast)
    question = next(ask for ask in house.views.case(cast.yot, one).clarifications if ask.key == "victim.issues")
    sent = {f"q-{question.id}": f"{CANARY} fears him"}
    answers: Callable[[], str] = lambda: visitors["yot"].send(f"/referrals/{one}/questions", sent).location or ""  # noqa: E731
    assert "answered-some" in answers() and "answered-before" in answers()
