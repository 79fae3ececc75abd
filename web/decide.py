"""The decision: filled in beside the verdicts, checked in a summary, then recorded; reopened; printed as a letter."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.errors import NotNow
from intake.models import Case, Decision, DecisionDraft
from intake.now import london_day
from intake.panels.calendar import Panel
from web.coordinator import in_order
from web.decision_form import GUIDES, PARTS, Typed, arrangements, draft_of, fresh, sent
from web.errors import Answer, page, wants_json
from web.rows import rows_of
from web.sending_answers import asked_now
from web.session import allowed, person, the_house
from web.words import moment, outcome_words

pages = Blueprint("decide", __name__, url_prefix="/cases/<uuid:referral_id>")

OFFERED = 4
"""Panels of each level that are offered; any other day can be entered."""
ANCHORS: Mapping[str, str] = {
    "reasons": "why",
    "panel_date": "panel_date-day",
    "review_by": "review_by-day",
    "version": "outcome",
}
"""Where the error summary leads for an error that is not about the field of the same name."""


def _panels(case: Case) -> list[Panel]:
    """The next meetings that fit the case, at the level asked for first."""
    house, youth = the_house(), case.line.route == "youth_panel"
    if case.line.form != "A":
        return []
    since = london_day(house.clock.now())
    levels = ("3", "2") if case.line.level_requested == "3" else ("2", "3")
    return [
        panel
        for level in levels
        for panel in house.panels.next(person(), level=level, youth=youth, since=since, most=OFFERED)
    ]


@pages.get("/decide")
@allowed("decide")
def fill_in(referral_id: UUID) -> Response | str:
    """The decision to fill in, beside the verdicts it rests on, with what was typed before."""
    case = the_house().views.case(person(), referral_id)
    if case.decision is not None:
        return redirect(url_for("coordinator.case", referral_id=referral_id))
    typed = _typed_before(case)
    errors = {}
    if typed["version"] != str(case.line.version):
        errors["version"] = "The case has changed since you wrote this. Look at it again before you decide."
    return _form(case, typed, errors)


def _typed_before(case: Case) -> Typed:
    return {**fresh(case), **(the_house().desk.decision_draft(person(), case.line.id) or {})}


def _form(case: Case, typed: Typed, errors: Mapping[str, str]) -> str:
    # A changed case is shown as it is now; sending the form again says that the changes have been seen.
    typed = {**typed, "version": str(case.line.version)}
    panels = _panels(case)
    # A missing day is chosen from the calendar; one that was typed is put right where it stands.
    leads_to_panels = bool(panels) and not any(typed[f"panel_date-{part}"] for part in PARTS)
    anchors = {**ANCHORS, "panel_date": "panel"} if leads_to_panels else ANCHORS
    problems = [(anchors.get(name, name), sentence) for name, sentence in errors.items()]
    return render_template(
        "decide.html",
        case=case,
        typed=typed,
        errors=errors,
        problems=problems,
        guides=GUIDES,
        panels=panels,
        leads_to_panels=leads_to_panels,
        arrangements=arrangements(case),
        same_person=the_house().views.same_person(person(), case.line.id),
        findings=in_order(case),
        rows={row.key: row for row in rows_of(case)},
    )


@pages.post("/decide")
@allowed("decide")
def record(referral_id: UUID) -> Response | str | Answer:
    """Keep what was filled in, and lead to its summary; record it when it was confirmed there."""
    house = the_house()
    case, typed = house.views.case(person(), referral_id), sent()
    draft, errors = draft_of(typed, case)
    step = request.form.get("step")
    try:
        if step == "record" and not errors:
            errors = dict(house.desk.decide(person(), referral_id, draft))
            if not errors:
                return redirect(url_for("coordinator.case", referral_id=referral_id, done="decided"))
        house.desk.keep_decision_draft(person(), referral_id, typed)
    except NotNow:
        before = house.views.case(person(), referral_id).decision
        if before is None:
            raise
        return _decided_before(case, before, draft)
    if request.form.get("then") == "save" and wants_json():
        return jsonify(saved=1), 200
    if step == "change":
        return redirect(url_for("decide.fill_in", referral_id=referral_id))
    errors = {**house.desk.weigh(person(), referral_id, draft).errors, **errors}
    if errors:
        return _form(case, typed, errors), 422
    return redirect(url_for("decide.check", referral_id=referral_id))


def _decided_before(case: Case, before: Decision, draft: DecisionDraft) -> Response | Answer:
    """The same, sent twice, is recorded once and shown as recorded; of another's decision is told, and no word is lost."""
    if (before.outcome, before.reasons) == (draft.outcome, draft.reasons):
        return redirect(url_for("coordinator.case", referral_id=case.line.id, done="decided"))
    said = outcome_words(case.line.form, before.outcome)
    body = f"{before.decided_by} recorded a decision on {case.line.reference} on {moment(before.decided_at)}: {said}. Yours was not recorded. Should it stand instead, reopen that decision first. What you wrote is below: copy it in."
    there = url_for("coordinator.case", referral_id=case.line.id)
    kept = list(filter(None, (draft.reasons, draft.told_referrer)))
    return page(409, "This case was decided in the meantime", body, kept=kept, there=there)


@pages.get("/decide/check")
@allowed("decide")
def check(referral_id: UUID) -> Response | str:
    """The decision once more, as it would be recorded; an address of its own, so that the back button works."""
    house = the_house()
    case = house.views.case(person(), referral_id)
    if case.decision is not None:
        return redirect(url_for("coordinator.case", referral_id=referral_id))
    typed = _typed_before(case)
    draft, errors = draft_of(typed, case)
    weighed = house.desk.weigh(person(), referral_id, draft)
    errors = {**weighed.errors, **errors}
    if errors:
        return _form(case, typed, errors)
    return render_template(
        "decide-check.html", case=case, typed=typed, draft=weighed.draft, panel=weighed.panel, asked=asked_now(case)
    )


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
