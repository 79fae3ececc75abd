"""Form definitions are data: what each form prints, read from extractors/forms and made ready for matching.

    shared.toml   words that mean the same, labels that are no contract key, what empty cells show, who completes a row
    parts.toml    the parts (sections) of a form, known by their headings
    fields.toml   labels of keys that any form may print
    plain.toml    the same asked in plain words, as local forms do
    patterns.toml the words of which further wordings of a key are built
    welsh.toml    the words of the Welsh half of bilingual forms
    a.toml ...    one file a form: titles, further labels, editions

`compiled` takes the same data from anywhere, so a new edition or an area's variant needs no code.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from pydantic import Field as Setting
from pydantic import model_validator

from extractors.contract import FIELDS, Kind
from extractors.dates import Sense
from extractors.forms.welsh import welsh_words
from extractors.models import FormCode, Model
from extractors.wording import Lexicon, Pattern, Wording, stem

OTHER = "other"
"""The owner of labels that are no key of this form."""

PERSON = "person"
"""What the words for whom a form is about come to in a wording: offender, patient, young person."""

_FOLDER = Path(__file__).parent


_Words = tuple[str, ...]
_Named = dict[str, tuple[str, ...]]


class _FieldRow(Model):
    key: str
    labels: _Words = ()
    here: _Words = ()
    patterns: _Words = ()
    parts: _Words = ()
    options: _Named = Setting(default_factory=dict)
    columns: _Named = Setting(default_factory=dict)
    sense: Sense = "past"
    split: _Words = ()
    found: Literal["label", "options", "title"] = "label"

    @model_validator(mode="after")
    def _fits_the_contract(self) -> _FieldRow:
        contract = FIELDS.get(self.key)
        if contract is None and not self.split:
            raise ValueError(f"{self.key} is no field key, and says not of which keys it is made (split)")
        if strange := [part for part in self.split if part not in FIELDS]:
            raise ValueError(f"{self.key} is split into {strange[0]}, which is no field key")
        if contract is not None:
            codes = {"yes", "no"} if contract.kind == "yes_no" else {code for code, _ in contract.options}
            if strange := [code for code in self.options if code not in codes]:
                raise ValueError(f"{self.key} has no option {strange[0]}; it has {', '.join(sorted(codes)) or 'none'}")
            if strange := [column for column in self.columns if column not in contract.columns]:
                raise ValueError(
                    f"{self.key} has no column {strange[0]}; it has {', '.join(contract.columns) or 'none'}"
                )
        return self


class _PartRow(Model):
    id: str
    headings: _Words
    words: _Words = ()
    ignored: bool = False


class _EditionRow(Model):
    name: str
    labels: _Words


class _WordRows(Model):
    drop: _Words = ()
    light: _Words = ()
    turning: _Words = ()
    idle: _Words = ()
    asking: _Words = ()
    same: tuple[_Words, ...] = ()
    phrases: tuple[tuple[str, _Words], ...] = ()


class FormData(Model):
    """The TOML files of one form, laid one over the other: lists add up, a field's later row adds to its earlier one."""

    form: FormCode
    titles: _Words = ()
    words: _WordRows = Setting(default_factory=_WordRows)
    who: _Named = Setting(default_factory=dict)
    notes: _Named = Setting(default_factory=dict)
    printed: _Named = Setting(default_factory=dict)
    other: _Named = Setting(default_factory=dict)
    part: tuple[_PartRow, ...] = ()
    field: tuple[_FieldRow, ...] = ()
    edition: tuple[_EditionRow, ...] = ()


@dataclass(frozen=True)
class FieldForm:
    """How one contract key (or a label that holds two of them, `split`) appears on a form."""

    key: str
    kind: Kind
    part: str
    parts: frozenset[str]
    sense: Sense
    split: tuple[str, ...]
    options: Lexicon | None
    option_words: Mapping[str, str]
    """code -> the words of the contract for it"""
    columns: Mapping[str, Lexicon]
    spread: bool
    """True when the options themselves are so telling that they are found without a label (categories, triggers)."""
    titled: bool
    """True when the choice may be made in the form's title ("Referral to Level 2 / Level 3, delete as applicable")."""


@dataclass(frozen=True)
class Definition:
    """One form, ready for matching."""

    form: FormCode
    titles: tuple[str, ...]
    fields: Mapping[str, FieldForm]
    wording: Wording
    labels: Lexicon
    """wordings that mean a key, or a label that is no key (OTHER), wherever they stand"""
    headings: Lexicon
    """wordings of headings, owned by the id of the part they open"""
    here: Lexicon
    """short wordings that mean a key only in its own part"""
    part_words: Mapping[str, tuple[str, ...]]
    """token -> the parts it tells of"""
    ignored_parts: frozenset[str]
    who: frozenset[str]
    who_headings: frozenset[frozenset[str]]
    note_starts: tuple[str, ...]
    prompts: frozenset[str]
    prompt_before: re.Pattern[str]
    """a prompt of several words that stands before an answer, because it was typed behind it"""
    editions: Mapping[str, frozenset[frozenset[str]]]


def definition(form: FormCode) -> Definition:
    """The definition of `form` as shipped."""
    return _shipped(form)


@cache
def _shipped(form: FormCode) -> Definition:
    return compiled(read_files(form))


def read_files(form: FormCode) -> FormData:
    """The shipped data of `form`."""
    names = ("shared", "parts", "fields", "plain", "areas", "patterns", form.lower())
    return laid_over(*(tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8")) for name in names))


def laid_over(*layers: Mapping[str, Any]) -> FormData:
    """One form's data from several TOML documents; lists add up, tables merge, later scalars win.

    Raises pydantic's ValidationError, which names the place: an unknown setting, key, code or column, a wrong type."""
    merged: dict[str, Any] = {}
    for layer in layers:
        _merge(merged, layer)
    return FormData.model_validate(merged, strict=False)


def _merge(onto: dict[str, Any], layer: Mapping[str, Any]) -> None:
    for name, value in layer.items():
        if isinstance(value, dict):
            _merge(onto.setdefault(name, {}), value)
        elif isinstance(value, (list, tuple)):
            onto[name] = [*onto.get(name, []), *value]
        else:
            onto[name] = value


PLAIN_WORDS = Wording(drop=frozenset({"the", "of", "please", "tick", "is", "as"}) | welsh_words(), numbered=False)
"""How words of options are compared: nearly as written, for "no" is an answer there."""

_YES_NO = {"yes": ["Yes", "Y", "True"], "no": ["No", "N", "False"]}


def _prompt_before(prompts: Iterable[str]) -> re.Pattern[str]:
    """Only prompts that say what to do, and say it in words: "Date" and "Yes / No" may begin an answer."""
    told = (prompt for prompt in prompts if _DOING.match(prompt) and len(prompt.split()) > 2)
    ways = sorted((r"\W+".join(map(re.escape, prompt.split())) for prompt in told), key=len, reverse=True)
    return re.compile(rf"^(?:{'|'.join(ways)})\b[.:]?\s*" if ways else r"(?!)", re.IGNORECASE)


_DOING = re.compile(r"click|choose|enter|type|insert|pick", re.IGNORECASE)


def compiled(data: FormData) -> Definition:
    """A form's data made ready for matching."""
    same = {stem(word): group[0] for group in data.words.same for word in group}

    def stems(words: Iterable[str]) -> frozenset[str]:
        return frozenset(same.get(stem(word), stem(word)) for word in words)

    wording = Wording(
        same=same,
        light=stems(data.words.light),
        turning=stems(data.words.turning),
        idle=stems(data.words.idle),
        asking=stems(data.words.asking),
        drop=frozenset(data.words.drop) | welsh_words(),
        phrases=tuple((meant, tuple(ways)) for meant, ways in data.words.phrases),
    )
    rows: dict[str, list[_FieldRow]] = {}
    for row in data.field:
        rows.setdefault(row.key, []).append(row)
    on_form = {key: found for key, found in rows.items() if _is_on(key, found, data.form)}
    part_words: dict[str, list[str]] = {}
    for part in data.part:
        for word in part.words:
            for token in wording.tokens(word):
                part_words.setdefault(token, []).append(part.id)
    return Definition(
        form=data.form,
        titles=tuple(data.titles),
        fields=MappingProxyType({key: _field(key, found) for key, found in on_form.items()}),
        wording=wording,
        labels=Lexicon(
            wording,
            _own_phrases(on_form, wording),
            _other_phrases(data, rows, frozenset(on_form)),
            _patterns(rows, frozenset(on_form), wording),
        ),
        headings=Lexicon(wording, ((part.id, heading) for part in data.part for heading in part.headings)),
        here=Lexicon(wording, ((key, label) for key, found in on_form.items() for row in found for label in row.here)),
        part_words=MappingProxyType({token: tuple(ids) for token, ids in part_words.items()}),
        ignored_parts=frozenset(part.id for part in data.part if part.ignored),
        who=frozenset(" ".join(PLAIN_WORDS.tokens(word)) for word in data.who.get("words", ())),
        who_headings=frozenset(frozenset(wording.tokens(word)) for word in data.who.get("headings", ())),
        note_starts=tuple(start.lower() for start in data.notes.get("starts", ())),
        prompt_before=_prompt_before(data.printed.get("prompts", ())),
        prompts=frozenset(" ".join(PLAIN_WORDS.tokens(prompt)) for prompt in data.printed.get("prompts", ())) - {""},
        editions=MappingProxyType(
            {row.name: frozenset(frozenset(wording.tokens(label)) for label in row.labels) for row in data.edition}
        ),
    )


def _is_on(key: str, rows: list[_FieldRow], form: FormCode) -> bool:
    if key in FIELDS:
        return form in FIELDS[key].forms
    split = [part for row in rows for part in row.split]
    return bool(split) and all(form in FIELDS[part].forms for part in split)


def _own_phrases(on_form: Mapping[str, list[_FieldRow]], wording: Wording) -> Iterator[tuple[str, str]]:
    """Labels of the form's keys; those of dates also with the word "date" where they lack it."""
    yield from ((key, label) for key, found in on_form.items() for row in found for label in row.labels)
    for key, found in on_form.items():
        if key in FIELDS and FIELDS[key].kind == "date":
            yield from (
                (key, f"{label} date") for row in found for label in row.labels if "date" not in wording.tokens(label)
            )


def _other_phrases(
    data: FormData, rows: Mapping[str, list[_FieldRow]], on_form: frozenset[str]
) -> Iterator[tuple[str, str]]:
    yield from ((OTHER, label) for label in data.other.get("labels", ()))
    yield from (
        (OTHER, label) for key, found in rows.items() if key not in on_form for row in found for label in row.labels
    )


def _patterns(
    rows: Mapping[str, list[_FieldRow]], on_form: frozenset[str], wording: Wording
) -> Iterator[tuple[str, Pattern]]:
    """The patterns of the form's keys, and those of other forms' keys as labels that are no key here."""
    for key, found in rows.items():
        owner = key if key in on_form else OTHER
        yield from ((owner, Pattern.of(written, wording)) for row in found for written in row.patterns)


def _field(key: str, rows: list[_FieldRow]) -> FieldForm:
    contract = FIELDS.get(key)
    kind: Kind = contract.kind if contract else "text"
    assert kind in get_args(Kind)
    options: dict[str, list[str]] = {}
    if kind == "yes_no":
        _merge(options, _YES_NO)
    elif contract:
        _merge(options, {code: [words] for code, words in contract.options})
    columns: dict[str, list[str]] = {}
    for row in rows:
        _merge(options, row.options)
        _merge(columns, row.columns)
    part = contract.section if contract else FIELDS[rows[0].split[0]].section
    return FieldForm(
        key=key,
        kind=kind,
        part=part,
        parts=frozenset({part, *(one for row in rows for one in row.parts)}),
        sense=next((row.sense for row in rows if row.sense != "past"), "past"),
        split=tuple(dict.fromkeys(one for row in rows for one in row.split)),
        options=Lexicon(PLAIN_WORDS, ((code, word) for code, words in options.items() for word in words))
        if options
        else None,
        option_words=MappingProxyType({code: words[0] for code, words in options.items()}),
        columns=MappingProxyType(
            {name: Lexicon(_COLUMN_WORDS, ((name, word) for word in words)) for name, words in columns.items()}
        ),
        spread=any(row.found == "options" for row in rows),
        titled=any(row.found == "title" for row in rows),
    )


_COLUMN_WORDS = Wording(
    drop=frozenset({"the", "a", "an", "of", "please", "or", "and"}) | welsh_words(),
    phrases=(("email", ("e-mail", "e mail")),),
)
