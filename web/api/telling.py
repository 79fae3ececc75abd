"""Puts together what leaves by the API: the one place through which anything that a case holds goes out to a system."""

from __future__ import annotations

from extractors.contract import FIELDS
from intake.models import AnswerResult, Case, Clarification, Decision, Person, Receipt, ReferralLine, Refused
from intake.permissions import may
from web.api.models import (
    AskedQuestion,
    AskedQuestions,
    GivenReceipt,
    Option,
    ReferralState,
    ReferralSummary,
    Refusal,
    RefusedAnswer,
    Step,
    TakenAnswers,
    TakenDecision,
    TakenDecisions,
)
from web.words import outcome_words


def _refusal(refused: Refused | None) -> Refusal | None:
    return Refusal(code=refused.code, message=refused.message) if refused else None


def receipt(given: Receipt) -> GivenReceipt:
    return GivenReceipt(
        id=given.referral_id,
        reference=given.reference,
        received_at=given.received_at,
        due_on=given.due_on,
        sha256=given.sha256,
        refused=_refusal(given.refused),
        same_as=given.same_as,
    )


def summary(line: ReferralLine) -> ReferralSummary:
    return ReferralSummary(**{name: getattr(line, name) for name in ReferralSummary.model_fields})


def state(case: Case) -> ReferralState:
    line = case.line
    same = ("id", "reference", "form", "status", "received_at", "due_on", "open_questions", "set_aside", "same_as")
    return ReferralState(
        **{name: getattr(line, name) for name in same},
        due_why=case.due.why,
        steps=tuple(Step(name=stage.name, at=stage.at, detail=stage.detail) for stage in case.stages),
        refused=_refusal(case.refused),
        came_with=case.siblings,
        decided_at=line.decided_at,
    )


def questions(case: Case) -> AskedQuestions:
    return AskedQuestions(questions=tuple(_question(one) for one in case.clarifications))


def _question(asked: Clarification) -> AskedQuestion:
    same = ("id", "key", "label", "columns", "question", "reason", "rules", "asked_at", "withdrawn_at", "open")
    return AskedQuestion(
        **{name: getattr(asked, name) for name in same},
        kind=FIELDS[asked.key].kind if asked.key is not None else "narrative",
        options=tuple(Option(code=code, words=words) for code, words in asked.options),
        answered_at=asked.answer.at if asked.answer else None,
    )


def answers(result: AnswerResult) -> TakenAnswers:
    refused = tuple(RefusedAnswer(question_id=one, message=message) for one, message in result.errors.items())
    return TakenAnswers(taken=result.taken, refused=refused, open_questions=result.open_questions)


def decisions(case: Case, person: Person) -> TakenDecisions:
    return TakenDecisions(decisions=tuple(_decision(one, case, person) for one in case.decisions))


def _decision(taken: Decision, case: Case, person: Person) -> TakenDecision:
    same = ["id", "outcome", "level", "panel_date", "panel", "told_referrer", "decided_at"]
    if may(person, "decide"):
        same += ["category", "review_by", "reasons", "arranged"]
    in_force = case.decision is not None and taken.id == case.decision.id
    return TakenDecision(
        **{name: getattr(taken, name) for name in same},
        words=outcome_words(case.line.form, taken.outcome),
        in_force=in_force,
        panel_cancelled=in_force and case.panel_cancelled is not None,
    )
