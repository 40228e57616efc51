"""Resale chain: the same goods through two or more intermediaries.

What it finds
    Three deals or more of the same goods in possible order, each sold by the buyer of the one
    before, all parties different. Connected steps are one finding: the longest chain is its spine
    (then the greater gain, then the ids), side branches are among its events only.

Why it matters
    Every hand adds its margin and keeps its copy. A chain shows how far data went from its source,
    and who earned how much at which step.

Signals
    Every hand sold at a markup (3) or only the last price lies above the first (1); the goods shown
    to be the same at every step (2) or at some (1); four deals or more (1); the order of every step
    is decided (1); each batch is part of, or made from, the one before (1); payments recorded for
    every deal (1). Strong needs the markup of every hand and goods shown to be the same.

Speaks against it
    Disclosed agency at a step; a step that rests on an equal quantity alone while its intermediary
    had another source; two members who bought from one source side by side; part paid back; surely
    no markup over the whole chain. Each counts once, however many steps show it.

Looks alike but is innocent
    Parallel buyers of one source. An authorised dealer network. A list enriched by each hand and
    sold as a new product.

Parameters
    `min_deals` 3; `max_deals` 8 and `max_states` 10,000 states a group of steps limit the search;
    `budget_s`. The windows of a step belong to the derived relationship RESALE.

Figures
    `gain` = Σ of the gains of all intermediaries, absent if one is; `records` = the least carried
    by any of them; `price_ratio` = value per record of the last deal ÷ that of the first.

Source
    The typology cards of the design; order of a series of intervals, 1.4.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from pydantic import Field

from graphmodel.detect.chains import Limits, Walk, end_prices, groups_of, is_step
from graphmodel.detect.figures import trade_facts
from graphmodel.detect.trade import Pair, Trade, carried
from graphmodel.detect.wording import (
    amount,
    both,
    joined,
    ratio,
    records,
    sentence,
    trade_lines,
    why_no_gain,
)
from graphmodel.model import counts
from graphmodel.model.evidence import Words
from graphmodel.model.finding import Figure, Hop, Level
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

    from graphmodel.detect.records import DealFact
    from graphmodel.detect.view import CaseView
    from graphmodel.model.counts import Bounded

LONG = 4
"""Deals of a chain from which it counts as long."""


class ChainParams(Params):
    """Limits of the search."""

    min_deals: int = 3
    max_deals: int = Field(default=8, ge=2, le=64)
    max_states: int = 10_000


class Match(NamedTuple):
    """The spine in order, and the other deals of its group by id."""

    spine: tuple[DealFact, ...]
    branches: tuple[DealFact, ...]

    @property
    def hops(self) -> list[Pair]:
        """Return purchase and sale of each intermediary, in order."""
        return [Pair(bought, sold) for bought, sold in pairwise(self.spine)]

    @property
    def members(self) -> list[tuple[str, ...]]:
        """Return the parties in order, each as the persons who may act for it."""
        first, last = self.spine[0].sellers, self.spine[-1].buyers
        return [first, *(_middle(hop) for hop in self.hops), last]


def _middle(hop: Pair) -> tuple[str, ...]:
    return tuple(sorted({*hop.bought.buyers, *hop.sold.sellers}))


class Detector:
    """Builds chains of the steps and weighs them."""

    def __init__(self, params: ChainParams) -> None:
        """Keep the parameters."""
        self.params = params
        self.truncated: list[str] = []

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return one match for each connected group of steps with a chain that is long enough."""
        pairs = [(str(row["bought"]), str(row["sold"])) for row in rows]
        steps = [(a, b) for a, b in pairs if is_step(view.deals[a], view.deals[b], view)]
        limits = Limits(self.params.min_deals, self.params.max_deals, self.params.max_states)
        found = []
        for group in groups_of(steps):
            searched = Walk(group, view, limits).longest()
            self.truncated += [f"resale_chain: {cut}" for cut in searched.cut]
            chains = [c for c in searched.chains if len(c) >= self.params.min_deals]
            if chains:
                spine = min(chains, key=lambda chain: _rank(chain, view))
                others = {deal for step in group for deal in step} - {deal.id for deal in spine}
                found.append(Match(spine, tuple(view.deals[i] for i in sorted(others))))
        return found

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return the goods of the first deal."""
        return {"goods": (match.spine[0].goods,)}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the deals of the spine and of its side branches."""
        return tuple(sorted(deal.id for deal in (*match.spine, *match.branches)))

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return the first deal."""
        return (group[0].spine[0].id,)

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh the spine."""
        del group
        found = Assessment()
        hops, deals = match.hops, match.spine
        ids = tuple(deal.id for deal in deals)
        trades = [Trade((hop,), view.totals) for hop in hops]
        if all(trade.is_markup() for trade in trades):
            found.hit("every_hop_at_markup", [f for trade in trades for f in trade.facts()])
        if _surely(_gap(deals), above=True):
            found.hit("end_above_start", (ids[0], ids[-1]))
        shown = [hop for hop in hops if view.is_shown(hop.bought.batch, hop.sold.batch)]
        goods = [fact for hop in shown for fact in view.goods_facts(*hop)]
        found.hit("same_batch_shown" if len(shown) == len(hops) else "some_hops_shown", goods)
        if len(deals) >= LONG:
            found.hit("four_deals", ids)
        orders = [view.order_facts(hop.bought.id, hop.sold.id) for hop in hops]
        if all(orders):
            found.hit("order_decided", [fact for facts in orders for fact in facts])
        else:
            found.caps.append(Cap(Level.SUPPORTED, both("cap-undecided")))
        found.hit("content_shrinks", _shrinking(hops, view))
        if all(deal.paid.amounts for deal in deals):
            found.hit("money_each_hop", [p for deal in deals for p in deal.payments])
        _object(match, trades, view, found)
        return found

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Tell one chain."""
        match = group[0]
        path = ["/".join(view.name(i) for i in member) for member in match.members]
        summary = Words(
            f"同一批数据经 {len(match.hops)} 人转手：{' → '.join(path)}。",
            f"The same goods through {len(match.hops)} intermediaries: {' → '.join(path)}.",
        )
        figures, lines, missing = _figures(match, view)
        return Story(
            roles={
                "members": tuple(i for member in match.members for i in member),
                "batch": tuple(sorted({deal.batch for deal in match.spine})),
            },
            events=self.events(match),
            figures=figures,
            summary=sentence(summary, missing, _beside(match)),
            arithmetic=lines,
            facts=trade_facts(match.hops, view),
            hops=tuple(_hop(hop, view) for hop in match.hops),
        )


def _hop(hop: Pair, view: CaseView) -> Hop:
    """Return what one intermediary bought, sold, gained and passed on."""
    gain, number = Trade((hop,), view.totals).gain(), carried(hop)
    return Hop(
        _middle(hop),
        hop.bought.id,
        hop.sold.id,
        None if gain is None else Figure.amount(gain, hop.sold.currency),
        None if number is None else Figure.count(number),
    )


def _beside(match: Match) -> Words:
    if not match.branches:
        return Words("", "")
    ids = joined(deal.id for deal in match.branches)
    return Words(
        f"与之相连的其他转手（{ids.zh}）未计入获利。",
        f"Connected resales beside the chain ({ids.en}) are not in the gain.",
    )


def _rank(chain: tuple[DealFact, ...], view: CaseView) -> tuple[object, ...]:
    """Order chains of one length: greater gain, in the case's currency first, then ids."""
    gain = _gain([Trade((Pair(a, b),), view.totals) for a, b in pairwise(chain)])
    ids = tuple(deal.id for deal in chain)
    if gain is None:
        return (True, True, 0, ids)
    return (False, chain[0].currency != view.currency, -gain.value, ids)


def _gain(trades: Sequence[Trade]) -> Bounded | None:
    """Return the sum of the gains of all hands; absent if one is, or across currencies."""
    if len({currency for trade in trades for currency in trade.currencies}) != 1:
        return None
    gain = trades[0].gain()
    for trade in trades[1:]:
        gain = counts.add(gain, trade.gain())
    return gain


def _gap(deals: Sequence[DealFact]) -> Bounded | None:
    first, last = end_prices(deals)
    return counts.subtract(last, first)


def _surely(gap: Bounded | None, *, above: bool) -> bool:
    """Tell whether a difference is surely above 0, or surely not."""
    if gap is None:
        return False
    return gap.surely_positive() if above else gap.surely_not_positive()


def _shrinking(hops: Sequence[Pair], view: CaseView) -> list[str]:
    """Return the links by which every batch is part of, or made from, the one before."""
    stated = {
        (link.a, link.b): link.fact
        for link in view.batch_links
        if link.kind in {"subset", "derived"}
    }
    facts = [stated.get((hop.sold.batch, hop.bought.batch)) for hop in hops]
    return [] if None in facts else [fact for fact in facts if fact is not None]


def _object(match: Match, trades: Sequence[Trade], view: CaseView, found: Assessment) -> None:
    """Record what speaks against a chain."""
    for hop, upstream, middle, buyer in zip(
        match.hops, match.members, match.members[1:], match.members[2:], strict=False
    ):
        ties = [
            tie
            for agent in middle
            for side in (*upstream, *buyer)
            for tie in view.stands_for(agent, side, hop.sold.span, hop.sold.id)
        ]
        found.counter("disclosed", [tie.fact for tie in ties if tie.disclosed == "yes"])
        if not view.is_shown(hop.bought.batch, hop.sold.batch):
            found.counter("other_source", _other_sources(hop, {*upstream, *middle}, view))
    found.counter("bought_in_parallel", _parallel(match, view))
    for deal in match.spine:
        found.counter("part_refunded", deal.refunded)
    gain = _gain(trades)
    if _surely(_gap(match.spine) if gain is None else gain, above=False):
        found.counter("no_markup", [deal.id for deal in match.spine])


def _other_sources(hop: Pair, known: set[str], view: CaseView) -> list[str]:
    """Return the deals by which the intermediary could have the goods from somebody else."""
    buyers = set(_middle(hop))
    return [
        deal.id
        for deal in view.alike(hop.sold)
        if deal.id != hop.bought.id
        and buyers & set(deal.buyers)
        and not known & set(deal.sellers)
        and view.may_precede(deal.id, hop.sold.id)
    ]


def _parallel(match: Match, view: CaseView) -> list[str]:
    """Return the deals by which two members bought the goods from one source side by side.

    A purchase counts only where it can be before the member's sale (the last member's: before its
    own purchase on the chain).
    """
    alike = {d.id: d for own in match.spine for d in (own, *view.alike(own))}
    by_source: dict[str, dict[int, set[str]]] = {}
    for place, member in enumerate(match.members[1:]):
        limit = match.spine[min(place + 1, len(match.spine) - 1)]
        for deal in alike.values():
            is_own = deal.id == match.spine[place].id
            if set(member) & set(deal.buyers) and (is_own or view.may_precede(deal.id, limit.id)):
                for seller in deal.sellers:
                    by_source.setdefault(seller, {}).setdefault(place, set()).add(deal.id)
    return [
        deal
        for places in by_source.values()
        if len(places) > 1
        for deals in places.values()
        for deal in deals
    ]


def _figures(match: Match, view: CaseView) -> tuple[dict[str, Figure], tuple[Words, ...], Words]:
    """Return gain, records and price ratio, the arithmetic hop by hop, and why a gain is absent."""
    figures: dict[str, Figure] = {}
    lines: list[Words] = []
    missing: list[Words] = []
    trades = [Trade((hop,), view.totals) for hop in match.hops]
    for trade, member in zip(trades, match.members[1:], strict=False):
        name = "/".join(view.name(i) for i in member)
        lines += [Words(f"{name}：{line.zh}", f"{name}: {line.en}") for line in trade_lines(trade)]
        missing.append(why_no_gain(trade))
    gain = _gain(trades)
    if gain is not None:
        currency = match.spine[0].currency
        figures["gain"] = Figure.amount(gain, currency)
        told = [amount(trade.gain(), currency) for trade in trades]
        whole = amount(gain, currency)
        lines.append(
            Words(
                f"各手获利合计：{' + '.join(t.zh for t in told)} = {whole.zh}",
                f"Gains of all hands: {' + '.join(t.en for t in told)} = {whole.en}",
            )
        )
    least = carried(match.hops[0])
    for hop in match.hops[1:]:
        least = counts.least(least, carried(hop))
    if least is not None:
        figures["records"] = Figure.count(least)
        lines.append(both("line-records", records=records(least)))
    else:
        missing.append(Words("经手条数无法确定。", "How many records were carried is not known."))
    first, last = end_prices(match.spine)
    rise = counts.divide(last, first)
    if rise is None:
        missing.append(Words("末价与首价无法相比。", "Last and first price cannot be compared."))
    else:
        figures["price_ratio"] = Figure.ratio(rise)
        told_rise = ratio(rise)
        lines.append(
            Words(
                f"末价 ÷ 首价（每条）：{told_rise.zh}",
                f"Last ÷ first price per record: {told_rise.en}",
            )
        )
    return figures, tuple(lines), sentence(*dict.fromkeys(missing))


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="resale_chain",
    version=1,
    title=Words("多手转卖", "Chain of resales"),
    params=ChainParams,
    roles=("members", "batch"),
    figures=("gain", "records", "price_ratio"),
    signals=(
        SignalSpec(
            "every_hop_at_markup", 3, Words("每一手都加价", "every hand sold at a markup"), "markup"
        ),
        SignalSpec(
            "end_above_start",
            1,
            Words("末价高于首价", "the last price is above the first"),
            "markup",
        ),
        SignalSpec(
            "same_batch_shown",
            2,
            Words("每一手确为同一批数据", "shown to be the same goods at every step"),
            "goods",
        ),
        SignalSpec(
            "some_hops_shown",
            1,
            Words("部分转手确为同一批数据", "shown to be the same goods at some steps"),
            "goods",
        ),
        SignalSpec("four_deals", 1, Words("四次交易以上", "four deals or more")),
        SignalSpec("order_decided", 1, Words("先后次序确定", "the order is decided")),
        SignalSpec(
            "content_shrinks",
            1,
            Words("后手数据出自前手数据", "each batch is part of, or made from, the one before"),
        ),
        SignalSpec(
            "money_each_hop", 1, Words("每次交易均有付款记录", "payments recorded for every deal")
        ),
    ),
    counters=(
        CounterSpec(
            "disclosed", 2, Words("有一手的代理关系已告知", "agency was disclosed at a step")
        ),
        CounterSpec(
            "other_source",
            1,
            Words(
                "有一手只凭条数相同，且该中间人另有来源",
                "a step rests on an equal quantity alone, and its intermediary had another source",
            ),
        ),
        CounterSpec(
            "bought_in_parallel",
            2,
            Words("两名成员分别从同一来源购买", "two members bought from one source side by side"),
        ),
        CounterSpec("part_refunded", 1, Words("部分款项已退回", "part of a price was paid back")),
        CounterSpec("no_markup", 2, Words("全链确未加价", "surely no markup over the whole chain")),
    ),
    innocent=(
        Words("多人各自从同一来源购买。", "Parallel buyers of one source."),
        Words("授权经销网络。", "An authorised dealer network."),
        Words(
            "每一手都补充加工，作为新产品出售。",
            "A list enriched by each hand and sold as a new product.",
        ),
    ),
    merge="event",
    strong_needs=lambda hits: {"every_hop_at_markup", "same_batch_shown"} <= hits,
    detector=Detector,  # type: ignore[arg-type] # the runner gives it its own parameters
    absorbs=("relay", "batch_reuse"),
)
"""The typology as data; its pattern is `cypher/typologies/resale_chain.cypher`."""
