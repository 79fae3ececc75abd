"""Signing in, in one step or two, and out; and where each person's work begins."""

from __future__ import annotations

import segno
from flask import Blueprint, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from intake.models import Person
from intake.people.second_step import address_of
from intake.people.sign_on import Kept
from web.errors import Answer, typed
from web.going import go_on
from web.navigation import home_of
from web.session import allowed, begin, browser, for_everybody, person, the_house

pages = Blueprint("account", __name__)

KEPT = "kept-"
"""Prefix of what was typed before a session ended, waiting behind the sign-in form."""
WRONG_CODE = "The code is not right. Wait for the next one and type that. After several wrong ones, wait some minutes."


def own_path(text: str | None) -> str:
    """A path on this site to go on to; anything else becomes the start page, for a link must not lead people elsewhere."""
    plain = (
        text is not None
        and text.startswith("/")
        and not text.startswith("//")
        and text.isprintable()
        and "\\" not in text
    )
    return text if plain and text is not None else url_for("account.start")


@pages.get("/")
@allowed(None)
def start() -> Response:
    """Where this person's work begins."""
    return redirect(url_for(home_of(person())))


def kept_typed() -> Kept:
    """What was typed before a session ended, as the form that was sent has it."""
    return [(name.removeprefix(KEPT), value) for name, value in typed() if name.startswith(KEPT)]


@pages.route("/sign-in", methods=["GET", "POST"])
@for_everybody
def sign_in() -> Response | str | Answer:
    """The sign-in form; what was typed when a session ended goes on from here."""
    if request.method != "POST":
        if g.person is not None:
            return redirect(own_path(request.args.get("next")))
        return render_template("sign-in.html", next=own_path(request.args.get("next")), kept=[])
    house, kept, next_path = the_house(), kept_typed(), own_path(request.form.get("next"))
    email = request.form.get("email", "").strip()
    found = house.people.sign_in(email, request.form.get("password", ""))
    if found is None:
        error = "The email address or the password is not right. Check both and try again."
        return render_template("sign-in.html", next=next_path, kept=kept, email=email, error=error), 422
    begin(house.people.open_session(found, browser=browser()))
    if house.second_step.next_for(found) != "nothing":
        return second_step_page(found, next_path, kept)
    return signed_in(found, next_path, kept)


def signed_in(found: Person, next_path: str, kept: Kept) -> Response | str:
    """On to where somebody was going, with what they had typed."""
    g.person = found
    return render_template("carry-on.html", next=next_path, kept=kept) if kept else redirect(next_path)


@pages.route("/sign-in/second-step", methods=["GET", "POST"])
@for_everybody
def second_step() -> Response | str | Answer:
    """The code of the app, or setting the app up, for somebody who gave the right password."""
    house, kept, next_path = the_house(), kept_typed(), own_path(request.values.get("next"))
    found = house.people.halfway_of(g.token) if g.token else None
    if found is None:
        return without_the_first(next_path, kept)
    if request.method != "POST":
        return second_step_page(found, next_path, kept)
    code = request.form.get("code", "")
    if house.second_step.next_for(found) == "set_up":
        codes = house.second_step.confirm(found, code)
        if codes is not None:
            renew_session(found)
            return render_template("recovery-codes.html", codes=codes, next=next_path, kept=kept)
    elif house.second_step.passes(found, code):
        renew_session(found)
        return signed_in(found, next_path, kept)
    return second_step_page(found, next_path, kept, WRONG_CODE), 422


def without_the_first(next_path: str, kept: Kept) -> Response | Answer:
    """To the first step, with what was typed, from a second one that nobody is at."""
    if request.method != "POST":
        return redirect(url_for("account.sign_in"))
    return render_template("sign-in.html", next=next_path, kept=kept, ended=True, files=False), 401


def renew_session(found: Person) -> None:
    """End this session and open one that has passed the second step, so that a token known from before is worth nothing."""
    house = the_house()
    signed_on = house.people.signed_on(g.token)
    house.people.close_session(g.token)
    begin(house.people.open_session(found, second_step=True, signed_on=signed_on, browser=browser()))
    g.person = found


def second_step_page(
    found: Person, next_path: str, kept: Kept, error: str | None = None, key_error: str | None = None
) -> str:
    """The page that asks for the second step, or sets it up, by an app or a key."""
    house = the_house()
    new = house.second_step.next_for(found) == "set_up"
    return render_template(
        "second-step.html",
        next=next_path,
        kept=kept,
        error=error,
        key_error=key_error,
        setting_up=app_to_set_up(found) if new else None,
        key_options=(house.security_keys.to_add if new else house.security_keys.to_use)(found, g.token),
        factor=house.second_step.of(found.id),
    )


def app_to_set_up(found: Person) -> dict[str, str]:
    """What an app needs: a picture to be scanned, and the same as text in groups of four letters."""
    secret = the_house().second_step.begin(found)
    drawn = segno.make(address_of(found, secret), micro=False).svg_inline(scale=4, light="#fff", border=4)
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return {"picture": Markup(drawn), "secret": groups}  # noqa: S704 - drawn by segno from an address that we made


@pages.post("/sign-out")
@for_everybody
def sign_out() -> Response:
    """End this session, here and in the database; at the organisation's provider too, where that has a page for it."""
    house = the_house()
    elsewhere = None
    if g.token:
        if house.sign_on is not None and house.people.signed_on(g.token):
            elsewhere = house.sign_on.after_sign_out(house.settings.address + url_for("account.sign_in"))
        house.people.close_session(g.token)
    begin(None)
    g.person = None
    response = go_on(elsewhere, "You are signed out here") if elsewhere else redirect(url_for("account.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
