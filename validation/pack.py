"""A pack is the rules of one area, chosen by name: which rules and routes it has, in whose wording, from when."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import Field

from extractors.models import Model
from validation.models import Citation, Route
from validation.rule import Ask, Rule
from validation.rules import RULES

FOLDER = Path(__file__).with_name("packs")


class UnknownPack(ValueError):
    """No pack of that name is there; the message lists those that are."""


class AskWording(Model):
    question: str | None = None
    reason: str | None = None
    again: str | None = None


class RuleWording(Model):
    """What a pack says otherwise than the rule's own declaration; what it leaves out stays as declared."""

    title: str | None = None
    note: str | None = None
    citations: tuple[Citation, ...] | None = None
    asks: Mapping[str, AskWording] = Field(default_factory=dict)
    in_force_from: date | None = None
    in_force_until: date | None = None


class LeftOut(Model):
    rules: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()


class Pack(Model):
    """The rules of one area. `review_weeks` gives, per level, the weeks within which an accepted case is reviewed."""

    name: str
    title: str
    about: str
    routes: tuple[Route, ...]
    review_weeks: Mapping[str, int]
    leaves_out: LeftOut = LeftOut()
    rule: Mapping[str, RuleWording] = Field(default_factory=dict)

    def rules(self, form: str | None = None, day: date | None = None) -> tuple[Rule, ...]:
        """The rules for `form` in force on `day`, in reading order; all of them where not said."""
        return tuple(
            rule
            for rule in _worded(self.name)
            if (form is None or form in rule.forms) and (day is None or rule.in_force(day))
        )


def pack_names() -> tuple[str, ...]:
    """The packs to choose from."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def title_of(name: str) -> str:
    """The title of a pack that judged a form, or its name where that pack is no longer there."""
    return load_pack(name).title if name in pack_names() else name


@lru_cache(maxsize=16)
def load_pack(name: str) -> Pack:
    """The pack called `name`. Raises UnknownPack for any other name."""
    if name not in pack_names():
        raise UnknownPack(f"There is no rule pack called {name!r}; there are: {', '.join(pack_names())}.")
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    return Pack.model_validate({"name": name, **tomllib.loads(text)}, strict=False)


@lru_cache(maxsize=16)
def _worded(name: str) -> tuple[Rule, ...]:
    pack = load_pack(name)
    known = {rule.id for rule in RULES}
    if strangers := {*pack.rule, *pack.leaves_out.rules} - known:
        raise UnknownPack(f"The rule pack {name!r} names rules that do not exist: {', '.join(sorted(strangers))}.")
    return tuple(_said_by(pack.rule.get(rule.id), rule) for rule in RULES if rule.id not in pack.leaves_out.rules)


def _said_by(wording: RuleWording | None, rule: Rule) -> Rule:
    if wording is None:
        return rule
    asks = {key: _asked_by(wording.asks.get(key), ask) for key, ask in rule.asks.items()}
    return replace(
        rule,
        title=wording.title or rule.title,
        note=wording.note or rule.note,
        citations=wording.citations or rule.citations,
        in_force_from=wording.in_force_from or rule.in_force_from,
        in_force_until=wording.in_force_until or rule.in_force_until,
        asks=asks,
    )


def _asked_by(wording: AskWording | None, ask: Ask) -> Ask:
    if wording is None:
        return ask
    return Ask(wording.question or ask.question, wording.reason or ask.reason, wording.again or ask.again)
