"""Which row each unit of a picture stands in, and in which order within its row.

A unit is a person, a household, or an account of which nobody is known. Rows follow the flow of
data (longest path, Sugiyama style); the order follows what the units are joined to.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.views.scene_types import BOTTOM, TOP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphmodel.views.scene_types import Link, Scene

_SWEEPS = 12
_WEIGHTS = {"data": 4, "same": 4, "money": 3, "agreed": 2, "claim": 3, "poses": 2, "tie": 1}
_DOWNWARD = frozenset(("data", "same", "claim"))


class Unit(NamedTuple):
    """What is placed as a whole: the keys of its persons, side by side, and its place by role."""

    key: str
    members: tuple[str, ...]
    rank: int
    order: int


class Join(NamedTuple):
    """Two units that a link joins; `down` if data runs from the first to the second."""

    start: str
    end: str
    weight: int
    down: bool


def build_units(scene: Scene) -> list[Unit]:
    """Return the units of a scene in the order of their roles."""
    people = {person.key: person for person in scene.people}
    home = {member: h for h in scene.households for member in h.members}
    units = [
        Unit(
            h.key,
            h.members,
            min(people[m].rank for m in h.members),
            min(people[m].order for m in h.members),
        )
        for h in scene.households
    ]
    units += [Unit(p.key, (p.key,), p.rank, p.order) for p in scene.people if p.key not in home]
    return sorted(units, key=lambda unit: (unit.order, unit.key))


def build_joins(scene: Scene, units: Sequence[Unit]) -> list[Join]:
    """Return what joins different units."""
    unit_of = {member: unit.key for unit in units for member in unit.members}
    for person in scene.people:
        for box in (box for column in person.columns for box in column):
            unit_of[box.key] = unit_of[person.key]
    joins = (_join(link, unit_of) for link in scene.links)
    return [join for join in joins if join.start != join.end]


def _join(link: Link, unit_of: Mapping[str, str]) -> Join:
    start, end = unit_of[link.start], unit_of[link.end]
    if link.kind == "poses":  # the true holder of a name stands above the one who borrows it
        return Join(end, start, _WEIGHTS["poses"], down=True)
    return Join(start, end, _WEIGHTS.get(link.kind, 1), down=link.kind in _DOWNWARD)


def find_rows(units: Sequence[Unit], joins: Sequence[Join]) -> dict[str, int]:
    """Return the row of each unit: longest path on what runs down, the rest by role or tie."""
    below: dict[str, list[str]] = defaultdict(list)
    for join in joins:
        if join.down and join.end not in below[join.start]:
            below[join.start].append(join.end)
    ordered = _acyclic(units, below)
    rows = dict.fromkeys(ordered, 0)
    for unit in ordered:
        for other in below[unit]:
            rows[other] = max(rows[other], rows[unit] + 1)
    fed = {other for others in below.values() for other in others}
    for unit in ordered:
        if unit not in fed and below[unit]:
            rows[unit] = min(rows[other] for other in below[unit]) - 1
    _place_unfed(units, joins, rows, {*fed, *(u for u, o in below.items() if o)})
    first = min(rows.values(), default=0)
    return {unit: row - first for unit, row in rows.items()}


def _acyclic(units: Sequence[Unit], below: dict[str, list[str]]) -> list[str]:
    """Remove the links that close a circle, and return the units with each above what it feeds."""
    done: list[str] = []
    state: dict[str, int] = {}

    def visit(unit: str) -> None:
        state[unit] = 1
        below[unit] = [other for other in below[unit] if state.get(other) != 1]
        for other in below[unit]:
            if other not in state:
                visit(other)
        state[unit] = 2
        done.append(unit)

    for unit in sorted(units, key=lambda unit: (unit.rank, unit.order, unit.key)):
        if unit.key not in state:
            visit(unit.key)
    return done[::-1]


def _place_unfed(
    units: Sequence[Unit], joins: Sequence[Join], rows: dict[str, int], placed: set[str]
) -> None:
    """Place the units that no flow reaches: by their role, else beside what they are tied to."""
    last = max((rows[unit] for unit in placed), default=1)
    for unit in units:
        if unit.key in placed:
            continue
        near = [j.end if j.start == unit.key else j.start for j in joins if unit.key in j[:2]]
        known = [rows[other] for other in near if other in placed]
        if unit.rank == TOP:
            rows[unit.key] = 0
        elif unit.rank == BOTTOM:
            rows[unit.key] = last
        else:
            rows[unit.key] = known[0] if known else last
        placed.add(unit.key)


def find_order(
    units: Sequence[Unit],
    joins: Sequence[Join],
    rows: Mapping[str, int],
    widths: Mapping[str, float],
) -> list[list[str]]:
    """Return the rows from top to bottom, each from left to right: barycentres, then exchanges."""
    table: list[list[str]] = [[] for _ in range(max(rows.values(), default=-1) + 1)]
    for unit in units:
        table[rows[unit.key]].append(unit.key)
    near: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for join in joins:
        near[join.start].append((join.end, join.weight))
        near[join.end].append((join.start, join.weight))
    for _ in range(_SWEEPS):
        before = [list(row) for row in table]
        for row in table:
            at = _centres(table, widths)
            row.sort(key=lambda unit: _barycentre(unit, near, at))
        if before == table:
            break
    _exchange(table, joins, widths)
    return table


def _barycentre(
    unit: str, near: Mapping[str, list[tuple[str, int]]], at: Mapping[str, float]
) -> float:
    weight = sum(w for _, w in near[unit])
    return sum(at[other] * w for other, w in near[unit]) / weight if weight else at[unit]


def _centres(table: Sequence[Sequence[str]], widths: Mapping[str, float]) -> dict[str, float]:
    """Return the middle of each unit when every row is centred."""
    at = {}
    for row in table:
        x = -sum(widths[unit] for unit in row) / 2
        for unit in row:
            at[unit] = x + widths[unit] / 2
            x += widths[unit]
    return at


def _exchange(table: list[list[str]], joins: Sequence[Join], widths: Mapping[str, float]) -> None:
    """Exchange neighbours while that shortens the links."""
    best = _length(table, joins, widths)
    for _ in range(_SWEEPS):
        improved = False
        for row in table:
            for i in range(len(row) - 1):
                row[i], row[i + 1] = row[i + 1], row[i]
                now = _length(table, joins, widths)
                if now < best - 1e-6:
                    best, improved = now, True
                else:
                    row[i], row[i + 1] = row[i + 1], row[i]
        if not improved:
            return


def _length(
    table: Sequence[Sequence[str]], joins: Sequence[Join], widths: Mapping[str, float]
) -> float:
    at = _centres(table, widths)
    return sum(join.weight * abs(at[join.start] - at[join.end]) for join in joins)
