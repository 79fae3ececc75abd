"""`mappa-intake check`: what a file says and what follows from it, without a database."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from extractors.models import FormReading, Reading
from extractors.told import as_json
from intake.due.clock import read_received
from intake.now import SystemClock, london_day
from validation.check import DEFAULT_PACK
from validation.check import check as judge
from validation.doubt import doubted
from validation.models import Assessment
from validation.pack import pack_names
from validation.report import report
from web.commands.reading import file_argument, json_option, read_by_child
from web.words import field_labels


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
    reading, _ = read_by_child("read", file, day, as_one_object)
    judged = [(form, judge(form, day, pack)) for form in reading.forms]
    if as_one_object:
        click.echo(json.dumps(_told(reading, judged), ensure_ascii=False, indent=1))
        return
    for form, assessment in judged:
        click.echo(f"MAPPA {form.form}: {assessment.route_reason}")
        doubts = doubted(form, day)
        for finding in assessment.findings:
            if finding.verdict != "not_applicable":
                click.echo(f"  {finding.verdict.replace('_', ' '):12} {finding.title}: {finding.summary}")
                if keys := doubts.get(finding.rule):
                    click.echo(
                        f"{'':15}Doubtful: rests on what was not read for certain: {', '.join(field_labels(keys))}"
                    )
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
