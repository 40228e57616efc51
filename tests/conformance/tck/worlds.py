"""The graphs of TCK scenarios: what their set-up statements create, as records.

A small reader of its own, so that no server is needed and the engine under test does not read
the graphs it is asked about: CREATE, UNWIND of a list or a range, MATCH of one node or one
relationship with `WHERE NOT v:Label`, DELETE of a relationship, and WITH that passes variables on.
Anything else is a `SetupError`.
"""

from __future__ import annotations

import re
from itertools import count
from typing import Any

from tests.conformance.tck.values import NotPlainError, read_value

Row = dict[str, Any]
Records = tuple[list[Row], list[Row]]
_TOKEN = re.compile(
    r"\s+|//[^\n]*|/\*.*?\*/|(?P<token>'(?:[^'\\]|\\.)*'|`[^`]*`"
    r"|\d+\.\d+(?:[eE][+-]?\d+)?|\d+|\w+|->|<-|.)",
    re.DOTALL,
)


class SetupError(Exception):
    """The statement is beyond this reader."""


class _Tokens:
    """The tokens of a statement, taken one after the other."""

    def __init__(self, statement: str) -> None:
        found = (match["token"] for match in _TOKEN.finditer(statement))
        self._left = [sign for sign in found if sign and sign != ";"][::-1]

    def __bool__(self) -> bool:
        return bool(self._left)

    @property
    def next(self) -> str:
        """Return the next token without taking it, "" at the end."""
        return self._left[-1] if self._left else ""

    def take(self) -> str:
        """Return the next token."""
        if not self._left:
            reason = "the statement ends too early"
            raise SetupError(reason)
        return self._left.pop()

    def accept(self, *wanted: str) -> bool:
        """Take these tokens if they come next, and say whether they did."""
        if self._left[: -len(wanted) - 1 : -1] != list(wanted):
            return False
        del self._left[-len(wanted) :]
        return True

    def expect(self, *wanted: str) -> None:
        """Take these tokens; anything else is beyond this reader."""
        if not self.accept(*wanted):
            reason = f"{' '.join(wanted)} expected before {self._left[:-6:-1]}"
            raise SetupError(reason)

    def name(self) -> str:
        """Take a name if one comes next, else return ""."""
        return self.take().strip("`") if re.match(r"[^\W\d]|`", self.next) else ""


class World:
    """A graph while statements create it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.nodes: list[Row] = []
        self.relationships: list[Row] = []
        self._numbers = count()

    def run(self, statement: str) -> None:
        """Let a statement change the graph."""
        tokens = _Tokens(statement)
        rows: list[Row] = [{}]
        while tokens:
            rows = self._clause(tokens, rows)

    def records(self) -> Records:
        """Return the graph as `PropertyGraph.from_records` takes it."""
        return self.nodes, self.relationships

    def _clause(self, tokens: _Tokens, rows: list[Row]) -> list[Row]:
        word = tokens.take()
        if word == "CREATE":
            self._create(_paths(tokens), rows)
        elif word == "UNWIND":
            rows = _unwound(tokens, rows)
        elif word == "MATCH":
            rows = [{**row, **found} for row in rows for found in self._found(_paths(tokens))]
        elif word == "WHERE":
            tokens.expect("NOT")
            name = tokens.name()
            tokens.expect(":")
            label = tokens.name()
            rows = [row for row in rows if label not in row[name]["labels"]]
        elif word == "DELETE":
            name = tokens.name()
            gone = [row[name]["id"] for row in rows]
            self.relationships = [r for r in self.relationships if r["id"] not in gone]
        elif word == "WITH":
            rows = _passed(tokens, rows)
        else:
            raise SetupError(word)
        return rows

    def _create(self, paths: list[list[_Part]], rows: list[Row]) -> None:
        """Create the paths of one CREATE in each row; its variables stay in the row."""
        for row in rows:
            for path in paths:
                nodes = [self._node(part, row) for part in path[::2]]
                for place, part in enumerate(path[1::2]):
                    self._link(part, nodes[place], nodes[place + 1], row)

    def _node(self, part: _Part, row: Row) -> Row:
        """Return the node of a pattern: a known variable, or a new one."""
        if part.name in row:
            known: Row = row[part.name]
            return known
        node = {"id": len(self.nodes), "labels": part.words, "properties": part.values(row)}
        self.nodes.append(node)
        if part.name:
            row[part.name] = node
        return node

    def _link(self, part: _Part, left: Row, right: Row, row: Row) -> None:
        """Create the relationship of a pattern."""
        start, end = (right, left) if part.backwards else (left, right)
        ends = {"from": start["id"], "to": end["id"]}
        link = {"id": next(self._numbers), "type": part.words[0], **ends}
        self.relationships.append({**link, "properties": part.values(row)})
        if part.name:
            row[part.name] = self.relationships[-1]

    def _found(self, paths: list[list[_Part]]) -> list[Row]:
        """Return the rows of a MATCH of one node, or of one relationship of any type."""
        first, *rest = paths[0]
        if len(paths) > 1 or len(rest) not in {0, 2}:
            reason = "MATCH of one node or relationship expected"
            raise SetupError(reason)
        starts = self._labelled(first)
        if not rest:
            return [{first.name: node} for node in starts.values()]
        link, last = rest
        ends = self._labelled(last)
        return [
            {first.name: starts[r["from"]], link.name: r, last.name: ends[r["to"]]}
            for r in self.relationships
            if r["from"] in starts and r["to"] in ends
        ]

    def _labelled(self, part: _Part) -> dict[int, Row]:
        return {n["id"]: n for n in self.nodes if set(part.words) <= set(n["labels"])}


class _Part:
    """One node or relationship of a path: variable, labels or type, properties, direction."""

    def __init__(self, tokens: _Tokens, end: str, *, backwards: bool = False) -> None:
        self.backwards = backwards
        self.name = tokens.name()
        self.words: list[str] = []
        while tokens.accept(":"):
            self.words.append(tokens.name())
        self._properties: dict[str, list[str]] = {}
        if tokens.accept("{"):
            while not tokens.accept("}"):
                key = tokens.name()
                tokens.expect(":")
                self._properties[key] = _expression(tokens)
                tokens.accept(",")
        tokens.expect(end)

    def values(self, row: Row) -> Row:
        """Return the properties that are not null."""
        found = {key: _value(value, row) for key, value in self._properties.items()}
        return {key: value for key, value in found.items() if value is not None}


def _paths(tokens: _Tokens) -> list[list[_Part]]:
    """Take the paths of a CREATE or MATCH, each as nodes and relationships in turn."""
    paths = []
    while True:
        tokens.expect("(")
        path = [_Part(tokens, ")")]
        while (forwards := tokens.accept("-", "[")) or tokens.accept("<-", "["):
            path.append(_Part(tokens, "]", backwards=not forwards))
            tokens.expect("->" if forwards else "-", "(")
            path.append(_Part(tokens, ")"))
        paths.append(path)
        if not tokens.accept(","):
            return paths


def _expression(tokens: _Tokens) -> list[str]:
    """Take the tokens of one value, up to the comma or bracket that ends it."""
    taken: list[str] = []
    depth = 0
    while depth or tokens.next not in {",", "}", "AS"}:
        sign = tokens.take()
        depth += (sign in "([{") - (sign in ")]}")
        taken.append(sign)
    return taken


def _value(taken: list[str], row: Row) -> object:
    """Return a value: a variable, a text behind a property of one, or in the TCK's notation."""
    if len(taken) == 1 and taken[0] in row:
        return row[taken[0]]
    if taken[1:2] == ["."] and taken[3:4] == ["+"]:
        return f"{row[taken[0]]['properties'][taken[2]]}{read_value(taken[4])}"
    try:
        return read_value(" ".join(taken).replace("- ", "-"))
    except NotPlainError as error:
        raise SetupError(str(error)) from None


def _unwound(tokens: _Tokens, rows: list[Row]) -> list[Row]:
    """Return the rows of UNWIND: one for each item of a list or a range."""
    taken = _expression(tokens)
    tokens.expect("AS")
    name = tokens.name()
    result = []
    for row in rows:
        items: Any
        if taken[:2] == ["range", "("]:
            first, last = (int(str(_value(bound, row))) for bound in (taken[2:3], taken[4:5]))
            items = range(first, last + 1)
        else:
            items = _value(taken, row)
        result += [{**row, name: item} for item in items]
    return result


def _passed(tokens: _Tokens, rows: list[Row]) -> list[Row]:
    """Return the rows of a WITH that names variables, or all of them by `*`."""
    if tokens.accept("*"):
        return rows
    names = [tokens.name()]
    while tokens.accept(","):
        names.append(tokens.name())
    if not all(name in row for row in rows for name in names):
        reason = "WITH passes only variables on"
        raise SetupError(reason)
    return [{name: row[name] for name in names} for row in rows]
