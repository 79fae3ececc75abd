"""`mappa-intake due`: when a decision is due, and why."""

from __future__ import annotations

import json
from datetime import datetime

import click

from intake.clock import due_date
from intake.models import Basis
from intake.now import LONDON


@click.command()
@click.argument("received")
@click.option("--basis", type=click.Choice(["calendar", "working"]), default="calendar", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def due(received: str, basis: Basis, as_json: bool) -> None:
    """When the decision on a referral RECEIVED at an ISO date or date and time is due, and why.

    A time without a zone is London time.
    """
    try:
        moment = datetime.fromisoformat(received)
    except ValueError:
        raise click.BadParameter(f"{received!r} is not an ISO date or time, such as 2026-11-20T09:30") from None
    answer = due_date(moment if moment.tzinfo else moment.replace(tzinfo=LONDON), basis)
    if as_json:
        click.echo(json.dumps({"due": answer.due.isoformat(), "basis": answer.basis, "why": answer.why}))
    else:
        click.echo(f"{answer.due:%A %-d %B %Y}: {answer.why}")
