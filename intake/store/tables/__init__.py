"""The tables, as migrations make them. Columns named `sealed` hold only ciphertext (see intake/store/vault.py).

Nothing in clear names or describes the person a referral is about: whoever reads this database without the master key
learns reference numbers, agencies, days and verdict counts.
"""

from intake.store.tables.base import metadata
from intake.store.tables.finding import person_traces, search_tokens, searches
from intake.store.tables.mail import (
    answer_links,
    incoming,
    mail_choices,
    mail_contents,
    mail_senders,
    mails,
    messages,
    post,
    wordings,
)
from intake.store.tables.people import (
    agencies,
    people,
    recovery_codes,
    second_factors,
    second_step_roles,
    sessions,
    sign_in_failures,
)
from intake.store.tables.referrals import (
    ASKED,
    OPEN_ROWS,
    assessments,
    clarifications,
    decision_drafts,
    decisions,
    documents,
    entries,
    page_pictures,
    readings,
    reference_counters,
    referrals,
    reopenings,
    restricted_to,
    restrictions,
    reviews,
    tallies,
)
from intake.store.tables.settings import clock_settings, closures, keys, least_edition, local_labels, panels
from intake.store.tables.systems import given_answers, tokens
from intake.store.tables.work import audit, audit_head, jobs, reconciliation

__all__ = [
    "ASKED",
    "OPEN_ROWS",
    "agencies",
    "answer_links",
    "assessments",
    "audit",
    "audit_head",
    "clarifications",
    "clock_settings",
    "closures",
    "decision_drafts",
    "decisions",
    "documents",
    "entries",
    "given_answers",
    "incoming",
    "jobs",
    "keys",
    "least_edition",
    "local_labels",
    "mail_choices",
    "mail_contents",
    "mail_senders",
    "mails",
    "messages",
    "metadata",
    "page_pictures",
    "panels",
    "people",
    "person_traces",
    "post",
    "readings",
    "reconciliation",
    "recovery_codes",
    "reference_counters",
    "referrals",
    "reopenings",
    "restricted_to",
    "restrictions",
    "reviews",
    "search_tokens",
    "searches",
    "second_factors",
    "second_step_roles",
    "sessions",
    "sign_in_failures",
    "tallies",
    "tokens",
    "wordings",
]
