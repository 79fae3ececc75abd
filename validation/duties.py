"""What follows from the facts on the form, as a checklist for the coordinator: each item with its reason, source and date."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from validation.calendar import last_day_with_months_before, plus_days, plus_working_days
from validation.criteria import answered, is_yes, on_form, one_of, only_category, stated
from validation.facts import Facts
from validation.logic import Criterion, Found, Leaf, all_of, any_of
from validation.models import Citation, Duty, Route
from validation.pack import Pack
from validation.route import look
from validation.rules.category import disposal
from validation.rules.safeguards import under_18
from validation.rules.time import MONTHS, SCREENING_WORKING_DAYS, months_wanted
from validation.sources import pcsc, sb, wm

FORM_J_DAYS = 42
_PRISON = re.compile(r"\b(?:HMP|HM\s?YOI|HMYOI|YOI|prison|young offender)\b", re.IGNORECASE)
_BRITISH = re.compile(
    r"\b(?:british|english|welsh|scottish|northern irish|united kingdom|uk|u\.k\.|gb|gbr|great britain)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Declared:
    """A duty, when it arises, and by when it is to be done."""

    id: str
    when: Criterion
    says: str
    because: str
    citation: Citation
    due: Callable[[Facts], date | None] | None = None


in_prison = answered("person.location", "the person is in a prison", lambda text: bool(_PRISON.search(text)))
foreign_national = answered(
    "person.nationality", "the nationality stated is not British", lambda text: not _BRITISH.search(text)
)
long_sentence = Leaf(
    says="the sentence is 12 months or more, or a hospital order",
    keys=("conviction.sentence", "hospital.order"),
    judge=disposal,
)
release_read = Leaf(
    says="a release date is read",
    keys=("dates.release",),
    judge=lambda facts: Found("true" if facts.day("dates.release") else "unknown", facts.evidence("dates.release")),
)


def _last_day(facts: Facts, months: int) -> date | None:
    release = facts.day("dates.release")
    return None if release is None else last_day_with_months_before(release, months)


def _meeting(facts: Facts) -> date | None:
    return _last_day(facts, MONTHS)


def _release_screening(facts: Facts) -> date | None:
    return _last_day(facts, months_wanted(facts))


def _form_j(facts: Facts) -> date | None:
    release = facts.day("dates.release")
    return None if release is None else plus_days(release, -FORM_J_DAYS)


def _screening(facts: Facts) -> date | None:
    sentenced = facts.day("conviction.sentence_date")
    return None if sentenced is None else plus_working_days(sentenced, SCREENING_WORKING_DAYS)


_child = all_of(on_form("A"), under_18)
_higher = any_of(one_of("level_requested", "2", "3"), one_of("referral.level_proposed", "2", "3"))

DUTIES = (
    Declared(
        id="childrens-services",
        when=_child,
        says="Invite Children's Services: they must be at the panel.",
        because="The person is under 18.",
        citation=wm("Youth Offending Service", "Children's Services must be present at level 2 and 3 panels"),
    ),
    Declared(
        id="yot-manager",
        when=_child,
        says="Invite the youth offending team's manager.",
        because="The person is under 18.",
        citation=wm("Youth Offending Service: Main roles", "The YOT manager should attend any panel discussion"),
    ),
    Declared(
        id="child-disclosure",
        when=_child,
        says="Take no decision about disclosure unless senior people of youth offending and Children's Services are present.",
        because="The person is under 18.",
        citation=wm("Youth Offending Service: Main roles", "unless a senior representative of both YOS and Children"),
    ),
    Declared(
        id="form-f",
        when=in_prison,
        says="Invite the prison, or ask it for Form F.",
        because="The person is in prison.",
        citation=wm("Panel Membership", "if MAPPA subject is in custody, either by attendance"),
    ),
    Declared(
        id="immigration-enforcement",
        when=foreign_national,
        says="Tell Home Office Immigration Enforcement of the entry into MAPPA and of meeting dates.",
        because="The nationality stated is not British.",
        citation=wm(
            "Home Office and Immigration Enforcement", "Notify of a foreign national prisoners entry into MAPPA"
        ),
    ),
    Declared(
        id="victim-liaison",
        when=any_of(long_sentence, is_yes("victim.contact_scheme"), stated("victim.liaison_officer")),
        says="Tell the victim liaison officer, who attends or contributes in writing.",
        because="The sentence brings statutory victim contact, or victim contact is stated.",
        citation=wm("Victims", "sentenced to 12 months or more in prison, to provide them"),
    ),
    Declared(
        id="idva",
        when=any_of(is_yes("safeguarding.domestic_abuse"), is_yes("safeguarding.marac")),
        says="Invite the IDVA: MAPPA takes priority over MARAC.",
        because="Domestic abuse or a referral to MARAC is stated.",
        citation=wm("MARAC", "MAPPA will take priority over MARAC, but must invite the IDVA"),
    ),
    Declared(
        id="child-safeguarding",
        when=is_yes("safeguarding.children"),
        says="Invite the social worker of any child on a protection plan.",
        because="Child safeguarding concerns are stated.",
        citation=wm("Panel Membership", "Social Worker – if child is on Child Protection Register"),
    ),
    Declared(
        id="adult-safeguarding",
        when=is_yes("safeguarding.adults"),
        says="Invite Adult Social Care's lead social worker.",
        because="Adult safeguarding concerns are stated.",
        citation=sb("Safeguarding Adults and MAPPA", "The lead social worker for the adult (or family) at risk"),
    ),
    Declared(
        id="visor-police",
        when=only_category("1"),
        says="Police: create or check the ViSOR (MAPPS) record and add the partners.",
        because="The case is in category 1.",
        citation=wm(
            "Category 1: Registered Sex Offenders", "responsibility of the police to create a cat 1 nominal onto Visor"
        ),
        due=_screening,
    ),
    Declared(
        id="visor-probation",
        when=all_of(only_category("2"), _higher),
        says="Probation's MAPPA support unit: create or check the ViSOR (MAPPS) record.",
        because="The case is in category 2 at level 2 or 3.",
        citation=wm("Probation Service", "responsible for creating and entering Category 2 level 2 and 3"),
    ),
    Declared(
        id="visor-category-3",
        when=only_category("3"),
        says="ViSOR (MAPPS) record: probation where they supervise the person, else the police.",
        because="The case is in category 3.",
        citation=wm("Category 3: Other Dangerous Offenders", "All others will be recorded by the Police"),
    ),
    Declared(
        id="terrorism-meeting",
        when=is_yes("referral.terrorism"),
        says="Hold a meeting at least 6 months before release, with the prison invited.",
        because="Terrorism concerns are stated.",
        citation=wm("Terrorists and Domestic Extremists", "A MAPPA meeting must be held at least 6 months prior"),
        due=_meeting,
    ),
    Declared(
        id="sentence-screening",
        when=all_of(on_form("H"), stated("conviction.sentence_date")),
        says="Screening after sentence was due by this day.",
        because="Cases are screened within 3 days of sentence, counted here in working days.",
        citation=wm(
            "Youth Offending Service: Identification", "screened within 3 days of sentence and within 6/12 months"
        ),
        due=_screening,
    ),
    Declared(
        id="release-screening",
        when=release_read,
        says="Screening before release is due by this day.",
        because="Cases are screened 6 months before release, 12 where complex.",
        citation=wm("Levels of Management", "6 or 12 months prior to release/discharge"),
        due=_release_screening,
    ),
    Declared(
        id="form-j",
        when=all_of(on_form("A"), release_read),
        says="Form J to Jobcentre Plus, if work or training is restricted.",
        because="Restrictions are notified 6 weeks before release.",
        citation=wm("Job Centre Plus: Roles", "employment or training 6 weeks prior to release on Form J"),
        due=_form_j,
    ),
    Declared(
        id="restricted-patient",
        when=is_yes("hospital.restricted"),
        says="Leave, transfer and discharge need the Secretary of State: ask the Mental Health Casework Section.",
        because="The person is a restricted patient.",
        citation=wm("Mental Health Unit", "State consent is required for any leave into the community"),
    ),
    Declared(
        id="no-protocol",
        when=one_of("referrer.agency_type", "private_provider"),
        says="Send no details back before an information-sharing protocol is in place.",
        because="A private provider is not a duty to co-operate agency.",
        citation=wm("Information sharing with non-DTC", "does NOT provide the necessary lawful authority"),
    ),
)


def duties_of(facts: Facts, pack: Pack, route: Route) -> tuple[Duty, ...]:
    """The duties that are known to follow, in the checklist's order; what is unknown gives none."""
    follows = tuple(
        Duty(
            id=duty.id,
            says=duty.says,
            because=duty.because,
            citation=duty.citation,
            due=duty.due(facts) if duty.due else None,
        )
        for duty in DUTIES
        if duty.id not in pack.leaves_out.duties and duty.when.truth(look(duty.when, facts)) == "true"
    )
    return (*_by_route(route), *follows, *_reviews(facts, pack))


def _by_route(route: Route) -> tuple[Duty, ...]:
    if route != "ct_mappa":
        return ()
    return (
        Duty(
            id="ct-mappa",
            says="Pass to the counter-terrorism MAPPA lead; keep the detail out of ordinary e-mail.",
            because="Category 4 or terrorism concerns are stated.",
            citation=pcsc(
                "What are we going to do?",
                "improve the management and supervision of terrorist and terrorist risk offenders",
            ),
        ),
    )


def _reviews(facts: Facts, pack: Pack) -> tuple[Duty, ...]:
    level = facts.text("level_requested") or ""
    if level not in pack.review_weeks:
        return ()
    weeks = pack.review_weeks[level]
    return (
        Duty(
            id="panel-date",
            says=f"If accepted: name the panel date, and review within {weeks} weeks of acceptance.",
            because=f"Level {level} is asked for.",
            citation=wm("Level 2: Active Multi-Agency Management", "if so a date for next panel within 10")
            if level == "2"
            else wm("MAPPA in West Midlands Area", "6 weekly intervals or when required"),
        ),
    )
