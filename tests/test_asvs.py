"""The table of OWASP ASVS 5.0.0: no requirement is left out, every proof named is there, and the counts are true."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")

# Of each section the numbers of levels 1 and 2, and for V5 and V8 of level 3.
SECTIONS = """1.1: 2, 1.2: 9, 1.3: 11, 1.4: 3, 1.5: 2, 2.1: 3, 2.2: 3, 2.3: 4, 2.4: 1, 3.2: 2, 3.3: 4, 3.4: 6, 3.5: 5, 3.7: 2,
    4.1: 3, 4.2: 1, 4.3: 2, 4.4: 4, 5.1: 1, 5.2: 6, 5.3: 3, 5.4: 3, 6.1: 3, 6.2: 12, 6.3: 4, 6.4: 4, 6.5: 5, 6.6: 3, 6.8: 4,
    7.1: 3, 7.2: 4, 7.3: 2, 7.4: 5, 7.5: 2, 7.6: 2, 8.1: 4, 8.2: 4, 8.3: 3, 8.4: 2, 9.1: 3, 9.2: 4, 10.1: 2, 10.2: 2, 10.3: 4,
    10.4: 11, 10.5: 5, 10.6: 2, 10.7: 3, 11.1: 2, 11.2: 3, 11.3: 3, 11.4: 4, 11.5: 1, 11.6: 1, 12.1: 3, 12.2: 2, 12.3: 4,
    13.1: 1, 13.2: 5, 13.3: 2, 13.4: 5, 14.1: 2, 14.2: 4, 14.3: 3, 15.1: 3, 15.2: 3, 15.3: 7, 16.1: 1, 16.2: 5, 16.3: 4,
    16.4: 3, 16.5: 3, 17.1: 1, 17.2: 4, 17.3: 2"""
ALL = [
    f"v5.0.0-{section}.{number}"
    for section, many in re.findall(r"([\d.]+): (\d+)", SECTIONS)
    for number in range(1, int(many) + 1)
]
ROWS = [
    (number, state)
    for numbers, state in re.findall(r"^\| (v5\.0\.0-[^|]+) \|[^|]+\| (.+) \|$", TEXT, re.MULTILINE)
    for number in numbers.split(", ")
]
STATES = ("met", "partly", "not met", "does not apply")
PROOF = re.compile(r"`((?:tests|web|intake|extractors|deploy)/[\w/.-]+|pyproject\.toml)(?:::(\w+))?`")


def state_of(said: str) -> str:
    (state,) = (one for one in STATES if said.startswith(f"{one}:"))
    return state


def test_every_requirement_has_its_row() -> None:
    # 70 of level 1 and 183 of level 2, as the standard counts them, and ten of level 3.
    assert len(ALL) == 70 + 183 + 10
    assert [number for number, _ in ROWS] == ALL


def test_what_is_met_is_shown_by_a_test_or_a_file_and_all_else_gives_its_reason() -> None:
    for number, said in ROWS:
        state, _, reason = said.partition(": ")
        assert state in STATES and len(reason) > 12, number
        assert state != "met" or PROOF.search(said), number


def test_every_proof_is_there() -> None:
    named = PROOF.findall(TEXT)
    assert len(named) > 200
    for path, test in named:
        assert (ROOT / path).is_file(), path
        assert not test or re.search(rf"^def {test}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), test


def test_the_counts_are_those_of_the_rows() -> None:
    counts = Counter(state_of(said) for _, said in ROWS)
    told = ", ".join(f"{state} {counts[state]}" for state in STATES)
    assert f"Of {len(ALL)}: {told}." in TEXT
