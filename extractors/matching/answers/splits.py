"""Answers that hold two keys, cut apart: a full name, telephone and e-mail, name and job title, court and date, PNC and
CRO number, one date for two."""

from __future__ import annotations

import re
from collections.abc import Callable

from extractors.wording import plain


def _full_name(text: str) -> tuple[str | None, str | None]:
    """(given names, family name): "SMITH, John", "John SMITH", else the last word is the family name; none of what has
    digits, which is no name."""
    if any(sign.isdigit() for sign in text):
        return None, None
    text = _TITLE.sub("", text)
    if "," in text:
        family, given = text.split(",", 1)
        return given.strip() or None, family.strip()
    words = text.split()
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    if capitals and len(capitals) < len(words):
        return " ".join(word for word in words if word not in capitals), " ".join(capitals)
    if len(words) < 2:
        return None, text
    return " ".join(words[:-1]), words[-1]


_TITLE = re.compile(r"(?:^|(?<=,)\s*)(?:Mr|Mrs|Ms|Miss|Mx|Dr)\b\.?\s+")
"""How somebody is addressed, which is no part of a name."""


def _phone_email(text: str) -> tuple[str | None, str | None]:
    words = text.replace(";", " ").replace(",", " ").replace("|", " ").split()
    email = next((word for word in words if "@" in word), None)
    phone = plain(
        "".join(sign for sign in " ".join(word for word in words if word != email) if sign.isdigit() or sign in " +()")
    )
    return phone or None, email


def _name_role(text: str) -> tuple[str | None, str | None]:
    for sign in (",", " - ", " – ", " / ", "/", "("):
        if sign in text:
            name, role = text.split(sign, 1)
            return name.strip(), role.strip(" )") or None
    return text, None


_DAY = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}(?:st|nd|rd|th)?(?:\s+of)?[\s./-]+(?:\d{1,2}|[A-Za-z]{3,9})[\s.,/-]+(?:\d{4}|\d{2})\b"
)


def _court_date(text: str) -> tuple[str | None, str | None]:
    """What stands round a date, and the date."""
    day = _DAY.search(text)
    if day is None:
        return text, None
    court = plain(f"{text[: day.start()]} {text[day.end() :]}").strip(" ,;:-–/()")
    return re.sub(r"\s+(?:on|in|dated)$|^at\s+", "", court) or None, day[0]


def _pnc_cro(text: str) -> tuple[str | None, str | None]:
    pnc = re.search(r"\b\d{2}(?:\d{2})?/?\d{1,7}[A-Za-z]\b", text)
    rest = text if pnc is None else f"{text[: pnc.start()]} {text[pnc.end() :]}"
    cro = re.search(r"\b(?:\d{1,6}/\d{2}|SF\d{2}/\d{1,6})[A-Za-z]\b", rest)
    return (pnc[0] if pnc else None), (cro[0] if cro else None)


SPLITS: dict[str, Callable[[str], tuple[str | None, ...]]] = {
    "person.full_name": _full_name,
    "referrer.contact": _phone_email,
    "referrer.name_role": _name_role,
    "conviction.court_date": _court_date,
    "person.pnc_cro": _pnc_cro,
    "dates.sentence_and_licence": lambda text: (text, text),
    "person.middle_names": lambda text: (text,),
}
"""How the answer to a label that holds two keys is cut, in the order of the definition's `split`; one alone is added to the
answer of its key."""
