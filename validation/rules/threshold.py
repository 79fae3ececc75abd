"""Whether the form shows what the level it asks for needs. The level is never derived from the risk."""

from __future__ import annotations

from extractors.answers import is_empty_answer
from validation.criteria import is_yes, one_of, option_words, stated
from validation.facts import Facts, calendar_day
from validation.logic import Found, Leaf, all_of, always, any_of, never
from validation.rule import Ask, Rule
from validation.sources import sb, wm, ww


def _rosh(facts: Facts) -> Found:
    risk = facts.text("risk.overall")
    if risk is None:
        return Found("unknown", facts.evidence("risk.overall"))
    words = option_words("risk.overall", risk)
    if risk in ("high", "very_high"):
        return Found("true", f"{words}: {facts.evidence('risk.overall')}")
    return Found("unknown", f"{words}: the coordinator judges whether the case is exceptional")


def _to_settle_risk(facts: Facts) -> tuple[str, ...]:
    if facts.text("risk.overall") is None:
        return ("risk.overall",)
    return ("referral.reason",) if facts.value("referral.reason") is None else ()


risk_is_high = Leaf(
    says="the overall risk of serious harm is high or very high (exceptionally low or medium, as the coordinator judges)",
    keys=("risk.overall", "referral.reason"),
    judge=_rosh,
    can_be=("true",),
    wants=_to_settle_risk,
    judged=True,
)


def _names_a_tool(text: str) -> bool:
    return bool(text.strip()) and not is_empty_answer(text)


def _assessed(facts: Facts) -> Found:
    rows = [row for row in facts.rows("risk.tools") if _names_a_tool(row.get("tool") or "")]
    dated = [row for row in rows if calendar_day(row.get("date") or "")]
    if dated:
        return Found("true", f"{dated[0]['tool']}, {dated[0]['date']}")
    return Found("unknown", "a tool is named without a date" if rows else facts.evidence("risk.tools"))


tool_with_date = Leaf(
    says="at least one risk assessment tool is named with its date",
    keys=("risk.tools",),
    judge=_assessed,
    can_be=("true",),
)

_RISK = Ask(
    "What is the overall risk of serious harm?",
    "The level asked for rests on it: usually high or very high, exceptionally low or medium.",
)
_EXCEPTIONAL = Ask(
    "Why is this person referred? The risk is low or medium: what makes the case exceptional?",
    "A low or medium risk reaches level 2 or 3 only exceptionally, and the coordinator has to judge that.",
)

RULES: tuple[Rule, ...] = (
    Rule(
        id="level-2-threshold",
        title="Level 2: the threshold is shown",
        section="threshold",
        forms="A",
        applies=one_of("level_requested", "2"),
        met=any_of(
            all_of(risk_is_high, stated("referral.added_value")),
            is_yes("referral.previously_level_3"),
        ),
        not_met=never,
        says={
            "met": "The form shows what level 2 needs: the risk with what the panel adds, or earlier management at level 3.",
            "cannot_tell": "The form does not yet show what level 2 needs; the coordinator decides.",
        },
        asks={
            "risk.overall": _RISK,
            "referral.reason": _EXCEPTIONAL,
            "referral.added_value": Ask(
                "What will management at level 2 add that your agency does not already provide?",
                "Level 2 is for cases that need the active work of other agencies.",
            ),
            "referral.previously_level_3": Ask(
                "Has the person been managed at level 3 before?",
                "A case that comes down from level 3 may be managed at level 2 for that reason alone.",
            ),
        },
        citations=(
            wm(
                "Level 2: Active Multi-Agency Management",
                "Requires active involvement and co-ordination of interventions from",
            ),
            wm("Level 2: Active Multi-Agency Management", "Previously managed at level 3"),
            wm("Levels of Management", "The levels of risk do not equate directly to the levels"),
        ),
        note="Read as (risk and need) or earlier level 3. A low or medium risk is left open whatever else is stated: the "
        "reason is asked for while it is missing, then the coordinator judges. What the panel adds is asked for then too, "
        "because the case needs it if it is judged exceptional. While the risk is missing, the reason is not yet asked for.",
    ),
    Rule(
        id="level-3-threshold",
        title="Level 3: the threshold is shown",
        section="threshold",
        forms="A",
        applies=one_of("level_requested", "3"),
        met=any_of(
            all_of(risk_is_high, stated("referral.senior_need")),
            is_yes("referral.media_interest"),
        ),
        not_met=never,
        says={
            "met": "The form shows what level 3 needs: the risk with why senior people are needed, or public interest.",
            "cannot_tell": "The form does not yet show what level 3 needs; the coordinator decides.",
        },
        asks={
            "risk.overall": _RISK,
            "referral.reason": _EXCEPTIONAL,
            "referral.senior_need": Ask(
                "Why does the case need senior representatives or unusual resources?",
                "Level 3 is for cases that can only be managed by close co-operation at senior level.",
            ),
            "referral.media_interest": Ask(
                "Is media or public interest in the case likely?",
                "Level 3 can also rest on media attention or public interest.",
            ),
        },
        citations=(
            wm("Level 3: Active Multi-Agency Management", "can only be managed by close co-operation at senior"),
            wm("Level 3: Active Multi-Agency Management", "Media attention and/or public interest"),
            sb("Level 3: Multi-Agency Public Protection Meeting", "commit significant resources at short notice"),
        ),
        note="Read as (risk and senior need) or public interest. Low or medium risk is treated as at level 2.",
    ),
    Rule(
        id="level-requested",
        title="The level asked for is clear",
        section="threshold",
        forms="A",
        applies=always,
        met=one_of("level_requested", "2", "3"),
        not_met=never,
        says={
            "met": "The form says whether level 2 or level 3 is asked for.",
            "cannot_tell": "Whether level 2 or level 3 is asked for cannot be told.",
        },
        asks={
            "level_requested": Ask(
                "Is this a referral to level 2 or to level 3?",
                "Each level has its own test and its own panel.",
            )
        },
        citations=(wm("Levels of Management", "To be considered for level 2 or 3 Form A must"),),
    ),
    Rule(
        id="added-value",
        title="What the panel adds is said",
        section="threshold",
        forms="A",
        applies=always,
        met=stated("referral.added_value"),
        not_met=never,
        says={
            "met": "The form says what management at level 2 or 3 will add.",
            "cannot_tell": "The form does not say what management at level 2 or 3 will add.",
        },
        asks={
            "referral.added_value": Ask(
                "What will management at level 2 or 3 add to what your agency already does?",
                "The lowest level that gives a defensible plan is the right one, so a higher one needs its reason.",
            )
        },
        citations=(
            wm("Levels of Management", "What is it that the increased level of management will additionally provide"),
            wm("Youth Offending Service", "The YOT worker will identify why panel will add value"),
        ),
    ),
    Rule(
        id="risk-assessed",
        title="The risk has been assessed",
        section="threshold",
        forms="A",
        applies=always,
        met=all_of(stated("risk.overall"), tool_with_date),
        not_met=never,
        says={
            "met": "The overall risk of serious harm and a dated assessment are stated.",
            "cannot_tell": "The overall risk of serious harm, or a dated assessment, is missing.",
        },
        asks={
            "risk.overall": Ask(
                "What is the overall risk of serious harm?",
                "Every referral is read against the assessed risk of serious harm.",
            ),
            "risk.tools": Ask(
                "Which risk assessment tool was used, and on what date?",
                "An assessment counts only with the tool and the day it was done.",
            ),
        },
        citations=(
            wm("Risk Assessment", "some tools used by MAPPA agencies include"),
            ww("Remember defensible decisions are those where", "Reliable assessment methods have been used."),
        ),
    ),
)
