"""Aggregator: one party gathers goods from many.

What it finds
    One party that obtains goods, by deals or deliveries, from three different sellers or more
    within the window. Parties are counted, not accounts; several deals with one seller count once,
    and a delivery for a deal is that deal.

Why it matters
    Lists brought together say more about a person than each alone, and are sold on as a new one.

Signals
    Many sources (3); a batch made from, or overlapping, two of them or more (2); the hub sold such
    a batch (2); obtained through two accounts or more (1). Strong needs the sale of a merged batch.

Speaks against it
    A licence or consent is stated (at most a lead); sellers related to each other; everything was
    obtained free of charge.

Looks alike but is innocent
    A lawful data vendor with consent. Reposts of one sale. A price-comparison buyer.

Parameters
    `min_parties` 3 sellers; `window_days` 366; `budget_s`.

Figures
    `amount` = Σ value of the purchases, by currency; `records` = distinct records over the goods:
    each goods once, at most their sum where goods are linked.

Source
    The typology cards of the design; windows of intervals, 1.4. Goods of one hub are one finding.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.hubs import (
    Entry,
    Gathering,
    amounts,
    by_hub,
    distinct_records,
    gatherings,
    is_free,
    licences,
    missing_figures,
    numbered,
    others_only,
    related_parties,
)
from graphmodel.detect.parties import Side, buyer_side, parties_of, seller_side
from graphmodel.detect.wording import joined, records, sentence
from graphmodel.model.counts import Bounded
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

    from graphmodel.detect.view import CaseView


class AggregatorParams(Params):
    """Least number of sellers, and the window they lie in."""

    min_parties: int = 3
    window_days: int = 366


class Match(NamedTuple):
    """A hub with what it obtained."""

    hub: tuple[str, ...]
    gathering: Gathering


class Detector:
    """Weighs hubs that gather."""

    def __init__(self, params: AggregatorParams) -> None:
        """Keep the parameters."""
        self.params = params
        self._goods: _Goods | None = None

    def _merged(self, match: Match, view: CaseView) -> dict[str, list[tuple[str, str]]]:
        """Return the batches made from goods of two sellers or more; goods are read once."""
        self._goods = self._goods or _Goods(view)
        return self._goods.merged(match)

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return one match for each hub and time in which enough sellers lie."""
        found = []
        listed = [(str(row["hub"]), _ids(row["events"])) for row in rows]
        hubs = [
            (hub, [_entry(id_, view) for id_ in _single(ids, view)]) for hub, ids in by_hub(listed)
        ]
        sides = {side for _, told in hubs for entry in told for side in (entry.own, entry.other)}
        view.need_accounts(side.account for side in sides)
        view.need_related(party for side in sides for party in side.parties)
        for hub, told in hubs:
            entries = others_only(told, view)
            least, window = self.params.min_parties, self.params.window_days
            found += [Match(hub, g) for g in gatherings(entries, least, window, view)]
        return found

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return the hub."""
        return {"hub": match.hub}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the deals and deliveries."""
        return tuple(entry.id for entry in match.gathering.entries)

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return none: all that one hub gathers is one finding."""
        del group
        return ()

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh what one hub gathered in one time."""
        del group
        found = Assessment()
        entries = match.gathering.entries
        found.hit("many_sources", [entry.id for entry in match.gathering.widest])
        merged = self._merged(match, view)
        found.hit("merged_batch", [fact for parts in merged.values() for _, fact in parts])
        found.hit("sells_merged", _sold(match, merged, view))
        if len({entry.own.account for entry in entries}) > 1:
            found.hit("several_accounts", self.events(match))
        found.counter("licensed", licences(match.hub, entries, view))
        found.counter("parties_related", related_parties(entries, view))
        if all(is_free(entry.deal) for entry in entries):
            found.counter("free_only", self.events(match))
        return found

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Tell what one hub obtained from whom."""
        entries = sorted({e.id: e for match in group for e in match.gathering.entries}.values())
        deals = [entry.deal for entry in entries if entry.deal is not None]
        figures, lines, totals = amounts(deals, view)
        number = distinct_records(entries, view)
        if number is not None:
            figures["records"] = Figure.count(number)
        sellers = numbered(entries, view)
        many = len(set(sellers.values()))
        hub, told = joined(view.name(i) for i in group[0].hub), records(number)
        batches = joined(sorted({e.batch for e in entries if e.batch is not None}))
        merged = joined(sorted({batch for match in group for batch in self._merged(match, view)}))
        zh = f"出自其中多份或与之重合的批次：{merged.zh}。" if merged.zh else ""
        en = f" Made from or overlapping several of them: {merged.en}." if merged.en else ""
        summary = Words(
            f"{hub.zh} 从 {many} 方取得数据（{batches.zh}）。{zh}",
            f"{hub.en} obtained goods ({batches.en}) from {many} parties.{en}",
        )
        return Story(
            roles={"hub": group[0].hub, "counterparties": parties_of(list(sellers))},
            events=tuple(entry.id for entry in entries),
            figures=figures,
            summary=sentence(summary, missing_figures(figures, deals)),
            arithmetic=(*lines, Words(f"不重复 {told.zh}", f"Distinct: {told.en}")),
            facts=tuple(sorted({*totals, *(p for deal in deals for p in deal.payments)})),
        )


def _ids(cell: object) -> tuple[str, ...]:
    return tuple(sorted(str(item) for item in cell)) if isinstance(cell, list | tuple) else ()


def _single(ids: Sequence[str], view: CaseView) -> list[str]:
    """Return the events without the deliveries for a deal that is among them."""
    listed = set(ids)
    return [
        id_ for id_ in ids if id_ not in view.deliveries or view.deliveries[id_].deal not in listed
    ]


def _entry(id_: str, view: CaseView) -> Entry:
    deal = view.deals.get(id_)
    if deal is not None:
        own, other = buyer_side(deal), seller_side(deal)
        return Entry(id_, own, other, deal.transfer, deal.batch, deal.records, deal)
    moved = view.deliveries[id_]
    receiver = Side(frozenset(moved.receivers), moved.receiver_account, moved.span)
    sender = Side(frozenset(moved.senders), moved.sender_account, moved.span)
    number = None if moved.records is None else Bounded(Fraction(moved.records))
    return Entry(id_, receiver, sender, moved.span, moved.batch, number, None)


def _parts(view: CaseView) -> dict[str, list[tuple[str, str]]]:
    """Return, by batch, the batches it is made from, contains or overlaps, with the links."""
    parts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for link in view.batch_links:
        if link.kind in {"derived", "overlap"}:
            parts[link.a].append((link.b, link.fact))
        if link.kind in {"subset", "overlap"}:
            parts[link.b].append((link.a, link.fact))
    for pair, listed in view.same_batches.items():
        a, b = min(pair), max(pair)
        for fact in (fact for fact, method, _ in listed if method == "overlap"):
            parts[a].append((b, fact))
            parts[b].append((a, fact))
    return parts


class _Goods:
    """Which batches are made from or overlap which, and who sells them."""

    def __init__(self, view: CaseView) -> None:
        """Read links of batches and the sellers of their deals."""
        self._view = view
        self._parts = _parts(view)
        self._whole: dict[str, set[str]] = defaultdict(set)
        for batch, parts in self._parts.items():
            for part, _ in parts:
                self._whole[part].add(batch)
        self._sellers: dict[str, set[str]] = defaultdict(set)
        for deal in view.deals.values():
            self._sellers[deal.batch] |= set(deal.sellers)

    def merged(self, match: Match) -> dict[str, list[tuple[str, str]]]:
        """Return the batches made from, or overlapping, goods of two sellers or more.

        By batch its parts among what was obtained, with the links. A batch that was itself
        obtained, or that only others sell, is none.
        """
        who, own = numbered(match.gathering.entries, self._view), set(match.hub)
        sources: dict[str, set[int]] = defaultdict(set)
        for entry in match.gathering.entries:
            if entry.batch is not None:
                sources[entry.batch].add(who[entry.other])
        near = {batch for part in sources for batch in self._whole.get(part, ())}
        found = {}
        for batch in sorted(near - sources.keys()):
            used = sorted({(part, fact) for part, fact in self._parts[batch] if part in sources})
            of_whom = {place for part, _ in used for place in sources[part]}
            sellers = self._sellers.get(batch, set())
            is_others = bool(sellers) and not sellers & own
            if not is_others and len({part for part, _ in used}) > 1 and len(of_whom) > 1:
                found[batch] = used
        return found


def _sold(
    match: Match, merged: Mapping[str, Sequence[tuple[str, str]]], view: CaseView
) -> list[str]:
    """Return the hub's sales of merged batches that can come after two of their parts."""
    if not merged:
        return []
    obtained: dict[str, list[str]] = defaultdict(list)
    for entry in match.gathering.entries:
        obtained[entry.batch or ""].append(entry.id)
    spans = {entry.id: entry.span for entry in match.gathering.entries}
    found = []
    traded = {deal.id: deal for party in match.hub for deal in view.deals_of(party)}
    for _, sale in sorted(traded.items()):
        if sale.kind == "sample" or not sale.live or not set(match.hub) & set(sale.sellers):
            continue
        before = {
            part
            for part, _ in merged.get(sale.batch, ())
            for event in obtained[part]
            if spans[event].t0 <= sale.transfer.t1 and (sale.id, event) not in view.before
        }
        if len(before) > 1:
            found.append(sale.id)
    return found


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="aggregator",
    version=1,
    title=Words("多家汇一家", "One hub, many sources"),
    params=AggregatorParams,
    roles=("hub", "counterparties"),
    figures=("amount", "records"),
    signals=(
        SignalSpec("many_sources", 3, Words("来源众多", "many sources")),
        SignalSpec(
            "merged_batch",
            2,
            Words(
                "有批次汇自其中两份以上", "a batch made from, or overlapping, two of them or more"
            ),
        ),
        SignalSpec("sells_merged", 2, Words("出售汇总后的批次", "the hub sold a merged batch")),
        SignalSpec(
            "several_accounts",
            1,
            Words("用两个以上账号取得", "obtained through two accounts or more"),
        ),
    ),
    counters=(
        CounterSpec(
            "licensed", 3, Words("载明已获授权或同意", "a licence or consent is stated"), Level.LEAD
        ),
        CounterSpec(
            "parties_related", 1, Words("卖家之间有关联", "sellers are related to each other")
        ),
        CounterSpec(
            "free_only", 2, Words("全部为无偿取得", "everything was obtained free of charge")
        ),
    ),
    innocent=(
        Words("取得同意的合法数据商。", "A lawful data vendor with consent."),
        Words("同一次出售的重复转发。", "Reposts of one sale."),
        Words("比价的买家。", "A price-comparison buyer."),
    ),
    merge="role",
    strong_needs=lambda hits: "sells_merged" in hits,
    detector=Detector,  # type: ignore[arg-type] # the runner gives it its own parameters
)
"""The typology as data; its pattern is `cypher/typologies/aggregator.cypher`."""
