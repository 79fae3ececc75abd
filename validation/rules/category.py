"""Which of the four categories brings the person in, and whether what the form says bears it out."""

from __future__ import annotations

from validation import offences, sentences
from validation.criteria import is_no, is_yes, on_form, one_of, only_category, stated
from validation.facts import Facts, shortened
from validation.logic import Found, Leaf, all_of, always, any_of, never
from validation.rule import Ask, Rule
from validation.sources import CATEGORY_4_FROM, cja, notes, pcsc, wm


def _ticked(facts: Facts) -> Found:
    ticks = set(facts.ticks("category"))
    if not ticks:
        return Found("unknown", facts.evidence("category"))
    return Found("true" if len(ticks) == 1 else "false", facts.evidence("category"))


one_category = Leaf(says="exactly one category is ticked", keys=("category",), judge=_ticked)


def _offence(facts: Facts) -> Found:
    text = facts.text("conviction.index_offence")
    if text is None:
        return Found("unknown", facts.evidence("conviction.index_offence"))
    matches = offences.match(text, facts.day("conviction.date") or facts.referral_day)
    return Found(matches.limb, matches.because)


def disposal_key(facts: Facts) -> str:
    """The field that the disposal is judged by: the order on form I, and on form A where no sentence is stated."""
    if facts.form == "I":
        return "hospital.order"
    if facts.form == "A" and facts.value("conviction.sentence") is None and facts.value("hospital.order") is not None:
        return "hospital.order"
    return "conviction.sentence"


def disposal(facts: Facts) -> Found:
    """Whether sentence or order is one that brings a person into category 2."""
    key = disposal_key(facts)
    text = facts.text(key)
    if text is None:
        return Found("unknown", facts.evidence(key))
    truth, because = sentences.disposal_limb(text, "I" if key == "hospital.order" else facts.form)
    return Found(truth, f"“{shortened(text)}”: {because}")


offence_limb = Leaf(
    says="the index offence is murder, or in Schedule 15 Part 1 or 2, or listed in section 327",
    keys=("conviction.index_offence",),
    judge=_offence,
)
disposal_limb = Leaf(
    says="the sentence is 12 months or more, indeterminate, or a hospital or guardianship order",
    keys=("conviction.sentence", "hospital.order"),
    judge=disposal,
    wants=lambda facts: ("hospital.order",) if facts.form == "I" else ("conviction.sentence",),
)
_listed_and_long = all_of(offence_limb, disposal_limb)

_level_2_or_3_asked = one_of("level_requested", "2", "3")
_level_2_or_3_proposed = one_of("referral.level_proposed", "2", "3")
_level_1_proposed = one_of("referral.level_proposed", "1")

RULES: tuple[Rule, ...] = (
    Rule(
        id="category-single",
        title="One category is ticked",
        section="category",
        forms="AHI",
        applies=always,
        met=one_category,
        not_met=~one_category,
        says={
            "met": "Exactly one category is ticked.",
            "not_met": "More than one category is ticked.",
            "cannot_tell": "No category is ticked.",
        },
        asks={
            "category": Ask(
                "Which category brings this person into MAPPA?",
                "A person is in one category at a time, and the tests that follow depend on it.",
                again="More than one category is ticked. Which one brings this person into MAPPA?",
            )
        },
        citations=(notes("Category of offender", "The offender can only fall into one category."),),
    ),
    Rule(
        id="category-1",
        title="Category 1: subject to sexual offender notification requirements",
        section="category",
        forms="AHI",
        applies=only_category("1"),
        met=is_yes("conviction.notification_required"),
        not_met=is_no("conviction.notification_required"),
        says={
            "met": "The person is subject to the notification requirements of Part 2 of the Sexual Offences Act 2003.",
            "not_met": "Category 1 is ticked, but the form says the person is not subject to notification requirements.",
            "cannot_tell": "Category 1 is ticked, but whether the person is subject to notification requirements is not said.",
        },
        asks={
            "conviction.notification_required": Ask(
                "Is the person subject to sexual offender notification requirements?",
                "Category 1 is ticked, and it covers only people who are.",
                again="Category 1 is ticked, yet the form says no notification requirements. Is the person subject to them?",
            )
        },
        citations=(
            wm(
                "Category 1: Registered Sex Offenders",
                "All those subject to notification requirements as set out in Part 2",
            ),
        ),
    ),
    Rule(
        id="category-2",
        title="Category 2: a listed offence with a qualifying sentence or order",
        section="category",
        forms="AHI",
        applies=only_category("2"),
        met=_listed_and_long,
        not_met=~_listed_and_long,
        says={
            "met": "The offence is listed and the sentence or order is one that counts.",
            "not_met": "Category 2 needs both a listed offence and a qualifying sentence or order, and one of them is not there.",
            "cannot_tell": "Whether the offence is listed, or the sentence or order counts, cannot be told from what is written.",
        },
        asks={
            "conviction.index_offence": Ask(
                "What is the index offence? Please give its name with Act and section.",
                "Category 2 needs an offence in Schedule 15 Part 1 or 2, or named in section 327.",
                again="What exactly is the index offence, with Act and section? As written it cannot be found in the lists.",
            ),
            "conviction.sentence": Ask(
                "What was the sentence: its type, and its length in months or years?",
                "Category 2 needs 12 months or more, an indeterminate sentence, or a hospital or guardianship order.",
                again="What exactly was the sentence: its type, its length in months, and the total if terms are consecutive?",
            ),
            "hospital.order": Ask(
                "Under which section or order is the patient detained or supervised?",
                "Category 2 needs a hospital or guardianship order of a court, or a transfer from a qualifying sentence.",
                again="Which order did the court make? The section written does not by itself show a hospital order.",
            ),
        },
        citations=(
            wm(
                "Category 2: Violent and Other Sexual Offences",
                "All those convicted of a relevant offence listed in Schedule 15",
            ),
            cja("Section 327(3)", "not for a term of less than 12 months"),
        ),
        note="Exactly 52 weeks is neither 12 months nor clearly less, so it is asked about. On form A the order is looked at "
        "only where the sentence is missing, and the question is about the sentence. When one limb is false and the other "
        "unknown, both are asked about. The lists are read as they stood on the day of conviction, or on the referral day where "
        "that is missing.",
    ),
    Rule(
        id="category-3",
        title="Category 3: another dangerous offender who needs level 2 or 3",
        section="category",
        forms="AHI",
        applies=only_category("3"),
        met=any_of(
            all_of(
                on_form("A"),
                stated("conviction.index_offence"),
                stated("referral.reason"),
                stated("referral.added_value"),
                _level_2_or_3_asked,
            ),
            all_of(on_form("H", "I"), _level_2_or_3_proposed, is_yes("referral.form_a_attached")),
        ),
        not_met=any_of(
            _level_1_proposed,
            is_yes("conviction.notification_required"),
        ),
        says={
            "met": "What category 3 needs is stated, and the level is 2 or 3.",
            "not_met": "Category 3 cannot stand: it is managed at level 2 or 3 only, and never where category 1 applies.",
            "cannot_tell": "Category 3 needs the offence, the reason, what the panel adds and level 2 or 3; not all is stated.",
        },
        asks={
            "level_requested": Ask(
                "Is level 2 or level 3 asked for?",
                "Category 3 can only be managed at level 2 or 3.",
            ),
            "conviction.index_offence": Ask(
                "Which offence or caution shows that the person can cause serious harm?",
                "Category 3 rests on an offence that indicates it; it need not be a listed one.",
            ),
            "referral.reason": Ask(
                "Why is this person referred?",
                "Category 3 needs reasons to think that the person may cause serious harm.",
            ),
            "referral.added_value": Ask(
                "What will management at level 2 or 3 add?",
                "Category 3 is only for people who need the active work of several agencies.",
            ),
            "referral.level_proposed": Ask(
                "Which level of management is proposed?",
                "Category 3 can only be managed at level 2 or 3.",
                again="Category 3 can only be managed at level 2 or 3. Which level is proposed?",
            ),
            "referral.form_a_attached": Ask(
                "Is a MAPPA A attached?",
                "A category 3 case needs the full referral, form A.",
                again="No MAPPA A is attached. Can you send it? A category 3 case needs the full referral.",
            ),
        },
        citations=(
            wm("Category 3: Other Dangerous Offenders", "category 3 can only be managed at Level 2 or 3"),
            wm("Category 3: Other Dangerous Offenders", "Those who are neither Category 1 or 2 offenders"),
        ),
        note="Only a stated yes to notification requirements breaks the rule; whether they apply is not asked here. On forms H "
        "and I a missing form A leaves the verdict open at level 2 or 3, and is asked for.",
    ),
    Rule(
        id="category-4",
        title="Category 4: terrorist or terrorist risk offender",
        section="category",
        forms="AHI",
        applies=only_category("4"),
        met=is_yes("referral.terrorism"),
        not_met=is_no("referral.terrorism"),
        says={
            "met": "Category 4 is ticked and terrorism concerns are stated.",
            "not_met": "Category 4 is ticked, but the form says there are no terrorism concerns.",
            "cannot_tell": "Category 4 is ticked, but whether there are terrorism concerns is not said.",
        },
        asks={
            "referral.terrorism": Ask(
                "Are there terrorism or domestic extremism concerns?",
                "Category 4 is ticked, and it is for terrorist and terrorist risk offenders.",
                again="Category 4 is ticked, yet the form says no terrorism concerns. Are there any?",
            )
        },
        citations=(
            pcsc(
                "What are we going to do?",
                "improve the management and supervision of terrorist and terrorist risk offenders",
            ),
        ),
        in_force_from=CATEGORY_4_FROM,
        note="There was no category 4 before 28 June 2022: a referral received earlier is not judged by this rule.",
    ),
    Rule(
        id="terrorism-category",
        title="Terrorism concerns under category 2 or 3",
        section="category",
        forms="AHI",
        applies=all_of(is_yes("referral.terrorism"), any_of(only_category("2"), only_category("3"))),
        met=never,
        not_met=always,
        says={"not_met": "Terrorism concerns are stated under category 2 or 3: this may be a category 4 case."},
        asks={
            "category": Ask(
                "Which category brings this person into MAPPA?",
                "Since 2022 terrorist and terrorist risk offenders have a category of their own.",
                again="Terrorism concerns are stated. Is this a category 4 case?",
            )
        },
        citations=(
            pcsc(
                "What are we going to do?",
                "improve the management and supervision of terrorist and terrorist risk offenders",
            ),
            wm("Terrorists and Domestic Extremists", "eligible for MAPPA under Category 2 or 3"),
        ),
        in_force_from=CATEGORY_4_FROM,
        note="The memorandum of 2015 put terrorism cases under category 2 or 3; the later law stands over it from 28 June 2022.",
    ),
)
