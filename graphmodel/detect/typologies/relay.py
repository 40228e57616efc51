"""Relay: buys from one, sells the same goods to another.

What it finds
    A purchase and a sale of the same goods through one hand: the buyer of the first deal is the
    seller of the second, is related to it, or one stands for the other. Upstream, intermediary and
    buyer are different parties. Not after: the purchase can be before the sale.

Why it matters
    Personal data is passed on at a margin by people who stand between the source and the user and
    need not say so. Each hand multiplies the copies.

Signals
    Resold at a markup (3); the goods shown to be the same (2) or only a rare equal quantity (1);
    sold under a name that others show too (2); the same hands bought and sold (1); the order is
    decided (1); surely within a few days (1); money recorded on both sides (1).
    Strong needs the markup and goods shown to be the same.

Speaks against it
    Disclosed agency for either side (at most a lead); the buyer already had the goods from the
    source; another earlier source; intermediary related to the source; part paid back; surely no
    markup.

Looks alike but is innocent
    An authorised reseller with a known margin. Two buyers of one public list. A purchase on behalf
    of the buyer at cost. A refund that was sent on.

Parameters
    `budget_s`. The windows (31 days by equal quantity, 366 days where the goods are shown) and
    `close_days` 7 belong to the derived relationship RESALE.

Figures
    `gain` = Σ value of the sales × share carried - Σ value of the purchases × share carried;
    `markup_ratio` = the first ÷ the second; `records` = Σ records of the purchases that went on.

Source
    The typology cards of the design, 1.5 to 1.8. One purchase sold to six buyers is one finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.figures import trade_facts, trade_figures
from graphmodel.detect.trade import Pair, trade_around
from graphmodel.detect.wording import both, joined, sentence
from graphmodel.model.evidence import Words
from graphmodel.model.finding import Level
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
    from collections.abc import Iterable, Mapping, Sequence

    from graphmodel.detect.records import DealFact
    from graphmodel.detect.trade import Trade
    from graphmodel.detect.view import CaseView


class Match(NamedTuple):
    """A purchase and a sale with their parties, each list sorted by id."""

    pair: Pair
    upstream: tuple[str, ...]
    bought_by: tuple[str, ...]
    sold_by: tuple[str, ...]
    buyer: tuple[str, ...]

    @property
    def intermediary(self) -> tuple[str, ...]:
        """Return all who bought or sold on."""
        return tuple(sorted({*self.bought_by, *self.sold_by}))


def _ids(cell: object) -> tuple[str, ...]:
    return tuple(sorted(str(item) for item in cell)) if isinstance(cell, list | tuple) else ()


class Detector:
    """Weighs relays."""

    def __init__(self, params: Params) -> None:
        """Keep the parameters."""
        self.params = params

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return the pairs of deals of the pattern."""
        return [
            Match(
                Pair(view.deals[str(row["bought"])], view.deals[str(row["sold"])]),
                *(_ids(row[name]) for name in ("upstream", "bought_by", "sold_by", "buyer")),
            )
            for row in rows
        ]

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return the intermediary."""
        return {"intermediary": match.intermediary}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the two deals."""
        return (match.pair.bought.id, match.pair.sold.id)

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return the earliest purchase."""
        first = min((match.pair.bought for match in group), key=lambda deal: (deal.span, deal.id))
        return (first.id,)

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh one pair of deals, with the gain of the whole purchase it belongs to."""
        found = Assessment()
        bought, sold = match.pair
        trade = trade_around(match.pair, [m.pair for m in group], view.totals)
        _, hands, shown, decided, close = view.resales[bought.id, sold.id]
        if trade.is_markup():
            found.hit("resold_at_markup", trade.facts())
        goods = view.goods_facts(bought, sold)
        found.hit("same_batch_shown" if shown else "same_batch_fingerprint", goods)
        found.hit("sold_under_other_persona", _other_persona(match, view))
        if hands == 3 and set(match.bought_by) & set(match.sold_by):  # noqa: PLR2004 # same party
            found.hit("same_hands", (bought.id, sold.id))
        if decided:
            found.hit("order_decided", view.order_facts(bought.id, sold.id))
        else:
            found.caps.append(Cap(Level.SUPPORTED, both("cap-undecided")))
        if close:
            found.hit("close_in_time", (bought.id, sold.id))
        if bought.paid.amounts and sold.paid.amounts:
            found.hit("money_both_sides", (*bought.payments, *sold.payments))
        _object(match, trade, view, found)
        return found

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Sum up one purchase, or several that share a sale, with all buyers."""
        pairs = [match.pair for match in group]
        figures, lines, missing = trade_figures(pairs, view, with_ratio=True)
        roles = {
            "upstream": _union(match.upstream for match in group),
            "intermediary": group[0].intermediary,
            "buyer": _union(match.buyer for match in group),
            "batch": _union((p.bought.batch, p.sold.batch) for p in pairs),
        }
        told = {role: joined(view.name(i) for i in ids) for role, ids in roles.items()}
        zh = "{intermediary} 从 {upstream} 买入 {batch}，又转卖给 {buyer}。"
        en = "{intermediary} bought {batch} from {upstream} and sold it on to {buyer}."
        summary = Words(
            zh.format(**{role: words.zh for role, words in told.items()}),
            en.format(**{role: words.en for role, words in told.items()}),
        )
        return Story(
            roles=roles,
            events=_union((p.bought.id, p.sold.id) for p in pairs),
            figures=figures,
            summary=sentence(summary, missing),
            arithmetic=lines,
            facts=trade_facts(pairs, view),
        )


def _union(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({item for part in parts for item in part}))


def _other_persona(match: Match, view: CaseView) -> tuple[str, ...]:
    """Return the showings of a name that the seller and another party both show."""
    sold = match.pair.sold
    own = view.shown_by(sold.seller_account, sold.span, match.buyer)
    mine = set(match.sold_by)
    others = [
        other
        for other in view.showings_of(s.persona for s in own)
        if not other.established
        and other.by != sold.seller_account
        and not set(view.behind(other.by, sold.span)) & mine
    ]
    return tuple(showing.fact for showing in (*own, *others)) if others else ()


def _earlier(match: Match, view: CaseView) -> list[DealFact]:
    sold = match.pair.sold
    others = view.alike(sold)
    return [d for d in others if d.id != match.pair.bought.id and view.may_precede(d.id, sold.id)]


def _object(match: Match, trade: Trade, view: CaseView, found: Assessment) -> None:
    """Record what speaks against a relay."""
    bought, sold = match.pair
    ties = [
        tie
        for agent in match.intermediary
        for side in (*match.upstream, *match.buyer)
        for tie in view.stands_for(agent, side, sold.span, sold.id)
    ]
    found.counter("disclosed", [tie.fact for tie in ties if tie.disclosed == "yes"])
    upstream, middle, buyer = set(match.upstream), set(match.intermediary), set(match.buyer)
    for deal in _earlier(match, view):
        if upstream & set(deal.sellers) and buyer & set(deal.buyers):
            found.counter("buyer_had_goods", [deal.id])
        is_other = not set(deal.sellers) & (upstream | middle)
        if is_other and middle & set(deal.buyers):
            found.counter("other_source", [deal.id])
    for x in match.intermediary:
        for s in match.upstream:
            found.counter("related_to_source", [t.fact for t in view.related(x, s, sold.span)])
    for deal in (bought, sold):
        found.counter("part_refunded", deal.refunded)
    if trade.is_no_markup():
        found.counter("no_markup", [bought.id, sold.id])


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="relay",
    version=1,
    title=Words("中间人转卖", "Relay through an intermediary"),
    params=Params,
    roles=("upstream", "intermediary", "buyer", "batch"),
    figures=("gain", "records", "markup_ratio"),
    signals=(
        SignalSpec("resold_at_markup", 3, Words("加价转卖", "resold at a markup")),
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
            "sold_under_other_persona",
            2,
            Words("以他人也在使用的网名出售", "sold under a name that others show too"),
        ),
        SignalSpec("same_hands", 1, Words("买入与卖出为同一人", "the same hands bought and sold")),
        SignalSpec("order_decided", 1, Words("先后次序确定", "the order is decided")),
        SignalSpec("close_in_time", 1, Words("间隔确在数日之内", "surely within a few days")),
        SignalSpec(
            "money_both_sides", 1, Words("买卖两端均有付款记录", "payments recorded on both sides")
        ),
    ),
    counters=(
        CounterSpec(
            "disclosed",
            3,
            Words("代理关系已告知一方", "the agency for one side was disclosed"),
            Level.LEAD,
        ),
        CounterSpec(
            "buyer_had_goods",
            2,
            Words(
                "买方已从上家得到过同一批数据", "the buyer already had the goods from the source"
            ),
        ),
        CounterSpec(
            "other_source",
            1,
            Words("中间人另有更早的来源", "the intermediary had another earlier source"),
        ),
        CounterSpec(
            "related_to_source",
            1,
            Words("中间人与上家有关联", "the intermediary is related to the source"),
        ),
        CounterSpec("part_refunded", 1, Words("部分款项已退回", "part of the price was paid back")),
        CounterSpec("no_markup", 2, Words("确未加价", "surely no markup")),
    ),
    innocent=(
        Words("授权经销商，差价为双方所知。", "An authorised reseller with a known margin."),
        Words(
            "双方都从发布者处购买了同一份公开名单。",
            "Both bought one public list from its publisher.",
        ),
        Words("按成本价代买方购买。", "A purchase on behalf of the buyer at cost."),
        Words("转交的退款。", "A refund that was sent on."),
    ),
    merge="event",
    strong_needs=lambda hits: {"resold_at_markup", "same_batch_shown"} <= hits,
    detector=Detector,
    absorbs=("batch_reuse", "pass_through"),
)
"""The typology as data; its pattern is `cypher/typologies/relay.cypher`."""
