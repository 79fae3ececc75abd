"""Reads forms that nobody has seen, drawn at random: `python -m benchmarks.unseen`.

Every form has its own layout (label left, above, in the same cell, in lines; columns, borders, bold, shading, merged cells, a
column that says who completes), its own order, numbering and wording of labels (some unlike any in the form data), labels of no
key between them, and its own way of marking choices. It is read as Word and, by LibreOffice, as PDF. Prints fields exact
(status and value) and silent errors (a wrong value given with a confidence of 0.9 or more), by layout, wording and kind.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from benchmarks.unseen.answers import Written
from benchmarks.unseen.forms import Form, draw
from benchmarks.unseen.office import pdfs_of
from extractors.contract import FIELDS
from extractors.models import Value
from extractors.read import read
from extractors.refusals import Refusal

DAY = date(2026, 11, 20)
SURE = 0.9


def same(key: str, wanted: object, got: object) -> bool:
    """Whether a value is the one written: white space apart; narratives by nearly all of their words."""
    if wanted is None or got is None:
        return wanted is None and got is None
    if FIELDS[key].kind == "narrative":
        a, b = Counter(str(wanted).split()), Counter(str(got).split())
        return 2 * sum((a & b).values()) >= 0.98 * (sum(a.values()) + sum(b.values()))
    if isinstance(got, tuple):
        return [dict(row) if isinstance(row, Mapping) else row for row in got] == wanted
    return " ".join(str(got).split()) == " ".join(str(wanted).split())


class Tally:
    """Counts of one slice of the fields."""

    def __init__(self) -> None:
        self.fields = self.exact = self.sure = self.silent = 0

    def add(self, value: Value, truth: Written | None, right: bool) -> None:
        self.fields += 1
        self.exact += right and value.status == (truth.status if truth else "absent")
        self.sure += value.confidence >= SURE
        self.silent += value.confidence >= SURE and not right

    def __str__(self) -> str:
        return f"{self.fields:7d} {self.exact / max(1, self.fields):8.2%} {self.sure / max(1, self.fields):8.1%} {self.silent:6d} {1000 * self.silent / max(1, self.sure):8.2f}"


def told(form: Form, content: bytes, name: str) -> Mapping[str, Value] | str:
    """The values read, or why the form was refused."""
    try:
        return read(content, name, DAY).forms[0].values
    except Refusal as refusal:
        return refusal.code


def slices(form: Form, carrier: str, key: str) -> Iterator[str]:
    yield f"{carrier}: all"
    if key in form.truth:
        yield f"{carrier}: label {'as known' if form.known[key] else 'worded otherwise'}"
        yield f"{carrier}: {FIELDS[key].kind}"
        yield f"{carrier}: written {form.truth[key].status}"
        if FIELDS[key].kind in ("yes_no", "choice", "ticks"):
            yield f"{carrier}: choices by {form.layout.mark}"
    else:
        yield f"{carrier}: not on the form"
    yield f"{carrier}: {form.layout.place}; {form.layout.styled}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=200)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--no-pdf", action="store_true", help="Word alone")
    parser.add_argument("--worst", type=int, default=0, help="how many wrong values to show, sure ones first")
    parser.add_argument("--keep", type=Path, help="a folder to keep the forms in")
    args = parser.parse_args()
    tallies: dict[str, Tally] = defaultdict(Tally)
    wrong: list[tuple[float, str]] = []
    refused: Counter[str] = Counter()
    seeds = range(args.first, args.first + args.forms)
    with tempfile.TemporaryDirectory() as made:
        folder = args.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        for batch in (seeds[at : at + 25] for at in range(0, len(seeds), 25)):
            forms = {seed: draw(seed) for seed in batch}
            files = _files(forms, folder, not args.no_pdf)
            for seed, carrier, path in files:
                form = forms[seed]
                values = told(form, path.read_bytes(), path.name)
                if isinstance(values, str):
                    refused[f"{carrier}: {values}"] += 1
                    continue
                for key, value in values.items():
                    truth = form.truth.get(key)
                    right = same(key, truth.value if truth else None, value.value)
                    if key == "marking":
                        continue
                    for name in slices(form, carrier, key):
                        tallies[name].add(value, truth, right)
                    if not right or value.status != (truth.status if truth else "absent"):
                        found = (
                            f"{value.status} {value.value!r} under {value.evidence.label if value.evidence else None!r}"
                        )
                        meant = f"{truth.status} {truth.value!r}" if truth else "absent"
                        wrong.append(
                            (
                                value.confidence + (not right),
                                f"{seed} {carrier} {form.layout.place}/{form.layout.styled}/{form.layout.mark} {key}: {found[:150]} for {meant[:110]} [{value.confidence}]",
                            )
                        )
    print(f"{'':58} {'fields':>7} {'exact':>8} {'sure':>8} {'silent':>6} {'in 1,000':>8}")
    for name in sorted(tallies):
        print(f"{name:58} {tallies[name]}")
    for name, count in refused.items():
        print(f"refused {name}: {count}")
    for _, line in sorted(wrong, reverse=True)[: args.worst]:
        print(re.sub(r"\s+", " ", line))


def _files(forms: Mapping[int, Form], folder: Path, pdf: bool) -> Sequence[tuple[int, str, Path]]:
    found: list[tuple[int, str, Path]] = []
    for seed, form in forms.items():
        path = folder / f"{seed}.docx"
        path.write_bytes(form.docx)
        found.append((seed, "Word", path))
    if pdf:
        pdfs_of([path for _, _, path in found], folder)
        found += [(seed, "PDF", folder / f"{seed}.pdf") for seed in forms if (folder / f"{seed}.pdf").exists()]
    return found


if __name__ == "__main__":
    main()
