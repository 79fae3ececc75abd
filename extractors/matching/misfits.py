"""Answers that do not fit their questions: many of them tell that a form was not understood."""

from __future__ import annotations

from collections.abc import Mapping

from extractors.contract import FIELDS
from extractors.matching.values.kinds import Parsed
from extractors.models import Value

UNFIT = 0.2
"""So large a share of dates, numbers and choices that are none puts every value in doubt."""


def misfits(chosen: Mapping[str, Parsed]) -> float:
    """The share of answers to questions for dates, numbers and choices that say no such thing; 0 of a handful."""
    told = [
        parsed
        for key, parsed in chosen.items()
        if key in FIELDS and FIELDS[key].kind in ("date", "identifier", "yes_no", "choice") and parsed.status == "read"
    ]
    unfit = sum(parsed.value is None or parsed.confidence <= 0.6 for parsed in told)
    return unfit / len(told) if len(told) >= 6 else 0.0


def less_sure(value: Value) -> Value:
    """The value of a form that many answers do not fit."""
    doubt = "Many answers on this form do not fit their questions: it may be laid out in a way that was not understood."
    return value.model_copy(update={"confidence": min(value.confidence, 0.85), "doubts": (*value.doubts, doubt)})
