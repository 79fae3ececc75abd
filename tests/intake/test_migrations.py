"""Migrations lead from nothing to the tables that the programme speaks to, and back."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from house import Cast, form_file, open_as_owner
from sqlalchemy import inspect, text

from intake.cases.reading import ReadingDesk
from intake.errors import HouseError
from intake.house import House, open_house
from intake.settings import Settings
from intake.store.acting import acting
from intake.store.database import MIGRATIONS, connect, migrate, migrate_back, require_current
from intake.store.tables import metadata


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


def editions() -> list[str]:
    return [script.revision for script in reversed(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions()))]


def columns(house: House) -> dict[tuple[str, str], bool]:
    """Every column, and whether an insert must name it."""
    with open_as_owner(house) as connection:
        rows = connection.execute(
            text(
                "SELECT table_name, column_name, is_nullable = 'NO' AND column_default IS NULL FROM information_schema.columns"
                " WHERE table_schema = 'public'"
            )
        )
        return {(row[0], row[1]): row[2] for row in rows}


def test_each_migration_goes_down_and_up_again_with_data_in_the_tables(
    house: House, cast: Cast, reading: ReadingDesk, settings: Settings
) -> None:
    assert settings.owner_url is not None
    (one,) = [house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id]
    assert reading.do_next()
    before = house.views.case(cast.coordinator, one)
    for edition in reversed(editions()[:-1]):
        migrate_back(settings.owner_url, edition)
        with open_as_owner(house) as connection:
            assert connection.scalar(text("SELECT count(*) FROM readings")) == 1
    migrate(settings.owner_url)
    after = house.views.case(cast.coordinator, one)
    line = after.line.model_copy(
        update={"doubted": before.line.doubted}
    )  # what the way down took away, shown as not counted
    assert after.line.doubted is None
    assert after.model_copy(update={"looks": before.looks, "line": line}) == before
    with acting(house.engine, "desk") as connection:
        assert isinstance(house.trail.verify(connection), int)
    assert house.reconciler.compare().differences == ()


def test_the_programme_before_goes_on_working_on_each_next_edition(house: House, settings: Settings) -> None:
    """No migration takes away or demands a column while an older programme may still be at work."""
    assert settings.owner_url is not None
    for edition in editions()[1:]:
        migrate_back(settings.owner_url, str(int(edition) - 1).zfill(4))
        older = columns(house)
        migrate(settings.owner_url, edition)
        newer = columns(house)
        with open_as_owner(house) as connection:
            kept = inspect(connection).has_table("least_edition")
            raised = kept and connection.scalar(text("SELECT edition FROM least_edition")) == edition
        tables = {table for table, _ in older}
        demanded = [one for one, must in newer.items() if must and not older.get(one) and one[0] in tables]
        assert raised or (older.keys() <= newer.keys() and demanded == []), edition
    migrate(settings.owner_url)


def test_a_form_is_taken_in_and_read_on_the_next_edition_by_the_programme_before(
    house: House, cast: Cast, reading: ReadingDesk, settings: Settings
) -> None:
    with open_as_owner(house) as connection:
        for statement in (
            "ALTER TABLE referrals ADD COLUMN of_the_next TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE jobs ADD COLUMN of_the_next TEXT",
            "CREATE TABLE of_the_next (id UUID PRIMARY KEY)",
            "UPDATE alembic_version SET version_num = '9999'",
        ):
            connection.execute(text(statement))
    migrate(settings.owner_url or "")
    with open_house(settings) as older:
        one = older.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    assert reading.do_next()
    assert house.views.progress(cast.yot, one).status == "checked"


def test_a_programme_too_old_for_the_database_says_so(house: House, settings: Settings) -> None:
    with open_as_owner(house) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE least_edition SET edition = '9999'"))
    with pytest.raises(HouseError, match="needs a programme of 9999"), open_house(settings):
        pass
