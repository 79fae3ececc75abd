"""Migrations lead from nothing to the tables that the programme speaks to, and back."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from house import open_as_owner
from sqlalchemy import inspect

from intake.database import connect, migrate, migrate_back, require_current
from intake.errors import HouseError
from intake.house import House, open_house
from intake.settings import Settings
from intake.tables import metadata


def test_the_tables_are_those_the_programme_speaks_to(house: House) -> None:
    with open_as_owner(house) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_down_to_nothing_and_up_again(house: House, settings: Settings) -> None:
    assert settings.owner_url is not None and settings.database_url is not None
    migrate_back(settings.owner_url, "base")
    with open_as_owner(house) as connection:
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    with pytest.raises(HouseError), open_house(settings):
        pass
    migrate(settings.owner_url)
    migrate(settings.owner_url)
    with open_house(settings) as again:
        again.people.add_agency("Ambleford Police", "police", "WM")


def test_a_database_that_was_never_set_up_is_told_in_one_sentence(settings: Settings) -> None:
    assert settings.owner_url is not None and settings.database_url is not None
    migrate_back(settings.owner_url, "base")
    engine = connect(settings.database_url)
    with pytest.raises(HouseError, match="Run the migrations"):
        require_current(engine)
    engine.dispose()


def test_whoever_signs_in_acts_in_the_role_without_rights(settings: Settings) -> None:
    assert settings.owner_url is not None
    engine = connect(settings.owner_url)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT current_user").scalar_one() == "mappa_app"
    engine.dispose()
