"""The rule book is the rules: complete, in words, and the document in docs/ is the one that the rules write."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from validation import worked
from validation.pack import UnknownPack, load_pack
from validation.rulebook import Outline, RuleBook, answer_words, main, markdown, outline, rule_book
from validation.rules import RULES
from validation.worked import Example, examples, form_saying

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return rule_book()


def test_the_document_is_what_the_rules_write(book: RuleBook, tmp_path: Path) -> None:
    assert main([str(tmp_path / "book.md")]) == 0
    written = (tmp_path / "book.md").read_text(encoding="utf-8")
    assert written == markdown(book)
    assert written == (ROOT / "docs" / "rule-book.md").read_text(encoding="utf-8"), (
        "docs/rule-book.md is out of date: python -m validation.rulebook docs/rule-book.md"
    )


def test_without_a_file_it_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage: python -m validation.rulebook FILE" in capsys.readouterr().err


def test_every_rule_stands_in_its_section_with_questions_sources_and_examples(book: RuleBook) -> None:
    entries = [entry for section in book.sections for entry in section.entries]
    assert [entry.id for entry in entries] == [rule.id for rule in RULES]
    by_id = {rule.id: rule for rule in RULES}
    for entry in entries:
        rule = by_id[entry.id]
        assert {ask.key for ask in entry.asks} == set(rule.asks)
        assert entry.citations == rule.citations
        assert entry.examples
        assert entry.note == rule.note
    assert sum(len(entry.examples) for entry in entries) == len(examples())


def test_the_book_of_a_pack_leaves_out_what_the_pack_leaves_out() -> None:
    national = rule_book("national")
    assert "local-agreement" not in {entry.id for section in national.sections for entry in section.entries}
    assert [line.id for line in national.routes] == ["notification", "ct_mappa", "coordinator_decision"]
    assert national.title == "National guidance"
    with pytest.raises(UnknownPack):
        rule_book("elsewhere")


def entry(book: RuleBook, rule: str):  # type: ignore[no-untyped-def]
    return next(entry for section in book.sections for entry in section.entries if entry.id == rule)


def test_a_test_is_an_outline_of_its_parts(book: RuleBook) -> None:
    level = entry(book, "level-2-threshold")
    assert level.applies == Outline(says="“Referral to Level” is Level 2")
    assert level.met.says == "at least one of these"
    assert [part.says for part in level.met.parts] == ["all of these", "“Previously managed at level 3”: yes"]
    assert level.not_met is None
    assert entry(book, "secure-email").not_met == Outline(says="the test above is known to fail")
    assert entry(book, "category-1").not_met.says.endswith(": no")
    assert entry(book, "terrorism-category").met == Outline(says="never")
    assert outline(~RULES[0].met).says == "not"


def test_the_document_says_when_a_rule_applies_is_met_and_is_broken(book: RuleBook) -> None:
    text = markdown(book)
    assert (
        "### The person can be identified (`identified`)\n\n- Forms: A, H, I\n- In force: on every day: its sources name no first and no last one\n- Applies: always\n- Met when all of these:\n"
        in text
    )
    assert "    - “Last name” is stated\n" in text
    assert "    - at least one of these:\n        - “PNC ID” is stated\n" in text
    assert "- Not met: never\n" in text
    assert "- In force: from 28/06/2022\n" in text
    assert "- In force: on every day: its sources name no first and no last one\n" in text
    assert "- Met when exactly one category is ticked\n- Not met when the test above is known to fail\n" in text
    assert "| Line manager | Which manager endorses this referral? |" in text
    assert "*Where an answer stands in the way:* The form says the manager has not endorsed this referral." in text
    assert "| Category 2 without | " not in text
    assert "- **youth_panel** when " in text
    assert "- When the person is in a prison: Invite the prison, or ask it for Form F. (West Midlands" in text


def test_an_example_is_shown_in_words(book: RuleBook) -> None:
    shown = {example.says: example for example in entry(book, "dates-in-order").examples}
    broken = shown["Released before sentence, with no conviction date between"]
    assert broken.form == "H"
    assert broken.received == date(2026, 11, 20)
    assert ("Date of sentence", "14 August 2026") in broken.answers
    assert (broken.verdict, broken.asks) == ("not met", ("Date of sentence", "Earliest / planned release date"))
    unclear = next(e for e in entry(book, "level-requested").examples if e.verdict == "cannot tell")
    assert unclear.answers == (("Referral to Level", "something that cannot be read"),)
    unknown = next(e for e in entry(book, "added-value").examples if e.verdict == "cannot tell")
    assert unknown.answers == (("What will level 2 or 3 management add", "“not known”"),)


def test_answers_are_said_in_words() -> None:
    assert answer_words("category", ("1", "4")) == (
        "Category 1: registered sexual offender; Category 4: terrorist or terrorist risk offender"
    )
    assert answer_words("risk.overall", "very_high") == "Very high"
    assert answer_words("dates.release", "2027-02-01") == "1 February 2027"
    assert answer_words("risk.tools", ({"tool": "OASys", "score": None, "date": "2026-05-14"},)) == "OASys, 2026-05-14"
    assert answer_words("person.gender", None) == "nothing"
    assert answer_words("person.gender", "Male") == "Male"


def test_a_period_is_said_from_its_first_to_its_last_day(book: RuleBook) -> None:
    dated = entry(book, "category-4").model_copy(update={"in_force_until": date(2030, 1, 31)})
    section = book.sections[1].model_copy(update={"entries": (dated,)})
    text = markdown(book.model_copy(update={"sections": (section,)}))
    assert "- In force: from 28/06/2022 until 31/01/2030\n" in text
    assert "offenders”, from 28/06/2022" in text


def test_an_example_that_names_a_field_its_form_has_not_is_refused() -> None:
    with pytest.raises(KeyError, match=r"Form H has no hospital\.order"):
        form_saying("H", {"hospital.order": "s37/41"})
    with pytest.raises(KeyError, match=r"person\.cro_number"):
        form_saying("I", {}, unclear=("person.cro_number",))


def test_a_form_in_an_example_carries_every_field_with_status_and_what_is_written() -> None:
    form = form_saying(
        "A", {"person.gender": "Male"}, unclear=("dates.release", "level_requested"), not_known=("area",)
    )
    said = {key: (v.status, v.value, v.evidence.raw if v.evidence else None) for key, v in form.values.items()}
    assert said["person.gender"] == ("read", "Male", "Male")
    assert said["dates.release"] == ("read", None, "Spring")
    assert said["level_requested"] == ("read", None, "both")
    assert said["area"] == ("not_known", None, "N/A")
    assert said["marking"] == ("blank", None, None)


def test_an_example_is_on_the_day_it_names_or_else_the_day_of_the_book() -> None:
    days = {example.received for example in examples()}
    assert days == {date(2026, 11, 20), date(2026, 9, 1)}
    assert Example(rule="r", says="s", form="A", gives="met").answers == {}


def test_examples_are_read_file_by_file_in_the_order_of_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = '[[example]]\nrule = "r"\nsays = "é"\nform = "A"\ngives = "met"\n'
    answers = 'asks = ["area"]\nreceived = 2026-09-01\nunclear = ["area"]\nnot_known = ["marking"]\n'
    answers += 'answers.level_requested = "2"\nanswers.person.gender = "Male"\nanswers.category = ["1"]\n'
    (tmp_path / "b.toml").write_text(one.replace('"r"', '"s"'), encoding="utf-8")
    (tmp_path / "a.toml").write_text(one + answers, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no example", encoding="utf-8")
    monkeypatch.setattr(worked, "FOLDER", tmp_path)
    first, second = worked.examples.__wrapped__()
    assert first == Example(
        rule="r",
        says="é",
        form="A",
        gives="met",
        asks=("area",),
        received=date(2026, 9, 1),
        answers={"level_requested": "2", "person.gender": "Male", "category": ("1",)},
        unclear=("area",),
        not_known=("marking",),
    )
    assert second == Example(rule="s", says="é", form="A", gives="met")


def test_the_packs_are_plain_data() -> None:
    text = (ROOT / "validation" / "packs" / "west-midlands.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["title"] == load_pack("west-midlands").title
