"""The pages of statistics: counts of a period to look at, to publish and to take along, and the cases behind a number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, Response, abort, render_template, request

from extractors.contract import FORM_TITLES
from intake.models import Agency, Person
from intake.now import london_day
from intake.permissions import may
from intake.statistics.counts import NO_FORM, Figures, Period, reporting_year
from intake.statistics.register import COLUMNS
from web.answers import uuid_or_none
from web.errors import Answer
from web.session import allowed, person, the_house
from web.spreadsheet import as_csv

pages = Blueprint("statistics", __name__, url_prefix="/statistics")

FORMS: Mapping[str, str] = {**{form: f"Form {form}" for form in FORM_TITLES}, NO_FORM: "Not read"}
PARTS = ("day", "month", "year")
DAYS = ("from", "to")
LONGEST = 5 * 366
"""Days that a period may have."""
SMALL = 5
"""Numbers under this one are not published, and all others are rounded to a multiple of it, so that none can be worked out."""
NOT_SHOWN = f"under {SMALL}"


class Asked(NamedTuple):
    """What statistics are asked for; `public` when they may be passed on."""

    period: Period
    agency_id: UUID | None
    public: bool

    def address(self, **more: Any) -> dict[str, Any]:
        """The address's arguments."""
        days = {
            f"{name}-{part}": getattr(day, part)
            for name, day in zip(DAYS, (self.period.first, self.period.last), strict=True)
            for part in PARTS
        }
        return {**days, "agency_id": self.agency_id, "public": "1" if self.public else None, **more}


@pages.get("")
@allowed("statistics")
def figures() -> str | Answer:
    """Every count of a period."""
    asked, errors = _asked()
    found = the_house().statistics.figures(person(), asked.period, asked.agency_id)
    page = render_template(
        "statistics.html",
        found=found,
        asked=asked,
        typed={name: request.args.get(name, str(value)) for name, value in asked.address().items()},
        errors=errors,
        forms=_forms(found),
        years=_years(),
        agencies=[agency for agency in _agencies() if person().area in (None, agency.area)],
        linked=may(person(), "assign") and not asked.public,
        shown=shown if asked.public else str,
    )
    return (page, 422) if errors else page


@pages.get("/figures.csv")
@allowed("statistics")
def download() -> Response:
    """The same, a line for each number."""
    asked, errors = _asked()
    if errors:
        abort(404)
    found = the_house().statistics.figures(person(), asked.period, asked.agency_id)
    period = (found.period.first.isoformat(), found.period.last.isoformat())
    forms = _forms(found)
    rows = (
        (*period, count.title, line.words, words, shown(number) if asked.public else str(number))
        for count in found.counts
        for line in count.lines
        for form, words in forms.items()
        for number in [line.numbers.get(form, 0)]
    )
    heading = ("received from", "received to", "count", "line", "form", "number")
    return as_csv(chain([heading], rows), f"mappa-statistics-{period[0]}-{period[1]}.csv")


@pages.get("/register.csv")
@allowed("export")
def register() -> Response:
    """Every referral of a period as a line of facts."""
    asked, errors = _asked()
    if errors:
        abort(404)
    lines = the_house().register.lines(person(), asked.period, asked.agency_id)
    return as_csv(chain([COLUMNS], lines), f"mappa-register-{asked.period.first}-{asked.period.last}.csv")


@pages.get("/cases")
@allowed("assign")
def cases() -> str:
    """The cases behind one number."""
    asked, errors = _asked()
    form = request.args.get("form")
    if errors:
        abort(404)
    words, found = the_house().statistics.cases(
        person(),
        asked.period,
        asked.agency_id,
        request.args.get("count", ""),
        request.args.get("line", ""),
        form,
        page=max(1, request.args.get("page", 1, type=int)),
    )
    return render_template("statistics-cases.html", found=found, words=words, form=FORMS.get(form or "-"), asked=asked)


def shown(number: int) -> str:
    """A number as it may be published."""
    return NOT_SHOWN if 0 < number < SMALL else str(SMALL * ((number + SMALL // 2) // SMALL))


def _asked() -> tuple[Asked, dict[str, str]]:
    """What is asked for, this reporting year unless another period is typed, and what is wrong with it."""
    typed = {f"{name}-{part}": request.args.get(f"{name}-{part}", "").strip() for name in DAYS for part in PARTS}
    errors: dict[str, str] = {}
    period = reporting_year(london_day(the_house().clock.now()))
    if any(typed.values()):
        first, last = (_day(typed, name, errors) for name in DAYS)
        if first and last and first > last:
            errors["to"] = "The last day must not lie before the first"
        elif first and last and (last - first).days > LONGEST:
            errors["to"] = "Choose a period of five years at most"
        elif first and last:
            period = Period(first=first, last=last)
    public = _sees_no_cases(person()) or bool(request.args.get("public"))
    return Asked(period, uuid_or_none(request.args.get("agency_id")), public), errors


def _day(typed: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    day, month, year = (typed[f"{name}-{part}"] for part in PARTS)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        errors[name] = "Enter a real date, such as 1 4 2026"
        return None


def _agencies() -> tuple[Agency, ...]:
    """The agencies to choose from; nobody of an agency has a choice."""
    return () if person().agency_id else the_house().people.agencies()


def _sees_no_cases(reader: Person) -> bool:
    return not may(reader, "see_content")


def _forms(found: Figures) -> dict[str, str]:
    """The columns: every kind of form, and files without one where there are any."""
    return {form: words for form, words in FORMS.items() if form or found.received.get(NO_FORM)}


def _years() -> list[tuple[str, Asked]]:
    """The reporting years to choose from at once: this one and the two before."""
    this = reporting_year(london_day(the_house().clock.now()))
    years = [reporting_year(this.first.replace(year=this.first.year - back)) for back in range(3)]
    return [(f"April {year.first.year} to March {year.last.year}", Asked(year, None, False)) for year in years]
