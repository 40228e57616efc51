"""Patterns written along walks through a graph, so that they match at least there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.reference.graphs import LABELS, TYPES

if TYPE_CHECKING:
    from tests.reference.choices import Choices
    from tests.reference.graphs import Records

Record = dict[str, Any]


def literal(value: Any) -> str:  # noqa: ANN401 (of any type)
    """Return a value as it is written in a query."""
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else repr(value)


class Walks:
    """Writes patterns; variables in reach are kept by what they hold."""

    def __init__(self, choices: Choices, nodes: Records, rels: Records) -> None:
        """Start with nothing in reach."""
        self.choices = choices
        self.node_records, self.rel_records = nodes, rels
        self.by_id = {record["id"]: record for record in nodes}
        self.nodes: list[str] = []
        self.rels: list[str] = []
        self.trails: list[str] = []
        self.paths: list[str] = []
        self.groups: list[str] = []
        self.witness: dict[str, Record | None] = {}
        self.params: dict[str, Any] = {}
        self.count = 0
        self.guided = True
        self.used: set[object] = set()
        self.old_rels: list[str] = []
        self.colon = choices.chance(12)  # Neo4j refuses a query that writes both :A|B and :A:B

    def name(self, letter: str) -> str:
        """Return a variable that is not in use."""
        self.count += 1
        return f"{letter}{self.count}"

    def constant(self, value: Any) -> str:  # noqa: ANN401 (of any type)
        """Return a value written out or as a parameter."""
        if not self.choices.chance(20):
            return literal(value)
        name = self.name("p")
        self.params[name] = value
        return f"${name}"

    def path(self) -> str:
        """Return a path that names what it binds."""
        record, text = self._start()
        named = self.choices.chance(24)
        for _ in range(self.choices.one([1, 0, 1, 1, 1, 2, 2, 3])):
            record, step = self._step(record)
            text += step
        if named:
            variable = self.name("p")
            self.paths.append(variable)
            return f"{variable} = {text}"
        return text

    def _start(self) -> tuple[Record, str]:
        known = [name for name in self.nodes if self.witness.get(name)]
        if known and self.choices.chance(70):
            name = self.choices.one(known)
            record = self.witness[name]
            if record is not None:
                return record, f"({name})"
        record = self.choices.one(self.node_records)
        return record, self._node(record)

    def _step(self, record: Record) -> tuple[Record, str]:
        """Return where a relationship leads, and it written with its far node."""
        if self.guided and self.choices.chance(16):
            record, text = self._trail(record)
        else:
            record, text = self._relationship(record)
        known = [name for name in self.nodes if self.witness.get(name) is record]
        again = known and self.choices.chance(15)
        return record, text + (f"({self.choices.one(known)})" if again else self._node(record))

    def _around(self, record: Record) -> list[tuple[Record, Record, str]]:
        """Return what is not used yet at a node: relationship, other end, direction."""
        found = []
        for rel in self.rel_records:
            if rel["id"] in self.used:
                continue
            if rel["from"] == record["id"]:
                found.append((rel, self.by_id[rel["to"]], "out"))
            elif rel["to"] == record["id"]:
                found.append((rel, self.by_id[rel["from"]], "in"))
        return found

    def _relationship(self, record: Record) -> tuple[Record, str]:
        around = self._around(record) if self.guided else []
        if not around:
            rel, other = self.choices.one(self.rel_records), self.choices.one(self.node_records)
            direction = self.choices.one(["out", "in", "both"])
        else:
            rel, other, direction = self.choices.one(around)
            direction = "both" if self.choices.chance(25) else direction
        self.used.add(rel["id"])
        left, right = {"out": ("-", "->"), "in": ("<-", "-"), "both": ("-", "-")}[direction]
        if self.choices.chance(12):
            return other, left + right
        again = [name for name in self.old_rels if self.witness.get(name) is rel]
        if again and self.choices.chance(30):
            self.old_rels.remove(again[0])
            return other, f"{left}[{again[0]}]{right}"
        name = self.name("r") if self.choices.chance(60) else ""
        inside = f"{name}{self._types([rel])}"
        if self.choices.chance(9):
            inside += self._inline(rel, ("w", "id", "v"))
        if name and self.choices.chance(5):
            inside += f" WHERE {name}.w IS NOT NULL OR {name}.id = {literal(rel['id'])}"
        if name:
            self.rels.append(name)
            self.witness[name] = rel
        return other, f"{left}[{inside}]{right}"

    def _trail(self, record: Record) -> tuple[Record, str]:
        """Return a relationship pattern of variable length along a walk."""
        taken: list[Record] = []
        directions = set()
        for _ in range(self.choices.number(0, 2)):
            around = self._around(record)
            if not around:
                break
            rel, record, direction = self.choices.one(around)
            self.used.add(rel["id"])
            directions.add(direction)
            taken.append(rel)
        steps = len(taken)
        low = self.choices.number(0, steps)
        bounds = [f"*{low}..{steps + 1}", f"*{low}..{max(steps, 1)}", f"*..{steps + 1}"]
        bounds += [f"*{steps}"] * bool(steps)
        chosen = self.choices.one(bounds if steps else bounds[:2])
        name = self.name("q") if self.choices.chance(55) else ""
        self.trails += [name] if name else []
        types = self._types(taken)  # Neo4j takes no type expression here
        inside = f"{name}{'' if '!' in types else types}{chosen}"
        if steps and self.choices.chance(15):
            inside += self._inline(taken[0], ("w", "v"))
        left, right = ("-", "-")
        if len(directions) == 1 and self.choices.chance(60):
            left, right = ("-", "->") if directions == {"out"} else ("<-", "-")
        return record, f"{left}[{inside}]{right}"

    def _types(self, taken: Records) -> str:
        """Return types that all these relationships fit, or none."""
        kinds = sorted({rel["type"] for rel in taken})
        other = [kind for kind in TYPES if kind not in kinds]
        if not kinds or self.choices.chance(35):
            return ""
        if len(kinds) == 1 and (self.colon or not self.choices.chance(30)):
            return f":{kinds[0]}"
        if self.colon:
            return ""
        if other and self.choices.chance(30):
            return f":!{other[0]}"
        return f":{'|'.join(sorted({*kinds, self.choices.one(TYPES)}))}"

    def _node(self, record: Record) -> str:
        name = self.name("n") if self.choices.chance(75) else ""
        inside = f"{name}{self._labels(record['labels'])}"
        if self.choices.chance(8):
            inside += self._inline(record, ("i", "s", "id", "b", "f"))
        if name and self.choices.chance(5):
            inside += f" WHERE {name}.i IS NOT NULL OR {name}.id = 'n{record['id']}'"
        if name:
            self.nodes.append(name)
            self.witness[name] = record if self.guided else None
        return f"({inside})"

    def _labels(self, held: list[str]) -> str:
        absent = [label for label in LABELS if label not in held]
        forms = ["", ""]
        if held:
            one = self.choices.one(held)
            forms += [f":{one}"] * 3
            if self.colon:
                forms += [f":{':'.join(held)}"] * 2
            else:
                other = self.choices.one(LABELS)
                forms += [f":{one}|{other}"] * (one != other) + [f":{'&'.join(held)}", ":%"]
        if absent and not self.colon:
            forms += [f":!{absent[0]}"]
        return self.choices.one(forms)

    def _inline(self, record: Record, names: tuple[str, ...]) -> str:
        known = [name for name in names if name in record["properties"]]
        if not known:
            return ""
        name = self.choices.one(known)
        value = record["properties"][name]
        equal = [
            variable
            for variable in self.nodes
            if (self.witness.get(variable) or {}).get("properties", {}).get(name) == value
        ]
        if equal and self.choices.chance(30):
            return f" {{{name}: {self.choices.one(equal)}.{name}}}"
        return f" {{{name}: {self.constant(value)}}}"

    # inside expressions ----------------------------------------------------------------------

    def arrow(self) -> str:
        """Return a relationship pattern without a name."""
        left, right = self.choices.one([("-", "->"), ("<-", "-"), ("-", "-")])
        options = ["", "", "[:R]", "[:S]", "[*1..2]", "[{w: 1}]", "[:R|T]"]
        inside = self.choices.one(options[:-1] if self.colon else options)
        return f"{left}{inside}{right}"

    def around(self) -> str:
        """Return a pattern around a node in reach that names nothing new."""
        start = self.choices.one(self.nodes)
        label = self.choices.one(["", "", "", ":A", ":B"])
        known = self.choices.one(self.nodes) if self.choices.chance(15) else ""
        end = known or label
        more = f"{self.arrow()}()" if self.choices.chance(15) else ""
        return f"({start}){self.arrow()}({end}){more}"

    def hop(self) -> tuple[str, str]:
        """Return a pattern from a node in reach to a new one, and the name of that."""
        end = self.name("e")
        label = self.choices.one(["", "", "", ":A", ":B"])
        return f"({self.choices.one(self.nodes)}){self.arrow()}({end}{label})", end
