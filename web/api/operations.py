"""What every request of a system goes through: its token, scope, pace and body are looked at before anything is done.

Each operation is declared once, and both the route and its description in OpenAPI are made from that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Blueprint, Response, request
from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy import Connection

from extractors.models import Model
from intake.models import Person
from intake.store.trail import TOKEN
from intake.systems.once import Given, Once
from intake.systems.tokens import Grant, Scope
from web.api.problems import of_validation, problem
from web.session import the_house
from web.uploads import Upload, sent_files

pages = Blueprint("api", __name__, url_prefix="/api/v1")

KEY_HEADER = "Idempotency-Key"
LONGEST_KEY = 255
KEY_SIGNS = r"^[\x21-\x7e]+$"
LONGEST_JSON = 4 * 1024 * 1024
JSON = "application/json"
MULTIPART = "multipart/form-data"
FILE = "file"
"""The name of the part that holds the file."""

Write = Callable[[Connection, BaseModel], None]
"""Writes an answer down in the transaction of what it tells of."""


class Asked(NamedTuple):
    """A request that has passed: who asks, and what was sent. `write` takes the answer of what must be done once."""

    person: Person
    query: Any = None
    body: Any = None
    write: Write = lambda connection, answer: None


class Operation(NamedTuple):
    """One thing that systems may ask for. `body` is a type that pydantic knows, or Upload for a file."""

    name: str
    method: str
    path: str
    scope: Scope
    summary: str
    description: str
    answer: type[Model] | None
    status: int
    query: type[BaseModel] | None
    body: Any


OPERATIONS: list[Operation] = []
View = Callable[..., BaseModel | None]


def operation(
    method: str,
    path: str,
    scope: Scope,
    answer: type[Model] | None,
    *,
    status: int = 200,
    query: type[BaseModel] | None = None,
    body: Any = None,
) -> Callable[[View], View]:
    """Declare a view; it takes what was Asked and the ids of the address, and gives its answer."""

    def declare(view: View) -> View:
        first, _, rest = (view.__doc__ or "").partition("\n")
        described = " ".join(rest.split())
        one = Operation(view.__name__, method, path, scope, first, described, answer, status, query, body)
        OPERATIONS.append(one)
        known = TypeAdapter(body) if body is not None and body is not Upload else None

        def guarded(**ids: Any) -> Response:
            return _answered(one, known, view, ids)

        guarded.action = f"token: {scope}"  # type: ignore[attr-defined]
        pages.add_url_rule(path, view.__name__, guarded, methods=[method])
        return view

    return declare


def granted() -> Grant | None:
    """What the token of this request is good for. Raises TooOften."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        return None
    grant = the_house().systems.grant_of(token.strip())
    TOKEN.set(str(grant.token_id) if grant else None)
    return grant


def _answered(one: Operation, known: TypeAdapter[Any] | None, view: View, ids: dict[str, Any]) -> Response:
    grant = granted()
    if grant is None:
        return problem(401, "unauthorized")
    if not grant.covers(one.scope):
        return problem(403, "not_allowed")
    try:
        query = one.query.model_validate(_parameters()) if one.query else None
    except ValidationError as error:
        return of_validation(error, "query")
    if one.body is None:
        return _sent(one.status, view(Asked(grant.person, query), **ids))
    body = _file() if one.body is Upload else _json(known)
    if isinstance(body, Response):
        return body
    key = request.headers.get(KEY_HEADER)
    if key is not None and not (len(key) <= LONGEST_KEY and re.fullmatch(KEY_SIGNS, key)):
        message = f"Use 1 to {LONGEST_KEY} printable ASCII characters and no spaces"
        return problem(422, "invalid", errors={KEY_HEADER: message})
    return _once(one, grant.person, key, body, view, ids)


def _parameters() -> dict[str, object]:
    """Each parameter; one that is given several times is shown as a list, which none may be."""
    return {name: values[0] if len(values) == 1 else values for name, values in request.args.lists()}


def _json(known: TypeAdapter[Any] | None) -> Any:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != JSON or charset not in ("utf-8", "utf8"):
        return problem(415, "unsupported_media_type")
    request.max_content_length = LONGEST_JSON
    assert known is not None, "an operation that changes something has a body"
    try:
        return known.validate_json(request.get_data())
    except ValidationError as error:
        return of_validation(error, "body")


def _file() -> Any:
    if request.mimetype != MULTIPART:
        return problem(415, "unsupported_media_type")
    files = sent_files(FILE)
    if len(files) != 1 or len(request.files) != 1 or request.form:
        return problem(422, "invalid", errors={FILE: "Send one file, in a part of this name, and nothing else"})
    return files[0]


def _once(
    one: Operation, person: Person, key: str | None, body: BaseModel, view: View, ids: dict[str, Any]
) -> Response:
    house = the_house()
    sent = body.mark if isinstance(body, Upload) else body.model_dump_json(by_alias=True)
    whole = json.dumps([one.name, {name: str(value) for name, value in ids.items()}, sent])
    once = Once(house.engine, house.registry.index, house.systems_secret, house.clock, person, key, whole.encode())

    def do(keep: Callable[[Connection, Given], None]) -> Given:
        def write(connection: Connection, answer: BaseModel) -> None:
            keep(connection, _given(one, answer))

        answer = view(Asked(person, body=body, write=write), **ids)
        assert answer is not None, "what takes a body gives an answer"
        return _given(one, answer)

    given = once.answer(do)
    return Response(given.content, given.status, mimetype=JSON)


def _given(one: Operation, answer: BaseModel) -> Given:
    return Given(status=one.status, content=answer.model_dump_json())


def _sent(status: int, answer: BaseModel | None) -> Response:
    return Response(answer.model_dump_json(), status, mimetype=JSON) if answer is not None else Response(status=status)
