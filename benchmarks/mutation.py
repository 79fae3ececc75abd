"""The mutation score of validation/: `python -m benchmarks.mutation [--only PATTERN ...]`, module by module.

Every function of validation/ is changed in one place at a time by mutmut's operators, functions under a decorator included (see
mutated_functions.py). The tests of tests/validation run once on the code as it is, to learn which lines each of them reaches. Then a child
process is forked for each change: the changed function is put in place, what was cached is forgotten, and the tests that reach the
changed lines run, likeliest first, until one fails. A function that already ran while modules were loaded is changed before they
are loaded again. A change is noticed when a test fails or never ends.

mutmut's operators do not touch declarations, and a rule is one: those are changed by mutated_rules.py.
"""

from __future__ import annotations

import argparse
import functools
import gc
import importlib.machinery
import importlib.util
import inspect
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import HealthCheck, Phase, settings

from benchmarks import mutated_rules
from benchmarks.lines_reached import Line, LinesReached

ROOT = Path(__file__).parents[1]
MUTMUT = "mutmut==3.8.1"
SECONDS = 30
"""A change whose tests have not ended after this long, and ten times the time they need unchanged, is noticed."""
QUIET = [
    "-q",
    "--no-header",
    "--no-summary",
    "-s",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:timeout",
    "-p",
    "no:faulthandler",
    "-p",
    "no:xdist",
    "-W",
    "ignore",
]
TESTS = str(ROOT / "tests" / "validation")
NOTICED, MISSED = 1, 0


class Mutant(NamedTuple):
    """One change; see mutated_functions.py for the meaning of each part."""

    file: str
    function: str
    first: int
    last: int
    start: int
    end: int
    code: str
    fresh: bool

    @property
    def module(self) -> str:
        return str(Path(self.file).relative_to(ROOT).with_suffix("")).replace(os.sep, ".")

    def source(self) -> str:
        """The whole module with the change in it."""
        lines = Path(self.file).read_text(encoding="utf-8").splitlines(keepends=True)
        margin = lines[self.start - 1][: -len(lines[self.start - 1].lstrip())]
        return "".join([*lines[: self.start - 1], textwrap.indent(self.code, margin), *lines[self.end :]])

    def says(self) -> str:
        """The lines that differ, as they are and as they were made."""
        before = textwrap.dedent(
            "".join(Path(self.file).read_text().splitlines(keepends=True)[self.start - 1 : self.end])
        )
        pairs = set(before.splitlines()), set(self.code.splitlines())
        gone = [line.strip() for line in before.splitlines() if line not in pairs[1]]
        come = [line.strip() for line in self.code.splitlines() if line not in pairs[0]]
        return f"{self.module}.{self.function}:{self.first}  {' '.join(gone)}  ->  {' '.join(come)}"


def mutants(files: Sequence[Path], count: int, seed: int) -> list[Mutant]:
    """`count` changes of `files` drawn by `seed` (0: all), made by mutmut's operators in an environment of their own."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([f"{folder}/bin/pip", "install", "-q", MUTMUT], check=True)
        made = [f"{folder}/bin/python", str(ROOT / "benchmarks" / "mutated_functions.py"), str(count), str(seed)]
        said = subprocess.run([*made, *map(str, files)], capture_output=True, text=True, check=True).stdout
    rows = map(json.loads, said.splitlines())
    names = ("file", "function", "first", "last", "from", "to", "code", "fresh")
    return [Mutant(*(row[name] for name in names)) for row in rows]


def reached(work: Sequence[Mutant]) -> LinesReached:
    """Tells which lines of the functions that are to be changed are run: to follow the others too would only take time."""
    return LinesReached((mutant.file, mutant.start, mutant.end) for mutant in work)


def remembering() -> list[Any]:
    """The functions of validation/ that remember their results."""
    found = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]
    return [one for one in found if str(getattr(one, "__module__", "")).startswith("validation")]


class Run:
    """The pytest plug-in that does the work once the tests are collected. `lines` holds what ran before that."""

    def __init__(self, work: Sequence[Mutant], at_import: set[Line], jobs: int) -> None:
        self.work, self.at_import, self.jobs = work, at_import, jobs
        self.outcomes: dict[Mutant, str] = {}
        self.reached: dict[Line, list[int]] = defaultdict(list)
        self.seconds: list[float] = []
        self.left_out: set[int] = set()
        """Tests that fail while lines are traced: they measure time, and on a busy machine would notice any change."""
        self.killers: dict[str, list[int]] = defaultdict(list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        sys.settrace(None)
        self.items = session.items
        caches = remembering()
        self.kept = [one for one in caches if not inspect.signature(one.__wrapped__).parameters]
        """What takes no argument, as the lists of law: built once and kept."""
        self.passing = [one for one in caches if one not in self.kept]
        self.forget(everything=True)
        with reached(self.work) as self.once:
            for build in self.kept:
                build()
        for place, item in enumerate(self.items):
            self.forget(everything=False)
            began = time.perf_counter()
            with reached(self.work) as seen:
                failed = self.fails(place)
            if failed:
                self.left_out.add(place)
                if self.fails(place):
                    pytest.exit(f"{item.nodeid} fails on the code as it is", 1)
            self.seconds.append(time.perf_counter() - began)
            for line in seen:
                self.reached[line].append(place)
        gc.disable()
        gc.freeze()
        self.control()
        print(
            f"{len(self.items)} tests reach {len(self.reached)} lines, {len(self.left_out)} measure time and are left out; {len(self.work)} changes",
            flush=True,
        )
        self.try_all()
        return True

    def forget(self, everything: bool) -> None:
        for cached in (*self.passing, *(self.kept if everything else ())):
            cached.cache_clear()

    def control(self) -> None:
        """A change that changes nothing must be missed: else what is counted as noticed would be a fault of this tool."""
        file = ROOT / "validation" / "calendar.py"
        for fresh in (True, False):
            unchanged = Mutant(str(file), "is_working_day", 1, 1, 1, 0, "", fresh)
            reader, writer = os.pipe()
            child = os.fork()
            if not child:
                self.forget(everything=True)
                self.in_child(unchanged, self.tests_of(unchanged._replace(fresh=True)), writer)
            os.close(writer)
            with os.fdopen(reader) as said:
                killer = said.read()
            if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != MISSED:
                name = self.items[int(killer)].nodeid if killer else "a test"
                pytest.exit(f"{name} fails without any change{', loaded anew' if fresh else ''}", 1)

    def fails(self, place: int) -> bool:
        return any(report.failed for report in runtestprotocol(self.items[place], log=False, nextitem=None))

    def tests_of(self, mutant: Mutant) -> list[int]:
        """The tests that reach the changed lines, those first that noticed other changes of the function, then the quickest."""
        lines = {(mutant.file, line) for line in range(mutant.first, mutant.last + 1)}
        if lines & (self.once | self.at_import) or mutant.fresh:
            places = set(range(len(self.items)))
        else:
            places = {place for line in lines for place in self.reached.get(line, ())}
        places -= self.left_out
        likely = self.killers[mutant.function]
        return sorted(places, key=lambda place: (-likely.count(place), self.seconds[place]))

    def try_all(self) -> None:
        running: dict[int, tuple[Mutant, int]] = {}
        waiting = iter(self.work)
        began = time.monotonic()
        while True:
            while len(running) < self.jobs and (mutant := next(waiting, None)):
                tests = self.tests_of(mutant)
                if not tests:
                    self.note(mutant, "no test", None)
                    continue
                reader, writer = os.pipe()
                child = os.fork()
                if not child:
                    os.close(reader)
                    self.in_child(mutant, tests, writer)
                os.close(writer)
                running[child] = mutant, reader
            if not running:
                return
            child, status = os.wait()
            if child not in running:
                continue
            mutant, reader = running.pop(child)
            with os.fdopen(reader) as said:
                killer = said.read()
            ended = os.WIFEXITED(status) and os.WEXITSTATUS(status) == MISSED
            self.note(mutant, "missed" if ended else "noticed", int(killer) if killer else None)
            if len(self.outcomes) % 25 == 0:
                hits = Counter(self.outcomes.values())["noticed"]
                print(f"{hits} of {len(self.outcomes)} noticed after {time.monotonic() - began:.0f} s", flush=True)

    def note(self, mutant: Mutant, outcome: str, killer: int | None) -> None:
        self.outcomes[mutant] = outcome
        if killer is not None:
            self.killers[mutant.function].append(killer)
        if outcome != "noticed":
            print(f"{outcome}: {mutant.says()}", flush=True)

    def in_child(self, mutant: Mutant, tests: Sequence[int], writer: int) -> None:
        """Run the tests on the changed code; never returns."""
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(SECONDS + int(10 * sum(self.seconds[place] for place in tests)))
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        outcome = NOTICED
        try:
            function = None if mutant.fresh or self.ran_at_import(mutant) else function_of(mutant)
            if function is None or not replaced(function, mutant):
                outcome = anew(mutant, [self.items[place].nodeid for place in tests])
            else:
                self.forget(
                    everything=any((mutant.file, line) in self.once for line in range(mutant.start, mutant.end + 1))
                )
                failing = next((place for place in tests if self.fails(place)), None)
                os.write(writer, b"" if failing is None else str(failing).encode())
                outcome = MISSED if failing is None else NOTICED
        finally:
            os._exit(outcome)

    def ran_at_import(self, mutant: Mutant) -> bool:
        return any((mutant.file, line) in self.at_import for line in range(mutant.start, mutant.end + 1))


def function_of(mutant: Mutant) -> FunctionType | None:
    """The function as defined, under whatever its decorators make of it."""
    found: Any = sys.modules[mutant.module]
    for name in mutant.function.split("."):
        found = vars(found)[name]
    while not isinstance(found, FunctionType):
        inner = getattr(found, "__wrapped__", None) or getattr(found, "fget", None) or getattr(found, "__func__", None)
        if inner is None:
            return None
        found = inner
    return inspect.unwrap(found)


def replaced(function: FunctionType, mutant: Mutant) -> bool:
    """Whether the changed code could be put in the function's place."""
    whole = compile(mutant.source(), mutant.file, "exec", dont_inherit=True)
    changed = next((code for code in codes(whole) if code.co_qualname == mutant.function), None)
    if changed is None or changed.co_freevars != function.__code__.co_freevars:
        return False
    function.__code__ = changed
    return True


def codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from codes(constant)


def anew(mutant: Mutant, tests: Sequence[str]) -> int:
    """Load the project again with the change in it, and run the tests, in this order, until one fails."""
    for name in [name for name in sys.modules if belongs(name)]:
        del sys.modules[name]
    usual = importlib.machinery.SourceFileLoader.get_code

    def get_code(loader: importlib.machinery.SourceFileLoader, name: str) -> CodeType | None:
        if loader.path == mutant.file:
            return compile(mutant.source(), mutant.file, "exec", dont_inherit=True)
        return usual(loader, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]

    class Chosen:
        @pytest.hookimpl(trylast=True)
        def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
            places = {test: place for place, test in enumerate(tests)}
            items[:] = sorted((item for item in items if item.nodeid in places), key=lambda item: places[item.nodeid])

    return MISSED if pytest.main([*QUIET, "-x", TESTS], plugins=[Chosen()]) == pytest.ExitCode.OK else NOTICED


def belongs(name: str) -> bool:
    """Whether a module is one of the project or of its tests."""
    path = str(getattr(sys.modules[name], "__file__", None) or "")
    return name.split(".")[0] in ("validation", "intake", "web") or path.startswith(str(ROOT / "tests"))


def tried(work: Sequence[Mutant], jobs: int) -> dict[Mutant, str]:
    """What became of each change: noticed, missed, or no test."""
    settings.register_profile(
        "mutation",
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutation")
    loading = reached(work)
    run = Run(work, loading.seen, jobs)
    with loading:
        code = pytest.main([*QUIET, TESTS], plugins=[run])
    if len(run.outcomes) != len(work):
        raise SystemExit(f"the tests could not be run (pytest says {code})")
    return run.outcomes


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", nargs="*", default=["*"], help="modules, such as 'sentence_*' or 'rules/time'")
    asked.add_argument("--declarations", action="store_true", help="only the declarations, which takes seconds")
    asked.add_argument("--jobs", type=int, default=os.cpu_count(), help="changes tried at the same time")
    asked.add_argument(
        "--sample", type=int, default=0, help="this many changes, drawn by the seed, in place of all of them"
    )
    asked.add_argument("--seed", type=int, default=20261121)
    options = asked.parse_args()
    mutated_rules.say()
    if options.declarations:
        return
    paths = [
        path
        for path in sorted((ROOT / "validation").rglob("*.py"))
        if any(fnmatch(_name(path), one) for one in options.only)
    ]
    outcomes = tried(mutants(paths, options.sample, options.seed), options.jobs)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant, outcome in outcomes.items():
        counts[_name(Path(mutant.file))][outcome] += 1
        counts["all of validation"][outcome] += 1
    for name, count in sorted(counts.items()):
        low, high = interval(count["noticed"], count.total())
        within = f"  ({100 * low:.1f} to {100 * high:.1f} % with 95 % certainty)" if options.sample else ""
        print(
            f"{name:24} {count['noticed']:5} of {count.total():5} noticed  {100 * count['noticed'] / count.total():5.1f} %{within}"
        )


def interval(hits: int, total: int) -> tuple[float, float]:
    """Wilson's interval for a share, 95 %."""
    z, share = 1.96, hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return middle - half, middle + half


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT / "validation").with_suffix(""))


if __name__ == "__main__":
    main()
