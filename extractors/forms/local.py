"""Labels that an area prints on its own edition of a form, laid over the shipped ones: data that comes with each file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from extractors.contract import FIELDS
from extractors.forms.definitions import OTHER, Definition, definition
from extractors.models import FormCode, Model
from extractors.wording import Lexicon, plain

LONGEST_LOCAL = 120
"""Characters; what is longer is an instruction and not a label."""


class LocalLabel(Model):
    """`label`, as printed on an area's edition of `form`, asks for `key`: a contract key, or one that holds two such as
    person.full_name."""

    form: FormCode
    key: str
    label: str


def definition_with(form: FormCode, local: tuple[LocalLabel, ...] = ()) -> Definition:
    """The shipped definition of `form` with the labels of `local` that are meant for it.

    A local label goes before a shipped wording that is no field; one whose key the form does not carry is left out.
    """
    mine = tuple(one for one in local if one.form == form)
    return _laid_over(form, mine) if mine else definition(form)


@lru_cache(maxsize=12)
def _laid_over(form: FormCode, local: tuple[LocalLabel, ...]) -> Definition:
    shipped = definition(form)
    own = [phrase for phrase in shipped.labels.phrases if phrase[0] != OTHER]
    others = [phrase for phrase in shipped.labels.phrases if phrase[0] == OTHER]
    added = [(one.key, one.label) for one in local if one.key in shipped.fields]
    return replace(shipped, labels=Lexicon(shipped.wording, own + added, others, shipped.labels.patterns))


def names_of(form: FormCode) -> Mapping[str, str]:
    """Every key that a label of `form` can ask for, with its name for people, in the form's order."""
    meant = definition(form)
    split = {
        key: next(phrase for owner, phrase in meant.labels.phrases if owner == key)
        for key in meant.fields
        if key not in FIELDS
    }
    return split | {key: field.label for key, field in FIELDS.items() if key in meant.fields}


def problem_with(new: LocalLabel, local: tuple[LocalLabel, ...]) -> str | None:
    """Why a label cannot be added to the shipped ones and those of `local`, in a sentence for people; None when it can."""
    meant = definition_with(new.form, local)
    if new.key not in meant.fields:
        return f"Form {new.form} has no such field"
    label = plain(new.label)
    tokens = meant.wording.tokens(label)
    if len(label) > LONGEST_LOCAL:
        return f"Keep the label below {LONGEST_LOCAL} characters: leave out instructions that follow it"
    if not set(tokens) - meant.wording.light or label.isdigit():
        return "Enter the label as it is printed. It needs a word that tells which field is meant"
    names = names_of(new.form)
    owners = {match.owner for match in meant.labels.exact(label)} - {OTHER}
    if new.key in owners:
        return f"This label is read as “{names[new.key]}” already"
    elsewhere = owners or {match.owner for match in meant.here.exact(label)} - {new.key}
    if elsewhere:
        return f"This label means “{names[min(elsewhere)]}”: a form with both could not be told apart"
    if meant.headings.exact(label):
        return "This is the heading of a part of the form, not the label of one field"
    if any(field.options is not None and field.options.exact(label) for field in meant.fields.values()):
        return "This is an answer that a form offers, not a label"
    return None
