"""Columns of kept rows into `Facts`, many rows at once; ids of relationships made from columns."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

from graphmodel.model.instants import UNKNOWN
from graphmodel.model.schema import FOREVER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphmodel.model.facts import Facts, FactTable, Value
    from graphmodel.model.instants import Interval
    from graphmodel.sources.checked import CheckedTable, Key

Columns = dict[str, "Sequence[Value]"]
CERTAIN = ("stated", "disputed", "inferred")
"""Certainties, the surest first."""


def extend(table: FactTable, columns: Mapping[str, Sequence[Value]], rows: int) -> None:
    """Append `rows` rows given as columns; absent columns are null, unknown ones become extra."""
    for name in columns:
        if name not in table.columns:
            table.columns[name] = [None] * table.rows
            table.extra.append(name)
    for name, column in table.columns.items():
        column.extend(columns.get(name) or [None] * rows)
    table.rows += rows


_CITED_ONLY = frozenset(("circumstances", "totals", "incomes"))
"""Tables whose ids stand in no role and no event of a finding."""


class Identifier(NamedTuple):
    """Kind and value of an identifier, and the certainties of the rows that name it."""

    kind: str
    value: str
    certainties: set[str]


@dataclass(slots=True)
class Writer:
    """Writes facts; knows which accounts exist, which ids several tables use, who was created.

    `parties` collects, by id, the certainties of the rows that name an account nothing defines
    (kind Account) or a person without a known account (kind Person).
    """

    facts: Facts
    accounts: set[str]
    repeated: set[str] = field(default_factory=set)
    created: dict[str, set[str]] = field(default_factory=dict)
    unknown: dict[str, set[str]] = field(default_factory=dict)
    identifiers: dict[str, Identifier] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Facts, tables: list[CheckedTable]) -> Writer:
        """Prepare to write the kept rows of `tables`."""
        counts = Counter(name for table in tables for name in {table.ids[i] for i in table.kept()})
        accounts = {
            table.ids[row]
            for table in tables
            if table.spec.name == "accounts"
            for row in table.kept()
        }
        return cls(facts, accounts, {name for name, count in counts.items() if count > 1})

    def nodes(self, label: str, columns: Columns, rows: int) -> None:
        """Append nodes of one label."""
        extend(self.facts.nodes[label], columns, rows)

    def base(self, table: CheckedTable, row: int) -> str:
        """Return a row's id as the ids of its relationships begin."""
        name = table.ids[row]
        return f"{table.spec.name}:{name}" if name in self.repeated else name

    def node_id(self, table: CheckedTable, row: int) -> str:
        """Return the id of a row's node; what only evidence cites is named by table if repeated."""
        return self.base(table, row) if table.spec.name in _CITED_ONLY else table.ids[row]

    def relationships(
        self, type_: str, starts: Sequence[Key], ends: Sequence[Key], columns: Columns
    ) -> None:
        """Append relationships of one type; an account that nothing defines is noted."""
        table = self.facts.relationships[type_]
        extend(table, columns, len(starts))
        table.from_label.extend([label for label, _ in starts])
        table.from_id.extend([name for _, name in starts])
        table.to_label.extend([label for label, _ in ends])
        table.to_id.extend([name for _, name in ends])

    def note_accounts(self, keys: Sequence[Key], certainties: Sequence[Value]) -> None:
        """Note which accounts are named without being defined; they are created at the end."""
        accounts = self.accounts
        for (label, name), certainty in zip(keys, certainties, strict=True):
            if label == "Account" and name not in accounts:
                self.created.setdefault(name, set()).add(str(certainty))

    def note_identifier(self, name: str, kind: str, value: str, certainty: str) -> None:
        """Note that a row names an identifier; its node is written at the end."""
        found = self.identifiers.setdefault(name, Identifier(kind, value, set()))
        found.certainties.add(certainty)

    def write_identifiers(self) -> None:
        """Write the nodes of the identifiers that rows name."""
        names = sorted(self.identifiers)
        found = [self.identifiers[name] for name in names]
        columns: Columns = {
            "id": names,
            "certainty": surest({name: self.identifiers[name].certainties for name in names}),
            "kind": [identifier.kind for identifier in found],
            "value": [identifier.value for identifier in found],
        }
        self.nodes("Identifier", columns, len(names))

    def party(self, key: Key, certainty: Value) -> Key:
        """Return the account of an event's party: a person's own where no account is known."""
        label, name = key
        if label == "Account":
            return key
        self.unknown.setdefault(name, set()).add(str(certainty))
        return "Account", f"unknown:{name}"


def take(values: Sequence[object], kept: list[int]) -> list[Value]:
    """Return the values of the kept rows."""
    if len(values) == len(kept):
        return cast("list[Value]", list(values))
    return cast("list[Value]", [values[row] for row in kept])


def holding_times(since: Sequence[object], until: Sequence[object]) -> Columns:
    """Return the six time properties of a slow fact.

    An absent start is unknown, from -FOREVER to FOREVER; an absent end is not known to have come,
    both ends FOREVER.
    """
    starts = cast("Sequence[Interval]", since)
    ends = cast("Sequence[Interval]", until)
    return {
        "since": [start.text or None for start in starts],
        "until": [end.text or None for end in ends],
        "since_t0": [start.t0 for start in starts],
        "since_t1": [start.t1 for start in starts],
        "until_t0": [FOREVER if end is UNKNOWN else end.t0 for end in ends],
        "until_t1": [end.t1 for end in ends],
    }


def surest(named: Mapping[str, set[str]]) -> list[Value]:
    """Return, by name in order, the certainty of the surest row that names it."""
    return [next(word for word in CERTAIN if word in named[name]) for name in sorted(named)]
