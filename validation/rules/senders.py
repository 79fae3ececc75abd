"""What each sender has to bring: endorsement, local agreement, form A, commissioner, a secure address, a name."""

from __future__ import annotations

import re

from validation.criteria import answered, is_no, is_yes, one_of, only_category, stated
from validation.facts import Facts
from validation.logic import Found, Leaf, all_of, always, any_of, never
from validation.rule import Ask, Rule
from validation.sources import wm

SECURE_DOMAINS = ("nhs.net",)
SECURE_ENDINGS = (".nhs.uk", ".gov.uk", ".police.uk", ".cjsm.net", ".mod.uk")
_DOMAIN = re.compile(r"@\s*([\w.-]*\w)")


def is_secure(text: str) -> bool:
    """True when at least one e-mail address is written and every one lies in a secure domain."""
    domains = [domain.casefold() for domain in _DOMAIN.findall(text)]
    return bool(domains) and all(domain in SECURE_DOMAINS or domain.endswith(SECURE_ENDINGS) for domain in domains)


secure_address = answered(
    "referrer.email",
    f"the e-mail address is at {SECURE_DOMAINS[0]} or ends in {', '.join(SECURE_ENDINGS)}",
    is_secure,
)


def _level_missing(facts: Facts) -> Found:
    missing = facts.value("referral.level_proposed") is None
    return Found("true" if missing else "false", facts.evidence("referral.level_proposed"))


level_missing = Leaf(
    says="“Proposed level of management” is missing",
    keys=("referral.level_proposed",),
    judge=_level_missing,
    can_be=("false",),
)
_higher_level = one_of("referral.level_proposed", "2", "3")

_WHO_SENT = "The coordinator answers within 10 days and has to know whom to answer, and where safely."

RULES: tuple[Rule, ...] = (
    Rule(
        id="manager-endorsement",
        title="A youth offending team's manager endorses the referral",
        section="senders",
        forms="A",
        applies=one_of("referrer.agency_type", "yot"),
        met=all_of(is_yes("endorsement.endorsed"), stated("endorsement.name")),
        not_met=is_no("endorsement.endorsed"),
        says={
            "met": "The manager's endorsement and name are stated.",
            "not_met": "The form says the manager has not endorsed the referral.",
            "cannot_tell": "The manager's endorsement, or the manager's name, is missing.",
        },
        asks={
            "endorsement.name": Ask(
                "Which manager endorses this referral?",
                "A youth offending team's form A is endorsed by its manager before it is sent.",
            ),
            "endorsement.endorsed": Ask(
                "Does the manager endorse this referral?",
                "A youth offending team's form A is endorsed by its manager before it is sent.",
                again="The form says the manager has not endorsed this referral. Has this changed?",
            ),
        },
        citations=(
            wm("Youth Offending Service: Identification", "they should complete Form A, endorsed by the manager"),
        ),
    ),
    Rule(
        id="local-agreement",
        title="Level 2 is agreed locally by probation and police",
        section="senders",
        forms="A",
        applies=all_of(
            one_of("referrer.agency_type", "probation", "police"),
            one_of("level_requested", "2"),
            any_of(only_category("1"), only_category("2")),
        ),
        met=all_of(stated("local_agreement.spo"), stated("local_agreement.police_unit")),
        not_met=never,
        says={
            "met": "The Senior Probation Officer and the police unit who agree level 2 are named.",
            "cannot_tell": "Who agrees level 2 locally is not fully named.",
        },
        asks={
            "local_agreement.spo": Ask(
                "Which Senior Probation Officer agrees level 2?",
                "Police and probation agree level 2 in categories 1 and 2 locally; the coordinator approves it on a copy.",
            ),
            "local_agreement.police_unit": Ask(
                "Which Local Policing Unit agrees level 2?",
                "Police and probation agree level 2 in categories 1 and 2 locally; the coordinator approves it on a copy.",
            ),
        },
        citations=(
            wm(
                "Level 2: Active Multi-Agency Management",
                "copy of Form A is sent to MAPPA Co-ordinator for approval",
            ),
        ),
    ),
    Rule(
        id="form-a-needed",
        title="Level 2 or 3 needs a form A",
        section="senders",
        forms="HI",
        applies=any_of(_higher_level, level_missing),
        met=all_of(is_yes("referral.form_a_attached"), _higher_level),
        not_met=all_of(is_no("referral.form_a_attached"), _higher_level),
        says={
            "met": "Level 2 or 3 is proposed and a MAPPA A is attached.",
            "not_met": "Level 2 or 3 is proposed without a MAPPA A.",
            "cannot_tell": "The proposed level, or whether a MAPPA A is attached, is not stated.",
        },
        asks={
            "referral.level_proposed": Ask(
                "Which level of management is proposed?",
                "Above level 1 a notification is not enough: a referral on form A is needed.",
            ),
            "referral.form_a_attached": Ask(
                "Is a MAPPA A attached?",
                "To be considered for level 2 or 3, form A must be sent.",
                again="No MAPPA A is attached. Can you send it? Level 2 or 3 cannot be considered without one.",
            ),
        },
        citations=(wm("Levels of Management", "To be considered for level 2 or 3 Form A must"),),
    ),
    Rule(
        id="commissioner",
        title="A private provider names its commissioner",
        section="senders",
        forms="HI",
        applies=one_of("referrer.agency_type", "private_provider"),
        met=stated("hospital.commissioner"),
        not_met=never,
        says={
            "met": "The body that commissions the placement is named.",
            "cannot_tell": "The body that commissions the placement is not named.",
        },
        asks={
            "hospital.commissioner": Ask(
                "Which body commissions this placement?",
                "In a private placement it is the commissioning body that identifies and refers.",
            )
        },
        citations=(
            wm("Non-Duty to Co-operate Agencies", "commissioning bodies should identify at an early stage whether"),
        ),
    ),
    Rule(
        id="secure-email",
        title="Mental health services write from a secure address",
        section="senders",
        forms="AI",
        applies=one_of("referrer.agency_type", "mental_health"),
        met=secure_address,
        not_met=~secure_address,
        says={
            "met": "The sender's e-mail address is a secure one.",
            "not_met": "The sender's e-mail address is not a secure one.",
            "cannot_tell": "No e-mail address is stated.",
        },
        asks={
            "referrer.email": Ask(
                "What is your secure e-mail address?",
                "Mental health referrals travel by secure e-mail, and so does the answer.",
                again="What is your secure e-mail address, such as one at nhs.net? The one on the form is not secure.",
            )
        },
        citations=(wm("Health Bodies", "approval via secure email"),),
        note="Where several addresses are written, all of them must be secure.",
    ),
    Rule(
        id="mental-health-trigger",
        title="The reason for the mental health notification is ticked",
        section="senders",
        forms="I",
        applies=always,
        met=stated("hospital.trigger"),
        not_met=never,
        says={
            "met": "The event that led to this notification is ticked.",
            "cannot_tell": "The event that led to this notification is not ticked.",
        },
        asks={
            "hospital.trigger": Ask(
                "What has led to this notification?",
                "What the coordinator checks, and how soon, depends on the event: first review, leave, discharge, transfer.",
            )
        },
        citations=(
            wm("Health Bodies", "send the MAPPA coordinator a Form I identification form"),
            wm("Health Bodies", "communicate significant events to the MAPPA coordinator at each stage"),
        ),
    ),
    Rule(
        id="sender-known",
        title="The sender can be answered",
        section="senders",
        forms="AHI",
        applies=always,
        met=all_of(
            stated("referrer.agency"),
            stated("referrer.agency_type"),
            stated("referrer.name"),
            stated("referrer.email"),
        ),
        not_met=never,
        says={
            "met": "Agency, type of agency, name and e-mail address of the sender are stated.",
            "cannot_tell": "Not everything is stated that is needed to answer the sender.",
        },
        asks={
            "referrer.agency": Ask("Which agency sends this form?", _WHO_SENT),
            "referrer.agency_type": Ask(
                "What type of agency is it?",
                "What has to come with the form, and who decides, depends on the type of agency.",
            ),
            "referrer.name": Ask("Who sends this form?", _WHO_SENT),
            "referrer.email": Ask("What is the sender's secure e-mail address?", _WHO_SENT),
        },
        citations=(
            wm("Level 2: Active Multi-Agency Management", "within 10 days of receipt of the referral"),
            wm("Youth Offending Service: Main roles", "must also advise the Police"),
        ),
    ),
)
