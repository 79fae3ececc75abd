"""Days and moments as systems must write them. pydantic alone would take digits for seconds since 1970, and so read a day that nobody
wrote."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
"""A full-date of RFC 3339, section 5.6."""
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)
"""A date-time of the same."""


def _written(pattern: re.Pattern[str], example: str) -> Callable[[object], object]:
    def check(given: object) -> object:
        if isinstance(given, str) and not pattern.fullmatch(given):
            raise ValueError(f"write it as {example}")
        return given

    return check


Day = Annotated[date, BeforeValidator(_written(DAY, "2026-11-20"))]
Moment = Annotated[AwareDatetime, BeforeValidator(_written(MOMENT, "2026-11-20T09:30:00Z"))]
