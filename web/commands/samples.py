"""Sends the fictional samples in, each as the referrer whose kind of agency would have sent it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from intake.house import House
from intake.models import Person
from intake.terms import AgencyType

SAMPLES = Path(__file__).parents[2] / "samples"
SENDERS: dict[str, AgencyType] = {
    "a-yot": "yot",
    "a-probation": "probation",
    "a-police": "police",
    "a-hospital": "mental_health",
    "a-prison": "prison",
    "h-yot": "yot",
    "h-home": "private_provider",
    "i-trust": "mental_health",
    "i-private": "private_provider",
}
"""By how a sample's file name begins; anything else comes from the police."""


def send_samples(house: House) -> int:
    """Send every sample once, on a desk that has received nothing yet. Gives how many were sent."""
    if not SAMPLES.is_dir():
        return 0
    agencies = {agency.id: agency.type for agency in house.people.agencies()}
    referrers: dict[AgencyType, Person] = {
        agencies[person.agency_id]: person
        for person in house.people.people()
        if person.role == "referrer" and person.agency_id in agencies
    }
    if any(house.views.my_referrals(referrer).lines for referrer in referrers.values()):
        return 0
    with (SAMPLES / "cases.toml").open("rb") as file:
        names = [case["file"] for case in tomllib.load(file)["case"]]
    for name in names:
        sender: AgencyType = next((kind for start, kind in SENDERS.items() if name.startswith(start)), "police")
        house.desk.receive(referrers[sender], name, (SAMPLES / name).read_bytes(), token=f"sample {name}")
    return len(names)
