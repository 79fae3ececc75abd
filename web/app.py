"""Makes the web application: the door through which people use one house."""

from __future__ import annotations

from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from intake.house import House
from intake.mail.wordings import MESSAGES
from intake.panels.calendar import PANEL_KINDS
from intake.terms import OUTCOMES, REVIEW_OUTCOMES, STATUS_WORDS
from validation.pack import title_of
from web import (
    account,
    administrator,
    agenda,
    answering,
    built,
    coordinator,
    copying,
    decide,
    documents,
    errors,
    forgery,
    headers,
    incoming,
    keys,
    labels,
    messages,
    navigation,
    oversight,
    own,
    panels,
    proxies,
    referrer,
    restricting,
    retention,
    reviews,
    rulebook,
    session,
    sign_on,
    staff,
    statistics,
    systems,
    watching,
    words,
)
from web.api import description, operations, referrals
from web.api import webhooks as api_webhooks
from web.uploads import TOGETHER, DeskRequest, megabytes

FILTERS = {
    "day": words.day,
    "day_of": words.day_of,
    "short_day": words.short_day,
    "weekday": words.weekday,
    "moment": words.moment,
    "clock_time": words.clock_time,
    "hour": words.hour,
    "how_long": words.how_long,
    "megabytes": megabytes,
}
VOCABULARY = {
    "AGENCY_TYPES": words.AGENCY_TYPES,
    "MAIL_STATES": words.MAIL_STATES,
    "MESSAGES": MESSAGES,
    "OUTCOMES": OUTCOMES,
    "PANEL_KINDS": PANEL_KINDS,
    "REVIEW_OUTCOMES": REVIEW_OUTCOMES,
    "ROLES": words.ROLES,
    "ROUTES": words.ROUTES,
    "STAGES": words.STAGES,
    "STATUS_WORDS": STATUS_WORDS,
    "STRENGTHS": words.STRENGTHS,
    "TRUTHS": words.TRUTHS,
    "VERDICTS": words.VERDICTS,
    "days_left": words.days_left,
    "field_labels": words.field_labels,
    "form_words": words.form_words,
    "mail_error": words.mail_error,
    "number_of": words.number_of,
    "option_words": words.option_words,
    "outcome_words": words.outcome_words,
    "value_lines": words.value_lines,
    "value_rows": words.value_rows,
    "pack_title": title_of,
    "worked_out": words.worked_out,
}
FEATURES = (watching, proxies, session, headers, forgery, errors, built, navigation)
PAGES = (
    account.pages,
    own.pages,
    keys.pages,
    oversight.pages,
    agenda.pages,
    referrer.pages,
    answering.pages,
    documents.pages,
    coordinator.pages,
    decide.pages,
    copying.pages,
    restricting.pages,
    reviews.pages,
    retention.pages,
    administrator.pages,
    staff.pages,
    sign_on.pages,
    panels.pages,
    statistics.pages,
    labels.pages,
    messages.pages,
    incoming.pages,
    systems.pages,
    rulebook.pages,
    watching.pages,
    operations.pages,
)
API = (description, referrals, api_webhooks)
"""Modules that declare what systems can ask for."""


def make_app(house: House) -> Flask:
    """The application on an open house. Raises HouseError where the style sheets are not built."""
    app = Flask(__name__, static_folder=None)
    app.request_class = DeskRequest
    app.extensions["house"] = house
    app.config.update(
        MAX_CONTENT_LENGTH=TOGETHER * house.settings.max_upload,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=1000,
    )
    app.jinja_env.loader = ChoiceLoader(
        [
            PackageLoader("web"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        VOCABULARY,
        MAIL_SET=house.settings.smtp is not None,
        MAILBOX_SET=house.settings.mailbox is not None,
        SIGN_ON_SET=house.settings.sign_on is not None,
    )
    for feature in FEATURES:
        feature.connect(app)
    for pages in PAGES:
        app.register_blueprint(pages)
    return app
