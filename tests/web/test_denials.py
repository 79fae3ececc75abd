"""Whoever is denied something stands in the log: who, what, from where, and no word of what it was about."""

from __future__ import annotations

import json
import logging

import pytest
from house import Cast
from scenes import Scene
from visitors import Visitor

from web.logs import OneLine


@pytest.fixture(autouse=True)
def _all_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [OneLine().format(record) for record in caplog.records if "denied" in record.getMessage()]


def test_a_referral_of_others(caplog: pytest.LogCaptureFixture, hospital: Visitor, cast: Cast, scene: Scene) -> None:
    caplog.clear()
    assert hospital.get(f"/referrals/{scene.gaps}").status_code == 404
    (line,) = lines(caplog)
    assert f"denied GET referrer.status to {cast.hospital.id} from 127.0.0.1: 404" in line
    assert "uillfeather" not in line and str(scene.gaps) not in line


def test_a_page_of_another_role(caplog: pytest.LogCaptureFixture, hospital: Visitor, cast: Cast) -> None:
    assert hospital.get("/administration/people").status_code == 403
    (line,) = lines(caplog)
    assert f"denied GET staff.people to {cast.hospital.id}" in line


def test_a_wrong_password_without_saying_whose(caplog: pytest.LogCaptureFixture, nobody: Visitor) -> None:
    for email in ("yot@example.org", "Somebody Else\r\n{}"):
        assert nobody.send("/sign-in", {"email": email, "password": "wrong"}).status_code == 422
    first, second = lines(caplog)
    assert "denied POST account.sign_in to nobody from 127.0.0.1: 422" in first
    assert json.loads(first)["message"] == json.loads(second)["message"], "nor whether there is such an account"
    assert "yot@" not in first and "Somebody" not in second


def test_a_form_without_its_proof(caplog: pytest.LogCaptureFixture, yot: Visitor) -> None:
    assert yot.client.post("/referrals/send", data={"proof": "x"}).status_code == 403
    (line,) = lines(caplog)
    assert "denied POST" in line


def test_an_address_that_leads_nowhere_is_not_told(caplog: pytest.LogCaptureFixture, yot: Visitor) -> None:
    assert yot.get("/Quillfeather").status_code == 404
    assert lines(caplog) == []


def test_a_line_stays_one_line_whatever_stands_in_it() -> None:
    record = logging.LogRecord("web", logging.WARNING, "", 0, 'a\r\n{"level": "error"}\x1b[2J\u2028%s', ("\n",), None)
    (line,) = OneLine().format(record).splitlines()
    assert json.loads(line)["level"] == "warning" and line.isascii() and "\x1b" not in line
