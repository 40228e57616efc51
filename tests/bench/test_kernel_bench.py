"""The benchmark of the kernels has the published graphs, and sees differences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.bench import bars, peers, workloads
from tests.bench.measuring import Answer, Outside, answer_of_loops, checksums, difference
from tests.bench.payment_graphs import graph, make, size_of
from tests.bench.workloads import Setting

LOOPS = np.array([[0, 3, -1], [2, 4, 7], [1, 5, 6]])


@pytest.mark.parametrize(
    ("tag", "payments", "accounts", "largest"),
    [
        ("P1e5", 100_412, 12_500, 2_316),
        ("H1e5", 100_369, 12_500, 9_120),
        ("D1e5", 100_296, 2_000, 2_235),
    ],
)
def test_graphs_are_those_of_the_published_figures(
    tag: str, payments: int, accounts: int, largest: int
) -> None:
    made = make(tag)
    assert (len(made), made.accounts) == (payments, accounts)
    assert np.bincount(made.payer).max() == largest
    assert (np.diff(made.time) >= 0).all()
    assert (made.payer != made.payee).all()


def test_a_kept_graph_is_the_one_made(tmp_path: Path) -> None:
    made = graph("P2000", folder=tmp_path)
    kept = graph("P2000", folder=tmp_path)
    for name in ("payer", "payee", "time", "amount", "tie_from", "tie_to"):
        assert np.array_equal(getattr(made, name), getattr(kept, name)), name
    assert not np.array_equal(graph("P2000", seed=2, folder=tmp_path).payer[:50], kept.payer[:50])
    with pytest.raises(ValueError, match="names no graph"):
        size_of("X1e6")


def test_equal_answers_in_another_order_are_equal() -> None:
    turned = LOOPS[[2, 0, 1]]
    assert difference(answer_of_loops(LOOPS), answer_of_loops(turned)) is None
    wider = np.pad(turned, ((0, 0), (0, 2)), constant_values=-1)
    assert difference(answer_of_loops(LOOPS), answer_of_loops(wider)) is None
    assert checksums(LOOPS) == checksums(turned)


def test_each_kind_of_difference_is_seen() -> None:
    ours = answer_of_loops(LOOPS)
    assert difference(ours, answer_of_loops(LOOPS[:2])) == "3 against 2"
    assert "by length" in str(difference(ours, Answer(3, {3: 3})))
    changed = LOOPS.copy()
    changed[1, 1] = 5
    assert "other rows" in str(difference(ours, answer_of_loops(changed)))
    assert checksums(LOOPS) != checksums(changed)
    assert checksums(LOOPS) != checksums(LOOPS[:, [1, 0, 2]])
    twice = np.vstack([LOOPS[:2], LOOPS[:1]])
    assert checksums(twice) != checksums(LOOPS)


def test_an_answer_cut_short_must_be_a_part_of_the_whole() -> None:
    whole = answer_of_loops(LOOPS)
    assert difference(answer_of_loops(LOOPS[:1], cut=2), whole) is None
    strange = np.array([[0, 3, -1], [8, 9, -1]])
    assert difference(answer_of_loops(strange, cut=2), whole) == "1 rows that the other has not"


def test_loops_of_a_prototype_begin_at_their_earliest_payment() -> None:
    rows = peers.from_least(peers.records(np.array([3, 5, 9, 2, 2, 7, 1])))
    assert rows.tolist() == [[2, 5, 9], [1, 7, -1]]


def test_counts_are_read_from_what_programs_print() -> None:
    text = "Graph read time time: 0.25 s\nTotal time: 1 s\n# cycle_size, num_of_elems\n"
    listed = peers.read_counts("one", Outside(text + "2, 10\n3, 5\nTotal, 15\n", 0.25, 1.0))
    assert (listed.count, listed.by_length) == (15, {2: 10, 3: 5})
    assert peers.read_counts("other", Outside("cycles found: 42\n", 0.0, 1.0)).count == 42
    with pytest.raises(SystemExit, match="no number of cycles"):
        peers.read_counts("other", Outside("done\n", 0.0, 1.0))


def test_a_bar_is_judged_only_where_it_is_stated() -> None:
    costs = {"graphmodel": bars.Cost(1.0, 1.0, 500.0), "DuckDB": bars.Cost(9.0, 20.0, 900.0)}
    at = {tag: Setting(tag, 30.0, 2, 1, Path()) for tag in ("P1e6", "P1e7")}
    small, large = (list(bars.judged(at[tag], "W2", costs)) for tag in ("P1e6", "P1e7"))
    assert [missed for line, missed in small if line.startswith("bar")] == [False]
    assert [missed for line, missed in large if line.startswith("bar")] == [True]
    enough = {**costs, "DuckDB": bars.Cost(9.0, 31.0, 900.0)}
    assert not any(missed for _, missed in bars.judged(at["P1e7"], "W2", enough))


def test_growth_is_told_by_doubling() -> None:
    measured = {
        (tag, "W1"): {workloads.OURS: bars.Cost(s, s, 1.0)}
        for tag, s in (("P1e6", 1.0), ("P2e6", 2.2), ("P8e6", 13.2))
    }
    sizes = {"P1e6": 1_000_000, "P2e6": 2_000_000, "P8e6": 8_000_000}
    lines = list(bars.growth(measured, sizes))
    assert [missed for _, missed in lines] == [False, True]
    assert "× 2.20" in lines[0][0]
    assert "× 2.45" in lines[1][0]
