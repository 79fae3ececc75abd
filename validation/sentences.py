"""Sentences and orders as people write them, read into kind and length, and what they settle of category 2's disposal limb."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from extractors.models import FormCode, Model
from validation.models import Truth
from validation.sentence_terms import Found, Term, terms_of
from validation.sentence_words import Cue, Kind, Words, vocabulary, words_of

LONGEST = 4000
"""Characters of a sentence that are looked at; what stands beyond makes the reading unparsed."""

CUSTODY = ("extended", "special_custodial", "suspended", "dto", "detention", "yoi", "determinate")
"""Kinds that count by their length, the most telling first."""
_INDETERMINATE = ("life", "ipp", "hm_pleasure")
_HOSPITAL = (
    "s45a",
    "hospital_order_restricted",
    "guardianship",
    "hospital_order",
    "transfer_47_49",
    "transfer_47",
    "notional_37",
)
_COURT = ("yro", "referral_order", "community_order", "fine", "discharge", "caution")
_CIVIL = (
    "cto",
    "interim_38",
    "transfer_48",
    "remand_36",
    "remand_35",
    "civil_guardianship",
    "civil_3",
    "civil_2",
    "insanity",
)
_MENTAL_HEALTH = {
    "hospital",
    "mha",
    "mental",
    "restriction",
    "restrictions",
    "transfer",
    "transferred",
    "patient",
    "ward",
    "unit",
    "psychiatric",
    "tribunal",
}
_GLUE = {
    "of",
    "for",
    "-",
    "–",
    ":",
    "a",
    "an",
    "the",
    "to",
    "at",
    "is",
    "=",
    "'",
    "in",
    "with",
    "period",
    "term",
    "serve",
    "and",
    "x",
    "imprisonment",
    "order",
    "by",
    "be",
    "over",
    "(",
    "further",
    "days",
    "requirement",
}
_STRONG = {"suspended_for", "minimum", "total", "deducted", "licence"}


class Disposal(Model):
    """What a sentence or order says. `kind` is an id of law/disposals.toml, or `unparsed`."""

    written: str
    kind: str
    title: str
    kinds: tuple[str, ...] = ()
    """Every kind named, `kind` first."""
    custodial: Term | None = None
    """The custodial term as written; the longest where terms are concurrent, the total where one is given."""
    custodial_months: Decimal | None = None
    """The custodial term in months where it is exact, so not for weeks and days."""
    suspended: bool = False
    suspended_months: Decimal | None = None
    licence_months: Decimal | None = None
    minimum_term_months: Decimal | None = None
    indeterminate: bool = False
    consecutive_without_total: bool = False
    hedged: str | None = None
    """The words that make this less than a sentence passed ("expected", "approx")."""
    bound: str | None = None
    """`at_least` or `less_than` where a length is written as a bound."""
    several: tuple[Term, ...] = ()
    """All custodial terms where there is more than one and no total."""


class _Length(NamedTuple):
    term: Term
    role: str
    first: int
    last: int
    inner: bool
    bound: str | None


def _inner(words: Words) -> list[bool]:
    """Which tokens stand within brackets."""
    depth, inside = 0, []
    for token in words.tokens:
        depth += (token.text == "(") - (token.text == ")" and depth > 0)
        inside.append(depth > 0)
    return inside


def _glued(words: Words, start: int, stop: int) -> bool:
    return start <= stop and all(token.text in _GLUE or token.text.isdigit() for token in words.tokens[start:stop])


def _role(words: Words, first: int, last: int) -> tuple[str, str | None]:
    """What a length at these tokens is: the cue that leads into it or follows it says. Also whether it is a bound."""
    kinds = vocabulary().kinds
    before = [cue for cue in words.cues if cue.last <= first and first - cue.last <= 6]
    after = [cue for cue in words.cues if cue.first >= last and cue.first - last <= 4]
    bound = None
    if before and before[-1].role in ("at_least", "less_than") and before[-1].last == first:
        bound = before.pop().role
    tail = [token.text for token in words.tokens[last : last + 2]]
    if tail[:1] == ["+"] and words.tokens[last].start == words.tokens[last - 1].end:
        bound = "at_least"
    if tail == ["or", "more"] or tail == ["or", "over"]:
        bound = "at_least"
    if after and after[0].role == "neutral":
        after = after[1:]
    lead = before[-1] if before and _glued(words, before[-1].last, first) else None
    follow = after[0] if after and _glued(words, last, after[0].first) and after[0].first - last <= 3 else None
    if (
        lead
        and lead.role == "suspended"
        and follow is None
        and any(t.text in ("for", "over", "x") for t in words.tokens[lead.last : first])
    ):
        return "suspended_for", bound
    if lead and lead.role in _STRONG:
        return lead.role, bound
    if follow and follow.role == "remainder":
        return "served", bound
    if follow and follow.role == "deducted":
        follow = None
    if follow and follow.role in (
        "suspended_for",
        "minimum",
        "consecutive",
        "concurrent",
        "total",
        "hedge",
        "at_least",
        "less_than",
        "neutral",
    ):
        # "12 months suspended for 18 months": what follows belongs to the next length.
        if follow.role == "minimum" and follow.first == last and not _leads(words, follow):
            return "minimum", bound
        if follow.role == "total":
            return ("total", bound) if not _leads(words, follow) else ("custody", bound)
        if lead is None or lead.role in kinds:
            return (lead.role if lead else "custody"), bound
        return lead.role, bound
    if follow:
        return follow.role, bound
    if lead and lead.role not in (
        "concurrent",
        "consecutive",
        "hedge",
        "neutral",
        "at_least",
        "less_than",
        "remainder",
    ):
        return lead.role, bound
    return "custody", bound


def _leads(words: Words, cue: Cue) -> bool:
    """Whether a cue is followed by a length of its own."""
    rest = words.tokens[cue.last : cue.last + 4]
    for place, token in enumerate(rest):
        if token.text[0].isdigit():
            return True
        if token.text not in _GLUE:
            return False
        if place == 3:
            return False
    return False


def _bare(words: Words, taken: Sequence[Found], present: set[str]) -> list[tuple[Term, str, int]]:
    """Numbers without a unit where the kind gives it: DTO 12/6 in months, EDS 8 (5+3) and min 14 in years, susp 24 in months."""
    tokens = words.tokens
    used = {place for found in taken for place in range(found.first, found.last)}
    lengths: list[tuple[Term, str, int]] = []

    def number(at: int) -> Decimal | None:
        if 0 <= at < len(tokens) and at not in used and tokens[at].text.replace(".", "").isdigit():
            return Decimal(tokens[at].text)
        return None

    def years_or_months(n: Decimal) -> Term:
        return Term(years=n) if n < 36 else Term(months=n)

    pairs = {"dto": "/", "extended": "+", "special_custodial": "+", "suspended": "/"}
    for at in range(len(tokens)):
        n = number(at)
        if n is None or n == 0:
            continue
        sign = tokens[at + 1].text if at + 1 < len(tokens) else ""
        other = number(at + 2)
        if other is not None and sign in ("/", "+"):
            if "dto" in present and sign == "/" and n <= 24:
                lengths += [(Term(months=n), "dto", at), (Term(months=other), "part", at + 2)]
            elif present & {"extended", "special_custodial"} and sign in ("+", "/"):
                lengths += [(years_or_months(n), "custodial_part", at), (years_or_months(other), "licence", at + 2)]
            elif "suspended" in present and sign == "/" and pairs:
                lengths += [(Term(months=n), "custody", at), (Term(months=other), "suspended_for", at + 2)]
            else:
                continue
            used |= {at, at + 2}
            continue
        lead = next(
            (
                cue
                for cue in reversed(words.cues)
                if cue.last <= at and at - cue.last <= 3 and _glued(words, cue.last, at)
            ),
            None,
        )
        follow = next((cue for cue in words.cues if cue.first == at + 1), None)
        if lead and lead.role == "minimum" and n <= 60:
            lengths.append((years_or_months(n), "minimum", at))
        elif lead and lead.role == "dto" and n <= 24:
            lengths.append((Term(months=n), "dto", at))
        elif lead and lead.role in ("extended",) and n <= 40 and not tokens[lead.first].text.startswith("licen"):
            lengths.append((Term(years=n), "extended", at))
        elif lead and lead.role in ("suspended", "suspended_for") and taken and n <= 36:
            lengths.append((Term(months=n), "suspended_for", at))
        elif follow and follow.role == "dto" and n <= 24:
            lengths.append((Term(months=n), "dto", at))
        else:
            continue
        used.add(at)
    return lengths


def _lengths(words: Words, present: set[str]) -> list[_Length]:
    """Every length with its role, in order."""
    sequence = any(cue.role in ("concurrent", "consecutive") for cue in words.cues)
    inside = _inner(words)
    taken = [found for found in terms_of(words.tokens, joined=not sequence) if not _an_age(words, found)]
    lengths = []
    for found in taken:
        role, bound = _role(words, found.first, found.last)
        if role == "suspended" and any(
            length.role in ("suspended", "custody", "determinate", "yoi") for length in lengths
        ):
            role = "suspended_for"  # "8 months suspended 2 years"
        lengths.append(_Length(found.term, role, found.first, found.last, inside[found.first], bound))
    lengths += [_Length(term, role, at, at + 1, inside[at], None) for term, role, at in _bare(words, taken, present)]
    return sorted(lengths, key=lambda length: length.first)


def _an_age(words: Words, found: Found) -> bool:
    before = words.tokens[found.first - 1].text if found.first else ""
    after = words.tokens[found.last].text if found.last < len(words.tokens) else ""
    return before in ("aged", "age") or after == "old"


def _named(words: Words, form: FormCode) -> list[str]:
    """The kinds that words and sections name. A section that is also an offence's counts only in mental health company."""
    book = vocabulary()
    present = [cue.role for cue in words.cues if cue.role in book.kinds]
    plain = {token.text for token in words.tokens}
    alone = not any(character.isalpha() for token in words.tokens for character in token.text)
    company = form == "I" or bool(plain & _MENTAL_HEALTH) or alone or any("/" in s for s in words.sections)
    company = company or any(kind in _CIVIL or kind in _HOSPITAL for kind in present)
    for section in words.sections:
        kind = book.sections.get(section)
        if kind and (company or kind not in (*_CIVIL, "transfer_47", "hospital_order")):
            present.append(kind)
    if "hospital_order" in present and ("41" in words.sections or "hospital_order_restricted" in present):
        present.append("hospital_order_restricted")
    if "transfer_47" in present and "49" in words.sections:
        present.append("transfer_47_49")
    if "guardianship" in present and "7" in words.sections and "37" not in words.sections:
        present = [kind for kind in present if kind != "guardianship"]
    if "insanity" in present and {"hospital_order", "hospital_order_restricted", "guardianship"} & set(present):
        present.append("insanity_hospital")
    if form == "I":
        # "Conditional discharge" of a patient is a step out of hospital (MHA s.42, s.73), not a court's disposal.
        present = [kind for kind in present if kind not in ("discharge", "community_order")]
    return present


def _first_of(order: Sequence[str], present: set[str]) -> str | None:
    return next((kind for kind in order if kind in present), None)


def _pick(present: set[str], custodial: bool, life: bool) -> str:
    """The kind that governs: indeterminate, hospital, custody, the court's other orders, civil sections."""
    indeterminate = _first_of(_INDETERMINATE if life else _INDETERMINATE[1:], present)
    if indeterminate:
        return indeterminate
    hospital = _first_of(("insanity_hospital", *_HOSPITAL), present)
    custody = _first_of(CUSTODY, present)
    court = _first_of(_COURT, present)
    if hospital:
        return hospital
    if custody and (custodial or not court):
        return custody
    return court or _first_of(_CIVIL, present) or ("determinate" if custodial else "unparsed")


def _life_stands(words: Words) -> bool:
    """Whether `life` is the sentence, not how long a ban or a registration lasts."""
    lives = [cue for cue in words.cues if cue.role == "life"]
    for cue in lives:
        lead = next(
            (
                c
                for c in reversed(words.cues)
                if c.last <= cue.first and cue.first - c.last <= 2 and _glued(words, c.last, cue.first)
            ),
            None,
        )
        if lead is None or lead.role not in ("other", "licence"):
            return True
    return not lives


@lru_cache(maxsize=256)
def parse(text: str, form: FormCode = "A") -> Disposal:
    """Read a sentence or order. On form I the text is the section a patient is held under."""
    written = text if len(text) <= LONGEST else text[:LONGEST]
    words = words_of(written)
    named = _named(words, form)
    present = set(named)
    lengths = _lengths(words, present)
    roles = {cue.role for cue in words.cues}
    custody_kinds = {*CUSTODY, "custody", "custodial_part"}
    lives = _life_stands(words)
    court_only = bool(present & set(_COURT)) and not present & set(CUSTODY)
    custodial = [
        length
        for length in lengths
        if length.role in custody_kinds
        or (length.role in _INDETERMINATE and not lives)
        or (length.role in (*_HOSPITAL, *_CIVIL) and "hospital" not in roles)
    ]
    if court_only:
        custodial = []
    totals = [length for length in lengths if length.role == "total"]
    kind = _pick(present, bool(custodial or totals), lives)
    consecutive = "consecutive" in roles and not totals
    term, several = _governing(kind, custodial, totals, consecutive)
    if kind in _INDETERMINATE and term is not None and not totals:
        term, several = None, ()
    hedge = next((cue for cue in words.cues if cue.role == "hedge"), None)
    title = vocabulary().kinds[kind].title if kind != "unparsed" else "not understood"
    return Disposal(
        written=text,
        kind=kind,
        title=title,
        kinds=tuple(dict.fromkeys([kind, *named])),
        custodial=term,
        custodial_months=term.in_months if term else None,
        suspended="suspended" in present or "suspended_for" in roles,
        suspended_months=_months(lengths, "suspended_for"),
        licence_months=_months(lengths, "licence"),
        minimum_term_months=_months(lengths, "minimum"),
        indeterminate=kind in _INDETERMINATE,
        consecutive_without_total=consecutive,
        hedged=" ".join(token.text for token in words.tokens[hedge.first : hedge.last])
        if hedge
        else ("beyond" if len(text) > LONGEST else None),
        bound=next((length.bound for length in [*totals, *custodial] if length.bound), None),
        several=several,
    )


def _months(lengths: Sequence[_Length], role: str) -> Decimal | None:
    found = next((length.term for length in lengths if length.role == role), None)
    return found.in_months if found else None


def _governing(
    kind: str, custodial: list[_Length], totals: list[_Length], consecutive: bool
) -> tuple[Term | None, tuple[Term, ...]]:
    """The custodial term that counts, and all of them where several stand without a total."""
    if totals:
        return max((length.term for length in totals), key=lambda term: term.in_days), ()
    if not custodial:
        return None, ()
    parts = [length for length in custodial if length.role == "custodial_part" or length.inner]
    if kind in ("extended", "special_custodial") and parts:
        return parts[0].term, ()
    outer = [length for length in custodial if not length.inner] or custodial
    terms = tuple(length.term for length in outer)
    longest = max(terms, key=lambda term: term.in_days)
    return longest, terms if len(terms) > 1 else ()


def _true(kind: Kind) -> str:
    return f"{kind.title}, which counts whatever its length" + (f" ({kind.law})" if kind.law else "")


@lru_cache(maxsize=256)
def disposal_limb(text: str, form: FormCode) -> tuple[Truth, str]:
    """The disposal limb of category 2 for what is written, and why in one plain sentence."""
    disposal = parse(text, form)
    kinds = vocabulary().kinds
    if disposal.hedged:
        return "unknown", f"It is not certain that this sentence was passed as written (“{disposal.hedged}”)."
    if disposal.kind == "unparsed":
        return "unknown", "The sentence or order could not be understood."
    kind = kinds[disposal.kind]
    name = kind.title[0].upper() + kind.title[1:]
    if kind.limb == "true":
        return "true", f"{name}, which counts whatever its length" + (f" ({kind.law})." if kind.law else ".")
    if kind.limb == "false":
        return "false", f"{name} is not a sentence that counts for category 2."
    if kind.limb == "unknown":
        return "unknown", f"{name}: by itself this does not show the court's disposal."
    return _by_length(disposal, name, kind.law)


def _by_length(disposal: Disposal, name: str, law: str) -> tuple[Truth, str]:
    term = disposal.custodial
    if term is None:
        return "unknown", f"{name}: the length of the custodial term is not stated."
    said = f"{name} of {term.words()}"
    if disposal.consecutive_without_total:
        single = len(disposal.several) < 2
        if single and term.at_least_a_year():
            return "true", f"{said}, 12 months or more ({law})."
        return "unknown", "Consecutive terms are written without their total."
    if disposal.bound == "less_than":
        within = term.at_least_a_year() is False or term.in_months == 12
        return (
            ("false", f"{name} of less than {term.words()}.")
            if within
            else ("unknown", f"{name} of less than {term.words()}: not exact.")
        )
    long = term.at_least_a_year()
    if long:
        return "true", f"{said}, 12 months or more ({law})."
    if disposal.bound == "at_least":
        if term.in_days >= 364 and term.weeks:
            return "true", f"{name} of more than {term.words()} ({law})."
        return "unknown", f"{name} of more than {term.words()}: not exact."
    if long is None:
        return (
            "unknown",
            f"{said}: exactly 52 weeks may or may not be 12 months."
            if term.in_days == 364
            else f"{said} may or may not be 12 months.",
        )
    if (
        len(disposal.several) > 1
        and "concurrent" not in disposal.written.lower()
        and _sum(disposal.several).at_least_a_year() is not False
    ):
        return (
            "unknown",
            "Several terms are written without saying whether they are concurrent, and without their total.",
        )
    return "false", f"{said}, less than 12 months."


def _sum(terms: Sequence[Term]) -> Term:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
