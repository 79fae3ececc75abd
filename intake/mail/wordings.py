"""What messages say: the words that came with the service, and those an area keeps instead.

A mail carries the reference of a referral and a link to it, and nothing else of it: the only placeholders there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Template
from types import MappingProxyType
from typing import Literal, NamedTuple

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from extractors.models import Model
from intake.errors import NotFound
from intake.models import Person
from intake.now import Clock
from intake.permissions import demand
from intake.store.acting import acting
from intake.store.tables import wordings
from intake.store.trail import Entry, Trail
from intake.terms import MessageKind

WordingKind = MessageKind | Literal["digest", "stranger", "code"]
LONGEST_SUBJECT = 120
LONGEST_BODY = 2_000
SIGNED_OFF = (
    "This message holds no personal details, and none should be sent in answer to it. What the link leads to is "
    "OFFICIAL-SENSITIVE: open it only where nobody else can read it."
)
"""Stands under every message, whatever its wording."""


class Wording(Model):
    """Subject and text of a message, with placeholders in double brackets such as ((reference))."""

    subject: str
    body: str


class Sort(NamedTuple):
    """A kind of message: what it is called, whether it asks somebody to act, and its words."""

    words: str
    asks: bool
    wording: Wording


class Phrases(Template):
    """Placeholders as GOV.UK Notify writes them: ((reference))."""

    delimiter = "(("
    pattern = r"\(\((?:\s*(?P<named>[a-z_]+)\s*\)\)|(?P<invalid>)|(?P<escaped>(?!))|(?P<braced>(?!)))"  # type: ignore[assignment]


def _sort(words: str, asks: bool, subject: str, first: str) -> Sort:
    return Sort(words, asks, Wording(subject=subject, body=f"{first}\n\n((link))\n"))


MESSAGES: Mapping[WordingKind, Sort] = MappingProxyType(
    {
        "receipt": _sort(
            "Receipt",
            False,
            "MAPPA referral ((reference)): received",
            "We have received your referral. Its reference is ((reference)). How it stands and when it is due:",
        ),
        "refused": _sort(
            "Form not read",
            True,
            "MAPPA referral ((reference)): the form could not be read",
            "The file you sent as ((reference)) could not be read as a form. Why, and what to do:",
        ),
        "questions": _sort(
            "Questions",
            True,
            "MAPPA referral ((reference)): please answer questions",
            "Something is missing on referral ((reference)). The time to decide runs on meanwhile. Please answer here:",
        ),
        "questions_reminder": _sort(
            "Reminder of open questions",
            True,
            "MAPPA referral ((reference)): questions are still open",
            "Questions on referral ((reference)) still wait for an answer. The time to decide runs on. Please answer here:",
        ),
        "decision": _sort(
            "Decision",
            False,
            "MAPPA referral ((reference)): decided",
            "A decision on referral ((reference)) has been recorded. Read it here:",
        ),
        "reopened": _sort(
            "Decision reopened",
            False,
            "MAPPA referral ((reference)): decision reopened",
            "The decision on referral ((reference)) was reopened. How it stands:",
        ),
        "answered": _sort(
            "Questions answered",
            False,
            "MAPPA referral ((reference)): questions answered",
            "All questions on referral ((reference)) have been answered. The case:",
        ),
        "withdrawn": _sort(
            "Referral withdrawn",
            False,
            "MAPPA referral ((reference)): withdrawn",
            "The referrer has withdrawn referral ((reference)). The case:",
        ),
        "set_aside": _sort(
            "Form set aside",
            True,
            "MAPPA referral ((reference)): set aside",
            "The form of referral ((reference)) could not be read by itself. It is still due. Please look at it here:",
        ),
        "due_soon": _sort(
            "Reminder before the due day",
            True,
            "MAPPA referral ((reference)): the decision is due soon",
            "Referral ((reference)) is not decided yet, and the decision is due soon. The case:",
        ),
        "overdue": _sort(
            "Reminder of an overdue decision",
            True,
            "MAPPA referral ((reference)): the decision is overdue",
            "The decision on referral ((reference)) is overdue. The case:",
        ),
        "review_soon": _sort(
            "Reminder before a review",
            True,
            "MAPPA referral ((reference)): a review is due soon",
            "The case of referral ((reference)) is to be reviewed soon. The case:",
        ),
        "review_overdue": _sort(
            "Reminder of an overdue review",
            True,
            "MAPPA referral ((reference)): a review is overdue",
            "The review of the case of referral ((reference)) is overdue. If it was held, record it here:",
        ),
        "panel_cancelled": _sort(
            "Panel cancelled",
            True,
            "MAPPA referral ((reference)): the panel is cancelled",
            "The panel for which referral ((reference)) was accepted is cancelled. The decision to accept it stands. How it goes on:",
        ),
        "panel_held": _sort(
            "Panel held after all",
            True,
            "MAPPA referral ((reference)): the panel is held after all",
            "The panel for which referral ((reference)) was accepted was cancelled and is held after all. When it meets:",
        ),
        "stranger": Sort(
            "Answer to a sender who is not known",
            False,
            Wording(
                subject="Your mail to the MAPPA desk was not taken in",
                body="Your address is not one from which this desk takes in referrals, so nothing was decided on your mail."
                " A coordinator has been shown that it came. If you send referrals for an agency, ask the agency or the"
                " MAPPA co-ordination to have your address made known, or send the form by the agency's own account.\n",
            ),
        ),
        "code": Sort(
            "Code for a link",
            False,
            Wording(
                subject="Your code for the MAPPA desk",
                body="Somebody opened the link that was sent to this address and asked for a code. The code is ((code))."
                " It holds for 15 minutes and works once. If it was not you, do nothing: without the code the link opens"
                " nothing.\n",
            ),
        ),
        "digest": Sort(
            "Daily digest",
            False,
            Wording(
                subject="MAPPA referrals: what happened since yesterday",
                body="What happened on your referrals:\n\n((list))\n",
            ),
        ),
    }
)


def placeholders_of(kind: WordingKind) -> tuple[str, ...]:
    if kind in ("stranger", "code"):
        return ("code",) if kind == "code" else ()
    return ("list",) if kind == "digest" else ("reference", "link")


class KeptWording(Model):
    """The wording in force for a kind; `own` when the area changed it."""

    kind: WordingKind
    wording: Wording
    own: bool


class Wordings:
    def __init__(self, engine: Engine, trail: Trail, clock: Clock) -> None:
        self._engine = engine
        self._trail = trail
        self._clock = clock

    def listed(self, actor: Person, area: str) -> tuple[KeptWording, ...]:
        """Every kind of message with its wording in force."""
        demand(actor, "messages")
        with acting(self._engine, actor) as connection:
            own = wordings_of(connection, area)
        return tuple(
            KeptWording(kind=kind, wording=own.get(kind, sort.wording), own=kind in own)
            for kind, sort in MESSAGES.items()
        )

    def change(self, actor: Person, area: str, kind: str, new: Wording) -> Mapping[str, str]:
        """Use other words from the next mail on, or say per field what is wrong with them. Raises NotFound."""
        demand(actor, "messages")
        known = known_kind(kind)
        new = Wording(subject=new.subject.strip(), body=new.body.replace("\r\n", "\n").strip() + "\n")
        errors = problems_with(known, new)
        if errors:
            return errors
        row = {"changed_by": actor.id, "changed_at": self._clock.now(), **new.model_dump()}
        with acting(self._engine, actor) as connection:
            entry = upsert(wordings).values(area=area, kind=known, **row)
            connection.execute(entry.on_conflict_do_update(index_elements=["area", "kind"], set_=row))
            self._note(connection, actor, "wording_changed", f"Changed the wording of a message of {area}.", known)
        return {}

    def reset(self, actor: Person, area: str, kind: str) -> None:
        """Go back to the words that came with the service. Raises NotFound."""
        demand(actor, "messages")
        known = known_kind(kind)
        with acting(self._engine, actor) as connection:
            own = (wordings.c.area == area, wordings.c.kind == known)
            if connection.execute(delete(wordings).where(*own)).rowcount:
                self._note(connection, actor, "wording_reset", f"Took back the wording of a message of {area}.", known)

    def _note(self, connection: Connection, actor: Person, kind: str, what: str, wording: WordingKind) -> None:
        facts = {"message": wording}
        entry = Entry(at=self._clock.now(), who=actor.id, referral_id=None, kind=kind, what=what, facts=facts)
        self._trail.append(connection, [entry])


def known_kind(kind: str) -> WordingKind:
    """Raises NotFound for what is no kind of message."""
    for known in MESSAGES:
        if known == kind:
            return known
    raise NotFound("There is no such message.")


def wordings_of(connection: Connection, area: str) -> Mapping[WordingKind, Wording]:
    """The wordings that an area keeps of its own."""
    rows = connection.execute(select(wordings).where(wordings.c.area == area))
    return {known_kind(row.kind): Wording(subject=row.subject, body=row.body) for row in rows}


def problems_with(kind: WordingKind, wording: Wording) -> Mapping[str, str]:
    """A sentence for each field that cannot be used as it is."""
    allowed = placeholders_of(kind)
    errors = {}
    for name, text, longest in (("subject", wording.subject, LONGEST_SUBJECT), ("body", wording.body, LONGEST_BODY)):
        what = "subject" if name == "subject" else "text"
        usable = allowed if name == "body" else tuple(one for one in allowed if one == "reference")
        if not text.strip():
            errors[name] = f"Enter the {what}"
        elif len(text) > longest:
            errors[name] = f"Keep the {what} below {longest:,} characters"
        elif not all(c.isprintable() or (c == "\n" and name == "body") for c in text):
            errors[name] = f"Write the {what} without control characters" + (
                " or line breaks" if name == "subject" else ""
            )
        elif problem := _placeholder_problem(text, usable):
            errors[name] = problem
    if "body" not in errors:
        missing = [one for one in allowed if one != "reference" and one not in Phrases(wording.body).get_identifiers()]
        if missing:
            errors["body"] = f"Put (({missing[0]})) somewhere in the text: without it nobody finds the referral"
    return errors


def _placeholder_problem(text: str, usable: Sequence[str]) -> str | None:
    phrases = Phrases(text)
    words = " and ".join(f"(({one}))" for one in usable) or "none here"
    unknown = [one for one in phrases.get_identifiers() if one not in usable]
    if unknown:
        return f"There is no placeholder (({unknown[0]})). There is: {words}"
    if not phrases.is_valid():
        return f"Double brackets begin a placeholder, and one of them is not one. There is: {words}"
    return None


def filled(wording: Wording, **values: str) -> Wording:
    """The wording with its placeholders replaced, and the sentences that stand under every message."""
    return Wording(
        subject=Phrases(wording.subject).substitute(values),
        body=f"{Phrases(wording.body).substitute(values).rstrip()}\n\n-- \n{SIGNED_OFF}\n",
    )
