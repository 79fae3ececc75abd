"""Says to systems what went wrong, always as RFC 9457's problem details, whatever it was."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Response, request
from pydantic import Field, ValidationError
from werkzeug.exceptions import HTTPException

from extractors.models import Model
from intake.errors import DeskError, Erased, NoRoom, NotAllowed, NotFound, NotNow, TooOften
from intake.systems.once import AnotherRequest
from intake.systems.submission import FieldsNotUnderstood

PREFIX = "/api/"
MIMETYPE = "application/problem+json"
SAYS = {
    400: "The request could not be understood. The body must be JSON in UTF-8, or for a file multipart/form-data.",
    401: "Send a token that is valid: Authorization: Bearer mappa_...",
    403: "This token does not allow it.",
    404: "There is nothing here, or it is not yours to see.",
    405: "This address does not take this method.",
    413: "The request is too large.",
    414: "The address is too long.",
    415: "Send application/json in UTF-8; a file as multipart/form-data.",
    500: "Something went wrong on our side. Nothing that was received is lost. Try again with the same Idempotency-Key.",
}


class Fault(Model):
    """One thing that is wrong: the field, parameter or question it is about, and what to send instead."""

    field: str
    message: str


class Problem(Model):
    """Why a request was not done (RFC 9457). `code` is for machines, `detail` for people."""

    type: str = "about:blank"
    title: str
    status: int = Field(ge=400, le=599)
    code: str
    detail: str
    errors: tuple[Fault, ...] = ()


def asks_the_api() -> bool:
    """Whether the request is one of a system, rather than of somebody with a browser."""
    return request.path.startswith(PREFIX)


def problem(status: int, code: str, detail: str | None = None, errors: Mapping[str, str] | None = None) -> Response:
    told = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail or SAYS.get(status, SAYS[400]),
        errors=tuple(Fault(field=field, message=message) for field, message in (errors or {}).items()),
    )
    answer = Response(told.model_dump_json(), status, mimetype=MIMETYPE)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def of_http(error: HTTPException) -> Response:
    """An error of the framework: unknown address, method, body too large, ..."""
    status = error.code if error.code is not None and error.code >= 400 else 400
    answer = problem(status, HTTPStatus(status).name.lower())
    for name, value in error.get_headers():
        if name == "Allow":
            answer.headers[name] = value
    return answer


STATUSES: Mapping[type[DeskError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    NotNow: 409,
    Erased: 410,
    TooOften: 429,
    NoRoom: 503,
    AnotherRequest: 422,
}


def of_desk(error: DeskError) -> Response:
    """What the desk cannot do as asked."""
    answer = problem(STATUSES.get(type(error), 422), error.code, error.message)
    if isinstance(error, TooOften):
        answer.headers["Retry-After"] = str(error.wait)
    return answer


def of_fields(error: FieldsNotUnderstood) -> Response:
    return problem(422, "fields", "Some fields could not be understood. Nothing was taken in.", error.errors)


def of_validation(error: ValidationError, where: str) -> Response:
    """What does not fit the description; of a value that was sent nothing is said but where it stood."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    if any(fault["type"] == "json_invalid" for fault in faults):
        return problem(400, "malformed")
    errors = {".".join(map(str, fault["loc"])) or where: _plain(fault["msg"]) for fault in faults[:100]}
    return problem(422, "invalid", "The request does not fit its description in /api/v1/openapi.json.", errors)


def _plain(message: str) -> str:
    return message[:200]
