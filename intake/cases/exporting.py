"""What is kept about the person of a referral, for somebody who asks for it: their data and who looked at them, in one ZIP.

Victims' details stay out, and so do the documents as they came, which hold them; what people wrote in their own words may
name others all the same, so the first file says that somebody must read it before it is given out.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from extractors.contract import FIELDS
from intake.cases.looks import Looks, trail_about
from intake.cases.views import Views
from intake.models import Case, Clarification, Person
from intake.permissions import demand
from intake.store.acting import acting, as_desk

LEFT_OUT = {"victim"}
"""Sections of the forms that are about others."""
READ_FIRST = """Kept about the person of referral {reference}, exported for a request of access.

case.json     what the form and people's answers say, the questions, and each decision
trail.jsonl   who did and saw what, one entry a line

Left out: the section on victims ({fields}), and the documents as they came, which hold it.

READ BOTH FILES BEFORE YOU GIVE THEM OUT. What people wrote in their own words may name victims, families or sources, and
some of it may have to be withheld for other reasons: ask your information rights team.
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
        with acting(self._engine, person) as connection:
            with as_desk(connection):
                trail = trail_about(connection, referral_id)
            self._looks.note(connection, person, "exported", referral_id)
        fields = ", ".join(field.label for field in FIELDS.values() if field.section in LEFT_OUT)
        files = {
            "READ-FIRST.txt": READ_FIRST.format(reference=case.line.reference, fields=fields),
            "case.json": json.dumps(_told(case), indent=2, ensure_ascii=False),
            "trail.jsonl": "".join(line.model_dump_json() + "\n" for line in trail),
        }
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return f"{case.line.reference}.zip", packed.getvalue()


def _is_told(key: str | None) -> bool:
    return key is None or key not in FIELDS or FIELDS[key].section not in LEFT_OUT


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
            if value.evidence is not None and _is_told(key)
        ],
        "questions": [_asked(question) for question in case.clarifications if _is_told(question.key)],
        "decisions": [decision.model_dump(mode="json") for decision in case.decisions],
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
