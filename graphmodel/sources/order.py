"""Stated order of events: circles and impossible orders are refused, intervals tightened.

`b AFTER a` says that b came later: b's first instant is at least a's, a's last at most b's
(typologies 1.4).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from graphmodel.model.instants import UNKNOWN, Interval
from graphmodel.sources.references import fallen_rows, spread
from graphmodel.sources.spec_tables import EVENT_TABLES

if TYPE_CHECKING:
    from graphmodel.sources.checked import CheckedTable, Key

Place = tuple["CheckedTable", int]

_READING = {name: number for number, name in enumerate(EVENT_TABLES)}


@dataclass(slots=True)
class _Order:
    """Events that take part in a stated order: their rows, what each is after."""

    places: dict[Key, Place] = field(default_factory=dict)
    after: dict[Key, tuple[Key, ...]] = field(default_factory=dict)
    named: set[Key] = field(default_factory=set)

    def sort(self) -> tuple[list[Key], list[Key]]:
        """Return the events earlier ones first, and those in a circle or after one."""
        waiting = {key: set(earlier) for key, earlier in self.after.items()}
        followers: dict[Key, list[Key]] = {}
        for key, earlier in self.after.items():
            for other in earlier:
                followers.setdefault(other, []).append(key)
        ready = [key for key, earlier in waiting.items() if not earlier]
        done: list[Key] = []
        while ready:
            key = ready.pop()
            done.append(key)
            for follower in followers.get(key, ()):
                waiting[follower].discard(key)
                if not waiting[follower]:
                    ready.append(follower)
        return done, [key for key, earlier in waiting.items() if earlier]


def tighten(tables: list[CheckedTable]) -> None:
    """Check all stated orders, refuse what cannot be, narrow the times of the rows kept."""
    order = _collect(tables)
    if not order.after:
        return
    sorted_keys, stuck = order.sort()
    _refuse_circles(order, stuck)
    spread(tables, fallen_rows(tables))
    starts = _starts(order, sorted_keys)
    spread(tables, fallen_rows(tables))
    _write(order, sorted_keys, starts)


def _collect(tables: list[CheckedTable]) -> _Order:
    order = _Order()
    events = [table for table in tables if table.spec.name in EVENT_TABLES]
    for table in events:
        for row, keys in enumerate(table.key_lists("after")):
            if keys and table.is_open(row):
                key = (table.kind, table.ids[row])
                order.after[key] = keys
                order.named.update(keys)
    order.named.update(order.after)
    if not order.named:
        return order
    for table in events:
        for row, name in enumerate(table.ids):
            if (table.kind, name) in order.named and table.is_open(row):
                order.places[table.kind, name] = (table, row)
    for key in order.named:
        order.after.setdefault(key, ())
    return order


def _refuse_circles(order: _Order, stuck: list[Key]) -> None:
    """Refuse, of each circle, the row read last, which closes it.

    From any stuck event a walk to something it is after, and on, ends in a circle; every event of
    the circle, and every event after it, names a refused row and falls with it.
    """
    left = set(stuck)
    seen: set[Key] = set()
    for start in stuck:
        walk: dict[Key, None] = {}
        key = start
        while key not in seen:
            seen.add(key)
            walk[key] = None
            key = next(other for other in order.after[key] if other in left)
        if key in walk:
            passed = list(walk)
            circle = passed[passed.index(key) :]
            table, row = max((order.places[k] for k in circle), key=_reading_place)
            table.refuse(row, "after", "after-circle")


def _reading_place(place: Place) -> tuple[int, int]:
    table, row = place
    return _READING[table.spec.name], row


def _interval(place: Place) -> Interval:
    table, row = place
    times = table.values.get("time")
    return UNKNOWN if times is None else cast("Interval", times[row])


def _starts(order: _Order, keys: list[Key]) -> dict[Key, int]:
    """Return each event's first instant as narrowed; an order that cannot be is refused."""
    starts: dict[Key, int] = {}
    for key in keys:
        place = order.places.get(key)
        if place is None:
            continue
        table, row = place
        stated = _interval(place)
        earlier = [other for other in order.after[key] if other in starts]
        start = max([stated.t0, *(starts[other] for other in earlier)])
        if start > stated.t1:
            named = max(earlier, key=lambda other: (starts[other], other))
            table.refuse(row, "after", "after-impossible", value=named[1])
            continue
        starts[key] = start
    return starts


def _write(order: _Order, keys: list[Key], starts: dict[Key, int]) -> None:
    ends: dict[Key, int] = {}
    for key in reversed(keys):
        place = order.places.get(key)
        if place is None or not place[0].is_open(place[1]):
            continue
        table, row = place
        stated = _interval(place)
        end = min(stated.t1, ends.get(key, stated.t1))
        for other in order.after[key]:
            ends[other] = min(end, ends.get(other, end))
        if (starts[key], end) != stated[:2]:
            times = table.values.setdefault("time", table.column("time"))
            times[row] = Interval(starts[key], end, stated.text)
