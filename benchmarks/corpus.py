"""Reads the labelled corpus in this process and prints its scorer's tables: `python -m benchmarks.corpus`.

With `--unseen`, every edition is read as if nobody had seen it: the wordings that only its own blank template prints are
left out of the form data first. Scanned carriers are left out unless `--scans` is given. Needs the labelled corpus.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

from extractors.forms import definitions
from extractors.forms.definitions import FormData, compiled, definition, read_files
from extractors.matching import match
from extractors.models import FormCode
from extractors.read import read
from extractors.refusals import Refusal
from extractors.told import as_json
from extractors.word.document import read_docx

ROOT = Path(__file__).parents[1]
CORPUS = Path(os.environ.get("MAPPA_SHARED", ROOT.parent / "shared")) / "corpus"
DAY = date(2026, 11, 20)
PICTURES = {"pdf_scan", "pdf_photo", "tiff_scan", "pdf_mixed"}
Wording = frozenset[str]


def printed_in(edition: str) -> set[Wording]:
    """The labels that the blank template of an edition prints, as sets of words that tell."""
    meant = definition(form_of(edition))
    found = match.match(read_docx((CORPUS / "blank" / f"{edition}.docx").read_bytes()), meant, DAY)
    labels = [value.evidence.label for value in found.values.values() if value.evidence and value.evidence.label]
    return {frozenset(meant.wording.tokens(label)) for label in (*labels, *found.labels)}


def form_of(edition: str) -> FormCode:
    return "A" if edition.startswith("A") else "H" if edition.startswith("H") else "I"


def without(data: FormData, gone: set[Wording]) -> FormData:
    """A form's data without the labels of those wordings."""
    tokens = compiled(data).wording.tokens

    def kept(labels: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(label for label in labels if frozenset(tokens(label)) not in gone)

    fields = tuple(row.model_copy(update={"labels": kept(row.labels), "here": kept(row.here)}) for row in data.field)
    return data.model_copy(update={"field": fields, "other": {name: kept(words) for name, words in data.other.items()}})


def results(scorer: Any, args: argparse.Namespace, edition: str | None) -> list[dict[str, Any]]:
    found = []
    for path, truth, _ in scorer.load(CORPUS, argparse.Namespace(only=args.only, carrier=args.carrier)):
        truths = truth.get("forms", [truth])
        if (truth["carrier"] in PICTURES and not args.scans) or (edition and truths[0]["edition"] != edition):
            continue
        try:
            out, errors = as_json(read(path.read_bytes(), path.name, DAY)), []
        except Refusal as refusal:
            out, errors = None, [refusal.code]
        forms = [
            {
                "form": t["form"],
                "form_ok": bool(got) and got.get("form") == t["form"],
                "fields": scorer.score_fields(t, got, truth["carrier"]),
            }
            for t, got in zip(truths, scorer.forms_of(json.loads(json.dumps(out)), truths), strict=True)
        ]
        found.append(
            {
                "file": path.name,
                "carrier": truth["carrier"],
                "edition": truths[0]["edition"],
                "forms": forms,
                "errors": errors,
                "seconds": 0,
            }
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unseen", action="store_true", help="each edition without the wordings that only it prints")
    parser.add_argument("--scans", action="store_true", help="scanned carriers too, which take minutes")
    parser.add_argument("--only", help="files whose names have this in them")
    parser.add_argument("--carrier")
    parser.add_argument("--worst", type=int, default=5)
    args = parser.parse_args()
    if not CORPUS.is_dir():
        sys.exit("the labelled corpus is not here: nothing to measure")
    sys.path.insert(0, str(CORPUS))
    scorer = importlib.import_module("score")
    told = argparse.Namespace(read="in this process", check=None, worst=args.worst)
    if not args.unseen:
        show(scorer, results(scorer, args, None), told)
        return
    printed = {path.stem: printed_in(path.stem) for path in sorted((CORPUS / "blank").glob("*.docx"))}
    everything = []
    for edition, labels in printed.items():
        gone = labels - set().union(*(others for name, others in printed.items() if name != edition))
        form = form_of(edition)
        data = without(read_files(form), gone)
        print(f"{edition}: {len(gone)} wordings of {len(labels)} left out")
        with mock.patch.object(
            definitions, "read_files", lambda code, form=form, data=data: data if code == form else read_files(code)
        ):
            definitions._shipped.cache_clear()
            everything += results(scorer, args, edition)
        definitions._shipped.cache_clear()
    show(scorer, everything, told)


def show(scorer: Any, found: list[dict[str, Any]], told: argparse.Namespace) -> None:
    summary = scorer.summary(found, told)
    scorer.print_summary(summary, found, told)
    worst = Counter(
        row["key"]
        for one in found
        for form in one["forms"]
        for row in form["fields"]
        if not row["ok"] and not row["absent"]
    )
    print("\nworst fields: " + (", ".join(f"{key} {count}" for key, count in worst.most_common(12)) or "none wrong"))


if __name__ == "__main__":
    main()
