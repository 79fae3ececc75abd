"""Forms about one person find each other, as far as the viewer may see, and a search finds what it means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pytest
from house import PASSWORD, Cast, SetClock, Worker, form_file, open_as_owner, wait_for
from sqlalchemy import delete, select, update

from intake.cases.likeness import sounds
from intake.cases.reading import ReadingDesk
from intake.errors import NotAllowed, NotFound
from intake.house import House
from intake.models import DecisionDraft, Person, RawAnswer
from intake.store.acting import acting
from intake.store.tables import person_traces, referrals, search_tokens, searches

PERSON = {
    "person__family_name": "Quillfeather",
    "person__given_names": "Tobias",
    "person__date_of_birth": "2010-04-02",
    "level_requested": "2",
    "category": ["2"],
}
Bring = Callable[..., UUID]


@pytest.fixture
def bring(house: House, cast: Cast, reading: ReadingDesk) -> Bring:
    def one(sender: Person | None = None, **values: object) -> UUID:
        new = house.desk.receive(sender or cast.yot, "form.pdf", form_file(**{**PERSON, **values})).referral_id
        while reading.do_next():
            pass
        return new

    return one


def test_earlier_referrals_are_shown_with_reason_strength_status_and_outcome(
    house: House, cast: Cast, bring: Bring
) -> None:
    decided = bring(person__pnc_id="2012/0123456Y")
    version = house.views.case(cast.coordinator, decided).line.version
    grounds = {"panel_date": date(2026, 12, 15), "category": "2", "reasons": "Needed."}
    assert not house.desk.decide(
        cast.coordinator, decided, DecisionDraft(version=version, outcome="accepted_level_2", **grounds)
    )
    spelt_otherwise = bring(cast.hospital, person__family_name="Quilfeather", person__date_of_birth="2010-02-04")
    bring(person__family_name="Oakley", person__given_names="Sam", person__date_of_birth="1961-11-27")
    this = bring(person__pnc_id="2012/0123456Y")
    found = house.views.same_person(cast.coordinator, this)
    assert [(one.line.id, one.strength) for one in found.here] == [(decided, "certain"), (spelt_otherwise, "possible")]
    first, second = found.here
    assert first.line.outcome == "accepted_level_2" and first.born == date(2010, 4, 2)
    assert "Day and month of birth have changed places" in second.reasons
    assert found.elsewhere == ()


def test_a_correction_makes_two_forms_meet_or_part(house: House, cast: Cast, bring: Bring) -> None:
    one, other = bring(), bring(person__family_name="Oakley", person__given_names="Sam")
    assert house.views.same_person(cast.coordinator, one).here == ()
    for key, name in (("person.family_name", "Quillfeather"), ("person.given_names", "Tobias")):
        assert house.desk.correct(cast.coordinator, other, key, RawAnswer(text=name)) is None
    (met,) = house.views.same_person(cast.coordinator, one).here
    assert met.line.id == other and met.strength == "probable"
    house.desk.correct(cast.coordinator, other, "person.date_of_birth", RawAnswer(text="27 11 1961"))
    assert house.views.same_person(cast.coordinator, one).here == ()


@pytest.mark.parametrize(("values", "areas"), [({}, ("NW",)), ({"person__date_of_birth": "1961-11-27"}, ())])
def test_of_another_area_only_its_name_is_said_and_only_when_it_is_probable(
    house: House, cast: Cast, bring: Bring, values: dict[str, str], areas: tuple[str, ...]
) -> None:
    agency = house.people.add_agency("Northern Probation", "probation", "NW")
    sender = house.people.add_person("n@example.org", "Nora Lark", "referrer", PASSWORD, agency_id=agency.id)
    theirs = bring(sender, **values)
    ours = bring()
    found = house.views.same_person(cast.coordinator, ours)
    assert (found.here, found.elsewhere) == ((), areas)
    with pytest.raises(NotFound):
        house.views.same_person(cast.coordinator, theirs)


def test_referrers_and_administrators_are_told_nothing(house: House, cast: Cast, bring: Bring) -> None:
    bring()
    this = bring()
    for person in (cast.yot, cast.hospital, cast.administrator):
        with pytest.raises(NotAllowed):
            house.views.same_person(person, this)
    with pytest.raises(NotFound):
        house.views.same_person(cast.other_coordinator, this)
    with pytest.raises(NotFound):
        house.views.same_person(cast.coordinator, uuid4())


def test_of_many_that_share_a_name_the_latest_are_compared(
    house: House, cast: Cast, clock: SetClock, bring: Bring
) -> None:
    bring()
    with acting(house.engine, "desk") as connection:
        row = dict(connection.execute(select(referrals)).mappings().one())
        traces = connection.scalars(select(person_traces.c.trace)).all()
        for number in range(60):
            new = {**row, "id": uuid4(), "reference": f"WM-1999-{number:06d}", "upload_token": None}
            connection.execute(referrals.insert().values({**new, "came_with": None, "identity_sealed": None}))
            old = {"referral_id": new["id"], "received_at": date(1999, 1, 1)}
            connection.execute(person_traces.insert(), [{"trace": trace, **old} for trace in traces])
    clock.pass_by(days=1)
    this = bring()
    assert len(house.views.same_person(cast.coordinator, this).here) == 1


def test_forms_judged_before_traces_were_kept_are_made_findable(
    house: House, cast: Cast, bring: Bring, worker: Worker
) -> None:
    one, other, lost = bring(), bring(), bring()
    with acting(house.engine, "desk") as connection:
        connection.execute(update(referrals).values(identity_sealed=None))
        connection.execute(update(referrals).where(referrals.c.id == lost).values(wrapped_key=b""))
        connection.execute(delete(person_traces))
        connection.execute(delete(search_tokens))
        version = connection.scalar(select(referrals.c.version).where(referrals.c.id == one))
    assert house.views.same_person(cast.coordinator, one).here == ()
    worker.start()
    wait_for(lambda: house.views.same_person(cast.coordinator, one).here)
    assert [met.line.id for met in house.views.same_person(cast.coordinator, one).here] == [other]
    assert len(house.searching.find(cast.coordinator, "Quillfeather").lines) == 2
    assert house.views.case(cast.coordinator, one).line.version == version


def test_the_database_holds_no_sound_of_a_name(house: House, cast: Cast, bring: Bring) -> None:
    bring()
    house.searching.keep(cast.coordinator, "Quillfeather")
    codes = [code.encode() for word in ("quillfeather", "tobias") for code in (word, *sounds(word))]
    with open_as_owner(house) as connection:
        for table in (person_traces, search_tokens, searches):
            rows = connection.execute(select(table)).all()
            assert rows
            kept = b"".join(bytes(cell) for row in rows for cell in row if isinstance(cell, bytes))
            assert not [code for code in codes if code.lower() in kept.lower()]


# Searching


def test_what_is_not_spelt_like_that_is_found_by_its_sound(house: House, cast: Cast, bring: Bring) -> None:
    this = bring(person__family_name="Shaughnessy", person__given_names="Catherine")
    for asked, by_sound in (("shaughnessy", False), ("Kathryn Shaughnessy", True), ("Shawnessy", True)):
        found = house.searching.find(cast.coordinator, asked)
        assert ([line.id for line in found.lines], found.by_sound) == ([this], by_sound), asked
    for asked in ("Kathryn Smith", "1999", "X9999"):
        assert house.searching.find(cast.coordinator, asked).lines == (), asked


def test_a_kept_search_is_its_makers_for_a_day(house: House, cast: Cast, clock: SetClock, bring: Bring) -> None:
    this = bring()
    kept = house.searching.keep(cast.coordinator, " Quillfeather ")
    found = house.searching.found(cast.coordinator, kept)
    assert (found.text, [line.id for line in found.lines]) == ("Quillfeather", [this])
    for person, number in ((cast.other_coordinator, kept), (cast.yot, kept), (cast.coordinator, uuid4())):
        with pytest.raises(NotFound):
            house.searching.found(person, number)
    with pytest.raises(NotAllowed):
        house.searching.keep(cast.administrator, "Quillfeather")
    clock.pass_by(hours=25)
    with pytest.raises(NotFound):
        house.searching.found(cast.coordinator, kept)
    house.searching.keep(cast.coordinator, "another")
    with acting(house.engine, cast.coordinator) as connection:
        assert len(connection.execute(select(searches)).all()) == 1
