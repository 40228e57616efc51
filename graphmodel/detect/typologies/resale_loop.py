"""Resale loop: the goods come back.

What it finds
    A chain of two to six deals of the same goods, in possible order, whose last buyer is the first
    seller, is related to the first seller, or one stands for the other.

Why it matters
    Goods that return at a rising price move money and raise a price without a use of the data; the
    parties in the middle may be fronts of one side.

Signals
    Closes on the same party (3) or on a related party, agent or principal (2); the goods shown to
    be the same at every step (2) or only by rare quantity (1); the price rises at every step (2);
    the order is decided (1); payments at every step (1); the closer shows a name (1). Strong
    needs goods shown to be the same and a rising price.

Speaks against it
    Defective data taken back or replaced as stated (at most a lead); refunds on a step; barter on
    a step; less than half of the goods came back.

Looks alike but is innocent
    Defective data taken back. A replacement delivery. An exchange of lists.

Parameters
    `budget_s`. Steps (6), span (93 days) and caps belong to the derived loops.

Figures
    Margins round a closed loop add up to 0, so `gain` is the greatest margin of one member
    (received - paid on the loop); `records` = the least carried of any step, once.

Source
    The typology cards of the design; order and span of a series of intervals, 1.4.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.trade import Pair, carried
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

    from graphmodel.detect.records import DealFact
    from graphmodel.detect.view import CaseView
    from graphmodel.model.counts import Bounded


class Match(NamedTuple):
    """A loop: its fact, how it closes, its deals in order."""

    loop: str
    closes: str
    deals: tuple[DealFact, ...]

    @property
    def hops(self) -> list[tuple[DealFact, DealFact]]:
        """Return each deal with the next, without the closing step."""
        return list(pairwise(self.deals))

    @property
    def members(self) -> tuple[str, ...]:
        """Return the sellers in order, the first not repeated."""
        return tuple(seller for deal in self.deals for seller in deal.sellers)

    @property
    def closers(self) -> tuple[str, ...]:
        """Return the last buyer where it is not the first member itself."""
        last, first = self.deals[-1].buyers, self.deals[0].sellers
        return () if set(last) & set(first) else last


class Detector:
    """Weighs loops of deals."""

    def __init__(self, params: Params) -> None:
        """Keep the parameters."""
        self.params = params

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return one match a loop."""
        steps: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for row in rows:
            entry = (int(str(row["position"])), str(row["deal"]))
            steps.setdefault((str(row["loop"]), str(row["closes"])), []).append(entry)
        return [
            Match(loop, closes, tuple(view.deals[deal] for _, deal in sorted(listed)))
            for (loop, closes), listed in sorted(steps.items())
        ]

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return the set of deals: each loop is a finding of its own."""
        return {"deals": self.events(match)}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the deals."""
        return tuple(sorted(deal.id for deal in match.deals))

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return none: the set of deals is in the key roles."""
        del group
        return ()

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh one loop."""
        del group
        found = Assessment()
        first, last = match.deals[0], match.deals[-1]
        ends = (first.id, last.id)
        if match.closes == "same":
            found.hit("closes_on_same_party", ends)
        else:
            found.hit("closes_on_related_or_agent", (*ends, *_closing_ties(match, view)))
        hops = match.hops
        is_shown = all(view.resales[a.id, b.id][2] for a, b in hops)
        goods = [fact for a, b in hops for fact in view.goods_facts(a, b)]
        found.hit("same_batch_shown" if is_shown else "same_batch_fingerprint", goods)
        if all(_is_dearer(a, b) for a, b in hops):
            found.hit("price_rises", self.events(match))
        orders = [view.order_facts(a.id, b.id) for a, b in hops]
        if all(orders):
            found.hit("order_decided", [fact for facts in orders for fact in facts])
        else:
            found.caps.append(Cap(Level.SUPPORTED, both("cap-undecided")))
        if all(deal.paid.amounts for deal in match.deals):
            found.hit("money_returns", [p for deal in match.deals for p in deal.payments])
        shown = view.shown_by(last.buyer_account, last.span, last.sellers)
        shown += view.shown_by(first.seller_account, first.span, first.buyers)
        found.hit("closer_shows_persona", [s.fact for s in shown])
        self._object(match, view, found)
        return found

    def _object(self, match: Match, view: CaseView, found: Assessment) -> None:
        deals = match.deals
        about = {part for deal in deals for part in (deal.id, deal.batch)}
        found.counter("taken_back", view.stated(("defective_return", "replacement"), about))
        found.counter("refunded_step", [fact for deal in deals for fact in deal.refunded])
        found.counter("barter_step", [deal.id for deal in deals if deal.kind == "barter"])
        first, last = deals[0].records, deals[-1].records
        if first is not None and last is not None:
            high, low = last.high(), first.low()
            if high is not None and low is not None and 2 * high < low:
                found.counter("part_came_back", (deals[0].id, deals[-1].id))

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Tell one loop."""
        match = group[0]
        deals = match.deals
        batches = tuple(sorted({deal.batch for deal in deals}))
        roles = {"members": match.members, "closes": match.closers, "batch": batches}
        if not match.closers:
            del roles["closes"]
        figures, lines, best = _figures(match, view)
        path = [joined(view.name(i) for i in d.sellers) for d in deals]
        path.append(joined(view.name(i) for i in deals[-1].buyers))
        summary = Words(
            f"同一批数据转了一圈：{' → '.join(p.zh for p in path)}。",
            f"The same goods came round: {' → '.join(p.en for p in path)}.",
        )
        return Story(
            roles=roles,
            events=self.events(match),
            figures=figures,
            summary=sentence(summary, best),
            arithmetic=lines,
            facts=(*self.events(match), *(p for d in deals for p in d.payments)),
            circle=match.members,
        )


def _closing_ties(match: Match, view: CaseView) -> list[str]:
    first, last = match.deals[0], match.deals[-1]
    ties = [
        tie
        for x in last.buyers
        for y in first.sellers
        for tie in (
            *view.related(x, y, last.span),
            *view.stands_for(x, y, last.span, last.id),
            *view.stands_for(y, x, last.span, last.id),
        )
    ]
    return [tie.fact for tie in ties]


def _is_dearer(a: DealFact, b: DealFact) -> bool:
    """Tell whether the second deal is surely dearer per record than the first."""
    if a.currency != b.currency:
        return False
    prices = []
    for deal in (a, b):
        per_record = counts.divide(deal.value, deal.records)
        if per_record is None:
            per_record = unit_value(deal.price)
        prices.append(per_record)
    if prices[0] is None or prices[1] is None:
        return a.goods == b.goods and a.records == b.records and _is_more(a.value, b.value)
    return _is_more(prices[0], prices[1])


def _is_more(a: Bounded | None, b: Bounded | None) -> bool:
    gap = counts.subtract(b, a)
    return gap is not None and gap.surely_positive()


def _figures(match: Match, view: CaseView) -> tuple[dict[str, Figure], tuple[Words, ...], Words]:
    """Return the greatest margin of one member, the margins as lines, and who has it."""
    deals = match.deals
    figures: dict[str, Figure] = {}
    lines: list[Words] = []
    margins: list[tuple[Bounded, DealFact]] = []
    for bought, sold in match.hops:
        if bought.currency == sold.currency:
            margin = counts.subtract(sold.value, bought.value)
            if margin is not None:
                margins.append((margin, sold))
                lines.append(_margin_line(bought, sold, margin, view))
    first, last = deals[0], deals[-1]
    own = counts.subtract(first.value, last.value) if first.currency == last.currency else None
    if own is not None:
        margins.append((own, first))
        lines.append(_margin_line(last, first, own, view))
    best = Words("", "")
    if len(margins) == len(deals) and len({d.currency for d in deals}) == 1:
        margin, deal = max(margins, key=lambda entry: (entry[0].value, entry[1].id))
        figures["gain"] = Figure.amount(margin, deal.currency)
        who, told = joined(view.name(i) for i in deal.sellers), amount(margin, deal.currency)
        best = Words(
            f"单个成员的最大差价为 {who.zh} 的 {told.zh}。",
            f"The greatest margin of one member is {who.en}'s: {told.en}.",
        )
    least: Bounded | None = None
    for bought, sold in match.hops:
        part = carried(Pair(bought, sold))
        least = part if least is None else counts.least(least, part)
    if least is not None:
        figures["records"] = Figure.count(least)
        lines.append(both("line-records", records=records(least)))
    return figures, tuple(lines), best


def _margin_line(bought: DealFact, sold: DealFact, margin: Bounded, view: CaseView) -> Words:
    who = joined(view.name(i) for i in sold.sellers)
    received, paid = amount(sold.value, sold.currency), amount(bought.value, bought.currency)
    told = amount(margin, sold.currency)
    return Words(
        f"{who.zh}：{sold.id} {received.zh} − {bought.id} {paid.zh} = {told.zh}",
        f"{who.en}: {sold.id} {received.en} − {bought.id} {paid.en} = {told.en}",
    )


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="resale_loop",
    version=1,
    title=Words("倒卖回环", "Goods that come back"),
    params=Params,
    roles=("members", "closes", "batch"),
    figures=("gain", "records"),
    signals=(
        SignalSpec(
            "closes_on_same_party", 3, Words("回到同一方", "closes on the same party"), "closing"
        ),
        SignalSpec(
            "closes_on_related_or_agent",
            2,
            Words("回到有关联者、代理人或委托人", "closes on a related party, agent or principal"),
            "closing",
        ),
        SignalSpec(
            "same_batch_shown", 2, Words("确为同一批数据", "shown to be the same goods"), "goods"
        ),
        SignalSpec(
            "same_batch_fingerprint",
            1,
            Words("少见的条数完全相同", "one rare quantity at every step"),
            "goods",
        ),
        SignalSpec("price_rises", 2, Words("单价逐手上升", "the price rises at every step")),
        SignalSpec("order_decided", 1, Words("先后次序确定", "the order is decided")),
        SignalSpec("money_returns", 1, Words("各步均有付款", "payments at every step")),
        SignalSpec(
            "closer_shows_persona", 1, Words("闭合的一方使用网名", "the closing party shows a name")
        ),
    ),
    counters=(
        CounterSpec(
            "taken_back",
            3,
            Words("载明为退货或换货", "stated to be taken back or replaced"),
            Level.LEAD,
        ),
        CounterSpec("refunded_step", 2, Words("有一步已退款", "a step was paid back")),
        CounterSpec("barter_step", 1, Words("有一步为以物易物", "a step is barter")),
        CounterSpec(
            "part_came_back", 1, Words("回来的不足一半", "less than half of the goods came back")
        ),
    ),
    innocent=(
        Words("有缺陷的数据被退回。", "Defective data taken back."),
        Words("换货。", "A replacement delivery."),
        Words("互换名单。", "An exchange of lists."),
    ),
    merge="role",
    strong_needs=lambda hits: {"same_batch_shown", "price_rises"} <= hits,
    detector=Detector,
    absorbs=("resale_loop", "resale_chain", "relay", "batch_reuse"),
)
"""The typology as data; its pattern is `cypher/typologies/resale_loop.cypher`."""
