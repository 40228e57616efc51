"""Time what a person waits for: `--help`, the small example, and compiling the shipped rules.

    python tests/bench/start.py [--runs 7]

Each command runs as a child of its own; medians are printed. `flag` is timed with the plans an
earlier run kept and without any. POSIX only (it asks the system for the CPU time of the child).
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from graphmodel.detect.discovery import typologies  # noqa: E402 - found by the line above
from graphmodel.model.schema import SCHEMA  # noqa: E402
from graphmodel.query.catalogue import Catalogue  # noqa: E402
from graphmodel.query.compile import compile_query  # noqa: E402
from graphmodel.query.rules import rule, rule_names  # noqa: E402

FLAG = ["flag", "examples/qingdao_relay", "--html"]


def seconds(arguments: list[str], plans: str) -> tuple[float, float]:
    """Run the program once; return CPU and wall seconds of the child."""
    environment = {**os.environ, "GRAPHMODEL_PLAN_CACHE": plans}
    start = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-m", "graphmodel", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(child.returncode)
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start


def told(name: str, arguments: list[str], plans: str, runs: int) -> None:
    """Print the medians of several runs after one that is not counted."""
    seconds(arguments, plans)
    measured = [seconds(arguments, plans) for _ in range(runs)]
    cpu, wall = (statistics.median(column) for column in zip(*measured, strict=True))
    sys.stdout.write(f"{name:<28} cpu_s={cpu:.2f} wall_s={wall:.2f}\n")


def compile_ms(name: str, runs: int) -> float:
    """Return the median CPU milliseconds of compiling one rule, warm."""
    found = rule(name)
    values: dict[str, object] = dict.fromkeys(found.params, 1)
    if name.startswith("typologies/"):
        card = typologies()[name.partition("/")[2]]
        values = {n: v for n, v in card.params().model_dump().items() if n in found.params}
    catalogue = Catalogue.of_schema(SCHEMA)
    spent = []
    for _ in range(runs + 1):
        start = time.process_time()
        compile_query(found.text, catalogue, values)
        spent.append((time.process_time() - start) * 1000)
    return statistics.median(spent[1:])


def main() -> None:
    """Print the medians."""
    parser = argparse.ArgumentParser(description="Time the start of graphmodel.")
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as scratch:
        flag = [*FLAG, str(Path(scratch, "page.html"))]
        told("--help", ["--help"], "off", runs)
        told("flag, plans kept", flag, str(Path(scratch, "plans")), runs)
        told("flag, no plans", flag, "off", runs)
    for kind in ("derive", "typologies"):
        for stem in rule_names(kind):
            name = f"{kind}/{stem}"
            sys.stdout.write(f"compile {name:<32} cpu_ms={compile_ms(name, runs):.1f}\n")


if __name__ == "__main__":
    main()
