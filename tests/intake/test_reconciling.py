"""The reconciler: silent while everything agrees, and an alarm with ids for whatever is lost, doubled or made up."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from house import Cast, form_file, open_as_owner, several_forms
from sqlalchemy import text

from intake.cases.reading import ReadingDesk
from intake.house import House
from intake.models import DecisionDraft
from intake.store.acting import acting
from intake.work.reconciling import QUERIES, last_of


def a_day_at_the_desk(house: House, cast: Cast, reading: ReadingDesk) -> str:
    """One of everything that can happen to a form; gives the id of one that was read."""
    receive = house.desk.receive
    read = receive(cast.yot, "form.pdf", form_file(level_requested="2", category=["2"]))
    receive(cast.yot, "mail.eml", several_forms(form_file(), form_file("H")))
    receive(cast.hospital, "letter.pdf", b"no form at all")
    receive(cast.hospital, "empty.pdf", b"")
    withdrawn = receive(cast.hospital, "form.pdf", form_file())
    fails = receive(cast.hospital, "poison.pdf", form_file(orders={"raise": "poison"}))
    house.desk.withdraw(cast.hospital, withdrawn.referral_id, "sent twice")
    while reading.do_next():
        with acting(house.engine, "desk") as connection:
            connection.execute(text("UPDATE jobs SET next_try = clock_timestamp() WHERE state = 'due'"))
    assert house.views.progress(cast.hospital, fails.referral_id).set_aside
    decided = receive(cast.yot, "form.pdf", form_file())
    reading.do_next()
    version = house.views.case(cast.coordinator, decided.referral_id).line.version
    draft = DecisionDraft(outcome="level_1", reasons="No reason to manage above level 1.", version=version)
    assert house.desk.decide(cast.coordinator, decided.referral_id, draft) == {}
    receive(cast.yot, "form.pdf", form_file())
    return str(read.referral_id)


def codes(house: House) -> list[str]:
    return [difference.code for difference in house.reconciler.compare().differences]


def test_everything_that_can_happen_agrees(house: House, cast: Cast, reading: ReadingDesk) -> None:
    a_day_at_the_desk(house, cast, reading)
    found = house.reconciler.compare()
    assert found.differences == ()
    assert found.counts["referrals"] == found.counts["documents"] == 9
    with acting(house.engine, "desk") as connection:
        assert last_of(connection) == found


FRESH = "(SELECT id FROM referrals WHERE status = 'received')"
FAULTS: dict[str, Sequence[str]] = {
    "referral_lost": ["UPDATE reference_counters SET last = last + 1"],
    "document_missing": ["DELETE FROM documents WHERE referral_id = :read"],
    "reading_not_asked_for": [f"DELETE FROM jobs WHERE referral_id = {FRESH}"],
    "set_aside_not_shown": ["UPDATE referrals SET set_aside = false WHERE set_aside"],
    "reading_missing": ["DELETE FROM readings WHERE referral_id = :read"],
    "judgement_missing": ["DELETE FROM assessments WHERE referral_id = :read"],
    "job_without_result": [f"UPDATE jobs SET state = 'done' WHERE referral_id = {FRESH}"],
    "first_message_missing": ["DELETE FROM messages WHERE referral_id = :read"],
    "message_to_nobody": ["UPDATE messages SET state = 'out' WHERE referral_id = :read"],
    "message_to_somebody_twice": [
        "INSERT INTO mails (id, person_id, digest, state, next_try, created_at)"
        " SELECT gen_random_uuid(), received_by, false, 'sent', now(), now() FROM referrals, generate_series(1, 2) WHERE id = :read",
        "INSERT INTO mail_contents SELECT e.id, m.id FROM mails e, messages m WHERE m.referral_id = :read",
    ],
    "decision_not_told": ["DELETE FROM messages WHERE kind = 'decision'"],
    "questions_not_told": ["DELETE FROM messages WHERE kind = 'questions' AND referral_id = :read"],
    "trail_differs": [
        "ALTER TABLE audit DISABLE TRIGGER audit_is_append_only",
        "UPDATE audit SET kind = 'reread' WHERE kind = 'read' AND referral_id = :read",
    ],
    "restricted_to_nobody": ["UPDATE referrals SET restricted = true WHERE id = :read"],
    "erased_not_whole": ["UPDATE referrals SET erased_at = now() WHERE id = :read"],
    "erased_without_trace": ["UPDATE referrals SET erased_at = now() WHERE id = :read"],
    "trail_cut": [
        "ALTER TABLE audit DISABLE TRIGGER audit_is_append_only",
        "DELETE FROM audit WHERE number = (SELECT number FROM audit_head)",
    ],
    "tally_differs": ["UPDATE tallies SET number = number + 1 WHERE status = 'checked'"],
}


def test_every_difference_is_tried() -> None:
    assert FAULTS.keys() == QUERIES.keys()


@pytest.mark.parametrize("code", QUERIES)
def test_a_difference_raises_an_alarm_that_names_ids_only(
    house: House, cast: Cast, reading: ReadingDesk, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    read = a_day_at_the_desk(house, cast, reading)
    with open_as_owner(house) as connection:
        for statement in FAULTS[code]:
            connection.execute(text(statement), {"read": read} if ":read" in statement else {})
    with caplog.at_level(logging.ERROR, "intake.work.reconciling"):
        assert code in codes(house)
    assert f"difference {code} in " in caplog.text
    assert "poison" not in caplog.text and "form.pdf" not in caplog.text


def test_of_many_machines_one_compares_and_not_at_every_turn(house: House, cast: Cast) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: house.reconciler.compare_when_due(), range(12)))
    assert len([one for one in found if one is not None]) == 1
    with acting(house.engine, "desk") as connection:
        connection.execute(text("UPDATE reconciliation SET at = clock_timestamp() - interval '61 s'"))
    assert house.reconciler.compare_when_due() is not None
