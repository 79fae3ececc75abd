"""An assessment as the command line prints it: route, verdict per rule, and the fields that each asking rule asks about."""

from __future__ import annotations

from typing import TypedDict

from validation.models import Assessment, Route, Verdict


class Report(TypedDict):
    route: Route
    verdicts: dict[str, Verdict]
    questions: dict[str, list[str]]


def report(assessment: Assessment) -> Report:
    """`questions` names only rules that ask."""
    return {
        "route": assessment.route,
        "verdicts": {finding.rule: finding.verdict for finding in assessment.findings},
        "questions": {finding.rule: list(finding.asks) for finding in assessment.findings if finding.asks},
    }
