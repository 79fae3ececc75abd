"""`run` brings everything up on this machine, says how to sign in, stops all of it, and finds its data again."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path, port: int, **settings: str) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.Popen(
        [sys.executable, "-m", "web.cli", "run", "--port", str(port)],
        env={**environment, "MAPPA_DATA": str(data), "PYTHONUNBUFFERED": "1", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # As a shell starts what it puts in the background: Ctrl-C is not for it, but SIGINT sent to it is.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )


def command(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.run(
        [sys.executable, "-m", "web.cli", *arguments],
        env={**environment, "MAPPA_DATA": str(data)},
        capture_output=True,
        text=True,
    )


def said_until_open(process: subprocess.Popen[str]) -> str:
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if "Ctrl-C stops everything" in line:
            return said
    raise AssertionError(said)


def children_of(pid: int) -> set[int]:
    out = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True).stdout
    parents = {int(a): int(b) for a, b in (line.split() for line in out.splitlines())}
    found: set[int] = set()
    while True:
        more = {child for child, parent in parents.items() if parent in found | {pid}} - found
        if not more:
            return found
        found |= more


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mappa-run-") as folder:
        yield Path(folder)


@pytest.mark.timeout(150)
def test_run_opens_the_desk_stops_every_child_and_finds_its_data_again(data: Path) -> None:
    port = free_port()
    process = start(data, port)
    said = said_until_open(process)
    assert "10 fictional sample files" in said
    for who in (
        "yot",
        "mental-health",
        "probation",
        "police",
        "prison",
        "private-provider",
        "coordinator",
        "administrator",
    ):
        assert re.search(rf"^  {who}@example\.org +\S+", said, re.M)
    # Whatever a browser says of itself, there is no proxy here and no TLS.
    claims = {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on", "X-Forwarded-Protocol": "ssl"}
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/sign-in", headers=claims)) as page:
        assert b"Sign in" in page.read() and page.headers["Strict-Transport-Security"] is None
    children = children_of(process.pid)
    assert len(children) > 5
    # Whoever keeps it up need not stop it for that.
    assert "coordinator@example.org  coordinator" in command(data, "person", "list").stdout
    assert "entries are as they were written" in command(data, "audit", "verify").stdout
    unknown = command(data, "audit", "export", "WM-2026-999999")
    assert (unknown.returncode, unknown.stderr) == (1, "Error: There is no referral of this reference.\n")
    for pid in (process.pid, *children):
        limits = Path(f"/proc/{pid}/limits")
        assert not limits.exists() or re.search(r"core file size +0 +0 ", limits.read_text()), (
            "nothing held in memory is dumped"
        )
    process.send_signal(signal.SIGINT)
    assert process.wait(40) == 0
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in children) and time.monotonic() < until:
        time.sleep(0.1)
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []

    again = start(data, port)
    told = said_until_open(again)
    assert "sample files" not in told  # nothing is sent twice
    assert re.findall(r"^  \S+@\S+ +\S+", told, re.M) == re.findall(r"^  \S+@\S+ +\S+", said, re.M)
    again.send_signal(signal.SIGTERM)
    assert again.wait(40) == 0


@pytest.mark.timeout(150)
def test_on_a_disk_without_room_for_files_the_desk_opens_all_the_same_and_says_so(data: Path) -> None:
    process = start(data, port := free_port(), MAPPA_MAX_UPLOAD_MB="100000000")
    said = said_until_open(process)
    assert "The fictional samples were not sent. There is no room left here." in said
    with pytest.raises(urllib.error.HTTPError, match="503"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready")
    process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0


def test_a_busy_port_is_one_clear_sentence(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start(data, taken.getsockname()[1])
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert re.fullmatch(
        r"Error: 127\.0\.0\.1:\d+ cannot be used \(Address already in use\): choose another with --port\.\n", said
    )


def test_a_part_without_its_servers_says_which_settings_are_missing() -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    ended = subprocess.run(
        [sys.executable, "-m", "web.cli", "worker"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 1
    assert ended.stderr == "Error: Set DATABASE_URL and REDIS_URL, or use `mappa-intake run`, which brings both.\n"
