"""Reads a file: whatever carries it, one road from bytes to the values of the forms in it.

    sniff -> reader of that kind -> Document -> which form -> matcher -> FormReading

A mail may hold several forms; every other file holds one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from extractors.contract import FIELDS
from extractors.files.sniff import kind_of
from extractors.forms.definitions import Definition
from extractors.forms.local import LocalLabel, definition_with
from extractors.mail.message import Mail, body_of, read_eml, read_msg, words_of
from extractors.matching.evidence import shows
from extractors.matching.formcode import Found, form_of
from extractors.matching.match import Matched, match
from extractors.models import FormReading, Reading, Value
from extractors.narratives.passages import passages
from extractors.odt.document import read_odt
from extractors.page import Document
from extractors.pdf.document import read_pdf
from extractors.refusals import Refusal
from extractors.scan.document import read_images
from extractors.word.document import read_docx
from extractors.word.older import read_doc, read_rtf

Other = tuple[str, bytes]
"""The name and content of something that came with forms."""
COVERING = "Covering text.txt"
"""The name under which a mail's own words are kept beside its forms."""
BLANK_FORM = "The form is blank: nothing has been filled in."
_PRINTED = frozenset({"marking", "area"})
"""What a template may have filled in before anybody has written on it."""
TWICE = 10
"""So many questions asked twice make two forms."""
NEAR_EDITION = 0.75
PASTED = 8
"""Values from which the words of a mail are a form."""
SURE = 0.9
"""The least confidence of a value that nobody need doubt."""
SEEN_IN_A_PICTURE = 0.85
"""The most confidence in an answer's being left out on the picture of a page: faint print may have been overlooked."""
PICTURED = 0.5
"""The most confidence in an answer's being left out where a picture was put in its place."""


READERS: Mapping[str, Callable[[bytes], Document]] = MappingProxyType(
    {"docx": read_docx, "doc": read_doc, "rtf": read_rtf, "odt": read_odt, "pdf": read_pdf, "image": read_images}
)
"""The reader of each kind of file that holds one form."""
MAILS: Mapping[str, Callable[[bytes], Mail]] = MappingProxyType({"eml": read_eml, "msg": read_msg})
NO_FORM = frozenset({"not_a_form", "other_form", "unsupported", "empty"})
"""Refusals that say: this attachment is something else, kept beside the forms."""


def read(content: bytes, filename: str, today: date, local: tuple[LocalLabel, ...] = ()) -> Reading:
    """What a file says; see `read_with_others`."""
    return read_with_others(content, filename, today, local)[0]


def read_with_others(
    content: bytes, filename: str, today: date, local: tuple[LocalLabel, ...] = ()
) -> tuple[Reading, tuple[Other, ...]]:
    """What a file says, and what a mail carried beside its forms, none of which is opened any further. `filename` lends its ending only; `today` settles the century of two-digit years; `local` are labels
    known beside the shipped ones.

    Raises Refusal for what is not read, saying why and what to do.
    """
    kind = kind_of(content, filename)
    if kind in MAILS:
        return _read_mail(MAILS[kind](content), today, local)
    return Reading(forms=(read_form(READERS[kind](content), today, local=local),)), ()


def _read_mail(mail: Mail, today: date, local: tuple[LocalLabel, ...]) -> tuple[Reading, tuple[Other, ...]]:
    """Every form among the attachments. One that could not be read is named on the forms beside it, so that nobody
    overlooks it; a mail without any form is refused for the reason that its attachment gave."""
    forms: list[FormReading] = []
    others: list[Other] = []
    refusals: dict[str, Refusal] = {}
    no_form: list[Refusal] = []
    for name, content in mail.attachments:
        try:
            kind = kind_of(content, name)
            if kind in MAILS:
                raise Refusal("not_a_form")  # the reader of mails has opened those that it could
            forms.append(read_form(READERS[kind](content), today, name, local))
        except Refusal as refusal:
            others.append((name, content))
            if refusal.code in NO_FORM:
                no_form.append(refusal)
            else:
                refusals[name] = refusal
    words = words_of(mail)
    if not forms and not refusals:
        words, forms = "", _pasted_form(mail, today, local)
    if not forms:
        raise next(iter(refusals.values()), _without_a_form(no_form))
    unread = tuple(f"The attachment {name} was not read: {refusal.message}" for name, refusal in refusals.items())
    forms = [form.model_copy(update={"partly": form.partly + unread}) for form in forms]
    covering = [(COVERING, words.encode())] if words else []
    names = tuple(name for name, _ in others)
    return Reading(forms=tuple(forms), other_attachments=names), (*covering, *others)


def _without_a_form(no_form: list[Refusal]) -> Refusal:
    """Why none of a mail's attachments is a form: one is another form of the set; or what kinds of them cannot be read."""
    for refusal in no_form:
        if refusal.code == "other_form":
            return refusal
    kinds = dict.fromkeys(refusal.details["content"] for refusal in no_form if refusal.code == "unsupported")
    unread = (f"The mail has attachments of a kind that cannot be read ({', '.join(kinds)}).",) if kinds else ()
    return Refusal("not_a_form", unread)


def _pasted_form(mail: Mail, today: date, local: tuple[LocalLabel, ...]) -> list[FormReading]:
    """The form that was pasted into the mail's own words, when so much of it is filled in that it is more than a mention."""
    try:
        form = read_form(body_of(mail), today, local=local)
    except Refusal:
        return []
    return [form] if sum(value.status == "read" for value in form.values.values()) >= PASTED else []


def read_form(
    document: Document, today: date, attachment: str | None = None, local: tuple[LocalLabel, ...] = ()
) -> FormReading:
    """The one form that a document is. Raises Refusal: not_a_form, other_form, two_forms."""
    found = form_of(document, local)
    meant = definition_with(found.form, local)
    matched = match(document, meant, today)
    if matched.asked_twice >= TWICE:
        raise Refusal("two_forms")
    partly = list(document.partly)
    if not any(value.status in ("read", "not_known") for key, value in matched.values.items() if key not in _PRINTED):
        partly.append(BLANK_FORM)
    values = _beside_pictures(document, _seen_by_people(document, _as_sure_as(found, matched.values)))
    return FormReading(
        form=found.form,
        edition=_edition(matched, meant),
        carrier=document.carrier,
        pages=len(document.pages),
        values=values,
        passages=passages(values),
        attachment=attachment,
        partly=tuple(partly),
        unknown_labels=matched.unknown,
    )


def _as_sure_as(found: Found, values: Mapping[str, Value]) -> dict[str, Value]:
    """No value is surer than what form it is."""
    if found.certainty >= 0.9:
        return dict(values)
    doubt = "The form does not say which MAPPA form it is."
    return {
        key: value.model_copy(update={"confidence": min(value.confidence, 0.85), "doubts": (*value.doubts, doubt)})
        for key, value in values.items()
    }


def _beside_pictures(document: Document, values: Mapping[str, Value]) -> dict[str, Value]:
    """Where a picture stands in the place of an answer, it may show the answer, or more of it."""
    doubt = "A picture stands here, and what it shows was not read."
    found = dict(values)
    for key, value in values.items() if document.pictures else ():
        place = value.evidence
        if place is not None and any(shows(place, picture) for picture in document.pictures):
            most = SEEN_IN_A_PICTURE if value.status == "read" else PICTURED
            found[key] = value.model_copy(
                update={"confidence": min(value.confidence, most), "doubts": (*value.doubts, doubt)}
            )
    return found


def _seen_by_people(document: Document, values: Mapping[str, Value]) -> dict[str, Value]:
    """Of what a picture of a page shows, only values are sure that were read twice alike, and ticks; never their lack,
    and no table: of its many words one may be misread, or a row be a prompt."""
    scanned = {number for number, size in enumerate(document.pages, 1) if size.scanned}
    if not scanned:
        return dict(values)
    return {
        key: value.model_copy(
            update={
                "confidence": min(value.confidence, 1.0 if _read_whole(value) else SEEN_IN_A_PICTURE),
                "doubts": value.doubts
                if _read_whole(value) and value.confidence >= SURE
                else (*value.doubts, "It was read from a picture of the page."),
            }
        )
        if value.evidence is None or value.evidence.page is None or value.evidence.page in scanned
        else value
        for key, value in values.items()
    }


def _read_whole(value: Value) -> bool:
    return value.value is not None and FIELDS[value.key].kind != "table"


def _edition(matched: Matched, meant: Definition) -> str | None:
    """The edition whose own labels are found best, when nearly all of them are."""
    printed = {frozenset(meant.wording.tokens(label)) for label in matched.labels}
    fits = sorted(
        ((len(labels & printed) / len(labels), name) for name, labels in meant.editions.items()), reverse=True
    )
    if not fits or fits[0][0] < NEAR_EDITION or (len(fits) > 1 and fits[0][0] - fits[1][0] < 0.1):
        return None
    return fits[0][1]
