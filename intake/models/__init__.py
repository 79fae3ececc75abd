"""What a referral desk speaks of: people, files, lists, questions and answers, decisions, the whole case."""

from intake.models.case import Case, Erasing, Event, Hold, Restriction, Telling
from intake.models.decisions import Decision, DecisionDraft, Reopening, Review, ReviewDraft
from intake.models.files import Attachment, DocumentFacts, DueDate, Progress, Receipt, Refused, Stage
from intake.models.lists import Alike, QueuePage, ReferralLine, SamePerson
from intake.models.people import Agency, Correspondent, Person
from intake.models.questions import Answer, AnswerResult, Clarification, RawAnswer

__all__ = [
    "Agency",
    "Alike",
    "Answer",
    "AnswerResult",
    "Attachment",
    "Case",
    "Clarification",
    "Correspondent",
    "Decision",
    "DecisionDraft",
    "DocumentFacts",
    "DueDate",
    "Erasing",
    "Event",
    "Hold",
    "Person",
    "Progress",
    "QueuePage",
    "RawAnswer",
    "Receipt",
    "ReferralLine",
    "Refused",
    "Reopening",
    "Restriction",
    "Review",
    "ReviewDraft",
    "SamePerson",
    "Stage",
    "Telling",
]
