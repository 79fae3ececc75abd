"""Leaves behind what a form is found by: words for searches, and traces by which forms about one person meet."""

from __future__ import annotations

import logging
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from extractors.models import FormReading
from intake.cases.casefile import CaseFile
from intake.cases.likeness import identity_of, kept, sounds
from intake.cases.registry import Registry
from intake.errors import Tampered
from intake.store.acting import acting
from intake.store.tables import person_traces, referrals, search_tokens
from intake.store.vault import Index, plain_words

NAMES = ("person.family_name", "person.given_names", "person.aliases")
EXACT = (
    "person.date_of_birth",
    "person.pnc_id",
    "person.cro_number",
    "person.visor_ref",
    "person.prison_number",
    "person.nhs_number",
    "person.agency_ref",
)
AT_ONCE = 100
log = logging.getLogger(__name__)


def make_findable(file: CaseFile, form: FormReading, index: Index) -> None:
    """Replace what the form was found by. In the database stand only keyed hashes, and the identity sealed."""
    identity = identity_of(form)
    file.put(identity_sealed=file.envelope.seal_text(identity.model_dump_json(), "identity"))
    for table in (search_tokens, person_traces):
        file.connection.execute(delete(table).where(table.c.referral_id == file.id))
    row = {"referral_id": file.id, "received_at": file.row["received_at"]}
    words = words_of(form, index)
    if words:
        file.connection.execute(insert(search_tokens), [{"token": token, **row} for token in words])
    traces = {index.token("trace", text) for text in kept(identity)}
    if traces:
        file.connection.execute(insert(person_traces), [{"trace": trace, **row} for trace in traces])


def words_of(form: FormReading, index: Index) -> set[bytes]:
    """What searches find a form by."""
    tokens: set[bytes] = set()
    for key in NAMES:
        name = form.value(key)
        if isinstance(name, str):
            tokens |= index.words(name)
            tokens |= {index.token("sound", sound) for word in plain_words(name) for sound in sounds(word)}
    for key in EXACT:
        text = form.value(key)
        if isinstance(text, str) and any(c.isalnum() for c in text):
            tokens.add(index.exact(text))
    return tokens


def catch_up(registry: Registry, after: UUID) -> UUID | None:
    """Make some forms findable that were judged before traces were kept: those whose ids follow `after`.

    Gives the id to go on from, None when all were tried.
    """
    waiting = select(referrals.c.id).where(
        referrals.c.judged_at.is_not(None),
        referrals.c.identity_sealed.is_(None),
        referrals.c.erased_at.is_(None),
        referrals.c.id > after,
    )
    with acting(registry.engine, "desk") as connection:
        found = connection.scalars(waiting.order_by(referrals.c.id).limit(AT_ONCE)).all()
    for referral_id in found:
        try:
            with acting(registry.engine, "desk") as connection:
                file = registry.look(connection, referral_id)
                form = file.form()
                if form is not None:
                    make_findable(file, form, registry.index)
                    connection.execute(update(referrals).where(referrals.c.id == referral_id).values(**file.changes))
        except Tampered:
            log.error("referral %s cannot be opened, and is not made findable", referral_id)
    return found[-1] if found else None
