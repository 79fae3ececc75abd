"""The pages behind a link that came by mail: a code first, then the questions of that one referral. No account is needed."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.mail.answer_links import TooSoon
from intake.models import Case, Correspondent
from web.errors import Answer, page, words_typed
from web.notices import notice
from web.sending_answers import Sent, as_saved, send_answers
from web.session import begin, for_everybody, the_house

pages = Blueprint("answering", __name__, url_prefix="/answer/<token>")

WRONG_CODE = "The code is not right, or its time is over. Check it, or ask for another."
OVER = "Your time here is over. Nothing was sent. Ask for another code; what you typed is below: copy it in."


@pages.get("")
@for_everybody
def begin_here(token: str) -> str:
    """What the link leads to: it says nothing of what it is about, and sends nothing until somebody asks for it."""
    the_house().answer_links.known(token)
    return _code_page(token, sent=False)


def _code_page(token: str, *, sent: bool, error: str | None = None) -> str:
    return render_template("answer-code.html", token=token, sent=sent, error=error)


@pages.post("/code")
@for_everybody
def send_code(token: str) -> str | Answer:
    """Send a code to the address that the link came to."""
    try:
        the_house().answer_links.ask_code(token)
    except TooSoon as error:
        return _code_page(token, sent=True, error=error.message), 429
    return _code_page(token, sent=True)


@pages.post("/open")
@for_everybody
def enter(token: str) -> Response | Answer:
    """Come in with the code."""
    visit = the_house().answer_links.enter(token, request.form.get("code", ""))
    if visit is None:
        return _code_page(token, sent=True, error=WRONG_CODE), 422
    begin(visit)
    return redirect(url_for("answering.questions", token=token))


@pages.get("/questions")
@for_everybody
def questions(token: str) -> Response | str:
    """Where the referral stands, and what is asked."""
    visitor = _visitor(token)
    if visitor is None:
        return redirect(url_for("answering.begin_here", token=token))
    return _questions_page(token, as_saved(_case(visitor)))


def _visitor(token: str) -> Correspondent | None:
    return the_house().answer_links.visitor(token, g.token)


def _case(visitor: Correspondent) -> Case:
    return the_house().views.case(visitor, visitor.only)


def _questions_page(token: str, sent: Sent) -> str:
    return render_template("answer-questions.html", token=token, **sent.facts, notice=notice())


@pages.post("/questions")
@for_everybody
def answer(token: str) -> Response | str | Answer:
    """Send the answers, or save them to send later."""
    visitor = _visitor(token)
    if visitor is None:
        return page(401, "Your time here is over", OVER, kept=words_typed())
    sent = send_answers(visitor, partial(_case, visitor))
    if sent.status != 200:
        return _questions_page(token, sent), sent.status
    return redirect(url_for("answering.questions", token=token, done=sent.done))


@pages.post("/leave")
@for_everybody
def leave(token: str) -> Response:
    """End the visit in this browser."""
    if _visitor(token) is not None:
        the_house().answer_links.leave(token)
        begin(None)
    return redirect(url_for("answering.begin_here", token=token))
