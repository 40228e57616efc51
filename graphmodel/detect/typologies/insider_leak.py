"""Insider leak: the first seller works where the records come from.

What it finds
    An employee of an organisation who sells or delivers goods, while employed or within the days
    of grace after it, and is the earliest known to do so; the goods are linked to the
    organisation: the same as, or linked to, a batch that an account of it delivered, or a source
    says so. A delivery inside the organisation, or for a deal of somebody else, is no leak.

Why it matters
    Where records leave the place that keeps them is where a chain of resales begins.

Signals
    Goods of the employer (3); the origin is stated (2); five deals or more of at most 500 records
    (2); a price of 1.00 CNY or more per record (1); the tie surely held (1); paid in parts of at
    most 200.00 CNY (1); one buyer comes back (1). Strong needs goods of the employer and a sure
    tie.

Speaks against it
    A purchase of the goods by the employee is known, or the employer sells or publishes such lists
    (each at most a lead); the tie had surely ended; several employees share the access, as stated.
    Where another may have sold the goods before, order undecided, at most supported.

Looks alike but is innocent
    Queries made as part of the job. The same list sold by the software vendor. A list the firm
    publishes.

Parameters
    `grace_days` 31; `small_deals` 5 deals of at most `small_records` 500; `price_cny_minor` 100
    per record; `part_cny_minor` 20,000, the size of a red packet; `budget_s`.

Figures
    `records` = Σ by goods, what went to several buyers counted once; `amount` = Σ value, by
    currency.

Source
    The typology cards of the design. That no earlier seller is known is a condition, no signal.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.handovers import handover
from graphmodel.detect.hubs import amounts, distinct_records, missing_figures, numbered
from graphmodel.detect.origins import Insider, Origins, goods_of, is_outward, surely_before
from graphmodel.detect.parties import parties_of
from graphmodel.detect.wording import both, joined, records, sentence
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

    from graphmodel.detect.hubs import Entry
    from graphmodel.detect.records import DealFact, Tie
    from graphmodel.detect.view import CaseView

_REPEATS = 2
"""Deals of one buyer, or payments, that make several."""


class InsiderParams(Params):
    """Grace after the tie, and what counts as small or dear; money in minor units of CNY."""

    grace_days: int = 31
    small_deals: int = 5
    small_records: int = 500
    price_cny_minor: int = 100
    part_cny_minor: int = 20_000


class Match(NamedTuple):
    """What one employee of one employer handed over of one goods.

    `linked` are the facts that show it to be the employer's, `stated` the circumstances that say
    so; `is_first` tells whether surely nobody else handed it over before.
    """

    who: Insider
    goods: str
    entries: tuple[Entry, ...]
    linked: tuple[str, ...]
    stated: tuple[str, ...]
    is_first: bool


class Detector:
    """Weighs employees who sold what their employer keeps."""

    def __init__(self, params: InsiderParams) -> None:
        """Keep the parameters; what is asked of goods is kept from one match to the next."""
        self.params = params
        self._origins: Origins | None = None
        self._together: tuple[Sequence[Match], dict[str, tuple[str, ...]]] = ((), {})

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return, by employee, employer and goods, what the employee was the first to hand over."""
        self._origins = origins = Origins(view)
        found: dict[tuple[Insider, str], list[Entry]] = defaultdict(list)
        for row in rows:
            entry = handover(str(row["event"]), view)
            who = Insider(str(row["insider"]), str(row["employer"]))
            if is_outward(entry, who, view):
                found[who, goods_of(entry, view)].append(entry)
        origins.need(goods for _, goods in found)
        matches = []
        for (who, goods), listed in sorted(found.items()):
            entries = sorted({e.id: e for e in listed}.values(), key=lambda e: (e.span.t1, e.id))
            linked, stated = origins.linked(who, goods), origins.stated(who, entries)
            if linked or stated:
                place = _first(entries, origins.others(who, entries), view)
                if place is not None:
                    matches.append(Match(who, goods, tuple(entries), linked, stated, place))
        return matches

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return employee and employer."""
        return {"insider": (match.who.person,), "employer": (match.who.employer,)}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the deals and deliveries of the employee."""
        return tuple(sorted(entry.id for entry in match.entries))

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return none: all that one employee gave away of one employer is one finding."""
        del group
        return ()

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh one goods, beside all that the same employee handed over."""
        origins = self._origins or Origins(view)
        found = Assessment()
        events = self.events(match)
        found.hit("goods_of_employer", (*match.linked, *events) if match.linked else ())
        found.hit("stated_origin", match.stated)
        ties = _ties(match.who, view)
        found.hit("tie_sure", _sure(match.entries, ties))
        if self._together[0] is not group:
            self._together = (group, self._of_all(group, view))
        for name, facts in self._together[1].items():
            found.hit(name, facts)
        if not match.is_first:
            found.caps.append(Cap(Level.SUPPORTED, both("cap-undecided")))
        found.counter("purchased", origins.purchases(match.who, match.entries))
        found.counter("employer_sells", origins.published(match.who, match.entries))
        spans = [entry.own.span for entry in match.entries]
        if ties and all(t.holding.surely_ended_before(at) for t in ties for at in spans):
            found.counter("tie_ended", [tie.fact for tie in ties])
        batches = {entry.batch for entry in match.entries if entry.batch is not None}
        about = {*match.who, *events, *batches, *match.linked}
        found.counter("shared_access", view.stated(("shared_access",), about))
        return found

    def _of_all(self, group: Sequence[Match], view: CaseView) -> dict[str, tuple[str, ...]]:
        """Return the facts of the signals that look at all goods of one employee together."""
        entries = [entry for match in group for entry in match.entries]
        deals = [entry.deal for entry in entries if entry.deal is not None]
        small = [deal.id for deal in deals if _is_small(deal, self.params.small_records)]
        dear = [deal.id for deal in deals if _is_dear(deal, self.params.price_cny_minor)]
        return {
            "many_small_deals": tuple(small if len(small) >= self.params.small_deals else ()),
            "high_unit_price": tuple(dear),
            "paid_in_small_parts": self._parts(deals),
            "one_buyer_repeats": _repeats(entries, view),
        }

    def _parts(self, deals: Sequence[DealFact]) -> tuple[str, ...]:
        """Return the payments of the deals if there are several, each surely small."""
        paid = [part for deal in deals for part in deal.paid.amounts]
        highs = [amount.high() for amount, currency in paid if currency == "CNY"]
        is_small = all(high is not None and high <= self.params.part_cny_minor for high in highs)
        if len(highs) < len(paid) or len(paid) < _REPEATS or not is_small:
            return ()
        return tuple(sorted({payment for deal in deals for payment in deal.payments}))

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Tell what one employee handed over of one employer."""
        who = group[0].who
        entries = sorted({e.id: e for m in group for e in m.entries}.values())
        deals = [entry.deal for entry in entries if entry.deal is not None]
        figures, lines, totals = amounts(deals, view)
        number = distinct_records(entries, view)
        if number is not None:
            figures["records"] = Figure.count(number)
        buyers = parties_of([entry.other for entry in entries])
        moved = counts.total(entry.records for entry in entries)
        told, whole = records(number), records(moved)
        batches = joined(sorted({e.batch for e in entries if e.batch is not None}))
        names = joined(view.name(party) for party in buyers)
        employer, person = view.name(who.employer), view.name(who.person)
        summary = Words(
            f"{person} 受雇于 {employer}，把来自 {employer} 的数据（{batches.zh}）交给 {names.zh}，"
            f"共 {len(entries)} 次；没有已知的更早卖家。",
            f"{person}, employed by {employer}, handed goods that come from {employer} "
            f"({batches.en}) to {names.en}; handovers: {len(entries)}. No earlier seller is known.",
        )
        line = Words(
            f"按数据计（多次交付只计一次）{told.zh}；各次相加 {whole.zh}",
            f"By goods, what went several times counted once: {told.en}; all times added: "
            f"{whole.en}",
        )
        paid = {payment for deal in deals for payment in deal.payments}
        facts = {*paid, *totals, *(fact for m in group for fact in (*m.linked, *m.stated))}
        return Story(
            roles={"insider": (who.person,), "employer": (who.employer,), "buyers": buyers},
            events=tuple(entry.id for entry in entries),
            figures=figures,
            summary=sentence(summary, missing_figures(figures, deals)),
            arithmetic=(*lines, line),
            facts=tuple(sorted({*facts, *(tie.fact for tie in _ties(who, view))})),
        )


def _first(entries: Sequence[Entry], others: Sequence[Entry], view: CaseView) -> bool | None:
    """Tell whether the employee was surely the first; None if somebody else surely was."""
    is_sure = True
    for other in others:
        if all(surely_before(other, entry, view) for entry in entries):
            return None
        is_sure &= any(surely_before(entry, other, view) for entry in entries)
    return is_sure


def _ties(who: Insider, view: CaseView) -> list[Tie]:
    """Return the ties of employment of an employee and an employer, at any time."""
    return [t for t in view.principals(who.person) if t.b == who.employer and t.basis == "employee"]


def _sure(entries: Sequence[Entry], ties: Sequence[Tie]) -> list[str]:
    """Return the ties that surely held at a handover, with the handovers."""
    return [
        fact
        for entry in entries
        for tie in ties
        if tie.holding.surely_holds(entry.own.span)
        for fact in (tie.fact, entry.id)
    ]


def _is_small(deal: DealFact, limit: int) -> bool:
    """Tell whether a deal surely had no more records than a limit."""
    high = None if deal.records is None else deal.records.high()
    return high is not None and high <= limit


def _is_dear(deal: DealFact, least_minor: int) -> bool:
    """Tell whether a record surely cost as much as a limit: as stated, else by value."""
    price = unit_value(deal.price) or counts.divide(deal.value, deal.records)
    low = None if price is None else price.low()
    return deal.currency == "CNY" and low is not None and low >= least_minor


def _repeats(entries: Sequence[Entry], view: CaseView) -> tuple[str, ...]:
    """Return the handovers to one party that had several."""
    who = numbered(entries, view)
    by_party: dict[int, list[str]] = defaultdict(list)
    for entry in entries:
        by_party[who[entry.other]].append(entry.id)
    return tuple(sorted(e for own in by_party.values() if len(own) >= _REPEATS for e in own))


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="insider_leak",
    version=1,
    title=Words("内部人泄露", "A leak from inside"),
    params=InsiderParams,
    roles=("insider", "employer", "buyers"),
    figures=("records", "amount"),
    signals=(
        SignalSpec(
            "goods_of_employer", 3, Words("数据与雇主交付过的相联", "goods of the employer")
        ),
        SignalSpec("stated_origin", 2, Words("载明数据来自雇主", "the origin is stated")),
        SignalSpec("many_small_deals", 2, Words("多笔小额交易", "many small deals")),
        SignalSpec("high_unit_price", 1, Words("单价较高", "a high price per record")),
        SignalSpec("tie_sure", 1, Words("当时确实受雇", "surely employed then")),
        SignalSpec("paid_in_small_parts", 1, Words("以多笔小额付款", "paid in small parts")),
        SignalSpec("one_buyer_repeats", 1, Words("同一买家多次购买", "one buyer comes back")),
    ),
    counters=(
        CounterSpec(
            "purchased",
            3,
            Words("已知其购入过这些数据", "a purchase of the goods by the employee is known"),
            Level.LEAD,
        ),
        CounterSpec(
            "employer_sells",
            3,
            Words(
                "雇主自己出售或公开这类名单", "the employer sells or publishes such lists itself"
            ),
            Level.LEAD,
        ),
        CounterSpec("tie_ended", 2, Words("此前确已离职", "the employment had surely ended")),
        CounterSpec(
            "shared_access",
            1,
            Words("载明多名员工共用权限", "several employees share the access, as stated"),
        ),
    ),
    innocent=(
        Words("工作中的查询。", "Queries made as part of the job."),
        Words("软件供应商也出售同一份名单。", "The same list sold by the software vendor."),
        Words("该机构自行公布的名单。", "A list the firm publishes."),
    ),
    merge="role",
    strong_needs=lambda hits: {"goods_of_employer", "tie_sure"} <= hits,
    detector=Detector,  # type: ignore[arg-type] # the runner gives it its own parameters
)
"""The typology as data; its pattern is `cypher/typologies/insider_leak.cypher`."""
