"""Batch reuse: two sellers, the same records, no known way between them.

What it finds
    Two deals of the same goods by two different sellers, while no known deal or delivery of those
    goods, and no series of them in possible order, leads from one seller to the other. Goods shown
    to be the same join all their sellers in one finding; equal rare quantities stay pairs.

Why it matters
    The same records in two hands have a common origin that the case does not name: a leak with two
    exits, a copy between sellers, one hand behind two sellers, or a public list.

Signals
    One file or one batch (3), or an overlap of records (3), or a stated link of the batches (2), or
    only one rare quantity (1); the overlap covers most of both (1); the sellers are related (2);
    one buyer bought from both (1); a sample of one is part of the other (1); surely within the
    window (1). Strong needs one file or an overlap, and related sellers or a third seller.

Speaks against it
    A common source of both sellers is known; a public source is stated (at most a lead). Usual
    package sizes without a link of content join nothing.

Looks alike but is innocent
    Both lists come from a public register. Both bought from one wholesaler. A usual package size.

Parameters
    `window_days` 93 between two deals joined by quantity alone, and for `close_in_time`;
    `max_deals` 1,000 deals of one file, beyond which it is reported and not paired; `max_pairs`
    10,000 pairs of a group that are weighed; `budget_s`.

Figures
    `records` = distinct rows of one file; the stated `shared` of an overlap; else at most the
    smaller batch. Several different overlaps of one group: at least the greatest, or at most their
    sum where all are limits.

Source
    The typology cards of the design, 1.5 (same goods) and 1.3 (parties).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.parties import different, is_same, parties_of, seller_side
from graphmodel.detect.records import DAY_S, greatest_span
from graphmodel.detect.runner import STRONG_FROM, weigh
from graphmodel.detect.shared_records import (
    records_in_both,
    repeats,
    stated_overlap,
    tighter,
)
from graphmodel.detect.ways import Ways
from graphmodel.detect.wording import joined, records, sentence
from graphmodel.model import counts
from graphmodel.model.counts import Bounded
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

PAIRS_TOLD = 10
"""Most pairs of sellers named in a summary."""

MOSTLY = Fraction(4, 5)
"""Share of both batches from which an overlap covers most of them."""

_NO_THIRD = Words(
    "两名卖家无已知关联，也没有第三名卖家，最高为“有佐证”。",
    "The sellers are not known to be related and there is no third one: supported at most.",
)


class ReuseParams(Params):
    """Window and limit of the search."""

    window_days: int = 93
    max_deals: int = 1_000
    max_pairs: int = 10_000


class Twin(NamedTuple):
    """Two deals of the same goods by two sellers."""

    first: DealFact
    second: DealFact
    shown: bool

    @property
    def deals(self) -> tuple[DealFact, DealFact]:
        """Return the two deals."""
        return (self.first, self.second)


class Match(NamedTuple):
    """A group of twins that share deals, or one twin by quantity, with batches and sellers."""

    twins: tuple[Twin, ...]
    batches: tuple[str, ...]
    sellers: tuple[str, ...]

    @property
    def shown(self) -> bool:
        """Tell whether the goods are shown to be the same, not only a quantity."""
        return self.twins[0].shown


class Detector:
    """Weighs deals of the same goods by several sellers."""

    def __init__(self, params: ReuseParams) -> None:
        """Keep the parameters."""
        self.params = params
        self.truncated: list[str] = []
        self._ways: Ways | None = None
        self._typology: Typology[Match, CaseView] = TYPOLOGY

    def use_weights(self, typology: Typology[Match, CaseView]) -> None:
        """Weigh as this typology does: its weights may differ from those of the card."""
        self._typology = typology

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return the deals whose sellers differ and are joined by no known way of the goods."""
        self._ways = ways = Ways(view)
        self.truncated += _too_many(view, self.params.max_deals)
        shown: list[Twin] = []
        found: list[Match] = []
        for row in rows:
            a, b = (view.deals[str(row[name])] for name in ("first", "second"))
            is_one = is_same(seller_side(a), seller_side(b), view)
            if is_one or ways.way(a, b) or ways.way(b, a):
                continue
            twin = Twin(a, b, view.is_shown(a.batch, b.batch))
            if twin.shown:
                shown.append(twin)
            else:
                found.append(_match([twin]))
        found += [_match(group) for group in _groups(shown)]
        most = self.params.max_pairs
        for match in found:
            if len(match.twins) > most:
                told = (
                    f"{most} of {len(match.twins)} pairs of batch {match.batches[0]} were weighed"
                )
                self.truncated.append(f"batch_reuse: max_pairs {most}, {told}")
        return found

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return the batches and the sellers of the group."""
        kind = "shown" if match.shown else "quantity"
        return {"batches": match.batches, "sellers": match.sellers, "goods": (kind,)}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the deals."""
        return tuple(sorted({deal.id for twin in match.twins for deal in twin.deals}))

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return none for goods shown to be the same; else the deals, since pairs stay pairs."""
        if group[0].shown:
            return ()
        return tuple(sorted({id_ for match in group for id_ in self.events(match)}))

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh the pairs of a group; the one that shows most speaks for it."""
        del group
        near = _neighbours(match.twins)
        best: tuple[tuple[int, int], Assessment] | None = None
        for twin in match.twins[: self.params.max_pairs]:
            found = self._assess_twin(twin, near, view)
            weighed = weigh(self._typology, match, found)
            reached = (int(weighed.level), weighed.total)
            if best is None or reached > best[0]:
                best = (reached, found)
        return Assessment() if best is None else best[1]

    def _assess_twin(self, twin: Twin, near: Neighbours, view: CaseView) -> Assessment:
        found = Assessment()
        a, b = twin.deals
        found.hit(_how(twin, view), view.goods_facts(a, b))
        found.hit("overlap_mostly", _mostly(twin, view))
        at = max(a.span, b.span)
        ties = [t.fact for x in a.sellers for y in b.sellers for t in view.related(x, y, at)]
        found.hit("sellers_related", ties)
        if set(a.buyers) & set(b.buyers):
            found.hit("one_buyer_twice", (a.id, b.id))
        found.hit("sample_inside", [*_sample(a, b, view), *_sample(b, a, view)])
        if greatest_span([a.transfer, b.transfer]) <= self.params.window_days * DAY_S:
            found.hit("close_in_time", (a.id, b.id))
        reached = sum(s.weight for s in self._typology.signals if s.name in found.hits)
        if reached >= STRONG_FROM and not ties and not _has_third(twin, near):
            found.caps.append(Cap(Level.SUPPORTED, _NO_THIRD))
        links = view.links_by_pair.get(frozenset((a.batch, b.batch)), ())
        about = {a.id, b.id, a.batch, b.batch, *(link.fact for link in links)}
        found.counter("public_source", view.stated(("public_source",), about))
        found.counter("common_source", self._common(twin, view))
        return found

    def _common(self, twin: Twin, view: CaseView) -> list[str]:
        """Return the events by which one party may have supplied both sellers."""
        ways = self._ways or Ways(view)
        first, second = (ways.sources(deal) for deal in twin.deals)
        sources = sorted(first.keys() & second.keys())
        return [event for party in sources for event in (*first[party], *second[party])]

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Tell all sellers of one goods, or one pair by quantity."""
        twins = [twin for match in group for twin in match.twins]
        deals = {deal.id for twin in twins for deal in twin.deals}
        number, lines = _records(twins, view)
        figures = {} if number is None else {"records": Figure.count(number)}
        missing = Words("", "") if number is not None else _NO_NUMBER
        one_each = {frozenset(deal.batch for deal in twin.deals): twin for twin in reversed(twins)}
        facts = (f for twin in one_each.values() for f in view.goods_facts(*twin.deals))
        return Story(
            roles={"sellers": group[0].sellers, "batches": group[0].batches},
            events=tuple(sorted(deals)),
            figures=figures,
            summary=sentence(_summary(twins, group[0].batches, view), missing),
            arithmetic=(*lines, *repeats(group[0].batches, view)),
            facts=tuple(sorted({*deals, *(fact for fact in facts if ";" in fact)})),
        )


_NO_NUMBER = Words("重复使用的条数无法确定。", "How many records were used twice is not known.")


def _summary(twins: Sequence[Twin], ids: Sequence[str], view: CaseView) -> Words:
    """Say who sold the goods, and between whom no way of them is known."""
    deals = {deal.id: deal for twin in twins for deal in twin.deals}
    sides = different((seller_side(deal) for _, deal in sorted(deals.items())), view)
    named = {
        party: "/".join(view.name(i) for i in parties_of(side))
        for side in sides
        for party in parties_of(side)
    }
    who, batches = joined(sorted(set(named.values()))), joined(ids)
    pairs = {tuple(sorted(named[deal.sellers[0]] for deal in twin.deals)) for twin in twins}
    zh, en = "他们", "them"
    if len(pairs) * 2 < len(sides) * (len(sides) - 1):
        listed = sorted(pairs)
        zh = "；".join(" 与 ".join(pair) for pair in listed[:PAIRS_TOLD])
        en = "; ".join(" and ".join(pair) for pair in listed[:PAIRS_TOLD])
        if len(listed) > PAIRS_TOLD:
            zh, en = f"{zh} 等 {len(listed)} 对", f"{en}; {len(listed)} pairs in all"
    return Words(
        f"{who.zh} 各自出售同一批数据（{batches.zh}），{zh} 之间没有已知的转手途径。",
        f"{who.en} each sold the same goods ({batches.en}); "
        f"no way of the goods is known between {en}.",
    )


def _too_many(view: CaseView, max_deals: int) -> list[str]:
    """Name the goods, and the linked batches, that are in too many deals to be paired."""
    by_batch: dict[str, int] = {}
    for deal in view.deals.values():
        by_batch[deal.batch] = by_batch.get(deal.batch, 0) + 1
    counted = {goods: len(deals) for goods, deals in view.deals_of_goods.items()}
    for batch in {batch for pair in view.same_batches for batch in pair}:
        counted[batch] = max(counted.get(batch, 0), by_batch.get(batch, 0))
    return [
        f"batch_reuse: max_deals {max_deals}, batch {batch} in {many} deals was not paired"
        for batch, many in sorted(counted.items())
        if many > max_deals
    ]


def _groups(twins: Sequence[Twin]) -> list[list[Twin]]:
    """Split twins into groups that share a deal, directly or through others."""
    root: dict[str, str] = {}

    def find(deal: str) -> str:
        while root.setdefault(deal, deal) != deal:
            root[deal] = deal = root[root[deal]]
        return deal

    for twin in twins:
        root[find(twin.first.id)] = find(twin.second.id)
    groups: dict[str, list[Twin]] = {}
    for twin in twins:
        groups.setdefault(find(twin.first.id), []).append(twin)
    return list(groups.values())


def _match(twins: Sequence[Twin]) -> Match:
    ordered = sorted(twins, key=lambda twin: (twin.first.id, twin.second.id))
    batches = {deal.batch for twin in twins for deal in twin.deals}
    sellers = {seller for twin in twins for deal in twin.deals for seller in deal.sellers}
    return Match(tuple(ordered), tuple(sorted(batches)), tuple(sorted(sellers)))


def _methods(twin: Twin, view: CaseView) -> dict[str, float | None]:
    """Return how the two batches are joined, with the containment of the smaller one."""
    pair = frozenset((twin.first.batch, twin.second.batch))
    return {method: score for _, method, score in view.same_batches.get(pair, ())}


def _how(twin: Twin, view: CaseView) -> str:
    """Return the signal that says how the goods are known to be the same."""
    if not twin.shown:
        return "rare_quantity"
    methods = _methods(twin, view)
    if twin.first.batch == twin.second.batch or "digest" in methods:
        return "same_file"
    if "overlap" in methods:
        return "record_overlap"
    digests = {view.batches[deal.batch].file_sha256 for deal in twin.deals}
    return "same_file" if len(digests) == 1 and None not in digests else "stated_link"


def _mostly(twin: Twin, view: CaseView) -> tuple[str, ...]:
    """Return the facts by which an overlap surely covers most of both batches."""
    sizes = [view.batches[deal.batch].distinct for deal in twin.deals]
    stated = stated_overlap(*twin.deals, view)
    if stated is not None:
        shared, facts = stated
        rows = [view.batches[deal.batch].records for deal in twin.deals]
        sizes = [known or whole for known, whole in zip(sizes, rows, strict=True)]
    else:
        score = _methods(twin, view).get("overlap")
        if score is None or sizes[0] is None or sizes[1] is None:
            return ()
        least = min(size.value for size in sizes if size is not None)
        shared = Bounded(least * Fraction(score).limit_denominator(10**9))
        facts = tuple(fact for fact in view.goods_facts(*twin.deals) if ";" in fact)
    for size in sizes:
        high = None if size is None else size.high()
        if high is None or shared.value < MOSTLY * high:
            return ()
    return (*facts, *(f"batches:{deal.batch}" for deal in twin.deals))


def _sample(a: DealFact, b: DealFact, view: CaseView) -> list[str]:
    """Return a sample by the seller of one deal that is stated to be part of the other's batch."""
    return [
        fact
        for sample in view.samples
        if sample.batch not in {a.batch, b.batch} and set(sample.sellers) & set(a.sellers)
        for link in view.links_by_pair.get(frozenset((sample.batch, b.batch)), ())
        if link.kind == "subset" and link.a == sample.batch
        for fact in (sample.id, link.fact)
    ]


Neighbours = dict[frozenset[str], set[frozenset[str]]]
"""By seller, as a set of parties, the sellers to whom no way of the goods is known."""


def _neighbours(twins: Sequence[Twin]) -> Neighbours:
    near: Neighbours = {}
    for twin in twins:
        x, y = (frozenset(deal.sellers) for deal in twin.deals)
        near.setdefault(x, set()).add(y)
        near.setdefault(y, set()).add(x)
    return near


def _has_third(twin: Twin, near: Neighbours) -> bool:
    """Tell whether a third seller has the goods, with no known way to either of the two."""
    x, y = (frozenset(deal.sellers) for deal in twin.deals)
    return any(not third & (x | y) for third in near[x] & near[y])


def _records(twins: Sequence[Twin], view: CaseView) -> tuple[Bounded | None, tuple[Words, ...]]:
    """Return the records used by several sellers, and a line for each pair of batches."""
    by_pair: dict[tuple[str, ...], Bounded | None] = {}
    asked = set()
    for twin in twins:
        question = tuple((deal.batch, deal.records) for deal in twin.deals)
        if question not in asked:
            asked.add(question)
            pair = tuple(sorted({deal.batch for deal in twin.deals}))
            number = records_in_both(*twin.deals, view)
            by_pair[pair] = tighter(by_pair.get(pair), number)
    lines = [
        Words(f"{' ∩ '.join(pair)}：{records(n).zh}", f"{' ∩ '.join(pair)}: {records(n).en}")
        for pair, n in sorted(by_pair.items())
    ]
    one_goods = len({deal.goods for twin in twins for deal in twin.deals}) == 1
    if len(by_pair) == 1 or one_goods:
        number = None
        for known in by_pair.values():
            number = tighter(number, known)
        return number, tuple(lines)
    exact = [n for n in by_pair.values() if n is not None and n.bound == "exact"]
    if exact:
        return Bounded(max(n.value for n in exact), "at_least"), tuple(lines)
    limits = list(by_pair.values())
    return (None if None in limits else counts.total(limits)), tuple(lines)


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="batch_reuse",
    version=1,
    title=Words("同一批数据，不同卖家", "One list, several sellers"),
    params=ReuseParams,
    roles=("sellers", "batches"),
    figures=("records",),
    signals=(
        SignalSpec("same_file", 3, Words("同一文件或同一批", "one file or one batch"), "goods"),
        SignalSpec("record_overlap", 3, Words("记录重合", "the records overlap"), "goods"),
        SignalSpec(
            "stated_link",
            2,
            Words("载明两批有联系", "the batches are stated to be linked"),
            "goods",
        ),
        SignalSpec("rare_quantity", 1, Words("少见的条数完全相同", "one rare quantity"), "goods"),
        SignalSpec(
            "overlap_mostly", 1, Words("重合占双方的大部分", "the overlap covers most of both")
        ),
        SignalSpec("sellers_related", 2, Words("卖家之间有关联", "the sellers are related")),
        SignalSpec("one_buyer_twice", 1, Words("同一买家向双方购买", "one buyer bought from both")),
        SignalSpec(
            "sample_inside",
            1,
            Words("一方的样本出自另一方的数据", "a sample of one is part of the other"),
        ),
        SignalSpec("close_in_time", 1, Words("间隔确在期限之内", "surely within the window")),
    ),
    counters=(
        CounterSpec(
            "common_source",
            2,
            Words("双方有已知的共同来源", "a common source of both sellers is known"),
        ),
        CounterSpec(
            "public_source", 3, Words("载明来源公开", "a public source is stated"), Level.LEAD
        ),
    ),
    innocent=(
        Words("两份名单都出自公开登记。", "Both lists come from a public register."),
        Words("双方都从同一批发商购买。", "Both bought from one wholesaler."),
        Words("常见的整包条数。", "A usual package size."),
    ),
    merge="event",
    strong_needs=lambda hits: bool(hits & {"same_file", "record_overlap"}),
    detector=Detector,  # type: ignore[arg-type] # the runner gives it its own parameters
)
"""The typology as data; its pattern is `cypher/typologies/batch_reuse.cypher`."""
