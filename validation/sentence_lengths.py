"""Each length of time in a sentence and what it is: custody, suspension, licence, minimum term, a ban, or a total."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from validation.sentence_terms import Found, Term, terms_of
from validation.sentence_words import Cue, Words, vocabulary

BEFORE_ALL = frozenset({"suspended_for", "minimum", "total", "deducted", "licence"})
"""Cues that claim the length they lead into, whatever follows it."""
OF_THE_NEXT = frozenset(
    {"suspended_for", "minimum", "consecutive", "concurrent", "hedge", "at_least", "less_than", "neutral"}
)
"""Cues after a length that speak of the length after them."""
CLAIMS = frozenset({"extended", "special_custodial", "determinate", "other"})
"""Cues that claim the length they lead into where the next cue has a length of its own: "custody 5 years licence 3 years"."""
NO_ROLE = frozenset(
    {"concurrent", "consecutive", "hedge", "neutral", "at_least", "less_than", "remainder", "pending", "changed_to"}
)
"""Cues that lead into a length without saying what it is."""


class Length(NamedTuple):
    """A term with its role: a kind's id, a role of disposals.toml, `custody` where nothing says otherwise, `custodial_part` or
    `part` of a sentence written in parts. `inner` when it stands in brackets; `bound` and `hedge` as written round it."""

    term: Term
    role: str
    first: int
    last: int
    inner: bool
    bound: str | None = None
    hedge: str | None = None


def inside_brackets(words: Words) -> list[bool]:
    """For each token whether it stands within brackets."""
    depth, inside = 0, []
    for token in words.tokens:
        depth += (token.text == "(") - (token.text == ")" and depth > 0)
        inside.append(depth > 0)
    return inside


def glued(words: Words, start: int, stop: int) -> bool:
    """Whether nothing but small words and numbers stands from token `start` up to `stop`."""
    glue = vocabulary().glue
    return start <= stop and all(token.text in glue or token.text.isdigit() for token in words.tokens[start:stop])


def _leads_into(words: Words, start: int, stop: int) -> bool:
    """Whether what stands from `start` to `stop` ties a cue to a length; "and" begins something new: "4 years and community order"."""
    return glued(words, start, stop) and not any(token.text in ("and", "&") for token in words.tokens[start:stop])


def said(words: Words, cue: Cue) -> str:
    return " ".join(token.text for token in words.tokens[cue.first : cue.last])


def _leads_on(words: Words, cue: Cue) -> bool:
    """Whether a cue is followed by a length of its own."""
    for token in words.tokens[cue.last : cue.last + 3]:
        if token.text[0].isdigit():
            return True
        if token.text not in vocabulary().glue:
            return False
    return False


def _bound(words: Words, before: list[Cue], first: int, last: int) -> str | None:
    """`at_least` or `less_than` where the length is written as a bound; its cue is taken off `before`."""
    if before and before[-1].role in ("at_least", "less_than") and before[-1].last == first:
        return before.pop().role
    tail = [token.text for token in words.tokens[last : last + 2]]
    plus = tail[:1] == ["+"] and words.tokens[last].start == words.tokens[last - 1].end
    return "at_least" if plus or tail in (["or", "more"], ["or", "over"]) else None


def _hedge(words: Words, before: list[Cue], first: int, last: int) -> str | None:
    """The word that makes a length no more than a guess, directly before or after it; taken off `before`."""
    if before and before[-1].role == "hedge" and glued(words, before[-1].last, first):
        return said(words, before.pop())
    after = next((cue for cue in words.cues if cue.first >= last), None)
    if after and after.role == "hedge" and after.first == last and not _leads_on(words, after):
        return said(words, after)
    return None


def _follower(words: Words, last: int) -> Cue | None:
    """The cue that a length runs into; one in brackets with a length of its own speaks of that."""
    after = [cue for cue in words.cues if last - 1 <= cue.first <= last + 3 and cue.role != "deducted"]
    if not after or (after[0].first >= last and not _leads_into(words, last, after[0].first)):
        return None
    between = words.tokens[last : after[0].first]
    bracket = any(token.text == "(" for token in between)
    number = any(token.text.isdigit() for token in between)
    return None if number or (bracket and _leads_on(words, after[0])) else after[0]


def _role(words: Words, lead: Cue | None, follow: Cue | None, first: int, last: int) -> str:
    """What a length is, from the cue that leads into it and the one it runs into."""
    if lead and lead.role == "suspended":
        between = {token.text for token in words.tokens[lead.last : first]}
        order = words.tokens[lead.last - 1].text in ("order", "sso", "ssso")
        if follow is None and between & {"for", "over", "x"}:
            return "suspended_for"
        if order and not between & {"of"} and follow is None:
            return "order_length"
    if lead and lead.role in BEFORE_ALL:
        return lead.role
    if follow and follow.role == "minimum" and follow.first == last and not _leads_on(words, follow):
        return "minimum"
    if lead and follow and lead.role in CLAIMS and _leads_on(words, follow):
        return lead.role
    if follow and (follow.role == "remainder" or follow.role not in OF_THE_NEXT | NO_ROLE):
        # "5 years custody 3 years licence": what a length runs into says more than what stands before it.
        return follow.role
    return lead.role if lead and lead.role not in NO_ROLE else "custody"


def lengths_of(words: Words, present: set[str]) -> tuple[Length, ...]:
    """Every length in order; `present` are the kinds of sentence named, which give numbers without a unit theirs."""
    sequence = any(cue.role in ("concurrent", "consecutive") for cue in words.cues)
    inside = inside_brackets(words)
    taken = _with_days(words, terms_of(words.tokens, joined=not sequence), () if sequence else ("and", "&", ","))
    lengths: list[Length] = []
    for found in taken:
        before = [cue for cue in words.cues if cue.last <= found.first <= cue.last + 6]
        bound = _bound(words, before, found.first, found.last)
        hedge = _hedge(words, before, found.first, found.last)
        lead = before[-1] if before and _leads_into(words, before[-1].last, found.first) else None
        role = _role(words, lead, _follower(words, found.last), found.first, found.last)
        if found.first and words.tokens[found.first - 1].text == "=":
            role = "total"
        added = lengths and [token.text for token in words.tokens[lengths[-1].last : found.first]] == ["+"]
        if added and role == "custody" and present & {"extended", "special_custodial"}:
            role = "licence"  # "EDS 4 years 6 months + 3 years"
        if lead and lead.role == "changed_to" and lengths:
            role = lengths.pop().role  # "5 years reduced to 4 years"
        if role in ("suspended", "order_length") and any(
            length.role in ("suspended", "order_length", "custody", "determinate", "yoi") for length in lengths
        ):
            role = "suspended_for"  # "8 months suspended 2 years"
        if (
            lengths
            and lengths[-1].role in ("suspended", "order_length")
            and _over(words, lengths[-1].last, found.first)
        ):
            role = "suspended_for"  # "SSO 8 months over 18 months"
        lengths.append(Length(found.term, role, found.first, found.last, inside[found.first], bound, hedge))
    if any(length.role == "suspended_for" for length in lengths):
        # "SSO 10 months, susp 24 months": where the suspension has its own length, the order's is the custody.
        lengths = [length._replace(role="suspended") if length.role == "order_length" else length for length in lengths]
    lengths += [Length(term, role, at, at + 1, inside[at]) for term, role, at in _bare(words, taken, present)]
    return tuple(sorted(lengths, key=lambda length: length.first))


def _over(words: Words, start: int, stop: int) -> bool:
    """Whether all that stands between two lengths says that the first is suspended for the second."""
    return [token.text for token in words.tokens[start:stop]] in (["for"], ["over"], ["x"], ["/"])


def _with_days(words: Words, taken: Sequence[Found], signs: Sequence[str]) -> list[Found]:
    """Lengths with the days after them, however many, unless something else is said of those: "18 years 124 days", but "4 years,
    200 days on remand"."""
    kept: list[Found] = []
    for found in taken:
        before = kept[-1] if kept else None
        days = found.term == Term(days=found.term.days)
        follow = _follower(words, found.last)
        if (
            before
            and days
            and not before.term.days
            and not (follow and follow.role in ("other", "served", "remainder"))
        ):
            between = words.tokens[before.last : found.first]
            if not between or (len(between) == 1 and between[0].text in signs):
                found = Found(before.term + found.term, before.first, found.last)
                kept.pop()
        kept.append(found)
    return kept


LONGEST_ORDER = Decimal(3 * 366)
"""Days that no community order, youth rehabilitation order or conditional discharge can exceed: three years (Sentencing Act 2020
s.80(5), s.187 and s.220; a referral order runs for a year, s.106)."""
_RUNNING = frozenset({"community_order", "yro", "referral_order", "discharge"})
_JOINS = frozenset({"and", "+", "&", "plus"})
_SIGNS = frozenset({",", "-", "–", ":", ";", ".", "(", ")", "/"})


def order_or_custody(words: Words, length: Length, roles: set[str]) -> Literal["custody", "unclear"] | None:
    """What a length that nothing calls custody is beside a court's order that is not custody; `roles` are those of all lengths.

    It is the order's where only a sign divides it from an order without a length of its own, and custody where it stands for itself:
    joined by "and", or too long for such an order.
    """
    long = length.term.in_days > LONGEST_ORDER
    if length.role != "custody":
        return "unclear" if long and length.role in _RUNNING else None
    before = words.tokens[length.first - 1].text if length.first else ""
    after = words.tokens[length.last].text if length.last < len(words.tokens) else ""
    clear = before in _SIGNS | _JOINS | {""} and after in _SIGNS | _JOINS | {"", "for"}
    apart = bool({before, after} & _JOINS) or long
    if clear and apart:
        return "custody"
    orders = [cue for cue in words.cues if cue.role in _RUNNING and cue.role not in roles]
    for cue in orders:
        gap = words.tokens[cue.last : length.first] or words.tokens[length.last : cue.first]
        if all(token.text in (_SIGNS | vocabulary().glue) - {".", ";"} for token in gap):
            return None
    return "custody" if clear and not orders else "unclear"


def _years_or_months(number: Decimal) -> Term:
    return Term(years=number) if number < 36 else Term(months=number)


def _bare(words: Words, taken: Sequence[Found], present: set[str]) -> list[tuple[Term, str, int]]:
    """Numbers without a unit where the kind gives it: DTO 12/6 in months, EDS 8 (5+3) and min 14 in years, susp 24 in months."""
    tokens = words.tokens
    used = {place for found in taken for place in range(found.first, found.last)}
    free = {
        at: Decimal(t.text)
        for at, t in enumerate(tokens)
        if at not in used and t.text.replace(".", "").isdigit() and Decimal(t.text) > 0
    }
    lengths: list[tuple[Term, str, int]] = []
    for at in list(free):
        if at not in free:
            continue
        number = free[at]
        sign = tokens[at + 1].text if at + 1 < len(tokens) else ""
        other = free.get(at + 2) if sign in ("/", "+") else None
        if other is not None:
            pair = _pair(number, other, sign, present)
            lengths += [(term, role, place) for (term, role), place in zip(pair, (at, at + 2), strict=False)]
            free.pop(at + 2)
            continue
        lead = next((c for c in reversed(words.cues) if c.last <= at <= c.last + 3 and glued(words, c.last, at)), None)
        follow = next((c for c in words.cues if c.first == at + 1), None)
        if lead and follow and lead.role in ("determinate", "licence") and _leads_on(words, follow):
            follow = None  # "custody 5 licence 3"
        one = _one(number, lead.role if lead else "", follow.role if follow else "", present, bool(taken))
        if one:
            lengths.append((*one, at))
    return lengths


def _pair(number: Decimal, other: Decimal, sign: str, present: set[str]) -> tuple[tuple[Term, str], ...]:
    """Two numbers with a sign between: 12/6 of a DTO, 5+3 of an extended sentence, 12/18 of a suspended one."""
    if "dto" in present and sign == "/" and number <= 24:
        return (Term(months=number), "dto"), (Term(months=other), "part")
    if present & {"extended", "special_custodial"}:
        return (_years_or_months(number), "custodial_part"), (_years_or_months(other), "licence")
    if "suspended" in present and sign == "/":
        return (Term(months=number), "custody"), (Term(months=other), "suspended_for")
    return ()


def _one(number: Decimal, lead: str, follow: str, present: set[str], after_another: bool) -> tuple[Term, str] | None:
    """A single number without a unit, from the cue before or after it."""
    if lead == "minimum" and number <= 60:
        return _years_or_months(number), "minimum"
    if "dto" in (lead, follow) and number <= 24:
        return Term(months=number), "dto"
    if present & {"extended", "special_custodial"} and {lead, follow} & {"determinate", "licence"}:
        return _years_or_months(number), "licence" if "licence" in (follow or lead) else "custodial_part"
    if lead == "extended" and number <= 40:
        return Term(years=number), "extended"
    if lead in ("suspended", "suspended_for") and after_another and number <= 36:
        return Term(months=number), "suspended_for"
    return None
