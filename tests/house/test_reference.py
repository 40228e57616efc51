"""The tables of `cypher/README.md` are those of the code."""

from __future__ import annotations

from tests.house.reference import PAGE, page


def test_the_rules_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
