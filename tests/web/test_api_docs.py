"""The session in docs/api.md, executed as it stands there against the service on a real connection."""

from __future__ import annotations

import re

from api_calls import serving, system_of, true_reader
from house import ROOT, Cast, SetClock

from intake.house import House

BLOCKS = re.compile(r"```python\n(.*?)```", re.DOTALL)


def test_the_session_in_the_documents_runs_as_it_stands_there(house: House, cast: Cast, clock: SetClock) -> None:
    def read_what_waits() -> None:
        clock.pass_by(seconds=5)
        while true_reader(house).do_next():
            pass

    blocks = BLOCKS.findall((ROOT / "docs" / "api.md").read_text(encoding="utf-8"))
    _, token = system_of(house, cast, cast.yot)
    with serving(house) as address:
        known = {"address": address, "token": token, "read_what_waits": read_what_waits}
        for block in blocks:
            exec(compile(block, "docs/api.md", "exec"), known)
    assert len(blocks) > 6
