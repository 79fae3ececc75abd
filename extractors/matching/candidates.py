"""Labels taken as questions of the contract, each with its answer: what a form may say, before it is settled what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from extractors.contract import FIELDS
from extractors.forms.definitions import FieldForm
from extractors.matching.answers.answer import Answer
from extractors.matching.answers.find import answer_to
from extractors.matching.answers.tables import rows_of_text
from extractors.matching.labels.hits import Hit
from extractors.matching.labels.meanings import meanings
from extractors.matching.scene import Scene
from extractors.matching.values.kinds import Parsed, parsed, written

_AS_SURE = 0.07
"""So much less may a label's wording fit and still be as sure: what its place in the form adds or takes tells little."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A label taken as one key: how well the wording fits, where its answer is, and what the answer says."""

    hit: Hit
    key: str
    wording: float
    answer: Answer
    parsed: Parsed

    @property
    def weight(self) -> float:
        weight = self.wording
        if not self.answer.found:
            weight -= 0.2
        elif self.parsed.status == "read":
            weight += -0.05 if self.parsed.value is None else 0.03 if self.parsed.confidence >= 0.9 else 0.0
        if self.hit.opens is not None:
            weight -= 0.25
        if self.parsed.value is None and self.hit.claims and all(one.owner != self.key for one in self.hit.claims):
            return 0.0  # means this only in its place, and says nothing of it: "Sentence: 4 years" does not say when
        return weight * (0.5 + 0.5 * self.answer.certainty)


def candidates_in(here: Scene, today: date) -> list[Candidate]:
    """Every label as each key that it may mean."""
    found: list[Candidate] = []
    for hit in here.hits():
        answers: dict[bool, Answer] = {}
        for key, wording in meanings(hit, here.definition).items():
            form = here.definition.fields[key]
            special = form.options is not None or form.kind != "text" or hit.spot.grid is None
            if special or special not in answers:
                answers[special] = answer_to(hit, form, here)
            answer = answers[special]
            read = _parsed(form, answer, here, today)
            if hit.opens is None or read.value is not None or form.kind == "table":
                found.append(Candidate(hit, key, wording, answer, read))
    return found


def _parsed(form: FieldForm, answer: Answer, here: Scene, today: date) -> Parsed:
    if form.kind == "table":
        rows = rows_of_text(answer.lines, form, here.definition, today)
        if rows:
            return Parsed(
                "read", rows, written(answer.lines, here.definition), "text", 0.6, ("The rows are written as text.",)
            )
        return Parsed("blank")
    return parsed(form, answer.lines, here.definition, today)


def kind_of(candidate: Candidate) -> str:
    """The kind of its question in the contract."""
    return FIELDS[candidate.key].kind if candidate.key in FIELDS else "text"


def proves_itself(candidate: Candidate) -> bool:
    """Whether an answer is so plainly one to its question that it cannot be cut wrongly: one date, a number that checks, yes or no."""
    return (
        kind_of(candidate) in ("date", "identifier", "yes_no")
        and candidate.parsed.value is not None
        and not candidate.parsed.doubts
    )


def rival(chosen: Candidate, candidates: Sequence[Candidate]) -> Candidate | None:
    """Another label that means the same key as surely, and is answered otherwise."""
    for other in candidates:
        if other.key != chosen.key or other.hit is chosen.hit or other.wording < chosen.wording - _AS_SURE:
            continue
        if other.parsed.status == "read" and other.parsed.value != chosen.parsed.value and other.hit.opens is None:
            return other
    return None
