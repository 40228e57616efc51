"""Loops of payments: whose they are, in what order, which are kept, what is said of the rest."""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmodel.derive.loop_ranking import (
    bundled,
    counterparties,
    parties_in_order,
    ranked,
    rarity,
    signs_of,
)
from graphmodel.derive.loop_search import (
    Arrows,
    Found,
    LoopSearch,
    on_circles,
    pieces_of,
    search,
    search_at_once,
)
from graphmodel.derive.payment_loops import find_payment_loops, turned
from graphmodel.store.payment_columns import PaymentColumns, payment_facts
from tests.unit.derive.small_cases import open_case, persons

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.case import Case
    from graphmodel.store.case_file import CaseFile

DAY_S = 86_400
NOBODY = np.empty(0, np.int64)

Row = tuple[int, int, int, int, int]


def columns(*rows: Row) -> tuple[PaymentColumns, Arrows]:
    """Return payments (payer, payee, first day, last day, amount) and their arrows."""
    payer, payee, first, last, amount = np.array(rows, np.int64).reshape(-1, 5).T
    place = np.arange(len(rows))
    one = np.ones(len(rows), np.int64)
    payments = PaymentColumns(
        place + 1, first * DAY_S, last * DAY_S + DAY_S - 1, amount, one, ("CNY",)
    )
    ends = payer.astype(np.int32), payee.astype(np.int32)
    return payments, Arrows(place, *ends, payer, 0 * one, 10)


def kept_of(*rows: Row, settling: tuple[int, ...] = ()) -> set[tuple[int, ...]]:
    """Return the loops kept of payments, as rows in order."""
    payments, arrows = columns(*rows)
    found = search(payments, arrows, LoopSearch())
    signs = signs_of(found, payments, arrows, np.array(settling, np.int64))
    places, _ = bundled(found, arrows, signs)
    return {tuple(found.rows[p, : found.lengths[p]].tolist()) for p in places}


def file_of(case: Case) -> CaseFile:
    """Return the file of a case, to search it again with other limits."""
    return case._case_file  # noqa: SLF001 - limits belong to the derive stage


def loops_of(case: Case, limits: LoopSearch | None = None) -> set[tuple[str, ...]]:
    """Return the loops of a case as ids of payments in order, searched anew."""
    file = file_of(case)
    loops, payments, _ = find_payment_loops(file, limits or LoopSearch())
    ids, _ = payment_facts(file, payments.number.tolist())
    return {tuple(ids[int(payments.number[row])] for row in loop.rows) for loop in loops}


def written(case: Case) -> set[tuple[object, ...]]:
    """Return the loops written into a case: ids of payments in order."""
    steps = case.query(
        "MATCH (l:Loop)-[s:STEP]->(p:Payment) RETURN l.id AS loop, s.position AS at, p.id AS p"
    ).rows
    found: dict[object, list[tuple[object, object]]] = {}
    for loop, at, payment in steps:
        found.setdefault(loop, []).append((at, payment))
    return {tuple(p for _, p in sorted(listed, key=str)) for listed in found.values()}


HEAD = "id,payer,payee,amount,currency,time\n"
ROUND = (
    HEAD
    + """p1,a,b,100.00,CNY,2020-05-01
    p2,b,c,90.00,CNY,2020-05-02
    p3,c,a,80.00,CNY,2020-05-03"""
)


def test_a_loop_is_written_with_its_figures_steps_and_grounds(tmp_path: Path) -> None:
    with open_case(tmp_path / "case", persons=persons("a b c"), payments=ROUND) as case:
        assert written(case) == {("p1", "p2", "p3")}
        (row,) = case.query(
            "MATCH (l:Loop) RETURN l.kind AS kind, l.length AS length, l.amount_minor AS amount, "
            "l.currency AS currency, l.rule AS rule, l.grounds AS grounds"
        ).rows
        assert row[:5] == ("payment", 3, 8_000, "CNY", "derive/payment_loops@1")
        grounds = row[5]
        assert isinstance(grounds, list)
        assert {"p1", "p2", "p3"} < set(grounds)


def test_loops_of_deals_and_of_payments_stand_side_by_side(tmp_path: Path) -> None:
    with open_case(
        tmp_path / "case",
        persons=persons("a b c"),
        payments=ROUND,
        batches="id\nb1",
        deals="""id,seller,buyer,batch,quantity,total,time
        d1,a,b,b1,12345,1000.00,2019-01-01
        d2,b,a,b1,12345,1500.00,2019-01-10""",
    ) as case:
        kinds = case.query("MATCH (l:Loop) RETURN l.kind AS kind, l.length AS length").rows
        assert set(kinds) == {("batch", 2), ("payment", 3)}
        steps = case.query(
            "MATCH (l:Loop)-[s:STEP]->(e) RETURN l.kind AS kind, e.id AS e, s.position AS at"
        ).rows
        assert set(steps) == {
            ("batch", "d1", 1),
            ("batch", "d2", 2),
            ("payment", "p1", 1),
            ("payment", "p2", 2),
            ("payment", "p3", 3),
        }


def test_transfers_inside_one_party_join_its_accounts(tmp_path: Path) -> None:
    with open_case(
        tmp_path / "case",
        persons=persons("a b"),
        accounts="id,platform,holder\na1,bank,a\na2,bank,a\nb1,bank,b",
        payments=HEAD
        + """p1,a1,b1,100.00,CNY,2020-05-01
        own,a1,a2,100.00,CNY,2020-05-01
        back,a2,a1,100.00,CNY,2020-05-02
        p2,b1,a2,90.00,CNY,2020-05-03""",
    ) as case:
        assert written(case) == {("p1", "p2")}


def test_two_who_use_one_account_close_a_loop_each(tmp_path: Path) -> None:
    with open_case(
        tmp_path / "case",
        persons=persons("x y c"),
        accounts="id,platform\nboth,bank\nx1,bank\ny1,bank\nc1,bank",
        controls="person,account,basis\nx,both,used\ny,both,used\nx,x1,used\ny,y1,used\nc,c1,used",
        payments=HEAD
        + """p1,both,c1,100.00,CNY,2020-05-01
        p2,c1,x1,90.00,CNY,2020-05-03
        p3,c1,y1,90.00,CNY,2020-06-20
        p4,both,c1,90.00,CNY,2020-06-19
        p5,both,x1,90.00,CNY,2020-06-19""",
    ) as case:
        # p5 stays with x; each loop stands once although two persons act at p1 and p4
        assert written(case) == {("p1", "p2"), ("p4", "p3")}


OPEN = HEAD + "p1,shared,c,100.00,CNY,2020-05-01\np2,c,{payee},90.00,CNY,2020-05-20"
ENDS = "person,account,since,until,basis\nx,shared,{since},{until},used"


@pytest.mark.parametrize(
    ("since", "until", "joined"),
    [("2020-05-10", "", False), ("", "2020-05-10", True), ("2020-05-10", "2020-05-21", False)],
)
def test_an_account_of_nobody_known_at_one_payment(
    tmp_path: Path, since: str, until: str, *, joined: bool
) -> None:
    # an open since may or may not reach the first payment; a sure change of hands joins nobody
    accounts = "id,platform\nshared,bank\nc,bank"
    with open_case(
        tmp_path / "case",
        persons=persons("x"),
        accounts=accounts,
        controls=ENDS.format(since=since, until=until),
        payments=OPEN.format(payee="shared"),
    ) as case:
        assert (written(case) == {("p1", "p2")}) is joined


def test_what_moved_nothing_is_no_step(tmp_path: Path) -> None:
    table = """id,payer,payee,amount,currency,time,status,refunds
    p1,a,b,100.00,CNY,2020-05-01,,
    p2,b,c,90.00,CNY,2020-05-02,{status},
    p3,c,a,80.00,CNY,2020-05-03,,
    back,c,b,{back},CNY,2020-06-20,,{refunds}"""
    for place, (status, back, refunds, found) in enumerate(
        [
            ("ok", "90.00", "", {("p1", "p2", "p3")}),
            ("failed", "90.00", "", set()),
            ("refunded", "90.00", "", set()),
            ("ok", "90.00", "p2", set()),
            ("ok", "20.00", "p2", {("p1", "p2", "p3")}),
        ]
    ):
        text = table.format(status=status, back=back, refunds=refunds)
        folder = tmp_path / str(place)
        with open_case(folder, persons=persons("a b c"), payments=text) as case:
            assert written(case) == found, (status, back, refunds)


def test_a_refund_in_full_is_no_loop(tmp_path: Path) -> None:
    text = """id,payer,payee,amount,currency,time,refunds
    p1,a,b,100.00,CNY,2020-05-01,
    p2,b,a,100.00,CNY,2020-05-02,p1"""
    with open_case(tmp_path / "case", persons=persons("a b"), payments=text) as case:
        assert written(case) == set()


def test_unknown_times_are_named_where_they_may_close_a_circle(tmp_path: Path) -> None:
    text = ROUND.replace("CNY,2020-05-02", "CNY,") + "\n    line,a,d,5.00,CNY,"
    with open_case(tmp_path / "case", persons=persons("a b c d"), payments=text) as case:
        assert written(case) == set()
        told = "payment_loop: 1 payments without a known time not searched (p2)"
        assert case.flag(graph=False).truncated == (told,)


def test_a_stated_order_decides_and_forbids(tmp_path: Path) -> None:
    table = """id,payer,payee,amount,currency,time,after
    p1,a,b,100.00,CNY,2020-05,{p1}
    p2,b,c,90.00,CNY,2020-05,{p2}
    p3,c,a,80.00,CNY,2020-05,"""
    for place, (p1, p2, found) in enumerate(
        [
            ("", "", {("p1", "p2", "p3")}),
            ("p3", "", {("p2", "p3", "p1")}),
            ("p2", "p3", set()),
        ]
    ):
        text = table.format(p1=p1, p2=p2)
        folder = tmp_path / str(place)
        with open_case(folder, persons=persons("a b c"), payments=text) as case:
            assert written(case) == found, (p1, p2)


def test_length_and_window_are_limits(tmp_path: Path) -> None:
    with open_case(tmp_path / "case", persons=persons("a b c"), payments=ROUND) as case:
        assert loops_of(case, LoopSearch(max_len=2)) == set()
        assert loops_of(case, LoopSearch(max_len=15)) == {("p1", "p2", "p3")}
        assert loops_of(case, LoopSearch(window_days=0)) == set()
        # from the end of the first day to the beginning of the third there is one day and a second
        assert loops_of(case, LoopSearch(window_days=1)) == set()
        assert loops_of(case, LoopSearch(window_days=2)) == {("p1", "p2", "p3")}


def test_more_loops_than_the_cap_are_ranked_and_counted(tmp_path: Path) -> None:
    text = (
        ROUND
        + """
    q1,d,e,900.00,CNY,2020-05-01
    q2,e,f,10.00,CNY,2020-05-20
    q3,f,d,800.00,CNY,2020-05-21"""
    )
    with open_case(tmp_path / "case", persons=persons("a b c d e f"), payments=text) as case:
        file = file_of(case)
        loops, _, told = find_payment_loops(file, LoopSearch(max_loops=1))
        assert told == ["payment_loop: max_loops 1 of 2 loops kept"]
        assert len(loops) == 1
        assert loops_of(case, LoopSearch(max_loops=1)) == {("p1", "p2", "p3")}
        assert find_payment_loops(file, LoopSearch(max_loops=2))[2] == []


def test_the_greater_amount_stays_where_signs_are_equal() -> None:
    payments, arrows = columns(
        (0, 1, 1, 1, 100), (1, 0, 2, 2, 100), (2, 3, 1, 1, 200), (3, 2, 2, 2, 200)
    )
    found = search(payments, arrows, LoopSearch())
    signs = signs_of(found, payments, arrows, NOBODY)
    once = np.ones(2, np.int64)
    assert ranked(found, arrows, signs, once, NOBODY) == [1, 0]
    assert ranked(found, arrows, signs, once, np.array([0, 1])) == [0, 1]


def test_the_rarer_stays_where_signs_are_equal() -> None:
    payments, arrows = columns(
        (0, 1, 1, 1, 100),
        (1, 0, 2, 2, 100),
        (2, 3, 1, 1, 50),
        (3, 2, 2, 2, 50),
        (0, 1, 200, 200, 7),
    )
    found = search(payments, arrows, LoopSearch())
    signs = signs_of(found, payments, arrows, NOBODY)
    assert ranked(found, arrows, signs, np.ones(2, np.int64), NOBODY) == [1, 0]


def test_parallel_payments_are_bundled_and_no_payment_serves_twice() -> None:
    there = [(0, 1, 1, 1, 100), (0, 1, 2, 2, 50)]
    back = [(1, 0, 5, 5, 95), (1, 0, 6, 6, 49), (1, 0, 7, 7, 3)]
    assert kept_of(*there, *back) == {(0, 2), (1, 3)}


def test_of_equals_the_payment_that_settles_a_deal_stays() -> None:
    rows = [(0, 1, 1, 1, 100), (1, 0, 5, 5, 95), (1, 0, 6, 6, 94)]
    assert kept_of(*rows) == {(0, 1)}
    assert kept_of(*rows, settling=(3,)) == {(0, 2)}


def test_the_same_parties_another_way_round_are_no_bundle() -> None:
    one = [(0, 1, 1, 1, 9), (1, 2, 2, 2, 9), (2, 0, 3, 3, 9)]
    other = [(1, 0, 1, 1, 9), (0, 2, 2, 2, 9), (2, 1, 3, 3, 9)]
    kept = kept_of(*one, *other)
    assert {(0, 1, 2), (3, 4, 5)} <= kept


def test_parties_are_read_from_the_least() -> None:
    _, arrows = columns((2, 1, 1, 1, 9), (1, 0, 2, 2, 9), (0, 2, 3, 3, 9))
    found = Found(np.array([[0, 1, 2, -1], [1, 2, 0, -1]]), np.array([3, 3]), 0)
    assert parties_in_order(found, arrows).tolist() == [[0, 2, 1, -1], [0, 2, 1, -1]]


def test_no_payments_no_loops() -> None:
    assert kept_of() == set()
    payments, arrows = columns()
    assert search(payments, arrows, LoopSearch()).rows.shape[0] == 0


DAYS = st.tuples(st.integers(0, 30), st.integers(0, 6))
PAYMENTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), DAYS, st.integers(1, 99)), max_size=7
)


@given(PAYMENTS)
def test_every_loop_is_found_and_each_kept_one_is_possible(
    made: list[tuple[int, int, tuple[int, int], int]],
) -> None:
    listed = [(a, b, t, t + w, m) for a, b, (t, w), m in made if a != b]
    wanted = {
        frozenset(chain)
        for size in range(2, 5)
        for chain in permutations(range(len(listed)), size)
        if is_loop([listed[i] for i in chain])
    }
    payments, arrows = columns(*listed)
    found = search(payments, arrows, LoopSearch())
    loops = [tuple(found.rows[i, :n].tolist()) for i, n in enumerate(found.lengths.tolist())]
    assert {frozenset(loop) for loop in loops} == wanted
    kept = kept_of(*listed)
    assert {frozenset(loop) for loop in kept} <= wanted
    assert all(is_loop([listed[i] for i in loop]) for loop in kept)
    ways = {frozenset((listed[i][0], listed[i][1]) for i in loop) for loop in loops}
    assert {frozenset((listed[i][0], listed[i][1]) for i in loop) for loop in kept} == ways
    assert all(on_circles(arrows)[list(loop)].all() for loop in loops)


def is_loop(chain: list[Row]) -> bool:
    """Tell whether payments, in this order, are a loop in possible order within 30 days."""
    following = (*chain[1:], chain[0])
    if any(a[1] != b[0] for a, b in zip(chain, following, strict=True)):
        return False
    if len({payment[0] for payment in chain}) < len(chain):
        return False
    latest = chain[0][2]
    for payment in chain[1:]:
        if payment[3] < latest:
            return False
        latest = max(latest, payment[2])
    first_end = min(payment[3] for payment in chain)
    return (latest * DAY_S) - (first_end * DAY_S + DAY_S - 1) <= 30 * DAY_S


SPANS = {0: (0, 5), 1: (3, 9), 2: (4, 4)}


@given(st.permutations([0, 1, 2]))
def test_turning_begins_at_the_earliest_that_can_be_first(loop: list[int]) -> None:
    spans = [SPANS[number] for number in loop]
    first = loop.index(0)
    assert turned(loop, spans, loop, {}) == loop[first:] + loop[:first]
    # a payment stated to be before 0 cannot follow it
    begun = turned(loop, spans, loop, {(1, 0): "stated"})
    assert begun is None or begun.index(1) < begun.index(0)
    assert turned(loop, spans, loop, {(1, 0): "x", (0, 2): "x", (2, 1): "x"}) is None


def century(*widths: int) -> tuple[PaymentColumns, Arrows]:
    """Return 137 years of payments without a pause of a month, and two loops far apart.

    `widths`: seconds that the times of the first payments are known to.
    """
    begin = np.arange(2_000) * 25 * DAY_S
    loops = np.array([101, 102, 103, 1904, 1905, 1906])
    for place in (101, 1904):
        begin[place : place + 3] = begin[place] + np.array([0, 10, 20])
    end = begin.copy()
    end[: len(widths)] += np.array(widths, np.int64)
    payer, payee = 10 + 2 * np.arange(2_000), 11 + 2 * np.arange(2_000)
    payer[loops], payee[loops] = [1, 2, 3, 1, 2, 3], [2, 3, 1, 2, 3, 1]
    one = np.ones(2_000, np.int64)
    payments = PaymentColumns(np.arange(2_000), begin, end, 100 * one, one, ("CNY",))
    ends = payer.astype(np.int32), payee.astype(np.int32)
    return payments, Arrows(np.arange(2_000), *ends, payer, 0 * one, 4_100)


def test_more_years_than_a_search_spans_are_cut_into_pieces() -> None:
    payments, arrows = century()
    with pytest.raises(ValueError, match="without a pause"):
        search_at_once(payments, arrows, LoopSearch(), compiled=False)
    found = search(payments, arrows, LoopSearch())
    loops = {tuple(row[:n]) for row, n in zip(found.rows.tolist(), found.lengths, strict=True)}
    assert loops == {(101, 102, 103), (1904, 1905, 1906)}
    pieces = pieces_of(payments, arrows, LoopSearch())
    assert pieces is not None
    assert all(a[1][1] == b[1][0] for a, b in pairwise(pieces))
    assert {row for rows, _ in pieces for row in rows.tolist()} == set(range(2_000))


def test_a_payment_known_to_decades_leaves_no_pieces() -> None:
    payments, arrows = century(20 * 366 * DAY_S)
    assert pieces_of(payments, arrows, LoopSearch()) is None
    with pytest.raises(ValueError, match="without a pause"):
        search(payments, arrows, LoopSearch())


def test_members_who_deal_with_few_make_a_loop_rare() -> None:
    payments, arrows = columns(
        *((0, 1, 1, 1, 100), (1, 2, 2, 2, 100), (2, 0, 3, 3, 100)),
        *((3, 4, 1, 1, 100), (4, 5, 2, 2, 100), (5, 3, 3, 3, 100)),
        *((3, 6, 1, 1, 100), (7, 3, 2, 2, 100), (4, 8, 3, 3, 100), (9, 5, 3, 3, 100)),
    )
    known = counterparties(arrows)
    assert known.tolist() == [2, 2, 2, 4, 3, 3, 1, 1, 1, 1]
    found = search(payments, arrows, LoopSearch())
    told = rarity(found, arrows, known)
    assert found.rows[:, :3].tolist() == [[0, 1, 2], [3, 4, 5]]
    usual = (3 * 4 + 16 + 2 * 9) / (3 * 2 + 4 + 2 * 3)
    assert told.tolist() == pytest.approx(
        [3 * np.log(usual / 2), np.log(usual / 4) + 2 * np.log(usual / 3)]
    )
    signs = signs_of(found, payments, arrows, NOBODY)
    assert ranked(found, arrows, signs, np.ones(2, np.int64), NOBODY) == [0, 1]
