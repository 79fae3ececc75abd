"""Keeps what forms and answers say of victims apart: the one place where it is taken out of a case that is opened.

Victim information is not shared without need (West Midlands memorandum, "Victims"). A case is opened without it, and with it
only for who may see it (`see_victims`) and asks for it, which is a look of its own in the trail.
"""

from __future__ import annotations

from typing import Literal

from extractors.contract import FIELDS
from extractors.models import FormReading
from intake.models import Case, Clarification
from validation.models import Assessment, Step

SECTION = "victim"
"""The section of the forms (contract/fields.csv) whose fields name or describe victims."""
VICTIM_KEYS = frozenset(key for key, field in FIELDS.items() if field.section == SECTION)
Wanted = Literal["nothing", "answers", "all"]
"""What of it somebody asks for; `answers` are those to questions, with what was typed of them so far."""
WITHHELD = "Kept apart, because it is about victims"


def about_victims(key: str | None) -> bool:
    """Whether a field of the contract names or describes victims; a coordinator's own question has no field."""
    return key in VICTIM_KEYS


def says_of_victims(case: Case, wanted: Wanted = "all") -> frozenset[str]:
    """The fields about victims of which the form, an answer or its draft says anything; answers and drafts alone if so `wanted`."""
    asked = {question.key for question in case.clarifications if question.answer or question.draft}
    found = frozenset(key for key in asked if key is not None and about_victims(key))
    if wanted == "answers" or case.form is None:
        return found
    values = case.form.values
    return found | {key for key in VICTIM_KEYS if key in values and values[key].evidence is not None}


def with_victims(case: Case, wanted: Wanted) -> Case:
    """The case for somebody who may see what is said of victims, and asks for all of it, or for the answers alone."""
    return case if wanted == "all" else _stripped(case, case.clarifications)


def without_victims(case: Case, *, pages: bool) -> Case:
    """The case without anything of those fields; without its pages too where `pages` is not allowed, which show them."""
    bare = _stripped(case, tuple(_question(question) for question in case.clarifications))
    if pages:
        return bare
    return bare.model_copy(update={"document": case.document.model_copy(update={"pictures": 0, "page_sizes": ()})})


def _stripped(case: Case, clarifications: tuple[Clarification, ...]) -> Case:
    return case.model_copy(
        update={
            "form": _form(case.form),
            "original": _form(case.original),
            "assessment": _assessment(case.assessment),
            "clarifications": clarifications,
            "withheld": says_of_victims(case),
        }
    )


def _form(form: FormReading | None) -> FormReading | None:
    if form is None:
        return None
    values = {
        key: value.model_copy(update={"value": None, "evidence": None, "doubts": ()}) if about_victims(key) else value
        for key, value in form.values.items()
    }
    passages = tuple(passage for passage in form.passages if not about_victims(passage.key))
    return form.model_copy(update={"values": values, "passages": passages})


def _question(question: Clarification) -> Clarification:
    if not about_victims(question.key):
        return question
    answer = question.answer
    if answer is not None:
        reason = WITHHELD if answer.not_known_reason is not None else None
        answer = answer.model_copy(update={"value": None, "raw": WITHHELD, "not_known_reason": reason})
    apart = question.draft is not None
    return question.model_copy(update={"answer": answer, "draft": None, "draft_is_apart": apart})


def _assessment(assessment: Assessment | None) -> Assessment | None:
    if assessment is None:
        return None
    findings = tuple(finding.model_copy(update={"trace": _step(finding.trace)}) for finding in assessment.findings)
    return assessment.model_copy(update={"findings": findings})


def _step(step: Step) -> Step:
    because = None if about_victims(step.key) else step.because
    return step.model_copy(update={"because": because, "parts": tuple(_step(part) for part in step.parts)})
