"""Times the check of a long audit trail, and tampers with a short one: `python -m benchmarks.trail --entries 1000000 --tamperings 10000`.

The long trail is written through the application's role into a PostgreSQL of its own. The tamperings are random changes of
a field, deletions, insertions and moves; every one of them must be found.
"""

from __future__ import annotations

import argparse
import random
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from benchmarks.own_house import own_house
from intake.house import House
from intake.store.acting import acting
from intake.store.trail import START, Break, Entry, Trail

Row = dict[str, Any]
BATCH = 10_000


def chain(trail: Trail, length: int, chance: random.Random) -> list[Row]:
    """A trail in memory, as rows of the table."""
    rows: list[Row] = []
    seal = START
    for number in range(1, length + 1):
        row = entry(number, chance).model_dump()
        seal = trail._seal(seal, number, row)
        rows.append({"number": number, **row, "seal": seal})
    return rows


def entry(number: int, chance: random.Random) -> Entry:
    return Entry(
        at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
        who=UUID(int=chance.getrandbits(128)) if chance.random() < 0.8 else None,
        referral_id=UUID(int=chance.randrange(1000)) if chance.random() < 0.9 else None,
        kind=chance.choice(["seen", "read", "answered", "decided"]),
        what=chance.choice(["Opened the case.", "Read form A.", "Took an answer.", "Decided."]),
        facts={"version": chance.randrange(9), "from": f"10.0.0.{chance.randrange(255)}"},
    )


def change(rows: list[Row], chance: random.Random) -> None:
    row = chance.choice(rows)
    field = chance.choice(["at", "who", "referral_id", "kind", "what", "facts", "seal", "number"])
    others: Mapping[str, Callable[[], Any]] = {
        "at": lambda: row["at"] + timedelta(microseconds=chance.choice([-1, 1, 10**6])),
        "who": lambda: UUID(int=chance.getrandbits(128)),
        "referral_id": lambda: UUID(int=chance.getrandbits(128)),
        "kind": lambda: row["kind"] + "x",
        "what": lambda: row["what"][:-1],
        "facts": lambda: {**row["facts"], chance.choice(["from", "more"]): "10.9.9.9"},
        "seal": lambda: chance.randbytes(32),
        "number": lambda: row["number"] + chance.choice([-1, 1, 1000]),
    }
    row[field] = others[field]()


def delete(rows: list[Row], chance: random.Random) -> None:
    start = chance.randrange(len(rows))
    del rows[start : start + chance.choice([1, 1, 1, 5, len(rows)])]


def insert(rows: list[Row], chance: random.Random) -> None:
    """A copy or an invention, with the numbers that follow put right or left as they are."""
    new = dict(chance.choice(rows))
    if chance.random() < 0.5:
        new |= entry(new["number"], chance).model_dump() | {"seal": chance.randbytes(32)}
    place = chance.randrange(len(rows) + 1)
    rows.insert(place, new)
    if chance.random() < 0.7:
        for number, row in enumerate(rows, 1):
            row["number"] = number


def move(rows: list[Row], chance: random.Random) -> None:
    """Two entries change places, keeping or swapping their numbers."""
    one, other = chance.sample(range(len(rows)), 2)
    rows[one], rows[other] = rows[other], rows[one]
    if chance.random() < 0.7:
        rows[one]["number"], rows[other]["number"] = rows[other]["number"], rows[one]["number"]


KINDS = (change, delete, insert, move)


def tamper(trail: Trail, length: int, times: int, seed: int) -> dict[str, tuple[int, int]]:
    """How many tamperings of each kind were found, of how many."""
    chance = random.Random(seed)
    whole = chain(trail, length, chance)
    last, last_seal = whole[-1]["number"], whole[-1]["seal"]
    assert trail.check(whole, last, last_seal) == length
    counts = {kind.__name__: (0, 0) for kind in KINDS}
    for _ in range(times):
        kind = chance.choice(KINDS)
        rows = [dict(row) for row in whole]
        kind(rows, chance)
        found = isinstance(trail.check(rows, last, last_seal), Break)
        before = counts[kind.__name__]
        counts[kind.__name__] = (before[0] + found, before[1] + 1)
    return counts


def write(house: House, many: int) -> None:
    chance = random.Random(1)
    for start in range(1, many + 1, BATCH):
        with acting(house.engine, "door") as connection:
            numbers = range(start, min(start + BATCH, many + 1))
            house.trail.append(connection, (entry(number, chance) for number in numbers))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--tamperings", type=int, default=10_000)
    asked = parser.parse_args()
    counts = tamper(Trail(secrets.token_bytes(32)), 200, asked.tamperings, seed=1)
    for kind, (found, of) in counts.items():
        print(f"{kind}: {found} of {of} found", flush=True)
    with own_house() as (house, _):
        write(house, asked.entries)
        began = time.perf_counter()
        with acting(house.engine, "desk") as connection:
            found = house.trail.verify(connection)
            size = connection.scalar(text("SELECT pg_size_pretty(pg_total_relation_size('audit'))"))
        print(f"{found} entries ({size}) checked in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
