"""The rule book: every rule of a pack with its test in words, questions, sources and examples, for a page and as Markdown.

`python -m validation.rulebook FILE` writes it; a test holds docs/rule-book.md true.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from extractors.contract import FIELDS
from extractors.models import FieldValue, Model
from validation.check import DEFAULT_PACK
from validation.criteria import label, option_words
from validation.duties import DUTIES
from validation.logic import Criterion, Many, Not, always, never
from validation.models import Citation, Verdict
from validation.pack import load_pack
from validation.route import ways_of
from validation.rule import Rule
from validation.worked import Example, examples_of

SECTIONS = {
    "identity": "Identity",
    "category": "Category",
    "threshold": "Threshold of the level asked for",
    "senders": "Who sends what",
    "time": "Time",
    "safeguards": "Safeguards and quality",
}
VERDICT_WORDS: dict[Verdict, str] = {
    "met": "met",
    "not_met": "not met",
    "cannot_tell": "cannot tell",
    "not_applicable": "does not apply",
}


EVERY_DAY = "on every day: its sources name no first and no last one"
_CONSTANT = (always.says, never.says)


class Outline(Model):
    """A test as an outline: `says` is a leaf in words, or how the parts hang together."""

    says: str
    parts: tuple[Outline, ...] = ()


class AskedField(Model):
    """A question of a rule: the field, what is asked where it is missing, where it stands in the way, and why."""

    key: str
    label: str
    question: str
    again: str | None
    reason: str


class ShownExample(Model):
    """An example in words: what the form says (label and answer), the verdict, and the labels asked about."""

    says: str
    form: str
    received: date
    answers: tuple[tuple[str, str], ...]
    verdict: str
    asks: tuple[str, ...]


class Entry(Model):
    """One rule as the book shows it. `not_met` is None where the rule can never be broken.

    `sentences` gives, per verdict that can be reached, the sentence that people are shown.
    """

    id: str
    title: str
    forms: str
    applies: Outline
    met: Outline
    not_met: Outline | None
    sentences: tuple[tuple[str, str], ...]
    asks: tuple[AskedField, ...]
    citations: tuple[Citation, ...]
    note: str | None
    in_force_from: date | None
    in_force_until: date | None
    examples: tuple[ShownExample, ...]


class BookSection(Model):
    id: str
    title: str
    entries: tuple[Entry, ...]


class BookLine(Model):
    """A route or a duty: its name, when it arises, what is said, and the source."""

    id: str
    when: str
    says: str
    citation: Citation


class RuleBook(Model):
    """Everything that a pack judges by."""

    pack: str
    title: str
    about: str
    sections: tuple[BookSection, ...]
    routes: tuple[BookLine, ...]
    duties: tuple[BookLine, ...]


def rule_book(pack: str = DEFAULT_PACK) -> RuleBook:
    """The book of one pack. Raises UnknownPack."""
    chosen = load_pack(pack)
    rules = chosen.rules()
    return RuleBook(
        pack=pack,
        title=chosen.title,
        about=chosen.about,
        sections=tuple(
            BookSection(id=key, title=title, entries=tuple(_entry(rule) for rule in rules if rule.section == key))
            for key, title in SECTIONS.items()
        ),
        routes=tuple(
            BookLine(id=way.route, when=way.when.words, says=way.because, citation=way.citation)
            for way in ways_of(chosen.routes)
        ),
        duties=tuple(
            BookLine(id=duty.id, when=duty.when.words, says=duty.says, citation=duty.citation)
            for duty in DUTIES
            if duty.id not in chosen.leaves_out.duties
        ),
    )


def _entry(rule: Rule) -> Entry:
    return Entry(
        id=rule.id,
        title=rule.title,
        forms=rule.forms,
        applies=outline(rule.applies),
        met=outline(rule.met),
        not_met=_broken(rule),
        sentences=tuple((VERDICT_WORDS[verdict], sentence) for verdict, sentence in rule.says.items()),
        asks=tuple(
            AskedField(key=key, label=label(key), question=ask.question, again=ask.again, reason=ask.reason)
            for key, ask in sorted(rule.asks.items(), key=lambda item: list(FIELDS).index(item[0]))
        ),
        citations=rule.citations,
        note=rule.note,
        in_force_from=rule.in_force_from,
        in_force_until=rule.in_force_until,
        examples=tuple(_shown(example) for example in examples_of(rule.id)),
    )


def outline(criterion: Criterion) -> Outline:
    """A criterion as an outline of its parts."""
    if isinstance(criterion, Many):
        return Outline(says=criterion.heading, parts=tuple(outline(part) for part in criterion.parts))
    if isinstance(criterion, Not):
        return Outline(says="not", parts=(outline(criterion.part),))
    return Outline(says=criterion.words)


def _broken(rule: Rule) -> Outline | None:
    if rule.not_met is never:
        return None
    if isinstance(rule.not_met, Not) and outline(rule.not_met.part) == outline(rule.met):
        return Outline(says="the test above is known to fail")
    return outline(rule.not_met)


def _shown(example: Example) -> ShownExample:
    answers = [(label(key), answer_words(key, answer)) for key, answer in example.answers.items()]
    answers += [(label(key), "something that cannot be read") for key in example.unclear]
    answers += [(label(key), "“not known”") for key in example.not_known]
    return ShownExample(
        says=example.says,
        form=example.form,
        received=example.received,
        answers=tuple(answers),
        verdict=VERDICT_WORDS[example.gives],
        asks=tuple(label(key) for key in example.asks),
    )


def answer_words(key: str, answer: FieldValue) -> str:
    """An answer as people say it: dates day first, codes by their words, rows of a table one after the other."""
    if answer is None:
        return "nothing"
    if isinstance(answer, str):
        if FIELDS[key].kind == "date":
            day = date.fromisoformat(answer)
            return f"{day.day} {day:%B %Y}"
        return option_words(key, answer)
    return "; ".join(
        option_words(key, part) if isinstance(part, str) else ", ".join(cell for cell in part.values() if cell)
        for part in answer
    )


def markdown(book: RuleBook) -> str:
    """The book as one Markdown document."""
    return "\n".join(_lines(book)) + "\n"


def _lines(book: RuleBook) -> Iterator[str]:
    yield f"# Rule book: {book.title}"
    yield ""
    yield "Written by `python -m validation.rulebook`; change the rules in `validation/rules`, not this page."
    yield ""
    yield f"{book.about} A missing answer, or one such as “N/A” or “see OASys”, settles nothing: it is never counted for or"
    yield "against. A rule asks only for answers that can still change its verdict, and no rule ever rejects a form."
    for section in book.sections:
        yield ""
        yield f"## {section.title}"
        for entry in section.entries:
            yield from _entry_lines(entry)
    yield ""
    yield "## Routes"
    yield ""
    yield "The first that fits is taken."
    yield ""
    for line in book.routes:
        yield f"- **{line.id}** when {line.when}. {line.says} ({_cited(line.citation)})"
    yield ""
    yield "## What follows from the facts"
    yield ""
    for line in book.duties:
        yield f"- When {line.when}: {line.says} ({_cited(line.citation)})"


def _entry_lines(entry: Entry) -> Iterator[str]:
    yield ""
    yield f"### {entry.title} (`{entry.id}`)"
    yield ""
    yield f"- Forms: {', '.join(entry.forms)}"
    yield f"- In force: {_period(entry.in_force_from, entry.in_force_until) or EVERY_DAY}"
    yield from _outlined("Applies", entry.applies)
    yield from _outlined("Met", entry.met)
    yield from _outlined("Not met", entry.not_met or outline(never))
    for citation in entry.citations:
        yield f"- Source: {_cited(citation)}"
    if entry.note:
        yield f"- Note: {entry.note}"
    if entry.asks:
        yield ""
        yield "| asks about | question | why |"
        yield "|---|---|---|"
        for ask in entry.asks:
            again = f" *Where an answer stands in the way:* {ask.again}" if ask.again else ""
            yield f"| {ask.label} | {ask.question}{again} | {ask.reason} |"
    yield ""
    yield "| example | the form says | verdict | asks |"
    yield "|---|---|---|---|"
    for example in entry.examples:
        said = "; ".join(f"{name}: {answer}" for name, answer in example.answers) or "nothing of this"
        day = f", received {example.received:%d/%m/%Y}"
        yield f"| {example.says} | form {example.form}{day}; {said} | {example.verdict} | {', '.join(example.asks)} |"


def _outlined(heading: str, test: Outline) -> Iterator[str]:
    if test.parts:
        yield f"- {heading} when {test.says}:"
        for part in test.parts:
            yield from _parts(part, 1)
    else:
        yield f"- {heading}: {test.says}" if test.says in _CONSTANT else f"- {heading} when {test.says}"


def _parts(part: Outline, depth: int) -> Iterator[str]:
    yield f"{'    ' * depth}- {part.says}{':' if part.parts else ''}"
    for inner in part.parts:
        yield from _parts(inner, depth + 1)


def _period(since: date | None, until: date | None) -> str:
    parts = [f"from {since:%d/%m/%Y}" if since else "", f"until {until:%d/%m/%Y}" if until else ""]
    return " ".join(part for part in parts if part)


def _cited(citation: Citation) -> str:
    period = _period(citation.in_force_from, citation.in_force_until)
    return f"{citation.document} ({citation.edition}), {citation.heading}: “{citation.phrase}”{', ' * bool(period)}{period}"


def main(arguments: list[str]) -> int:
    """Writes the default pack's book to the file named."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m validation.rulebook FILE\n")
        return 2
    Path(arguments[0]).write_text(markdown(rule_book()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
