"""Stated order: tightened times, circles, orders that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.model.instants import parse_time, parse_zone
from graphmodel.sources.case_tables import read_case
from tests.unit.sources.samples import Row, node, write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.sources.base import CaseInput

ZONE = parse_zone("Asia/Shanghai")


def deal(name: str, time: str = "", after: str = "") -> Row:
    return {"id": name, "seller": "a", "buyer": "b", "time": time, "after": after}


def read(folder: Path, *deals: Row) -> CaseInput:
    write_csv(folder, {"deals": list(deals)})
    return read_case(folder)


def times(case: CaseInput, name: str) -> tuple[object, object]:
    found = node(case.facts, "Deal", name)
    return found["t0"], found["t1"]


def test_times_are_narrowed_both_ways_and_the_stated_text_stays(tmp_path: Path) -> None:
    case = read(
        tmp_path,
        deal("d4", "2019-03/2019-08", "d3"),
        deal("d3", "2019-05/2019-12", "d1"),
        deal("d1"),
    )
    late = parse_time("2019-05/2019-08", ZONE)[:2]
    assert times(case, "d4") == late
    assert times(case, "d3") == late
    assert times(case, "d1") == (-(10**15), late[1])
    assert node(case.facts, "Deal", "d4")["time"] == "2019-03/2019-08"


def test_an_order_that_cannot_be_is_refused_with_whoever_names_it(tmp_path: Path) -> None:
    case = read(
        tmp_path,
        deal("d1", "2019-05"),
        deal("d2", "", "d1"),
        deal("d3", "2019-04", "d2"),
        deal("d4", "2018", "d3"),
    )
    assert [(r.line, r.column, r.value) for r in case.rejects] == [
        (4, "after", "d2"),
        (5, "after", "d3"),
    ]
    assert times(case, "d1") == parse_time("2019-05", ZONE)[:2]


def test_the_row_that_closes_a_circle_is_refused_and_the_circle_with_it(tmp_path: Path) -> None:
    case = read(
        tmp_path,
        deal("d1", after="d3"),
        deal("d2", after="d1"),
        deal("d3", after="d2"),
        deal("d4", after="d3"),
        deal("d5"),
        deal("d6", after="d6"),
    )
    reasons = {r.line: r.reason for r in case.rejects}
    assert [line for line, reason in reasons.items() if "circle" in reason.split("(")[0]] == [4, 7]
    assert sorted(reasons) == [2, 3, 4, 5, 7]
    assert list(case.facts.ids("Deal")) == ["d5"]


def test_a_long_chain_is_read_in_time(tmp_path: Path) -> None:
    chain = [deal(f"d{i}", "2019", f"d{i - 1}" if i else "d4999") for i in range(5000)]
    case = read(tmp_path, *chain)
    assert len(case.rejects) == 5000
    chain[0]["after"] = ""
    (tmp_path / "x").mkdir()
    assert read(tmp_path / "x", *chain).rejects == []
