"""Puts codes, dates and values into plain English, the same on every page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from typing import get_args

from extractors.contract import FIELDS, FORM_TITLES
from extractors.models import FieldValue
from intake.models import ReferralLine
from intake.now import LONDON
from intake.terms import OUTCOMES, STATUS_WORDS, AgencyType, Role, ShownState, Strength
from validation.models import Finding, Step

SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "header": "Heading of the form",
        "category": "MAPPA category",
        "person": "The person",
        "conviction": "Offence, conviction and sentence",
        "dates": "Release and other dates",
        "hospital": "Hospital",
        "risk": "Risk",
        "referral": "Reasons for this referral",
        "victim": "Victims",
        "safeguarding": "Safeguarding",
        "agencies": "Agencies involved",
        "disclosure": "Disclosure",
        "referrer": "Who is referring",
        "endorsement": "Manager's endorsement",
        "local_agreement": "Local agreement at level 2",
    }
)
VERDICTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "not_met": ("Not met", "red"),
        "cannot_tell": ("Cannot tell yet", "yellow"),
        "met": ("Met", "green"),
        "not_applicable": ("Does not apply", "grey"),
    }
)
"""Verdict to its words and the colour of its tag, in the order in which they are worth reading."""
TRUTHS: Mapping[str, str] = MappingProxyType({"true": "Yes", "false": "No", "unknown": "Not known"})
ROUTES: Mapping[str, str] = MappingProxyType(
    {
        "notification": "Notification",
        "ct_mappa": "Counter-terrorism MAPPA",
        "youth_panel": "Youth panel",
        "local_approval": "Local approval",
        "coordinator_decision": "Coordinator's decision",
        "undetermined": "Not yet known",
    }
)
STRENGTHS: Mapping[Strength, tuple[str, str]] = MappingProxyType(
    {
        "certain": ("Almost certainly the same person", "red"),
        "probable": ("Probably the same person", "yellow"),
        "possible": ("Possibly the same person", "grey"),
    }
)
"""How likely two forms are about one person: words and the colour of the tag."""
STAGES: Mapping[str, str] = MappingProxyType(
    {
        "received": "Received",
        "scanned": "Checked for viruses",
        "read": "Read",
        "judged": "Checked against the rules",
    }
)
METHODS: Mapping[str, str] = MappingProxyType(
    {
        "text": "printed text",
        "content_control": "a Word form field",
        "legacy_field": "a Word form field",
        "widget": "a PDF form field",
        "symbol": "a tick symbol",
        "vector_tick": "a tick mark",
        "strike_out": "what is struck out",
        "emphasis": "what is marked",
        "ocr": "a scan",
        "ocr_corrected": "a scan, with a sign put right by the number's check",
        "image_tick": "a tick mark on a scan",
        "answered": "an answer on this site",
        "corrected": "a correction on this site",
        "given": "a case system",
    }
)
AGENCY_TYPES: Mapping[AgencyType, str] = MappingProxyType(
    {code: dict(FIELDS["referrer.agency_type"].options)[code] for code in get_args(AgencyType)}
)
MAIL_STATES: Mapping[ShownState, tuple[str, str]] = MappingProxyType(
    {
        "waiting": ("Waits to be sent", "grey"),
        "shown": ("On pages only", "grey"),
        "nobody": ("Nobody there", "red"),
        "due": ("Waits to be sent", "grey"),
        "claimed": ("Being sent", "blue"),
        "sending": ("Being sent", "blue"),
        "sent": ("Sent", "green"),
        "unknown": ("Not known", "yellow"),
        "failed": ("Not sent", "red"),
        "bounced": ("Came back", "red"),
        "not_wanted": ("Not by mail", "grey"),
        "dropped": ("Not sent", "grey"),
    }
)
MAIL_ERRORS: Mapping[str, str] = MappingProxyType(
    {
        "no_answer": "The mail server did not answer",
        "no_encryption": "The mail server offers no encryption",
        "sign_in_refused": "The mail server refused our sign-in",
        "certificate_refused": "The mail server's certificate is not one we trust",
        "address_unusable": "The e-mail address of the account cannot be used",
        "account_closed": "The account was closed",
        "came_back": "It came back as not delivered",
    }
)
ROLES: Mapping[Role, str] = MappingProxyType(
    {
        "referrer": "Referrer",
        "agency_manager": "Agency manager",
        "coordinator": "Coordinator",
        "administrator": "Administrator",
        "auditor": "Auditor",
    }
)


def mail_error(code: str) -> str:
    """What a mail server said last, or what kept us from asking it."""
    return MAIL_ERRORS.get(code, f"The mail server said {code.removeprefix('smtp_')}")


def day(value: date | str | None) -> str:
    """A day as "3 March 2026"; an ISO text that is no date stays as it is."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return str(value)
    return f"{value.day} {value:%B %Y}" if value else ""


def weekday(value: date) -> str:
    """A day as "Tuesday 3 March 2026"."""
    return f"{value:%A} {day(value)}"


def short_day(value: date) -> str:
    """A day as "3 Mar 2026", for narrow columns."""
    return f"{value.day} {value:%b %Y}"


def clock_time(moment: datetime) -> str:
    """The time in London as "9:05am"."""
    return hour(moment.astimezone(LONDON).time())


def hour(value: time) -> str:
    """A time of day as "9:05am"."""
    return f"{value.hour % 12 or 12}:{value:%M}{'am' if value.hour < 12 else 'pm'}"


def moment(value: datetime | None) -> str:
    """A moment as "20 November 2026 at 9:05am", London time."""
    return f"{day(value.astimezone(LONDON).date())} at {clock_time(value)}" if value else ""


def day_of(value: datetime) -> str:
    """The day of a moment in London, in words."""
    return day(value.astimezone(LONDON).date())


def number_of(count: int, one: str, many: str | None = None) -> str:
    """ "1 question", "2 questions"."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def how_long(seconds: float) -> str:
    """A span of time in its largest whole unit: "5 minutes", "2 days"."""
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds >= size:
            return number_of(int(seconds // size), unit)
    return "less than a second"


def days_left(line: ReferralLine) -> tuple[str, str]:
    """How long until the decision is due, in words, and the colour of its tag."""
    if line.status in ("decided", "refused", "withdrawn"):
        return STATUS_WORDS[line.status], "grey"
    left = line.days_left
    if left < 0:
        return f"{number_of(-left, 'day')} overdue", "red"
    if left == 0:
        return "Due today", "red"
    return f"{number_of(left, 'day')} left", "yellow" if left <= 3 else "green"


def form_words(form: str | None) -> str:
    """ "MAPPA A: referral ..."; says so while the form is not known."""
    return next((words for code, words in FORM_TITLES.items() if code == form), "Form not yet known")


def outcome_words(form: str | None, outcome: str | None) -> str:
    """The words of an outcome on this form."""
    pairs = [pair for code, outcomes in OUTCOMES.items() if code == form for pair in outcomes]
    return next((words for code, words in pairs if code == outcome), "")


def worked_out(finding: Finding) -> tuple[Step, ...]:
    """How a finding was worked out, without what only repeats it."""
    return parts_worth_reading(finding.trace.parts)


def parts_worth_reading(parts: tuple[Step, ...]) -> tuple[Step, ...]:
    """The parts of a trace but those that only turn another round, as "not met when" often does "met when"."""
    known = {part.parts for part in parts}
    return tuple(part for part in parts if not any(inner.parts and inner.parts in known for inner in part.parts))


def field_labels(keys: Iterable[str]) -> tuple[str, ...]:
    """What fields are called on the form."""
    return tuple(FIELDS[key].label for key in keys)


def option_words(key: str, code: str) -> str:
    """The words of one code of a field, or the code when it has none."""
    field = FIELDS.get(key)
    return next((words for option, words in field.options if option == code), code) if field else code


def value_lines(key: str, value: FieldValue) -> tuple[str, ...]:
    """A value in words, a line each; tables give nothing here (see `value_rows`)."""
    if value is None:
        return ()
    field = FIELDS.get(key)
    kind = field.kind if field else "text"
    if isinstance(value, str):
        if kind == "date":
            return (day(value),)
        if kind == "yes_no":
            return ("Yes" if value == "yes" else "No",)
        return tuple(option_words(key, value).split("\n"))
    return tuple(option_words(key, code) for code in value if isinstance(code, str))


def value_rows(key: str, value: FieldValue) -> tuple[tuple[str, ...], ...]:
    """The rows of a table value in the order of the field's columns; () for any other kind."""
    field = FIELDS.get(key)
    if field is None or field.kind != "table" or not isinstance(value, tuple):
        return ()
    return tuple(
        tuple(day(row.get(column) or "") if column == "date" else row.get(column) or "" for column in field.columns)
        for row in value
        if not isinstance(row, str)
    )
