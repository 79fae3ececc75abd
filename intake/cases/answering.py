"""Takes answers to the very field they belong to, and corrections over what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import update

from extractors.contract import FIELDS, keys_of
from intake.cases.casefile import DRAFT, Asked, CaseFile, Entered
from intake.cases.judging import OWN_QUESTIONS, POSITIONS, Check, asked_of, counted, judge
from intake.cases.understanding import NotUnderstood, as_meant, as_typed, understand
from intake.errors import NotFound
from intake.models import AnswerResult, RawAnswer
from intake.now import london_day
from intake.store.tables import clarifications
from intake.store.vault import Index

NOT_OPEN = "This question is no longer open: it was answered or is no longer needed"
NOTHING_SAVED = "No answer is saved here any more: type it again"


def problem_with(file: CaseFile, clarification_id: UUID, raw: RawAnswer) -> str | None:
    """What is wrong with an answer as typed, None when it could be taken."""
    known = file.open_clarifications().get(clarification_id)
    if known is None:
        return NOT_OPEN
    try:
        understand(known[0], as_meant(known[0], raw), london_day(file.now))
    except NotUnderstood as problem:
        return problem.message
    return None


def answer(file: CaseFile, answers: Mapping[UUID, RawAnswer | None], check: Check, index: Index) -> AnswerResult:
    """Enter every answer that is understood, and judge the form again with them. None stands for what was saved."""
    waiting = file.open_clarifications()
    errors: dict[UUID, str] = {}
    taken: set[UUID] = set()
    for one, typed in answers.items():
        if one not in waiting:
            errors[one] = NOT_OPEN
            continue
        raw = typed or file.draft(one)
        if raw is None:
            errors[one] = NOTHING_SAVED
            continue
        key, _ = waiting[one]
        try:
            file.enter(_entered(file, key, raw, "answered"), one)
        except NotUnderstood as problem:
            errors[one] = problem.message
        else:
            taken.add(one)
    still = len(waiting) - len(taken)
    if taken:
        file.mark_questions(taken, answered_at=file.now, draft_sealed=None)
        file.note("answered", f"Answered {counted(len(taken), 'question')}.", count=len(taken))
        judge(file, check, index)
        still = file.changes["open_questions"]
        if still == 0:
            file.tell("answered", agency=False)
    return AnswerResult(errors=errors, taken=len(taken), open_questions=still)


def _entered(file: CaseFile, key: str | None, raw: RawAnswer, method: str) -> Entered:
    raw = as_meant(key, raw)
    value = understand(key, raw, london_day(file.now))
    reason = raw.not_known_reason.strip() if raw.not_known_reason is not None else None
    return Entered(key=key, value=value, raw=as_typed(raw), not_known_reason=reason, method=method)


def save_draft(file: CaseFile, answers: Mapping[UUID, RawAnswer]) -> None:
    """Keep what was typed so far; questions that are no longer open are passed over."""
    for one in file.open_clarifications().keys() & answers.keys():
        sealed = file.envelope.seal(DRAFT.dump_json(answers[one]), f"drafts/{one}")
        file.connection.execute(update(clarifications).where(clarifications.c.id == one).values(draft_sealed=sealed))


def correct(file: CaseFile, key: str, raw: RawAnswer, check: Check, index: Index) -> str | None:
    """Enter a value over what was read, or say why it cannot be taken. Raises NotFound for a key the form has not."""
    if file.row["form"] is None or key not in keys_of(file.row["form"]):
        raise NotFound("This form has no such field.")
    try:
        file.enter(_entered(file, key, raw, "corrected"))
    except NotUnderstood as problem:
        return problem.message
    waiting = {one for one, (asked, _) in file.open_clarifications().items() if asked == key}
    file.mark_questions(waiting, withdrawn_at=file.now)
    file.note("corrected", f"Put right what was read as {FIELDS[key].label}.", key=key)
    judge(file, check, index)
    return None


def ask(file: CaseFile, keys: Sequence[str], own: Sequence[str], check: Check) -> None:
    """Put questions to the referrer: about fields, with the rules' own words where they ask about them, and one's own."""
    form = file.form()
    assert form is not None, "only what is read can be asked about"
    unknown = set(keys) - set(keys_of(form.form))
    if unknown:
        raise NotFound("This form has no such field.")
    prepared = {question.key: asked_of(question) for question in check(form, file.received_on).questions}
    already = {key for key, _ in file.open_clarifications().values()}
    new = [key for key in dict.fromkeys(keys) if key not in already]
    for key in new:
        file.put_question(prepared.get(key) or _about(key), key, POSITIONS[key])
    waiting = file.open_own_questions()
    words = [text.strip() for text in own if text.strip() and text.strip() not in waiting]
    for text in words:
        file.put_question(Asked(label="Question", kind="narrative", question=text, reason=""), None, OWN_QUESTIONS)
    count = len(new) + len(words)
    if count:
        file.count_questions(count, file.row["open_questions"] + count)
        file.note("asked", f"Put {counted(count, 'question')} to the referrer.", count=count)
        file.tell("questions", agency=True)


def _about(key: str) -> Asked:
    field = FIELDS[key]
    return Asked(
        label=field.label,
        kind=field.kind,
        options=field.options,
        columns=field.columns,
        question=f"Please check and complete: {field.label}",
        reason="The coordinator asks for this before deciding.",
    )
