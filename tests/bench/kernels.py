"""Time the kernels on the workloads W1 to W5 beside DuckDB and what is named by a path.

    python tests/bench/kernels.py [--graphs P1e5,P1e6] [--days 30] [--runs 5] [--threads 2]
        [--workloads W1,W2] [--without DuckDB] [--no-memory] [--folder KEPT_GRAPHS]
        [--prototypes FOLDER] [--ibm PROGRAM] [--stce PROGRAM]

First every contender answers every question once; the answers are compared by count, by length and
as full sets (above a million rows by sums that know no order), and a difference ends the run with 1
before any time is printed. Then the contenders take turns, and the table has their medians: CPU and
wall seconds, their CPU over ours, and the peak memory each adds to its arrays in a process of its
own. Our loops stand step by step below their line. Bars and targets follow. A bar that is missed on
the graph it is stated for ends the run with 1, too.
"""

from __future__ import annotations

import argparse
import math
import statistics
import subprocess
import sys
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench import bars, workloads  # noqa: E402 - found by the line above
from tests.bench.loading import HAS_POLARS, loading  # noqa: E402
from tests.bench.measuring import (  # noqa: E402
    Outside,
    answer_of_loops,
    difference,
    forget_peak,
    peak_mb,
    spent,
)
from tests.bench.payment_graphs import default_folder, size_of  # noqa: E402
from tests.bench.peers import dynamic_cycle, parallel_cycles, prototypes  # noqa: E402
from tests.bench.workloads import Contender, Setting, Workload  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.bars import Costs
    from tests.bench.measuring import Answer, Spent

IBM_ALGORITHMS, STCE_ALGORITHMS = (4, 5, 7, 10), (2,)
HEADS = ("workload", "contender", "answers", "first s", "CPU s", "wall s", "÷ ours", "peak MB")
FORM = "{:<8} {:<34} {:>11} {:>8} {:>8} {:>8} {:>7} {:>8}"
_ONE_CONTENDER = "--memory-of"


class First(NamedTuple):
    """The first run of a contender: its answer without rows, and its seconds."""

    found: int
    cut: int
    wall_s: float


def say(line: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def asked_for(wish: argparse.Namespace) -> list[Workload]:
    """Return the workloads with all contenders that are there, ours first."""
    all_of_them = [
        workloads.loops(),
        workloads.loops_of_any_length(),
        workloads.loops_of_another_window(),
        workloads.relay_pairs(),
        workloads.near_payments(),
        workloads.gathers(),
        workloads.fans(),
        loading(),
    ]
    more: dict[str, list[Contender]] = defaultdict(list)
    if wish.prototypes:
        for name, contender in prototypes(wish.prototypes):
            more[name].append(contender)
    if wish.ibm:
        more["W1any"] += [parallel_cycles(wish.ibm, number) for number in IBM_ALGORITHMS]
    if wish.stce:
        more["W1any"] += [dynamic_cycle(wish.stce, number) for number in STCE_ALGORITHMS]
    kept = []
    for one in all_of_them:
        if wish.workloads and not one.name.startswith(tuple(wish.workloads)):
            continue
        ours, *others = [*one.contenders, *more[one.name]]
        others = [c for c in others if not c.name.startswith(tuple(wish.without))]
        kept.append(Workload(one.name, one.title, (ours, *others), one.parts))
    return kept


def compared(setting: Setting, workload: Workload) -> dict[str, First]:
    """Run every contender once and compare the answers; end the run where they differ."""
    firsts: dict[str, First] = {}
    ours: Answer | None = None
    for contender in workload.contenders:
        with contender.open(setting) as work:
            run = spent(work)
        answer = contender.answer(run.result)
        firsts[contender.name] = First(answer.count, answer.cut, run.wall_s)
        if contender.complete:
            with contender.complete(setting) as work:
                answer = contender.answer(work())
        if ours is None:
            ours = answer
        elif contender.name != "Polars, reading only":
            found = difference(ours, answer)
            if found:
                sys.exit(f"{workload.name} on {setting.tag}: {contender.name} differs: {found}")
    if workload.name == "W1any" and ours is not None:
        _agree_on_short_loops(setting, ours)
    return firsts


def _agree_on_short_loops(setting: Setting, of_any_length: Answer) -> None:
    """End the run where the two searches of ours differ on loops of at most six payments."""
    ours = workloads.loops().contenders[0]
    with ours.open(setting) as work:
        bounded = ours.answer(work())
    rows = of_any_length.rows
    if rows is None or of_any_length.cut or bounded.cut:
        return
    short = rows[(rows >= 0).sum(axis=1) <= workloads.LONGEST]
    found = difference(bounded, answer_of_loops(short))
    if found:
        sys.exit(f"W1any on {setting.tag}: the two searches differ on short loops: {found}")


def timed(
    setting: Setting, workload: Workload, runs: int
) -> tuple[dict[str, list[Spent]], dict[str, list[Spent]]]:
    """Return the runs of the contenders, who take turns, and those of our steps."""
    times: dict[str, list[Spent]] = {one.name: [] for one in workload.contenders}
    steps: dict[str, list[Spent]] = defaultdict(list)
    with ExitStack() as stack:
        works = [(c.name, stack.enter_context(c.open(setting))) for c in workload.contenders]
        for _ in range(runs):
            for name, work in works:
                times[name].append(spent(work)._replace(result=None))
            for name, one in workload.parts(setting) if workload.parts else ():
                steps[name].append(one._replace(result=None))
    return times, steps


def memory_mb(setting: Setting, workload: Workload, contender: Contender) -> float:
    """Return the peak memory that a contender adds, from a process of its own."""
    names = [_ONE_CONTENDER, workload.name, contender.name, *sys.argv[1:]]
    command = [sys.executable, __file__, *names, "--graphs", setting.tag]
    made = subprocess.run(command, stdout=subprocess.PIPE, check=True, encoding="utf-8")
    return float(made.stdout.split()[-1])


def measure_one(setting: Setting, contender: Contender) -> float:
    """Return by how much one run raises the peak memory of this process, in MB."""
    if contender.needs_arrays:
        _ = setting.graph
    before = forget_peak()
    with contender.open(setting) as work:
        result = work()
    return result.peak_mb if isinstance(result, Outside) else peak_mb() - before


def medians(runs: list[Spent], peak: float = math.nan) -> bars.Cost:
    """Return the medians of runs."""
    wall_s = statistics.median(run.wall_s for run in runs)
    return bars.Cost(wall_s, statistics.median(run.cpu_s for run in runs), peak)


def line_of(
    workload: str, name: str, answers: tuple[str, str], cost: bars.Cost, ours: float
) -> str:
    """Return a line of the table; `answers` are their number and the seconds of the first run."""
    times = f"{cost.cpu_s:.4f}", f"{cost.wall_s:.4f}", f"{cost.cpu_s / ours:.2f}"
    peak = "" if math.isnan(cost.peak_mb) else f"{cost.peak_mb:.0f}"
    return FORM.format(workload, name[:34], *answers, *times, peak).rstrip()


def measure(
    setting: Setting, workload: Workload, firsts: dict[str, First], wish: argparse.Namespace
) -> Costs:
    """Time a workload, print its lines and return the medians."""
    times, steps = timed(setting, workload, wish.runs)
    own = workload.contenders[0].name
    ours = medians(times[own]).cpu_s
    costs: Costs = {}
    for contender in workload.contenders:
        name, first = contender.name, firsts[contender.name]
        peak = math.nan if wish.no_memory else memory_mb(setting, workload, contender)
        costs[name] = medians(times[name], peak)
        answers = f"{first.found:,}", f"{first.wall_s:.3f}"
        say(line_of(workload.name, name, answers, costs[name], ours))
        if first.cut:
            say(f"{'':<9}{first.cut:,} searches reached their limit of steps: a part of the answer")
        for step, runs in steps.items() if name == own else ():
            say(line_of("", f"  {step}", ("", ""), medians(runs), ours))
    return costs


def measure_all(settings: list[Setting], wish: argparse.Namespace) -> bool:
    """Compare everything, then time everything; return whether every bar was kept."""
    chosen = asked_for(wish)
    firsts = {}
    for setting in settings:
        for workload in chosen:
            firsts[setting.tag, workload.name] = compared(setting, workload)
            names = list(firsts[setting.tag, workload.name])
            word = "equal" if len(names) > 1 else "alone"
            say(f"{word}: {workload.name} on {setting.tag}: {', '.join(names)}")
        vars(setting).pop("graph", None)
    kept, measured = True, {}
    for setting in settings:
        say()
        told = f"{setting.days:g} days, {setting.threads} threads, {wish.runs} runs"
        say(f"{setting.tag}: {len(setting.graph):,} payments, loops within {told}")
        say(FORM.format(*HEADS))
        lines = []
        for workload in chosen:
            costs = measure(setting, workload, firsts[setting.tag, workload.name], wish)
            measured[setting.tag, workload.name] = costs
            lines += list(bars.judged(setting, workload.name, costs))
        whole = bars.end_to_end(measured, setting.tag)
        lines += [(whole, False)] if whole else []
        for line, is_missed in lines:
            say(line)
            kept = kept and not is_missed
        vars(setting).pop("graph", None)
    sizes = {setting.tag: size_of(setting.tag)[1] for setting in settings}
    for line, is_missed in bars.growth(measured, sizes):
        say(line)
        kept = kept and not is_missed
    return kept


def listed(text: str) -> list[str]:
    """Return the words between commas."""
    return [word for word in text.split(",") if word]


def wishes() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Time the kernels beside other roads.")
    parser.add_argument("--graphs", type=listed, default=["P1e5", "P1e6"])
    parser.add_argument("--workloads", type=listed, default=[], help="how their names begin")
    parser.add_argument("--without", type=listed, default=[], help="contenders to leave out")
    parser.add_argument("--days", type=float, default=30.0, help="window of loops")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-memory", action="store_true")
    parser.add_argument("--folder", type=Path, default=default_folder(), help="kept graphs")
    for name in ("--prototypes", "--ibm", "--stce"):
        parser.add_argument(name, type=Path)
    parser.add_argument(_ONE_CONTENDER, nargs=2, help=argparse.SUPPRESS)
    wish = parser.parse_args()
    for named in (wish.prototypes, wish.ibm, wish.stce):
        if named and not named.exists():
            parser.error(f"there is no {named}")
    for tag in wish.graphs:
        try:
            size_of(tag)
        except ValueError as error:
            parser.error(str(error))
    return wish


def settings_of(wish: argparse.Namespace) -> Iterator[Setting]:
    """Yield one setting a graph."""
    wish.folder.mkdir(parents=True, exist_ok=True)
    for tag in wish.graphs:
        yield Setting(tag, wish.days, wish.threads, wish.seed, wish.folder)


def main() -> None:
    """Measure what was asked for."""
    wish = wishes()
    settings = list(settings_of(wish))
    if wish.memory_of:
        name, contender_name = wish.memory_of
        workload = next(one for one in asked_for(wish) if one.name == name)
        contender = next(one for one in workload.contenders if one.name == contender_name)
        say(f"{measure_one(settings[0], contender):.1f}")
        return
    if not HAS_POLARS:
        say("Polars is not installed and is left out of W5.")
    if not measure_all(settings, wish):
        sys.exit("A bar was missed.")


if __name__ == "__main__":
    main()
