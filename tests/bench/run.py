"""Time `graphmodel flag` on a large case: the planted findings are counted first, then the clock.

    python tests/bench/run.py [--payments 100000] [--repetitions 10] [--runs 3]

POSIX only (it asks the system for the CPU time and memory of the child).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench.cases import build, write  # noqa: E402 - found by the line above
from tests.typologies.story import DEAL_TYPOLOGIES  # noqa: E402

RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def measure(folder: Path, out: Path) -> dict[str, float]:
    """Run the program once as a child of its own; return seconds and bytes."""
    command = [sys.executable, "-m", "graphmodel", "flag", str(folder)]
    start = time.monotonic()
    with out.open("wb") as stream:
        child = subprocess.Popen(
            [*command, "--format", "json", "--no-html"], stdout=stream, cwd=ROOT
        )
        _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(child.returncode)
    return {
        "wall_s": wall,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss * RSS_UNIT / 1e6,
    }


def check(out: Path, planted: Counter[tuple[str, str]], payments: int) -> int:
    """Compare the findings with those planted; return their number."""
    report = json.loads(out.read_text(encoding="utf-8"))
    found = Counter(
        (finding["typology"], finding["level"])
        for finding in report["findings"]
        if finding["typology"] in DEAL_TYPOLOGIES
    )
    wanted = Counter({key: n for key, n in planted.items() if key[0] in DEAL_TYPOLOGIES})
    missing, extra = wanted - found, found - wanted
    # one story shares a device among eleven accounts on purpose
    cut = [line for line in report["truncated"] if "11 accounts" not in line]
    if missing or extra or cut or report["counts"]["payments"] != payments:
        sys.exit(f"missing {dict(missing)}, extra {dict(extra)}, truncated {cut}")
    return sum(found.values())


def main() -> None:
    """Build the case, check what is found in it, and print one line a run."""
    parser = argparse.ArgumentParser(description="Time graphmodel flag on a large case.")
    parser.add_argument("--payments", type=int, default=100_000)
    parser.add_argument("--repetitions", type=int, default=10)
    parser.add_argument("--runs", type=int, default=3)
    wish = parser.parse_args()
    built = build(wish.payments, wish.repetitions)
    with tempfile.TemporaryDirectory() as scratch:
        folder = write(built, Path(scratch) / "case")
        rows = sum(map(len, built.tables.values()))
        for run in range(wish.runs):
            out = Path(scratch) / f"{run}.json"
            figures = measure(folder, out)
            found = check(out, built.planted, wish.payments)
            told = " ".join(f"{name}={value:.2f}" for name, value in figures.items())
            sys.stdout.write(f"rows={rows} payments={wish.payments} findings={found} {told}\n")
    pages = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT / 1e6
    sys.stdout.write(f"builder peak_mb={pages:.0f}\n")


if __name__ == "__main__":
    main()
