"""Random queries over a random graph, most of which find something.

Patterns are walks through the graph: `witness` keeps which record a variable stands for on such a
walk, and most constants are taken from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.reference.templates import AGGREGATES, CONDITIONS, FEATURES, LEAVES, PICKED, RARE
from tests.reference.walks import Walks, literal

if TYPE_CHECKING:
    from tests.reference.choices import Choices
    from tests.reference.graphs import Records

_HOLE = re.compile(r"<(\w+)>")
_FLAT = [(kind, template) for kind, templates in FEATURES.items() for template in templates]
_FLAT += RARE * 2
_NEEDS = {
    "node": "nodes", "rel": "rels", "rels": "trails", "path": "paths", "nodes": "groups",
    "around": "nodes", "hop": "nodes", "subquery": "nodes", "rich": "nodes", "nested": "nodes",
    "pattern": "nodes",
}  # fmt: skip
_RICH = [
    "MATCH {hop} WITH {end} WHERE {end}.i > 0 RETURN {end}.id AS z",
    "OPTIONAL MATCH {hop} RETURN {end}.id AS z",
    "OPTIONAL MATCH {hop} WITH {end}.i AS i RETURN i AS z",
    "MATCH {hop} OPTIONAL MATCH ({end})-[:R]->(f:A) RETURN f.i AS z",
    "MATCH {hop} RETURN {end}.id AS z UNION ALL MATCH {hop} RETURN {end}.id AS z",
    "UNWIND [1, 2] AS z RETURN z UNION ALL MATCH {hop} RETURN {end}.i AS z",
    "UNWIND [1, 2] AS u MATCH {hop} RETURN u AS z",
    "MATCH {hop} RETURN {end}.i AS z UNION MATCH {hop} RETURN {end}.i AS z",
    "MATCH {hop} WITH DISTINCT {end} RETURN {end}.s AS z",
    "MATCH {hop} MATCH ({end})-->(f) RETURN f.id AS z",
    "MATCH {hop} RETURN {end}.id AS z ORDER BY z LIMIT 1",
    "MATCH {hop} UNWIND [{end}.i, 1] AS z RETURN z",
]


@dataclass(slots=True)
class Question:
    """A query with its parameters."""

    text: str
    params: dict[str, Any] = field(default_factory=dict)


class QueryMaker(Walks):
    """Makes one query over the records; `values` are other variables in reach, by kind."""

    def __init__(self, choices: Choices, nodes: Records, rels: Records) -> None:
        """Start with nothing in reach."""
        super().__init__(choices, nodes, rels)
        self.values: dict[str, list[str]] = {kind: [] for kind in FEATURES}
        self.end = ""
        chosen = choices.one(nodes)["properties"]
        self.params.update(
            i=choices.number(-1, 3),
            f=choices.one([0.5, 2.0]),
            s=chosen.get("s", "a"),
            l=chosen.get("l", [1, 2]),
            m={"k": choices.number(0, 2), "s": "a"},
            share=choices.one([0.5, 0.25, 0.9]),
            x=choices.one([1, "a", 2.5, None, True]),
            any=[choices.one([1, "a", 1.5]), "b", None],
        )

    def question(self) -> Question:
        """Return a whole query."""
        text = self._branch(union=False)
        if self.choices.chance(9):
            count = self.choices.number(1, 3)
            first = self._fresh()._branch(union=True, count=count)  # noqa: SLF001
            second = self._fresh()._branch(union=True, count=count)  # noqa: SLF001
            text = f"{first} {self.choices.one(['UNION', 'UNION ALL'])} {second}"
        used = set(re.findall(r"\$(\w+)", text))
        return Question(text, {name: self.params[name] for name in sorted(used)})

    def _fresh(self) -> QueryMaker:
        maker = QueryMaker(self.choices, self.node_records, self.rel_records)
        maker.params, maker.colon = self.params, self.colon
        return maker

    def _branch(self, *, union: bool, count: int = 0) -> str:
        parts = []
        for index in range(self.choices.one([1, 1, 2, 2, 3])):
            if not index and self.choices.chance(5):
                parts.append(self._unwind())
            parts.append(self._match(first=index == 0))
            if self.choices.chance(10):
                parts.append(self._unwind())
            if self.choices.chance(28):
                parts.append(self._with())
        parts.append(self._union_return(count) if union else self._return())
        return " ".join(parts)

    # expressions -----------------------------------------------------------------------------

    def make(self, kind: str, depth: int) -> str:
        """Return an expression of a kind, at most `depth` templates deep."""
        known = self.values.get(kind, [])
        if known and self.choices.chance(35):
            return self.choices.one(known)
        deep = depth > 0 and self.choices.chance(60)
        templates = FEATURES[kind] if deep else LEAVES.get(kind) or FEATURES[kind]
        reached = [t for t in templates if self._reaches(t) and not t.startswith("~")]
        made = self._filled(self.choices.one(reached), depth - 1)
        return f"({made})" if deep and " " in made else made

    def _filled(self, template: str, depth: int) -> str:
        return _HOLE.sub(lambda hole: self._fill(hole.group(1), depth), template)

    def _reaches(self, template: str) -> bool:
        if self.colon and re.search(r":(!|%|A\||R\|)", template):
            return False
        holes = set(_HOLE.findall(template))
        return all(bool(getattr(self, _NEEDS[hole])) for hole in holes if hole in _NEEDS)

    def _fill(self, hole: str, depth: int) -> str:
        if hole in {"node", "rel", "rels", "path", "nodes"}:
            return str(self.choices.one(getattr(self, _NEEDS[hole])))
        if hole == "end":
            return self.end
        if hole in {"around", "pattern"}:
            return self.around()
        if hole in {"hop", "subquery", "nested", "rich"}:
            return self._inner(hole)
        return self.make(hole, max(depth, 0))

    def _inner(self, hole: str) -> str:
        hop, self.end = self.hop()
        end = self.end
        if hole == "hop":
            return hop
        if hole == "rich":
            return self.choices.one(_RICH).format(hop=hop, end=end)
        if hole == "nested":
            return f"MATCH {hop} WHERE EXISTS {{ ({end}){self.arrow()}() }}"
        where = self.choices.one(["", f" WHERE {end}.i IS NOT NULL", f" WHERE {end}.i > {{}}"])
        if where.endswith("{}"):
            outer = [name for name in self.nodes if name != end]
            where = where.format(f"{self.choices.one(outer)}.i")
        return f"MATCH {hop}{where}"

    def _feature(self) -> tuple[str, str, bool]:
        """Return an expression for a column, its kind, and whether its list has no order."""
        reached = [pair for pair in _FLAT if self._reaches(pair[1])]
        kind, template = self.choices.one(reached)
        bag = template.startswith("~")
        return self._filled(template.removeprefix("~"), self.choices.one([0, 0, 1])), kind, bag

    def condition(self, depth: int = 1) -> str:
        """Return a condition; most hold for the witness."""
        if self.choices.chance(35) and self.nodes:
            return self._certain()
        if self.nodes and self.choices.chance(10):
            return self._filled(self.choices.one(CONDITIONS), 0)
        made = self.make("bool", depth)
        return f"{self._certain()} AND {made}" if self.choices.chance(20) else made

    def _certain(self) -> str:
        """Return a condition that holds for the record a variable stands for."""
        held = [(name, self.witness.get(name)) for name in [*self.nodes, *self.rels]]
        known = [(name, record) for name, record in held if record is not None]
        if not known:
            return "1 = 1"
        name, record = self.choices.one(known)
        properties = sorted(record["properties"].items())
        key, value = self.choices.one([p for p in properties if not isinstance(p[1], list)])
        forms = ["{n}.{k} = {v}", "{n}.{k} IN [{v}, 7]", "{n}.{k} IS NOT NULL", "{v} = {n}.{k}"]
        if isinstance(value, str) and value:
            forms += ["{n}.{k} STARTS WITH {h}", "{n}.{k} CONTAINS {h}"]
        if isinstance(value, int | float) and not isinstance(value, bool):
            forms += ["{n}.{k} >= {v}", "{n}.{k} <= {v}", "{n}.{k} < {v} + 1"]
        head = literal(value[:1]) if isinstance(value, str) else ""
        shown = self.constant(value)
        return self.choices.one(forms).format(n=name, k=key, v=shown, h=head)

    # clauses ---------------------------------------------------------------------------------

    def _match(self, *, first: bool) -> str:
        self.used, self.old_rels = set(), self.rels[:]
        word = "OPTIONAL MATCH" if self.choices.chance(8 if first else 35) else "MATCH"
        self.guided = self.choices.chance(50 if word.startswith("OPTIONAL") else 96)
        paths = [self.path() for _ in range(self.choices.one([1, 1, 1, 1, 2]))]
        where = f" WHERE {self.condition()}" if self.choices.chance(45) else ""
        return f"{word} {', '.join(paths)}{where}"

    def _unwind(self) -> str:
        variable = self.name("u")
        options = [(kind, kind) for kind in ("ints", "texts", "list")]
        options += [("nodes", "nodes")] if self.groups else []
        options += [("path", "path")] if self.paths else []
        hole, _ = self.choices.one(options)
        if hole == "nodes":
            text = self.choices.one(self.groups)
            self.nodes.append(variable)
        elif hole == "path":
            text = f"nodes({self.choices.one(self.paths)})"
            self.nodes.append(variable)
        else:
            text = self.make(hole, 1)
            self.values[{"ints": "int", "texts": "text", "list": "any"}[hole]].append(variable)
        return f"UNWIND {text} AS {variable}"

    def _with(self) -> str:
        """Return WITH: variables carried, computed, grouped, cut."""
        form = self.choices.one(["carry", "group", "distinct", "cut", "star", "collect"])
        if form == "star" and (self.nodes or self.rels):
            return f"WITH *{self._with_where(60)}"
        nodes = self.choices.some(self.nodes, 75) or self.nodes[:1]
        rels = self.choices.some(self.rels, 60)
        carried = form == "carry"
        paths = self.choices.some(self.paths, 80) if carried else []
        trails = self.choices.some(self.trails, 80) if carried else []
        groups = self.choices.some(self.groups, 90) if carried else []
        kept = [*nodes, *rels, *paths, *trails, *groups]
        variable = self.name("v")
        kind, text = self._with_value(form)
        if self.choices.chance(12) and self.nodes:
            chosen = self.choices.one(PICKED)
            picked = self.name("n")
            self.witness[picked] = None
            kept.append(f"{self._filled(chosen, 0)} AS {picked}")
        else:
            picked = ""
        if nodes and self.choices.chance(15):
            renamed = self.name("n")
            self.witness[renamed] = self.witness.get(nodes[-1])
            kept[len(nodes) - 1] = f"{nodes[-1]} AS {renamed}"
            nodes[-1] = renamed
        values: dict[str, list[str]] = {one: [] for one in self.values}
        if kind == "nodes":
            groups = [variable]
        else:
            values[kind].append(variable)
        self.nodes, self.rels, self.paths = nodes + [picked] * bool(picked), rels, paths
        self.trails, self.groups, self.values = trails, groups, values
        items = ", ".join([*kept, f"{text} AS {variable}"])
        keys = [*(f"{name}.id" for name in [*self.nodes, *rels]), variable]
        cut = f" ORDER BY {', '.join(keys)} LIMIT {self.choices.number(2, 6)}"
        distinct = "DISTINCT " if form == "distinct" else ""
        return f"WITH {distinct}{items}{cut if form == 'cut' else ''}{self._with_where(30)}"

    def _with_value(self, form: str) -> tuple[str, str]:
        if form == "group":
            total = self.choices.one([t for t in AGGREGATES[:4] if self._reaches(t)])
            return "int", self._filled(total, 0)
        if form == "collect" and self.nodes:
            distinct = self.choices.one(["", "DISTINCT "])
            return "nodes", f"collect({distinct}{self.choices.one(self.nodes)})"
        kind = self.choices.one(["int", "text", "bool", "ints", "float", "any", "map", "list"])
        if form in {"cut", "distinct"}:
            kind = self.choices.one(["int", "text", "bool"])
        return kind, self.make(kind, 1)

    def _with_where(self, percent: int) -> str:
        return f" WHERE {self.condition()}" if self.choices.chance(percent) else ""

    # RETURN ----------------------------------------------------------------------------------

    def _return(self) -> str:
        whole = [*self.nodes, *self.rels, *self.paths, *self.trails, *self.groups]
        if not whole and any(self.values.values()) and self.choices.chance(30):
            return "RETURN *"
        grouping = self.choices.chance(30)
        items, columns = [], []
        for index in range(self.choices.one([1, 2, 2, 3, 3, 4])):
            text, bag = self._column(total=grouping and (index == 0 or self.choices.chance(40)))
            name = f"{'bag' if bag else 'c'}{index}"
            items.append(f"{text} AS {name}")
            columns += [] if bag else [name]
        plain = len(columns) == len(items)
        distinct = plain and self.choices.chance(14)
        order = self._order(columns, free=not grouping and not distinct)
        return f"RETURN {'DISTINCT ' if distinct else ''}{', '.join(items)}{order}"

    def _column(self, *, total: bool) -> tuple[str, bool]:
        if total:
            chosen = self.choices.one([t for t in AGGREGATES if self._reaches(t)])
            return self._filled(chosen.removeprefix("~"), 0), chosen.startswith("~")
        known = [name for names in self.values.values() for name in names]
        if known and self.choices.chance(25):
            return self.choices.one(known), False
        text, _, bag = self._feature()
        return text, bag

    def _order(self, columns: list[str], *, free: bool) -> str:
        limits = ["", "", f" LIMIT {self.choices.number(1, 4)}", " SKIP 1", " SKIP 1 LIMIT 2"]
        if not columns or not self.choices.chance(45):
            return self.choices.one(limits) if self.choices.chance(10) else ""
        keys = columns if self.choices.chance(60) else columns[:1]
        if free and self.choices.chance(25):
            keys = [self.make(self.choices.one(["int", "text", "any", "bool"]), 0), *keys[:1]]
        shown = [f"{key}{self.choices.one(['', ' DESC', ' ASC'])}" for key in keys]
        return f" ORDER BY {', '.join(shown)}{self.choices.one(limits)}"

    def _union_return(self, count: int) -> str:
        names = [f"c{index}" for index in range(count)]
        if self.choices.chance(30):
            names.reverse()
        kinds = ["int", "text", "any", "bool", "ints"]
        items = [f"{self.make(self.choices.one(kinds), 1)} AS {name}" for name in names]
        return f"RETURN {', '.join(items)}"
