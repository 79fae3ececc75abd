"""A coordinator finds the case, reads what it rests on, and records a decision that is shown once more before it counts."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from house import PASSWORD, Cast, SetClock, form_file, open_as_owner
from scenes import COMPLETE, GAPS, Scene, draft
from sqlalchemy import update
from visitors import Visitor, text_of

from extractors.models import Passage
from intake.house import House
from intake.models import Person, RawAnswer
from intake.store.tables import referrals
from validation import doubt
from web import rows

DECISION = {
    "outcome": "accepted_level_2",
    "category": "2",
    "panel_date-day": "15",
    "panel_date-month": "12",
    "panel_date-year": "2026",
    "why": "The risk needs several agencies.",
    "told_referrer": "Please bring the plan.",
}


def version_of(coordinator: Visitor, referral: UUID) -> str:
    page = coordinator.page(f"/cases/{referral}/decide")
    return str(page.xpath("//input[@name='version']")[0].value)


def test_the_queue_tells_days_left_in_words_and_marks_what_is_late(
    visitor: Callable[[Person], Visitor], cast: Cast, arrived: Callable[..., UUID], clock: SetClock
) -> None:
    arrived()
    seen = []
    for days in (0, 8, 2, 1):
        clock.pass_by(days=days)
        page = visitor(cast.coordinator).page("/queue")
        (tag,) = page.xpath("//td[@data-label='Due']/strong")
        seen.append((tag.text_content().strip(), tag.get("class").split("--")[1]))
    assert seen == [
        ("10 days left", "green"),
        ("2 days left", "yellow"),
        ("Due today", "red"),
        ("1 day overdue", "red"),
    ]


def test_filters_stay_in_the_address_and_on_the_page(coordinator: Visitor, arrived: Callable[..., UUID]) -> None:
    arrived()
    arrived(form_file("H", person__family_name="Oakley", referrer__agency_type="yot"))
    page = coordinator.page("/queue?form=H")
    assert "OAKLEY" in text_of(page) and "QUILLFEATHER" not in text_of(page)
    assert page.xpath("//select[@name='form']/option[@selected]/@value") == ["H"]
    assert all("form=H" in link for link in page.xpath("//nav[@aria-label='Parts of the queue']//a/@href"))


def test_every_filter_of_the_queue_keeps_what_it_names(
    coordinator: Visitor, arrived: Callable[..., UUID], cast: Cast, house: House
) -> None:
    ours = arrived(level_requested="3", category=["1"])
    arrived(form_file("H", person__family_name="Oakley", category=["2"]), sender=cast.hospital)
    house.desk.assign(cast.coordinator, ours, cast.coordinator.id)
    route = house.views.case(cast.coordinator, ours).line.route
    for query in (
        "form=A",
        "level=3",
        "category=1",
        f"route={route}",
        f"agency_id={cast.yot.agency_id}",
        f"assigned_to={cast.coordinator.id}",
    ):
        page = coordinator.page(f"/queue?{query}")
        assert page.xpath("//tbody//th//a/@href") == [f"/cases/{ours}"], query


def test_a_search_leaves_nothing_of_the_person_in_any_address(
    coordinator: Visitor, arrived: Callable[..., UUID]
) -> None:
    arrived()
    response = coordinator.send("/queue/find", {"text": "Quillfeather"}, follow_redirects=True)
    assert "quillfeather" not in response.request.url.lower()
    page = coordinator.parsed(response)
    assert "1 case found" in text_of(page)
    assert not [link for link in page.xpath("//@href | //@action") if "quillfeather" in link.lower()]


def test_a_case_shows_verdicts_with_trace_sources_and_the_spot_on_the_page(coordinator: Visitor, scene: Scene) -> None:
    page = coordinator.page(f"/cases/{scene.gaps}")
    findings = page.find_class("desk-finding")
    assert len(findings) > 10
    text = text_of(page)
    assert "West Midlands MAPPA duty to co-operate memorandum" in text
    assert "Applies when".lower() in text.lower()
    assert "Judged by the rules of West Midlands as in force on 20 November 2026, the day of receipt." in text
    assert page.xpath("//section[@aria-labelledby='tests']//details//a[@href='/rules/identified']")
    assert page.xpath("//details//*[name()='svg']//*[name()='image']/@href"), "evidence of a verdict is shown with it"
    tags = page.xpath("//section[@aria-labelledby='tests']/ul/li/div[1]/strong[contains(@class, 'govuk-tag')]")
    order = [tag.text_content().strip() for tag in tags]
    rank = ["Not met", "Cannot tell yet", "Met"]
    assert order == sorted(order, key=rank.index)


def test_answers_are_shown_as_answers_with_who_gave_them(coordinator: Visitor, scene: Scene) -> None:
    text = text_of(coordinator.page(f"/cases/{scene.answered}"))
    assert "Marian Ash" in text and "Not known: The court has not told us" in text
    assert "Yvonne Otter" in text


def test_asking_takes_one_form_and_the_referrer_sees_the_question(
    coordinator: Visitor, yot: Visitor, arrived: Callable[..., UUID]
) -> None:
    referral = arrived(form_file(**COMPLETE))
    response = coordinator.send(f"/cases/{referral}/ask", {"own": "Has the family been told?"})
    assert "was sent to the referrer" in text_of(coordinator.page(response.location))
    page = yot.page(f"/referrals/{referral}/questions")
    assert "Has the family been told?" in text_of(page)
    assert "Asked by Carol Finch" in text_of(page)


def test_a_case_is_assigned_and_given_back(coordinator: Visitor, cast: Cast, arrived: Callable[..., UUID]) -> None:
    referral = arrived()
    coordinator.send(f"/cases/{referral}/assign", {"to": str(cast.coordinator.id)})
    assert "Assigned to me (1)" in text_of(coordinator.page("/queue"))
    coordinator.send(f"/cases/{referral}/assign", {"to": ""})
    assert "Assigned to me" not in text_of(coordinator.page("/queue"))


def test_a_case_that_another_coordinator_took_meanwhile_is_not_taken_away_from_an_old_page(
    coordinator: Visitor, visitor: Callable[[Person], Visitor], house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    other = house.people.add_person("other@example.org", "Olive Tern", "coordinator", PASSWORD, area="WM")
    ours, theirs = arrived(), arrived(form_file(person__family_name="Oakley"))
    queue = coordinator.page("/queue")
    seen = {
        str(field.get("name")): str(field.get("value") or "")
        for field in queue.xpath("//input[starts-with(@name, 'had')]")
    }
    (had,) = coordinator.page(f"/cases/{theirs}").xpath("//input[@name='had']/@value")
    visitor(other).send(f"/cases/{theirs}/assign", {"to": str(other.id), "had": ""})
    refused = coordinator.send(f"/cases/{theirs}/assign", {"to": str(cast.coordinator.id), "had": str(had)})
    assert refused.status_code == 409
    words = text_of(coordinator.parsed(refused))
    assert "given to somebody else in the meantime" in words and "What you typed" not in words
    both = {**seen, "ids": [str(ours), str(theirs)], "to": str(cast.coordinator.id)}
    told = coordinator.send("/queue/assign", both, follow_redirects=True)
    assert "but for those that were closed or given to somebody else" in text_of(coordinator.parsed(told))
    assert [line.id for line in house.views.queue(cast.coordinator, "mine").lines] == [ours]
    # Who has looked again may take it over, and the same order twice is none too many.
    (now,) = coordinator.page(f"/cases/{theirs}").xpath("//input[@name='had']/@value")
    assert now == str(other.id)
    for _ in range(2):
        taken = coordinator.send(f"/cases/{theirs}/assign", {"to": str(cast.coordinator.id), "had": str(now)})
        assert taken.status_code == 302


def test_of_two_coordinators_of_one_name_the_one_who_has_the_case_is_chosen(
    coordinator: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    twin = house.people.add_person("twin@example.org", cast.coordinator.name, "coordinator", PASSWORD, area="WM")
    case = arrived()
    for who in (cast.coordinator, twin):
        house.desk.assign(cast.coordinator, case, who.id)
        page = coordinator.page(f"/cases/{case}")
        assert page.xpath("//select[@id='to']/option[@selected]/@value") == [str(who.id)]


def test_a_closed_case_offers_nothing_that_is_refused(coordinator: Visitor, scene: Scene) -> None:
    for closed in (scene.decided, scene.withdrawn, scene.refused):
        page = coordinator.page(f"/cases/{closed}")
        assert not page.xpath("//form[contains(@action, '/assign')] | //a[contains(@href, '/documents')]")
    assert coordinator.page(f"/cases/{scene.gaps}").xpath("//form[contains(@action, '/assign')]")


def test_nothing_is_recorded_before_it_was_shown_once_more(
    coordinator: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral = arrived(form_file(**COMPLETE))
    form = {**DECISION, "version": version_of(coordinator, referral)}
    check = coordinator.send(f"/cases/{referral}/decide", {**form, "step": "check"}, follow_redirects=True)
    assert "Check the decision before it is recorded" in text_of(coordinator.parsed(check))
    assert house.views.case(cast.coordinator, referral).decision is None
    hidden = {field.name: field.value for field in coordinator.parsed(check).xpath("//main//input[@type='hidden']")}
    changing = {**hidden, "step": "change"}
    change = coordinator.parsed(coordinator.send(f"/cases/{referral}/decide", changing, follow_redirects=True))
    assert change.xpath("//input[@name='panel_date-day']")[0].value == "15"
    assert change.xpath("//textarea[@name='why']")[0].text.strip() == DECISION["why"]
    coordinator.send(f"/cases/{referral}/decide", {**hidden, "step": "record"})
    decision = house.views.case(cast.coordinator, referral).decision
    assert decision is not None
    assert decision.reasons == "Why this decision\nThe risk needs several agencies."


def test_an_accepted_case_needs_its_panel_and_its_reasons(coordinator: Visitor, arrived: Callable[..., UUID]) -> None:
    referral = arrived(form_file(**COMPLETE))
    form = {
        "version": version_of(coordinator, referral),
        "outcome": "accepted_level_2",
        "category": "2",
        "step": "check",
    }
    page = coordinator.parsed(coordinator.send(f"/cases/{referral}/decide", form))
    links = page.xpath("//div[contains(@class, 'govuk-error-summary')]//a/@href")
    assert set(links) == {"#why", "#panel_date-day"}
    assert all(page.xpath(f"//*[@id='{link[1:]}']") for link in links)


@pytest.mark.parametrize(
    ("day", "month", "year"), [("31", "2", "2027"), ("x", "1", "2027"), ("1", "", "2027"), ("1", "1", "0")]
)
def test_a_panel_date_that_does_not_exist_is_told_in_words(
    coordinator: Visitor, arrived: Callable[..., UUID], day: str, month: str, year: str
) -> None:
    referral = arrived(form_file(**COMPLETE))
    parts = {"panel_date-day": day, "panel_date-month": month, "panel_date-year": year}
    form = {**DECISION, **parts, "version": version_of(coordinator, referral), "step": "check"}
    response = coordinator.send(f"/cases/{referral}/decide", form)
    assert response.status_code == 422
    page = coordinator.parsed(response)
    assert "must be a real date" in text_of(page)
    assert page.xpath("//input[@name='panel_date-day']")[0].value == day


def test_a_page_that_has_gone_stale_says_what_changed_and_keeps_what_was_typed(
    coordinator: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral = arrived(form_file(**COMPLETE))
    form = {**DECISION, "version": version_of(coordinator, referral)}
    house.desk.ask(cast.coordinator, referral, [], ["Is there news?"])
    response = coordinator.send(f"/cases/{referral}/decide", {**form, "step": "record"})
    assert response.status_code == 422
    page = coordinator.parsed(response)
    assert "changed since you opened it" in text_of(page)
    assert page.xpath("//textarea[@name='why']")[0].text.strip() == DECISION["why"]
    again = {**form, "version": page.xpath("//input[@name='version']")[0].value}
    assert coordinator.send(f"/cases/{referral}/decide", {**again, "step": "record"}).status_code == 302


def test_recording_twice_records_once(
    coordinator: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral = arrived(form_file(**COMPLETE))
    form = {**DECISION, "version": version_of(coordinator, referral), "step": "record"}
    assert coordinator.send(f"/cases/{referral}/decide", form).status_code == 302
    second = coordinator.send(f"/cases/{referral}/decide", form)
    assert second.status_code == 302 and second.location.endswith("?done=decided")
    assert coordinator.send(f"/cases/{referral}/decide", {**form, "why": "Otherwise."}).status_code == 409
    assert len(house.views.case(cast.coordinator, referral).decisions) == 1


@pytest.mark.parametrize("step", ["record", "continue"])
def test_of_two_who_decide_at_once_the_second_is_told_who_decided_what_and_keeps_every_word(
    coordinator: Visitor, visitor: Callable[[Person], Visitor], house: House, arrived: Callable[..., UUID], step: str
) -> None:
    other = house.people.add_person("other@example.org", "Olive Tern", "coordinator", PASSWORD, area="WM")
    case = arrived(form_file(**COMPLETE))
    form = {**DECISION, "version": version_of(coordinator, case)}
    assert visitor(other).send(f"/cases/{case}/decide", {**form, "step": "record"}).status_code == 302
    mine = {**form, "why": "My own reasons.", "against": "Little.", "told_referrer": "Come early.", "step": step}
    late = coordinator.send(f"/cases/{case}/decide", mine)
    page = coordinator.parsed(late)
    assert late.status_code == 409
    assert "Olive Tern recorded a decision on WM-2026-000001" in text_of(page)
    assert ": Accepted at level 2. Yours was not recorded." in text_of(page)
    assert page.xpath(f"//a[@href='/cases/{case}']")
    for words in ("My own reasons.", "Little.", "Come early."):
        assert words in text_of(page)
    assert "accepted_level_2" not in text_of(page)


def test_questions_that_are_open_end_with_the_decision_and_all_pages_say_so(
    coordinator: Visitor, yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    case = arrived()
    asked = house.views.case(cast.coordinator, case).line.open_questions
    assert "Answer the questions" in text_of(yot.page(f"/referrals/{case}"))
    coordinator.send(f"/cases/{case}/decide", {**DECISION, "version": version_of(coordinator, case)})
    warned = text_of(coordinator.page(f"/cases/{case}/decide/check"))
    assert f"{asked} questions to the referrer are still open. They can no longer be answered once" in warned
    version = house.views.case(cast.coordinator, case).line.version
    assert not house.desk.decide(cast.coordinator, case, draft(version))
    assert "Answer the questions" not in text_of(yot.page(f"/referrals/{case}"))
    assert "There is no open question" in text_of(yot.page(f"/referrals/{case}/questions"))
    shown = text_of(coordinator.page(f"/cases/{case}"))
    assert shown.count("Not answered") == asked
    assert f"{asked} not answered" in text_of(coordinator.page("/queue?shelf=decided"))
    question = house.views.case(cast.yot, case).clarifications[0]
    late = yot.send(f"/referrals/{case}/questions", {f"q-{question.id}": "Typed before the decision."})
    assert late.status_code == 409 and "Typed before the decision." in text_of(yot.parsed(late))


def test_a_notification_offers_its_own_outcomes_and_no_panel(coordinator: Visitor, scene: Scene) -> None:
    page = coordinator.page(f"/cases/{scene.notification}/decide")
    offered = page.xpath("//input[@name='outcome']/@value")
    assert offered == ["noted", "advise_form_a", "not_eligible"]
    assert not page.xpath("//input[@name='panel_date-day']")


def test_a_reopened_decision_keeps_the_first(coordinator: Visitor, scene: Scene) -> None:
    text = text_of(coordinator.page(f"/cases/{scene.reopened}"))
    assert "Earlier decisions" in text and "Accepted at level 2" in text
    earlier = text[text.index("Earlier decisions") :]
    assert "Panel on Tuesday 15 December 2026" in earlier and "Please bring the plan to the panel." in earlier
    assert "Reopened by Carol Finch" in earlier and "The panel date was wrong." in earlier
    assert "Record decision" in text


def test_the_letter_holds_no_word_about_victims(
    coordinator: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    referral = arrived(form_file(**{**COMPLETE, "victim__issues": "Percival Nettlebed fears him"}))
    version = house.views.case(cast.coordinator, referral).line.version
    house.desk.decide(cast.coordinator, referral, draft(version))
    letter = coordinator.page(f"/cases/{referral}/letter")
    assert "Nettlebed" not in text_of(letter)
    assert "15 December 2026" in text_of(letter)
    assert "OFFICIAL-SENSITIVE" in text_of(letter)


def test_an_undecided_case_has_no_letter(coordinator: Visitor, scene: Scene) -> None:
    assert coordinator.get(f"/cases/{scene.gaps}/letter").status_code == 404


def test_doubtful_values_come_first_and_a_correction_keeps_what_was_read(yot: Visitor, scene: Scene) -> None:
    page = yot.page(f"/referrals/{scene.gaps}/read")
    first = page.xpath("//h2")[0]
    assert first.text_content() == "Please check first"
    assert "The writing is faint" in text_of(page)
    path = f"/referrals/{scene.gaps}/read/person.ethnicity"
    response = yot.send(path, {"value": "White - British"})
    after = text_of(yot.page(response.location))
    assert "White - British" in after and "the form says “W1”" in after


def test_a_verdict_and_the_facts_of_a_case_are_no_surer_than_what_was_read(
    coordinator: Visitor, arrived: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rows, doubt):
        monkeypatch.setattr(module, "SURE", 0.995)  # what the tests' reader is otherwise sure of
    case = arrived(form_file(**COMPLETE))
    resting = "This rests on what was not read for certain: "
    page = coordinator.page(f"/cases/{case}")
    (identified,) = [one for one in page.find_class("desk-finding") if "can be identified" in one.text_content()]
    assert f"{resting}Last name, First name(s), Date of birth" in text_of(identified)
    facts = {one.xpath("./dt")[0].text_content(): one for one in page.xpath("//*[@class='desk-facts']/dl/div")}
    assert all("Doubtful" in text_of(facts[name]) for name in ("Asked for", "Date of birth"))
    assert "Doubtful" not in text_of(facts["Received"]) and "Doubtful" in text_of(page.find_class("desk-head")[0])
    assert resting in text_of(coordinator.page(f"/cases/{case}/decide"))


def test_the_queue_says_how_many_verdicts_rest_on_doubtful_values_and_an_answer_takes_the_doubt_away(
    coordinator: Visitor, house: House, cast: Cast, scene: Scene
) -> None:
    def in_queue() -> str:
        (row,) = coordinator.page("/queue").xpath(f"//tr[.//a[@href='/cases/{scene.complete}']]")
        return text_of(row)

    assert "Doubtful 1 of these rests on what was not read for certain" in in_queue()
    assert "This rests on what was not read for certain: Ethnicity" in text_of(
        coordinator.page(f"/cases/{scene.complete}")
    )
    house.desk.correct(cast.coordinator, scene.complete, "person.ethnicity", RawAnswer(text="White - British"))
    assert "Doubtful" not in in_queue()


def test_a_case_judged_before_doubts_were_counted_says_so_in_the_queue(
    coordinator: Visitor, house: House, arrived: Callable[..., UUID]
) -> None:
    arrived(form_file(**COMPLETE))
    with open_as_owner(house) as connection:
        connection.execute(update(referrals).values(doubted=None))
    assert "What is doubtful was not counted" in text_of(coordinator.page("/queue"))


def test_a_giant_answer_leaves_a_case_page_that_can_be_read_and_hides_nothing(
    coordinator: Visitor, arrived: Callable[..., UUID]
) -> None:
    told = [f"Line {number}: he was seen at the school with a knife again." for number in range(1_000)]
    case = arrived(form_file(**{**COMPLETE, "risk__summary": "\n".join(told), "referral__reason": "word " * 12_000}))
    page = coordinator.page(f"/cases/{case}")
    assert all(line in text_of(page) for line in told)
    assert text_of(page).count("word word") > 0 and "Read on in" in text_of(page)
    for folded in page.xpath("//details"):
        folded.drop_tree()
    shown = text_of(page)
    assert told[0] in shown and told[10] in shown and told[100] not in shown and len(shown) < 15_000


def test_of_many_passages_the_first_of_each_topic_are_shown_at_once() -> None:
    def passage(topic: str, number: int) -> Passage:
        return Passage(key="risk.summary", topic=topic, text=f"{topic} {number}", start=0, end=1)

    weapons, children = [[passage(topic, number) for number in range(150)] for topic in ("weapons", "children")]
    mixed = tuple(one for pair in zip(weapons, children, strict=True) for one in pair)
    assert [(len(first), len(others)) for first, others in rows.by_topic(mixed)] == [(3, 147), (3, 147)]
    assert {one for part in rows.by_topic(mixed) for some in part for one in some} == set(mixed)


@pytest.mark.parametrize("lines", [("a" * 5_000,), ("word " * 1_000,), ("short", "b" * 3_000), ("x" * 100,) * 50])
def test_the_beginning_and_the_rest_of_a_long_answer_are_all_of_it(lines: tuple[str, ...]) -> None:
    beginning, rest = rows.parted(lines)
    assert "".join(beginning + rest) == "".join(lines) and rest
    assert 0 < sum(map(len, beginning)) <= rows.BEGINNING


def test_what_may_stand_on_the_form_unread_is_not_called_blank(
    coordinator: Visitor, yot: Visitor, scene: Scene
) -> None:
    for page in (coordinator.page(f"/cases/{scene.gaps}"), yot.page(f"/referrals/{scene.gaps}/read")):
        blank = [text_of(one) for one in page.find_class("desk-blank")]
        assert "Nothing was found, but it may be there: Alias(es) including nicknames" in blank
        assert not any("Alias" in words for words in blank if words.startswith("Nothing stated"))
    status = text_of(yot.page(f"/referrals/{scene.complete}"))
    assert "2 places of the form were not read for certain. Check what we read" in status


def test_the_lit_spot_is_the_box_of_the_value_on_its_page(coordinator: Visitor, scene: Scene) -> None:
    page = coordinator.page(f"/referrals/{scene.gaps}/pages/1?key=person.family_name")
    (lit,) = page.xpath("//*[@id='lit']")
    assert (lit.get("x"), lit.get("width")) == ("200", "220")
    (image,) = page.xpath("//*[name()='image']/@href")
    assert coordinator.get(image).get_data()[:2] == b"\xff\xd8"


def test_gaps_are_named_where_nothing_is_stated(yot: Visitor, arrived: Callable[..., UUID]) -> None:
    text = text_of(yot.page(f"/referrals/{arrived(form_file(**GAPS))}/read"))
    assert "Nothing stated:" in text
