"""`mappa-intake audit`: whether the trail is as it was written."""

from __future__ import annotations

import sys

import click

from intake.store.acting import acting
from intake.store.trail import Break
from web.commands.opening import the_house


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command("export")
@click.argument("reference")
def export(reference: str) -> None:
    """Print all that was done with a referral and who looked at it, as one JSON object a line. REFERENCE as WM-2026-000123."""
    with the_house() as house:
        for line in house.looks.trail_of(reference):
            click.echo(line.model_dump_json())


@audit.command("verify")
@click.option(
    "--witness", "witnesses", multiple=True, help="What an earlier run printed, and was kept elsewhere since."
)
def verify(witnesses: tuple[str, ...]) -> None:
    """Check that no entry was changed, removed, put in or moved. Exit 1 where the trail breaks.

    Prints a witness of the last entry. Whoever rules the database can take entries off the end: only a witness that
    was kept out of their reach tells.
    """
    with (
        the_house() as house,
        acting(house.engine.execution_options(isolation_level="REPEATABLE READ"), "desk") as connection,
    ):
        found = house.trail.verify(connection)
        lost = [one for one in witnesses if not house.trail.agrees(connection, one)]
        last = house.trail.witness(connection)
    if isinstance(found, Break):
        click.echo(f"The trail is broken: {found.why}.")
        sys.exit(1)
    for one in lost:
        click.echo(f"The trail is broken: it does not agree with {one}. Entries were taken off its end.")
    if lost:
        sys.exit(1)
    click.echo(f"All {found} entries are as they were written. Witness: {last}")
