"""Connects to PostgreSQL as a role that cannot go round the rules, and brings the tables to the present edition."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, NullPool, create_engine, make_url, select
from sqlalchemy.exc import DBAPIError, OperationalError

from intake.errors import HouseError
from intake.store.tables import least_edition

ROLE = "mappa_app"
"""The role that pages and workers act in: neither owner of the tables nor superuser."""
MIGRATIONS = Path(__file__).with_name("migrations")
LOCK = 8_115_116
"""Any number: of two that migrate at once, one waits."""


def address_of(url: str) -> str:
    """`url` for SQLAlchemy with psycopg."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def connect(url: str, *, pool: int = 5) -> Engine:
    """An engine whose every connection acts as ROLE, whoever signs in, and counts time in UTC."""
    return create_engine(
        address_of(url),
        pool_size=pool,
        max_overflow=pool,
        pool_pre_ping=True,
        connect_args={"options": f"-c role={ROLE} -c timezone=UTC", "connect_timeout": 5},
        # Values must not appear in the text of an error, which ends in a log.
        hide_parameters=True,
    )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _run(url: str, step: Callable[[Config], None]) -> None:
    engine = create_engine(address_of(url), poolclass=NullPool, hide_parameters=True)
    config = _config()
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK})")
            connection.commit()
            config.attributes["connection"] = connection
            step(config)
            connection.commit()
    except OperationalError as error:
        raise HouseError(
            "PostgreSQL does not answer at DATABASE_URL. Check that it runs and takes this sign-in."
        ) from error
    finally:
        engine.dispose()


def migrate(url: str, edition: str = "head") -> None:
    """Bring the database at `url` (its owner's sign-in) to the newest edition, or to an earlier one. A later one is left as it is."""

    def step(config: Config) -> None:
        found = MigrationContext.configure(config.attributes["connection"]).get_current_revision()
        if (found or "") <= (_newest() or ""):
            command.upgrade(config, edition)

    _run(url, step)


def migrate_back(url: str, edition: str) -> None:
    """Bring the database back to `edition`; "base" removes everything."""
    _run(url, lambda config: command.downgrade(config, edition))


@cache
def _newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def require_current(engine: Engine) -> None:
    """Raises HouseError unless the tables are those of this edition of the programme, or of a later one that it fits.

    So that programmes go on working while and after a database is brought to the next edition.
    """
    wanted = _newest() or ""
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision() or ""
            least = connection.scalar(select(least_edition.c.edition)) if found >= wanted else ""
    except DBAPIError as error:
        raise HouseError("PostgreSQL does not answer, or has not been set up for this service.") from error
    if found < wanted:
        raise HouseError(
            f"The database is of edition {found or 'none'}, this programme needs {wanted}. Run the migrations first."
        )
    if wanted < (least or ""):
        raise HouseError(
            f"The database is of edition {found} and needs a programme of {least} or later; this one is of {wanted}."
        )
