"""The decision: filled in beside the verdicts, checked in a summary, then recorded; reopened; printed as a letter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.models import Case, DecisionDraft
from web.coordinator import in_order
from web.errors import Answer
from web.session import allowed, person, the_house

pages = Blueprint("decide", __name__, url_prefix="/cases/<uuid:referral_id>")

GUIDES: tuple[tuple[str, str, str], ...] = (
    ("considered", "What was considered", "The referral and its answers, records checked, agencies asked."),
    ("why", "Why this decision", "How the tests bear on it: the risk, and what level 2 or 3 would add."),
    ("against", "What speaks against it, and how it was weighed", "Leave this empty when nothing does."),
)
"""Headings that lead to reasons which can be defended: information collected and evaluated, by reliable methods, with an
open mind, and recorded (the tests of a defensible decision). Each is (name of the field, heading, hint)."""
DATES: Mapping[str, str] = {"panel_date": "panel date", "review_by": "review date"}
PARTS = ("day", "month", "year")
FIELDS = ("version", "outcome", "category", "told_referrer", *(name for name, _, _ in GUIDES))
ANCHORS: Mapping[str, str] = {
    "reasons": "why",
    "panel_date": "panel_date-day",
    "review_by": "review_by-day",
    "version": "outcome",
}
"""Where the error summary leads for an error that is not about the field of the same name."""

Typed = dict[str, str]
Errors = dict[str, str]


def _typed() -> Typed:
    names = [*FIELDS, *(f"{name}-{part}" for name in DATES for part in PARTS)]
    return {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in names}


def _fresh(case: Case) -> Typed:
    """An empty form, with the category that the referral names when it names one."""
    names = [*FIELDS, *(f"{name}-{part}" for name in DATES for part in PARTS)]
    category = case.line.category[0] if len(case.line.category) == 1 else ""
    return {**dict.fromkeys(names, ""), "version": str(case.line.version), "category": category}


def reasons_of(typed: Typed) -> str:
    """The reasons as one text, each part under its heading."""
    return "\n\n".join(f"{heading}\n{typed[name]}" for name, heading, _ in GUIDES if typed[name])


def _date_of(typed: Typed, name: str, errors: Errors) -> date | None:
    day, month, year = (typed[f"{name}-{part}"] for part in PARTS)
    if not day + month + year:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        errors[name] = f"The {DATES[name]} must be a real date, such as 27 3 2027"
        return None


def _draft(typed: Typed) -> tuple[DecisionDraft, Errors]:
    errors: Errors = {}
    version = typed["version"]
    draft = DecisionDraft(
        version=int(version) if version.isdecimal() else 0,
        outcome=typed["outcome"],
        category=typed["category"] or None,
        panel_date=_date_of(typed, "panel_date", errors),
        review_by=_date_of(typed, "review_by", errors),
        reasons=reasons_of(typed),
        told_referrer=typed["told_referrer"],
    )
    return draft, errors


@pages.get("/decide")
@allowed("decide")
def fill_in(referral_id: UUID) -> str:
    """The decision to fill in, beside the verdicts it rests on."""
    case = the_house().views.case(person(), referral_id)
    return _form(case, _fresh(case), {})


def _form(case: Case, typed: Typed, errors: Mapping[str, str]) -> str:
    # A changed case is shown as it is now; sending the form again says that the changes have been seen.
    typed = {**typed, "version": str(case.line.version)}
    problems = [(ANCHORS.get(name, name), sentence) for name, sentence in errors.items()]
    return render_template(
        "decide.html", case=case, typed=typed, errors=errors, problems=problems, guides=GUIDES, findings=in_order(case)
    )


@pages.post("/decide")
@allowed("decide")
def record(referral_id: UUID) -> Response | str | Answer:
    """Check what was filled in, show it once more, and record it when it is confirmed."""
    house = the_house()
    typed = _typed()
    draft, errors = _draft(typed)
    step = request.form.get("step")
    if step == "change":
        return _form(house.views.case(person(), referral_id), typed, {})
    if step == "record" and not errors:
        errors = dict(house.desk.decide(person(), referral_id, draft))
        if not errors:
            return redirect(url_for("coordinator.case", referral_id=referral_id, done="decided"))
    else:
        errors = {**house.desk.weigh(person(), referral_id, draft), **errors}
    case = house.views.case(person(), referral_id)
    if errors:
        return _form(case, typed, errors), 422
    return render_template("decide-check.html", case=case, typed=typed, draft=draft)


@pages.route("/reopen", methods=["GET", "POST"])
@allowed("reopen")
def reopen(referral_id: UUID) -> Response | str | Answer:
    """Open a decided case again; the first decision is kept."""
    house = the_house()
    case = house.views.case(person(), referral_id)
    if request.method != "POST":
        return render_template("reopen.html", case=case, why="", error=None)
    why = request.form.get("why", "").strip()
    if not why:
        return render_template("reopen.html", case=case, why="", error="Say why the decision is reopened"), 422
    house.desk.reopen(person(), referral_id, why)
    return redirect(url_for("coordinator.case", referral_id=referral_id, done="reopened"))


@pages.get("/letter")
@allowed("decide")
def letter(referral_id: UUID) -> str:
    """The decision as a page to print or save as PDF. Nothing of the form but name and birth date is on it: no victim details."""
    case = the_house().views.case(person(), referral_id)
    if case.decision is None:
        abort(404)
    return render_template("letter.html", case=case, decision=case.decision)
