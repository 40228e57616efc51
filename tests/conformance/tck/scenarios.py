"""Which scenarios of the openCypher TCK are asked, and what each of them expects.

Asked is a scenario (each example of an outline is one; the same question over the same graph
counts once) that
- lies outside `features/expressions/temporal` and makes no date, time or duration anywhere,
- asks one query without CREATE, MERGE, SET, DELETE, REMOVE, CALL, LOAD or FOREACH,
- needs no procedure of its own, and
- expects an error, no rows, or a table of plain values: no node, relationship or path in it.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from tests.conformance.tck.features import read_feature
from tests.conformance.tck.values import NotPlainError, read_value
from tests.conformance.tck.worlds import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conformance.tck.features import Scenario, Table
    from tests.conformance.tck.worlds import Records

_QUOTED = re.compile(
    r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|//[^\n]*|/\*.*?\*/", re.DOTALL
)
_WRITES = re.compile(
    r"(?<![:.])\b(?:CREATE|MERGE|SET|DELETE|REMOVE|CALL|LOAD|FOREACH)\b", re.IGNORECASE
)
_TEMPORAL = re.compile(
    r"\b(?:date|time|localtime|datetime|localdatetime|duration)\s*[.(]", re.IGNORECASE
)
_GRAPH = re.compile(r"the (\S+) graph")


@dataclass(frozen=True)
class Question:
    """One scenario as it is asked: graph, query, parameters, and the expected table or error."""

    feature: str
    name: str
    graph: str
    setup: tuple[str, ...]
    query: str
    params: dict[str, Any]
    error: str = ""
    columns: tuple[str, ...] | None = None
    rows: tuple[tuple[object, ...], ...] = ()
    ordered: bool = False
    unordered_lists: bool = False

    @property
    def identity(self) -> tuple[object, ...]:
        """Return what makes two scenarios one question."""
        return self.graph, self.setup, self.query, repr(self.params), self.error, repr(self.rows)


@dataclass
class Archive:
    """The jar of the TCK: its feature files, and its named graphs."""

    path: Path
    left_out: Counter[str] = field(default_factory=Counter)

    def questions(self) -> list[Question]:
        """Return the scenarios that are asked; the others are counted by reason."""
        found: dict[object, Question] = {}
        with zipfile.ZipFile(self.path) as jar:
            for name in sorted(n for n in jar.namelist() if n.endswith(".feature")):
                text = jar.read(name).decode("utf-8")
                for scenario in read_feature(PurePosixPath(name).stem, text):
                    if "/temporal/" in name:
                        self.left_out["temporal types"] += 1
                        continue
                    asked = _asked(scenario)
                    if isinstance(asked, str):
                        self.left_out[asked] += 1
                    elif asked.identity in found:
                        self.left_out["the same question again"] += 1
                    else:
                        found[asked.identity] = asked
        return list(found.values())

    def statements(self, question: Question) -> list[str]:
        """Return the statements that create the graph of a question."""
        if not question.graph:
            return [*question.setup]
        with zipfile.ZipFile(self.path) as jar:
            script = jar.read(f"graphs/{question.graph}/{question.graph}.cypher").decode("utf-8")
        return [*filter(str.strip, script.split(";")), *question.setup]

    def records(self, question: Question) -> Records:
        """Return the graph of a question; `SetupError` where its statements are beyond us."""
        world = World()
        for statement in self.statements(question):
            world.run(statement)
        return world.records()


def _asked(scenario: Scenario) -> Question | str:
    """Return a scenario as a question, or why it is left out."""
    docs = [(step.text, step.doc) for step in scenario.steps if step.doc]
    queries = [doc for text, doc in docs if text.startswith("executing query")]
    everything = " ".join(_bare(doc) for _, doc in docs)
    parameters = [row for step in scenario.steps for row in _parameters(step.text, step.table)]
    if any(step.text.startswith("there exists a procedure") for step in scenario.steps):
        return "procedures"
    if len(queries) != 1 or _WRITES.search(_bare(queries[0])):
        return "writes"
    if _TEMPORAL.search(everything):
        return "temporal types"
    graphs = [found[1] for step in scenario.steps if (found := _GRAPH.fullmatch(step.text))]
    try:
        params = {name: read_value(value) for name, value in parameters}
        expected = _expected(scenario)
    except NotPlainError:
        return "nodes, relationships or paths in the result"
    setup = tuple(doc for text, doc in docs if text.startswith("having executed"))
    graph = next((name for name in graphs if name not in {"empty", "any"}), "")
    return Question(scenario.feature, scenario.name, graph, setup, queries[0], params, **expected)


def _bare(text: str) -> str:
    """Return a query without what stands in quotes and comments."""
    return _QUOTED.sub(" ", text)


def _parameters(text: str, table: Table) -> Iterator[tuple[str, str]]:
    if text.startswith("parameters are"):
        yield from ((row[0], row[1]) for row in table)


def _expected(scenario: Scenario) -> dict[str, Any]:
    """Return what a scenario expects, by the fields of a question."""
    for step in scenario.steps:
        if "should be raised" in step.text:
            return {"error": step.text}
        if step.text.startswith("the result should be empty"):
            return {}
        if step.text.startswith("the result should be"):
            columns, *rows = step.table
            values = tuple(tuple(map(read_value, row)) for row in rows)
            return {
                "columns": tuple(columns),
                "rows": values,
                "ordered": "in order" in step.text,
                "unordered_lists": "ignoring element order" in step.text,
            }
    raise NotPlainError(scenario.name)
