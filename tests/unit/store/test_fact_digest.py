"""The digest of facts: one value whichever way the rows of a table are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphmodel.model.facts import Facts
from graphmodel.store import fact_digest, loading
from graphmodel.store.case_file import CaseFile

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.model.facts import Value

ROWS: list[dict[str, Value]] = [
    {"id": "a", "certainty": "stated", "name": "名", "members": 3},
    {"id": "b", "certainty": "stated", "name": "", "members": -5},
    {"id": "c", "certainty": "stated", "name": None, "members": None, "colour": "red"},
]


def digest(folder: Path, rows: list[dict[str, Value]]) -> str:
    """Return the digest of a case file of persons."""
    facts = Facts()
    for row in rows:
        facts.add_node("Person", row)
    case_file = CaseFile.create(folder / "x.duckdb", facts, {})
    found = case_file.digest()
    case_file.close()
    (folder / "x.duckdb").unlink()
    return found


def person(number: int) -> dict[str, Value]:
    """Return a row, some of them without a name."""
    return {"id": f"d{number}", "certainty": "stated", "name": f"n{number}" * (number % 4)}


def test_rows_and_columns_give_one_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [*ROWS, *(person(i) for i in range(loading.ARROW_ROWS))]
    for rows in (ROWS, many):
        by_rows = digest(tmp_path, rows)
        with monkeypatch.context() as patch:
            patch.setattr(fact_digest, "ARROW_ROWS", 1)
            assert digest(tmp_path, rows) == by_rows
            patch.setattr(fact_digest, "_BATCH_ROWS", 7)
            assert digest(tmp_path, rows) == by_rows


@pytest.mark.parametrize(
    ("row", "name", "value"),
    [
        (0, "name", "名 "), (1, "name", None), (2, "name", ""), (2, "members", 0),
        (1, "members", 5), (2, "colour", "blue"), (0, "id", "0"), (1, "certainty", "disputed"),
    ],
)  # fmt: skip
def test_every_cell_counts(tmp_path: Path, row: int, name: str, value: Value) -> None:
    changed = [dict(cells) for cells in ROWS]
    changed[row][name] = value
    assert digest(tmp_path, changed) != digest(tmp_path, ROWS)


def test_text_does_not_move_between_cells(tmp_path: Path) -> None:
    one: list[dict[str, Value]] = [{"id": "a", "name": "xy"}, {"id": "b", "name": "z"}]
    other: list[dict[str, Value]] = [{"id": "a", "name": "x"}, {"id": "b", "name": "yz"}]
    swapped: list[dict[str, Value]] = [{"id": "a", "aliases": "xy"}, {"id": "b", "aliases": "z"}]
    assert len({digest(tmp_path, rows) for rows in (one, other, swapped)}) == 3
