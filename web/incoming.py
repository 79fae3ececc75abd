"""What came by mail: mails that a coordinator has to look at, and the senders that an administrator makes known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask import Response as AnyResponse
from werkzeug.wrappers import Response

from intake.errors import DeskError, NotAllowed, NotFound, NotNow
from intake.mail.incoming import IncomingState
from intake.now import london_day
from intake.terms import STATUS_WORDS
from web.answers import uuid_or_none
from web.errors import Answer
from web.navigation import page_of
from web.notices import notice
from web.session import allowed, person, the_house
from web.spreadsheet import as_csv

pages = Blueprint("incoming", __name__)

ONE_DAY = timedelta(days=1)
MAIL_BECAME: Mapping[IncomingState, str] = {
    "taken": "Taken in",
    "stranger": "The sender is not known: to be looked at",
    "automatic": "A machine wrote it: to be looked at",
    "returned": "A message of ours that came back",
    "closed": "Looked at and closed",
    "erased": "Looked at, closed and erased",
}
RESULTS = (
    "came",
    "from",
    "reference",
    "what became of it",
    "why not accepted, and what to do",
    "open questions",
    "more forms",
    "page",
)


@pages.get("/incoming")
@allowed("incoming")
def listed() -> str:
    """The mails that did not become referrals by themselves."""
    return _list_page({})


def _list_page(errors: dict[str, str]) -> str:
    house = the_house()
    return render_template(
        "incoming.html",
        mails=house.incoming.arrived(person()),
        agencies=[one for one in house.people.agencies() if one.active and one.area == person().area],
        errors=errors,
        notice=notice(),
    )


@pages.get("/incoming/day")
@allowed("incoming")
def day() -> str:
    """Everything that came by mail on a day, and what became of it."""
    which = _day_asked()
    return render_template(
        "incoming-day.html",
        mails=the_house().mail_days.came(person(), which),
        day=which,
        before=which - ONE_DAY,
        after=which + ONE_DAY,
        states=MAIL_BECAME,
    )


@pages.get("/incoming/day.csv")
@allowed("incoming")
def day_results() -> AnyResponse:
    """The same as a table to take along."""
    which = _day_asked()
    rows = [
        (
            mail.at.isoformat(timespec="seconds"),
            mail.sender,
            mail.reference or "",
            STATUS_WORDS[mail.status] if mail.status else MAIL_BECAME[mail.state],
            mail.refusal or "",
            str(mail.open_questions),
            str(mail.more),
            page_of(mail.referral_id) if mail.referral_id else "",
        )
        for mail in the_house().mail_days.came(person(), which)
    ]
    return as_csv([RESULTS, *rows], f"mappa-mails-{which}.csv")


def _day_asked() -> date:
    """The day in the address, today where it names none."""
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return london_day(the_house().clock.now())
    return min(max(asked, date(2000, 1, 1)), date(2100, 1, 1))


@pages.post("/incoming/<uuid:mail_id>/take")
@allowed("incoming")
def take(mail_id: UUID) -> Response | Answer:
    """Take a mail in after all, for an agency."""
    try:
        agency_id = uuid_or_none(request.form.get("agency_id", ""))
        referral_id = the_house().incoming.take_for(person(), mail_id, agency_id)
    except (NotFound, NotAllowed, NotNow):
        raise
    except DeskError as problem:
        return _list_page({f"agency-{mail_id}": problem.message}), 422
    return redirect(page_of(referral_id, "mail-taken"))


@pages.post("/incoming/<uuid:mail_id>/close")
@allowed("incoming")
def close(mail_id: UUID) -> Response:
    """Take a mail that holds no form off the list."""
    the_house().incoming.close(person(), mail_id)
    return redirect(url_for("incoming.listed", done="mail-closed"))


@pages.get("/administration/senders")
@allowed("senders")
def senders() -> str:
    """Whose mails are taken in as an agency's."""
    return _senders_page({"pattern": "", "agency_id": ""}, {})


@pages.post("/administration/senders")
@allowed("senders")
def add_sender() -> Response | Answer:
    """Make one more sender known."""
    house = the_house()
    typed = {name: request.form.get(name, "").strip() for name in ("pattern", "agency_id")}
    errors = house.senders.add(person(), house.settings.area, typed["pattern"], uuid_or_none(typed["agency_id"]))
    if errors:
        return _senders_page(typed, errors), 422
    return redirect(url_for("incoming.senders", done="sender-added"))


@pages.post("/administration/senders/remove")
@allowed("senders")
def remove_sender() -> Response:
    """Forget a sender."""
    house = the_house()
    house.senders.remove(person(), house.settings.area, request.form.get("pattern", ""))
    return redirect(url_for("incoming.senders", done="sender-removed"))


def _senders_page(typed: dict[str, str], errors: dict[str, str]) -> str:
    house = the_house()
    area = house.settings.area
    return render_template(
        "senders.html",
        senders=house.senders.listed(person(), area),
        agencies=[one for one in house.people.agencies() if one.active and one.area == area],
        area=area,
        typed=typed,
        errors=errors,
        notice=notice(),
    )
