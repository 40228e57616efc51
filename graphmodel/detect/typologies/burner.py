"""Burner: new, busy, silent.

What it finds
    An account opened just before its first deal or payment, or without any event before it in a
    source that is complete for that time; several deals or payments soon after the first; then no
    event for long, in a source that is complete for that time too.

Why it matters
    An account used for a few deals and thrown away leaves its buyers with nobody to ask, and its
    name free for the next account.

Signals
    The opening is known and lies surely close before (2), or only the first event is seen (1); the
    deals or payments surely lie close together (2); the silence is covered by a source, and no
    later event is known (2); its name is surely shown later by another account (2); who controls it
    has another account (1); one counterparty (1).
    Strong needs the known opening, the covered silence and the name that moves.

Speaks against it
    A platform ban or a lost phone, as stated; a seasonal shop: a burst at the same season of
    another year, by the account or by another of the same name or hand. Where the source ends
    within the quiet time there is no match: silence that nobody could have seen is no silence.

Looks alike but is innocent
    A holiday shop. A new employee's account. The platform closed it.

Parameters
    `new_days` 14; `min_events` 3 within `burst_days` 14 of the first; `quiet_days` 60.
    `season_days` 31 around the same day of another year. `max_holders` 5: a name that more parties
    show moves nowhere.

Figures
    `amount` = Σ payments in during the burst, refunds taken off; `days` = first to last event, both
    days counted, in the zone of the case, about if either is coarse.

Source
    The typology cards of the design. An event that only may lie in a silent time breaks it. An
    account that is surely older than `new_days` was not new, whatever a source shows.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from graphmodel.detect.account_flows import inward_figures, sides
from graphmodel.detect.records import DAY_S, HOUR_S, Span
from graphmodel.detect.wording import joined, sentence
from graphmodel.model.counts import Bounded
from graphmodel.model.evidence import Words
from graphmodel.model.finding import Figure
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

    from graphmodel.detect.records import Flow, Showing
    from graphmodel.detect.view import CaseView

_YEAR_S = 365.2425 * DAY_S
_LONGEST_DAY_S = 25 * HOUR_S


class BurnerParams(Params):
    """Parameters of the typology."""

    new_days: int = 14
    min_events: int = 3
    burst_days: int = 14
    quiet_days: int = 60
    season_days: int = 31
    max_holders: int = 5


class Match(NamedTuple):
    """One account with its burst; `quiet` and `seen` are the sources that cover the silences.

    `is_opened`: the opening can be close before; `returned`: there are events after the silence.
    """

    account: str
    is_opened: bool
    returned: bool
    burst: tuple[tuple[str, Span], ...]
    quiet: tuple[str, ...]
    seen: tuple[str, ...]
    payments: tuple[Flow, ...]

    @property
    def first(self) -> Span:
        """Return when the first event happened: the first of several coarse ones is no finer."""
        return Span(min(at.t0 for _, at in self.burst), min(at.t1 for _, at in self.burst))

    @property
    def whole(self) -> Span:
        """Return the first and last possible instant of the burst."""
        return Span(self.first.t0, max(at.t1 for _, at in self.burst))


class Detector:
    """Weighs accounts that were busy once."""

    def __init__(self, params: BurnerParams) -> None:
        """Keep the parameters; `truncated` names what was not followed."""
        self.params = params
        self.truncated: list[str] = []
        self._common: set[str] = set()

    def matches(self, rows: Sequence[Mapping[str, object]], view: CaseView) -> list[Match]:
        """Return the accounts of the pattern, less payments that were paid back."""
        view.flows.need(str(row["account"]) for row in rows)
        found = [match for row in rows if (match := self._match(row, view)) is not None]
        view.need_accounts(match.account for match in found)
        people = {person for match in found for person in _controllers(match, view)}
        view.need_people(people)
        view.need_accounts(control.account for p in people for control in view.acting(p))
        view.uses_of.need(match.account for match in found)
        view.opened.need(match.account for match in found)
        shown = {view.persona_keys[s.persona] for m in found for s in _shown(m.account, view)}
        for persona, parties in view.common_personas(self.params.max_holders):
            key = view.persona_keys[persona]
            if key in shown:
                self._common.add(key)
                name = view.persona_names[persona]
                limit = f"max_holders {self.params.max_holders}"
                self.truncated.append(
                    f"burner: {limit}: the name {name} of {parties} parties is not followed"
                )
        near = {account for match in found for account in self._of_one_name_or_hand(match, view)}
        view.contacts.need(near)
        return found

    def _match(self, row: Mapping[str, object], view: CaseView) -> Match | None:
        """Return the match of a row, or None if too little is left of the burst."""
        account = str(row["account"])
        flows = {flow.id: flow for flow in view.flows[account]}
        events = [e for e in _ids(row["burst"]) if e not in flows or flows[e].moves]
        burst = tuple(
            (e, view.deals[e].span if e in view.deals else flows[e].span)
            for e in events
            if e in view.deals or e in flows
        )
        if len(burst) < self.params.min_events:
            return None
        paid = tuple(flows[event] for event, _ in burst if event in flows)
        quiet, seen = _ids(row["quiet"]), _ids(row["seen"])
        flags = (bool(row["opened"]), bool(row["returned"]))
        return Match(account, *flags, burst, quiet, seen, paid)

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return the account."""
        return {"account": (match.account,)}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the deals and payments of the burst."""
        return tuple(event for event, _ in match.burst)

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return none: the account is the identity."""
        del group
        return ()

    def assess(self, match: Match, group: Sequence[Match], view: CaseView) -> Assessment:
        """Weigh one account."""
        del group
        found = Assessment()
        first, account = match.first, match.account
        opened = view.opened[account]
        earliest = min(match.burst, key=lambda one: (one[1], one[0]))[0]
        latest = max(match.burst, key=lambda one: (one[1].t1, one[0]))[0]
        new_s = self.params.new_days * DAY_S
        if match.is_opened and opened is not None and first.t1 - opened.t0 <= new_s:
            found.hit("opened_known", (f"accounts:{account}", earliest))
        if match.seen:
            found.hit("first_seen", (*_sources(match.seen), earliest))
        close = [e for e, at in match.burst if at.t1 - first.t0 <= self.params.burst_days * DAY_S]
        found.hit("burst", close if len(close) >= self.params.min_events else ())
        if not match.returned:
            found.hit("silence_covered", (*_sources(match.quiet), latest))
        found.hit("persona_moves", self._moves(match, view))
        others = [
            fact
            for person in _controllers(match, view)
            for other, facts in view.run_by(person).items()
            if other != account and not other.startswith("unknown:")
            for fact in facts
        ]
        found.hit("controller_has_another", others)
        found.hit("one_counterparty", _one_counterparty(match, view))
        found.counter("closed_or_lost", _closed(match, view))
        found.counter("seasonal", self._seasonal(match, view))
        return found

    def _moves(self, match: Match, view: CaseView) -> list[str]:
        """Return the showings of a name of the account, and those by others surely after it."""
        facts: list[str] = []
        for own in _shown(match.account, view):
            if view.persona_keys[own.persona] in self._common:
                continue
            later = [
                s.fact
                for s in view.showings_of([own.persona])
                if not s.established
                and s.by != match.account
                and s.holding.since_t0 > match.whole.t1
            ]
            facts += [own.fact, *later] if later else []
        return facts

    def _of_one_name_or_hand(self, match: Match, view: CaseView) -> set[str]:
        """Return the account, and those of the same name or controller."""
        shown = [s.persona for s in _shown(match.account, view)]
        kept = [p for p in shown if view.persona_keys[p] not in self._common]
        accounts = {s.by for s in view.showings_of(kept) if s.by_label == "Account"}
        accounts |= {a for person in _controllers(match, view) for a in view.run_by(person)}
        return {match.account, *accounts}

    def _seasonal(self, match: Match, view: CaseView) -> list[str]:
        """Return the events of a burst at the same season of another year."""
        accounts = self._of_one_name_or_hand(match, view)
        bursts: dict[tuple[str, int], set[str]] = defaultdict(set)
        for contact in (c for account in sorted(accounts) for c in view.contacts[account]):
            apart = contact.span.t0 - match.first.t0
            years = round(apart / _YEAR_S)
            is_near = abs(apart - years * _YEAR_S) <= self.params.season_days * DAY_S
            is_fine = contact.span.t1 - contact.span.t0 <= self.params.season_days * DAY_S
            if contact.label in {"Deal", "Payment"} and years and is_near and is_fine:
                bursts[contact.account, years].add(contact.event)
        return sorted(
            {
                e
                for events in bursts.values()
                if len(events) >= self.params.min_events
                for e in events
            }
        )

    def tell(self, group: Sequence[Match], view: CaseView) -> Story:
        """Sum up one account."""
        (match,) = group
        roles = {"account": (match.account,), "controller": _controllers(match, view)}
        figures, lines = inward_figures(sides(match.payments, match.account, view.currency))
        figures["days"] = Figure.count(_days(match, view.timezone))
        missing = Words("", "")
        if "amount" not in figures:
            missing = Words("没有可计算的收款，故无金额。", "No payment in is known: no amount.")
        quiet, many = self.params.quiet_days, len(match.burst)
        sources = joined(match.quiet)
        summary = Words(
            f"账号 {match.account} 新近启用后集中成交或收付 {many} 笔，"
            f"其后至少 {quiet} 天没有任何动静，而 {sources.zh} 在这段时间是完整的。",
            f"The account {match.account}, newly in use, had {many} deals or payments close "
            f"together, then no event for {quiet} days or more, for which {sources.en} is "
            f"complete.",
        )
        acting = [c.fact for c in view.acting_on(match.account) if c.basis == "controls"]
        return Story(
            roles=roles,
            events=self.events(match),
            figures=figures,
            summary=sentence(summary, missing),
            arithmetic=lines,
            facts=(*_sources(match.quiet), *acting),
        )


def _ids(cell: object) -> tuple[str, ...]:
    return tuple(sorted(str(item) for item in cell)) if isinstance(cell, list | tuple) else ()


def _sources(ids: Iterable[str]) -> list[str]:
    return [f"sources:{id_}" for id_ in ids]


def _shown(account: str, view: CaseView) -> list[Showing]:
    """Return what an account shows to anybody."""
    return [s for s in view.showings if s.by == account and not s.established]


def _controllers(match: Match, view: CaseView) -> tuple[str, ...]:
    """Return who may control the account during the burst; a mere holder is not one."""
    return tuple(
        sorted(
            {
                c.person
                for c in view.acting_on(match.account)
                if c.basis == "controls" and c.holding.may_hold(match.whole)
            }
        )
    )


def _one_counterparty(match: Match, view: CaseView) -> list[str]:
    """Return the events if one party is on the other side of them all."""
    events = {event for event, _ in match.burst}
    met = {c.event: c.others for c in view.contacts[match.account] if c.event in events}
    if met.keys() != events:
        return []
    return sorted(events) if frozenset.intersection(*met.values()) else []


def _closed(match: Match, view: CaseView) -> list[str]:
    """Return the circumstances that explain the silence: a ban, or a lost phone.

    One about a person counts unless it names another account of that person.
    """
    persons = {c.person for c in view.acting_on(match.account)}
    others = {a for person in persons for a in view.run_by(person)} - {match.account}
    own = {match.account, *(use.fact for use in view.uses_of[match.account])}
    return [
        one.id
        for one in view.circumstances_about({*own, *persons}, ("platform_ban", "lost_phone"))
        if one.about & own or not one.about & others
    ]


def _days(match: Match, timezone: str) -> Bounded:
    """Return the days from the first to the last event, both counted."""
    first = min((at for _, at in match.burst), key=lambda at: (at.t0, at.t1))
    last = max((at for _, at in match.burst), key=lambda at: (at.t1, at.t0))
    zone, start = ZoneInfo(timezone), datetime(1970, 1, 1, tzinfo=UTC)
    dates = [
        (start + timedelta(seconds=second)).astimezone(zone).date()
        for second in (first.t0, last.t1)
    ]
    is_coarse = any(at.t1 - at.t0 >= _LONGEST_DAY_S for at in (first, last))
    days = Fraction((dates[1] - dates[0]).days + 1)
    return Bounded(days, "about" if is_coarse else "exact")


TYPOLOGY: Typology[Match, CaseView] = Typology(
    name="burner",
    version=1,
    title=Words("用完即弃的账号", "New, busy, silent account"),
    params=BurnerParams,
    roles=("account", "controller"),
    figures=("amount", "days"),
    signals=(
        SignalSpec(
            "opened_known", 2, Words("确知交易前不久才开立", "surely opened just before"), "new"
        ),
        SignalSpec(
            "first_seen",
            1,
            Words("此前在完整来源中未出现", "not seen before in full records"),
            "new",
        ),
        SignalSpec(
            "burst", 2, Words("成交或收付确实集中", "deals or payments surely close together")
        ),
        SignalSpec(
            "silence_covered", 2, Words("其后的沉寂有完整来源为证", "the silence is covered")
        ),
        SignalSpec(
            "persona_moves",
            2,
            Words("其网名后来由另一账号使用", "its name is shown later by another account"),
        ),
        SignalSpec(
            "controller_has_another",
            1,
            Words("控制人另有账号", "who controls it has another account"),
        ),
        SignalSpec("one_counterparty", 1, Words("只有一个对手方", "one counterparty")),
    ),
    counters=(
        CounterSpec(
            "closed_or_lost",
            2,
            Words("账号被平台封停或手机遗失", "a platform ban or a lost phone is stated"),
        ),
        CounterSpec(
            "seasonal", 2, Words("其他年份同一时节也有集中交易", "a burst at the same season")
        ),
    ),
    innocent=(
        Words("节日期间的店铺。", "A holiday shop."),
        Words("新员工的账号。", "A new employee's account."),
        Words("平台关闭了账号。", "The platform closed it."),
    ),
    merge="role",
    strong_needs=lambda hits: {"opened_known", "silence_covered", "persona_moves"} <= hits,
    detector=Detector,  # type: ignore[arg-type] # the runner gives it its own parameters
)
"""The typology as data; its pattern is `cypher/typologies/burner.cypher`."""
