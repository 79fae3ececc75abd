"""The calendar of panels, as administrators keep it: added by hand or by a rule, cancelled, put back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.now import london_day
from intake.panels.calendar import PANEL_KINDS, PanelRule
from intake.panels.diary import LARGEST, NoCalendar, meetings_of
from web.answers import uuid_or_none
from web.errors import Answer
from web.notices import notice
from web.session import allowed, person, the_house

pages = Blueprint("panels", __name__, url_prefix="/administration/panels")

PARTS = ("day", "month", "year")
TEXTS = ("kind", "district", "starts", "weeks")
DAYS = ("first", "until")
FIELDS = (*TEXTS, *(f"{name}-{part}" for name in DAYS for part in PARTS))

Typed = dict[str, str]


@pages.get("")
@allowed("panels")
def calendar() -> str:
    """The panels to come, and a form to add more."""
    return _page(dict.fromkeys(FIELDS, ""), {})


@pages.post("")
@allowed("panels")
def add() -> Response | Answer:
    """Add a panel, or all those of a rule."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    errors: Typed = {}
    kind = next((code for code in PANEL_KINDS if code == typed["kind"]), None)
    if kind is None:
        errors["kind"] = "Choose which panel it is"
    first, until = (_day(typed, name, errors) for name in DAYS)
    if first is None:
        errors.setdefault("first", "Enter the day of the panel")
    starts = _time(typed["starts"])
    if starts is None:
        errors["starts"] = "Enter the time at which it starts, such as 14:00"
    weeks = typed["weeks"]
    if weeks and not (weeks.isascii() and weeks.isdigit() and len(weeks) <= 3):
        errors["weeks"] = "Enter the weeks as a whole number, such as 10"
    if kind is not None and first is not None and starts is not None and not errors:
        rule = PanelRule(
            kind=kind,
            district=" ".join(typed["district"].split()),
            first=first,
            starts=starts,
            weeks=int(weeks) if weeks else None,
            until=until,
        )
        house = the_house()
        errors = dict(house.panels.add(person(), house.settings.area, rule))
        if not errors:
            return redirect(url_for("panels.calendar", done="panels-added"))
    return _page(typed, errors), 422


@pages.post("/take-in")
@allowed("panels")
def take_in() -> Response | Answer:
    """Enter the meetings of a diary's export."""
    fields = {"kind": "kind-in", "district": "district-in"}
    typed = {name: request.form.get(field, "").strip() for name, field in fields.items()}
    errors: Typed = {}
    kind = next((code for code in PANEL_KINDS if code == typed["kind"]), None)
    if kind is None:
        errors["kind-in"] = "Choose which panel these meetings are of"
    house, file = the_house(), request.files.get("calendar")
    if file is None or not file.filename:
        errors["calendar"] = "Choose the calendar's file"
    else:
        try:
            meetings = meetings_of(file.read(LARGEST + 1), london_day(house.clock.now()))
        except NoCalendar as problem:
            errors["calendar"] = str(problem)
    if errors or kind is None:
        return _page({**dict.fromkeys(FIELDS, ""), **{fields[name]: text for name, text in typed.items()}}, errors), 422
    district = " ".join(typed["district"].split())
    found = [(meeting.day, meeting.starts) for meeting in meetings]
    added = house.panels.take_in(person(), house.settings.area, kind, district, found)
    return redirect(url_for("panels.calendar", done="panels-added" if added else "panels-known"))


@pages.post("/change")
@allowed("panels")
def change() -> Response | Answer:
    """Cancel the chosen panels, or hold them after all."""
    chosen = [found for text in request.form.getlist("panel") if (found := uuid_or_none(text)) is not None]
    if not chosen:
        return _page(dict.fromkeys(FIELDS, ""), {"panel": "Choose at least one panel of the list"}), 422
    panels = the_house().panels
    (panels.hold if request.form.get("what") == "hold" else panels.cancel)(person(), chosen)
    return redirect(url_for("panels.calendar", done="panels-changed"))


def _page(typed: Typed, errors: Mapping[str, str]) -> str:
    house = the_house()
    coming = house.panels.coming(person())
    return render_template(
        "panels.html",
        panels=coming,
        cases=house.panels.decided_for(person()),
        districts=sorted({panel.district for panel in coming if panel.district}),
        area=house.settings.area,
        typed=typed,
        errors=errors,
        notice=notice(),
    )


def _day(typed: Typed, name: str, errors: Typed) -> date | None:
    day, month, year = (typed[f"{name}-{part}"] for part in PARTS)
    if not day + month + year:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        errors[name] = "Enter a real date, such as 27 3 2027"
        return None


def _time(text: str) -> time | None:
    try:
        return datetime.strptime(text, "%H:%M").time()
    except ValueError:
        return None
