"""Messages by mail: how each person wants them, which did not arrive, and in which words they are written."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.mail.correspondence import CHOICES
from intake.mail.wordings import MESSAGES, SIGNED_OFF, Wording, known_kind, placeholders_of
from web.answers import uuid_or_none
from web.errors import Answer
from web.navigation import page_of
from web.notices import notice
from web.session import allowed, person, the_house

pages = Blueprint("messages", __name__)


@pages.get("/to/<uuid:referral_id>")
@allowed(None)
def to(referral_id: UUID) -> Response:
    """Where a mail's link leads: the page on which this person works with the referral."""
    return redirect(page_of(referral_id))


@pages.route("/your-messages", methods=["GET", "POST"])
@allowed("see_line")
def choice() -> Response | str | Answer:
    """How this person wants the messages that ask nothing of them."""
    house = the_house()
    if request.method != "POST":
        return _choice_page(house.correspondence.choice(person()), {})
    chosen = CHOICES.get(request.form.get("choice", ""))
    if chosen is None:
        return _choice_page("", {"choice": "Choose how messages should come"}), 422
    house.correspondence.choose(person(), chosen)
    return redirect(url_for("messages.choice", done="choice-kept"))


def _choice_page(chosen: str, errors: dict[str, str]) -> str:
    asking = [sort.words for sort in MESSAGES.values() if sort.asks]
    return render_template("your-messages.html", chosen=chosen, asking=asking, errors=errors, notice=notice())


@pages.get("/administration/messages")
@allowed("messages")
def standing() -> str:
    """How messages stand, which did not arrive, and their wordings."""
    house = the_house()
    return render_template(
        "messages.html",
        post=house.correspondence.post(person()),
        concerns=house.correspondence.concerns(person()),
        wordings=house.wordings.listed(person(), house.settings.area),
        area=house.settings.area,
        notice=notice(),
    )


@pages.post("/administration/messages/release")
@allowed("messages")
def release() -> Response:
    """Let messages leave again after a restore."""
    send = request.form.get("what") == "send"
    the_house().correspondence.release(person(), send=send)
    return redirect(url_for("messages.standing", done="messages-sent" if send else "messages-dropped"))


@pages.post("/messages/<uuid:mail_id>/again")
@allowed("send_again")
def again(mail_id: UUID) -> Response:
    """Have a message that did not arrive, or perhaps did not, sent once more."""
    the_house().correspondence.send_again(person(), mail_id)
    return _back("message-again")


@pages.post("/messages/<uuid:mail_id>/drop")
@allowed("send_again")
def drop(mail_id: UUID) -> Response:
    """Take a message that did not arrive off the list."""
    the_house().correspondence.drop(person(), mail_id)
    return _back("message-dropped")


def _back(done: str) -> Response:
    about = uuid_or_none(request.form.get("about", ""))
    return redirect(page_of(about, done) if about is not None else url_for("messages.standing", done=done))


@pages.get("/administration/messages/<kind>")
@allowed("messages")
def wording(kind: str) -> str:
    """The wording of one kind of message."""
    house = the_house()
    known = known_kind(kind)
    found = next(one for one in house.wordings.listed(person(), house.settings.area) if one.kind == known)
    return _wording_page(kind, found.wording, {}, own=found.own)


@pages.post("/administration/messages/<kind>")
@allowed("messages")
def change_wording(kind: str) -> Response | Answer:
    """Use other words for a message from the next mail on, or go back to those that came with the service."""
    house = the_house()
    if request.form.get("what") == "reset":
        house.wordings.reset(person(), house.settings.area, kind)
        return redirect(url_for("messages.standing", done="wording-reset"))
    new = Wording(subject=request.form.get("subject", ""), body=request.form.get("body", ""))
    errors = house.wordings.change(person(), house.settings.area, kind, new)
    if errors:
        return _wording_page(kind, new, dict(errors), own=True), 422
    return redirect(url_for("messages.standing", done="wording-changed"))


def _wording_page(kind: str, typed: Wording, errors: dict[str, str], *, own: bool) -> str:
    known = known_kind(kind)
    return render_template(
        "wording.html",
        kind=kind,
        words=MESSAGES[known].words,
        placeholders=placeholders_of(known),
        signed_off=SIGNED_OFF,
        typed=typed,
        own=own,
        errors=errors,
    )
