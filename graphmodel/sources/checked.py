"""A table on its way through the checks: parsed values by column, refused rows, duplicates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

from graphmodel.model.instants import UNKNOWN
from graphmodel.sources.base import FileReport, Reject, printable
from graphmodel.sources.spec import Kind
from graphmodel.texts import Language, text

if TYPE_CHECKING:
    from graphmodel.sources.base import RawTable
    from graphmodel.sources.columns import Layout
    from graphmodel.sources.spec import Table

_LONGEST_VALUE = 120

Key = tuple[str, str]
"""What a reference names: a label, or the table's name where rows are relationships, and an id."""


class Refused(NamedTuple):
    """A reject and the first cause of it (itself, unless the row names a rejected row)."""

    reject: Reject
    root: Reject


def shorten(value: str) -> str:
    """Return a cell's text for a message: no control characters, at most 120 characters."""
    plain = printable(value.strip())
    return plain if len(plain) <= _LONGEST_VALUE else plain[: _LONGEST_VALUE - 2] + "……"


@dataclass(slots=True)
class CheckedTable:
    """Rows of one table; `values` holds a list of one length for every column of the file.

    `ids` is the id of each row as the graph will know it, "" while there is none. After the
    references are resolved, REF columns hold keys and REFS columns tuples of keys. `sound` counts
    the rows of a large table that are kept elsewhere, in columns.
    """

    spec: Table
    raw: RawTable
    layout: Layout
    language: Language
    values: dict[str, list[object]] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    refused: dict[int, Refused] = field(default_factory=dict)
    copies: set[int] = field(default_factory=set)
    sound: int = 0

    @property
    def rows(self) -> int:
        """Number of rows that could be cut into cells."""
        return len(self.raw.lines)

    @property
    def kind(self) -> str:
        """The label of the rows, or the table's name where they are relationships."""
        return self.spec.label or self.spec.name

    def is_open(self, row: int) -> bool:
        """Say whether a row is neither refused nor a duplicate."""
        return row not in self.refused and row not in self.copies

    def kept(self) -> list[int]:
        """Return the indices of the rows that are kept."""
        if not self.refused and not self.copies:
            return list(range(self.rows))
        return [row for row in range(self.rows) if self.is_open(row)]

    def cell(self, row: int, column: str) -> str:
        """Return the text of a cell as read, empty where the file has no such column."""
        cells = self.layout.cells.get(column)
        return cells[row] if cells is not None else ""

    def column(self, name: str) -> list[object]:
        """Return the values of a column, its default where the file has none."""
        found = self.values.get(name)
        if found is not None:
            return found
        column = self.spec.column(name)
        empty: object = UNKNOWN if column.kind is Kind.TIME else column.default
        return [empty] * self.rows

    def keys(self, name: str) -> list[Key | None]:
        """Return the resolved references of a REF column."""
        return cast("list[Key | None]", self.column(name))

    def key_lists(self, name: str) -> list[tuple[Key, ...]]:
        """Return the resolved references of a REFS column."""
        found = self.values.get(name)
        if found is None:
            return [()] * self.rows
        return cast("list[tuple[Key, ...]]", found)

    def refuse(
        self, row: int, column: str, code: str, *, root: Reject | None = None, **fields: object
    ) -> None:
        """Refuse a row for one column; the first reason stays. `fields` fill the text of `code`."""
        if not self.is_open(row):
            return
        title = self.layout.titles.get(column, column)
        value = shorten(fields.pop("value", None) or self.cell(row, column))  # type: ignore[arg-type]
        reason = text(f"sources-reject-{code}", self.language, **fields)
        reject = Reject(self.raw.path, self.raw.lines[row], title, value, reason)
        self.refused[row] = Refused(reject, root or reject)

    def rejects(self) -> list[Reject]:
        """Return all rejects of the table by line."""
        damaged = [
            Reject(
                self.raw.path,
                damage.line,
                damage.column,
                shorten(damage.value),
                text(f"sources-reject-{damage.code}", self.language),
            )
            for damage in self.raw.damaged
        ]
        found = [*damaged, *(refused.reject for refused in self.refused.values())]
        return sorted(found, key=lambda reject: reject.line)

    def report(self) -> FileReport:
        """Count the rows: each is kept, rejected or a duplicate."""
        raw = self.raw
        rejected = len(raw.damaged) + len(self.refused)
        rows = self.rows + len(raw.damaged) + self.sound
        copies = len(self.copies)
        kept = rows - rejected - copies
        return FileReport(
            raw.path, raw.sha256, raw.reader, raw.encoding, rows, kept, rejected, copies
        )
