"""A new master key by one command: everything is under it afterwards, and the desk works on meanwhile."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from house import ROOT, Cast, Servers, form_file, open_as_owner
from sqlalchemy import select

from intake.errors import HouseError
from intake.house import House, open_house
from intake.settings import Settings
from intake.store import master_keys
from intake.store.keeping import Secrets
from intake.store.master_keys import rotate
from intake.store.tables import metadata
from intake.store.vault import Vault
from web.cli import main

OLD, NEW = "ab" * 32, "cd" * 32
STRANGER = b"From: somebody@elsewhere.example.org\r\nMessage-ID: <1>\r\n\r\nhello"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(master_keys, "PAUSE", 0.0)


@pytest.fixture
def wrapped(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Everything that any vault wraps in this test, as it goes into the database."""
    made: list[bytes] = []
    wrap = Vault.wrap

    def note(self: Vault, key: bytes, name: str) -> bytes:
        made.append(wrap(self, key, name))
        return made[-1]

    monkeypatch.setattr(Vault, "wrap", note)
    return made


@pytest.fixture
def own_key(settings: Settings) -> Settings:
    """A desk on one machine that was given no key and made its own."""
    Secrets(settings.data / "secrets").keep("master-key", OLD)
    return settings.model_copy(update={"master_key": None})


@pytest.fixture(autouse=True)
def _fresh_keys(settings: Settings) -> None:
    """The copied database holds keys under the master key of the tests."""
    with open_house(settings) as house, open_as_owner(house) as connection:
        connection.exec_driver_sql("DELETE FROM keys")


def everything(house: House) -> set[bytes]:
    """Every binary value of every table."""
    with open_as_owner(house) as connection:
        return {
            bytes(value)
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
            for value in row
            if isinstance(value, bytes)
        }


def work(house: House, cast: Cast) -> None:
    """Have something sealed of every kind that is directly under the master key."""
    house.desk.receive(cast.yot, "form.pdf", form_file(person__family_name="Quillfeather"))
    house.searching.keep(cast.coordinator, "Quillfeather")
    house.incoming.take(STRANGER, len(STRANGER))
    house.second_step.begin(cast.administrator)


def test_all_is_under_the_new_key_while_the_desk_works(
    own_key: Settings, cast: Cast, wrapped: list[bytes], servers: Servers
) -> None:
    with open_house(own_key) as at_work:
        work(at_work, cast)
        before = list(wrapped)
        assert {len(one) for one in before} and set(before) <= everything(at_work)
        assert own_key.owner_url is not None
        assert rotate(own_key, own_key.owner_url) == len(before) >= 7
        assert not set(before) & everything(at_work), "nothing is left under the key before"
        # The process that was at work all the time reads what there is and seals under the new key.
        (line,) = at_work.views.my_referrals(cast.yot).lines
        assert at_work.views.original(cast.yot, line.id)[0] == "form.pdf"
        work(at_work, cast)
    (kept,) = (own_key.data / "secrets" / "master-key").read_text().split()
    assert kept != OLD
    with open_house(own_key) as again:
        for line in again.views.my_referrals(cast.yot).lines:
            assert again.views.original(cast.yot, line.id)[0] == "form.pdf"
    with pytest.raises(HouseError, match="not the one"), open_house(own_key.model_copy(update={"master_key": OLD})):
        pass


def test_what_was_sealed_while_it_went_on_and_what_was_cut_short_is_wrapped_too(
    own_key: Settings, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert own_key.owner_url is not None
    with open_house(own_key) as at_work:
        work(at_work, cast)
        real, rounds = master_keys._rewrap, []

        def busy(*arguments: object) -> int:
            rounds.append(1)
            if len(rounds) == 2:
                work(at_work, cast)
            if len(rounds) == 4:
                raise KeyboardInterrupt
            return real(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(master_keys, "_rewrap", busy)
        with pytest.raises(KeyboardInterrupt):
            rotate(own_key, own_key.owner_url)
        assert len((own_key.data / "secrets" / "master-key").read_text().split()) == 2, (
            "both keys are kept until all is done"
        )
        assert len(at_work.views.my_referrals(cast.yot).lines) == 2
        rotate(own_key, own_key.owner_url)
        assert len(at_work.views.my_referrals(cast.yot).lines) == 2


def command(settings: Settings, key: str) -> Result:
    environment = {
        "DATABASE_URL": settings.database_url or "",
        "DATABASE_OWNER_URL": settings.owner_url or "",
        "REDIS_URL": settings.redis_url or "",
        "MAPPA_MASTER_KEY": key,
        "MAPPA_DATA": str(settings.data),
    }
    return CliRunner().invoke(main, ["rotate-key"], env=environment)


def test_a_key_that_was_given_is_changed_by_giving_two(settings: Settings, cast: Cast) -> None:
    old = settings.model_copy(update={"master_key": OLD})
    with open_house(old) as house:
        work(house, cast)
    alone = command(old, OLD)
    assert alone.exit_code == 1 and "Only one master key is given" in alone.output
    done = command(old, f"{NEW} {OLD}")
    assert done.exit_code == 0 and "can be taken out" in done.output, done.output
    assert OLD not in done.output and NEW not in done.output
    with open_house(old.model_copy(update={"master_key": NEW})) as house:
        assert len(house.views.my_referrals(cast.yot).lines) == 1
    wrong = command(old, f"{OLD} {secrets.token_hex(32)}")
    assert wrong.exit_code == 1 and "opens with none" in wrong.output


def test_a_file_of_keys_that_changes_is_read_again(settings: Settings, cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(OLD)
    with open_house(settings.model_copy(update={"master_key": None, "key_file": file})) as house:
        work(house, cast)
        file.write_text(f"{NEW}\n{OLD}\n")
        work(house, cast)
        newest, oldest = house.views.my_referrals(cast.yot).lines
    with open_house(settings.model_copy(update={"master_key": f"{OLD} {NEW}"})) as house:
        assert {line.id for line in house.views.my_referrals(cast.yot).lines} == {newest.id, oldest.id}


def test_every_part_that_wraps_under_the_master_key_is_known() -> None:
    """Add to WRAPPED what another part wraps, else a new master key leaves it closed."""
    wraps = re.compile(r"vault\.(wrap|new_envelope)\(")
    found = {path.name for path in (ROOT / "intake").rglob("*.py") if wraps.search(path.read_text(encoding="utf-8"))}
    keys_of_rows = {"receiving.py", "reading.py", "incoming.py"}
    secrets_of_rows = {"house.py", "searching.py", "second_step.py", "sign_on.py", "orders.py"}
    assert found == keys_of_rows | secrets_of_rows | {"master_keys.py"}
