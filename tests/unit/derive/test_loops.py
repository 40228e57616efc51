"""Loops of deals: order, span, how they close, which rotation is told, and what limits."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from graphmodel.derive.loops import DAY_S, DealGraph, Tie, Walk, find_loops
from tests.unit.derive.small_cases import open_case, persons, rows

if TYPE_CHECKING:
    from pathlib import Path

LIMITS = Walk(max_deals=6, span_days=93, max_states=10_000, max_loops=10_000)
FOREVER = 10**15


def graph_of(*deals: tuple[str, str, str, int, int]) -> DealGraph:
    """Return a graph of deals (id, seller, buyer, first day, last day) of one goods."""
    graph = DealGraph(
        {id_: (t0 * DAY_S, t1 * DAY_S) for id_, _, _, t0, t1 in deals},
        {id_: (100, "CNY") for id_, *_ in deals},
        {id_: "b1" for id_, *_ in deals},
    )
    for id_, seller, buyer, _, _ in deals:
        graph.sellers[id_].add(seller)
        graph.buyers[id_].add(buyer)
        graph.bought[buyer].add(id_)
    for a, _, middle, t0, t1 in sorted(deals):
        for b, seller, _, u0, u1 in sorted(deals):
            if a != b and middle == seller and t0 <= u1:
                graph.next_deals[a].append(b)
                graph.grounds[a, b] = f"RESALE;{a};{b}"
                if t1 < u0:
                    graph.decided.add((a, b))
    return graph


def tie(graph: DealGraph, a: str, b: str, hands: int, **times: int | str | None) -> None:
    """Add a tie of two parties."""
    parts = {"since_t0": -FOREVER, "until_t1": FOREVER, "at": None, **times}
    made = Tie(hands, fact=f"tie-{a}-{b}", **parts)  # type: ignore[arg-type] # by name
    graph.ties[a][b].append(made)
    graph.ties[b][a].append(made)


def test_a_loop_of_three_closes_on_the_same_party() -> None:
    graph = graph_of(("d1", "a", "b", 1, 1), ("d2", "b", "c", 2, 2), ("d3", "c", "a", 3, 3))
    assert find_loops(graph, LIMITS) == ([("d1", "d2", "d3")], [])
    assert graph.closing("d3", "d1") == (3, ())


def test_a_line_is_no_loop() -> None:
    graph = graph_of(("d1", "a", "b", 1, 1), ("d2", "b", "c", 2, 2), ("d3", "c", "d", 3, 3))
    assert find_loops(graph, LIMITS) == ([], [])


def test_one_deal_is_no_loop() -> None:
    graph = graph_of(("d1", "a", "b", 1, 1), ("d2", "b", "c", 2, 2))
    tie(graph, "a", "b", 2)
    assert find_loops(graph, LIMITS)[0] == []


def test_closing_by_kin_and_by_agency_while_the_tie_may_hold() -> None:
    deals = (("d1", "a", "b", 1, 1), ("d2", "b", "kin", 2, 2))
    assert find_loops(graph_of(*deals), LIMITS)[0] == []
    for hands in (2, 1):
        graph = graph_of(*deals)
        tie(graph, "kin", "a", hands)
        assert find_loops(graph, LIMITS)[0] == [("d1", "d2")]
        assert graph.closing("d2", "d1") == (hands, ("tie-kin-a",))
    ended = graph_of(*deals)
    tie(ended, "kin", "a", 2, until_t1=2 * DAY_S - 1)
    assert find_loops(ended, LIMITS)[0] == []
    begun = graph_of(*deals)
    tie(begun, "kin", "a", 2, since_t0=2 * DAY_S + 1)
    assert find_loops(begun, LIMITS)[0] == []


def test_a_tie_of_one_deal_closes_at_that_deal_only() -> None:
    deals = (("d1", "a", "b", 1, 1), ("d2", "b", "agent", 2, 2))
    there, elsewhere = graph_of(*deals), graph_of(*deals)
    tie(there, "agent", "a", 1, at="d2")
    tie(elsewhere, "agent", "a", 1, at="d9")
    assert find_loops(there, LIMITS)[0] == [("d1", "d2")]
    assert find_loops(elsewhere, LIMITS)[0] == []


def test_the_closest_tie_is_told() -> None:
    graph = graph_of(("d1", "a", "b", 1, 1), ("d2", "b", "kin", 2, 2))
    tie(graph, "kin", "a", 1)
    tie(graph, "kin", "a", 2)
    closing = graph.closing("d2", "d1")
    assert closing is not None
    assert closing[0] == 2


def test_a_series_is_in_order_as_a_whole() -> None:
    # each neighbour can follow, but d3 is over before d1 can begin
    graph = graph_of(("d1", "a", "b", 10, 10), ("d2", "b", "c", 5, 20), ("d3", "c", "kin", 6, 8))
    tie(graph, "kin", "a", 2)
    assert find_loops(graph, LIMITS)[0] == []


def test_the_least_span_decides() -> None:
    wide = (("d1", "a", "b", 0, 0), ("d2", "b", "a", 94, 94))
    assert find_loops(graph_of(*wide), LIMITS)[0] == []
    edge = (("d1", "a", "b", 0, 0), ("d2", "b", "a", 93, 93))
    assert find_loops(graph_of(*edge), LIMITS)[0] == [("d1", "d2")]
    coarse = (("d1", "a", "b", 0, 5), ("d2", "b", "a", 94, 99))
    assert find_loops(graph_of(*coarse), LIMITS)[0] == [("d1", "d2")]


def test_a_stated_order_against_it_stops_a_chain() -> None:
    graph = graph_of(("d1", "a", "b", 1, 9), ("d2", "b", "a", 1, 9))
    assert find_loops(graph, LIMITS)[0] == [("d1", "d2")]
    graph.before.add(("d2", "d1"))
    assert find_loops(graph, LIMITS)[0] == [("d2", "d1")]
    graph.before.add(("d1", "d2"))
    assert find_loops(graph, LIMITS)[0] == []


def test_of_undecided_rotations_the_least_first_deal_is_told() -> None:
    graph = graph_of(("d3", "a", "b", 1, 9), ("d1", "b", "c", 1, 9), ("d2", "c", "a", 1, 9))
    assert find_loops(graph, LIMITS)[0] == [("d1", "d2", "d3")]


def test_the_most_decided_rotation_is_told() -> None:
    graph = graph_of(("d2", "a", "b", 1, 1), ("d1", "b", "a", 2, 30))
    assert find_loops(graph, LIMITS)[0] == [("d2", "d1")]


def test_sellers_of_a_chain_are_different_parties() -> None:
    # a sells twice: two loops that share d1, never one loop with a in it twice
    graph = graph_of(("d1", "a", "b", 1, 1), ("d2", "b", "a", 2, 2), ("d3", "a", "b", 3, 3))
    found = {frozenset(loop) for loop in find_loops(graph, LIMITS)[0]}
    assert frozenset({"d1", "d2"}) in found
    assert all(len(loop) == 2 for loop in found)


def test_length_is_limited_by_max_deals() -> None:
    names = "abcdefg"
    ring = [(f"d{i}", one, names[(i + 1) % len(names)], i, i) for i, one in enumerate(names)]
    assert find_loops(graph_of(*ring), LIMITS)[0] == []
    assert len(find_loops(graph_of(*ring), LIMITS._replace(max_deals=7))[0]) == 1


def test_limits_that_were_hit_are_told() -> None:
    ring = (("d1", "a", "b", 1, 9), ("d2", "b", "a", 1, 9), ("d3", "b", "a", 1, 9))
    loops, told = find_loops(graph_of(*ring), LIMITS._replace(max_loops=1))
    assert len(loops) == 1
    assert told == ["resale_loop: max_loops 1 of 2 loops kept"]
    loops, told = find_loops(graph_of(*ring), LIMITS._replace(max_states=1))
    assert loops == []
    assert told == ["resale_loop: max_states 1 for goods b1"]


PARTIES = st.sampled_from("abcd")
DAYS = st.tuples(st.integers(0, 40), st.integers(0, 20))


@given(st.lists(st.tuples(PARTIES, PARTIES, DAYS), max_size=5))
def test_every_loop_is_possible_and_closed(made: list[tuple[str, str, tuple[int, int]]]) -> None:
    deals = [(f"d{i}", s, b, t, t + w) for i, (s, b, (t, w)) in enumerate(made) if s != b]
    graph = graph_of(*deals)
    known = {deal[0]: deal for deal in deals}
    loops, told = find_loops(graph, LIMITS)
    assert told == []
    assert len({frozenset(loop) for loop in loops}) == len(loops)
    for loop in loops:
        chain = [known[deal] for deal in loop]
        assert len(chain) > 1
        assert chain[-1][2] == chain[0][1]
        assert all(a[2] == b[1] for a, b in pairwise(chain))
        assert len({deal[1] for deal in chain}) == len(chain)
        for place, deal in enumerate(chain):
            assert all(deal[4] >= earlier[3] for earlier in chain[:place])


@given(st.permutations([("d1", "a", "b", 1, 9), ("d2", "b", "c", 1, 9), ("d3", "c", "a", 1, 9)]))
def test_the_order_of_deals_changes_nothing(deals: list[tuple[str, str, str, int, int]]) -> None:
    assert find_loops(graph_of(*deals), LIMITS)[0] == [("d1", "d2", "d3")]


def test_loops_are_written_with_steps_and_grounds(tmp_path: Path) -> None:
    with open_case(
        tmp_path / "case",
        persons=persons("a b c kin"),
        batches="id\nb1",
        ties="a,kind,b\na,spouse_of,kin",
        deals="""id,seller,buyer,batch,quantity,total,time
        d1,a,b,b1,12345,1000.00,2019-01-01
        d2,b,c,b1,12345,1500.00,2019-01-10
        d3,c,kin,b1,12345,2200.00,2019-01-20
        """,
    ) as case:
        found = case.query(
            "MATCH (l:Loop) RETURN l.kind AS kind, l.length AS length, l.closes AS closes, "
            "l.amount_minor AS amount, l.currency AS currency"
        ).rows
        assert found == [("batch", 3, "related", 100_000, "CNY")]
        steps = {(deal, place) for _, deal, place in rows(case, "STEP", "position")}
        assert steps == {("d1", 1), ("d2", 2), ("d3", 3)}
