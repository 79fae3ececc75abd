"""The rule book's pages follow the pack that the desk judges by, and show all that the book says of a rule."""

from collections.abc import Iterator

import pytest
from house import SetClock
from visitors import Visitor, text_of

from intake.house import House, open_house
from intake.settings import Settings
from validation.rulebook import rule_book


@pytest.fixture
def house(settings: Settings, clock: SetClock) -> Iterator[House]:
    """A desk that judges by the national pack."""
    with open_house(settings.model_copy(update={"pack": "national"}), clock=clock) as opened:
        yield opened


def test_the_rule_book_is_that_of_the_pack_chosen(coordinator: Visitor) -> None:
    page = coordinator.page("/rules")
    assert "Rule book: National guidance" in text_of(page)
    named = {link.get("href").removeprefix("/rules/") for link in page.xpath("//a[starts-with(@href, '/rules/')]")}
    assert named == {entry.id for section in rule_book("national").sections for entry in section.entries}
    assert "local-agreement" not in named


def test_a_rule_that_only_another_pack_has_is_shown_as_that_packs(coordinator: Visitor) -> None:
    assert "Rule local-agreement, West Midlands" in text_of(coordinator.page("/rules/local-agreement"))
    assert "Rule category-2, National guidance" in text_of(coordinator.page("/rules/category-2"))


def test_a_rule_page_says_everything_the_book_says(coordinator: Visitor) -> None:
    for section in rule_book("national").sections:
        for entry in section.entries:
            text = text_of(coordinator.page(f"/rules/{entry.id}"))
            said = [entry.title, entry.note or "", *(ask.question for ask in entry.asks)]
            said += [part for cited in entry.citations for part in (cited.document, cited.phrase, cited.edition)]
            said += [example.says for example in entry.examples]
            assert [part for part in said if " ".join(part.split()) not in text] == [], entry.id
