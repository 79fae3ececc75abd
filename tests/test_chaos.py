"""A short, seeded run of the faults of benchmarks/chaos over real processes; the long run is a command."""

from __future__ import annotations

import pytest

from benchmarks.chaos.__main__ import tried
from benchmarks.chaos.faults import FAULTS

TRIALS = 12


@pytest.mark.timeout(170)
def test_random_faults_lose_nothing_double_nothing_and_leave_nothing_stuck() -> None:
    told: list[str] = []
    happened, wrong = tried(TRIALS, 8115, told.append)
    assert wrong == [], told
    assert happened.total() == TRIALS and happened.keys() <= FAULTS.keys()
    assert "receipts shown" in told[-2] and "0 wrong" in told[-2]
