"""Straw account: one name on the account, another hand on it.

What it finds
    An account whose registered holder is one person while another controls it, or controls a
    second account that used the same device, card or identity number, and may do so at a deal or
    payment of the account.

Why it matters
    Whoever trades or is paid through an account in another's name is not seen by the other side,
    nor by anybody who reads its statements. The name on the account answers for what it did not do.

Signals
    Another person is stated to operate the account (2); the account is party to a deal or pays one
    (2); what came in leaves at once (2); the operator's device or phone was used by it (2); the
    operator uses accounts of several holders (2); opened just before the deal (1); the operator
    pays the holder a small sum (1).
    Strong needs a stated operator and one of: passed on, several holders, the operator's device.

Speaks against it
    The holder uses the account too; spouse or kin; a business account run by its staff, owner or
    member, tie known (at most a lead); the operator is the holder's carer, as stated.

Looks alike but is innocent
    A spouse pays household bills. A relative scanned a code once. A shop account used by staff. A
    child runs a parent's account.

Parameters
    `pass_hours` 24 and `pass_ratio` 0.9: how soon and how much of what came in leaves.
    `new_days` 7: longest time from opening to the deal. `small_share` 0.1: most that the holder is
    paid, of the flow. `max_accounts` 10: identifiers used by more accounts link nobody.

Figures
    `amount` = the greater of Σ payments in and Σ payments out while the operator may operate it;
    refunds taken off, failed payments 0.

Source
    The typology cards of the design. A device that the holder's other accounts used too, or one
    that too many used, is not the operator's.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, cast

from graphmodel.detect.account_flows import greater_figures, passed_on, sides
from graphmodel.detect.records import DAY_S, HOUR_S, greatest_span
from graphmodel.detect.wording import both, joined, sentence
from graphmodel.model import counts
from graphmodel.model.evidence import Objection, Words
from graphmodel.model.finding import Level
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
    from collections.abc import Iterable, Mapping, Sequence

    from graphmodel.detect.account_flows import Sides
    from graphmodel.detect.records import Flow, Span
    from graphmodel.detect.view import CaseView

_DEVICES = ("device", "phone")


class StrawParams(Params):
    """Parameters of the typology."""

    pass_hours: int = 24
    pass_ratio: float = 0.9
    new_days: int = 7
    small_share: float = 0.1
    max_accounts: int = 10


class Match(NamedTuple):
    """One account and one who operates it, with the events at which that may be so.

    `stated` are the facts that say so outright, `linked` those that rest on an identifier.
    """

    account: str
    operator: str
    holders: tuple[str, ...]
    stated: tuple[str, ...]
    linked: tuple[str, ...]
    deals: tuple[str, ...]
    payments: tuple[Flow, ...]
    void: tuple[str, ...]

    def spans(self, view: CaseView) -> dict[str, Span]:
        """Return when the events happened, by id."""
        paid = {flow.id: flow.span for flow in self.payments}
        return {deal: view.deals[deal].span for deal in self.deals} | paid


class Detector:
    """Weighs accounts in another's name."""

    def __init__(self, params: StrawParams) -> None:
        """Keep the parameters; `truncated` names identifiers that link nobody."""
        self.params = params
        self.truncated: list[str] = []

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return the pairs of account and operator of the pattern with what really happened."""
        found: dict[tuple[str, str], dict[str, set[str]]]
        found = defaultdict(lambda: defaultdict(set))
        for row in rows:
            parts = found[str(row["account"]), str(row["operator"])]
            parts["holders"].add(str(row["holder"]))
            parts["events"] |= set(map(str, cast("list[object]", row["events"])))
            facts = row["facts"] if isinstance(row["facts"], list | tuple) else ()
            parts[str(row["how"])] |= {str(fact) for fact in facts}
        view.need_accounts(account for account, _ in found)
        people = {p for (_, o), parts in found.items() for p in (o, *parts["holders"])}
        view.need_people(people)
        view.need_related(people)
        view.need_accounts(control.account for p in people for control in view.acting(p))
        self.truncated += view.too_common("straw_account", self.params.max_accounts)
        view.flows.need(account for account, _ in found)
        matches = [_match(*key, parts, view) for key, parts in sorted(found.items())]
        kept = [match for match in matches if match.deals or match.payments]
        used = {match.account for match in kept}
        for match in kept:
            for person in (match.operator, *match.holders):
                used |= set(view.run_by(person))
        view.flows.need(used)
        view.opened.need(used)
        view.uses_of.need(used)
        view.users_of.need(use.identifier for account in used for use in view.uses_of[account])
        return kept

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return account and operator."""
        return {"account": (match.account,), "operator": (match.operator,)}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the deals and payments of the account while the operator may operate it."""
        return tuple(sorted((*match.deals, *(flow.id for flow in match.payments))))

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return none: all events of one account and operator are one finding."""
        del group
        return ()

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh one account and operator."""
        del group
        found = Assessment()
        found.hit("other_operates", match.stated)
        paid = [flow.id for flow in match.payments if _pays_deal(flow, match, view)]
        found.hit("used_in_deal", (*match.deals, *paid))
        found.hit("operators_device", self._devices(match, match.operator, match.holders, view))
        found.hit("several_holders", _several_holders(match, view))
        found.hit("new_for_the_deal", self._new(match, (*match.deals, *paid), view))
        parts = sides(match.payments, match.account, view.currency)
        self._pass(parts, view, found)
        found.hit("holder_paid", self._holder_paid(match, parts, view))
        self._object(match, view, found)
        if match.void:
            found.notes.append(Objection(both("void-payments"), match.void))
        return found

    def _pass(self, parts: Sequence[Sides], view: CaseView, found: Assessment) -> None:
        """Record whether what came in left at once, in every currency in which something did."""
        ratio = Fraction(str(self.params.pass_ratio))
        window_s = self.params.pass_hours * HOUR_S
        inward = [part for part in parts if part.inward]
        passed = [passed_on(part, window_s, ratio, view.before) for part in inward]
        kept = [one for one in passed if one is not None]
        if not kept or len(kept) < len(inward):
            return
        found.hit("passes_on", [fact for one in kept for fact in one.facts])
        is_needed = not {"several_holders", "operators_device"} & found.hits.keys()
        if is_needed and not all(one.decided for one in kept):
            found.caps.append(Cap(Level.SUPPORTED, both("cap-undecided")))

    def _devices(
        self, match: Match, person: str, others: Iterable[str], view: CaseView
    ) -> list[str]:
        """Return the facts that a device or phone of one person was used by the account then.

        One that accounts of `others`, or too many accounts, used is nobody's own.
        """
        own = view.run_by(person).keys() - {match.account}
        foreign = {a for other in others for a in view.run_by(other)} - {match.account}
        spans = match.spans(view).values()
        facts: list[str] = []
        for use in view.uses_of[match.account]:
            users = view.users_of[use.identifier]
            is_shared = len(users) > self.params.max_accounts or users & foreign
            if use.kind not in _DEVICES or is_shared:
                continue
            for account in sorted(users & own):
                for other in view.uses_of[account]:
                    pair = (use.holding, other.holding)
                    is_then = any(all(h.may_hold(at) for h in pair) for at in spans)
                    if other.identifier == use.identifier and is_then:
                        facts += [use.fact, other.fact, *view.run_by(person)[account]]
        return facts

    def _new(self, match: Match, events: Iterable[str], view: CaseView) -> list[str]:
        """Return the account and the deals surely made within some days of its opening."""
        opened = view.opened[match.account]
        if opened is None:
            return []
        spans = match.spans(view)
        near = [
            event
            for event in events
            if opened.t0 <= spans[event].t1
            and greatest_span([opened, spans[event]]) <= self.params.new_days * DAY_S
        ]
        return [f"accounts:{match.account}", *near] if near else []

    def _holder_paid(self, match: Match, parts: Sequence[Sides], view: CaseView) -> list[str]:
        """Return what the operator paid the holder from and to other accounts, if it is little."""
        controls = [c for c in view.acting_on(match.account) if c.person == match.operator]
        own = set(view.run_by(match.operator)) - {match.account}
        paid = [
            flow
            for account in sorted(own)
            for flow in view.flows[account]
            if flow.moves
            and flow.payer == account
            and flow.payee != match.account
            and _is_from_to(flow, match, view)
            and not view.settled_by(flow.id)
            and (not controls or any(c.holding.may_hold(flow.span) for c in controls))
        ]
        share = Fraction(str(self.params.small_share))
        facts: list[str] = []
        for part in parts:
            mine = [flow for flow in paid if flow.currency == part.currency]
            total, flow_sum = counts.total(f.net for f in mine), part.greater
            high = None if total is None else total.high()
            low = None if flow_sum is None else flow_sum.low(floor=Fraction(0))
            if high is not None and low is not None and high <= low * share:
                facts += [flow.id for flow in mine]
        return facts

    def _object(self, match: Match, view: CaseView, found: Assessment) -> None:
        """Record what speaks against a straw account."""
        spans = match.spans(view)
        for holder in match.holders:
            for control in view.acting_on(match.account):
                is_own = control.person == holder and control.basis == "controls"
                if is_own and any(control.holding.may_hold(at) for at in spans.values()):
                    found.counter("holder_uses_too", [control.fact])
            others = (match.operator,)
            found.counter("holder_uses_too", self._devices(match, holder, others, view))
            for event, at in spans.items():
                ties = view.related(holder, match.operator, at)
                kin = [tie.fact for tie in ties if view.is_close_kin(tie)]
                found.counter("kin", kin)
                found.counter("staff", _staff(match.operator, holder, at, event, view))
        found.counter("carer", _carer(match, view))

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Sum up one account and who operates it."""
        (match,) = group
        roles = {
            "holder": match.holders,
            "operator": (match.operator,),
            "account": (match.account,),
        }
        figures, lines = greater_figures(sides(match.payments, match.account, view.currency))
        holder = joined(view.name(person) for person in match.holders)
        operator = view.name(match.operator)
        how_zh, how_en = (
            ("操作它的却是", "is operated by")
            if match.stated
            else (
                "与它用过同一设备、卡或证件号的另一账号却由此人控制：",
                "shares a device, card or number with an account controlled by",
            )
        )
        summary = Words(
            f"账号 {match.account} 登记在 {holder.zh} 名下，{how_zh} {operator}。",
            f"The account {match.account} is registered to {holder.en} and {how_en} {operator}.",
        )
        missing = Words("", "")
        if not figures:
            missing = Words(
                "这段时间内没有可计算的收付款，故无金额。",
                "No payment that can be counted is known for that time, so there is no amount.",
            )
        return Story(
            roles=roles,
            events=self.events(match),
            figures=figures,
            summary=sentence(summary, missing),
            arithmetic=lines,
            facts=(*match.stated, *match.linked),
        )


def _match(account: str, operator: str, parts: Mapping[str, set[str]], view: CaseView) -> Match:
    flows = {flow.id: flow for flow in view.flows[account]}
    events = sorted(parts["events"])
    listed = [flows[event] for event in events if event in flows]
    stated = tuple(sorted(parts.get("controls", ())))
    held = [c.holding for c in view.acting_on(account) if c.person == operator]
    void = [
        flow.id
        for flow in flows.values()
        if not flow.moves and any(holding.may_hold(flow.span) for holding in held)
    ]
    return Match(
        account,
        operator,
        tuple(sorted(parts["holders"])),
        stated,
        tuple(sorted(parts.get("identifier", ()))),
        tuple(event for event in events if event in view.deals),
        tuple(flow for flow in listed if flow.moves),
        tuple(sorted(void)),
    )


def _pays_deal(flow: Flow, match: Match, view: CaseView) -> bool:
    deals = [view.deals[deal] for deal in view.settled_by(flow.id)]
    return flow.payer == match.account and any(d.live and d.kind != "sample" for d in deals)


def _is_from_to(flow: Flow, match: Match, view: CaseView) -> bool:
    """Tell whether a payment is the operator's to a holder, neither being on both sides."""
    payer, payee = view.behind(flow.payer, flow.span), view.behind(flow.payee, flow.span)
    is_own = match.operator in payer and match.operator not in payee
    return is_own and any(h in payee and h not in payer for h in match.holders)


def _several_holders(match: Match, view: CaseView) -> list[str]:
    """Return the facts by which the operator runs accounts of two other holders or more."""
    accounts = {c.account: c.fact for c in view.acting(match.operator) if c.basis == "controls"}
    facts: dict[str, set[str]] = defaultdict(set)
    for account, fact in accounts.items():
        for held in view.holders.get(account, ()):
            if held.person != match.operator:
                facts[held.person] |= {fact, held.fact}
    return sorted(set().union(*facts.values())) if len(facts) > 1 else []


def _staff(operator: str, holder: str, at: Span, event: str, view: CaseView) -> list[str]:
    """Return the ties by which the holder's account is the business that the operator works for."""
    ties = view.stands_for(operator, holder, at, event)
    is_firm = view.person_kinds.get(holder) == "organisation"
    bases = {"employee", "owner", "agent"} if is_firm else {"employee", "owner"}
    known = [tie.fact for tie in ties if tie.basis in bases]
    return [*known, *(view.belongs_to(operator, holder, at) if is_firm else ())]


def _carer(match: Match, view: CaseView) -> list[str]:
    """Return the circumstances that call the operator carer of the holder, or of the account."""
    controls = {*match.stated}
    found = []
    for one in view.circumstances_about({*controls, match.account, *match.holders}, ("carer",)):
        named = {i for i in one.about | one.parties if i in view.names}
        is_theirs = bool(one.about & {match.account, *match.holders})
        is_his = match.operator in named or named <= set(match.holders)
        if one.about & controls or (is_theirs and is_his):
            found.append(one.id)
    return found


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="straw_account",
    version=1,
    title=Words("借用他人账号", "Account in another's name"),
    params=StrawParams,
    roles=("holder", "operator", "account"),
    figures=("amount",),
    signals=(
        SignalSpec("other_operates", 2, Words("实际由他人操作", "operated by another person")),
        SignalSpec("used_in_deal", 2, Words("用于数据交易", "used in a deal")),
        SignalSpec("passes_on", 2, Words("进款随即转出", "what came in left at once")),
        SignalSpec(
            "operators_device",
            2,
            Words("使用操作人的设备或电话", "used the operator's device or phone"),
        ),
        SignalSpec(
            "several_holders",
            2,
            Words("同一人操作多人名下的账号", "the operator runs accounts of several holders"),
        ),
        SignalSpec("new_for_the_deal", 1, Words("交易前数日才开立", "opened just before the deal")),
        SignalSpec(
            "holder_paid", 1, Words("持有人得到小额报酬", "the holder was paid a small sum")
        ),
    ),
    counters=(
        CounterSpec(
            "holder_uses_too", 1, Words("持有人也在使用", "the holder uses the account too")
        ),
        CounterSpec("kin", 1, Words("两人是配偶或亲属", "holder and operator are spouses or kin")),
        CounterSpec(
            "staff",
            3,
            Words("由员工操作的经营账号", "a business account run by its staff, the tie is known"),
            Level.LEAD,
        ),
        CounterSpec(
            "carer", 3, Words("操作人是监护人或照料人", "the operator is a guardian or carer")
        ),
    ),
    innocent=(
        Words("配偶代付家用。", "A spouse pays household bills."),
        Words("亲属只扫过一次码。", "A relative scanned a code once."),
        Words("店铺账号由店员使用。", "A shop account used by staff."),
        Words("子女代管父母的账号。", "A child runs a parent's account."),
    ),
    merge="role",
    strong_needs=lambda hits: (
        "other_operates" in hits
        and bool({"passes_on", "several_holders", "operators_device"} & hits)
    ),
    detector=Detector,  # type: ignore[arg-type] # the runner gives it its own parameters
)
"""The typology as data; its pattern is `cypher/typologies/straw_account.cypher`."""
