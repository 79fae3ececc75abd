"""Answers every failure with a page in plain English that says what to do, and loses nothing that was typed."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from flask import Flask, Response, abort, current_app, g, jsonify, render_template, request
from psycopg.errors import DiskFull
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from extractors.refusals import Refusal
from intake.errors import DeskError, Erased, NoRoom, NotAllowed, NotFound
from intake.store.trail import WHENCE
from intake.systems.submission import FieldsNotUnderstood
from web.answers import uuid_or_none
from web.api.problems import SAYS, asks_the_api, of_desk, of_fields, of_http, problem
from web.forgery import FIELD, FormExpired
from web.logs import place_of
from web.session import the_house
from web.uploads import TOGETHER, drain, megabytes

Answer = tuple[str | Response, int]

NOT_KEPT = {FIELD, "password", "new_password", "next"}
NOT_WORDS = {"version", "step", "then", "page", "shelf", "ids", "once"}
"""Fields whose values say nothing to a reader."""

NO_ROOM = "Nothing new can be taken in at the moment"
TITLES = {
    400: ("This page could not understand what was sent", "Go back, check what you entered and send it again."),
    403: ("Your account does not allow this", "If you need it for your work, ask the person who set up your account."),
    404: (
        "Page not found",
        "Check the address, or go to the start page. A referral of another agency is not shown either.",
    ),
    405: ("This address cannot be opened like that", "Go to the start page and find your way from there."),
}


def typed() -> list[tuple[str, str]]:
    """What the person had typed in the form that was sent, without secrets."""
    form: MultiDict[str, str] = request.form
    return [(name, value) for name, value in form.items(multi=True) if name not in NOT_KEPT]


def words_typed() -> list[str]:
    """What of it is worth reading again: no ids, which nobody typed."""
    return [value for name, value in typed() if value.strip() and name not in NOT_WORDS and uuid_or_none(value) is None]


def wants_json() -> bool:
    """Whether a script of ours asks, rather than a browser for a page."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def page(status: int, title: str, body: str, **more: object) -> Answer:
    if wants_json():
        return jsonify(error=title, message=body), status
    return render_template("error.html", title=title, body=body, **more), status


def signed_out(_: Unauthorized) -> Answer:
    """The session ended while the page was open: what was typed waits until the person has signed in again."""
    if wants_json():
        message = "You were signed out and nothing was sent. Sign in again and choose the file once more."
        return jsonify(error="You were signed out", message=message, again=request.path), 401
    # Files cannot be kept: the page they were chosen on is opened anew.
    files = any(file.filename for file in request.files.values())
    kept = [] if files else typed()
    return render_template("sign-in.html", next=request.full_path.rstrip("?"), kept=kept, ended=True, files=files), 401


def form_expired(_: FormExpired) -> Answer:
    body = "You were signed out, or signed in again, since you opened that page. Nothing was sent. What you typed is below: open the page again and copy it in."
    if wants_json():
        message = "This page was open for too long and nothing was sent. Open it again and choose the file once more."
        return jsonify(error="This page was open for too long", message=message, again=request.path), 403
    return page(403, "This page was open for too long", body, kept=words_typed())


def too_large(error: RequestEntityTooLarge) -> Answer:
    """A body longer than is read at all: say it in words, after having let the browser finish."""
    drain()
    if asks_the_api():
        return of_http(error), 413
    limit = the_house().settings.max_upload
    body = f"A file may have {megabytes(limit)}, and all files together {megabytes(TOGETHER * limit)}. Nothing was taken in. Send only the form, or scan it at 200 dpi in grey, and send fewer files at once."
    return page(413, "That is too much at once", body)


def desk_error(error: DeskError) -> Answer:
    kept = words_typed()
    if isinstance(error, NotFound):
        return page(404, "Not found", error.message, kept=kept)
    if isinstance(error, NotAllowed):
        return page(403, TITLES[403][0], error.message, kept=kept)
    if isinstance(error, NoRoom):
        return page(503, NO_ROOM, error.message, kept=kept)
    if isinstance(error, Erased):
        return page(410, "This referral was erased", error.message, kept=kept)
    return page(409, "That is not possible now", error.message, kept=kept)


def other_http(error: HTTPException) -> Answer | AnyResponse:
    if error.code is None or error.code < 400:
        return error.get_response()
    title, body = TITLES.get(error.code, TITLES[400])
    return page(error.code, title, body)


def failed(app: Flask) -> Callable[[Exception], Answer]:
    def handle(error: Exception) -> Answer:
        """Something broke: the log says where, never what was being worked on, for messages may carry people's details."""
        reference = secrets.token_hex(4)
        kind, place = type(error).__name__, place_of(error)
        app.logger.error("failure %s on page %s: %s at %s", reference, request.endpoint, kind, place)
        if isinstance(error, OperationalError) and isinstance(error.orig, DiskFull):
            return (of_desk(NoRoom()), 503) if asks_the_api() else desk_error(NoRoom())
        if asks_the_api():
            return problem(500, "fault", f"{SAYS[500]} The number of this fault is {reference}."), 500
        now = "What you sent just now may not have arrived: look whether it is there before you rely on it, and send it again if it is not. "
        body = f"{now if request.method == 'POST' else ''}Nothing you sent before is lost. Try again in a minute. If it happens again, tell the people who look after this service, and give them the number {reference}."
        return page(500, "Something went wrong on our side", body, kept=words_typed())

    return handle


SIGNING_IN = {"account.sign_in", "account.second_step", "keys.answer", "sign_on.back"}
"""Where a wrong password or code is answered by the same page again, with the status 422."""


def note_denials(response: AnyResponse) -> None:
    """Tell the log who was denied what, from where: by ids only, for an address typed wrongly may be somebody's name."""
    status, somebody = response.status_code, getattr(g.get("person"), "id", "nobody")
    wrong = status == 422 and request.endpoint in SIGNING_IN
    # Without parts that name something, an address that is not there is no attempt at what is others'.
    elsewhere = status == 404 and bool(request.view_args)
    if wrong or elsewhere or status in (401, 403):
        told = (request.method, request.endpoint, somebody, WHENCE.get(), status)
        current_app.logger.warning("denied %s %s to %s from %s: %s", *told)


def connect(app: Flask) -> None:
    @app.before_request
    def refuse_what_no_text_holds() -> None:
        # PostgreSQL keeps no NUL in a text: no address of this site has one.
        if "\x00" in request.path:
            abort(404)

    @app.after_request
    def note(response: Response) -> Response:
        note_denials(response)
        return response

    app.register_error_handler(Unauthorized, signed_out)
    app.register_error_handler(FormExpired, form_expired)
    app.register_error_handler(RequestEntityTooLarge, too_large)
    app.register_error_handler(DeskError, lambda error: of_desk(error) if asks_the_api() else desk_error(error))
    app.register_error_handler(FieldsNotUnderstood, of_fields)
    app.register_error_handler(Refusal, lambda error: page(400, "This file cannot be taken", error.message))
    app.register_error_handler(HTTPException, lambda error: of_http(error) if asks_the_api() else other_http(error))
    app.register_error_handler(Exception, failed(app))
