"""What forms had that were written before anybody looked at the reader: each test is one way in which people fill them in."""

from __future__ import annotations

from tests.extractors.test_area_forms import PERSON, form, table


def test_a_column_that_nobody_knows_makes_a_table_doubtful_that_lacks_one() -> None:
    heads = ("#Agency", "#Name", "#Role", "#Tel / e-mail"), ("#Agency", "#Name", "#Role", "#Where met")
    for heading, sure in zip(heads, (True, False), strict=True):
        rows = (heading, ("Police", "Ben Hale", "Sergeant", "01632 960012"), ("Housing", "Una Vale", "Officer", ""))
        found = form(table(2, *PERSON), table(4, *rows)).values["agencies"]
        assert isinstance(found.value, tuple) and (found.confidence >= 0.9) is sure
        assert [row["contact"] for row in found.value if isinstance(row, dict)] == [
            "01632 960012" if sure else None,
            None,
        ]
