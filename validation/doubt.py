"""Tells of each verdict on which values it rests that were not read for certain: it is no surer than they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from extractors.contract import FIELDS
from extractors.models import SURE, FieldValue, FormReading
from validation.facts import Facts
from validation.logic import Keys
from validation.rules import RULES


class _Watched(Facts):
    """Facts that know which fields were looked at: a test may look at more than the one that it is named after."""

    def __init__(self, reading: FormReading, received: date) -> None:
        super().__init__(reading, received)
        self.seen: set[str] = set()

    def value(self, key: str) -> FieldValue:
        self.seen.add(key)
        return super().value(key)


def doubted(reading: FormReading, received: date) -> Mapping[str, tuple[str, ...]]:
    """Rule to the keys, in the form's order, that its verdict rests on and that are doubted; only rules that have such.

    What was read as blank or absent without being sure counts too: an answer may stand there unread.
    """
    unsure = {key for key, value in reading.values.items() if value.confidence < SURE}
    told: dict[str, tuple[str, ...]] = {}
    for rule in RULES if unsure else ():
        found, doubts = {}, {}
        for leaf in rule.leaves():
            facts = _Watched(reading, received)
            found[leaf] = leaf.judge(facts)
            doubts[leaf] = Keys(facts.seen & unsure)
        if keys := rule.rests_on(found, doubts):
            told[rule.id] = tuple(key for key in FIELDS if key in keys)
    return told
