"""The pages of coordinators: the queue by due date, and the case page on which a decision can be defended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.cases.views import Shelf
from intake.errors import DeskError
from intake.models import Case
from validation.models import Finding
from web.answers import uuid_or_none
from web.errors import Answer
from web.notices import notice
from web.rows import by_section, by_topic, rows_of
from web.session import allowed, person, the_house
from web.words import VERDICTS

pages = Blueprint("coordinator", __name__)

SHELVES: tuple[tuple[Shelf, str], ...] = (
    ("open", "Open"),
    ("overdue", "Overdue"),
    ("due_soon", "Due soon"),
    ("waiting", "Waiting for the referrer"),
    ("mine", "Assigned to me"),
    ("nobodys", "Assigned to nobody"),
    ("set_aside", "Not read"),
    ("decided", "Decided"),
    ("refused", "Refused files"),
    ("withdrawn", "Withdrawn"),
)
FILTERS = ("form", "agency_id", "level", "category", "route", "assigned_to")
STATE = ("shelf", "page", *FILTERS)
"""What the address of the queue keeps: shelf, page and filters, never a name."""


@pages.get("/queue")
@allowed("assign")
def queue() -> str:
    """Every open case of the area, the soonest due first."""
    house = the_house()
    asked = request.args.get("shelf", "open")
    shelf = next((name for name, _ in SHELVES if name == asked), SHELVES[0][0])
    chosen = {name: request.args.get(name) or None for name in FILTERS}
    found = house.views.queue(
        person(),
        shelf,
        form=chosen["form"],
        agency_id=uuid_or_none(chosen["agency_id"]),
        level=chosen["level"],
        category=chosen["category"],
        route=chosen["route"],
        assigned_to=uuid_or_none(chosen["assigned_to"]),
        page=max(1, request.args.get("page", 1, type=int)),
    )
    return render_template(
        "queue.html",
        found=found,
        shelf=shelf,
        shelves=SHELVES,
        chosen=chosen,
        agencies=[agency for agency in house.people.agencies() if agency.area == person().area],
        colleagues=house.people.colleagues(person()),
        notice=notice(),
    )


@pages.post("/queue/assign")
@allowed("assign")
def assign_several() -> Response:
    """Give the chosen cases to a coordinator, or to nobody; those closed or given to another meanwhile stay as they are."""
    to, missed = uuid_or_none(request.form.get("to")), False
    ids = [one for one in map(uuid_or_none, request.form.getlist("ids")) if one is not None]
    for referral_id in ids:
        try:
            the_house().desk.assign(person(), referral_id, to, _had(f"had-{referral_id}"))
        except DeskError:
            missed = True
    done = "assigned-some" if missed else "assigned-all" if ids else "assigned-none"
    state: dict[str, Any] = {name: request.form[name] for name in STATE if request.form.get(name)}
    return redirect(url_for("coordinator.queue", **state, done=done))


def _had(field: str) -> tuple[UUID | None, ...]:
    """Who had a case on the page that was sent, where it says so."""
    return (uuid_or_none(request.form[field]),) if field in request.form else ()


@pages.post("/queue/find")
@allowed("assign")
def find() -> Response:
    """Keep what is looked for, so that no name stands in an address, and lead to what it finds."""
    text = request.form.get("text", "").strip()
    if not text:
        return redirect(url_for("coordinator.queue"))
    return redirect(url_for("coordinator.found", search_id=the_house().searching.keep(person(), text)))


@pages.get("/queue/found/<uuid:search_id>")
@allowed("assign")
def found(search_id: UUID) -> str:
    """What a search by reference, name, birth date or identifier finds."""
    return render_template("find.html", found=the_house().searching.found(person(), search_id))


@pages.get("/cases/<uuid:referral_id>")
@allowed("decide")
def case(referral_id: UUID) -> str:
    """One case on one screen: who and what, tests, evidence, questions, the form beside its pages, history."""
    return _case_page(the_house().views.case(person(), referral_id), None)


def _case_page(found: Case, problem: str | None) -> str:
    rows = rows_of(found)
    asked = {question.key for question in found.clarifications if question.open}
    return render_template(
        "case.html",
        case=found,
        findings=in_order(found),
        rows={row.key: row for row in rows},
        sections=tuple(by_section(rows)),
        has_spots=any(row.spot for row in rows),
        passages=tuple(by_topic(found.form.passages)) if found.form else (),
        asked=asked,
        about=request.args.get("about", ""),
        prepared=[ask for ask in found.assessment.questions if ask.key not in asked] if found.assessment else [],
        same_person=the_house().views.same_person(person(), found.line.id),
        colleagues=the_house().people.colleagues(person()),
        problem=problem,
        notice=notice(),
    )


def in_order(found: Case) -> list[Finding]:
    """The findings, those that stand in the way first."""
    order = list(VERDICTS)
    findings = found.assessment.findings if found.assessment else ()
    return sorted(findings, key=lambda finding: order.index(finding.verdict))


@pages.post("/cases/<uuid:referral_id>/ask")
@allowed("ask")
def ask(referral_id: UUID) -> Response | str | Answer:
    """Put prepared questions, fields and one's own words to the referrer."""
    keys, own = list(filter(None, request.form.getlist("keys"))), request.form.get("own", "").strip()
    if not keys and not own:
        found = the_house().views.case(person(), referral_id)
        return _case_page(found, "Choose a question or write your own"), 422
    the_house().desk.ask(person(), referral_id, keys, [own] if own else [])
    return redirect(url_for("coordinator.case", referral_id=referral_id, done="asked"))


@pages.post("/cases/<uuid:referral_id>/assign")
@allowed("assign")
def assign(referral_id: UUID) -> Response:
    """Give the case to a coordinator, or to nobody."""
    to = uuid_or_none(request.form.get("to"))
    the_house().desk.assign(person(), referral_id, to, _had("had"))
    return redirect(url_for("coordinator.case", referral_id=referral_id, done="assigned" if to else "unassigned"))


@pages.post("/cases/<uuid:referral_id>/retry")
@allowed("decide")
def retry(referral_id: UUID) -> Response:
    """Read a form again whose reading was set aside."""
    the_house().desk.retry(person(), referral_id)
    return redirect(url_for("coordinator.case", referral_id=referral_id, done="retried"))
