"""`mappa-intake backup`, `restore` and `rotate-key`: the desk to one file and back, and under another master key."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from intake.embedded.servers import Embedded, InUse
from intake.errors import HouseError
from intake.house import open_house
from intake.retention.erased_list import NAME
from intake.settings import Settings
from intake.store.acting import acting
from intake.store.backup import back_up, restore, take_back
from intake.store.keeping import Secrets
from intake.store.master_keys import rotate
from intake.store.trail import Break
from web.commands.opening import clear_errors


@contextmanager
def _database(settings: Settings) -> Iterator[str]:
    """The owner's address of the database, also of one that `mappa-intake run` has up just now."""
    if not settings.embedded:
        assert settings.owner_url is not None
        yield settings.owner_url
        return
    own = Embedded(settings.data, Secrets(settings.data / "secrets"))
    with ExitStack() as held:
        try:
            address = held.enter_context(own).owner_url
        except InUse:
            address = own.at_work().owner_url
        yield address


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the whole desk, as it is at this moment, to a new FILE. The desk goes on working meanwhile."""
    with clear_errors(), _database(Settings.from_environment(os.environ)) as owner_url:
        back_up(owner_url, file)
    click.echo(f"{file} holds the desk ({file.stat().st_size} bytes). The master key is not in it: keep it elsewhere.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def restore_desk(file: Path) -> None:
    """Fill a new, empty desk from FILE. Exit 1 where its trail is broken or its counts differ. Needs the same master key.

    What stands on the list of erased referrals in the data folder is erased again.
    """
    with clear_errors(), ExitStack() as held:
        settings = Settings.from_environment(os.environ)
        if settings.embedded:
            settings.data.mkdir(parents=True, exist_ok=True)
            own = held.enter_context(Embedded(settings.data, Secrets(settings.data / "secrets")))
            addresses = {"database_url": own.database_url, "owner_url": own.owner_url, "redis_url": own.redis_url}
            settings = settings.model_copy(update=addresses)
        assert settings.owner_url is not None
        restore(settings.owner_url, file)
        try:
            house = held.enter_context(open_house(settings))
        except HouseError as error:
            # Left there, it would be opened unchecked, with what was erased since, once the right key is in place.
            take_back(settings.owner_url)
            raise HouseError(f"{error} Nothing was restored: put the right one in place, and restore again.") from None
        again = house.eraser.erase_again()
        with acting(house.engine, "desk") as connection:
            trail = house.trail.verify(connection)
        found = house.reconciler.compare()
    if isinstance(trail, Break):
        click.echo(f"The desk is restored, but its trail is broken: {trail.why}.")
    else:
        click.echo(f"All {trail} entries of the trail are as they were written.")
    for difference in found.differences:
        click.echo(f"Counts differ: {difference.code} in {difference.number} places: {' '.join(difference.ids)}")
    if (settings.data / NAME).exists():
        click.echo(f"{again} referrals that were erased after the backup were erased again.")
    else:
        click.echo(
            f"There is no list of erased referrals ({settings.data / NAME}): those erased after the backup are back."
        )
    click.echo(f"{found.counts['referrals']} referrals, {found.counts['documents']} documents.")
    sys.exit(isinstance(trail, Break) or bool(found.differences))


@click.command()
def rotate_key() -> None:
    """Put everything under a new master key. The desk goes on working meanwhile."""
    settings = Settings.from_environment(os.environ)
    with clear_errors(), _database(settings) as owner_url:
        done = rotate(settings, owner_url)
    click.echo(f"{done} keys and secrets are under the new master key, and none is under another.")
    click.echo("A backup made before opens with the key before only: keep that with it, or make a new one.")
    if settings.master_key or settings.key_file:
        click.echo("The key before can be taken out of the settings of every part now.")
