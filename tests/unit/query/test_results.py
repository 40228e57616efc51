"""Answers as Arrow tables, pandas frames and networkx graphs: nothing changes on the way."""

from __future__ import annotations

import sys
from importlib import import_module

import networkx as nx
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmodel.case import Case
from graphmodel.errors import UsageError
from graphmodel.query import types as t
from graphmodel.query.engines.base import QueryResult
from graphmodel.query.graph import PropertyGraph
from tests.needs import ROOT

pd = import_module("pandas")  # it brings no types
MOST, LEAST = 2**63 - 1, -(2**63)

PLAIN = QueryResult(
    ("who", "n", "share", "sure", "ids"),
    [
        ("Ann", MOST, 0.5, True, ["a", "b"]),
        ("Bob", None, None, None, []),
        (None, LEAST, 1.0, False, None),
    ],
)


def column(*values: object) -> QueryResult:
    """Return an answer of one column."""
    return QueryResult(("x",), [(value,) for value in values])


def type_of(*values: object) -> pa.DataType:
    """Return the Arrow type of a column."""
    return column(*values).to_arrow().schema.field("x").type


# ---------------------------------------------------------------- plain Python


def test_an_answer_unpacks_into_columns_and_rows() -> None:
    columns, rows = PLAIN
    assert columns == ("who", "n", "share", "sure", "ids")
    assert rows is PLAIN.rows


def test_dicts_keep_every_value_as_it_is() -> None:
    first = PLAIN.to_dicts()[0]
    assert first == {"who": "Ann", "n": MOST, "share": 0.5, "sure": True, "ids": ["a", "b"]}
    assert [type(value) for value in first.values()] == [str, int, float, bool, list]


def test_declared_types_do_not_make_answers_differ() -> None:
    assert QueryResult(("x",), [(1,)], (t.INTEGER,)) == QueryResult(("x",), [(1,)])


# ---------------------------------------------------------------- Arrow


def test_each_kind_has_its_arrow_type() -> None:
    table = PLAIN.to_arrow()
    assert [field.type for field in table.schema] == [
        pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.list_(pa.string()),
    ]  # fmt: skip
    assert table.to_pylist() == PLAIN.to_dicts()


def test_lists_and_maps_nest() -> None:
    assert type_of([[1], [None]], None) == pa.list_(pa.list_(pa.int64()))
    assert type_of([], [1]) == pa.list_(pa.int64())
    assert type_of({"a": 1}, {"b": ["x"]}) == pa.struct(
        [("a", pa.int64()), ("b", pa.list_(pa.string()))]
    )
    assert column({"a": 1}, {"b": ["x"]}, None).to_arrow()["x"].to_pylist() == [
        {"a": 1, "b": None},
        {"a": None, "b": ["x"]},
        None,
    ]
    assert column({}, None).to_arrow()["x"].to_pylist() == [{}, None]


def test_integers_beside_floats_become_floats_only_if_that_is_exact() -> None:
    assert type_of(1, 2.5, None) == type_of(1, float("nan")) == pa.float64()
    assert column(2**53, 0.5).to_arrow()["x"].to_pylist() == [float(2**53), 0.5]
    with pytest.raises(UsageError, match="Column x mixes floats and integers"):
        column(2**53 + 1, 0.5).to_arrow()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((1, "1"), "integers and text"),
        ((True, 1), "booleans and integers"),
        ((1.0, True), "booleans and floats"),
        (([1], 1), "integers and lists"),
        (({"a": 1}, "a"), "maps and text"),
        (([1, "1"],), "integers and text"),
    ],
)
def test_a_column_that_mixes_kinds_is_refused(values: tuple[object, ...], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        column(*values).to_arrow()
    assert caught.value.reason == f"Column x mixes {said}, which have no common type."
    assert "toString()" in caught.value.hint
    assert "to_dicts()" in caught.value.hint


def test_a_map_whose_key_mixes_kinds_names_the_key() -> None:
    with pytest.raises(UsageError, match=r"Column x\.a mixes"):
        column({"a": 1}, {"a": "1"}).to_arrow()


def test_a_column_without_values_has_its_declared_type() -> None:
    declared = (t.INTEGER, t.list_of(t.STRING), t.NULL, t.FLOAT)
    names = ("n", "l", "z", "f")
    empty: list[list[tuple[object, ...]]] = [[], [(None,) * 4]]
    for rows in empty:
        schema = QueryResult(names, rows, declared).to_arrow().schema
        assert [field.type for field in schema] == [
            pa.int64(), pa.list_(pa.string()), pa.null(), pa.float64(),
        ]  # fmt: skip
        assert QueryResult(names, rows).to_arrow().schema.types == [pa.null()] * 4


_SCALARS = {
    "integer": st.integers(LEAST, MOST),
    "float": st.floats(allow_nan=False),
    "text": st.text(st.characters(exclude_categories=["Cs"])),
    "boolean": st.booleans(),
}


@given(st.sampled_from(sorted(_SCALARS)).flatmap(lambda k: st.lists(st.none() | _SCALARS[k])))
def test_every_column_of_one_kind_comes_back_as_it_was(values: list[object]) -> None:
    back = column(*values).to_arrow()["x"].to_pylist()
    assert back == values
    assert [type(value) for value in back] == [type(value) for value in values]


# ---------------------------------------------------------------- pandas


def test_integers_stay_integers_beside_nulls() -> None:
    frame = PLAIN.to_pandas()
    kinds = {name: str(kind) for name, kind in frame.dtypes.items()}
    assert kinds == {
        "who": "string", "n": "Int64", "share": "Float64", "sure": "boolean", "ids": "object",
    }  # fmt: skip
    assert frame["n"].tolist() == [MOST, pd.NA, LEAST]
    assert frame["n"].isna().tolist() == [False, True, False]
    assert frame["sure"].tolist() == [True, pd.NA, False]
    assert frame["who"].isna().tolist() == [False, False, True]
    assert [list(one) if one is not None else None for one in frame["ids"]] == [
        ["a", "b"],
        [],
        None,
    ]


def test_sums_of_a_frame_are_exact() -> None:
    frame = column(10**15, None, 1).to_pandas()
    assert frame["x"].sum() == 10**15 + 1


def test_without_pandas_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError) as caught:
        PLAIN.to_pandas()
    assert caught.value.reason == "pandas is not installed, and to_pandas() needs it."
    assert "pip install pandas" in caught.value.hint
    assert PLAIN.to_arrow().num_rows == 3


# ---------------------------------------------------------------- networkx


def test_every_row_is_an_edge_with_the_other_columns() -> None:
    result = QueryResult(
        ("a", "b", "key", "n"),
        [("x", "y", "k1", 1), ("x", "y", "k2", 2), ("y", "x", "k3", None), ("x", "x", "k4", 4)],
    )
    graph = result.to_networkx("a", "b")
    assert isinstance(graph, nx.MultiDiGraph)
    assert sorted(graph.edges(data=True), key=str) == [
        ("x", "x", {"key": "k4", "n": 4}),
        ("x", "y", {"key": "k1", "n": 1}),
        ("x", "y", {"key": "k2", "n": 2}),
        ("y", "x", {"key": "k3", "n": None}),
    ]


def test_a_row_with_one_end_is_a_node_alone() -> None:
    result = QueryResult(("a", "b"), [("x", None), (None, "y"), (None, None), (1, 2)])
    graph = result.to_networkx("a", "b")
    assert set(graph.nodes) == {"x", "y", 1, 2}
    assert set(graph.edges()) == {(1, 2)}


def test_an_unknown_column_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        PLAIN.to_networkx("whom", "n")
    assert str(caught.value) == "The answer has no column whom. Did you mean who?"
    with pytest.raises(UsageError, match="It has who, n, share, sure, ids"):
        PLAIN.to_networkx("who", "zzzzz")


@pytest.mark.parametrize("cell", [1.5, True, ["a"], {"a": 1}])
def test_ends_that_could_be_taken_for_others_are_refused(cell: object) -> None:
    # in Python 1, 1.0 and True are one node
    with pytest.raises(UsageError, match=r"Column b holds .*, which cannot be the ends of edges"):
        QueryResult(("a", "b"), [("x", cell)]).to_networkx("a", "b")


# ---------------------------------------------------------------- through the doors


def test_a_graph_from_records_has_the_same_doors() -> None:
    people = [{"id": n, "labels": ["P"], "properties": {"n": n}} for n in range(3)]
    knows = [{"id": n, "type": "K", "from": n, "to": n + 1, "properties": {}} for n in range(2)]
    graph = PropertyGraph.from_records(people, knows)
    result = graph.query("MATCH (a:P)-[:K]->(b:P) RETURN a.n AS a, b.n AS b")
    assert set(result.to_networkx("a", "b").edges()) == {(0, 1), (1, 2)}
    assert result.to_arrow().schema.types == [pa.int64(), pa.int64()]
    assert result.to_pandas().sort_values("a").to_dict("list") == {"a": [0, 1], "b": [1, 2]}
    graph.close()


def test_a_case_answers_in_every_form() -> None:
    with Case.open(ROOT / "examples" / "qingdao_relay") as case:
        rows = case.query("MATCH (d:Deal) RETURN d.id AS deal, d.value_minor AS v ORDER BY deal")
        asked = case.ask("common_contacts", a="seller-2")
        assert set(case.questions()) >= {"common_contacts", "batch_deals"}
    assert rows.to_pandas()["v"].tolist() == [pd.NA, pd.NA, 450_000, 1_650_000]
    assert rows.to_arrow()["v"].to_pylist() == [None, None, 450_000, 1_650_000]
    graph = asked.to_networkx("common", "other")
    assert set(graph.edges()) == {("dong", "seller-1"), ("dong", "wu"), ("wang", "wu")}
