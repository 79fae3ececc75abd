"""`mappa-intake person`: accounts, from the command line of whoever runs the service."""

from __future__ import annotations

import secrets

import click

from intake.terms import OF_AN_AGENCY, AgencyType, Role
from web.commands.opening import the_house

ROLES = ("referrer", "agency_manager", "coordinator", "administrator", "auditor")
AGENCY_TYPES = ("yot", "mental_health", "probation", "police", "prison", "private_provider", "other")


@click.group()
def person() -> None:
    """Accounts: the first administrator of a new desk is made here."""


@person.command("add")
@click.argument("email")
@click.option("--name", required=True, help="Shown beside what this person does.")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--agency", help="The agency by name, of who refers or manages; made when it is new, with --type.")
@click.option("--type", "agency_type", type=click.Choice(AGENCY_TYPES), help="What kind a new agency is.")
@click.option("--area", help="The area's code for a coordinator or a new agency; the desk's own if not given.")
def add(
    email: str, name: str, role: Role, agency: str | None, agency_type: AgencyType | None, area: str | None
) -> None:
    """Make an account for EMAIL and print its password, once."""
    if (role in OF_AN_AGENCY) != (agency is not None):
        raise click.UsageError("Who refers or manages needs --agency, and nobody else has one.")
    password = "-".join(secrets.token_hex(3) for _ in range(4))
    with the_house() as house:
        place = area or house.settings.area
        known = {found.name: found for found in house.people.agencies()}
        if agency is not None and agency not in known:
            if agency_type is None:
                raise click.UsageError(f"There is no agency {agency!r} yet: give its --type to make it.")
            known[agency] = house.people.add_agency(agency, agency_type, place)
        house.people.add_person(
            email,
            name,
            role,
            password,
            agency_id=known[agency].id if agency is not None else None,
            area=place if role == "coordinator" else None,
        )
    click.echo(f"{email} can sign in with the password {password}")


@person.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Take the second step of signing in from EMAIL, who sets it up anew; for an administrator who lost phone and codes."""
    with the_house() as house:
        found = next((one for one in house.people.people() if one.email == email.strip().lower()), None)
        if found is None:
            raise click.ClickException("There is no account with this e-mail address.")
        house.second_step.reset(None, found.id)
    click.echo(f"{found.email} sets the second step up anew at the next signing in, if the role needs it")


@person.command("list")
def list_() -> None:
    """Who has an account, in which role."""
    with the_house() as house:
        agencies = {agency.id: agency.name for agency in house.people.agencies()}
        for one in house.people.people():
            where = agencies.get(one.agency_id, "") if one.agency_id else one.area or ""
            click.echo(f"{one.email}  {one.role}  {where}")
