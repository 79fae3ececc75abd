"""`mappa-intake read` and `check`: what a file says, and what follows from it, without a database."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from extractors.contract import FIELDS
from extractors.files.sniff import kind_of
from extractors.models import FormReading, Reading
from extractors.picture import draw
from extractors.read import as_json
from extractors.refusals import Refusal
from intake.clock import read_received
from intake.now import SystemClock, london_day
from intake.nursery import File
from intake.reading_room import ReadingFailed, ReadingRoom
from validation.check import DEFAULT_PACK
from validation.check import check as judge
from validation.models import Assessment
from validation.pack import pack_names
from validation.report import report

REFUSED = 3
"""Exit code for a file that is not read."""
SURE = 0.9

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
json_option = click.option("--json", "as_one_object", is_flag=True, help="Print one JSON object.")


def _read(file: Path, day: date, as_one_object: bool) -> Reading:
    """The reading, made by the same locked-down child as the desk's; a refusal is printed and ends the command."""
    try:
        with ReadingRoom() as room:
            reading = room.do("read", File(file.read_bytes(), file.name, day), lambda: None, 1.0).reading
    except Refusal as refusal:
        _refuse(refusal.code, refusal.message, as_one_object)
    except ReadingFailed as failure:
        _refuse("failed", f"The reader met an error of its own ({failure.code}). Try again.", as_one_object)
    assert reading is not None
    return reading


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
    reading = _read(file, london_day(SystemClock().now()), as_one_object)
    if picture is not None:
        picture.mkdir(parents=True, exist_ok=True)
        content = file.read_bytes()
        for number, page in enumerate(draw(content, kind_of(content, file.name), reading), 1):
            (picture / f"{file.stem}-{number}.png").write_bytes(page)
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


@click.command()
@file_argument
@click.option("--received", help="When it was received, as an ISO date or time; today if not given.")
@click.option(
    "--pack",
    type=click.Choice(pack_names()),
    default=DEFAULT_PACK,
    show_default=True,
    envvar="MAPPA_PACK",
    show_envvar=True,
    help="The rules to judge by.",
)
@json_option
def check(file: Path, received: str | None, pack: str, as_one_object: bool) -> None:
    """Read FILE, then judge it: verdict per rule, questions to the referrer, route."""
    day = _day(received) if received else london_day(SystemClock().now())
    reading = _read(file, day, as_one_object)
    judged = [(form, judge(form, day, pack)) for form in reading.forms]
    if as_one_object:
        click.echo(json.dumps(_told(reading, judged), ensure_ascii=False, indent=1))
        return
    for form, assessment in judged:
        click.echo(f"MAPPA {form.form}: {assessment.route_reason}")
        for finding in assessment.findings:
            if finding.verdict != "not_applicable":
                click.echo(f"  {finding.verdict.replace('_', ' '):12} {finding.title}: {finding.summary}")
        for question in assessment.questions:
            click.echo(f"  ? {question.asks}\n    {question.reason}")


def _told(reading: Reading, judged: list[tuple[FormReading, Assessment]]) -> dict[str, Any]:
    """What `read --json` gives, and beside the fields of each form what was concluded from them."""
    told = as_json(reading)
    for form, (_, assessment) in zip(told.get("forms", [told]), judged, strict=True):
        form.update(report(assessment))
    return told


def _day(received: str) -> date:
    try:
        return london_day(read_received(received))
    except ValueError as problem:
        raise click.BadParameter(str(problem)) from None
