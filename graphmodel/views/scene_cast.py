"""Who and what belongs into the picture of a finding: events, accounts, persons, personas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphmodel.model.finding import Finding
    from graphmodel.model.subgraph import LinkFact, NodeFact
    from graphmodel.views.graph_index import GraphIndex

Key = tuple[str, str]

FAMILY = ("SPOUSE_OF", "KIN_OF", "PARTNER_OF")
_BASES = {"holds": 0, "controls": 1, "identifier": 2}
MAX_ACCOUNTS = 40
"""Accounts drawn in one picture at most; the page says how many were left out."""


@dataclass(slots=True)
class Cast:
    """The events, accounts and persons that a picture draws, in order of id.

    `owners` gives the person whose container an account stands in, `shown` the personas that an
    account shows to somebody in the picture. `genuine` gives by persona the account that it is
    known to belong to, `earlier` the account that showed it before where no owner is known.
    """

    graph: GraphIndex
    deals: list[NodeFact] = field(default_factory=list)
    deliveries: list[NodeFact] = field(default_factory=list)
    payments: list[NodeFact] = field(default_factory=list)
    claims: list[NodeFact] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    operators: dict[str, list[LinkFact]] = field(default_factory=dict)
    shown: dict[str, list[str]] = field(default_factory=dict)
    genuine: dict[str, str] = field(default_factory=dict)
    earlier: dict[str, str] = field(default_factory=dict)
    dropped: int = 0

    def ends(self, event: NodeFact, type_: str) -> list[str]:
        """Return the ids at the end of an event's links of one type."""
        return [link.end[1] for link in self.graph.out((event.label, event.id), type_)]

    def personas(self) -> list[str]:
        """Return the personas of which a holder is drawn."""
        return sorted({*self.genuine, *self.earlier})

    def holder(self, persona: str) -> str:
        """Return the account that a persona belongs to or was shown by before, or nothing."""
        return self.genuine.get(persona) or self.earlier.get(persona, "")


def choose_cast(finding: Finding, graph: GraphIndex) -> Cast:
    """Return what the picture of a finding draws: its events, roles, and who stands behind them."""
    cast = Cast(graph)
    _choose_events(cast, finding)
    roles = {member for ids in finding.roles.values() for member in ids}
    accounts = {member for member in roles if ("Account", member) in graph.nodes}
    for event, types in _parties(cast):
        accounts |= {end for type_ in types for end in cast.ends(event, type_)}
    personas = [member for member in sorted(roles) if ("Persona", member) in graph.nodes]
    accounts |= _choose_personas(cast, finding, personas, accounts)
    cast.accounts = sorted(accounts)[:MAX_ACCOUNTS]
    cast.dropped = len(accounts) - len(cast.accounts)
    _choose_people(cast, roles)
    return cast


def _choose_events(cast: Cast, finding: Finding) -> None:
    graph = cast.graph
    events = set(finding.events)
    cast.deals = _nodes(graph, "Deal", events)
    for deal in cast.deals:
        for type_ in ("SETTLES", "ABOUT"):
            events |= {link.start[1] for link in graph.into(("Deal", deal.id), type_)}
    # a delivery for a deal of the picture is that deal
    cast.deliveries = [
        delivery
        for delivery in _nodes(graph, "Delivery", events)
        if not events & set(cast.ends(delivery, "FULFILS"))
    ]
    cast.payments = [
        p for p in _nodes(graph, "Payment", events) if p.properties.get("status", "ok") != "failed"
    ]
    cast.claims = _nodes(graph, "Claim", events)


def _nodes(graph: GraphIndex, label: str, ids: set[str]) -> list[NodeFact]:
    found = (graph.nodes[label, i] for i in sorted(ids) if (label, i) in graph.nodes)
    return sorted(found, key=lambda node: (_time(node), node.id))


def _time(node: NodeFact) -> int:
    start = node.properties.get("t0")
    return start if isinstance(start, int) else 0


def _parties(cast: Cast) -> list[tuple[NodeFact, tuple[str, ...]]]:
    deals = [(deal, ("SELLER", "BUYER", "VIA")) for deal in cast.deals]
    deliveries = [(delivery, ("SENDER", "RECEIVER")) for delivery in cast.deliveries]
    payments = [(payment, ("PAYER", "PAYEE")) for payment in cast.payments]
    return [*deals, *deliveries, *payments]


def _choose_personas(
    cast: Cast, finding: Finding, personas: list[str], accounts: set[str]
) -> set[str]:
    """Find who shows each persona, and return their holders as further accounts."""
    graph = cast.graph
    added: set[str] = set()
    for persona in personas:
        alike = graph.alike(persona)
        showing = [x for other in alike for x in graph.into(("Persona", other), "PRESENTS_AS")]
        holder = _genuine(graph, alike, showing)
        if holder:
            cast.genuine[persona] = holder
        else:
            holder = _earlier(finding, graph, showing)
            cast.earlier |= {persona: holder} if holder else {}
        added |= {holder} if holder else set()
        for account in sorted({link.start[1] for link in showing if link.end[1] == persona}):
            if account != holder and account in accounts:
                cast.shown.setdefault(account, []).append(persona)
    return added


def _genuine(graph: GraphIndex, alike: list[str], showing: list[LinkFact]) -> str:
    """Return the account of whoever established a persona, as far as it is known."""
    shows = sorted(link.start[1] for link in showing)
    for link in (x for persona in alike for x in graph.into(("Persona", persona), "ESTABLISHED")):
        label, ident = link.start
        if label == "Account":
            return ident
        through = {a.end[1] for a in graph.out((label, ident), "ACTS_THROUGH")}
        own = [account for account in shows if account in through]
        if own:
            return own[0]
    return ""


def _earlier(finding: Finding, graph: GraphIndex, showing: list[LinkFact]) -> str:
    """Return the account by which the impersonated showed the persona, as the finding says."""
    roles = set(finding.roles.get("impersonated", ()))
    mine = [
        link
        for link in showing
        if link.start[1] in roles
        or roles & {a.start[1] for a in graph.into(link.start, "ACTS_THROUGH")}
    ]
    return min((_since(link) for link in mine), default=(0, ""))[1]


def _since(link: LinkFact) -> tuple[int, str]:
    start = link.properties.get("since_t0")
    return (start if isinstance(start, int) else 0, link.start[1])


def _choose_people(cast: Cast, roles: set[str]) -> None:
    graph = cast.graph
    people = {member for member in roles if ("Person", member) in graph.nodes}
    for account in cast.accounts:
        acting = graph.into(("Account", account), "ACTS_THROUGH")
        if acting:
            cast.owners[account] = min(acting, key=_basis_rank).start[1]
            people.add(cast.owners[account])
    for claim in cast.claims:
        people |= {end for type_ in ("CLAIMED_BY", "CLAIMED_TO") for end in cast.ends(claim, type_)}
    cast.persons = sorted(people)
    for account in cast.accounts:
        cast.operators[account] = [
            link
            for link in graph.into(("Account", account), "ACTS_THROUGH")
            if link.start[1] in people and link.start[1] != cast.owners[account]
        ]


def _basis_rank(link: LinkFact) -> tuple[int, str]:
    return _BASES.get(str(link.properties.get("basis")), len(_BASES)), link.start[1]
