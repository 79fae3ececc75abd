"""Describes the API in OpenAPI 3.1, from the operations and the pydantic models that they are made of."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from flask import Response
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from web.api.operations import FILE, JSON, KEY_HEADER, KEY_SIGNS, LONGEST_KEY, MULTIPART, OPERATIONS, Operation, pages
from web.api.problems import MIMETYPE, Problem
from web.session import for_everybody
from web.uploads import Upload

TEMPLATE = "#/components/schemas/{model}"
ABOUT = """Referrals to MAPPA and notifications, for the case systems of agencies and coordinators. Errors are problem details
(RFC 9457). Times carry a zone, days are of London. A request that changes something should carry an Idempotency-Key: the same key
with the same body gives the same answer for seven days and does nothing twice."""
FAILS = {
    "400": "The request cannot be understood",
    "401": "No valid token",
    "403": "The token does not allow it",
    "404": "Not there, or not within the token's reach",
    "409": "Not possible now",
    "410": "Erased: nothing is left of it but its line",
    "413": "Too large",
    "415": "Not JSON in UTF-8, or not a file",
    "422": "The request does not fit its description, or its key was used for another",
    "429": "Too many requests",
    "500": "A fault of the service",
    "503": "No room for what was sent: send it again later",
}
WITH_BODY = {"413", "415", "503"}
OF_ONE = {"404", "409", "410"}


@pages.get("/openapi.json")
@for_everybody
def openapi() -> Response:
    """What systems can ask for, described for machines."""
    return Response(described(), mimetype=JSON)


@cache
def described() -> str:
    """The description as JSON."""
    return TypeAdapter(dict[str, Any]).dump_json(_document()).decode()


def _document() -> dict[str, Any]:
    schemas, references = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        path = re.sub(r"<uuid:(\w+)>", r"{\1}", f"{pages.url_prefix}{one.path}")
        paths.setdefault(path, {})[one.method.lower()] = _operation(one, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "MAPPA referral desk", "version": "1", "description": " ".join(ABOUT.split())},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


Key = tuple[str, JsonSchemaMode]


def _schemas() -> tuple[dict[str, Any], dict[Key, dict[str, Any]]]:
    """Every schema by name, and what to refer to it by, by operation and by whether it is sent or answered."""
    inputs: list[tuple[Key, JsonSchemaMode, Any]] = []
    for one in OPERATIONS:
        if one.answer is not None:
            inputs.append(((one.name, "serialization"), "serialization", _core(one.answer)))
        if one.body is not None and one.body is not Upload:
            inputs.append(((one.name, "validation"), "validation", TypeAdapter(one.body).core_schema))
    inputs.append((("problem", "serialization"), "serialization", _core(Problem)))
    maker = GenerateJsonSchema(by_alias=True, ref_template=TEMPLATE)
    found, definitions = maker.generate_definitions(inputs)
    schemas = {str(name): schema for name, schema in definitions.items()}
    return schemas, {key: schema for (key, _), schema in found.items()}


def _core(model: type[BaseModel]) -> Any:
    return model.__pydantic_core_schema__


def _operation(one: Operation, references: dict[Key, dict[str, Any]]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done"}
    if one.answer is not None:
        done["content"] = {JSON: {"schema": references[one.name, "serialization"]}}
    fails = {
        status: {"description": words, "content": {MIMETYPE: {"schema": references["problem", "serialization"]}}}
        for status, words in FAILS.items()
        if (one.body is not None or status not in WITH_BODY) and ("<uuid:" in one.path or status not in OF_ONE)
    }
    fails["429"]["headers"] = {
        "Retry-After": {
            "description": "Seconds to wait.",
            "required": True,
            "schema": {"type": "integer", "minimum": 1},
        }
    }
    told: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "description": f"{one.description} Needs the scope {one.scope}.".strip(),
        "tags": [one.scope],
        "parameters": _parameters(one),
        "responses": {str(one.status): done, **fails},
    }
    if one.body is Upload:
        part = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
        schema = {"type": "object", "title": "SentFile", "properties": {FILE: part}, "required": [FILE]}
        told["requestBody"] = {
            "required": True,
            "content": {MULTIPART: {"schema": {**schema, "additionalProperties": False}}},
        }
    elif one.body is not None:
        told["requestBody"] = {"required": True, "content": {JSON: {"schema": references[one.name, "validation"]}}}
    return told


def _parameters(one: Operation) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        for name in re.findall(r"<uuid:(\w+)>", one.path)
    ]
    if one.query is not None:
        schema = one.query.model_json_schema()
        for name, part in schema["properties"].items():
            required = name in schema.get("required", [])
            # A parameter that may be left out is never null: there is no way to say that in an address.
            plain: dict[str, Any] = next((other for other in part.get("anyOf", []) if other.get("type") != "null"), {})
            kept = {key: value for key, value in {**part, **plain}.items() if key not in ("anyOf", "title")}
            words = kept.pop("description", "")
            if kept.get("default", 0) is None:
                del kept["default"]
            found.append({"name": name, "in": "query", "required": required, "description": words, "schema": kept})
    if one.method == "POST":
        words = "A key of one's own for this request, such as a UUID: sent again with it, it is answered and done once."
        schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": KEY_SIGNS}
        found.append({"name": KEY_HEADER, "in": "header", "required": False, "description": words, "schema": schema})
    return found
