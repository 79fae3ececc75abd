"""`read`, `check` and `due` keep the contract of the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from extractors.contract import FIELDS, keys_of

SAMPLES = Path(__file__).parents[2] / "samples"


def told(*arguments: str | Path) -> tuple[int, dict]:
    """Exit code and the one JSON object that the command prints."""
    ended = subprocess.run(
        [sys.executable, "-m", "web.cli", *map(str, arguments), "--json"], capture_output=True, text=True, timeout=120
    )
    return ended.returncode, json.loads(ended.stdout)


def test_read_gives_one_entry_for_every_key_of_the_form() -> None:
    code, form = told("read", SAMPLES / "a-yot-two-gaps.docx")
    assert code == 0
    assert form["form"] == "A"
    assert list(form["fields"]) == list(keys_of("A"))
    assert form["fields"]["person.date_of_birth"]["value"] == "2010-02-14"
    assert form["fields"]["person.date_of_birth"]["raw"] == "14/02/2010"
    assert form["fields"]["endorsement.endorsed"]["status"] == "blank"
    assert {"status", "value", "raw", "page", "box", "method", "confidence"} <= form["fields"]["area"].keys()


def test_read_says_page_and_box_where_there_are_pages() -> None:
    _, form = told("read", SAMPLES / "a-probation-complete.pdf")
    name = form["fields"]["person.family_name"]
    assert name["value"] == "Brackwater"
    assert name["page"] == 1
    x0, top, x1, bottom = name["box"]
    assert 0 < x0 < x1 < 596
    assert 0 < top < bottom < 843


def test_a_file_that_is_no_form_is_refused_with_code_3_and_a_cure() -> None:
    code, answer = told("read", SAMPLES / "not-a-form.pdf")
    assert code == 3
    assert answer["error"]["code"] == "not_a_form"
    assert "right file" in answer["error"]["message"]


def test_a_mail_names_the_attachment_its_form_came_in() -> None:
    code, form = told("read", SAMPLES / "a-prison-terrorism.eml")
    assert code == 0
    assert form["attachment"] == "MAPPA A.docx"
    assert form["fields"]["category"]["value"] == ["4"]


def test_check_adds_route_verdicts_and_questions_by_rule() -> None:
    code, form = told("check", SAMPLES / "a-yot-two-gaps.docx", "--received", "2026-11-20T09:30:00+00:00")
    assert code == 0
    assert form["route"] == "youth_panel"
    assert form["verdicts"]["manager-endorsement"] == "cannot_tell"
    assert form["questions"]["manager-endorsement"] == ["endorsement.name", "endorsement.endorsed"]
    assert form["questions"]["added-value"] == ["referral.added_value"]


def test_check_says_of_a_verdict_that_it_rests_on_a_doubtful_value_in_words_and_keeps_the_json_of_the_contract() -> (
    None
):
    file, day = SAMPLES / "h-yot-complete.docx", ("--received", "2026-11-20")
    shown = subprocess.run(
        [sys.executable, "-m", "web.cli", "check", str(file), *day], capture_output=True, text=True, timeout=120
    ).stdout.splitlines()
    told_of = [shown[place + 1].strip() for place, line in enumerate(shown) if "The sender can be answered" in line]
    _, form = told("check", file, *day)
    name = FIELDS["referrer.agency"].label
    assert form["fields"]["referrer.agency"]["confidence"] < 0.9
    assert told_of == [f"Doubtful: rests on what was not read for certain: {name}"]
    assert sum("Doubtful" in line for line in shown) == 1
    assert set(form) - {"form", "edition", "carrier", "pages", "fields"} == {"route", "verdicts", "questions"}


def test_the_complete_sample_leaves_nothing_to_ask() -> None:
    _, form = told("check", SAMPLES / "a-probation-complete.pdf", "--received", "2026-11-20")
    assert form["questions"] == {}


@pytest.mark.parametrize(
    ("arguments", "due"),
    [
        (["2026-11-20T09:30:00+00:00"], "2026-11-30"),
        (["2026-11-20"], "2026-11-30"),
        (["2026-12-18", "--basis", "working"], "2027-01-06"),
    ],
)
def test_due_counts_from_the_day_after_receipt(arguments: list[str], due: str) -> None:
    code, answer = told("due", *arguments)
    assert code == 0
    assert answer["due"] == due
    assert answer["why"].endswith(".")


def test_a_moment_that_is_no_date_is_one_clear_sentence() -> None:
    ended = subprocess.run([sys.executable, "-m", "web.cli", "due", "yesterday"], capture_output=True, text=True)
    assert ended.returncode == 2
    assert "“yesterday” is no date: write it as 2026-11-20" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("name", ["a-probation-complete.pdf", "a-yot-two-gaps.docx", "a-prison-terrorism.eml"])
def test_read_draws_the_pages_of_every_carrier(name: str, tmp_path: Path) -> None:
    code, _ = told("read", SAMPLES / name, "--picture", tmp_path / "out")
    if code == 3 and not name.endswith(".pdf"):
        pytest.skip("LibreOffice is not installed")
    assert code == 0
    pages = sorted((tmp_path / "out").glob("*.jpg"))
    assert len(pages) >= 2
    assert all(page.read_bytes().startswith(b"\xff\xd8") for page in pages)


def test_the_pack_and_the_way_of_counting_can_be_set_for_a_whole_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = SAMPLES / "a-police-contradictions.pdf"
    assert "local-agreement" in told("check", sample, "--received", "2026-11-20")[1]["verdicts"]
    assert told("due", "2026-12-18")[1]["due"] == "2026-12-28"
    monkeypatch.setenv("MAPPA_PACK", "national")
    monkeypatch.setenv("MAPPA_DUE_BASIS", "working")
    assert "local-agreement" not in told("check", sample, "--received", "2026-11-20")[1]["verdicts"]
    assert told("due", "2026-12-18")[1] | {"why": ""} == {"due": "2027-01-06", "basis": "working", "why": ""}
    monkeypatch.setenv("MAPPA_PACK", "atlantis")
    ended = subprocess.run([sys.executable, "-m", "web.cli", "check", str(sample)], capture_output=True, text=True)
    assert ended.returncode == 2
    assert "'atlantis' is not one of 'national', 'west-midlands'" in ended.stderr
