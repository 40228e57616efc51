"""Time the relay rule in six spellings on a graph of 1.07 million nodes and relationships.

    python tests/bench/relay.py [--scale 1] [--runs 5] [--folder TABLES]

Texts, hand-written SQL and the generator of the graph are read from the shared folder
(`GRAPHMODEL_SHARED`, else `shared` beside the checkout). What is found is compared with what was
planted first: 20 of 20, 13 for the spelling of one MATCH, and nothing else. Then every run times
the hand-written SQL and each spelling in turn, warm, through the same door; the ratio is the
median of the pairs of one run, in CPU seconds. Where `NEO4J_URI` names an empty database
(`NEO4J_USER`, `NEO4J_PASSWORD`), the graph is loaded there, the rule timed, and all taken back.

The exit code is 1 where an answer is wrong, a ratio above 2 or a run above 1 s.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from graphmodel.query import PropertyGraph  # noqa: E402 - found by the line above
from graphmodel.query.compile import compile_query  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

LABELS = ("Person", "Account", "Batch", "Device", "Payment")
TYPES = ("CONTROLS", "MARRIED_TO", "USES", "WORKS_FOR", "FROM_ACC", "TO_ACC", "FOR_BATCH")
COLUMNS = ("poser", "insider", "buyer", "posing", "bought", "resale", "batch")
PARAMS = {"window": 90 * 86_400}
ONE_MATCH, PLANTED, TRAIL = "relay", 20, 13
"""A relationship is used once in a MATCH: the spelling of one MATCH cannot find the other seven."""

MOST_RATIO, MOST_S, MOST_COMPILE_MS = 2.0, 1.0, 25.0
BATCH = 10_000

Rows = set[tuple[object, ...]]


class Spent(NamedTuple):
    """Wall and CPU seconds of one run, and its rows."""

    wall_s: float
    cpu_s: float
    rows: list[tuple[object, ...]]


def shared() -> Path:
    """Return the folder of the relay texts; without it there is nothing to measure."""
    folder = Path(os.environ.get("GRAPHMODEL_SHARED") or ROOT.parent / "shared")
    found = folder / "prototypes" / "engine"
    if not found.is_dir():
        sys.exit(f"There is no folder {found}: set GRAPHMODEL_SHARED.")
    return found


def spent(work: Callable[[], list[tuple[object, ...]]]) -> Spent:
    """Run something once."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    rows = work()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu, rows)


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of a generated table."""
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.read_table(folder / f"{name}.parquet").to_pylist()
    return rows


def nodes(folder: Path) -> Iterator[dict[str, object]]:
    """Yield node records."""
    for label in LABELS:
        for row in table(folder, label):
            yield {"id": row["id"], "labels": [label], "properties": row}


def relationships(folder: Path) -> Iterator[dict[str, object]]:
    """Yield relationship records."""
    for type_ in TYPES:
        for place, row in enumerate(table(folder, type_)):
            ends = {"from": row.pop("src"), "to": row.pop("dst")}
            yield {"id": f"{type_}{place}", "type": type_, **ends, "properties": row}


def by_hand(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a database of the tables as they are, for the hand-written SQL."""
    import duckdb

    connection = duckdb.connect()
    for name in (*LABELS, *TYPES):
        source = folder / f"{name}.parquet"
        connection.execute(f"CREATE TABLE {name} AS FROM read_parquet('{source}')")
    return connection


def truth(folder: Path) -> Rows:
    """Return the planted relays."""
    planted = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return {tuple(relay[name] for name in COLUMNS) for relay in planted}


def compile_ms(graph: PropertyGraph, text: str) -> float:
    """Return the median CPU milliseconds from text to SQL, warm."""
    catalogue = graph.catalogue
    times = []
    for _ in range(11):
        start = time.process_time()
        compile_query(text, catalogue, PARAMS)
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times[1:])


def check(name: str, rows: list[tuple[object, ...]], planted: Rows) -> str:
    """Compare what was found with what was planted; end the run where it differs."""
    found = {row[: len(COLUMNS)] for row in rows}
    expected = TRAIL if name == ONE_MATCH else PLANTED
    if len(found & planted) != expected or found - planted or len(rows) != len(found):
        sys.exit(f"{name}: {len(found & planted)} of {expected}, {len(found - planted)} wrong")
    return f"{expected}/{PLANTED}"


def on_neo4j(folder: Path, texts: dict[str, str], planted: Rows) -> None:
    """Time the spellings on the server that NEO4J_URI names, if its database is empty."""
    from neo4j import GraphDatabase

    user, word = os.environ.get("NEO4J_USER", "neo4j"), os.environ.get("NEO4J_PASSWORD", "")
    with GraphDatabase.driver(os.environ["NEO4J_URI"], auth=(user, word)) as driver:
        if driver.execute_query("MATCH (n) RETURN n LIMIT 1").records:
            sys.stdout.write("neo4j: its database is not empty and is left alone\n")
            return
        start = time.perf_counter()
        for label in LABELS:
            driver.execute_query(f"CREATE INDEX bench_{label} FOR (n:{label}) ON (n.id)")
            _send(driver, table(folder, label), f"CREATE (n:{label}) SET n = row")
        driver.execute_query("CALL db.awaitIndexes()")
        for type_, (start_label, end_label) in _ends().items():
            text = (
                f"MATCH (a:{start_label} {{id: row.src}}), (b:{end_label} {{id: row.dst}}) "
                f"CREATE (a)-[r:{type_}]->(b)"
            )
            _send(driver, table(folder, type_), text)
        sys.stdout.write(f"neo4j: loaded in {time.perf_counter() - start:.1f} s\n")
        for name, text in texts.items():
            runs = [spent(partial(_asked, driver, text)) for _ in range(3)]
            found = check(name, runs[-1].rows, planted)
            wall = statistics.median(run.wall_s for run in runs[1:])
            sys.stdout.write(f"neo4j {name:<8} found {found}  wall {wall:.2f} s\n")
        for label in LABELS:
            driver.execute_query(f"DROP INDEX bench_{label}")
        while driver.execute_query(
            "MATCH (n) WITH n LIMIT 10000 DETACH DELETE n RETURN count(*) AS n"
        ).records[0]["n"]:
            pass


def _asked(driver: Any, text: str) -> list[tuple[object, ...]]:  # noqa: ANN401 - a driver
    return [tuple(record) for record in driver.execute_query(text, PARAMS)[0]]


def _rows(graph: PropertyGraph, text: str) -> list[tuple[object, ...]]:
    return graph.query(text, PARAMS).rows


def _ends() -> dict[str, tuple[str, str]]:
    return {
        "CONTROLS": ("Person", "Account"),
        "MARRIED_TO": ("Person", "Person"),
        "USES": ("Person", "Device"),
        "WORKS_FOR": ("Person", "Person"),
        "FROM_ACC": ("Payment", "Account"),
        "TO_ACC": ("Payment", "Account"),
        "FOR_BATCH": ("Payment", "Batch"),
    }


def _send(driver: Any, rows: list[dict[str, Any]], text: str) -> None:  # noqa: ANN401 - a driver
    for first in range(0, len(rows), BATCH):
        driver.execute_query(f"UNWIND $rows AS row {text}", rows=rows[first : first + BATCH])


def measure(folder: Path, runs: int) -> bool:
    """Print the table; return whether every bound was kept."""
    start, cpu = time.perf_counter(), time.process_time()
    graph = PropertyGraph.from_records(nodes(folder), relationships(folder))
    told = f"wall {time.perf_counter() - start:.1f} s, CPU {time.process_time() - cpu:.1f} s"
    hand = by_hand(folder)
    sql = (shared() / "relay.sql").read_text(encoding="utf-8")
    texts = {p.stem: p.read_text(encoding="utf-8") for p in sorted(shared().glob("relay*.cypher"))}
    planted = truth(folder)
    sys.stdout.write(f"records into the graph, tables read included: {told}\n")

    def hand_rows() -> list[tuple[object, ...]]:
        return [row[: len(COLUMNS)] for row in hand.execute(sql).fetchall()]

    check("hand", hand_rows(), planted)
    found = {name: check(name, graph.query(t, PARAMS).rows, planted) for name, t in texts.items()}
    times: dict[str, list[Spent]] = {"hand": [], **{name: [] for name in texts}}
    for _ in range(runs):
        times["hand"].append(spent(hand_rows))
        for name, text in texts.items():
            times[name].append(spent(partial(_rows, graph, text)))
    kept = True
    heads = ("spelling", "found", "compile ms", "wall s", "CPU s", "ratio")
    sys.stdout.write("{:<9} {:>6} {:>11} {:>8} {:>8} {:>7}\n".format(*heads))
    for name, measured in times.items():
        wall = statistics.median(one.wall_s for one in measured)
        cpu_s = statistics.median(one.cpu_s for one in measured)
        pairs = zip(measured, times["hand"], strict=True)
        ratio = statistics.median(one.cpu_s / other.cpu_s for one, other in pairs)
        compiling = compile_ms(graph, texts[name]) if name in texts else 0.0
        kept = kept and ratio <= MOST_RATIO and cpu_s <= MOST_S and compiling <= MOST_COMPILE_MS
        line = f"{name:<9} {found.get(name, ''):>6} {compiling:>11.1f} {wall:>8.3f}"
        sys.stdout.write(f"{line} {cpu_s:>8.3f} {ratio:>7.2f}\n")
    if os.environ.get("NEO4J_URI"):
        on_neo4j(folder, texts, planted)
    return kept


def main() -> None:
    """Make the graph where it is not there yet, then measure."""
    parser = argparse.ArgumentParser(description="Time the relay rule in six spellings.")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="tables made by an earlier run")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = wish.folder or Path(scratch)
        if not (folder / "truth.json").exists():
            command = [sys.executable, str(shared() / "gen.py"), str(wish.scale), str(folder)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        kept = measure(folder, wish.runs)
    if not kept:
        sys.exit("A bound was not kept.")


if __name__ == "__main__":
    main()
