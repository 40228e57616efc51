"""Follows money or goods from an account, hop by hop, in an order that is possible in time.

Down: what went out of the account; then, at each party that received, what went out not before
that. Up is the same backwards. A step needs its own time at or after the latest first moment on the
way to it (interval times: comparing neighbours alone accepts impossible series), no stated order
against it, and a least gap to the step before within the window. Each hop reads only the events of
the parties reached, so a case of a million payments costs what the way itself costs.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from graphmodel.model.counts import Bounded

DAY_S = 86_400
HUBS_NAMED = 3
BEFORE_TOLD = 5
"""Steps named as those that a step may follow; it may follow more."""


class Move(NamedTuple):
    """A payment, deal or delivery between two accounts and the parties behind them then.

    `amount` in minor units of `currency`. `state` is `ok`, or `part_paid_back`, `taken_back` (a
    deal; its data moved), or why nothing is followed through it: `failed`, `refunded`, `refund` (it
    pays another back), `paid_back`, `cancelled`. `beyond` are further parties by whom the way may
    go on: kin or agents who sold the same goods on.
    """

    id: str
    label: str
    giver: str
    taker: str
    givers: frozenset[str]
    takers: frozenset[str]
    t0: int
    t1: int
    amount: Bounded | None
    currency: str
    state: str
    batch: str | None
    records: Bounded | None
    beyond: frozenset[str] = frozenset()


FOLLOWED = frozenset(("ok", "part_paid_back", "taken_back"))


class Step(NamedTuple):
    """A move on the way: its least hop, the steps it may follow, whether it surely follows one.

    `after` holds at most `BEFORE_TOLD` ids (going up: steps that come later in time).
    """

    move: Move
    hop: int
    after: tuple[str, ...]
    is_decided: bool

    @property
    def is_followed(self) -> bool:
        """Tell whether the way goes on through this step."""
        return self.move.state in FOLLOWED


@dataclass(frozen=True, slots=True)
class TraceLimits:
    """What bounds a walk; times in seconds. A step may follow another within `within_days`.

    A party with more than `max_fan` moves in one hop is named by what gives them, and not followed.
    """

    max_hops: int = 6
    within_days: int = 31
    since: int | None = None
    until: int | None = None
    max_rows: int = 1_000
    max_fan: int = 1_000


@dataclass(frozen=True, slots=True)
class Trace:
    """Where money or goods of an account went (or came from): steps by hop, time and id."""

    account: str
    is_up: bool
    batch: str | None
    steps: tuple[Step, ...]
    truncated: tuple[str, ...]
    limits: TraceLimits
    names: Mapping[str, str] = field(default_factory=dict)


class _Way(NamedTuple):
    """A move seen in the direction of the walk: going up, time runs backwards."""

    move: Move
    near: frozenset[str]
    far: frozenset[str]
    begin: int
    end: int


@dataclass(slots=True)
class _Reached:
    """A step so far; `latest` is the latest first moment on the best way to it, itself included."""

    way: _Way
    hop: int
    latest: int
    after: set[str] = field(default_factory=set)
    is_decided: bool = False


class Walk:
    """One walk: `onward` gives the moves out of (going up: into) parties between two instants.

    And how many each party has of which there are too many to read.

    `before` gives the stated orders among some events.
    """

    def __init__(
        self,
        limits: TraceLimits,
        onward: Callable[[frozenset[str], int, int], tuple[Sequence[Move], Mapping[str, int]]],
        before: Callable[[Iterable[str]], frozenset[tuple[str, str]]],
        *,
        is_up: bool,
    ) -> None:
        """Keep what the walk asks."""
        self._limits = limits
        self._onward = onward
        self._before = before
        self._is_up = is_up
        self._reached: dict[str, _Reached] = {}
        self._left: set[str] = set()
        self._hubs: dict[str, int] = {}

    def run(self, first: Sequence[Move]) -> tuple[tuple[Step, ...], tuple[str, ...]]:
        """Return the steps from the first moves on, and what was not searched."""
        frontier = []
        for way in sorted(map(self._way, self._timely(first)), key=_order):
            if self._has_room(way.move.id):
                reached = _Reached(way, 1, way.begin, is_decided=True)
                self._reached[way.move.id] = reached
                frontier.append(reached)
        hop = 1
        while frontier and hop < self._limits.max_hops:
            hop += 1
            frontier = self._hop([one for one in frontier if one.way.move.state in FOLLOWED], hop)
        steps = [
            Step(r.way.move, r.hop, tuple(sorted(r.after))[:BEFORE_TOLD], r.is_decided)
            for r in self._reached.values()
        ]
        steps.sort(key=lambda step: (step.hop, step.move.t0, step.move.t1, step.move.id))
        return tuple(steps), tuple(self._told())

    def _has_room(self, event: str) -> bool:
        if len(self._reached) < self._limits.max_rows:
            return True
        self._left.add(event)
        return False

    def _way(self, move: Move) -> _Way:
        if self._is_up:
            return _Way(move, move.takers, move.givers | move.beyond, -move.t1, -move.t0)
        return _Way(move, move.givers, move.takers | move.beyond, move.t0, move.t1)

    def _timely(self, moves: Iterable[Move]) -> list[Move]:
        """Return the moves that may lie between the two ends asked for."""
        since, until = self._limits.since, self._limits.until
        return [
            move
            for move in moves
            if (since is None or move.t1 >= since) and (until is None or move.t0 <= until)
        ]

    def _hop(self, frontier: Sequence[_Reached], hop: int) -> list[_Reached]:
        """Return what one more hop newly reached, or reached by an earlier way than before."""
        if not frontier:
            return []
        window = self._limits.within_days * DAY_S
        low = min(one.latest for one in frontier)
        high = max(one.way.end for one in frontier) + window
        parties = frozenset(p for one in frontier for p in one.way.far)
        bounds = (-high, -low) if self._is_up else (low, high)
        moves, hubs = self._onward(parties, *bounds)
        self._hubs |= {hub: max(many, self._hubs.get(hub, 0)) for hub, many in hubs.items()}
        ways = [self._way(move) for move in self._timely(moves)]
        by_party: dict[str, list[_Way]] = defaultdict(list)
        for way in sorted(ways, key=_order):
            for party in (way.near & parties) - hubs.keys():
                by_party[party].append(way)
        stated = self._before({way.move.id for way in ways} | {o.way.move.id for o in frontier})
        changed: dict[str, _Reached] = {}
        for one in frontier:
            for way in sorted({w for p in one.way.far for w in by_party.get(p, ())}, key=_order):
                if self._may_follow(one, way, window, stated):
                    self._reach(one, way, hop, stated, changed)
        return list(changed.values())

    def _may_follow(
        self, one: _Reached, way: _Way, window: int, stated: frozenset[tuple[str, str]]
    ) -> bool:
        if way.move.id == one.way.move.id or one.latest > way.end:
            return False
        if way.begin - one.way.end > window:
            return False
        return not self._is_stated(way, one.way, stated)

    def _is_stated(self, a: _Way, b: _Way, stated: frozenset[tuple[str, str]]) -> bool:
        """Tell whether a is stated to come before b in the direction of the walk."""
        pair = (b.move.id, a.move.id) if self._is_up else (a.move.id, b.move.id)
        return pair in stated

    def _reach(
        self,
        one: _Reached,
        way: _Way,
        hop: int,
        stated: frozenset[tuple[str, str]],
        changed: dict[str, _Reached],
    ) -> None:
        """Note that a move may follow a step; it is gone on from if that is new or earlier."""
        latest = max(one.latest, way.begin)
        known = self._reached.get(way.move.id)
        if known is None:
            if not self._has_room(way.move.id):
                return
            known = self._reached[way.move.id] = _Reached(way, hop, latest)
            changed[way.move.id] = known
        elif known.hop > 1 and latest < known.latest:
            known.latest = latest
            changed[way.move.id] = known
        if known.hop > one.hop:
            is_sure = one.way.end < way.begin or self._is_stated(one.way, way, stated)
            known.after.add(one.way.move.id)
            known.is_decided |= is_sure and one.is_decided

    def _told(self) -> list[str]:
        """Return each limit that was hit, with what was not searched."""
        own, told = self._limits, []
        if self._left:
            told.append(
                f"trace: max_rows {own.max_rows}: {len(self._left)} more steps are not shown"
            )
        if self._hubs:
            named = sorted(self._hubs)[:HUBS_NAMED]
            hubs = ", ".join(f"{hub} ({self._hubs[hub]} events)" for hub in named)
            more = len(self._hubs) - len(named)
            rest = f" and {more} more" if more else ""
            told.append(f"trace: max_fan {own.max_fan}: not followed: {hubs}{rest}")
        return told


def _order(way: _Way) -> tuple[int, int, str]:
    return (way.begin, way.end, way.move.id)
