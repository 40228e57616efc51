"""Limits of a query: each ends with its own error, gives memory back, and leaves no file."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphmodel.case import Case
from graphmodel.errors import LimitError, UsageError
from graphmodel.query import PropertyGraph
from graphmodel.query.engines.limits import Limits, QueryLimitError, megabytes
from graphmodel.query.engines.watch import is_work_left

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "qingdao_relay"
STATM = Path("/proc/self/statm")
ALL = "MATCH (a:A), (b:A), (c:A)"
EXPLODING = {
    "cartesian": f"{ALL}, (d:A) WHERE a.i * b.i - c.i * d.i = 7 RETURN count(*) AS n",
    "paths": "MATCH (a:A)-[:R*1..9]-(b) RETURN count(*) AS n",
    "ranges": "UNWIND range(1, 10000000) AS x UNWIND range(1, 1000) AS y RETURN sum(x * y) AS s",
    "text": "RETURN size(reduce(s = 'a', x IN range(1, 60) | s + s)) AS n",
    "lists": "WITH range(1, 100000) AS l RETURN size([x IN l WHERE any(y IN l WHERE y = -x)]) AS n",
    "rows": f"{ALL} RETURN a.i AS i, b.i AS j, toString(c.i) AS k",
    "a long list": f"{ALL} RETURN collect(a.i + b.i * c.i) AS all",
}


def dense(**limits: float) -> PropertyGraph:
    """Return a graph of 400 nodes with 12 relationships each."""
    nodes = [{"id": i, "labels": ["A"], "properties": {"i": i}} for i in range(400)]
    relationships = [
        {"type": "R", "from": i, "to": (i * 7 + j * 13 + j * j) % 400}
        for i in range(400)
        for j in range(12)
    ]
    return PropertyGraph.from_records(nodes, relationships, **limits)  # type: ignore[arg-type]


def until(holds: Callable[[], bool]) -> bool:
    """Wait for something that is to come true soon; return whether it did."""
    end = time.monotonic() + 60
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def resident_mb() -> float:
    """Return the resident memory of this process."""
    return int(STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.parametrize("name", EXPLODING)
def test_a_query_that_explodes_ends_with_its_budget(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    graph = dense(budget_s=0.4)
    with pytest.raises(QueryLimitError) as caught:
        graph.query(EXPLODING[name])
    assert (caught.value.which, caught.value.exit_code) == ("budget", 5)
    assert "time budget of 0.4 s" in caught.value.reason
    assert "--budget" in caught.value.hint
    assert until(lambda: not is_work_left())
    assert list(tmp_path.iterdir()) == []
    assert dense(budget_s=60).query("MATCH (a:A) RETURN count(*) AS n").rows == [(400,)]


def test_compiling_counts_too() -> None:
    text = "RETURN size([" + ", ".join(["1 + 1"] * 600) + "]) AS n"
    assert dense(budget_s=60).query(text).rows == [(600,)]
    with pytest.raises(QueryLimitError):
        dense(budget_s=0.02).query(text)
    assert until(lambda: not is_work_left())


def test_a_graph_answers_while_and_after_a_query_of_its_own_was_stopped() -> None:
    graph = dense(budget_s=1)
    graph.query("RETURN 1 AS x")
    for _ in range(3):
        with pytest.raises(QueryLimitError):
            graph.query(EXPLODING["text"])
        assert graph.query("RETURN $x AS x", {"x": [1, "a"]}).rows == [([1, "a"],)]
    assert until(lambda: not is_work_left())


@pytest.mark.skipif(not STATM.exists(), reason="the system does not tell resident memory")
def test_memory_is_limited_and_given_back() -> None:
    graph = dense(memory_limit_mb=150, budget_s=60)
    graph.query("MATCH (a:A)-[:R*1..2]->(b) RETURN count(*) AS n")
    before = resident_mb()
    for name in ("text", "a long list", "rows"):
        with pytest.raises(QueryLimitError) as caught:
            graph.query(EXPLODING[name])
        assert caught.value.which == "memory"
        assert "memory limit of 150 MB" in caught.value.reason
        assert until(lambda: not is_work_left())
        assert until(lambda: resident_mb() < before + 120), name


def test_a_graph_in_memory_spills_to_no_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    graph = dense()
    graph._engine._connection.execute("SET memory_limit = '60MB'")  # noqa: SLF001
    with pytest.raises(LimitError) as caught:
        graph.query(f"{ALL} RETURN count(DISTINCT toString(a.i) + toString(b.i * c.i)) AS n")
    assert "MiB" in caught.value.reason
    assert list(tmp_path.iterdir()) == []


def test_the_row_cap_counts_rows_of_the_answer_only() -> None:
    graph = dense(max_rows=400)
    assert len(graph.query("MATCH (a:A) RETURN a.i AS i").rows) == 400
    assert graph.query(f"{ALL} WHERE c.i < 2 RETURN count(*) AS n").rows == [(320_000,)]
    with pytest.raises(QueryLimitError) as caught:
        graph.query("MATCH (a:A)-[:R]->(b) RETURN a.i AS i")
    assert (caught.value.which, caught.value.exit_code) == ("rows", 5)
    assert "400" in caught.value.reason
    assert "--max-rows" in caught.value.hint


def test_answers_under_limits_are_those_without() -> None:
    texts = [
        "MATCH (a:A) RETURN a.i AS i, [a.i, null] AS l, {x: [a.i], y: a.i / 2.0} AS m ORDER BY i",
        "MATCH (a:A) RETURN collect(a.i) AS all, [[1], [], null] AS nested, null AS nothing",
        "UNWIND [1, 2.5, 'x', null, [1, 'a'], true] AS v RETURN v, [v] AS l, {v: v} AS m",
        "MATCH (a:A) WHERE a.i < 0 RETURN collect(a.i) AS none, sum(a.i) AS s",
        "UNWIND range(1, 30000) AS x RETURN x, [x, x + 1] AS pair ORDER BY x DESC",
    ]
    limited, free = dense(budget_s=300, memory_limit_mb=4000, max_rows=10**6), dense()
    for text in texts:
        rows = limited.query(text).rows
        assert repr(rows) == repr(free.query(text).rows)
        assert rows


def test_errors_of_a_watched_query_are_its_own() -> None:
    graph = dense(budget_s=60)
    for text, reason in (
        ("RETURN 1 / 0 AS x", "divided by zero"),
        ("MATCH (a:B) RETURN a.i AS i", "no label B"),
        ("RETURN $absent AS x", "no value"),
    ):
        with pytest.raises(UsageError, match=reason):
            graph.query(text)


def test_limits_are_positive_and_sizes_have_units() -> None:
    assert [megabytes(words) for words in ("512MB", "2GB", "1.5 gb", "750", "64MiB")] == [
        512,
        2000,
        1500,
        750,
        64,
    ]
    for words in ("", "MB", "two", "-1GB", "0", "5 parsec", "infGB", "1e999MB"):
        with pytest.raises(ValueError, match=r"."):
            megabytes(words) if words else megabytes(" x")
    for wrong in ({"budget_s": 0}, {"memory_limit_mb": -1}, {"max_rows": 0}):
        with pytest.raises(UsageError, match="above 0"):
            Limits(**wrong)


def test_every_limit_is_told_in_both_languages() -> None:
    limits = Limits(1.5, 200, 3)
    for which, value in (("budget", "1.5"), ("memory", "200"), ("rows", "3")):
        error = limits.passed(which)
        chinese, english = error.words("zh"), error.words("en")
        assert value in chinese[0]
        assert value in english[0]
        assert chinese != english


def test_a_case_has_a_budget_and_takes_limits(tmp_path: Path) -> None:
    with Case.import_(EXAMPLE, tmp_path / "x.case.duckdb") as case:
        assert case.query("MATCH (p:Person) RETURN count(*) AS n").rows[0][0]
        with pytest.raises(QueryLimitError, match="rows"):
            case.query("MATCH (n) RETURN labels(n) AS l", max_rows=3)
        with pytest.raises(QueryLimitError, match="memory limit of 150 MB"):
            case.query(EXPLODING["text"], memory_limit_mb=150)
        with pytest.raises(QueryLimitError, match=r"time budget of 0\.3 s"):
            case.query(EXPLODING["lists"], budget_s=0.3)
        assert case.query("MATCH (p:Person) RETURN count(*) AS n").rows[0][0]
        assert until(lambda: not is_work_left())
    assert [path.name for path in tmp_path.iterdir()] == ["x.case.duckdb"]


def test_the_program_ends_with_5_and_leaves_nothing(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = {**os.environ, "TMPDIR": str(scratch), "GRAPHMODEL_PLAN_CACHE": "off"}
    base = [sys.executable, "-m", "graphmodel", "query", str(EXAMPLE)]
    split = "RETURN size(split(reduce(s = 'a ', x IN range(1, 24) | s + s), ' ')) AS n"
    for arguments, word in (
        ([split, "--budget", "0.5"], "时间上限 0.5 秒"),
        ([EXPLODING["text"], "--memory-limit", "150MB"], "内存上限 150 MB"),
        (["MATCH (n) RETURN labels(n) AS l", "--max-rows", "2"], "行数上限 2 行"),
    ):
        ended = subprocess.run(
            [*base, *arguments, "--lang", "zh"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert (ended.returncode, ended.stdout) == (5, "")
        assert word in ended.stderr
        assert len(ended.stderr.splitlines()) == 2
    assert list(scratch.iterdir()) == []
