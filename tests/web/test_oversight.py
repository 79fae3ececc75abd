"""An agency's manager sees its referrals and people; an auditor reads the trail, and every look at it is in the trail."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from house import PASSWORD, Cast
from visitors import Visitor, text_of

from intake.errors import NotAllowed
from intake.house import House
from intake.people.auditing import SHOWN


def test_a_manager_works_with_the_agencys_referrals_as_its_referrers_do(
    arrived: Callable[..., UUID], visitors: dict[str, Visitor]
) -> None:
    one = arrived()
    manager = visitors["manager"]
    assert manager.get("/").location == "/referrals"
    assert "QUILLFEATHER" in text_of(manager.page(f"/referrals/{one}/read")).upper()
    assert manager.get(f"/cases/{one}").status_code == 403 and manager.get("/queue").status_code == 403
    assert manager.send(f"/referrals/{one}/withdraw", {"reason": "Sent twice."}).status_code == 302


def test_a_manager_sees_who_of_the_agency_can_sign_in_and_nobody_else(
    house: House, cast: Cast, visitors: dict[str, Visitor]
) -> None:
    closed = house.people.add_person("gone@example.org", "Gil Tern", "referrer", PASSWORD, agency_id=cast.yot.agency_id)
    house.staffing.set_active(cast.administrator, closed.id, False)
    shown = text_of(visitors["manager"].page("/agency"))
    assert "yot@example.org" in shown and "manager@example.org" in shown
    assert not [email for email in ("gone@", "hospital@", "coordinator@", "admin@") if email in shown]
    assert visitors["yot"].get("/agency").status_code == 403


def test_an_auditor_reads_who_did_what_and_no_word_of_a_form(
    house: House, arrived: Callable[..., UUID], cast: Cast, visitors: dict[str, Visitor]
) -> None:
    one = arrived()
    reference = house.views.case(cast.coordinator, one).line.reference
    auditor = visitors["auditor"]
    assert auditor.get("/").location == "/trail"
    shown = text_of(auditor.page(f"/trail?reference={reference.lower()}"))
    assert "Received the file." in shown and "Carol Finch" in shown and "Opened the case." in shown
    assert "quillfeather" not in shown.lower() and "form A.pdf" not in shown
    assert "no referral of this reference" in text_of(auditor.page("/trail?reference=WM-2026-999999"))
    for path in (
        f"/cases/{one}",
        f"/referrals/{one}",
        f"/referrals/{one}/original",
        "/queue",
        "/administration/people",
    ):
        assert auditor.get(path).status_code == 403, path


def test_each_look_at_the_trail_is_in_the_trail_and_pages_go_to_its_beginning(house: House, cast: Cast) -> None:
    for _ in range(SHOWN):
        house.people.sign_in(cast.yot.email, PASSWORD)
    newest = house.auditing.read(cast.auditor)
    assert newest is not None and len(newest.entries) == SHOWN and newest.older is not None
    oldest = house.auditing.read(cast.auditor, before=newest.older)
    assert oldest is not None and oldest.entries[-1].number == 1 and oldest.older is None
    again = house.auditing.read(cast.auditor)
    assert again is not None and [one.kind for one in again.entries[:3]] == ["trail_read", "trail_read", "signed_in"]
    assert again.entries[0].who == "Odo Crake"
    for person in (cast.yot, cast.manager, cast.coordinator, cast.administrator):
        with pytest.raises(NotAllowed):
            house.auditing.read(person)
