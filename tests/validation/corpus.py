"""The labelled corpus as forms that were read, each with the verdicts, questions and route that follow."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from extractors.contract import keys_of
from extractors.models import Evidence, FormReading, Value


class Labelled(NamedTuple):
    name: str
    reading: FormReading
    received: date
    verdicts: dict[str, str]
    questions: dict[str, list[str]]
    route: str


def labelled(corpus: Path) -> Iterator[Labelled]:
    for path in sorted((corpus / "forms").glob("*.truth.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        received = datetime.fromisoformat(truth["received"]).astimezone(ZoneInfo("Europe/London")).date()
        for form in truth.get("forms", [truth]):
            name = f"{path.name.removesuffix('.truth.json')} {form['form']}"
            yield Labelled(name, reading_of(form), received, form["verdicts"], form["questions"], form["route"])


def reading_of(form: dict[str, Any]) -> FormReading:
    """The truth's own field values as a reading."""
    values = {}
    for key in keys_of(form["form"]):
        field = form["fields"][key]
        answer = tuple(field["value"]) if isinstance(field["value"], list) else field["value"]
        evidence = Evidence(raw=field.get("raw"), page=field.get("page"), method="text")
        values[key] = Value(key=key, status=field["status"], value=answer, evidence=evidence, confidence=1.0)
    return FormReading(form=form["form"], edition=form["edition"], carrier="truth", pages=1, values=values)
