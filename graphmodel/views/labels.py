"""Puts each label beside or on its line, where nothing else is."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.views.geometry import Point, Rect, segment_rect
from graphmodel.views.measure import measure_label
from graphmodel.views.placed import ARROW_HALF_PX, ARROW_PX, PlacedLabel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphmodel.views.measure import LabelSize
    from graphmodel.views.placed import PlacedLink, PlacedScene

_GAPS_PX = (7.0, 30.0, 64.0)
"""Between a line and its label; the further ones only where nothing nearer is free."""
_CLEAR_PX = 3.0
_SHARES = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9, 0.0, 1.0)
_LEFT, _ON, _RIGHT = -1, 0, 1
_SIDES = {"data": _LEFT, "same": _LEFT, "tie": _ON, "poses": _ON}
_LINE_COST, _BORDER_COST, _HIDES_COST = 30.0, 30.0, 40.0
_WRONG_SIDE_COST, _BESIDE_COST = 120.0, 24.0
"""For a label that belongs to one side of its line, and for one that stands on it."""
_TURNS = {"same": 0, "shows": 0, "tie": 3, "poses": 4}


class _Spot(NamedTuple):
    rect: Rect
    cost: float


def place_labels(placed: PlacedScene) -> None:
    """Give each link its label; a label without a free place becomes a note of the scene."""
    names = placed.scene.names()
    fixed = placed.solids() + [
        _arrow_rect(link) for link in placed.links if link.link.kind != "tie"
    ]
    order = sorted(
        range(len(placed.links)), key=lambda i: (_TURNS.get(placed.links[i].link.kind, 2), i)
    )
    for i in order:
        link = placed.links[i]
        size = measure_label(link.link)
        if size is None:
            continue
        spot = _best(placed, link, size, fixed)
        if spot is None:
            ends = f"{names.get(link.link.start, '?')} – {names.get(link.link.end, '?')}"
            placed.notes.append(f"{ends}: {' / '.join(link.link.lines)}")
            continue
        fixed.append(spot)
        placed.links[i] = link._replace(label=PlacedLabel(spot, size.lines, link.link.step))


def _arrow_rect(link: PlacedLink) -> Rect:
    """Return the place of the arrowhead at the end of a link."""
    (x, y), before = link.points[-1], link.points[-2]
    dx, dy = _unit(x - before[0]), _unit(y - before[1])
    return segment_rect((x - dx * ARROW_PX, y - dy * ARROW_PX), (x, y), ARROW_HALF_PX)


def _unit(value: float) -> int:
    return (value > 0) - (value < 0)


def _best(
    placed: PlacedScene, link: PlacedLink, size: LabelSize, fixed: Sequence[Rect]
) -> Rect | None:
    """Return the cheapest free place, close to the line if there is one, else further away."""
    for gap in _GAPS_PX:
        spots = [
            _Spot(rect, cost + _crossing_cost(placed, link, rect))
            for rect, cost in _spots(link, size, gap)
            if not any(rect.grown(_CLEAR_PX).overlaps(other) for other in fixed)
        ]
        if spots:
            return min(spots, key=lambda spot: spot.cost).rect
    return None


def _spots(link: PlacedLink, size: LabelSize, gap: float) -> Iterator[_Spot]:
    """Offer places along every straight piece: on the label's own side first, then on others."""
    side = _SIDES.get(link.link.kind, _RIGHT)
    pieces = list(pairwise(link.points))
    longest = max(_length(a, b) for a, b in pieces)
    away = _BESIDE_COST if side == _ON else _WRONG_SIDE_COST
    for a, b in pieces:
        short = (longest - _length(a, b)) * 0.1
        for at, share in enumerate(_SHARES):
            middle = (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
            for other in (_LEFT, _ON, _RIGHT):
                cost = short + at * 2 + (0.0 if other == side else away)
                if other == _ON and _length(a, b) < _along(a, b, size) + 2 * ARROW_PX:
                    cost += _HIDES_COST
                upright = a[0] == b[0]
                yield _Spot(_rect_at(middle, other * gap, size, upright=upright), cost)


def _length(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _along(a: Point, b: Point, size: LabelSize) -> float:
    return size.height if a[0] == b[0] else size.width


def _rect_at(middle: Point, gap: float, size: LabelSize, *, upright: bool) -> Rect:
    """Return the label at a gap from its line: left of it (above it) where that is below 0."""
    x, y = middle[0] - size.width / 2, middle[1] - size.height / 2
    side = (gap > 0) - (gap < 0)
    if upright:
        x += side * size.width / 2 + gap
    else:
        y += side * size.height / 2 + gap
    return Rect(x, y, size.width, size.height)


def _crossing_cost(placed: PlacedScene, own: PlacedLink, rect: Rect) -> float:
    """Return what covering lines of other links and borders of containers costs."""
    cost = 0.0
    for link in placed.links:
        if link is own:
            continue
        pieces = zip(link.points, link.points[1:], strict=False)
        cost += _LINE_COST * sum(rect.overlaps(segment_rect(a, b, 3)) for a, b in pieces)
    frames = [p.rect for p in placed.persons if p.person.kind] + [h.rect for h in placed.households]
    for frame in frames:
        if rect.overlaps(frame) and not frame.contains(rect):
            cost += _BORDER_COST
    return cost
