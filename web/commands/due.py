"""`mappa-intake due`: when a decision is due, and why."""

from __future__ import annotations

import json

import click

from intake.due.clock import due_date, read_received
from intake.terms import Basis


@click.command()
@click.argument("received")
@click.option(
    "--basis",
    type=click.Choice(["calendar", "working"]),
    default="calendar",
    show_default=True,
    envvar="MAPPA_DUE_BASIS",
    show_envvar=True,
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def due(received: str, basis: Basis, as_json: bool) -> None:
    """When the decision on a referral RECEIVED at an ISO date or date and time is due, and why.

    A time without a zone is London time.
    """
    try:
        answer = due_date(read_received(received), basis)
    except ValueError as problem:
        raise click.BadParameter(str(problem)) from None
    if as_json:
        click.echo(json.dumps({"due": answer.due.isoformat(), "basis": answer.basis, "why": answer.why}))
    else:
        click.echo(f"{answer.due:%A %-d %B %Y}: {answer.why}")
