"""What the rows of large tables name, and which of them are kept for certain.

The way of single rows decides about odd rows and small tables alone. It needs to know only the
rows of large tables that those name: `Context`. A row that is not odd and names only rows that are
kept is kept; one that names, through others or at once, a row still to be decided waits for that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphmodel.model.refusal import RefusalError
from graphmodel.model.schema import SCHEMA
from graphmodel.sources.cells import check_id, split_ids
from graphmodel.sources.spec import ACCOUNT, PERSON, Kind
from graphmodel.sources.spec_tables import TABLES, TIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from graphmodel.sources.column_cells import Coded
    from graphmodel.sources.columns import Layout
    from graphmodel.sources.sheet import Sheet
    from graphmodel.sources.spec import Column, Table

_SMALL, _CREATED, _NOTHING, _TAKEN = -1, -2, -3, -4
"""Places of a name that no row of a large table bears."""

_PARTIES = ("Person", "Persona")
_REFERENCES = (Kind.REF, Kind.REFS)
_PEOPLE = tuple(
    kind for kind, type_ in TIES.items() if (PERSON, PERSON) in SCHEMA.relationships[type_].ends
)


@dataclass(slots=True)
class Context:
    """Rows of large tables that odd rows or small tables name: ids by kind, accounts created."""

    known: dict[str, set[str]] = field(default_factory=dict)
    created: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Mentions:
    """Ids that rows name; those a stated order names apart."""

    names: set[str] = field(default_factory=set)
    ordered: set[str] = field(default_factory=set)

    def add(self, column: Column, cells: Iterable[str]) -> None:
        """Note what the cells of a reference column name, with or without their table."""
        found: set[str] = set()
        for cell in cells:
            for name in split_ids(cell) if column.kind is Kind.REFS else (cell.strip(),):
                found.update((name, name.partition(":")[2]))
        found = {name for name in found if name and is_text(name)}
        self.names |= found
        if column.name == "after":
            self.ordered |= found

    def add_table(self, spec: Table, layout: Layout) -> None:
        """Note what all rows of a small table name."""
        for column in spec.columns:
            if column.kind in _REFERENCES and column.name in layout.cells:
                self.add(column, layout.cells[column.name])


@dataclass(slots=True)
class _Named:
    """A reference column of a sheet; for each different name the sheet (or why none) and row."""

    column: Column
    targets: tuple[str, ...]
    names: Coded
    sheet: NDArray[Any]
    row: NDArray[Any]

    def spread(self, marks: NDArray[Any]) -> NDArray[Any]:
        """Return, by row, whether the name in it is marked."""
        import numpy as np

        if not marks.any():
            return np.zeros(len(self.names.codes), bool)
        found: NDArray[Any] = np.append(marks, False)[self.names.codes]  # code -1: no name
        return found


@dataclass(slots=True)
class Naming:
    """All large tables of a case and what they name; `small` holds the ids of the others by kind.

    `waiting` are, by sheet, the rows that are kept if what they name is.
    """

    sheets: list[Sheet]
    small: dict[str, set[str]]
    mentions: Mentions
    creates_accounts: bool
    waiting: list[NDArray[Any]] = field(default_factory=list)
    _named: list[list[_Named]] = field(default_factory=list)
    _read: list[NDArray[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Find ids that stand in two tables, and what every name means."""
        import numpy as np

        self._part_shared()
        self._named = [self._resolve_sheet(sheet) for sheet in self.sheets]
        self._read = [np.zeros(sheet.large.rows, bool) for sheet in self.sheets]

    def _part_shared(self) -> None:
        """Mark rows whose id a row of another table bears: who keeps it is no matter of columns."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        names = set().union(*self.small.values())
        every = pa.array(sorted(names), pa.string())
        for place, sheet in enumerate(self.sheets):
            sheet.odd |= np.asarray(pc.is_in(sheet.ids, value_set=every.cast(sheet.ids.type)))
            for other in self.sheets[place + 1 :]:
                if not _may_meet(sheet.ids, other.ids):
                    continue
                few, many = sorted((sheet.ids, other.ids), key=len)
                shared = many.filter(pc.is_in(many, value_set=few.cast(many.type))).drop_null()
                for found in (sheet, other) if len(shared) else ():
                    own = shared.cast(found.ids.type)
                    found.odd |= np.asarray(pc.is_in(found.ids, value_set=own))

    def _resolve_sheet(self, sheet: Sheet) -> list[_Named]:
        import numpy as np

        found = []
        for column in sheet.spec.columns:
            if column.name in sheet.names:
                named = self._resolve(sheet, column)
                sheet.odd |= named.spread((named.sheet == _NOTHING) | (named.sheet == _TAKEN))
                found.append(named)
                if column.name == "refunds":
                    own = np.append(named.row, -1)[named.names.codes]
                    sheet.odd |= own == np.arange(len(own))
        if sheet.spec.name == "ties":
            sheet.odd |= _odd_ties(sheet)
        return found

    def _resolve(self, sheet: Sheet, column: Column) -> _Named:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        names = sheet.names[column.name]
        where = np.full(len(names.texts), _NOTHING)
        rows = np.full(len(names.texts), -1, np.int64)
        # ties of other things than persons go the other way
        targets = (PERSON,) if sheet.spec.name == "ties" and column.name != "to" else column.targets
        for target in targets if (names.codes >= 0).any() else ():
            for number, other in enumerate(self.sheets):
                if other.kind == target:
                    ids = other.ids.cast(names.texts.type)
                    at = pc.index_in(names.texts, value_set=ids).fill_null(-1).to_numpy()
                    new = (where == _NOTHING) & (at >= 0)
                    where[new], rows[new] = number, at[new]
            if self.small.get(target):
                known = pa.array(sorted(self.small[target]), names.texts.type)
                there = np.asarray(pc.is_in(names.texts, value_set=known))
                where[(where == _NOTHING) & there] = _SMALL
        if ACCOUNT in targets and self.creates_accounts:
            self._create(names, where)
        return _Named(column, targets, names, where, rows)

    def _create(self, names: Coded, where: NDArray[Any]) -> None:
        """Mark the names that become accounts since nothing defines them."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        for sheet in self.sheets:
            if sheet.kind in _PARTIES:
                there = np.asarray(
                    pc.is_in(names.texts, value_set=sheet.ids.cast(names.texts.type))
                )
                where[there & (where == _NOTHING)] = _TAKEN
        left = np.flatnonzero(where == _NOTHING)
        for place, name in zip(left, names.texts.take(pa.array(left)).to_pylist(), strict=True):
            if name is not None and name.partition(":")[0] not in TABLES and self._is_free(name):
                where[place] = _CREATED

    def _is_free(self, name: str) -> bool:
        try:
            check_id(name)
        except RefusalError:
            return False
        return not any(name in self.small.get(kind, ()) for kind in _PARTIES)

    def settle(self) -> Context:
        """Find the rows that wait; return what the way of single rows needs to know of sheets.

        A row that waits and is named by a row of the other way joins it, since that names nothing
        that is not decided.
        """
        import numpy as np

        while True:
            self._find_waiting()
            self._note_odd()
            context = Context()
            has_grown = False
            for sheet, waiting in zip(self.sheets, self.waiting, strict=True):
                hit = _among(sheet.ids, self.mentions.names) & ~sheet.odd
                joins = hit & (waiting | _among(sheet.ids, self.mentions.ordered))
                if sheet.spec.label is None:
                    joins = hit
                sheet.odd |= joins
                has_grown |= bool(joins.any())
                rows = np.flatnonzero(hit & ~joins)
                context.known.setdefault(sheet.kind, set()).update(sheet.ids.take(rows).to_pylist())
            if not has_grown:
                context.created = self.created() & self.mentions.names
                return context

    def _find_waiting(self) -> None:
        import numpy as np

        self.waiting = [np.zeros(sheet.large.rows, bool) for sheet in self.sheets]
        self._spread(self.waiting, lambda named: named.sheet == _SMALL, with_odd=True)

    def _spread(self, marks: list[NDArray[Any]], first: Any, *, with_odd: bool) -> None:  # noqa: ANN401
        """Mark the rows that name a marked one, and so on; `first` marks names of a column."""
        begun = [[first(named) for named in columns] for columns in self._named]
        has_grown = True
        while has_grown:
            has_grown = False
            for number, sheet in enumerate(self.sheets):
                before = int(marks[number].sum())
                for named, start in zip(self._named[number], begun[number], strict=True):
                    found = start.copy()
                    for other in set(named.sheet[named.sheet >= 0].tolist()):
                        own = named.sheet == other
                        marked = marks[other][named.row[own]]
                        if with_odd:
                            marked = marked | self.sheets[other].odd[named.row[own]]
                        found[own] |= marked
                    marks[number] |= named.spread(found)
                marks[number] &= ~sheet.odd
                has_grown |= int(marks[number].sum()) > before

    def _note_odd(self) -> None:
        """Note what the rows name that have become odd since the last time."""
        import numpy as np

        for place, sheet in enumerate(self.sheets):
            rows = np.flatnonzero(sheet.odd & ~self._read[place])
            self._read[place] = sheet.odd.copy()
            for column in sheet.spec.columns:
                if len(rows) and column.kind in _REFERENCES and column.name in sheet.layout.cells:
                    cells = sheet.cells(column.name).take(rows)
                    self.mentions.add(column, cells.unique().to_pylist())

    def created(self) -> set[str]:
        """Return the names of rows in columns that become accounts."""
        import numpy as np
        import pyarrow as pa

        found: set[str] = set()
        for sheet, columns in zip(self.sheets, self._named, strict=True):
            for named in columns:
                marks = named.sheet == _CREATED
                if marks.any():
                    codes = named.names.codes[~sheet.odd]
                    used = np.zeros(len(marks) + 1, bool)
                    used[codes] = True
                    chosen = pa.array(np.flatnonzero(marks & used[:-1]))
                    found.update(named.names.texts.take(chosen).to_pylist())
        return found

    def fall(self, standing: dict[str, set[str]]) -> bool:
        """Make odd what waited for a row that is not kept; say whether there was any.

        `standing` are the ids that the other way keeps, by kind.
        """
        import numpy as np

        fallen = [np.zeros(sheet.large.rows, bool) for sheet in self.sheets]
        self._spread(fallen, lambda named: self._lost(named, standing), with_odd=False)
        for sheet, marks in zip(self.sheets, fallen, strict=True):
            sheet.odd |= marks
        return any(bool(marks.any()) for marks in fallen)

    def _lost(self, named: _Named, standing: dict[str, set[str]]) -> NDArray[Any]:
        """Return the names of odd or small rows that are not kept."""
        import numpy as np
        import pyarrow as pa

        maybe = named.sheet == _SMALL
        for number, sheet in enumerate(self.sheets):
            own = named.sheet == number
            maybe[own] = sheet.odd[named.row[own]]
        places = np.flatnonzero(maybe)
        kept = [standing[target] for target in named.targets if target in standing]
        names = named.names.texts.take(pa.array(places)).to_pylist()
        lost = [not any(name in ids for ids in kept) for name in names]
        found = np.zeros(len(maybe), bool)
        found[places] = lost
        return found

    def labels(self, place: int, column: str, standing: dict[str, set[str]]) -> list[str]:
        """Return the label of what each different name of a column names.

        `standing` are the ids kept by the other way.
        """
        import numpy as np

        named = next(found for found in self._named[place] if found.column.name == column)
        kinds = [sheet.kind for sheet in self.sheets]
        labels = [kinds[number] if number >= 0 else ACCOUNT for number in named.sheet.tolist()]
        for at in np.flatnonzero(named.sheet == _SMALL).tolist():
            name = named.names.texts[at].as_py()
            labels[at] = next(
                (t for t in named.targets if name in standing.get(t, ())), named.targets[0]
            )
        return labels

    def created_places(self, place: int, column: str) -> NDArray[Any]:
        """Return, by different name of a column, whether it becomes an account."""
        named = next(found for found in self._named[place] if found.column.name == column)
        found: NDArray[Any] = named.sheet == _CREATED
        return found


def is_text(name: str) -> bool:
    """Say whether a name is text, without halves of surrogate pairs: no column holds those."""
    return name.isascii() or name.isprintable() or not any("\ud800" <= c <= "\udfff" for c in name)


def _odd_ties(sheet: Sheet) -> NDArray[Any]:
    """Return the ties of one thing to itself and those that are not between persons."""
    import numpy as np
    import pyarrow.compute as pc

    kinds = sheet.values["kind"].values
    words = kinds.dictionary.to_pylist()
    plain = np.array([word in _PEOPLE for word in (*words, "")])
    found: NDArray[Any] = ~plain[kinds.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)]
    one, other = (sheet.values[name].values.cast("string") for name in ("a", "b"))
    found |= np.asarray(pc.equal(one, other).fill_null(fill_value=False))
    if "to" in sheet.values:
        found |= ~np.asarray(sheet.values["to"].values.is_null())
    return found


def _may_meet(one: Any, other: Any) -> bool:  # noqa: ANN401
    """Say whether two columns of ids can have one in common."""
    import pyarrow.compute as pc

    if not len(one) or not len(other):
        return False
    a, b = pc.min_max(one), pc.min_max(other)
    if a["min"].as_py() is None or b["min"].as_py() is None:
        return False
    return bool(a["min"].as_py() <= b["max"].as_py() and b["min"].as_py() <= a["max"].as_py())


def _among(ids: Any, names: set[str]) -> NDArray[Any]:  # noqa: ANN401
    """Return, by row, whether its id is one of some names."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not names:
        return np.zeros(len(ids), bool)
    return np.asarray(pc.is_in(ids, value_set=pa.array(sorted(names), ids.type)))
