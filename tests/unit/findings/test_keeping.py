"""A report kept in a case file and read back says the same."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from graphmodel.findings.keeping import keep_report, kept_report
from graphmodel.model.counts import Bounded
from graphmodel.model.evidence import Words
from graphmodel.model.facts import Facts
from graphmodel.model.finding import Figure, Level
from graphmodel.model.report import Report
from graphmodel.store.case_file import CaseFile
from tests.unit.model.test_finding import a_finding

if TYPE_CHECKING:
    from pathlib import Path

THIRD = Figure.amount(Bounded(Fraction(100, 3), "about"), "CNY")


def report(**changes: object) -> Report:
    """Return a report with some of its parts changed."""
    parts: dict[str, Any] = {
        "version": "1",
        "title": "案",
        "timezone": "Asia/Shanghai",
        "sources": 1,
        "digest": "0",
        "counts": {"persons": 2},
        "findings": (
            a_finding(figures={"gain": THIRD}, absorbed=("relay",), circle=("a", "b")),
            a_finding(id="F-0", level=Level.LEAD, period=(None, None), params={"budget_s": 30.0}),
        ),
        "set_aside": {"relay": 2},
        "truncated": ("relay: stopped",),
        "warnings": ("w",),
        "near_misses": (Words("差一点", "nearly"),),
    }
    return Report(**{**parts, **changes})


def test_a_kept_report_comes_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    case_file = CaseFile.create(path, Facts(), {})
    assert kept_report(case_file) is None
    keep_report(case_file, report(findings=()))
    keep_report(case_file, report())
    case_file.close()
    opened = CaseFile.open(path)
    kept = kept_report(opened)
    assert kept == report()
    assert kept is not None
    assert kept.findings[0].figures["gain"].number.value == Fraction(100, 3)
    assert kept.to_json("zh") == report().to_json("zh")
    opened.close()


def test_taking_back_derived_facts_takes_back_the_report(tmp_path: Path) -> None:
    case_file = CaseFile.create(tmp_path / "x.duckdb", Facts(), {})
    keep_report(case_file, report())
    case_file.clear_derived()
    assert kept_report(case_file) is None
    case_file.close()
