"""Each source names its document and the edition that was read, and law says since when it is in force."""

from datetime import date

import pytest

from validation.models import Citation
from validation.rules.identity import ask_for_date
from validation.sources import cja, notes, pcsc, practice, sb, wm, ww


@pytest.mark.parametrize(
    ("citation", "document", "edition", "since"),
    [
        (wm("h", "p"), "West Midlands MAPPA duty to co-operate memorandum", "amended August 2015", None),
        (
            sb("h", "p"),
            "Safeguarding board page: Multi-agency public protection arrangements",
            "undated web page",
            None,
        ),
        (ww("h", "p"), "Warwickshire MAPPA leaflet", "2005", None),
        (notes("h", "p"), "MAPPA Guidance, notes for completing MAPPA A", "2012, fourth edition", None),
        (cja("h", "p"), "Criminal Justice Act 2003", "text as at 22 October 2024", None),
        (
            cja("h", "p", date(2025, 2, 3)),
            "Criminal Justice Act 2003",
            "text as at 22 October 2024",
            date(2025, 2, 3),
        ),
        (
            pcsc("h", "p"),
            "Police, Crime, Sentencing and Courts Act 2022, factsheet on terrorist offenders",
            "updated 20 August 2022",
            date(2022, 6, 28),
        ),
        (practice("h", "p"), "Rules of this service", "20 November 2026", None),
    ],
)
def test_a_source_is_cited_whole(citation: Citation, document: str, edition: str, since: date | None) -> None:
    assert citation == Citation(document=document, heading="h", phrase="p", edition=edition, in_force_from=since)


def test_a_date_is_asked_for_and_where_it_clashes_asked_to_be_checked() -> None:
    ask = ask_for_date("dates.release")
    assert ask.question == "What is the earliest / planned release date?"
    assert ask.again == "Please check the earliest / planned release date."
    assert ask.reason == "Two dates on the form cannot both be right, and deadlines are worked out from them."
