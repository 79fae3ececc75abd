"""Index offences matched to the statutory lists; until the lists are in, no offence is known and none is guessed."""

from __future__ import annotations

from datetime import date

from extractors.models import Model
from validation.models import Truth


class OffenceMatches(Model):
    """The offence limb of category 2, why, and the offences named."""

    limb: Truth
    because: str
    named: tuple[str, ...] = ()


def match(text: str, on: date) -> OffenceMatches:
    """What `text` says of the offence limb on a day."""
    return OffenceMatches(limb="unknown", because="The offence lists are not yet in.")
