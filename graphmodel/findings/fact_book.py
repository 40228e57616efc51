"""Facts looked up by id, each with its citation; derived facts opened to stated ones."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.model.schema import SCHEMA
from graphmodel.query.reading import read_links, read_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphmodel.query.engines.base import Engine

EVENTS = (
    "Deal",
    "Payment",
    "Claim",
    "Offer",
    "Message",
    "Delivery",
    "Circumstance",
    "Total",
    "Income",
)
"""Labels whose ids are looked up as they stand, before the rows of relationship tables."""

TABLES = {
    "batches": "Batch",
    "personas": "Persona",
    "accounts": "Account",
    "persons": "Person",
    "sources": "Source",
}
"""Tables whose ids may be those of events too: a fact of theirs is named `batches:7` inside."""

OWNERS = {"HOLDS": "accounts", "ESTABLISHED": "personas"}
"""Tables from whose columns a relationship is made, where they are not those of an event."""

ROWS = tuple(
    t.type
    for t in SCHEMA.relationships.values()
    if not t.derived and t.type not in {"FROM_SOURCE", "CONCERNS"}
)


class Ref(NamedTuple):
    """A stated fact by table (empty: an event or a row of its own) and id."""

    table: str
    id: str


class CitedFact(NamedTuple):
    """A stated fact: label or type, properties, ends (relationships only), citation."""

    id: str
    kind: str
    properties: Mapping[str, object]
    start: str
    end: str
    source: str
    locator: str
    quote: str
    certainty: str
    warning: str


def ref_of(fact: str) -> Ref:
    """Return the row of a fact: the deal of `deal-3;SELLER`, the batch of `batches:b1`."""
    id_, _, column = fact.partition(";")
    if column:
        owner = OWNERS.get(column.partition(";")[0], "")
        return Ref(owner, id_.removeprefix(f"{owner}:") if owner else id_)
    table, colon, rest = fact.partition(":")
    return Ref(table, rest) if colon and table in TABLES else Ref("", fact)


class FactBook:
    """Facts by the id under which they are shown, read in one go for all that findings name."""

    def __init__(self, engine: Engine, present: Iterable[str]) -> None:
        """Keep the engine; `present` are the labels and types that the case has at all."""
        self._engine = engine
        self._present = set(present)
        self._grounds: dict[str, tuple[str, ...]] = {}
        self._found: dict[Ref, CitedFact] = {}
        self.facts: dict[str, CitedFact] = {}

    def read(self, facts: Iterable[str]) -> None:
        """Read these facts, those that derived ones rest on, and all their citations."""
        named = list(facts)
        self._open(named)
        refs = self._refs(named)
        plain = {ref.id for ref in refs if not ref.table}
        self._read_plain(plain | {id_.partition(":")[2] for id_ in plain if ":" in id_})
        for ref in refs:
            # a column's fact names its row by table where another table has the id too
            row = Ref("", ref.id.partition(":")[2])
            if not ref.table and ref not in self._found and row in self._found:
                self._found[ref] = self._found[row]
        for table, label in TABLES.items():
            asked = {ref.id for ref in refs if ref.table == table}
            unknown = {ref.id for ref in refs if not ref.table and ref not in self._found}
            self._read_label(label, asked | unknown, table)
            for id_ in unknown:
                if Ref(table, id_) in self._found:
                    self._found[Ref("", id_)] = self._found[Ref(table, id_)]
        shared = self._event_ids({ref.id for ref in refs if ref.table})
        self._shown = {
            ref: f"{ref.table}:{ref.id}" if ref.table and ref.id in shared else self._found[ref].id
            for ref in refs
        }
        self.facts = {self._shown[ref]: self._found[ref] for ref in refs}

    def stated(self, facts: Iterable[str]) -> tuple[str, ...]:
        """Return the ids, as shown, of the stated facts that these rest on, sorted."""
        return tuple(sorted({self._shown[ref] for ref in self._refs(facts)}))

    def _refs(self, facts: Iterable[str]) -> set[Ref]:
        found: set[Ref] = set()
        waiting, seen = list(facts), set()
        while waiting:
            fact = waiting.pop()
            if fact in seen:
                continue
            seen.add(fact)
            if fact in self._grounds:
                waiting += self._grounds[fact]
            else:
                found.add(ref_of(fact))
        return found

    def _event_ids(self, ids: set[str]) -> set[str]:
        """Return those of these ids that an event has too."""
        return {
            str(row[0])
            for label in EVENTS
            if label in self._present
            for row in read_nodes(self._engine, label, ("id",), ids=ids)
        }

    def _open(self, facts: Iterable[str]) -> None:
        """Read the grounds of derived facts, and of what those rest on."""
        waiting = set(facts)
        while waiting:
            by_type: dict[str, set[str]] = defaultdict(set)
            for fact in waiting - self._grounds.keys():
                type_ = fact.partition(";")[0]
                declared = SCHEMA.relationships.get(type_)
                if declared is not None and declared.derived:
                    by_type[type_].add(fact)
            waiting = set()
            for type_, ids in sorted(by_type.items()):
                rows = self._engine.run(
                    f"MATCH ()-[r:{type_}]->() WHERE r.id IN $ids "
                    "RETURN r.id AS id, r.grounds AS g",
                    {"ids": sorted(ids)},
                ).rows
                for id_, grounds in rows:
                    listed = grounds if isinstance(grounds, list) else []
                    self._grounds[str(id_)] = tuple(str(g) for g in listed)
                    waiting |= set(self._grounds[str(id_)])

    def _read_plain(self, wanted: set[str]) -> None:
        missing = {id_ for id_ in wanted if Ref("", id_) not in self._found}
        for label in EVENTS:
            missing -= self._read_label(label, missing, "")
        for type_ in ROWS:
            if type_ in self._present:
                missing -= self._read_type(type_, missing)

    def _read_label(self, label: str, wanted: set[str], table: str) -> set[str]:
        """Read nodes by id and return the ids found."""
        if label not in self._present or not wanted:
            return set()
        missing = {id_ for id_ in wanted if Ref(table, id_) not in self._found}
        names = SCHEMA.nodes[label].names()
        rows = [
            dict(zip(names, row, strict=True))
            for row in read_nodes(self._engine, label, names, ids=missing)
        ]
        if not rows:
            return set()
        cited = {
            link.start: link
            for link in read_links(
                self._engine,
                "FROM_SOURCE",
                ("locator", "quote", "warning"),
                start_ids=[str(row["id"]) for row in rows],
            )
            if link.start_label == label
        }
        for row in rows:
            id_ = str(row["id"])
            link = cited.get(id_)
            locator, quote, warning = link.values if link else (None, None, None)
            self._found[Ref(table, id_)] = CitedFact(
                id_,
                label,
                row,
                "",
                "",
                link.end if link else "",
                _text(locator),
                _text(quote),
                _text(row["certainty"]) or "stated",
                _text(warning),
            )
        return {str(row["id"]) for row in rows}

    def _read_type(self, type_: str, wanted: set[str]) -> set[str]:
        """Read relationships by id and return the ids found."""
        if not wanted:
            return set()
        read: set[str] = set()
        names = SCHEMA.relationships[type_].names()
        columns = ", ".join(f"r.`{name}` AS c{place}" for place, name in enumerate(names))
        rows = self._engine.run(
            f"MATCH (a)-[r:{type_}]->(b) WHERE r.id IN $ids RETURN a.id AS a, b.id AS b, {columns}",
            {"ids": sorted(wanted)},
        ).rows
        for start, end, *cells in rows:
            row = dict(zip(names, cells, strict=True))
            id_ = str(row["id"])
            read.add(id_)
            self._found[Ref("", id_)] = CitedFact(
                id_,
                type_,
                row,
                str(start),
                str(end),
                _text(row.get("source")),
                _text(row.get("locator")),
                _text(row.get("quote")),
                _text(row["certainty"]) or "stated",
                _text(row.get("warning")),
            )
        return read


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)
