"""The pages of panels for coordinators: which meet when, the agenda of each to print, and the dates for a diary."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, render_template

from intake.panels.diary import icalendar_of
from web.session import allowed, person, the_house

pages = Blueprint("agenda", __name__, url_prefix="/panels")


@pages.get("")
@allowed("decide")
def panels() -> str:
    """The panels of the area."""
    agendas = the_house().agendas
    shown, not_held = agendas.panels(person()), agendas.not_held(person())
    return render_template("agendas.html", panels=shown, not_held=not_held, area=person().area)


@pages.get("/<uuid:panel_id>")
@allowed("decide")
def agenda(panel_id: UUID) -> str:
    """The cases of one panel, as a list to print."""
    return render_template("agenda.html", agenda=the_house().agendas.of(person(), panel_id))


@pages.get("/panels.ics")
@allowed("decide")
def diary() -> Response:
    """The dates as iCalendar; no case is in it."""
    house = the_house()
    content = icalendar_of(house.agendas.panels(person()), house.clock.now())
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="mappa-panels.ics"'
    return answer
