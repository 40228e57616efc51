"""The search for a wrong answer on random pairs of graph and query; twenty thousand with --long."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from secrets import randbits

import pytest

from tests.needs import is_long, report_table
from tests.reference.comparison import Tally
from tests.reference.pairs import compare_engine
from tests.reference.searches import PAIRS_A_GRAPH, search
from tests.reference.wanted import CONSTRUCTS

PAIRS, SHARES = (20_000, 40) if is_long() else (400, 2)
SEEN_AT_LEAST = 200
"""Pairs of the long run in which every construct occurs."""
WORKERS = 2


@pytest.mark.slow
def test_random_pairs_have_no_wrong_answer() -> None:
    graphs = PAIRS // PAIRS_A_GRAPH // SHARES + 3  # what is refused is made up for
    first = randbits(32)
    tally = Tally()
    ask = partial(search, graphs=graphs, compare=compare_engine)
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        for part in pool.map(ask, range(first, first + SHARES)):
            tally.add(part)
    report_table("random pairs, engine against reference", "\n".join(tally.lines()))
    assert tally.compared >= PAIRS
    assert tally.with_rows >= 0.6 * tally.compared
    seen = {name: tally.constructs[name] for name in CONSTRUCTS if is_long()}
    assert {name: count for name, count in seen.items() if count < SEEN_AT_LEAST} == {}
