"""Referrals of a system's agency or area: given in, followed, asked about, answered and decided."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from extractors.given import CARRIER
from intake.errors import DeskError
from intake.models import AnswerResult, Receipt
from intake.now import london_day
from intake.systems.submission import document_of
from web.api import telling
from web.api.forms import FORMS, given_in, raw_answer
from web.api.models import (
    AskedQuestions,
    GivenAnswers,
    GivenReceipt,
    ReferralPage,
    ReferralState,
    TakenAnswers,
    TakenDecisions,
    Window,
)
from web.api.operations import Asked, operation
from web.session import the_house
from web.uploads import Upload

FilledForm: Any = Annotated[reduce(or_, FORMS.values()), Field(discriminator="form")]


class BadCursor(DeskError):
    code = "cursor"

    def __init__(self) -> None:
        super().__init__("This cursor is none of ours: begin again without one.")


@operation("GET", "/referrals", "read", ReferralPage, query=Window)
def list_referrals(asked: Asked) -> BaseModel:
    """List the referrals received in a window of time.

    In the order of their receipt. What is received meanwhile comes on a later page: nothing is listed twice or left out.
    """
    window: Window = asked.query
    after = _opened(window.cursor) if window.cursor is not None else None
    lines = the_house().views.received_between(
        asked.person, window.received_from, window.received_until, after, window.limit + 1
    )
    shown = lines[: window.limit]
    more = _cursor(shown[-1].received_at, shown[-1].id) if len(lines) > window.limit else None
    return ReferralPage(referrals=tuple(telling.summary(line) for line in shown), next_cursor=more)


def _cursor(at: datetime, referral_id: UUID) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()} {referral_id}".encode()).decode()


def _opened(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, _, referral_id = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode().partition(" ")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise BadCursor
        return moment, UUID(referral_id)
    except (binascii.Error, ValueError):
        raise BadCursor from None


@operation("POST", "/referrals", "submit", GivenReceipt, status=201, body=FilledForm)
def submit_form(asked: Asked) -> BaseModel:
    """Submit a form field by field.

    It goes the way of every form: the answer is its receipt, it is judged by the same rules, and what is missing is asked. Fields
    that cannot be understood are named, and then nothing is taken in: leave out what you do not have.
    """
    house = the_house()
    form, given = given_in(asked.body)
    content = document_of(form, given, london_day(house.clock.now()))

    def write(connection: Connection, receipt: Receipt) -> None:
        asked.write(connection, telling.receipt(receipt))

    name = f"Form {form}, field by field.json"
    return telling.receipt(house.desk.receive(asked.person, name, content, carrier=CARRIER, then=write))


@operation("POST", "/referrals/file", "submit", GivenReceipt, status=201, body=Upload)
def submit_file(asked: Asked) -> BaseModel:
    """Submit a form as a file: Word, OpenDocument, PDF, scan or mail.

    The answer is its receipt; one with `refused` says why the file was not even opened.
    """
    file: Upload = asked.body

    def write(connection: Connection, receipt: Receipt) -> None:
        asked.write(connection, telling.receipt(receipt))

    receipt = the_house().desk.receive(asked.person, file.filename, file.content, size=file.size, then=write)
    return telling.receipt(receipt)


@operation("GET", "/referrals/<uuid:referral_id>", "read", ReferralState)
def get_referral(asked: Asked, referral_id: UUID) -> BaseModel:
    """Follow a referral: how far it has come, and when its decision is due."""
    return telling.state(the_house().views.case(asked.person, referral_id))


@operation("GET", "/referrals/<uuid:referral_id>/questions", "read", AskedQuestions)
def list_questions(asked: Asked, referral_id: UUID) -> BaseModel:
    """Read what was asked about a referral, field by field."""
    return telling.questions(the_house().views.case(asked.person, referral_id))


@operation("POST", "/referrals/<uuid:referral_id>/answers", "answer", TakenAnswers, body=GivenAnswers)
def give_answers(asked: Asked, referral_id: UUID) -> BaseModel:
    """Answer open questions, each by itself.

    Each answer goes to its very field; the form is judged again with all that were taken.
    """
    sent: GivenAnswers = asked.body

    def write(connection: Connection, result: AnswerResult) -> None:
        asked.write(connection, telling.answers(result))

    given = {one.question_id: raw_answer(one.model_dump(mode="json")["value"]) for one in sent.answers}
    return telling.answers(the_house().desk.answer(asked.person, referral_id, given, then=write))


@operation("GET", "/referrals/<uuid:referral_id>/decisions", "decisions", TakenDecisions)
def list_decisions(asked: Asked, referral_id: UUID) -> BaseModel:
    """Read the decisions on a referral, those that were reopened too."""
    return telling.decisions(the_house().views.case(asked.person, referral_id), asked.person)
