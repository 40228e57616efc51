"""Four formats of one case agree; row order changes nothing; no reader loses a row."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmodel.sources.case_tables import read_case
from tests.unit.sources.samples import FULL, WRITERS, Row, Tables, fact_set, write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.sources.base import CaseInput

    # tables, and how many rows each has
    Outcome = set[tuple[str, int, int, int, int]]


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_every_format_gives_the_same_facts(tmp_path: Path, form: str) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / "story.txt").write_text("line one", encoding="utf-8")
    write_csv(one, FULL)
    WRITERS[form](other, FULL)
    expected, found = read_case(one), read_case(other)
    assert fact_set(found.facts) == fact_set(expected.facts)
    assert found.rejects == []
    assert sum(report.rows for report in found.files) == sum(map(len, FULL.values()))
    assert {report.reader for report in found.files} == {form}


CELLS = st.sampled_from(
    ["", "x", "p1", "p2", "5", "5.005", "2019-03", "2019-13", "a;b", '"', "1,000", "\n", "达", "¥",
     "unknown:x", " p1 ", "sale", "-1", "=1", "\x07", "deals:p1"]
)  # fmt: skip
COLUMNS = ("id", "payer", "payee", "amount", "currency", "time", "after", "refunds", "extra")
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELLS)), max_size=8)


def counts(case: CaseInput) -> Outcome:
    return {(r.path.split(".")[0], r.rows, r.kept, r.rejected, r.duplicates) for r in case.files}


@given(rows=ROWS)
@settings(max_examples=60)
def test_no_reader_loses_a_row(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    outcomes = []
    for form, write in WRITERS.items():
        if form == "xlsx" and any("\x07" in cell for row in rows for cell in row.values()):
            continue  # a workbook cannot hold control characters
        folder = tmp_path_factory.mktemp(form)
        write(folder, {"payments": rows})
        if form == "jsonl" and not rows:
            continue
        case = read_case(folder)
        (report,) = case.files
        assert report.kept + report.rejected + report.duplicates == report.rows
        assert report.rejected == len(case.rejects)
        assert case.facts.nodes["Payment"].rows == report.kept
        blank = [row for row in rows if form == "xlsx" and not any(c.strip() for c in row.values())]
        assert report.rows == len(rows) - len(blank)
        if form != "xlsx":
            outcomes.append((report.kept, report.duplicates, frozenset(fact_set(case.facts))))
    assert len(set(outcomes)) <= 1


@given(text=st.text(st.sampled_from('a,;"\n\r\t 1好'), max_size=60), cut=st.integers(0, 60))
@settings(max_examples=150)
def test_any_text_is_read_to_its_end(
    tmp_path_factory: pytest.TempPathFactory, text: str, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    # a last row that is well formed is always read, whatever stands before it
    data = f"id,payer,payee,amount\n{text[:cut]}\nlast,a,b,1\n"
    (folder / "payments.csv").write_text(data, encoding="utf-8", newline="")
    case = read_case(folder)
    (report,) = case.files
    assert report.kept + report.rejected + report.duplicates == report.rows
    assert "last" in case.facts.ids("Payment") or '"' in text[:cut]


@given(seed=st.integers(0, 2**32))
@settings(max_examples=25)
def test_row_order_changes_no_fact(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    shuffler = random.Random(seed)  # noqa: S311 - no secret
    mixed: Tables = {}
    for table, rows in FULL.items():
        mixed[table] = shuffler.sample(rows, len(rows))
    folder = tmp_path_factory.mktemp("mixed")
    write_csv(folder, mixed)
    plain = tmp_path_factory.mktemp("plain")
    write_csv(plain, FULL)
    assert fact_set(read_case(folder).facts) == fact_set(read_case(plain).facts)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["", "2018", "2019-03", "2019-03/2019-08", "2020", "/2019", "2019/"]),
        st.lists(st.integers(0, 6), max_size=3),
    ),
    min_size=1,
    max_size=7,
)


@given(events=EVENTS, seed=st.integers(0, 2**32))
@settings(max_examples=120)
def test_stated_orders_hold_in_any_row_order(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str, list[int]]], seed: int
) -> None:
    rows = [
        {"id": f"p{i}", "payer": "a", "payee": "b", "amount": "1", "time": time,
         "after": ";".join(f"p{j}" for j in after if j < len(events))}
        for i, (time, after) in enumerate(events)
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("order")
    write_csv(folder, {"payments": rows})
    case = read_case(folder)
    table = case.facts.nodes["Payment"].columns
    times = {str(n): (a, b) for n, a, b in zip(table["id"], table["t0"], table["t1"], strict=True)}
    after = case.facts.relationships["AFTER"]
    for later, earlier in zip(after.from_id, after.to_id, strict=True):
        assert int(str(times[later][0])) >= int(str(times[earlier][0]))
        assert int(str(times[later][1])) >= int(str(times[earlier][1]))
    assert all(int(str(a)) <= int(str(b)) for a, b in times.values())
    mixed = tmp_path_factory.mktemp("mixed")
    write_csv(mixed, {"payments": random.Random(seed).sample(rows, len(rows))})  # noqa: S311
    assert fact_set(read_case(mixed).facts) == fact_set(case.facts)
