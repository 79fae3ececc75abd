"""Days and moments as systems must write them. pydantic alone would take digits for seconds since 1970, and so read a day that nobody
wrote."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
"""A full-date of RFC 3339, section 5.6."""
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)
"""A date-time of the same."""


def _day(given: object) -> object:
    if isinstance(given, str):
        if not DAY.fullmatch(given):
            raise ValueError("write it as 2026-11-20")
        return date.fromisoformat(given)
    return given


def _moment(given: object) -> object:
    if isinstance(given, str):
        if not MOMENT.fullmatch(given):
            raise ValueError("write it as 2026-11-20T09:30:00Z")
        return datetime.fromisoformat(given.upper())
    return given


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
