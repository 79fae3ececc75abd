"""The one matcher: a document of any carrier and a form's definition become one value for every contract key.

    document  as it is meant, not as it is printed               meant/
    places    where text may stand: cells, stretches of lines    places
    survey    labels, headings, roles, parts: the scene          survey, labels/, style, roles, parts, who
    answers   where each label's answer is                       answers/
    pairing   which label means which key                        labels/meanings, assign
    values    what the answer says                               values/
    doubts    how sure that is                                   doubts, unanswered, misfits

It knows no carrier and no single form: everything about forms is in the definition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from extractors.contract import keys_of
from extractors.forms.definitions import OTHER, Definition
from extractors.matching.answers.find import answer_to
from extractors.matching.answers.signs import signs_round
from extractors.matching.answers.tables import RowsFound, find_rows
from extractors.matching.answers.told_along import behind, split_values
from extractors.matching.answers.unlabelled import unlabelled
from extractors.matching.assign import best_pairs
from extractors.matching.candidates import Candidate, candidates_in
from extractors.matching.doubts import (
    left_behind,
)
from extractors.matching.evidence import placed
from extractors.matching.meant.behind import without_what_follows
from extractors.matching.meant.deleted import without_deleted
from extractors.matching.meant.frames import unframed
from extractors.matching.meant.mirrored import unmirrored
from extractors.matching.meant.panels import one_by_one
from extractors.matching.meant.records import with_records
from extractors.matching.meant.superseded import without_superseded
from extractors.matching.meant.tabbed import with_tabs
from extractors.matching.meant.typed import as_meant
from extractors.matching.misfits import UNFIT, less_sure, misfits
from extractors.matching.places import Spot, places
from extractors.matching.scene import Scene
from extractors.matching.survey import survey
from extractors.matching.valued import evidence_of, is_spare, unknown_labels, value_of
from extractors.matching.values.markings import marking_of
from extractors.models import Value
from extractors.page import Document


@dataclass(frozen=True, slots=True)
class Matched:
    """One value for every contract key of the form, and the labels that were found."""

    values: Mapping[str, Value]
    labels: tuple[str, ...]
    """every label recognised for certain, as printed"""
    asked_twice: int
    """how many keys have two labels for certain, as two forms in one file have"""
    unknown: tuple[str, ...]
    """what stands where a label is expected, as printed, and is none that is known"""


def match(document: Document, definition: Definition, today: date) -> Matched:
    """Reads one form. `today` settles the century of two-digit years."""
    found = places(_meant(document, definition))
    here = survey(found, definition)
    rows = find_rows(found, definition, today, here.who)
    _take_rows(here, rows)
    candidates = candidates_in(here, today)
    here.signs = signs_round(list({one.hit.place: one.answer for one in candidates if one.hit.opens is None}.values()))
    if here.signs is not None:
        candidates = candidates_in(here, today)
    weights = {
        (candidate.hit.place, candidate.key): candidate.weight for candidate in candidates if candidate.weight > 0
    }
    pairs = best_pairs(weights)
    by_pair = {(candidate.hit.place, candidate.key): candidate for candidate in candidates}
    chosen = {key: by_pair[place, key] for place, key in pairs.items()}
    left = left_behind(here, _answered(here, chosen))
    values: dict[str, Value] = {}
    spare = any(is_spare(candidate, chosen) for candidate in candidates)
    for key in keys_of(definition.form):
        values[key] = value_of(key, chosen.get(key), candidates, rows, here, left, spare)
    if misfits({key: candidate.parsed for key, candidate in chosen.items()}) > UNFIT:
        values = {key: less_sure(value) for key, value in values.items()}
    _told_along(values, chosen, definition, today)
    _spread(values, here, today)
    values["marking"] = marking_of(document, values["marking"])
    certain = [hit for hit in here.hits() if hit.claims and hit.best == 1.0]
    asked = Counter(hit.claims[0].owner for hit in certain if hit.opens is None and hit.claims[0].owner != OTHER)
    return Matched(
        values, tuple(hit.text for hit in certain), sum(count > 1 for count in asked.values()), unknown_labels(here)
    )


def _meant(document: Document, definition: Definition) -> Document:
    """The document as it is meant."""
    this_form = without_superseded(without_what_follows(without_deleted(document, definition), definition))
    straight = with_records(unmirrored(one_by_one(this_form, definition), definition), definition)
    return as_meant(unframed(with_tabs(straight, definition), definition), definition)


def _answered(here: Scene, chosen: Mapping[str, Candidate]) -> Iterator[Spot]:
    """The spots in which answers stand: those of the questions read, and those of labels that are no question of this form."""
    read = {candidate.hit.place for candidate in chosen.values()}
    yield from (spot for candidate in chosen.values() for spot in candidate.answer.spots)
    form = next(form for form in here.definition.fields.values() if form.kind == "text")
    for hit in here.hits():
        if hit.opens is None and hit.place not in read:
            yield from answer_to(hit, form, here).spots


def _take_rows(here: Scene, rows: Mapping[str, RowsFound]) -> None:
    """Cells of a table of rows are no labels and no answers to other labels."""
    for found in rows.values():
        for spot in (*found.headings, *found.cells):
            here.labels.pop(spot.order, None)
            here.taken.add(spot.order)


def _told_along(values: dict[str, Value], chosen: Mapping[str, Candidate], definition: Definition, today: date) -> None:
    """Answers that tell of more than one key: a full name, telephone and e-mail, details behind a yes."""
    for key, candidate in chosen.items():
        form, value = definition.fields[key], candidate.parsed.value
        evidence = evidence_of(candidate.answer, candidate.parsed, candidate.hit)
        if form.split and isinstance(value, str):
            doubt = "It was cut out of an answer that holds more."
            for part, text in split_values(form, value, definition, today):
                if values[part].status == "absent":
                    values[part] = Value(
                        key=part, status="read", value=text, evidence=evidence, confidence=0.8, doubts=(doubt,)
                    )
                elif len(form.split) == 1 and isinstance(given := values[part].value, str):
                    doubt = "Part of it stands in a field of its own."
                    values[part] = values[part].model_copy(
                        update={"value": f"{given} {text}", "confidence": 0.85, "doubts": (doubt,)}
                    )
        for other, said in behind(form, candidate.answer, definition, today):
            if other in values and values[other].status == "absent":
                doubt = "It stands behind the answer to another question."
                values[other] = Value(
                    key=other,
                    status=said.status,
                    value=said.value,
                    evidence=evidence.model_copy(update={"raw": said.raw}),
                    confidence=min(0.85, said.confidence),
                    doubts=(doubt,),
                )


def _spread(values: dict[str, Value], here: Scene, today: date) -> None:
    """Fields that are found without a label of their own."""
    for key, form in here.definition.fields.items():
        if key not in values or values[key].value is not None:
            continue
        for answer, read in unlabelled(form, here, today):
            values[key] = Value(
                key=key,
                status=read.status,
                value=read.value,
                evidence=placed(answer.spots, answer.lines, read.raw, read.method, None),
                confidence=round(min(read.confidence, answer.certainty, 0.98), 3),
                doubts=(*answer.doubts, *read.doubts),
            )
            break
