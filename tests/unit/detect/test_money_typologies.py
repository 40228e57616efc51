"""Edges of the typologies of payments: what is chosen, what limits, what is stated."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from graphmodel.detect.parties import Side
from graphmodel.detect.passed_on import Sweep
from graphmodel.detect.records import Span
from graphmodel.detect.view_payments import Transfer
from graphmodel.model.counts import Bounded
from tests.unit.derive.small_cases import open_case, persons

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.model.finding import Finding


def transfer(id_: str, payer: str, payee: str, amount: int, at: int) -> Transfer:
    """Return a payment of an exact amount at an instant."""
    span = Span(at, at)
    money = Bounded(Fraction(amount))
    return Transfer(
        id_,
        Side(frozenset({payer}), payer, span),
        Side(frozenset({payee}), payee, span),
        amount=money,
        net=money,
        is_refund=False,
        currency="CNY",
        span=span,
        channel="",
        status="ok",
        payer_left=None,
    )


def chosen(outs: list[Transfer], ins: list[Transfer], max_in: int = 20) -> list[set[str]]:
    """Return the payments in that each payment out is covered by, one after another."""
    sweep = Sweep(max_in, {out.id: ins for out in outs})
    found = [sweep.choose(out, 0.8) for out in outs]
    return [{t.id for t in match.incoming} if match else set() for match in found]


OUT = transfer("out", "m", "z", 90, 10)


def test_the_payment_in_of_the_nearest_amount_is_taken() -> None:
    ins = [transfer("wide", "y", "m", 110, 9), transfer("near", "y", "m", 95, 1)]
    assert chosen([OUT], ins) == [{"near"}]


def test_one_payer_comes_before_a_mixture() -> None:
    ins = [
        transfer("a1", "a", "m", 50, 1),
        transfer("a2", "a", "m", 45, 2),
        transfer("b1", "b", "m", 60, 3),
        transfer("b2", "b", "m", 5, 4),
    ]
    assert chosen([OUT], ins) == [{"a1", "a2"}]
    mixed = [transfer("a1", "a", "m", 50, 1), transfer("b1", "b", "m", 45, 3)]
    assert chosen([OUT], mixed) == [{"a1", "b1"}]


def test_the_latest_are_taken_until_they_cover() -> None:
    ins = [transfer(f"i{at}", "a", "m", 30, at) for at in range(1, 6)]
    assert chosen([OUT], ins) == [{"i3", "i4", "i5"}]


def test_no_payment_in_serves_twice() -> None:
    again = transfer("again", "m", "z", 88, 11)
    assert chosen([OUT, again], [transfer("in", "y", "m", 95, 1)]) == [{"in"}, set()]


def test_more_payments_in_than_allowed_are_no_pair() -> None:
    ins = [transfer(f"i{at}", "a", "m", 30, at) for at in range(1, 6)]
    assert chosen([OUT], ins, max_in=2) == [set()]


def test_of_many_payers_nobody_can_say_whose_money_went_on() -> None:
    ins = [transfer(f"i{at}", f"y{at}", "m", 30, at) for at in range(1, 6)]
    assert chosen([OUT], ins, max_in=5) == [{"i3", "i4", "i5"}]
    assert chosen([OUT], ins, max_in=4) == [set()]


def test_more_out_than_in_is_no_pair() -> None:
    assert chosen([OUT], [transfer("in", "y", "m", 89, 1)]) == [set()]
    assert chosen([OUT], [transfer("in", "y", "m", 90, 1)]) == [{"in"}]


def of(found: tuple[Finding, ...], typology: str) -> list[tuple[str, set[str]]]:
    """Return level and signals of the findings of one typology."""
    return [
        (f.level.label, {s.name for s in f.signals if s.hit})
        for f in found
        if f.typology == typology
    ]


HEAD = "id,payer,payee,amount,currency,time,status,refunds\n"
THROUGH = HEAD + "in,y,m,100.00,CNY,2020-05-01T10:00:00,,\nout,m,z,95.00,CNY,{time},,\n"


def test_a_passing_on_that_is_stated_needs_no_window(tmp_path: Path) -> None:
    for place, (about, expected) in enumerate(
        [("in;out", [("supported", {"almost_all", "share_stated"})]), ("in", [])]
    ):
        with open_case(
            tmp_path / str(place),
            persons=persons("y m z"),
            payments=THROUGH.format(time="2020-06-20"),
            circumstances=f"id,kind,about,party,amount,currency\nkept,share,{about},m,5.00,CNY",
        ) as case:
            found = case.flag(typologies=["pass_through"], graph=False).findings
            assert of(found, "pass_through") == expected
            for finding in found:
                figures = finding.to_json("en")["figures"]
                assert isinstance(figures, dict)
                assert figures["unexplained"]["amount"] == "0.00"


def test_refunds_are_neither_in_nor_out(tmp_path: Path) -> None:
    late = "2020-05-01T11:00:00"
    back = "back,{payer},{payee},{amount},CNY,2020-05-03,,{refunds}\n"
    for place, (row, expected) in enumerate(
        [
            (back.format(payer="m", payee="y", amount="100.00", refunds="in"), 0),
            (back.format(payer="z", payee="m", amount="95.00", refunds="out"), 0),
            (back.format(payer="m", payee="y", amount="1.00", refunds="in"), 1),
            (back.format(payer="m", payee="y", amount="100.00", refunds=""), 1),
        ]
    ):
        folder, table = tmp_path / str(place), THROUGH.format(time=late) + row
        with open_case(folder, persons=persons("y m z"), payments=table) as case:
            found = case.flag(typologies=["pass_through"], graph=False).findings
            assert len(found) == expected, row


def test_a_hand_known_at_one_of_two_payments_is_one_party(tmp_path: Path) -> None:
    for place, (since, expected) in enumerate([("", 1), ("2020-05-02T00:00:00", 0)]):
        with open_case(
            tmp_path / str(place),
            persons=persons("y m z"),
            accounts="id,platform,holder\ny1,bank,y\ncard,bank,\nz1,bank,z",
            controls=f"person,account,since,until,basis\nm,card,{since},2020-05-03,used",
            payments=THROUGH.format(time="2020-05-02T11:00:00")
            .replace(",y,m,", ",y1,card,")
            .replace(",m,z,", ",card,z1,")
            .replace("2020-05-01T10:00:00", "2020-05-01T23:00:00"),
        ) as case:
            report = case.flag(typologies=["pass_through"], graph=False)
            parties = case.query(
                "MATCH (p:Payment)-[r:PARTY]->(q) WHERE q.id IN ['m', 'card'] "
                "RETURN p.id AS p, q.id AS q"
            ).rows
            assert len(report.findings) == expected, (since, parties)


ROUND = """id,payer,payee,amount,currency,time
    p1,a,b,100.00,CNY,2020-05-01T10:00:00
    p2,b,c,95.00,CNY,2020-05-01T11:00:00
    p3,c,a,90.00,CNY,2020-05-01T12:00:00"""


@pytest.mark.parametrize("typology", ["payment_loop", "pass_through"])
def test_a_platform_limits_the_level(tmp_path: Path, typology: str) -> None:
    with open_case(tmp_path / "case", persons=persons("a b c"), payments=ROUND) as case:
        plain = case.flag(typologies=[typology], graph=False).findings
        assert {level for level, _ in of(plain, typology)} == {"supported"}
        rules = {typology: {"hub_parties": 1}}
        limited = case.flag(typologies=[typology], graph=False, rules=rules).findings
        assert {level for level, _ in of(limited, typology)} <= {"lead"}


def test_a_loop_says_more_than_what_passes_through(tmp_path: Path) -> None:
    deals = "id,seller,buyer,batch,quantity,total,currency,time\nd,b,a,list,9,1.00,CNY,2020-05-01"
    with open_case(
        tmp_path / "case",
        persons=persons("a b c"),
        payments=ROUND,
        batches="id\nlist",
        deals=deals,
    ) as case:
        report = case.flag(typologies=["payment_loop", "pass_through"], graph=False)
        (loop,) = [f for f in report.findings if f.typology == "payment_loop"]
        assert loop.level.label == "strong"
        assert set(loop.absorbed) <= {"pass_through"}
        events = set(loop.events)
        assert [f for f in report.findings if f is not loop and set(f.events) <= events] == []
