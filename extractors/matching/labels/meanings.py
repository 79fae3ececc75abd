"""What a label means in its place: its wording, weighed by the part of the form and the labels beside it."""

from __future__ import annotations

from extractors.contract import FIELDS
from extractors.forms.definitions import OTHER, PERSON, Definition, FieldForm
from extractors.matching.labels.hits import Hit
from extractors.wording import Match

_WHO = frozenset({"referrer", "endorsement"})
_OF_ONE = frozenset({"person", "conviction"})
"""The parts of the form whose questions may be asked of somebody else as well: a victim's ethnicity is not the person's."""
_TELLING = 3
"""Words of a label that says whose detail it asks for."""
_ANYBODYS = (
    "Telephone",
    "Secure email",
    "Mobile",
    "Phone",
    "Tel",
    "Contact",
    "Work",
    "Direct line",
    "Number",
    "Address",
)
"""Words of labels that ask how to reach somebody, without saying whom."""
_IN_PLACE = 0.04
"""So much speaks for a label that it stands in its own part of the form."""


def meanings(hit: Hit, definition: Definition) -> dict[str, float]:
    """Key -> how well the label's wording, in its place, means it."""
    found: dict[str, float] = {}
    other = max((match.score for match in hit.claims if match.owner == OTHER), default=0.0)
    for match in hit.claims:
        if match.owner == OTHER:
            continue
        form = definition.fields[match.owner]
        near_part = 0.02 if hit.parts & form.parts or hit.local & form.parts else 0.0
        # A wording that is only near to that of no key says little against one as near to a key of this part of the form.
        if match.score + (_IN_PLACE if near_part and other < 1.0 else 0.0) > other:
            stranger = 0.0
            if hit.others and form.part in _OF_ONE:
                stranger = 0.2
            elif astray(hit, form.parts, definition):
                stranger = 0.15
            elif (hit.parts or hit.beside) and not (hit.parts | hit.local | hit.beside) & form.parts:
                stranger = 0.04
            stranger += _of_the_person(match, form, hit, definition)
            own = 0.07 if match.score == 1.0 and _contract_words(match.owner, hit.text, definition) else 0.0
            found[match.owner] = match.score + near_part + own - stranger - _one_of_many(form, hit, definition)
    for match in hit.here:
        placed = _placed(definition.fields[match.owner], hit)
        if placed and placed > found.get(match.owner, 0.0):
            found[match.owner] = placed
    return found


def astray(hit: Hit, parts: frozenset[str], definition: Definition) -> bool:
    """Whether a short label that asks for details of whoever sends or endorses the form stands where somebody else's are asked
    for: "Telephone" among the details of the person, or under a heading that nobody knows, is not the referrer's."""
    if not parts & _WHO or (hit.parts | hit.local | hit.beside) & parts:
        return False
    if hit.parts and len(definition.wording.tokens(hit.text)) < _TELLING:
        return True
    return bool(hit.local or hit.beside or hit.strange) and anybodys(hit, definition)


def anybodys(hit: Hit, definition: Definition) -> bool:
    """Whether a label asks how to reach somebody and says nothing of whom."""
    words = {token for word in _ANYBODYS for token in definition.wording.tokens(word)}
    return words.issuperset(definition.wording.tokens(hit.text))


def _of_the_person(match: Match, form: FieldForm, hit: Hit, definition: Definition) -> float:
    """What speaks against a label that names the person: the offender's job is not the referrer's."""
    said, known = (set(definition.wording.tokens(text)) for text in (hit.text, match.phrase))
    return 0.1 if form.part in ("referrer", "endorsement") and PERSON in said - known else 0.0


def _contract_words(key: str, text: str, definition: Definition) -> bool:
    """Whether a label is worded as the contract words it; other wordings that mean the key go behind it."""
    tokens = definition.wording.tokens
    return key in FIELDS and set(tokens(text)) == set(tokens(FIELDS[key].label))


def _one_of_many(form: FieldForm, hit: Hit, definition: Definition) -> float:
    """What speaks against a table of rows: "Agency" among the details of the referrer is the referrer's one."""
    if form.kind != "table" or hit.parts & form.parts:
        return 0.0
    near = hit.parts | hit.local
    return 0.5 if any(definition.fields[match.owner].part in near for match in hit.here) else 0.0


def _placed(form: FieldForm, hit: Hit) -> float:
    """How surely a short wording means its key here: by the label beside it, the label before it, and the heading above."""
    if hit.beside:
        if hit.beside & form.parts:
            return 0.97 if hit.beside & {form.part} else 0.93
        return 0.4 if hit.parts & form.parts else 0.0
    if hit.local & {form.part}:
        return 0.96 if hit.parts & form.parts else 0.93
    if hit.parts & form.parts:
        return 0.94 if not hit.local else 0.9
    return 0.0
