"""What an answer tells beside what was asked: two keys in one ("Full name"), or details behind a yes ("If yes, give details: ...")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from extractors.contract import FIELDS
from extractors.forms.definitions import Definition, FieldForm
from extractors.matching.answers.answer import Answer
from extractors.matching.answers.splits import SPLITS
from extractors.matching.places import cut
from extractors.matching.values.kinds import Parsed, parsed
from extractors.page import Line, Run

_HEAD = re.compile(r"(?<!\w)(?:If|Please|Give|Details|Reasons?|Until|When|Where)\b[^:?]{0,60}[:?](?=\s)", re.IGNORECASE)
"""What goes on to ask behind a choice."""


def split_values(form: FieldForm, text: str, definition: Definition, today: date) -> Iterator[tuple[str, str]]:
    """(key, value) for the keys that the answer to a label holds between them."""
    for part, found in zip(form.split, SPLITS[form.key](text), strict=True):
        value: object = found
        if found is not None and FIELDS[part].kind in ("date", "identifier"):
            value = parsed(definition.fields[part], (Line((Run(found),)),), definition, today).value
        if isinstance(value, str):
            yield part, value


def behind(form: FieldForm, answer: Answer, definition: Definition, today: date) -> Iterator[tuple[str, Parsed]]:
    """(key, what is said) for questions of the same part that stand behind a choice in its own place, with their answers."""
    if form.kind not in ("yes_no", "choice"):
        return
    for at, line in enumerate(answer.lines):
        for head in _HEAD.finditer(line.text):
            owners = [match.owner for match in (*definition.labels.exact(head[0]), *definition.here.exact(head[0]))]
            rest = (cut(line, head.end()), *answer.lines[at + 1 :])
            for key in owners:
                asked = definition.fields.get(key)
                if asked is not None and key != form.key and asked.part == form.part and asked.options is None:
                    yield key, parsed(asked, rest, definition, today)
