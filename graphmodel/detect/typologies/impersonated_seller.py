"""Impersonated seller: a known name, shown by somebody else.

What it finds
    An account that sells, offers or is paid shows the other side a name that an account of a
    different party shows, or that a different party established, and whose showing does not begin
    after. Names are compared in normalised form, so look-alike letters do not hide them.

Why it matters
    The buyer believes to deal with a known seller and pays somebody else, often a person of the
    buyer's own side.

Signals
    Shown to the same side before (2); the owner of the name is known (2); the impersonator is
    tied to the buyer's side (2); sold what it bought elsewhere (2); a clean switch from the old
    account to the new (2); introduced from inside (1); payments go to a third holder (1);
    look-alike letters (1). Strong needs the first or the second.

Speaks against it
    Both accounts share a device, card or identity number (at most a lead); both belong to one
    organisation (at most a lead); the old account said that the new one is its own.

Looks alike but is innocent
    The seller lost the phone and opened a new account. Shop staff share one name. A platform gives
    this name to new users. A successor took over the shop and said so.

Parameters
    `switch_days` 60: longest time between the old account's last and the new one's first contact.
    `max_holders` 5: a name shown by more parties is a common name; it is counted, never paired.

Figures
    `amount` = Σ value of the deals under the name, else of the payments; `records` = Σ records.

Source
    The public report of the Qingdao case (2021-11): a wife is told to pose as the known seller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.figures import named
from graphmodel.detect.records import DAY_S, Contact, Span
from graphmodel.detect.wording import amount, both, joined, records, sentence
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

    from graphmodel.detect.records import DealFact, Showing
    from graphmodel.detect.view import CaseView

STRONG_IDENTIFIERS = ("device", "card", "national_id")


class ImpersonationParams(Params):
    """Parameters of the typology."""

    switch_days: int = 60
    max_holders: int = 5


class Match(NamedTuple):
    """An event under a name, the account that shows it, one other who shows or made it."""

    event: str
    account: str
    persona: str
    showing: str
    victim: str
    original: str
    original_persona: str
    original_showing: str
    is_established: bool
    impersonators: tuple[str, ...]
    key: str


class Detector:
    """Weighs impersonated names."""

    def __init__(self, params: ImpersonationParams) -> None:
        """Keep the parameters; `truncated` names the common names that were not paired."""
        self.params = params
        self.truncated: list[str] = []

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return the matches of the pattern; contacts of all accounts are read once."""
        found = []
        view.times.need(str(row["event"]) for row in rows)
        named = ("impersonating", "original", "victim")
        view.need_accounts({str(row[name]) for row in rows for name in named})
        for row in rows:
            cells = {name: str(value) for name, value in row.items()}
            span = self._span(cells["event"], view)
            impersonators = tuple(sorted(view.behind(cells["impersonating"], span)))
            if cells["victim"] in impersonators:
                continue  # nobody poses before oneself
            found.append(
                Match(
                    cells["event"],
                    cells["impersonating"],
                    cells["shown"],
                    cells["shown_as"],
                    cells["victim"],
                    cells["original"],
                    cells["original_as"],
                    cells["original_by"],
                    cells["how"] == "ESTABLISHED",
                    impersonators,
                    view.persona_keys[cells["shown"]],
                )
            )
        accounts = {a for m in found for a in (m.original, m.account)}
        view.paid_by.need(m.victim for m in found if m.event not in view.deals)
        view.contacts.need(accounts)
        view.uses.need(accounts)
        view.payment_ends.need(
            payment
            for m in found
            if m.event in view.deals
            for payment in view.deals[m.event].payments
        )
        self.truncated = [
            f"impersonated_seller: max_holders {self.params.max_holders}: the name of persona "
            f"{persona} is shown by {holders} parties and is not paired"
            for persona, holders in view.common_personas(self.params.max_holders)
        ]
        return found

    def _span(self, event: str, view: CaseView) -> Span:
        if event in view.deals:
            return view.deals[event].span
        time = view.times[event]
        return Span(time.t0, time.t1)

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return the impersonator's account, the normalised name and the victim."""
        return {"account": (match.account,), "persona": (match.key,), "victim": (match.victim,)}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the event under the name."""
        return (match.event,)

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return none: a repeated scheme is one finding."""
        del group
        return ()

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh one event under the name against one other who shows or established it."""
        del group
        found = Assessment()
        span = self._span(match.event, view)
        other = view.showings_by_fact[match.original_showing]
        self._weigh_same_side(match, other, view, found)
        own = view.showings_by_fact[match.showing]
        owners = [s.fact for s in view.showings_of([match.persona]) if s.established]
        found.hit("owner_known", owners)
        self._weigh_ties(match, span, view, found)
        self._weigh_switch(match, view, found)
        if not other.established and other.holding.since_t1 >= own.holding.since_t0:
            found.caps.append(Cap(Level.SUPPORTED, both("cap-undecided")))
        if view.persona_names[match.persona] != view.persona_names[match.original_persona]:
            names = (match.persona, match.original_persona)
            found.hit("lookalike", [f"personas:{name}" for name in names])
        self._object(match, span, view, found)
        return found

    def _side_contacts(self, account: str, match: Match, view: CaseView) -> list[Contact]:
        """Return the contacts of an account with the victim's side."""
        return [
            contact
            for contact in view.contacts[account]
            if contact.others & view.side_of(match.victim, contact.span, contact.event).keys()
        ]

    def _weigh_same_side(
        self, match: Match, other: Showing, view: CaseView, found: Assessment
    ) -> None:
        facts = [c.event for c in self._side_contacts(match.original, match, view)]
        if other.to is not None:
            shown = Span(other.holding.since_t0, other.holding.until_t1)
            side = view.side_of(match.victim, shown, match.event)
            if any(other.to == one or other.to in view.accounts_of(one) for one in side):
                facts.append(other.fact)
        found.hit("shown_to_same_side", facts)

    def _weigh_ties(self, match: Match, span: Span, view: CaseView, found: Assessment) -> None:
        side = view.side_of(match.victim, span, match.event)
        facts: list[str] = []
        for one in match.impersonators:
            facts += [tie.fact for tie in side.get(one, ())]
            for agent, ties in side.items():
                if ties:
                    facts += [t.fact for t in view.related(one, agent, span)]
        found.hit("insider_tie", facts)
        deal = view.deals.get(match.event)
        if deal is not None:
            near = {*match.impersonators}
            for one in match.impersonators:
                near |= view.kin_of(one, span).keys()
            bought = [
                d.id
                for d in view.alike(deal)
                if near & set(d.buyers)
                and not set(d.sellers) & set(match.impersonators)
                and view.may_precede(d.id, deal.id)
            ]
            found.hit("sold_what_it_bought", [*bought, *([deal.id] if bought else [])])
            found.hit("payee_differs", self._third_payees(match, view))
        audience = {match.victim, *view.accounts_of(match.victim)}
        found.hit(
            "introduced_from_inside",
            [
                intro.fact
                for intro in view.introductions
                if intro.b in (match.account, match.persona)
                and intro.at in audience
                and side.get(intro.a)
            ],
        )

    def _third_payees(self, match: Match, view: CaseView) -> list[str]:
        """Return payments to an account whose known holder is neither seller nor owner."""
        original = set(view.behind(match.original)) | {match.original}
        owners = {s.by for s in view.showings_of([match.persona]) if s.established}
        owners |= {p for o in owners for p in view.behind(o)}
        found = []
        for payment in view.deals[match.event].payments:
            _, payee = view.payment_ends[payment]
            holders = {c.person for c in view.holders.get(payee, ())}
            if holders and not holders & (original | owners):
                found.append(payment)
        return found

    def _weigh_switch(self, match: Match, view: CaseView, found: Assessment) -> None:
        """Hold where the old account's last contact is surely before the new one's first."""
        old = self._side_contacts(match.original, match, view)
        new = self._side_contacts(match.account, match, view)
        if not old or not new:
            return
        ordered = all(
            a.span.t1 < b.span.t0 or (a.event, b.event) in view.before for a in old for b in new
        )
        last = max(c.span.t1 for c in old)
        first = min(c.span.t0 for c in new)
        stated = [
            view.before[a.event, b.event]
            for a in old
            for b in new
            if (a.event, b.event) in view.before
        ]
        if ordered and first - last <= self.params.switch_days * DAY_S:
            found.hit("switch", [*(c.event for c in old), *(c.event for c in new), *stated])

    def _object(self, match: Match, span: Span, view: CaseView, found: Assessment) -> None:
        shared = view.shared_identifiers(match.original, match.account, STRONG_IDENTIFIERS)
        found.counter("shared_identifier", shared)
        originals = set(view.behind(match.original, span)) | {match.original}
        mine = {*match.impersonators, match.account}
        found.counter("same_organisation", view.common_organisation(originals, mine, span))
        found.counter(
            "said_to_be_same",
            [
                c.id
                for c in view.circumstances
                if c.kind == "same_seller"
                and match.account in c.about | c.parties
                and (c.about | c.parties) & originals
            ],
        )

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Sum up all events of one account under one name with one victim."""
        events = tuple(sorted({m.event for m in group}))
        deals = [view.deals[e] for e in events if e in view.deals]
        figures, lines, facts = self._figures(group, view)
        personas = tuple(sorted({p for m in group for p in (m.persona, m.original_persona)}))
        roles = {
            "impersonator": tuple(sorted({i for m in group for i in m.impersonators})),
            "impersonated": tuple(
                sorted(
                    {
                        person
                        for m in group
                        for person in (
                            view.behind(m.original)
                            if m.original not in view.names
                            else [m.original]
                        )
                    }
                )
            ),
            "persona": personas,
            "victim": (group[0].victim,),
        }
        who = {role: joined(view.name(i) for i in ids) for role, ids in roles.items()}
        name = view.persona_names[group[0].persona]
        summary = Words(
            f"账号 {group[0].account}（{who['impersonator'].zh}）"
            f"对 {who['victim'].zh} 自称“{name}”，"
            f"而这一网名属于 {who['impersonated'].zh}。",
            f"The account {group[0].account} ({who['impersonator'].en}) presented itself to "
            f"{who['victim'].en} as “{name}”, a name of {who['impersonated'].en}.",
        )
        return Story(
            roles=roles,
            events=events,
            figures=figures,
            summary=sentence(summary),
            arithmetic=lines,
            facts=(
                *facts,
                *(d.id for d in deals),
                *(f for m in group for f in (m.showing, m.original_showing)),
            ),
        )

    def _figures(
        self, group: Sequence[Match], view: CaseView
    ) -> tuple[dict[str, Figure], tuple[Words, ...], tuple[str, ...]]:
        """Return Σ value of the deals (else of the payments) by currency, and Σ records."""
        deals = [view.deals[e] for e in sorted({m.event for m in group}) if e in view.deals]
        worth = _worth(group, deals, view)
        ordered = sorted(worth, key=lambda c: (-len(worth[c]), c != view.currency, c))
        figures: dict[str, Figure] = {}
        lines: list[Words] = []
        for currency in ordered:
            value = counts.total(v for _, v in worth[currency])
            if value is not None:
                figures[named("amount", currency, ordered[0])] = Figure.amount(value, currency)
            for id_, v in worth[currency]:
                told = amount(v, currency)
                lines.append(Words(f"{id_}：{told.zh}", f"{id_}: {told.en}"))
        total = counts.total(deal.records for deal in deals) if deals else None
        if total is not None:
            figures["records"] = Figure.count(total)
            lines.append(both("line-records", records=records(total)))
        return figures, tuple(lines), tuple(d.id for d in deals)


def _worth(
    group: Sequence[Match], deals: Sequence[DealFact], view: CaseView
) -> dict[str, list[tuple[str, counts.Bounded | None]]]:
    """Return the value of each deal, or of each payment where there is no deal, by currency."""
    worth: dict[str, list[tuple[str, counts.Bounded | None]]] = {}
    for deal in deals:
        worth.setdefault(deal.currency, []).append((deal.id, deal.value))
    if deals:
        return worth
    events = {match.event for match in group}
    payees = {one for match in group for one in match.impersonators}
    for payment in view.payments_between([group[0].victim], payees):
        if payment.id in events:
            worth.setdefault(payment.currency, []).append((payment.id, payment.amount))
    return worth


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="impersonated_seller",
    version=1,
    title=Words("冒用他人网名的卖家", "Seller's name shown by somebody else"),
    params=ImpersonationParams,
    roles=("impersonator", "impersonated", "persona", "victim"),
    figures=("amount", "records"),
    signals=(
        SignalSpec(
            "shown_to_same_side",
            2,
            Words("原账号曾与买方一方往来", "the other account dealt with the buyer's side"),
        ),
        SignalSpec("owner_known", 2, Words("网名的所有者已知", "the owner of the name is known")),
        SignalSpec(
            "insider_tie",
            2,
            Words("冒名者与买方内部有关联", "the impersonator is tied to the buyer's side"),
        ),
        SignalSpec(
            "sold_what_it_bought",
            2,
            Words("所售数据另有来源", "sold what it bought elsewhere"),
        ),
        SignalSpec(
            "switch",
            2,
            Words(
                "新账号恰在原账号最后往来之后出现",
                "the new account follows the old one's last contact",
            ),
        ),
        SignalSpec(
            "introduced_from_inside", 1, Words("由买方内部人员引荐", "introduced from inside")
        ),
        SignalSpec(
            "payee_differs", 1, Words("款项付至第三人账户", "payments go to a third holder")
        ),
        SignalSpec(
            "lookalike", 1, Words("网名形似而字符不同", "the names differ only in look-alikes")
        ),
    ),
    counters=(
        CounterSpec(
            "shared_identifier",
            3,
            Words(
                "两个账号共用设备、银行卡或证件号",
                "both accounts share a device, card or identity number",
            ),
            Level.LEAD,
        ),
        CounterSpec(
            "same_organisation",
            3,
            Words("双方属于同一组织", "both belong to one organisation"),
            Level.LEAD,
        ),
        CounterSpec(
            "said_to_be_same",
            3,
            Words("原账号曾说明新账号为其所有", "the other account said that this one is its own"),
        ),
    ),
    innocent=(
        Words("卖家遗失手机后另开账号。", "The seller lost the phone and opened a new account."),
        Words("店员共用一个名称。", "Shop staff share one name."),
        Words("平台给新用户的默认名称。", "A platform gives this name to new users."),
        Words("继任者接手店铺并已说明。", "A successor took over the shop and said so."),
    ),
    merge="role",
    strong_needs=lambda hits: bool({"shown_to_same_side", "owner_known"} & hits),
    detector=Detector,  # type: ignore[arg-type] # the runner gives it its own parameters
)
"""The typology as data; its pattern is `cypher/typologies/impersonated_seller.cypher`."""
