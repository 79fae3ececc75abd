"""Index offences matched to the lists: what is certain, what is a candidate, what is set aside, and the limb that follows."""

import csv
import re
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.offence_lists import LAW, LawEntry, Offence, offences
from validation.offence_named import MOST
from validation.offence_words import form_of
from validation.offences import LONGEST, NamedOffence, match

with Path(__file__).with_name("offence_standings.csv").open(encoding="utf-8", newline="") as file:
    STANDINGS = [tuple(row.values()) for row in csv.DictReader(file)]
    """Each offence of the lists: its title, how it stands for category 2, the rows of the lists that speak of it, its sections."""
PART_1_AND_2 = [o for o in offences() if o.standing == "qualifies"]


def only(text: str, on: date | None = None) -> NamedOffence:
    """The one offence that a text names."""
    (named,) = match(text, on).named
    return named


def places(named: NamedOffence) -> list[str]:
    return [f"{entry.list} {entry.paragraph}" for entry in named.entries]


@pytest.mark.parametrize(
    "offence", PART_1_AND_2, ids=lambda o: f"{o.entries[0].list} {o.entries[0].paragraph} {o.title[:40]}"
)
def test_every_statutory_name_is_certain_and_makes_the_limb_true(offence: Offence) -> None:
    matches = match(offence.title)
    assert matches.limb == "true"
    assert any(set(offence.entries) <= set(named.entries) for named in matches.named if named.certainty == "certain")


@pytest.mark.parametrize("offence", [o for o in offences() if o.standing == "near_miss"], ids=lambda o: o.title[:40])
def test_a_near_miss_is_named_as_such(offence: Offence) -> None:
    for name in offence.title.split("; "):
        matches = match(name)
        assert matches.limb == "false", matches.because
        assert "no schedule" in matches.because


@pytest.mark.parametrize("offence", [o for o in offences() if o.standing == "watch"], ids=lambda o: o.title[:40])
def test_the_watch_list_is_never_certain(offence: Offence) -> None:
    matches = match(offence.title)
    assert matches.limb == "unknown"
    assert not any(
        entry.list == "watchlist" for named in matches.named if named.certainty == "certain" for entry in named.entries
    )


@pytest.mark.parametrize("offence", [o for o in offences() if o.standing == "terrorism"], ids=lambda o: o.title[:40])
def test_terrorism_offences_do_not_bring_into_category_2(offence: Offence) -> None:
    assert match(offence.title).limb == "unknown"


@pytest.mark.parametrize(
    "way", ["attempted ", "conspiracy to commit ", "aiding and abetting ", "encouraging or assisting "]
)
@pytest.mark.parametrize("offence", ["robbery", "rape", "arson", "murder", "kidnapping", "sexual assault"])
def test_taking_part_in_another_way_counts_like_the_offence(way: str, offence: str) -> None:
    assert match(way + offence).limb == "true"


def test_rows_under_one_section_are_one_offence_and_its_standing_is_that_of_its_most_telling_list() -> None:
    found = [
        (
            offence.title,
            offence.standing,
            " + ".join(f"{entry.list} {entry.paragraph}".strip() for entry in offence.entries),
            " + ".join(f"{section.act} {section.number}{section.sub}" for section in offence.sections),
        )
        for offence in offences()
    ]
    assert found == STANDINGS


@pytest.mark.parametrize(
    ("written", "row"),
    [
        ("aiding and abetting robbery", "schedule15_part1 64(1)"),
        ("attempted robbery", "schedule15_part1 64(2)"),
        ("conspiracy to commit robbery", "schedule15_part1 64(3)"),
        ("incitement to commit robbery", "schedule15_part1 64(4)"),
        ("encouraging or assisting robbery", "schedule15_part1 64(5)"),
        ("attempted murder", "schedule15_part1 65(1)"),
        ("conspiracy to murder", "schedule15_part1 65(2)"),
        ("incitement to murder", "schedule15_part1 65(3)"),
        ("encouraging or assisting murder", "schedule15_part1 65(4)"),
        ("aiding and abetting rape", "schedule15_part2 153(1)"),
        ("attempted rape", "schedule15_part2 153(2)"),
        ("conspiracy to commit rape", "schedule15_part2 153(3)"),
        ("incitement to commit rape", "schedule15_part2 153(4)"),
        ("encouraging or assisting rape", "schedule15_part2 153(5)"),
        ("attempted dissemination of terrorist publications", "schedule15_part3 174(2)"),
        ("conspiracy to cause preparation of terrorist acts", "schedule15_part3 174(3)"),
        ("aiding parental child abduction", "s327 s.327(4A)(d)"),
        ("incitement to parental child abduction", "s327 s.327(4A)(d)"),
        ("conspiracy to commit parental child abduction", "s327 s.327(4A)(e)"),
        ("attempted parental child abduction", "s327 s.327(4A)(f)"),
    ],
)
def test_each_way_of_taking_part_is_taken_in_by_its_own_row(written: str, row: str) -> None:
    assert row in {place for named in match(written).named for place in places(named)}
    general = r"schedule15_part\d (64|65|153|174)\(|s327 .*\((d|e|f)\)$"
    others = {place for named in match(written).named for place in places(named) if re.match(general, place)} - {row}
    assert not others


@pytest.mark.parametrize("offence", ["theft", "harassment", "cuckooing", "breach of TPIM"])
def test_no_row_takes_an_attempt_into_a_list_that_has_none(offence: str) -> None:
    alone, attempted = (
        {place for n in match(text).named for place in places(n)} for text in (offence, f"attempted {offence}")
    )
    assert alone == attempted


def test_an_attempt_is_said_with_the_row_that_takes_it_in() -> None:
    assert places(only("Att. robbery")) == ["schedule15_part1 31", "schedule15_part1 64(2)"]
    assert only("Att. robbery").inchoate == "attempt"
    assert "schedule15_part1 65(1)" in places(only("Attempted murder"))
    assert "schedule15_part1 65(2)" in places(only("Conspiracy to murder"))
    assert "schedule15_part2 153(2)" in places(only("Rape (attempt)"))
    assert "s327 s.327(4A)(f)" in places(only("attempted coercive control"))


def test_sections_without_an_act_are_the_offences_against_the_person_act() -> None:
    for written, paragraph in {"s18": "6", "sec. 20": "7", "Section 47": "20", "s.16": "5"}.items():
        assert places(only(written)) == [f"schedule15_part1 {paragraph}"]


def test_a_section_of_another_act_is_that_acts_offence() -> None:
    assert "schedule15_part1 30" in places(only("s.18 Firearms Act 1968"))
    assert "schedule15_part2 119" in places(only("Section 18 SOA 2003"))
    assert "schedule15_part2 135" in places(only("s.47 of the Sexual Offences Act 2003"))
    assert "schedule15_part2 81" in places(only("s.20 Sexual Offences Act 1956"))


def test_a_section_of_an_act_in_no_list_is_not_the_act_usually_meant() -> None:
    for text in ("s.18 of the Widgets Act 1990", "theft and s.18 of the Widgets Act 1990"):
        assert match(text).limb == "unknown"
    assert match("s.18 of the Widgets Act 1990; theft; s.18").limb == "true"


def test_a_section_beside_a_word_narrows_it() -> None:
    assert places(only("GBH s.18")) == ["schedule15_part1 6"]
    assert places(only("GBH s.20")) == ["schedule15_part1 7"]
    assert match("Harassment s.4").limb == "true"
    assert match("Harassment s.2").limb == "false"
    assert match("Burglary s.9").limb == "false"
    assert match("Assault s.47").limb == "true"
    assert match("Assault s.39").limb == "false"


def test_a_section_that_contradicts_the_words_is_not_certain() -> None:
    named = only("Common assault s.47 OAPA")
    assert (named.certainty, named.reason) == ("candidate", "the section is another offence's")


def test_court_codes_are_read() -> None:
    assert places(only("SX03013"))[0] == "schedule15_part2 106"
    assert only("TH68023A").inchoate == "attempt"
    assert match("OF61102").limb == "true"
    assert only("ZZ99999").certainty == "none"
    assert only("ZZ99999").reason == "the code is mapped to no schedule"
    assert only("s.999 Theft Act 1968").reason == "the section is in none of the lists"


def test_every_court_code_is_certainly_an_offence_of_the_paragraph_it_is_mapped_to() -> None:
    with (LAW / "cjs_codes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            paragraph = f"schedule15_part{row['part']} {row['paragraph']}"
            named = only(row["code"])
            assert named.certainty == "certain"
            assert any(place == paragraph or place.startswith(paragraph + "(") for place in places(named)), row


@pytest.mark.parametrize(
    ("code", "sections"),
    [
        ("OF61102", {"s.47"}),
        ("CD98072", {"s.29(1)(a)"}),
        ("CD98073", {"s.29(1)(b)"}),
        ("MS15003C", {"s.2", "s.2 (with s.3(3))", "s.1"}),
        ("SC15005", {"s.75A(1)(a)"}),
    ],
)
def test_a_court_code_means_the_sections_it_is_mapped_to(code: str, sections: set[str]) -> None:
    named = only(code)
    assert {entry.section for entry in named.entries if entry.list.startswith("schedule15")} == sections


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Robbery; theft", ["Robbery", "theft"]),
        ("Rape x2, ABH and false imprisonment", ["Rape", "ABH", "false imprisonment"]),
        ("1. Robbery\n2. Arson (3 counts)", ["Robbery", "Arson"]),
        ("s.18 & s.47", ["s.18", "s.47"]),
        ("Affray + criminal damage", ["Affray", "criminal damage"]),
    ],
)
def test_several_offences_in_one_field_are_told_apart(text: str, names: list[str]) -> None:
    assert [named.written for named in match(text).named] == names


def test_what_is_written_stands_where_it_says() -> None:
    text = "Convicted of  s.20 GBH x2,\nrobbery"
    for named in match(text).named:
        assert " ".join(text[named.start : named.end].split()) == named.written


@pytest.mark.parametrize(
    "text",
    [
        "not charged with rape",
        "Acquitted of murder",
        "rape - not guilty",
        "s.18 wounding (dismissed)",
        "Robbery: lie on file",
        "ABH (NFA)",
    ],
)
def test_what_the_text_sets_aside_does_not_count(text: str) -> None:
    matches = match(text)
    assert matches.limb == "unknown"
    assert all(named.set_aside and named.certainty == "none" for named in matches.named)
    assert "not counted" in matches.because


@pytest.mark.parametrize(
    "text", ["Acquitted of ABH", "Acquitted of GBH", "Not guilty of s.18", "theft dropped", "s.47 DV"]
)
def test_what_is_set_aside_in_one_sentence_says_nothing_of_the_next(text: str) -> None:
    assert match(f"{text}. Robbery").limb == "true"


def test_what_was_proved_instead_counts() -> None:
    assert match("acquitted of s18, convicted of s20").limb == "true"
    assert match("originally charged with murder; convicted of common assault").limb == "false"
    assert match("s.47 ABH reduced to common assault").limb == "false"
    assert match("murder reduced to manslaughter").limb == "true"


@pytest.mark.parametrize(
    "text",
    [
        "Alleged rape",
        "Charged with murder, awaiting trial",
        "Risk of sexual assault",
        "Possible s.20",
        "rape?",
        "rape x2?",
        "arson attempt?",
        "robbery (armed)?",
    ],
)
def test_what_is_only_alleged_is_not_certain(text: str) -> None:
    assert match(text).limb == "unknown"


@pytest.mark.parametrize(
    "text", ["woundng wth intent", "assult occassioning actual bodly harm", "Roberry", "sexual asault"]
)
def test_a_likeness_is_a_candidate_and_never_settles_the_limb(text: str) -> None:
    matches = match(text)
    assert matches.limb == "unknown"
    assert matches.named[0].certainty == "candidate"
    assert 0 < matches.named[0].score < 1


def test_the_score_is_full_only_where_the_words_can_mean_nothing_else() -> None:
    named = match("Robbery; assault; Roberry; drink driving").named
    assert [one.certainty for one in named] == ["certain", "candidate", "candidate", "none"]
    assert [one.score for one in named[:2]] == [1.0, 0.9]
    assert 0 < named[2].score < 0.9


def test_one_offence_of_a_schedule_is_enough() -> None:
    assert match("Criminal damage; robbery; fraud").limb == "true"


def test_near_misses_beside_an_offence_in_no_list_leave_the_limb_open() -> None:
    assert match("Harassment; fraud").limb == "unknown"


def test_a_near_miss_is_not_held_against_words_that_may_change_it() -> None:
    for text in (
        "Criminal damage - fire",
        "Burglary with intent to rob and rape",
        "Harassment - threats",
        "Burglary armed with knife",
    ):
        assert match(text).limb != "false", text


@pytest.mark.parametrize(
    ("text", "first_day"),
    [
        ("Intentional strangulation", date(2022, 6, 7)),
        ("Cyberflashing", date(2024, 1, 31)),
        ("Sharing intimate images with intent to cause alarm, distress or humiliation", date(2024, 1, 31)),
        ("Controlling or coercive behaviour", date(2025, 2, 3)),
    ],
)
def test_an_offence_is_certain_only_from_the_day_its_list_takes_it_in(text: str, first_day: date) -> None:
    day_before = date.fromordinal(first_day.toordinal() - 1)
    assert match(text, first_day).limb == "true"
    assert match(text).limb == "true"
    early = match(text, day_before)
    assert early.limb == "unknown"
    assert f"{first_day:%B %Y}" in early.because


def test_the_old_act_comes_first_where_the_offence_is_old() -> None:
    assert places(only("Rape", date(2003, 5, 1)))[0] == "schedule15_part2 66"
    assert places(only("Rape", date(2020, 5, 1)))[0] == "schedule15_part2 102"


def test_the_reason_names_offence_schedule_part_and_paragraph() -> None:
    assert (
        match("GBH with intent").because
        == "Wounding with intent to cause grievous bodily harm, Schedule 15 Part 1 paragraph 6."
    )
    assert match("child rape").because == "Rape, Schedule 15 Part 2 paragraph 102 or 106 or 66."
    assert match("Attempted robbery").because.startswith("An attempt at robbery, Schedule 15 Part 1 paragraph 31")
    assert match("theft; harassment").because == "“theft” and “harassment” are in no schedule."
    assert match("burglary of a dwelling").because == "“burglary of a dwelling” is in no schedule."
    assert match("Murder").because == "Murder, s.327(3)(a) Criminal Justice Act 2003."


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("Breach of TPIM", "the category 4 list only, leads to category 4, not to category 2"),
        ("Encouragement of terrorism", "Schedule 15 Part 3 (terrorism) paragraph 166, leads to category 4"),
        ("abuse of trust (2000 Act)", "Schedule 3 of the Sexual Offences Act 2003 only"),
        ("Cuckooing", "standing in Schedule 15 is not confirmed"),
        ("Fraud", "is in none of the lists"),
        ("s.9 Theft Act 1968", "the section holds several offences"),
        ("Fraud; theft (robbery)", "is in none of the lists"),
        ("Common assault, burglary (rape)", "that is not certain: it is said of “burglary”"),
        ("woundng wth intent", "that is not certain: the words are only like its name"),
        ("assault", "or common assault / assault by beating (no schedule), but that is not certain: the words fit"),
        ("Stalking", "may be stalking involving fear of violence or serious alarm or distress"),
        (
            "Harassment, against the wishes of a long list of many other quite unhappy neighbours upstairs",
            "Not all of the text could be understood",
        ),
        ("", "No offence was recognised"),
    ],
)
def test_the_reason_says_why_the_limb_stays_open(text: str, because: str) -> None:
    matches = match(text)
    assert matches.limb == "unknown"
    assert because in matches.because


def test_letters_that_grow_in_lower_case_move_nothing() -> None:
    text = "İİİ robbery"
    assert [text[n.start : n.end] for n in match(text).named if n.certainty != "none"] == ["robbery"]


@pytest.mark.parametrize(
    "words",
    [
        ("breach", "breaches", "breaching", "breached"),
        ("lash", "lashes"),
        ("witness", "witnesses"),
        ("tax", "taxes"),
        ("burglary", "burglaries"),
        ("rob", "robbed", "robbing"),
        ("stab", "stabbed", "stabbing"),
        ("kill", "killed", "killing"),
        ("harass", "harassed", "harassing"),
        ("rape", "raped", "raping", "rapes"),
        ("robbery", "robberies", "robbery's"),
        ("brothel", "brothels", "brothel's"),
        ("dog", "dogs"),
        ("dish", "dishes"),
        ("spike", "spikes", "spiked", "spiking"),
        ("grab", "grabbed", "grabbing"),
        ("spell", "spells", "spelled", "spelling"),
        ("lorry", "lorries"),
    ],
)
def test_one_and_many_are_the_same_word(words: tuple[str, ...]) -> None:
    assert len({form_of(word) for word in words}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gas", "ga"),
        ("virus", "viru"),
        ("basis", "basi"),
        ("mess", "mes"),
        ("ties", "ty"),
        ("note", "not"),
        ("bring", "br"),
        ("string", "str"),
        ("speed", "spe"),
        ("pill", "pil"),
    ],
)
def test_words_that_only_look_like_forms_of_each_other_stay_apart(one: str, other: str) -> None:
    assert form_of(one) != form_of(other)


def test_every_offence_that_is_only_likely_is_kept_beside_the_others() -> None:
    named = match("woundng wth intent, fraud, arsn").named
    assert [one.written for one in named] == ["woundng wth intent", "fraud", "arsn"]


def test_a_date_is_not_taken_for_a_section() -> None:
    assert [named.written for named in match("s 12/03/2020 robbery").named] == ["robbery"]


def test_every_entry_keeps_where_it_was_read_and_the_edition() -> None:
    for offence in offences():
        for entry in offence.entries:
            assert entry.provenance
            assert date.fromisoformat(entry.edition)


def test_no_wording_refers_to_an_offence_the_lists_do_not_have() -> None:
    with (LAW / "wordings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["wording"] for row in rows}) == len(rows)
    for row in rows:
        matches = match(row["wording"])
        certainties = {named.certainty for named in matches.named}
        expected = {"certain": {"certain"}, "candidate": {"candidate"}, "generic": {"candidate"}, "": {"none"}}[
            row["certainty"]
        ]
        assert certainties == expected, row
        found = {entry for named in matches.named for entry in named.entries}
        for reference in row["means"].split("+") if row["means"] != "unlisted" else ():
            assert any(is_meant(entry, reference) for entry in found), row


def is_meant(entry: LawEntry, reference: str) -> bool:
    """Whether a reference of wordings.csv points to this entry: `15:58`, `15:58:s.29(1)(b)`, `327:ca`, `near:common assault`, `3:16`."""
    kind, place, section = (reference + "::").split(":")[:3]
    if kind in ("near", "watch"):
        return entry.list.startswith(kind) and entry.offence.startswith(place)
    if kind == "327":
        inner = {"murder": "(3)(a)", "i": "(4A)(c)(i)"}.get(place, f"(4A)({place})")
        return entry.paragraph == f"s.327{inner}"
    return entry.list.startswith(f"schedule{kind}") and entry.paragraph == place and section in ("", entry.section)


@settings(max_examples=200)
@given(st.text(max_size=400))
def test_no_text_breaks_the_matching(text: str) -> None:
    matches = match(text)
    assert matches.because.endswith(".")
    for named in matches.named:
        assert 0 <= named.start <= named.end <= len(text)
        assert named.certainty != "certain" or named.entries


WORDS = """rape robbery s.18 s.47 GBH ABH assault not acquitted of convicted charged with intent to kill burglary and , ; ( ) - / x2
attempted fraud child under 13 harassment or was reduced from ? 12/03/2020 SX03013 OAPA 1861"""


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*WORDS.split(), "\n"]), max_size=25))
def test_a_true_limb_rests_on_a_certain_match_and_a_false_one_on_near_misses_alone(parts: list[str]) -> None:
    matches = match(" ".join(parts))
    counted = [named for named in matches.named if not named.set_aside]
    if matches.limb == "true":
        assert any(named.certainty == "certain" and named.standing == "qualifies" for named in counted)
    if matches.limb == "false":
        assert counted
        assert all(named.certainty == "certain" and named.standing == "near_miss" for named in counted)


@settings(max_examples=100)
@given(st.sampled_from([name for o in PART_1_AND_2 for name in (o.title, *o.names)]))
def test_an_acquittal_never_leaves_the_offence_standing(name: str) -> None:
    assert match(f"Acquitted of {name}").limb != "true"


@pytest.mark.parametrize(
    "text", ["rape and " * 5000, "a b c " * 7000, "woundng wth intnet\n" * 2500, "(" * 40_000, "1/" * 20_000]
)
def test_forty_thousand_characters_do_not_hang(text: str) -> None:
    began = time.process_time()
    match(text)
    assert time.process_time() - began < 5


def test_where_more_offences_are_named_than_are_kept_the_limb_is_never_false() -> None:
    for count, limb in ((MOST, "false"), (MOST + 1, "unknown")):
        matches = match("; ".join(["harassment"] * count))
        assert (len(matches.named), matches.limb) == (MOST, limb)


def test_where_more_is_written_than_is_read_the_limb_is_never_false() -> None:
    assert match("Harassment\n" * (LONGEST // 5)).limb == "unknown"


COUNTS = {
    "schedule15": 216,
    "s327": 10,
    "near_misses": 42,
    "watchlist": 14,
    "schedule3": 73,
    "category4": 37,
    "cjs_codes": 771,
}


@pytest.mark.parametrize(("name", "rows"), COUNTS.items(), ids=COUNTS.keys())
def test_every_row_of_the_law_is_kept(name: str, rows: int) -> None:
    with (LAW / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        assert sum(1 for _ in csv.DictReader(file)) == rows


def test_the_lists_say_what_the_law_compiled_beside_the_project_says(shared: Path) -> None:
    def told(path: Path, *columns: str) -> set[tuple[str, ...]]:
        with path.open(encoding="utf-8", newline="") as file:
            return {tuple(row[column] for column in columns) for row in csv.DictReader(file)}

    columns = ("paragraph", "offence", "act", "section")
    assert told(LAW / "schedule15.csv", *columns) == told(shared / "law" / "schedule15.csv", *columns)
    assert told(LAW / "schedule3.csv", *columns) == told(shared / "law" / "schedule3.csv", *columns)
    assert told(LAW / "near_misses.csv", "offence", "act") == told(shared / "law" / "near_misses.csv", "offence", "act")


def test_an_entry_says_where_it_stands() -> None:
    entry: LawEntry = only("Affray").entries[0]
    assert entry.place() == "Schedule 15 Part 1 paragraph 46"
