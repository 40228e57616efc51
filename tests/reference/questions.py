"""Small random graphs and random queries inside the grammar, for comparing engine and oracle.

Queries grow from templates: `<int>` stands for any expression of integers, `<node>` for a variable.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

TYPES = ("R", "S")
_TEXTS = ("a", "b", "ab", "", "é")
_HOLE = re.compile(r"<(\w+)>")
_KINDS = ("int", "text", "ints")

LEAVES = {
    "int": ["-2", "-1", "0", "1", "2", "3", "null", *["<node>.i"] * 7, *["<rel>.w"] * 4],
    "text": ["'a'", "'b'", "'ab'", "''", *["<node>.s"] * 5, "<rel>.t"],
    "ints": ["[1, 2, 3]", "[]", "[<int>, <int>]", *["<node>.l"] * 3, "range(1, 3)"],
    "any": ["<int>", "<text>", "<node>.m", "<node>.f"],
    "bool": [
        *["<int> <compare> <int>"] * 2, "<text> <texttest> <text>", "<any> = <any>",
        "<any> < <any>", "<int> IN <ints>", "<any> IN [1, 'a', null]",
        "<any> IS NULL", "<any> IS NOT NULL", "<node>.b", "<node>:A", "<node> = <node>",
    ],
}  # fmt: skip
"""Expressions that end here, by kind of value."""

GROWING = {
    "int": [
        "(<int> + <int>)", "(<int> - <int>)", "(<int> * <int>)", "(<int> / 2)", "(<int> % 3)",
        "size(<ints>)", "size(<text>)", "coalesce(<int>, <int>)", "head(<ints>)", "<ints>[-1]",
        "<ints>[1]", "reduce(t = 0, x IN <ints> | t + x)", "COUNT { <path> }",
        "CASE WHEN <bool> THEN <int> ELSE <int> END",
    ],
    "text": [
        "(<text> + <text>)", "(<text> + <int>)", "toString(<int>)", "substring(<text>, 1)",
        "left(<text>, 1)",
    ],
    "ints": [
        "[x IN <ints> WHERE x > <int> | x + 1]", "<ints>[0..2]", "<ints>[1..]", "tail(<ints>)",
        "(<ints> + <int>)",
    ],
    "any": ["<int>", "<text>"],
    "bool": [
        "(<bool> AND <bool>)", "(<bool> OR <bool>)", "(<bool> XOR <bool>)", "NOT (<bool>)",
        "<quantifier>(x IN <ints> WHERE x > <int>)", *["<exists>"] * 3,
    ],
}  # fmt: skip
"""Expressions made of others."""

AGGREGATES = (
    "count(*)", "count(<any>)", "count(DISTINCT <int>)", "sum(<int>)", "min(<int>)", "max(<int>)",
    "size(collect(<int>))",
)  # fmt: skip
_WORDS = {
    "compare": ("=", "<>", "<", "<=", ">", ">="),
    "texttest": ("=", "<", "STARTS WITH", "CONTAINS"),
    "quantifier": ("any", "all", "none", "single"),
}


def random_graph(rnd: Random) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return nodes and relationships; the first of each has every property."""
    nodes = [_node(rnd, index, full=index == 0) for index in range(rnd.randint(2, 5))]
    kinds = [*TYPES, *(rnd.choice(TYPES) for _ in range(rnd.randint(0, 6)))]
    rels = [_rel(rnd, i, type_, nodes, full=i < len(TYPES)) for i, type_ in enumerate(kinds)]
    return nodes, rels


def _node(rnd: Random, index: int, *, full: bool) -> dict[str, Any]:
    labels = ["A", "B"] if full else rnd.choice([[], ["A"], ["B"], ["A", "B"]])
    values = {
        "i": rnd.randint(-2, 3),
        "f": rnd.choice([0.5, 1.0, -2.5, 2.0]),
        "s": rnd.choice(_TEXTS),
        "b": rnd.random() < 0.5,
        "l": [rnd.randint(0, 2) for _ in range(rnd.randint(0, 3))],
        "m": rnd.choice([1, 1.0, "a", True, 2]),
    }
    kept = {k: v for k, v in values.items() if full or rnd.random() < 0.6}
    return {"id": index, "labels": labels, "properties": {**kept, "id": f"n{index}"}}


def _rel(
    rnd: Random, index: int, type_: str, nodes: list[dict[str, Any]], *, full: bool
) -> dict[str, Any]:
    values = {"w": rnd.randint(0, 3), "t": rnd.choice(_TEXTS)}
    kept = {k: v for k, v in values.items() if full or rnd.random() < 0.6}
    ends = {"from": rnd.choice(nodes)["id"], "to": rnd.choice(nodes)["id"]}
    return {"id": f"r{index}", "type": type_, **ends, "properties": kept}


class QueryMaker:
    """Makes one query: `nodes`, `rels` and `values` (by kind) are the variables in reach."""

    def __init__(self, rnd: Random) -> None:
        """Start with nothing in reach."""
        self.rnd = rnd
        self.count = 0
        self.nodes: list[str] = []
        self.rels: list[str] = []
        self.values: dict[str, list[str]] = {kind: [] for kind in _KINDS}
        # Neo4j refuses a query that writes both :A|B and :A:B
        self.labels = ["", "", ":A", ":B", rnd.choice([":A|B", ":A:B"])]

    def query(self) -> str:
        """Return a whole query."""
        parts = []
        for _ in range(self.rnd.choice([1, 1, 2, 2, 3])):
            parts.append(self._clause())
            if self.rnd.random() < 0.3:
                parts.append(self._with())
        return " ".join([*parts, self._return()])

    def _name(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def _chance(self, share: float) -> bool:
        return self.rnd.random() < share

    def make(self, kind: str, depth: int) -> str:
        """Return an expression of a kind, at most `depth` templates deep."""
        templates = LEAVES[kind] + (GROWING[kind] * 2 if depth > 0 else [])
        reached = [t for t in templates if self._reaches(t)] + self.values.get(kind, []) * 2
        chosen = self.rnd.choice(reached)
        return _HOLE.sub(lambda hole: self._fill(hole.group(1), depth - 1), chosen)

    def _reaches(self, template: str) -> bool:
        needs_node = any(hole in template for hole in ("<node>", "<path>", "<exists>"))
        return (bool(self.nodes) or not needs_node) and (bool(self.rels) or "<rel>" not in template)

    def _fill(self, hole: str, depth: int) -> str:
        if hole == "node":
            return self.rnd.choice(self.nodes)
        if hole == "rel":
            return self.rnd.choice(self.rels)
        if hole == "path":
            return self._path(named=False)
        if hole == "exists":
            return self._exists()
        return self.rnd.choice(_WORDS[hole]) if hole in _WORDS else self.make(hole, max(depth, 0))

    def _clause(self) -> str:
        if self._chance(0.15):
            source, variable = self.make("ints", 1), self._name("u")
            self.values["int"].append(variable)
            return f"UNWIND {source} AS {variable}"
        word = "OPTIONAL MATCH" if self._chance(0.25) else "MATCH"
        paths = [self._path(named=True) for _ in range(self.rnd.choice([1, 1, 1, 2]))]
        where = f" WHERE {self.make('bool', 2)}" if self._chance(0.5) else ""
        return f"{word} {', '.join(paths)}{where}"

    def _path(self, *, named: bool) -> str:
        """Return a path; one that is not `named` begins at a variable in reach."""
        known = self.nodes and (not named or self._chance(0.6))
        text = f"({self.rnd.choice(self.nodes)})" if known else self._node(named=named)
        for _ in range(self.rnd.choice([0, 1, 1, 1, 2])):
            text += self._relationship(named=named)
            again = self.nodes and self._chance(0.2)
            text += f"({self.rnd.choice(self.nodes)})" if again else self._node(named=named)
        return text

    def _node(self, *, named: bool) -> str:
        variable = self._name("n") if named and self._chance(0.8) else ""
        self.nodes += [variable] if variable else []
        properties = self.rnd.choice(["", "", "", "", " {i: 1}", " {s: 'a'}"])
        return f"({variable}{self.rnd.choice(self.labels)}{properties})"

    def _relationship(self, *, named: bool) -> str:
        left, right = self.rnd.choice([("-", "->"), ("<-", "-"), ("-", "-")])
        if self._chance(0.15):
            hops = self.rnd.choice(["*1..2", "*0..1", "*2", "*1..3"])
            return f"{left}[{self.rnd.choice(['', ':R', ':R|S'])}{hops}]{right}"
        variable = self._name("r") if named and self._chance(0.5) else ""
        self.rels += [variable] if variable else []
        return f"{left}[{variable}{self.rnd.choice(['', ':R', ':S', ':R|S'])}]{right}"

    def _exists(self) -> str:
        """Return a subquery; what it names is not in reach outside."""
        start, inner = self.rnd.choice(self.nodes), self._name("e")
        if self._chance(0.3):
            return f"EXISTS {{ {self._path(named=False)} }}"
        self.nodes.append(inner)
        where = self.make("bool", 1)
        self.nodes.remove(inner)
        word = self.rnd.choice(["EXISTS", "NOT EXISTS"])
        hop = self._relationship(named=False)
        return f"{word} {{ MATCH ({start}){hop}({inner}) WHERE {where} }}"

    def _aggregate(self) -> str:
        chosen = self.rnd.choice(AGGREGATES)
        return _HOLE.sub(lambda hole: self._fill(hole.group(1), 1), chosen)

    def _with(self) -> str:
        """Return WITH: variables carried, computed and, sometimes, grouped."""
        kept = [node for node in self.nodes if self._chance(0.7)]
        variable = self._name("v")
        text = self._aggregate() if self._chance(0.4) else self.make("int", 1)
        distinct = "DISTINCT " if self._chance(0.2) else ""
        self.nodes, self.rels = kept, []
        self.values = {"int": [variable], "text": [], "ints": []}
        where = f" WHERE {self.make('bool', 1)}" if self._chance(0.4) else ""
        return f"WITH {distinct}{', '.join([*kept, f'{text} AS {variable}'])}{where}"

    def _return(self) -> str:
        items = []
        for index in range(self.rnd.randint(1, 3)):
            kind = self.rnd.choice(["total", "bool", "any", "any", "any", "int"])
            text = self._aggregate() if kind == "total" else self.make(kind, 1)
            items.append(f"{text} AS c{index}")
        distinct = "DISTINCT " if self._chance(0.25) else ""
        return f"RETURN {distinct}{', '.join(items)}{self._order(len(items))}"

    def _order(self, count: int) -> str:
        if not self._chance(0.3):
            return ""
        keys = ", ".join(f"c{i}{self.rnd.choice(['', ' DESC'])}" for i in range(count))
        return f" ORDER BY {keys}{self.rnd.choice(['', ' LIMIT 3', ' SKIP 1'])}"
