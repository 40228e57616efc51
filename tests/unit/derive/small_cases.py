"""Small cases as CSV text, opened through the real readers and derived by the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.case import Case
from tests.examples.tables import write_case

if TYPE_CHECKING:
    from pathlib import Path


def open_case(folder: Path, **tables: str) -> Case:
    """Write the tables into `folder`, open the case; no row may be rejected."""
    case = Case.open(write_case(folder, tables))
    assert list(case.imported.rejects) == []
    return case


def persons(ids: str) -> str:
    """Return a table of persons whose names are their ids in capitals."""
    return "\n".join(["id,name", *(f"{i},{i.upper()}" for i in ids.split())])


def rows(case: Case, type_: str, *names: str) -> set[tuple[object, ...]]:
    """Return all relationships of a type as (from, to, properties…)."""
    columns = "".join(f", r.{name} AS {name}" for name in names)
    return set(case.query(f"MATCH (a)-[r:{type_}]->(b) RETURN a.id AS a, b.id AS b{columns}").rows)


def pairs(case: Case, type_: str, *names: str) -> set[tuple[object, ...]]:
    """Return the same for a relationship without a direction: the lesser id first."""
    return {(*sorted(map(str, row[:2])), *row[2:]) for row in rows(case, type_, *names)}
