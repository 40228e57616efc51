"""Show that queries which would explode stop at their limits, and what they leave behind.

    python tests/bench/limits.py [--budget 1.5] [--only NAME …]

Each query runs in a process of its own, warm, under the budget; printed are the seconds until the
error, their ratio to the budget, memory before, at the error and after a moment (resident, MB),
and the files left in the working folder. A second table does the same for the memory limit.
POSIX with /proc only. The exit code is 1 where a ratio is above 1.1, an answer came in its place,
or a file was left.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from graphmodel.errors import LimitError  # noqa: E402 - found by the line above
from graphmodel.query import PropertyGraph  # noqa: E402

NODES, EACH = 700, 20
MOST_RATIO = 1.1
MEMORY_MB = 300
_ALL = "MATCH (a:A), (b:A), (c:A)"
EXPLODING = {
    "cartesian": f"{_ALL}, (d:A) WHERE a.i * b.i - c.i * d.i = 7 RETURN count(*) AS n",
    "paths": "MATCH (a:A)-[:R*1..9]->(b:A) RETURN count(*) AS n",
    "paths both ways": "MATCH (a:A)-[:R*1..9]-(b:A) RETURN a.i AS i, count(b) AS n",
    "range": "UNWIND range(1, 10000000) AS x UNWIND range(1, 1000) AS y RETURN sum(x * y) AS s",
    "collect": f"{_ALL} RETURN size(collect(a.i + b.i * c.i)) AS n",
    "collect, shown": f"{_ALL} RETURN collect(a.i + b.i * c.i) AS n",
    "collect of lists": f"{_ALL} WHERE c.i < 40 RETURN collect([a.i, b.i * c.i]) AS n",
    "doubled text": "RETURN size(reduce(s = 'a', x IN range(1, 60) | s + s)) AS n",
    "replaced text": "RETURN size(reduce(s = 'a', x IN range(1, 60) | replace(s, 'a', 'aa'))) AS n",
    "split text": "RETURN size(split(reduce(s = 'a ', x IN range(1, 24) | s + s), ' ')) AS n",
    "x IN list": "WITH range(1, 1000000) AS l RETURN size([x IN l WHERE x IN l]) AS n",
    "list in list": (
        "WITH range(1, 100000) AS l RETURN size([x IN l WHERE any(y IN l WHERE y = -x)]) AS n"
    ),
    "growing list": "RETURN size(reduce(s = [0], x IN range(1, 100000) | s + [x])) AS n",
    "sort": (
        f"{_ALL} WITH a.i AS i, toString(c.i + b.i) AS k ORDER BY k, i RETURN collect(k)[1] AS z"
    ),
    "distinct": f"{_ALL} RETURN count(DISTINCT toString(a.i * b.i * c.i)) AS n",
    "many rows": f"{_ALL} RETURN a.i AS i, b.i AS j, toString(c.i) AS k",
    "many rows, one list": "UNWIND range(1, 9000000) AS x RETURN x",
}


def graph(**limits: float) -> PropertyGraph:
    """Return a dense graph under limits."""
    nodes = [{"id": i, "labels": ["A"], "properties": {"i": i}} for i in range(NODES)]
    relationships = [
        {"id": f"{i}-{j}", "type": "R", "from": i, "to": (i * 7 + j * 13 + j * j) % NODES}
        for i in range(NODES)
        for j in range(EACH)
    ]
    return PropertyGraph.from_records(nodes, relationships, **limits)  # type: ignore[arg-type]


def resident_mb() -> int:
    """Return the resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000


def run(name: str, limits: dict[str, float], folder: str) -> None:
    """Run one query in this process and print its line; exit 1 where a bound was not kept."""
    os.chdir(folder)
    made = graph(**limits)
    graph().query("MATCH (a:A)-[:R*1..2]->(b) RETURN count(*) AS n, collect(a.i)[0] AS i")
    before = resident_mb()
    start = time.perf_counter()
    try:
        made.query(EXPLODING[name])
        ended = "answered"
    except LimitError as error:
        ended = getattr(error, "which", "limit")
    took = time.perf_counter() - start
    at_end = resident_mb()
    while resident_mb() > before + 100 and time.perf_counter() - start < took + 15:
        time.sleep(0.1)
    freed = time.perf_counter() - start - took
    files = len(list(Path(folder).iterdir()))
    budget = limits.get("budget_s", 0.0)
    ratio = took / budget if budget else 0.0
    told = (
        f"{name:<20} {ended:<9} {took:6.2f} s {ratio:5.2f} {before:5} {at_end:6} {resident_mb():6}"
    )
    sys.stdout.write(f"{told} {freed:5.1f} s {files:3}\n")
    sys.stdout.flush()
    os._exit(int(ratio > MOST_RATIO or ended == "answered" or files > 0))


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description="Stop queries that would explode.")
    parser.add_argument("--budget", type=float, default=1.5)
    parser.add_argument("--only", nargs="*", choices=sorted(EXPLODING), default=sorted(EXPLODING))
    wish = parser.parse_args()
    failed = []
    for title, limits in (
        (f"budget {wish.budget:g} s", {"budget_s": wish.budget}),
        (f"memory limit {MEMORY_MB} MB", {"memory_limit_mb": MEMORY_MB, "budget_s": 20.0}),
    ):
        heads = f"{'ended by':<9} {'after':>8} {'ratio':>5} {'MB':>5} {'at end':>6} {'later':>6}"
        sys.stdout.write(f"\n{title}\n{'query':<20} {heads} {'freed':>7} {'files':>3}\n")
        sys.stdout.flush()
        names = wish.only if title.startswith("budget") else _memory(wish.only)
        for name in names:
            with tempfile.TemporaryDirectory() as folder:
                child = multiprocessing.get_context("spawn").Process(
                    target=run, args=(name, limits, folder)
                )
                child.start()
                child.join(120)
                if child.exitcode != 0:
                    failed.append(name)
                    child.kill()
    if failed:
        sys.exit(f"A bound was not kept: {', '.join(failed)}.")


def _memory(names: list[str]) -> list[str]:
    """Return the queries that need much memory before they need much time."""
    hungry = (
        "paths",
        "collect",
        "doubled text",
        "replaced text",
        "split text",
        "sort",
        "many rows",
    )
    return [name for name in names if name in hungry]


if __name__ == "__main__":
    main()
