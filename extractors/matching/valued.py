"""The value of one question: what its answer says, where that stands, how sure it is and why not surer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractors.matching.answers.answer import Answer
from extractors.matching.answers.tables import RowsFound
from extractors.matching.candidates import Candidate, kind_of, proves_itself, rival
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
    printed_as_label,
    reads_like_a_heading,
    reads_like_a_label,
    runs_into_a_label,
    unnumbered,
)
from extractors.matching.evidence import placed
from extractors.matching.labels.hits import Hit
from extractors.matching.labels.inner import in_its_own_answer, may_be_told
from extractors.matching.notes import opens_with_note, surely_note
from extractors.matching.scene import Scene
from extractors.matching.unanswered import unanswered
from extractors.matching.values.kinds import Parsed
from extractors.models import Evidence, Value

LIKE = 0.9
"""Below it a label is worded unlike those known: it may mean something else."""
_SHORT_NOTE = 6
"""Words of an answer that may be nothing but an instruction."""


def unknown_labels(here: Scene) -> tuple[str, ...]:
    """What stands where a label is expected, as printed, and is none that is known."""
    return tuple(hit.text for hit in here.hits() if not hit.known and hit.opens is None)


def value_of(
    key: str,
    candidate: Candidate | None,
    candidates: Sequence[Candidate],
    rows: Mapping[str, RowsFound],
    here: Scene,
    left: LeftBehind,
    spare: bool,
) -> Value:
    """The value of a key, which has a label and its answer, rows of a table, or nothing on this form."""
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
        evidence=evidence_of(candidate.answer, candidate.parsed, candidate.hit),
        confidence=round(confidence, 3),
        doubts=tuple(dict.fromkeys((*(doubt for _, doubt in capped), *candidate.parsed.doubts))),
    )


def _doubts(
    candidate: Candidate, candidates: Sequence[Candidate], here: Scene, left: LeftBehind
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
    if rival(candidate, candidates) is not None:
        found.append((0.6, "Another place on the form answers the same question differently."))
    if candidate.parsed.status == "blank":
        form = here.definition.fields[candidate.key]
        found += unanswered(candidate.hit, candidate.answer, form, here, left)
    if kind_of(candidate) in ("yes_no", "choice") and raw.strip().startswith("/") != raw.strip().endswith("/"):
        found.append((0.6, "The answer begins or ends in the middle of its options."))
    if candidate.parsed.status == "read" and runs_into_a_label(candidate.hit, here):
        found.append((0.85, "The next label follows so closely that the answer may go on into it."))
    if kind_of(candidate) in ("narrative", "text") and asks_within(raw, candidate.key, here):
        found.append((0.85, "Another label with its colon stands in the answer, which may end before it."))
    if may_be_told(candidate.hit, here) and kind_of(candidate) in ("narrative", "text"):
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
    if candidate.parsed.status == "read" and kind_of(candidate) == "narrative" and raw[:1].islower():
        found.append((0.8, "The answer begins in the middle of a sentence."))
    if label_cut_by_page(candidate.hit.spot):
        found.append((0.8, f"{label} may be cut by a page, and ask for something else."))
    if kind_of(candidate) == "narrative" and before_unknown_label(candidate.hit, here):
        found.append((0.85, "What follows the answer is no label that is known; it may be more of it."))
    if not proves_itself(candidate) and goes_over_page(candidate.answer.spots, candidate.hit, here):
        found.append((0.8, "A page break cuts this row; the answer may go on behind it."))
    if candidate.parsed.status == "read" and not here.style.telling and left.beside(candidate.hit):
        found.append((0.85, f"{label} has text on more than one side that may answer it."))
    if candidate.parsed.status == "read" and reads_like_a_label(
        candidate.parsed.raw or "", here, told=kind_of(candidate) == "narrative"
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
    if grid is not None and grid.guessed and not proves_itself(candidate):
        found.append((0.88, "No rulings say where this answer begins and ends."))
    if left.share > LEFT_BEHIND:
        found.append((0.85, "Much of the form's text stands where no label claims it."))
    return found


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
        unknown_labels(here)
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


def is_spare(candidate: Candidate, chosen: Mapping[str, Candidate]) -> bool:
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


def evidence_of(answer: Answer, read: Parsed, hit: Hit) -> Evidence:
    """Where an answer stands, and what it says there."""
    return placed(answer.spots, answer.lines, read.raw, read.method, hit.text)
