"""Columns give the text of any slice; planted rows stand among those of the background."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphmodel.simulate import clock, columns, writing
from graphmodel.simulate.columns import NOTHING, Table
from graphmodel.simulate.draws import chance, drawn, fen, two_of
from graphmodel.simulate.numbering import MODULUS, Numbers
from graphmodel.simulate.writing import Form, placed, write_table

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2025, 1, 1)


def cells(column: columns.Column, start: int, end: int) -> list[str | None]:
    """Return the text of some rows."""
    return list(column(start, end).to_pylist())


def test_text_of_numbers() -> None:
    numbers = np.array([0, 7, NOTHING, 123456])
    assert cells(columns.whole(numbers), 1, 4) == ["7", None, "123456"]
    assert cells(columns.named("deal", numbers), 0, 3) == ["deal-0", "deal-7", None]
    assert cells(columns.decimals(numbers, 2), 0, 4) == ["0.00", "0.07", None, "1234.56"]
    assert cells(columns.decimals(numbers, 4), 3, 4) == ["12.3456"]


def test_text_of_words() -> None:
    index = np.array([1, NOTHING, 0])
    words = columns.chosen(("a", "b"), index)
    assert cells(words, 0, 3) == ["b", None, "a"]
    assert cells(columns.joined(words, columns.constant("x"), by="-"), 0, 2) == ["b-x", None]
    assert cells(columns.listed(words, columns.constant("x")), 0, 3) == ["b;x", "x", "a;x"]


def test_text_of_times() -> None:
    seconds = np.array([0, 86_399, 86_400 * 59 + 3_661])
    known = np.array([columns.SECOND, columns.DAY, columns.MONTH], np.int8)
    expected = ["2025-01-01T00:00:00", "2025-01-01", "2025-03"]
    assert cells(columns.times(DAY, seconds, known), 0, 3) == expected
    assert cells(columns.times(DAY, seconds), 2, 3) == ["2025-03-01T01:01:01"]
    days = np.array([-1, 0, 31])
    assert cells(columns.days(DAY, days), 0, 2) == ["2024-12-31", "2025-01-01"]
    stated = np.array([True, False, True])
    assert cells(columns.months(DAY, days, stated), 0, 3) == ["2024-12", None, "2025-02"]


def test_numbers_are_different_and_short() -> None:
    numbers = Numbers(np.random.default_rng(3), ["deal"])
    found = numbers.of("deal", np.arange(100_000))
    assert len(np.unique(found)) == 100_000
    assert found.max() < MODULUS
    numbers.reserve({"deal": 100_000})
    assert int(numbers.new("deal").split("-")[1]) not in set(found.tolist())
    assert numbers.of("deal", np.array([NOTHING])).tolist() == [NOTHING]
    assert numbers.new("strange") != numbers.new("strange")


def test_draws_keep_what_they_promise() -> None:
    rng = np.random.default_rng(4)
    one, other = two_of(rng, 3, 1_000)
    assert not (one == other).any()
    assert set(one) == set(other) == {0, 1, 2}
    assert not chance(rng, 100, 0.0).any()
    assert chance(rng, 100, 1.0).all()
    counts = np.bincount(drawn(rng, np.array([0.0, 1.0, 3.0]), 4_000))
    assert counts[0] == 0
    assert 2.5 < counts[2] / counts[1] < 3.6
    amounts = fen(rng, 1_000, 38.0, 0.7)
    assert amounts.min() > 0
    assert 2_800 < np.median(amounts) < 4_800


def test_what_follows_never_precedes() -> None:
    rng = np.random.default_rng(5)
    seconds = np.array([0, clock.END_S - 30, clock.END_S - 1, clock.END_S // 2] * 50)
    late = clock.after(rng, seconds, 1_000.0)
    assert (late >= seconds).all()
    assert late.max() < clock.END_S
    early = clock.before(rng, seconds, 1_000.0)
    assert (early <= seconds).all()
    assert early.min() == 0


def made(rows: int, *, timed: bool) -> Table:
    """Return a table of payments with a number a row."""
    numbers = np.arange(rows)
    seconds = numbers * 86_400 if timed else None
    ids = columns.named("payment", numbers)
    return Table("payments", rows, {"id": ids, "amount": columns.whole(numbers)}, seconds)


@pytest.mark.parametrize("slice_rows", [1, 3, 100])
def test_planted_rows_stand_at_their_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slice_rows: int
) -> None:
    monkeypatch.setattr(writing, "SLICE_ROWS", slice_rows)
    planted = [
        {"id": "x", "time": "2025-01-03T12:00", "note": 'a "b", c'},
        {"id": "y", "time": "2024"},
        {"id": "z", "time": "2025-12-31"},
    ]
    table = made(5, timed=True)
    stand = placed(planted, table, np.random.default_rng(1))
    said: list[str] = []
    assert write_table(tmp_path, Form.CSV, table, stand, said.append) == 8
    lines = (tmp_path / "payments.csv").read_text("utf-8").splitlines()
    assert lines == [
        "id,amount,time,note",
        "y,,2024,",
        "payment-0,0,,",
        "payment-1,1,,",
        "payment-2,2,,",
        'x,,2025-01-03T12:00,"a ""b"", c"',
        "payment-3,3,,",
        "payment-4,4,,",
        "z,,2025-12-31,",
    ]
    assert said


def test_rows_without_time_stand_anywhere(tmp_path: Path) -> None:
    table = made(50, timed=False)
    planted = [{"id": f"x{number}"} for number in range(20)]
    stand = placed(planted, table, np.random.default_rng(1))
    assert write_table(tmp_path, Form.CSV, table, stand, lambda _: None) == 70
    lines = (tmp_path / "payments.csv").read_text("utf-8").splitlines()[1:]
    places = [number for number, line in enumerate(lines) if line.startswith("x")]
    assert len(places) == 20
    assert places[-1] - places[0] > 30
    assert len({line.split(",")[0] for line in lines}) == 70


def test_a_table_that_only_plants_have(tmp_path: Path) -> None:
    table = Table("totals", 0)
    stand = placed([{"id": "t", "events": "a;b"}], table, np.random.default_rng(1))
    assert write_table(tmp_path, Form.CSV, table, stand, lambda _: None) == 1
    assert (tmp_path / "totals.csv").read_text("utf-8").splitlines() == ["id,events", 't,"a;b"']
