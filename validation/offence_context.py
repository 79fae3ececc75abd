"""What stands round an offence in its text, and why that may leave it uncertain or set it aside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import DamerauLevenshtein

from validation.offence_book import book
from validation.offence_clauses import (
    Cue,
    Hit,
    Part,
    is_benign,
    prepositions_before,
    small_after,
    span_of,
    vocabulary,
)
from validation.offence_guess import corrected
from validation.offence_lists import Standing, standing_of
from validation.offence_words import Read, form_of

WAYS = {"@att": "attempt", "@con": "conspiracy", "@enc": "encouraging", "@inc": "incitement", "@aid": "aiding"}
MOST_WORDS = 20
"""Words of a part up to which they are looked at together as one misspelt name."""
_REMARK = ("(", "-", ":")
"""What opens a remark on the offence before."""


class Said(NamedTuple):
    """What the text says of an offence: `aside`, `doubt` or nothing, and in which words."""

    role: str | None = None
    words: str = ""


class Context(NamedTuple):
    """One part of a sentence among the others."""

    read: Read
    parts: Sequence[Part]
    at: int

    @property
    def part(self) -> Part:
        return self.parts[self.at]

    @property
    def before(self) -> Part | None:
        return self.parts[self.at - 1] if self.at else None

    @property
    def following(self) -> Part | None:
        return self.parts[self.at + 1] if self.at + 1 < len(self.parts) else None

    def form(self, place: int) -> str:
        return self.read.tokens[place].form

    def word(self, place: int) -> str:
        """The token as written, in lower case."""
        token = self.read.tokens[place]
        return self.read.text[token.start : token.end].lower()

    def text(self, places: Sequence[int]) -> str:
        """The text from the first to the last of these tokens, shortened."""
        start, end = span_of(self.read, places)
        return " ".join(self.read.text[start:end].split())[:80]

    def remark(self) -> Part | None:
        """The part that follows where it only says something of this one: words alone, after a bracket, dash or comma."""
        part = self.following
        if part and not (part.hits or part.sections or part.codes) and part.opening in (*_REMARK, ","):
            return part
        return None

    def lead(self, hit: Hit) -> list[int]:
        """The words of the part before a wording: from the wording before it, or from "convicted of"."""
        floor = max((h.last for h in self.part.hits if h.last <= hit.first), default=0)
        cut = [c.last for c in self.part.cues if c.role in ("affirm", "neutral") and c.last <= hit.first]
        return [p for p in self.part.words if max([floor, *cut]) <= p < hit.first]

    def tail(self, hit: Hit) -> list[int]:
        """The words of the part after a wording, up to the next one."""
        ceiling = min((h.first for h in self.part.hits if h.first >= hit.last), default=len(self.read.tokens))
        return [p for p in self.part.words if hit.last <= p < ceiling]

    def odd(self, places: Iterable[int]) -> list[int]:
        """Those of these words that are not known to be harmless."""
        return [p for p in places if not is_benign(self.form(p)) and self.form(p) not in WAYS]


def offences_of(part: Part) -> list[int]:
    """Where the offences of a part stand."""
    return sorted([*(p for hit in part.hits for p in range(hit.first, hit.last)), *part.sections, *part.codes])


def way(context: Context, hit: Hit) -> str | None:
    """How the offence was taken part in: from the words before it, after it, or in a remark on it ("murder (attempt)")."""
    remark = context.remark()
    places = [*reversed(context.lead(hit)), *context.tail(hit), *(remark.words if remark else ())]
    return next((WAYS[context.form(p)] for p in places if context.form(p) in WAYS), None)


def said_before(context: Context, place: int, so_far: Said) -> Said:
    """What has been said before token `place`, the cues of the part included."""
    own = offences_of(context.part) if context.part.cues else []
    for cue in context.part.cues:
        # "Rape not guilty, sexual assault", "murder (not guilty), manslaughter": a cue at the end of its part, or in a remark, speaks
        # only of what stands before it.
        ends = any(p < cue.first for p in own) and not any(p >= cue.last for p in own)
        remark = context.part.opening == "(" and context.at > 0 and not own
        spent = cue.after and (ends or remark)
        # "Left on file: rape, robbery": where no offence stands before it, what is usually said afterwards is said of those that follow.
        named = any(p < cue.first for p in own) or any(map(offences_of, context.parts[: context.at]))
        leads = not named and small_after(context.read, cue.last) not in ("to", "from")
        if cue.last > place or not (cue.before or leads) or cue.role == "neutral" or spent:
            continue
        others = [p for p in context.part.words if p < cue.first and context.form(p) in vocabulary().others]
        role = "doubt" if others else None if cue.role == "affirm" else cue.role
        so_far = Said(role, context.text(range(min([*others, cue.first]), cue.last)))
    return so_far


def said_after(context: Context, hit: Hit) -> Said:
    """What is said of a wording after it, in its part or in a remark that follows."""
    ceiling = min((h.first for h in context.part.hits if h.first >= hit.last), default=len(context.read.tokens))
    cues = [c for c in context.part.cues if hit.last <= c.first < ceiling]
    part = context.following
    if part and ceiling == len(context.read.tokens):
        if not (part.hits or part.sections or part.codes):
            cues += part.cues
        elif part.opening in (*_REMARK, ",") and part.cues and not part.cues[0].before:
            # "murder - reduced to manslaughter"
            offences = [*(h.first for h in part.hits), *part.sections, *part.codes]
            cues += [c for c in part.cues[:1] if c.last <= min(offences)]
    return next((_said(context, c) for c in cues if c.role in ("aside", "doubt") and c.after), Said())


def _said(context: Context, cue: Cue) -> Said:
    return Said(cue.role, context.text(range(cue.first, cue.last)))


def turning_words(hit: Hit, standing: Standing | None) -> frozenset[str]:
    """The words that, beside this wording, may make it another offence."""
    terms = vocabulary()
    group = "qualifies" if standing == "qualifies" else "near_miss"
    turning = terms.altering if group == "qualifies" else terms.altering | terms.altering_near
    return turning.union(*(terms.turning.get((group, word), frozenset()) for word in hit.key))


def _object_of(context: Context, hit: Hit, standing: Standing | None) -> str:
    """An offence named within another: "false allegation of rape", "assisting an offender (murder)"."""
    part, earlier = context.part, [h for h in context.part.hits if h.last <= hit.first]
    if earlier:
        between = any(cue.first >= earlier[-1].last and cue.last <= hit.first for cue in part.cues)
        led = any(prepositions_before(context.read, p) for p in range(earlier[-1].last, hit.first + 1))
        return (
            f"it is said of “{context.text(range(earlier[-1].first, earlier[-1].last))}”" if led and not between else ""
        )
    before = context.before
    referred = not hit.key and part.opening in (*_REMARK, ",")
    if before and not before.hits and context.odd(before.words) and (referred or _heads(context, before)):
        return f"the words it stands beside are not understood (“{context.text(before.words)}”)"
    if context.before and context.before.hits and part.opening in _REMARK:
        head = context.before.hits[-1]
        if head.meaning.unlisted or standing_of(head.meaning.offences) == "near_miss" != standing:
            return f"it is said of “{context.text(range(head.first, head.last))}”"
    return ""


def _heads(context: Context, before: Part) -> bool:
    """Whether words that are not understood lead to what follows: before a bracket, or misspelt before another sign."""
    words = [context.word(place) for place in context.odd(before.words)]
    slipped = any(DamerauLevenshtein.distance(word, corrected(word)) == 1 for word in words)
    return context.part.opening == "(" or (slipped and context.part.opening in ("-", ":", "/"))


def _odd_before(context: Context, hit: Hit, standing: Standing | None) -> str:
    """Words before the offence that are not known: "murder" in "possession of murder weapon"."""
    odd = context.odd(context.lead(hit))
    return f"the words before it are not understood (“{context.text(odd)}”)" if odd else ""


def _told(context: Context, hit: Hit, standing: Standing | None) -> str:
    """A past tense that no list uses tells what somebody did: "he threatened to kill her"."""
    for place in range(hit.first, hit.last):
        word = context.word(place)
        if (
            word.isalpha()
            and word.endswith("ed")
            and word not in book().spelling
            and context.form(place)[0] not in "@#§"
        ):
            return f"this tells what was done, not the offence (“{word}”)"
    return ""


def _turned(context: Context, hit: Hit, standing: Standing | None) -> str:
    """A word after the offence or in a remark on it that may make it another: "criminal damage - fire"."""
    remark = context.remark()
    turning = turning_words(hit, standing)
    for place in [*context.tail(hit), *(remark.words if remark else ())]:
        if context.form(place) in turning:
            return f"“{context.text([place])}” may make it another offence"
    return ""


def _odd_after(context: Context, hit: Hit, standing: Standing | None) -> str:
    """Words after the offence that no small word leads to: "rape alarm", "murder victim", "exposure to harm"."""
    tail, terms = context.tail(hit), vocabulary()
    unknown = context.odd(tail)
    small = small_after(context.read, hit.last)
    if tail and tail[0] == hit.last and context.form(tail[0]) in terms.compound and not small:
        return f"“{context.text([*range(hit.first, hit.last), tail[0]])}” is not the offence itself"
    if len(hit.key) == 1 and hit.key[0] in terms.whole_only and (unknown or small == "to"):
        return "with the words after it, it may be no offence"
    led = [tail[0]] + [unknown[0]] * is_benign(context.form(tail[0])) if unknown else []
    if unknown and not any(prepositions_before(context.read, p) for p in led):
        return f"the words after it are not understood (“{context.text(unknown)}”)"
    return ""


def _misspelt(context: Context, hit: Hit, standing: Standing | None) -> str:
    """A word near the offence that may be a misspelt word of another one: "burglary with inoent to inflict GBH"."""
    remark = context.remark()
    beside = [*context.lead(hit), *context.tail(hit), *(remark.words if remark else ())]
    whole = context.part.places() if len(context.part.words) <= MOST_WORDS else []
    words = {place: context.word(place) for place in context.odd({*beside, *whole} - set(range(hit.first, hit.last)))}
    mended = {place: corrected(word) for place, word in words.items() if len(word) > 4}
    slips = [place for place, word in mended.items() if word != words[place]]

    def named(places: Sequence[int]) -> bool:
        return tuple(sorted(form_of(mended[p]) if p in mended else context.form(p) for p in places)) in book().bags

    near = {*slips} & {*beside}
    if slips and ((near and named([*range(hit.first, hit.last), *beside])) or named(whole)):
        return f"“{words[slips[0]]}” may be “{mended[slips[0]]}”"
    for place in slips:
        if place in beside and not is_benign(form_of(mended[place])):
            return f"“{words[place]}” may be “{mended[place]}”"
    return ""


def _unsure_signs(context: Context, hit: Hit, standing: Standing | None) -> str:
    """A question mark after the offence and the words that go with it, or an arrow that leads from it to another."""
    remark = context.remark()
    start, end = span_of(context.read, [hit.last - 1, *context.tail(hit), *(remark.places() if remark else ())])
    if "?" in context.read.text[start:end] or context.read.text[end:].lstrip(" )").startswith("?"):
        return "it is written with a question mark"
    return "an arrow leads from it to another" if context.following and context.following.opening == "->" else ""


CHECKS: tuple[Callable[[Context, Hit, Standing | None], str], ...] = (
    _object_of,
    _odd_before,
    _told,
    _turned,
    _odd_after,
    _misspelt,
    _unsure_signs,
)


def doubts(context: Context, hit: Hit, standing: Standing | None) -> Iterator[str]:
    """Every reason for which what stands round a wording leaves it uncertain."""
    return (reason for check in CHECKS if (reason := check(context, hit, standing)))
