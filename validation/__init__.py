"""What a form proves: verdicts, questions, route. Pure: a reading and dates in, an assessment out."""

from validation.check import check as check

__all__ = ["check"]
