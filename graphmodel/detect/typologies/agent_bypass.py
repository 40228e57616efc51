"""Agent bypass: the agent trades alone with the principal's supplier and client.

What it finds
    Earlier deals of a principal's side with a supplier and with a client, then own deals of
    somebody who stands or stood for the principal: a purchase from that supplier, a sale to that
    client, in possible order. One side alone is at most a lead.

Why it matters
    The principal is cut out of a line it built. It is the mirror image of the self-dealing agent,
    where the principal is the buyer.

Signals
    Same supplier (2); same client (2); the tie surely held (2) or perhaps (1); contact in service
    (2); same goods or category (1); price below the principal's (1); not disclosed (1). Strong
    needs both sides and a tie that surely held.

Speaks against it
    The tie surely ended before (at most a lead); disclosed (at most a lead); supplier or client
    dealt with the agent before the agency; the principal traded the same batch at that time.

Looks alike but is innocent
    The employee had left. The boss gave up the line and said so. The client had known the employee
    before. The deal was entered in the employee's name but was the firm's.

Parameters
    `after_days` 366: longest time after the principal's last deal with the party. `max_pairs`
    10,000 pairs of own deals for one principal and agent.

Figures
    `amount` = Σ value of the own sales (else of the own purchases), no loss of the principal;
    `records` = Σ records carried from own purchase to own sale.

Source
    The typology cards of the design.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.figures import named
from graphmodel.detect.trade import Pair, Trade
from graphmodel.detect.wording import amount, both, joined, records, sentence
from graphmodel.model import counts
from graphmodel.model.deal_value import unit_value
from graphmodel.model.evidence import Words
from graphmodel.model.finding import Figure, Level
from graphmodel.model.typology import (
    Assessment,
    Cap,
    CounterSpec,
    Params,
    SignalSpec,
    Story,
    Typology,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphmodel.detect.records import DealFact, Tie
    from graphmodel.detect.view import CaseView


class BypassParams(Params):
    """Parameters of the typology."""

    after_days: int = 366
    max_pairs: int = 10_000


class Side(NamedTuple):
    """An own deal of the agent with a party, and the principal's earlier deals with that party."""

    own: DealFact
    parties: tuple[str, ...]
    earlier: tuple[DealFact, ...]


class Match(NamedTuple):
    """One principal and agent with an own purchase, an own sale, or both."""

    principal: str
    agent: str
    supply: Side | None
    client: Side | None

    @property
    def sides(self) -> list[Side]:
        """Return the sides that are known."""
        return [side for side in (self.supply, self.client) if side is not None]


class Detector:
    """Weighs bypassing agents."""

    def __init__(self, params: BypassParams) -> None:
        """Keep the parameters; `truncated` names what was not paired."""
        self.params = params
        self.truncated: list[str] = []

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return own purchases and sales in possible order, and those that stand alone."""
        parts: dict[tuple[str, str, str, str], tuple[set[str], set[str]]]
        parts = defaultdict(lambda: (set(), set()))
        for row in rows:
            key = tuple(str(row[name]) for name in ("principal", "agent", "side", "own"))
            parties, earlier = parts[key]  # type: ignore[index] # four strings
            parties.add(str(row["party"]))
            earlier.add(str(row["earlier"]))
        sides: dict[tuple[str, str], dict[str, list[Side]]]
        sides = defaultdict(lambda: {"supplier": [], "client": []})
        for (principal, agent, side, own), (parties, earlier) in sorted(parts.items()):
            deals = tuple(view.deals[deal] for deal in sorted(earlier))
            sides[principal, agent][side].append(
                Side(view.deals[own], tuple(sorted(parties)), deals)
            )
        view.need_people({one for pair in sides for one in pair})
        view.contacts.need(a for _, agent in sides for a in view.accounts_of(agent))
        return [
            match
            for (principal, agent), both_sides in sorted(sides.items())
            for match in self._paired(principal, agent, both_sides, view)
        ]

    def _paired(
        self, principal: str, agent: str, sides: Mapping[str, list[Side]], view: CaseView
    ) -> list[Match]:
        found: list[Match] = []
        paired: set[str] = set()
        limit = self.params.max_pairs
        if len(sides["supplier"]) * len(sides["client"]) > limit:
            self.truncated.append(f"agent_bypass: max_pairs {limit} for one principal and agent")
        for supply in sides["supplier"]:
            for client in sides["client"]:
                if len(found) >= limit:
                    break
                if supply.own.id != client.own.id and view.may_precede(
                    supply.own.id, client.own.id
                ):
                    found.append(Match(principal, agent, supply, client))
                    paired |= {supply.own.id, client.own.id}
        found += [
            Match(principal, agent, s, None) for s in sides["supplier"] if s.own.id not in paired
        ]
        found += [
            Match(principal, agent, None, c) for c in sides["client"] if c.own.id not in paired
        ]
        return found

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return principal and agent."""
        return {"principal": (match.principal,), "agent": (match.agent,)}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the own deals."""
        return tuple(sorted(side.own.id for side in match.sides))

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return none: a repeated scheme is one finding."""
        del group
        return ()

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh one pair of own deals, or one alone."""
        del group
        found = Assessment()
        for name, side in (("same_supplier", match.supply), ("same_client", match.client)):
            if side is not None:
                found.hit(name, (side.own.id, *(deal.id for deal in side.earlier)))
        self._cap(match, view, found)
        ties = [t for t in view.principals(match.agent) if t.b == match.principal and t.at is None]
        own = [side.own for side in match.sides]
        sure = [t.fact for t in ties if all(t.holding.surely_holds(d.span) for d in own)]
        perhaps = [t.fact for t in ties if all(t.holding.may_hold(d.span) for d in own)]
        found.hit("tie_sure", sure)
        found.hit("tie_perhaps", perhaps)
        found.hit("contact_in_service", self._contacts(match, view))
        found.hit("same_goods", self._goods(match, view))
        found.hit("price_below_principal", self._lower(match))
        if not any(tie.disclosed == "yes" for tie in ties):
            found.hit("undisclosed", [t.fact for t in ties if t.disclosed == "no"])
        self._object(match, ties, view, found)
        return found

    def _cap(self, match: Match, view: CaseView, found: Assessment) -> None:
        if len(match.sides) == 1:
            words = Words("只见一侧，最高为“线索”。", "Only one side is known: a lead at most.")
            found.caps.append(Cap(Level.LEAD, words))
        orders = [
            any(view.decided(deal.id, side.own.id) for deal in side.earlier) for side in match.sides
        ]
        if match.supply is not None and match.client is not None:
            orders.append(view.decided(match.supply.own.id, match.client.own.id))
        if not all(orders):
            found.caps.append(Cap(Level.SUPPORTED, both("cap-undecided")))

    def _contacts(self, match: Match, view: CaseView) -> list[str]:
        """Return the events in which the agent met the other party for the principal before."""
        facts = []
        for side in match.sides:
            for deal in side.earlier:
                acted = {*deal.buyers, *deal.sellers, *deal.buyer_agents, *deal.seller_agents}
                if match.agent in acted:
                    facts.append(deal.id)
        parties = {party for side in match.sides for party in side.parties}
        first = min((side.own for side in match.sides), key=lambda deal: (deal.span, deal.id))
        accounts = sorted(view.accounts_of(match.agent))
        for contact in (contact for account in accounts for contact in view.contacts[account]):
            is_before = contact.span.t1 < first.span.t0 or (contact.event, first.id) in view.before
            in_service = view.stands_for(match.agent, match.principal, contact.span, contact.event)
            if contact.label == "Message" and contact.others & parties and is_before and in_service:
                facts.append(contact.event)
        return facts

    def _goods(self, match: Match, view: CaseView) -> tuple[str, ...]:
        """Return the facts that the goods are one, or of one category with the principal's."""
        if match.supply is not None and match.client is not None:
            alike = {deal.id for deal in view.alike(match.supply.own)}
            if match.client.own.id in alike:
                return view.goods_facts(match.supply.own, match.client.own)
        for side in match.sides:
            alike = {deal.id for deal in view.alike(side.own)}
            for deal in side.earlier:
                category = view.categories.get(side.own.batch)
                if deal.id in alike or (category and category == view.categories.get(deal.batch)):
                    return (side.own.id, deal.id)
        return ()

    def _lower(self, match: Match) -> tuple[str, ...]:
        """Return the sales where the agent was surely cheaper than the principal to the client."""
        if match.client is None:
            return ()
        own = match.client.own
        for deal in match.client.earlier:
            gap = counts.subtract(unit_value(deal.price), unit_value(own.price))
            if deal.currency == own.currency and gap is not None and gap.surely_positive():
                return (own.id, deal.id)
        return ()

    def _object(self, match: Match, ties: Sequence[Tie], view: CaseView, found: Assessment) -> None:
        own = [side.own for side in match.sides]
        if ties and all(any(t.holding.surely_ended_before(d.span) for d in own) for t in ties):
            found.counter("tie_ended", [tie.fact for tie in ties])
        found.counter("disclosed", [t.fact for t in ties if t.disclosed == "yes"])
        about = {*(deal.id for deal in own), *(deal.batch for deal in own)}
        found.counter("disclosed", view.stated(("line_given_up",), {*about, match.principal}))
        parties = {party for side in match.sides for party in side.parties}
        begun = min((tie.holding.since_t0 for tie in ties), default=0)
        for deal in view.deals_of(match.agent):
            sides = ({*deal.buyers}, {*deal.sellers})
            met = any(match.agent in a and parties & b for a, b in (sides, sides[::-1]))
            if met and deal.live and deal.span.t1 < begun:
                found.counter("known_before", [deal.id])
        for deal in (other for d in own for other in view.alike(d)):
            if match.principal in {*deal.buyers, *deal.sellers} and deal not in own:
                is_then = any(deal.span.t0 <= d.span.t1 and deal.span.t1 >= d.span.t0 for d in own)
                if is_then:
                    found.counter("principal_traded", [deal.id])

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Sum up all own deals of one agent of one principal."""
        supplies = {m.supply.own.id: m.supply for m in group if m.supply is not None}
        clients = {m.client.own.id: m.client for m in group if m.client is not None}
        roles = {
            "principal": (group[0].principal,),
            "agent": (group[0].agent,),
            "supplier": tuple(sorted({p for s in supplies.values() for p in s.parties})),
            "client": tuple(sorted({p for s in clients.values() for p in s.parties})),
        }
        figures, lines = _figures(group, supplies, clients, view)
        who = {role: joined(view.name(i) for i in ids) for role, ids in roles.items()}
        zh = [f"从 {who['supplier'].zh} 买入"] if supplies else []
        zh += [f"卖给 {who['client'].zh}"] if clients else []
        from_en = f" bought from {who['supplier'].en}" if supplies else ""
        to_en = f" sold to {who['client'].en}" if clients else ""
        summary = Words(
            f"{who['agent'].zh} 为 {who['principal'].zh} 办事，却自行{'、'.join(zh)}，"
            f"对方原是 {who['principal'].zh} 一方的交易对象。",
            f"{who['agent'].en}, who stands or stood for {who['principal'].en}, "
            f"on own account{' and'.join(p for p in (from_en, to_en) if p)}: parties with whom the "
            f"side of {who['principal'].en} had dealt before.",
        )
        earlier = [d.id for s in (*supplies.values(), *clients.values()) for d in s.earlier]
        return Story(
            roles=roles,
            events=tuple(sorted({*supplies, *clients})),
            figures=figures,
            summary=sentence(summary),
            arithmetic=lines,
            facts=(*supplies, *clients, *earlier),
        )


def _figures(
    group: Sequence[Match],
    supplies: Mapping[str, Side],
    clients: Mapping[str, Side],
    view: CaseView,
) -> tuple[dict[str, Figure], tuple[Words, ...]]:
    own = [side.own for _, side in sorted((clients or supplies).items())]
    figures: dict[str, Figure] = {}
    lines: list[Words] = []
    by_currency: dict[str, list[DealFact]] = defaultdict(list)
    for deal in own:
        by_currency[deal.currency].append(deal)
    ordered = sorted(by_currency, key=lambda c: (-len(by_currency[c]), c != view.currency, c))
    for currency in ordered:
        value = counts.total(deal.value for deal in by_currency[currency])
        if value is not None:
            figures[named("amount", currency, ordered[0])] = Figure.amount(value, currency)
        for deal in by_currency[currency]:
            told = amount(deal.value, currency)
            lines.append(Words(f"{deal.id}：{told.zh}", f"{deal.id}: {told.en}"))
    pairs = tuple(
        Pair(m.supply.own, m.client.own)
        for m in group
        if m.supply is not None
        and m.client is not None
        and m.client.own.id in {deal.id for deal in view.alike(m.supply.own)}
    )
    carried = Trade(pairs, view.totals).records() if pairs else None
    if carried is not None:
        figures["records"] = Figure.count(carried)
        lines.append(both("line-records", records=records(carried)))
    return figures, tuple(lines)


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="agent_bypass",
    version=1,
    title=Words("代理人绕开委托人交易", "Agent trading past the principal"),
    params=BypassParams,
    roles=("principal", "agent", "supplier", "client"),
    figures=("amount", "records"),
    signals=(
        SignalSpec("same_supplier", 2, Words("同一供货方", "the principal's supplier")),
        SignalSpec("same_client", 2, Words("同一客户", "the principal's client")),
        SignalSpec("tie_sure", 2, Words("代理关系当时确实存在", "the tie surely held"), "tie"),
        SignalSpec("tie_perhaps", 1, Words("代理关系当时可能存在", "the tie perhaps held"), "tie"),
        SignalSpec(
            "contact_in_service",
            2,
            Words("此前曾为委托人与其往来", "met the supplier or client for the principal"),
        ),
        SignalSpec("same_goods", 1, Words("同一批或同类数据", "same goods or category")),
        SignalSpec(
            "price_below_principal", 1, Words("卖价低于委托人", "cheaper than the principal")
        ),
        SignalSpec("undisclosed", 1, Words("未告知委托人", "not disclosed to the principal")),
    ),
    counters=(
        CounterSpec(
            "tie_ended",
            3,
            Words("代理关系此前已终止", "the tie had surely ended before"),
            Level.LEAD,
        ),
        CounterSpec(
            "disclosed", 3, Words("已告知委托人", "disclosed to the principal"), Level.LEAD
        ),
        CounterSpec(
            "known_before",
            2,
            Words("代理之前双方已有往来", "dealt with the agent before the agency"),
        ),
        CounterSpec(
            "principal_traded",
            1,
            Words("委托人当时也在交易同一批数据", "the principal traded the same batch then"),
        ),
    ),
    innocent=(
        Words("员工已离职。", "The employee had left."),
        Words("老板放弃该业务并已说明。", "The boss gave up the line and said so."),
        Words("客户原本就认识该员工。", "The client had known the employee before."),
        Words(
            "以员工名义登记，实为公司的交易。",
            "The deal was entered in the employee's name but was the firm's.",
        ),
    ),
    merge="role",
    strong_needs=lambda hits: {"same_supplier", "same_client", "tie_sure"} <= hits,
    detector=Detector,  # type: ignore[arg-type] # the runner gives it its own parameters
)
"""The typology as data; its pattern is `cypher/typologies/agent_bypass.cypher`."""
