"""The kernels find what hand-written SQL finds: whole answers, on a graph like real payments.

The usual run has 20,000 payments and works through the kernels interpreted, so that nobody waits
for a compiler; the long run has a million and compiles them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graphmodel.kernels.jit import interpreted
from tests.bench import workloads
from tests.bench.workloads import OURS, Setting, Workload
from tests.needs import is_long

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

SPARSE, DENSE = ("P1e6", "D1e6") if is_long() else ("P20000", "D20000")
DAYS, DENSE_DAYS = 30, 7
THREADS = 2 if is_long() else 1
"""What is interpreted stays in the thread that said so."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("graphs")


def answers(workload: Workload, setting: Setting) -> dict[str, NDArray[Any]]:
    """Return the rows of each contender."""
    found = {}
    for contender in workload.contenders:
        with interpreted(when=not is_long()), contender.open(setting) as work:
            answer = contender.answer(work())
        assert answer.rows is not None
        assert not answer.cut
        found[contender.name] = answer.rows
    return found


def tuples(rows: NDArray[Any]) -> list[tuple[int, ...]]:
    """Return rows as sorted tuples without what fills them up."""
    return sorted(tuple(value for value in row if value != -1) for row in rows.tolist())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("workload", "tag", "days", "least"),
    [
        (workloads.loops, SPARSE, DAYS, 500),
        (workloads.loops, DENSE, DENSE_DAYS, 200),
        (workloads.relay_pairs, SPARSE, DAYS, 200),
        (workloads.relay_pairs, DENSE, DAYS, 200),
        (workloads.near_payments, SPARSE, DAYS, 100),
        (workloads.gathers, DENSE, DAYS, 1),
        (workloads.fans, DENSE, DAYS, 10),
    ],
)
def test_the_kernels_find_what_sql_finds(
    workload: Callable[[], Workload], tag: str, days: int, least: int, folder: Path
) -> None:
    found = answers(workload(), Setting(tag, days, THREADS, 1, folder))
    ours = tuples(found[OURS])
    assert ours == tuples(found["DuckDB"])
    assert len(ours) == len(set(ours))
    assert len(ours) >= least


@pytest.mark.slow
def test_loops_of_any_length_hold_those_of_six(folder: Path) -> None:
    setting = Setting(SPARSE, DAYS, THREADS, 1, folder)
    every = tuples(answers(workloads.loops_of_any_length(), setting)[OURS])
    short = tuples(answers(workloads.loops(), setting)["DuckDB"])
    assert [loop for loop in every if len(loop) <= workloads.LONGEST] == short


@pytest.mark.slow
def test_an_index_finds_what_is_found_without_it(folder: Path) -> None:
    found = answers(workloads.loops_of_another_window(), Setting(SPARSE, DAYS, THREADS, 1, folder))
    by_index, from_arrays = map(tuples, found.values())
    assert by_index == from_arrays
    assert len(by_index) > 100
