"""Shared fixtures: the labelled corpus where it lies beside the project, else a skip that says so."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]
# Timings never fail a test.
settings.register_profile("desk", deadline=None)
settings.load_profile("desk")
pytest_plugins = ["house", "scanner"]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled material beside the project, or the one MAPPA_SHARED names."""
    folder = Path(os.environ.get("MAPPA_SHARED", ROOT.parent / "shared"))
    if not (folder / "corpus").is_dir():
        pytest.skip(f"the labelled corpus is not here ({folder.name}/corpus beside the project): not tested against it")
    return folder


@pytest.fixture(scope="session")
def corpus(shared: Path) -> Path:
    return shared / "corpus"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What shares a long set-up in one process goes first, so that no process ends alone with it."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes are named by their number, not shown: packed files hold the time they were made, and names must not change."""
    return f"{argname} of {len(val)} bytes" if isinstance(val, bytes) else None
