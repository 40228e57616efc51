"""A small case of every table, written in each format, and facts as sets to compare."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from graphmodel.model.facts import FactPart, Facts, FactTable, Value

Row = dict[str, str]
Tables = dict[str, list[Row]]

FULL: Tables = {
    "sources": [{"id": "s1", "title": "报道", "path": "story.txt", "covers_from": "2019"}],
    "persons": [
        {"id": "wu", "name": "Wu", "kind": "person", "source": "s1", "locator": "line 1"},
        {"id": "dong", "name": "Dong", "aliases": "D;DD", "note": "", "colour": "blue"},
        {"id": "wang", "name": "Wang"},
        {"id": "club", "name": "Club", "kind": "group", "members": "1,300"},
    ],
    "accounts": [
        {"id": "wu-wx", "platform": "wechat", "holder": "wu", "opened": "2018-11"},
        {"id": "dong-wx", "platform": "wechat", "holder": "dong"},
        {"id": "wang-wx", "platform": "wechat", "holder": "wang"},
    ],
    "personas": [{"id": "crawler", "name": "Ｃrawler", "owner": "wang-wx"}],
    "batches": [
        {"id": "b1", "label": "list", "records": "37002", "file_sha256": "ABC"},
        {"id": "b2", "category": "other"},
    ],
    "controls": [{"person": "dong", "account": "wang-wx", "since": "2019-03", "basis": "used"}],
    "presents_as": [{"account": "wang-wx", "persona": "crawler", "to": "wu", "since": "2019"}],
    "ties": [
        {"a": "dong", "kind": "spouse_of", "b": "wang"},
        {"a": "dong", "kind": "agent_of", "b": "wu", "since": "2018-11", "disclosed": "no"},
        {"a": "dong", "kind": "introduced", "b": "crawler", "to": "wu"},
        {"id": "t1", "a": "wu-wx", "kind": "member_of", "b": "club", "until": "2020"},
    ],
    "identifiers": [
        {"account": "wang-wx", "kind": "device", "value": "D-1", "since": "2019"},
        {"account": "dong-wx", "kind": "device", "value": " D-1 "},
    ],
    "batch_links": [{"a": "b1", "kind": "same", "b": "b2", "shared": "3", "method": "read"}],
    "offers": [{"id": "o1", "seller": "wang", "batch": "b1", "unit_price": "0.55"}],
    "deals": [
        {"id": "7", "seller": "wang-wx", "buyer": "wu-wx", "batch": "b1", "time": "2019-03"},
        {
            "id": "d2", "seller": "dong", "buyer": "wu-wx", "quantity": "30000",
            "unit_price": "0.15", "total": "4500", "currency": "usdt", "after": "deals:7",
            "buyer_agent": "dong", "time": "2019-03/2019-08", "quantity_bound": "about",
        },
    ],
    "payments": [
        {"id": "7", "payer": "wu-wx", "payee": "wang-wx", "amount": "12.5", "deal": "d2"},
        {"id": "p2", "payer": "wang-wx", "payee": "wu-wx", "amount": "1", "refunds": "payments:7"},
    ],
    "deliveries": [{"id": "v1", "sender": "wang-wx", "receiver": "wu-wx", "deal": "d2"}],
    "messages": [{"id": "m1", "author": "wu-wx", "text": "好的", "deal": "d2"}],
    "claims": [
        {"id": "c1", "agent": "dong", "principal": "wu", "difference": "1400",
         "difference_bound": "about"},
    ],
    "totals": [{"id": "sum", "events": "d2;payments:7", "total": "16", "records": "9"}],
    "incomes": [{"person": "dong", "amount": "12000", "events": "d2"}],
    "circumstances": [
        {"id": "f1", "kind": "fee", "about": "t1;d2", "party": "wang", "amount": "5"},
    ],
    "holdings": [{"person": "wu", "batch": "b2", "records": "8", "time": "2019"}],
    "records": [{"batch": "b1", "digest": "AA"}, {"batch": "b1", "digest": "bb"}],
}  # fmt: skip


def write_csv(folder: Path, tables: Mapping[str, list[Row]]) -> None:
    """Write each table as CSV, with the columns that its rows have."""
    for table, rows in tables.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns_of(rows))
            writer.writeheader()
            writer.writerows(rows)


def columns_of(rows: Iterable[Row]) -> list[str]:
    """Return the column names of rows in order of appearance."""
    return list(dict.fromkeys(name for row in rows for name in row))


def write_jsonl(folder: Path, tables: Mapping[str, list[Row]]) -> None:
    """Write each table as JSON lines."""
    for table, rows in tables.items():
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (folder / f"{table}.jsonl").write_text("\n".join(lines), encoding="utf-8")


def write_parquet(folder: Path, tables: Mapping[str, list[Row]]) -> None:
    """Write each table as Parquet, absent cells as nulls."""
    for table, rows in tables.items():
        columns = {name: [row.get(name) for row in rows] for name in columns_of(rows)}
        types = {name: pa.array(cells, pa.string()) for name, cells in columns.items()}
        pq.write_table(pa.table(types), folder / f"{table}.parquet")


def write_xlsx(folder: Path, tables: Mapping[str, list[Row]]) -> None:
    """Write all tables as sheets of `case.xlsx`."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for table, rows in tables.items():
        sheet = book.create_sheet(table)
        names = columns_of(rows)
        sheet.append(names)
        for row in rows:
            sheet.append([row.get(name) for name in names])
    book.save(folder / "case.xlsx")


WRITERS = {"csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet, "xlsx": write_xlsx}


def row_set(table: FactTable) -> set[frozenset[tuple[str, Value]]]:
    """Return the rows of a table as a set, nulls left out, ends of relationships included."""
    found = [*_listed_rows(table)]
    for part in table.parts:
        found.extend(_part_rows(part))
    rows = {frozenset(row.items()) for row in found}
    assert len(rows) == table.total, "no fact stands twice"
    return rows


def _listed_rows(table: FactTable) -> Iterator[dict[str, Value]]:
    for i in range(table.rows):
        row = {name: column[i] for name, column in table.columns.items() if column[i] is not None}
        if table.from_id:
            row |= {
                "from": f"{table.from_label[i]}:{table.from_id[i]}",
                "to ": f"{table.to_label[i]}:{table.to_id[i]}",
            }
        yield row


def _part_rows(part: FactPart) -> Iterator[dict[str, Value]]:
    columns = {name: array.to_pylist() for name, array in part.columns.items()}
    columns["id"] = [name + part.suffix for name in columns["id"]]
    for key, end in (("from", part.start), ("to ", part.end)):
        if end is not None:
            columns[key] = [f"{end.label}:{name}" for name in end.ids.to_pylist()]
    for cells in zip(*columns.values(), strict=True):
        row = dict(zip(columns, cells, strict=True))
        yield {name: value for name, value in row.items() if value is not None}


def fact_set(facts: Facts) -> set[tuple[str, frozenset[tuple[str, Value]]]]:
    """Return all facts of a case as one set."""
    tables = {**facts.nodes, **facts.relationships}
    return {(name, row) for name, table in tables.items() for row in row_set(table)}


def node(facts: Facts, label: str, name: str) -> dict[str, Value]:
    """Return the properties of one node, nulls left out."""
    rows = [dict(row) for row in row_set(facts.nodes[label])]
    return next(row for row in rows if row["id"] == name)


def ends(facts: Facts, type_: str) -> set[tuple[str, str]]:
    """Return the pairs of ids that relationships of one type join."""
    table = facts.relationships[type_]
    return set(zip(table.from_id, table.to_id, strict=True))


def links(facts: Facts, type_: str) -> list[dict[str, Value]]:
    """Return the relationships of one type with their properties, nulls left out, by id."""
    rows = [dict(row) for row in row_set(facts.relationships[type_])]
    return sorted(rows, key=lambda row: str(row["id"]))
