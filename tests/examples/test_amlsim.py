"""AMLSim 10K: its read-me is run, and every labelled circle that has an order is found whole."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from graphmodel.case import Case
from graphmodel.evaluate.convert import convert
from graphmodel.evaluate.run import evaluate
from graphmodel.findings.configuration import read_configuration
from tests.examples.test_readmes import check_sessions
from tests.needs import ROOT
from tests.unit.kernels.test_labelled_loops import circles, in_order

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = ROOT / "examples" / "amlsim"
LOOPS = "MATCH (l:Loop)-[:STEP]->(p:Payment) WHERE l.kind = 'payment' RETURN l.id AS l, p.id AS p"


def amlsim(shared: Path, folder: Path) -> Path:
    """Return the set under the name that the read-me gives it."""
    source = shared / "data" / "amlsim_10k_ordered"
    (folder / "AMLSim").symlink_to(source, target_is_directory=True)
    return folder / "AMLSim"


@pytest.mark.slow
def test_its_read_me_is_true(shared: Path, tmp_path: Path) -> None:
    amlsim(shared, tmp_path)
    check_sessions(EXAMPLE / "README.md", tmp_path)


@pytest.mark.slow
def test_all_labelled_circles_with_an_order_are_found(shared: Path, tmp_path: Path) -> None:
    convert("amlsim", amlsim(shared, tmp_path), tmp_path / "world")
    config = read_configuration(EXAMPLE / "rules.toml")
    wanted = {
        least: {frozenset(str(p[3]) for p in c) for c in circles(shared) if in_order(c, least)}
        for least in (0, 1)
    }
    assert {least: len(some) for least, some in wanted.items()} == {0: 34, 1: 8}
    loops: dict[str, set[str]] = defaultdict(set)
    with Case.open(tmp_path / "world" / "case", config=config) as case:
        for loop, payment in case.query(LOOPS, budget_s=None).rows:
            loops[str(loop)].add(str(payment))
        told = evaluate(case, tmp_path / "world", config=config)
    found = {frozenset(payments) for payments in loops.values()}
    assert wanted[0] <= found
    assert wanted[1] <= found
    (measure,) = told.measures
    assert (measure.plants, len(measure.found)) == (40, 34)
    assert [(p.k, p.taken) for p in measure.precision] == [(10, 10), (50, 50), (100, 100)]
    assert all(p.hits is not None and p.hits > 0 for p in measure.precision)
