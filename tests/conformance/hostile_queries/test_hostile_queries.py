"""Hostile texts are refused with a place and change nothing; nasty but proper ones are answered."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

from graphmodel.query import CypherError, PropertyGraph
from tests.conformance.hostile_queries.texts import GROUPS, HOSTILE, NASTY
from tests.unit.query.graphs import people

if TYPE_CHECKING:
    from collections.abc import Iterator

GRAPH = people()
WHOLE = (
    "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) "
    "RETURN labels(n) AS l, n.id AS id, n.name AS name, type(r) AS t, m.id AS to"
)
LONGEST = 400
TOUCHING = ("open", "socket.", "subprocess.", "os.system", "os.exec", "os.remove", "urllib.")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Watch:
    """Notes which files, sockets and programs Python touches while it is `on`."""

    def __init__(self) -> None:
        """Begin without watching."""
        self.on = False
        self.touched: list[tuple[str, str]] = []
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.on and event.startswith(TOUCHING):
            self.touched.append((event, str(arguments[:1])))


WATCH = Watch()


@pytest.fixture
def touched() -> Iterator[list[tuple[str, str]]]:
    # what a first refusal loads, the catalogue of texts, is loaded before anything is watched
    with pytest.raises(CypherError):
        GRAPH.query("RETURN nothing")
    WATCH.touched.clear()
    WATCH.on = True
    yield WATCH.touched
    WATCH.on = False


def whole(graph: PropertyGraph) -> list[tuple[object, ...]]:
    return sorted(graph.query(WHOLE).rows, key=repr)


BEFORE = whole(GRAPH)


def test_there_are_many_hostile_texts_of_every_kind() -> None:
    assert len(HOSTILE) >= 180
    assert all(len(group) >= 12 for group in GROUPS.values())
    assert len({(asked.text, *asked.params) for asked in HOSTILE.values()}) > 170


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_refused(name: str, touched: list[tuple[str, str]]) -> None:
    text, params, reason = HOSTILE[name]
    with pytest.raises(CypherError) as caught:
        GRAPH.query(text, params)
    error = caught.value
    assert touched == []
    assert reason in error.reason
    assert error.hint
    assert len(str(error)) < LONGEST
    lines = text.split("\n")
    assert 1 <= error.line <= len(lines)
    assert 1 <= error.column <= len(lines[error.line - 1]) + 1
    assert CHINESE.search(error.words("zh")[0])
    assert CHINESE.search(error.words("zh")[1])
    assert str(error).isprintable()


def test_nothing_was_executed() -> None:
    for text, params, _ in HOSTILE.values():
        with pytest.raises(CypherError):
            GRAPH.query(text, params)
    assert whole(GRAPH) == BEFORE
    assert len(BEFORE) > 10


@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_text_is_answered_right(name: str) -> None:
    (text, params, _), rows = NASTY[name]
    assert GRAPH.query(text, params).rows == rows
    assert whole(GRAPH) == BEFORE


def test_names_in_the_graph_are_names_never_sql() -> None:
    odd = 'x"; DROP TABLE graph.n1; --'
    node = {"id": 1, "labels": [odd], "properties": {odd: 1, "X": 2, "x": 3, "a`b": 4}}
    loop = {"id": 2, "type": odd, "from": 1, "to": 1, "properties": {odd: 5}}
    graph = PropertyGraph.from_records([node], [loop])
    text = (
        f"MATCH (`{odd}`:`{odd}`)-[r:`{odd}`]->() RETURN `{odd}`.`{odd}` AS `{odd}`, r.`{odd}` AS y"
    )
    columns, rows = graph.query(text)
    assert (columns, rows) == ((odd, "y"), [(1, 5)])
    assert graph.query("MATCH (n) RETURN n.X, n.x, n.`a``b`").rows == [(2, 3, 4)]
    assert graph.query("MATCH (n) RETURN labels(n), keys(n)").rows[0][0] == [odd]
