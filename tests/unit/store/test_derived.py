"""Derived facts that code writes: one a key, with grounds, and all of them can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphmodel.model.facts import Facts
from graphmodel.store.case_file import CaseFile
from graphmodel.store.derived import (
    DerivedLink,
    derived_id,
    write_links,
    write_nodes,
    write_properties,
)
from tests.unit.store.test_case_file import META

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def case_file(tmp_path: Path) -> Iterator[CaseFile]:
    """Return a case file of three batches and two deals."""
    facts = Facts()
    for id_ in ("b1", "b2", "b3"):
        facts.add_node("Batch", {"id": id_, "certainty": "stated"})
    for id_ in ("d1", "d2"):
        facts.add_node("Deal", {"id": id_, "certainty": "stated"})
    made = CaseFile.create(tmp_path / "x.duckdb", facts, META)
    yield made
    made.close()


def same(a: str, b: str, method: str = "overlap") -> DerivedLink:
    """Return a link of two batches."""
    return DerivedLink(("Batch", a), ("Batch", b), (b, a), {"method": method, "score": 0.9})


def read(case_file: CaseFile) -> set[tuple[object, ...]]:
    """Return the written links."""
    return set(
        case_file.connection.execute(
            "SELECT a.id, b.id, r.method, r.certainty, r.rule, r.grounds::VARCHAR FROM "
            'graph."SAME_BATCH" r JOIN graph."Batch" a ON a._nid = r._src '
            'JOIN graph."Batch" b ON b._nid = r._dst'
        ).fetchall()
    )


def test_links_are_written_once_a_key(case_file: CaseFile) -> None:
    links = [same("b1", "b2"), same("b1", "b2"), same("b1", "b2", "digest"), same("b2", "b3")]
    assert write_links(case_file, "SAME_BATCH", links, rule="r@1") == 3
    assert read(case_file) == {
        ("b1", "b2", "overlap", "inferred", "r@1", "[b1, b2]"),
        ("b1", "b2", "digest", "inferred", "r@1", "[b1, b2]"),
        ("b2", "b3", "overlap", "inferred", "r@1", "[b2, b3]"),
    }


def test_links_written_later_are_new_relationships(case_file: CaseFile) -> None:
    write_links(case_file, "SAME_BATCH", [same("b1", "b2")], rule="r@1")
    write_links(case_file, "SAME_BATCH", [same("b2", "b3")], rule="r@1")
    rows = case_file.connection.execute('SELECT _rid FROM graph."SAME_BATCH"').fetchall()
    assert len(rows) == len(set(rows)) == 2


def test_ids_depend_on_the_parts_alone() -> None:
    assert derived_id("STEP", "a", "b", 1) == derived_id("STEP", "a", "b", 1)
    ids = {
        derived_id("STEP", "a", "b", 1),
        derived_id("STEP", "b", "a", 1),
        derived_id("STEP", "a", "b", 2),
        derived_id("BEFORE", "a", "b", 1),
        derived_id("STEP", "a", "b", None),
    }
    assert len(ids) == 5


def test_computed_properties_and_taking_back(case_file: CaseFile) -> None:
    write_properties(case_file, "Deal", {"d2": {"value_minor": 5, "live": True}})
    write_nodes(case_file, "Loop", [{"id": "L", "kind": "batch", "length": 2}])
    write_links(case_file, "SAME_BATCH", [same("b1", "b2")], rule="r@1")
    query = 'SELECT id, value_minor, live FROM graph."Deal"'
    assert set(case_file.connection.execute(query).fetchall()) == {
        ("d1", None, None),
        ("d2", 5, True),
    }
    before = case_file.digest()
    case_file.clear_derived()
    assert set(case_file.connection.execute(query).fetchall()) == {
        ("d1", None, None),
        ("d2", None, None),
    }
    counts = case_file.counts()
    assert (counts["Loop"], counts["SAME_BATCH"], counts["Batch"]) == (0, 0, 3)
    assert case_file.digest() == before
