"""What the service is made of: nothing with a known weakness, all of it on the bill of materials, no licence that forbids."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.output.json import JsonV1Dot6

from scripts import bom
from scripts.audit import npm_advisories, python_advisories

ROOT = Path(__file__).parents[1]
FORBIDDEN = re.compile(r"(?<!L)GPL|(?<!Lesser )General Public License|SSPL|RSAL|BUSL", re.IGNORECASE)
"""The GNU licences but the Lesser one, which allows use as a library, and those that restrict who may run what."""


@pytest.fixture(scope="module")
def written() -> str:
    return JsonV1Dot6(bom.bill()).output_as_string()


@pytest.fixture(scope="module")
def parts(written: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The components of the bill, by kind and name."""
    found = {}
    for one in json.loads(written)["components"]:
        kind = one["purl"].partition(":")[2].partition("/")[0]
        found[kind, "/".join(filter(None, [one.get("group"), one["name"]]))] = one
    return found


def licence_of(part: dict[str, Any]) -> str:
    (licence,) = part["licenses"]
    told = licence.get("license", {})
    return str(licence.get("expression") or told.get("id") or told.get("name") or "")


@pytest.mark.parametrize("advisories", [python_advisories, npm_advisories], ids=["python", "npm"])
def test_no_package_has_a_known_weakness(advisories: Callable[[], list[str] | None]) -> None:
    found = advisories()
    if found is None:
        pytest.skip("the advisory database could not be asked: run python -m scripts.audit where it can")
    assert found == []


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-test.txt"])
def test_every_pinned_package_is_on_the_bill_with_its_hashes(
    file: str, parts: dict[tuple[str, str], dict[str, Any]]
) -> None:
    text = (ROOT / file).read_text()
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))
    assert len(pinned) > 80
    for name, version in pinned.items():
        part = parts["pypi", name]
        own = text.partition(f"\n{name}==" if not text.startswith(f"{name}==") else f"{name}==")[2].partition("# via")[
            0
        ]
        hashes = set(re.findall(r"sha256:([0-9a-f]{64})", own))
        assert part["version"] == version and hashes, name
        assert {one["content"] for one in part["hashes"]} == hashes, name


def test_every_npm_package_is_on_the_bill_with_its_hash(parts: dict[tuple[str, str], dict[str, Any]]) -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    names = {place.rpartition("node_modules/")[2]: told["version"] for place, told in locked.items() if place}
    assert len(names) > 10
    for name, version in names.items():
        part = parts["npm", name]
        assert part["version"] == version and len(part["hashes"][0]["content"]) == 128, name


def test_every_debian_package_and_container_is_on_the_bill(parts: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert {"libreoffice-writer-nogui", "clamav-daemon", "python3-venv"} <= bom.debian_packages()
    assert bom.images().keys() == {"debian", "nginx", "postgres", "redis", "clamav/clamav"}
    beside = {name for kind, name in parts if kind in ("deb", "docker")}
    assert beside == bom.debian_packages() | bom.images().keys() == bom.BESIDE.keys()


def test_everything_has_a_licence_and_nothing_linked_in_has_one_that_forbids(
    parts: dict[tuple[str, str], dict[str, Any]],
) -> None:
    assert [name for name, part in parts.items() if not licence_of(part)] == []
    linked = {name: licence_of(part) for name, part in parts.items() if name[0] in ("pypi", "npm")}
    assert {name: licence for name, licence in linked.items() if FORBIDDEN.search(licence)} == {}
    assert FORBIDDEN.search("GPL-3.0-or-later") and FORBIDDEN.search("GNU Affero General Public License v3")
    assert not FORBIDDEN.search("LGPL-3.0-only") and not FORBIDDEN.search("GNU Lesser General Public License v3")


LEFT_OUT = re.compile(r"noqa: S\d+(.*)$|nosec(.*)$", re.MULTILINE)


def test_every_exception_from_the_security_rules_gives_its_reason() -> None:
    """The rules are those of bandit, as ruff has them (S); scripts/test runs them on everything that is served."""
    settings = (ROOT / "pyproject.toml").read_text()
    assert '"S"' in settings.partition("select = [")[2].partition("]")[0]
    found = {}
    for floor in ("web", "intake", "validation", "extractors", "scripts"):
        for path in (ROOT / floor).rglob("*.py"):
            for reason in LEFT_OUT.findall(path.read_text()):
                found[f"{path.relative_to(ROOT)}: {reason}"] = "".join(reason)
    assert len(found) > 3
    assert [place for place, reason in found.items() if not re.match(r" - \w+ \w+", reason)] == []
