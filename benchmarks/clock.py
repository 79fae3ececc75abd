"""Compares the decision clock with an independently written oracle: `python -m benchmarks.clock --cases 500000`.

The oracle (tests/intake/clock_oracle.py) shares nothing with the service; any difference is printed.
"""

import argparse
import random
import sys
import time
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "intake"))

import clock_oracle

from intake.due.clock import due_date


def one_case(chance: random.Random) -> tuple[datetime, str, set[date]]:
    """A moment in 2001 to 2059 in some zone, half of them near a clock change or midnight, with closures near it."""
    moment = datetime(2001, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(59 * 365 * 86400))
    kind = chance.random()
    if kind < 0.25:
        change = clock_oracle.last_sunday(moment.year, chance.choice((3, 10)))
        moment = change + timedelta(seconds=chance.randrange(-90000, 90000))
    elif kind < 0.5:
        moment = moment.replace(hour=chance.choice((22, 23, 0)), minute=chance.choice((0, 59)))
    zone = timezone(timedelta(minutes=chance.choice((0, 60, -300, 330, 765))))
    day = moment.date()
    closures = {day + timedelta(days=chance.randrange(-3, 30)) for _ in range(chance.randrange(4))}
    return moment.astimezone(zone), chance.choice(("calendar", "working")), closures


def differences(cases: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    found = []
    for _ in range(cases):
        moment, basis, closures = one_case(chance)
        ours, theirs = due_date(moment, basis, closures).due, clock_oracle.due(moment, basis, closures)
        if ours != theirs:
            found.append(f"{moment.isoformat()} {basis} {sorted(map(str, closures))}: {ours}, oracle {theirs}")
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--cases", type=int, default=500_000)
    asked.add_argument("--seed", type=int, default=20261120)
    options = asked.parse_args()
    began = time.perf_counter()
    wrong = differences(options.cases, options.seed)
    took = time.perf_counter() - began
    print(f"{options.cases:,} cases, {len(wrong)} differences, {took:.0f} s (seed {options.seed})")
    print("\n".join(wrong[:20]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
