"""Every rule, section by section, in the order in which a coordinator reads them."""

from validation.rule import Rule
from validation.rules import category, identity, safeguards, senders, threshold, time

RULES: tuple[Rule, ...] = (
    *identity.RULES,
    *category.RULES,
    *threshold.RULES,
    *senders.RULES,
    *time.RULES,
    *safeguards.RULES,
)
