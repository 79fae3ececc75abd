"""Each small test says in words what it looks for, and is unknown, never false, while its field is missing."""

from datetime import date

import pytest

from extractors.contract import keys_of
from extractors.models import FieldValue, FormCode
from validation.criteria import (
    answered,
    at_least,
    is_no,
    is_yes,
    label,
    on_form,
    one_of,
    only_category,
    option_words,
    stated,
)
from validation.facts import Facts, shortened, years_between
from validation.logic import Found, Leaf
from validation.pack import load_pack, pack_names
from validation.rules.category import disposal_key, disposal_limb, offence_limb, one_category
from validation.rules.identity import not_after_receipt, passes_its_check
from validation.rules.safeguards import area_named, is_in_words, names_an_area
from validation.rules.senders import is_secure, level_missing
from validation.rules.time import is_community
from validation.worked import form_saying

TODAY = date(2026, 11, 20)


def facts(form: FormCode = "A", unclear: tuple[str, ...] = (), **answers: FieldValue) -> Facts:
    given = {key.replace("__", "."): answer for key, answer in answers.items()}
    return Facts(form_saying(form, given, unclear=unclear), TODAY)


def judged(leaf: Leaf, known: Facts) -> str:
    return leaf.judge(known).truth


def test_stated_is_true_or_unknown_and_never_false() -> None:
    leaf = stated("person.pnc_id")
    assert (leaf.says, leaf.keys, leaf.can_be) == ("“PNC ID” is stated", ("person.pnc_id",), ("true",))
    assert leaf.judge(facts(person__pnc_id="2002/0073319Z")) == Found("true", "“2002/0073319Z”")
    assert leaf.judge(facts()) == Found("unknown", "left blank")


def test_an_answer_is_true_or_false_and_unknown_while_missing() -> None:
    leaf = answered("person.gender", "it says so", lambda text: text == "Male")
    assert (leaf.says, leaf.keys, leaf.can_be) == ("it says so", ("person.gender",), ("true", "false"))
    assert leaf.judge(facts(person__gender="Male")) == Found("true", "“Male”")
    assert leaf.judge(facts(person__gender="Female")) == Found("false", "“Female”")
    assert leaf.judge(facts()) == Found("unknown", "left blank")


def test_yes_and_no_are_each_others_opposite() -> None:
    yes, no = is_yes("referral.terrorism"), is_no("referral.terrorism")
    assert yes.says == "“Terrorism or domestic extremism concerns”: yes"
    assert no.says == "“Terrorism or domestic extremism concerns”: no"
    assert [judged(leaf, facts(referral__terrorism="yes")) for leaf in (yes, no)] == ["true", "false"]
    assert [judged(leaf, facts(referral__terrorism="no")) for leaf in (yes, no)] == ["false", "true"]
    assert [judged(leaf, facts(unclear=("referral.terrorism",))) for leaf in (yes, no)] == ["unknown"] * 2
    assert (yes.keys, no.keys) == (("referral.terrorism",),) * 2


def test_a_choice_is_said_in_the_words_of_its_options() -> None:
    leaf = one_of("risk.overall", "high", "very_high")
    assert (leaf.says, leaf.keys) == ("“Overall risk of serious harm” is High or Very high", ("risk.overall",))
    assert [judged(leaf, facts(risk__overall=level)) for level in ("low", "high", "very_high")] == [
        "false",
        "true",
        "true",
    ]
    assert judged(leaf, facts()) == "unknown"
    assert option_words("risk.overall", "very_high") == "Very high"
    assert option_words("risk.overall", "huge") == "huge"
    assert label("person.release_address_approved") == "Release address approved"


def test_a_category_must_stand_alone() -> None:
    leaf = only_category("2")
    assert (leaf.says, leaf.keys) == ("category 2 alone is ticked", ("category",))
    assert [judged(leaf, facts(category=ticked)) for ticked in (("2",), ("1",), ("1", "2"), ("2", "2"))] == [
        "true",
        "false",
        "false",
        "true",
    ]
    assert leaf.judge(facts()) == Found("unknown", "left blank")
    assert leaf.judge(facts(category=("2",))).because == "an answer"
    assert leaf.judge(facts(category=("1",))).because == "an answer"


def test_the_form_is_always_known() -> None:
    leaf = on_form("H", "I")
    assert (leaf.says, leaf.keys, leaf.can_be) == ("the form is H or I", (), ())
    assert [judged(leaf, facts(form)) for form in ("A", "H", "I")] == ["false", "true", "true"]


def test_how_many_fields_are_stated_is_always_known() -> None:
    leaf = at_least(2, "conviction.date", "dates.release", "person.pnc_id")
    assert isinstance(leaf, Leaf)
    assert leaf.says == (
        "stated are at least two of Date of conviction / caution, Earliest / planned release date, PNC ID"
    )
    assert (leaf.keys, leaf.can_be) == ((), ())
    assert leaf.judge(facts(dates__release="2027-01-01")) == Found("false", "stated: Earliest / planned release date")
    assert leaf.judge(facts(dates__release="2027-01-01", person__pnc_id="x")) == Found(
        "true", "stated: Earliest / planned release date, PNC ID"
    )
    assert leaf.judge(facts()) == Found("false", "stated: none")
    one = at_least(1, "dates.release")
    assert isinstance(one, Leaf)
    assert one.says == "stated are at least one of Earliest / planned release date"
    assert judged(one, facts(dates__release="2027-01-01")) == "true"


def test_an_identifier_fails_only_when_it_is_there_and_wrong() -> None:
    leaf = passes_its_check("person.pnc_id")
    assert (leaf.says, leaf.keys) == ("“PNC ID”, if stated, passes its check", ("person.pnc_id",))
    assert leaf.judge(facts()) == Found("true", "nothing is stated that could fail")
    assert leaf.judge(facts(person__pnc_id="2002/0073319Z")) == Found("true", "“2002/0073319Z”: its check holds")
    assert leaf.judge(facts(person__pnc_id="2002/0073319A")) == Found(
        "false", "“2002/0073319A”: its check character is not the one its digits give"
    )
    assert leaf.judge(facts(person__pnc_id="unreadable")) == Found("false", "“unreadable”: it has not the shape of one")


def test_a_two_digit_year_of_an_identifier_is_read_on_the_day_of_receipt() -> None:
    written = form_saying("A", {"person.pnc_id": "27/0000034A"})
    seen = passes_its_check("person.pnc_id").judge(Facts(written, TODAY))
    assert seen == passes_its_check("person.pnc_id").judge(Facts(written, date(2028, 1, 1)))


def test_a_date_after_receipt_is_the_only_one_that_is_too_late() -> None:
    leaf = not_after_receipt("conviction.date")
    assert leaf.says == "“Date of conviction / caution”, if read, is not after the day of receipt"
    assert leaf.keys == ("conviction.date",)
    assert leaf.judge(facts()) == Found("true", "no such date is read")
    assert leaf.judge(facts(conviction__date="2026-11-20")) == Found("true", "“2026-11-20”")
    assert leaf.judge(facts(conviction__date="2026-11-21")) == Found("false", "“2026-11-21”")


@pytest.mark.parametrize(
    ("form", "answers", "key"),
    [
        ("A", {}, "conviction.sentence"),
        ("A", {"conviction.sentence": "2 years", "hospital.order": "s37"}, "conviction.sentence"),
        ("A", {"hospital.order": "s37"}, "hospital.order"),
        ("H", {}, "conviction.sentence"),
        ("I", {}, "hospital.order"),
        ("I", {"hospital.order": "s37"}, "hospital.order"),
    ],
)
def test_the_disposal_is_the_order_on_form_i_and_elsewhere_the_sentence(
    form: FormCode, answers: dict[str, FieldValue], key: str
) -> None:
    assert disposal_key(Facts(form_saying(form, answers), TODAY)) == key


@pytest.mark.parametrize(
    "text",
    [
        "a@nhs.net",
        "A.B@NHS.NET",
        "a@trust.nhs.uk",
        "a@x.gov.uk",
        "a@y.police.uk",
        "a@x.cjsm.net",
        "a@army.mod.uk",
        "mailto:a@nhs.net.",
        "Ward <a@nhs.net>, office@trust.nhs.uk",
        "a @ nhs.net",
    ],
)
def test_secure_addresses(text: str) -> None:
    assert is_secure(text)


@pytest.mark.parametrize(
    "text",
    [
        "a@gmail.com",
        "a@notnhs.net",
        "a@nhs.net.example",
        "a@nhs.uk.com",
        "nhs.net",
        "by phone",
        "@",
        "a@sub.nhs.net",
        "a@nhs.net b@example.com",
        "a@cjsm.net",
        "a@gov.uk",
    ],
)
def test_addresses_that_are_not_secure(text: str) -> None:
    assert not is_secure(text)


@pytest.mark.parametrize(
    "text", ["In the community", "currently in the community", "Community", "in community.", "N/A - in the community"]
)
def test_a_location_in_the_community(text: str) -> None:
    assert is_community(text)


@pytest.mark.parametrize(
    "text",
    [
        "HMP Tarn Hill",
        "None",
        "Community hospital",
        "HMYOI Merebrook",
        "Prison; in the community from May",
        "Larchwood Medium Secure Unit",
        "The community hub",
        "in the communityward",
    ],
)
def test_a_location_that_is_not_the_community(text: str) -> None:
    assert not is_community(text)


@pytest.mark.parametrize(
    "text", ["White British", "W1 White British", "Irish", "white british (W1)", "Black African - B2"]
)
def test_ethnicity_in_words(text: str) -> None:
    assert is_in_words(text)


@pytest.mark.parametrize(
    "text", ["W1", "a9", "IC3", "ic 3", "NS", "W1/W2", "B", "SDE: M1", "Code A9", "PNC code IC1", "16"]
)
def test_ethnicity_as_a_code(text: str) -> None:
    assert not is_in_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "NFA - closest links to Dudley",
        "N.F.A., Walsall",
        "No fixed abode (Coventry)",
        "no fixed address\nSandwell",
        "NFA BIRMINGHAM",
        "of no fixed abode since release; lived in Tipton before",
    ],
)
def test_an_area_beside_no_fixed_abode(text: str) -> None:
    assert names_an_area(text)


@pytest.mark.parametrize(
    "text",
    [
        "NFA",
        "N.F.A.",
        "n/f/a",
        "Of no fixed abode",
        "NFA, sofa surfing with friends",
        "No fixed address at present",
        "NFA - closest links not known",
        "NFA (prior to custody)",
    ],
)
def test_no_fixed_abode_without_an_area(text: str) -> None:
    assert not names_an_area(text)


def test_age_is_in_whole_years_and_a_leap_day_is_reached_on_the_first_of_march() -> None:
    assert years_between(date(2008, 11, 20), TODAY) == 18
    assert years_between(date(2008, 11, 21), TODAY) == 17
    assert years_between(date(2008, 12, 1), TODAY) == 17
    assert years_between(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert years_between(date(2008, 2, 29), date(2026, 3, 1)) == 18


def test_a_long_text_is_shortened_to_one_line() -> None:
    assert shortened(" a\n b ") == "a b"
    assert shortened("x" * 120) == "x" * 120
    assert shortened("x" * 121) == "x" * 119 + "…"
    assert shortened("abc d", limit=4) == "abc…"
    assert shortened("abcde", limit=5) == "abcde"


def test_the_offence_is_judged_by_the_law_of_the_day_it_was_convicted() -> None:
    known = {"conviction__index_offence": "Intentional strangulation", "referrer__date": "2026-11-01"}
    assert judged(offence_limb, facts(**known)) == "true"
    assert judged(offence_limb, facts(**known, conviction__date="2022-06-06")) == "unknown"
    assert judged(offence_limb, facts(**known, conviction__date="2022-06-07")) == "true"
    assert judged(offence_limb, facts(**{**known, "referrer__date": "2022-06-06"})) == "unknown"


def test_an_area_is_shown_as_the_address_that_names_it() -> None:
    assert area_named.judge(facts(person__current_address="NFA Dudley")) == Found("true", "“NFA Dudley”")
    assert area_named.judge(facts(person__current_address="NFA")) == Found("unknown", "“NFA”")


@pytest.mark.parametrize("form", ["A", "H", "I"])
def test_what_leaves_a_test_unknown_is_what_stands_in_its_own_field(form: FormCode) -> None:
    blank = facts(form)
    not_known = Facts(form_saying(form, {}, not_known=keys_of(form)), TODAY)
    for rule in (rule for name in pack_names() for rule in load_pack(name).rules(form)):
        for leaf in rule.leaves():
            if len(leaf.keys) == 1 and leaf.keys[0] in keys_of(form):
                for known, because in ((blank, "left blank"), (not_known, "“N/A” is written, which settles nothing")):
                    found = leaf.judge(known)
                    assert found.truth != "unknown" or found.because == because, leaf.says


def test_where_no_disposal_is_stated_the_field_it_is_judged_by_is_shown() -> None:
    for form, key in (("A", "conviction__sentence"), ("H", "conviction__sentence"), ("I", "hospital__order")):
        assert disposal_limb.judge(facts(form)) == Found("unknown", "left blank")
        assert (disposal_limb.judge(facts(form, **{key: "see PSR"})).because or "").startswith("“see PSR”: ")


def test_ticks_and_a_missing_level_are_shown_as_their_field_has_them() -> None:
    assert one_category.judge(facts(category=("1",))) == Found("true", "an answer")
    assert one_category.judge(facts(category=("1", "2"))) == Found("false", "an answer")
    assert level_missing.judge(facts("H")) == Found("true", "left blank")
