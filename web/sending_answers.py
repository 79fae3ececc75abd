"""What becomes of answers that are sent or saved, the same behind an account and behind a link: nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import request

from extractors.models import Model
from intake.cases.understanding import as_typed
from intake.models import AnswerResult, Case, Clarification, Person, RawAnswer
from web.answers import Control, control_of, sent_answers, sent_as_saved
from web.session import the_house

NOTHING_NEW = AnswerResult(errors={}, taken=0, open_questions=0)
NOTHING_TYPED = "Answer at least one question, or save and come back later"

See = Callable[[], Case]
"""Gives the case as it stands at the moment, as far as who answers may see it."""


class Sent(Model):
    """The case after answers came in, with what to fill in again and what is wrong with it.

    `late` is what was typed for questions that were closed by then; `done` the notice for when nothing has to be shown again.
    """

    case: Case
    typed: Mapping[UUID, RawAnswer | None]
    errors: Mapping[UUID, str] = {}
    late: Mapping[UUID, str] = {}
    done: str = ""

    @property
    def status(self) -> int:
        return 422 if self.errors else 409 if self.late else 200

    @property
    def facts(self) -> dict[str, object]:
        """What the pages with questions show."""
        return {
            "case": self.case,
            "asked": [(one, self._control(one)) for one in asked_now(self.case)],
            "general": self.errors.get(self.case.line.id),
            "late": [(one, self.late[one.id]) for one in self.case.clarifications if one.id in self.late],
        }

    def _control(self, question: Clarification) -> Control:
        return control_of(question, self.typed.get(question.id), self.errors.get(question.id))


def asked_now(case: Case) -> list[Clarification]:
    """The questions that can be answered: none any more once the referral is closed."""
    return [one for one in case.clarifications if one.open] if case.line.status == "checked" else []


def as_saved(case: Case) -> Sent:
    """The open questions with what was saved of their answers."""
    return Sent(case=case, typed={question.id: question.draft for question in case.clarifications})


def send_answers(actor: Person, see: See) -> Sent:
    """Send what this request holds, or save it to send later."""
    case, desk = see(), the_house().desk
    everything = sent_answers(request.form, case.clarifications)
    waiting = {question.id for question in case.clarifications if question.open}
    typed = {one: raw for one, raw in everything.items() if one in waiting}
    saved = {one: None for one in sent_as_saved(request.form, case.clarifications) if one not in everything}
    result, done = NOTHING_NEW, "saved"
    if request.form.get("then") == "save":
        desk.save_draft(actor, case.line.id, typed)
    elif not everything and not saved:
        return Sent(case=case, typed={}, errors={case.line.id: NOTHING_TYPED})
    else:
        result = desk.answer(actor, case.line.id, {**typed, **saved}) if typed or saved else NOTHING_NEW
        done = "answered-before" if not result.taken else "answered-some" if result.open_questions else "answered"
    now = see()
    late = _late(now, {one: raw for one, raw in everything.items() if one not in typed or one in result.errors})
    closed = {question.id for question in now.clarifications if not question.open}
    errors = {one: sentence for one, sentence in result.errors.items() if one not in closed}
    return Sent(case=now, typed={**as_saved(now).typed, **typed}, errors=errors, late=late, done=done)


def _late(case: Case, typed: Mapping[UUID, RawAnswer]) -> dict[UUID, str]:
    """What was typed for questions that are closed, unless it says what stands there: a form that was sent twice."""
    return {
        question.id: words
        for question in case.clarifications
        if question.id in typed and not question.open
        for words in [typed[question.id].not_known_reason or as_typed(typed[question.id])]
        if question.answer is None or words != (question.answer.not_known_reason or question.answer.raw)
    }
