"""One's own account: password, the second step of signing in, and the sessions that are open."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.errors import DeskError
from web.account import WRONG_CODE, app_to_set_up, renew_session
from web.errors import Answer
from web.notices import notice
from web.session import allowed, begin, browser, person, the_house

pages = Blueprint("own", __name__, url_prefix="/account")

Errors = Mapping[str, str]
STALE = "You signed in more than ten minutes ago. Sign out and in again, then do this."
WRONG_PASSWORD = "This is not your password. After several wrong ones, wait some minutes."  # noqa: S105 - a sentence


@pages.get("")
@allowed(None)
def account() -> str:
    """What one's account is, and what can be changed of it."""
    return _page({})


def _page(errors: Errors) -> str:
    house = the_house()
    return render_template(
        "own-account.html",
        factor=house.second_step.of(person().id),
        has_password=house.people.has_password(person()),
        keys_offered=house.security_keys.offered,
        asked=person().role in house.second_step.asked_of(),
        sessions=house.sessions.own(person(), g.token),
        errors=errors,
        notice=notice(),
    )


def not_confirmed(field: str) -> Errors:
    """What is wrong unless the person has just shown who it is: by the password, or where there is none by signing in.

    `field` is where that is said where there is no password to be typed.
    """
    house, who = the_house(), person()
    if not house.people.has_password(who):
        return {} if house.people.is_fresh(g.token) else {field: STALE}
    return {} if house.people.confirms(who, request.form.get("password", "")) else {"password": WRONG_PASSWORD}


@pages.post("/password")
@allowed(None)
def change_password() -> Response | Answer:
    """A new password, for who knows the present one; it ends every other session."""
    house, who = the_house(), person()
    passed = house.second_step.of(who.id) is not None
    if not house.people.confirms(who, request.form.get("password", "")):
        return _page({"password": WRONG_PASSWORD}), 422
    try:
        house.people.set_password(who.email, request.form.get("new_password", ""), by=who.id)
    except DeskError as error:
        return _page({"new_password": error.message}), 422
    begin(house.people.open_session(who, second_step=passed, browser=browser()))
    return redirect(url_for("own.account", done="password-changed"))


@pages.route("/second-step", methods=["GET", "POST"])
@allowed(None)
def second_step() -> str | Answer:
    """Set up the second step, or set it up anew on another phone: the old one works until that is done."""
    if request.method != "POST":
        return _second_step_page({})
    house, who = the_house(), person()
    errors = not_confirmed("code")
    if errors:
        return _second_step_page(errors), 422
    codes = house.second_step.confirm(who, request.form.get("code", ""))
    if codes is None:
        return _second_step_page({"code": WRONG_CODE}), 422
    house.sessions.end_others(who, g.token)
    renew_session(who)
    return render_template("recovery-codes.html", codes=codes, next=url_for("own.account"), kept=[])


def _second_step_page(errors: Errors) -> str:
    return render_template(
        "own-second-step.html",
        setting_up=app_to_set_up(person()),
        has_password=the_house().people.has_password(person()),
        errors=errors,
    )


@pages.post("/sessions/<uuid:session_id>/end")
@allowed(None)
def end_session(session_id: UUID) -> Response:
    """End one of one's sessions."""
    the_house().sessions.end(person(), session_id)
    return redirect(url_for("own.account", done="sessions-ended"))


@pages.post("/sessions/end-others")
@allowed(None)
def end_others() -> Response:
    """End all of one's sessions but this one."""
    the_house().sessions.end_others(person(), g.token)
    return redirect(url_for("own.account", done="sessions-ended"))
