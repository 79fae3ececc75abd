"""What an assessment says: verdict per rule with trace and citation, the questions that can still change it, the route."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from extractors.models import Model

Verdict = Literal["met", "not_met", "cannot_tell", "not_applicable"]
Truth = Literal["true", "false", "unknown"]
Route = Literal["notification", "ct_mappa", "youth_panel", "local_approval", "coordinator_decision", "undetermined"]


class Citation(Model):
    """Where a rule comes from: `phrase` is a short quotation, `edition` the date or name of the edition read."""

    document: str
    heading: str
    phrase: str
    edition: str
    in_force_from: date | None = None
    in_force_until: date | None = None


class Step(Model):
    """One node of a rule's trace: a leaf rests on `key` as stated; a branch on its `parts`."""

    says: str
    truth: Truth
    key: str | None = None
    because: str | None = None
    parts: tuple[Step, ...] = ()


class Finding(Model):
    """One rule's verdict on one form. `asks` lists the keys whose answer can still change it."""

    rule: str
    title: str
    verdict: Verdict
    summary: str
    """One plain sentence: why this verdict."""
    trace: Step
    citations: tuple[Citation, ...]
    asks: tuple[str, ...] = ()
    note: str | None = None


class Question(Model):
    """One field to ask the referrer about, once, for all the rules that want it."""

    key: str
    label: str
    kind: str
    """The contract's kind of the field: text, narrative, identifier, date, yes_no, choice, ticks, table."""
    options: tuple[tuple[str, str], ...] = ()
    """Codes and their words, for choice and ticks."""
    asks: str
    """The question in plain English."""
    reason: str
    rules: tuple[str, ...]
    citation: Citation


class Duty(Model):
    """Something that follows from the facts, for the coordinator's checklist."""

    id: str
    says: str
    because: str
    citation: Citation
    due: date | None = None


class Assessment(Model):
    """Everything concluded from one form on one day. `questions` stand in the form's order."""

    form: str
    received: date
    pack: str
    findings: tuple[Finding, ...]
    questions: tuple[Question, ...]
    route: Route
    route_reason: str
    duties: tuple[Duty, ...] = ()

    def verdicts(self) -> Mapping[str, Verdict]:
        return {finding.rule: finding.verdict for finding in self.findings}
