"""Security keys: the second step by one, and those of one's account."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.errors import DeskError, NotFound
from intake.people.second_step import Key
from web.account import kept_typed, own_path, renew_session, second_step_page, signed_in, without_the_first
from web.errors import Answer
from web.own import Errors, not_confirmed
from web.session import allowed, for_everybody, person, the_house

pages = Blueprint("keys", __name__)

WRONG_KEY = "The key was not accepted. Try again, or use a code. After several wrong answers, wait some minutes."


@pages.post("/sign-in/security-key")
@for_everybody
def answer() -> Response | str | Answer:
    """What a key answered, or a first key to be made known, for somebody who gave the right password."""
    house, kept, next_path = the_house(), kept_typed(), own_path(request.form.get("next"))
    found = house.people.halfway_of(g.token) if g.token else None
    if found is None:
        return without_the_first(next_path, kept)
    told, error = request.form.get("credential", ""), WRONG_KEY
    if house.second_step.next_for(found) == "set_up":
        try:
            codes = house.security_keys.add(found, g.token, request.form.get("name", ""), told)
            renew_session(found)
            return render_template("recovery-codes.html", codes=codes, next=next_path, kept=kept)
        except DeskError as problem:
            error = problem.message
    elif house.security_keys.passes(found, g.token, told):
        renew_session(found)
        return signed_in(found, next_path, kept)
    return second_step_page(found, next_path, kept, key_error=error), 422


@pages.route("/account/keys/add", methods=["GET", "POST"])
@allowed(None)
def add() -> Response | str | Answer:
    """Make one more key known; it ends one's other sessions."""
    if request.method != "POST":
        return _add_page({})
    house, who = the_house(), person()
    errors = dict(not_confirmed("name"))
    if not errors:
        try:
            codes = house.security_keys.add(
                who, g.token, request.form.get("name", ""), request.form.get("credential", "")
            )
        except DeskError as problem:
            errors["name"] = problem.message
    if errors:
        return _add_page(errors), 422
    _renew()
    if not codes:
        return redirect(url_for("own.account", done="key-added"))
    return render_template("recovery-codes.html", codes=codes, next=url_for("own.account"), kept=[])


def _add_page(errors: Errors) -> str:
    house, who = the_house(), person()
    return render_template(
        "own-key-add.html",
        options=house.security_keys.to_add(who, g.token),
        has_password=house.people.has_password(who),
        typed=request.form.get("name", ""),
        errors=errors,
    )


@pages.route("/account/keys/<uuid:key_id>/remove", methods=["GET", "POST"])
@allowed(None)
def remove(key_id: UUID) -> Response | str | Answer:
    """Forget one of one's keys, for instance one that is lost; it ends one's other sessions."""
    key = _key(key_id)
    if request.method != "POST":
        return _remove_page(key, {})
    errors = dict(not_confirmed("remove"))
    if not errors:
        try:
            the_house().security_keys.remove(person(), key_id)
        except NotFound:
            raise
        except DeskError as problem:
            errors["remove"] = problem.message
    if errors:
        return _remove_page(key, errors), 422
    _renew()
    return redirect(url_for("own.account", done="key-removed"))


def _key(key_id: UUID) -> Key:
    factor = the_house().second_step.of(person().id)
    found = next((key for key in factor.keys if key.id == key_id), None) if factor else None
    return found or abort(404)


def _remove_page(key: Key, errors: Errors) -> str:
    has_password = the_house().people.has_password(person())
    return render_template("own-key-remove.html", key=key, has_password=has_password, errors=errors)


def _renew() -> None:
    the_house().sessions.end_others(person(), g.token)
    renew_session(person())
