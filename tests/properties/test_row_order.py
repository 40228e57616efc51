"""The order of rows in the case tables changes nothing that is reported."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from graphmodel.case import Case
from tests.examples.tables import read_tables
from tests.needs import ROOT
from tests.typologies.story import copy_tables, write_table

if TYPE_CHECKING:
    from random import Random

EXAMPLE = ROOT / "examples" / "qingdao_relay"


def told(folder: Path) -> tuple[str, str, str, list[str]]:
    """Return the report as JSON in both languages, its case digest, its near misses."""
    with Case.open(folder) as case:
        report = case.flag()
    zh = json.dumps(report.to_json("zh"), ensure_ascii=False)
    en = json.dumps(report.to_json("en"), ensure_ascii=False)
    return zh, en, report.digest, [words.en for words in report.near_misses]


@cache
def plain() -> tuple[str, str, str, list[str]]:
    """Return what the example says as it is."""
    return told(EXAMPLE)


@settings(max_examples=4)
@given(st.randoms(use_true_random=False))
def test_row_order_changes_nothing_in_the_report(random: Random) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = copy_tables(EXAMPLE, Path(scratch) / EXAMPLE.name)
        for name, (header, rows) in read_tables(folder).items():
            random.shuffle(rows)
            order = list(range(len(header)))
            random.shuffle(order)
            turned = [[row[place] for place in order] for row in rows]
            write_table(folder / f"{name}.csv", [header[place] for place in order], turned)
        assert told(folder) == plain()
