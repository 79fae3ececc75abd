"""Weighs and records decisions: what must be there so that each can be defended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple, cast
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from extractors.models import FormCode, Model
from intake.cases.casefile import CaseFile
from intake.cases.looks import UNSHOWN
from intake.due.clock import said
from intake.mail.answer_links import revoke
from intake.models import DecisionDraft
from intake.now import london_day
from intake.panels.calendar import PANEL_KINDS, Panel
from intake.people.handing_back import can_have
from intake.store.tables import answer_links, audit, decision_drafts, decisions, panels, referrals, reopenings
from intake.terms import OUTCOMES, Level, Outcome

CATEGORIES = ("1", "2", "3", "4")
LONGEST_REASONS = 20_000
DRAFT: TypeAdapter[Mapping[str, str]] = TypeAdapter(Mapping[str, str])


class Terms(NamedTuple):
    """What an outcome fixes: the level it gives, and whether a panel takes it and reviews it."""

    level: Level | None = None
    reviewed: bool = False


TERMS: Mapping[Outcome, Terms] = MappingProxyType(
    {
        "accepted_level_2": Terms("2", reviewed=True),
        "accepted_level_3": Terms("3", reviewed=True),
        "accepted_lower": Terms("2", reviewed=True),
        "level_1": Terms("1"),
        "noted": Terms("1"),
        "advise_form_a": Terms(),
        "not_eligible": Terms(),
        "wrong_area": Terms(),
        "duplicate": Terms(),
        "withdrawn": Terms(),
    }
)


class Grounds(Model):
    """The words of a decision, kept sealed."""

    reasons: str
    told_referrer: str
    panel: str = ""
    duplicate_of: str = ""
    arranged: tuple[str, ...] = ()


class Weighed(NamedTuple):
    """A draft as it would be recorded: with level, the day of the panel chosen, and the day of the review.

    `errors` has a sentence for each part that stands in the way; `panel` says which panel of the calendar it is.
    """

    errors: Mapping[str, str]
    draft: DecisionDraft
    panel: str = ""


def weigh(file: CaseFile, draft: DecisionDraft, review_weeks: Mapping[str, int]) -> Weighed:
    """Complete a draft and say what stands in the way of recording it.

    `review_weeks` gives, per level, the weeks within which the pack of rules has an accepted case reviewed.
    """
    if draft.version != file.row["version"]:
        return Weighed({"version": _changed_since(file, draft.version)}, draft)
    form = cast(FormCode, file.row["form"])
    if draft.outcome not in dict(OUTCOMES[form]):
        return Weighed({"outcome": "Choose an outcome"}, draft)
    outcome: Outcome = draft.outcome
    errors = _reasons_errors(draft)
    if draft.level not in (None, TERMS[outcome].level):
        errors["level"] = "The level does not follow from this outcome"
    if outcome == "accepted_lower" and file.row["level_requested"] != "3":
        errors["outcome"] = "This referral did not ask for level 3: choose accepted at level 2"
    errors |= _category_errors(outcome, draft.category)
    if outcome == "duplicate":
        errors |= _duplicate_errors(file, draft.duplicate_of)
    panel = _panel_of(file, draft) if TERMS[outcome].reviewed else None
    errors |= _panel_errors(outcome, draft, panel)
    weeks = _weeks(outcome, review_weeks)
    panel_date = panel.day if panel else draft.panel_date
    if "panel" not in errors:
        errors |= _date_errors(weeks, panel_date, draft.review_by, london_day(file.now))
    changes = {
        "level": TERMS[outcome].level,
        "panel_date": panel_date,
        "review_by": draft.review_by or (panel_date + timedelta(weeks=weeks) if panel_date and weeks else None),
        "duplicate_of": draft.duplicate_of.upper() if outcome == "duplicate" else "",
    }
    return Weighed(errors, draft.model_copy(update=changes), panel_words(panel) if panel else "")


def _reasons_errors(draft: DecisionDraft) -> dict[str, str]:
    if not draft.reasons.strip():
        return {"reasons": "Give the reasons for this decision"}
    if len(draft.reasons) > LONGEST_REASONS:
        return {"reasons": f"Keep the reasons below {LONGEST_REASONS:,} characters"}
    return {}


def _duplicate_errors(file: CaseFile, reference: str) -> dict[str, str]:
    same = (referrals.c.reference == reference.upper(), referrals.c.area == file.row["area"], referrals.c.id != file.id)
    if file.connection.execute(select(referrals.c.id).where(*same)).first() is None:
        return {"duplicate_of": "Enter the reference of the other referral, such as WM-2026-000012"}
    return {}


def _panel_of(file: CaseFile, draft: DecisionDraft) -> Panel | None:
    """The meeting chosen, when it is one of the case's area and will be held."""
    if draft.panel_id is None:
        return None
    held = (panels.c.id == draft.panel_id, panels.c.area == file.row["area"], panels.c.cancelled.is_(None))
    row = file.connection.execute(select(panels).where(*held)).mappings().first()
    return Panel(**row) if row is not None else None


def panel_words(panel: Panel) -> str:
    return ", ".join(filter(None, (PANEL_KINDS[panel.kind], f"{panel.starts:%H:%M}", panel.district)))


def _panel_errors(outcome: Outcome, draft: DecisionDraft, panel: Panel | None) -> dict[str, str]:
    """Whether the meeting chosen fits; an outcome without a panel leaves it aside."""
    level, reviewed = TERMS[outcome]
    if draft.panel_id is None or not reviewed:
        return {}
    if panel is None:
        return {"panel": "This panel is not held any more: choose another"}
    if (panel.kind == "level_3") != (level == "3"):
        return {"panel": f"Choose a panel for level {level}: this one is for {PANEL_KINDS[panel.kind].lower()}"}
    return {}


def _category_errors(outcome: Outcome, category: str | None) -> dict[str, str]:
    if category is not None and category not in CATEGORIES:
        return {"category": "Choose a category"}
    if TERMS[outcome].reviewed and category is None:
        return {"category": "Confirm the category"}
    if outcome == "level_1" and category == "3":
        # Guidance: category 3 exists at levels 2 and 3 only.
        return {"category": "Category 3 is managed at level 2 or 3 only, not at level 1"}
    return {}


def _weeks(outcome: Outcome, review_weeks: Mapping[str, int]) -> int | None:
    level, reviewed = TERMS[outcome]
    return review_weeks[level] if level is not None and reviewed else None


def _date_errors(weeks: int | None, panel_date: date | None, review_by: date | None, today: date) -> dict[str, str]:
    if weeks is None:
        errors = {}
        if panel_date is not None:
            errors["panel_date"] = "Leave the panel date empty: this outcome has no panel"
        if review_by is not None:
            errors["review_by"] = "Leave the review date empty: this outcome has no review"
        return errors
    if panel_date is None:
        return {"panel_date": "Choose the panel, or enter the date of the next one"}
    if panel_date < today:
        return {"panel_date": "The panel date must be today or later"}
    last = panel_date + timedelta(weeks=weeks)
    if review_by is not None and not panel_date < review_by <= last:
        return {"review_by": f"The review must be after the panel and by {said(last)}, {weeks} weeks later"}
    return {}


def _changed_since(file: CaseFile, version: int) -> str:
    rows = file.connection.execute(
        select(audit.c.what)
        .where(audit.c.referral_id == file.id, audit.c.kind.not_in(UNSHOWN))
        .order_by(audit.c.number.desc())
        .limit(3)
    )
    latest = " ".join(reversed([row.what for row in rows]))
    return f"The case has changed since you opened it. Look at it again before you decide. Last: {latest}"


def decide(file: CaseFile, draft: DecisionDraft, review_weeks: Mapping[str, int]) -> Mapping[str, str]:
    """Record the decision, or say what stands in the way."""
    errors, final, panel = weigh(file, draft, review_weeks)
    if errors:
        return errors
    outcome, new = cast(Outcome, final.outcome), uuid4()
    before, number = last_decision(file)
    grounds = Grounds(
        reasons=final.reasons.strip(),
        told_referrer=final.told_referrer.strip(),
        panel=panel,
        duplicate_of=final.duplicate_of,
        arranged=final.arranged,
    )
    file.connection.execute(
        insert(decisions).values(
            id=new,
            referral_id=file.id,
            number=number,
            outcome=outcome,
            level=final.level,
            category=final.category,
            panel_date=final.panel_date,
            review_by=final.review_by,
            sealed=file.envelope.seal_text(grounds.model_dump_json(), f"decisions/{new}"),
            decided_by=file.acting.id,
            decided_at=file.now,
            supersedes=before,
        )
    )
    file.connection.execute(delete(decision_drafts).where(decision_drafts.c.referral_id == file.id))
    words = dict(OUTCOMES[cast(FormCode, file.row["form"])])[outcome]
    when = f", panel on {said(final.panel_date)}" if final.panel_date else ""
    revoke(file.connection, file.now, answer_links.c.referral_id == file.id)
    file.put(outcome=outcome, decided_at=file.now)
    file.put(review_due=final.review_by, review_level=final.level if final.review_by else None)
    file.note("decided", f"Decision: {words}{when}.", decision=str(new), outcome=outcome)
    file.tell("decision", agency=True)
    return {}


def keep_draft(file: CaseFile, typed: Mapping[str, str]) -> None:
    """Keep what a decider has typed so far, for nobody else."""
    place = f"decision_drafts/{file.acting.id}"
    sealed = file.envelope.seal_text(DRAFT.dump_json(typed).decode(), place)
    row = upsert(decision_drafts).values(
        referral_id=file.id, person_id=file.acting.id, typed_sealed=sealed, at=file.now
    )
    file.connection.execute(
        row.on_conflict_do_update(
            index_elements=["referral_id", "person_id"], set_={"typed_sealed": sealed, "at": file.now}
        )
    )


def draft_of(file: CaseFile) -> Mapping[str, str] | None:
    """What the decider had typed before, if anything."""
    own = (decision_drafts.c.referral_id == file.id, decision_drafts.c.person_id == file.acting.id)
    sealed = file.connection.scalar(select(decision_drafts.c.typed_sealed).where(*own))
    if sealed is None:
        return None
    return DRAFT.validate_json(file.envelope.open_text(sealed, f"decision_drafts/{file.acting.id}"))


def last_decision(file: CaseFile) -> tuple[UUID | None, int]:
    """The decision that a new one would follow, and the number that the new one gets."""
    found = file.connection.execute(
        select(decisions.c.id, decisions.c.number)
        .where(decisions.c.referral_id == file.id)
        .order_by(decisions.c.number.desc())
        .limit(1)
    ).first()
    return (found.id, found.number + 1) if found is not None else (None, 1)


def reopen(file: CaseFile, why: str) -> None:
    """Put a decided case back on the queue; its decision is kept, and its due date stays what it was."""
    new, (before, _) = uuid4(), last_decision(file)
    file.connection.execute(
        insert(reopenings).values(
            id=new,
            decision_id=before,
            why_sealed=file.envelope.seal_text(why.strip(), f"reopenings/{new}"),
            by=file.acting.id,
            at=file.now,
        )
    )
    file.put(outcome=None, decided_at=None, review_due=None, review_level=None)
    had = file.row["assigned_to"]
    if had is not None and not can_have(file.connection, had, file.row["area"]):
        # Who had it has left since: it would be on nobody's list.
        file.put(assigned_to=None)
    file.note("reopened", "Reopened the case.", decision=str(before))
    file.tell("reopened", agency=True)
