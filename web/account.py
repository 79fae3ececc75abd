"""Signing in and out, and where each person's work begins."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.errors import typed
from web.navigation import home_of
from web.session import allowed, begin, for_everybody, person, the_house

pages = Blueprint("account", __name__)

KEPT = "kept-"
"""Prefix of what was typed before a session ended, waiting behind the sign-in form."""


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


@pages.route("/sign-in", methods=["GET", "POST"])
@for_everybody
def sign_in() -> Response | str | tuple[str, int]:
    """The sign-in form; what was typed when a session ended goes on from here."""
    if request.method != "POST":
        if g.person is not None:
            return redirect(own_path(request.args.get("next")))
        return render_template("sign-in.html", next=own_path(request.args.get("next")), kept=[])
    kept = [(name.removeprefix(KEPT), value) for name, value in typed() if name.startswith(KEPT)]
    next_path = own_path(request.form.get("next"))
    email = request.form.get("email", "").strip()
    found = the_house().people.sign_in(email, request.form.get("password", ""))
    if found is None:
        error = "The email address or the password is not right. Check both and try again."
        return render_template("sign-in.html", next=next_path, kept=kept, email=email, error=error), 422
    begin(the_house().people.open_session(found))
    g.person = found
    if kept:
        return render_template("carry-on.html", next=next_path, kept=kept)
    return redirect(next_path)


@pages.post("/sign-out")
@for_everybody
def sign_out() -> Response:
    """End this session, here and in the database."""
    if g.token:
        the_house().people.close_session(g.token)
    begin(None)
    response = redirect(url_for("account.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
