"""What makes a decision defensible, and keeps what was typed whatever happens: panel, arrangements, drafts, two at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from house import PASSWORD, Cast, SetClock, form_file
from scenes import COMPLETE, GAPS, draft
from visitors import Visitor, text_of

from intake.house import House
from intake.models import Decision, Person
from intake.panels.calendar import PanelRule

Arrived = Callable[..., UUID]
TYPED = {"outcome": "accepted_level_2", "category": "2", "why": "The risk needs several agencies."}


@pytest.fixture
def calendar(house: House, cast: Cast) -> None:
    """A level 2 panel in Dudley, a youth panel, and one of level 3."""
    for kind, day, district in (("level_2", 8, "Dudley"), ("youth", 9, ""), ("level_3", 10, "")):
        rule = PanelRule(kind=kind, district=district, first=date(2026, 12, day), starts=time(10, 30))
        assert not house.panels.add(cast.administrator, "WM", rule)


def adult(arrived: Arrived, **values: object) -> UUID:
    return arrived(form_file(**{**COMPLETE, "referrer__agency_type": "probation", **values}))


def opened(visitor: Visitor, referral: UUID) -> dict[str, str]:
    """The fields of the page to decide on, as they stand."""
    page = visitor.page(f"/cases/{referral}/decide")
    fields = {field.name: field.value or "" for field in page.xpath("//main//input[@type='hidden' or @type='text']")}
    fields |= {field.name: (field.text or "").strip() for field in page.xpath("//main//textarea")}
    chosen = page.xpath("//main//input[(@type='radio' or @type='checkbox') and @checked]")
    fields.pop("proof")
    return {**fields, **{field.name: field.value for field in chosen}}


def panels_offered(visitor: Visitor, referral: UUID) -> dict[str, str]:
    """The panels on the page: words to value."""
    page = visitor.page(f"/cases/{referral}/decide")
    radios = page.xpath("//input[@name='panel']")
    return {text_of(radio.getparent()): str(radio.get("value")) for radio in radios}


def decided(house: House, cast: Cast, referral: UUID) -> Decision:
    decision = house.views.case(cast.coordinator, referral).decision
    assert decision is not None
    return decision


@pytest.mark.usefixtures("calendar")
def test_a_panel_of_the_calendar_is_chosen_and_told(
    coordinator: Visitor, house: House, cast: Cast, arrived: Arrived
) -> None:
    referral = adult(arrived)
    offered = panels_offered(coordinator, referral)
    (dudley,) = (words for words in offered if "Dudley" in words)
    assert dudley.startswith("Tuesday 8 December 2026, 10:30am Level 2, Dudley")
    assert not any("Youth" in words for words in offered) and "Another day" in offered
    form = {**opened(coordinator, referral), **TYPED, "panel": offered[dudley]}
    check = text_of(
        coordinator.parsed(
            coordinator.send(f"/cases/{referral}/decide", {**form, "step": "check"}, follow_redirects=True)
        )
    )
    for shown in ("Tuesday 8 December 2026", "Dudley", "Level of management", "30 March 2027"):
        assert shown in check, shown
    coordinator.send(f"/cases/{referral}/decide", {**form, "step": "record"})
    decision = decided(house, cast, referral)
    assert (decision.panel_date, decision.panel) == (date(2026, 12, 8), "Level 2, 10:30, Dudley")
    assert "Dudley" in text_of(coordinator.page(f"/cases/{referral}/letter"))


@pytest.mark.usefixtures("calendar")
def test_a_child_goes_to_the_youth_panel(coordinator: Visitor, arrived: Arrived) -> None:
    child = arrived(form_file(**{**COMPLETE, "person__date_of_birth": "2010-04-02"}))
    offered = panels_offered(coordinator, child)
    assert any("Youth panel" in words for words in offered) and not any("Dudley" in words for words in offered)


@pytest.mark.usefixtures("calendar")
def test_a_panel_of_another_level_or_one_that_is_cancelled_is_not_taken(
    coordinator: Visitor, house: House, cast: Cast, arrived: Arrived
) -> None:
    referral = adult(arrived)
    offered = panels_offered(coordinator, referral)
    (high,) = (value for words, value in offered.items() if "Level 3" in words)
    (low,) = (value for words, value in offered.items() if "Dudley" in words)
    form = {**opened(coordinator, referral), **TYPED, "step": "check"}
    wrong = coordinator.parsed(coordinator.send(f"/cases/{referral}/decide", {**form, "panel": high}))
    assert "Choose a panel for level 2" in text_of(wrong)
    assert wrong.xpath("//div[contains(@class, 'govuk-error-summary')]//a/@href") == ["#panel"]
    nothing = coordinator.parsed(coordinator.send(f"/cases/{referral}/decide", form))
    assert nothing.xpath("//div[contains(@class, 'govuk-error-summary')]//a/@href") == ["#panel"]
    typed = {"panel": "other", "panel_date-day": "31", "panel_date-month": "2", "panel_date-year": "2027"}
    unreal = coordinator.parsed(coordinator.send(f"/cases/{referral}/decide", {**form, **typed}))
    assert unreal.xpath("//div[contains(@class, 'govuk-error-summary')]//a/@href") == ["#panel_date-day"]
    house.panels.cancel(cast.administrator, [UUID(low)])
    gone = coordinator.parsed(coordinator.send(f"/cases/{referral}/decide", {**form, "panel": low}))
    assert "not held any more" in text_of(gone)
    none = {**form, "outcome": "not_eligible", "panel": high}
    assert coordinator.send(f"/cases/{referral}/decide", none).status_code == 302


def test_who_is_invited_and_what_follows_is_kept_and_not_told(
    coordinator: Visitor, house: House, cast: Cast, arrived: Arrived
) -> None:
    referral = adult(arrived, person__location="HMP Exampleton")
    page = coordinator.page(f"/cases/{referral}/decide")
    codes = {text_of(box.getparent()): box.get("value") for box in page.xpath("//input[@name='arranged']")}
    police = codes["Invite Police: PC Rowan, Offender manager."]
    prison = codes["Invite the prison, or ask it for Form F."]
    form = {**opened(coordinator, referral), **TYPED, "outcome": "not_eligible", "others": "Housing\n\nSchool"}
    sent = {**form, "arranged": [police, prison], "step": "check"}
    check = coordinator.send(f"/cases/{referral}/decide", sent, follow_redirects=True)
    hidden = coordinator.parsed(check).xpath("//main//input[@type='hidden']")
    coordinator.send(f"/cases/{referral}/decide", {**{f.name: f.value for f in hidden}, "step": "record"})
    assert decided(house, cast, referral).arranged == (
        "Invite Police: PC Rowan, Offender manager.",
        "Invite the prison, or ask it for Form F.",
        "Housing",
        "School",
    )
    assert "Housing" in text_of(coordinator.page(f"/cases/{referral}"))
    assert "Housing" not in text_of(coordinator.page(f"/cases/{referral}/letter"))


def test_a_duplicate_names_the_referral_that_it_repeats(
    coordinator: Visitor, house: House, cast: Cast, arrived: Arrived
) -> None:
    first, second = adult(arrived), adult(arrived)
    page = coordinator.page(f"/cases/{second}")
    (other,) = page.xpath("//section[@aria-labelledby='same-person']//h3/a")
    assert other.get("href") == f"/cases/{first}"
    reference = house.views.case(cast.coordinator, first).line.reference
    form = {**opened(coordinator, second), **TYPED, "outcome": "duplicate", "step": "record"}
    for wrong in ("", "WM-1999-000001", house.views.case(cast.coordinator, second).line.reference):
        answer = coordinator.send(f"/cases/{second}/decide", {**form, "duplicate_of": wrong})
        assert answer.status_code == 422 and "Enter the reference of the other" in answer.get_data(as_text=True)
    assert coordinator.send(f"/cases/{second}/decide", {**form, "duplicate_of": reference.lower()}).status_code == 302
    assert decided(house, cast, second).duplicate_of == reference


# Nothing typed is lost


def test_what_was_typed_is_there_again_after_going_back_or_coming_back(
    coordinator: Visitor, visitor: Callable[[Person], Visitor], house: House, cast: Cast, arrived: Arrived
) -> None:
    referral = adult(arrived)
    form = {**opened(coordinator, referral), **TYPED, "told_referrer": "Bring the plan."}
    coordinator.send(f"/cases/{referral}/decide", {**form, "step": "check"})
    again = opened(visitor(cast.coordinator), referral)
    assert again == {**form, "outcome": "accepted_level_2"}
    coordinator.send(
        f"/cases/{referral}/decide",
        {**form, "why": "Typed on.", "then": "save"},
        headers={"Accept": "application/json"},
    )
    assert opened(coordinator, referral)["why"] == "Typed on."
    colleague = house.people.add_person("second@example.org", "Sid Jay", "coordinator", PASSWORD, area="WM")
    assert opened(visitor(colleague), referral)["why"] == ""
    coordinator.send(f"/cases/{referral}/decide", {**form, "outcome": "not_eligible", "step": "record"})
    house.desk.reopen(cast.coordinator, referral, "A new fact.")
    assert opened(coordinator, referral)["why"] == ""


def test_a_draft_of_a_case_that_changed_says_so(
    coordinator: Visitor, house: House, cast: Cast, arrived: Arrived
) -> None:
    referral = adult(arrived)
    form = {**opened(coordinator, referral), **TYPED}
    coordinator.send(f"/cases/{referral}/decide", {**form, "step": "check"})
    house.desk.ask(cast.coordinator, referral, [], ["Is there news?"])
    page = coordinator.page(f"/cases/{referral}/decide")
    assert "The case has changed since you wrote this" in text_of(page)
    assert page.xpath("//textarea[@name='why']")[0].text.strip() == TYPED["why"]


def test_of_two_coordinators_at_once_the_second_keeps_the_words(
    coordinator: Visitor, visitor: Callable[[Person], Visitor], house: House, cast: Cast, arrived: Arrived
) -> None:
    referral = adult(arrived)
    second = visitor(house.people.add_person("second@example.org", "Sid Jay", "coordinator", PASSWORD, area="WM"))
    form = {**opened(coordinator, referral), **TYPED, "outcome": "not_eligible", "step": "record"}
    theirs = {**opened(second, referral), **form, "why": "Words of the second."}
    assert coordinator.send(f"/cases/{referral}/decide", form).status_code == 302
    answer = second.send(f"/cases/{referral}/decide", theirs)
    assert answer.status_code == 409
    assert "Words of the second." in text_of(second.parsed(answer))
    assert decided(house, cast, referral).decided_by == cast.coordinator.name


def test_a_session_that_ended_while_deciding_loses_nothing(
    coordinator: Visitor, house: House, cast: Cast, arrived: Arrived
) -> None:
    referral = adult(arrived)
    form = {**opened(coordinator, referral), **TYPED, "outcome": "not_eligible", "step": "check"}
    proof = coordinator.proof()
    assert coordinator.token is not None
    house.people.close_session(coordinator.token)
    ended = coordinator.client.post(f"/cases/{referral}/decide", data={**form, "proof": proof})
    assert ended.status_code == 401
    page = coordinator.parsed(ended)
    kept = {field.name: field.value for field in page.xpath("//input[@type='hidden']")}
    back = coordinator.client.post("/sign-in", data={**kept, "email": cast.coordinator.email, "password": PASSWORD})
    carry_on = coordinator.parsed(back)
    fields = {field.name: field.value for field in carry_on.xpath("//main//form//input[@type='hidden']")}
    check = coordinator.client.post(f"/cases/{referral}/decide", data=fields, follow_redirects=True)
    assert TYPED["why"] in check.get_data(as_text=True) and "Check the decision" in check.get_data(as_text=True)


# Asking and assigning


def test_any_field_can_be_asked_about_and_sending_twice_asks_once(
    coordinator: Visitor, house: House, cast: Cast, arrived: Arrived
) -> None:
    referral = adult(arrived)
    page = coordinator.page(f"/cases/{referral}")
    offered = page.xpath("//select[@id='field']/optgroup/option/@value")
    assert "person.nationality" in offered and len(offered) > 60
    (link,) = page.xpath("//a[contains(@href, 'about=person.ethnicity')]/@href")
    there = coordinator.page(link)
    assert there.xpath("//select[@id='field']//option[@selected]/@value") == ["person.ethnicity"]
    sent = {"keys": ["person.ethnicity", ""], "own": "Who has the tenancy?"}
    for _ in range(2):
        assert coordinator.send(f"/cases/{referral}/ask", sent).status_code == 302
    asked = [one for one in house.views.case(cast.coordinator, referral).clarifications if one.open]
    keys = [one.key for one in asked]
    assert keys.count("person.ethnicity") == keys.count(None) == 1
    assert asked[-1].question == "Who has the tenancy?"


def test_several_cases_are_assigned_at_once_and_the_filters_stay(
    coordinator: Visitor, house: House, cast: Cast, arrived: Arrived
) -> None:
    one, two, closed = (arrived(form_file(**GAPS)) for _ in range(3))
    house.desk.withdraw(cast.yot, closed, "Sent twice.")
    sent = {"ids": [str(one), str(two)], "to": str(cast.coordinator.id), "form": "A", "shelf": "nobodys"}
    answer = coordinator.send("/queue/assign", sent)
    assert set(urlsplit(answer.location).query.split("&")) == {"form=A", "shelf=nobodys", "done=assigned-all"}
    lines = {line.id: line for line in house.views.queue(cast.coordinator).lines}
    assert lines[one].assigned_to == lines[two].assigned_to == cast.coordinator.name
    late = coordinator.send("/queue/assign", {**sent, "ids": [str(closed), str(one)], "to": ""})
    assert "done=assigned-some" in late.location
    assert house.views.queue(cast.coordinator, "nobodys").lines[0].id == one
    assert "tick the cases first" in text_of(coordinator.page("/queue?done=assigned-none"))


# Victims


CANARY = "Zyzzyvanka"


def test_no_detail_of_a_victim_reaches_letter_queue_search_or_history(
    coordinator: Visitor, yot: Visitor, house: House, cast: Cast, arrived: Arrived
) -> None:
    told = f"{CANARY} lives at 4 Elm Street"
    victims = dict.fromkeys(("victim__issues", "victim__liaison_officer", "referral__reason", "risk__nature"), told)
    referral = adult(arrived, **victims)
    grounds = draft(house.views.case(cast.coordinator, referral).line.version)
    assert not house.desk.decide(cast.coordinator, referral, grounds)
    assert CANARY in text_of(coordinator.page(f"/cases/{referral}")), "the case itself shows it"
    for path in (f"/cases/{referral}/letter", "/queue", "/queue?shelf=decided"):
        assert CANARY not in coordinator.get(path).get_data(as_text=True), path
    for path in (f"/referrals/{referral}", f"/referrals/{referral}/receipt", "/referrals"):
        assert CANARY not in yot.get(path).get_data(as_text=True), path
    found = coordinator.send("/queue/find", {"text": CANARY}, follow_redirects=True).get_data(as_text=True)
    assert "0 cases found" in found
    assert not any(CANARY in event.what for event in house.views.case(cast.coordinator, referral).history)


def test_of_cases_due_on_one_day_the_first_received_stands_first(
    coordinator: Visitor, clock: SetClock, arrived: Arrived
) -> None:
    came = []
    for _ in range(6):
        came.append(f"/cases/{arrived(form_file(**GAPS))}")
        clock.pass_by(minutes=1)
    page = coordinator.page("/queue")
    assert [link.get("href") for link in page.xpath("//table//th[@scope='row']/a")] == came
