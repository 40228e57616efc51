"""Self-dealing agent: the agent sits, hidden, on the seller's side of the principal's purchase.

What it finds
    A sale to a principal for whom somebody stands as agent or employee, where that agent, or
    somebody related to the agent (spouse, kin, partner, associate, shared account or identifier),
    acts through the seller's account. If the agent alone acts, the account must show the
    principal a name that the agent did not establish, or be registered to somebody else. The
    purchase of the same goods by agent or front, not after the sale, is looked for.

Why it matters
    The circle principal → agent → front → shown name → principal closes by agency, kinship and a
    name, not by money: the principal pays a margin to the person trusted to find the seller.

Signals
    Resold at a markup (3); posed under a name known to the principal's side (3); the front is the
    agent, a spouse, kin or partner (2) or only an associate (1); the goods shown to be the same (2)
    or a rare equal quantity (1); the agent at the source (2); not disclosed (1); the tie surely
    holds (1); the order is decided (1). Strong needs the markup and one of the posed name and the
    agent at the source. Without the purchase it is at most a lead.

Speaks against it
    Disclosed (at most a lead); the true price was reported; the tie perhaps ended before; the
    price not above another seller's offer; part paid back; surely no markup.

Looks alike but is innocent
    A commission that was disclosed to the principal. The spouse trades on her own account and the
    principal knew. The agent had left before the sale. Two people share a common name for a shop.

Parameters
    `budget_s`. Windows as in RESALE.

Figures
    `gain` from purchase to sale, joint to agent and front, not divided; `records` carried, or sold
    where no purchase is known.

Source
    The public report of the Qingdao case (2021-11): an employee lets his wife buy 30,000 records
    and sell them to his employer under the old seller's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.figures import trade_facts, trade_figures
from graphmodel.detect.records import Span
from graphmodel.detect.trade import Pair, trade_around
from graphmodel.detect.wording import both, joined, sentence
from graphmodel.model import counts
from graphmodel.model.deal_value import Price, unit_value
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

    from graphmodel.detect.records import DealFact, Showing, Tie
    from graphmodel.detect.view import CaseView
    from graphmodel.model.counts import Bounded


class Match(NamedTuple):
    """A sale to a principal, the agent, who of the sellers is related, the purchase."""

    principal: str
    agent: str
    sold: DealFact
    bought: DealFact | None
    related: tuple[str, ...]

    @property
    def front(self) -> tuple[str, ...]:
        """Return who acts through the seller's account beside the agent; the agent, if nobody.

        A principal who shares that account stands in front of nobody.
        """
        own = (self.agent, self.principal)
        return tuple(x for x in self.sold.sellers if x not in own) or (self.agent,)

    @property
    def own_side(self) -> set[str]:
        """Return the agent and all who act through the seller's account."""
        return {self.agent, *self.sold.sellers}


class Detector:
    """Weighs self-dealing agents."""

    def __init__(self, params: Params) -> None:
        """Keep the parameters."""
        self.params = params

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return one match for each sale, agent and purchase (or none)."""
        found = []
        for row in rows:
            related = row["related"]
            found.append(
                Match(
                    str(row["principal"]),
                    str(row["agent"]),
                    view.deals[str(row["sold"])],
                    None if row["bought"] is None else view.deals[str(row["bought"])],
                    tuple(sorted(related)) if isinstance(related, list) else (),
                )
            )
        view.need_people({one for m in found for one in (m.principal, m.agent)})
        view.contacts.need(account for m in found for account in view.accounts_of(m.agent))
        return found

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return principal, agent and front."""
        return {"principal": (match.principal,), "agent": (match.agent,), "front": match.front}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the sale and, where known, the purchase."""
        return (match.sold.id, *((match.bought.id,) if match.bought else ()))

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return none: a repeated scheme is one finding."""
        del group
        return ()

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh one sale with its purchase, with the gain of all deals they hang together with."""
        found = Assessment()
        sold = match.sold
        ties = view.stands_for(match.agent, match.principal, sold.span, sold.id)
        found.hit("posed_as_known_persona", _posed(match, view))
        _weigh_front(match, view, found)
        if match.bought is None:
            words = Words("未见买入，最高为“线索”。", "No purchase is known: a lead at most.")
            found.caps.append(Cap(Level.LEAD, words))
        else:
            pairs = [Pair(m.bought, m.sold) for m in group if m.bought is not None]
            _weigh_purchase(Pair(match.bought, match.sold), pairs, view, found)
        found.hit("agent_at_source", _at_source(match, view))
        if not any(tie.disclosed == "yes" for tie in ties):
            found.hit("undisclosed", [tie.fact for tie in ties if tie.disclosed == "no"])
        found.hit("tie_sure", [t.fact for t in ties if t.holding.surely_holds(sold.span)])
        _object(match, ties, view, found)
        return found

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Sum up all sales by one front to one principal."""
        pairs = [Pair(m.bought, m.sold) for m in group if m.bought is not None]
        figures, lines, missing = trade_figures(pairs, view)
        alone = {m.sold.id: m.sold for m in group if m.bought is None}
        if alone:
            records = counts.total(
                [
                    *([figures["records"].number] if pairs and "records" in figures else ()),
                    *(alone[i].records for i in sorted(alone)),
                ]
            )
            if records is not None:
                figures["records"] = Figure.count(records)
        shown = sorted({s.persona: s for m in group for s in _shown(m, view)}.items())
        first = group[0]
        roles = {
            "principal": (first.principal,),
            "agent": (first.agent,),
            "front": first.front,
            "upstream": tuple(sorted({s for p in pairs for s in p.bought.sellers})),
            "persona": tuple(persona for persona, _ in shown),
        }
        if not roles["persona"]:
            del roles["persona"]
        circle = (first.principal, first.agent, *(x for x in first.front if x != first.agent))
        return Story(
            roles=roles,
            events=tuple(sorted({event for m in group for event in self.events(m)})),
            figures=figures,
            summary=sentence(_summary(roles, view), missing),
            arithmetic=lines,
            facts=(*trade_facts(pairs, view), *sorted(alone), *(s.fact for _, s in shown)),
            circle=(*circle, *(persona for persona, _ in shown)),
        )


def _summary(roles: Mapping[str, tuple[str, ...]], view: CaseView) -> Words:
    who = {role: joined(view.name(i) for i in ids) for role, ids in roles.items()}
    persona = joined(view.persona_names.get(i, i) for i in roles.get("persona", ()))
    name_zh = f"以“{persona.zh}”之名" if persona.zh else ""
    name_en = f" under the name “{persona.en}”" if persona.en else ""
    source_zh = f"，这批数据此前从 {who['upstream'].zh} 买入" if roles["upstream"] else ""
    source_en = (
        f"; the goods had been bought from {who['upstream'].en}" if roles["upstream"] else ""
    )
    front_zh = "本人" if roles["front"] == roles["agent"] else f"通过 {who['front'].zh} "
    front_en = "" if roles["front"] == roles["agent"] else f" through {who['front'].en}"
    return Words(
        f"{who['agent'].zh} 为 {who['principal'].zh} 办事，同时又在卖方一侧："
        f"{front_zh}{name_zh}把数据卖给 {who['principal'].zh}{source_zh}。",
        f"{who['agent'].en} stands for {who['principal'].en}, "
        "and is on the seller's side too: "
        f"sold to {who['principal'].en}{front_en}{name_en}{source_en}.",
    )


def _shown(match: Match, view: CaseView) -> list[Showing]:
    return view.shown_by(match.sold.seller_account, match.sold.span, (match.principal,))


def _posed(match: Match, view: CaseView) -> tuple[str, ...]:
    """Return showings of a name that another party established or showed before."""
    own = _shown(match, view)
    sold = match.sold
    facts: list[str] = []
    for showing in view.showings_of(s.persona for s in own):
        if showing.by_label == "Person":
            parties = {showing.by}
        else:
            parties = set(view.behind(showing.by, sold.span))
        if parties & match.own_side or showing.by == sold.seller_account:
            continue
        if showing.established or (
            showing.holding.since_t1 < sold.span.t0 and _to_side(showing, match, view)
        ):
            facts.append(showing.fact)
    return (*(s.fact for s in own), *facts) if facts else ()


def _to_side(showing: Showing, match: Match, view: CaseView) -> bool:
    """Tell whether a name was shown to the principal or to one who stands for the principal."""
    if showing.to is None:
        return False
    while_shown = Span(showing.holding.since_t0, showing.holding.until_t1)
    side = view.side_of(match.principal, while_shown, match.sold.id)
    return any(showing.to == one or showing.to in view.accounts_of(one) for one in side)


def _weigh_front(match: Match, view: CaseView, found: Assessment) -> None:
    sold = match.sold
    if match.agent in sold.sellers:
        found.hit("front_is_agent_or_kin", (sold.id,))
    for x in match.related:
        ties = view.related(x, match.agent, sold.span)
        close = [tie.fact for tie in ties if view.is_close_kin(tie)]
        found.hit("front_is_agent_or_kin", close)
        found.hit("front_is_associate", [tie.fact for tie in ties if tie.fact not in close])


def _weigh_purchase(pair: Pair, pairs: Sequence[Pair], view: CaseView, found: Assessment) -> None:
    bought, sold = pair
    trade = trade_around(pair, pairs, view.totals)
    _, _, shown, decided, _ = view.resales[bought.id, sold.id]
    if trade.is_markup():
        found.hit("resold_at_markup", trade.facts())
    if trade.is_no_markup():
        found.counter("no_markup", [bought.id, sold.id])
    goods = view.goods_facts(bought, sold)
    found.hit("same_batch_shown" if shown else "same_batch_fingerprint", goods)
    if decided:
        found.hit("order_decided", view.order_facts(bought.id, sold.id))
    else:
        found.caps.append(Cap(Level.SUPPORTED, both("cap-undecided")))


def _at_source(match: Match, view: CaseView) -> tuple[str, ...]:
    """Return the facts by which the agent was at the source, or brought the front in."""
    facts: list[str] = []
    if match.bought is not None:
        if match.agent in match.bought.buyers:
            facts += [
                match.bought.id,
                *view.behind(match.bought.buyer_account).get(match.agent, ()),
            ]
        facts += [
            contact.event
            for account in sorted(view.accounts_of(match.agent))
            for contact in view.contacts[account]
            if contact.label == "Message" and contact.others & set(match.bought.sellers)
        ]
    personas = {s.persona for s in _shown(match, view)}
    audience = {match.principal, *view.accounts_of(match.principal)}
    facts += [
        intro.fact
        for intro in view.introductions
        if intro.a == match.agent
        and (intro.b == match.sold.seller_account or intro.b in personas)
        and intro.at in audience
    ]
    return tuple(facts)


def _object(match: Match, ties: Sequence[Tie], view: CaseView, found: Assessment) -> None:
    """Record what speaks against it."""
    sold = match.sold
    own = [
        tie
        for x in match.related
        for tie in view.stands_for(x, match.principal, sold.span, sold.id)
    ]
    found.counter("disclosed", [t.fact for t in (*ties, *own) if t.disclosed == "yes"])
    if all(tie.holding.perhaps_ended_before(sold.span) for tie in ties):
        found.counter("tie_perhaps_ended", [tie.fact for tie in ties])
    if match.bought is not None:
        _object_to_price(match, match.bought, view, found)
    for offer in view.offers:
        if (
            match.principal in offer.buyers
            and not set(offer.sellers) & match.own_side
            and offer.batch is not None
            and view.batch_goods.get(offer.batch) == sold.goods
            and _is_not_above(sold, offer.price, view.currency)
        ):
            found.counter("not_above_offer", [offer.id, sold.id])
    for deal in (sold, *((match.bought,) if match.bought else ())):
        found.counter("part_refunded", deal.refunded)


def _is_not_above(sold: DealFact, offered: Price, own_currency: str) -> bool:
    """Tell whether a sale surely cost no more per record than another seller asked."""
    if (offered.currency or own_currency) != sold.currency:
        return False
    gap = counts.subtract(unit_value(sold.price), unit_value(offered))
    return gap is not None and gap.surely_not_positive()


def _is_one_sum(a: Bounded | None, b: Bounded | None) -> bool:
    """Tell whether two sums are one to the minor unit: a unit price and its total may be."""
    if a is None or b is None or a.bound != b.bound:
        return False
    return counts.rounded(a) == counts.rounded(b)


def _object_to_price(match: Match, bought: DealFact, view: CaseView, found: Assessment) -> None:
    """Record reports of the purchase to the principal that give its true price."""
    for claim in view.claims:
        if (
            claim.principal == match.principal
            and claim.agent in {match.agent, *match.related}
            and bought.id in claim.deals
            and _is_one_sum(claim.value, bought.value)
            and claim.currency == bought.currency
        ):
            found.counter("true_price_reported", [claim.id, bought.id])


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="self_dealing_agent",
    version=1,
    title=Words("代理人自我交易（双簧）", "Agent hidden on the seller's side"),
    params=Params,
    roles=("principal", "agent", "front", "upstream", "persona"),
    figures=("gain", "records"),
    signals=(
        SignalSpec("resold_at_markup", 3, Words("加价转卖给委托人", "resold at a markup")),
        SignalSpec(
            "posed_as_known_persona",
            3,
            Words("冒用委托人一方已知的网名", "posed under a name known to the principal's side"),
        ),
        SignalSpec(
            "front_is_agent_or_kin",
            2,
            Words(
                "出面人是代理人本人、配偶、亲属或伴侣",
                "the front is the agent, spouse, kin or partner",
            ),
            "front",
        ),
        SignalSpec(
            "front_is_associate",
            1,
            Words(
                "出面人与代理人有往来或共用账号、设备",
                "the front is an associate or shares an account or device",
            ),
            "front",
        ),
        SignalSpec(
            "same_batch_shown", 2, Words("确为同一批数据", "shown to be the same goods"), "goods"
        ),
        SignalSpec(
            "same_batch_fingerprint",
            1,
            Words("少见的条数完全相同", "one rare quantity on both sides"),
            "goods",
        ),
        SignalSpec(
            "agent_at_source", 2, Words("代理人在货源处出现", "the agent was at the source")
        ),
        SignalSpec("undisclosed", 1, Words("未告知委托人", "not disclosed to the principal")),
        SignalSpec("tie_sure", 1, Words("代理关系当时确实存在", "the tie surely held at the sale")),
        SignalSpec("order_decided", 1, Words("先后次序确定", "the order is decided")),
    ),
    counters=(
        CounterSpec(
            "disclosed",
            3,
            Words("已告知委托人", "disclosed to the principal"),
            Level.LEAD,
        ),
        CounterSpec(
            "true_price_reported",
            3,
            Words("已向委托人报告真实进价", "the true price was reported to the principal"),
        ),
        CounterSpec(
            "tie_perhaps_ended",
            1,
            Words("代理关系可能在此前已终止", "the tie may have ended before the sale"),
        ),
        CounterSpec(
            "not_above_offer",
            1,
            Words("卖价不高于其他卖家的报价", "the price is not above another seller's offer"),
        ),
        CounterSpec("part_refunded", 1, Words("部分款项已退回", "part of the price was paid back")),
        CounterSpec("no_markup", 2, Words("确未加价", "surely no markup")),
    ),
    innocent=(
        Words("已向委托人说明的佣金。", "A commission that was disclosed to the principal."),
        Words(
            "配偶自行经营，委托人知情。",
            "The spouse trades on her own account and the principal knew.",
        ),
        Words("代理人在交易前已离职。", "The agent had left before the sale."),
        Words("两人共用一个常见的店名。", "Two people share a common name for a shop."),
    ),
    merge="role",
    strong_needs=lambda hits: (
        "resold_at_markup" in hits and bool({"posed_as_known_persona", "agent_at_source"} & hits)
    ),
    detector=Detector,
    absorbs=("relay", "resale_chain", "batch_reuse", "pass_through"),
)
"""The typology as data; its pattern is `cypher/typologies/self_dealing_agent.cypher`."""
