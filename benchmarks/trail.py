"""Times the check of a long audit trail, and tampers with a short one: `python -m benchmarks.trail --entries 1000000 --tamperings 10000`.

The trails are written through the application's role into a PostgreSQL of its own. The tamperings are done there by the
owner of the tables with the trigger switched off, each in a savepoint: random changes of a field, deletions, insertions
and moves; every one of them must be found.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, create_engine, text

from benchmarks.own_house import own_house
from intake.house import House
from intake.store.acting import acting
from intake.store.database import address_of
from intake.store.trail import Break, Entry, Trail

BATCH = 10_000
PUT_ASIDE = "UPDATE audit SET number = -number WHERE number > :n"
COPY = "INSERT INTO audit SELECT {number}, at, {who}, referral_id, kind, {what}, facts, {seal} FROM audit WHERE number = :m"
AFTER = {"number": ":n + 1", "who": "who", "what": "what", "seal": "seal"}
INVENTED = {"who": "gen_random_uuid()", "what": "what || '!'", "seal": "sha256(seal)"}
MOVE_UP = "UPDATE audit SET number = 1 - number WHERE number < 0"
SWAP = "UPDATE audit a SET {fields} FROM audit b WHERE a.number IN (:n, :m) AND b.number = :n + :m - a.number"
TURN = """UPDATE audit SET number = -number WHERE number IN (:n, :m);
    UPDATE audit SET number = :n + :m + number WHERE number < 0"""
CONTENT = ("at", "who", "referral_id", "kind", "what", "facts")
HEAD = "UPDATE audit_head SET (number, seal) = (SELECT number, seal FROM audit ORDER BY number DESC LIMIT 1)"

TAMPERINGS: Mapping[str, tuple[str, ...]] = {
    "change": (
        "UPDATE audit SET at = at + interval '1 microsecond' WHERE number = :n",
        "UPDATE audit SET at = at - interval '1 hour' WHERE number = :n",
        "UPDATE audit SET at = (to_char(at, 'YYYY-MM-DD HH24:MI:SS.US') || '+00 BC')::timestamptz WHERE number = :n",
        "UPDATE audit SET at = at + interval '10000 years' WHERE number = :n",
        "UPDATE audit SET at = 'infinity' WHERE number = :n",
        "UPDATE audit SET who = gen_random_uuid() WHERE number = :n",
        "UPDATE audit SET who = CASE WHEN who IS NULL THEN gen_random_uuid() END WHERE number = :n",
        "UPDATE audit SET who = referral_id, referral_id = who WHERE number = :n",
        "UPDATE audit SET referral_id = gen_random_uuid() WHERE number = :n",
        "UPDATE audit SET kind = kind || 'x' WHERE number = :n",
        "UPDATE audit SET kind = what, what = kind WHERE number = :n",
        "UPDATE audit SET what = left(what, -1) WHERE number = :n",
        "UPDATE audit SET what = what || chr(8203) WHERE number = :n",
        """UPDATE audit SET facts = facts || '{"from": "10.9.9.9"}' WHERE number = :n""",
        "UPDATE audit SET facts = facts || '{\"more\": 1e5000}' WHERE number = :n",
        "UPDATE audit SET facts = facts - 'version' WHERE number = :n",
        "UPDATE audit SET facts = jsonb_build_array(facts) WHERE number = :n",
        "UPDATE audit SET facts = 'null' WHERE number = :n",
        "UPDATE audit SET seal = sha256(seal) WHERE number = :n",
        "UPDATE audit SET seal = substr(seal, 1, 31) WHERE number = :n",
        "UPDATE audit SET seal = (SELECT seal FROM audit WHERE number = :m) WHERE number = :n",
        "UPDATE audit SET number = number + 1000000 WHERE number = :n",
        "UPDATE audit SET number = -number WHERE number = :n",
        "UPDATE audit_head SET number = number - 1",
        "UPDATE audit_head SET seal = sha256(seal)",
    ),
    "deletion": (
        "DELETE FROM audit WHERE number = :n",
        "DELETE FROM audit WHERE number BETWEEN :n AND :n + 4",
        "DELETE FROM audit WHERE number >= :n",
        "DELETE FROM audit WHERE number <= :n",
        "DELETE FROM audit",
        f"DELETE FROM audit WHERE number = :n; {PUT_ASIDE}; UPDATE audit SET number = -number - 1 WHERE number < 0",
        # The end with the mark of where it was: every seal holds, and only a witness kept elsewhere tells.
        f"DELETE FROM audit WHERE number > :n; {HEAD}",
    ),
    "insertion": (
        f"{PUT_ASIDE}; {COPY.format(**AFTER)}; {MOVE_UP}",
        f"{PUT_ASIDE}; {COPY.format(**AFTER | INVENTED)}; {MOVE_UP}",
        f"{PUT_ASIDE}; {COPY.format(**AFTER | INVENTED)}; {MOVE_UP}; {HEAD}",
        f"{COPY.format(**AFTER | {'number': '-:n'})}",
        f"{COPY.format(**AFTER | {'number': '(SELECT max(number) + 1 FROM audit)'})}; {HEAD}",
        f"{COPY.format(**AFTER | INVENTED | {'number': '(SELECT max(number) + 1 FROM audit)'})}; {HEAD}",
    ),
    "move": (
        TURN,
        SWAP.format(fields=", ".join(f"{name} = b.{name}" for name in CONTENT)),
        SWAP.format(fields=", ".join(f"{name} = b.{name}" for name in (*CONTENT, "seal"))),
        SWAP.format(fields="at = b.at"),
        SWAP.format(fields="seal = b.seal"),
        f"{TURN}; {HEAD}",
    ),
}
WHOLE = "SELECT md5((SELECT string_agg(audit::text, '' ORDER BY number) FROM audit) || (SELECT audit_head::text FROM audit_head))"


def entry(number: int, chance: random.Random) -> Entry:
    return Entry(
        at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
        who=UUID(int=chance.getrandbits(128)) if chance.random() < 0.8 else None,
        referral_id=UUID(int=chance.randrange(1000)) if chance.random() < 0.9 else None,
        kind=chance.choice(["seen", "read", "answered", "decided"]),
        what=chance.choice(["Opened the case.", "Read form A.", "Took an answer.", "Decided."]),
        facts={"version": chance.randrange(9), "from": f"10.0.0.{chance.randrange(255)}"},
    )


def write(house: House, many: int) -> None:
    chance = random.Random(1)
    for start in range(1, many + 1, BATCH):
        with acting(house.engine, "door") as connection:
            numbers = range(start, min(start + BATCH, many + 1))
            house.trail.append(connection, (entry(number, chance) for number in numbers))


def tamper(trail: Trail, owner: Connection, times: int, seed: int) -> dict[str, tuple[int, int]]:
    """How many tamperings of each kind were found, of how many; the trail is left as it was.

    `owner` is a connection of the owner of the tables, `trail` what the trail was written with.
    """
    chance = random.Random(seed)
    length, witness = trail.verify(owner), trail.witness(owner)
    assert isinstance(length, int) and trail.agrees(owner, witness)
    before = owner.scalar(text(WHOLE))
    owner.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
    counts = dict.fromkeys(TAMPERINGS, (0, 0))
    while sum(of for _, of in counts.values()) < times:
        kind = chance.choice(list(TAMPERINGS))
        n, m = chance.sample(range(1, length + 1), 2)
        savepoint = owner.begin_nested()
        for statement in chance.choice(TAMPERINGS[kind]).split(";"):
            owner.execute(text(statement), {"n": n, "m": m})
        if owner.scalar(text(WHOLE)) != before:
            missed = trail.verify(owner) == length and trail.agrees(owner, witness)
            found, of = counts[kind]
            counts[kind] = (found + (not missed), of + 1)
        savepoint.rollback()
    owner.rollback()
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--tamperings", type=int, default=10_000)
    asked = parser.parse_args()
    with own_house() as (house, embedded):
        write(house, 200)
        with create_engine(address_of(embedded.owner_url)).connect() as owner:
            for kind, (found, of) in tamper(house.trail, owner, asked.tamperings, seed=1).items():
                print(f"{kind}: {found} of {of} found", flush=True)
    with own_house() as (house, _):
        write(house, asked.entries)
        began, used = time.perf_counter(), os.times()
        with acting(house.engine, "desk") as connection:
            number = house.trail.verify(connection)
            size = connection.scalar(text("SELECT pg_size_pretty(pg_total_relation_size('audit'))"))
        took, now = time.perf_counter() - began, os.times()
        own = now.user + now.system - used.user - used.system
        assert not isinstance(number, Break)
        print(f"{number} entries ({size}) checked in {took:.1f} s, {own:.1f} s of processor time beside the database's")


if __name__ == "__main__":
    main()
