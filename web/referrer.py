"""The pages of people who refer: send a form, see it received, answer what is asked, follow it to its decision."""

from __future__ import annotations

import secrets
import time
from functools import partial
from uuid import UUID

from flask import Blueprint, g, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from extractors.refusals import Refusal
from intake.models import Case, Receipt
from intake.permissions import may
from intake.terms import STATUS_WORDS
from web.answers import name_of, sent
from web.errors import Answer, too_large, wants_json
from web.navigation import page_of
from web.notices import notice
from web.rows import rows_of
from web.sending_answers import Sent, as_saved, asked_now, send_answers
from web.session import allowed, person, the_house
from web.spreadsheet import as_csv
from web.uploads import megabytes, sent_files

pages = Blueprint("referrer", __name__, url_prefix="/referrals")

PATIENCE = 4.0
"""Seconds that the page after sending waits for a reading to end, so that most people need not look again."""
LOOK_AGAIN = 0.1
RESULTS = (
    "file",
    "reference",
    "received",
    "decision due",
    "state",
    "why not accepted, and what to do",
    "open questions",
    "link",
    "same file as",
)
LONG = 60
"""Seconds after which a reading is said to take longer than usual."""


@pages.get("")
@allowed("receive")
def mine() -> str:
    """What one's agency sent, those with open questions first."""
    found = the_house().views.my_referrals(person(), page=max(1, request.args.get("page", 1, type=int)))
    return render_template("mine.html", found=found, notice=notice())


@pages.get("/send")
@allowed("receive")
def send() -> str:
    """The page to send forms from."""
    return _send_page(None)


def _send_page(problem: str | None) -> str:
    limit = the_house().settings.max_upload
    full = the_house().room.trouble() is not None
    return render_template("send.html", problem=problem, once=secrets.token_urlsafe(16), limit=limit, full=full)


@pages.post("/send")
@allowed("receive")
def take() -> Response | str | Answer:
    """Take the files in. Sending the same files from the same page twice gives the same receipts; other files get their own."""
    house = the_house()
    files = sent_files("forms")
    if not files:
        return _send_page("Choose at least one file"), 422
    once = request.form.get("once", "").replace("/", "-").replace("\x00", "-") or "-"
    receipts = [
        house.desk.receive(person(), file.filename, file.content, token=f"{once}-{file.mark}", size=file.size)
        for file in files
    ]
    if wants_json():
        return jsonify(receipts=[_told(receipt) for receipt in receipts]), 200
    if len(receipts) > 1:
        return redirect(url_for("referrer.sending", once=once))
    (receipt,) = receipts
    if receipt.refused and receipt.refused.code == "too_large":
        return _receipt_page(house.views.case(person(), receipt.referral_id)), 413
    return redirect(url_for("referrer.receipt", referral_id=receipt.referral_id, wait=1))


@pages.errorhandler(RequestEntityTooLarge)
def refuse(error: RequestEntityTooLarge) -> Answer:
    """A body longer than is read at all: recorded like any other file that is too large, though its name is not known."""
    if request.endpoint == "referrer.take" and g.person is not None and may(g.person, "receive"):
        the_house().desk.receive(g.person, "files too large to take in", b"", size=request.content_length)
    return too_large(error)


def _told(receipt: Receipt) -> dict[str, str | None]:
    return {
        "id": str(receipt.referral_id),
        "reference": receipt.reference,
        "refused": receipt.refused.message if receipt.refused else None,
    }


@pages.get("/sendings/<once>")
@allowed("receive")
def sending(once: str) -> str:
    """The receipts of files sent together, with how far each is."""
    return render_template("sending.html", files=the_house().sendings.sent(person(), once), once=once)


@pages.get("/sendings/<once>/results.csv")
@allowed("receive")
def results(once: str) -> Response:
    """The same as a table to take along."""
    rows = [
        (
            file.filename,
            file.reference,
            file.received_at.isoformat(timespec="seconds"),
            "" if file.refused else file.due_on.isoformat(),
            "Not accepted" if file.refused else STATUS_WORDS[file.status],
            file.refused.message if file.refused else "",
            str(file.open_questions),
            url_for("referrer.status", referral_id=file.id, _external=True),
            file.same_as or "",
        )
        for file in the_house().sendings.sent(person(), once)
    ]
    return as_csv([RESULTS, *rows], "mappa-results.csv")


@pages.get("/<uuid:referral_id>/receipt")
@allowed("receive")
def receipt(referral_id: UUID) -> str:
    """The receipt of one file, to print or keep, with what became of it since."""
    if request.args.get("wait"):
        _wait_for(referral_id)
    return _receipt_page(the_house().views.case(person(), referral_id))


def _wait_for(referral_id: UUID) -> None:
    house, until = the_house(), time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if house.views.progress(person(), referral_id).status not in ("received", "reading"):
            return
        time.sleep(LOOK_AGAIN)


def _receipt_page(case: Case) -> str:
    return render_template("receipt.html", **_facts(case))


def _facts(case: Case) -> dict[str, object]:
    waited = (the_house().clock.now() - case.line.received_at).total_seconds()
    return {
        "case": case,
        "open_questions": asked_now(case),
        "uncertain": sum(row.uncertain for row in rows_of(case)),
        "under_way": case.line.status in ("received", "reading") and not case.line.set_aside,
        "slow": waited > LONG,
    }


@pages.get("/<uuid:referral_id>/progress")
@allowed("receive")
def progress(referral_id: UUID) -> str:
    """The part of a page that says how far the reading is, for the script that keeps it fresh."""
    return render_template("progress.html", **_facts(the_house().views.case(person(), referral_id)))


@pages.get("/<uuid:referral_id>")
@allowed("receive")
def status(referral_id: UUID) -> str:
    """Where a referral is, who has it, by when it is decided and what happens next."""
    return render_template("status.html", notice=notice(), **_facts(the_house().views.case(person(), referral_id)))


@pages.get("/<uuid:referral_id>/questions")
@allowed("answer")
def questions(referral_id: UUID) -> str:
    """What is missing: every open question in the form's order, with what was saved of its answer."""
    return _questions_page(as_saved(_with_answers(referral_id)))


def _with_answers(referral_id: UUID) -> Case:
    return the_house().views.case(person(), referral_id, victims="answers")


def _questions_page(sent: Sent) -> str:
    rows = {row.key: row for row in rows_of(sent.case)}
    return render_template("questions.html", **sent.facts, rows=rows, notice=notice())


@pages.post("/<uuid:referral_id>/questions")
@allowed("answer")
def answer(referral_id: UUID) -> Response | str | Answer:
    """Send the answers, or save them to send later."""
    sent = send_answers(person(), partial(_with_answers, referral_id))
    if sent.done == "saved" and wants_json():
        return jsonify(saved=len(sent.typed)), 200
    if sent.status != 200:
        return _questions_page(sent), sent.status
    to = "referrer.questions" if sent.done == "saved" else "referrer.status"
    return redirect(url_for(to, referral_id=referral_id, done=sent.done))


@pages.post("/<uuid:referral_id>/questions/<uuid:question_id>/check")
@allowed("answer")
def check_answer(referral_id: UUID, question_id: UUID) -> Answer:
    """Whether one answer could be taken, for the script that says so while people type. Nothing is stored."""
    house = the_house()
    case = house.views.case(person(), referral_id)
    for question in case.clarifications:
        raw = sent(request.form, name_of(question), question.kind, question.columns)
        if question.open and question.id == question_id and raw is not None:
            return jsonify(error=house.desk.understand(person(), referral_id, question_id, raw)), 200
    return jsonify(error=None), 200


@pages.route("/<uuid:referral_id>/withdraw", methods=["GET", "POST"])
@allowed("withdraw")
def withdraw(referral_id: UUID) -> Response | str | Answer:
    """Take a referral back, with a reason."""
    house = the_house()
    case = house.views.case(person(), referral_id)
    if request.method != "POST":
        return render_template("withdraw.html", case=case, reason="", error=None)
    reason = request.form.get("reason", "").strip()
    if not reason:
        return render_template("withdraw.html", case=case, reason="", error="Say why you withdraw the referral"), 422
    house.desk.withdraw(person(), referral_id, reason)
    return redirect(url_for("referrer.status", referral_id=referral_id, done="withdrawn"))


@pages.route("/<uuid:referral_id>/documents", methods=["GET", "POST"])
@allowed("add_document")
def add_document(referral_id: UUID) -> Response | str | Answer:
    """Add supporting documents to a referral; they are kept and shown, not read."""
    house = the_house()
    case = house.views.case(person(), referral_id)
    limit = house.settings.max_upload
    if request.method != "POST":
        return render_template("add-document.html", case=case, problem=None, limit=limit)
    files = sent_files("documents")
    problem = None if files else "Choose at least one file"
    for file in files:
        if not 0 < file.size <= limit:
            reason = "is empty" if file.size == 0 else f"is larger than {megabytes(limit)}"
            problem = f"{file.filename} {reason}. Nothing was added: leave it out, or choose another copy of it"
    if problem:
        return render_template("add-document.html", case=case, problem=problem, limit=limit), 422
    refused = []
    for file in files:
        try:
            house.desk.add_document(person(), referral_id, file.filename, file.content)
        except Refusal as refusal:
            refused.append(f"{file.filename} was not added. {refusal.message}")
    if refused:
        problem = " ".join([*refused, "The other files were added." if len(refused) < len(files) else ""])
        return render_template("add-document.html", case=case, problem=problem, limit=limit), 422
    return redirect(page_of(referral_id, done="document"))
