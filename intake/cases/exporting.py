"""Cases to take along: the whole of one, and what is kept about its person for somebody who asks for it, each in one ZIP.

Of the second, victims' details stay out, and so do the documents as they came, which hold them; what people wrote in their own words may
name others all the same, so the first file says that somebody must read it before it is given out.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from extractors.contract import FIELDS
from intake.cases.looks import Look, Looks, TrailLine, trail_about
from intake.cases.victims import about_victims
from intake.cases.views import Views
from intake.errors import NotNow
from intake.models import Case, Clarification, Person
from intake.permissions import demand
from intake.store.acting import acting, as_desk

WHOLE_PARTS = {
    "line",
    "due",
    "form",
    "original",
    "assessment",
    "clarifications",
    "decisions",
    "reviews",
    "refused",
    "withdrawn_reason",
    "siblings",
    "tellings",
}
"""What of a case is told of it whole."""
READ_FIRST = """Kept about the person of referral {reference}, exported for a request of access.

case.json     what the form and people's answers say, what the tests say of it, the questions, and each decision
trail.jsonl   who did and saw what, one entry a line

Left out: the section on victims ({fields}), and the documents as they came, which hold it; why the case is
restricted or held, if it is.
{others}

READ BOTH FILES BEFORE YOU GIVE THEM OUT. What people wrote in their own words may name victims, families or sources, and
some of it may have to be withheld for other reasons: ask your information rights team.
"""


WHOLE = """Referral {reference}, whole, with details of victims. OFFICIAL-SENSITIVE.

case.json     the form's values with where each stands and how sure it is, verdicts, questions, decisions, reviews
trail.jsonl   who did and saw what, one entry a line
documents/    the form as it came, and what was added{left_out}
"""


class Exporting:
    def __init__(self, engine: Engine, views: Views, looks: Looks) -> None:
        self._engine = engine
        self._views = views
        self._looks = looks

    def subject(self, person: Person, referral_id: UUID) -> tuple[str, bytes]:
        """A file's name and content, a ZIP. Raises NotAllowed, and NotFound for what is not theirs."""
        demand(person, "export")
        case = self._views.case(person, referral_id)
        alike = [one.line.reference for one in self._views.same_person(person, referral_id).here]
        trail = self._trail(person, referral_id, "exported")
        fields = ", ".join(field.label for key, field in FIELDS.items() if about_victims(key))
        files = {
            "READ-FIRST.txt": READ_FIRST.format(reference=case.line.reference, fields=fields, others=_others(alike)),
            "case.json": json.dumps(_told(case), indent=2, ensure_ascii=False),
            "trail.jsonl": trail,
        }
        return f"{case.line.reference}.zip", _packed(files)

    def whole(self, person: Person, referral_id: UUID) -> tuple[str, bytes]:
        """A file's name and content, a ZIP of everything. What holds a virus, or is not checked yet, is named and left out.

        Raises NotAllowed, and NotFound for what is not theirs.
        """
        demand(person, "export")
        demand(person, "see_victims")
        case = self._views.case(person, referral_id, victims="all")
        files: dict[str, str | bytes] = {}
        left_out = []
        for number, paper in enumerate((None, *case.attachments)):
            try:
                name, content = (
                    self._views.original(person, referral_id)
                    if paper is None
                    else self._views.attachment(person, referral_id, paper.id)
                )
            except NotNow as reason:
                left_out.append(f"\n              left out: document {number}. {reason.message}")
            else:
                # The number keeps files of one name apart, and a name from being taken for a folder.
                files[f"documents/{number} {name}"] = content
        read_first = WHOLE.format(reference=case.line.reference, left_out="".join(left_out))
        told = case.model_dump(mode="json", include=WHOLE_PARTS)
        named = {"READ-FIRST.txt": read_first, "case.json": json.dumps(told, indent=2, ensure_ascii=False)}
        files = {**named, "trail.jsonl": self._trail(person, referral_id, "taken_along"), **files}
        return f"{case.line.reference}-whole.zip", _packed(files)

    def _trail(self, person: Person, referral_id: UUID, look: Look) -> str:
        """All of the trail about a referral, an entry a line, after which this look is written into it."""
        with acting(self._engine, person) as connection:
            with as_desk(connection):
                trail = trail_about(connection, referral_id)
            self._looks.note(connection, person, look, referral_id)
        return "".join(_alone(line, referral_id).model_dump_json() + "\n" for line in trail)


def _packed(files: Mapping[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _others(references: Sequence[str]) -> str:
    if not references:
        return "No other referral within your reach seems to be about the same person."
    return f"These may be about the same person, and are exported one by one: {', '.join(references)}."


def _alone(line: TrailLine, referral_id: UUID) -> TrailLine:
    """An entry without the other referrals that the same list showed, or that were compared with this one."""
    if "referrals" not in line.facts:
        return line
    own = [one for one in line.facts["referrals"] if one == str(referral_id)]
    return line.model_copy(update={"facts": {**line.facts, "referrals": own}})


def _told(case: Case) -> dict[str, Any]:
    line = case.line
    values = case.form.values if case.form else {}
    return {
        "reference": line.reference,
        "form": line.form,
        "status": line.status,
        "received_at": line.received_at.isoformat(),
        "received_from": line.agency_name,
        "decision_due": case.due.due.isoformat(),
        "values": [
            {
                "field": FIELDS[key].label,
                "value": value.model_dump(mode="json")["value"],
                "as_written": value.evidence.raw if value.evidence else None,
            }
            for key, value in values.items()
            if value.evidence is not None and not about_victims(key)
        ],
        "questions": [_asked(question) for question in case.clarifications if not about_victims(question.key)],
        "tests": [
            {"title": finding.title, "verdict": finding.verdict, "summary": finding.summary}
            for finding in (case.assessment.findings if case.assessment else ())
        ],
        "withdrawn_because": case.withdrawn_reason,
        "decisions": [decision.model_dump(mode="json") for decision in case.decisions],
        "reviews": [review.model_dump(mode="json") for review in case.reviews],
        "documents": [case.document.filename, *(paper.filename for paper in case.attachments)],
    }


def _asked(question: Clarification) -> dict[str, Any]:
    answer = question.answer
    return {
        "question": question.question,
        "asked_at": question.asked_at.isoformat(),
        "answer": (answer.not_known_reason or answer.raw) if answer else None,
        "answered_by": answer.by if answer else None,
    }
