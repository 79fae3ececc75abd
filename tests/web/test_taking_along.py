"""What is taken along: the register as a table that no spreadsheet runs, and the decision field by field."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from uuid import UUID

from flask import Flask
from house import Cast
from scenes import COMPLETE, Scene, draft
from visitors import Visitor, text_of

from intake.house import House
from web.spreadsheet import as_csv, plain


def test_no_cell_is_taken_for_a_formula() -> None:
    for risky in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1"):
        assert plain(risky).startswith("'"), risky
    assert plain("Trust, Ambleford - North") == "Trust, Ambleford - North"


def test_a_long_table_is_sent_while_it_is_made(app: Flask) -> None:
    made = []

    def rows() -> object:
        for number in range(100_000):
            made.append(number)
            yield (str(number), "Ambleford")

    with app.test_request_context():
        answer = as_csv(rows(), "a.csv")  # type: ignore[arg-type]
        first = next(iter(answer.response))
    assert answer.is_streamed and len(made) < 10_000 and len(first) < 200_000


def test_an_agency_whose_name_is_a_formula_stays_words(
    coordinator: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    bad = house.people.add_agency("=HYPERLINK(x)", "yot", "WM")
    sender = house.people.add_person("x@example.org", "X", "referrer", "correct horse battery", agency_id=bad.id)
    arrived(sender=sender)
    answer = coordinator.get("/statistics/register.csv")
    assert answer.mimetype == "text/csv" and "mappa-register-2026-04-01" in answer.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))
    assert row["agency"] == "'=HYPERLINK(x)" and row["status"] == "Checked"


def test_what_is_copied_from_a_doubtful_reading_says_so(coordinator: Visitor, scene: Scene) -> None:
    page = coordinator.page(f"/cases/{scene.decided}/copy")
    marked = [term.text_content() for term in page.xpath("//dt[contains(., 'Doubtful')]")]
    assert marked == ["Alias(es) including nicknames Doubtful", "Ethnicity Doubtful"]
    plain_text = coordinator.get(f"/cases/{scene.decided}/copy/decision.txt").text
    assert "Ethnicity: White - British (doubtful: compare it with the form)" in plain_text
    assert "Last name: Fernsby\n" in plain_text


def test_the_decision_stands_field_by_field_to_copy_without_victims(
    coordinator: Visitor, yot: Visitor, house: House, cast: Cast, arrived: Callable[..., UUID]
) -> None:
    one = arrived(**COMPLETE)
    assert coordinator.get(f"/cases/{one}/copy").status_code == 404
    version = house.views.case(cast.coordinator, one).line.version
    assert not house.desk.decide(cast.coordinator, one, draft(version))
    page = coordinator.page(f"/cases/{one}/copy")
    told = {
        row.xpath("./dt")[0].text_content(): row.xpath("./dd")[0].text_content().strip()
        for row in page.xpath("//dl/div")
    }
    assert told["Last name"] == "Fernsby" and told["Date of birth"] == "2 April 1990"
    assert told["Category, nDelius code"] == "M2" and told["Level, nDelius code"] == "M2"
    assert told["Start date"] == "20/11/2026" and told["Panel"] == "15/12/2026"
    assert told["ViSOR or MAPPS reference"] == "Not stated"
    assert "Nettlebed" not in text_of(page)
    plain_text = coordinator.get(f"/cases/{one}/copy/decision.txt")
    assert "Level, nDelius code: M2" in plain_text.text and "Nettlebed" not in plain_text.text
    assert plain_text.headers["Content-Disposition"].startswith("attachment")
    assert yot.get(f"/cases/{one}/copy").status_code == 403
