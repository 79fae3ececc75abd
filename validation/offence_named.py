"""Each offence a text names, judged: what it can be, how it was taken part in, and whether the words round it leave that certain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from validation.offence_book import Meaning, book, in_acts, of_code, of_one_standing, of_section
from validation.offence_clauses import Hit, Part, is_benign, prepositions_before, sentences, span_of
from validation.offence_context import WAYS, Context, Said, doubts, said_after, said_before, way
from validation.offence_guess import guess
from validation.offence_lists import entries_of, standing_of, taken_in_from
from validation.offence_outcomes import Named, heading, only_outcomes, says_of_family, shared
from validation.offence_words import Read, read

MOST = 40
"""Offences kept from one text."""
GUESSES = 6
"""Unexplained parts of one text for which the lists are searched by likeness."""
GUESSED = 200
"""Characters up to which an unexplained part is searched for."""


def _narrowed(hit: Hit, cited: Sequence[frozenset[int]], own: Sequence[frozenset[int]]) -> tuple[Hit, str]:
    """A wording beside sections: `cited` are the offences of each as written, `own` those of its number in the wording's own
    Acts ("Burglary s.9" reads s.9 of the Theft Act). Also why it is not sure."""
    ids = hit.meaning.offences
    for found, kin in zip(cited, own, strict=True):
        other = kin or found
        if ids & (found | kin):
            ids &= found | kin
        elif kin or (found and hit.meaning.generic):
            ids = other
        elif found and not of_one_standing(ids | found):
            return hit._replace(meaning=Meaning(offences=ids | found, sure=False)), "the section is another offence's"
        elif found:
            ids |= found
        else:
            continue
        hit = hit._replace(meaning=Meaning(offences=ids, sure=of_one_standing(ids)))
    return hit, "" if hit.meaning.sure else "the words fit several offences"


def _marked(context: Context, hit: Hit) -> Hit:
    """A wording with a mark beside it or in a remark on it ("Common assault (racially aggravated)", "Rape, victim under 13")."""
    remark = context.remark()
    for place in [*context.part.words, *(remark.words if remark else ())]:
        mark = context.form(place)
        for key in ((*hit.key, mark), (*hit.key, mark, "child")) if mark.startswith("#") else ():
            if found := book().bags.get(tuple(sorted(key))):
                hit = hit._replace(meaning=found[1])
    return hit


def _in_another_order(context: Context) -> Hit | None:
    """The one wording that all words of a part make up, whatever their order: "child under 13, rape of"."""
    places = [
        p for p in context.part.places() if context.form(p) in ("child", "#u13") or not is_benign(context.form(p))
    ]
    words = [context.form(p) for p in places]
    for bag in (words, [word for word in words if word not in WAYS]):
        if found := book().bags.get(tuple(sorted(bag))):
            return Hit(found[0], found[1], min(places), max(places) + 1)
    return None


def _judged(context: Context, hit: Hit, said: Said, on: date | None, why: str) -> Named:
    """One wording with all that is known of it; `why` says why it is not sure, if it is not."""
    part, ids = context.part, hit.meaning.offences
    ways = [p for p in part.words if context.form(p) in WAYS]
    beside = [*part.sections, *ways] if len(part.hits) < 2 else []
    start, end = span_of(context.read, [*range(hit.first, hit.last), *beside])
    named = Named(" ".join(context.read.text[start:end].split()), start, end, "none")
    if hit.meaning.unlisted:
        return replace(named, reason="it is in none of the lists", score=1.0)
    taken_part, standing = way(context, hit), standing_of(ids)
    named = replace(named, entries=entries_of(ids, taken_part, on), standing=standing, way=taken_part)
    remarks = said_before(context, hit.first, said), said_after(context, hit)
    for remark in remarks:
        if remark.role == "aside":
            return replace(named, reason=f"the text says “{remark.words}”", set_aside=True)
    late = taken_in_from(ids, on)
    reasons = [
        *([why or "the words fit several offences"] if not hit.meaning.sure else []),
        *(f"the text says “{remark.words}”" for remark in remarks if remark.role == "doubt"),
        *doubts(context, hit, standing),
        *([f"the list takes in this offence only from {late.day} {late:%B %Y}"] if late else []),
    ]
    if reasons:
        return replace(named, certainty="candidate", score=0.9, reason=reasons[0])
    follows = context.remark()
    proved = any(cue.role == "affirm" for cue in (*part.cues, *(follows.cues if follows else ())))
    return replace(named, certainty="certain", score=1.0, proved=proved)


def _likely(read_: Read, places: Sequence[int]) -> Named | None:
    """What these words may mean as a whole, by likeness."""
    start, end = span_of(read_, places)
    written = " ".join(read_.text[start:end].split())
    found = guess(written) if end - start < GUESSED else None
    if found is None:
        return None
    ids, score = found
    entries, standing = entries_of(ids, None, None), standing_of(ids)
    return Named(written, start, end, "candidate", entries, standing, None, score, "the words are only like its name")


def _widened(names: list[Named], likely: Named | None) -> list[Named]:
    """Uncertain offences with what the whole of their words may mean besides: "kidnap with inntent to commit a sexual offence"."""
    unsure = next((place for place, one in enumerate(names) if one.certainty == "candidate"), None)
    if likely is None or (unsure is None and any(one.certainty == "certain" or one.set_aside for one in names)):
        return names
    if unsure is None:
        return [likely]
    entries = tuple(dict.fromkeys([*likely.entries, *names[unsure].entries]))
    standing = likely.standing if likely.standing == names[unsure].standing else None
    return [*names[:unsure], replace(names[unsure], entries=entries, standing=standing), *names[unsure + 1 :]]


def _join_sections(read_: Read, parts: list[Part]) -> None:
    """Move a section that stands alone after a comma or in brackets to the wording before it, where it can be that wording's."""
    for before, part in pairwise(parts):
        alone = (
            part.sections
            and not part.hits
            and not part.codes
            and not part.cues
            and all(is_benign(read_.tokens[p].form) for p in part.words)
        )
        if alone and before.hits and part.opening in (",", "(", "-", ":"):
            meaning = before.hits[-1].meaning
            if (
                part.opening == "("
                or meaning.generic
                or all(in_acts(read_.tokens[p], meaning.offences) for p in part.sections)
            ):
                before.sections += part.sections
                part.sections = []


def _nearest(hits: Sequence[Hit], place: int) -> Hit:
    return min(hits, key=lambda hit: min(abs(place - hit.first), abs(place - hit.last + 1)))


def _by_wording(context: Context, said: Said, on: date | None) -> Iterator[Named]:
    """The offences a part names by wordings of the phrase book, each with the sections nearest to it."""
    part = context.part
    whole = _in_another_order(context)
    if whole and all(len(hit.key) < len(whole.key) for hit in part.hits):
        words = [p for p in part.words if not whole.first <= p < whole.last]
        part = replace(part, hits=[whole], sections=[], words=words)
        context = context._replace(parts=[*context.parts[: context.at], part, *context.parts[context.at + 1 :]])
    telling = [hit for hit in part.hits if not hit.meaning.generic] or part.hits[:1]
    for hit in telling:
        sections = [context.read.tokens[p] for p in part.sections if _nearest(telling, p) is hit]
        marked = _marked(context, hit)
        own = [in_acts(section, marked.meaning.offences) for section in sections]
        narrowed, why = _narrowed(marked, [of_section(section)[0] for section in sections], own)
        yield _judged(context, narrowed, said, on, why)


def _by_reference(context: Context, said: Said, on: date | None) -> Iterator[Named]:
    """The offences a part names by nothing but the courts' codes or sections."""
    for place in [*context.part.codes, *([] if context.part.codes else context.part.sections)]:
        token = context.read.tokens[place]
        if token.form.startswith("~"):
            (ids, taken_part), definite = of_code(token.form.removeprefix("~")), True
        else:
            (ids, definite), taken_part = of_section(token), None
        if not ids:
            kind = "code is mapped to no schedule" if token.form.startswith("~") else "section is in none of the lists"
            yield Named(
                context.read.text[token.start : token.end], token.start, token.end, "none", reason=f"the {kind}"
            )
            continue
        hit = Hit((), Meaning(offences=ids, sure=definite and of_one_standing(ids)), place, place + 1)
        named = _judged(context, hit, said, on, "the section holds several offences")
        yield replace(named, way=taken_part, entries=entries_of(ids, taken_part, on)) if taken_part else named


def _unexplained(context: Context) -> list[int]:
    """The words of a part that may name an offence not known here; a remark on the offence before is not one."""
    odd = context.odd(context.part.words)
    remark = context.before is not None and context.before.hits and context.part.opening in ("(", "-", ":")
    return [] if remark else odd


def _either(found: list[Named]) -> list[Named]:
    """Offences joined by "or": where they stand differently none is certain."""
    if len({one.standing for one in found}) == 1 and all(one.certainty == "certain" for one in found):
        return found
    unsure = {"certainty": "candidate", "score": 0.9, "reason": "it is one of two offences joined by “or”"}
    return [replace(one, **unsure) if one.certainty == "certain" else one for one in found]  # type: ignore[arg-type]


def _doubted(found: list[Named]) -> list[Named]:
    """An offence set aside in one place is not certain in another, unless its own words say that it was proved."""
    aside = {one.entries for one in found if one.set_aside}
    return [
        replace(one, certainty="candidate", score=0.9, reason="the text also sets this offence aside")
        if one.certainty == "certain" and one.entries in aside and not one.proved
        else one
        for one in found
    ]


def _unproved(found: list[Named]) -> list[Named]:
    """Offences of earlier sentences after one that sets some of them aside by the name of their family: "Both assaults dismissed"."""
    why = "the text sets several offences aside, which may take in this one"
    return [
        replace(one, certainty="candidate", score=0.9, reason=why)
        if one.certainty == "certain" and not one.proved
        else one
        for one in found
    ]


def _settled(one: Named) -> bool:
    return one.certainty == "certain" and one.standing == "qualifies"


class _Reader:
    """Reads a text sentence by sentence, and searches by likeness only so often."""

    def __init__(self, text: str, on: date | None) -> None:
        self.read = read(text)
        self.on = on
        self.found: list[Named] = []
        self.whole = True
        self.guesses = GUESSES
        self.heading = Said()
        """What a line of its own says of all that follows it: "Not proceeded with:"."""

    def likely(self, places: Sequence[int]) -> Named | None:
        """What these words may mean by likeness, as long as searches are left."""
        self.guesses -= 1
        return _likely(self.read, places) if self.guesses >= 0 and places else None

    def sentence(self, parts: list[Part]) -> None:
        if only_outcomes(self.read, parts):
            self.heading = heading(self.read, parts)
            if self.heading == Said():
                self.found = shared(self.read, parts, self.found, of_last=True)
            return
        said, names = self.heading, list[Named]()
        _join_sections(self.read, parts)
        for at, part in enumerate(parts):
            context = Context(self.read, parts, at)
            if part.opening == "," and said.role == "aside":
                said = said._replace(role="doubt")
            named = self.part(context, said)
            if names and _settled(names[-1]) and part.opening in ("(", "-", ":"):
                named = [one for one in named if one.certainty != "candidate"]  # "wounding with intent: stabbed victim"
            said = said_before(context, len(self.read.tokens), said)
            if (
                named
                and names
                and (part.opening == "or" or (part.opening == "/" and named[0].certainty == "candidate"))
            ):
                names[-1:] = _either([names[-1], *named])
            else:
                names += named
        if len(parts) > 1 and names and not any(one.certainty == "certain" or one.set_aside for one in names):
            # A name with commas or "or" in it, misspelt: "causing or allowing serious harm to a child or vulerable adult".
            names = _widened(names, self.likely([p for part in parts for p in part.places()]))
        if says_of_family(self.read, parts):
            self.found = _unproved(self.found)
        self.found += shared(self.read, parts, names)

    def part(self, context: Context, said: Said) -> list[Named]:
        part, unexplained = context.part, _unexplained(context)
        if part.hits or _in_another_order(context):
            names = list(_by_wording(context, said, self.on))
            unsure = context.odd(part.words) and any(one.certainty != "certain" and not one.set_aside for one in names)
            return _widened(names, self.likely(part.places())) if unsure else names
        if part.codes or part.sections:
            names = list(_by_reference(context, said, self.on))
            known = any(one.entries for one in names) or not unexplained
            return names if known else _widened(names, self.likely(part.places()))
        if not unexplained:
            return []
        places = part.places()
        likely = self.likely(places)
        if likely:
            return [likely]
        if len(places) > 8 or (part.opening == "," and prepositions_before(self.read, places[0])):
            self.whole = False
            return []
        start, end = span_of(self.read, places)
        written = " ".join(self.read.text[start:end].split())
        return [Named(written, start, end, "none", reason="it is in none of the lists")]


def named_in(text: str, on: date | None) -> tuple[list[Named], bool]:
    """Every offence named in `text`, and whether all of the text was understood."""
    reader = _Reader(text, on)
    for parts in sentences(reader.read):
        reader.sentence(parts)
        if len(reader.found) > MOST:
            return _doubted(reader.found[:MOST]), False
    return _doubted(reader.found), reader.whole
