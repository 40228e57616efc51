"""The written corpus: queries by category over three small graphs, with the rows Neo4j gave.

Each `<category>.json` beside this module holds entries: the graph, a name, the text, parameters,
whether the order of rows counts, then columns and rows, or the code of the error. None of these
answers is written by hand: `python -m tests.conformance.queries.record` asks a server for them.
`outside` says that the subset refuses the text, `unordered_lists` that a list has no set order.
Not-a-number and the infinities are written as `{"$float": "NaN"}`.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FOLDER = Path(__file__).parent
GRAPHS_FILE = FOLDER / "graphs.json"
FLOAT = "$float"
Records = tuple[list[dict[str, Any]], list[dict[str, Any]]]


@dataclass(frozen=True)
class Entry:
    """One query of the corpus with the answer of Neo4j: columns and rows, or an error."""

    category: str
    graph: str
    name: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)
    ordered: bool = False
    unordered_lists: bool = False
    outside: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    error: str = ""

    @property
    def id(self) -> str:
        """Return category and name, as they stand in the ids of tests."""
        return f"{self.category}: {self.name}"

    def comparable(self, rows: Iterable[Sequence[object]]) -> object:
        """Return rows as they are compared: a list where the order counts, else a bag."""
        sets = self.unordered_lists
        found = [tuple(comparable(value, sets=sets) for value in row) for row in rows]
        return found if self.ordered else Counter(found)

    def line(self) -> dict[str, Any]:
        """Return the entry as it stands in its file, what is empty left out."""
        written: dict[str, Any] = {"graph": self.graph, "name": self.name, "text": self.text}
        for key in ("params", "ordered", "unordered_lists", "outside"):
            if getattr(self, key):
                written[key] = getattr(self, key)
        if self.error:
            return {**written, "error": self.error}
        return {**written, "columns": [*self.columns], "rows": _written(self.rows)}


def comparable(value: object, *, sets: bool = False) -> object:
    """Return a value that equals another only if kind and content are equal: 1, 1.0, true differ.

    With `sets` the order within lists is left out.
    """
    if isinstance(value, list | tuple):
        items = [comparable(item, sets=sets) for item in value]
        return ("list", *(sorted(items, key=repr) if sets else items))
    if isinstance(value, dict):
        return ("map", *sorted((key, comparable(value[key], sets=sets)) for key in value))
    if isinstance(value, float) and math.isnan(value):
        return ("float", "nan")
    return (type(value).__name__, value)


def _written(value: object) -> object:
    """Return a value as JSON can hold it."""
    if isinstance(value, float) and not math.isfinite(value):
        name = "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        return {FLOAT: name}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    if isinstance(value, dict):
        return {key: _written(item) for key, item in value.items()}
    return value


def _read_map(value: dict[str, Any]) -> object:
    """Return a map of a JSON file, or the number that it stands for."""
    return float(value[FLOAT]) if value.keys() == {FLOAT} else value


@cache
def graphs() -> dict[str, Records]:
    """Return the written graphs by name, each as nodes and relationships."""
    read = json.loads(GRAPHS_FILE.read_text(encoding="utf-8"))
    return {name: (graph["nodes"], graph["relationships"]) for name, graph in read.items()}


def files() -> list[Path]:
    """Return the files of the corpus, one a category."""
    return sorted(set(FOLDER.glob("*.json")) - {GRAPHS_FILE})


def read_file(path: Path) -> list[Entry]:
    """Return the entries of one category."""
    category = path.stem.replace("_", " ")
    return [
        Entry(
            category=category,
            **{key: value for key, value in written.items() if key not in {"columns", "rows"}},
            columns=tuple(written.get("columns", ())),
            rows=tuple(map(tuple, written.get("rows", ()))),
        )
        for written in json.loads(path.read_text(encoding="utf-8"), object_hook=_read_map)
    ]


def write_file(path: Path, entries: Iterable[Entry]) -> None:
    """Write the entries of one category, one a line."""
    lines = [json.dumps(entry.line(), ensure_ascii=False, allow_nan=False) for entry in entries]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8", newline="\n")


@cache
def corpus() -> list[Entry]:
    """Return all entries, category by category."""
    return [entry for path in files() for entry in read_file(path)]
