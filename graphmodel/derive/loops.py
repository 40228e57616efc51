"""Loops of deals: the goods come back to the party they left, its kin, agent or principal.

Chains of `RESALE` through the same hands, whose sellers are different parties, are walked from
each deal, up to `max_deals` steps; a chain is a loop where the last buyer is the first seller, is
related to it, or one stands for the other: kin and agents close a loop, they do not carry it on.
Order and span are those of a series of intervals: e1 … ek can be in order only if each `t1` is at
or after the latest `t0` before it; the least span is max(0, max t0 - min t1).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.query.reading import read_links, read_nodes
from graphmodel.store.derived import DerivedLink, derived_id, write_links, write_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphmodel.query.engines.base import Engine
    from graphmodel.store.case_file import CaseFile

DAY_S = 86_400
SAME_HANDS = 3
CLOSES = {SAME_HANDS: "same", 2: "related", 1: "stands_for"}


class Tie(NamedTuple):
    """A tie between two parties while it may hold; `at` limits it to one deal."""

    hands: int
    since_t0: int
    until_t1: int
    at: str | None
    fact: str


@dataclass(slots=True)
class DealGraph:
    """What the walk needs: times, sellers, buyers, resales, stated orders and ties of parties."""

    times: dict[str, tuple[int, int]]
    worth: dict[str, tuple[int | None, str | None]]
    goods: dict[str, str]
    sellers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    buyers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    next_deals: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    decided: set[tuple[str, str]] = field(default_factory=set)
    before: set[tuple[str, str]] = field(default_factory=set)
    ties: dict[str, dict[str, list[Tie]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    grounds: dict[tuple[str, str], str] = field(default_factory=dict)
    bought: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def closers(self, first: str) -> set[str]:
        """Return the deals whose buyer's side is the first deal's seller's side."""
        near = {party for seller in self.sellers[first] for party in (seller, *self.ties[seller])}
        deals = {deal for party in near for deal in self.bought.get(party, ())}
        return {deal for deal in deals - {first} if self.closing(deal, first) is not None}

    def closing(self, last: str, first: str) -> tuple[int, tuple[str, ...]] | None:
        """Return how the buyer of the last deal is tied to the seller of the first, and by what."""
        buyers, sellers = self.buyers[last], self.sellers[first]
        if buyers & sellers:
            return SAME_HANDS, ()
        t0, t1 = self.times[last]
        held = [
            tie
            for buyer in buyers
            for seller in sellers & self.ties[buyer].keys()
            for tie in self.ties[buyer][seller]
            if tie.since_t0 <= t1 and tie.until_t1 >= t0 and tie.at in (None, last)
        ]
        if not held:
            return None
        best = max(tie.hands for tie in held)
        return best, tuple(sorted({tie.fact for tie in held if tie.hands == best}))


def read_deal_graph(engine: Engine) -> DealGraph:
    """Read the deals that are sold on, with everything the walk asks of them."""
    listed = read_links(engine, "RESALE", ("id", "decided", "hands"))
    resales = [link for link in listed if link.values[2] == SAME_HANDS]
    ids = {end for link in resales for end in (link.start, link.end)}
    names = ("id", "transfer_t0", "transfer_t1", "value_minor", "currency", "goods")
    rows = read_nodes(engine, "Deal", names, ids=ids)
    graph = DealGraph(
        {str(r[0]): (int(str(r[1])), int(str(r[2]))) for r in rows},
        {str(r[0]): (r[3], r[4]) for r in rows},  # type: ignore[misc] # declared: integer, text
        {str(r[0]): str(r[5]) for r in rows},
    )
    for link in read_links(engine, "PARTY", ("role",), start_ids=ids):
        if link.values[0] == "SELLER":
            graph.sellers[link.start].add(link.end)
        else:
            graph.buyers[link.start].add(link.end)
            graph.bought[link.end].add(link.start)
    for link in sorted(resales):
        graph.next_deals[link.start].append(link.end)
        graph.grounds[link.start, link.end] = str(link.values[0])
        if link.values[1]:
            graph.decided.add((link.start, link.end))
    graph.before = {(link.start, link.end) for link in read_links(engine, "BEFORE", start_ids=ids)}
    _read_ties(engine, graph)
    return graph


def _read_ties(engine: Engine, graph: DealGraph) -> None:
    times = ("id", "since_t0", "until_t1")
    for link in read_links(engine, "RELATED", times):
        fact, since, until = link.values
        tie = Tie(2, int(str(since)), int(str(until)), None, str(fact))
        graph.ties[link.start][link.end].append(tie)
        graph.ties[link.end][link.start].append(tie)
    for link in read_links(engine, "STANDS_FOR", (*times, "at")):
        fact, since, until, at = link.values
        deal = None if at is None else str(at)
        tie = Tie(1, int(str(since)), int(str(until)), deal, str(fact))
        graph.ties[link.start][link.end].append(tie)
        graph.ties[link.end][link.start].append(tie)


class Walk(NamedTuple):
    """Limits of the search."""

    max_deals: int
    span_days: int
    max_states: int
    max_loops: int


def _can_follow(graph: DealGraph, chain: Sequence[str], deal: str, span_s: int) -> bool:
    earlier = [graph.times[d] for d in chain]
    t0, t1 = graph.times[deal]
    latest_start = max(start for start, _ in earlier)
    if t1 < latest_start or any((deal, d) in graph.before for d in chain):
        return False
    first_end = min([t1, *(end for _, end in earlier)])
    if max(latest_start, t0) - first_end > span_s:
        return False
    return all(not graph.sellers[deal] & graph.sellers[d] for d in chain)


def _walk(
    graph: DealGraph, start: str, limits: Walk, spent: list[int]
) -> Iterator[tuple[str, ...]]:
    """Yield the chains from one deal that close; `spent` counts states over all starts."""
    closers = graph.closers(start) if graph.next_deals.get(start) else set()
    if not closers:
        return
    stack: list[tuple[str, ...]] = [(start,)]
    while stack:
        chain = stack.pop()
        spent[0] += 1
        if spent[0] > limits.max_states:
            return
        if len(chain) > 1 and chain[-1] in closers:
            yield chain
        if len(chain) == limits.max_deals:
            continue
        following = reversed(graph.next_deals.get(chain[-1], []))
        stack += [
            (*chain, deal)
            for deal in following
            if deal not in chain and _can_follow(graph, chain, deal, limits.span_days * DAY_S)
        ]


def _rank(graph: DealGraph, chain: Sequence[str]) -> tuple[int, str]:
    """Order the rotations of one loop: most decided steps first, then the least first deal."""
    decided = sum((a, b) in graph.decided for a, b in pairwise(chain))
    return (-decided, chain[0])


def find_loops(graph: DealGraph, limits: Walk) -> tuple[list[tuple[str, ...]], list[str]]:
    """Return the loops as deals in order, one rotation each, and the limits that were hit."""
    found: dict[frozenset[str], tuple[str, ...]] = {}
    truncated: list[str] = []
    by_goods: dict[str, list[str]] = defaultdict(list)
    for deal in sorted(graph.times):
        by_goods[graph.goods[deal]].append(deal)
    for goods in sorted(by_goods, key=lambda g: (len(by_goods[g]), g)):
        spent = [0]
        for start in by_goods[goods]:
            for chain in _walk(graph, start, limits, spent):
                known = found.get(frozenset(chain))
                if known is None or _rank(graph, chain) < _rank(graph, known):
                    found[frozenset(chain)] = chain
        if spent[0] > limits.max_states:
            truncated.append(f"resale_loop: max_states {limits.max_states} for goods {goods}")
    loops = sorted(found.values())
    if len(loops) > limits.max_loops:
        truncated.append(f"resale_loop: max_loops {limits.max_loops} of {len(loops)} loops kept")
        loops = loops[: limits.max_loops]
    return loops, truncated


def derive_loops(case_file: CaseFile, engine: Engine, limits: Walk) -> list[str]:
    """Write `Loop` nodes of kind `batch` with their `STEP`s; returns the limits that were hit."""
    graph = read_deal_graph(engine)
    loops, truncated = find_loops(graph, limits)
    nodes: list[dict[str, object]] = []
    steps: list[DerivedLink] = []
    for chain in loops:
        closing = graph.closing(chain[-1], chain[0])
        if closing is None:
            continue
        hands, facts = closing
        id_ = derived_id("LOOP", *sorted(chain))
        hops = [graph.grounds[pair] for pair in pairwise(chain)]
        worth = [graph.worth[deal] for deal in chain]
        currencies = {currency for _, currency in worth}
        amounts = [value for value, _ in worth if value is not None]
        known = len(currencies) == 1 and len(amounts) == len(chain)
        nodes.append(
            {
                "id": id_,
                "certainty": "inferred",
                "kind": "batch",
                "length": len(chain),
                "closes": CLOSES[hands],
                "amount_minor": min(amounts) if known else None,
                "currency": worth[0][1] if known else None,
                "t0": min(graph.times[deal][0] for deal in chain),
                "t1": max(graph.times[deal][1] for deal in chain),
                "rule": "derive/loops@1",
                "grounds": sorted({*hops, *facts, *chain}),
            }
        )
        steps += [
            DerivedLink(("Loop", id_), ("Deal", deal), (deal,), {"position": place})
            for place, deal in enumerate(chain, 1)
        ]
    write_nodes(case_file, "Loop", nodes)
    write_links(case_file, "STEP", steps, rule="derive/loops@1")
    return truncated
