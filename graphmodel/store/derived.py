"""Derived facts that code finds, written beside those that rules write."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.store import tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphmodel.store.case_file import CaseFile


class DerivedLink(NamedTuple):
    """A derived relationship: its ends as (label, id), its properties, the facts it rests on."""

    start: tuple[str, str]
    end: tuple[str, str]
    grounds: Sequence[str]
    properties: Mapping[str, object] = {}


def derived_id(type_: str, *parts: object) -> str:
    """Return the id of a derived fact: its type and 16 hex digits over what defines it."""
    whole = chr(31).join((type_, *("" if part is None else str(part) for part in parts)))
    return f"{type_};{hashlib.sha256(whole.encode()).hexdigest()[:16]}"


def node_numbers(
    case_file: CaseFile, label: str, ids: Iterable[str] | None = None
) -> dict[str, int]:
    """Return the internal number of every node of a label by id, or of those with these ids."""
    text = f"SELECT id, _nid FROM graph.{tables.quoted(label)}"
    if ids is None:
        return dict(case_file.connection.execute(text).fetchall())
    wanted = f"{text} WHERE id IN (SELECT unnest(?))"
    return dict(case_file.connection.execute(wanted, [sorted(set(ids))]).fetchall())


def write_links(case_file: CaseFile, type_: str, links: Iterable[DerivedLink], *, rule: str) -> int:
    """Write derived relationships that are not there yet, one for equal ends and key.

    Returns how many were written.
    """
    declared = case_file.schema.relationships[type_]
    by_id: dict[str, DerivedLink] = {}
    for link in links:
        key = [link.properties.get(name) for name in declared.key]
        by_id.setdefault(derived_id(type_, link.start[1], link.end[1], *key), link)
    table = f"derived.{tables.quoted(type_)}"
    known = dict(case_file.connection.execute(f"SELECT id, _rid FROM {table}").fetchall())
    ids = sorted(by_id.keys() - known.keys())
    chosen = [by_id[id_] for id_ in ids]
    wanted: dict[str, set[str]] = defaultdict(set)
    for link in chosen:
        wanted[link.start[0]].add(link.start[1])
        wanted[link.end[0]].add(link.end[1])
    numbers = {label: node_numbers(case_file, label, wanted[label]) for label in sorted(wanted)}
    base = max(known.values(), default=tables.relationship_base(type_))
    columns: dict[str, list[object]] = {
        "_rid": [base + place for place in range(1, len(ids) + 1)],
        "_src": [numbers[link.start[0]][link.start[1]] for link in chosen],
        "_dst": [numbers[link.end[0]][link.end[1]] for link in chosen],
        "id": list(ids),
        "certainty": ["inferred"] * len(ids),
        "rule": [rule] * len(ids),
        "grounds": [sorted(link.grounds) for link in chosen],
    }
    for name in declared.names():
        if name not in columns:
            columns[name] = [link.properties.get(name) for link in chosen]
    case_file.insert(table, columns)
    return len(ids)


def write_nodes(case_file: CaseFile, label: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Write derived nodes; each row holds the declared properties, `id` among them."""
    ordered = sorted(rows, key=lambda row: str(row["id"]))
    table = f"derived.{tables.quoted(label)}"
    ((last,),) = case_file.connection.execute(f"SELECT max(_nid) FROM {table}").fetchall()
    base = tables.node_base(label) if last is None else int(last)
    columns: dict[str, list[object]] = {
        "_nid": [base + place for place in range(1, len(ordered) + 1)]
    }
    for name in case_file.schema.nodes[label].names():
        columns[name] = [row.get(name) for row in ordered]
    case_file.insert(table, columns)


def write_properties(
    case_file: CaseFile, label: str, values: Mapping[str, Mapping[str, object]]
) -> None:
    """Write the derived properties of stated nodes, by node id."""
    numbers = node_numbers(case_file, label)
    ids = sorted(values)
    columns: dict[str, list[object]] = {"_nid": [numbers[id_] for id_ in ids]}
    for name in tables.DERIVED_PROPERTIES[label]:
        columns[name] = [values[id_].get(name) for id_ in ids]
    case_file.insert(f"derived.{tables.quoted(label)}", columns)
