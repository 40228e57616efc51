"""Workbooks: numbers, dates as shown, formulas, other sheets, damage."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from graphmodel.sources.base import UnusableError
from graphmodel.sources.case_tables import read_case
from graphmodel.sources.workbook import read_xlsx, shown_date
from tests.unit.sources.samples import node


@pytest.mark.parametrize(
    ("number_format", "text"),
    [
        ("yyyy", "2019"),
        ("yyyy-mm", "2019-03"),
        ('yyyy"年"m"月"', "2019-03"),
        ("yyyy/m/d", "2019-03-01"),
        ("mm-dd-yy", "2019-03-01"),
        ("[$-409]d mmm yyyy", "2019-03-01"),
        ("yyyy/m/d h:mm", "2019-03-01T00:00"),
        ("yyyy/m/d h:mm:ss", "2019-03-01T00:00:00"),
    ],
)
def test_a_date_has_the_precision_that_is_shown(number_format: str, text: str) -> None:
    assert shown_date(datetime(2019, 3, 1), number_format) == text  # noqa: DTZ001 - as shown


def test_a_clock_time_is_never_cut_off() -> None:
    late = datetime(2019, 3, 1, 9, 30, 5)  # noqa: DTZ001 - as a file has it
    assert shown_date(late, "yyyy-mm") == "2019-03-01T09:30:05"


def test_a_workbook_has_numbers_and_dates(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Payments"
    sheet.append(["ID", "payer", "payee", "amount", "time", None])
    sheet.append([17, "a", "b", 0.1 + 0.2, datetime(2019, 3, 14, 9, 30)])  # noqa: DTZ001 - a cell
    sheet.append([])
    sheet.append([18, "a", "b", 4500, 43538])
    sheet.append([19, "a", "b", 1, date(2019, 3, 14), "beyond the header"])
    sheet["E2"].number_format = "yyyy/m/d h:mm"
    book.create_sheet("Notes").append(["anything"])
    book.create_sheet("Empty")
    book.save(tmp_path / "case.xlsx")
    case = read_case(tmp_path)
    assert {(r.path, r.line, r.column) for r in case.rejects} == {
        ("case.xlsx#Payments", 4, "time"), ("case.xlsx#Payments", 5, ""),
    }  # fmt: skip
    payment = node(case.facts, "Payment", "17")
    assert (payment["amount_minor"], payment["time"]) == (30, "2019-03-14T09:30")
    assert case.warnings == ["sheets not read: case.xlsx#Notes"]


def test_a_formula_without_a_result_is_not_lost(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "payments"
    sheet.append(["id", "payer", "payee", "amount", "channel"])
    sheet.append(["p1", "a", "b", "=1+1", None])
    sheet.append(["p2", "a", "b", 2, "=A1"])
    book.save(tmp_path / "case.xlsx")
    case = read_case(tmp_path)
    assert [(r.line, r.column, r.value) for r in case.rejects] == [(2, "amount", "=1+1")]
    assert node(case.facts, "Payment", "p2")["channel"] == "=A1"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nothing", b"PAR1 nothing PAR1"])
def test_other_content_is_refused(data: bytes) -> None:
    with pytest.raises(UnusableError):
        read_xlsx(Path("case.xlsx"), data, "case.xlsx")


def test_a_workbook_cut_short_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "case.xlsx")
    whole = (tmp_path / "case.xlsx").read_bytes()
    for length in (100, len(whole) // 2, len(whole) - 10):
        with pytest.raises(UnusableError):
            read_xlsx(Path("case.xlsx"), whole[:length], "case.xlsx")


def test_damaged_parts_are_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "case.xlsx")
    with ZipFile(tmp_path / "case.xlsx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for broken in sorted(parts):
        changed = io.BytesIO()
        with ZipFile(changed, "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, b"<a" if name == broken else part)
        try:
            tables = read_xlsx(Path("case.xlsx"), changed.getvalue(), "case.xlsx")
        except UnusableError as error:
            assert error.code == "workbook"  # noqa: PT017 - either outcome is right
        else:
            assert [table.lines for table in tables] == [[]]
