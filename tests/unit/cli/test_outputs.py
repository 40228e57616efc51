"""What leaves the program: JSON, CSV without formulas, files that overwrite nothing of a case."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmodel.cli.outputs import (
    PAGE_MARK,
    case_stem,
    check_page,
    check_rejects,
    check_target,
    csv_cell,
    csv_text,
    json_text,
)
from graphmodel.cli.session import Session
from graphmodel.errors import UsageError
from graphmodel.private_files import write_private
from graphmodel.sources.rejects import FORMULA_STARTS

SESSION = Session("en", "en")


@given(st.text())
def test_json_steers_no_terminal_and_reads_back_as_it_was(value: str) -> None:
    said = json_text({"名": value})
    assert json.loads(said) == {"名": value}
    assert not [sign for sign in said if sign in "\x1b\x07\x7f\x9b\u202e\u2028\ufeff\n"]


def test_json_keeps_chinese_and_writes_no_nan() -> None:
    values = {"a": float("nan"), "b": [float("inf"), -float("inf"), 1.5], "c": "批次"}
    assert json_text(values) == '{"a": "NaN", "b": ["Infinity", "-Infinity", 1.5], "c": "批次"}'


@given(st.text(), st.sampled_from(FORMULA_STARTS))
def test_no_csv_cell_begins_a_formula(rest: str, start: str) -> None:
    text = csv_text([start + "name"], [[start + rest], [rest]])
    cells = [row[0] for row in csv.reader(io.StringIO(text, newline="")) if row]
    assert not [cell for cell in cells if cell.startswith(FORMULA_STARTS)]


def test_csv_keeps_numbers_and_writes_lists_as_json() -> None:
    rows = [[-5, None, True, [1, "=x"], "a,b", 2.5]]
    assert csv_text(["a", "b", "c", "d", "e", "f"], rows) == (
        'a,b,c,d,e,f\n-5,,true,"[1, ""=x""]","a,b",2.5\n'
    )
    assert csv_cell("\t=1") == "'\t=1"


def test_the_page_goes_into_the_working_folder_under_the_name_of_the_case(tmp_path: Path) -> None:
    case, here = tmp_path / "some case", tmp_path / "here"
    case.mkdir()
    here.mkdir()
    assert check_page(SESSION, None, case, here) == here / "some case.html"
    assert case_stem(Path("x/deals.case.duckdb")) == "deals"
    assert case_stem(Path("x/payments.parquet")) == "payments"


@pytest.mark.parametrize("inside", [".", "below", "below/further"])
def test_the_page_is_never_written_inside_the_case_folder(tmp_path: Path, inside: str) -> None:
    case = tmp_path / "case"
    (case / "below" / "further").mkdir(parents=True)
    with pytest.raises(UsageError, match="--html"):
        check_page(SESSION, None, case, case / inside)
    with pytest.raises(UsageError, match="case folder"):
        check_page(SESSION, case / inside / "page.html", case, tmp_path)


def test_a_link_into_the_case_folder_is_seen_through(tmp_path: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    (tmp_path / "door").symlink_to(case, target_is_directory=True)
    with pytest.raises(UsageError, match="case folder"):
        check_page(SESSION, tmp_path / "door" / "page.html", case, tmp_path)


def test_only_our_own_page_is_overwritten(tmp_path: Path) -> None:
    case, page = tmp_path / "case", tmp_path / "case.html"
    case.mkdir()
    page.write_text("<!doctype html><p>notes of my own", encoding="utf-8")
    with pytest.raises(UsageError, match="exists"):
        check_page(SESSION, None, case, tmp_path)
    page.write_text("# graphmodel\n\nnotes about it", encoding="utf-8")
    with pytest.raises(UsageError, match="exists"):
        check_page(SESSION, None, case, tmp_path)
    page.write_bytes(b"<!doctype html><meta " + PAGE_MARK)
    assert check_page(SESSION, None, case, tmp_path) == page


def test_rejects_replace_nothing_but_rejects(tmp_path: Path) -> None:
    case, out = tmp_path / "case", tmp_path / "rejects.csv"
    case.mkdir()
    out.write_text("id,name\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no list of rejects"):
        check_rejects(SESSION, out, case)
    out.write_text("path,line,column,value,reason\n", encoding="utf-8")
    check_rejects(SESSION, out, case)
    with pytest.raises(UsageError, match="another output"):
        check_rejects(SESSION, out, case, tmp_path / "case" / ".." / "rejects.csv")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are those of POSIX")
def test_a_pipe_is_no_output(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UsageError, match="no regular file"):
        check_rejects(SESSION, pipe, tmp_path / "case")
    with pytest.raises(OSError, match="no regular file"):
        write_private(pipe, b"")
    assert pipe.is_fifo()


def test_no_output_replaces_the_case_or_a_folder(tmp_path: Path) -> None:
    case = tmp_path / "payments.csv"
    case.write_text("id\n", encoding="utf-8")
    refused = {
        "overwritten": case,
        "is a folder": tmp_path,
        "Make it first": tmp_path / "no" / "x.csv",
    }
    for reason, target in refused.items():
        with pytest.raises(UsageError, match=reason):
            check_target(SESSION, target, case)
    assert check_target(SESSION, tmp_path / "new.csv", case) == (tmp_path / "new.csv").resolve()
