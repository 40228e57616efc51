"""References between rows: what each names, which rows fall because the row they name fell.

A reference names the id of a row. Persons, accounts and personas share one set of ids; an id of two
event tables is known as `deals:7` and `payments:7`, and a bare `7` is ambiguous. Any id may be
written with its table before it. In a case without a table of accounts, an id that nothing defines
becomes an account.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

from graphmodel.model.refusal import RefusalError
from graphmodel.model.schema import EVENTS, SCHEMA
from graphmodel.sources.cells import Bad, check_id
from graphmodel.sources.spec import ACCOUNT, ANY_FACT, Kind
from graphmodel.sources.spec_tables import EVENT_TABLES, TABLES, TIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from graphmodel.sources.base import Reject
    from graphmodel.sources.checked import CheckedTable, Key

_NAMED_TABLES = ("persons", "accounts", "personas")
_PARTY_LABELS = frozenset(("Person", "Account", "Persona"))
_EVENT_LABELS = frozenset(EVENTS)
_REFERENCES = (Kind.REF, Kind.REFS)
_NO_FACT = ("Source", "records")
"""Kinds that a circumstance cannot be about."""


@dataclass(slots=True)
class Registry:
    """Every id of a case by kind (label or table), and the ids that two event tables share.

    `lost` are the ids that only refused rows bear: naming one is not the same as naming nothing.
    """

    tables: list[CheckedTable]
    known: dict[str, set[str]] = field(default_factory=dict)
    lost: dict[str, set[str]] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    creates_accounts: bool = False

    @classmethod
    def of(cls, tables: list[CheckedTable]) -> Registry:
        """Settle the ids of all tables: collisions are refused, shared event ids renamed."""
        registry = cls(tables)
        registry.creates_accounts = all(table.spec.name != "accounts" for table in tables)
        _refuse_taken(tables)
        registry.shared = _rename_shared(tables)
        for table in tables:
            standing = {table.ids[row] for row in table.kept()}
            registry.known[table.kind] = standing
            registry.lost[table.kind] = {name for name in table.ids if name} - standing
        return registry

    def learn(self, known: Mapping[str, set[str]], created: set[str]) -> None:
        """Take over ids, by kind, of rows that are kept without being among the tables' rows."""
        for kind, names in known.items():
            self.known[kind] = self.known.get(kind, set()) | names
        self.created |= created

    def find(self, name: str, targets: Sequence[str]) -> Key | Bad:
        """Return what a reference to one of `targets` names, or why it names nothing."""
        if name in self.shared and not _EVENT_LABELS.isdisjoint(targets):
            return Bad("ref-ambiguous")
        for names in (self.known, self.lost):
            for target in targets:
                if name in names.get(target, ()):
                    return target, name
        qualified = self._qualified(name)
        if qualified is not None and qualified[0] in targets:
            return qualified
        kinds = self._kinds(name)
        # accounts share their ids with persons and personas, with nothing else
        if ACCOUNT in targets and self.creates_accounts and _PARTY_LABELS.isdisjoint(kinds):
            return self._create(name)
        return Bad("ref-kind", ", ".join(targets)) if kinds else Bad("ref-unknown")

    def find_fact(self, name: str) -> Key | Bad:
        """Return the fact of any kind that an id names."""
        kinds = self._kinds(name)
        qualified = None if kinds else self._qualified(name)
        if qualified is not None and qualified[0] not in _NO_FACT:
            return qualified
        facts = [kind for kind in kinds if kind not in _NO_FACT]
        if name in self.shared or len(facts) > 1:
            return Bad("ref-ambiguous")
        if facts:
            return facts[0], name
        if name in self.created:
            return ACCOUNT, name
        return Bad("ref-no-fact" if kinds else "ref-unknown")

    def _qualified(self, name: str) -> Key | None:
        """Return what `<table>:<id>` names, where no row bears that whole text as its id."""
        table, _, bare = name.partition(":")
        spec = TABLES.get(table)
        if spec is None or bare in self.shared:
            return None
        kind = spec.label or spec.name
        is_there = bare in self.known.get(kind, ()) or bare in self.lost.get(kind, ())
        return (kind, bare) if is_there else None

    def _kinds(self, name: str) -> list[str]:
        """Return the kinds of rows that bear an id; refused rows count where no other does."""
        known = [kind for kind, names in self.known.items() if name in names]
        return known or [kind for kind, names in self.lost.items() if name in names]

    def _create(self, name: str) -> Key | Bad:
        try:
            check_id(name)
        except RefusalError as refusal:
            return Bad(refusal.reason, refusal.detail)
        self.created.add(name)
        return ACCOUNT, name


def _refuse_taken(tables: list[CheckedTable]) -> None:
    """Refuse an id that persons, accounts and personas use twice; the earlier table keeps it."""
    owners: dict[str, CheckedTable] = {}
    for table in tables:
        if table.spec.name not in _NAMED_TABLES:
            continue
        for row, name in enumerate(table.ids):
            owner = owners.get(name)
            if owner is not None and owner is not table:
                table.refuse(row, "id", "id-taken", table=owner.spec.name)
            elif table.is_open(row):
                owners[name] = table


def _rename_shared(tables: list[CheckedTable]) -> set[str]:
    """Rename ids of two event tables to `<table>:<id>`; return the bare ids."""
    events = [table for table in tables if table.spec.name in EVENT_TABLES]
    counts = Counter(name for table in events for name in set(table.ids) if name)
    shared = {name for name, count in counts.items() if count > 1}
    if not shared:
        return shared
    for table in events:
        prefix = f"{table.spec.name}:"
        renamed = {prefix + name for name in shared.intersection(table.ids)}
        for row, name in enumerate(table.ids):
            if name in renamed:
                table.refuse(row, "id", "id-taken", table=table.spec.name)
            elif name in shared:
                table.ids[row] = prefix + name
    return shared


def resolve(registry: Registry) -> None:
    """Replace the texts of all reference columns by keys, refuse what names nothing."""
    late: list[tuple[CheckedTable, str]] = []
    for table in registry.tables:
        for column in table.spec.columns:
            if column.kind not in _REFERENCES or column.name not in table.values:
                continue
            if ANY_FACT in column.targets:
                late.append((table, column.name))
            elif table.spec.name == "ties" and column.name in ("a", "b"):
                _resolve_tie(registry, table, column.name)
            else:
                find = _finder(registry, column.targets)
                _resolve_column(table, column.name, find)
        _check_itself(table)
    for table, name in late:
        _resolve_column(table, name, registry.find_fact)
        _check_about_itself(table, name)


def _finder(registry: Registry, targets: tuple[str, ...]) -> Callable[[str], Key | Bad]:
    return lambda name: registry.find(name, targets)


def _resolve_column(table: CheckedTable, name: str, find: Callable[[str], Key | Bad]) -> None:
    cells = table.values[name]
    memo: dict[object, object] = {cell: _resolve_cell(cell, find) for cell in set(cells)}
    table.values[name] = [memo[cell] for cell in cells]
    if not any(isinstance(value, Bad) for value in memo.values()):
        return
    for row, cell in enumerate(cells):
        bad = memo[cell]
        if isinstance(bad, Bad):
            parts = cast("Iterable[str]", cell if isinstance(cell, tuple) else (cell,))
            part = next(part for part in parts if isinstance(find(part), Bad))
            table.refuse(row, name, bad.code, detail=bad.detail, value=part)


def _resolve_cell(cell: object, find: Callable[[str], Key | Bad]) -> object:
    if cell is None:
        return None
    if not isinstance(cell, tuple):
        return find(cast("str", cell))
    keys = [find(part) for part in cell]
    return next((key for key in keys if isinstance(key, Bad)), tuple(keys))


def _resolve_tie(registry: Registry, table: CheckedTable, name: str) -> None:
    """Resolve one end of each tie among the labels that its kind allows there."""
    side = 0 if name == "a" else 1
    resolved: list[object] = []
    for row, (kind, value) in enumerate(zip(table.column("kind"), table.values[name], strict=True)):
        if not table.is_open(row):
            resolved.append(None)
            continue
        ends = SCHEMA.relationships[TIES[str(kind)]].ends
        targets = tuple(dict.fromkeys(pair[side] for pair in ends))
        key = registry.find(str(value), targets)
        if isinstance(key, Bad):
            table.refuse(row, name, key.code, detail=key.detail)
        resolved.append(key)
    table.values[name] = resolved


def _check_itself(table: CheckedTable) -> None:
    """Refuse a tie or link of one thing to itself and a payment that refunds itself."""
    if table.spec.name in ("ties", "batch_links") and {"a", "b"} <= table.values.keys():
        for row, (a, b) in enumerate(zip(table.keys("a"), table.keys("b"), strict=True)):
            if a is not None and a == b:
                table.refuse(row, "b", "tie-self")
    if table.spec.name == "payments" and "refunds" in table.values:
        for row, refunded in enumerate(table.keys("refunds")):
            if refunded is not None and refunded[1] == table.ids[row]:
                table.refuse(row, "refunds", "refund-self")


def _check_about_itself(table: CheckedTable, name: str) -> None:
    for row, keys in enumerate(table.key_lists(name)):
        if (table.kind, table.ids[row]) in keys:
            table.refuse(row, name, "about-self")


def spread(tables: list[CheckedTable], fallen: dict[Key, Reject]) -> None:
    """Refuse every row that names a fallen row, and so on; the reason gives the first cause."""
    kinds = {kind for kind, _ in fallen}
    if not kinds:
        return
    following: dict[Key, Reject] = {}
    for naming in _iter_naming(tables, kinds):
        following.update(_fall(naming, fallen))
    # most often nothing follows, and no index of all references is needed
    index: dict[Key, list[_Naming]] = {}
    if following:
        for naming in _iter_naming(tables, None):
            for key in naming.keys:
                index.setdefault(key, []).append(naming)
    while following:
        fallen, following = following, {}
        for key in fallen:
            for naming in index.get(key, ()):
                following.update(_fall(naming, fallen))


class _Naming(NamedTuple):
    """A row that names others in one column."""

    table: CheckedTable
    column: str
    row: int
    keys: tuple[Key, ...]


def _iter_naming(tables: list[CheckedTable], kinds: set[str] | None) -> Iterator[_Naming]:
    """Yield the references of all open rows; only those that may name one of `kinds`, if given."""
    for table in tables:
        for column in table.spec.columns:
            if column.kind not in _REFERENCES or column.name not in table.values:
                continue
            anything = kinds is None or ANY_FACT in column.targets
            if not anything and not cast("set[str]", kinds).intersection(column.targets):
                continue
            for row, value in enumerate(table.values[column.name]):
                if value is not None and table.is_open(row):
                    keys = cast("tuple[Key, ...]", value if _is_list(value) else (value,))
                    yield _Naming(table, column.name, row, keys)


def _fall(naming: _Naming, fallen: dict[Key, Reject]) -> dict[Key, Reject]:
    """Refuse a row if it names a fallen one; return its own key, fallen for the same cause."""
    table, column, row, keys = naming
    named = next((key for key in keys if key in fallen), None)
    if named is None or not table.is_open(row):
        return {}
    root = fallen[named]
    table.refuse(
        row, column, "named", root=root, value=named[1],
        path=root.path, line=root.line, reason=root.reason,
    )  # fmt: skip
    return {(table.kind, table.ids[row]): root}


def _is_list(value: object) -> bool:
    """Tell the keys of a REFS cell from the one key of a REF cell."""
    return isinstance(value, tuple) and (not value or isinstance(value[0], tuple))


def fallen_rows(tables: list[CheckedTable]) -> dict[Key, Reject]:
    """Return the ids that only refused rows bear, each with the first cause."""
    fallen: dict[Key, Reject] = {}
    for table in tables:
        if not table.refused:
            continue
        standing = {table.ids[row] for row in table.kept()}
        for row in sorted(table.refused):
            name = table.ids[row]
            if name and name not in standing:
                fallen.setdefault((table.kind, name), table.refused[row].root)
    return fallen
