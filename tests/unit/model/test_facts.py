"""Facts on their way to the store: columns of equal length, whatever the rows bring."""

from __future__ import annotations

import pytest

from graphmodel.model.facts import Facts, FactTable
from graphmodel.model.schema import SCHEMA


def test_a_row_fills_every_column() -> None:
    table = FactTable(("id", "name"))
    table.add({"id": "a"})
    table.add({"name": "b", "id": "b"})
    assert table.columns == {"id": ["a", "b"], "name": [None, "b"]}
    assert table.rows == 2
    assert table.extra == []


def test_an_unknown_name_becomes_a_column_of_this_case() -> None:
    table = FactTable(("id",))
    table.add({"id": "a"})
    table.add({"id": "b", "colour": "red"})
    table.add({"id": "c"})
    assert table.columns == {"id": ["a", "b", "c"], "colour": [None, "red", None]}
    assert table.extra == ["colour"]
    assert {len(column) for column in table.columns.values()} == {table.rows}


def test_relationships_keep_their_ends() -> None:
    facts = Facts()
    facts.add_relationship("SELLER", ("Deal", "d"), ("Account", "a"), {"id": "d;SELLER"})
    table = facts.relationships["SELLER"]
    assert (table.from_label, table.from_id) == (["Deal"], ["d"])
    assert (table.to_label, table.to_id) == (["Account"], ["a"])


def test_derived_types_have_no_table() -> None:
    facts = Facts()
    stated = {t.type for t in SCHEMA.relationships.values() if not t.derived}
    assert set(facts.relationships) == stated
    assert set(facts.nodes) == {n.label for n in SCHEMA.nodes.values() if not n.derived}
    with pytest.raises(KeyError):
        facts.add_node("Loop", {"id": "l"})


def test_ids_come_in_order_of_arrival() -> None:
    facts = Facts()
    for id_ in ("b", "a"):
        facts.add_node("Person", {"id": id_})
    assert list(facts.ids("Person")) == ["b", "a"]
