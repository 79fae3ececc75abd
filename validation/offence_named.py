"""Each offence a text names, judged: what it can be, how it was taken part in, and whether the words round it leave that certain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal, NamedTuple

from validation.offence_book import Forms, Meaning, book, in_acts, of_code, of_one_standing, of_section
from validation.offence_clauses import (
    Cue,
    Hit,
    Part,
    is_benign,
    prepositions_before,
    sentences,
    small_after,
    span_of,
    vocabulary,
)
from validation.offence_guess import guess
from validation.offence_lists import LawEntry, Standing, inchoate_entry, offences
from validation.offence_words import Read, read

MOST = 40
"""Offences kept from one text."""
GUESSES = 6
"""Unexplained parts of one text for which the lists are searched by likeness."""

_WAYS = {"@att": "attempt", "@con": "conspiracy", "@enc": "encouraging", "@inc": "incitement", "@aid": "aiding"}
_LISTS = (
    "schedule15_part1",
    "schedule15_part2",
    "s327",
    "schedule15_part3",
    "category4",
    "near_miss",
    "watchlist",
    "schedule3",
)


@dataclass(frozen=True)
class Named:
    """One offence named, as judged so far."""

    written: str
    start: int
    end: int
    certainty: Literal["certain", "candidate", "none"]
    entries: tuple[LawEntry, ...] = ()
    standing: Standing | None = None
    way: str | None = None
    score: float = 0.0
    reason: str = ""
    set_aside: bool = False
    proved: bool = False
    """The words before it say convicted, guilty, sentenced."""


class _State(NamedTuple):
    """What the sentence has said so far of the offences to come."""

    role: str | None = None
    words: str = ""


def _entries(ids: frozenset[int], way: str | None, on: date | None) -> tuple[LawEntry, ...]:
    entries = [entry for i in sorted(ids) for entry in offences()[i].entries]
    if way:
        entries += [row for entry in list(entries) for row in [inchoate_entry(entry, way)] if row]
    old = on is not None and any(e.offences_until and on <= e.offences_until for e in entries)
    entries.sort(key=lambda e: (_LISTS.index(e.list), (e.offences_until is not None) != old))
    return tuple(dict.fromkeys(entries))


def _standing_of(ids: frozenset[int]) -> Standing | None:
    found = {offences()[i].standing for i in ids}
    return found.pop() if len(found) == 1 else None


def _too_early(ids: frozenset[int], on: date | None) -> date | None:
    """The first day from which the lists take these offences in, where that is later than `on`."""
    if on is None:
        return None
    days = []
    for i in ids:
        listed = [e for e in offences()[i].entries if e.list in ("schedule15_part1", "schedule15_part2", "s327")]
        if not listed or any(e.offences_from is None or e.offences_from <= on for e in listed):
            return None
        days.append(min(e.offences_from for e in listed if e.offences_from))
    return min(days) if days else None


def _narrowed(hit: Hit, sections: Sequence[frozenset[int]], near: Sequence[frozenset[int]]) -> tuple[Meaning, str]:
    """The meaning of a wording beside the sections given: those of Acts named or always meant, and those read in the wording's own Acts."""
    ids = hit.meaning.offences
    for found, own in zip(sections, near, strict=True):
        cited = own or found
        if ids & (found | own):
            ids = ids & (found | own)
        elif own or (cited and hit.meaning.generic):
            ids = cited
        elif cited and of_one_standing(ids | cited):
            ids = ids | cited
        elif cited:
            return hit.meaning.model_copy(
                update={"offences": ids | cited, "sure": False}
            ), "the section is another offence's"
        else:
            continue
        hit = hit._replace(meaning=Meaning(offences=ids, sure=of_one_standing(ids)))
    return hit.meaning, "" if hit.meaning.sure else "the words fit several offences"


def _marked(read_: Read, parts: Sequence[Part], index: int, hit: Hit) -> Hit:
    """A wording with a mark beside it or in brackets after it ("Common assault (racially aggravated)", "Rape, victim under 13")."""
    words = list(parts[index].words)
    if index + 1 < len(parts) and not parts[index + 1].hits and parts[index + 1].opening in ("(", "-", ",", ":"):
        words += parts[index + 1].words
    for place in words:
        mark = read_.tokens[place].form
        if not mark.startswith("#"):
            continue
        for key in (tuple(sorted((*hit.key, mark))), tuple(sorted((*hit.key, mark, "child")))):
            for found in book().bags.get(key, ()):
                hit = hit._replace(meaning=book().phrases[found])
    return hit


def _bagged(read_: Read, part: Part) -> Hit | None:
    """The one wording that all words of a part make up in another order: "child under 13, rape of"."""
    places = [
        p
        for p in part.places()
        if not (is_benign(read_.tokens[p].form) and read_.tokens[p].form not in ("child", "#u13"))
    ]
    words = tuple(read_.tokens[p].form for p in places)
    plain = tuple(word for word in words if word not in _WAYS)
    for key in book().bags.get(tuple(sorted(words)), ()) or book().bags.get(tuple(sorted(plain)), ()):
        return Hit(key, book().phrases[key], min(places), max(places) + 1)
    return None


def _words_round(read_: Read, part: Part, hit: Hit) -> tuple[list[int], list[int]]:
    """Words of the part before and after a wording, up to the next wording on each side."""
    others = [h for h in part.hits if h is not hit]
    floor = max((h.last for h in others if h.last <= hit.first), default=-1)
    ceiling = min((h.first for h in others if h.first >= hit.last), default=len(read_.tokens))
    cut = max((c.last for c in part.cues if c.role in ("affirm", "neutral") and c.last <= hit.first), default=floor)
    lead = [p for p in part.words if max(floor, cut) <= p < hit.first]
    tail = [p for p in part.words if hit.last <= p < ceiling]
    return lead, tail


def _turning(hit: Hit, standing: Standing | None) -> frozenset[str]:
    """The words that, beside this wording, may make it another offence."""
    terms = vocabulary()
    turning = terms.altering if standing == "qualifies" else terms.altering | terms.altering_near
    for word in hit.key:
        turning |= terms.turning.get(("qualifies" if standing == "qualifies" else "near_miss", word), frozenset())
    return turning


def _round_it(read_: Read, part: Part, hit: Hit, standing: Standing | None) -> str:
    """Why the words round a wording leave it uncertain; empty when they do not."""
    terms = vocabulary()
    lead, tail = _words_round(read_, part, hit)

    def form(place: int) -> str:
        return read_.tokens[place].form

    odd = [p for p in lead if not is_benign(form(p)) and form(p) not in _WAYS]
    if odd:
        return f"the words before it are not understood (“{_text(read_, odd)}”)"
    past = [p for p in range(hit.first, hit.last) if _past(read_, p)]
    if past:
        return f"this tells what was done, not the offence (“{_text(read_, past)}”)"
    turning = _turning(hit, standing)
    for p in tail:
        if form(p) in turning:
            return f"“{_text(read_, [p])}” may make it another offence"
    unknown = [p for p in tail if not is_benign(form(p)) and form(p) not in _WAYS]
    if tail and tail[0] == hit.last and form(tail[0]) in terms.compound and not small_after(read_, hit.last):
        return f"“{_text(read_, [*range(hit.first, hit.last), tail[0]])}” is not the offence itself"
    if len(hit.key) == 1 and hit.key[0] in terms.whole_only and small_after(read_, hit.last) == "to":
        return "with the words after it, it may be no offence"
    if unknown and len(hit.key) == 1 and hit.key[0] in terms.whole_only:
        return f"with the words after it, it may be no offence (“{_text(read_, unknown)}”)"
    if unknown and not (
        prepositions_before(read_, tail[0]) or (is_benign(form(tail[0])) and prepositions_before(read_, unknown[0]))
    ):
        return f"the words after it are not understood (“{_text(read_, unknown)}”)"
    return ""


def _object_of(read_: Read, parts: Sequence[Part], index: int, hit: Hit) -> str:
    """Why an offence named within another does not stand by itself ("false allegation of rape", "assisting an offender (murder)")."""
    part = parts[index]
    earlier = [h for h in part.hits if h.last <= hit.first]
    if any(cue.first >= h.last and cue.last <= hit.first for cue in part.cues for h in earlier):
        return ""
    if earlier and any(prepositions_before(read_, p) for p in range(earlier[-1].last, hit.first + 1)):
        return f"it is said of “{_text(read_, range(earlier[-1].first, earlier[-1].last))}”"
    if index and not earlier and parts[index - 1].hits and part.opening in ("(", "-", ":"):
        head = parts[index - 1].hits[-1]
        if head.meaning.unlisted or _standing_of(head.meaning.offences) == "near_miss" != _standing_of(
            hit.meaning.offences
        ):
            return f"it is said of “{_text(read_, range(head.first, head.last))}”"
    return ""


def _past(read_: Read, place: int) -> bool:
    token = read_.tokens[place]
    word = read_.text[token.start : token.end].lower()
    return (
        not token.form.startswith(("@", "#", "§"))
        and word.isalpha()
        and word.endswith("ed")
        and word not in book().spelling
    )


def _text(read_: Read, places: Sequence[int]) -> str:
    start, end = span_of(read_, places)
    return " ".join(read_.text[start:end].split())[:80]


def _way(read_: Read, part: Part, hit: Hit) -> str | None:
    """How the offence was taken part in, from the words round it."""
    lead, tail = _words_round(read_, part, hit)
    for place in [*reversed(lead), *tail]:
        if read_.tokens[place].form in _WAYS:
            return _WAYS[read_.tokens[place].form]
    return None


def _own(read_: Read, part: Part, first: int, last: int) -> tuple[int, int]:
    """The characters a wording takes up, with the sections and ways of taking part beside it."""
    places = [*range(first, last), *part.sections, *(p for p in part.words if read_.tokens[p].form in _WAYS)]
    return span_of(read_, places) if len(part.hits) < 2 else span_of(read_, range(first, last))


def _state_before(part: Part, place: int, state: _State, read_: Read) -> _State:
    """What has been said before this token, cues of the part included."""
    for cue in part.cues:
        spent = (
            cue.after
            and any(hit.last <= cue.first for hit in part.hits)
            and not any(hit.first >= cue.last for hit in part.hits)
        )
        if cue.last <= place and cue.before and cue.role != "neutral" and not spent:
            others = [p for p in part.words if p < cue.first and read_.tokens[p].form in vocabulary().others]
            role = "doubt" if others else None if cue.role == "affirm" else cue.role
            state = _State(role, _text(read_, range(min([*others, cue.first]), cue.last)))
    return state


def _after(parts: Sequence[Part], index: int, place: int, read_: Read) -> _State:
    """What is said of an offence after it, in its part or in a part of words alone that follows."""

    def first(cues: Sequence[Cue]) -> _State:
        for cue in cues:
            if cue.role in ("aside", "doubt") and cue.after:
                return _State(cue.role, _text(read_, range(cue.first, cue.last)))
        return _State()

    part = parts[index]
    nexthit = min((h.first for h in part.hits if h.first >= place), default=len(read_.tokens))
    state = first([c for c in part.cues if place <= c.first < nexthit])
    if state.role is None and nexthit == len(read_.tokens) and index + 1 < len(parts):
        following = parts[index + 1]
        if not (following.hits or following.sections or following.codes):
            state = first(following.cues)
        elif (
            following.cues
            and following.opening in ("(", "-", ",")
            and following.cues[0].role == "aside"
            and following.cues[0].after
            and not following.cues[0].before
            and following.cues[0].last <= min(h.first for h in following.hits)
        ):
            state = first(following.cues[:1])
    return state


def _judged(
    read_: Read, parts: Sequence[Part], index: int, hit: Hit, state: _State, on: date | None, why: str
) -> Named:
    """One wording with all that is known of it."""
    part = parts[index]
    meaning = hit.meaning
    start, end = _own(read_, part, hit.first, hit.last)
    written = " ".join(read_.text[start:end].split())
    way = _way(read_, part, hit)
    entries = _entries(meaning.offences, way, on)
    standing = _standing_of(meaning.offences)
    if meaning.unlisted:
        return Named(written, start, end, "none", reason="it is in none of the lists", score=1.0)
    said = _state_before(part, hit.first, state, read_)
    later = _after(parts, index, hit.last, read_)
    if "aside" in (said.role, later.role):
        words = said.words if said.role == "aside" else later.words
        return Named(
            written, start, end, "none", entries, standing, way, 0.0, f"the text says “{words}”", set_aside=True
        )
    reason = why if not meaning.sure else ""
    if "doubt" in (said.role, later.role):
        words = said.words if said.role == "doubt" else later.words
        reason = reason or f"the text says “{words}”"
    reason = reason or _object_of(read_, parts, index, hit)
    reason = reason or _round_it(read_, part, hit, standing)
    following = parts[index + 1] if index + 1 < len(parts) else None
    if (
        not reason
        and following
        and not (following.hits or following.sections)
        and following.opening in ("(", "-", ":", ",")
    ):
        odd = [p for p in following.words if read_.tokens[p].form in _turning(hit, standing)]
        reason = f"“{_text(read_, odd)}” may make it another offence" if odd else ""
    if not reason and following and following.opening == "->":
        reason = "an arrow leads from it to another"
    if not reason and read_.text[end:].lstrip().startswith("?"):
        reason = "it is written with a question mark"
    early = _too_early(meaning.offences, on)
    if early and not reason:
        reason = f"the list takes in this offence only from {early.day} {early:%B %Y}"
    if standing == "watch":
        reason = reason or "its standing in the schedules is not confirmed"
    proved = any(cue.role == "affirm" for cue in part.cues)
    return Named(
        written,
        start,
        end,
        "candidate" if reason else "certain",
        entries,
        standing,
        way,
        0.9 if reason else 1.0,
        reason,
        proved=proved,
    )


def _joined_sections(read_: Read, parts: list[Part]) -> None:
    """Move a section that stands alone after a comma or in brackets to the wording before it, where it can be that wording's own."""
    for before, part in pairwise(parts):
        alone = (
            part.sections and not (part.hits or part.codes) and all(is_benign(read_.tokens[p].form) for p in part.words)
        )
        if alone and before.hits and part.opening in (",", "(", "-", ":"):
            ids = before.hits[-1].meaning
            own = [p for p in part.sections if in_acts(read_.tokens[p], ids.offences) or ids.generic]
            if len(own) == len(part.sections):
                before.sections += part.sections
                part.sections = []


def _part_names(read_: Read, parts: Sequence[Part], index: int, state: _State, on: date | None) -> Iterator[Named]:
    """The offences one part names by wording, section or code."""
    part = parts[index]
    whole = _bagged(read_, part)
    hits = part.hits
    if whole and not any(hit.last - hit.first >= whole.last - whole.first for hit in hits):
        hits = [whole]
        part = replace(part, hits=hits, sections=[], words=[p for p in part.words if not whole.first <= p < whole.last])
        parts = [*parts[:index], part, *parts[index + 1 :]]
    if len(hits) > 1:
        hits = [hit for hit in hits if not hit.meaning.generic] or hits[:1]
    for number, hit in enumerate(hits):
        beside = part.sections if len(hits) == 1 else [p for p in part.sections if _nearest(hits, p) == number]
        tokens = [read_.tokens[p] for p in beside]
        hit = _marked(read_, parts, index, hit)
        if meant := _mended(read_, part, hit) if len(hits) == 1 and not beside else None:
            yield meant
            continue
        meaning, why = _narrowed(
            hit, [of_section(t)[0] for t in tokens], [in_acts(t, hit.meaning.offences) for t in tokens]
        )
        yield _judged(read_, parts, index, hit._replace(meaning=meaning), state, on, why)
    for place in part.codes:
        ids, way = of_code(read_.tokens[place].form.removeprefix("~"))
        if hits and ids:
            continue
        start, end = span_of(read_, [place])
        if not ids:
            yield Named(read_.text[start:end], start, end, "none", reason="the code is mapped to no schedule")
            continue
        code = Hit((), Meaning(offences=ids, sure=of_one_standing(ids)), place, place + 1)
        yield replace(_judged(read_, parts, index, code, state, on, ""), way=way, entries=_entries(ids, way, on))
    if not hits and not part.codes:
        for place in part.sections:
            ids, definite = of_section(read_.tokens[place])
            bare = Hit((), Meaning(offences=ids, sure=definite and of_one_standing(ids)), place, place + 1)
            if ids:
                yield _judged(read_, parts, index, bare, state, on, "the section holds several offences")
            else:
                start, end = span_of(read_, [place])
                yield Named(read_.text[start:end], start, end, "none", reason="the section is in none of the lists")


def _mended(read_: Read, part: Part, hit: Hit) -> Named | None:
    """What a part may mean as a whole where a word for a family is all that was understood of it: "assult occassioning actual bodly harm"."""
    odd = [p for p in part.words if not is_benign(read_.tokens[p].form)]
    if not hit.meaning.generic or not odd or part.cues:
        return None
    start, end = span_of(read_, [*range(hit.first, hit.last), *part.words])
    written = " ".join(read_.text[start:end].split())
    guessed = guess(written) if end - start < 200 else None
    if guessed is None or guessed[0] == hit.meaning.offences:
        return None
    ids, score = guessed
    return Named(
        written,
        start,
        end,
        "candidate",
        _entries(ids, None, None),
        _standing_of(ids),
        None,
        score,
        "the words are only like its name",
    )


def _nearest(hits: Sequence[Hit], place: int) -> int:
    return min(range(len(hits)), key=lambda n: min(abs(place - hits[n].first), abs(place - hits[n].last + 1)))


def _unexplained(read_: Read, part: Part, previous: Part | None) -> list[int]:
    """Words of a part without any wording that may name an offence not known here; a remark on the offence before is not one."""
    if part.hits or part.sections or part.codes or not part.words:
        return []
    odd = [p for p in part.words if not is_benign(read_.tokens[p].form)]
    if not odd or (previous is not None and previous.hits and part.opening in ("(", "-", ":")):
        return []
    return odd


def _either(found: list[Named]) -> list[Named]:
    """Offences joined by "or": where they stand differently none is certain."""
    if len({one.standing for one in found}) == 1:
        return found
    return [
        replace(one, certainty="candidate", reason="it is one of two offences joined by “or”", score=0.9)
        if one.certainty == "certain"
        else one
        for one in found
    ]


def _doubted(found: list[Named]) -> list[Named]:
    """An offence set aside in one place is not certain in another, unless its own words say that it was proved."""
    aside = {one.entries for one in found if one.set_aside}
    return [
        replace(one, certainty="candidate", score=0.9, reason="the text also sets this offence aside")
        if one.certainty == "certain" and one.entries in aside and not one.proved
        else one
        for one in found
    ]


def named_in(text: str, on: date | None) -> tuple[list[Named], bool]:
    """Every offence named in `text`, and whether all of the text was understood."""
    read_ = read(text)
    found: list[Named] = []
    whole, guesses = True, 0
    for parts in sentences(read_):
        state = _State()
        _joined_sections(read_, parts)
        for index, part in enumerate(parts):
            if part.opening == "," and state.role == "aside":
                state = state._replace(role="doubt")
            names = list(_part_names(read_, parts, index, state, on))
            state = _state_before(part, len(read_.tokens), state, read_)
            found += names
            odd = [] if names else _unexplained(read_, part, parts[index - 1] if index else None)
            if odd:
                start, end = span_of(read_, part.places())
                written = " ".join(read_.text[start:end].split())
                guessed = guess(written) if guesses < GUESSES and end - start < 200 else None
                guesses += 1
                remark = part.opening == "," and prepositions_before(read_, part.places()[0])
                if guessed:
                    ids, score = guessed
                    found.append(
                        Named(
                            written,
                            start,
                            end,
                            "candidate",
                            _entries(ids, None, on),
                            _standing_of(ids),
                            None,
                            score,
                            "the words are only like its name",
                        )
                    )
                elif remark or len(odd) > 8:
                    whole = False
                else:
                    found.append(Named(written, start, end, "none", reason="it is in none of the lists"))
            if part.opening == "or" and names and found[: -len(names)]:
                found[-len(names) - 1 :] = _either(found[-len(names) - 1 :])
            if len(found) >= MOST:
                return _doubted(found[:MOST]), False
    return _doubted(found), whole


__all__ = ["Forms", "Named", "named_in"]
