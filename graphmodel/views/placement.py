"""Places boxes, containers and households in rows; lines and labels come afterwards."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphmodel.views import measure
from graphmodel.views.geometry import Rect
from graphmodel.views.placed import PlacedBox, PlacedHousehold, PlacedPerson, PlacedScene
from graphmodel.views.text_width import em_width
from graphmodel.views.tiers import build_joins, build_units, find_order, find_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphmodel.views.scene_types import Household, Person, Scene
from graphmodel.views.tiers import Join, Unit

FRAME_TITLE_PX = 34
FRAME_PAD_PX = 20
_ROW_GAP_PX, _EMPTY_GAP_PX = 92.0, 44.0
_UNIT_GAP_PX = 52.0
_WIDEST_ROW_PX = 900.0
_ALIGN_SWEEPS = 10


@dataclass(slots=True)
class _Plan:
    """A unit with everything inside it placed from its own corner."""

    width: float = 0.0
    height: float = 0.0
    persons: list[PlacedPerson] = field(default_factory=list)
    boxes: list[PlacedBox] = field(default_factory=list)
    household: PlacedHousehold | None = None

    def centre(self, key: str) -> float:
        """Return the middle of a box or container of this unit in x."""
        for placed in self.boxes:
            if placed.box.key == key:
                return placed.rect.cx
        for person in self.persons:
            if person.person.key == key:
                return person.name_rect.cx if person.name_rect.w else person.rect.cx
        return self.width / 2


def place(scene: Scene, room: float) -> PlacedScene:
    """Return the scene with all but its links placed; `room` widens all gaps (1.0 and up)."""
    units = build_units(scene)
    joins = build_joins(scene, units)
    rows = find_rows(units, joins)
    plans = {unit.key: _plan_unit(scene, unit, rows, room) for unit in units}
    widths = {key: plan.width + _UNIT_GAP_PX * room for key, plan in plans.items()}
    table = _split(find_order(units, joins, rows, widths), widths)
    rows = {key: i for i, row in enumerate(table) for key in row}
    xs = _align(scene, table, plans, room)
    return _assemble(scene, table, plans, xs, _row_tops(table, plans, joins, rows, room))


# ---- one unit


def _plan_unit(scene: Scene, unit: Unit, rows: Mapping[str, int], room: float) -> _Plan:
    people = {person.key: person for person in scene.people}
    household = next((h for h in scene.households if h.key == unit.key), None)
    plan = _Plan()
    x = top = 0.0
    if household:
        x, top = float(FRAME_PAD_PX), float(FRAME_TITLE_PX)
    for position, key in enumerate(unit.members):
        if position:
            x += _member_gap(scene, unit.members[position - 1], key) * room
        placed, boxes = _plan_person(people[key], x, top, room)
        plan.persons.append(placed)
        plan.boxes += boxes
        x = placed.rect.right
    plan.width = x
    plan.height = max(p.rect.bottom for p in plan.persons)
    if household:
        _frame(plan, household, _lanes(scene, plan, rows, unit))
    return plan


def _member_gap(scene: Scene, left: str, right: str) -> float:
    """Return the gap of two members: the label of their tie, and a lane beside it."""
    label = 0.0
    for link in scene.links:
        if {link.start, link.end} == {left, right}:
            size = measure.measure_label(link)
            label = max(label, size.width if size else 0.0)
    return max(_UNIT_GAP_PX, label + 84)


def _plan_person(
    person: Person, x: float, y: float, room: float
) -> tuple[PlacedPerson, list[PlacedBox]]:
    """Return a container with its boxes: the name on the left, accounts side by side."""
    name = measure.measure_name(person)
    pad = measure.PAD_PX if person.kind else 0
    left = x + pad + (name.width + 16 if name.width else 0)
    boxes: list[PlacedBox] = []
    for position, column in enumerate(person.columns):
        left += measure.COLUMN_GAP_PX * room if position else 0
        sizes = [measure.measure_box(box) for box in column]
        width = max(size.width for size in sizes)
        top = y + pad
        for box, size in zip(column, sizes, strict=True):
            rect = Rect(left, top, width, size.height)
            boxes.append(PlacedBox(box, rect, size.title, size.subtitle, person.key))
            top = rect.bottom + measure.STACK_GAP_PX * room
        left += width
    name_height = max(name.height, measure.LINE_PX) if person.kind else 0
    bottom = max([y + pad + name_height, *(placed.rect.bottom for placed in boxes)]) + pad
    rect = Rect(x, y, left + pad - x, bottom - y)
    name_rect = Rect(x + pad, y + pad, name.width, name.height)
    return PlacedPerson(person, rect, name.name, name.role, name_rect), boxes


def _lanes(
    scene: Scene, plan: _Plan, rows: Mapping[str, int], unit: Unit
) -> tuple[list[float], list[float]]:
    """Return the x of lines that will leave the unit upwards and downwards."""
    home = {placed.box.key: placed.home for placed in plan.boxes}
    inside = {*home, *unit.members}
    row_of = {m: rows[u.key] for u in build_units(scene) for m in u.members}
    for person in scene.people:
        for box in (box for column in person.columns for box in column):
            row_of[box.key] = row_of[person.key]
    up: list[float] = []
    down: list[float] = []
    for link in scene.links:
        for own, other in ((link.start, link.end), (link.end, link.start)):
            if own in inside and other not in inside and link.kind != "poses":
                (up if row_of[other] < row_of[own] else down).append(plan.centre(own))
    return up, down


def _frame(plan: _Plan, household: Household, lanes: tuple[list[float], list[float]]) -> None:
    """Put a frame around the members, with its title and pill where no line will run."""
    title = Rect(14, 7, em_width(household.label) * measure.SMALL_PX + 28, 22)
    plan.width += FRAME_PAD_PX
    plan.height += FRAME_PAD_PX
    lines: tuple[str, ...] = ()
    pill = None
    if household.pill:
        lines, pill = _pill_place(plan, household.pill, lanes)
        plan.width = max(plan.width, pill.right + FRAME_PAD_PX)
        plan.height = max(plan.height, pill.bottom + 12)
    plan.width = max(plan.width, title.right + FRAME_PAD_PX)
    frame = Rect(0, 0, plan.width, plan.height)
    plan.household = PlacedHousehold(household, frame, title, lines, pill)


def _pill_place(
    plan: _Plan, words: str, lanes: tuple[list[float], list[float]]
) -> tuple[tuple[str, ...], Rect]:
    """Return the pill: beneath a short member, broad or slim, else in a strip of its own below."""
    floor = plan.height - FRAME_PAD_PX
    for width_em in (measure.WIDE_PILL_EM, measure.SLIM_PILL_EM):
        size = measure.measure_pill(words, width_em)
        for person in plan.persons:
            low = Rect(0, person.rect.bottom + 18, size.width, size.height)
            spots = [s for s in _spots(plan, low, lanes) if s.bottom <= floor]
            taken = [other.rect.grown(26) for other in plan.persons if other is not person]
            free = [s for s in spots if not any(s.overlaps(other) for other in taken)]
            if free:
                return size.lines, free[0]
    size = measure.measure_pill(words)
    lowest = Rect(FRAME_PAD_PX, floor + 14, size.width, size.height)
    return size.lines, next(iter(_spots(plan, lowest, lanes)), lowest)


def _spots(plan: _Plan, pill: Rect, lanes: tuple[list[float], list[float]]) -> list[Rect]:
    """Return places at the height of the pill, from left to right, that no line will cross."""
    room = int(plan.width - 2 * FRAME_PAD_PX - pill.w)
    rects = [pill._replace(x=FRAME_PAD_PX + dx) for dx in range(0, max(1, room + 1), 8)]
    reach = pill.w / 2 + 18
    return [r for r in rects if not any(abs(x - r.cx) < reach for x in lanes[1])]


# ---- rows


def _split(table: Sequence[Sequence[str]], widths: Mapping[str, float]) -> list[list[str]]:
    """Return the rows, with each that is too wide for a screen as several, dealt out in turn."""
    found: list[list[str]] = []
    for row in table:
        parts = min(len(row), math.ceil(sum(widths[key] for key in row) / _WIDEST_ROW_PX))
        found += [list(row[i::parts]) for i in range(parts)]
    return found


def _align(
    scene: Scene, table: Sequence[Sequence[str]], plans: Mapping[str, _Plan], room: float
) -> dict[str, float]:
    """Return the left edge of each unit, so that links run straight where they can."""
    ends = _end_offsets(scene, plans)
    gaps = dict.fromkeys(range(len(table)), _UNIT_GAP_PX * room)
    xs: dict[str, float] = {}
    for i, row in enumerate(table):
        x = 0.0
        for key in row:
            xs[key] = x
            x += plans[key].width + gaps[i]
    for sweep in range(_ALIGN_SWEEPS):
        order = range(len(table)) if sweep % 2 == 0 else range(len(table) - 1, -1, -1)
        for i in order:
            _align_row(table[i], plans, ends, xs, gaps[i])
    return xs


def _end_offsets(
    scene: Scene, plans: Mapping[str, _Plan]
) -> dict[str, list[tuple[float, str, float, float]]]:
    """Return for each unit its links: own offset, other unit, other's offset, weight."""
    unit_of: dict[str, str] = {}
    for key, plan in plans.items():
        unit_of |= {placed.box.key: key for placed in plan.boxes}
        unit_of |= {person.person.key: key for person in plan.persons}
    weights = {"data": 8.0, "money": 4.0, "agreed": 4.0, "claim": 0.5, "same": 4.0}
    ends: dict[str, list[tuple[float, str, float, float]]] = defaultdict(list)
    for link in scene.links:
        a, b = unit_of[link.start], unit_of[link.end]
        if a != b:
            weight = weights.get(link.kind, 0.02)
            at = (plans[a].centre(link.start), plans[b].centre(link.end))
            ends[a].append((at[0], b, at[1], weight))
            ends[b].append((at[1], a, at[0], weight))
    return ends


def _align_row(
    row: Sequence[str],
    plans: Mapping[str, _Plan],
    ends: Mapping[str, list[tuple[float, str, float, float]]],
    xs: dict[str, float],
    gap: float,
) -> None:
    """Move the units of one row towards what they are joined to, keeping order and gaps."""
    wishes, weights, shift = [], [], 0.0
    for key in row:
        joined = [e for e in ends.get(key, ()) if e[1] not in row]
        weight = sum(e[3] for e in joined)
        wish = sum((xs[e[1]] + e[2] - e[0]) * e[3] for e in joined) / weight if joined else xs[key]
        wishes.append(wish - shift)
        weights.append(weight or 0.01)
        shift += plans[key].width + gap
    shift = 0.0
    for key, wish in zip(row, _monotone(wishes, weights), strict=True):
        xs[key] = wish + shift
        shift += plans[key].width + gap


def _monotone(wishes: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the nearest rising sequence (isotonic regression by pooling adjacent violators)."""
    pools: list[tuple[float, float, int]] = []
    for wish, weight in zip(wishes, weights, strict=True):
        pools.append((wish, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, wa, na), (b, wb, nb) = pools[-2:]
            pools[-2:] = [((a * wa + b * wb) / (wa + wb), wa + wb, na + nb)]
    return [value for value, _, count in pools for _ in range(count)]


def _row_tops(
    table: Sequence[Sequence[str]],
    plans: Mapping[str, _Plan],
    joins: Sequence[Join],
    rows: Mapping[str, int],
    room: float,
) -> list[float]:
    """Return the upper edge of each row; a gap that no link crosses is smaller."""
    tops = [0.0] if table else []
    for i, row in enumerate(table[:-1]):
        crossed = any(
            min(rows[j.start], rows[j.end]) <= i < max(rows[j.start], rows[j.end]) for j in joins
        )
        gap = (_ROW_GAP_PX if crossed else _EMPTY_GAP_PX) * room
        tops.append(tops[-1] + max(plans[key].height for key in row) + gap)
    return tops


def _assemble(
    scene: Scene,
    table: Sequence[Sequence[str]],
    plans: Mapping[str, _Plan],
    xs: Mapping[str, float],
    tops: Sequence[float],
) -> PlacedScene:
    placed = PlacedScene(scene)
    for row, y in zip(table, tops, strict=True):
        for key in row:
            x, plan = round(xs[key]), plans[key]
            placed.boxes += [b._replace(rect=b.rect.moved(x, y)) for b in plan.boxes]
            placed.persons += [
                p._replace(rect=p.rect.moved(x, y), name_rect=p.name_rect.moved(x, y))
                for p in plan.persons
            ]
            if plan.household:
                placed.households.append(_moved_frame(plan.household, x, y))
    return placed


def _moved_frame(frame: PlacedHousehold, x: float, y: float) -> PlacedHousehold:
    return frame._replace(
        rect=frame.rect.moved(x, y),
        title_rect=frame.title_rect.moved(x, y),
        pill_rect=frame.pill_rect.moved(x, y) if frame.pill_rect else None,
    )
