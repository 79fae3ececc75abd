"""From sending a digital form to its questions on the page, with one worker: `python -m benchmarks.questions --uploads 20`.

Brings its own PostgreSQL, Redis, web and one worker in a temporary folder; a referrer sends the samples that have gaps one
after the other, as a browser without scripts does. Prints the median and the slowest in seconds, by kind of file.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from benchmarks.sender import Sender
from intake.database import migrate
from intake.embedded import Embedded
from intake.house import open_house
from intake.keeping import Secrets
from intake.settings import Settings

SAMPLES = Path(__file__).parents[1] / "samples"
GAPS = (
    "a-yot-two-gaps.docx",
    "a-police-contradictions.pdf",
    "a-hospital-controls.docx",
    "h-home-gaps.pdf",
    "i-private-hospital-gaps.pdf",
)
WANTED = 2.0
"""Seconds at the median."""
PASSWORD = "a password for this measurement"
ONE_WORKER = (
    "import os; from intake.house import open_house; from intake.settings import Settings; "
    "from intake.worker import run_worker\n"
    "with open_house(Settings.from_environment(os.environ)) as house: run_worker(house, 1)"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_open(port: int) -> None:
    for _ in range(1200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the pages did not open")


def seconds_to_questions(sender: Sender, name: str, mark: str) -> float:
    """Send one sample, and look at its page until the questions can be answered."""
    content = (SAMPLES / name).read_bytes()
    began = time.perf_counter()
    shown = sender.send(content, mark, filename=name)
    while "Answer the questions" not in sender.page(f"/referrals/{shown.id}/receipt?wait=1"):
        if time.perf_counter() - began > 60:
            raise SystemExit(f"{name}: no questions after a minute")
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mappa-questions-") as folder:
        data = Path(folder)
        with Embedded(data, Secrets(data / "secrets")) as embedded:
            migrate(embedded.owner_url)
            urls = {"database_url": embedded.database_url, "redis_url": embedded.redis_url}
            with open_house(Settings(**urls, data=data)) as house:
                agency = house.people.add_agency("Agency", "yot", "WM")
                house.people.add_person("r@example.org", "R", "referrer", PASSWORD, agency_id=agency.id)
            environment = {**os.environ, "DATABASE_URL": embedded.database_url, "REDIS_URL": embedded.redis_url}
            environment["MAPPA_DATA"] = str(data)
            port = free_port()
            parts = [
                subprocess.Popen([sys.executable, *part], env=environment)
                for part in (["-m", "web.cli", "web", "--port", str(port)], ["-c", ONE_WORKER])
            ]
            try:
                wait_until_open(port)
                sender = Sender(f"127.0.0.1:{port}", "r@example.org", PASSWORD)
                seconds_to_questions(sender, GAPS[0], "first")
                found: dict[str, list[float]] = defaultdict(list)
                for number in range(asked.uploads):
                    name = GAPS[number % len(GAPS)]
                    found[Path(name).suffix].append(seconds_to_questions(sender, name, f"upload-{number}"))
            finally:
                for part in parts:
                    part.terminate()
                for part in parts:
                    part.wait(30)
    found["all"] = [seconds for some in found.values() for seconds in some]
    for kind, some in found.items():
        print(f"{kind:8}{len(some):4} uploads   median {statistics.median(some):5.2f} s   slowest {max(some):5.2f} s")
    sys.exit(statistics.median(found["all"]) > WANTED)


if __name__ == "__main__":
    main()
