"""How long cases are kept: the periods, what is coming, holds, and early erasure by order."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.models import Case
from intake.retention.rules import GROUNDS, LONGEST, NOTICE, ORDER_NOTICE, RULES, counted
from web.errors import Answer
from web.navigation import page_of
from web.notices import notice
from web.session import allowed, person, the_house

pages = Blueprint("retention", __name__)


@pages.get("/retention")
@allowed("hold")
def coming() -> str:
    """How long what is kept, what falls due in the coming weeks, and what was erased; references only."""
    return _page({}, {})


def _page(typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    house = the_house()
    area = person().area or house.settings.area
    periods = house.retention.periods(person(), area)
    return render_template(
        "retention.html",
        area=area,
        periods=periods,
        unset=not any(number for _, number in periods),
        coming=house.retention.coming(person()),
        typed={rule.code: str(number or "") for rule, number in periods} | dict(typed),
        errors=errors,
        counted=counted,
        notice_days=NOTICE.days,
        notice=notice(),
    )


@pages.post("/retention")
@allowed("retention")
def set_periods() -> Response | Answer:
    """Keep cases for so many months from now on."""
    house = the_house()
    typed = {rule.code: request.form.get(rule.code, "").strip() for rule in RULES}
    wanted = {code: int(text) if text.isdecimal() and len(text) < 5 else 0 for code, text in typed.items() if text}
    errors = {
        code: f"{rule.words}: enter whole months from 1 to {LONGEST}, or nothing"
        for rule in RULES
        if (code := rule.code) in wanted and not 0 < wanted[code] <= LONGEST
    }
    if errors:
        return _page(typed, errors), 422
    house.retention.set_periods(person(), house.settings.area, wanted)
    return redirect(url_for("retention.coming", done="periods-set"))


@pages.route("/retention/<uuid:referral_id>", methods=["GET", "POST"])
@allowed("hold")
def hold(referral_id: UUID) -> Response | str | Answer:
    """Keep a case from being erased, with a reason."""
    house = the_house()
    why = request.form.get("why", "").strip()
    problem = house.retention.hold(person(), referral_id, why) if request.method == "POST" else None
    if request.method == "POST" and not problem:
        return redirect(url_for("retention.hold", referral_id=referral_id, done="held"))
    held = house.retention.held(person(), referral_id)
    page = render_template("hold.html", held=held, why=why, problem=problem, notice=notice())
    return (page, 422) if problem else page


@pages.post("/retention/<uuid:referral_id>/<uuid:hold_id>/lift")
@allowed("hold")
def lift(referral_id: UUID, hold_id: UUID) -> Response:
    """End a hold."""
    the_house().retention.lift(person(), referral_id, hold_id)
    return redirect(url_for("retention.hold", referral_id=referral_id, done="hold-lifted"))


@pages.route("/cases/<uuid:referral_id>/erase", methods=["GET", "POST"])
@allowed("erase")
def erase(referral_id: UUID) -> Response | str | Answer:
    """Order that a case be erased before its time."""
    house = the_house()
    case = house.views.case(person(), referral_id)
    if request.method != "POST":
        return _erase_page(case, {})
    errors = house.retention.order_erasure(
        person(), referral_id, request.form.get("ground", ""), request.form.get("why", "")
    )
    if errors:
        return _erase_page(case, errors), 422
    return redirect(page_of(referral_id, done="erasure-ordered"))


def _erase_page(case: Case, errors: Mapping[str, str]) -> str:
    return render_template(
        "erase.html",
        case=case,
        grounds=GROUNDS,
        ground=request.form.get("ground", ""),
        why=request.form.get("why", ""),
        errors=errors,
        days=ORDER_NOTICE.days,
    )


@pages.post("/cases/<uuid:referral_id>/erase/take-back")
@allowed("erase")
def take_back(referral_id: UUID) -> Response:
    """Take an order of early erasure back."""
    the_house().retention.take_back(person(), referral_id)
    return redirect(page_of(referral_id, done="erasure-taken-back"))
