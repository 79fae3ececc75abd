"""Referrals are kept as long as an administrator has said, and then erased whole, once, with a trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from house import Cast, SetClock, form_file, open_as_owner, several_forms
from scenes import GAPS, draft
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from intake.cases.reading import ReadingDesk
from intake.errors import Erased, NotAllowed, NotFound, NotNow
from intake.house import House, open_house
from intake.models import RawAnswer, ReviewDraft
from intake.now import london_day
from intake.retention.erased_list import NAME, ErasedList
from intake.retention.eraser import AT_ONCE, Eraser
from intake.retention.rules import BY_CODE, RULES, counted
from intake.settings import Settings
from intake.statistics.counts import Period
from intake.store.acting import acting
from intake.store.trail import Break

Bring = Callable[..., UUID]


@pytest.fixture
def decided(house: House, cast: Cast, reading: ReadingDesk) -> Bring:
    """Brings in a form with every kind of content, and decides it."""

    def bring(outcome: str = "accepted_level_2", left: bool = True, **values: Any) -> UUID:
        one = house.desk.receive(cast.yot, "Quillfeather.pdf", form_file(**{**GAPS, **values})).referral_id
        while reading.do_next():
            pass
        house.desk.add_document(cast.yot, one, "Report.docx", b"Quillfeather, a report")
        first, second, *_ = (ask for ask in house.views.case(cast.yot, one).clarifications if ask.kind == "text")
        house.desk.answer(cast.yot, one, {first.id: RawAnswer(text="Marian Ash")})
        house.desk.save_draft(cast.yot, one, {second.id: RawAnswer(text="Marian")})
        terms = {} if outcome.startswith("accepted") else {"panel_date": None, "category": None}
        for again in (True, False):
            version = house.views.case(cast.coordinator, one).line.version
            assert not house.desk.decide(cast.coordinator, one, draft(version, outcome=outcome, **terms))
            if again:
                house.desk.reopen(cast.coordinator, one, "Quillfeather was elsewhere.")
                house.desk.keep_decision_draft(cast.coordinator, one, {"reasons": "Quillfeather"})
        if outcome.startswith("accepted") and left:
            leave(house, cast, one)
        return one

    return bring


def leave(house: House, cast: Cast, one: UUID) -> None:
    """Record that an accepted case has left the panel's hands."""
    exit_ = ReviewDraft(held_on=london_day(house.clock.now()), outcome="exit", words="Quillfeather has moved on.")
    assert not house.desk.review(cast.coordinator, one, exit_)


def keep(house: House, cast: Cast, **months: int | None) -> None:
    house.retention.set_periods(cast.administrator, "WM", months)


def kinds(house: House, referral_id: UUID) -> list[str]:
    with acting(house.engine, "desk") as connection:
        return list(
            connection.scalars(
                text("SELECT kind FROM audit WHERE referral_id = :id ORDER BY number"), {"id": referral_id}
            )
        )


STAYS = {"answer_links", "audit", "jobs", "messages", "erasures", "restricted_to", "incoming"}
"""Tables that may name an erased referral: its trail, what was done, that messages were sent, its trace, who might see it."""


def test_nothing_is_erased_until_a_period_is_set(house: House, cast: Cast, decided: Bring, clock: SetClock) -> None:
    one = decided()
    clock.pass_by(days=365 * 30)
    assert house.eraser.go_round() == 0
    assert house.views.case(cast.coordinator, one).form is not None
    assert [months for _, months in house.retention.periods(cast.administrator, "WM")] == [None] * len(RULES)


def test_a_case_past_its_time_is_announced_and_then_erased_whole_with_a_trace(
    house: House, cast: Cast, decided: Bring, clock: SetClock
) -> None:
    one = decided()
    before = house.statistics.figures(cast.coordinator, Period(first=date(2026, 11, 1), last=date(2026, 11, 30)))
    keep(house, cast, accepted_2=12)
    clock.pass_by(days=365 - 29)
    assert house.eraser.go_round() == 0 and house.views.case(cast.coordinator, one).erasing is None
    clock.pass_by(days=1)
    assert house.eraser.go_round() == 0
    erasing = house.views.case(cast.coordinator, one).erasing
    assert erasing is not None and erasing.on == date(2027, 11, 20)
    assert "“Accepted at level 2”: kept for 1 year from its exit or last review" in erasing.under
    clock.pass_by(days=27)
    assert house.eraser.go_round() == 0
    clock.pass_by(days=1)
    assert house.eraser.go_round() == 1 and house.eraser.go_round() == 0
    with pytest.raises(Erased) as told:
        house.views.case(cast.yot, one)
    assert told.value.message.startswith(
        "WM-2026-000001 was erased on Saturday 20 November 2027 under the rule “Accepted"
    )
    assert "form A, received on Friday 20 November 2026; Accepted at level 2 on" in told.value.message
    with open_as_owner(house) as connection:
        tables = connection.scalars(
            text("SELECT table_name FROM information_schema.columns WHERE column_name = 'referral_id'")
        ).all()
        left = {
            table
            for table in tables
            if connection.scalar(text(f'SELECT count(*) FROM "{table}" WHERE referral_id = :one'), {"one": one})
        }
        assert left <= STAYS and "audit" in left
        line = connection.execute(text("SELECT * FROM referrals WHERE id = :one"), {"one": one}).mappings().one()
        assert bytes(line["wrapped_key"]) == b"" and not [
            name for name in line if name.endswith("_sealed") and line[name]
        ]
        assert connection.scalar(text("SELECT count(*) FROM reopenings")) == 0
    assert kinds(house, one)[-1] == "erased" and kinds(house, one).count("erased") == 1
    after = house.statistics.figures(cast.coordinator, Period(first=date(2026, 11, 1), last=date(2026, 11, 30)))
    assert after == before
    assert house.reconciler.compare().differences == ()
    with acting(house.engine, "desk") as connection:
        assert not isinstance(house.trail.verify(connection), Break)
        removed = connection.scalar(text("SELECT removed FROM erasures"))
    assert removed["documents"] == 2 and removed["decisions"] == 2 and removed["pages"] == 1


def test_lists_searches_and_orders_say_that_it_was_erased_and_nothing_more(
    house: House, cast: Cast, decided: Bring, clock: SetClock
) -> None:
    one, other = decided(), decided(person__family_name="Fernsby")
    keep(house, cast, accepted_2=1)
    house.retention.hold(cast.coordinator, other, "An inquiry.")
    clock.pass_by(days=40)
    house.eraser.go_round()
    clock.pass_by(days=28)
    assert house.eraser.go_round() == 1
    shown = {line.id: line for line in house.views.queue(cast.coordinator, "decided").lines}
    assert shown[one].erased_at is not None and shown[one].subject is None and shown[other].subject
    assert house.searching.find(cast.coordinator, "Quillfeather").lines == ()
    assert [line.id for line in house.searching.find(cast.coordinator, "WM-2026-000001").lines] == [one]
    assert one not in {alike.line.id for alike in house.views.same_person(cast.coordinator, other).here}
    for order in (
        lambda: house.views.original(cast.coordinator, one),
        lambda: house.views.page_picture(cast.coordinator, one, 1),
        lambda: house.views.progress(cast.yot, one),
        lambda: house.views.same_person(cast.coordinator, one),
        lambda: house.exporting.subject(cast.coordinator, one),
        lambda: house.desk.reopen(cast.coordinator, one, "Once more."),
        lambda: house.desk.retry(cast.administrator, one),
        lambda: house.desk.restrict(cast.coordinator, one, {cast.coordinator.id}, "Why"),
        lambda: house.retention.hold(cast.administrator, one, "Too late."),
    ):
        with pytest.raises(Erased):
            order()
    with pytest.raises(NotFound):
        house.views.case(cast.other_coordinator, one)
    assert house.reconciler.compare().differences == ()


def test_a_shorter_period_erases_nothing_without_notice_and_a_longer_one_takes_it_back(
    house: House, cast: Cast, decided: Bring, clock: SetClock
) -> None:
    one = decided()
    clock.pass_by(days=4000)
    keep(house, cast, accepted_2=1)
    assert house.eraser.go_round() == 0
    clock.pass_by(days=27)
    assert house.eraser.go_round() == 0
    keep(house, cast, accepted_2=1200)
    clock.pass_by(days=1)
    assert house.eraser.go_round() == 0
    case = house.views.case(cast.coordinator, one)
    assert case.erasing is None and "erasure_put_off" in kinds(house, one)


def test_a_hold_stops_erasure_until_it_is_lifted_and_notice_begins_anew(
    house: House, cast: Cast, decided: Bring, clock: SetClock
) -> None:
    one = decided()
    keep(house, cast, accepted_2=1)
    clock.pass_by(days=40)
    house.eraser.go_round()
    assert house.retention.hold(cast.coordinator, one, " ") == "Say why the case must be kept"
    for _ in range(2):  # sent twice it is one hold
        assert house.retention.hold(cast.coordinator, one, "Inquiry into Quillfeather.") is None
    clock.pass_by(hours=1)
    assert house.retention.hold(cast.administrator, one, "Asked to by the police.") is None
    assert house.views.case(cast.coordinator, one).erasing is None
    clock.pass_by(days=400)
    assert house.eraser.go_round() == 0
    held = house.retention.held(cast.administrator, one)
    assert [(hold.by, hold.why) for hold in held.holds] == [("Carol Finch", ""), ("Adam Heron", "")]
    first, second = house.retention.held(cast.coordinator, one).holds
    assert (first.why, second.why) == ("Inquiry into Quillfeather.", "Asked to by the police.")
    house.retention.lift(cast.coordinator, one, first.id)
    with pytest.raises(NotFound):
        house.retention.lift(cast.coordinator, one, first.id)
    clock.pass_by(days=400)
    assert house.eraser.go_round() == 0
    house.retention.lift(cast.administrator, one, second.id)
    assert house.eraser.go_round() == 0
    clock.pass_by(days=28)
    assert house.eraser.go_round() == 1
    with acting(house.engine, "desk") as connection:
        found = connection.scalars(
            text("SELECT what || facts::text FROM audit WHERE kind LIKE '%hold%' OR kind = 'held'")
        )
        assert "Quillfeather" not in "".join(found)


def test_what_is_open_or_reopened_is_never_erased(house: House, cast: Cast, decided: Bring, clock: SetClock) -> None:
    one = decided()
    keep(house, cast, **{rule.code: 1 for rule in RULES})
    clock.pass_by(days=40)
    house.eraser.go_round()
    house.desk.reopen(cast.coordinator, one, "New facts.")
    clock.pass_by(days=4000)
    assert house.eraser.go_round() == 0
    assert house.views.case(cast.coordinator, one).erasing is None


@pytest.mark.parametrize("code", ["accepted_3", "accepted_2", "level_1", "not_eligible", "wrong_area"])
def test_each_outcome_has_its_rule(house: House, cast: Cast, decided: Bring, clock: SetClock, code: str) -> None:
    rule = BY_CODE[code]
    decided(rule.outcomes[0], level_requested="3")
    keep(house, cast, **{rule.code: 2})
    coming = house.retention.coming(cast.administrator)
    (one,) = coming.falling
    assert one.reference == "WM-2026-000001" and rule.words in one.under and coming.erased_in_all == 0
    assert one.erase_on == date(2027, 1, 20)
    keep(house, cast, **{rule.code: 5})
    assert house.retention.coming(cast.coordinator).falling == ()


def test_refused_withdrawn_noted_and_duplicate_have_theirs(
    house: House, cast: Cast, reading: ReadingDesk, clock: SetClock
) -> None:
    refused = house.desk.receive(cast.yot, "letter.pdf", b"no form").referral_id
    empty = house.desk.receive(cast.yot, "empty.pdf", b"").referral_id
    withdrawn = house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    noted = house.desk.receive(cast.yot, "form.pdf", form_file("H")).referral_id
    double = house.desk.receive(cast.yot, "form.pdf", form_file(level_requested="2")).referral_id
    while reading.do_next():
        pass
    clock.pass_by(days=10)
    house.desk.withdraw(cast.yot, withdrawn, "Sent twice.")
    for one, outcome in ((noted, "noted"), (double, "duplicate")):
        version = house.views.case(cast.coordinator, one).line.version
        closed = draft(version, outcome=outcome, panel_date=None, category=None, duplicate_of="WM-2026-000003")
        assert not house.desk.decide(cast.coordinator, one, closed)
    keep(house, cast, refused=1, withdrawn=1, noted=1, duplicate=1)
    found = {one.id: one for one in house.retention.coming(cast.coordinator).falling}
    words = {one: BY_CODE[code].words for one, code in
             ((refused, "refused"), (empty, "refused"), (withdrawn, "withdrawn"), (noted, "noted"), (double, "duplicate"))}  # fmt: skip
    assert found.keys() == words.keys() and all(words[one] in found[one].under for one in words)
    assert found[refused].erase_on == date(2026, 12, 28) and found[withdrawn].erase_on == date(2026, 12, 30)
    clock.pass_by(days=12)
    assert house.eraser.go_round() == 0
    clock.pass_by(days=28)
    assert house.eraser.go_round() == 5
    assert house.reconciler.compare().differences == ()


def test_an_early_erasure_is_ordered_with_ground_and_reason_and_can_be_taken_back(
    house: House, cast: Cast, decided: Bring, clock: SetClock
) -> None:
    one = decided()
    order = house.retention.order_erasure
    assert order(cast.coordinator, one, "", " ").keys() == {"ground", "why"}
    for who in (cast.administrator, cast.yot, cast.manager, cast.auditor):
        with pytest.raises(NotAllowed):
            order(who, one, "request", "Upheld.")
    with pytest.raises(NotFound):
        order(cast.other_coordinator, one, "request", "Upheld.")
    house.retention.hold(cast.coordinator, one, "An inquiry.")
    with pytest.raises(NotNow, match="held"):
        order(cast.coordinator, one, "request", "Upheld.")
    house.retention.lift(cast.coordinator, one, house.retention.held(cast.coordinator, one).holds[0].id)
    assert order(cast.coordinator, one, "request", "Quillfeather's request was upheld by the board.") == {}
    house.retention.take_back(cast.coordinator, one)
    with pytest.raises(NotNow):
        house.retention.take_back(cast.coordinator, one)
    clock.pass_by(days=30)
    assert house.eraser.go_round() == 0
    assert order(cast.coordinator, one, "request", "Quillfeather's request was upheld by the board.") == {}
    clock.pass_by(days=6)
    assert house.eraser.go_round() == 0
    assert [(one.ordered, one.erase_on) for one in house.retention.coming(cast.administrator).falling] == [
        (True, date(2026, 12, 27))
    ]
    clock.pass_by(days=1)
    assert house.eraser.go_round() == 1
    with pytest.raises(Erased, match=r"an order to erase it early\. A request for erasure was upheld"):
        house.views.case(cast.yot, one)
    (trace,) = house.retention.coming(cast.coordinator).erased
    assert (trace.ordered_by, trace.why) == ("Carol Finch", "Quillfeather's request was upheld by the board.")
    assert house.retention.coming(cast.administrator).erased[0].why == ""


def test_an_accepted_case_is_kept_while_it_is_reviewed_and_counted_from_its_exit(
    house: House, cast: Cast, decided: Bring, clock: SetClock
) -> None:
    one = decided(left=False)
    keep(house, cast, accepted_2=1)
    clock.pass_by(days=400)
    house.eraser.go_round()
    assert house.retention.coming(cast.coordinator).falling == ()
    with pytest.raises(NotNow, match="under review"):
        house.retention.order_erasure(cast.coordinator, one, "request", "Upheld.")
    leave(house, cast, one)
    (falling,) = house.retention.coming(cast.coordinator).falling
    assert falling.erase_on == date(2028, 1, 25)
    clock.pass_by(days=40)
    house.eraser.go_round()
    clock.pass_by(days=28)
    assert house.eraser.go_round() == 1
    assert house.reconciler.compare().differences == ()


def test_what_is_still_open_cannot_be_ordered_away(house: House, cast: Cast, reading: ReadingDesk) -> None:
    one = house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    with pytest.raises(NotNow, match="still open"):
        house.retention.order_erasure(cast.coordinator, one, "request", "Upheld.")


def test_only_an_administrator_sets_periods(house: House, cast: Cast) -> None:
    for who in (cast.coordinator, cast.yot, cast.auditor):
        with pytest.raises(NotAllowed):
            house.retention.set_periods(who, "WM", {"refused": 1})
    keep(house, cast, refused=3, withdrawn=18)
    keep(house, cast, refused=None, withdrawn=18)
    found = {rule.code: months for rule, months in house.retention.periods(cast.coordinator, "WM")}
    assert found["refused"] is None and found["withdrawn"] == 18
    with acting(house.engine, "desk") as connection:
        told = connection.scalars(text("SELECT what FROM audit WHERE kind = 'period_set' ORDER BY number")).all()
    assert told == [
        "WM: “Withdrawn” is kept for 18 months from the withdrawal.",
        "WM: “File that was not read” is kept for 3 months from the refusal.",
        "WM: “File that was not read” is kept until somebody decides.",
    ]
    assert [counted(number) for number in (1, 12, 18, 84)] == ["1 month", "1 year", "18 months", "7 years"]


def test_of_many_machines_each_case_is_erased_once_in_bounded_rounds(house: House, cast: Cast, clock: SetClock) -> None:
    for _ in range(AT_ONCE + 5):
        house.desk.receive(cast.yot, "empty.pdf", b"")
    keep(house, cast, refused=1)
    clock.pass_by(days=40)
    house.eraser.go_round()
    clock.pass_by(days=28)
    assert house.eraser.go_round() == AT_ONCE
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: house.eraser.go_round(), range(4))) == 5
    with acting(house.engine, "desk") as connection:
        assert connection.scalar(text("SELECT count(*) FROM audit WHERE kind = 'erased'")) == AT_ONCE + 5
    assert house.reconciler.compare().differences == ()


def test_an_erasure_cut_short_leaves_the_case_whole_and_is_done_again(
    house: House, cast: Cast, decided: Bring, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = decided()
    house.retention.order_erasure(cast.coordinator, one, "request", "Upheld.")
    clock.pass_by(days=7)
    with monkeypatch.context() as broken:
        broken.setattr(house.trail, "append", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            house.eraser._erase(one)
    assert house.views.case(cast.coordinator, one).form is not None
    assert house.eraser.go_round() == 1


def test_the_application_can_erase_nothing_but_a_closed_case_that_nothing_holds(
    house: House, cast: Cast, decided: Bring, reading: ReadingDesk
) -> None:
    held = decided()
    house.retention.hold(cast.coordinator, held, "An inquiry.")
    still_open = house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    for one in (held, still_open):
        with pytest.raises(DBAPIError, match="may not be erased"), acting(house.engine, "desk") as connection:
            connection.execute(text("SELECT erase_referral(:one, now())"), {"one": one})
    with pytest.raises(DBAPIError, match="only the desk"), acting(house.engine, cast.coordinator) as connection:
        connection.execute(text("SELECT erase_referral(:one, now())"), {"one": held})
    for table in ("documents", "readings", "entries", "decisions", "page_pictures"):
        with pytest.raises(DBAPIError, match="permission denied"), acting(house.engine, "desk") as connection:
            connection.execute(text(f"DELETE FROM {table}"))


def test_a_sibling_stays_whole_when_the_other_form_of_its_mail_is_erased(
    house: House, cast: Cast, reading: ReadingDesk, clock: SetClock
) -> None:
    first = house.desk.receive(cast.yot, "mail.eml", several_forms(form_file(**GAPS), form_file("H"))).referral_id
    while reading.do_next():
        pass
    version = house.views.case(cast.coordinator, first).line.version
    assert not house.desk.decide(cast.coordinator, first, draft(version))
    leave(house, cast, first)
    keep(house, cast, accepted_2=1)
    clock.pass_by(days=5)
    house.eraser.go_round()
    clock.pass_by(days=28)
    assert house.eraser.go_round() == 1
    (line,) = [one for one in house.views.queue(cast.coordinator, "all").lines if one.id != first]
    sibling = house.views.case(cast.coordinator, line.id)
    assert sibling.siblings == ("WM-2026-000001",) and sibling.form is not None
    assert house.views.original(cast.coordinator, line.id)[0] == "mail.eml"


def test_mails_without_a_form_go_when_somebody_has_seen_to_them(house: House, cast: Cast, clock: SetClock) -> None:
    for number in range(3):
        mail = f"From: somebody@elsewhere.example.org\r\nMessage-ID: <{number}>\r\n\r\nhello {number}".encode()
        house.incoming.take(mail, len(mail))
    for one in house.incoming.arrived(cast.coordinator)[:2]:
        house.incoming.close(cast.coordinator, one.id)
    keep(house, cast, mail=1)
    clock.pass_by(days=40)
    house.eraser.go_round()
    house.eraser.go_round()
    with open_as_owner(house) as connection:
        rows = connection.execute(text("SELECT state, length(facts_sealed), content_sealed FROM incoming")).all()
        assert sorted((row[0], row[1] == 0, row[2] is None) for row in rows) == [
            ("erased", True, True),
            ("erased", True, True),
            ("stranger", False, False),
        ]
        assert connection.scalar(text("SELECT count(*) FROM audit WHERE kind = 'mails_erased'")) == 1
    assert [one.sender for one in house.mail_days.came(cast.coordinator, date(2026, 11, 20))].count("Erased") == 2
    # The same mail is known again and not taken in anew.
    mail = b"From: somebody@elsewhere.example.org\r\nMessage-ID: <0>\r\n\r\nhello 0"
    house.incoming.take(mail, len(mail))
    assert len(house.incoming.arrived(cast.coordinator)) == 1


def test_a_referral_that_came_by_mail_takes_its_mail_along(
    house: House, cast: Cast, reading: ReadingDesk, clock: SetClock
) -> None:
    mail = b"From: yot@example.org\r\nMessage-ID: <1>\r\n\r\nsee attached"
    house.incoming.take(mail, len(mail))
    while reading.do_next():
        pass
    keep(house, cast, refused=1)
    clock.pass_by(days=40)
    house.eraser.go_round()
    clock.pass_by(days=28)
    assert house.eraser.go_round() == 1
    with open_as_owner(house) as connection:
        row = connection.execute(text("SELECT state, facts_sealed, wrapped_key, sender_token FROM incoming")).one()
        assert row[0] == "taken" and {bytes(part) for part in row[1:]} == {b""}
    house.incoming.take(mail, len(mail))
    assert house.views.queue(cast.coordinator, "all").counts["all"] == 1


# After a restore


def erased_before(house: House, cast: Cast, decided: Bring, clock: SetClock) -> UUID:
    one = decided()
    house.retention.order_erasure(cast.coordinator, one, "request", "Upheld.")
    clock.pass_by(days=7)
    assert house.eraser.go_round() == 1
    return one


def test_the_list_of_the_erased_is_kept_outside_the_database_and_names_nobody(
    house: House, cast: Cast, decided: Bring, clock: SetClock
) -> None:
    one = erased_before(house, cast, decided, clock)
    path = house.settings.data / NAME
    told = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600 and "uill" not in told and "Upheld" not in told
    (line,) = [json.loads(text_)["erased"] for text_ in told.split()]
    assert line["referral_id"] == str(one) and line["rule"] == "order" and line["outcome"] == "accepted_level_2"
    house.eraser.go_round()
    assert path.read_text() == told


def test_a_case_that_a_restore_brings_back_is_erased_again_at_once(
    house: House, cast: Cast, decided: Bring, clock: SetClock, reading: ReadingDesk
) -> None:
    one = decided()
    earlier = house.desk.receive(cast.yot, "form.pdf", form_file(**GAPS)).referral_id
    with open_as_owner(house) as connection:
        # As a backup of this moment would bring them back, both: one of them not even read.
        connection.execute(text("CREATE TABLE before AS SELECT * FROM referrals"))
    while reading.do_next():
        pass
    version = house.views.case(cast.coordinator, earlier).line.version
    assert not house.desk.decide(
        cast.coordinator, earlier, draft(version, outcome="not_eligible", panel_date=None, category=None)
    )
    for referral in (one, earlier):
        house.retention.order_erasure(cast.coordinator, referral, "unlawful", "Sent in error.")
    clock.pass_by(days=7)
    assert house.eraser.go_round() == 2
    at = clock.now()
    figures = house.statistics.figures(cast.coordinator, Period(first=date(2026, 11, 1), last=date(2026, 11, 30)))
    with open_as_owner(house) as connection:
        connection.execute(text("DELETE FROM erasures"))
        connection.execute(
            text(
                "UPDATE referrals r SET erased_at = NULL, wrapped_key = b.wrapped_key, subject_sealed = b.subject_sealed,"
                " status = b.status, outcome = b.outcome, decided_at = b.decided_at FROM before b WHERE b.id = r.id"
            )
        )
        connection.execute(text("DROP TABLE before"))
    clock.pass_by(days=3)
    assert house.eraser.go_round() == 2
    for referral in (one, earlier):
        with pytest.raises(Erased, match="It should not have been sent or kept"):
            house.views.case(cast.coordinator, referral)
        assert kinds(house, referral)[-1] == "erased"
    shown = house.views.queue(cast.coordinator, "decided").lines
    assert {line.erased_at for line in shown} == {at} and {line.outcome for line in shown} == {
        "accepted_level_2",
        "not_eligible",
    }
    again = house.statistics.figures(cast.coordinator, Period(first=date(2026, 11, 1), last=date(2026, 11, 30)))
    assert again.received == figures.received
    assert {count.name: count for count in again.counts}["agency"] == {c.name: c for c in figures.counts}["agency"]
    assert house.eraser.go_round() == 0
    assert house.reconciler.compare().differences == ()


def test_what_others_write_into_the_list_erases_nothing(
    house: House, cast: Cast, decided: Bring, clock: SetClock, settings: Settings
) -> None:
    one = erased_before(house, cast, decided, clock)
    other = decided()
    path = house.settings.data / NAME
    forged = path.read_text().replace(str(one), str(other))
    path.write_text(path.read_text() + forged + '\n{"cut sho')
    with open_house(settings, clock=clock) as again:
        assert again.eraser.go_round() == 0
        assert again.views.case(cast.coordinator, other).form is not None


def test_each_machine_has_the_whole_list(
    house: House, cast: Cast, decided: Bring, clock: SetClock, tmp_path: Any
) -> None:
    erased_before(house, cast, decided, clock)
    key = b"k" * 32
    second = ErasedList(house.engine, tmp_path / "second", key)
    Eraser(house.engine, house.ledger, house.trail, clock, second).go_round()
    erased_before(house, cast, decided, clock)
    Eraser(house.engine, house.ledger, house.trail, clock, second).go_round()
    assert len(ErasedList(house.engine, tmp_path / "second", key).lines()) == 2
