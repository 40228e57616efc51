"""What a deal is worth and about, what is the same goods, and what was sold on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.derive.small_cases import open_case, pairs, persons, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphmodel.case import Case

HEX = "a" * 64


@pytest.fixture(scope="module")
def goods(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Return a case about batches and quantities."""
    digests = "\n".join(f"{b},{i:064x}" for b, n in (("r1", 5), ("r2", 4)) for i in range(n))
    with open_case(
        tmp_path_factory.mktemp("goods") / "case",
        persons=persons("s b"),
        batches=f"""id,records,file_sha256
        b1,100,{HEX}
        b2,100,{HEX}
        b3,100,
        b4,100,
        b5,100,
        b6,10,
        b7,100,
        b8,10,
        r1,,
        r2,,
        r3,,
        """,
        batch_links="""a,kind,b,shared
        b3,same,b2,
        b4,subset,b3,
        b5,derived,b4,
        b6,overlap,b7,8
        b8,overlap,b7,7
        """,
        records=f"batch,digest\n{digests}\nr3,{99:064x}\nr3,{0:064x}",
        deals="""id,seller,buyer,batch,quantity,quantity_bound,free_quantity,kind,status
        q1,s,b,b1,30000,,7002,,
        q2,s,b,b3,30000,,7002,sample,
        q3,s,b,,30000,at_least,7002,,
        r1000,s,b,,10000,,,,
        r1000b,s,b,,10000,,,,
        t1,s,b,,12345,,,,
        t2,s,b,,12345,,0,,
        t3,s,b,,12345,,1,,
        m1,s,b,,4321,,,,
        m2,s,b,,4321,,,,
        m3,s,b,,4321,,,,
        m4,s,b,,4321,,,,cancelled
        z1,s,b,,1230,,,,
        z2,s,b,,1230,,,,
        y1,s,b,,1230000,,,,
        w1,s,b,,123400,,,,
        w2,s,b,,123400,,,,
        """,
    ) as case:
        yield case


def test_goods_are_one_over_digest_and_stated_same(goods: Case) -> None:
    rows_ = goods.query("MATCH (b:Batch) RETURN b.id AS b, b.goods AS goods").rows
    found = {str(b): one for b, one in rows_}
    assert {b for b, one in found.items() if one == found["b1"]} == {"b1", "b2", "b3"}
    for alone in ("b4", "b5", "b6", "b7", "b8", "r1", "r2"):
        assert found[alone] == alone
    rows_ = goods.query("MATCH (d:Deal) RETURN d.id AS d, d.goods AS goods").rows
    deals = {str(d): one for d, one in rows_}
    assert deals["q1"] == deals["q2"] == found["b1"]
    assert deals["q3"] == "unnamed:q3"


def test_same_batch_by_link_digest_and_overlap(goods: Case) -> None:
    assert pairs(goods, "SAME_BATCH", "method") == {
        ("b1", "b2", "digest"),
        ("b2", "b3", "same"),
        ("b3", "b4", "subset"),
        ("b4", "b5", "derived"),
        ("b6", "b7", "overlap"),
        ("r1", "r2", "overlap"),
    }


def test_same_quantity_is_rare_exact_and_has_four_significant_digits(goods: Case) -> None:
    assert pairs(goods, "SAME_QUANTITY") == {
        # the free quantity has four digits; an at-least quantity is no fingerprint
        ("q1", "q2"),
        ("t1", "t2"),
        ("w1", "w2"),
        # 4,321 is found in four deals, 1,230 has three digits, 10,000 has one
    }


RESALES = """id,seller,buyer,batch,quantity,kind,status,time,after
a1,s,x,b1,100,,,2019-01-01,
a2,x,b,b1,100,,,2019-01-08T00:00:00,
a3,x,b,b1,100,,,2019-03-01,
a4,x,b,b1,100,,,2020-02-01,
a5,x,b,b1,100,sample,,2019-01-05,
a6,x,b,b1,100,,cancelled,2019-01-05,
a7,x,b,b2,100,,,2019-01-05,
k1,s,x,b3,100,,,2019-01-01,
k2,kin,b,b3,100,,,2019-01-02,
k3,kin,b,b3,100,,,2021-01-02,
g1,s,agent,b4,100,,,2019-01-01,
g2,x,b,b4,100,,,2019-01-02,
n1,s,x,b5,100,,,2019-03,
n2,x,b,b5,100,,,2019-03,n1
n3,x,b,b6,100,,,2019-03,
n0,s,x,b6,100,,,2019-03,
f1,s,x,,12345,,,2019-01-01,
f2,x,b,,12345,,,2019-02-01,
f3,s,x,,23456,,,2019-01-01,
f4,x,b,,23456,,,2019-02-02,
"""


@pytest.fixture(scope="module")
def resales(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Return a case about goods sold on."""
    with open_case(
        tmp_path_factory.mktemp("resales") / "case",
        persons=persons("s x b kin agent"),
        batches="id\nb1\nb2\nb3\nb4\nb5\nb6",
        ties="""a,kind,b,since,until
        kin,kin_of,x,,2020
        agent,agent_of,x,,
        """,
        deals=RESALES,
    ) as case:
        yield case


def test_resale_windows_hands_order_and_closeness(resales: Case) -> None:
    assert rows(resales, "RESALE", "hands", "shown", "decided", "close") == {
        # seven days are close to the second: first second of a1 to last of a2
        ("a1", "a2", 3, True, True, True),
        ("a1", "a3", 3, True, True, False),
        ("k1", "k2", 2, True, True, True),
        ("g1", "g2", 1, True, True, True),
        # the month alone decides nothing, the stated order does
        ("n1", "n2", 3, True, True, False),
        ("n0", "n3", 3, True, False, False),
        # 31 days by quantity, from the end of one day to the start of the other: f4 is too late
        ("f1", "f2", 3, False, True, False),
    }


def test_a_rare_quantity_is_a_fact_and_no_window_of_its_own(resales: Case) -> None:
    assert pairs(resales, "SAME_QUANTITY") == {("f1", "f2"), ("f3", "f4")}


def test_the_closest_hands_count_where_several_hold(tmp_path: Path) -> None:
    with open_case(
        tmp_path / "case",
        persons=persons("s x kin b"),
        accounts="id,platform\nacc,qq",
        controls="person,account\nx,acc\nkin,acc",
        batches="id\nb1",
        ties="a,kind,b\nkin,spouse_of,x\nkin,agent_of,x",
        deals="""id,seller,buyer,batch,time
        d1,s,acc,b1,2019-01-01
        d2,acc,b,b1,2019-01-02
        """,
    ) as case:
        assert rows(case, "RESALE", "hands") == {("d1", "d2", 3)}


def test_one_account_of_which_nobody_is_known_at_one_event_is_one_party(tmp_path: Path) -> None:
    with open_case(
        tmp_path / "case",
        persons=persons("s k b"),
        accounts="id,platform\nacc,qq",
        controls="person,account,since,until\nk,acc,2018,2018-12",
        batches="id\nb1",
        deals="""id,seller,buyer,batch,time
        d1,s,acc,b1,2018-06-01
        d2,acc,b,b1,2019-02-01
        """,
    ) as case:
        assert rows(case, "RESALE", "hands") == {("d1", "d2", 3)}


def test_an_account_that_surely_changed_hands_joins_nobody(tmp_path: Path) -> None:
    with open_case(
        tmp_path / "case",
        persons=persons("s k other b"),
        accounts="id,platform\nacc,qq",
        controls="person,account,since,until\nk,acc,2018,2018-12\nother,acc,2019,",
        batches="id\nb1",
        deals="""id,seller,buyer,batch,time
        d1,s,acc,b1,2018-06-01
        d2,acc,b,b1,2019-02-01
        """,
    ) as case:
        assert rows(case, "RESALE") == set()


def test_the_time_of_a_transfer_is_its_earliest_delivery(tmp_path: Path) -> None:
    with open_case(
        tmp_path / "case",
        persons=persons("s x b"),
        batches="id\nb1",
        deals="""id,seller,buyer,batch,time
        d1,s,x,b1,2019-03
        d2,x,b,b1,2019-03
        """,
        deliveries="""id,sender,receiver,batch,time,deal
        v1,s,x,b1,2019-03-02,d1
        v2,x,b,b1,2019-03-05,d2
        """,
    ) as case:
        assert rows(case, "RESALE", "decided", "close") == {("d1", "d2", True, True)}


def test_a_count_that_is_only_at_least_shows_no_containment(tmp_path: Path) -> None:
    with open_case(
        tmp_path / "case",
        batches="id,records,records_bound\nb1,5,at_least\nb2,100,exact",
        batch_links="a,kind,b,shared\nb1,overlap,b2,4",
    ) as case:
        assert rows(case, "SAME_BATCH") == set()


def test_an_overlap_stated_and_found_is_one_fact(tmp_path: Path) -> None:
    digests = "\n".join(f"{b},{i:064x}" for b in ("b1", "b2") for i in range(4))
    with open_case(
        tmp_path / "case",
        batches="id,records\nb1,4\nb2,4\nb3,4",
        batch_links="a,kind,b,shared\nb1,overlap,b2,4\nb1,overlap,b3,4",
        records=f"batch,digest\n{digests}",
    ) as case:
        found = case.query("MATCH (:Batch)-[r:SAME_BATCH]->(:Batch) RETURN r.id AS id").rows
        assert len(found) == len(set(found)) == 2


VALUES = """id,seller,buyer,quantity,unit_price,total,currency,status
stated,s,b,10,1.00,12.00,,
product,s,b,30000,0.15,,,
paid,s,b,10,,,,
partly,s,b,10,,,,
back,s,b,10,,,,
marked,s,b,10,,5.00,,
foreign,s,b,10,,,,
refunded,s,b,10,1.00,,,refunded
open,s,b,,,,,
"""


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Return a case about what deals are worth."""
    with open_case(
        tmp_path_factory.mktemp("values") / "case",
        persons=persons("s b"),
        deals=VALUES,
        payments="""id,payer,payee,amount,currency,deal,status,refunds
        p1,b,s,3.00,,paid,,
        p2,b,s,4.00,,paid,,
        p3,b,s,100.00,,paid,failed,
        q1,b,s,10.00,,partly,,
        q2,s,b,4.00,,,,q1
        b1,b,s,10.00,,back,,
        b2,s,b,10.00,,back,,b1
        m1,b,s,5.00,,marked,refunded,
        f1,b,s,5.00,USDT,foreign,,
        """,
    ) as case:
        yield case


def test_values_of_deals(values: Case) -> None:
    found = values.query("MATCH (d:Deal) RETURN d.id AS d, d.value_minor AS v, d.live AS live").rows
    assert {row for row in found if row[0] != "back"} == {
        ("stated", 1_200, True),
        ("product", 450_000, True),
        ("paid", 700, True),
        ("partly", 600, True),
        ("marked", 500, False),
        ("foreign", None, True),
        ("refunded", 1_000, False),
        ("open", None, True),
    }


def test_a_refund_that_names_its_deal_is_no_payment_for_it(values: Case) -> None:
    found = values.query(
        "MATCH (d:Deal) WHERE d.id = 'back' RETURN d.value_minor AS v, d.live AS live"
    ).rows
    assert found == [(0, False)]


def test_a_value_beyond_the_store_is_no_crash(tmp_path: Path) -> None:
    deals = """id,seller,buyer,quantity,unit_price
    d1,s,b,1000000000000,1000000000
    """
    with open_case(tmp_path / "case", persons=persons("s b"), deals=deals) as case:
        assert case.query("MATCH (d:Deal) RETURN d.id AS d").rows == [("d1",)]
