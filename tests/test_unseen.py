"""The forms that the benchmark draws are ones the form data has not seen, and the same for everybody who draws them."""

from __future__ import annotations

from benchmarks.unseen.forms import draw, wordings
from extractors.contract import FIELDS, keys_of
from extractors.forms.definitions import definition


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
    keys = {key for form in ("A", "H", "I") for key in keys_of(form)}  # type: ignore[arg-type]
    assert keys - set(wordings()["paraphrases"]) == {"marking"}


def test_a_seed_draws_one_form() -> None:
    one, other = draw(11), draw(11)
    assert (one.form, one.layout, one.truth) == (other.form, other.layout, other.truth)
    assert draw(12).truth != one.truth
