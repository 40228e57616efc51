"""All stories in one case: each gives what it gives alone, and building repeats itself."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from graphmodel.case import Case
from tests.bench.cases import build, told_stories, write
from tests.typologies.story import DEAL_TYPOLOGIES

if TYPE_CHECKING:
    from pathlib import Path

PAYMENTS = 3_000


def test_one_seed_builds_one_case() -> None:
    first, second = build(PAYMENTS, 1), build(PAYMENTS, 1)
    assert first.tables == second.tables
    assert len(first.tables["payments"]) == PAYMENTS
    assert sum(first.planted.values()) == sum(len(s.expect["findings"]) for s in told_stories())


@pytest.mark.slow
def test_stories_told_together_do_not_disturb_each_other(tmp_path: Path) -> None:
    built = build(PAYMENTS, 1)
    with Case.open(write(built, tmp_path / "case")) as case:
        assert list(case.imported.rejects) == []
        report = case.flag()
    found = Counter(
        (f.typology, f.level.label) for f in report.findings if f.typology in DEAL_TYPOLOGIES
    )
    planted = Counter({k: n for k, n in built.planted.items() if k[0] in DEAL_TYPOLOGIES})
    assert found - planted == Counter()
    assert planted - found == Counter()
    # one story shares a device among eleven accounts on purpose
    assert [line for line in report.truncated if "11 accounts" not in line] == []
