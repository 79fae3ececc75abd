"""Draws one random form: which fields it has, how they are worded, in what order, and what is written in them."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.unseen.answers import Written, written
from benchmarks.unseen.layouts import Layout, Question, Section, document, layout
from extractors.contract import FIELDS, keys_of
from extractors.forms.definitions import definition, read_files
from extractors.models import FormCode


@cache
def wordings() -> dict[str, Any]:
    with Path(__file__).with_name("wordings.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def known_labels(form: FormCode) -> dict[str, tuple[str, ...]]:
    """Key -> the labels the form data has for it, without those that stand for two keys."""
    meant = definition(form)
    found: dict[str, list[str]] = {}
    for row in read_files(form).field:
        if row.key in FIELDS and form in FIELDS[row.key].forms:
            for label in row.labels:
                if {match.owner for match in meant.labels.exact(label)} == {row.key} and len(label.split()) > 1:
                    found.setdefault(row.key, []).append(label)
    return {key: tuple(labels) for key, labels in found.items()}


@dataclass(frozen=True)
class Form:
    """A drawn form with what must be read from it."""

    form: FormCode
    layout: Layout
    docx: bytes
    truth: dict[str, Written]
    known: dict[str, bool]
    """key -> whether its label is worded as the form data words it"""


TITLES: dict[FormCode, tuple[str, str]] = {
    "A": ("MAPPA A", "Referral to level 2 or level 3"),
    "H": ("MAPPA H", "Youth offending team notification"),
    "I": ("MAPPA I", "Mental health notification"),
}


def draw(seed: int) -> Form:
    """The form of a seed; the same seed gives the same form."""
    chance = random.Random(seed)
    words = wordings()
    form: FormCode = chance.choice(("A", "A", "H", "I"))
    look = layout(chance)
    strange = chance.choice((0.0, 0.0, 0.15, 0.4))
    truth: dict[str, Written] = {}
    known: dict[str, bool] = {}
    parts: dict[str, list[Question]] = {}
    for key in keys_of(form):
        if key == "marking" or chance.random() < 0.1:
            continue
        labels = known_labels(form).get(key)
        said = key not in words["paraphrases"] or (labels is not None and chance.random() >= strange)
        label = chance.choice(labels if said and labels else words["paraphrases"][key])
        answer = written(key, words["sentences"]["wordings"], chance)
        said = any(match.owner == key for match in definition(form).labels.exact(label))
        truth[key], known[key] = answer, said
        note = (
            chance.choice(words["notes"]["wordings"])
            if look.place in ("left", "above") and chance.random() < 0.12
            else ""
        )
        parts.setdefault(FIELDS[key].section, []).append(Question(key, label, answer, said, note))
    strangers = chance.sample(words["strangers"]["labels"], chance.choice((0, 4, 12)))
    for label, text in strangers:
        part = parts[chance.choice(list(parts))]
        part.insert(chance.randrange(len(part) + 1), Question(None, label, Written("read", text, text)))
    order = list(parts)
    if chance.random() < 0.6:
        chance.shuffle(order)
    if chance.random() < 0.3:
        for questions in parts.values():
            chance.shuffle(questions)
    sections = [Section(chance.choice(words["headings"][part]), tuple(parts[part])) for part in order]
    return Form(form, look, document(TITLES[form], sections, look, chance), truth, known)
