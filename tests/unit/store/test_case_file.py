"""The case file: what goes in comes out, what is no case file is refused, nothing leaks."""

from __future__ import annotations

import stat
from random import Random
from typing import TYPE_CHECKING

import pytest

from graphmodel.errors import InputError
from graphmodel.model.facts import Facts
from graphmodel.store.case_file import CaseFile
from graphmodel.store.loading import ARROW_ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

META = {"title": "案", "timezone": "Asia/Shanghai"}
PEOPLE = ("a", "b", "c", "d")


def facts_of(people: Sequence[str] = PEOPLE, *, colour: bool = False) -> Facts:
    """Return persons in this order, each kin of the next in the alphabet."""
    facts = Facts()
    for id_ in people:
        extra = {"colour": f"of {id_}"} if colour else {}
        facts.add_node("Person", {"id": id_, "certainty": "stated", "name": id_.upper(), **extra})
    for id_ in people:
        if id_ != max(people):
            ends = ("Person", id_), ("Person", chr(ord(id_) + 1))
            facts.add_relationship("KIN_OF", *ends, {"id": f"k{id_}", "certainty": "stated"})
    return facts


def written(path: Path, facts: Facts | None = None) -> CaseFile:
    """Return a new case file."""
    return CaseFile.create(path, facts or facts_of(), META)


def test_what_was_written_is_there_after_closing(tmp_path: Path) -> None:
    path = tmp_path / "x.case.duckdb"
    with_digest = written(path)
    digest = with_digest.digest()
    with_digest.close()
    opened = CaseFile.open(path)
    assert opened.meta()["title"] == "案"
    assert opened.digest() == digest
    counts = opened.counts()
    assert (counts["Person"], counts["KIN_OF"]) == (4, 3)
    assert sum(counts.values()) == 7
    opened.close()


def test_the_digest_does_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    digests = set()
    for place in range(4):
        people = list(PEOPLE)
        Random(place).shuffle(people)  # noqa: S311 - an order, no secret
        case_file = written(tmp_path / f"{place}.duckdb", facts_of(people, colour=True))
        digests.add(case_file.digest())
        case_file.close()
    assert len(digests) == 1


def test_the_digest_depends_on_every_fact(tmp_path: Path) -> None:
    made = {
        "all": facts_of(),
        "fewer": facts_of(PEOPLE[:3]),
        "more columns": facts_of(colour=True),
    }
    changed = facts_of()
    changed.relationships["KIN_OF"].columns["certainty"][0] = "disputed"
    made["disputed"] = changed
    turned = facts_of()
    table = turned.relationships["KIN_OF"]
    table.from_id[0], table.to_id[0] = table.to_id[0], table.from_id[0]
    made["turned"] = turned
    digests = []
    for name, facts in made.items():
        case_file = written(tmp_path / f"{name}.duckdb", facts)
        digests.append(case_file.digest())
        case_file.close()
    assert len(set(digests)) == len(made)


def test_findings_and_derived_facts_are_not_in_the_digest(tmp_path: Path) -> None:
    case_file = written(tmp_path / "x.duckdb")
    before = case_file.digest()
    case_file.save_findings([("F-1", "relay", "lead", "{}")])
    case_file.set_meta({"more": 1})
    assert case_file.digest() == before
    case_file.close()


def test_unknown_columns_are_properties_of_this_case(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    written(path, facts_of(colour=True)).close()
    case_file = CaseFile.open(path)
    assert "colour" in case_file.schema.nodes["Person"].names()
    rows = case_file.connection.execute('SELECT id, colour FROM graph."Person"').fetchall()
    assert set(rows) == {(id_, f"of {id_}") for id_ in PEOPLE}
    case_file.close()


def test_findings_come_back_as_they_were_saved(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    rows = [("F-2", "relay", "strong", '{"名": 1}'), ("F-1", "relay", "lead", "{}")]
    case_file = written(path)
    case_file.save_findings([("F-0", "relay", "lead", "{}")])
    case_file.save_findings(rows)
    case_file.close()
    opened = CaseFile.open(path)
    assert opened.saved_findings() == rows
    opened.save_findings([])
    assert opened.saved_findings() == []
    opened.close()


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    case_file = written(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    case_file.save_findings([("F-1", "relay", "lead", "{}")])
    others = [p for p in tmp_path.iterdir() if stat.S_IMODE(p.stat().st_mode) & 0o077]
    assert others == []
    case_file.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_left_beside_a_closed_file(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    spill = tmp_path / "x.duckdb.tmp"
    spill.mkdir()
    (spill / "duckdb_temp_storage-0.tmp").write_text("by a killed run")
    case_file = written(path)
    assert not spill.exists()
    case_file.connection.execute("SELECT count(*) FROM range(1000)")
    case_file.close()
    case_file.close()
    assert [p.name for p in tmp_path.iterdir()] == ["x.duckdb"]


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    notes = tmp_path / "x.duckdb.tmp" / "notes"
    notes.parent.mkdir()
    notes.write_text("mine", encoding="utf-8")
    written(tmp_path / "x.duckdb").close()
    assert notes.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM '{file}'",
        "COPY facts.\"Person\" TO '{file}.out'",
        "ATTACH '{file}.other' AS other",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
    ],
)
def test_the_connection_reaches_nothing_outside(tmp_path: Path, statement: str) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("a\n1\n")
    import duckdb

    case_file = written(tmp_path / "x.duckdb")
    with pytest.raises(duckdb.Error):
        case_file.connection.execute(statement.format(file=file))
    case_file.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["secret.csv", "x.duckdb"]


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    written(path).close()
    data = bytearray(path.read_bytes())
    data[:4096] = bytes(4096)
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"x\.duckdb"):
        CaseFile.open(path)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    path.write_text("id,name\n" * 1000)
    with pytest.raises(InputError, match="damaged or not a DuckDB file"):
        CaseFile.open(path)
    assert path.read_text().startswith("id,name")


def test_a_duckdb_file_that_is_no_case_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    import duckdb

    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t (a INTEGER)")
    with pytest.raises(InputError, match="not a case file"):
        CaseFile.open(path)


def test_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    case_file = written(path)
    case_file.set_meta({"format_version": 99})
    case_file.close()
    with pytest.raises(InputError, match="case file version 99, this program reads 2"):
        CaseFile.open(path)


def test_an_existing_file_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    written(path).close()
    with pytest.raises(InputError):
        written(path, facts_of(PEOPLE[:2]))
    opened = CaseFile.open(path)
    assert opened.counts()["Person"] == 4
    opened.close()


def test_messages_hold_no_sql_and_no_values(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    path.write_text("secret value " * 100)
    with pytest.raises(InputError) as caught:
        CaseFile.open(path)
    assert "secret" not in str(caught.value)
    assert "SELECT" not in str(caught.value)


def test_many_rows_take_the_other_road_and_arrive_alike(tmp_path: Path) -> None:
    facts = Facts()
    number = ARROW_ROWS + 1
    for place in range(number):
        facts.add_node("Person", {"id": f"p{place:05d}", "certainty": "stated", "members": place})
    case_file = written(tmp_path / "x.duckdb", facts)
    found = case_file.connection.execute(
        'SELECT count(*), sum(members), count(name), min(_nid) & 1099511627775 FROM graph."Person"'
    ).fetchone()
    assert found == (number, number * (number - 1) // 2, 0, 1)
    case_file.close()
