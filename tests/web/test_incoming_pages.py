"""Pages about mail that came in: a coordinator takes a stranger's mail in or closes it, an administrator keeps senders."""

from __future__ import annotations

from datetime import date, timedelta

from conftest import MakeVisitor
from house import Cast, SetClock
from visitors import text_of

from intake.house import House

STRANGER = "somebody@elsewhere.example.org"


def arrive(house: House, sender: str = STRANGER) -> None:
    mail = f"From: {sender}\r\nSubject: A form\r\nMessage-ID: <1>\r\n\r\nhello".encode()
    house.incoming.take(mail, len(mail))


def test_a_coordinator_takes_a_mail_in_for_an_agency(house: House, cast: Cast, visitor: MakeVisitor) -> None:
    arrive(house)
    coordinator = visitor(cast.coordinator)
    page = coordinator.page("/incoming")
    assert STRANGER in text_of(page) and "The sender is not known" in text_of(page)
    (form,) = page.xpath("//form[contains(@action, '/take')]")
    wrong = coordinator.send(form.action, {"agency_id": ""})
    assert wrong.status_code == 422 and "Choose the agency that sent it" in text_of(coordinator.parsed(wrong))
    done = coordinator.send(form.action, {"agency_id": str(cast.hospital.agency_id)}, follow_redirects=True)
    assert "taken in as a referral" in text_of(coordinator.parsed(done))
    assert "Ambleford Mental Health Trust" in text_of(coordinator.parsed(done))
    assert "There is none" in text_of(coordinator.page("/incoming"))


def test_the_time_to_decide_runs_from_the_day_the_mail_came(house: House, cast: Cast, clock: SetClock) -> None:
    arrive(house)
    (mail,) = house.incoming.arrived(cast.coordinator)
    came = clock.moment
    clock.moment += timedelta(days=6)
    taken = house.incoming.take_for(cast.coordinator, mail.id, cast.hospital.agency_id)
    case = house.views.case(cast.coordinator, taken)
    assert (case.line.received_at, case.line.due_on) == (came, date(2026, 11, 30))
    assert "Received on Friday 20 November 2026" in case.due.why
    assert [event.at for event in case.history if event.kind == "received"] == [clock.moment]


def test_a_coordinator_closes_a_mail_without_a_form(house: House, cast: Cast, visitor: MakeVisitor) -> None:
    arrive(house)
    coordinator = visitor(cast.coordinator)
    (form,) = coordinator.page("/incoming").xpath("//form[contains(@action, '/close')]")
    done = coordinator.send(form.action, follow_redirects=True)
    assert "stays in the mailbox" in text_of(coordinator.parsed(done))
    assert visitor(cast.administrator).get("/incoming").status_code == 403


def test_an_administrator_makes_a_domain_known_and_forgets_it(house: House, cast: Cast, visitor: MakeVisitor) -> None:
    administrator, page = visitor(cast.administrator), "/administration/senders"
    wrong = administrator.send(page, {"pattern": "elsewhere", "agency_id": str(cast.hospital.agency_id)})
    assert wrong.status_code == 422 and "such as @trust.nhs.uk" in text_of(administrator.parsed(wrong))
    right = {"pattern": "@elsewhere.example.org", "agency_id": str(cast.hospital.agency_id)}
    done = administrator.send(page, right, follow_redirects=True)
    assert "taken in from now on" in text_of(administrator.parsed(done))
    arrive(house)
    assert house.views.queue(cast.hospital, "all").counts["all"] == 1
    (form,) = administrator.page(page).xpath("//form[contains(@action, '/remove')]")
    administrator.send(form.action, dict(form.form_values()))
    assert "Only people with an account are known" in text_of(administrator.page(page))
