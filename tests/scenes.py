"""A desk with a referral in every state that a page can show, for tests that look at all pages."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID, uuid4

from house import PASSWORD, Cast, form_file, read_test_form
from PIL import Image

from extractors.forms.local import LocalLabel
from extractors.models import Box, FormReading, PagePicture, Passage, Reading
from intake.cases.reading import ReadingDesk
from intake.house import House
from intake.mail.outbox import Outbox
from intake.mail.wordings import Wording
from intake.models import DecisionDraft, Person, RawAnswer
from intake.panels.calendar import PanelRule
from intake.reader.nursery import File, Result
from intake.store.acting import acting

GAPS: dict[str, Any] = {
    "area": "West Midlands",
    "level_requested": "2",
    "category": ["2"],
    "person__family_name": "Quillfeather",
    "person__given_names": "Tobias",
    "person__date_of_birth": "2010-04-02",
    "person__current_address": "No fixed abode",
    "person__ethnicity": "W1",
    "conviction__index_offence": "Wounding with intent, section 18",
    "conviction__date": "2026-02-20",
    "conviction__sentence": "24 months DTO",
    "dates__release": "2026-12-24",
    "referrer__agency_type": "yot",
    "referral__reason": "Serious violence, several agencies needed.",
    "victim__issues": "Mother of the boy Percival Nettlebed fears reprisals.",
}
"""A form with a great deal missing, so that every kind of question is asked."""
COMPLETE: dict[str, Any] = {
    **GAPS,
    "person__given_names": "Rosalind",
    "person__family_name": "Fernsby",
    "person__date_of_birth": "1990-04-02",
    "person__agency_ref": "X123456",
    "person__current_address": "12 Hazel Row, Dudley",
    "person__ethnicity": "White - British",
    "conviction__date": "2025-03-03",
    "conviction__sentence_date": "2025-03-24",
    "risk__overall": "high",
    "risk__tools": [{"tool": "OASys", "score": "High", "date": "2026-09-01"}],
    "referral__added_value": "Housing and police surveillance that one agency cannot command.",
    "referral__media_interest": "no",
    "referral__previously_level_3": "no",
    "disclosure__considered": "yes",
    "endorsement__name": "Marian Ash",
    "endorsement__endorsed": "yes",
    "referrer__agency": "Ambleford Youth Offending Team",
    "referrer__name": "Yvonne Otter",
    "referrer__email": "yvonne.otter@ambleford.gov.uk",
    "referrer__date": "2026-11-20",
    "conviction__notification_required": "no",
    "dates__release": "2027-12-24",
    "dates__complex_case": "no",
    "agencies": [{"agency": "Police", "name": "PC Rowan", "role": "Offender manager", "contact": "0300 000 0000"}],
}


def _page() -> bytes:
    file = io.BytesIO()
    Image.new("L", (595, 842), 250).save(file, "JPEG")
    return file.getvalue()


PAGE = _page()


def read_with_spots(file: File) -> Result:
    """The tests' reader, with a spot on the page for every value, a doubtful one, a blank that may be none, and a passage."""
    result = read_test_form(file)
    assert result.reading is not None
    forms = tuple(_with_spots(form) for form in result.reading.forms)
    reading = Reading(forms=forms, other_attachments=result.reading.other_attachments)
    return Result(reading, [PagePicture(595.0, 842.0, PAGE)] * forms[0].pages)


def _with_spots(form: FormReading) -> FormReading:
    values = {}
    for place, (key, value) in enumerate(form.values.items()):
        if value.evidence is not None:
            box = Box(x0=200, top=20 + 9 * place, x1=420, bottom=32 + 9 * place)
            doubtful = key == "person.ethnicity"
            value = value.model_copy(
                update={
                    "evidence": value.evidence.model_copy(update={"box": box}),
                    "confidence": 0.6 if doubtful else 0.99,
                    "doubts": ("The writing is faint",) if doubtful else (),
                }
            )
        elif key == "person.aliases":
            value = value.model_copy(update={"confidence": 0.85, "doubts": ("It may stand elsewhere",)})
        values[key] = value
    text = form.value("referral.reason")
    passages = (
        (Passage(key="referral.reason", topic="agencies", text=text, start=0, end=len(text)),)
        if isinstance(text, str)
        else ()
    )
    return form.model_copy(update={"values": values, "passages": passages, "partly": ("Page 3 is blank.",)})


def seeing_reader(house: House) -> ReadingDesk:
    """A worker's desk in this process, with that reader."""
    return ReadingDesk(
        house.registry,
        house.ledger,
        house.check,
        lambda task, file, still_here, every: read_with_spots(file),
        house.gate,
    )


@dataclass(frozen=True)
class Scene:
    """The referrals by what is special about each, all of the youth offending team."""

    gaps: UUID
    complete: UUID
    answered: UUID
    asked: UUID
    decided: UUID
    reopened: UUID
    withdrawn: UUID
    refused: UUID
    notification: UUID
    received: UUID
    set_aside: UUID
    somebody: UUID
    document: UUID
    question: UUID
    search: UUID
    label: UUID
    agency: UUID
    mail: UUID
    panel: UUID
    arrived: UUID
    seen_to: UUID
    link: str
    system: UUID
    token: UUID
    sending: str
    hold: UUID


def draft(version: int, **more: Any) -> DecisionDraft:
    """A decision that can be recorded on a form A."""
    return DecisionDraft(
        **{
            "version": version,
            "outcome": "accepted_level_2",
            "category": "2",
            "panel_date": date(2026, 12, 15),
            "reasons": "Risk of serious harm needs several agencies.",
            "told_referrer": "Please bring the plan to the panel.",
            **more,
        }
    )


def set_scene(house: House, cast: Cast) -> Scene:
    """Bring every kind of referral into the house."""
    desk, views, reading = house.desk, house.views, seeing_reader(house)

    def bring(content: bytes, name: str = "form.pdf", sender: Person = cast.yot) -> UUID:
        receipt = desk.receive(sender, name, content)
        while reading.do_next():
            pass
        return receipt.referral_id

    def version(referral: UUID) -> int:
        return views.case(cast.coordinator, referral).line.version

    gaps = bring(form_file(**GAPS))
    complete = bring(form_file(**COMPLETE))
    desk.assign(cast.coordinator, complete, cast.coordinator.id)
    document = desk.add_document(cast.yot, complete, "Report.docx", b"a report")
    answered, asked = bring(form_file(**GAPS)), bring(form_file(**COMPLETE))
    first, second, *_ = (
        question for question in views.case(cast.yot, answered).clarifications if question.kind == "text"
    )
    desk.answer(
        cast.yot,
        answered,
        {first.id: RawAnswer(text="Marian Ash"), second.id: RawAnswer(not_known_reason="The court has not told us")},
    )
    desk.ask(cast.coordinator, asked, [], ["Has the family been told of the new address?"])
    typed = {"version": str(version(asked)), "outcome": "not_eligible", "why": "The offence is not listed."}
    desk.keep_decision_draft(cast.coordinator, asked, typed)
    decided, reopened = bring(form_file(**COMPLETE)), bring(form_file(**COMPLETE))
    for referral in (decided, reopened):
        assert not desk.decide(cast.coordinator, referral, draft(version(referral)))
    desk.reopen(cast.coordinator, reopened, "The panel date was wrong.")
    withdrawn = bring(form_file(**GAPS))
    desk.withdraw(cast.yot, withdrawn, "Sent twice.")
    refused = bring(b"not a form", "invoice.pdf")
    notification = bring(
        form_file("H", person__family_name="Oakley", person__given_names="Sam", referrer__agency_type="yot")
    )
    set_aside = bring(form_file("A", orders={"raise": "a fault of ours"}), "odd.pdf")
    with acting(house.engine, "desk") as connection:
        # As if it had been tried to the end.
        connection.exec_driver_sql("UPDATE jobs SET next_try = now(), attempts = 9 WHERE state = 'due'")
    reading.do_next()
    somebody = house.people.add_person("fox@example.org", "Lena Fox", "coordinator", PASSWORD, area="NW").id
    received = desk.receive(cast.yot, "waiting.pdf", form_file(**GAPS)).referral_id
    house.desk.close_day(cast.administrator, "WM", date(2026, 12, 23), "Christmas party")
    every_ten_weeks = PanelRule(
        kind="level_2", district="", first=date(2027, 1, 15), starts=time(10), weeks=10, until=date(2027, 12, 31)
    )
    assert not house.panels.add(cast.administrator, "WM", every_ten_weeks)
    label = LocalLabel(form="A", key="person.agency_ref", label="Docket number")
    assert house.labels.add(cast.administrator, "WM", label) is None
    question = next(question.id for question in views.case(cast.yot, gaps).clarifications if question.open)
    return Scene(
        gaps,
        complete,
        answered,
        asked,
        decided,
        reopened,
        withdrawn,
        refused,
        notification,
        received,
        set_aside,
        somebody,
        document,
        question,
        house.searching.keep(cast.coordinator, "fernsby"),
        house.labels.listed(cast.administrator, "WM")[0].id,
        house.people.agencies()[0].id,
        _post(house, cast),
        house.panels.coming(cast.administrator)[0].id,
        *_mail(house, cast),
        house.answer_links.token_for(uuid4(), cast.yot.id, gaps),
        *_system(house, cast),
        _together(house, cast),
        _hold(house, cast, decided),
    )


def _together(house: House, cast: Cast) -> str:
    """Two files of one sending, one of them empty."""
    for number, content in enumerate((form_file(**GAPS), b"")):
        house.desk.receive(cast.yot, f"{number}.pdf", content, token=f"together-{number}")
    return "together"


def _hold(house: House, cast: Cast, decided: UUID) -> UUID:
    """Have one case held, and the periods of two rules set."""
    house.retention.set_periods(cast.administrator, "WM", {"accepted_2": 1, "withdrawn": 1})
    assert house.retention.hold(cast.coordinator, decided, "An inquiry is under way.") is None
    return house.retention.held(cast.coordinator, decided).holds[0].id


def _mail(house: House, cast: Cast) -> tuple[UUID, UUID]:
    """Have two mails come from a sender who is not known: one to look at, and one that was seen to."""
    assert not house.senders.add(cast.administrator, "WM", "@known.example.org", cast.hospital.agency_id)
    for number in range(2):
        mail = f"From: somebody@elsewhere.example.org\r\nMessage-ID: <{number}>\r\n\r\nhello {number}".encode()
        house.incoming.take(mail, len(mail))
    open_one, seen_to = (one.id for one in house.incoming.arrived(cast.coordinator))
    house.incoming.close(cast.coordinator, seen_to)
    return open_one, seen_to


def _system(house: House, cast: Cast) -> tuple[UUID, UUID]:
    """Have a case system of the youth offending team, with a token that was revoked."""
    system = house.systems.add(cast.administrator, "Ambleford case system", agency_id=cast.yot.agency_id)
    house.systems.issue(cast.administrator, system.id, ["submit", "read"], 30)
    house.webhooks.add(cast.administrator, system.id, "https://ambleford.example.org/told", ["received"])
    (token,) = house.systems.system(cast.administrator, system.id).tokens
    house.systems.revoke(cast.administrator, system.id, token.id)
    return system.id, token.id


def _post(house: House, cast: Cast) -> UUID:
    """Have messages addressed, one mail sent and another lost sight of; gives the one that was sent."""
    outbox = Outbox(house.engine, house.clock)
    while outbox.address():
        pass
    for settle in (outbox.unknown, outbox.sent):
        claim = outbox.claim()
        assert claim is not None
        outbox.begin(claim)
        settle(claim)
    new = Wording(subject="Received: ((reference))", body="((link))")
    assert not house.wordings.change(cast.administrator, "WM", "receipt", new)
    house.correspondence.choose(cast.hospital, "digest")
    return claim.id
