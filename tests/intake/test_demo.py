"""A desk for trying things out has everything that a story needs, however often it is started."""

from pathlib import Path

from house import Cast, open_as_owner
from sqlalchemy import text

from intake.embedded.demo import FILE, SignIn, furnish
from intake.house import House
from intake.store.keeping import Secrets


def test_a_calendar_of_panels_is_there_once(house: House, cast: Cast, tmp_path: Path) -> None:
    kept = Secrets(tmp_path / "secrets")
    sign_in = SignIn(email="administrator@example.org", password="a long enough password", words="administrator")
    kept.keep(FILE, sign_in.model_dump_json() + "\n")  # a start that was cut short after keeping this
    assert furnish(house, kept) == furnish(house, kept) == (sign_in,)
    coming = house.panels.coming(cast.administrator)
    assert len(coming) == len({(panel.kind, panel.day) for panel in coming}) == 24
    kinds = {panel.kind for panel in coming if panel.cancelled is None}
    assert kinds == {"level_2", "level_3", "youth"}


def test_a_desk_with_people_of_its_own_gets_none(house: House, tmp_path: Path) -> None:
    before = house.people.people()
    assert furnish(house, Secrets(tmp_path / "secrets")) == ()
    assert house.people.people() == before


def test_a_desk_for_trying_out_asks_for_no_second_step_until_somebody_says_so(
    house: House, cast: Cast, tmp_path: Path
) -> None:
    with open_as_owner(house) as connection:
        connection.execute(text("DELETE FROM second_step_roles"))
    kept = Secrets(tmp_path / "secrets")
    sign_in = SignIn(email="administrator@example.org", password="a long enough password", words="administrator")
    kept.keep(FILE, sign_in.model_dump_json() + "\n")
    furnish(house, kept)
    assert house.second_step.asked_of() == frozenset()
    house.second_step.ask_of(cast.administrator, ["coordinator"])
    furnish(house, kept)
    assert house.second_step.asked_of() == {"coordinator"}
