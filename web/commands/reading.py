"""`mappa-intake read`: what a file says, without a database. It loads neither the readers nor the rules: a child has them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from extractors.contract import FIELDS
from extractors.models import SURE, FormReading, PagePicture, Reading
from extractors.refusals import Refusal
from extractors.told import as_json
from intake.now import SystemClock, london_day
from intake.reader.nursery import File
from intake.reader.reading_room import ReadingFailed, ReadingRoom

REFUSED = 3
"""Exit code for a file that is not read."""

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
json_option = click.option("--json", "as_one_object", is_flag=True, help="Print one JSON object.")


def read_by_child(task: str, file: Path, day: date, as_one_object: bool) -> tuple[Reading, Sequence[PagePicture]]:
    """The reading and the pages, made by the same locked-down child as the desk's; a refusal is printed and ends the command."""
    try:
        with ReadingRoom() as room:
            reading, pictures, *_ = room.do(task, File(file.read_bytes(), file.name, day), lambda: None, 1.0)
    except Refusal as refusal:
        _refuse(refusal.code, refusal.message, as_one_object)
    except ReadingFailed as failure:
        _refuse("failed", f"The reader met an error of its own ({failure.code}). Try again.", as_one_object)
    assert reading is not None
    return reading, pictures


def _refuse(code: str, message: str, as_one_object: bool) -> None:
    if as_one_object:
        click.echo(json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False))
    else:
        click.echo(f"Not read: {message}", err=True)
    sys.exit(REFUSED)


@click.command()
@file_argument
@json_option
@click.option(
    "--picture",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for pages with what was found drawn on them.",
)
def read(file: Path, as_one_object: bool, picture: Path | None) -> None:
    """Read FILE and print what it says, with where each value stands and how sure it is."""
    day = london_day(SystemClock().now())
    reading, pages = read_by_child("read" if picture is None else "show", file, day, as_one_object)
    if picture is not None:
        picture.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(pages, 1):
            (picture / f"{file.stem}-{number}.jpg").write_bytes(page.jpeg)
    if as_one_object:
        click.echo(json.dumps(as_json(reading), ensure_ascii=False, indent=1))
        return
    for form in reading.forms:
        _tell_form(form)
    for name in reading.other_attachments:
        click.echo(f"\nNot a form, kept as it is: {name}")


def _tell_form(form: FormReading) -> None:
    click.echo(f"MAPPA {form.form}, edition {form.edition or 'not known'}, {form.carrier}")
    for sentence in form.partly:
        click.echo(f"  {sentence}")
    for key, value in form.values.items():
        if value.status == "absent":
            continue
        said = {"blank": "(blank)", "not_known": "(no answer)"}.get(value.status, "(could not be understood)")
        shown = value.value if value.value is not None else said
        place = value.evidence and (f"page {value.evidence.page}" if value.evidence.page else value.evidence.path)
        click.echo(f"\n{FIELDS[key].label}  [{place or 'no place'}, {value.confidence:.0%} sure]")
        for line in [shown] if isinstance(shown, str) else shown:
            click.echo(
                "  "
                + (line if isinstance(line, str) else " | ".join(str(x or "") for x in line.values())).replace(
                    "\n", "\n  "
                )
            )
        for doubt in value.doubts if value.confidence < SURE else ():
            click.echo(f"  ? {doubt}")
