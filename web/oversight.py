"""What those see who look after the work of others: an agency's manager its people, an auditor the trail."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from web.session import allowed, person, the_house

pages = Blueprint("oversight", __name__)


@pages.get("/agency")
@allowed("agency_people")
def agency() -> str:
    """The people of one's agency who can sign in."""
    return render_template("agency-people.html", people=the_house().people.of_agency(person()))


@pages.get("/trail")
@allowed("trail")
def trail() -> str:
    """The trail, the latest first; with a reference, what is about that referral."""
    reference = request.args.get("reference", "").strip().upper()[:40]
    before = request.args.get("before", type=int)
    found = the_house().auditing.read(person(), reference, before)
    return render_template("trail.html", found=found, reference=reference)
