"""Empty answers: what people write into a field that settles nothing, kept as written and told apart from a blank.

"None", "nil" and "none known" are answers and are not among them (contract, rules.md, "Words").
"""

from __future__ import annotations

import re

from extractors.wording import plain

_LATER = (
    r"(?:at (?:present|this (?:time|stage|point)|the moment|time of (?:writing|referral))|as yet|yet|currently|presently|to date|"
    r"to (?:me|us|(?:the )?referrer|(?:this )?(?:agency|service)))"
).replace(" ", r"\ ")
_WHERE = (
    r"(?:the |our |my |latest |full |current |previous |accompanying |separate |main )*"
    r"(?:attached|attachments?|enclosed|enclosures?|above|below|overleaf|previous|earlier|other|continuation|additional|supplementary|"
    r"oasys|e-?oasys|asset ?plus|asset|onset|n?delius|p?-?nomis|nomis|pnc|visor|mapps|rio|child ?view|careworks|systm ?one|"
    r"reports?|psr|sdr|fdr|pre-?sentence|court|case|file|records?|notes?|minutes|appendix|annex|sections?|parts?|pages?|sheets?|"
    r"box|question|q\d|form|referral|risk assessment|assessment|cpa|hcr-?20|document|docs?|papers|bundle|mg\d+|separate)\b"
).replace(" ", r"\ ")
_EMPTY = re.compile(
    rf"""(?:
      n \s* [./\\]? \s* a \.? | not\ (?:applicable|app|relevant)(?:\ .{{0,30}})? | does\ not\ apply | non[- ]applicable
    | n \s* [./\\] \s* k \.? | nk
    | (?:currently\ |presently\ |as\ yet\ |still\ )?(?:not\ (?:yet\ )?(?:currently\ )?known|unknown|unk|not\ (?:yet\ )?(?:available|recorded|confirmed|established|determined|provided|supplied|to\ hand)|(?:not\ yet|yet\ to\ be)\ (?:allocated|appointed|assigned|identified|agreed|decided|set|fixed|listed|arranged)|no\ information(?:\ available)?|information\ not\ available|don'?t\ know|do\ not\ know|not\ sure|unsure|unclear|unconfirmed|undetermined)(?:\ {_LATER})?
    | t\.?\s?b\.?\s?[acdn]\.? (?:\ .{{0,25}})?
    | (?:still\ )?(?:to\ be|yet\ to\ be)\ (?:confirmed|advised|added|allocated|appointed|arranged|assigned|determined|decided|completed|identified|notified|agreed|established|set|provided|fixed|announced|ascertained)(?:\ .{{0,30}})?
    | (?:details?\ |information\ |date\ |name\ |will\ |report\ |assessment\ )*(?:to\ follow|will\ follow|following)(?:\ .{{0,20}})?
    | (?:currently\ )?(?:awaited|awaiting(?:\ .{{0,30}})?|pending)
    | (?:please\ |pls\ )?(?:see|refer(?:\ back)?\ to|as\ per|per|as\ in|as\ on|(?:as\ )?(?:found|detailed|contained|stated|recorded)\ (?:in|on))\ {_WHERE}(?:\W.{{0,60}})?
    | (?:in|on|within)\ (?:the\ )?(?:attached|enclosed|oasys|asset\ ?plus|n?delius|file|visor|nomis)(?:\ (?:report|document|file))?
    | (?:please\ )?(?:see|refer\ to)\ (?:\w+\ ){{0,3}}(?:attached|enclosed|report|assessment)
    | (?:information\ |details?\ |report\ |copy\ |document\ )?(?:is\ |are\ )?(?:attached|enclosed)(?:\ (?:separately|report|document|sheet))?
    | (?:same\ )?(?:as\ )(?:above|below|before|previously(?:\ stated)?|stated(?:\ above)?) | ditto | same\ as\ above | above | see\ (?:above|below)
    | [-–—.?*/\\_=~]+ | x{{2,}} | \?+
    )""",
    re.VERBOSE | re.IGNORECASE,
)


def is_empty_answer(text: str) -> bool:
    """Whether `text` is an empty answer such as "N/A", "not known", "TBC", "see OASys", "as above" or "-"."""
    written = plain(text).strip(" \t\n()[]\"'")
    written = written.rstrip(".,;:!") if not re.fullmatch(r"[-–—.?*/\\_=~]+", written) else written
    return bool(written) and _EMPTY.fullmatch(written) is not None
