"""Offences written the way people write them, made from the statutory lists: what each names is the row it was made from.

Nothing here asks the matcher. A wording that several rows share names any of them. Each phrase is a wording of a row (its title, or a
name that the lists give for it), or its section and Act, under one or more of the noises of practice: other case, a multiplier, words
before and after, abbreviations, one slip of typing, an attempt or a conspiracy, and a second offence beside it.
"""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from validation.offence_lists import LAW

FILES = ("schedule15", "s327", "near_misses", "watchlist", "schedule3", "category4")
GENERAL = {
    "schedule15_part1": ("64", "65"),
    "schedule15_part2": ("153",),
    "schedule15_part3": ("174",),
    "schedule3": ("93", "94"),
    "s327": ("s.327(4A)(d)", "s.327(4A)(e)", "s.327(4A)(f)"),
}
"""Paragraphs on attempts, conspiracy, encouraging and aiding, which name no offence of their own."""
SHORT = (
    ("grievous bodily harm", ("GBH", "grevious bodily harm", "G.B.H.")),
    ("actual bodily harm", ("ABH", "A.B.H.")),
    ("with intent", ("w/i", "with intention", "w/ intent")),
    ("possession of", ("poss", "poss of", "possessing")),
    ("causing", ("cause", "caused")),
    ("sexual activity with", ("sexual activity w/",)),
    (
        "racially or religiously aggravated",
        ("racially aggravated", "rac/rel aggravated", "racially/religiously aggravated"),
    ),
    ("aggravated", ("agg", "agg.")),
    ("burglary", ("burg",)),
    ("assault", ("assualt", "asslt")),
    ("threats", ("threat",)),
    (" and ", (" & ",)),
)
BEFORE = (
    "",
    "Convicted of ",
    "Index offence: ",
    "Sentenced for ",
    "Pleaded guilty to ",
    "2 x ",
    "3 counts of ",
    "Found guilty of ",
    "1) ",
    "- ",
    "DV - ",
)
AFTER = (
    "",
    " x2",
    " (x 4)",
    " x3 counts",
    " (DV)",
    ", 14/03/2021",
    " on 2 May 2019",
    " - Coventry Crown Court",
    " (domestic)",
    " - victim ex-partner",
    ".",
    " [2 counts]",
)
Noise = Callable[[str, random.Random], str]


class Made(NamedTuple):
    """A phrase, and per offence that it names the rows it may be: (list, paragraph, title)."""

    phrase: str
    names: tuple[frozenset[tuple[str, str, str]], ...]


Row = tuple[str, str, str]


def wordings() -> Mapping[str, frozenset[Row]]:
    """Every wording of the lists with the rows that carry it, the general rows on attempts and the like left out."""
    found: dict[str, set[Row]] = defaultdict(set)
    spelt: dict[str, str] = {}
    for name in FILES:
        with (LAW / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["paragraph"].startswith(GENERAL.get(row["list"], ("-",))):
                    continue
                if row["list"] == "category4" and row["offence"].startswith(("attempt, consp", "abolished", "service")):
                    continue
                place = (row["list"], row["paragraph"], row["offence"])
                for wording in (row["offence"], *row["names"].split(";"), *_cited(row["act"], row["section"])):
                    plain = " ".join(wording.split())
                    if plain and not re.search(r"\ds?\w* and s", plain):
                        found[spelt.setdefault(plain.lower(), plain)].add(place)
    return {wording: frozenset(rows) for wording, rows in found.items()}


def _cited(act: str, section: str) -> Iterator[str]:
    """A row's section and Act, as a charge cites them; nothing where the row cites several."""
    if re.fullmatch(r"s\.\d+[A-Z]{0,2}(\(\w+\))*", section) and re.search(r"Act \d{4}$", act) and "/" not in act:
        number = section.removeprefix("s.")
        yield from (f"s.{number} {act}", f"section {number} of the {act}", f"Sec {number}, {act}")


def _shorter(text: str, chance: random.Random) -> str:
    fitting = [(full, short) for full, short in SHORT if full in text.lower()]
    if not fitting:
        return text
    full, shorts = chance.choice(fitting)
    return re.sub(re.escape(full), lambda _: chance.choice(shorts), text, count=1, flags=re.IGNORECASE)


def _slip(text: str, chance: random.Random) -> str:
    """One slip of typing inside a word of seven letters or more: two letters changed over, one left out, one twice."""
    words = list(re.finditer(r"[A-Za-z]{7,}", text))
    if not words:
        return text
    word = chance.choice(words)
    at = chance.randrange(word.start() + 1, word.end() - 2)
    pair = text[at : at + 2]
    slipped = chance.choice((pair[::-1], pair[0], pair[0] * 2 + pair[1]))
    return text[:at] + slipped + text[at + 2 :]


def _case(text: str, chance: random.Random) -> str:
    return chance.choice((str.upper, str.title, str.capitalize, str.lower))(text)


def _around(text: str, chance: random.Random) -> str:
    return f"{chance.choice(BEFORE)}{text}{chance.choice(AFTER)}"


def _attempted(text: str, chance: random.Random) -> str:
    return f"{chance.choice(('Attempted', 'Att.', 'attempt', 'Conspiracy to commit', 'Attempted'))} {text}"


NOISES: Sequence[tuple[Noise, ...]] = (
    (),
    (_around,),
    (_around,),
    (_case, _around),
    (_shorter, _around),
    (_shorter,),
    (_slip,),
    (_slip, _around),
    (_attempted,),
)


def made(count: int, seed: int) -> list[Made]:
    """`count` phrases; the same `seed` makes the same ones. One in ten names two offences."""
    chance = random.Random(seed)
    known = wordings()
    order = sorted(known)
    phrases: list[Made] = []
    while len(phrases) < count:
        wording = chance.choice(order)
        noises = chance.choice(NOISES)
        if _attempted in noises and re.match(r"(att|consp|solicit|incit|encourag|aid)", wording, re.IGNORECASE):
            continue
        text = wording
        for noise in noises:
            text = noise(text, chance)
        if noises or chance.random() >= 0.5:
            phrases.append(Made(text, (known[wording],)))
        else:
            other = chance.choice(order)
            joined = chance.choice((" and ", "; ", ", ", " + ", "\n"))
            phrases.append(Made(f"{wording}{joined}{other}", (known[wording], known[other])))
    return phrases
