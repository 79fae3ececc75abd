"""Random faults against a desk at work, in real processes: `python -m benchmarks.chaos --trials 2000 --seed 1`.

Two hosts of two workers, the web, PostgreSQL and Redis run on this machine while senders send forms without pause, each
until it is shown a receipt. A trial is one fault. After each the counts are compared in one snapshot; after every few,
sending stops until nothing is under way, and then: every receipt shown has its document, whole, read and judged exactly
once; nothing is there twice; nothing waits; every mail that counts as sent came once, and one that is unknown at most
once. Prints a table by kind of fault, and ends with 1 if any trial failed.

Leases are shorter than in service (see part.py), so that a trial takes seconds; the forms are small ones that the
tests' reader understands; all else is what serves. A full disk is tried only as root, in a small file system of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable

import redis
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.chaos.faults import FAULTS
from benchmarks.chaos.hosts import open_desk
from benchmarks.chaos.promises import Senders, broken, differences, quiet, unfinished, unknown_mails
from intake.errors import HouseError
from intake.store.acting import acting

BETWEEN_CHECKS = 5
"""Faults after which sending stops until everything is done."""
MOST_WAITING = 12
"""Jobs that wait before senders pause, so that a machine busy with other things can keep up."""


def tried(trials: int, seed: int, told: Callable[[str], None]) -> tuple[Counter[str], list[str]]:
    """Run `trials` faults; gives how often each kind happened and what did not hold."""
    happened: Counter[str] = Counter()
    wrong: list[str] = []
    chance = random.Random(seed)
    kinds = [kind for kind in FAULTS if kind != "disk full" or os.geteuid() == 0]

    def report(problems: list[str], after: str) -> None:
        for problem in problems:
            wrong.append(f"{problem} (after {after})")
            told(f"WRONG {wrong[-1]}")

    with open_desk() as desk:
        desk.chance = chance
        senders = Senders(desk.address, seed)
        senders.sending.set()
        while not senders.accepted:
            desk.rest(0.2)
        began, retried, order, batch = time.monotonic(), 0, [], []
        while sum(happened.values()) < trials:
            # Every kind equally often, in random order.
            order = order or chance.sample(kinds, len(kinds))
            kind = order.pop()
            with contextlib.suppress(redis.RedisError, SQLAlchemyError, FileNotFoundError, IndexError, HouseError):
                # Where the server that it needs is still away, the fault does not happen and does not count.
                if FAULTS[kind](desk):
                    happened[kind] += 1
                    batch.append(kind)
            desk.rest(chance.random())
            report(differences(desk), kind)
            with contextlib.suppress(SQLAlchemyError):
                (senders.sending.clear if unfinished(desk)[0] > MOST_WAITING else senders.sending.set)()
            done = sum(happened.values())
            if len(batch) >= BETWEEN_CHECKS or done >= trials:
                retried += quiet(desk, senders)
                known = list(senders.accepted)
                report(broken(desk, known) + differences(desk), ", ".join(batch))
                batch = []
                senders.sending.set()
                told(
                    f"{done} of {trials} faults, {len(known)} receipts shown, {senders.tries} tries, "
                    f"{retried} set aside and retried, {len(wrong)} wrong, {time.monotonic() - began:.0f} s"
                )
        senders.end()
        with acting(desk.house.engine, "desk") as connection:
            trail = desk.house.trail.verify(connection)
        if not isinstance(trail, int):
            wrong.append(f"trail: {trail.why}")
        told(
            f"the trail's {trail} entries verify; {len(desk.post.mails)} mails came, {unknown_mails(desk)} are unknown"
        )
    return happened, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    happened, wrong = tried(asked.trials, asked.seed, lambda words: print(words, flush=True))
    print(f"\n{'fault':55}{'times':>6}")
    for kind, times in sorted(happened.items()):
        print(f"{kind:55}{times:>6}")
    print(f"{'together':55}{sum(happened.values()):>6}\n")
    print("\n".join(wrong) or "0 lost, 0 doubled, 0 stuck")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
