"""Given the truth's own field values, every labelled form gets the verdicts, questions and route it is labelled with."""

from pathlib import Path

import pytest
from corpus import labelled

from validation import check
from validation.report import report


@pytest.mark.corpus
def test_verdicts_questions_and_route_are_those_of_the_labelled_forms(corpus: Path) -> None:
    wrong = {}
    for form in labelled(corpus):
        said = report(check(form.reading, form.received))
        questions = {rule: sorted(keys) for rule, keys in said["questions"].items()}
        expected = {rule: sorted(keys) for rule, keys in form.questions.items()}
        if (said["route"], said["verdicts"], questions) != (form.route, form.verdicts, expected):
            wrong[form.name] = (
                {r: (v, said["verdicts"].get(r)) for r, v in form.verdicts.items() if v != said["verdicts"].get(r)},
                {
                    r: (expected.get(r), questions.get(r))
                    for r in {*expected, *questions}
                    if expected.get(r) != questions.get(r)
                },
                (form.route, said["route"]),
            )
    assert not wrong


@pytest.mark.corpus
def test_the_rules_listed_for_each_form_are_those_of_the_labelled_forms_in_their_order(corpus: Path) -> None:
    for form in labelled(corpus):
        assert list(report(check(form.reading, form.received))["verdicts"]) == list(form.verdicts)
