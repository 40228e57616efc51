"""Barter ring: lists for lists, among parties who all give and all get.

What it finds
    Deals of barter, and deliveries of a batch for no deal or for one without a price, by which
    each party of a set reaches each other within the window (a strongly connected set): three
    parties or more, or two with two transfers each way. Sets that overlap are one.

Why it matters
    Data pays for data: no money shows, and every member ends with more records than it brought.

Signals
    Nine tenths of the handovers of the members in that time went to members (2); barter is stated
    (2); all are members of one group (1); of the pairs between whom anything moved half or more
    moved both ways (2); each member first uploaded three files or more, surely before it received
    any (1); that no money moved is stated (1); the members brought different goods (1). Strong
    needs the closed set, and both directions or stated barter.

Speaks against it
    Payments between the same members within seven days; copying one way only; a work group of one
    employer (at most a lead).

Looks alike but is innocent
    An archive channel. Colleagues sharing one firm's files. Samples sent before a sale.

Parameters
    `window_days` 93; `min_members` 3; `payment_days` 7; `max_transfers` 10,000 of one party, beyond
    which it is reported and not followed; `max_steps` 500,000 handovers looked at; `budget_s`.

Figures
    `records` = distinct records that moved; what each member obtained is told and not added up. A
    sale whose price is not known is a sale: a missing price is no barter.

Source
    The typology cards of the design; windows of intervals, 1.4. Strongly connected components: R.
    Tarjan, Depth-first search and linear graph algorithms, SIAM J. Comput. 1 (1972), by networkx.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from pydantic import Field

from graphmodel.detect.handovers import all_handovers, handover, party_numbers
from graphmodel.detect.hubs import distinct_records
from graphmodel.detect.origins import surely_before
from graphmodel.detect.records import DAY_S, Span, least_span
from graphmodel.detect.rings import Edge, Limits, Rings
from graphmodel.detect.wording import joined, records
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
    from collections.abc import Iterable, Mapping, Sequence

    from graphmodel.detect.hubs import Entry
    from graphmodel.detect.parties import Side
    from graphmodel.detect.records import Flow
    from graphmodel.detect.view import CaseView

_CLOSED_OF_TEN = 9
"""Of ten handovers of the members so many go to members in a closed set."""
_UPLOADS = 3
_MEMBERS_TOLD = 50
"""Members whose records are told one by one; the rest is counted."""
_FEW = 3
"""Hubs named one by one; the rest is counted."""


class BarterParams(Params):
    """Window, least members, and how much is searched."""

    window_days: int = Field(default=93, ge=1)
    min_members: int = 3
    payment_days: int = 7
    max_transfers: int = 10_000
    max_steps: int = 500_000


class Member(NamedTuple):
    """A member of a ring: who may stand behind it, by id, and the accounts it used."""

    parties: tuple[str, ...]
    accounts: frozenset[str]


class Match(NamedTuple):
    """A ring: its members by number, the handovers between them by id, and when they may lie."""

    members: Mapping[int, Member]
    edges: tuple[Edge, ...]
    entries: tuple[Entry, ...]
    span: Span

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the parties of all members, by id."""
        return tuple(sorted({p for member in self.members.values() for p in member.parties}))


class Detector:
    """Weighs rings of giving."""

    def __init__(self, params: BarterParams) -> None:
        """Keep the parameters; `truncated` names what was not searched."""
        self.params = params
        self.truncated: list[str] = []
        self._sent: dict[str, list[Entry]] = {}
        self._paid: dict[str, list[Flow]] = defaultdict(list)

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return the rings among the handovers of the pattern."""
        entries = [handover(str(row["event"]), view) for row in rows]
        who = party_numbers((side for e in entries for side in (e.own, e.other)), view)
        edges = [Edge(who[e.own], who[e.other], e) for e in entries if who[e.own] != who[e.other]]
        own = self.params
        rings = Rings(Limits(own.min_members, own.window_days, own.max_transfers, own.max_steps))
        found = rings.find(edges)
        sides: dict[int, list[Side]] = defaultdict(list)
        if found or rings.hubs:
            for side, number in who.items():
                sides[number].append(side)
        self._tell_limits(rings, sides)
        matches = [
            _match({n: _member(sides[n]) for n in sorted(ring.members)}, ring.edges)
            for ring in found
        ]
        if matches:
            view.need_people(party for match in matches for party in match.ids)
            self._sent = _by_party(view)
            for flow in view.flows_among(a for match in matches for a in _owners(match, view)):
                self._paid[flow.payer].append(flow)
        return matches

    def _tell_limits(self, rings: Rings, sides: Mapping[int, Sequence[Side]]) -> None:
        own = self.params
        told = sorted(f"{_member(sides[hub]).parties[0]} ({n})" for hub, n in rings.hubs.items())
        if told:
            more = f" and {len(told) - _FEW} more" if len(told) > _FEW else ""
            names = ", ".join(told[:_FEW])
            limit = f"max_transfers {own.max_transfers}"
            self.truncated.append(f"barter_ring: {limit}: not followed: {names}{more}")
        if rings.left:
            limit = f"max_steps {own.max_steps}"
            self.truncated.append(f"barter_ring: {limit}: {rings.left} windows were not searched")

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return the members."""
        return {"members": match.ids}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the handovers."""
        return tuple(entry.id for entry in match.entries)

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return none: the members are the identity."""
        del group
        return ()

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh one ring."""
        del group
        found = Assessment()
        events = self.events(match)
        ways = {(edge.giver, edge.taker) for edge in match.edges}
        pairs = {frozenset(way) for way in ways}
        mutual = [way for way in ways if way[::-1] in ways and way[0] < way[1]]
        if self._is_closed(match):
            found.hit("closed_set", events)
        barters = [e.id for e in match.entries if e.deal is not None and e.deal.kind == "barter"]
        found.hit("stated_barter", barters)
        if 2 * len(mutual) >= len(pairs):
            found.hit("both_directions", events)
        found.hit("group_membership", _all_of_one(match, "MEMBER_OF", view))
        found.hit("entry_upload", _uploads(match, view))
        about = {*events, *match.ids, *(e.batch for e in match.entries if e.batch is not None)}
        found.hit("no_money", view.stated(("no_money",), about))
        found.hit("goods_differ", _different_goods(match, view))
        found.counter("payments_between", self._payments(match, view))
        if not mutual:
            found.counter("one_way", events)
        found.counter("work_group", _all_of_one(match, "EMPLOYS", view))
        return found

    def _is_closed(self, match: Match) -> bool:
        """Tell whether nine tenths of what the members may have sent then went to members."""
        owner = {
            key: number
            for number, member in match.members.items()
            for key in (*member.parties, *member.accounts)
        }
        at = match.span
        inward: set[str] = set()
        outward: set[str] = set()
        for key, giver in owner.items():
            for entry in self._sent.get(key, ()):
                takers = {owner.get(k) for k in (*entry.other.parties, entry.other.account)}
                if entry.span.t0 <= at.t1 and entry.span.t1 >= at.t0 and giver not in takers:
                    (inward if takers - {None} else outward).add(entry.id)
        return 10 * len(inward) >= _CLOSED_OF_TEN * (len(inward) + len(outward))

    def _payments(self, match: Match, view: CaseView) -> list[str]:
        """Return the payments between two members who may have moved goods in the same days."""
        owner = _owners(match, view)
        moved: dict[frozenset[int], list[Span]] = defaultdict(list)
        for edge in match.edges:
            moved[frozenset((edge.giver, edge.taker))].append(edge.entry.span)
        return sorted(
            paid.id
            for account in owner
            for paid in self._paid.get(account, ())
            if paid.moves
            and paid.payee in owner
            and any(
                least_span([paid.span, at]) <= self.params.payment_days * DAY_S
                for at in moved.get(frozenset((owner[paid.payer], owner[paid.payee])), ())
            )
        )

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Tell who gave to whom, and what each obtained."""
        edges = {edge.entry.id: edge for match in group for edge in match.edges}
        members = {n: member for match in group for n, member in match.members.items()}
        entries = [edges[id_].entry for id_ in sorted(edges)]
        number = distinct_records(entries, view)
        figures = {} if number is None else {"records": Figure.count(number)}
        names = {n: "/".join(view.name(p) for p in member.parties) for n, member in members.items()}
        told, who = records(number), joined(sorted(names.values()))
        days = self.params.window_days
        summary = Words(
            f"{who.zh} 在 {days} 天内互相交换数据，共 {len(entries)} 次，没有标价；"
            f"各方都既给出又得到。不重复条数：{told.zh}。",
            f"{who.en} exchanged goods among themselves within {days} days, at no price; each both "
            f"gave and got. Handovers: {len(entries)}; distinct: {told.en}.",
        )
        lines = [Words(f"转移的不重复条数：{told.zh}", f"Distinct records that moved: {told.en}")]
        lines += _obtained(edges, members, names, view)
        return Story(
            roles={"members": group[0].ids},
            events=tuple(sorted(edges)),
            figures=figures,
            summary=summary,
            arithmetic=tuple(lines),
        )


def _match(members: Mapping[int, Member], edges: tuple[Edge, ...]) -> Match:
    entries = tuple(edge.entry for edge in edges)
    spans = [entry.span for entry in entries]
    whole = Span(min(at.t0 for at in spans), max(at.t1 for at in spans))
    return Match(members, edges, entries, whole)


def _member(sides: Iterable[Side]) -> Member:
    listed = list(sides)
    parties = {party for side in listed for party in side.parties}
    accounts = frozenset(side.account for side in listed)
    # an account of which nobody was known at one event is the member known at another
    known = parties - accounts or parties
    return Member(tuple(sorted(known)), accounts)


def _owners(match: Match, view: CaseView) -> dict[str, int]:
    """Return the members of a ring by account: those of its handovers, and all others of them."""
    owner = {a: number for number, member in match.members.items() for a in member.accounts}
    for number, member in match.members.items():
        for account in (a for party in member.parties for a in view.accounts_of(party)):
            owner.setdefault(account, number)
    return owner


def _by_party(view: CaseView) -> dict[str, list[Entry]]:
    """Return every handover of the case by who gave it, party or account."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in all_handovers(view):
        for key in {*entry.own.parties, entry.own.account}:
            found[key].append(entry)
    return found


def _obtained(
    edges: Mapping[str, Edge],
    members: Mapping[int, Member],
    names: Mapping[int, str],
    view: CaseView,
) -> list[Words]:
    """Return a line for each member with what it obtained, which is not added up."""
    got: dict[int, list[Entry]] = defaultdict(list)
    for _, edge in sorted(edges.items()):
        got[edge.taker].append(edge.entry)
    ordered = sorted(members, key=lambda n: members[n].parties)
    lines = []
    for n in ordered[:_MEMBERS_TOLD]:
        had = records(distinct_records(got[n], view))
        lines.append(Words(f"{names[n]} 得到{had.zh}", f"{names[n]} obtained {had.en}"))
    if len(ordered) > _MEMBERS_TOLD:
        rest = len(ordered) - _MEMBERS_TOLD
        lines.append(Words(f"另有 {rest} 方，未逐一列出", f"and {rest} more members"))
    return lines


def _all_of_one(match: Match, type_: str, view: CaseView) -> list[str]:
    """Return the facts by which every member may be bound to one organisation or group then.

    The organisation itself may be one of the members.
    """
    found: list[dict[str, list[str]]] = []
    for member in match.members.values():
        own: dict[str, list[str]] = {}
        for id_ in (*member.parties, *sorted(member.accounts)):
            for organisation, facts in view.bound_to(id_, type_, match.span).items():
                own.setdefault(organisation, []).extend(facts)
            own.setdefault(id_, [])
        found.append(own)
    shared = set.intersection(*(set(own) for own in found))
    return sorted({fact for organisation in shared for own in found for fact in own[organisation]})


def _uploads(match: Match, view: CaseView) -> list[str]:
    """Return the first uploads, if each member surely made enough before it received anything.

    A group of unnamed people is the place of upload, not somebody who uploads.
    """
    found: list[str] = []
    taken: dict[int, list[Entry]] = defaultdict(list)
    sent: dict[int, list[Entry]] = defaultdict(list)
    for edge in match.edges:
        taken[edge.taker].append(edge.entry)
        sent[edge.giver].append(edge.entry)
    for number, member in match.members.items():
        if all(view.person_kinds.get(party) == "group" for party in member.parties):
            continue
        given = [
            entry
            for entry in sent[number]
            if all(surely_before(entry, one, view) for one in taken[number])
        ]
        if len({entry.batch or entry.id for entry in given}) < _UPLOADS:
            return []
        found += [entry.id for entry in given]
    return found


def _different_goods(match: Match, view: CaseView) -> tuple[str, ...]:
    """Return the handovers if each member gave goods that no other member gave."""
    givers: dict[str, set[int]] = defaultdict(set)
    for edge in match.edges:
        batch = edge.entry.batch
        if batch is not None and not batch.startswith("unnamed:"):
            givers[view.batch_goods[batch]].add(edge.giver)
    if any(len(members) > 1 for members in givers.values()):
        return ()
    for pair in view.same_batches:
        sides = [givers.get(view.batch_goods[batch], set()) for batch in sorted(pair)]
        if len(set().union(*sides)) > 1 and all(sides):
            return ()
    known = {member for members in givers.values() for member in members}
    return tuple(entry.id for entry in match.entries) if known == match.members.keys() else ()


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="barter_ring",
    version=1,
    title=Words("以数据换数据", "Lists for lists"),
    params=BarterParams,
    roles=("members",),
    figures=("records",),
    signals=(
        SignalSpec("closed_set", 2, Words("给出的几乎都在成员之间", "nearly all went to members")),
        SignalSpec("stated_barter", 2, Words("载明为交换", "barter is stated")),
        SignalSpec("group_membership", 1, Words("同属一个群组", "members of one group")),
        SignalSpec("both_directions", 2, Words("多为双向", "mostly in both directions")),
        SignalSpec(
            "entry_upload", 1, Words("先上传后得到", "each uploaded before it received any")
        ),
        SignalSpec("no_money", 1, Words("载明没有钱款往来", "no money moved, as stated")),
        SignalSpec("goods_differ", 1, Words("各方给出的数据不同", "the goods differ")),
    ),
    counters=(
        CounterSpec(
            "payments_between",
            2,
            Words("同时期成员之间有付款", "payments between the same members in those days"),
        ),
        CounterSpec("one_way", 1, Words("只有单向复制", "copying one way only")),
        CounterSpec(
            "work_group",
            3,
            Words("同一雇主的工作群", "a work group of one employer"),
            Level.LEAD,
        ),
    ),
    innocent=(
        Words("资料存档频道。", "An archive channel."),
        Words("同事共用本单位的文件。", "Colleagues sharing one firm's files."),
        Words("出售前发送的样本。", "Samples sent before a sale."),
    ),
    merge="role",
    strong_needs=lambda hits: (
        "closed_set" in hits and bool(hits & {"both_directions", "stated_barter"})
    ),
    detector=Detector,  # type: ignore[arg-type] # the runner gives it its own parameters
)
"""The typology as data; its pattern is `cypher/typologies/barter_ring.cypher`."""
