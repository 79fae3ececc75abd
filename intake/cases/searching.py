"""Searches by reference, name, birth date or identifier, kept sealed so that their address holds nothing of a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, Select, delete, exists, insert, select
from sqlalchemy import text as text_of

from extractors.dates import parse_date
from extractors.identifiers import CHECKS
from extractors.models import Model
from intake.cases.likeness import sounds
from intake.cases.looks import Looks
from intake.errors import NotFound
from intake.models import Person, ReferralLine
from intake.now import Clock, london_day
from intake.permissions import demand, within_reach
from intake.store.acting import acting
from intake.store.lines import line_of, lines_of
from intake.store.tables import agencies, referrals, search_tokens, searches
from intake.store.vault import Index, Vault, plain_words

KEPT = timedelta(hours=24)
LONGEST = 200
"""Characters of a search text that are looked at."""
MOST_FOUND = 50
MOST_WORDS = 6
"""Words of a name that a search looks at."""
REFERENCE = re.compile(r"(?:([A-Z]{1,4})[-‐‑–— ]?)?(\d{4})(?:[-‐‑–— /](\d{1,6})|(\d{6}))")
"""As people write a reference: Word makes its hyphens dashes, and some leave them out where all six digits stand."""


class Found(Model):
    """What a search found, the latest first, at most 50; `by_sound` when nothing is spelt like that."""

    text: str
    lines: tuple[ReferralLine, ...]
    by_sound: bool = False


class Searching:
    """All raise NotAllowed for those who may not look into referrals."""

    def __init__(self, engine: Engine, vault: Vault, index: Index, clock: Clock, looks: Looks) -> None:
        self._engine = engine
        self._vault = vault
        self._index = index
        self._clock = clock
        self._looks = looks

    def keep(self, person: Person, text: str) -> UUID:
        """Keep a search for a day, for whoever made it; gives the number by which it is found again."""
        demand(person, "see_content")
        new, now = uuid4(), self._clock.now()
        sealed = self._vault.wrap(text.strip()[:LONGEST].encode(), f"searches/{new}")
        with acting(self._engine, person) as connection:
            connection.execute(delete(searches).where(searches.c.person_id == person.id, searches.c.at < now - KEPT))
            connection.execute(insert(searches).values(id=new, person_id=person.id, text_sealed=sealed, at=now))
        return new

    def found(self, person: Person, search_id: UUID) -> Found:
        """What a kept search finds now. Raises NotFound for another person's and for one that is over."""
        with acting(self._engine, person) as connection:
            sealed = connection.scalar(
                select(searches.c.text_sealed).where(
                    searches.c.id == search_id,
                    searches.c.person_id == person.id,
                    searches.c.at >= self._clock.now() - KEPT,
                )
            )
        if sealed is None:
            raise NotFound("This search is over. Searches are kept for a day: enter it again.")
        return self.find(person, self._vault.unwrap(sealed, f"searches/{search_id}").decode())

    def find(self, person: Person, text: str) -> Found:
        """Referrals that the text names; where there are none, those whose names sound like it."""
        demand(person, "see_content")
        text = text.strip()[:LONGEST]
        words = list(dict.fromkeys(plain_words(text)))[:MOST_WORDS]
        lines = self._lines(person, self._meanings(text, words))
        if lines or not words or any(c.isdigit() for c in text):
            return Found(text=text, lines=lines)
        codes = [[self._index.token("sound", sound) for sound in sounds(word)] for word in words]
        sounding = [_latest(tokens) for tokens in product(*codes)]
        return Found(text=text, lines=self._lines(person, sounding), by_sound=True)

    def _meanings(self, text: str, words: list[str]) -> list[Select[Any]]:
        """The ids that a search text may mean: a reference, a date or identifier, the words of a name."""
        found: list[Select[Any]] = []
        reference = REFERENCE.fullmatch(text.upper())
        if reference is not None:
            area, year, number, whole = reference.groups()
            end = f"-{year}-{int(number or whole):06d}"
            written = [area + end] if area else select(agencies.c.area.concat(end)).distinct()
            found.append(select(referrals.c.id).where(referrals.c.reference.in_(written)))
        if any(c.isalnum() for c in text):
            today = london_day(self._clock.now())
            day = parse_date(text, today, "birth")
            # An identifier is kept in its full form, and may be looked for as people write it: 11/204416H.
            numbers = (check(text, today) for check in CHECKS.values())
            full = {number.normalised for number in numbers if number.outcome == "valid" and number.normalised}
            found += [_latest([self._index.exact(one)]) for one in sorted({day.isoformat() if day else text, *full})]
        if words:
            found.append(_latest([self._index.token("word", word) for word in words]))
        return found

    def _lines(self, person: Person, meanings: list[Select[Any]]) -> tuple[ReferralLine, ...]:
        today = london_day(self._clock.now())
        with acting(self._engine, person) as connection:
            # Names differ so much in how many bear them that no one plan serves all.
            connection.execute(text_of("SET LOCAL plan_cache_mode = force_custom_plan"))
            # The few that are meant first: asked for both at once, the planner may walk through all referrals.
            meant = {one for meaning in meanings for one in connection.scalars(meaning)}
            chosen = select(referrals).where(referrals.c.id.in_(meant), within_reach(person, "see_content", referrals))
            order = (referrals.c.received_at.desc(), referrals.c.id)
            rows = connection.execute(lines_of(chosen, order, MOST_FOUND)).mappings()
            lines = tuple(line_of(row, self._vault, today) for row in rows)
            self._looks.note_list(connection, person, "searched", (line.id for line in lines))
        return lines


def _latest(tokens: Sequence[bytes]) -> Select[Any]:
    """The latest referrals that have all of these tokens, of those that the tokens' own policy shows to who asks.

    Of a common name there are thousands: no more are looked at than it takes to find the latest. Referrals are not asked
    here: the planner takes the policies upon them for so narrow that it would walk through all of them first.
    """
    first = search_tokens.alias()
    having = select(first.c.referral_id).where(first.c.token == tokens[0])
    for token in tokens[1:]:
        more = search_tokens.alias()
        together = (more.c.referral_id == first.c.referral_id) & (more.c.received_at == first.c.received_at)
        having = having.where(exists().where(together, more.c.token == token))
    return having.order_by(first.c.received_at.desc()).limit(MOST_FOUND)
