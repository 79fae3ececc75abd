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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from extractors.contract import FIELDS, keys_of
from extractors.forms.definitions import OTHER, Definition, FieldForm
from extractors.matching.answers.answer import Answer
from extractors.matching.answers.find import answer_to
from extractors.matching.answers.signs import signs_round
from extractors.matching.answers.tables import RowsFound, find_rows, rows_of_text
from extractors.matching.answers.told_along import behind, split_values
from extractors.matching.answers.unlabelled import unlabelled
from extractors.matching.assign import best_pairs
from extractors.matching.doubts import (
    LEFT_BEHIND,
    LeftBehind,
    another_option_follows,
    asks_within,
    before_unknown_label,
    goes_on_behind_colon,
    goes_over_page,
    label_cut_by_page,
    labels_together,
    left_behind,
    printed_as_label,
    reads_like_a_heading,
    reads_like_a_label,
    runs_into_a_label,
    unnumbered,
)
from extractors.matching.evidence import placed
from extractors.matching.labels.hits import Hit
from extractors.matching.labels.inner import in_its_own_answer, may_be_told
from extractors.matching.labels.meanings import meanings
from extractors.matching.meant.deleted import without_deleted
from extractors.matching.meant.frames import unframed
from extractors.matching.meant.tabbed import with_tabs
from extractors.matching.meant.typed import as_meant
from extractors.matching.misfits import UNFIT, less_sure, misfits
from extractors.matching.notes import opens_with_note, surely_note
from extractors.matching.places import Spot, places
from extractors.matching.scene import Scene
from extractors.matching.survey import survey
from extractors.matching.unanswered import unanswered
from extractors.matching.values.kinds import Parsed, parsed, written
from extractors.matching.values.markings import marking_of
from extractors.models import Evidence, Value
from extractors.page import Document

_AS_SURE = 0.07
"""So much less may a label's wording fit and still be as sure: what its place in the form adds or takes tells little."""
LIKE = 0.9
"""Below it a label is worded unlike those known: it may mean something else."""
_SHORT_NOTE = 6
"""Words of an answer that may be nothing but an instruction."""


@dataclass(frozen=True, slots=True)
class _Candidate:
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
    meant = unframed(with_tabs(without_deleted(document, definition), definition), definition)
    found = places(as_meant(meant, definition))
    here = survey(found, definition)
    rows = find_rows(found, definition, today, here.who)
    _take_rows(here, rows)
    candidates = _candidates(here, today)
    here.signs = signs_round(list({one.hit.place: one.answer for one in candidates if one.hit.opens is None}.values()))
    if here.signs is not None:
        candidates = _candidates(here, today)
    weights = {
        (candidate.hit.place, candidate.key): candidate.weight for candidate in candidates if candidate.weight > 0
    }
    pairs = best_pairs(weights)
    by_pair = {(candidate.hit.place, candidate.key): candidate for candidate in candidates}
    chosen = {key: by_pair[place, key] for place, key in pairs.items()}
    left = left_behind(here, _answered(here, chosen))
    values: dict[str, Value] = {}
    spare = any(_spare(candidate, chosen) for candidate in candidates)
    for key in keys_of(definition.form):
        values[key] = _value(key, chosen.get(key), candidates, rows, here, left, spare)
    if misfits({key: candidate.parsed for key, candidate in chosen.items()}) > UNFIT:
        values = {key: less_sure(value) for key, value in values.items()}
    _told_along(values, chosen, definition, today)
    _spread(values, here, today)
    values["marking"] = marking_of(document, values["marking"])
    certain = [hit for hit in here.hits() if hit.claims and hit.best == 1.0]
    asked = Counter(hit.claims[0].owner for hit in certain if hit.opens is None and hit.claims[0].owner != OTHER)
    return Matched(
        values, tuple(hit.text for hit in certain), sum(count > 1 for count in asked.values()), _unknown(here)
    )


def _unknown(here: Scene) -> tuple[str, ...]:
    return tuple(hit.text for hit in here.hits() if not hit.known and hit.opens is None)


def _answered(here: Scene, chosen: Mapping[str, _Candidate]) -> Iterator[Spot]:
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


def _candidates(here: Scene, today: date) -> list[_Candidate]:
    found: list[_Candidate] = []
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
                found.append(_Candidate(hit, key, wording, answer, read))
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


def _value(
    key: str,
    candidate: _Candidate | None,
    candidates: Sequence[_Candidate],
    rows: Mapping[str, RowsFound],
    here: Scene,
    left: LeftBehind,
    spare: bool,
) -> Value:
    if key in rows:
        grid = rows[key].headings[0].grid
        under = candidate is not None and any(spot.holds(grid) or spot.grid is grid for spot in candidate.answer.spots)
        if rows[key].rows or under or candidate is None or candidate.parsed.status != "read":
            return _rows_value(rows[key])
    if candidate is None:
        return _absent(key, here, left, spare)
    capped = [(candidate.answer.certainty, doubt) for doubt in candidate.answer.doubts]
    capped += _doubts(candidate, candidates, here, left)
    confidence = min([candidate.parsed.confidence, candidate.answer.certainty, 0.99, *(cap for cap, _ in capped)])
    return Value(
        key=key,
        status=candidate.parsed.status,
        value=candidate.parsed.value,
        evidence=_evidence(candidate.answer, candidate.parsed, candidate.hit),
        confidence=round(confidence, 3),
        doubts=tuple(dict.fromkeys((*(doubt for _, doubt in capped), *candidate.parsed.doubts))),
    )


def _doubts(
    candidate: _Candidate, candidates: Sequence[_Candidate], here: Scene, left: LeftBehind
) -> list[tuple[float, str]]:
    """How sure a value can be at most, and why, for each thing that speaks against it."""
    found: list[tuple[float, str]] = []
    label = f"The label \u201c{candidate.hit.text}\u201d"
    raw = candidate.parsed.raw or ""
    if candidate.wording < LIKE:
        found.append((0.45 + 0.45 * candidate.wording, f"{label} is worded unlike those known."))
    elif candidate.wording < 0.935:
        found.append((0.88, f"{label} means this only because of where it stands."))
    if goes_on_behind_colon(candidate.hit, candidate.answer.spots):
        found.append((0.85, f"{label} may go on behind its colon, and ask for something else."))
    if candidate.answer.certainty < 0.9 and not candidate.answer.doubts:
        found.append((candidate.answer.certainty, "It is not certain which text answers the label."))
    if _rival(candidate, candidates) is not None:
        found.append((0.6, "Another place on the form answers the same question differently."))
    if candidate.parsed.status == "blank":
        form = here.definition.fields[candidate.key]
        found += unanswered(candidate.hit, candidate.answer, form, here, left)
    if _kind(candidate) in ("yes_no", "choice") and raw.strip().startswith("/") != raw.strip().endswith("/"):
        found.append((0.6, "The answer begins or ends in the middle of its options."))
    if candidate.parsed.status == "read" and runs_into_a_label(candidate.hit, here):
        found.append((0.85, "The next label follows so closely that the answer may go on into it."))
    if _kind(candidate) in ("narrative", "text") and asks_within(raw, candidate.key, here):
        found.append((0.85, "Another label with its colon stands in the answer, which may end before it."))
    if may_be_told(candidate.hit, here) and _kind(candidate) in ("narrative", "text"):
        found.append(
            (
                0.85,
                "What ends the answer may be part of it: it is asked elsewhere, or stands where no other label does.",
            )
        )
    if in_its_own_answer(candidate.hit, candidate.key, here):
        found.append((0.85, f"{label} stands where another one that asks the same has its answer."))
    if unnumbered(candidate.hit, candidate.parsed.raw or ""):
        found.append((0.6, "The answer begins with the number of a question."))
    if candidate.parsed.status == "read" and (
        opens_with_note(raw) or (surely_note(raw) and len(raw.split()) <= _SHORT_NOTE)
    ):
        found.append((0.6, "The answer reads like an instruction."))
    if candidate.parsed.status == "read" and _kind(candidate) == "narrative" and raw[:1].islower():
        found.append((0.8, "The answer begins in the middle of a sentence."))
    if label_cut_by_page(candidate.hit.spot):
        found.append((0.8, f"{label} may be cut by a page, and ask for something else."))
    if _kind(candidate) == "narrative" and before_unknown_label(candidate.hit, here):
        found.append((0.85, "What follows the answer is no label that is known; it may be more of it."))
    if not _proves_itself(candidate) and goes_over_page(candidate.answer.spots, candidate.hit, here):
        found.append((0.8, "A page break cuts this row; the answer may go on behind it."))
    if candidate.parsed.status == "read" and not here.style.telling and left.beside(candidate.hit):
        found.append((0.85, f"{label} has text on more than one side that may answer it."))
    if candidate.parsed.status == "read" and reads_like_a_label(
        candidate.parsed.raw or "", here, told=_kind(candidate) == "narrative"
    ):
        found.append((0.6, "The answer reads like a label."))
    if candidate.parsed.status == "read" and reads_like_a_heading(candidate.hit, raw, here):
        found.append((0.85, "The answer is printed like the headings of the form."))
    said = (other.answer.lines for other in candidates if other.parsed.raw)
    if candidate.parsed.method == "text" and printed_as_label(candidate.answer.lines, said, here):
        found.append((0.85, "The answer is printed like a label."))
    if labels_together(candidate.hit, candidate.answer.spots, here):
        found.append((0.8, "Several labels share a cell; the answer beside them may be to another one."))
    if another_option_follows(candidate.hit, candidate.answer.lines, candidate.parsed, here):
        found.append((0.6, "Another option follows the answer; nothing says which of them was chosen."))
    if any(spot.order in left.unended for spot in (*candidate.answer.spots, candidate.hit.spot)):
        found.append((0.8, "Lines follow that no label claims; they may go on with the answer."))
    grid = candidate.hit.spot.grid
    if grid is not None and grid.guessed and not _proves_itself(candidate):
        found.append((0.88, "No rulings say where this answer begins and ends."))
    if left.share > LEFT_BEHIND:
        found.append((0.85, "Much of the form's text stands where no label claims it."))
    return found


def _kind(candidate: _Candidate) -> str:
    return FIELDS[candidate.key].kind if candidate.key in FIELDS else "text"


def _proves_itself(candidate: _Candidate) -> bool:
    """Whether an answer is so plainly one to its question that it cannot be cut wrongly: one date, a number that checks, yes or no."""
    return (
        _kind(candidate) in ("date", "identifier", "yes_no")
        and candidate.parsed.value is not None
        and not candidate.parsed.doubts
    )


def _rival(chosen: _Candidate, candidates: Sequence[_Candidate]) -> _Candidate | None:
    """Another label that means the same key as surely, and is answered otherwise."""
    for other in candidates:
        if other.key != chosen.key or other.hit is chosen.hit or other.wording < chosen.wording - _AS_SURE:
            continue
        if other.parsed.status == "read" and other.parsed.value != chosen.parsed.value and other.hit.opens is None:
            return other
    return None


def _rows_value(found: RowsFound) -> Value:
    spots = found.cells or found.headings
    return Value(
        key=found.key,
        status=found.status,
        value=found.rows or None,
        evidence=placed(
            spots,
            [line for spot in spots for line in spot.lines],
            found.raw,
            found.method,
            " | ".join(spot.text for spot in found.headings),
        ),
        confidence=round(min(found.confidence, 0.99), 3),
        doubts=found.doubts,
    )


def _absent(key: str, here: Scene, left: LeftBehind, spare: bool) -> Value:
    labels = [hit for hit in here.hits() if hit.opens is None]
    on_lines = sum(hit.spot.grid is None for hit in labels)
    if (
        _unknown(here)
        or any(hit.best < LIKE for hit in labels)
        or left.orders
        or spare
        or here.same_cell
        or any(grid.guessed for grid in here.places.grids)
        or on_lines * 5 > len(labels)
        or any(match.owner == key for hit in labels for match in (*hit.claims, *hit.here))
    ):
        doubt = "The form has labels or answers that are not understood; one of them may be about this."
        return Value(key=key, status="absent", confidence=0.85, doubts=(doubt,))
    return Value(key=key, status="absent", confidence=0.95)


def _spare(candidate: _Candidate, chosen: Mapping[str, _Candidate]) -> bool:
    """Whether a label whose one key another label answers otherwise has an answer of its own: it may ask for something else,
    as "Your number" asks for a telephone where "Our ref" has the reference."""
    taken = chosen.get(candidate.key)
    return (
        taken is not None
        and candidate.hit.opens is None
        and candidate.hit.place not in {one.hit.place for one in chosen.values()}
        and candidate.parsed.status == "read"
        and candidate.parsed.value != taken.parsed.value
    )


def _told_along(
    values: dict[str, Value], chosen: Mapping[str, _Candidate], definition: Definition, today: date
) -> None:
    """Answers that tell of more than one key: a full name, telephone and e-mail, details behind a yes."""
    for key, candidate in chosen.items():
        form, value = definition.fields[key], candidate.parsed.value
        evidence = _evidence(candidate.answer, candidate.parsed, candidate.hit)
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


def _evidence(answer: Answer, read: Parsed, hit: Hit) -> Evidence:
    return placed(answer.spots, answer.lines, read.raw, read.method, hit.text)
