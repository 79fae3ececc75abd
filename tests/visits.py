"""Every address of the site and how it is tried: the one list that tests of all pages go through."""

from __future__ import annotations

import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from flask import Flask
from scenes import Scene
from visitors import Visitor
from werkzeug.test import TestResponse

from web.built import version


class Visit(NamedTuple):
    """How a page is tried: who opens it, on which referral of the scene, and what must stand on it or come of it.

    `shows` is text on the page, or for a redirect the beginning of the address it leads to.
    """

    who: str
    referral: str | None = None
    shows: str = ""
    status: int = 200
    send: dict[str, Any] | None = None
    more: Mapping[str, Any] = MappingProxyType({})
    query: str = ""


FORM = b'{"form": "A", "pages": 1, "values": {}}'


VISITS: dict[tuple[str, str], Visit] = {
    ("account.start", "GET"): Visit("coordinator", status=302, shows="/queue"),
    ("account.sign_in", "GET"): Visit("nobody", shows="Work email address"),
    ("account.sign_in", "POST"): Visit(
        "nobody", send={"email": "x", "password": "y"}, status=422, shows="is not right"
    ),
    ("account.second_step", "GET"): Visit("nobody", status=302, shows="/sign-in"),
    ("account.second_step", "POST"): Visit("nobody", send={"code": "123456"}, status=401, shows="You were signed out"),
    ("answering.begin_here", "GET"): Visit("nobody", more={"token": "link"}, shows="Send the code"),
    ("answering.send_code", "POST"): Visit("nobody", send={}, status=404, shows="has ended", more={"token": "forged"}),
    ("answering.enter", "POST"): Visit("nobody", send={}, status=404, shows="has ended", more={"token": "forged"}),
    ("answering.questions", "GET"): Visit("nobody", status=302, shows="/answer/", more={"token": "link"}),
    ("answering.answer", "POST"): Visit(
        "nobody", send={}, status=401, shows="Your time here is over", more={"token": "link"}
    ),
    ("answering.leave", "POST"): Visit("nobody", send={}, status=302, shows="/answer/", more={"token": "link"}),
    ("own.account", "GET"): Visit("coordinator", shows="Where you are signed in"),
    ("own.change_password", "POST"): Visit(
        "coordinator", send={"password": "x"}, status=422, shows="not your password"
    ),
    ("own.second_step", "GET"): Visit("coordinator", shows="Code of the app"),
    ("own.second_step", "POST"): Visit("coordinator", send={"password": "x"}, status=422, shows="not your password"),
    ("own.end_session", "POST"): Visit("coordinator", send={}, status=404, more={"session_id": "somebody"}),
    ("own.end_others", "POST"): Visit("coordinator", send={}, status=302, shows="/account"),
    ("account.sign_out", "POST"): Visit("leaver", send={}, status=302, shows="/sign-in"),
    ("keys.answer", "POST"): Visit("nobody", send={}, status=401, shows="You were signed out"),
    ("keys.add", "GET"): Visit("coordinator", shows="this desk has no address of its own"),
    ("keys.add", "POST"): Visit("coordinator", send={"password": "x"}, status=422, shows="no address of its own"),
    ("keys.remove", "GET"): Visit("coordinator", status=404, more={"key_id": "somebody"}, shows="Page not found"),
    ("keys.remove", "POST"): Visit(
        "coordinator", send={}, status=404, more={"key_id": "somebody"}, shows="Page not found"
    ),
    # No provider is set here; tests/web/test_signing_on.py has one.
    ("sign_on.start", "POST"): Visit("nobody", send={}, status=404, shows="Page not found"),
    ("sign_on.back", "GET"): Visit("nobody", status=404, shows="Page not found"),
    ("sign_on.groups", "GET"): Visit("administrator", shows="Nobody signs in with the organisation"),
    ("sign_on.add_group", "POST"): Visit("administrator", send={}, status=422, shows="Choose what the person does"),
    ("sign_on.remove_group", "POST"): Visit("administrator", send={}, status=404, shows="no such group"),
    ("sign_on.allow", "POST"): Visit(
        "administrator", send={}, status=404, shows="Page not found", more={"person_id": "somebody"}
    ),
    ("built.built", "GET"): Visit("nobody", more={"name": "desk.css"}, shows=".desk-marking"),
    ("watching.live", "GET"): Visit("nobody", shows='"ok"'),
    ("watching.ready", "GET"): Visit("nobody", shows='"ok"'),
    # Where no token is set these two are not there; tests/web/test_watching.py sets one.
    ("watching.health", "GET"): Visit("nobody", status=404, shows="Page not found"),
    ("watching.metrics", "GET"): Visit("nobody", status=404, shows="Page not found"),
    ("referrer.mine", "GET"): Visit("yot", shows="Waiting for your answers"),
    ("referrer.send", "GET"): Visit("yot", shows="Choose one or several forms"),
    ("referrer.take", "POST"): Visit("yot", send={"once": "t", "forms": FORM}, status=302, shows="/referrals/"),
    ("referrer.sending", "GET"): Visit("yot", more={"once": "sending"}, shows="2 files sent"),
    ("referrer.results", "GET"): Visit("yot", more={"once": "sending"}, shows="why not accepted"),
    ("referrer.receipt", "GET"): Visit("yot", "gaps", "Fingerprint of the file"),
    ("referrer.progress", "GET"): Visit("yot", "received", "Received, and waiting to be read"),
    ("referrer.status", "GET"): Visit("yot", "decided", "Decided: Accepted at level 2"),
    ("referrer.questions", "GET"): Visit("yot", "gaps", "Why we ask"),
    ("referrer.answer", "POST"): Visit("yot", "gaps", "Answer at least one question", 422, send={}),
    ("referrer.check_answer", "POST"): Visit("yot", "gaps", "null", send={}, more={"question_id": "question"}),
    ("referrer.withdraw", "GET"): Visit("yot", "gaps", "Why do you withdraw it?"),
    ("referrer.withdraw", "POST"): Visit("yot", "gaps", "Say why you withdraw", 422, send={"reason": " "}),
    ("referrer.add_document", "GET"): Visit("yot", "gaps", "Choose one or several documents"),
    ("referrer.add_document", "POST"): Visit("yot", "gaps", "Choose at least one file", 422, send={}),
    ("documents.picture", "GET"): Visit("coordinator", "gaps", more={"page": 1}),
    ("documents.page_view", "GET"): Visit("coordinator", "gaps", "Page 1 of 1", more={"page": 1}),
    ("documents.victims", "GET"): Visit("coordinator", "gaps", "Percival Nettlebed"),
    ("documents.read", "GET"): Visit("yot", "gaps", "Please check first"),
    ("documents.correct", "GET"): Visit("yot", "gaps", "Correct what was read", more={"key": "person.family_name"}),
    ("documents.correct", "POST"): Visit(
        "coordinator", "gaps", "Enter what the form says", 422, send={"value": ""}, more={"key": "person.family_name"}
    ),
    ("documents.original", "GET"): Visit("coordinator", "gaps", "Quillfeather"),
    ("documents.attachment", "GET"): Visit("yot", "complete", "a report", more={"document_id": "document"}),
    ("coordinator.queue", "GET"): Visit("coordinator", shows="QUILLFEATHER, Tobias"),
    ("coordinator.assign_several", "POST"): Visit("coordinator", send={}, status=302, shows="/queue?done="),
    ("coordinator.find", "POST"): Visit("coordinator", send={"text": "fernsby"}, status=302, shows="/queue/found/"),
    ("coordinator.found", "GET"): Visit("coordinator", more={"search_id": "search"}, shows="FERNSBY, Rosalind"),
    ("coordinator.case", "GET"): Visit("coordinator", "gaps", "How this was worked out"),
    ("coordinator.ask", "POST"): Visit("coordinator", "gaps", "Choose a question", 422, send={}),
    ("coordinator.assign", "POST"): Visit("coordinator", "gaps", "/cases/", 302, send={"to": ""}),
    ("coordinator.retry", "POST"): Visit("coordinator", "gaps", "That is not possible now", 409, send={}),
    ("decide.fill_in", "GET"): Visit("coordinator", "complete", "What the tests say"),
    ("decide.check", "GET"): Visit("coordinator", "asked", "Check the decision before it is recorded"),
    ("decide.record", "POST"): Visit("coordinator", "complete", "There is a problem", 422, send={"step": "check"}),
    ("decide.reopen", "GET"): Visit("coordinator", "decided", "Why is it reopened?"),
    ("decide.reopen", "POST"): Visit("coordinator", "decided", "Say why the decision", 422, send={"why": ""}),
    ("decide.letter", "GET"): Visit("coordinator", "decided", "Concerning"),
    ("reviews.due", "GET"): Visit("coordinator", shows="to be reviewed later"),
    ("reviews.fill_in", "GET"): Visit("coordinator", "decided", "What did it find?"),
    ("reviews.record", "POST"): Visit("coordinator", "decided", "Choose what the review found", 422, send={}),
    ("restricting.restrict", "GET"): Visit("coordinator", "gaps", "Who may see it?"),
    ("restricting.restrict", "POST"): Visit("coordinator", "gaps", send={}, status=422, shows="Say why"),
    ("restricting.lift", "POST"): Visit("coordinator", "gaps", send={}, status=302, shows="/cases/"),
    ("retention.coming", "GET"): Visit("coordinator", shows="WM-2026-000007"),
    ("retention.set_periods", "POST"): Visit(
        "administrator", send={"refused": "x"}, status=422, shows="enter whole months from 1 to 1200"
    ),
    ("retention.hold", "GET"): Visit("coordinator", "decided", "An inquiry is under way."),
    ("retention.hold", "POST"): Visit("administrator", "decided", "Say why the case must be kept", 422, send={}),
    ("retention.lift", "POST"): Visit(
        "coordinator", "decided", "There is no such hold", 404, send={}, more={"hold_id": "somebody"}
    ),
    ("retention.erase", "GET"): Visit("coordinator", "decided", "Why is it erased?"),
    ("retention.erase", "POST"): Visit("coordinator", "decided", "Choose why it is erased", 422, send={}),
    ("retention.take_back", "POST"): Visit("coordinator", "decided", "No early erasure is ordered", 409, send={}),
    ("documents.export", "GET"): Visit("coordinator", "gaps"),
    ("documents.whole", "GET"): Visit("coordinator", "gaps"),
    ("oversight.agency", "GET"): Visit("manager", shows="yot@example.org"),
    ("oversight.trail", "GET"): Visit("auditor", shows="Received the file."),
    ("staff.people", "GET"): Visit("administrator", shows="Carol Finch"),
    ("staff.add_person", "GET"): Visit("administrator", shows="First password"),
    ("staff.add_person", "POST"): Visit("administrator", send={}, status=422, shows="Enter the person"),
    ("staff.agencies", "GET"): Visit("administrator", shows="Ambleford Mental Health Trust"),
    ("staff.agencies", "POST"): Visit("administrator", send={}, status=422, shows="Enter the agency"),
    ("staff.account", "GET"): Visit("administrator", shows="New password", more={"person_id": "somebody"}),
    ("staff.change_person", "POST"): Visit(
        "administrator",
        send={"name": "Lena Fox", "role": "referrer"},
        status=422,
        shows="Choose the agency",
        more={"person_id": "somebody"},
    ),
    ("staff.end_sessions", "POST"): Visit(
        "administrator", send={}, status=302, shows="/administration/people", more={"person_id": "somebody"}
    ),
    ("staff.reset_second_step", "POST"): Visit(
        "administrator", send={}, status=302, shows="/administration/people", more={"person_id": "somebody"}
    ),
    ("staff.signing_in", "GET"): Visit("administrator", shows="Who needs the second step"),
    ("staff.signing_in", "POST"): Visit("administrator", send={}, status=302, shows="/administration/people"),
    ("staff.agency", "GET"): Visit("administrator", shows="Close this agency", more={"agency_id": "agency"}),
    ("staff.change_agency", "POST"): Visit(
        "administrator", send={"name": ""}, status=422, shows="Enter the agency", more={"agency_id": "agency"}
    ),
    ("staff.set_agency_active", "POST"): Visit(
        "administrator", send={"active": "yes"}, status=302, shows="/agencies", more={"agency_id": "agency"}
    ),
    ("staff.set_active", "POST"): Visit(
        "administrator", send={"active": "yes"}, status=302, shows="/people", more={"person_id": "somebody"}
    ),
    ("staff.set_password", "POST"): Visit(
        "administrator", send={"password": "short"}, status=422, shows="12 to 200", more={"person_id": "somebody"}
    ),
    ("administrator.closures", "GET"): Visit("administrator", shows="Christmas party"),
    ("administrator.count_days", "POST"): Visit(
        "administrator", send={"basis": "working", "days": "61"}, status=422, shows="from 1 to 60"
    ),
    ("administrator.close_day", "POST"): Visit("administrator", send={}, status=422, shows="Say why"),
    ("administrator.open_day", "POST"): Visit(
        "administrator", send={}, status=302, shows="/closures", more={"area": "WM", "day": "2026-12-30"}
    ),
    ("statistics.figures", "GET"): Visit("coordinator", shows="Days to the decision, median"),
    ("statistics.download", "GET"): Visit("coordinator", shows="By MAPPA category"),
    ("statistics.register", "GET"): Visit("coordinator", shows="level asked for"),
    ("copying.fields", "GET"): Visit("coordinator", "decided", shows="Category, nDelius code"),
    ("copying.text", "GET"): Visit("coordinator", "decided", shows="Level, nDelius code: M2"),
    ("statistics.cases", "GET"): Visit("coordinator", query="?count=asked&line=2", shows="By level asked for: Level 2"),
    ("agenda.panels", "GET"): Visit("coordinator", shows="Download the dates"),
    ("agenda.agenda", "GET"): Visit("coordinator", shows="Agenda: Level 2", more={"panel_id": "panel"}),
    ("agenda.diary", "GET"): Visit("coordinator", shows="BEGIN:VCALENDAR"),
    ("panels.take_in", "POST"): Visit("administrator", send={}, status=422, shows="Choose the calendar"),
    ("panels.calendar", "GET"): Visit("administrator", shows="Bank holiday: Good Friday"),
    ("panels.add", "POST"): Visit("administrator", send={}, status=422, shows="Choose which panel"),
    ("panels.change", "POST"): Visit("administrator", send={}, status=422, shows="Choose at least one panel"),
    ("labels.listed", "GET"): Visit("administrator", shows="Docket number"),
    ("labels.add", "POST"): Visit("administrator", send={}, status=422, shows="Choose the form that prints it"),
    ("labels.remove", "POST"): Visit(
        "administrator", send={}, status=302, shows="/administration/labels", more={"label_id": "label"}
    ),
    ("labels.try_out", "POST"): Visit("administrator", send={}, status=422, shows="Choose one file"),
    ("incoming.listed", "GET"): Visit("coordinator", shows="somebody@elsewhere.example.org"),
    ("incoming.day", "GET"): Visit("coordinator", shows="2 mails came"),
    ("incoming.day_results", "GET"): Visit("coordinator", shows="what became of it"),
    ("incoming.take", "POST"): Visit(
        "coordinator", send={}, status=422, shows="Choose the agency", more={"mail_id": "arrived"}
    ),
    ("incoming.close", "POST"): Visit(
        "coordinator", send={}, status=409, shows="seen to this mail already", more={"mail_id": "seen_to"}
    ),
    ("incoming.senders", "GET"): Visit("administrator", shows="@known.example.org"),
    ("incoming.add_sender", "POST"): Visit("administrator", send={}, status=422, shows="Enter an e-mail address"),
    ("incoming.remove_sender", "POST"): Visit(
        "administrator", send={"pattern": "@nobody.example.org"}, status=404, shows="no such sender"
    ),
    ("systems.listed", "GET"): Visit("administrator", shows="Ambleford case system"),
    ("systems.add", "POST"): Visit("administrator", send={}, status=422, shows="Choose whose system it is"),
    ("systems.system", "GET"): Visit("administrator", shows="Revoked", more={"system_id": "system"}),
    ("systems.issue", "POST"): Visit(
        "administrator", send={}, status=422, shows="Choose what the token is for", more={"system_id": "system"}
    ),
    ("systems.revoke", "POST"): Visit(
        "administrator",
        send={},
        status=404,
        shows="it was revoked before",
        more={"system_id": "system", "token_id": "token"},
    ),
    ("systems.add_webhook", "POST"): Visit(
        "administrator", send={}, status=422, shows="Choose what the system is told of", more={"system_id": "system"}
    ),
    ("systems.replay", "POST"): Visit(
        "administrator",
        send={},
        status=404,
        shows="no such webhook",
        more={"system_id": "system", "webhook_id": "token"},
    ),
    ("systems.end_webhook", "POST"): Visit(
        "administrator",
        send={},
        status=404,
        shows="no such webhook",
        more={"system_id": "system", "webhook_id": "token"},
    ),
    ("api.openapi", "GET"): Visit("nobody", shows='"openapi":"3.1.0"'),
    ("messages.to", "GET"): Visit("yot", more={"referral_id": "gaps"}, status=302, shows="/referrals/"),
    ("messages.choice", "GET"): Visit("yot", shows="Together, once a day"),
    ("messages.choice", "POST"): Visit("coordinator", send={}, status=422, shows="Choose how messages should come"),
    ("messages.standing", "GET"): Visit("administrator", shows="Nobody knows whether it arrived"),
    ("messages.release", "POST"): Visit("administrator", send={}, status=409, shows="Messages are not held"),
    ("messages.again", "POST"): Visit(
        "coordinator", send={}, status=409, shows="dealt with this message already", more={"mail_id": "mail"}
    ),
    ("messages.drop", "POST"): Visit(
        "administrator", send={}, status=409, shows="dealt with this message already", more={"mail_id": "mail"}
    ),
    ("messages.wording", "GET"): Visit("administrator", shows="Go back to the words", more={"kind": "receipt"}),
    ("messages.change_wording", "POST"): Visit(
        "administrator", send={"subject": "A", "body": ""}, status=422, shows="Enter the text", more={"kind": "receipt"}
    ),
    ("administrator.health", "GET"): Visit("administrator", shows="WM-2026-0000"),
    ("administrator.retry", "POST"): Visit("administrator", "gaps", "That is not possible now", 409, send={}),
    ("rulebook.rules", "GET"): Visit("yot", shows="Rule book: West Midlands"),
    ("rulebook.rule", "GET"): Visit("coordinator", more={"rule_id": "category-2"}, shows="Where it comes from"),
}


UPKEEP = {"administrator.retry", "retention.hold", "retention.lift"}
"""Pages on which an administrator works with any referral, by its reference and without seeing it."""


def routes(app: Flask) -> set[tuple[str, str]]:
    """Endpoint and method of every address; those that systems use are tried in tests/web/test_api_matrix.py."""
    return {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def address(app: Flask, endpoint: str, visit: Visit, scene: Scene) -> str:
    """The path of a visit, with the ids of the scene's referrals filled in."""
    ids = {name: str(getattr(scene, name)) for name in scene.__dataclass_fields__}
    values = {name: ids.get(str(value), value) for name, value in visit.more.items()}
    if visit.referral:
        values["referral_id"] = ids[visit.referral]
    if endpoint == "built.built":
        values["build"] = version()
    with app.test_request_context():
        return app.url_for(endpoint, **values) + visit.query.format(**ids)


def filled(visit: Visit) -> dict[str, Any]:
    """What a visit sends; bytes are sent as a file."""
    sent = visit.send or {}
    return {
        name: (io.BytesIO(value), "form.pdf") if isinstance(value, bytes) else value for name, value in sent.items()
    }


def go(visitor: Visitor, path: str, visit: Visit) -> TestResponse:
    return visitor.get(path) if visit.send is None else visitor.send(path, filled(visit))


def all_answers(app: Flask, scene: Scene, visitors: Mapping[str, Visitor]) -> dict[str, TestResponse]:
    """What every address answers, by method and endpoint."""
    return {
        f"{method} {endpoint}": go(visitors[visit.who], address(app, endpoint, visit, scene), visit)
        for (endpoint, method), visit in VISITS.items()
    }


def is_page(name: str, response: TestResponse) -> bool:
    """Whether an answer is a whole page: no redirect, no file, no part of a page."""
    return response.mimetype == "text/html" and response.status_code != 302 and name != "GET referrer.progress"
