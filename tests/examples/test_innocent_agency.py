"""The harmless example: what is seen is not enough, and the report says why."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

from graphmodel.case import Case
from graphmodel.model.finding import Level
from tests.examples.tables import apply, drop, put, read_tables
from tests.needs import ROOT
from tests.typologies.story import flag, normal, reduced

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.model.report import Report

EXAMPLE = ROOT / "examples" / "innocent_agency"
EXPECTED = json.loads((EXAMPLE / "expected" / "findings.json").read_text(encoding="utf-8"))


@cache
def report() -> Report:
    return flag(EXAMPLE)


def test_nothing_at_supported_or_above() -> None:
    assert [f.typology for f in report().findings if f.level >= Level.SUPPORTED] == []
    assert EXPECTED["nothing_at_or_above"] == "supported"


def test_the_lead_is_the_one_expected() -> None:
    found = report().findings
    wanted = [normal(entry) for entry in EXPECTED["findings"]]
    assert [reduced(f, w) for f, w in zip(found, wanted, strict=True)] == wanted


def test_it_says_why_it_is_not_enough() -> None:
    (finding,) = report().findings
    facts = {fact for objection in finding.against for fact in objection.facts}
    assert {"tie-agent", "claim-1"} <= facts
    assert all(o.statement.zh and o.statement.en for o in finding.against)
    assert finding.innocent


def test_the_account_run_by_a_carer_is_set_aside(tmp_path: Path) -> None:
    assert report().set_aside["straw_account"] == 1
    told = " ".join(words.en for words in report().near_misses)
    assert "guardian or carer" in told
    found = flag(apply(EXAMPLE, tmp_path / "case", [drop("circumstances", "care-1")]))
    (straw,) = [f for f in found.findings if f.typology == "straw_account"]
    assert straw.level == Level.LEAD


def test_every_row_quotes_its_line_of_the_source() -> None:
    lines = (EXAMPLE / "source.txt").read_text(encoding="utf-8").splitlines()
    for table, (header, rows) in read_tables(EXAMPLE).items():
        for row in rows if table != "sources" else ():
            cells = dict(zip(header, row, strict=True))
            place = re.match(r"第(\d+)行(（.+）)?$", cells["locator"])
            assert place, (table, cells)
            assert cells["quote"], (table, cells)
            assert cells["quote"] in lines[int(place[1]) - 1], (table, cells)


def test_it_is_read_without_a_warning() -> None:
    with Case.open(EXAMPLE) as case:
        assert list(case.imported.rejects) == []
        assert [w for w in case.imported.warnings if "README.md" not in w] == []
    assert [w for w in report().warnings if "README.md" not in w] == []


def test_told_nothing_and_shown_no_price_it_would_be_strong(tmp_path: Path) -> None:
    edits = [put("ties", "tie-agent", "disclosed", "no"), drop("claims", "claim-1")]
    found = flag(apply(EXAMPLE, tmp_path / "case", edits))
    (finding,) = [f for f in found.findings if f.typology == "self_dealing_agent"]
    assert finding.level == Level.STRONG
