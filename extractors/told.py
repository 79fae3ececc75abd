"""A reading as one JSON object: what `mappa-intake read --json` prints. Needs none of the readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extractors.contract import keys_of
from extractors.models import FormReading, Reading, Value


def as_json(reading: Reading) -> dict[str, Any]:
    """What `mappa-intake read --json` prints: one form's object, or for a mail with several a list of them."""
    forms = [_form_json(form) for form in reading.forms]
    told: dict[str, Any] = forms[0] if len(forms) == 1 else {"forms": forms}
    if reading.other_attachments or len(forms) > 1:
        told["other_attachments"] = list(reading.other_attachments)
    return told


def _form_json(form: FormReading) -> dict[str, Any]:
    told: dict[str, Any] = {"form": form.form, "edition": form.edition, "carrier": form.carrier, "pages": form.pages}
    if form.attachment is not None:
        told["attachment"] = form.attachment
    if form.partly:
        told["partly"] = list(form.partly)
    told["fields"] = {key: _value_json(form.values[key]) for key in keys_of(form.form)}
    return told


def _value_json(value: Value) -> dict[str, Any]:
    evidence = value.evidence
    box = evidence.box if evidence else None
    told: dict[str, Any] = {
        "status": value.status,
        "value": _plain_value(value.value),
        "raw": evidence.raw if evidence else None,
        "page": evidence.page if evidence else None,
        "box": [round(side, 1) for side in (box.x0, box.top, box.x1, box.bottom)] if box else None,
        "method": evidence.method if evidence else None,
        "confidence": value.confidence,
    }
    if evidence is not None and evidence.path is not None:
        told["path"] = evidence.path
    if evidence is not None and evidence.label is not None:
        told["label"] = evidence.label
    if value.doubts:
        told["doubts"] = list(value.doubts)
    return told


def _plain_value(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain_value(one) for one in value]
    return dict(value) if isinstance(value, Mapping) else value
