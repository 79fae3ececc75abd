"""Which way a form goes: one route each, with the reason a coordinator can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from validation.criteria import is_yes, on_form, one_of, only_category
from validation.facts import Facts
from validation.logic import Criterion, Found, Leaf, all_of, always, any_of
from validation.models import Citation, Route
from validation.rules.safeguards import under_18
from validation.sources import pcsc, wm

_youth_at_level_2 = all_of(on_form("A"), one_of("referrer.agency_type", "yot"), one_of("level_requested", "2"))


def _no_birth_date(facts: Facts) -> Found:
    return Found("true" if facts.age is None else "false", facts.evidence("person.date_of_birth"))


age_unknown = Leaf(says="no date of birth can be read", keys=("person.date_of_birth",), judge=_no_birth_date)


@dataclass(frozen=True)
class Way:
    """A route, when it is taken, and why. `belongs_to` is the route that a pack must have for this way to be open."""

    route: Route
    when: Criterion
    because: str
    citation: Citation
    belongs_to: Route


WAYS = (
    Way(
        route="notification",
        when=on_form("H", "I"),
        because="Forms H and I are notifications: they identify a case and do not by themselves refer it to a panel.",
        citation=wm("Levels of Management", "To be considered for level 2 or 3 Form A must"),
        belongs_to="notification",
    ),
    Way(
        route="ct_mappa",
        when=any_of(only_category("4"), is_yes("referral.terrorism")),
        because="Category 4 or terrorism concerns are stated, so the case goes to counter-terrorism MAPPA.",
        citation=pcsc(
            "What are we going to do?",
            "improve the management and supervision of terrorist and terrorist risk offenders",
        ),
        belongs_to="ct_mappa",
    ),
    Way(
        route="youth_panel",
        when=all_of(_youth_at_level_2, under_18),
        because="A youth offending team asks for level 2 for a person under 18: the youth panel considers it.",
        citation=wm("Youth Offending Service", "Youth Panels at level 2"),
        belongs_to="youth_panel",
    ),
    Way(
        route="undetermined",
        when=all_of(_youth_at_level_2, age_unknown),
        because="A youth offending team asks for level 2, but without a date of birth the panel cannot be told.",
        citation=wm("Youth Offending Service", "Youth Panels at level 2"),
        belongs_to="youth_panel",
    ),
    Way(
        route="local_approval",
        when=all_of(
            one_of("referrer.agency_type", "probation", "police"),
            one_of("level_requested", "2"),
            any_of(only_category("1"), only_category("2")),
        ),
        because="Probation or police ask for level 2 in category 1 or 2: agreed locally, approved by the coordinator on a copy.",
        citation=wm(
            "Level 2: Active Multi-Agency Management", "copy of Form A is sent to MAPPA Co-ordinator for approval"
        ),
        belongs_to="local_approval",
    ),
    Way(
        route="coordinator_decision",
        when=always,
        because="The coordinator decides this referral.",
        citation=wm("Levels of Management", "will advise if they meet the threshold"),
        belongs_to="coordinator_decision",
    ),
)


def look(criterion: Criterion, facts: Facts) -> Mapping[Leaf, Found]:
    """How every leaf of `criterion` comes out on this form."""
    return {leaf: leaf.judge(facts) for leaf in criterion.leaves()}


def ways_of(open_routes: tuple[Route, ...]) -> tuple[Way, ...]:
    """The ways that a pack with these routes has, in the order in which they are tried."""
    return tuple(way for way in WAYS if way.belongs_to in open_routes)


def way_of(facts: Facts, open_routes: tuple[Route, ...]) -> Way:
    """The first way that is known to fit, among those open to this pack and in force on the day of receipt."""
    for way in ways_of(open_routes):
        since = way.citation.in_force_from
        if since is not None and facts.received < since:
            continue
        if way.when.truth(look(way.when, facts)) == "true":
            return way
    return WAYS[-1]
