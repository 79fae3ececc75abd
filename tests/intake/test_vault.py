"""Sealed content opens only where it was sealed, unchanged, under its own key; names meet only as keyed hashes."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from house import Cast, form_file, open_as_owner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from intake.cases.reading import ReadingDesk
from intake.errors import HouseError, Tampered
from intake.house import House, open_house
from intake.settings import Settings
from intake.store.acting import acting
from intake.store.tables import metadata, readings, referrals
from intake.store.vault import Index, Vault, plain_words

ONE = UUID(int=1)
VAULT = Vault(b"k" * 32)


@given(st.binary(max_size=300), st.text(max_size=20))
def test_what_is_sealed_can_be_opened_in_its_place(content: bytes, place: str) -> None:
    envelope, wrapped = VAULT.new_envelope(ONE)
    sealed = envelope.seal(content, place)
    assert VAULT.envelope(ONE, wrapped).open(sealed, place) == content


@given(st.binary(min_size=1, max_size=100), st.data())
def test_any_change_is_found(content: bytes, data: st.DataObject) -> None:
    envelope, _ = VAULT.new_envelope(ONE)
    sealed = bytearray(envelope.seal(content, "place"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Tampered):
        envelope.open(bytes(sealed), "place")


@given(st.integers(0, 60))
def test_any_cut_is_found(length: int) -> None:
    envelope, _ = VAULT.new_envelope(ONE)
    sealed = envelope.seal(b"x" * 60, "place")
    with pytest.raises(Tampered):
        envelope.open(sealed[:length], "place")


def test_a_value_does_not_open_in_another_place_or_referral() -> None:
    envelope, wrapped = VAULT.new_envelope(ONE)
    sealed = envelope.seal(b"content", "entries/1")
    with pytest.raises(Tampered):
        envelope.open(sealed, "entries/2")
    with pytest.raises(Tampered):
        VAULT.envelope(uuid4(), wrapped)
    with pytest.raises(Tampered):
        Vault(b"o" * 32).envelope(ONE, wrapped)


def test_the_same_content_is_never_sealed_alike() -> None:
    envelope, _ = VAULT.new_envelope(ONE)
    assert len({envelope.seal(b"same", "place") for _ in range(100)}) == 100


def test_names_meet_whatever_their_case_accents_and_apostrophes() -> None:
    index = Index(b"i" * 32)
    assert index.words("O’Néill-SHAW") == index.words("oneill shaw")
    assert index.words("Shaw") < index.words("O'Neill Shaw")
    assert index.exact("A1234 BC") == index.exact("a1234bc")
    assert Index(b"j" * 32).words("Shaw") != index.words("Shaw")
    assert plain_words("van der Berg") == ("van", "der", "berg")


def test_a_reading_moved_to_another_referral_is_not_opened(house: House, cast: Cast, reading: ReadingDesk) -> None:
    ids = [house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id for _ in range(2)]
    while reading.do_next():
        pass
    with open_as_owner(house) as connection:
        sealed = connection.scalar(select(readings.c.form_sealed).where(readings.c.referral_id == ids[0]))
        connection.execute(update(readings).where(readings.c.referral_id == ids[1]).values(form_sealed=sealed))
    with pytest.raises(Tampered):
        house.views.case(cast.yot, ids[1])


def test_nothing_of_a_form_stands_in_the_database_in_clear(house: House, cast: Cast, reading: ReadingDesk) -> None:
    receipt = house.desk.receive(
        cast.yot,
        "Zyzzyvanka.pdf",
        form_file(person__family_name="Zyzzyvanka", referral__reason="Zyzzyvanka and others.", level_requested="2"),
    )
    reading.do_next()
    house.desk.ask(cast.coordinator, receipt.referral_id, [], ["Where does Zyzzyvanka live?"])
    house.desk.withdraw(cast.yot, receipt.referral_id, "Zyzzyvanka has moved.")
    with acting(house.engine, "desk") as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                for value in row:
                    plain = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                    assert b"yzzyvank" not in plain.lower(), table.name


def test_another_master_key_opens_nothing(house: House, settings: Settings) -> None:
    with (
        pytest.raises(HouseError, match="not the one"),
        open_house(settings.model_copy(update={"master_key": "ab" * 32})),
    ):
        pass


def test_destroying_a_key_leaves_nothing_to_read(house: House, cast: Cast, reading: ReadingDesk) -> None:
    receipt = house.desk.receive(cast.yot, "form.pdf", form_file())
    reading.do_next()
    with acting(house.engine, "desk") as connection:
        connection.execute(update(referrals).values(wrapped_key=b""))
    with pytest.raises(Tampered):
        house.views.original(cast.yot, receipt.referral_id)
