"""Feeds mutated forms to the reader and counts what comes of them: `python -m benchmarks.fuzz --files 20000`.

Every file is read and drawn as the desk does it: in a child forked for it from a process that has loaded the readers
(intake/reader/cage.py). It must end as a reading or a typed refusal. Anything else is counted by name: an exception that
is no refusal, a child that died (pdfium aborts on some files), a reading that took more than 30 s or more than 1 GB, and
a reading that is not honest: a value without its place, a box off its page, text that no database takes.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import json
import os
import random
import resource
import select
import signal
import time
import warnings
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from benchmarks.fuzz_seeds import SHARES, Seed, seeds
from benchmarks.mutants import Mutation, mail, mutation_of, pdf_text, plain
from extractors.models import Reading
from extractors.refusals import Refusal
from extractors.told import as_json
from intake.reader.cage import limit
from intake.reader.nursery import File
from intake.reader.reader_child import practise, read_file
from intake.reader.reading_room import TOO_HARD

ROOT = Path(__file__).parents[1]
TIME_LIMIT = 30.0
"""Seconds of processor time: a clock would measure what else the machine does."""
LONGEST_WAIT = 600.0
ABORTED = (-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL)
"""Ends that pdfium chooses by itself when a file wants more memory than it may have; the desk refuses the file."""
MEMORY_LIMIT = 1 << 30
DAY = date(2026, 11, 20)
REPORT_EVERY = 1000


class Outcome(NamedTuple):
    what: str
    seconds: float
    """Of processor time, of the child and what it started."""
    memory: int
    """Bytes of the child at its largest, with what it shares with its parent."""

    @property
    def bad(self) -> bool:
        return self.what[0].isupper()


def mutants(found: list[Seed], count: int, seed: int) -> Iterator[tuple[Seed, bytes]]:
    """`count` mutated files, the same for the same seed."""
    by_kind = {kind: [one for one in found if one.kind == kind] for kind in SHARES}
    kinds = [kind for kind in SHARES if by_kind[kind]]
    for number in range(count):
        rng = random.Random(f"{seed}-{number}")
        kind = rng.choices(kinds, [SHARES[kind] for kind in kinds])[0]
        # Small files more often: in the time that a long form takes, three short ones can be tried.
        one = rng.choices(by_kind[kind], [1 / len(one.content) for one in by_kind[kind]])[0]
        yield one, _mutation(one, rng)(one.content, rng)


def _mutation(one: Seed, rng: random.Random) -> Mutation:
    if rng.random() < 0.1:
        return plain
    if one.kind == "pdf":
        return rng.choice([pdf_text, mutation_of(one.content)])
    return mail if one.kind == "eml" else mutation_of(one.content)


def dishonest(reading: Reading) -> str | None:
    """What a reading claims that cannot be so, None when there is nothing."""
    told = json.dumps(as_json(reading), ensure_ascii=False)
    try:
        told.encode()
    except UnicodeEncodeError:
        return "text with half a character"
    if "\\u0000" in told:
        return "text with a NUL"
    if Reading.model_validate_json(json.dumps(reading.model_dump(mode="json"))) != reading:
        return "does not survive being stored"
    for form in reading.forms:
        for value in form.values.values():
            place = value.evidence
            if value.status == "read" and (place is None or (place.box is None and place.path is None)):
                return "value without a place"
            if place and place.page is not None and not 1 <= place.page <= form.pages:
                return "value on no page"
            if place and place.box and not (place.box.x0 <= place.box.x1 and place.box.top <= place.box.bottom):
                return "box inside out"
            if value.confidence >= 0.9 and value.doubts:
                return "sure in spite of doubts"
    return None


def _child(name: str, content: bytes) -> str:
    try:
        reading = read_file(File(content, name, DAY)).reading
        assert reading is not None
        if untrue := dishonest(reading):
            return f"NOT HONEST: {untrue}"
        return "partly read" if any(form.partly for form in reading.forms) else "read"
    except Refusal as refusal:
        return f"refused: {refusal.code}"
    except (MemoryError, RecursionError):
        return "refused: too_hard"  # as the desk says it
    except Exception as error:
        frame = error.__traceback__
        while frame and frame.tb_next:
            frame = frame.tb_next
        where = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "?"
        return f"EXCEPTION {type(error).__name__} at {where}"


def outcome(name: str, content: bytes) -> Outcome:
    """What comes of one file, in a child of its own within the desk's limits."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(ours)
            faulthandler.disable()
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            os.setsid()
            limit()
            os.write(theirs, _child(name, content).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(theirs)
    ready, _, _ = select.select([ours], [], [], LONGEST_WAIT)
    if not ready:
        os.killpg(pid, signal.SIGKILL)
    what = os.read(ours, 1000).decode() if ready else "HUNG"
    os.close(ours)
    _, status, used = os.wait4(pid, 0)
    memory, seconds = used.ru_maxrss * 1024, used.ru_utime + used.ru_stime
    ended = os.waitstatus_to_exitcode(status)
    if ready and ended in TOO_HARD:
        what = "refused: too_hard"
    elif ready and ended in ABORTED:
        what = "aborted, refused: damaged"
    elif ready and ended:
        what = f"CHILD DIED ({ended})"
    if memory > MEMORY_LIMIT:
        what = f"TOO MUCH MEMORY ({what})"
    elif seconds > TIME_LIMIT:
        what = f"HUNG past 30 s ({what})"
    return Outcome(what, seconds, memory)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the files that ended as neither reading nor refusal")
    args = parser.parse_args()
    warnings.simplefilter("ignore")  # of the libraries that take the seeds apart
    shared = Path(os.environ.get("MAPPA_SHARED", ROOT.parent / "shared"))
    if not shared.is_dir():
        print("the labelled corpus is not here: only the samples are mutated")
    found = seeds(shared if shared.is_dir() else None)
    practise()
    gc.collect()
    gc.freeze()  # a child that collects would copy every page it shares with this process
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in SHARES}
    slowest = largest = 0.0
    distinct: set[int] = set()
    began = time.monotonic()
    for number, (seed, content) in enumerate(mutants(found, args.files, args.seed)):
        ended = outcome(seed.name, content)
        distinct.add(zlib.crc32(content))
        counts[seed.kind][ended.what] += 1
        slowest, largest = max(slowest, ended.seconds), max(largest, ended.memory)
        if ended.bad:
            print(f"{number}: {seed.name}: {ended.what}", flush=True)
            if args.keep:
                args.keep.mkdir(parents=True, exist_ok=True)
                (args.keep / f"{args.seed}-{number}-{seed.name}").write_bytes(content)
        if (number + 1) % REPORT_EVERY == 0:
            print(f"{number + 1} files, {time.monotonic() - began:.0f} s", flush=True)
    print(f"\n{'':34}" + "".join(f"{kind:>9}" for kind in SHARES))
    total = sum(counts.values(), Counter[str]())
    for what, _ in total.most_common():
        print(f"{what:34}" + "".join(f"{counts[kind][what] or '':>9}" for kind in SHARES))
    bad = sum(count for what, count in total.items() if what[0].isupper())
    print(
        f"\n{args.files} files ({len(distinct)} different) from {len(found)} seeds in {time.monotonic() - began:.0f} s; "
        f"slowest {slowest:.1f} s, largest {largest / 2**20:.0f} MB, this process at most "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB: {bad} not as promised"
    )


if __name__ == "__main__":
    main()
