"""An administrator teaches the reader what local forms print: kept by area, handed to the locked-down child, in the trail."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from house import Cast
from local_form import OWN, local_form

from extractors.forms.local import LocalLabel
from extractors.refusals import Refusal
from intake.cases.reading import ReadingDesk
from intake.errors import DeskError, NotAllowed, NotFound
from intake.house import House
from intake.models import Person
from intake.reader import local_labels
from intake.reader.reading_room import ReadingRoom
from intake.store.acting import acting

OURS = LocalLabel(form="A", key="person.agency_ref", label=OWN)


def value_read(house: House, room: ReadingRoom, sender: Person) -> object:
    """What the next such form says under the label."""
    referral = house.desk.receive(sender, "a.docx", local_form()).referral_id
    desk = ReadingDesk(house.registry, house.ledger, house.check, room.do, house.gate)
    assert desk.do_next()
    form = house.views.case(sender, referral).form
    assert form is not None
    return form.value("person.agency_ref")


def test_the_next_form_with_a_label_is_read_by_it_until_it_is_removed(house: House, cast: Cast) -> None:
    with ReadingRoom() as room:
        assert value_read(house, room, cast.yot) is None
        assert house.labels.add(cast.administrator, "NW", OURS) is None
        assert value_read(house, room, cast.yot) is None
        assert house.labels.add(cast.administrator, "WM", OURS) is None
        assert value_read(house, room, cast.yot) == "AMB/77/19"
        (kept,) = house.labels.listed(cast.administrator, "WM")
        assert kept.name == "Agency unique identifier"
        house.labels.remove(cast.administrator, kept.id)
        assert value_read(house, room, cast.yot) is None
    with pytest.raises(NotFound):
        house.labels.remove(cast.administrator, kept.id)
    with acting(house.engine, "desk") as connection:
        trail = connection.exec_driver_sql("SELECT kind, facts FROM audit WHERE kind LIKE 'label%%' ORDER BY number")
        assert [(row.kind, row.facts["label"]) for row in trail] == [
            ("label_added", OWN),
            ("label_added", OWN),
            ("label_removed", OWN),
        ]
        assert house.trail.verify(connection)


def test_a_label_that_would_be_mistaken_is_not_kept(house: House, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    add = house.labels.add
    assert "means" in (add(cast.administrator, "WM", OURS.model_copy(update={"label": "Nationality"})) or "")
    assert add(cast.administrator, "WM", OURS) is None
    assert "already" in (add(cast.administrator, "WM", OURS.model_copy(update={"label": f"  {OWN}: "})) or "")
    assert len(house.labels.listed(cast.administrator, "WM")) == 1
    monkeypatch.setattr(local_labels, "MOST_LABELS", 1)
    assert "at most" in (add(cast.administrator, "WM", OURS.model_copy(update={"label": "Casebook page"})) or "")


def test_a_label_that_two_add_at_one_moment_is_kept_once_and_the_second_is_told(house: House, cast: Cast) -> None:
    row = "INSERT INTO local_labels VALUES (gen_random_uuid(), 'WM', 'A', 'person.agency_ref', %s, %s, now())"
    with ThreadPoolExecutor(1) as pool:
        with acting(house.engine, cast.administrator) as connection:
            connection.exec_driver_sql(row, (OWN, cast.administrator.id))
            added = pool.submit(house.labels.add, cast.administrator, "WM", OURS)
            with pytest.raises(TimeoutError):
                added.result(0.5)
        assert added.result(20) == "Somebody added this label just now"
    assert len(house.labels.listed(cast.administrator, "WM")) == 1


def test_a_form_is_tried_out_and_nothing_of_it_is_kept(house: House, cast: Cast) -> None:
    before = house.labels.try_out(cast.administrator, "WM", "a.docx", local_form())
    assert before.form == "A" and before.unknown_labels == (OWN,)
    assert "Agency unique identifier" in before.missing
    assert house.labels.add(cast.administrator, "WM", OURS) is None
    after = house.labels.try_out(cast.administrator, "WM", "a.docx", local_form())
    (found,) = (one for one in after.found if one.key == "person.agency_ref")
    assert (found.label, found.local, after.unknown_labels) == (OWN, True, ())
    assert not any(one.local for one in after.found if one.key != "person.agency_ref")
    assert "AMB/77/19" not in after.model_dump_json() and "Marrowby" not in after.model_dump_json()
    with acting(house.engine, "desk") as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM documents").scalar_one() == 0
    with pytest.raises(Refusal):
        house.labels.try_out(cast.administrator, "WM", "a.txt", b"nothing of the kind")


def test_a_form_that_takes_too_long_is_given_up(house: House, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_labels, "PATIENCE", -1.0)
    monkeypatch.setattr(local_labels, "LOOK_EVERY", 0.001)
    for _ in range(2):
        with pytest.raises(DeskError, match="too long"):
            house.labels.try_out(cast.administrator, "WM", "a.docx", local_form())


def test_only_administrators_teach_the_reader(house: House, cast: Cast) -> None:
    assert house.labels.add(cast.administrator, "WM", OURS) is None
    (kept,) = house.labels.listed(cast.administrator, "WM")
    for person in (cast.yot, cast.coordinator):
        with pytest.raises(NotAllowed):
            house.labels.listed(person, "WM")
        with pytest.raises(NotAllowed):
            house.labels.add(person, "WM", OURS)
        with pytest.raises(NotAllowed):
            house.labels.remove(person, kept.id)
        with pytest.raises(NotAllowed):
            house.labels.try_out(person, "WM", "a.docx", local_form())
