"""Imports run only down: web, intake, validation, extractors."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ["web", "intake", "validation", "extractors"]
MODULES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))


def imported_floors(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names & set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_imports_only_its_own_floor_and_those_below(path: Path) -> None:
    floor = path.relative_to(ROOT).parts[0]
    above = set(FLOORS[: FLOORS.index(floor)])
    assert not imported_floors(path) & above


PURE = {"sqlalchemy", "psycopg", "redis", "rq", "flask", "smtplib", "imaplib", "socket", "alembic"}


@pytest.mark.parametrize("floor", ["validation", "extractors"])
def test_the_pure_floors_know_no_database_queue_or_web(floor: str) -> None:
    for path in (ROOT / floor).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            found = set()
            if isinstance(node, ast.Import):
                found = {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found = {node.module.split(".")[0]}
            assert not found & PURE, f"{path} imports {found & PURE}"


def test_each_migration_follows_the_one_before_it_by_number() -> None:
    paths = sorted((ROOT / "intake" / "store" / "migrations" / "versions").glob("0*.py"))
    assert paths
    for number, path in enumerate(paths, start=1):
        text = path.read_text(encoding="utf-8")
        assert path.name.startswith(f"{number:04d}_") and f'\nrevision = "{number:04d}"\n' in text, path.name
        assert number == 1 or f'\ndown_revision = "{number - 1:04d}"\n' in text, path.name


WITHOUT_ACTOR = {"acting.py", "backup.py", "database.py", "house.py", "master_keys.py"}
"""Modules that open transactions in which nobody acts: of the tables' owner, or on tables whose rows belong to nobody."""


def test_every_other_transaction_says_who_acts_in_it() -> None:
    opens = re.compile(r"\bengine\.(begin|connect)\(\)")
    found = [
        path.name
        for path in MODULES
        if path.name not in WITHOUT_ACTOR and opens.search(path.read_text(encoding="utf-8"))
    ]
    assert found == [], "open it with acting() of intake/store/acting.py: else the database shows it no row"


def test_every_table_of_a_migration_gets_policies() -> None:
    texts = [
        path.read_text(encoding="utf-8")
        for path in (ROOT / "intake" / "store" / "migrations" / "versions").glob("0*.py")
    ]
    made = {table for text in texts for table in re.findall(r"CREATE TABLE (\w+)", text)}
    guarded = {table for text in texts for table in re.findall(r"POLICY \w+ ON (\w+)", text)}
    (listed,) = (text for text in texts if "POLICIES = {" in text)
    guarded |= set(re.findall(r'^    "(\w+)": ', listed, re.MULTILINE))
    assert made <= guarded
