"""Near names and dates, labelled: which point to one person, how strongly, and which do not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.cases.likeness import Identity, compare, kept, near_dates, sought, sound_alike

BORN = date(1990, 4, 2)
OTHER_DAY = date(1961, 11, 27)


def who(family: str, given: str, born: date | None = BORN, aliases: str = "", **identifiers: str) -> Identity:
    numbers = {f"person.{key}": text for key, text in identifiers.items()}
    return Identity(family=family, given=given, born=born, aliases=aliases, identifiers=numbers)


def meet(one: Identity, other: Identity) -> bool:
    """Whether one is found from the other by what is stored."""
    return bool(kept(other) & sought(one).keys())


SMITH = who("Smith", "Stephen")
LABELLED = [
    # The same, or the same under another spelling.
    ("exact", SMITH, who("SMITH", "Stephen"), "probable"),
    ("accents and apostrophes", who("O'Néill", "Zoë"), who("ONeill", "Zoe"), "probable"),
    ("written apart", who("O Neill", "Sam"), who("O'Neill", "Sam"), "probable"),
    ("sound: given", SMITH, who("Smith", "Steven"), "probable"),
    ("sound: both", SMITH, who("Smyth", "Steven"), "probable"),
    ("sound: Catherine", who("Oakley", "Catherine"), who("Oakly", "Kathryn"), "probable"),
    ("sound: Mohammed", who("Hussein", "Mohammed"), who("Hussain", "Muhammad"), "probable"),
    ("sound: Thompson", who("Thompson", "Ian"), who("Thomson", "Iain"), "probable"),
    ("one letter missing", who("Fernsby", "Rosalind"), who("Fensby", "Rosalind"), "probable"),
    ("two letters swapped", who("Fernsby", "Rosalind"), who("Fersnby", "Rosalind"), "probable"),
    ("half of a double name", who("Smith-Jones", "Ann"), who("Jones", "Ann"), "probable"),
    ("middle name only here", who("Smith", "Stephen Paul"), who("Smith", "Stephen"), "probable"),
    ("known by the middle name", who("Smith", "Stephen Paul"), who("Smith", "Paul"), "probable"),
    ("names changed places", who("Nguyen", "Minh"), who("Minh", "Nguyen"), "probable"),
    ("maiden name", who("Ash", "Marian", aliases="née Rowan"), who("Rowan", "Marian"), "probable"),
    ("alias on both", who("Ash", "Marian", aliases="Jo Birch"), who("Birch", "Jo"), "probable"),
    # The same name, the birth date mistyped.
    ("day and month swapped", SMITH, who("Smith", "Stephen", date(1990, 2, 4)), "probable"),
    ("one digit of the year", SMITH, who("Smith", "Stephen", date(1980, 4, 2)), "probable"),
    ("one digit of the day", SMITH, who("Smith", "Stephen", date(1990, 4, 12)), "probable"),
    ("digits of the year swapped", who("Smith", "Stephen", date(1987, 5, 1)), who("Smith", "Stephen", date(1978, 5, 1)), "probable"),
    ("sound, and a digit", SMITH, who("Smyth", "Steven", date(1990, 4, 3)), "possible"),
    # Less to go by.
    ("twins, or another given name", who("Smith", "Peter"), who("Smith", "Rowena"), "possible"),
    ("another family name, married perhaps", who("Smith", "Rowena"), who("Oakley", "Rowena"), "possible"),
    ("no birth date on one", SMITH, who("Smith", "Stephen", None), "possible"),
    ("no birth date on either", who("Smith", "Stephen", None), who("Smyth", "Stephen", None), "possible"),
    # Identifiers.
    ("one PNC ID", who("Smith", "S", pnc_id="2012/0123456Y"), who("Smith", "Stephen", pnc_id="2012/0123456Y"), "certain"),
    ("one prison number, married", who("Ash", "Jo", prison_number="A1234BC"), who("Elm", "Jo", prison_number="A1234BC"), "certain"),
    ("in the field beside", who("Ash", "Jo", agency_ref="A1234BC"), who("Ash", "Jo", OTHER_DAY, prison_number="a 1234 bc"), "certain"),
    ("one number, nothing else alike", who("Ash", "Jo", nhs_number="9990000018"), who("Elm", "Max", OTHER_DAY, nhs_number="9990000018"), "possible"),
    ("same person by name, but two PNC IDs", who("Ash", "Jo", pnc_id="2012/0123456Y"), who("Ash", "Jo", pnc_id="2015/1234567Y"), "possible"),
    ("the agency's own reference and the name", who("Ash", "Jo", None, agency_ref="YOT 4711"), who("Ash", "Jo", agency_ref="YOT4711"), "certain"),
    # Somebody else.
    ("another birth date", SMITH, who("Smith", "Stephen", OTHER_DAY), None),
    ("another name", SMITH, who("Quillfeather", "Tobias"), None),
    ("another year and another given name", SMITH, who("Smith", "Peter", date(1991, 4, 2)), None),
    ("John is not Jane", who("Ash", "John"), who("Elm", "Jane"), None),
    ("sounds alike and no birth date", SMITH, who("Smyth", "Steven", None), None),
    ("an agency's own reference alone", who("Ash", "Jo", agency_ref="4711"), who("Elm", "Max", OTHER_DAY, agency_ref="4711"), None),
    ("no number at all", who("Ash", "Jo", pnc_id="TBC"), who("Elm", "Max", OTHER_DAY, pnc_id="TBC"), None),
    ("what stands in a field of aliases", who("Ash", "Jo", aliases="none known"), who("Elm", "Max", aliases="None known"), None),
]  # fmt: skip


@pytest.mark.parametrize(("what", "one", "other", "strength"), LABELLED, ids=[row[0] for row in LABELLED])
def test_labelled_pairs_are_found_and_told_apart(
    what: str, one: Identity, other: Identity, strength: str | None
) -> None:
    for a, b in ((one, other), (other, one)):
        found = compare(a, b) if meet(a, b) else None
        assert (found.strength if found else None) == strength, found


def test_the_reasons_say_what_is_alike_and_what_is_not() -> None:
    one = who("Smith", "Stephen", date(1990, 4, 2), pnc_id="2012/0123456Y", prison_number="A1234BC")
    other = who("Smyth", "Steven", date(1990, 2, 4), pnc_id="2012/0123456Y", prison_number="A9999BC")
    found = compare(one, other)
    assert found is not None
    assert found.reasons == (
        "Same PNC ID",
        "Family name differs by one letter",
        "Given name sounds alike",
        "Day and month of birth have changed places",
        "The Prison number differs",
    )


WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=5, max_size=12)
DAYS = st.dates(date(1920, 1, 1), date(2015, 12, 31))


@given(WORDS, WORDS, DAYS, st.data())
def test_one_slip_in_one_name_never_hides_a_person(family: str, forename: str, born: date, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(family) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    slip = data.draw(st.sampled_from((family[:place] + family[place + 1 :], family[:place] + letter + family[place:])))
    one, other = who(family, forename, born), who(slip, forename, born)
    assert meet(one, other)
    assert compare(one, other) is not None


@given(WORDS, WORDS, DAYS, st.data())
def test_one_slip_in_the_birth_date_never_hides_a_person(
    family: str, forename: str, born: date, data: st.DataObject
) -> None:
    near = data.draw(st.sampled_from(sorted(near_dates(born))))
    one, other = who(family, forename, born), who(family, forename, near)
    assert meet(one, other) and meet(other, one)
    found = compare(one, other)
    assert found is not None and found.strength == "probable"


@given(DAYS)
def test_near_dates_are_near_both_ways_and_few(born: date) -> None:
    near = near_dates(born)
    assert born not in near and len(near) < 80
    assert all(born in near_dates(day) for day in near)


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30), st.none() | DAYS)
def test_any_text_can_stand_in_a_name(family: str, forename: str, aliases: str, born: date | None) -> None:
    one = who(family, forename, born, aliases, pnc_id=family)
    compare(one, one)
    assert len(kept(one)) < 400 and len(sought(one)) < 4000


@given(WORDS, WORDS)
def test_sounding_alike_goes_both_ways(one: str, other: str) -> None:
    assert sound_alike(one, other) == sound_alike(other, one)
    assert sound_alike(one, one)
