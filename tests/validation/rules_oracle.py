"""The contract's rules written out a second time, as plainly as their text: verdicts, questions and route from what is stated.

It shares nothing with validation/: no criteria, no lists, no calendar. Offences, sentences, addresses and identifiers are not read
here; the answers below say of themselves what they prove.
"""

from __future__ import annotations

import calendar
import itertools
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

OFFENCES = {
    "Robbery": True,
    "Attempted rape": True,
    "Murder": True,
    "s.20 GBH and common assault": True,
    "Conspiracy to kidnap": True,
    "Common assault": False,
    "Burglary dwelling": False,
    "Harassment; criminal damage": False,
    "Matters of concern": None,
    "Membership of a proscribed organisation": None,
    "Assault": None,
}
SENTENCES = {
    "3 years imprisonment": True,
    "12 months": True,
    "18 months suspended for 24 months": True,
    "Life, minimum 14 years": True,
    "Hospital order s37/41": True,
    "DTO 12/6": True,
    "11 months imprisonment": False,
    "Fine £200": False,
    "Community order 24 months": False,
    "Youth rehabilitation order 18 months": False,
    "52 weeks": None,
    "6 months and 8 months consecutive": None,
    "Not legible": None,
}
ORDERS = {
    "s37/41": True,
    "s.47/49": True,
    "notional 37": True,
    "s45A": True,
    "guardianship order s37": True,
    "s.2": None,
    "s3": None,
    "CTO (17A)": None,
    "s.38": None,
    "s48/49": None,
}
IDENTIFIERS = {
    "person.pnc_id": {"2002/0073319Z": True, "2012/0123456A": False},
    "person.cro_number": {"029906/12J": True, "085227/65G": False},
    "person.prison_number": {"A1234BC": True, "12345": False},
    "person.nhs_number": {"9990000018": True, "9990000019": False},
}
ETHNICITIES = {"White Irish": True, "W1": False, "IC3": False, "NS": False, "A9": False, "W1 White British": True}
ADDRESSES = {"4 Larkhill Close, Dudley": None, "NFA, Dudley": True, "No fixed abode": False, "NFA": False}
EMAILS = {
    "ward@example.nhs.uk": True,
    "ward@nhs.net": True,
    "unit@west.police.uk": True,
    "x@service.gov.uk": True,
    "x@chambers.cjsm.net": True,
    "x@unit.mod.uk": True,
    "ward@example.com": False,
    "ward@fakenhs.net": False,
    "ward@nhs.net.example.com": False,
}
NAMES = ("person.family_name", "person.given_names", "person.date_of_birth")
ANY_OF = (*IDENTIFIERS, "person.visor_ref", "person.agency_ref")
LIFE = ("person.date_of_birth", "conviction.date", "conviction.sentence_date", "dates.release", "dates.sentence_expiry")
# England and Wales, as gov.uk lists them; the oracle's forms are received in these years only.
HOLIDAYS = {
    date.fromisoformat(day)
    for day in [
        "2025-01-01",
        "2025-04-18",
        "2025-04-21",
        "2025-05-05",
        "2025-05-26",
        "2025-08-25",
        "2025-12-25",
        "2025-12-26",
        "2026-01-01",
        "2026-04-03",
        "2026-04-06",
        "2026-05-04",
        "2026-05-25",
        "2026-08-31",
        "2026-12-25",
        "2026-12-28",
        "2027-01-01",
        "2027-03-26",
        "2027-03-29",
        "2027-05-03",
        "2027-05-31",
        "2027-08-30",
        "2027-12-27",
        "2027-12-28",
    ]
}
Row = tuple[str, str, set[str]]
"""Rule, verdict, and the fields asked about."""


def months_on(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))


def age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class Form:
    """A form by what is stated on it: `form` is its letter, `said` the answers by key, dates in ISO."""

    def __init__(self, form: str, said: Mapping[str, object], received: date) -> None:
        self.form, self.said, self.received = form, said, received

    def get(self, key: str) -> str | None:
        found = self.said.get(key)
        return found if isinstance(found, str) else None

    def missing(self, *keys: str) -> set[str]:
        return {key for key in keys if key not in self.said}

    def day(self, key: str) -> date | None:
        found = self.get(key)
        return date.fromisoformat(found) if found else None

    @property
    def referral_day(self) -> date:
        return self.day("referrer.date") or self.received

    @property
    def ticked(self) -> tuple[str, ...]:
        found = self.said.get("category", ())
        return found if isinstance(found, tuple) else ()

    def rows(self) -> Iterator[Row]:
        yield from self._identity()
        yield from self._category()
        if self.form == "A":
            yield from self._threshold()
        yield from self._senders()
        yield from self._time()
        yield from self._safeguards()

    def _identity(self) -> Iterator[Row]:
        asks = self.missing(*NAMES)
        if not any(key in self.said for key in ANY_OF):
            asks.add("person.pnc_id")
        yield ("identified", "cannot_tell" if asks else "met", asks)

        checked = {key: self.get(key) for key in IDENTIFIERS if key in self.said}
        failed = {key for key, value in checked.items() if not IDENTIFIERS[key][str(value)]}
        yield ("identifiers-valid", "not_applicable" if not checked else "not_met" if failed else "met", failed)

        days = {key: self.day(key) for key in (*LIFE, "referrer.date") if key in self.said}
        chain = [(key, days[key]) for key in LIFE if key in days]
        broken: set[str] = set()
        for (one, first), (two, second) in itertools.pairwise(chain):
            assert first and second
            wrong = first >= second if one == LIFE[0] else first > second
            if (one, two) == LIFE[:2] and age(first, second) < 10:
                wrong = True
            if wrong:
                broken |= {one, two}
        for key in ("conviction.date", "conviction.sentence_date", "referrer.date"):
            day = days.get(key)
            if day and day > self.received:
                broken.add(key)
        yield (
            "dates-in-order",
            "not_applicable" if len(days) < 2 else "not_met" if broken else "met",
            broken if len(days) > 1 else set(),
        )

    def _disposal(self) -> bool | None:
        if self.form == "I":
            order = self.get("hospital.order")
            return ORDERS[order] if order else None
        sentence, order = self.get("conviction.sentence"), self.get("hospital.order")
        if sentence:
            return SENTENCES[sentence]
        return ORDERS[order] if order and self.form == "A" else None

    def _category(self) -> Iterator[Row]:
        count, only = len(self.ticked), self.ticked[0] if len(self.ticked) == 1 else None
        yield (
            "category-single",
            ("cannot_tell", "met")[count] if count < 2 else "not_met",
            set() if count == 1 else {"category"},
        )

        notified, key = self.get("conviction.notification_required"), "conviction.notification_required"
        verdict = {"yes": "met", "no": "not_met", None: "cannot_tell"}[notified]
        yield (
            "category-1",
            verdict if only == "1" else "not_applicable",
            set() if verdict == "met" or only != "1" else {key},
        )

        offence = self.get("conviction.index_offence")
        limbs = {
            "conviction.index_offence": OFFENCES[offence] if offence else None,
            "hospital.order" if self.form == "I" else "conviction.sentence": self._disposal(),
        }
        verdict = "not_met" if False in limbs.values() else "cannot_tell" if None in limbs.values() else "met"
        asks = {key for key, limb in limbs.items() if limb is not True}
        yield ("category-2", verdict if only == "2" else "not_applicable", asks if only == "2" else set())

        yield self._category_3(only, notified)

        terrorism, key = self.get("referral.terrorism"), "referral.terrorism"
        verdict = {"yes": "met", "no": "not_met", None: "cannot_tell"}[terrorism]
        yield (
            "category-4",
            verdict if only == "4" else "not_applicable",
            set() if verdict == "met" or only != "4" else {key},
        )
        clash = terrorism == "yes" and only in ("2", "3")
        yield ("terrorism-category", "not_met" if clash else "not_applicable", {"category"} if clash else set())

    def _category_3(self, only: str | None, notified: str | None) -> Row:
        if only != "3":
            return ("category-3", "not_applicable", set())
        if self.form == "A":
            asks = self.missing(
                "conviction.index_offence", "referral.reason", "referral.added_value", "level_requested"
            )
        else:
            asks = self.missing("referral.level_proposed", "referral.form_a_attached")
            if self.get("referral.form_a_attached") == "no":
                asks.add("referral.form_a_attached")
            if self.get("referral.level_proposed") == "1":
                asks.add("referral.level_proposed")
        if notified == "yes":
            return ("category-3", "not_met", set())
        if self.get("referral.level_proposed") == "1":
            return ("category-3", "not_met", asks)
        return ("category-3", "cannot_tell" if asks else "met", asks)

    def _threshold(self) -> Iterator[Row]:
        for level, need, enough in (
            ("2", "referral.added_value", "referral.previously_level_3"),
            ("3", "referral.senior_need", "referral.media_interest"),
        ):
            rule = f"level-{level}-threshold"
            risk = self.get("risk.overall")
            if self.get("level_requested") != level:
                yield (rule, "not_applicable", set())
            elif (risk in ("high", "very_high") and need in self.said) or self.get(enough) == "yes":
                yield (rule, "met", set())
            else:
                asks = self.missing(need, enough, "risk.overall")
                if risk in ("low", "medium"):
                    asks |= self.missing("referral.reason")
                yield (rule, "cannot_tell", asks)
        for rule, keys in (("level-requested", ("level_requested",)), ("added-value", ("referral.added_value",))):
            asks = self.missing(*keys)
            yield (rule, "cannot_tell" if asks else "met", asks)
        asks = self.missing("risk.overall")
        rows = self.said.get("risk.tools", ())
        assert isinstance(rows, tuple)
        if not any(row.get("tool") and row.get("date") for row in rows):
            asks.add("risk.tools")
        yield ("risk-assessed", "cannot_tell" if asks else "met", asks)

    def _senders(self) -> Iterator[Row]:
        kind, only = self.get("referrer.agency_type"), self.ticked[0] if len(self.ticked) == 1 else None
        if self.form == "A":
            endorsed = self.get("endorsement.endorsed")
            asks = self.missing("endorsement.name") | ({"endorsement.endorsed"} if endorsed != "yes" else set())
            verdict = "not_met" if endorsed == "no" else "cannot_tell" if asks else "met"
            yield ("manager-endorsement", *((verdict, asks) if kind == "yot" else ("not_applicable", set())))
            local = kind in ("probation", "police") and self.get("level_requested") == "2" and only in ("1", "2")
            asks = self.missing("local_agreement.spo", "local_agreement.police_unit")
            yield (
                "local-agreement",
                *(("cannot_tell" if asks else "met", asks) if local else ("not_applicable", set())),
            )
        else:
            level, attached = self.get("referral.level_proposed"), self.get("referral.form_a_attached")
            asks = self.missing("referral.level_proposed") | (
                {"referral.form_a_attached"} if attached != "yes" else set()
            )
            verdict = "not_met" if level and attached == "no" else "cannot_tell" if asks else "met"
            yield ("form-a-needed", *((verdict, asks) if level != "1" else ("not_applicable", set())))
            asks = self.missing("hospital.commissioner")
            yield (
                "commissioner",
                *(
                    ("cannot_tell" if asks else "met", asks)
                    if kind == "private_provider"
                    else ("not_applicable", set())
                ),
            )
        if self.form != "H":
            email = self.get("referrer.email")
            verdict = "cannot_tell" if email is None else "met" if EMAILS[email] else "not_met"
            asks = set() if verdict == "met" else {"referrer.email"}
            yield ("secure-email", *((verdict, asks) if kind == "mental_health" else ("not_applicable", set())))
        if self.form == "I":
            asks = self.missing("hospital.trigger")
            yield ("mental-health-trigger", "cannot_tell" if asks else "met", asks)
        asks = self.missing("referrer.agency", "referrer.agency_type", "referrer.name", "referrer.email")
        yield ("sender-known", "cannot_tell" if asks else "met", asks)

    def _time(self) -> Iterator[Row]:
        release = self.day("dates.release")
        if self.form == "H":
            sentenced = self.day("conviction.sentence_date")
            if sentenced is None:
                yield ("screened-in-3-days", "cannot_tell", {"conviction.sentence_date"})
            else:
                last, left = sentenced, 3
                while left:
                    last += timedelta(days=1)
                    left -= last.weekday() < 5 and last not in HOLIDAYS
                screened = self.day("referral.screening_date") or self.referral_day
                yield ("screened-in-3-days", "met" if screened <= last else "not_met", set())
        if self.form in "AH":
            inside = self.form == "A" and self.get("person.location") not in (None, "In the community")
            months = 12 if self.get("dates.complex_case") == "yes" else 6
            if release:
                in_time = months_on(self.referral_day, months) <= release
                yield ("screened-before-release", "met" if in_time else "not_met", set())
            else:
                yield (
                    "screened-before-release",
                    *(("cannot_tell", {"dates.release"}) if inside else ("not_applicable", set())),
                )
        if self.form == "A":
            if self.get("referral.terrorism") != "yes":
                yield ("terrorism-6-months", "not_applicable", set())
            elif release and months_on(self.referral_day, 6) <= release:
                yield ("terrorism-6-months", "met", set())
            else:
                yield ("terrorism-6-months", "not_met" if release else "cannot_tell", {"dates.release"})

    def _safeguards(self) -> Iterator[Row]:
        if self.form == "A":
            for rule, key in (
                ("victim-considered", "victim.issues"),
                ("disclosure-considered", "disclosure.considered"),
            ):
                asks = self.missing(key)
                yield (rule, "cannot_tell" if asks else "met", asks)
            born = self.day("person.date_of_birth")
            child = born is not None and age(born, self.referral_day) < 18
            asks = self.missing("safeguarding.childrens_services")
            yield ("under-18", *(("cannot_tell" if asks else "met", asks) if child else ("not_applicable", set())))
        ethnicity, address = self.get("person.ethnicity"), self.get("person.current_address")
        words = ETHNICITIES[ethnicity] if ethnicity else None
        yield (
            "ethnicity-in-words",
            "not_applicable" if ethnicity is None else "met" if words else "not_met",
            set() if words is not False else {"person.ethnicity"},
        )
        if self.form == "A":
            approved = self.get("person.release_address_approved")
            verdict = {"yes": "met", "no": "not_met", None: "cannot_tell"}[approved]
            asked = {"person.release_address_approved"} if verdict != "met" else set()
            yield (
                "release-address-approved",
                *((verdict, asked) if "person.release_address" in self.said else ("not_applicable", set())),
            )
        area = ADDRESSES[address] if address else None
        yield (
            "closest-links",
            "not_applicable" if area is None else "met" if area else "cannot_tell",
            {"person.current_address"} if area is False else set(),
        )

    def route(self) -> str:
        if self.form in "HI":
            return "notification"
        only, kind = self.ticked[0] if len(self.ticked) == 1 else None, self.get("referrer.agency_type")
        if only == "4" or self.get("referral.terrorism") == "yes":
            return "ct_mappa"
        if self.get("level_requested") == "2" and kind == "yot":
            born = self.day("person.date_of_birth")
            if born is None:
                return "undetermined"
            if age(born, self.referral_day) < 18:
                return "youth_panel"
        if self.get("level_requested") == "2" and kind in ("probation", "police") and only in ("1", "2"):
            return "local_approval"
        return "coordinator_decision"
