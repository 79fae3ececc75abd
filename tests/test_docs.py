"""The documents say what is true: every command and setting is described, every link leads somewhere."""

import re
from pathlib import Path

from web.cli import COMMANDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_is_described() -> None:
    assert [name for name in COMMANDS if f"`mappa-intake {name}" not in README] == []


def test_every_command_described_exists() -> None:
    assert set(re.findall(r"`mappa-intake ([\w-]+)", README)) <= set(COMMANDS)


def test_every_setting_is_described_and_every_described_setting_is_read() -> None:
    read = set()
    for path in [ROOT / "intake" / "settings.py", ROOT / "tests" / "conftest.py"]:
        read |= set(re.findall(r'"((?:MAPPA|DATABASE|REDIS)_\w+)"', path.read_text(encoding="utf-8")))
    described = set(re.findall(r"`((?:MAPPA|DATABASE|REDIS)_[A-Z_]+)`", README))
    assert read == described


def test_every_link_and_picture_leads_to_a_file() -> None:
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_every_measurement_named_is_a_module() -> None:
    for name in re.findall(r"python -m (benchmarks\.\w+|samples\.\w+)", README):
        module = ROOT / name.replace(".", "/")
        assert module.with_suffix(".py").exists() or (module / "__main__.py").exists()


def test_every_file_that_is_named_as_proof_is_there() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:tests|web|intake|extractors)/[\w/.-]+)`", text)
    assert len(named) > 10 and [path for path in named if not (ROOT / path).exists()] == []


def test_no_document_holds_both_sides_of_a_change() -> None:
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        left = re.findall(r"^(?:<{7}|={7}|>{7})(?: .*)?$", document.read_text(encoding="utf-8"), re.MULTILINE)
        assert left == [], f"{document.name} still says {left}"
