"""The file of rejects: complete, safe in a spreadsheet, private."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from graphmodel.errors import LimitError
from graphmodel.sources.base import Reject
from graphmodel.sources.case_tables import read_case
from graphmodel.sources.rejects import guard_cell, write_rejects

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "＝1", " =1"])
def test_no_cell_begins_a_formula(cell: str) -> None:
    assert guard_cell(cell) == f"'{cell}"


def test_all_rejects_are_written(tmp_path: Path) -> None:
    rejects = [
        Reject("payments.csv", 2, "amount", "-5", "must not be negative"),
        Reject("payments.csv", 3, "付款方", '=cmd|"x"', "没有这个编号"),
    ]
    out = tmp_path / "rejects.csv"
    write_rejects(out, rejects)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["path", "line", "column", "value", "reason"],
        ["payments.csv", "2", "amount", "'-5", "must not be negative"],
        ["payments.csv", "3", "付款方", '\'=cmd|"x"', "没有这个编号"],
    ]


def test_values_are_short_and_without_control_characters(tmp_path: Path) -> None:
    (tmp_path / "persons.csv").write_text(
        f"id,name\n\x1b[31m{'x' * 500},n\n", encoding="utf-8", newline=""
    )
    (reject,) = read_case(tmp_path).rejects
    assert len(reject.value) == 120
    assert reject.value.isprintable()


def test_no_place_to_write_is_a_limit(tmp_path: Path) -> None:
    with pytest.raises(LimitError, match=r"rejects\.csv cannot be written"):
        write_rejects(tmp_path / "absent" / "rejects.csv", [])
