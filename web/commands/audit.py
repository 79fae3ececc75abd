"""`mappa-intake audit`: whether the trail is as it was written."""

from __future__ import annotations

import sys

import click

from intake.acting import acting
from intake.trail import Break
from web.commands.opening import the_house


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command("verify")
def verify() -> None:
    """Check that no entry was changed, removed, put in or moved. Exit 1 where the trail breaks."""
    with the_house() as house, acting(house.engine, "desk") as connection:
        found = house.trail.verify(connection)
    if isinstance(found, Break):
        click.echo(f"The trail is broken: {found.why}.")
        sys.exit(1)
    click.echo(f"All {found} entries are as they were written.")
