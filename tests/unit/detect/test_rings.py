"""Rings of giving against a slow search that tries every window, and accounts of one member."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import networkx as nx
import pytest

from graphmodel.detect.hubs import Entry
from graphmodel.detect.parties import Side
from graphmodel.detect.records import DAY_S, Span
from graphmodel.detect.rings import Edge, Limits, Rings
from tests.unit.derive.small_cases import open_case, persons

if TYPE_CHECKING:
    from pathlib import Path

FOREVER = 10**15
WINDOW_DAYS = 10


def edge(giver: int, taker: int, name: str, span: Span) -> Edge:
    """Return a handover between two parties."""
    own, other = (Side(frozenset((f"p{n}",)), f"a{n}", span) for n in (giver, taker))
    return Edge(giver, taker, Entry(name, own, other, span, None, None, None))


def random_edges(random: Random) -> list[Edge]:
    """Return handovers among a few parties, some coarse, some undated."""
    found = []
    for n in range(random.randrange(2, 16)):
        giver, taker = random.sample(range(5), 2)
        t0 = random.randrange(60) * DAY_S
        span = Span(t0, t0 + random.choice((0, 0, 5, 30)) * DAY_S)
        if random.random() < 0.05:
            span = Span(-FOREVER, FOREVER)
        found.append(edge(giver, taker, f"e{n:02}", span))
    return found


def slow_rings(edges: list[Edge], least: int) -> set[frozenset[int]]:
    """Return the members of rings, every window tried, those that overlap joined."""
    found = nx.Graph()
    for end in {one.entry.span.t1 for one in edges}:
        inside = [
            one
            for one in edges
            if one.entry.span.t1 >= end and one.entry.span.t0 <= end + WINDOW_DAYS * DAY_S
        ]
        graph = nx.MultiDiGraph([(one.giver, one.taker) for one in inside])
        for members in nx.strongly_connected_components(graph):
            ways = [graph.number_of_edges(a, b) for a in members for b in members if a != b]
            if len(members) >= least or (len(members) == 2 and min(ways) > 1):
                found.add_edges_from(pairwise(sorted(members)))
    return {frozenset(part) for part in nx.connected_components(found)}


def limits(max_transfers: int = 10_000, max_steps: int = 10**6) -> Limits:
    """Return the limits of a search for three members within ten days."""
    return Limits(3, WINDOW_DAYS, max_transfers, max_steps)


@pytest.mark.parametrize("seed", range(300))
def test_rings_are_those_of_a_search_that_tries_every_window(seed: int) -> None:
    edges = random_edges(Random(seed))  # noqa: S311 - an example, no secret
    rings = Rings(limits())
    found = rings.find(edges)
    assert {ring.members for ring in found} == slow_rings(edges, 3)
    assert (rings.hubs, rings.left) == ({}, 0)
    for ring in found:
        assert {e.giver for e in ring.edges} == ring.members == {e.taker for e in ring.edges}


def test_a_party_with_too_many_handovers_is_named_and_left_out() -> None:
    at = Span(0, 0)
    ways = ((0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 2))
    edges = [edge(a, b, f"e{n}", at) for n, (a, b) in enumerate(ways)]
    rings = Rings(limits(max_transfers=3))
    assert rings.find(edges) == []
    assert rings.hubs == {2: 4}
    (ring,) = Rings(limits()).find(edges)
    assert ring.members == {0, 1, 2, 3, 4}


def test_windows_that_were_not_searched_are_counted() -> None:
    edges = [
        edge(a, b, f"e{week}{a}", Span(week * 7 * DAY_S, week * 7 * DAY_S))
        for week in range(4)
        for a, b in ((0, 1), (1, 2), (2, 0))
    ]
    rings = Rings(limits(max_steps=0))
    (cut,), (whole,) = rings.find(edges), Rings(limits()).find(edges)
    assert rings.left > 0
    assert len(cut.edges) < len(whole.edges) == 12


def test_limits_are_told_and_undated_lists_join_nothing_alone(tmp_path: Path) -> None:
    tables = {
        "persons": persons("a b c"),
        "batches": "id\nla\nlb\nlc",
        "deliveries": "id,sender,receiver,batch,time\n"
        "y1,a,b,la,2020-01\ny2,b,c,lb,\ny3,c,a,lc,2020-03\n",
    }
    with open_case(tmp_path / "case", **tables) as case:
        report = case.flag(typologies=["barter_ring"], graph=False)
        (aside,) = case.flag(
            typologies=["barter_ring"],
            graph=False,
            rules={"barter_ring": {"max_transfers": 1}},
        ).truncated
    assert {**report.set_aside, **{f.typology: 1 for f in report.findings}} == {"barter_ring": 1}
    assert aside.startswith("barter_ring: max_transfers 1: not followed: a (2), b (2), c (2)")


def test_one_account_whose_owner_is_known_late_is_one_member(tmp_path: Path) -> None:
    tables = {
        "persons": persons("a b"),
        "accounts": "id,platform\nax,wechat\nbx,wechat",
        "controls": "person,account,since\na,ax,2020-02\nb,bx,2019",
        "batches": "id\nl1\nl2\nl3\nl4",
        "deliveries": "id,sender,receiver,batch,time\ny1,ax,bx,l1,2020-01-10\n"
        "y2,ax,bx,l2,2020-02-20\ny3,bx,ax,l3,2020-01-12\ny4,bx,ax,l4,2020-02-22\n",
    }
    with open_case(tmp_path / "case", **tables) as case:
        (finding,) = case.flag(typologies=["barter_ring"], graph=False).findings
    assert finding.roles["members"] == ("a", "b")
    assert set(finding.events) == {"y1", "y2", "y3", "y4"}
