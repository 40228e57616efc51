"""Tables read in columns give the facts, rejects, counts and warnings of tables read by rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmodel.model.instants import parse_time
from graphmodel.model.refusal import RefusalError
from graphmodel.sources import csv_columns, large_table
from graphmodel.sources.base import UnusableError
from graphmodel.sources.case_tables import read_case
from graphmodel.sources.cells import Memo, amount_parser
from graphmodel.sources.column_cells import ColumnParser
from graphmodel.sources.csv_columns import read_large_csv
from graphmodel.sources.csv_rows import read_csv
from graphmodel.sources.spec import WHEN
from graphmodel.store.case_file import CaseFile
from tests.conformance.broken_rows.test_broken_rows import TABLES as BROKEN
from tests.unit.sources.samples import FULL, WRITERS, Row, Tables, fact_set, write_csv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphmodel.sources.base import CaseInput


class Told(NamedTuple):
    """Everything that a case as read says."""

    facts: object
    files: object
    rejects: object
    warnings: object
    digests: object
    columns: object


@pytest.fixture(autouse=True)
def _small_blocks() -> Iterator[None]:
    """Let a block of a file be some lines."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_columns, "BLOCK_BYTES", 40)
        yield


def as_large(folder: Path) -> CaseInput:
    """Read a case with all of its tables in columns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large_table, "LARGE_BYTES", 0)
        patch.setattr(large_table, "LARGE_ROWS", 0)
        return read_case(folder)


def told(case: CaseInput) -> Told:
    tables = {**case.facts.nodes, **case.facts.relationships}
    columns = case.record_digests
    return Told(
        fact_set(case.facts),
        case.files,
        case.rejects,
        case.warnings,
        sorted(zip(columns["batch"], columns["digest"], strict=True)),
        {name: set(table.extra) for name, table in tables.items() if table.extra},
    )


def agree(folder: Path) -> CaseInput:
    """Read a case both ways, compare everything, and return what was read in columns."""
    large = as_large(folder)
    assert told(large) == told(read_case(folder))
    return large


def digests(folder: Path, scratch: Path) -> set[str]:
    """Return the digests of the case files that both ways give."""
    found = set()
    for place, case in enumerate((read_case(folder), as_large(folder))):
        path = scratch / f"{place}.duckdb"
        case_file = CaseFile.create(path, case.facts, {}, record_digests=case.record_digests)
        found.add(case_file.digest())
        case_file.close()
        path.unlink()
    return found


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_case_of_every_table(tmp_path: Path, form: str) -> None:
    WRITERS[form](tmp_path, FULL)
    (tmp_path / "story.txt").write_text("line one", encoding="utf-8")
    case = agree(tmp_path)
    parts = [table.parts for table in (*case.facts.nodes.values(),)]
    assert sum(map(bool, parts)) > 4, "most tables were read in columns"
    assert len(digests(tmp_path, tmp_path)) == 1


def test_every_broken_row_ends_alike(tmp_path: Path) -> None:
    for table, (header, rows) in BROKEN.items():
        text = "\n".join([header, *(line for line, _ in rows)])
        (tmp_path / f"{table}.csv").write_text(text, encoding="utf-8")
    case = agree(tmp_path)
    assert len(case.rejects) >= 60
    assert len(digests(tmp_path, tmp_path)) == 1


PEOPLE = ("q1", "q2", "q3", "a1", "n1")
PARTY = ("a1", "a2", "a3", "q1", " a2 ", "zz", "", "n1", "accounts:a1", "x;y")
EVENT = ("", "", "", "d1", "d2", "p1", "deals:d1", "7", "zz")
CITED = {
    "source": ("", "", "", "s1", "s2", "zz"),
    "locator": ("", "line 1"),
    "quote": ("", "", "words"),
    "certainty": ("", "stated", "disputed", "inferred", "sure"),
}
TIMES = (
    "", "2019", "2019-03", "2019-03-14", "2019-03-14T09:30", "2019-03-14 09:30:01", " 2019-03-14",
    "2019-03-14T09:30:01Z", "1988-04-17T00:30", "2019-02-29", "2019-03/2019-08", "x", "  ",
)  # fmt: skip
AMOUNTS = ("5", "5.00", "1,000.5", "", "-1", "5.005", "12", "１２", " 7 ")
EXTRA = {"colour": ("", "red", " ", "蓝"), "": ("", "", "x")}
POOLS: dict[str, dict[str, tuple[str, ...]]] = {
    "sources": {"id": ("s1", "s2", "a1"), "path": ("", "story.txt"), "sha256": ("", "AB")},
    "persons": {"id": (*PEOPLE, ""), "name": ("", "Wu", "吴"), "members": ("", "3", "2.5"),
                "kind": ("", "person", "robot"), **CITED, **EXTRA},
    "accounts": {"id": ("a1", "a2", "a3", " a3", "q3", "n1"), "platform": ("", "qq"),
                 "holder": ("", *PEOPLE), "opened": TIMES, **CITED},
    "personas": {"id": ("n1", "q2"), "name": ("N",), "owner": ("", "a1", "q1")},
    "batches": {"id": ("b1", "b2", "7"), "records": AMOUNTS, "file_sha256": ("", "AB", "ab")},
    "controls": {"id": ("", "", "c1", "controls:1", "b1"), "person": PEOPLE, "account": PARTY,
                 "since": TIMES, "until": TIMES, "basis": ("", "used", "no"), **CITED},
    "ties": {"id": ("", "", "t1"), "a": PARTY, "b": PARTY, "to": ("", "", "a1", "q1"),
             "kind": ("kin_of", "employs", "introduced", "member_of", "owns", ""),
             "since": TIMES, "disclosed": ("", "yes", "no"), **CITED, **EXTRA},
    "deals": {"id": ("d1", "d2", "d3", "7", "p1", ""), "seller": PARTY, "buyer": PARTY,
              "batch": ("", "b1", "b2", "zz"), "buyer_agent": ("", "q1"), "quantity": AMOUNTS,
              "quantity_bound": ("", "about", "no"), "total": AMOUNTS, "unit_price": ("", "0.15"),
              "currency": ("", "CNY", "usdt", "元", "¥"), "time": TIMES, "after": EVENT,
              "status": ("", "ok", "refunded"), **CITED},
    "payments": {"id": ("p1", "p2", "p3", "p4", "7", "d2", "payments:7", "p1 "), "payer": PARTY,
                 "payee": PARTY, "amount": AMOUNTS, "currency": ("", "CNY", "JPY", "x"),
                 "amount_bound": ("", "at_least"), "deal": EVENT, "time": TIMES,
                 "refunds": ("", "", "", "p1", "p2", "payments:7"), "after": ("", "", *EVENT),
                 "payer_balance_after": AMOUNTS, **CITED, **EXTRA},
    "messages": {"id": ("m1", "m2", "m3"), "author": PARTY, "receiver": PARTY, "deal": EVENT,
                 "text": ("", "好的", 'a, "b"\nc', "nul\x00")},
    "identifiers": {"id": ("", "", "i1"), "account": PARTY, "kind": ("device", "phone", "no"),
                    "value": ("D1", " D1", "D2", ""), "since": TIMES, "until": TIMES, **CITED},
    "deliveries": {"id": ("v1", "v2", "v3"), "sender": PARTY, "receiver": PARTY, "deal": EVENT,
                   "records": AMOUNTS, "file_sha256": ("", "AB")},
    "totals": {"id": ("e1",), "events": ("d1;p1", "p2", "p3;;p3", "7", ""), "total": AMOUNTS},
    "circumstances": {"id": ("f1", "f2", "p4"), "kind": ("fee",),
                      "about": ("t1", "d1;p2", "c1", "i1", "a1", "controls:1", "new", "s1", "p4")},
    "records": {"id": ("", "", "r1"), "batch": ("b1", "b2", "zz", ""),
                "digest": ("AA", "aa", "bb", "")},
}  # fmt: skip


REQUIRED = frozenset((
    "id", "name", "payer", "payee", "amount", "person", "account", "a", "b", "kind", "seller",
    "buyer", "author", "batch", "digest", "value", "sender", "receiver",
))  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> Tables:
    """Draw some tables with rows of mostly fitting, often odd cells."""
    names = draw(st.sets(st.sampled_from(sorted(POOLS)), min_size=1)) | {"payments"}
    found: Tables = {}
    for name in sorted(names):
        kept = draw(st.sets(st.sampled_from(sorted(POOLS[name]))))
        columns = [c for c in POOLS[name] if c in kept or c in REQUIRED]
        # few different cells in a column, so that many rows are plain in all of them
        few = {c: draw(st.lists(st.sampled_from(POOLS[name][c]), min_size=1, max_size=3))
               for c in columns if c != "id"}  # fmt: skip
        cells = {c: st.sampled_from(few.get(c, POOLS[name][c])) for c in columns}
        found[name] = draw(st.lists(st.fixed_dictionaries(cells), max_size=9))
    return found


@given(tables=cases())
@settings(max_examples=250)
def test_odd_cells_end_alike(tmp_path_factory: pytest.TempPathFactory, tables: Tables) -> None:
    folder = tmp_path_factory.mktemp("case")
    (folder / "story.txt").write_text("some words", encoding="utf-8")
    write_csv(folder, tables)
    agree(folder)


def plain_case() -> Tables:
    """Return a case in which every row is kept, most of its tables with some rows."""
    when = "2019-03-1{}T09:3{}:00"
    rows = range(4)
    cited = {"source": "s1", "locator": "line 1", "quote": "", "certainty": "stated"}
    return {
        "sources": [{"id": "s1", "path": "", "sha256": ""}],
        "persons": [{"id": f"q{i}", "name": "Wu", "colour": "red", **cited} for i in rows],
        "accounts": [{"id": f"a{i}", "holder": f"q{i}", "opened": "2018", **cited} for i in rows],
        "batches": [{"id": f"b{i}", "records": "5", "file_sha256": "AB"} for i in rows],
        "controls": [{"person": f"q{i}", "account": f"a{3 - i}", "since": "2019", "until": "2020",
                      "basis": "used", **cited} for i in rows],
        "ties": [{"id": f"t{i}", "a": f"q{i}", "b": f"q{(i + 1) % 4}", "kind": "kin_of", "to": "",
                  "since": "", "disclosed": "", **cited} for i in rows],
        "identifiers": [{"account": f"a{i}", "kind": "device", "value": f"D{i % 2}", "since": "",
                         "until": "", **cited} for i in rows],
        "deals": [{"id": f"d{i}", "seller": f"a{i}", "buyer": f"q{3 - i}", "batch": f"b{i}",
                   "buyer_agent": "", "quantity": "5", "quantity_bound": "", "total": "10",
                   "unit_price": "", "currency": "CNY", "time": "2019-03", "after": "",
                   "status": "ok", **cited} for i in rows],
        "payments": [{"id": f"p{i}", "payer": f"a{i}", "payee": f"a{(i + 1) % 4}", "amount": f"{i}",
                      "currency": "", "amount_bound": "", "deal": f"d{i}", "refunds": "",
                      "time": when.format(i, i), "after": "", "payer_balance_after": "1",
                      "colour": "red", **cited} for i in rows],
        "messages": [{"id": f"m{i}", "author": f"a{i}", "receiver": "q1", "deal": f"d{i}",
                      "text": "hi"} for i in rows],
        "records": [{"id": "", "batch": f"b{i}", "digest": f"e{i}"} for i in rows],
        "totals": [{"id": "e1", "events": "d1;p1", "total": "5"}],
        "circumstances": [{"id": "f1", "kind": "fee", "about": "p2"}],
    }  # fmt: skip


@st.composite
def nearly_plain(draw: st.DrawFn) -> Tables:
    """Draw a plain case with some tables left out and a few odd cells put in."""
    found = plain_case()
    for name in draw(st.sets(st.sampled_from(sorted(found)), max_size=3)):
        del found[name]
    for _ in range(draw(st.integers(0, 4)) if found else 0):
        name = draw(st.sampled_from(sorted(found)))
        row = draw(st.sampled_from(found[name]))
        column = draw(st.sampled_from(sorted(row)))
        words = [*POOLS[name].get(column, ()), *(other.get(column, "") for other in found[name])]
        row[column] = draw(st.sampled_from(words))
    return found


@given(tables=nearly_plain())
@settings(max_examples=250)
def test_a_few_odd_cells_end_alike(
    tmp_path_factory: pytest.TempPathFactory, tables: Tables
) -> None:
    folder = tmp_path_factory.mktemp("case")
    (folder / "story.txt").write_text("some words", encoding="utf-8")
    write_csv(folder, tables)
    if tables:
        agree(folder)


def test_a_plain_case_stays_in_columns(tmp_path: Path) -> None:
    tables = plain_case()
    write_csv(tmp_path, tables)
    case = agree(tmp_path)
    assert case.rejects == []
    # what sums and circumstances name is checked with them, and what that names; a batch is kept
    # whatever becomes of others, as it names no source
    listed = {name: set(map(str, case.facts.ids(name))) for name in ("Payment", "Deal", "Batch")}
    assert listed == {"Payment": {"p1", "p2"}, "Deal": {"d1", "d2"}, "Batch": set()}
    assert case.facts.nodes["Payment"].total == 4
    assert len(digests(tmp_path, tmp_path)) == 1


@given(tables=cases())
@settings(max_examples=25)
def test_the_case_file_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, tables: Tables
) -> None:
    folder = tmp_path_factory.mktemp("case")
    write_csv(folder, tables)
    assert len(digests(folder, tmp_path_factory.mktemp("files"))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("deals", "payments"), ("persons", "accounts"), ("batches", "deals"), ("payments", "totals"),
     ("accounts", "personas"), ("ties", "payments"), ("messages", "circumstances")],
)  # fmt: skip
def test_an_id_of_two_tables(tmp_path: Path, one: str, other: str) -> None:
    tables = plain_case()
    tables["personas"] = [{"id": "n1", "name": "N"}]
    for name in (one, other):
        row = tables[name][0]
        row["id"] = "same"
    write_csv(tmp_path, tables)
    agree(tmp_path)
    assert len(digests(tmp_path, tmp_path)) == 1


def test_nobody_becomes_an_account_who_is_a_person(tmp_path: Path) -> None:
    persons: list[Row] = [{"id": "q1", "name": "A"}, {"id": "q2", "name": "B"}]
    controls: list[Row] = [
        {"person": "q1", "account": name} for name in ("new", "q2", "n1", "zz:1", "deals:1", "x;y")
    ]
    personas: list[Row] = [{"id": "n1", "name": "N"}]
    write_csv(tmp_path, {"persons": persons, "controls": controls, "personas": personas})
    case = agree(tmp_path)
    assert [reject.value for reject in case.rejects] == ["q2", "n1", "x;y"]
    assert set(case.facts.ids("Account")) == {"new", "zz:1", "deals:1"}


def test_a_refused_row_takes_along_the_rows_in_columns(tmp_path: Path) -> None:
    persons: list[Row] = [{"id": "q1", "name": ""}, {"id": "q2", "name": "B"}]
    accounts: list[Row] = [{"id": f"a{i}", "holder": f"q{i}"} for i in (1, 2)]
    payments: list[Row] = [
        {"id": "p1", "payer": "a1", "payee": "a2", "amount": "1"},
        {"id": "p2", "payer": "a2", "payee": "a2", "amount": "1", "refunds": "p1"},
        {"id": "p3", "payer": "a2", "payee": "a2", "amount": "1", "refunds": "p2"},
        {"id": "p4", "payer": "a2", "payee": "a2", "amount": "1"},
    ]
    write_csv(tmp_path, {"persons": persons, "accounts": accounts, "payments": payments})
    case = agree(tmp_path)
    assert [(r.path, r.line) for r in case.rejects] == [
        ("persons.csv", 2), ("accounts.csv", 2), ("payments.csv", 2), ("payments.csv", 3),
        ("payments.csv", 4),
    ]  # fmt: skip


def test_nothing_is_listed_where_all_is_plain(tmp_path: Path) -> None:
    payments: list[Row] = [
        {"id": f"p{i}", "payer": "a", "payee": f"b{i % 7}", "amount": f"{i}.25",
         "time": f"2019-03-14T09:30:{i % 60:02}"}
        for i in range(200)
    ]  # fmt: skip
    write_csv(tmp_path, {"payments": payments})
    facts = agree(tmp_path).facts
    assert facts.nodes["Payment"].rows == facts.relationships["PAYER"].rows == 0
    assert facts.nodes["Payment"].total == 200
    assert facts.nodes["Account"].total == 8


TEXTS = st.lists(
    st.sampled_from(
        ["a", "b1", ",", ",", "\n", "\n", '"', '""', "\r\n", " ", "好", '"x"', '"y\n,"', "1"]
    ),
    max_size=40,
).map("".join)


@given(text=TEXTS, header=st.sampled_from(["a,b", '"a",b', "\ufeffa,b,c", "\n\na,b", "a;b,c"]),
       encoding=st.sampled_from(["utf-8", "utf-8", "utf-8", "gb18030", "utf-16"]))  # fmt: skip
@settings(max_examples=500)
def test_every_text_is_cut_alike(
    tmp_path_factory: pytest.TempPathFactory, text: str, header: str, encoding: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "persons.csv"
    data = f"{header}\n{text}".encode(encoding)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large_table, "LARGE_BYTES", 0)
        patch.setattr(csv_columns, "BLOCK_BYTES", 12)
        large = read_large_csv(file, data, "persons.csv")
    if large is None:
        return
    (small,) = read_csv(file, data, "persons.csv")
    found = large.as_raw()
    assert [list(column) for column in found.columns] == small.columns
    assert large.lines.tolist() == small.lines
    assert (found.header, found.damaged, found.encoding) == (
        small.header, small.damaged, small.encoding,
    )  # fmt: skip


def test_a_header_that_is_none_is_refused_in_a_large_file(tmp_path: Path) -> None:
    file = tmp_path / "persons.csv"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large_table, "LARGE_BYTES", 0)
        with pytest.raises(UnusableError):
            read_large_csv(file, b'"id,name\np1,x', "persons.csv")


ZONES = ("Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC",
         "Africa/Monrovia")  # fmt: skip
FORMS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dt%H:%M:%S", "%Y-%m", "%Y",
         "%Y-%m-%dT%H:%M:%SZ", "%Y/%m/%d %H:%M")  # fmt: skip
MOMENTS = st.one_of(
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 1)),  # noqa: DTZ001 - local times
    st.datetimes(datetime(1986, 4, 12), datetime(1991, 9, 16)),  # noqa: DTZ001
    st.datetimes(datetime(2011, 12, 29), datetime(2012, 1, 1)),  # noqa: DTZ001
    st.datetimes(datetime(1900, 12, 30), datetime(1901, 1, 3)),  # noqa: DTZ001
)
STAMPS = st.one_of(
    st.builds(lambda moment, form: moment.strftime(form), MOMENTS, st.sampled_from(FORMS)),
    st.from_regex(r"[0-2][0-9]{3}-[0-1][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-9x]{2}", fullmatch=True),
)


@given(stamps=st.lists(STAMPS, min_size=1, max_size=12), zone=st.sampled_from(ZONES))
@settings(max_examples=300)
def test_times_are_those_of_single_cells(stamps: list[str], zone: str) -> None:
    parser = ColumnParser(ZoneInfo(zone), "CNY", lambda kind, code: Memo(amount_parser(kind, code)))
    found = parser.parse(WHEN, pa.array(stamps, pa.string()))
    assert found.t0 is not None
    assert found.t1 is not None
    for place, stamp in enumerate(stamps):
        try:
            expected = parse_time(stamp, ZoneInfo(zone))
        except RefusalError:
            assert not found.good[place], stamp
        else:
            assert found.good[place], stamp
            assert (found.t0[place], found.t1[place]) == expected[:2], stamp


@pytest.mark.parametrize(
    "values",
    [
        pa.array([datetime(2019, 3, 14, 9, 30), None, datetime(2019, 3, 14, 9, 30, 1)]),  # noqa: DTZ001
        pa.array([datetime(2019, 3, 14, 9, 30, tzinfo=UTC)] * 3),
        pa.array([datetime(2019, 3, 14, 9, 30, 0, 5)] * 3),  # noqa: DTZ001
        pa.array([datetime(2019, 3, 14).date()] * 3),  # noqa: DTZ001
        pa.array(["2019", None, "x"]).dictionary_encode(),
        pa.array(["2019", None, "x"], pa.large_string()),
        pa.array([1, None, -3]),
        pa.array([1.0, 2.5, float("nan")]),
        pa.array([True, None, False]),
        pa.array(["0.00000001", "1", None]).cast(pa.decimal128(20, 8)),
        pa.array([[1], None, [2, 3]]),
        pa.array([b"x", None, b"y"]),
        pa.nulls(3),
    ],
    ids=lambda values: str(values.type),
)
@pytest.mark.parametrize("column", ["time", "amount", "channel", "more"])
def test_every_type_of_parquet(tmp_path: Path, values: pa.Array, column: str) -> None:
    table = {
        "id": pa.array(["p1", "p2", "p3"]), "payer": pa.array([1, 2, 3]),
        "payee": pa.array(["x", "y", "z"]), "amount": pa.array(["1", "2", "3"]), column: values,
    }  # fmt: skip
    pq.write_table(pa.table(table), tmp_path / "payments.parquet")
    agree(tmp_path)
