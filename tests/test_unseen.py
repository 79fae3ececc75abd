"""The forms that the benchmark draws are ones the form data has not seen, and the same for everybody who draws them."""

from __future__ import annotations

from benchmarks.unseen.forms import draw, wordings
from extractors.contract import FIELDS, keys_of
from extractors.forms.definitions import OTHER, definition
from extractors.matching.labels.hits import NEAR, claims

FORMS = ("A", "H", "I")


def test_half_of_the_fields_have_a_wording_that_the_form_data_does_not_know() -> None:
    strange = {
        key
        for key, labels in wordings()["paraphrases"].items()
        for form in FIELDS[key].forms
        for label in labels
        if not any(match.owner == key for match in definition(form).labels.exact(label))  # type: ignore[arg-type]
    }
    assert len(strange) * 2 > len(wordings()["paraphrases"])


def test_every_field_but_the_marking_has_a_paraphrase() -> None:
    keys = {key for form in ("A", "H", "I") for key in keys_of(form)}
    assert keys - set(wordings()["paraphrases"]) == {"marking"}


def test_a_seed_draws_one_form() -> None:
    one, other = draw(11), draw(11)
    assert (one.form, one.layout, one.truth) == (other.form, other.layout, other.truth)
    assert draw(12).truth != one.truth


def _told(label: str, form: str) -> str | None:
    """The key that a label is taken for by its wording alone; None for none, or for a label of no key."""
    found, here = claims(label, definition(form), NEAR)  # type: ignore[arg-type]
    best = (found or here)[:1]
    return next((match.owner for match in best if match.owner != OTHER), None)


def test_of_the_paraphrases_nineteen_in_twenty_are_known_and_one_in_a_hundred_is_taken_for_another_key() -> None:
    asked = [
        (key, _told(label, form))
        for key, labels in wordings()["paraphrases"].items()
        for form in FIELDS[key].forms
        for label in labels
    ]
    right = sum(told == key for key, told in asked)
    wrong = sum(told not in (key, None) for key, told in asked)
    assert (right > 0.95 * len(asked), wrong < 0.01 * len(asked)) == (True, True), (right, wrong, len(asked))


def test_of_the_labels_of_no_key_one_in_ten_at_most_is_taken_for_one() -> None:
    for form in FORMS:
        taken = [label for label, _ in wordings()["strangers"]["labels"] if _told(label, form) is not None]
        assert len(taken) <= 0.1 * len(wordings()["strangers"]["labels"]), taken
