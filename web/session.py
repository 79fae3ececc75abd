"""Knows who is asking: one cookie holding an opaque token, and nothing else, connects a browser with a signed-in person."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from intake.house import House
from intake.models import Person
from intake.permissions import Action, may
from intake.store.trail import TOKEN
from web.api.problems import asks_the_api

COOKIE = "mappa_session"
HOST_COOKIE = f"__Host-{COOKIE}"
"""Its name over TLS: a browser takes one of this name from this very host only, and over TLS."""

P = ParamSpec("P")
R = TypeVar("R")


def the_house() -> House:
    """The house this application is a door into."""
    house = current_app.extensions["house"]
    assert isinstance(house, House)
    return house


def person() -> Person:
    """Who is signed in; only for pages marked with `allowed`, which see to it that somebody is."""
    found = g.person
    assert isinstance(found, Person)
    return found


def token() -> str:
    """The browser's token, made on first use so that the sign-in form is protected from forgery too."""
    if g.token is None:
        begin(secrets.token_urlsafe(32))
    assert isinstance(g.token, str)
    return g.token


BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = tuple(
    (sign, name or sign)
    for sign, name in (("Windows", ""), ("Android", ""), ("iPhone", ""), ("iPad", ""), ("Mac OS", "Mac"), ("Linux", ""))
)
"""Signs of what is used, the more special first, since browsers name themselves after each other too."""


def browser() -> str | None:
    """What is asking, in words by which its owner knows it again; None for what is not known."""
    told = request.headers.get("User-Agent", "")
    names = [next((name for sign, name in signs if sign in told), None) for signs in (BROWSERS, SYSTEMS)]
    return " on ".join(name for name in names if name) or None


def begin(new_token: str | None) -> None:
    """Use another token from here on: after signing in (so that an old one planted by others is worth nothing) and out."""
    g.token = new_token
    g.token_changed = True


def allowed(action: Action | None) -> Callable[[Callable[P, R]], Callable[P, R | AnyResponse]]:
    """Mark a page as one for signed-in people whose role includes `action` (None: anybody signed in).

    Whether this very referral is theirs is not decided here: the desk and the views ask the same permission table.
    """

    def mark(page: Callable[P, R]) -> Callable[P, R | AnyResponse]:
        @wraps(page)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | AnyResponse:
            if g.person is None:
                if request.method == "POST":
                    abort(401)
                return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))
            if action is not None and not may(g.person, action):
                abort(403)
            return page(*args, **kwargs)

        guarded.action = action or "signed in"  # type: ignore[attr-defined]
        return guarded

    return mark


def for_everybody(page: Callable[P, R]) -> Callable[P, R]:
    """Mark a page as one that needs no signing in, so that a page marked with neither stands out in a test."""
    page.action = "everybody"  # type: ignore[attr-defined]
    return page


def cookie_name() -> str:
    """What the cookie of this request is called."""
    return HOST_COOKIE if request.is_secure else COOKIE


def connect(app: Flask) -> None:
    """Read the cookie before each page and set it, when it changed, after."""

    @app.before_request
    def recognise() -> None:
        # A cookie says nothing to the API: only a token that is sent on purpose does (web/api/operations.py).
        g.token = None if asks_the_api() else request.cookies.get(cookie_name())
        g.token_changed = False
        g.person = None
        TOKEN.set(None)
        if g.token and request.blueprint != "built":
            g.person = the_house().people.person_of(g.token)

    @app.after_request
    def remember(response: Response) -> Response:
        if g.get("token_changed"):
            if g.token is None:
                response.delete_cookie(cookie_name(), httponly=True, samesite="Lax", secure=request.is_secure)
            else:
                response.set_cookie(cookie_name(), g.token, httponly=True, samesite="Lax", secure=request.is_secure)
        return response
