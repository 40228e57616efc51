"""The reports of the shipped examples, made once by the real pipeline."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from graphmodel.case import Case
from tests.needs import ROOT

if TYPE_CHECKING:
    from graphmodel.model.report import Report


@cache
def example_report(name: str) -> Report:
    """Return what `flag` says of one example."""
    with Case.open(ROOT / "examples" / name) as case:
        return case.flag()
