"""A referral's life from the file to the decision, on a real database."""

from __future__ import annotations

import hashlib
from datetime import date

from house import JPEG, Cast, SetClock, form_file
from sqlalchemy import func, select

from intake.cases.looks import LOOKS
from intake.cases.reading import ReadingDesk
from intake.house import House
from intake.models import DecisionDraft, RawAnswer
from intake.store.acting import acting
from intake.store.tables import audit

GAPS = {
    "area": "West Midlands",
    "level_requested": "2",
    "category": ["2"],
    "person__family_name": "Quillfeather",
    "person__given_names": "Tobias",
    "person__date_of_birth": "2010-04-02",
    "referrer__agency_type": "yot",
    "referral__reason": "Serious violence, several agencies needed.",
}


def test_a_form_goes_in_and_a_decision_comes_out(
    house: House, cast: Cast, clock: SetClock, reading: ReadingDesk
) -> None:
    content = form_file(**GAPS)
    receipt = house.desk.receive(cast.yot, "Quillfeather form A.pdf", content)
    assert receipt.reference == "WM-2026-000001"
    assert receipt.sha256 == hashlib.sha256(content).hexdigest()
    assert receipt.due_on == date(2026, 11, 30)
    assert [stage.name for stage in house.views.progress(cast.yot, receipt.referral_id).stages if stage.at] == [
        "received"
    ]

    assert reading.do_next()
    case = house.views.case(cast.yot, receipt.referral_id)
    assert case.line.status == "checked"
    assert case.line.subject == "QUILLFEATHER, Tobias"
    assert case.document.filename == "Quillfeather form A.pdf"
    assert case.document.page_sizes == ((595.0, 842.0),)
    assert house.views.page_picture(cast.yot, receipt.referral_id, 1) == JPEG
    asked = {question.key: question for question in case.clarifications}
    assert {"endorsement.endorsed", "referral.added_value"} <= asked.keys()

    clock.pass_by(hours=1)
    result = house.desk.answer(
        cast.yot,
        receipt.referral_id,
        {
            asked["endorsement.endorsed"].id: RawAnswer(text="yes"),
            asked["referral.added_value"].id: RawAnswer(
                text="Police surveillance and\n housing that we cannot command."
            ),
        },
    )
    assert not result.errors and result.taken == 2

    queue = house.views.queue(cast.coordinator)
    assert [line.reference for line in queue.lines] == ["WM-2026-000001"]
    case = house.views.case(cast.coordinator, receipt.referral_id)
    assert case.form is not None and case.original is not None
    assert case.form.value("referral.added_value") == "Police surveillance and\nhousing that we cannot command."
    assert case.original.value("referral.added_value") is None
    evidence = case.form.values["endorsement.endorsed"].evidence
    assert evidence is not None and evidence.method == "answered"
    assert case.assessment is not None and case.assessment.verdicts()

    draft = DecisionDraft(
        version=case.line.version,
        outcome="accepted_level_2",
        category="2",
        panel_date=date(2026, 12, 15),
        reasons="Risk of serious harm needs several agencies.",
        told_referrer="Accepted at level 2.",
    )
    assert house.desk.decide(cast.coordinator, receipt.referral_id, draft) == {}
    case = house.views.case(cast.yot, receipt.referral_id)
    assert case.decision is not None
    assert case.decision.panel_date == date(2026, 12, 15)
    assert case.decision.review_by == date(2027, 4, 6)
    assert case.decision.decided_by == "Carol Finch"
    assert [event.kind for event in case.history] == [
        "received",
        "reading",
        "read",
        "asked",
        "answered",
        *(["questions_withdrawn"] if any(q.withdrawn_at for q in case.clarifications) else []),
        "decided",
    ]
    with acting(house.engine, "desk") as connection:
        looks = len(connection.execute(select(audit).where(audit.c.kind.in_(LOOKS))).all())
        assert looks > 0
        entries = connection.scalar(select(func.count()).select_from(audit))
        assert house.trail.verify(connection) == entries > looks + len(case.history)
