"""The profile of a run read as steps in words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphmodel.query.catalogue import EdgeTable
from graphmodel.query.explain import PlanStep
from graphmodel.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphmodel.query.catalogue import Catalogue, NodeClass
    from graphmodel.texts import Language

_QUIET = frozenset({"PROJECTION", "RESULT_COLLECTOR", "EXPLAIN_ANALYZE"})
_ENDS = ("_src", "_dst")
_INTERNAL = re.compile(r"\b_(src|dst|nid|rid|rids|n)\b")
_CAST = re.compile(r"CAST\(([\w.'-]+) AS \w+\)")
_WORD = re.compile(r"'(?:[^']|'')*'|\b[A-Za-z_]\w*\b")
_HOPS = re.compile(r"\b_n < (\d+)")
_EQUAL, _OTHER, _TESTED = 0.1, 0.4, 0.5
"""Shares of rows that conditions are expected to leave, as in `ordering`."""


class Operator:
    """One operator of a profile, whichever release of the database wrote it."""

    def __init__(self, found: dict[str, Any]) -> None:
        """Read name, rows, seconds and what else is told."""
        self.name = str(found.get("type") or found.get("operator_type") or found.get("name") or "")
        self.rows = int(found.get("intermediate_rows") or found.get("operator_cardinality") or 0)
        self.seconds = float(found.get("timing") or found.get("operator_timing") or 0.0)
        self.told: dict[str, Any] = found.get("extra_info") or {}
        if self.name == "COLUMN_DATA_SCAN" and not self.rows:
            # rows at hand before the run are not counted, but known exactly
            self.rows = int("".join(self.words("Estimated Cardinality")) or 0)
        self.children = [Operator(child) for child in found.get("children", ())]

    def words(self, name: str) -> list[str]:
        """Return what is told under a name as a list."""
        value = self.told.get(name) or []
        return [str(one) for one in value] if isinstance(value, list) else [str(value)]

    def walk(self) -> Iterator[Operator]:
        """Yield the operator and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class _Base:
    """Tables read as they are, under conditions of their own."""

    tables: list[NodeClass | EdgeTable]
    conditions: list[str]
    is_both: bool
    rows: int
    seconds: float


@dataclass(slots=True)
class PlanReader:
    """Turns operators into steps, those that feed others first."""

    catalogue: Catalogue
    language: Language
    steps: list[PlanStep] = field(default_factory=list)
    _waiting_s: float = 0.0
    _shared: dict[str, int] = field(default_factory=dict)
    _tables: dict[str, NodeClass | EdgeTable] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Name the tables."""
        self._tables.update({node.table: node for node in self.catalogue.nodes})
        self._tables.update({edge.table: edge for edge in self.catalogue.edges})

    def read(self, root: Operator) -> tuple[PlanStep, ...]:
        """Return the steps of a run."""
        last = self._follow(root)
        top = root
        while top.name in _ENVELOPES and top.children:
            top = top.children[-1]
        rows = top.rows if top.name not in {"UNION", "CTE_SCAN"} else self.steps[last - 1].rows
        self._emit("return", self._estimate(last), rows, 0.0)
        return tuple(self.steps)

    # ------------------------------------------------------------------ steps
    def _emit(self, key: str, estimated: float, rows: int, seconds: float, **words: object) -> int:
        """Add a step with the time of all that waited for it; return its number."""
        number = len(self.steps) + 1
        spent = (seconds + self._waiting_s) * 1000
        self._waiting_s = 0.0
        said = text(f"plan-{key}", self.language, **words)
        self.steps.append(PlanStep(number, said, max(round(estimated), 0), rows, round(spent, 3)))
        return number

    def _estimate(self, number: int) -> float:
        return float(self.steps[number - 1].estimated) if number else 1.0

    def _follow(self, op: Operator) -> int:
        """Add the steps of an operator; return the number of the one that gives its rows."""
        base = self._base(op)
        if base is not None:
            return self._start(base)
        if "JOIN" in op.name or op.name == "CROSS_PRODUCT":
            return self._join(op)
        special = _SPECIAL.get(op.name)
        if special is not None:
            return special(self, op)
        return self._simple(op)

    def _simple(self, op: Operator) -> int:
        numbers = [self._follow(child) for child in op.children]
        first = numbers[0] if numbers else 0
        if op.name in _QUIET:
            self._waiting_s += op.seconds
            return first
        key = _WORDS.get(op.name, "other")
        estimated = self._estimate(first) * (_OTHER if op.name == "FILTER" else 1)
        top = op.words("Top")
        if top and top[0].isdigit():
            estimated = min(estimated, int(top[0]))
        told = {"n": top[0] if top else "", "name": op.name.lower().replace("_", " ")}
        if op.name.endswith("GROUP_BY") and not op.words("Aggregates"):
            key = "distinct"
        return self._emit(key, estimated, op.rows, op.seconds, **told)

    def _start(self, base: _Base) -> int:
        total = sum(self.catalogue.rows(table.table) for table in base.tables)
        key = "start-links" if isinstance(base.tables[0], EdgeTable) else "start-nodes"
        said = {"what": self._what(base), "n": f"{total:,}", "where": self._where(base)}
        return self._emit(key, self._size(base), base.rows, base.seconds, **said)

    def _union(self, op: Operator) -> int:
        numbers = [self._follow(child) for child in op.children]
        estimated = sum(map(self._estimate, numbers))
        rows = sum(self.steps[number - 1].rows for number in numbers if number)
        listed = ", ".join(map(str, numbers))
        return self._emit("union", estimated, op.rows or rows, op.seconds, steps=listed)

    def _shared_step(self, op: Operator) -> int:
        """Read the step that a WITH names first, then what reads it."""
        made = self._follow(op.children[0])
        self._shared[op.words("Table Index")[0]] = made
        self._waiting_s += op.seconds
        return self._follow(op.children[1])

    def _reading(self, op: Operator) -> int:
        self._waiting_s += op.seconds
        return self._shared.get("".join(op.words("CTE Index")), 0)

    def _walked(self, op: Operator) -> int:
        """Variable length: the whole recursion is one step."""
        inside = list(op.walk())
        met = [self._tables.get(_table_of(one)) for one in inside]
        names = {self._label(table) for table in met if isinstance(table, EdgeTable)}
        read = [self._shared.get("".join(one.words("CTE Index")), 0) for one in inside]
        fed = max((number for number in read if number), default=0)
        hops = [found[1] for one in inside if (found := _HOPS.search(str(one.told)))]
        what = ", ".join(sorted(names)) or text("plan-step", self.language, number=fed)
        seconds = sum(one.seconds for one in inside)
        estimated = self._estimate(fed) if fed else op.rows
        most = max(map(int, hops), default=1)
        return self._emit("walk", estimated * most, op.rows, seconds, what=what, n=most)

    # ------------------------------------------------------------------ joins
    def _join(self, op: Operator) -> int:
        kind = (op.words("Join Type") or ["INNER"])[0]
        left, right = op.children[0], op.children[1]
        self._waiting_s += sum(one.seconds for child in op.children[2:] for one in child.walk())
        if kind in _TESTS:
            main, other = (right, left) if "RIGHT" in kind else (left, right)
            return self._tested(op, kind, main, other)
        if kind in _OPTIONAL:
            main, other = (right, left) if kind == "RIGHT" else (left, right)
            return self._added(op, main, other, "optional")
        bases = self._base(left), self._base(right)
        if bases[0] is not None and (
            bases[1] is None or self._size(bases[1]) <= self._size(bases[0])
        ):
            return self._added(op, right, left, "join")
        return self._added(op, left, right, "join")

    def _tested(self, op: Operator, kind: str, main: Operator, other: Operator) -> int:
        rows = self._follow(main)
        what = self._other(other)
        key = "anti" if "ANTI" in kind else "mark" if kind in {"MARK", "SINGLE"} else "semi"
        share = 1.0 if key == "mark" else _TESTED
        return self._emit(key, self._estimate(rows) * share, op.rows, op.seconds, what=what)

    def _other(self, op: Operator) -> str:
        """Return in words what rows are compared with, adding its steps where it has any."""
        base = self._base(op)
        if base is None:
            return text("plan-step", self.language, number=self._follow(op))
        self._waiting_s += base.seconds
        return self._what(base) + self._where(base)

    def _added(self, op: Operator, main: Operator, other: Operator, key: str) -> int:
        """Follow a relationship, fetch properties, or join two steps."""
        rows = self._follow(main)
        base = self._base(other)
        estimated = self._estimate(rows)
        if base is None:
            second = self._follow(other)
            most = max(estimated, self._estimate(second))
            numbers = {"a": rows or 1, "b": second or 1}
            if op.name == "CROSS_PRODUCT" or not op.words("Conditions"):
                most = estimated * max(self._estimate(second), 1)
            return self._emit(f"{key}-steps", most, op.rows, op.seconds, **numbers)
        ends = _ends_met(op, is_right=other is op.children[1])
        each = self._each(base, ends)
        said = {"what": self._what(base), "where": self._where(base), "n": f"{each:,.1f}"}
        seconds = op.seconds + base.seconds
        verb = _verb(base, ends)
        word = f"{key}-{verb}"
        return self._emit(word, estimated * each * self._share(base), op.rows, seconds, **said)

    # ------------------------------------------------------------------ tables
    def _base(self, op: Operator) -> _Base | None:
        """Return the tables that an operator only reads, or None where it does more."""
        if op.name == "UNION":
            parts = [self._base(child) for child in op.children]
            return _together([part for part in parts if part is not None], len(parts))
        if op.name in {"PROJECTION", "FILTER"}:
            inner = self._base(op.children[0])
            if inner is None:
                return None
            inner.conditions += self._told(op.words("Expression"), inner.tables)
            inner.seconds += op.seconds
            inner.rows = op.rows
            return inner
        table = self._tables.get(_table_of(op))
        if table is None:
            return None
        conditions = self._told(op.words("Filters"), [table])
        return _Base([table], conditions, is_both=False, rows=op.rows, seconds=op.seconds)

    def _told(self, conditions: list[str], tables: list[NodeClass | EdgeTable]) -> list[str]:
        """Return conditions with the names of properties; those of internal ids are left out."""
        names = {column.name: name for table in tables for name, column in table.columns.items()}
        kept = (one for one in conditions if not _INTERNAL.search(one))
        return [
            _WORD.sub(lambda found: names.get(found[0], found[0]), _CAST.sub(r"\1", one))
            for one in kept
        ]

    def _label(self, table: NodeClass | EdgeTable) -> str:
        if isinstance(table, EdgeTable):
            return f":{table.type}"
        return ":".join(["", *table.labels]) if table.labels else "( )"

    def _what(self, base: _Base) -> str:
        return "|".join(dict.fromkeys(self._label(table) for table in base.tables))

    def _where(self, base: _Base) -> str:
        if not base.conditions:
            return ""
        listed = text("plan-and", self.language).join(dict.fromkeys(base.conditions))
        return text("plan-where", self.language, conditions=listed)

    def _share(self, base: _Base) -> float:
        share = 1.0
        for condition in dict.fromkeys(base.conditions):
            share *= _EQUAL if " = " in condition or " IN " in condition else _OTHER
        return share

    def _size(self, base: _Base) -> float:
        rows = sum(self.catalogue.rows(table.table) for table in base.tables)
        return rows * self._share(base)

    def _each(self, base: _Base, ends: list[str]) -> float:
        """Return how many rows of a table one row meets."""
        if not isinstance(base.tables[0], EdgeTable):
            return 1.0 if ends else float(sum(self.catalogue.rows(t.table) for t in base.tables))
        each = 0.0
        for table in base.tables:
            rows = float(self.catalogue.rows(table.table))
            known = self.catalogue.degrees.get(table.table)
            for end in [end for end in ends if end in _ENDS]:
                rows /= max(known.distinct(end) if known else rows**0.5, 1)
            each += rows
        return 1.0 if "_rid" in ends else each


def _together(parts: list[_Base], wanted: int) -> _Base | None:
    if len(parts) < wanted or not parts:
        return None
    tables = [table for part in parts for table in part.tables]
    if len({type(table) for table in tables}) > 1:
        return None
    conditions = [condition for part in parts for condition in part.conditions]
    is_both = len({table.table for table in tables}) < len(tables)
    return _Base(
        tables, conditions, is_both, sum(p.rows for p in parts), sum(p.seconds for p in parts)
    )


def _table_of(op: Operator) -> str:
    named = op.words("Table")
    return named[0].rsplit(".", 1)[-1].strip('"') if named else ""


def _ends_met(op: Operator, *, is_right: bool) -> list[str]:
    """Return the id columns of one side that a join compares."""
    found = []
    for condition in op.words("Conditions"):
        sides = condition.strip("()").split(" = ")
        if len(sides) == 2:  # noqa: PLR2004 (the two sides)
            name = sides[1 if is_right else 0].strip()
            if name in {"_src", "_dst", "_nid", "_rid"}:
                found.append(name)
    return found


def _verb(base: _Base, ends: list[str]) -> str:
    if not isinstance(base.tables[0], EdgeTable):
        return "fetch" if "_nid" in ends else "values"
    met = [end for end in ends if end in _ENDS]
    if len(met) == len(_ENDS):
        return "close"
    if not met:
        return "values"
    if base.is_both:
        return "both"
    return "out" if met == ["_src"] else "in"


_ENVELOPES = frozenset({"RESULT_COLLECTOR", "EXPLAIN_ANALYZE", "CTE"})
_TESTS = frozenset({"SEMI", "ANTI", "RIGHT_SEMI", "RIGHT_ANTI", "MARK", "SINGLE"})
_OPTIONAL = frozenset({"LEFT", "RIGHT", "OUTER", "FULL"})
_SPECIAL = {
    "UNION": PlanReader._union,  # noqa: SLF001
    "CTE": PlanReader._shared_step,  # noqa: SLF001
    "CTE_SCAN": PlanReader._reading,  # noqa: SLF001
    "RECURSIVE_CTE": PlanReader._walked,  # noqa: SLF001
    "REC_CTE": PlanReader._walked,  # noqa: SLF001
}
_WORDS = {
    "FILTER": "keep",
    "HASH_GROUP_BY": "group",
    "PERFECT_HASH_GROUP_BY": "group",
    "PARTITIONED_GROUP_BY": "group",
    "UNGROUPED_AGGREGATE": "group-all",
    "SIMPLE_AGGREGATE": "group-all",
    "ORDER_BY": "sort",
    "TOP_N": "top",
    "LIMIT": "limit",
    "STREAMING_LIMIT": "limit",
    "UNNEST": "unwind",
    "INOUT_FUNCTION": "unwind",
    "WINDOW": "number",
    "STREAMING_WINDOW": "number",
    "DUMMY_SCAN": "one-row",
    "COLUMN_DATA_SCAN": "known",
    "EMPTY_RESULT": "nothing",
}
