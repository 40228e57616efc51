"""Wholesaler: one party sells the same goods to many.

What it finds
    One party whose deals of the same goods, within the window, have three different buyers or
    more. Parties are counted, not accounts, and several deals with one buyer count once.

Why it matters
    The same records in many hands multiply the harm, and the sums of many small sales add up.

Signals
    Goods shown to be the same, sold to many (3); ten buyers or more (1); sold through two accounts
    or more (1); the hub bought the goods itself (1); one unit price for three buyers or more (1);
    samples handed over before a sale (1); offered or spoken of in a group (1). Strong needs goods
    shown to be the same, and ten buyers or several accounts.

Speaks against it
    A licence or consent is stated (at most a lead); buyers related to each other; everything was
    handed over free of charge.

Looks alike but is innocent
    A lawful data vendor with consent. Reposts of one sale. A price-comparison buyer.

Parameters
    `min_parties` 3 buyers; `window_days` 366; `budget_s`.

Figures
    `amount` = Σ value of the sales, by currency; `records` = distinct records of the goods. The
    records counted once for each buyer stand in the arithmetic.

Source
    The typology cards of the design; windows of intervals, 1.4; same goods, 1.5.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.hubs import (
    Entry,
    Gathering,
    amounts,
    by_hub,
    cumulative_records,
    distinct_records,
    gatherings,
    is_free,
    licences,
    missing_figures,
    numbered,
    others_only,
    related_parties,
)
from graphmodel.detect.parties import buyer_side, parties_of, seller_side
from graphmodel.detect.wording import joined, records, sentence
from graphmodel.model.deal_value import unit_value
from graphmodel.model.evidence import Words
from graphmodel.model.finding import Figure, Level
from graphmodel.model.typology import (
    Assessment,
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

MANY = 10
"""Buyers from which they count as very many."""


class WholesalerParams(Params):
    """Least number of buyers, and the window they lie in."""

    min_parties: int = 3
    window_days: int = 366


class Match(NamedTuple):
    """A hub with its sales of one goods."""

    hub: tuple[str, ...]
    gathering: Gathering
    shown: bool

    @property
    def deals(self) -> list[DealFact]:
        """Return the sales, by id."""
        return [e.deal for e in self.gathering.entries if e.deal is not None]


def _entry(deal: DealFact) -> Entry:
    return Entry(
        deal.id,
        seller_side(deal),
        buyer_side(deal),
        deal.transfer,
        deal.batch,
        deal.records,
        deal,
    )


class Detector:
    """Weighs hubs that sell."""

    def __init__(self, params: WholesalerParams) -> None:
        """Keep the parameters."""
        self.params = params

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return one match for each hub, goods and time in which enough buyers lie."""
        found = []
        listed = [(str(row["hub"]), _ids(row["deals"])) for row in rows]
        for hub, ids in by_hub(listed):
            deals = [view.deals[id_] for id_ in ids]
            is_shown = len({deal.goods for deal in deals}) == 1
            entries = others_only((_entry(deal) for deal in deals), view)
            least, window = self.params.min_parties, self.params.window_days
            found += [Match(hub, g, is_shown) for g in gatherings(entries, least, window, view)]
        ends = [end for match in found for e in match.gathering.entries for end in (e.own, e.other)]
        view.group_messages.need(end.account for end in ends)
        view.need_related(party for end in ends for party in end.parties)
        return found

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return the hub."""
        return {"hub": match.hub}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the sales."""
        return tuple(entry.id for entry in match.gathering.entries)

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return the first sale."""
        deals = (deal for match in group for deal in match.deals)
        return (min(deals, key=lambda deal: (deal.transfer, deal.id)).id,)

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh one hub and goods."""
        del group
        found = Assessment()
        entries = match.gathering.entries
        if match.shown:
            found.hit("same_batch_many_buyers", [entry.id for entry in match.gathering.widest])
        if match.gathering.parties >= MANY:
            found.hit("ten_buyers", [entry.id for entry in match.gathering.widest])
        if len({entry.own.account for entry in entries}) > 1:
            found.hit("several_accounts", self.events(match))
        found.hit("buys_from_above", _bought(match, view))
        found.hit("price_list", _one_price(entries, view))
        found.hit("samples_first", _samples(match, view))
        found.hit("group_messages", _in_groups(match, view))
        found.counter("licensed", licences(match.hub, entries, view))
        found.counter("parties_related", related_parties(entries, view))
        if all(is_free(entry.deal) for entry in entries):
            found.counter("free_only", self.events(match))
        return found

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Tell what one hub sold to whom."""
        entries = list({e.id: e for match in group for e in match.gathering.entries}.values())
        deals = [entry.deal for entry in entries if entry.deal is not None]
        figures, lines, totals = amounts(deals, view)
        number, cumulative = distinct_records(entries, view), cumulative_records(entries, view)
        if number is not None:
            figures["records"] = Figure.count(number)
        buyers = numbered(entries, view)
        many = len(set(buyers.values()))
        hub = joined(view.name(i) for i in group[0].hub)
        batches = joined(sorted({deal.batch for deal in deals}))
        summary = Words(
            f"{hub.zh} 把同一批数据（{batches.zh}）卖给 {many} 方。",
            f"{hub.en} sold the same goods ({batches.en}) to {many} parties.",
        )
        told, each = records(number), records(cumulative)
        return Story(
            roles={"hub": group[0].hub, "counterparties": parties_of(list(buyers))},
            events=tuple(entry.id for entry in entries),
            figures=figures,
            summary=sentence(summary, missing_figures(figures, deals)),
            arithmetic=(
                *lines,
                Words(
                    f"不重复 {told.zh}；按买家累计 {each.zh}",
                    f"Distinct: {told.en}; counted for each buyer: {each.en}",
                ),
            ),
            facts=tuple(sorted({*totals, *(p for deal in deals for p in deal.payments)})),
        )


def _ids(cell: object) -> tuple[str, ...]:
    return tuple(sorted(str(item) for item in cell)) if isinstance(cell, list | tuple) else ()


def _one_of_each(match: Match) -> list[DealFact]:
    """Return one sale of each batch where the goods are shown, else all: there are few."""
    if not match.shown:
        return match.deals
    return list({deal.batch: deal for deal in match.deals}.values())


def _bought(match: Match, view: CaseView) -> list[str]:
    """Return the deals by which the hub may have had the goods before a sale."""
    own = set(match.hub)
    bought = {d.id for sale in _one_of_each(match) for d in view.alike(sale) if own & {*d.buyers}}
    return sorted(
        id_
        for id_ in bought
        if not own & set(view.deals[id_].sellers)
        and any(view.may_precede(id_, sale.id) for sale in match.deals)
    )


def _one_price(entries: Sequence[Entry], view: CaseView) -> list[str]:
    """Return the sales at the price per record that most buyers paid, if three or more did."""
    who = numbered(entries, view)
    by_price: dict[tuple[object, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        unit = None if entry.deal is None else unit_value(entry.deal.price)
        if entry.deal is not None and unit is not None and unit.value > 0 and unit.bound == "exact":
            by_price[unit.value, entry.deal.currency].append(entry)
    alike = max(by_price.values(), key=lambda own: len({who[e.other] for e in own}), default=[])
    return [e.id for e in alike] if len({who[e.other] for e in alike}) >= 3 else []  # noqa: PLR2004


def _samples(match: Match, view: CaseView) -> list[str]:
    """Return the samples of the goods that the hub surely gave a buyer before a sale to it."""
    own = set(match.hub)
    samples = [deal for deal in view.samples if own & set(deal.sellers)]
    return [
        fact
        for sample in samples
        for sale in match.deals
        if set(sample.buyers) & set(sale.buyers)
        and view.is_alike(sample, sale)
        and view.decided(sample.id, sale.id)
        for fact in (sample.id, sale.id)
    ]


def _in_groups(match: Match, view: CaseView) -> list[str]:
    """Return what the hub wrote in groups of these sales, or to their buyers, or offered there.

    Of messages that name no sale the first of each group counts, with the first of a buyer there.
    """
    entries = match.gathering.entries
    sales, batches = {entry.id for entry in entries}, {entry.batch for entry in entries}
    own = {entry.own.account for entry in entries}
    others = {entry.other.account for entry in entries}
    view.group_messages.need(own | others)
    facts = [m.id for a in sorted(own) for m in view.group_messages[a] if m.deal in sales]
    mine, theirs = (
        {m.group: m.id for a in sorted(side) for m in reversed(view.group_messages[a])}
        for side in (own, others)
    )
    facts += [side[group] for group in mine.keys() & theirs.keys() for side in (mine, theirs)]
    facts += [
        offer.id
        for offer in view.offers
        if offer.id in view.group_offers and offer.seller_account in own and offer.batch in batches
    ]
    return facts


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="wholesaler",
    version=1,
    title=Words("一家卖多家", "One seller, many buyers"),
    params=WholesalerParams,
    roles=("hub", "counterparties"),
    figures=("amount", "records"),
    signals=(
        SignalSpec(
            "same_batch_many_buyers",
            3,
            Words("确为同一批数据卖给多方", "goods shown to be the same, sold to many"),
        ),
        SignalSpec("ten_buyers", 1, Words("十个以上买家", "ten buyers or more")),
        SignalSpec(
            "several_accounts", 1, Words("用两个以上账号出售", "sold through two accounts or more")
        ),
        SignalSpec(
            "buys_from_above", 1, Words("自己也从上家购买", "the hub bought the goods itself")
        ),
        SignalSpec(
            "price_list",
            1,
            Words("三个以上买家单价相同", "one unit price for three buyers or more"),
        ),
        SignalSpec("samples_first", 1, Words("先给样本后成交", "samples before a sale")),
        SignalSpec("group_messages", 1, Words("在群内推销", "offered or spoken of in a group")),
    ),
    counters=(
        CounterSpec(
            "licensed", 3, Words("载明已获授权或同意", "a licence or consent is stated"), Level.LEAD
        ),
        CounterSpec(
            "parties_related", 1, Words("买家之间有关联", "buyers are related to each other")
        ),
        CounterSpec(
            "free_only", 2, Words("全部为无偿提供", "everything was handed over free of charge")
        ),
    ),
    innocent=(
        Words("取得同意的合法数据商。", "A lawful data vendor with consent."),
        Words("同一次出售的重复转发。", "Reposts of one sale."),
        Words("比价的买家。", "A price-comparison buyer."),
    ),
    merge="event",
    strong_needs=lambda hits: (
        "same_batch_many_buyers" in hits and bool(hits & {"ten_buyers", "several_accounts"})
    ),
    detector=Detector,  # type: ignore[arg-type] # the runner gives it its own parameters
)
"""The typology as data; its pattern is `cypher/typologies/wholesaler.cypher`."""
