"""Price padding: the agent reports more than was paid.

What it finds
    A purchase by an agent, or arranged by an agent, and a report of it to the principal above the
    price paid: a claim about the purchase, a claim of equal quantity close to it, or a deal by
    which the agent passes the same goods on in his own name. A stated difference is enough.

Why it matters
    Small repeated sums are kept by the person trusted to buy. It often comes before the agent takes
    the seller's place altogether.

Signals
    Reported above what was paid (3), or the difference itself stated (3); the money kept matches
    the padding (2); the seller's lower offer is known (1); repeated (1); the tie surely holds
    (1); not disclosed (1). Strong needs the reported price and one of money kept and known offer.

Speaks against it
    Disclosed (at most a lead); within the tolerance, or a fee, tax or transport stated; the
    difference paid back; another quantity or unit.

Looks alike but is innocent
    An agreed commission. Transport, tax or platform fees. Rounding. The price changed between offer
    and purchase.

Parameters
    `window_days` 7: for a claim without a named purchase, and for payments that name no deal.
    `tolerance` 1 %: a difference within it is rounding.

Figures
    `gain` in this order: Σ (reported - paid); Σ (unit price reported - paid) × quantity; the stated
    difference with its bound. `records` = Σ records of the purchases.

Source
    The public report of the Qingdao case (2021-11): an employee raises the quoted price and keeps
    about 1,400 yuan on at least 8,000 records.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.figures import named
from graphmodel.detect.records import DAY_S, ClaimFact, DealFact, Span
from graphmodel.detect.wording import amount, both, joined, records, sentence
from graphmodel.model import counts
from graphmodel.model.counts import Bounded
from graphmodel.model.deal_value import unit_value
from graphmodel.model.evidence import Words
from graphmodel.model.finding import Figure, Level
from graphmodel.model.money import CURRENCIES
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

    from graphmodel.detect.records import Tie
    from graphmodel.detect.view import CaseView


class PaddingParams(Params):
    """Parameters of the typology."""

    window_days: int = 7
    tolerance: float = 0.01


class Match(NamedTuple):
    """A purchase and the report of it; `padding` is reported - paid in minor units, if computed."""

    principal: str
    agent: str
    bought: DealFact
    report: DealFact | ClaimFact
    padding: Bounded | None
    stated: Bounded | None

    @property
    def gap(self) -> Bounded | None:
        """Return the padding: computed where it is sure, else as stated."""
        if self.padding is not None and (self.stated is None or self.padding.surely_positive()):
            return self.padding
        return self.stated


def _padding(bought: DealFact, report: DealFact | ClaimFact) -> Bounded | None:
    """Return reported - paid, by value, else by unit price × quantity; absent across currencies."""
    if bought.currency != report.currency:
        return None
    by_value = counts.subtract(report.value, bought.value)
    if by_value is not None:
        # a unit price reported as its total, rounded to the minor unit, is no padding
        is_none = by_value.bound == "exact" and counts.rounded(by_value) == 0
        return Bounded(Fraction(0)) if is_none else by_value
    by_unit = counts.subtract(report.price.unit_price_nano, bought.price.unit_price_nano)
    quantity = bought.price.quantity or report.price.quantity
    if by_unit is None or quantity is None or by_unit.value < 0:
        return None
    product = counts.multiply(by_unit, quantity)
    if product is None:
        return None
    scale = Fraction(10 ** CURRENCIES[bought.currency], 10**9)
    return Bounded(product.value * scale, product.bound)


class Detector:
    """Weighs padded prices."""

    def __init__(self, params: PaddingParams) -> None:
        """Keep the parameters."""
        self.params = params

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return the reports that are surely above the price, or whose difference is stated."""
        claims = {claim.id: claim for claim in view.claims}
        found = []
        for row in rows:
            bought = view.deals[str(row["bought"])]
            report: DealFact | ClaimFact
            if row["how"] == "deal":
                report, stated = view.deals[str(row["report"])], None
            else:
                report = claims[str(row["report"])]
                stated = report.difference
            match = Match(
                str(row["principal"]),
                str(row["agent"]),
                bought,
                report,
                _padding(bought, report),
                stated,
            )
            if match.gap is not None and match.gap.surely_positive():
                found.append(match)
        view.paid_by.need(party for match in found for party in (match.principal, match.agent))
        return found

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return principal, agent and seller."""
        return {
            "principal": (match.principal,),
            "agent": (match.agent,),
            "seller": match.bought.sellers,
        }

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the purchase and its report."""
        return (match.bought.id, match.report.id)

    def _ties(self, match: Match, view: CaseView) -> list[Tie]:
        """Return the ties that may hold at the later event; one named in the deal is the deal's."""
        later = max(match.bought.span, match.report.span, key=lambda span: (span.t1, span.t0))
        slow = view.stands_for(match.agent, match.principal, later, match.report.id)
        own = view.stands_for(match.agent, match.principal, match.bought.span, match.bought.id)
        return [*slow, *(tie for tie in own if tie.at == match.bought.id)]

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return none: a repeated scheme is one finding."""
        del group
        return ()

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh one report beside the others of the same three."""
        found = Assessment()
        pair = (match.bought.id, match.report.id)
        if match.padding is not None and match.padding.surely_positive():
            found.hit("reported_above_paid", pair)
        if match.stated is not None:
            found.hit("difference_stated", (match.report.id,))
        found.hit("money_kept", self._money_kept(group, view))
        found.hit("seller_offer_known", self._offers(match, view))
        deals = sorted({m.bought.id for m in group})
        if len(deals) > 1:
            found.hit("repeated", deals)
        ties = self._ties(match, view)
        at = max(match.bought.span, match.report.span, key=lambda span: (span.t1, span.t0))
        sure = [t for t in ties if t.holding.surely_holds(match.bought.span if t.at else at)]
        found.hit("tie_sure", [tie.fact for tie in sure])
        if not any(tie.disclosed == "yes" for tie in ties):
            found.hit("undisclosed", [t.fact for t in ties if t.disclosed == "no"])
        self._object(match, ties, view, found)
        return found

    def _money_kept(self, group: Sequence[Match], view: CaseView) -> tuple[str, ...]:
        """Return the payments by which the agent kept the padding, within one percent."""
        first = group[0]
        gaps = {m.bought.id: m.gap for m in group}
        padding = counts.total(gaps[i] for i in sorted(gaps))
        currency = first.bought.currency
        if padding is None or any(m.bought.currency != currency for m in group):
            return ()
        received = self._flow((first.principal,), (first.agent,), group, view)
        passed = self._flow((first.agent,), first.bought.sellers, group, view)
        if not received or not passed:
            return ()
        if {c for _, _, c in (*received, *passed)} != {currency}:
            return ()
        kept = counts.subtract(
            counts.total(v for _, v, _ in received), counts.total(v for _, v, _ in passed)
        )
        if kept is None or kept.bound != "exact" or padding.bound not in ("exact", "about"):
            return ()
        if abs(kept.value - padding.value) > abs(padding.value) * Fraction(1, 100):
            return ()
        return tuple(i for i, _, _ in (*received, *passed))

    def _flow(
        self,
        payers: Sequence[str],
        payees: Sequence[str],
        group: Sequence[Match],
        view: CaseView,
    ) -> list[tuple[str, Bounded, str]]:
        """Return payments that settle the deals, or that settle none and lie close to them."""
        deals = {m.bought.id for m in group} | {
            m.report.id for m in group if isinstance(m.report, DealFact)
        }
        settling = {p for deal in deals for p in view.deals[deal].payments}
        found = []
        for payment in view.payments_between(payers, payees):
            is_close = not view.settled_by(payment.id) and any(
                self._is_near(payment.span, m.bought.span) for m in group
            )
            if payment.id in settling or is_close:
                found.append((payment.id, payment.amount, payment.currency))
        return found

    def _is_near(self, payment: Span, deal: Span) -> bool:
        apart = max(0, payment.t0 - deal.t1, deal.t0 - payment.t1)
        return apart <= self.params.window_days * DAY_S

    def _offers(self, match: Match, view: CaseView) -> list[str]:
        """Return offers of the seller below the reported unit price."""
        reported = unit_value(match.report.price)
        sellers, found = set(match.bought.sellers), []
        for offer in view.offers:
            if sellers.isdisjoint(offer.sellers):
                continue
            offered = unit_value(offer.price)
            if offered is None:
                continue
            if (offer.price.currency or view.currency) != match.bought.currency:
                continue
            gap = counts.subtract(reported, offered)
            is_paid = reported is None and offered == unit_value(match.bought.price)
            if is_paid or (gap is not None and gap.surely_positive()):
                found.append(offer.id)
        return found

    def _object(self, match: Match, ties: Sequence[Tie], view: CaseView, found: Assessment) -> None:
        found.counter("disclosed", [t.fact for t in ties if t.disclosed == "yes"])
        about = (match.bought.id, match.report.id)
        fees = view.stated(("fee",), about)
        paid = match.bought.value
        tolerance = Fraction(str(self.params.tolerance))
        if match.gap is not None and paid is not None and paid.value > 0:
            is_rounding = match.gap.value <= paid.value * tolerance
            fees = [*fees, match.report.id] if is_rounding else fees
        found.counter("within_tolerance_or_fee", fees)
        found.counter("paid_back", view.stated(("paid_back",), about))
        bought, told = match.bought.price.quantity, match.report.price.quantity
        if bought is not None and told is not None and _surely_differ(bought, told):
            found.counter("other_quantity", about)

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Sum up all padded purchases of one agent from one seller for one principal."""
        first = group[0]
        figures, lines = self._figures(group, view.currency)
        roles = {
            "principal": (first.principal,),
            "agent": (first.agent,),
            "seller": first.bought.sellers,
        }
        who = {role: joined(view.name(i) for i in ids) for role, ids in roles.items()}
        gain = figures.get("gain")
        told = amount(gain.number, gain.currency) if gain else both("unknown")
        summary = Words(
            f"{who['agent'].zh} 代 {who['principal'].zh} 从 {who['seller'].zh} 购买数据，"
            f"向 {who['principal'].zh} 报账的价格高于实付，差额 {told.zh}。",
            f"{who['agent'].en} bought data for {who['principal'].en} from {who['seller'].en} and "
            f"reported more than was paid: a difference of {told.en}.",
        )
        onward = self._onward(group, view)
        facts = [*(f for m in group for f in self.events(m)), *onward]
        return Story(
            roles=roles,
            events=tuple(sorted({*facts})),
            figures=figures,
            summary=sentence(summary),
            arithmetic=lines,
            facts=tuple(sorted({*facts, *(p for m in group for p in m.bought.payments)})),
        )

    def _onward(self, group: Sequence[Match], view: CaseView) -> list[str]:
        """Return the deals by which the agent passed the goods on to the principal."""
        first = group[0]
        return sorted(
            {
                deal.id
                for m in group
                for deal in view.alike(m.bought)
                if first.agent in deal.sellers and first.principal in deal.buyers
            }
        )

    def _figures(
        self, group: Sequence[Match], own_currency: str
    ) -> tuple[dict[str, Figure], tuple[Words, ...]]:
        best: dict[str, Match] = {}
        for match in group:
            known = best.get(match.bought.id)
            if known is None or (known.gap is known.stated and match.gap is match.padding):
                best[match.bought.id] = match
        chosen = [best[i] for i in sorted(best)]
        by_currency: dict[str, list[Match]] = {}
        for match in chosen:
            by_currency.setdefault(match.report.currency, []).append(match)
        figures: dict[str, Figure] = {}
        lines: list[Words] = []
        ordered = sorted(by_currency, key=lambda c: (-len(by_currency[c]), c != own_currency, c))
        for currency in ordered:
            gain = counts.total(m.gap for m in by_currency[currency])
            if gain is not None:
                figures[named("gain", currency, ordered[0])] = Figure.amount(gain, currency)
            lines += [self._line(m, currency) for m in by_currency[currency]]
        total = counts.total(match.bought.records for match in chosen)
        if total is not None:
            figures["records"] = Figure.count(total)
            lines.append(both("line-records", records=records(total)))
        return figures, tuple(lines)

    def _line(self, match: Match, currency: str) -> Words:
        gap = amount(match.gap, currency)
        if match.padding is None or match.gap is match.stated:
            return Words(
                f"{match.report.id} 所载差额：{gap.zh}",
                f"Difference stated in {match.report.id}: {gap.en}",
            )
        told, paid = amount(match.report.value, currency), amount(match.bought.value, currency)
        return Words(
            f"报账 {match.report.id} {told.zh} − 实付 {match.bought.id} {paid.zh} = {gap.zh}",
            f"Reported {match.report.id} {told.en} − paid {match.bought.id} {paid.en} = {gap.en}",
        )


def _surely_differ(a: Bounded, b: Bounded) -> bool:
    """Tell whether two numbers cannot be one: their intervals have nothing in common."""
    for one, other in ((a, b), (b, a)):
        high, low = one.high(), other.low(floor=Fraction(0))
        if high is not None and low is not None and high < low:
            return True
    return False


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="price_padding",
    version=1,
    title=Words("代购虚报价格", "Padded purchase price"),
    params=PaddingParams,
    roles=("principal", "agent", "seller"),
    figures=("gain", "records"),
    signals=(
        SignalSpec(
            "reported_above_paid",
            3,
            Words("报账价高于实付价", "reported above what was paid"),
            "padding",
        ),
        SignalSpec(
            "difference_stated", 3, Words("来源载明差额", "the difference is stated"), "padding"
        ),
        SignalSpec(
            "money_kept", 2, Words("留下的款项与差额相符", "the money kept matches the padding")
        ),
        SignalSpec(
            "seller_offer_known",
            1,
            Words("卖家的较低报价已知", "the seller's lower offer is known"),
        ),
        SignalSpec("repeated", 1, Words("不止一次", "repeated")),
        SignalSpec("tie_sure", 1, Words("代理关系当时确实存在", "the tie surely held")),
        SignalSpec("undisclosed", 1, Words("未告知委托人", "not disclosed to the principal")),
    ),
    counters=(
        CounterSpec(
            "disclosed", 3, Words("已告知委托人", "disclosed to the principal"), Level.LEAD
        ),
        CounterSpec(
            "within_tolerance_or_fee",
            2,
            Words("差额在误差之内，或载明为费用", "within the tolerance, or a stated fee"),
        ),
        CounterSpec("paid_back", 3, Words("差额已退还", "the difference was paid back")),
        CounterSpec("other_quantity", 2, Words("条数或单位不同", "another quantity or unit")),
    ),
    innocent=(
        Words("约定的佣金。", "An agreed commission."),
        Words("运费、税费或平台费用。", "Transport, tax or platform fees."),
        Words("四舍五入。", "Rounding."),
        Words("报价与购买之间价格有变。", "The price changed between offer and purchase."),
    ),
    merge="role",
    strong_needs=lambda hits: (
        "reported_above_paid" in hits and bool({"money_kept", "seller_offer_known"} & hits)
    ),
    detector=Detector,  # type: ignore[arg-type] # the runner gives it its own parameters
    absorbs=("relay",),
)
"""The typology as data; its pattern is `cypher/typologies/price_padding.cypher`."""
