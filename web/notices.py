"""Says on the next page that something was done; the address carries only a code of this table, never words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask import request

NOTICES: Mapping[str, str] = MappingProxyType(
    {
        "answered": "Your answers were sent. The form was checked again with them.",
        "answered-before": "These answers had been sent already. Nothing was changed.",
        "answered-some": "Your answers were sent. Some questions are still open.",
        "saved": "Your answers are saved, not sent. Come back and send them when they are ready.",
        "corrected": "The value was put right. What was read before is kept in the history.",
        "withdrawn": "The referral was withdrawn.",
        "document": "The document was added.",
        "asked": "The question was sent to the referrer.",
        "assigned": "The case was assigned.",
        "unassigned": "The case is not assigned to anybody now.",
        "assigned-all": "The cases were assigned.",
        "assigned-some": "The cases were assigned, but for those that were closed or given to somebody else in the meantime.",
        "assigned-none": "Nothing was assigned: tick the cases first.",
        "decided": "The decision was recorded and the referrer can see it.",
        "reopened": "The decision was reopened. The first decision is kept.",
        "reviewed": "The review was recorded.",
        "retried": "The form is being read again.",
        "redrawn": "The pages are being drawn again.",
        "person-added": "The person can sign in now.",
        "person-changed": "The account was changed.",
        "restricted": "The case is restricted to the people you named. To all others it is not there.",
        "restriction-lifted": "The restriction was lifted. The area and the agency see the case again.",
        "periods-set": "The periods are set. What falls due by them is announced first, and erased when its notice is over.",
        "held": "The case is kept until the hold is lifted.",
        "hold-lifted": "The hold was lifted.",
        "erasure-ordered": "The case is erased in 7 days. Until then the order can be taken back.",
        "erasure-taken-back": "The order was taken back. The case is kept.",
        "password-changed": "Your password was changed. Your other sessions were ended.",
        "sessions-ended": "It was ended.",
        "key-added": "The security key was added. Your other sessions were ended.",
        "key-removed": "The security key was removed. Your other sessions were ended.",
        "second-step-asked": "It was saved.",
        "agency-added": "The agency was added.",
        "agency-changed": "The agency was changed.",
        "panels-added": "The panels are in the calendar. Those on a day without work are shown as cancelled, with the reason.",
        "panels-known": "The calendar had all these meetings already.",
        "panels-changed": "The calendar was changed. Whose accepted cases stood on these panels are told by mail.",
        "counting-changed": "The time to decide is counted anew. Open cases have their new due dates.",
        "label-added": "The label is known. The next form that prints it is read by it.",
        "label-removed": "The label is no longer known. What was read by it stays as it was read.",
        "choice-kept": "Your choice is kept. It holds for messages from now on.",
        "message-again": "The message is sent again.",
        "message-dropped": "The message was taken off the list. It is not sent again.",
        "messages-sent": "Messages leave again, those that were waiting too.",
        "messages-dropped": "Messages leave again. Those that the backup brought back are not sent.",
        "wording-changed": "The next message of this kind has the new wording.",
        "wording-reset": "The wording is again the one that came with the service.",
        "mail-taken": "The mail was taken in as a referral of the agency. The form is being read.",
        "mail-closed": "The mail was taken off the list. It stays in the mailbox.",
        "sender-added": "Mails of this sender are taken in from now on.",
        "sender-removed": "Mails of this sender are no longer taken in by themselves.",
        "system-added": "The system was added. Make a token for it, so that it can come in.",
        "webhook-replayed": "What was given up is sent again.",
        "webhook-ended": "Nothing more is told to this address.",
        "token-revoked": "The token was revoked. Nothing comes in by it any more.",
        "group-added": "People of the group can sign in from now on.",
        "group-removed": "The group is no longer let in.",
        "closure-added": "The day was closed. Open cases have their new due dates where working days count.",
        "closure-removed": "The day is open again. Open cases have their new due dates where working days count.",
    }
)


def notice() -> str | None:
    """The sentence for the `done` code in the address, if any."""
    return NOTICES.get(request.args.get("done", ""))
