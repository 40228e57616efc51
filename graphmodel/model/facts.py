"""Facts on their way from readers to the store: columns by label and by relationship type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from graphmodel.model.schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence

Value: TypeAlias = str | int | float | bool | list[str] | None


class Ends(NamedTuple):
    """One end of many relationships: a label, and an Arrow array of ids."""

    label: str
    ids: Any


@dataclass(slots=True)
class FactPart:
    """Many rows of one label or type as Arrow arrays; a column that is absent is null.

    `suffix` is what the ids of the rows have beyond the texts of their column `id`.
    """

    rows: int
    columns: dict[str, Any]
    start: Ends | None = None
    end: Ends | None = None
    suffix: str = ""


@dataclass(slots=True)
class FactTable:
    """Rows of one label or relationship type, kept as columns of equal length.

    `columns` begins with the declared properties; `extra` names the text columns of this case.
    Relationship tables also fill `from_label`, `from_id`, `to_label`, `to_id`. Rows of large tables
    are no Python values: they stand in `parts`, which `rows` does not count.
    """

    names: tuple[str, ...]
    columns: dict[str, list[Value]] = field(init=False)
    extra: list[str] = field(default_factory=list)
    rows: int = 0
    from_label: list[str] = field(default_factory=list)
    from_id: list[str] = field(default_factory=list)
    to_label: list[str] = field(default_factory=list)
    to_id: list[str] = field(default_factory=list)
    parts: list[FactPart] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the empty columns."""
        self.columns = {name: [] for name in self.names}

    @property
    def total(self) -> int:
        """Number of rows, those in parts included."""
        return self.rows + sum(part.rows for part in self.parts)

    def add_part(self, part: FactPart) -> None:
        """Append many rows; a column of an unknown name becomes an extra one."""
        for name in part.columns.keys() - self.columns.keys():
            self.columns[name] = [None] * self.rows
            self.extra.append(name)
        self.parts.append(part)

    def add(self, values: dict[str, Value]) -> None:
        """Append one row; a name that is absent is null, an unknown one becomes an extra column."""
        for name in values.keys() - self.columns.keys():
            self.columns[name] = [None] * self.rows
            self.extra.append(name)
        for name, column in self.columns.items():
            column.append(values.get(name))
        self.rows += 1


class Facts:
    """All facts of a case before they are stored; derived types have no table here."""

    def __init__(self) -> None:
        """Make an empty table for every stated label and relationship type."""
        self.nodes = {t.label: FactTable(t.names()) for t in SCHEMA.nodes.values() if not t.derived}
        self.relationships = {
            t.type: FactTable(t.names()) for t in SCHEMA.relationships.values() if not t.derived
        }

    def add_node(self, label: str, values: dict[str, Value]) -> None:
        """Append one node of a stated label."""
        self.nodes[label].add(values)

    def add_relationship(
        self,
        type_: str,
        start: tuple[str, str],
        end: tuple[str, str],
        values: dict[str, Value],
    ) -> None:
        """Append one relationship of a stated type; `start` and `end` are (label, id)."""
        table = self.relationships[type_]
        table.add(values)
        table.from_label.append(start[0])
        table.from_id.append(start[1])
        table.to_label.append(end[0])
        table.to_id.append(end[1])

    def ids(self, label: str) -> Sequence[Value]:
        """Return the ids of all nodes of one label, in order of arrival."""
        return self.nodes[label].columns["id"]
