"""Passing on in very many payments: the arrays say what the pattern's rows say."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphmodel.case import Case
from graphmodel.detect import passed_columns
from graphmodel.detect.passed_columns import Reach
from graphmodel.detect.typologies.pass_through import PassParams
from graphmodel.query.rules import rule
from tests.examples.tables import write_case
from tests.unit.derive.small_cases import open_case, persons

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.query.engines.embedded import EmbeddedEngine
    from graphmodel.store.case_file import CaseFile

PEOPLE = ("p0", "p1", "p2", "p3", "p4")
ACCOUNTS = [f"a{n}" for n in range(7)]
TIMES = [
    "",
    "2020",
    "2020-03",
    *(f"2020-03-{day:02}" for day in (1, 2, 5)),
    *(f"2020-03-01T{hour:02}:00:00" for hour in range(8, 22)),
    *(f"2020-03-02T{hour:02}:30:00" for hour in range(8, 14)),
]
AMOUNTS = [("100.00", ""), ("95.00", ""), ("60.00", ""), ("90.00", "about"), ("55.00", "at_least")]


def tables(seed: int) -> dict[str, str]:
    """Return payments of every kind: coarse, about, refunded, failed, through shared accounts."""
    rng = Random(seed)  # noqa: S311 - a case is to be drawn again
    accounts = [f"{a},bank,{rng.choice(['', '', *PEOPLE])}" for a in ACCOUNTS]
    controls = [
        f"{rng.choice(PEOPLE)},{rng.choice(ACCOUNTS[:4])},{rng.choice(['', '2020-03-02'])}"
        for _ in range(3)
    ]
    rows = []
    for place in range(60):
        payer, payee = rng.sample(ACCOUNTS, 2)
        amount, bound = rng.choice(AMOUNTS)
        currency = rng.choice(["CNY", "CNY", "CNY", "USD"])
        status = rng.choice(["", "", "", "", "failed"])
        refunds = f"t{rng.randrange(place):02}" if place and rng.random() < 0.1 else ""
        left = rng.choice(["", "3.00", "900.00"])
        after = f"t{rng.randrange(place):02}" if place and rng.random() < 0.05 else ""
        cells = (amount, bound, currency, rng.choice(TIMES), status, refunds, left, after)
        rows.append(f"t{place:02},{payer},{payee}," + ",".join(cells))
    named = ";".join(f"t{place:02}" for place in rng.sample(range(60), 4))
    head = (
        "id,payer,payee,amount,amount_bound,currency,time,status,refunds,payer_balance_after,after"
    )
    return {
        "persons": persons(" ".join(PEOPLE)),
        "accounts": "\n".join(["id,platform,holder", *accounts]),
        "controls": "\n".join(["person,account,since", *dict.fromkeys(controls)]),
        "payments": "\n".join([head, *rows]),
        "circumstances": f"id,kind,about,party,amount,currency\nkept,share,{named},p0,5.00,CNY",
    }


def open_random(folder: Path, seed: int) -> Case:
    """Open a case of random payments; rows that a reader refuses would only make it smaller."""
    return Case.open(write_case(folder / "case", tables(seed)))


def file_of(case: Case) -> CaseFile:
    """Return the file of a case."""
    return case._case_file  # noqa: SLF001 - columns are read below the façade


def engine_of(case: Case) -> EmbeddedEngine:
    """Return an engine on the graph of a case."""
    return case._engine()  # noqa: SLF001 - the pattern is asked as it stands


@pytest.mark.parametrize("seed", range(12))
def test_findings_are_those_of_the_pattern(tmp_path: Path, seed: int) -> None:
    with open_random(tmp_path, seed) as case:
        reports = [
            case.flag(
                typologies=["pass_through"],
                rules={"pass_through": {"many_payments": many}},
                graph=False,
            )
            for many in (0, 10**9)
        ]
        arrays, pattern = (
            [{**f.to_json("en"), "params": None} for f in report.findings] for report in reports
        )
        assert arrays == pattern
        assert reports[0].set_aside == reports[1].set_aside
        assert reports[0].examined["pass_through"] > 0


@pytest.mark.parametrize("seed", range(4))
def test_pairs_are_those_of_the_pattern_or_more(tmp_path: Path, seed: int) -> None:
    with open_random(tmp_path, seed) as case:
        limits = PassParams()
        flows = passed_columns.read(file_of(case))
        reach = Reach(limits.window_hours * 3600, limits.lead_ratio, limits.max_pairs)
        pairs = passed_columns.passed_pairs(flows, reach)
        ids = dict(
            file_of(case).connection.execute('SELECT _nid, id FROM graph."Payment"').fetchall()
        )
        numbers = flows.columns.number
        ours = {
            (ids[numbers[into]], ids[numbers[out]])
            for into, out in zip(pairs.incoming, pairs.outgoing, strict=True)
        }
        values = limits.model_dump()
        found = rule("typologies/pass_through")
        rows = engine_of(case).run(found.text, {name: values[name] for name in found.params}).rows
        looked_at = {ids[number] for number in numbers}
        asked = {(i, o) for i, o in rows if {i, o} <= looked_at}
        before = {
            (a, b)
            for a, b in case.query(
                "MATCH (a:Payment)-[:BEFORE]->(b:Payment) RETURN a.id AS a, b.id AS b"
            ).rows
        }
        stated = set(
            case.query(
                "MATCH (i:Payment)<-[:CONCERNS]-(:Circumstance)-[:CONCERNS]->(o:Payment) "
                "RETURN i.id AS i, o.id AS o"
            ).rows
        )
        missing = asked - ours
        assert missing <= stated
        assert len(asked) > 5
        assert not {(o, i) for i, o in asked} & before


def test_a_hand_beyond_the_cap_is_left_out_and_told(tmp_path: Path) -> None:
    rows = [f"i{n},y{n % 3},hub,100.00,2020-05-01T10:{n:02}:00" for n in range(20)]
    rows += [f"o{n},hub,z{n % 3},95.00,2020-05-01T11:{n:02}:00" for n in range(20)]
    rows += ["in,y0,m,100.00,2020-05-01T10:00:00", "out,m,z0,95.00,2020-05-01T10:10:00"]
    people = persons("hub m y0 y1 y2 z0 z1 z2")
    with open_case(
        tmp_path / "case", persons=people, payments="\n".join(["id,payer,payee,amount,time", *rows])
    ) as case:
        chosen = {"many_payments": 0, "max_pairs": 100}
        report = case.flag(typologies=["pass_through"], rules={"pass_through": chosen}, graph=False)
        assert [finding.roles["intermediary"] for finding in report.findings] == [("m",)]
        assert report.truncated == ("pass_through: max_pairs 100: not searched through hub",)


def test_pairs_the_other_way_are_surely_the_other_way(tmp_path: Path) -> None:
    rows = [
        "out1,a,c,95.00,2020-05-01T10:00:00",
        "in1,b,a,100.00,2020-05-01T10:30:00",
        "out2,d,c,95.00,2020-05-01",  # on one day: which came first is not decided
        "in2,b,d,100.00,2020-05-01T10:30:00",
        "out3,e,b,95.00,2020-05-01T10:00:00",  # back to who paid in
        "in3,b,e,100.00,2020-05-01T10:30:00",
        "out4,f,c,85.00,2020-05-01T10:00:00",
        "in4,b,f,100.00,2020-05-01T10:30:00",
        "out5,g,c,95.00,2020-05-01T06:00:00",
        "in5,b,g,100.00,2020-05-01T10:30:00",
    ]
    with open_case(
        tmp_path / "case",
        persons=persons("a b c d e f g"),
        payments="\n".join(["id,payer,payee,amount,time", *rows]),
    ) as case:
        flows = passed_columns.read(file_of(case))
        reach = Reach(2 * 3600, 0.9, 1000)
        assert list(passed_columns.mirrored_hands(file_of(case), flows, reach)) == ["a"]
        far = Reach(5 * 3600, 0.9, 1000)
        assert list(passed_columns.mirrored_hands(file_of(case), flows, far)) == ["a", "g"]


def test_nothing_is_found_among_no_payments(tmp_path: Path) -> None:
    with open_case(tmp_path / "case", persons=persons("a")) as case:
        flows = passed_columns.read(file_of(case))
        pairs = passed_columns.passed_pairs(flows, Reach(3600, 0.5, 10))
        assert len(pairs.incoming) == 0
        assert np.array_equal(pairs.incoming, pairs.outgoing)
