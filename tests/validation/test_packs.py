"""The rules of a day and of an area: editions are dated, packs are data."""

import re
from datetime import date
from pathlib import Path

import pytest

from extractors.contract import FIELDS
from validation import check, pack
from validation.check import in_force
from validation.duties import DUTIES
from validation.models import Citation
from validation.pack import LeftOut, UnknownPack, load_pack, pack_names
from validation.route import WAYS
from validation.rule import Rule
from validation.rules import RULES
from validation.sources import CATEGORY_4_FROM, wm
from validation.worked import form_saying

TODAY = date(2026, 11, 20)
LAW_SINCE_2022 = {"category-4", "terrorism-category"}


def rules(on: date, chosen: str = "west-midlands") -> list[str]:
    return [finding.rule for finding in check(form_saying("A", {}), on, chosen).findings]


def test_the_rules_of_the_day_of_receipt_are_used() -> None:
    before, since = rules(date(2022, 6, 27)), rules(date(2022, 6, 28))
    assert set(since) - set(before) == LAW_SINCE_2022
    assert rules(TODAY) == since


def test_a_rule_is_in_force_from_its_first_day_to_its_last() -> None:
    rule = next(rule for rule in RULES if rule.id == "category-4")
    ended = Rule(**{**vars(rule), "in_force_until": date(2030, 1, 31)})
    days = (date(2022, 6, 27), CATEGORY_4_FROM, date(2030, 1, 31), date(2030, 2, 1))
    assert [ended.in_force(day) for day in days] == [False, True, True, False]
    assert all(r.in_force(date.min) and r.in_force(date.max) for r in RULES if r.id not in LAW_SINCE_2022)


def test_a_finding_cites_only_what_stood_on_the_day() -> None:
    old = Citation(document="a", heading="b", phrase="c", edition="d", in_force_until=date(2020, 1, 1))
    new = Citation(document="a", heading="b", phrase="c", edition="e", in_force_from=date(2020, 1, 2))
    assert in_force((old, new), date(2020, 1, 1)) == (old,)
    assert in_force((old, new), date(2020, 1, 2)) == (new,)
    assert in_force((wm("h", "p"),), date.min) == (wm("h", "p"),)


def test_the_two_packs_are_there_by_name_and_no_other() -> None:
    assert pack_names() == ("national", "west-midlands")
    with pytest.raises(UnknownPack, match="no rule pack called 'wales'; there are: national, west-midlands"):
        check(form_saying("A", {}), TODAY, "wales")
    with pytest.raises(UnknownPack):
        load_pack("../packs/national")


def test_the_national_pack_leaves_out_local_agreement_and_keeps_the_rest() -> None:
    assert set(rules(TODAY)) - set(rules(TODAY, "national")) == {"local-agreement"}
    assert check(form_saying("A", {}), TODAY, "national").pack == "national"


def test_the_national_pack_has_its_own_wording_and_sources_where_it_says_so() -> None:
    by_id = {rule.id: rule for rule in load_pack("national").rules()}
    declared = {rule.id: rule for rule in RULES}
    assert by_id["category-2"].title == "Category 2: violent or other sexual offender"
    assert [c.document for c in by_id["category-2"].citations] == ["Criminal Justice Act 2003"]
    assert by_id["category-2"].note == declared["category-2"].note
    endorsement = by_id["manager-endorsement"].asks["endorsement.name"]
    assert endorsement.question == "Which manager in the youth justice service endorses this referral?"
    assert (
        by_id["manager-endorsement"].asks["endorsement.endorsed"]
        == declared["manager-endorsement"].asks["endorsement.endorsed"]
    )
    assert by_id["secure-email"] == declared["secure-email"]


def test_the_west_midlands_pack_is_the_rules_as_declared() -> None:
    assert load_pack("west-midlands").rules() == RULES


def test_rules_are_chosen_by_form_and_day() -> None:
    chosen = load_pack("west-midlands")
    assert [rule.id for rule in chosen.rules("H")] == [rule.id for rule in RULES if "H" in rule.forms]
    assert len(chosen.rules("A", date(2020, 1, 1))) == 24
    assert (len(chosen.rules("A", TODAY)), len(chosen.rules("H", TODAY)), len(chosen.rules("I", TODAY))) == (26, 16, 16)


def test_each_pack_says_after_how_many_weeks_a_level_is_reviewed() -> None:
    assert dict(load_pack("west-midlands").review_weeks) == {"2": 16, "3": 6}
    assert dict(load_pack("national").review_weeks) == {"2": 16, "3": 8}


def a_pack(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> str:
    (folder / "somewhere.toml").write_text(
        'title = "Somewhere"\nabout = "A third area."\nroutes = ["coordinator_decision"]\n'
        "[review_weeks]\n2 = 12\n" + text,
        encoding="utf-8",
    )
    monkeypatch.setattr(pack, "FOLDER", folder)
    load_pack.cache_clear()
    pack._worded.cache_clear()
    return "somewhere"


def test_a_new_area_is_one_file_and_no_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = a_pack(
        tmp_path,
        '[leaves_out]\nrules = ["secure-email"]\nduties = ["form-f"]\n'
        '[rule.added-value]\ntitle = "Why a panel"\nnote = "Ours."\nin_force_from = 2026-11-20\n'
        '[rule.added-value.asks."referral.added_value"]\nquestion = "Why?"\nreason = "Because."\n'
        "[rule.victim-considered]\nin_force_until = 2026-11-19\n"
        '[rule.category-single.asks.category]\nagain = "Which one?"\n',
        monkeypatch,
    )
    form = form_saying("A", {"person.location": "HMP Tarn Hill", "category": ("1", "2"), "level_requested": "2"})
    assessment = check(form, TODAY, name)
    found = {finding.rule: finding for finding in assessment.findings}
    assert not {"secure-email", "victim-considered"} & set(found)
    assert (found["added-value"].title, found["added-value"].note) == ("Why a panel", "Ours.")
    asked = {question.key: question for question in assessment.questions}
    assert asked["category"].asks == "Which one?"
    assert [duty.id for duty in assessment.duties] == ["panel-date"]
    assert "within 12 weeks" in assessment.duties[0].says
    assert "added-value" not in {f.rule for f in check(form, date(2026, 11, 19), name).findings}
    assert load_pack(name).rule["added-value"].asks["referral.added_value"].question == "Why?"
    load_pack.cache_clear()
    pack._worded.cache_clear()


def test_a_pack_that_names_a_rule_which_is_not_there_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = a_pack(tmp_path, '[rule.victims]\ntitle = "x"\n[leaves_out]\nrules = ["zebra"]\n', monkeypatch)
    with pytest.raises(UnknownPack, match="rules that do not exist: victims, zebra"):
        load_pack(name).rules()
    load_pack.cache_clear()
    pack._worded.cache_clear()


def test_nothing_is_left_out_unless_said() -> None:
    assert LeftOut() == LeftOut(rules=(), duties=())


def every_citation() -> list[Citation]:
    packs = [load_pack(name) for name in pack_names()]
    found = [c for chosen in packs for rule in chosen.rules() for c in rule.citations]
    return [*found, *(duty.citation for duty in DUTIES), *(way.citation for way in WAYS)]


def test_every_citation_names_document_heading_edition_and_a_phrase_of_at_most_twelve_words() -> None:
    for citation in every_citation():
        assert citation.document and citation.heading and citation.edition
        assert 1 <= len(citation.phrase.split()) <= 12, citation.phrase


def test_every_phrase_quoted_stands_in_its_source(shared: Path) -> None:
    def plain(text: str) -> str:
        return re.sub(r"[^\w/]+", " ", text.replace("- \n", "").replace("-\n", " ")).casefold().strip()

    documents = {
        "West Midlands": "001_",
        "Safeguarding board": "000_",
        "Warwickshire": "003_",
        "MAPPA national website": "004_",
    }
    texts = {
        start: plain(next((shared / "sources").glob(f"{number}*")).read_text(encoding="utf-8"))
        for start, number in documents.items()
    }
    for citation in every_citation():
        for start, text in texts.items():
            if citation.document.startswith(start):
                assert plain(citation.phrase) in text, citation.phrase


def test_every_rule_reads_whole() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES) == 30
    for rule in RULES:
        assert rule.citations, rule.id
        assert all(sentence.endswith(".") for sentence in rule.says.values()), rule.id
        for key, ask in rule.asks.items():
            assert key in FIELDS
            assert ask.question.endswith(("?", ".")) and ask.reason.endswith("."), (rule.id, key)
