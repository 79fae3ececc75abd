"""Three-valued criteria that compose with & | ~, say themselves in words, and keep what each part rested on.

Truth is Kleene's: an unknown part leaves a whole unknown exactly when it could still decide it. Missing information is
unknown, never false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from validation.facts import Facts
from validation.models import Step, Truth

Keys = frozenset[str]
_NEGATED: Mapping[Truth, Truth] = {"true": "false", "false": "true", "unknown": "unknown"}


@dataclass(frozen=True)
class Found:
    """How one leaf came out on one form, and on what evidence."""

    truth: Truth
    because: str | None = None


class Criterion:
    """A test that is true, false or unknown of a form."""

    def __and__(self, other: Criterion) -> Criterion:
        return all_of(self, other)

    def __or__(self, other: Criterion) -> Criterion:
        return any_of(self, other)

    def __invert__(self) -> Criterion:
        return Not(self)

    @property
    def words(self) -> str:
        """The test in plain words."""
        raise NotImplementedError

    def leaves(self) -> Iterator[Leaf]:
        """Every leaf, in the order of the words."""
        raise NotImplementedError

    def truth(self, found: Mapping[Leaf, Found]) -> Truth:
        """The truth of the whole, given how its leaves came out."""
        raise NotImplementedError

    def step(self, found: Mapping[Leaf, Found]) -> Step:
        """The trace of the whole."""
        raise NotImplementedError

    def rests_on(self, found: Mapping[Leaf, Found], doubted: Mapping[Leaf, Keys]) -> Keys:
        """Of the keys that are `doubted`, leaf by leaf, those without which the truth of the whole might be another."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Leaf(Criterion):
    """One small test of one or a few fields.

    `can_be` names what an answer could make of it. `wants` gives the keys to ask about while it stands in the way; it may
    be empty where not the referrer but the coordinator settles it (`judged`).
    """

    says: str
    keys: tuple[str, ...]
    judge: Callable[[Facts], Found]
    can_be: tuple[Truth, ...] = ("true", "false")
    wants: Callable[[Facts], tuple[str, ...]] | None = None
    judged: bool = False

    @property
    def words(self) -> str:
        return self.says

    def leaves(self) -> Iterator[Leaf]:
        yield self

    def truth(self, found: Mapping[Leaf, Found]) -> Truth:
        return found[self].truth

    def step(self, found: Mapping[Leaf, Found]) -> Step:
        outcome = found[self]
        return Step(
            says=self.says,
            truth=outcome.truth,
            key=self.keys[0] if self.keys else None,
            because=outcome.because,
        )

    def rests_on(self, found: Mapping[Leaf, Found], doubted: Mapping[Leaf, Keys]) -> Keys:
        return doubted[self]

    def to_ask(self, facts: Facts) -> tuple[str, ...]:
        """The keys to ask about while this leaf stands in the way."""
        return self.keys if self.wants is None else self.wants(facts)


@dataclass(frozen=True, eq=False)
class Not(Criterion):
    part: Criterion

    @property
    def words(self) -> str:
        return f"not ({self.part.words})"

    def leaves(self) -> Iterator[Leaf]:
        yield from self.part.leaves()

    def truth(self, found: Mapping[Leaf, Found]) -> Truth:
        return _NEGATED[self.part.truth(found)]

    def step(self, found: Mapping[Leaf, Found]) -> Step:
        return Step(says="the opposite of", truth=self.truth(found), parts=(self.part.step(found),))

    def rests_on(self, found: Mapping[Leaf, Found], doubted: Mapping[Leaf, Keys]) -> Keys:
        return self.part.rests_on(found, doubted)


@dataclass(frozen=True, eq=False)
class Many(Criterion):
    parts: tuple[Criterion, ...]

    decides: Truth = "unknown"
    """The truth of one part that settles the whole."""
    joined_by: str = ""
    heading: str = ""

    @property
    def words(self) -> str:
        return self.joined_by.join(
            f"({part.words})" if isinstance(part, Many) and len(part.parts) > 1 else part.words for part in self.parts
        )

    def leaves(self) -> Iterator[Leaf]:
        for part in self.parts:
            yield from part.leaves()

    def truth(self, found: Mapping[Leaf, Found]) -> Truth:
        truths = [part.truth(found) for part in self.parts]
        if self.decides in truths:
            return self.decides
        return "unknown" if "unknown" in truths else _NEGATED[self.decides]

    def step(self, found: Mapping[Leaf, Found]) -> Step:
        return Step(says=self.heading, truth=self.truth(found), parts=tuple(part.step(found) for part in self.parts))

    def rests_on(self, found: Mapping[Leaf, Found], doubted: Mapping[Leaf, Keys]) -> Keys:
        # One part that settles the whole for certain is enough, whatever the others come to.
        settling = [part.rests_on(found, doubted) for part in self.parts if part.truth(found) == self.decides]
        if not settling:
            return Keys().union(*(part.rests_on(found, doubted) for part in self.parts))
        return Keys().union(*settling) if all(settling) else Keys()


def all_of(*parts: Criterion) -> Criterion:
    """True when every part is; false when any part is false."""
    return Many(parts, decides="false", joined_by=" and ", heading="all of these")


def any_of(*parts: Criterion) -> Criterion:
    """True when any part is; false when every part is false."""
    return Many(parts, decides="true", joined_by=" or ", heading="at least one of these")


def constant(truth: Truth, says: str) -> Leaf:
    """A leaf that is the same on every form."""
    return Leaf(says=says, keys=(), judge=lambda _: Found(truth), can_be=(truth,))


always = constant("true", "always")
never = constant("false", "never")
