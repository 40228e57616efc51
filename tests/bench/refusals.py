"""Time how long the hostile texts of the conformance suite take to be refused.

    python tests/bench/refusals.py [--runs 5] [--shown 15]

Prints the slowest with the median CPU and wall milliseconds of each, warm, and how many pass the
bar of 50 ms (wall). It says nothing about whether they are refused: the tests do.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from graphmodel.errors import CypherError  # noqa: E402 - found by the line above
from tests.conformance.hostile_queries.texts import HOSTILE, Asked  # noqa: E402
from tests.unit.query.graphs import people  # noqa: E402

BAR_MS = 50
GRAPH = people()


def once(asked: Asked) -> tuple[float, float]:
    """Return CPU and wall milliseconds of one refusal."""
    cpu, wall = time.process_time(), time.perf_counter()
    try:
        GRAPH.query(asked.text, asked.params)
    except CypherError:
        return (time.process_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3
    message = f"{asked.text[:60]!r} is answered"
    raise SystemExit(message)


def measured(asked: Asked, runs: int) -> tuple[float, float]:
    """Return the medians of several refusals after one that is not counted."""
    once(asked)
    cpu, wall = zip(*(once(asked) for _ in range(runs)), strict=True)
    return statistics.median(cpu), statistics.median(wall)


def main() -> None:
    """Measure all and print the table of the slowest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--shown", type=int, default=15)
    options = parser.parse_args()
    times = {name: measured(asked, options.runs) for name, asked in HOSTILE.items()}
    slowest = sorted(times.items(), key=lambda entry: -entry[1][1])
    sys.stdout.write(f"{'text':<50} {'cpu_ms':>8} {'wall_ms':>8}\n")
    for name, (cpu, wall) in slowest[: options.shown]:
        sys.stdout.write(f"{name:<50} {cpu:>8.2f} {wall:>8.2f}\n")
    within = sum(wall < BAR_MS for _, wall in times.values())
    median = statistics.median(wall for _, wall in times.values())
    sys.stdout.write(f"{within} of {len(times)} within {BAR_MS} ms; median {median:.2f} ms\n")


if __name__ == "__main__":
    main()
