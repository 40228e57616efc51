"""Real data sets without any deal: every row is accounted for and nothing is made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphmodel.case import Case
from graphmodel.model.finding import Level
from tests.convert_shared import CONVERTERS
from tests.typologies.story import DEAL_TYPOLOGIES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CONVERTERS))
def test_every_row_is_read_and_no_deal_is_seen(name: str, shared: Path, tmp_path: Path) -> None:
    rows = CONVERTERS[name](shared, tmp_path / name)
    with Case.open(tmp_path / name) as case:
        (table,) = [f for f in case.imported.files if f.path == "payments.csv"]
        report = case.flag()
    assert table.rows == rows
    assert table.rows == table.kept + table.rejected + table.duplicates
    assert (table.rejected, table.duplicates) == (0, 0)
    assert report.counts["payments"] == rows
    deals = [f for f in report.findings if f.typology in DEAL_TYPOLOGIES]
    assert [f.typology for f in deals if f.level >= Level.SUPPORTED] == []
