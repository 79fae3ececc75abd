"""What time it is, as something that is passed in and that tests can set."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def london_day(moment: datetime) -> date:
    """The calendar day in London at `moment`: due dates and forms count in these."""
    return moment.astimezone(LONDON).date()
