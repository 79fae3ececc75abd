"""What an area's own forms print, as administrators teach it to the reader: labels added, removed and tried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from extractors.contract import FIELDS
from extractors.forms.local import LocalLabel, names_of
from extractors.models import FormCode
from extractors.refusals import Refusal
from intake.errors import DeskError
from intake.reader.local_labels import Trial
from web.errors import Answer
from web.notices import notice
from web.session import allowed, person, the_house
from web.uploads import sent_files
from web.words import SECTIONS

pages = Blueprint("labels", __name__, url_prefix="/administration/labels")

FORMS: tuple[FormCode, ...] = get_args(FormCode)
NOTHING: Mapping[str, str] = {"form": "", "key": "", "label": ""}


def fields_to_choose() -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields of all forms under the headings of their parts, those that hold two keys first: (heading, (key, words))."""
    names = {key: words for form in FORMS for key, words in names_of(form).items()}
    several = [(key, words) for key, words in names.items() if key not in FIELDS]
    parts = [
        (heading, [(key, words) for key, words in names.items() if key in FIELDS and FIELDS[key].section == section])
        for section, heading in SECTIONS.items()
    ]
    return [("Several fields in one", several), *parts]


@pages.get("")
@allowed("labels")
def listed() -> str:
    """The labels in use, a form to add one, and a place to try a form out."""
    return _page(NOTHING, {})


@pages.post("")
@allowed("labels")
def add() -> Response | Answer:
    """Have the reader know one more label."""
    typed = {name: request.form.get(name, "").strip() for name in NOTHING}
    form = next((code for code in FORMS if code == typed["form"]), None)
    errors = {}
    if form is None:
        errors["form"] = "Choose the form that prints it"
    if not typed["key"]:
        errors["key"] = "Choose what it asks for"
    if not typed["label"]:
        errors["label"] = "Enter the label as it is printed"
    if form is not None and not errors:
        house, new = the_house(), LocalLabel(form=form, key=typed["key"], label=typed["label"])
        problem = house.labels.add(person(), house.settings.area, new)
        if problem is None:
            return redirect(url_for("labels.listed", done="label-added"))
        errors["label"] = problem
    return _page(typed, errors), 422


@pages.post("/<uuid:label_id>/remove")
@allowed("labels")
def remove(label_id: UUID) -> Response:
    """Forget a label."""
    the_house().labels.remove(person(), label_id)
    return redirect(url_for("labels.listed", done="label-removed"))


@pages.post("/try")
@allowed("labels")
def try_out() -> str | Answer:
    """Read a form as the next one would be, keep nothing, and show which labels were known."""
    files = sent_files("form_file")
    if len(files) != 1:
        return _page(NOTHING, {"form_file": "Choose one file"}), 422
    house, (file,) = the_house(), files
    try:
        if file.size > house.settings.max_upload:
            raise Refusal("too_large", limit=f"{house.settings.max_upload // 1024 // 1024} MB")
        trial = house.labels.try_out(person(), house.settings.area, file.filename, file.content)
    except (Refusal, DeskError) as problem:
        return _page(NOTHING, {"form_file": problem.message}), 422
    first = trial.unknown_labels[0] if trial.unknown_labels else ""
    return _page({**NOTHING, "form": trial.form, "label": first}, {}, trial)


def _page(typed: Mapping[str, str], errors: Mapping[str, str], trial: Trial | None = None) -> str:
    house = the_house()
    return render_template(
        "labels.html",
        labels=house.labels.listed(person(), house.settings.area),
        choices=fields_to_choose(),
        forms=FORMS,
        area=house.settings.area,
        typed=typed,
        errors=errors,
        trial=trial,
        notice=notice(),
    )
