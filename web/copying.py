"""The decision field by field, to be copied by hand into a national system: each field with its value and a text to copy.

No public source prints the fields of ViSOR or MAPPS. Names and codes follow what HMPPS publishes of its own systems' MAPPA
details (category, level, start and review date; codes M0 to M3 and M1 to M4 or X9 of nDelius).
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from flask import Blueprint, Response, abort, render_template

from extractors.models import Model
from intake.models import Case, Decision
from intake.now import LONDON
from web.rows import row_of
from web.session import allowed, person, the_house
from web.words import option_words, outcome_words

pages = Blueprint("copying", __name__, url_prefix="/cases/<uuid:referral_id>/copy")

PERSON = (
    "person.visor_ref",
    "person.family_name",
    "person.given_names",
    "person.aliases",
    "person.date_of_birth",
    "person.gender",
    "person.ethnicity",
    "person.nationality",
    "person.pnc_id",
    "person.cro_number",
    "person.prison_number",
    "person.nhs_number",
    "person.agency_ref",
    "person.current_address",
    "person.location",
)
SENTENCE = (
    "conviction.index_offence",
    "conviction.date",
    "conviction.court",
    "conviction.sentence",
    "conviction.sentence_date",
    "conviction.notification_required",
    "conviction.notification_end",
    "hospital.order",
    "dates.release",
    "dates.sentence_expiry",
    "dates.licence_expiry",
    "risk.overall",
)
LABELS = {"person.visor_ref": "ViSOR or MAPPS reference"}
UNDETERMINED = "X9"
"""nDelius: the category is not determined."""


class Part(Model):
    """A field and what to copy into it, empty where it is not known."""

    name: str
    text: str
    doubtful: bool = False
    """Whether it was not read for certain."""


def parts_of(case: Case, decision: Decision) -> dict[str, tuple[Part, ...]]:
    """Everything there is to copy, by heading. Nothing of victims, and no narrative but the reasons."""
    return {
        "The person": tuple(_of_form(case, PERSON)),
        "MAPPA": tuple(_mappa(case, decision)),
        "Offence, sentence and dates": tuple(_of_form(case, SENTENCE)),
        "The decision": tuple(_decision(case, decision)),
    }


def _of_form(case: Case, keys: tuple[str, ...]) -> Iterator[Part]:
    for key in keys:
        if case.form is not None and key in case.form.values:
            row = row_of(case, case.form, key)
            text = "\n".join(row.lines) or row.as_written or ""
            yield Part(name=LABELS.get(key, row.label), text=text, doubtful=row.uncertain)


def _mappa(case: Case, decision: Decision) -> Iterator[Part]:
    category, level = decision.category, decision.level
    yield Part(name="Category", text=option_words("category", category) if category else "")
    yield Part(name="Category, nDelius code", text=f"M{category}" if category else UNDETERMINED)
    yield Part(name="Level of management", text=f"Level {level}" if level else "")
    yield Part(name="Level, nDelius code", text=f"M{level or 0}")
    yield Part(name="Start date", text=_day(decision.decided_at.astimezone(LONDON).date().isoformat()))
    yield Part(name="Panel", text=_day(decision.panel_date.isoformat() if decision.panel_date else ""))
    yield Part(name="Review date", text=_day(decision.review_by.isoformat() if decision.review_by else ""))


def _decision(case: Case, decision: Decision) -> Iterator[Part]:
    yield Part(name="Reference of the referral", text=case.line.reference)
    yield Part(name="Referring agency", text=case.line.agency_name)
    yield Part(name="Outcome", text=outcome_words(case.line.form, decision.outcome))
    yield Part(name="Decided by", text=decision.decided_by)
    yield Part(name="Reasons", text=decision.reasons)


def _day(iso: str) -> str:
    """As national systems take dates: 27/03/2027."""
    return "/".join(reversed(iso.split("-")))


@pages.get("")
@allowed("decide")
def fields(referral_id: UUID) -> str:
    """The fields, to copy one by one or to print."""
    case, decision = _decided(referral_id)
    return render_template("copy.html", case=case, parts=parts_of(case, decision))


@pages.get("/decision.txt")
@allowed("decide")
def text(referral_id: UUID) -> Response:
    """The same as plain text."""
    case, decision = _decided(referral_id)
    lines = []
    for heading, parts in parts_of(case, decision).items():
        lines += [heading.upper(), *map(_told, parts), ""]
    answer = Response("\n".join(["OFFICIAL-SENSITIVE", "", *lines]), mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="{case.line.reference}.txt"'
    return answer


def _told(part: Part) -> str:
    doubt = " (doubtful: compare it with the form)" if part.doubtful else ""
    return f"{part.name}: {part.text or '-'}{doubt}"


def _decided(referral_id: UUID) -> tuple[Case, Decision]:
    case = the_house().views.case(person(), referral_id)
    return (case, case.decision) if case.decision is not None else abort(404)
