"""Judges a referral's form and keeps its questions in step: asks what is newly needed, withdraws what no longer is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from extractors.contract import FIELDS
from extractors.models import FormReading
from intake.cases.casefile import Asked, CaseFile
from intake.cases.findable import make_findable
from intake.store.vault import Index
from validation.doubt import doubted
from validation.facts import Facts
from validation.models import Assessment, Question

Check = Callable[[FormReading, date], Assessment]
"""validation.check, or what stands in for it: (form, day of receipt in London) -> what follows."""
POSITIONS = {key: place for place, key in enumerate(FIELDS)}
ADULT = 18
OWN_QUESTIONS = 1000
"""Where the coordinator's own questions stand: after all fields."""


def judge(file: CaseFile, check: Check, index: Index) -> Assessment:
    """Judge the form as it stands now, inside the transaction of the order that changed it."""
    form = file.form()
    assert form is not None, "only what is read is judged"
    assessment = check(form, file.received_on)
    file.keep_assessment(assessment)
    _keep_questions_in_step(file, assessment.questions)
    _summarise(file, form, assessment)
    make_findable(file, form, index)
    return assessment


def counted(number: int, thing: str) -> str:
    """1 question, 2 questions."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def asked_of(question: Question) -> Asked:
    return Asked(
        label=question.label,
        kind=question.kind,
        options=question.options,
        columns=FIELDS[question.key].columns,
        question=question.asks,
        reason=question.reason,
        rules=question.rules,
    )


def _keep_questions_in_step(file: CaseFile, questions: Sequence[Question]) -> None:
    settled = {entry.key for entry in file.entered()}
    wanted = {question.key: question for question in questions if question.key not in settled}
    waiting = file.open_clarifications()
    # A question that a coordinator asked stays until it is answered, whatever the rules say.
    idle = {one for one, (key, by) in waiting.items() if key is not None and key not in wanted and by is None}
    file.mark_questions(idle, withdrawn_at=file.now)
    asked = {key for key, _ in waiting.values()}
    new = [question for key, question in wanted.items() if key not in asked]
    desk = CaseFile(file.connection, file.row, file.envelope, None, file.now)
    for question in new:
        desk.put_question(asked_of(question), question.key, POSITIONS[question.key])
    if new:
        file.tell("questions", agency=True)
        desk.note("asked", f"Put {counted(len(new), 'question')} to the referrer.", count=len(new))
    if idle:
        desk.note("questions_withdrawn", f"{counted(len(idle), 'question')} no longer needed.", count=len(idle))
    file.events += desk.events
    file.count_questions(len(new), len(waiting) - len(idle) + len(new), [question.key for question in new])


def _summarise(file: CaseFile, form: FormReading, assessment: Assessment) -> None:
    level = form.value("level_requested" if form.form == "A" else "referral.level_proposed")
    category = form.value("category")
    subject, age = subject_of(form), Facts(form, file.received_on).age
    doubts = doubted(form, file.received_on)
    file.put(
        form=form.form,
        judged_at=file.now,
        route=assessment.route,
        verdicts=dict(Counter(finding.verdict for finding in assessment.findings)),
        doubted=sum(one.verdict != "not_applicable" and one.rule in doubts for one in assessment.findings),
        level_requested=level if isinstance(level, str) else None,
        category=list(category) if isinstance(category, tuple) else [],
        youth=None if age is None else age < ADULT,
        screening_late=_days_late(assessment, "sentence-screening"),
        release_late=_days_late(assessment, "release-screening"),
        subject_sealed=file.envelope.seal_text(subject, "subject") if subject else None,
    )


def _days_late(assessment: Assessment, duty: str) -> int | None:
    """Days from the last day of a duty to receipt; None where the form does not tell the last day."""
    last = next((one.due for one in assessment.duties if one.id == duty), None)
    return None if last is None else (assessment.received - last).days


def subject_of(form: FormReading) -> str | None:
    """Who the form is about, as a list shows it: FAMILY, Given names."""
    family, given = form.value("person.family_name"), form.value("person.given_names")
    parts = [family.upper() if isinstance(family, str) else "", given if isinstance(given, str) else ""]
    return ", ".join(part for part in parts if part) or None
