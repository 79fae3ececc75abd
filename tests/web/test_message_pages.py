"""Pages about messages: where a mail's link leads, choosing, wordings, and what is done with mails that did not arrive."""

from __future__ import annotations

from conftest import MakeVisitor
from house import Cast, form_file, open_as_owner
from sqlalchemy import text
from visitors import text_of

from intake.cases.reading import ReadingDesk
from intake.house import House
from intake.mail.outbox import Outbox


def lost_mail(house: House, cast: Cast, reading: ReadingDesk) -> str:
    """A mail of which nobody knows whether it arrived; gives the id of its referral."""
    referral_id = house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    outbox = Outbox(house.engine, house.clock)
    outbox.address()
    claim = outbox.claim()
    assert claim is not None
    outbox.begin(claim)
    outbox.unknown(claim)
    return str(referral_id)


def test_the_link_of_a_mail_leads_everybody_to_their_own_page(
    house: House, cast: Cast, visitor: MakeVisitor, reading: ReadingDesk
) -> None:
    one = house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    reading.do_next()
    link = f"/to/{one}"
    assert visitor(cast.yot).get(link).location == f"/referrals/{one}"
    assert visitor(cast.coordinator).get(link).location == f"/cases/{one}"
    assert visitor(None).get(link).location == f"/sign-in?next=/to/{one}"
    assert visitor(cast.hospital).get(link, follow_redirects=True).status_code == 404


def test_somebody_chooses_how_messages_come(house: House, cast: Cast, visitor: MakeVisitor) -> None:
    yot = visitor(cast.yot)
    assert "Questions" in text_of(yot.page("/your-messages")) or "questions" in text_of(yot.page("/your-messages"))
    done = yot.send("/your-messages", {"choice": "digest"}, follow_redirects=True)
    assert "Your choice is kept" in text_of(yot.parsed(done))
    (chosen,) = yot.page("/your-messages").xpath("//input[@name='choice'][@checked]")
    assert chosen.value == "digest" and house.correspondence.choice(cast.yot) == "digest"
    assert visitor(cast.administrator).get("/your-messages").status_code == 403


def test_a_coordinator_sees_a_lost_mail_on_the_case_and_has_it_sent_again(
    house: House, cast: Cast, visitor: MakeVisitor, reading: ReadingDesk
) -> None:
    one = lost_mail(house, cast, reading)
    coordinator = visitor(cast.coordinator)
    page = coordinator.page(f"/cases/{one}")
    assert "Nobody knows whether it arrived" in text_of(page)
    (form,) = page.xpath("//form[contains(@action, '/again')]")
    sent = coordinator.send(form.action, dict(form.form_values()), follow_redirects=True)
    assert "The message is sent again" in text_of(coordinator.parsed(sent)) and sent.request.path == f"/cases/{one}"
    assert not coordinator.page(f"/cases/{one}").xpath("//form[contains(@action, '/again')]")
    assert not visitor(cast.yot).page(f"/referrals/{one}").xpath("//form[contains(@action, '/again')]")


def test_an_administrator_takes_a_lost_mail_off_the_list_without_seeing_the_case(
    house: House, cast: Cast, visitor: MakeVisitor, reading: ReadingDesk
) -> None:
    lost_mail(house, cast, reading)
    administrator = visitor(cast.administrator)
    page = administrator.page("/administration/messages")
    assert "WM-2026-000001" in text_of(page)
    (form,) = page.xpath("//form[contains(@action, '/drop')]")
    done = administrator.send(form.action, dict(form.form_values()), follow_redirects=True)
    assert "taken off the list" in text_of(administrator.parsed(done))
    assert "There is none" in text_of(administrator.page("/administration/messages"))


def test_messages_held_after_a_restore_are_let_go_by_page(house: House, cast: Cast, visitor: MakeVisitor) -> None:
    with open_as_owner(house) as connection:
        connection.execute(text("UPDATE post SET held_since = now()"))
    administrator = visitor(cast.administrator)
    assert "restored from a backup" in text_of(administrator.page("/administration/messages"))
    done = administrator.send("/administration/messages/release", {"what": "send"}, follow_redirects=True)
    assert "Messages leave again" in text_of(administrator.parsed(done))
    assert house.correspondence.post(cast.administrator).held_since is None


def test_a_wording_is_changed_refused_with_words_and_taken_back(house: House, cast: Cast, visitor: MakeVisitor) -> None:
    administrator, page = visitor(cast.administrator), "/administration/messages/questions"
    wrong = administrator.send(page, {"subject": "Please answer", "body": "Dear ((name)) ((link))"})
    assert wrong.status_code == 422
    assert "There is no placeholder ((name))" in text_of(administrator.parsed(wrong))
    assert "Dear ((name))" in wrong.get_data(as_text=True)
    right = {"subject": "Please answer ((reference))", "body": "Here: ((link))"}
    assert "new wording" in text_of(administrator.parsed(administrator.send(page, right, follow_redirects=True)))
    assert "Here: ((link))" in text_of(administrator.page(page))
    administrator.send(page, {"what": "reset"})
    assert "Here: ((link))" not in text_of(administrator.page(page))
    assert administrator.get("/administration/messages/nonsense").status_code == 404


def test_without_a_mail_server_the_pages_say_so(house: House, cast: Cast, visitor: MakeVisitor) -> None:
    one = house.desk.receive(cast.yot, "form.pdf", form_file()).referral_id
    assert "No mail server is set" in text_of(visitor(cast.administrator).page("/administration/health"))
    assert "On pages only" in text_of(visitor(cast.yot).page(f"/referrals/{one}"))
