"""Sentences and orders as people write them, read into kind and length, and what they settle of category 2's disposal limb."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache, reduce
from operator import add

from extractors.models import FormCode, Model
from validation.models import Truth
from validation.sentence_lengths import Length, glued, lengths_of, order_or_custody, said
from validation.sentence_terms import Term
from validation.sentence_words import Cue, Words, vocabulary, words_of

LONGEST = 4000
"""Characters of a sentence that are looked at; where more is written nothing is settled."""

CUSTODY = ("extended", "special_custodial", "suspended", "dto", "detention", "yoi", "determinate")
"""Kinds that count by their length, the most telling first."""
INDETERMINATE = ("life", "ipp", "hm_pleasure")
HOSPITAL = (
    "insanity_hospital",
    "s45a",
    "hospital_order_restricted",
    "guardianship",
    "notional_37",
    "hospital_order",
    "transfer_47_49",
    "transfer_47",
)
COURT = ("yro", "referral_order", "community_order", "fine", "discharge", "caution")
UNSETTLED = (
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


class Disposal(Model):
    """What a sentence or order says. `kind` is an id of law/disposals.toml, or `unparsed`."""

    written: str
    kind: str
    title: str
    custodial: Term | None = None
    """The custodial term as written; the longest where there are several, the total where one is given."""
    custodial_months: Decimal | None = None
    """The custodial term in months where it is exact, so not for weeks and days."""
    suspended: bool = False
    suspended_for: Term | None = None
    licence: Term | None = None
    minimum_term: Term | None = None
    indeterminate: bool = False
    concurrent: bool = False
    consecutive_without_total: bool = False
    hedged: str | None = None
    """The words that make this less than a sentence passed ("expected", "approx")."""
    bound: str | None = None
    """`at_least` or `less_than` where the length is written as a bound."""
    several: tuple[Term, ...] = ()
    """All custodial terms where there is more than one and no total."""


def _named(words: Words, form: FormCode) -> list[str]:
    """The kinds that words and sections name. A section that is also an offence's counts only in mental health company."""
    book = vocabulary()
    named = ["suspended" if cue.role == "suspended_for" else cue.role for cue in words.cues]
    named = [kind for kind in named if kind in book.kinds]
    lone = not any(token.text.isalpha() for token in words.tokens)
    company = (
        form == "I"
        or lone
        or any("/" in section for section in words.sections)
        or any(token.text in book.mental_health for token in words.tokens)
        or bool({*HOSPITAL, *UNSETTLED} & set(named))
    )
    sections = words.sections
    if form == "I" and not sections and len(words.tokens) == 1:
        sections = (words.tokens[0].text,)  # "37"
    for section in sections:
        kind = book.sections.get(section)
        if kind and (company or kind not in (*UNSETTLED, "transfer_47", "hospital_order")):
            named.append(kind)
    if "transfer_47" in named and "49" in words.sections:
        named.append("transfer_47_49")
    if "7" in words.sections and "37" not in words.sections:
        named = [kind for kind in named if kind != "guardianship"]
    if "insanity" in named and {"hospital_order", "hospital_order_restricted", "guardianship"} & set(named):
        named.append("insanity_hospital")
    if form == "I":
        # "Conditional discharge" of a patient is a step out of hospital (MHA s.42, s.73), not a court's disposal.
        named = [kind for kind in named if kind not in ("discharge", "community_order")]
    return named


def _first_of(order: Sequence[str], present: set[str]) -> str | None:
    return next((kind for kind in order if kind in present), None)


def _governing_kind(present: set[str], custodial: bool) -> str:
    """The kind that counts: indeterminate, then hospital, then custody, then the court's other orders, then what settles nothing."""
    court = _first_of(COURT, present)
    custody = _first_of(CUSTODY, present) if custodial or not court else None
    return (
        _first_of(INDETERMINATE, present)
        or _first_of(HOSPITAL, present)
        or custody
        or ("determinate" if custodial and court else court)
        or _first_of(UNSETTLED, present)
        or ("determinate" if custodial else "unparsed")
    )


def _life_is_the_sentence(words: Words) -> bool:
    """Whether `life` is the sentence, not how long a ban or a registration lasts."""
    for cue in words.cues:
        if cue.role == "life":
            lead = next(
                (
                    c
                    for c in reversed(words.cues)
                    if c.last <= cue.first <= c.last + 2 and glued(words, c.last, cue.first)
                ),
                None,
            )
            if lead is None or lead.role not in ("other", "licence"):
                return True
    return False


def _unclear_change(words: Words, lengths: Sequence[Length]) -> str | None:
    """Words for a change of sentence that no length follows: "extended to 7 on appeal"."""
    changes = (cue for cue in words.cues if cue.role == "changed_to")
    return next(
        (said(words, cue) for cue in changes if not any(glued(words, cue.last, length.first) for length in lengths)),
        None,
    )


def _hedged(words: Words, custodial: Sequence[Length], present: set[str]) -> str | None:
    """The words that leave open whether this sentence was passed, or passed so."""
    for cue in words.cues:
        if cue.role == "pending" or (cue.role == "hedge" and _said_of_a_kind(words, cue)):
            return said(words, cue)
    custody = custodial or present & {*CUSTODY, *HOSPITAL}
    if present & set(COURT) and custody and any(token.text == "or" for token in words.tokens):
        return "or"
    return next((length.hedge for length in custodial if length.hedge), None)


def _said_of_a_kind(words: Words, cue: Cue) -> bool:
    """Whether a hedge leads straight into a kind of sentence ("likely life sentence"), or stands by itself."""
    following = next((c for c in words.cues if c.first >= cue.last), None)
    if following and following.role in vocabulary().kinds and glued(words, cue.last, following.first):
        return True
    return len(words.cues) == 1 and not any(token.text[0].isdigit() for token in words.tokens)


def _beside_orders(
    words: Words, custodial: Sequence[Length], lengths: Sequence[Length], unclear: str | None
) -> tuple[list[Length], str | None]:
    """Of the lengths that nothing calls custody, beside a community order or the like, those that are custody all the same
    ("4 years and community order"); and the words of one that may be, which leave the sentence open."""
    kept = []
    for length in lengths:
        whose = order_or_custody(words, length, {other.role for other in lengths})
        if length in custodial and whose == "custody":
            kept.append(length)
        elif whose == "unclear" and length.term.at_least_a_year() is not False:
            unclear = length.term.words()
    return kept, unclear


def _governing_term(
    kind: str, custodial: Sequence[Length], totals: Sequence[Length]
) -> tuple[Term | None, tuple[Term, ...]]:
    """The custodial term that counts, and all of them where several stand without a total."""
    if kind in ("extended", "special_custodial"):
        # The custodial term counts, not the whole: "EDS 10 years: custody 6 years, licence 4 years".
        called = [length for length in custodial if length.role in ("custodial_part", "determinate")]
        inner = [length for length in called or custodial if length.inner]
        if inner or called:
            return (inner or called)[0].term, ()
    if totals:
        return max((length.term for length in totals), key=lambda term: term.in_days), ()
    if kind in INDETERMINATE or not custodial:
        return None, ()
    terms = tuple(length.term for length in custodial if not length.inner) or tuple(length.term for length in custodial)
    return max(terms, key=lambda term: term.in_days), terms if len(terms) > 1 else ()


def _first_term(lengths: Sequence[Length], role: str) -> Term | None:
    return next((length.term for length in lengths if length.role == role), None)


@lru_cache(maxsize=256)
def parse(text: str, form: FormCode = "A") -> Disposal:
    """Read a sentence or order. On form I the text is the section a patient is held under."""
    words = words_of(text[:LONGEST])
    named = _named(words, form)
    life = _life_is_the_sentence(words)
    present = set(named) if life else set(named) - {"life"}
    lengths = lengths_of(words, present)
    roles = {cue.role for cue in words.cues}
    counted = {*CUSTODY, *HOSPITAL, *UNSETTLED, "custody", "custodial_part"} | (set() if life else {"life"})
    custodial = [length for length in lengths if length.role in counted]
    unclear = _unclear_change(words, lengths)
    if present & set(COURT) and not present & set(CUSTODY):
        custodial, unclear = _beside_orders(words, custodial, lengths, unclear)
    totals = [length for length in lengths if length.role == "total"]
    kind = _governing_kind(present, bool(custodial or totals))
    term, several = _governing_term(kind, custodial, totals)
    return Disposal(
        written=text,
        kind=kind,
        title=vocabulary().kinds[kind].title if kind != "unparsed" else "not understood",
        custodial=term,
        custodial_months=term.in_months if term else None,
        suspended="suspended" in present,
        suspended_for=_first_term(lengths, "suspended_for"),
        licence=_first_term(lengths, "licence"),
        minimum_term=_first_term(lengths, "minimum"),
        indeterminate=kind in INDETERMINATE,
        concurrent="concurrent" in roles,
        consecutive_without_total="consecutive" in roles and not totals,
        hedged="more than is looked at"
        if len(text) > LONGEST
        else _hedged(words, [*custodial, *totals], present) or unclear,
        bound=next((length.bound for length in [*totals, *custodial] if length.bound), None),
        several=several,
    )


def _by_length(disposal: Disposal, name: str, law: str) -> tuple[Truth, str]:
    """The limb of a sentence that counts from 12 months."""
    term = disposal.custodial
    if term is None:
        return "unknown", f"{name}: the length of the custodial term is not stated."
    long, written = term.at_least_a_year(), f"{name} of {term.words()}"
    if disposal.consecutive_without_total and not (long and len(disposal.several) < 2):
        return "unknown", "Consecutive terms are written without their total."
    if disposal.bound == "less_than":
        if long is False or term.in_months == 12:
            return "false", f"{name} of less than {term.words()}."
        return "unknown", f"{name} of less than {term.words()}: the length itself is not stated."
    if long:
        return "true", f"{written}, 12 months or more ({law})."
    if disposal.bound == "at_least":
        more = term.in_days >= 364
        return ("true" if more else "unknown"), f"{name} of more than {term.words()}" + (
            f" ({law})." if more else ": the length itself is not stated."
        )
    if long is None:
        return "unknown", f"{written}: that may or may not be 12 months."
    together = reduce(add, disposal.several, Term())
    if disposal.several and not disposal.concurrent and together.at_least_a_year() is not False:
        return "unknown", "Several terms are written without their total, and not as concurrent."
    return "false", f"{written}, less than 12 months."


@lru_cache(maxsize=256)
def disposal_limb(text: str, form: FormCode) -> tuple[Truth, str]:
    """The disposal limb of category 2 for what is written, and why in one plain sentence."""
    disposal = parse(text, form)
    if disposal.hedged:
        return "unknown", f"It is not certain that the sentence was passed as written (“{disposal.hedged}”)."
    if disposal.kind == "unparsed":
        return "unknown", "The sentence or order could not be understood."
    kind = vocabulary().kinds[disposal.kind]
    name = kind.title[0].upper() + kind.title[1:]
    if kind.limb == "by_length":
        return _by_length(disposal, name, kind.law)
    because = {
        "true": f"{name}, which counts whatever its length ({kind.law}).",
        "false": f"{name}, which does not count for category 2.",
        "unknown": f"{name}: by itself this does not show the court's disposal.",
    }
    return kind.limb, because[kind.limb]
