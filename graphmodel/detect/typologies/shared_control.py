"""Shared control: different names, one hand.

What it finds
    Two accounts with different or unknown registered holders, both party to an event, that used one
    device, phone, card or identity number; or two weak identifiers of different kinds; or that one
    person controls who holds neither. Accounts linked so, directly or through others, are one
    finding.

Why it matters
    What looks like two sellers, or like a seller and a buyer, may be one hand. It is a lead to
    who is behind names that seem to know nothing of each other.

Signals
    A device, card or identity number (3), a phone (2) or only weak identifiers (1) in common;
    another kind agrees (2); one person is stated to control both (2); the accounts are on two sides
    of a deal, or one buys what the other sells on (2); they sold under two names to one buyer (1);
    their uses surely overlap (1).
    Strong needs two kinds of link, and two sides of a deal or two names for one buyer.

Speaks against it
    Uses surely apart in time (at most a lead); kin who share only phone, address or IP; a device of
    one employer; an identifier used by more than five accounts.

Looks alike but is innocent
    A family phone. An office or dormitory network. A second-hand phone or a reissued number. A
    shop's device used by staff.

Parameters
    `max_accounts` 10: identifiers used by more accounts link nobody. `crowd_accounts` 5: from how
    many on an identifier speaks against. `max_pairs` 10,000 pairs of accounts.

Figures
    `accounts` = number of accounts of the group.

Source
    The typology cards of the design. The two kinds that make a weak link count once: a third must
    agree. Where one person openly runs both accounts and their holders are not known to differ,
    only deals make a match. Uses that are surely apart join no two groups.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.detect.account_deals import AccountDeals
from graphmodel.detect.records import Span
from graphmodel.detect.wording import joined
from graphmodel.model.counts import Bounded
from graphmodel.model.evidence import Words
from graphmodel.model.finding import Figure, Level
from graphmodel.model.schema import FOREVER
from graphmodel.model.typology import (
    Assessment,
    CounterSpec,
    Params,
    SignalSpec,
    Story,
    Typology,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphmodel.detect.records import Holding
    from graphmodel.detect.view import CaseView

_STRONG = frozenset(("device", "card", "national_id"))
_PHONE = "phone"
_WEAK = frozenset(("ip", "address", "email"))
_PERSON = "person"
_OF_KIN = frozenset(("phone", "address", "ip"))
_OF_WORK = frozenset(("device", "phone", "address", "ip"))
_EVER = Span(-FOREVER, FOREVER)
_KIND_WORDS = {
    "device": Words("设备", "device"),
    "phone": Words("电话", "phone"),
    "card": Words("银行卡", "card"),
    "national_id": Words("证件号", "identity number"),
    "ip": Words("IP 地址", "IP address"),
    "address": Words("地址", "address"),
    "email": Words("邮箱", "email address"),
}


class ControlParams(Params):
    """Parameters of the typology."""

    max_accounts: int = 10
    crowd_accounts: int = 5
    max_pairs: int = 10_000


class Link(NamedTuple):
    """What two accounts have in common: an identifier, or a person who controls both."""

    kind: str
    id: str
    facts: tuple[str, ...]
    is_apart: bool
    overlaps: bool


class Match(NamedTuple):
    """Two accounts, the group they belong to, their links, and what their deals show."""

    pair: tuple[str, str]
    group: tuple[str, ...]
    links: tuple[Link, ...]
    sides: frozenset[str]
    names: frozenset[str]
    events: tuple[str, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of identifiers in common."""
        return frozenset(link.kind for link in self.links) - {_PERSON}


def _is_enough(links: Iterable[Link]) -> bool:
    """Tell whether links make a match: a strong one, two weak kinds, or a person."""
    kinds = {link.kind for link in links}
    return bool(kinds & {*_STRONG, _PHONE, _PERSON}) or len(kinds & _WEAK) > 1


class Detector:
    """Weighs pairs of accounts."""

    def __init__(self, params: ControlParams) -> None:
        """Keep the parameters; `truncated` names what links nobody and what was not paired."""
        self.params = params
        self.truncated: list[str] = []

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return the pairs of the pattern whose links are enough, with the group of each."""
        self.truncated += view.too_common("shared_control", self.params.max_accounts)
        found: dict[tuple[str, str], dict[tuple[str, str], set[str]]]
        found = defaultdict(lambda: defaultdict(set))
        for row in rows:
            facts = row["facts"] if isinstance(row["facts"], list | tuple) else ()
            link = (str(row["kind"]), str(row["link"]))
            found[str(row["one"]), str(row["other"])][link] |= {str(fact) for fact in facts}
        view.uses_of.need(account for pair in found for account in pair)
        view.need_accounts(account for pair in found for account in pair)
        view.users_of.need(id_ for by in found.values() for kind, id_ in by if kind != _PERSON)
        linked = {
            pair: [_link(pair, kind, id_, facts, view) for (kind, id_), facts in sorted(by.items())]
            for pair, by in sorted(found.items())
        }
        used = {pair: _used(links) for pair, links in linked.items()}
        deals = AccountDeals(view)
        kept = {
            pair: (links, deals.opposite(*pair), deals.two_names(*pair))
            for pair, links in used.items()
            if links
        }
        open_ = {p for p, (_, *signs) in kept.items() if not any(signs) and _is_open(p, view)}
        weighed = [pair for pair in kept if pair not in open_]
        if len(weighed) > self.params.max_pairs:
            limit = f"max_pairs {self.params.max_pairs} of {len(weighed)} pairs weighed"
            self.truncated.append(f"shared_control: {limit}")
            weighed = weighed[: self.params.max_pairs]
        groups = _groups([pair for pair in weighed if not kept[pair][0][0].is_apart])
        events = deals.events(account for pair in weighed for account in pair)
        return [
            Match(
                pair,
                pair if links[0].is_apart else groups[pair[0]],
                tuple(links),
                sides,
                names,
                tuple(sorted({event for account in pair for event in events[account]})),
            )
            for pair, (links, sides, names) in ((pair, kept[pair]) for pair in weighed)
        ]

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return the accounts of the group."""
        return {"accounts": match.group}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the deals of the two accounts; where one has none, its earliest event."""
        return match.events

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return none: the accounts are the identity."""
        del group
        return ()

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh one pair of accounts."""
        del group
        found = Assessment()
        for name, kinds in (("strong_identifier", _STRONG), ("phone", frozenset((_PHONE,)))):
            found.hit(name, _facts(link for link in match.links if link.kind in kinds))
        weak = [link for link in match.links if link.kind in _WEAK]
        is_weak_link = len({link.kind for link in weak}) > 1
        found.hit("weak_identifiers", _facts(weak) if is_weak_link else ())
        kinds = match.kinds
        # the kinds that make the first link are one sign, not two
        others = len(kinds) - (1 if kinds & {*_STRONG, _PHONE} else 2)
        identifiers = [link for link in match.links if link.kind != _PERSON]
        found.hit("second_kind", _facts(identifiers) if others > 0 else ())
        persons = [link for link in match.links if link.kind == _PERSON]
        found.hit("one_person_stated", _facts(persons))
        found.hit("opposite_sides", sorted(match.sides))
        found.hit("two_personas_one_buyer", sorted(match.names))
        found.hit("use_overlaps", _facts(link for link in identifiers if link.overlaps))
        self._object(match, view, found)
        return found

    def _object(self, match: Match, view: CaseView, found: Assessment) -> None:
        """Record what speaks against one hand."""
        if match.links[0].is_apart:
            found.counter("uses_apart", _facts(match.links))
        has_person = any(link.kind == _PERSON for link in match.links)
        one, other = (_persons(account, view) for account in match.pair)
        if match.kinds and match.kinds <= _OF_KIN and not has_person:
            ties = [tie for x in one for y in other for tie in view.related(x, y, _EVER)]
            found.counter("kin", [tie.fact for tie in ties if view.is_close_kin(tie)])
        if match.kinds and match.kinds <= _OF_WORK and not has_person:
            found.counter("employers_device", _common_employer(one, other, view))
        for link in match.links:
            if link.kind != _PERSON:
                users = view.users_of[link.id]
                found.counter(
                    "crowd", link.facts if len(users) > self.params.crowd_accounts else ()
                )

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Sum up one group of accounts."""
        accounts = tuple(sorted({account for match in group for account in match.pair}))
        links = {(link.kind, link.id): link for match in group for link in match.links}
        persons = {person for account in accounts for person in _persons(account, view)}
        roles = {
            "persons": tuple(sorted(persons)),
            "accounts": accounts,
            "identifiers": tuple(sorted(id_ for kind, id_ in links if kind != _PERSON)),
        }
        return Story(
            roles=roles,
            events=tuple(sorted({event for match in group for event in match.events})),
            figures={"accounts": Figure.count(Bounded(Fraction(len(accounts))))},
            summary=_summary(accounts, links, view),
            facts=tuple(sorted({fact for link in links.values() for fact in link.facts})),
        )


def _link(pair: tuple[str, str], kind: str, id_: str, facts: Iterable[str], view: CaseView) -> Link:
    """Return a link with what the times of its two sides say."""
    one, other = (_holdings(account, kind, id_, view) for account in pair)
    pairs = [(x, y) for x in one for y in other]
    is_apart = all(x.until_t1 < y.since_t0 or y.until_t1 < x.since_t0 for x, y in pairs)
    overlaps = any(
        max(x.since_t1, y.since_t1) <= min(x.until_t0, y.until_t0)
        and max(x.since_t1, y.since_t1) < FOREVER
        for x, y in pairs
    )
    return Link(kind, id_, tuple(sorted(facts)), bool(pairs) and is_apart, overlaps)


def _holdings(account: str, kind: str, id_: str, view: CaseView) -> list[Holding]:
    if kind == _PERSON:
        acting = view.acting_on(account)
        return [c.holding for c in acting if c.person == id_ and c.basis == "controls"]
    return [use.holding for use in view.uses_of[account] if use.identifier == id_]


def _used(links: Sequence[Link]) -> list[Link]:
    """Return the links that a match rests on: those not surely apart, if they are enough.

    Else those surely apart, if they are; else none.
    """
    for is_apart in (False, True):
        chosen = [link for link in links if link.is_apart == is_apart]
        if _is_enough(chosen):
            return chosen
    return []


def _persons(account: str, view: CaseView) -> set[str]:
    """Return all who act through an account or are its registered holders."""
    held = {control.person for control in view.holders.get(account, ())}
    return held | {control.person for control in view.acting_on(account)}


def _is_open(pair: tuple[str, str], view: CaseView) -> bool:
    """Tell whether one person openly runs both accounts and no other name is known for one."""
    one, other = (
        {c.person for c in view.acting_on(account) if c.basis in {"controls", "holds"}}
        for account in pair
    )
    return bool(one & other) and not all(view.holders.get(account) for account in pair)


def _groups(pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return the connected group of each account."""
    group: dict[str, set[str]] = {}
    for one, other in pairs:
        merged = group.get(one, {one}) | group.get(other, {other})
        for account in merged:
            group[account] = merged
    return {account: tuple(sorted(members)) for account, members in group.items()}


def _facts(links: Iterable[Link]) -> list[str]:
    return sorted({fact for link in links for fact in link.facts})


def _common_employer(one: set[str], other: set[str], view: CaseView) -> list[str]:
    """Return the ties by which both sides work for one employer, or one for the other."""
    employers = [
        [(tie.b, tie.fact) for x in side for tie in view.principals(x) if tie.basis == "employee"]
        for side in (one, other)
    ]
    names = [{employer for employer, _ in side} for side in employers]
    common = (names[0] | one) & (names[1] | other) if one and other else set()
    common &= names[0] | names[1]
    return sorted({fact for side in employers for employer, fact in side if employer in common})


def _summary(
    accounts: Sequence[str], links: Mapping[tuple[str, str], Link], view: CaseView
) -> Words:
    """Return what the accounts have in common, in a sentence."""
    told = joined(accounts)
    kinds = sorted({kind for kind, _ in links if kind != _PERSON})
    persons = sorted({view.name(id_) for kind, id_ in links if kind == _PERSON})
    zh, en = [], []
    if kinds:
        zh.append(f"却有相同的{'、'.join(_KIND_WORDS[kind].zh for kind in kinds)}")
        en.append(f"have in common: {', '.join(_KIND_WORDS[kind].en for kind in kinds)}")
    if persons:
        zh.append(f"都由 {'、'.join(persons)} 操作，而其并非登记持有人")
        en.append(f"are controlled by {', '.join(persons)}, who is the holder of neither")
    return Words(
        f"账号 {told.zh} 的登记持有人不同或未知，{'，且'.join(zh)}。",
        f"The accounts {told.en}, whose registered holders differ or are not known, "
        f"{', and '.join(en)}.",
    )


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="shared_control",
    version=1,
    title=Words("不同名字、似出一手的账号", "Different names, one hand"),
    params=ControlParams,
    roles=("persons", "accounts", "identifiers"),
    figures=("accounts",),
    signals=(
        SignalSpec(
            "strong_identifier",
            3,
            Words("同一设备、卡或证件号", "one device, card or identity number"),
            "identifier",
        ),
        SignalSpec("phone", 2, Words("同一电话", "one phone"), "identifier"),
        SignalSpec(
            "weak_identifiers",
            1,
            Words("IP、地址、邮箱中有两种相同", "two kinds of IP, address and email agree"),
            "identifier",
        ),
        SignalSpec("second_kind", 2, Words("另一种标识也相同", "another kind agrees")),
        SignalSpec(
            "one_person_stated",
            2,
            Words("有记载由同一人操作", "one person is stated to control both"),
        ),
        SignalSpec(
            "opposite_sides",
            2,
            Words("分处交易两端或先后两手", "on two sides of a deal, or of two deals of the goods"),
        ),
        SignalSpec(
            "two_personas_one_buyer",
            1,
            Words("以两个网名卖给同一买家", "sold to one buyer under two names"),
        ),
        SignalSpec("use_overlaps", 1, Words("使用时间确有重叠", "their uses surely overlap")),
    ),
    counters=(
        CounterSpec(
            "uses_apart",
            3,
            Words("使用时间确不重叠", "the uses are surely apart in time"),
            Level.LEAD,
        ),
        CounterSpec(
            "kin",
            2,
            Words("亲属之间只共用电话、地址或 IP", "kin who share only phone, address or IP"),
        ),
        CounterSpec("employers_device", 2, Words("同一雇主的设备", "the device of one employer")),
        CounterSpec("crowd", 1, Words("该标识有多个账号使用", "many accounts used the identifier")),
    ),
    innocent=(
        Words("家庭共用的电话。", "A family phone."),
        Words("办公室或宿舍的网络。", "An office or dormitory network."),
        Words("二手手机或重新放号的号码。", "A second-hand phone or a reissued number."),
        Words("店员共用的店铺设备。", "A shop's device used by staff."),
    ),
    merge="role",
    strong_needs=lambda hits: (
        ("second_kind" in hits or _is_doubly_linked(hits))
        and bool({"opposite_sides", "two_personas_one_buyer"} & hits)
    ),
    detector=Detector,  # type: ignore[arg-type] # the runner gives it its own parameters
)
"""The typology as data; its pattern is `cypher/typologies/shared_control.cypher`."""


def _is_doubly_linked(hits: frozenset[str]) -> bool:
    """Tell whether both an identifier and a person link the accounts."""
    identifiers = {"strong_identifier", "phone", "weak_identifiers"}
    return "one_person_stated" in hits and bool(identifiers & hits)
