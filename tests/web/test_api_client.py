"""A client program generated from the description works against the service, and random requests find no fault in it."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from api_calls import serving, system_of, true_reader
from house import Cast, SetClock
from scenes import draft

from benchmarks.api_fuzz import RANDOM, a_decided_case, counted, fuzz
from intake.house import House
from web.api.description import described

GENERATOR = Path(sys.executable).with_name("openapi-python-client")
NAME = "desk_client"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The generated package."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_text(described())
    (folder / "config.yml").write_text("post_hooks: []\nliteral_enums: true\n")
    command = [GENERATOR, "generate", "--path", "openapi.json", "--config", "config.yml"]
    command += ["--meta", "none", "--output-path", NAME, "--fail-on-warning"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module(NAME)
    sys.path.remove(str(folder))


def part(name: str) -> Any:
    return importlib.import_module(f"{NAME}.{name}")


def test_a_generated_client_submits_follows_answers_and_reads_the_decision(
    client: ModuleType, house: House, cast: Cast
) -> None:
    models, unset = part("models"), part("types").UNSET
    _, token = system_of(house, cast, cast.yot)
    with serving(house) as address:
        desk = client.AuthenticatedClient(base_url=address, token=token)
        fields = models.FieldsOfFormA(
            person_family_name="Quillfeather",
            person_date_of_birth=datetime(2010, 4, 2, tzinfo=UTC).date(),
            person_pnc_id=models.NotKnown(not_known="The police have not said"),
            level_requested="2",
            category=["2"],
            risk_tools=[models.RiskToolsRow(tool="AssetPlus", score="High")],
        )
        form = models.FormA(form="A", fields=fields)
        submit = part("api.submit.submit_form").sync
        receipt = submit(client=desk, body=form, idempotency_key="referral-4711")
        assert receipt == submit(client=desk, body=form, idempotency_key="referral-4711")
        assert receipt.reference == "WM-2026-000001" and isinstance(receipt.id, UUID)
        while true_reader(house).do_next():
            pass
        state = part("api.read.get_referral").sync(receipt.id, client=desk)
        asked = part("api.read.list_questions").sync(receipt.id, client=desk).questions
        assert state.status == "checked" and state.open_questions == sum(one.open_ for one in asked) > 0
        risk = next(one for one in asked if one.key == "risk.overall")
        answers = models.GivenAnswers(answers=[models.GivenAnswer(question_id=risk.id, value="high")])
        taken = part("api.answer.give_answers").sync(receipt.id, client=desk, body=answers)
        assert taken.taken == 1 and taken.refused == []
        sent = models.SubmitFileSentFile(file=part("types").File(payload=b"%PDF-1.7", file_name="form A.pdf"))
        file = part("api.submit.submit_file").sync(client=desk, body=sent)
        version = house.views.case(cast.coordinator, receipt.id).line.version
        assert house.desk.decide(cast.coordinator, receipt.id, draft(version)) == {}
        (decision,) = part("api.decisions.list_decisions").sync(receipt.id, client=desk).decisions
        assert decision.outcome == "accepted_level_2" and decision.in_force
        window = {"received_from": datetime(2026, 1, 1, tzinfo=UTC), "received_until": datetime(2027, 1, 1, tzinfo=UTC)}
        page = part("api.read.list_referrals").sync(client=desk, **window)
        assert {one.id for one in page.referrals} == {receipt.id, file.id} and page.next_cursor is None
        new = models.NewWebhook(url="https://careworks.example.org/", events=["decided"])
        hook = part("api.webhooks.add_webhook").sync(client=desk, body=new).webhook
        again = part("api.webhooks.replay_deliveries").sync(hook.id, client=desk, body=models.Replay(since=None))
        assert (
            again.replayed == 0
            and part("api.webhooks.end_webhook").sync_detailed(hook.id, client=desk).status_code == 204
        )
        problem = part("api.read.get_referral").sync(hook.id, client=desk)
        assert isinstance(problem, models.Problem) and problem.code == "not_found" and problem.errors in ([], unset)


def test_random_requests_find_every_answer_as_described(house: House, cast: Cast, clock: SetClock) -> None:
    def read() -> None:
        while true_reader(house).do_next():
            pass

    system_id, token = system_of(house, cast, cast.yot)
    system = house.systems.system(cast.administrator, system_id).person
    known = {"referral_id": str(a_decided_case(house, system, cast.coordinator, read))}
    with counted(house, lambda: clock.pass_by(seconds=0.2)) as (address, statuses):
        good, said = fuzz(address, token, 2026, RANDOM, 3, known)
    assert good, said
    assert statuses.total() > 50 and statuses[200] and not [status for status in statuses if status >= 500]
