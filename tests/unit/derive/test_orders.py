"""The stated order of events: closed over chains, with the facts each pair rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.derive.small_cases import open_case, persons, rows

if TYPE_CHECKING:
    from pathlib import Path


def test_closure_of_after_with_its_grounds(tmp_path: Path) -> None:
    with open_case(
        tmp_path / "case",
        persons=persons("s b"),
        deals="""id,seller,buyer,after
        d1,s,b,
        d2,s,b,d1
        d3,s,b,d2;p1
        """,
        payments="""id,payer,payee,amount,after
        p1,s,b,1,
        """,
    ) as case:
        assert rows(case, "BEFORE") == {
            ("d1", "d2"),
            ("d2", "d3"),
            ("d1", "d3"),
            ("p1", "d3"),
        }
        stated = {
            (a, b): i
            for b, a, i in case.query(
                "MATCH (x)-[r:AFTER]->(y) RETURN x.id AS x, y.id AS y, r.id AS id"
            ).rows
        }
        grounds = {
            (a, b): set(g) if isinstance(g, list) else set()
            for a, b, g in case.query(
                "MATCH (x)-[r:BEFORE]->(y) RETURN x.id AS x, y.id AS y, r.grounds AS g"
            ).rows
        }
        assert grounds["d1", "d2"] == {stated["d1", "d2"]}
        assert grounds["d1", "d3"] == {stated["d1", "d2"], stated["d2", "d3"]}


def test_a_shortest_chain_is_the_ground(tmp_path: Path) -> None:
    with open_case(
        tmp_path / "case",
        persons=persons("s b"),
        deals="""id,seller,buyer,after
        d1,s,b,
        d2,s,b,d1
        d3,s,b,d1;d2
        """,
    ) as case:
        found = case.query(
            "MATCH (x)-[r:BEFORE]->(y) WHERE x.id = 'd1' AND y.id = 'd3' "
            "RETURN size(r.grounds) AS grounds, r.certainty AS certainty, r.rule AS rule"
        ).rows
        assert found == [(1, "inferred", "derive/orders@1")]
