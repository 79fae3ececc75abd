"""What is kept about a person is exported for them with its trail, without the victims, and that is in the trail too."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from uuid import UUID

from house import Cast
from scenes import draft
from visitors import Visitor

from intake.house import House
from intake.models import RawAnswer
from intake.store.acting import acting


def test_a_coordinator_exports_values_answers_decisions_and_trail_but_no_victim(
    house: House, cast: Cast, arrived: Callable[..., UUID], coordinator: Visitor
) -> None:
    one = arrived(victim__issues="Percival Nettlebed fears him.")
    question = next(one for one in house.views.case(cast.yot, one).clarifications if one.kind == "text")
    house.desk.answer(cast.yot, one, {question.id: RawAnswer(text="Marian Ash")})
    version = house.views.case(cast.coordinator, one).line.version
    assert not house.desk.decide(cast.coordinator, one, draft(version))
    other = arrived(
        person__family_name="Oakley",
        person__given_names="Bertha",
        person__date_of_birth="1970-01-01",
        person__pnc_id=None,
    )
    again = arrived()
    house.views.same_person(cast.coordinator, one)
    house.views.queue(cast.coordinator, "all")
    answer = coordinator.get(f"/referrals/{one}/export")
    assert answer.headers["Content-Disposition"] == "attachment; filename=WM-2026-000001.zip"
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(files) == {"READ-FIRST.txt", "case.json", "trail.jsonl"}
    assert "Nettlebed" not in "".join(files.values()) and "victims" in files["READ-FIRST.txt"]
    told = json.loads(files["case.json"])
    assert {"Quillfeather", "2010-04-02"} <= {str(value["value"]) for value in told["values"]}
    assert "Marian Ash" in [asked["answer"] for asked in told["questions"]]
    assert [decision["outcome"] for decision in told["decisions"]] == ["accepted_level_2"]
    assert {"not_met", "met"} & {test["verdict"] for test in told["tests"]}
    # Nothing of other people's cases; those of the same person by reference, for the coordinator.
    assert str(one) in files["trail.jsonl"] and not {str(other), str(again)} & set(files["trail.jsonl"].split('"'))
    assert "WM-2026-000003" in files["READ-FIRST.txt"] and "WM-2026-000002" not in files["READ-FIRST.txt"]
    kinds = {json.loads(line)["kind"] for line in files["trail.jsonl"].splitlines()}
    assert {"received", "seen", "decided", "listed"} <= kinds
    assert "exported" in [event.kind for event in house.views.case(cast.coordinator, one).looks]


def test_the_whole_case_goes_along_with_its_documents_but_for_what_holds_a_virus(
    house: House, cast: Cast, arrived: Callable[..., UUID], coordinator: Visitor
) -> None:
    one = arrived(victim__issues="Percival Nettlebed fears him.")
    house.desk.add_document(cast.yot, one, "../Report.docx", b"a report")
    bad = house.desk.add_document(cast.yot, one, "bad.exe", b"a virus")
    with acting(house.engine, "desk") as connection:
        found = "UPDATE documents SET virus = 'Eicar', scanned_at = now() WHERE id = %s"
        connection.exec_driver_sql(found, (bad,))
    answer = coordinator.get(f"/referrals/{one}/whole")
    assert answer.headers["Content-Disposition"] == "attachment; filename=WM-2026-000001-whole.zip"
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    documents = {"documents/0 form A.pdf", "documents/1 Report.docx"}
    assert set(files) == {"READ-FIRST.txt", "case.json", "trail.jsonl", *documents}
    assert files["documents/1 Report.docx"] == b"a report" and b"Nettlebed" in files["documents/0 form A.pdf"]
    assert "left out: document 2" in files["READ-FIRST.txt"].decode()
    told = json.loads(files["case.json"])
    assert told["assessment"]["findings"] and told["form"]["values"]["victim.issues"]["evidence"]["page"] == 1
    assert "taken_along" in [event.kind for event in house.views.case(cast.coordinator, one).looks]


def test_nobody_else_exports(arrived: Callable[..., UUID], visitors: dict[str, Visitor]) -> None:
    one = arrived()
    denied = {"yot": 403, "manager": 403, "administrator": 403, "auditor": 403, "elsewhere": 404, "nobody": 302}
    for who, status in denied.items():
        for what in ("export", "whole"):
            assert visitors[who].get(f"/referrals/{one}/{what}").status_code == status, who
