"""Payment loop: money returns to where it started.

What it finds
    Two to six payments in possible order, the payee of each and the payer of the next one party,
    that end at the first payer. Transfers between accounts of one party are joined and do not
    count; failed payments and those paid back in full moved nothing.

Why it matters
    Money sent round a circle gives the look of trade, hides who paid for what, and mixes money of
    different origin.

Signals
    Amounts alike (2); five parties or more (2); surely within 72 hours (1); the same members again
    with other payments (2); the order is decided (1); a payment settles a deal, or two members
    trade the same goods (2); each inner member passes on nine tenths (2); the currency changes (1).
    Any level needs one of these beside speed and order: a bare loop is no finding. Strong needs
    alike amounts, a decided order, and a repetition or a link to a deal.

Speaks against it
    A refund or a loan repayment stated (at most a lead); only two parties (at most a lead); all
    members of one household; a platform or shop with more than 1,000 counterparties is a member
    (at most a lead).

Looks alike but is innocent
    A loan paid back. Friends settling bills. A purchase and its refund. Payroll and rent through
    one bank.

Parameters
    `quick_hours` 72, `alike` 0.8, `passed_on` 0.9, `many_parties` 5, `hub_parties` 1,000,
    `budget_s`. Length (6), window (30 days) and caps belong to the derived loops.

Order
    Of one level, those come first that chance explains least: whose members deal in money with few
    others, since loops through given members are by chance as many as the product of the numbers of
    their counterparties. Who is seen in one account's statement only seems to deal with few.

Figures
    `amount` = the least payment, which is what can have gone round, absent across currencies;
    `days` = whole days of the greatest span, rounded up.

Source
    The typology cards of the design. Most loops in ordinary payments are innocent.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import combinations, pairwise
from math import log
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.parties import different
from graphmodel.detect.records import DAY_S, HOUR_S, Span, greatest_span, least_span
from graphmodel.detect.wording import amount, both, joined, sentence
from graphmodel.model import counts
from graphmodel.model.counts import Bounded
from graphmodel.model.evidence import Objection, Words
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

    from graphmodel.detect.view import CaseView
    from graphmodel.detect.view_payments import Transfer

ENOUGH = frozenset(
    (
        "amounts_alike",
        "five_parties",
        "repeated",
        "touches_deal",
        "passes_only",
        "currency_changes",
    )
)
"""Signals of which any level needs one."""
PART_BACK = Words(
    "回环中的一笔付款有一小部分被退回，按净额计算。",
    "A small part of a payment of the loop was paid back; what stayed is counted.",
)
PAID_BACK = ("loan", "repayment", "paid_back")


class LoopParams(Params):
    """Parameters of payment loops; shares are of amounts, hours of the greatest span."""

    quick_hours: int = 72
    alike: float = 0.8
    passed_on: float = 0.9
    many_parties: int = 5
    hub_parties: int = 1_000


class Match(NamedTuple):
    """A loop: its payments in order, and who passes on between each and the one before.

    `hops` are the steps with the payments parallel to each.
    """

    loop: str
    steps: tuple[Transfer, ...]
    members: tuple[tuple[str, ...], ...]
    hops: tuple[tuple[Transfer, ...], ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the payments by id."""
        return tuple(sorted(step.id for step in self.steps))

    @property
    def parties(self) -> frozenset[str]:
        """Return all who may be a member."""
        return frozenset(party for member in self.members for party in member)

    @property
    def spans(self) -> list[Span]:
        """Return when the payments were made."""
        return [step.span for step in self.steps]

    @property
    def currencies(self) -> tuple[str, ...]:
        """Return the currencies of the payments."""
        return tuple(sorted({step.currency for step in self.steps}))


def _beside(cell: object) -> list[tuple[int, str]]:
    """Return position and id of the payments beside the steps of a loop."""
    parts = [str(one).partition(":") for one in cell] if isinstance(cell, list) else []
    return [(int(position), payment) for position, _, payment in parts]


def _member(before: Transfer, step: Transfer) -> tuple[str, ...]:
    """Return who was paid by one payment and made the next; else all who may have."""
    own = before.payee.parties & step.payer.parties
    return tuple(sorted(own or before.payee.parties | step.payer.parties))


class Detector:
    """Weighs loops of payments."""

    def __init__(self, params: Params) -> None:
        """Keep the parameters."""
        self.params = LoopParams.model_validate(params.model_dump())
        self._alike: dict[tuple[str, ...], list[Match]] = {}
        self._usual = 1.0

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return one match a loop between at least two different parties."""
        listed: dict[str, list[tuple[int, str]]] = defaultdict(list)
        parallel: dict[str, list[tuple[int, str]]] = {}
        for row in rows:
            step = int(str(row["position"])), str(row["payment"])
            listed[str(row["loop"])].append(step)
            parallel[str(row["loop"])] = _beside(row["beside"])
        told_of = (*listed.values(), *parallel.values())
        view.transfers.need(payment for steps in told_of for _, payment in steps)
        found: list[Match] = []
        for loop, steps in sorted(listed.items()):
            told = tuple(view.transfers[payment] for _, payment in sorted(steps))
            before = (told[-1], *told[:-1])
            members = tuple(_member(a, b) for a, b in zip(before, told, strict=True))
            if len(different([step.payer for step in told], view)) > 1:
                hops = [[step] for step in told]
                for position, payment in parallel[loop]:
                    hops[position - 1].append(view.transfers[payment])
                found.append(Match(loop, told, members, tuple(map(tuple, hops))))
        by_members: dict[tuple[str, ...], list[Match]] = defaultdict(list)
        for match in found:
            by_members[tuple(sorted(match.parties))].append(match)
        self._alike = dict(by_members)
        parties = {party for match in found for party in match.parties}
        view.counterparties.need(parties)
        view.names.need(parties)
        view.need_related(parties)
        known = [view.counterparties[party] for party in sorted(parties)]
        self._usual = max(sum(n * n for n in known) / max(sum(known), 1), 1.0)
        return found

    def rank(self, group: Sequence[Match], view: CaseView) -> float:
        """Return what puts first, of the findings of one level, the loops chance explains least.

        Where everybody pays at random, loops through given members are as many as the product of
        the numbers of their counterparties: that of the usual member over that of each, multiplied.
        """
        told = []
        for match in group:
            own = [max(view.counterparties[p] for p in member) for member in match.members]
            told.append(sum(log(self._usual / max(n, 1)) for n in own))
        return -round(max(told), 6)

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return the set of members: their loops that share a payment are one finding."""
        return {"members": tuple(sorted(match.parties))}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the payments."""
        return match.ids

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return the payments."""
        return tuple(sorted({payment for match in group for payment in match.ids}))

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh one loop; parallel payments of one hop count alone and together."""
        del group
        found, ids, limits = Assessment(), match.ids, self.params
        for hops in ([[step] for step in match.steps], match.hops):
            named = [step.id for hop in hops for step in hop]
            if not found.hits.get("amounts_alike") and _is_alike(hops, limits.alike):
                found.hit("amounts_alike", named)
            if not found.hits.get("passes_only") and _passes_only(hops, limits.passed_on):
                found.hit("passes_only", named)
        if len(match.members) >= limits.many_parties:
            found.hit("five_parties", ids)
        if greatest_span(match.spans) <= limits.quick_hours * HOUR_S:
            found.hit("quick", ids)
        found.hit("repeated", self._repetition(match))
        _order(match, view, found)
        found.hit("touches_deal", _deals(match, view))
        if len(match.currencies) > 1:
            found.hit("currency_changes", ids)
        if not ENOUGH & found.hits.keys():
            bare = Words(
                "单凭付款形成回环不足以成为线索。", "A loop of payments alone is no finding."
            )
            found.caps.append(Cap(Level.SET_ASIDE, bare))
        self._object(match, view, found)
        return found

    def _repetition(self, match: Match) -> list[str]:
        """Return the payments by which the same members went round again, and these."""
        own = set(match.ids)
        others = [
            other
            for other in self._alike.get(tuple(sorted(match.parties)), ())
            if not own & set(other.ids)
        ]
        return [*own, *(payment for other in others for payment in other.ids)] if others else []

    def _object(self, match: Match, view: CaseView, found: Assessment) -> None:
        deals = [deal for payment in match.ids for deal in view.settled_by(payment)]
        found.counter("paid_back", view.stated(PAID_BACK, {*match.ids, *deals}))
        for step in match.steps:
            facts = view.refund_facts.get(step.id, ())
            if facts and _is_mostly_back(step):
                found.counter("paid_back", facts)
            elif facts:
                found.notes.append(Objection(PART_BACK, facts))
        if len(match.members) == 2:  # noqa: PLR2004 # two parties
            found.counter("two_parties", match.ids)
        found.counter("one_household", _household(match, view))
        for place, member in enumerate(match.members):
            if any(view.counterparties[party] > self.params.hub_parties for party in member):
                found.counter("hub", [match.steps[place].id])

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Tell loops of the same members that share payments; figures are those of the first."""
        match = min(group, key=lambda one: (min(one.spans), one.ids))
        ids = self.key_events(group)
        figures, lines, missing = _figures(match)
        path = [joined(view.name(party) for party in member) for member in match.members]
        path.append(path[0])
        summary = Words(
            f"款项转了一圈：{' → '.join(p.zh for p in path)}。",
            f"Money went round: {' → '.join(p.en for p in path)}.",
        )
        members = tuple(party for member in match.members for party in member)
        deals = [deal for payment in ids for deal in view.settled_by(payment)]
        return Story(
            roles={"members": members, "payments": ids},
            events=ids,
            figures=figures,
            summary=sentence(summary, missing),
            arithmetic=lines,
            facts=tuple(sorted({*ids, *deals})),
            circle=members,
        )


def _is_mostly_back(step: Transfer) -> bool:
    """Tell whether half of a payment or more may have been paid back; if unknown, it may."""
    kept = None if step.net is None else step.net.low()
    paid = None if step.amount is None else step.amount.high()
    return kept is None or paid is None or kept * 2 <= paid


def _sum(hop: Sequence[Transfer]) -> Bounded | None:
    """Return what stayed of the payments of one hop; None across currencies or if unknown."""
    if len({step.currency for step in hop}) > 1 or any(step.net is None for step in hop):
        return None
    return counts.total(step.net for step in hop)


def _is_alike(hops: Sequence[Sequence[Transfer]], share: float) -> bool:
    """Tell whether the least hop is surely that share of the greatest, in one currency."""
    sums = [_sum(hop) for hop in hops]
    lows = [None if s is None else s.low() for s in sums]
    highs = [None if s is None else s.high() for s in sums]
    if len({step.currency for hop in hops for step in hop}) > 1 or None in lows or None in highs:
        return False
    least, greatest = min(x for x in lows if x is not None), max(x for x in highs if x is not None)
    return least >= _exact(share) * greatest


def _exact(share: float) -> Fraction:
    return Fraction(str(share))


def _passes_only(hops: Sequence[Sequence[Transfer]], share: float) -> bool:
    """Tell whether each inner member surely passes on that share of what it was paid."""
    for paid_in, paid_out in pairwise(hops):
        got, gave = _sum(paid_in), _sum(paid_out)
        if got is None or gave is None or paid_in[0].currency != paid_out[0].currency:
            return False
        high, low = got.high(), gave.low()
        if high is None or low is None or low < _exact(share) * high:
            return False
    return True


def _order(match: Match, view: CaseView, found: Assessment) -> None:
    """Record whether each payment is surely before the next, by times or a stated order."""
    facts: list[str] = []
    for a, b in pairwise(match.steps):
        stated = view.before.get((a.id, b.id))
        if stated is None and a.span.t1 >= b.span.t0:
            found.caps.append(Cap(Level.SUPPORTED, both("cap-undecided")))
            return
        facts += [a.id, b.id, *([stated] if stated else [])]
    found.hit("order_decided", facts)


def _deals(match: Match, view: CaseView) -> list[str]:
    """Return payments that settle deals, with these, and deals of goods that two members trade."""
    facts = view.common_goods(match.parties)
    for payment in match.ids:
        settled = view.settled_by(payment)
        facts += [payment, *settled] if settled else []
    return facts


def _household(match: Match, view: CaseView) -> list[str]:
    """Return the ties by which all members may be one household: spouses, kin, partners."""
    at = Span(min(s.t0 for s in match.spans), max(s.t1 for s in match.spans))
    group = {place: place for place in range(len(match.members))}
    facts: list[str] = []
    for i, j in combinations(range(len(match.members)), 2):
        ties = [
            tie.fact
            for x in match.members[i]
            for y in match.members[j]
            for tie in view.related(x, y, at)
            if view.is_close_kin(tie)
        ]
        if ties:
            facts += ties
            old, new = group[j], group[i]
            group = {place: new if root == old else root for place, root in group.items()}
    return facts if len(set(group.values())) == 1 else []


def _figures(match: Match) -> tuple[dict[str, Figure], tuple[Words, ...], Words]:
    """Return `amount` and `days`, the payments as lines, and why an amount is absent."""
    figures: dict[str, Figure] = {}
    lines = []
    for step in match.steps:
        told = amount(step.amount, step.currency)
        lines.append(Words(f"{step.id}：{told.zh}", f"{step.id}: {told.en}"))
    missing = Words("", "")
    if len(match.currencies) == 1:
        least = match.steps[0].amount
        for step in match.steps[1:]:
            least = counts.least(least, step.amount)
        if least is not None:
            figures["amount"] = Figure.amount(least, match.currencies[0])
            told = amount(least, match.currencies[0])
            lines.append(Words(f"最小一笔：{told.zh}", f"The least payment: {told.en}"))
    else:
        listed = ", ".join(match.currencies)
        missing = Words(
            f"币种不同（{listed}），不计算金额。",
            f"No amount is computed across currencies ({listed}).",
        )
    most, fewest = (-(-span(match.spans) // DAY_S) for span in (greatest_span, least_span))
    bound = "exact" if most == fewest else "at_most"
    figures["days"] = Figure.count(Bounded(Fraction(most), bound))
    return figures, tuple(lines), missing


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="payment_loop",
    version=1,
    title=Words("付款回环", "Money that comes back"),
    params=LoopParams,
    roles=("members", "payments"),
    figures=("amount", "days"),
    signals=(
        SignalSpec("amounts_alike", 2, Words("各笔金额相近", "the amounts are alike")),
        SignalSpec("five_parties", 2, Words("至少五方", "five parties or more")),
        SignalSpec("quick", 1, Words("确在数日之内", "surely within a few days")),
        SignalSpec("repeated", 2, Words("相同各方多次循环", "the same members went round again")),
        SignalSpec("order_decided", 1, Words("先后次序确定", "the order is decided")),
        SignalSpec("touches_deal", 2, Words("与数据交易有关", "linked to a deal")),
        SignalSpec(
            "passes_only",
            2,
            Words("中间各方几乎全数转出", "each inner member passes nearly all on"),
        ),
        SignalSpec("currency_changes", 1, Words("途中变换币种", "the currency changes")),
    ),
    counters=(
        CounterSpec(
            "paid_back",
            3,
            Words("载明为退款或还款", "stated to be a refund or a repayment"),
            Level.LEAD,
        ),
        CounterSpec("two_parties", 3, Words("仅有两方", "only two parties"), Level.LEAD),
        CounterSpec("one_household", 2, Words("各方为一家人", "all members are of one household")),
        CounterSpec(
            "hub",
            2,
            Words("途经对手方众多的平台或商店", "a platform or shop with many counterparties"),
            Level.LEAD,
        ),
    ),
    innocent=(
        Words("归还借款。", "A loan paid back."),
        Words("朋友之间结账。", "Friends settling bills."),
        Words("购物后退款。", "A purchase and its refund."),
        Words("经同一家银行发放工资、支付房租。", "Payroll and rent through one bank."),
    ),
    merge="event",
    strong_needs=lambda hits: (
        {"amounts_alike", "order_decided"} <= hits and bool({"repeated", "touches_deal"} & hits)
    ),
    detector=Detector,
    absorbs=("payment_loop", "pass_through"),
)
"""The typology as data; its pattern is `cypher/typologies/payment_loop.cypher`."""
