"""The documents that rules rest on, each with its edition, so that a citation says where and in which text."""

from __future__ import annotations

from datetime import date

from validation.models import Citation

CATEGORY_4_FROM = date(2022, 6, 28)
"""Two months after Royal Assent of the Police, Crime, Sentencing and Courts Act 2022 (28 April 2022)."""


def wm(heading: str, phrase: str) -> Citation:
    """The West Midlands memorandum, for the police force area, as amended in August 2015 (some passages note 2016)."""
    return Citation(
        document="West Midlands MAPPA duty to co-operate memorandum",
        heading=heading,
        phrase=phrase,
        edition="amended August 2015",
    )


def sb(heading: str, phrase: str) -> Citation:
    """The safeguarding board's page on MAPPA."""
    return Citation(
        document="Safeguarding board page: Multi-agency public protection arrangements",
        heading=heading,
        phrase=phrase,
        edition="undated web page",
    )


def ww(heading: str, phrase: str) -> Citation:
    """The Warwickshire leaflet."""
    return Citation(document="Warwickshire MAPPA leaflet", heading=heading, phrase=phrase, edition="2005")


def notes(heading: str, phrase: str) -> Citation:
    """The national guidance's notes for completing form A."""
    return Citation(
        document="MAPPA Guidance, notes for completing MAPPA A",
        heading=heading,
        phrase=phrase,
        edition="2012, fourth edition",
    )


def cja(heading: str, phrase: str, since: date | None = None) -> Citation:
    """The Criminal Justice Act 2003 as consolidated."""
    return Citation(
        document="Criminal Justice Act 2003",
        heading=heading,
        phrase=phrase,
        edition="text as at 22 October 2024",
        in_force_from=since,
    )


def pcsc(heading: str, phrase: str) -> Citation:
    """The factsheet on the 2022 Act that made category 4."""
    return Citation(
        document="Police, Crime, Sentencing and Courts Act 2022, factsheet on terrorist offenders",
        heading=heading,
        phrase=phrase,
        edition="updated 20 August 2022",
        in_force_from=CATEGORY_4_FROM,
    )


def practice(heading: str, phrase: str) -> Citation:
    """This service's own rule where no guidance says it: named as such."""
    return Citation(document="Rules of this service", heading=heading, phrase=phrase, edition="20 November 2026")
