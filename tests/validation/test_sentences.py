"""Sentences and orders as people write them: kind, length, and what they settle of the disposal limb."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.models import FormCode
from validation.sentence_terms import Term
from validation.sentences import LONGEST, Disposal, disposal_limb, parse

with Path(__file__).with_name("sentence_phrases.csv").open(encoding="utf-8", newline="") as file:
    PHRASES: list[tuple[str, FormCode, str, str]] = [
        (row["written"], row["form"], row["limb"], row["read"]) for row in csv.DictReader(file)
    ]  # type: ignore[misc]


def told(read: Disposal) -> str:
    """A reading in the words of sentence_phrases.csv: kind, custodial term, other terms, and what leaves it open."""
    terms = {
        "suspended": read.suspended_for,
        "licence": read.licence,
        "minimum": read.minimum_term,
    }
    return "; ".join(
        [
            read.kind,
            *([read.custodial.words()] if read.custodial else []),
            *(f"{name} {term.words()}" for name, term in terms.items() if term),
            *([read.bound.replace("_", " ")] if read.bound else []),
            *(["concurrent"] if read.concurrent else []),
            *(["no total"] if read.consecutive_without_total else []),
            *(["of " + " / ".join(term.words() for term in read.several)] if read.several else []),
            *([f"not certain: {read.hedged}"] if read.hedged else []),
        ]
    )


@pytest.mark.parametrize(
    ("written", "form", "limb", "read"), PHRASES, ids=[f"{form} {written}" for written, form, _, _ in PHRASES]
)
def test_a_phrase_is_read_as_its_label_says(written: str, form: FormCode, limb: str, read: str) -> None:
    """Where the label gives no reading, only the limb is settled."""
    assert disposal_limb(written, form)[0] == limb
    found = parse(written, form)
    assert told(found) == (read or told(found))
    assert found.written == written


@given(st.integers(2, 24), st.sampled_from(["for", "over", "x"]), st.integers(25, 48))
def test_what_a_suspended_sentence_is_suspended_for_is_never_its_custody(custody: int, sign: str, period: int) -> None:
    for kind in ("SSO", "SSO of", "suspended", "Suspended sentence order"):
        read = parse(f"{kind} {custody} months {sign} {period} months")
        assert read.suspended_for
        assert (read.custodial_months, read.suspended_for.in_months) == (custody, period)


def test_weeks_and_days_are_kept_as_written_and_never_turned_into_months() -> None:
    read = parse("52 weeks")
    assert read.custodial == Term(weeks=Decimal(52))
    assert read.custodial_months is None
    assert parse("18 months and 2 weeks").custodial == Term(months=Decimal(18), weeks=Decimal(2))


def test_a_suspended_sentence_and_an_indeterminate_one_say_so() -> None:
    assert parse("14 months susp. 24 months").suspended
    assert not parse("14 months").suspended
    assert parse("IPP").indeterminate
    assert not parse("14 years").indeterminate


def test_consecutive_terms_without_a_total_say_so() -> None:
    assert parse("3 years and 2 years consecutive").consecutive_without_total
    assert not parse("3 years and 2 years consecutive, total 5 years").consecutive_without_total


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("expected 3 years", "expected"),
        ("approx 1 year", "approx"),
        ("Awaiting sentence", "awaiting sentence"),
        ("3 years?", "?"),
    ],
)
def test_a_sentence_not_passed_or_not_exact_says_by_which_words(written: str, words: str) -> None:
    assert parse(written).hedged == words


@pytest.mark.parametrize(
    ("written", "limb", "because"),
    [
        ("less than 14 months", "unknown", "length itself is not stated"),
        ("less than 6 months", "false", "less than 6 months"),
        ("more than 6 months", "unknown", "length itself is not stated"),
        ("more than 52 weeks", "true", "more than 52 weeks (s.327(3)(b)(i))."),
        ("9 months, 6 months", "unknown", "without their total"),
        ("2 months, 3 months", "false", "less than 12 months"),
        ("11 months 3 weeks", "false", "less than 12 months"),
        ("11 months 31 days", "true", "12 months or more"),
        ("11 months 30 days", "unknown", "may or may not be 12 months"),
        ("12 months CO or custody", "unknown", "“or”"),
        ("likely hospital order", "unknown", "“likely”"),
        ("likely", "unknown", "“likely”"),
        ("EDS", "unknown", "not stated"),
    ],
)
def test_what_is_not_exact_is_said(written: str, limb: str, because: str) -> None:
    truth, reason = disposal_limb(written, "A")
    assert (truth, because in reason) == (limb, True), reason


def test_the_length_of_a_ban_or_a_register_is_not_custody() -> None:
    read = parse("8 weeks, SHPO 10 years, SOR for life, disqualified from driving for 3 years")
    assert read.custodial == Term(weeks=Decimal(8))
    assert read.kind == "determinate"


def test_the_reason_names_the_sentence_its_length_and_the_limb_of_section_327() -> None:
    assert (
        disposal_limb("DTO 12/6", "H")[1]
        == "Detention and training order of 12 months, 12 months or more (s.327(3)(b)(vii))."
    )
    assert disposal_limb("8 months", "A")[1] == "Sentence of imprisonment of 8 months, less than 12 months."


@given(st.integers(1, 480))
def test_months_count_from_twelve(months: int) -> None:
    for written in (f"{months} months", f"{months}m", f"{months} mths imprisonment", f"{months}/12"):
        assert parse(written).custodial_months == months
        assert disposal_limb(written, "A")[0] == ("true" if months >= 12 else "false")


@given(st.integers(1, 30), st.integers(1, 11))
def test_years_and_months_add_up(years: int, months: int) -> None:
    for written in (f"{years} years {months} months", f"{years}y{months}m", f"{years} yrs and {months} mths"):
        assert parse(written).custodial_months == years * 12 + months


@given(st.integers(1, 200))
def test_weeks_count_from_more_than_fifty_two(weeks: int) -> None:
    limb = disposal_limb(f"{weeks} weeks", "A")[0]
    assert limb == ("unknown" if weeks == 52 else "true" if weeks > 52 else "false")


@given(st.integers(2, 36), st.integers(6, 36))
def test_the_period_of_suspension_never_counts_as_custody(custody: int, suspension: int) -> None:
    for written in (
        f"{custody} months susp. {suspension} months",
        f"{custody} months imprisonment suspended for {suspension} months",
    ):
        read = parse(written)
        assert read.suspended_for
        assert (read.custodial_months, read.suspended_for.in_months) == (custody, suspension)


@given(st.text(max_size=300), st.sampled_from(["A", "H", "I"]))
def test_no_text_breaks_the_reading(text: str, form: FormCode) -> None:
    limb, because = disposal_limb(text, form)
    assert limb in ("true", "false", "unknown")
    assert because.endswith(".")


def test_a_very_long_text_settles_nothing() -> None:
    assert disposal_limb("4 years " + "and so on " * LONGEST, "A")[0] == "unknown"
    assert parse("4 years".ljust(LONGEST)).hedged is None
    assert parse("4 years".ljust(LONGEST + 1)).hedged == "more than is looked at"


@pytest.mark.corpus
def test_every_sentence_of_the_corpus_gives_its_category_2_verdict_its_disposal(corpus: Path) -> None:
    for path in sorted((corpus / "forms").glob("*.truth.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        for form in truth.get("forms", [truth]):
            fields = form["fields"]
            verdict = form["verdicts"].get("category-2")
            key = "hospital.order" if form["form"] == "I" else "conviction.sentence"
            written = fields.get(key, {}).get("value")
            if not written or verdict not in ("met", "not_met", "cannot_tell"):
                continue
            limb = disposal_limb(written, "I" if key == "hospital.order" else form["form"])[0]
            asked = key in form["questions"].get("category-2", [])
            assert asked == (limb != "true"), (path.name, written)
