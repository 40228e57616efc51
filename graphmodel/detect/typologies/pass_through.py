"""Pass-through: money comes in and almost all of it goes out again.

What it finds
    A payment in and a payment out of the same hand, in one currency, in not after out, at most 72
    hours apart at the least, or stated to be passed on. Payer, intermediary and payee are different
    parties. What went out is at least 0.8 of what came in (from 0.5 on at most a lead) and surely
    not more. Each payment is used once as money in and once as money out, the earliest payment out
    first: against the one in of the nearest amount; else against the latest of one payer until
    they cover it; else against the latest of all payers, where no more than 20 might belong to it
    (of more, nobody can say which were passed on).

Why it matters
    A hand that keeps a share and passes on the rest stands between those who pay and those who
    earn: a collector, a lent account, a layer.

Signals
    Nine tenths or more passed on (2); what is kept or passed on is stated (2); surely within two
    hours (2) or a day (1); three times or more between the same (2); a steady share is kept (1);
    the balance is low afterwards (1); the account is operated by another than its holder (1).
    Strong needs repetition and nine tenths.

Speaks against it
    Disclosed agency for payer or payee (at most a lead); payroll, rent or a shop's supplier stated;
    an intermediary with more than 1,000 counterparties (at most a lead). What chance does as often:
    where at least 3 pairs as close and as nearly equal run the other way through hands of this case
    (surely paid out first, paid in afterwards, which passes nothing on), one pair of which nothing
    but speed, share and a lent account speaks is at most a lead.

Looks alike but is innocent
    A purchase for a friend. A shared household. An escrow or payment agent. A shop paying its
    supplier.

Parameters
    `window_hours` 72, `min_ratio` 0.8, `lead_ratio` 0.5, `max_in` 20, `almost_all` 0.9,
    `quick_hours` 2, `same_day_hours` 24, `min_repeats` 3, `steady_points` 0.02, `low_share` 0.05,
    `hub_parties` 1,000, `chance_pairs` 3, `many_payments` 50,000 (from so many payments of the case
    on, arrays find what the pattern says), `max_pairs` 1,000,000 of one hand there, `budget_s`.

Figures
    `amount` = Σ in; `kept` = Σ in - Σ out of the pairs used; `unexplained` = kept - what the
    intermediary is stated to have kept, where something is stated.

Source
    The typology cards of the design.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, islice
from typing import TYPE_CHECKING

from pydantic import Field

from graphmodel.detect.figures import named
from graphmodel.detect.passed_columns import Reach, mirrored_hands, read
from graphmodel.detect.passed_on import Match, Sweep, exact_share, when
from graphmodel.detect.passed_search import Limits, Promise, Search, is_chain
from graphmodel.detect.records import HOUR_S
from graphmodel.detect.runner import LEAD_FROM
from graphmodel.detect.wording import amount, both, joined
from graphmodel.model import counts
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

    from graphmodel.detect.passed_columns import Flows
    from graphmodel.detect.view import CaseView
    from graphmodel.detect.view_payments import Share, Transfer
    from graphmodel.model.counts import Bounded

ORDINARY = ("payroll", "rent", "supplier")
_REMARKABLE = frozenset({"almost_all"})
_BARE = frozenset({"almost_all", "quick", "same_day", "straw_hint"})
"""What one payment in and one out show where only chance put them side by side."""
_CHANCE = Words(
    "本案中先付后收、同样接近的成对款项不少于三对，单独一对可能出于巧合，最高为“线索”。",
    "As close pairs run the other way here, paid out before paid in: one pair may be chance,"
    " a lead at most.",
)


class PassParams(Params):
    """Parameters of passing on; ratios are out over in."""

    window_hours: int = 72
    min_ratio: float = Field(default=0.8, gt=0)
    lead_ratio: float = Field(default=0.5, gt=0)
    max_in: int = 20
    almost_all: float = 0.9
    quick_hours: int = 2
    same_day_hours: int = 24
    min_repeats: int = 3
    steady_points: float = 0.02
    low_share: float = 0.05
    hub_parties: int = 1_000
    chance_pairs: int = 3
    many_payments: int = 50_000
    max_pairs: int = 1_000_000


class Detector:
    """Weighs money passed on."""

    def __init__(self, params: Params) -> None:
        """Keep the parameters."""
        self.params = PassParams.model_validate(params.model_dump())
        self.truncated: list[str] = []
        self.aside = 0
        self._weights = {spec.name: max(spec.weight, 0) for spec in TYPOLOGY.signals}
        self._by_chance: bool | None = None
        self._flows: Flows | None = None

    def use_weights(self, typology: Typology[Match, CaseView]) -> None:
        """Take the weights in force."""
        self._weights = {spec.name: max(spec.weight, 0) for spec in typology.signals}

    def search(self, view: CaseView) -> list[Match] | None:
        """Return the matches of a case of very many payments; None where the pattern is asked.

        Matches that cannot reach a lead are counted (`aside`) and not returned.
        """
        if view.many("Payment") < self.params.many_payments:
            return None
        ratios = (self.params.min_ratio, self.params.lead_ratio)
        window_s = self.params.window_hours * HOUR_S
        limits = Limits(window_s, ratios, self.params.max_in, self.params.max_pairs)
        search = Search(view.case_file, view, limits)
        self._flows = search.flows
        promise = Promise(search, self._weights, self.params)
        found, self.aside = search.run(may_be_told=lambda group: promise.of(group) >= LEAD_FROM)
        self.truncated = search.truncated
        _read_ahead(found, view)
        return found

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return the payments out with what they passed on, each payment used once a side."""
        named_ids = sorted({(str(row["outgoing"]), str(row["incoming"])) for row in rows})
        view.transfers.need(chain.from_iterable(named_ids))
        pairs: dict[str, list[Transfer]] = defaultdict(list)
        known = {i: view.transfers[i] for i in set(chain.from_iterable(named_ids))}
        for out, into in named_ids:
            a, b = known[into], known[out]
            if a.moves and b.moves and is_chain(a, b, view):
                pairs[out].append(a)
        sweep = Sweep(self.params.max_in, pairs)
        left = sorted((view.transfers[out] for out in pairs), key=when)
        found: list[Match] = []
        for ratio in (self.params.min_ratio, self.params.lead_ratio):
            chosen = [sweep.choose(transfer, ratio) for transfer in left]
            left = [t for t, match in zip(left, chosen, strict=True) if match is None]
            found += [match for match in chosen if match is not None]
        _read_ahead(found, view)
        return found

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return intermediary, payer and payee: all that passed between them is one finding."""
        return {
            "intermediary": match.intermediary,
            "payer": match.payer,
            "payee": tuple(sorted(match.outgoing.payee.parties)),
        }

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the payments."""
        return match.ids

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return none: the roles are the identity."""
        del group
        return ()

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh one payment out, seen beside the others between the same."""
        found, limits = Assessment(), self.params
        if match.passes(limits.almost_all):
            found.hit("almost_all", match.ids)
        found.hit("share_stated", [share.fact for share in _stated(match, view)])
        gap = max(0, match.outgoing.span.t1 - min(t.span.t0 for t in match.incoming))
        if gap <= limits.quick_hours * HOUR_S:
            found.hit("quick", match.ids)
        if gap <= limits.same_day_hours * HOUR_S:
            found.hit("same_day", match.ids)
        every = [payment for one in group for payment in one.ids]
        if len(group) >= limits.min_repeats:
            found.hit("repeated", every)
        if _is_steady(group, limits.steady_points):
            found.hit("steady_share", every)
        if _is_emptied(match, limits.low_share):
            found.hit("low_balance", match.ids)
        found.hit("straw_hint", _operated_by_another(match, view))
        self._limit(match, view, found)
        bare = found.hits.keys() <= _BARE and len(group) == 1
        if bare and found.hits.keys() >= _REMARKABLE and self._is_by_chance(view):
            found.caps.append(Cap(Level.LEAD, _CHANCE))
        return found

    def _is_by_chance(self, view: CaseView) -> bool:
        """Tell whether as close pairs run the other way too often for one to tell anything."""
        if self._by_chance is None:
            limits = self.params
            reach = Reach(limits.quick_hours * HOUR_S, limits.almost_all, limits.max_pairs)
            flows = self._flows or read(view.case_file)
            hands = mirrored_hands(view.case_file, flows, reach)
            small = (hand for hand in hands if view.counterparties[hand] <= limits.hub_parties)
            self._by_chance = len(list(islice(small, limits.chance_pairs))) == limits.chance_pairs
        return self._by_chance

    def _limit(self, match: Match, view: CaseView, found: Assessment) -> None:
        """Record what speaks against it and what limits the level."""
        if not match.passes(self.params.min_ratio):
            part = Words("转出不足八成，最高为“线索”。", "Less than 0.8 went out: a lead at most.")
            found.caps.append(Cap(Level.LEAD, part))
        out = match.outgoing
        late = [t.id for t in match.incoming if t.span.t1 >= out.span.t0]
        if not all((payment, out.id) in view.before for payment in late):
            found.caps.append(Cap(Level.SUPPORTED, both("cap-undecided")))
        ties = [
            tie
            for agent in match.intermediary
            for principal in (*match.payer, *out.payee.parties)
            for tie in view.stands_for(agent, principal, out.span, out.id)
        ]
        found.counter("disclosed", [tie.fact for tie in ties if tie.disclosed == "yes"])
        deals = [deal for payment in match.ids for deal in view.settled_by(payment)]
        found.counter("ordinary", view.stated(ORDINARY, {*match.ids, *deals}))
        if any(view.counterparties[p] > self.params.hub_parties for p in match.intermediary):
            found.counter("hub", match.ids)

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Sum up all that passed between the same three."""
        roles = self.key_roles(group[0])
        figures, lines, facts = _figures(group, view)
        told = {role: joined(view.name(party) for party in ids) for role, ids in roles.items()}
        zh = "{intermediary} 收到 {payer} 的款项后转给 {payee}，共 {n} 次。"
        en = "{intermediary} was paid by {payer} and paid on to {payee}; times: {n}."
        ids = tuple(sorted({payment for match in group for payment in match.ids}))
        return Story(
            roles=roles,
            events=ids,
            figures=figures,
            summary=Words(
                zh.format(n=len(group), **{role: words.zh for role, words in told.items()}),
                en.format(n=len(group), **{role: words.en for role, words in told.items()}),
            ),
            arithmetic=lines,
            facts=tuple(sorted({*ids, *facts})),
        )


def _read_ahead(found: Sequence[Match], view: CaseView) -> None:
    """Read in one go what is asked about every match."""
    view.counterparties.need(party for match in found for party in match.intermediary)
    sides = [side for m in found for side in (*(t.payee for t in m.incoming), m.outgoing.payer)]
    view.need_accounts(side.account for side in sides)
    roles = ((*m.intermediary, *m.payer, *m.outgoing.payee.parties) for m in found)
    view.names.need(chain.from_iterable(roles))


def _stated(match: Match, view: CaseView) -> list[Share]:
    """Return what is stated to be kept or passed on of these payments."""
    own = set(match.ids)
    return [share for share in view.shares if share.about & own]


def _is_steady(group: Sequence[Match], points: float) -> bool:
    """Tell whether the shares kept of two or more exact pairs lie close together."""
    shares = []
    for match in group:
        came, went = match.came_in, match.outgoing.net
        if came is None or went is None or {came.bound, went.bound} != {"exact"}:
            return False
        shares.append(1 - went.value / came.value)
    return len(shares) > 1 and max(shares) - min(shares) <= exact_share(points)


def _is_emptied(match: Match, share: float) -> bool:
    """Tell whether the balance after the payment out is at most this share of what came in."""
    left, came = match.outgoing.payer_left, match.came_in
    low = None if came is None else came.low()
    return left is not None and low is not None and left <= exact_share(share) * low


def _operated_by_another(match: Match, view: CaseView) -> list[str]:
    """Return the facts by which an account of the hand has another holder than its operator."""
    facts: list[str] = []
    sides = (*(t.payee for t in match.incoming), match.outgoing.payer)
    for side in sides:
        held = [h for h in view.holders.get(side.account, ()) if h.holding.may_hold(side.span)]
        holders = {h.person for h in held}
        operated = [
            c.fact
            for c in view.acting_on(side.account)
            if c.basis == "controls" and c.holding.may_hold(side.span) and c.person not in holders
        ]
        if held and operated:
            facts += [*(h.fact for h in held), *operated]
    return facts


def _figures(
    group: Sequence[Match], view: CaseView
) -> tuple[dict[str, Figure], tuple[Words, ...], list[str]]:
    """Return the figures by currency, their sums in words, and the facts of what is stated."""
    split: dict[str, list[Match]] = defaultdict(list)
    for match in group:
        split[match.outgoing.currency].append(match)
    many = {c: sum(len(m.ids) for m in own) for c, own in split.items()}
    ordered = sorted(split, key=lambda c: (-many[c], c != view.currency, c))
    figures: dict[str, Figure] = {}
    lines: list[Words] = []
    facts: list[str] = []
    for currency in ordered:
        own = split[currency]
        came = counts.total(t.net for match in own for t in match.incoming)
        went = counts.total(match.outgoing.net for match in own)
        kept = counts.subtract(came, went)
        lines.append(_sum_line(own, (came, went, kept), currency))
        shares = {s for m in own for s in _kept_stated(m, view) if s.currency == currency}
        facts += [share.fact for share in shares]
        stated = counts.total(s.amount for s in sorted(shares, key=lambda s: s.fact))
        rest = counts.subtract(kept, stated)
        for name, number in (("amount", came), ("kept", kept), ("unexplained", rest)):
            if number is not None:
                figures[named(name, currency, ordered[0])] = Figure.amount(number, currency)
        if rest is not None:
            lines.append(_rest_line(kept, stated, rest, currency))
    return figures, tuple(lines), facts


def _kept_stated(match: Match, view: CaseView) -> list[Share]:
    """Return what the intermediary is stated to have kept of these payments."""
    own = set(match.intermediary)
    return [s for s in _stated(match, view) if s.keepers & own and s.amount is not None]


def _sum_line(
    group: Sequence[Match],
    sums: tuple[Bounded | None, Bounded | None, Bounded | None],
    currency: str,
) -> Words:
    came, went, kept = (amount(number, currency) for number in sums)
    into = ", ".join(t.id for match in group for t in match.incoming)
    out = ", ".join(match.outgoing.id for match in group)
    return Words(
        f"收入（{into}）{came.zh} − 转出（{out}）{went.zh} = 留下 {kept.zh}",
        f"In ({into}) {came.en} − out ({out}) {went.en} = kept {kept.en}",
    )


def _rest_line(kept: Bounded | None, stated: Bounded | None, rest: Bounded, currency: str) -> Words:
    whole, part, left = (amount(number, currency) for number in (kept, stated, rest))
    return Words(
        f"留下 {whole.zh} − 载明留下 {part.zh} = 未说明 {left.zh}",
        f"Kept {whole.en} − stated as kept {part.en} = unexplained {left.en}",
    )


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="pass_through",
    version=1,
    title=Words("款项过手", "Money passed through"),
    params=PassParams,
    roles=("intermediary", "payer", "payee"),
    figures=("amount", "kept", "unexplained"),
    signals=(
        SignalSpec("almost_all", 2, Words("转出九成以上", "nine tenths or more passed on")),
        SignalSpec(
            "share_stated",
            2,
            Words("载明留下或上交的部分", "what is kept or passed on is stated"),
        ),
        SignalSpec("quick", 2, Words("确在两小时之内", "surely within two hours"), "speed"),
        SignalSpec("same_day", 1, Words("确在一日之内", "surely within a day"), "speed"),
        SignalSpec(
            "repeated", 2, Words("同样各方至少三次", "three times or more between the same")
        ),
        SignalSpec("steady_share", 1, Words("留下的比例稳定", "a steady share is kept")),
        SignalSpec("low_balance", 1, Words("转出后余额很低", "the balance is low afterwards")),
        SignalSpec(
            "straw_hint",
            1,
            Words("账号由登记人以外的人操作", "the account is operated by another than its holder"),
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
            "ordinary",
            2,
            Words("载明为工资、房租或货款", "stated to be payroll, rent or a supplier's bill"),
        ),
        CounterSpec(
            "hub",
            2,
            Words("对手方众多的平台或商店", "a platform or shop with many counterparties"),
            Level.LEAD,
        ),
    ),
    innocent=(
        Words("替朋友购物。", "A purchase for a friend."),
        Words("同住一家。", "A shared household."),
        Words("担保或代付。", "An escrow or payment agent."),
        Words("商店付货款。", "A shop paying its supplier."),
    ),
    merge="role",
    strong_needs=lambda hits: {"repeated", "almost_all"} <= hits,
    detector=Detector,
)
"""The typology as data; its pattern is `cypher/typologies/pass_through.cypher`."""
