"""Counts what came in over a period, for the strategic management board and the annual report (1 April to 31 March).

All counts are of what was received in the period, as it stands now, by form. The cases behind each number can be listed by
those who may see them. Counting reads lines only and never opens a content.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Date, Engine, cast, extract, func, select, tuple_

from extractors.contract import FIELDS
from extractors.models import Model
from intake.cases.looks import Looks
from intake.errors import NotFound
from intake.models import Person, QueuePage
from intake.now import LONDON, Clock, london_day
from intake.permissions import demand, within_reach
from intake.statistics.figures import COUNTS, By, london
from intake.store.acting import acting
from intake.store.lines import line_of, lines_of
from intake.store.tables import agencies, referrals
from intake.store.vault import Vault
from intake.terms import OPEN

YEAR_BEGINS = (4, 1)
"""Month and day: responsible authorities report on 1 April to 31 March (MAPPA Guidance, annual reports and statistics)."""
MOST_MISSED = 15
"""Fields that are named as missed most."""
NO_FORM = ""
"""The form of a file that none was read from, or not yet."""
LINES_A_PAGE = 25
Numbers = dict[str, Counter[str]]
"""Key of a line to how many of each form."""
stated_form = func.coalesce(referrals.c.form, NO_FORM)
MISSED = By(
    "missed",
    "Asked for most often",
    func.unnest(referrals.c.missed),
    {},
    "Fields that were missing or contradictory on arrival, so that the desk had to ask. One form may miss several.",
)


class Period(Model):
    """Days of receipt in London, the first and the last among them."""

    first: date
    last: date

    @property
    def months(self) -> Mapping[str, str]:
        """Its months: such as 2026-04 to "April 2026"."""
        span = range(self.first.year * 12 + self.first.month - 1, self.last.year * 12 + self.last.month)
        days = (date(number // 12, number % 12 + 1, 1) for number in span)
        return {f"{day:%Y-%m}": f"{day:%B %Y}" for day in days}


def reporting_year(day: date) -> Period:
    """The year from 1 April to 31 March that a day lies in."""
    begins = date(day.year - (day < date(day.year, *YEAR_BEGINS)), *YEAR_BEGINS)
    return Period(first=begins, last=date(begins.year + 1, *YEAR_BEGINS) - timedelta(days=1))


class Line(Model):
    """One line of a count: how many of each form; the count's name and `key` find its cases again."""

    key: str
    words: str
    numbers: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.numbers.values())


class Count(Model):
    name: str
    title: str
    note: str
    lines: tuple[Line, ...]


class Pace(Model):
    """How long decisions took, and referrers to answer, in days, on one form.

    `on_time` of `decided` by the due date; `waited_for` cases had their questions answered.
    """

    form: str
    decided: int
    on_time: int
    median_days: float | None
    oldest_open: date | None
    questions: int
    rounds: int
    waited_for: int
    median_waited: float | None


class Figures(Model):
    period: Period
    received: Mapping[str, int]
    counts: tuple[Count, ...]
    pace: tuple[Pace, ...]


class Statistics:
    """All raise NotAllowed for those who may not see statistics."""

    def __init__(self, engine: Engine, vault: Vault, clock: Clock, looks: Looks) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._looks = looks

    @property
    def _today(self) -> date:
        return london_day(self._clock.now())

    def figures(self, person: Person, period: Period, agency_id: UUID | None = None) -> Figures:
        """Every count of a period, of all within reach or of one agency."""
        demand(person, "statistics")
        chosen = self._chosen(person, "statistics", period, agency_id)
        # The walks over the rows go side by side, each in a process of PostgreSQL's own.
        with ThreadPoolExecutor(1) as beside:
            other = beside.submit(self._missed_and_pace, chosen)
            # The desk counts, so that whoever sees numbers only needs no right to a single row.
            with acting(self._engine, "desk") as connection:
                counts = self._counts(connection, period, chosen)
            missed, pace = other.result()
        return Figures(period=period, received=_received(counts), counts=(*counts, missed), pace=pace)

    def _missed_and_pace(self, chosen: list[ColumnElement[bool]]) -> tuple[Count, tuple[Pace, ...]]:
        with acting(self._engine, "desk") as connection:
            return self._missed(connection, chosen), self._pace(connection, chosen)

    def cases(
        self,
        person: Person,
        period: Period,
        agency_id: UUID | None,
        name: str,
        key: str,
        form: str | None = None,
        page: int = 1,
    ) -> tuple[str, QueuePage]:
        """What one number of a count is about, in words, and its cases, the latest first. Raises NotFound."""
        demand(person, "see_line")
        by = next((by for by in (*COUNTS, MISSED) if by.name == name), None)
        if by is None:
            raise NotFound("There is no such count.")
        chosen = [*self._chosen(person, "see_line", period, agency_id), _in_line(by, key)]
        if form is not None:
            chosen.append(stated_form == form)
        with acting(self._engine, person) as connection:
            total = connection.execute(select(func.count()).where(*chosen), {"today": self._today}).scalar_one()
            pages = max(1, -(-total // LINES_A_PAGE))
            page = min(max(1, page), pages)
            listed = lines_of(
                select(referrals).where(*chosen),
                (referrals.c.received_at.desc(), referrals.c.id),
                LINES_A_PAGE,
                (page - 1) * LINES_A_PAGE,
            )
            rows = connection.execute(listed, {"today": self._today}).mappings()
            lines = tuple(line_of(row, self._vault, self._today) for row in rows)
            words = self._words(connection, by, period).get(key, key)
            self._looks.note_list(connection, person, "listed", (line.id for line in lines))
        return f"{by.title}: {words}", QueuePage(lines=lines, counts={"found": total}, page=page, pages=pages)

    def _chosen(self, person: Person, action: Any, period: Period, agency_id: UUID | None) -> list[ColumnElement[bool]]:
        begins, ends = (
            datetime.combine(day, time(), LONDON) for day in (period.first, period.last + timedelta(days=1))
        )
        chosen = [within_reach(person, action, referrals), referrals.c.received_at >= begins]
        chosen.append(referrals.c.received_at < ends)
        return [*chosen, referrals.c.agency_id == agency_id] if agency_id else chosen

    def _counts(self, connection: Connection, period: Period, chosen: list[ColumnElement[bool]]) -> tuple[Count, ...]:
        # One walk over the rows for all counts together; the kinds of agency are added up from the agencies.
        walked = [by for by in COUNTS if by.name != "sender"]
        told = select(stated_form.label("form"), *(by.key.label(by.name) for by in walked)).where(*chosen).subquery()
        keys = [told.c[by.name] for by in walked]
        sets = func.grouping_sets(*(tuple_(told.c.form, key) for key in keys))
        found = connection.execute(
            select(told.c.form, *keys, func.count().label("number"), func.grouping(*keys).label("other")).group_by(
                sets
            ),
            {"today": self._today},
        ).mappings()
        numbers: dict[str, Numbers] = {by.name: defaultdict(Counter) for by in COUNTS}
        types = {str(row.id): row.type for row in connection.execute(select(agencies.c.id, agencies.c.type))}
        for row in found:
            # Of the counts' bits, the first the highest, the one that is 0 says which count a row belongs to.
            by = next(by for place, by in enumerate(walked) if not row["other"] >> len(walked) - 1 - place & 1)
            key = row[by.name]
            if key is not None:
                numbers[by.name][key][row["form"]] += row["number"]
            if by.name == "agency":
                numbers["sender"][types[key]][row["form"]] += row["number"]
        return tuple(self._count(connection, by, period, numbers[by.name]) for by in COUNTS)

    def _count(self, connection: Connection, by: By, period: Period, numbers: Numbers) -> Count:
        words = self._words(connection, by, period)
        # What the count's own words do not foresee is shown as it is, and not left out.
        keys = [key for key in words if key in numbers or by.name == "month"] + sorted(numbers.keys() - words.keys())
        lines = (Line(key=key, words=words.get(key, key), numbers=dict(numbers.get(key, {}))) for key in keys)
        return Count(name=by.name, title=by.title, note=by.note, lines=tuple(lines))

    def _words(self, connection: Connection, by: By, period: Period) -> Mapping[str, str]:
        if by.name == "agency":
            named = connection.execute(select(agencies.c.id, agencies.c.name).order_by(agencies.c.name))
            return {str(row.id): row.name for row in named}
        if by.name == "month":
            return period.months
        return {key: field.label for key, field in FIELDS.items()} if by is MISSED else by.words

    def _missed(self, connection: Connection, chosen: list[ColumnElement[bool]]) -> Count:
        rows = connection.execute(
            select(
                stated_form.label("form"), func.unnest(referrals.c.missed).label("key"), func.count().label("number")
            )
            .where(*chosen)
            .group_by("form", "key")
        )
        numbers: dict[str, dict[str, int]] = defaultdict(dict)
        for row in rows:
            numbers[row.key][row.form] = row.number
        most = sorted(numbers, key=lambda key: (-sum(numbers[key].values()), key))[:MOST_MISSED]
        lines = tuple(Line(key=key, words=FIELDS[key].label, numbers=numbers[key]) for key in most)
        return Count(name=MISSED.name, title=MISSED.title, note=MISSED.note, lines=lines)

    def _pace(self, connection: Connection, chosen: list[ColumnElement[bool]]) -> tuple[Pace, ...]:
        decided = referrals.c.decided_at.is_not(None) & (referrals.c.status == "decided")
        took = _days(referrals.c.decided_at - referrals.c.received_at)
        on_time = cast(london(referrals.c.decided_at), Date) <= referrals.c.due_on
        cases = connection.execute(
            select(
                stated_form.label("form"),
                func.count().filter(decided).label("decided"),
                func.count().filter(decided, on_time).label("on_time"),
                func.percentile_cont(0.5).within_group(took).filter(decided).label("median_days"),
                func.min(referrals.c.received_at).filter(referrals.c.status.in_(OPEN)).label("oldest"),
                func.sum(referrals.c.questions).label("questions"),
                func.sum(referrals.c.rounds).label("rounds"),
                func.count(referrals.c.waited).label("waited_for"),
                func.percentile_cont(0.5).within_group(_days(referrals.c.waited)).label("median_waited"),
            )
            .where(*chosen)
            .group_by("form")
        )
        return tuple(
            Pace(
                form=row.form,
                decided=row.decided,
                on_time=row.on_time,
                median_days=row.median_days,
                oldest_open=london_day(row.oldest) if row.oldest else None,
                questions=row.questions,
                rounds=row.rounds,
                waited_for=row.waited_for,
                median_waited=row.median_waited,
            )
            for row in cases
        )


def _received(counts: Iterable[Count]) -> Counter[str]:
    """How many of each form came in: every referral has an agency."""
    by_agency = next(count for count in counts if count.name == "agency")
    return sum((Counter(line.numbers) for line in by_agency.lines), Counter())


def _days(interval: ColumnElement[Any]) -> ColumnElement[Any]:
    return extract("epoch", interval) / 86400.0


def _in_line(by: By, key: str) -> ColumnElement[bool]:
    """Whether a referral is in a count's line."""
    return referrals.c.missed.contains([key]) if by is MISSED else by.key == key
