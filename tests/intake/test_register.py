"""The register: one line of facts for each referral of an area, without a name, written down, and read piece by piece."""

from __future__ import annotations

from datetime import date

import pytest
from house import Cast, form_file
from scenes import COMPLETE, GAPS, draft
from sqlalchemy import text

from intake.cases.reading import ReadingDesk
from intake.errors import NotAllowed
from intake.house import House
from intake.statistics import register
from intake.statistics.counts import Period
from intake.store.acting import acting

YEAR = Period(first=date(2026, 4, 1), last=date(2027, 3, 31))


def test_each_referral_is_a_line_of_facts_and_nobody_is_named(
    house: House, cast: Cast, reading: ReadingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "AT_A_TIME", 2)
    ids = [
        house.desk.receive(sender, "form.pdf", form_file(**facts)).referral_id
        for sender, facts in ((cast.yot, GAPS), (cast.yot, COMPLETE), (cast.hospital, GAPS), (cast.yot, GAPS))
    ]
    while reading.do_next():
        pass
    version = house.views.case(cast.coordinator, ids[1]).line.version
    assert not house.desk.decide(cast.coordinator, ids[1], draft(version))
    assert not house.desk.restrict(cast.coordinator, ids[3], {cast.yot.id, cast.coordinator.id}, "A colleague's son.")
    lines = [dict(zip(register.COLUMNS, line, strict=True)) for line in house.register.lines(cast.coordinator, YEAR)]
    assert len(lines) == 4 and len({line["reference"] for line in lines}) == 4
    decided = next(line for line in lines if line["status"] == "Decided")
    assert (decided["level decided"], decided["category decided"], decided["panel"]) == ("2", "2", "2026-12-15")
    assert decided["review by"] and decided["outcome"] == "Accepted at level 2" and decided["under 18"] == "no"
    told = str(lines).lower()
    for detail in ("quillfeather", "fernsby", "rosalind", "nettlebed", "wounding", "hazel row", "2010-04-02"):
        assert detail not in told
    theirs = list(house.register.lines(cast.coordinator, YEAR, cast.hospital.agency_id))
    assert [line[2] for line in theirs] == ["Ambleford Mental Health Trust"]
    assert list(house.register.lines(cast.coordinator, Period(first=YEAR.first, last=YEAR.first))) == []
    assert list(house.register.lines(cast.other_coordinator, YEAR)) == []
    with acting(house.engine, "desk") as connection:
        taken = connection.execute(
            text("SELECT who, facts ->> 'count' AS count FROM audit WHERE kind = 'register_taken' ORDER BY number")
        ).all()
    assert [(row.who, row.count) for row in taken[:2]] == [(cast.coordinator.id, "4"), (cast.coordinator.id, "1")]


def test_only_coordinators_take_it(house: House, cast: Cast) -> None:
    for person in (cast.yot, cast.manager, cast.administrator, cast.auditor):
        with pytest.raises(NotAllowed):
            house.register.lines(person, YEAR)
