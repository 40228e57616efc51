"""The part of the graph that findings are about: the facts they name and their close context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.model.schema import SCHEMA
from graphmodel.model.subgraph import LinkFact, NodeFact, SubGraph
from graphmodel.query.reading import read_links, read_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphmodel.model.finding import Finding
    from graphmodel.query.engines.base import Engine

_TIES = (
    "SPOUSE_OF",
    "KIN_OF",
    "PARTNER_OF",
    "ASSOCIATE_OF",
    "EMPLOYS",
    "OWNS",
    "AGENT_OF",
    "MEMBER_OF",
)
_FROM_EVENTS = (
    "SELLER",
    "BUYER",
    "RESALE",
    "VIA",
    "SELLER_AGENT",
    "BUYER_AGENT",
    "FOR_BATCH",
    "PAYER",
    "PAYEE",
    "SETTLES",
    "REFUNDS",
    "CLAIMED_BY",
    "CLAIMED_TO",
    "ABOUT",
    "OFFERED_BY",
    "OFFERED_TO",
    "SENDER",
    "RECEIVER",
    "AUTHOR",
    "READER",
)
DRAWN = 200
"""Findings of a report that come with their whole context."""

_NAMED = ("Person", "Account", "Persona", "Batch")
_EVENTS = ("Deal", "Payment", "Claim", "Offer", "Message", "Delivery")


def _links(
    engine: Engine, type_: str, *, start: Iterable[str] = (), end: Iterable[str] = ()
) -> list[LinkFact]:
    names = SCHEMA.relationships[type_].names()
    found = []
    starts, ends = sorted(set(start)), sorted(set(end))
    read = read_links(engine, type_, names, start_ids=starts) if starts else []
    read += read_links(engine, type_, names, end_ids=ends) if ends else []
    for link in read:
        properties = {
            name: value for name, value in zip(names, link.values, strict=True) if value is not None
        }
        found.append(
            LinkFact(
                type_,
                str(properties["id"]),
                (link.start_label, link.start),
                (link.end_label, link.end),
                properties,
            )
        )
    return found


def build_context(engine: Engine, findings: Sequence[Finding], present: Iterable[str]) -> SubGraph:
    """Return what the first `DRAWN` findings are about, and of the others who has a role in them.

    A page draws so many; of the rest only names are told.
    """
    known = set(present)
    graph = _whole_context(engine, findings[:DRAWN], known)
    ids = {i for f in findings[DRAWN:] for named in f.roles.values() for i in named}
    for label in _NAMED if ids else ():
        if label in known:
            graph.nodes = {**_nodes(engine, label, ids), **graph.nodes}
    return graph


def _nodes(
    engine: Engine, label: str, ids: Iterable[str] | None
) -> dict[tuple[str, str], NodeFact]:
    """Return the nodes of a label, all or those with these ids."""
    names = SCHEMA.nodes[label].names()
    found = {}
    for row in read_nodes(engine, label, names, ids=ids):
        cells = {n: v for n, v in zip(names, row, strict=True) if v is not None}
        found[label, str(cells["id"])] = NodeFact(label, str(cells["id"]), cells)
    return found


def _whole_context(engine: Engine, findings: Sequence[Finding], known: set[str]) -> SubGraph:
    """Return the events, accounts, persons, names, batches and sources that findings are about.

    Context is one step wide: who acts through the accounts, and the slow ties of the persons.
    `known` are the labels and types that the case has at all.
    """
    events = {e for f in findings for e in f.events} | {
        row.fact for f in findings for row in f.evidence
    }
    roles = {i for f in findings for ids in f.roles.values() for i in ids}
    links: dict[tuple[str, str], LinkFact] = {}

    def take(
        types: Iterable[str], *, start: Iterable[str] = (), end: Iterable[str] = ()
    ) -> set[tuple[str, str]]:
        found = [
            link
            for type_ in types
            if type_ in known
            for link in _links(engine, type_, start=start, end=end)
        ]
        links.update({(link.type, link.id): link for link in found})
        return {side for link in found for side in (link.start, link.end)}

    touched = take(_FROM_EVENTS, start=events)
    accounts = {i for label, i in touched if label == "Account"} | roles
    touched |= take(("PRESENTS_AS", "ESTABLISHED"), start=accounts, end=roles)
    touched |= take(("ACTS_THROUGH", "CONTROLS", "HOLDS"), end=accounts)
    people = {i for label, i in touched if label == "Person"} | roles
    touched |= take(("ACTS_THROUGH", "CONTROLS", "HOLDS", "STANDS_FOR"), start=people)
    touched |= take(_TIES, start=people, end=people)
    touched |= take(("RELATED",), start=people, end=people)
    ids = {i for _, i in touched} | events | roles
    graph = SubGraph()
    for label, declared in SCHEMA.nodes.items():
        if label not in known or declared.derived or label == "Source":
            continue
        for node, fact in _nodes(engine, label, ids).items():
            wanted = events if label in _EVENTS else ids
            if node in touched or (
                node[1] in wanted and (label in _EVENTS or node[1] in roles | events)
            ):
                graph.nodes[node] = fact
    if "FROM_SOURCE" in known:
        take(("FROM_SOURCE",), start={i for _, i in graph.nodes})
        graph.nodes |= _nodes(engine, "Source", None)
    graph.links = [
        link
        for _, link in sorted(links.items())
        if link.start in graph.nodes and link.end in graph.nodes
    ]
    return graph
