"""Split payment: one price, several payments.

What it finds
    A deal or an offer with a known price, and two or more payments from the buyer's party to
    accounts of the seller's party: either all that settle the deal, or, where none does, a run of
    consecutive payments between the two within 72 hours whose sum is the price within 1 %. None of
    them alone is the price. Payments are never picked: no other payment between the two can lie
    inside a run, and no payment serves two prices.

Why it matters
    A price in small parts, or over several accounts, stays below limits and is not seen as one.

Signals
    The sum is the price (3); the payments are stated to settle the deal (2); every part at most
    200.00 CNY, the size of a red packet (2); two or more accounts of the payee (2); five parts or
    more (1); surely within a day (1); offered in a group, paid directly (1).
    Strong needs small parts or several accounts.

Speaks against it
    Agreed deposit or instalments (at most a lead); a failed payment of the same parties for the
    price or one of the parts just before; equal parts at equal intervals; a daily limit stated.

Looks alike but is innocent
    Deposit and balance. Instalments. A payment limit of the app. A repeated payment after a
    failure.

Parameters
    `window_hours` 72, `tolerance` 0.01, `limit_minor` 20,000 and `limit_currency` CNY,
    `many_parts` 5, `close_hours` 24, `equal_gap` 0.1 (how far equal intervals may differ),
    `failed_before_hours` 24, `budget_s`.

Figures
    `amount` = Σ parts less refunds; `parts` = their number. Price - Σ parts is shown.

Source
    The typology cards of the design. With enough payments any sum can be met by chance.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.records import HOUR_S, Span, greatest_span
from graphmodel.detect.wording import amount, joined
from graphmodel.model import counts
from graphmodel.model.counts import Bounded
from graphmodel.model.deal_value import priced_value
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
from graphmodel.query.reading import read_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphmodel.detect.view import CaseView
    from graphmodel.detect.view_payments import Transfer

AGREED = ("deposit", "instalments")
FEWEST_EQUAL = 3
"""So many equal parts have two intervals to compare."""


class SplitParams(Params):
    """Parameters of split payments."""

    window_hours: int = 72
    tolerance: float = 0.01
    limit_minor: int = 20_000
    limit_currency: str = "CNY"
    many_parts: int = 5
    close_hours: int = 24
    equal_gap: float = 0.1
    failed_before_hours: int = 24


class Priced(NamedTuple):
    """A deal or an offer with an exact price in minor units, and who sells."""

    id: str
    kind: str
    price: Fraction
    currency: str
    span: Span
    batch: str | None
    sellers: frozenset[str]


class Match(NamedTuple):
    """A price and the payments that make it up, in order; `settles` if they are stated to."""

    priced: Priced
    parts: tuple[Transfer, ...]
    settles: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the payments by id."""
        return tuple(sorted(part.id for part in self.parts))

    @property
    def spans(self) -> list[Span]:
        """Return when the payments were made."""
        return [part.span for part in self.parts]

    @property
    def sum(self) -> Fraction:
        """Return Σ parts; they are exact and of the price's currency."""
        return sum((Fraction(_exact_amount(part) or 0) for part in self.parts), Fraction(0))


def _exact_amount(part: Transfer) -> Fraction | int | None:
    """Return an exact amount; whole numbers are quick to add up."""
    if part.amount is None or part.amount.bound != "exact":
        return None
    value = part.amount.value
    return value.numerator if value.denominator == 1 else value


def _share(number: float) -> Fraction:
    return Fraction(str(number))


def _when(part: Transfer) -> tuple[int, int, str]:
    return (*part.span, part.id)


def _may_lie_inside(other: Transfer, first: Transfer, last: Transfer) -> bool:
    """Tell whether a payment outside a run can lie between its first and its last.

    Equal times are ordered by id, so a payment of the same time as an end lies outside it.
    """
    after_first = other.span.t1 > first.span.t0 and other.span != first.span
    before_last = other.span.t0 < last.span.t1 and other.span != last.span
    return after_first and before_last


class Detector:
    """Weighs prices paid in parts."""

    def __init__(self, params: Params) -> None:
        """Keep the parameters."""
        self.params = SplitParams.model_validate(params.model_dump())
        self._groups: dict[str, str] = {}

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return one match a price at most; deals first, each payment for one price only."""
        listed: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in rows:
            listed[str(row["kind"]), str(row["priced"])].add(str(row["payment"]))
        view.transfers.need(payment for some in listed.values() for payment in some)
        names = ("id", "group")
        self._groups = {str(i): str(g) for i, g in read_nodes(view.engine, "Offer", names) if g}
        prices = [
            (priced, [view.transfers[payment] for payment in sorted(listed[key])])
            for key in listed
            if (priced := _priced(*key, view)) is not None
        ]
        found: list[Match] = []
        used: set[str] = set()
        for priced, payments in sorted(prices, key=lambda p: (p[0].kind, p[0].span, p[0].id)):
            match = self._settled(priced, payments, view) or self._best_run(
                priced, payments, used, view
            )
            if match is not None and not used & set(match.ids):
                used |= set(match.ids)
                found.append(match)
        accounts = {part.payer.account for match in found for part in match.parts}
        view.failed_through.need(accounts)
        view.transfers.need(id_ for a in accounts for id_ in view.failed_through[a])
        return found

    def _is_price(self, number: Fraction | int, priced: Priced) -> bool:
        return abs(number - priced.price) <= _share(self.params.tolerance) * priced.price

    def _holds(self, priced: Priced, parts: Sequence[Transfer]) -> bool:
        """Tell whether there are parts, all exact, in one currency, none of them the price."""
        amounts = [_exact_amount(p) if p.currency == priced.currency else None for p in parts]
        return len(parts) > 1 and not any(a is None or self._is_price(a, priced) for a in amounts)

    def _settled(
        self, priced: Priced, payments: Sequence[Transfer], view: CaseView
    ) -> Match | None:
        """Return all payments that settle a deal, if they are its parts."""
        own = [p for p in payments if not p.is_refund and priced.id in view.settled_by(p.id)]
        parts = tuple(sorted(own, key=_when))
        return Match(priced, parts, settles=True) if self._holds(priced, parts) else None

    def _best_run(
        self, priced: Priced, payments: Sequence[Transfer], used: set[str], view: CaseView
    ) -> Match | None:
        """Return the run of least remainder, then the earliest, where nothing settles the price."""
        if any(priced.id in view.settled_by(p.id) for p in payments):
            return None
        by_payer: dict[frozenset[str], list[Transfer]] = defaultdict(list)
        for payment in payments:
            by_payer[payment.payer.parties].append(payment)
        runs = [
            run
            for own in by_payer.values()
            if len(own) > 1
            for run in self._runs(priced, sorted(own, key=_when))
            if not any(p.id in used or p.is_refund or view.settled_by(p.id) for p in run)
        ]
        if not runs:
            return None
        matches = [Match(priced, tuple(run), settles=False) for run in runs]
        return min(matches, key=lambda m: (abs(m.sum - priced.price), _when(m.parts[0]), m.ids))

    def _runs(self, priced: Priced, ordered: Sequence[Transfer]) -> Iterable[Sequence[Transfer]]:
        """Yield the runs of consecutive payments whose sum is the price."""
        margin = _share(self.params.tolerance) * priced.price
        least, most = priced.price - margin, priced.price + margin
        window = self.params.window_hours * HOUR_S
        amounts = [_exact_amount(part) or 0 for part in ordered]
        for first in range(len(ordered)):
            together: Fraction | int = 0
            latest, earliest = ordered[first].span
            for last in range(first, len(ordered)):
                span = ordered[last].span
                latest, earliest = max(latest, span.t0), min(earliest, span.t1)
                together += amounts[last]
                if together > most or latest - earliest > window:
                    break
                run = ordered[first : last + 1]
                if together < least or not self._holds(priced, run):
                    continue
                others = (*ordered[:first], *ordered[last + 1 :])
                if not any(_may_lie_inside(other, run[0], run[-1]) for other in others):
                    yield run

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return the deal or offer: it is the identity."""
        return {"deal": (match.priced.id,)}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the deal or offer and its payments."""
        return tuple(sorted((match.priced.id, *match.ids)))

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return none: the deal or offer is in the key roles."""
        del group
        return ()

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh one price."""
        del group
        found, limits, ids = Assessment(), self.params, match.ids
        if self._is_price(match.sum, match.priced):
            found.hit("sum_matches", (match.priced.id, *ids))
        if match.settles:
            found.hit("settles_stated", ids)
        if match.priced.currency == limits.limit_currency and all(
            (_exact_amount(part) or Fraction(0)) <= limits.limit_minor for part in match.parts
        ):
            found.hit("parts_at_limit", ids)
        if len({part.payee.account for part in match.parts}) > 1:
            found.hit("several_accounts", ids)
        if len(match.parts) >= limits.many_parts:
            found.hit("many_parts", ids)
        if greatest_span(match.spans) <= limits.close_hours * HOUR_S:
            found.hit("close_in_time", ids)
        found.hit("outside_group", self._group_offers(match, view))
        self._object(match, view, found)
        return found

    def _group_offers(self, match: Match, view: CaseView) -> list[str]:
        """Return the offers in a group that the price is, or that were of the same batch."""
        own = match.priced
        return [
            offer.id
            for offer in view.offers
            if offer.id in self._groups
            and (
                offer.id == own.id
                or (offer.batch == own.batch and own.batch and own.sellers & set(offer.sellers))
            )
        ]

    def _object(self, match: Match, view: CaseView, found: Assessment) -> None:
        about = {match.priced.id, *match.ids}
        found.counter("agreed_parts", view.stated(AGREED, about))
        found.counter("channel_limit", view.stated(("channel_limit",), about))
        found.counter("failed_before", self._failed(match, view))
        if _is_regular(match, _share(self.params.equal_gap)):
            found.counter("equal_intervals", match.ids)

    def _failed(self, match: Match, view: CaseView) -> list[str]:
        """Return failed payments of the same parties for the price or a part, just before."""
        payers = frozenset(party for part in match.parts for party in part.payer.parties)
        payees = frozenset(party for part in match.parts for party in part.payee.parties)
        first, last = min(s.t0 for s in match.spans), max(s.t1 for s in match.spans)
        at = Span(first - self.params.failed_before_hours * HOUR_S, last)
        amounts = {_exact_amount(part) for part in match.parts} | {match.priced.price}
        accounts = {part.payer.account for part in match.parts}
        tried = sorted({id_ for account in accounts for id_ in view.failed_through[account]})
        return [
            failed.id
            for failed in (view.transfers[id_] for id_ in tried)
            if failed.payer.parties & payers
            and failed.payee.parties & payees
            and failed.currency == match.priced.currency
            and _exact_amount(failed) in amounts
            and failed.span.t1 >= at.t0
            and failed.span.t0 <= at.t1
        ]

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Tell one price and its parts."""
        match = group[0]
        own, currency = match.priced, match.priced.currency
        payer = tuple(sorted({party for part in match.parts for party in part.payer.parties}))
        payee = tuple(sorted({party for part in match.parts for party in part.payee.parties}))
        net = counts.total(part.net for part in match.parts)
        figures = {"parts": Figure.count(Bounded(Fraction(len(match.parts))))}
        if net is not None:
            figures["amount"] = Figure.amount(net, currency)
        who, whom = joined(view.name(i) for i in payer), joined(view.name(i) for i in payee)
        price, paid, rest = (
            amount(Bounded(number), currency)
            for number in (own.price, match.sum, own.price - match.sum)
        )
        times = len(match.parts)
        return Story(
            roles={"payer": payer, "payee": payee, "deal": (own.id,)},
            events=self.events(match),
            figures=figures,
            summary=Words(
                f"{who.zh} 分 {times} 笔付给 {whom.zh}，合计为 {own.id} 的价款。",
                f"{who.en} paid {whom.en} the price of {own.id} in {times} parts.",
            ),
            arithmetic=(
                Words(
                    f"价款 {price.zh} − 各笔合计（{', '.join(match.ids)}）{paid.zh} = {rest.zh}",
                    f"Price {price.en} − parts ({', '.join(match.ids)}) {paid.en} = {rest.en}",
                ),
            ),
            facts=self.events(match),
        )


def _priced(kind: str, id_: str, view: CaseView) -> Priced | None:
    """Return a deal or an offer with an exact price above 0, else None."""
    if kind == "deal":
        deal = view.deals[id_]
        price, currency, span = priced_value(deal.price), deal.currency, deal.span
        batch: str | None = deal.batch
        sellers = frozenset(deal.sellers)
    else:
        offer = view.offers_by_id[id_]
        price, span, batch = priced_value(offer.price), offer.span, offer.batch
        currency, sellers = offer.price.currency or view.currency, frozenset(offer.sellers)
    if price is None or price.bound != "exact" or price.value <= 0:
        return None
    return Priced(id_, kind, price.value, currency, span, batch, sellers)


def _is_regular(match: Match, slack: Fraction) -> bool:
    """Tell whether three or more equal parts were paid at equal intervals."""
    if len(match.parts) < FEWEST_EQUAL or len({_exact_amount(p) for p in match.parts}) > 1:
        return False
    gaps = [b.span.t0 - a.span.t0 for a, b in pairwise(match.parts)]
    return min(gaps) > 0 and max(gaps) - min(gaps) <= slack * max(gaps)


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="split_payment",
    version=1,
    title=Words("拆分付款", "One price in several payments"),
    params=SplitParams,
    roles=("payer", "payee", "deal"),
    figures=("amount", "parts"),
    signals=(
        SignalSpec("sum_matches", 3, Words("合计等于价款", "the sum is the price")),
        SignalSpec(
            "settles_stated", 2, Words("载明为该交易的付款", "stated to be payments of the deal")
        ),
        SignalSpec(
            "parts_at_limit", 2, Words("每笔不超过红包限额", "every part within a red packet")
        ),
        SignalSpec("several_accounts", 2, Words("收款账号不止一个", "several accounts were paid")),
        SignalSpec("many_parts", 1, Words("至少五笔", "five parts or more")),
        SignalSpec("close_in_time", 1, Words("确在一日之内", "surely within a day")),
        SignalSpec(
            "outside_group", 1, Words("群内报价、群外付款", "offered in a group, paid directly")
        ),
    ),
    counters=(
        CounterSpec(
            "agreed_parts",
            2,
            Words("载明为定金尾款或分期", "agreed deposit or instalments"),
            Level.LEAD,
        ),
        CounterSpec(
            "failed_before", 2, Words("此前有付款失败", "a payment had failed shortly before")
        ),
        CounterSpec(
            "equal_intervals", 2, Words("等额且间隔相等", "equal parts at equal intervals")
        ),
        CounterSpec(
            "channel_limit", 1, Words("载明付款渠道有限额", "a limit of the channel is stated")
        ),
    ),
    innocent=(
        Words("定金与尾款。", "Deposit and balance."),
        Words("分期付款。", "Instalments."),
        Words("应用的付款限额。", "A payment limit of the app."),
        Words("付款失败后重付。", "A repeated payment after a failure."),
    ),
    merge="role",
    strong_needs=lambda hits: bool({"parts_at_limit", "several_accounts"} & hits),
    detector=Detector,
)
"""The typology as data; its pattern is `cypher/typologies/split_payment.cypher`."""
