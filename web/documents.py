"""The form as received beside what was read of it: page pictures, every value with its spot, corrections, downloads."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from extractors.contract import FIELDS
from intake.cases.victims import about_victims
from intake.models import Case, RawAnswer
from intake.permissions import may
from web.answers import as_typed, field_control, sent
from web.errors import Answer
from web.navigation import page_of
from web.notices import notice
from web.rows import by_section, page_size, row_of, rows_of
from web.session import allowed, person, the_house

pages = Blueprint("documents", __name__, url_prefix="/referrals/<uuid:referral_id>")


@pages.get("/pages/<int:page>.jpg")
@allowed("see_victims")
def picture(referral_id: UUID, page: int) -> Response:
    """The picture of one page of the form."""
    response = make_response(the_house().views.page_picture(person(), referral_id, page))
    response.mimetype = "image/jpeg"
    return response


@pages.get("/pages/<int:page>")
@allowed("see_victims")
def page_view(referral_id: UUID, page: int) -> str:
    """One whole page of the form with the spots of its values, one of them lit."""
    case = the_house().views.case(person(), referral_id)
    if not 0 < page <= case.document.pictures:
        abort(404)
    lit = request.args.get("key", "")
    rows = [row for row in rows_of(case) if row.spot is not None and row.spot.page == page]
    width, height = page_size(case, page)
    return render_template("page-view.html", case=case, page=page, rows=rows, lit=lit, width=width, height=height)


@pages.get("/read")
@allowed("see_content")
def read(referral_id: UUID) -> str:
    """Everything that was read, doubtful values first, each beside the place it was read from."""
    case = the_house().views.case(person(), referral_id)
    rows = rows_of(case)
    doubtful = [row for row in rows if row.doubtful]
    sections = by_section(tuple(row for row in rows if not row.doubtful))
    return render_template(
        "read.html",
        case=case,
        doubtful=doubtful,
        sections=sections,
        overlooked=any(row.overlooked for row in rows),
        has_spots=any(row.spot for row in rows),
        notice=notice(),
    )


@pages.get("/victims")
@allowed("see_victims")
def victims(referral_id: UUID) -> str:
    """What the form and answers say of victims, on a page of its own, since each look at it is recorded."""
    case = the_house().views.case(person(), referral_id, victims="all")
    told = [row for row in rows_of(case) if about_victims(row.key)]
    answers = [ask for ask in case.clarifications if about_victims(ask.key) and ask.answer]
    passages = [one for one in case.form.passages if about_victims(one.key)] if case.form else []
    return render_template("victims.html", case=case, rows=told, answers=answers, passages=passages)


@pages.route("/read/<key>", methods=["GET", "POST"])
@allowed("correct")
def correct(referral_id: UUID, key: str) -> AnyResponse | str | Answer:
    """Put one value right; what was read is kept."""
    house = the_house()
    if about_victims(key) and not may(person(), "see_victims"):
        abort(403)
    case = house.views.case(person(), referral_id, victims="all" if about_victims(key) else "nothing")
    if case.form is None or key not in case.form.values:
        abort(404)
    if request.method != "POST":
        return _correct_page(case, key, as_typed(case.form.value(key)), None)
    raw = sent(request.form, "value", FIELDS[key].kind, FIELDS[key].columns)
    problem = house.desk.correct(person(), referral_id, key, raw) if raw else "Enter what the form says"
    if problem:
        return _correct_page(case, key, raw, problem), 422
    back = url_for("documents.read", referral_id=referral_id, done="corrected", _anchor=f"v-{key}")
    return redirect(page_of(referral_id, done="corrected") if request.form.get("from") == "case" else back)


def _correct_page(case: Case, key: str, raw: RawAnswer | None, problem: str | None) -> str:
    assert case.form is not None
    control = field_control(key, raw, problem)
    return render_template(
        "correct.html",
        case=case,
        row=row_of(case, case.form, key),
        control=control,
        origin=request.values.get("from", ""),
    )


@pages.get("/original")
@allowed("see_victims")
def original(referral_id: UUID) -> Response:
    """The file as it came in, only ever as a download."""
    return _download(*the_house().views.original(person(), referral_id))


@pages.get("/documents/<uuid:document_id>")
@allowed("see_victims")
def attachment(referral_id: UUID, document_id: UUID) -> Response:
    """A supporting document, only ever as a download."""
    return _download(*the_house().views.attachment(person(), referral_id, document_id))


@pages.get("/export")
@allowed("export")
def export(referral_id: UUID) -> Response:
    """What is kept about the person, for a request of access."""
    return _download(*the_house().exporting.subject(person(), referral_id))


@pages.get("/whole")
@allowed("export")
def whole(referral_id: UUID) -> Response:
    """The whole case with its documents, to take along."""
    return _download(*the_house().exporting.whole(person(), referral_id))


def _download(filename: str, content: bytes) -> Response:
    """Never shown in the browser: a hostile file must not run as a page of this site."""
    response = make_response(content)
    response.mimetype = "application/octet-stream"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
