"""Kept rows into the graph: nodes with their properties, relationships made from columns.

What each row becomes is `graph-model` version 1. Relationships made from a column of a node's row
are named `<row id>;<TYPE>`, with `;<n>` where there are several; a row that is a relationship keeps
its own id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from graphmodel.model.facts import Facts
from graphmodel.model.instants import UNKNOWN, Interval
from graphmodel.model.persona_key import persona_key
from graphmodel.model.schema import FOREVER
from graphmodel.sources.build_relationships import write_relationships
from graphmodel.sources.spec import Kind
from graphmodel.sources.writer import Writer, holding_times, surest, take

if TYPE_CHECKING:
    from graphmodel.model.facts import Value
    from graphmodel.sources.checked import CheckedTable, Key
    from graphmodel.sources.checking import CheckedCase
    from graphmodel.sources.quotes import Citations
    from graphmodel.sources.spec import Column
    from graphmodel.sources.writer import Columns

_PLAIN = (Kind.TEXT, Kind.DIGEST, Kind.CHOICE, Kind.COUNT, Kind.CURRENCY)
_SUFFIX = {Kind.AMOUNT: "_minor", Kind.SIGNED: "_minor", Kind.PRICE: "_nano"}
_CITING = ("source", "locator", "quote")


def build_facts(case: CheckedCase, citations: Citations, currency: str) -> Facts:
    """Return the facts of all kept rows; `currency` is that of rows which name none."""
    tables = case.tables
    writer = Writer.of(Facts(), tables)
    if case.context is not None:
        writer.accounts |= case.context.known.get("Account", set())
    for table in tables:
        kept = table.kept()
        if kept and table.spec.label is None:
            write_relationships(writer, table, kept, citations)
        elif kept:
            _write_table(writer, table, kept, citations, currency)
        if table.spec.name == "circumstances":
            _write_about(writer, table, kept, tables)
    if case.naming is not None:
        from graphmodel.sources.sheet_facts import write_sheets

        write_sheets(writer, case.naming, case.standing, citations, currency)
    writer.write_identifiers()
    _write_parties(writer)
    return writer.facts


def _write_table(
    writer: Writer, table: CheckedTable, kept: list[int], citations: Citations, currency: str
) -> None:
    """Write the nodes that rows become and what their columns link."""
    _write_nodes(writer, table, kept, citations, currency)
    for column in table.spec.columns:
        if column.link is not None and column.name in table.values:
            _write_links(writer, table, kept, column)
    if table.spec.name == "deals":
        _write_unnamed_batches(writer, table, kept)
    if table.spec.name != "sources" and "source" in table.values:
        _write_citations(writer, table, kept, citations)


def _write_nodes(
    writer: Writer, table: CheckedTable, kept: list[int], citations: Citations, currency: str
) -> None:
    label = table.spec.label or ""
    declared = writer.facts.nodes[label].names
    columns: Columns = {"id": [writer.node_id(table, row) for row in kept]}
    for column in table.spec.columns:
        if column.kind in _PLAIN and column.name not in _CITING:
            values = take(table.column(column.name), kept)
            if column.kind is Kind.CURRENCY:
                values = [value or currency for value in values]
            columns[column.name] = values
        elif column.kind in _SUFFIX:
            columns[column.name + _SUFFIX[column.kind]] = take(table.column(column.name), kept)
        elif column.kind is Kind.TIME:
            columns.update(_times(table, column, kept))
    _fill_bounds(columns)
    if label == "Persona":
        columns["key"] = [persona_key(str(name)) for name in columns["name"]]
    if label == "Source":
        columns["warning"] = [citations.source_warning(str(name)) for name in columns["id"]]
    known = {name: cells for name, cells in columns.items() if name in declared}
    known.update(_undeclared(table, kept))
    writer.nodes(label, known, len(kept))


def _undeclared(table: CheckedTable, kept: list[int]) -> Columns:
    """Return the unknown columns, and place and quote of rows that name no source."""
    columns: Columns = {}
    for name, cells in table.layout.extra.items():
        columns[name] = [cells[row] if cells[row].strip() else None for row in kept]
    if not table.spec.has("source"):
        return columns
    sources = table.column("source")
    for name in ("locator", "quote"):
        given = table.column(name)
        bare = [given[row] if sources[row] is None else None for row in kept]
        if any(value is not None for value in bare):
            columns[name] = cast("list[Value]", bare)
    return columns


def _times(table: CheckedTable, column: Column, kept: list[int]) -> Columns:
    """Return the properties of a time: text and ends, as the graph names them."""
    times = cast("list[Interval]", take(table.column(column.name), kept))
    texts: list[Value] = [time.text or None for time in times]
    starts: list[Value] = [time.t0 for time in times]
    ends: list[Value] = [time.t1 for time in times]
    if column.name == "time":
        return {"time": texts, "t0": starts, "t1": ends}
    if column.name == "opened":
        return {"opened": texts, "opened_t0": starts, "opened_t1": ends}
    # where nothing is said, the source is complete for no time
    if column.name == "covers_from":
        return {"covers_t0": [t.t0 if t is not UNKNOWN else None for t in times]}
    if column.name == "covers_to":
        return {"covers_t1": [t.t1 if t is not UNKNOWN else None for t in times]}
    return {column.name: texts}


def _fill_bounds(columns: Columns) -> None:
    """Give each number its bound: exact unless stated, none where there is no number."""
    for name in list(columns):
        if name == "bound" or name.endswith("_bound"):
            stem = "amount" if name == "bound" else name.removesuffix("_bound")
            names = (stem, f"{stem}_minor", f"{stem}_nano")
            numbers = next(columns[number] for number in names if number in columns)
            columns[name] = [
                bound or (None if number is None else "exact")
                for bound, number in zip(columns[name], numbers, strict=True)
            ]


def _write_links(writer: Writer, table: CheckedTable, kept: list[int], column: Column) -> None:
    """Write the relationships that one column of a node table makes."""
    type_ = column.link or ""
    rows, others, ids = _targets(writer, table, kept, column)
    if not rows:
        return
    sure = take(table.column("certainty"), rows)
    own = [(table.kind, writer.node_id(table, row)) for row in rows]
    columns: Columns = {"id": ids, "certainty": sure}
    if type_ == "HOLDS":
        columns.update(holding_times(take(table.column("opened"), rows), [UNKNOWN] * len(rows)))
    writer.note_accounts(others, sure)
    if column.party:
        others = [writer.party(key, word) for key, word in zip(others, sure, strict=True)]
    starts, ends = (others, own) if column.reverse else (own, others)
    writer.relationships(type_, starts, ends, columns)


def _targets(
    writer: Writer, table: CheckedTable, kept: list[int], column: Column
) -> tuple[list[int], list[Key], list[Value]]:
    """Return, for each relationship a column makes, its row, what it names, and its id."""
    type_ = column.link or ""
    if column.kind is not Kind.REFS:
        keys = table.keys(column.name)
        rows = [row for row in kept if keys[row] is not None]
        ids: list[Value] = [f"{writer.base(table, row)};{type_}" for row in rows]
        return rows, [cast("Key", keys[row]) for row in rows], ids
    lists = table.key_lists(column.name)
    rows, others, ids = [], [], []
    for row in kept:
        several = len(lists[row]) > 1
        for number, key in enumerate(lists[row], 1):
            rows.append(row)
            others.append(key)
            name = f"{writer.base(table, row)};{type_}"
            ids.append(f"{name};{number}" if several else name)
    return rows, others, ids


def _write_unnamed_batches(writer: Writer, table: CheckedTable, kept: list[int]) -> None:
    """Give each deal without a batch one of its own."""
    batches = table.column("batch")
    bare = [row for row in kept if batches[row] is None]
    if not bare:
        return
    names: list[Value] = [f"unnamed:{table.ids[row]}" for row in bare]
    certainty = take(table.column("certainty"), bare)
    writer.nodes("Batch", {"id": names, "certainty": certainty}, len(bare))
    writer.relationships(
        "FOR_BATCH",
        [("Deal", table.ids[row]) for row in bare],
        [("Batch", str(name)) for name in names],
        {"id": [f"{writer.base(table, row)};FOR_BATCH" for row in bare], "certainty": certainty},
    )


def _write_citations(
    writer: Writer, table: CheckedTable, kept: list[int], citations: Citations
) -> None:
    sources = table.keys("source")
    cited = [row for row in kept if sources[row] is not None]
    ends = [cast("Key", sources[row]) for row in cited]
    columns: Columns = {
        "id": [f"{writer.base(table, row)};FROM_SOURCE" for row in cited],
        "certainty": take(table.column("certainty"), cited),
        "source": [name for _, name in ends],
        "locator": take(table.column("locator"), cited),
        "quote": take(table.column("quote"), cited),
        "warning": citations.warnings_of(table, cited),
    }
    if cited:
        starts = [(table.kind, writer.node_id(table, row)) for row in cited]
        writer.relationships("FROM_SOURCE", starts, ends, columns)


def _write_about(
    writer: Writer, table: CheckedTable, kept: list[int], tables: list[CheckedTable]
) -> None:
    """Join circumstances to the nodes they are about; to both ends of a relationship."""
    ends_of = _ends_by_id(writer, tables)
    certainty = table.column("certainty")
    lists = table.key_lists("about")
    ids: list[Value] = []
    abouts: list[Value] = []
    sure: list[Value] = []
    starts: list[Key] = []
    ends: list[Key] = []
    for row in kept:
        joined = [
            (end, name)
            for key in lists[row]
            for name, ends_ in [ends_of.get(key, (key[1], (key,)))]
            for end in ends_
        ]
        for number, (end, about) in enumerate(joined, 1):
            name = f"{writer.base(table, row)};CONCERNS"
            ids.append(f"{name};{number}" if len(joined) > 1 else name)
            abouts.append(about)
            sure.append(cast("Value", certainty[row]))
            starts.append((table.kind, writer.node_id(table, row)))
            ends.append(end)
    writer.note_accounts(ends, sure)
    writer.relationships("CONCERNS", starts, ends, {"id": ids, "certainty": sure, "about": abouts})


def _ends_by_id(
    writer: Writer, tables: list[CheckedTable]
) -> dict[Key, tuple[str, tuple[Key, ...]]]:
    """Return the id and the two ends of every row that is a relationship."""
    ends: dict[Key, tuple[str, tuple[Key, ...]]] = {}
    for table in tables:
        for type_ in table.spec.types:
            facts = writer.facts.relationships[type_]
            for i, name in enumerate(facts.columns["id"]):
                start = (facts.from_label[i], facts.from_id[i])
                bare = str(name).removeprefix(f"{table.spec.name}:")
                # an id made from cells begins with its table's name by itself
                row = bare if bare in writer.repeated else str(name)
                both = (start, (facts.to_label[i], facts.to_id[i]))
                ends[table.kind, row] = (str(name), both)
    return ends


def _write_parties(writer: Writer) -> None:
    """Write the accounts that rows name and nothing defines, and those of persons without one.

    The account of a person without one is whatever that person acted through, so the control of it
    is as sure as the rows that name the person, at all times, with basis `other`.
    """
    names = sorted(writer.created)
    writer.nodes("Account", {"id": names, "certainty": surest(writer.created)}, len(names))
    persons = sorted(writer.unknown)
    if not persons:
        return
    sure = surest(writer.unknown)
    accounts: list[Value] = [f"unknown:{person}" for person in persons]
    count = len(persons)
    platform: Columns = {"id": accounts, "certainty": sure, "platform": ["unknown"] * count}
    writer.nodes("Account", platform, count)
    always = Interval(-FOREVER, -FOREVER, "")
    columns: Columns = {
        "id": [f"{account};CONTROLS" for account in accounts],
        "certainty": sure,
        "basis": ["other"] * count,
        **holding_times([always] * count, [UNKNOWN] * count),
    }
    starts = [("Person", person) for person in persons]
    ends = [("Account", str(account)) for account in accounts]
    writer.relationships("CONTROLS", starts, ends, columns)
