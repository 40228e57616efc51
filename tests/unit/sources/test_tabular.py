"""Native values of JSON lines and Parquet; damaged files; rows that are none."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphmodel.sources.base import Damage, Nested, UnusableError
from graphmodel.sources.case_tables import read_case
from graphmodel.sources.tabular import cell_text, read_jsonl, read_parquet
from tests.unit.sources.samples import node


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (17, "17"),
        (17.0, "17"),
        (0.15, "0.15"),
        (1e-05, "0.00001"),
        (1e22, "10000000000000000000000"),
        (float("nan"), "NaN"),
        (Decimal("12000.00"), "12000.00"),
        (Decimal("1E+3"), "1000"),
        (True, "true"),
        (date(2019, 3, 1), "2019-03-01"),
        (datetime(2019, 3, 1, 9, 30), "2019-03-01T09:30:00"),  # noqa: DTZ001 - as a file has it
        (time(9, 30), "09:30:00"),
    ],
)
def test_native_values_become_plain_text(value: object, text: str) -> None:
    assert cell_text(value) == text
    assert not isinstance(cell_text(value), Nested)


def test_lists_and_objects_are_marked() -> None:
    assert [isinstance(cell_text(v), Nested) for v in ([1], {"a": 1}, b"x")] == [True, True, True]


def test_json_keeps_the_digits_of_the_file(tmp_path: Path) -> None:
    rows = (
        '{"id": 17, "payer": "a", "payee": "b", "amount": 4500.10, "time": null}\n'
        "\n"
        '{"id": 18, "payer": "a", "payee": "b", "amount": 1e3}\n'
        '{"id": 19, "payer": ["a"], "payee": "b", "amount": 1}\n'
        '{"id": 20, "payer": "a", "payee": "b", "amount": 1, "tags": ["x"]}\n'
        '{"id": 21, "id": 22}\n'
        "[1]\n"
        '{"id": \n'
        '{"id": 23, "payer": "a\\ud800", "payee": "b", "amount": 1}\n'
    )
    (tmp_path / "payments.jsonl").write_text(rows, encoding="utf-8")
    case = read_case(tmp_path)
    assert {(r.line, r.column) for r in case.rejects} == {
        (3, "amount"), (4, "payer"), (6, ""), (7, ""), (8, ""), (9, "payer"),
    }  # fmt: skip
    assert set(case.facts.ids("Payment")) == {"17", "20"}
    assert node(case.facts, "Payment", "17")["amount_minor"] == 450010
    assert node(case.facts, "Payment", "20")["tags"] == '["x"]'


def test_deep_json_is_one_damaged_row() -> None:
    data = ("[" * 100_000).encode()
    (table,) = read_jsonl(Path("payments.jsonl"), data, "payments.jsonl")
    assert [(d.line, d.code) for d in table.damaged] == [(1, "row-json")]


def test_parquet_has_numbers_decimals_and_times(tmp_path: Path) -> None:
    east = timezone(timedelta(hours=8))
    columns = {
        "id": pa.array([1, 2], pa.int64()),
        "payer": pa.array(["a", "b"]).dictionary_encode(),
        "payee": ["b", None],
        "amount": pa.array([Decimal("4500.1000"), Decimal(1)], pa.decimal128(12, 4)),
        "time": pa.array([1_552_527_000_000_000_001, None], pa.timestamp("ns", "Asia/Shanghai")),
        "covered": pa.array([date(2019, 3, 1), None]),
        "list": [["x"], None],
    }
    pq.write_table(pa.table(columns), tmp_path / "payments.parquet")
    case = read_case(tmp_path)
    assert [(r.line, r.column) for r in case.rejects] == [(2, "payee")]
    payment = node(case.facts, "Payment", "1")
    assert payment["amount_minor"] == 450010
    moment = int(datetime(2019, 3, 14, 9, 30, tzinfo=east).timestamp())
    assert (payment["t0"], payment["t1"]) == (moment, moment)
    assert (payment["covered"], payment["list"]) == ("2019-03-01", '["x"]')


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nothing", b"PAR1 nothing PAR1"])
def test_damaged_parquet_files_are_refused(data: bytes) -> None:
    with pytest.raises(UnusableError):
        read_parquet(Path("payments.parquet"), data, "payments.parquet")


def test_rows_that_are_no_objects_are_damaged() -> None:
    data = json.dumps(["x"]).encode()
    (table,) = read_jsonl(Path("payments.jsonl"), data, "payments.jsonl")
    assert table.damaged == [Damage(1, "row-json", "", '["x"]')]
