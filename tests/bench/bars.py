"""What the benchmark is held to: bars that must be kept, and targets that say how near it is.

A bar or target is judged on the graph and window it is stated for; elsewhere its figure is shown.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.bench.workloads import Setting


class Cost(NamedTuple):
    """Medians of one contender on one graph; no peak where memory was not measured."""

    wall_s: float
    cpu_s: float
    peak_mb: float


Costs = dict[str, Cost]
"""By name of contender, ours first."""


class Bar(NamedTuple):
    """A bound on ours alone, or on how many times ours a peer costs (`least`).

    `measure`: a field of `Cost`; `peer`: how its name begins, "" for ours alone.
    """

    name: str
    workload: str
    peer: str
    measure: str
    bound: float
    graph: str = "P1e7"
    days: float | None = None

    def figure(self, costs: Costs) -> float | None:
        """Return the ratio or the cost, or None where it was not measured."""
        ours = getattr(next(iter(costs.values())), self.measure)
        if not self.peer:
            return ours if math.isfinite(ours) else None
        peers = list(costs.items())[1:]
        of_peer = [getattr(c, self.measure) for name, c in peers if name.startswith(self.peer)]
        return min(of_peer) / ours if of_peer else None

    def is_kept(self, figure: float) -> bool:
        """Tell whether the bound is kept."""
        return figure >= self.bound if self.peer else figure <= self.bound

    def is_stated_for(self, setting: Setting) -> bool:
        """Tell whether this is the graph and the window it is stated for."""
        return setting.tag == self.graph and self.days in {None, setting.days}


OURS = "graphmodel"
IBM, STCE = "parallel-cycle-enumeration", "DynamicCycle"
MOST_GROWTH, MOST_END_TO_END_S = 2.3, 2.3
GROWTH_FROM = 1_000_000

BARS = (
    Bar("half the prototype's time", "W1", "nbrj.py", "wall_s", 2, days=30),
    Bar("half the prototype's time", "W1any", "ub.cpp", "wall_s", 2, days=30),
    Bar("another window on an index", "W1q", "", "wall_s", 0.15),
    Bar("memory below 1 GB", "W1", "", "peak_mb", 1000, days=30),
    Bar("30 × DuckDB", "W2", "DuckDB", "cpu_s", 30),
    Bar("25 × DuckDB", "W3", "DuckDB", "cpu_s", 25),
    Bar("20 × DuckDB", "W4s", "DuckDB", "cpu_s", 20),
    Bar("20 × DuckDB", "W4f", "DuckDB", "cpu_s", 20),
)
TARGETS = (
    Bar("T1 100 × IBM", "W1any", IBM, "wall_s", 100, days=30),
    Bar("T1 30 × STCE", "W1any", STCE, "wall_s", 30, days=30),
    Bar("T1 .48 s", "W1any", "", "wall_s", 0.48, days=30),
    Bar("T3 20 × STCE", "W1any", STCE, "wall_s", 20, "D1e6", 30),
    Bar("T5 .1 s", "W1q", "", "wall_s", 0.1),
    Bar("T6 40 × DuckDB", "W2", "DuckDB", "cpu_s", 40),
    Bar("T6 .4 s", "W2", "", "cpu_s", 0.4),
    Bar("T7 40 × DuckDB", "W3", "DuckDB", "cpu_s", 40),
    Bar("T7 .35 s", "W3", "", "cpu_s", 0.35),
    Bar("T8 25 × DuckDB, scatter-gather", "W4s", "DuckDB", "cpu_s", 25),
    Bar("T8 40 × DuckDB, fan-in", "W4f", "DuckDB", "cpu_s", 40),
    Bar("T9 1.5 × Polars' bare reading", "W5", "Polars, reading only", "wall_s", 1 / 1.5),
    Bar("T9 1.7 s", "W5", "", "wall_s", 1.7),
    Bar("T10 1 GB", "W1any", "", "peak_mb", 1000, days=30),
    Bar("T10 3 GB", "W5", "", "peak_mb", 3000),
)
Measured = dict[tuple[str, str], Costs]
"""By graph and workload."""


def judged(setting: Setting, workload: str, costs: Costs) -> Iterator[tuple[str, bool]]:
    """Yield a line for each bar and target of a workload, and whether it stands missed."""
    for kind, bars in (("bar", BARS), ("target", TARGETS)):
        for bar in bars:
            figure = bar.figure(costs) if bar.workload == workload else None
            if figure is None:
                continue
            stated, kept = bar.is_stated_for(setting), bar.is_kept(figure)
            sign = ("≥" if bar.peer else "≤") + f" {bar.bound:.3g}"
            elsewhere = f"it is stated for {bar.graph}" + (f", {bar.days} days" if bar.days else "")
            word = ("kept" if kept else "missed") if stated else elsewhere
            unit = "× " if bar.peer else ("MB" if bar.measure == "peak_mb" else "s ")
            told = f"{figure:.3g} {unit} {bar.measure.split('_')[0]}"
            line = f"{kind:<6} {workload:<5} {bar.name}: {told}, {sign}: {word}"
            yield line, kind == "bar" and stated and not kept


def end_to_end(measured: Mapping[tuple[str, str], Costs], tag: str) -> str | None:
    """Return the line of T2: a CSV to all its loops."""
    parts = [measured.get((tag, name)) for name in ("W5", "W1any")]
    if None in parts:
        return None
    seconds = sum(part[OURS].wall_s for part in parts if part)
    word = "kept" if seconds <= MOST_END_TO_END_S else "missed"
    word = word if tag == "P1e7" else "it is stated for P1e7"
    return f"target W5+W1any T2 CSV to loops: {seconds:.3g} s wall, ≤ {MOST_END_TO_END_S}: {word}"


def growth(
    measured: Mapping[tuple[str, str], Costs], sizes: Mapping[str, int]
) -> Iterator[tuple[str, bool]]:
    """Yield what a doubling of payments costs between graphs of one kind, and if it is too much."""
    for kind in "PUHD":
        tags = sorted((tag for tag in sizes if tag.startswith(kind)), key=sizes.__getitem__)
        for workload in dict.fromkeys(name for _, name in measured):
            for small, large in pairwise(tags):
                pair = [measured.get((tag, workload)) for tag in (small, large)]
                if None in pair:
                    continue
                doublings = math.log2(sizes[large] / sizes[small])
                cpu = [part[OURS].cpu_s for part in pair if part]
                factor = (cpu[1] / cpu[0]) ** (1 / doublings)
                stated, missed = sizes[small] >= GROWTH_FROM, factor > MOST_GROWTH
                word = "missed" if missed else "kept"
                word = word if stated else f"it is stated from {GROWTH_FROM:,} payments on"
                told = f"× {factor:.2f} CPU a doubling, ≤ {MOST_GROWTH}: {word}"
                line = f"growth {workload:<5} {small} → {large}: {told}"
                yield line, missed and stated and kind == "P"
