"""Positions of everything in a scene: pure geometry, the same for the same scene.

Boxes are placed in rows, lines are led around them, labels go beside their lines. Where a label
finds no free place, all gaps are widened and the drawing is made anew; what still finds none is
told in a note, so that nothing is ever hidden or laid over something else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.views.geometry import Rect, beside, bounds, segment_rect
from graphmodel.views.labels import place_labels
from graphmodel.views.placed import ARROW_HALF_PX, PlacedLabel, PlacedLink, PlacedScene
from graphmodel.views.placement import place
from graphmodel.views.ports import Ports
from graphmodel.views.routing import Obstacles, Router

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.views.geometry import Point
    from graphmodel.views.routing import Port
    from graphmodel.views.scene_types import Link, Scene

_ROOMS = (1.0, 1.15, 1.3, 1.5, 1.75, 2.1)
"""How much wider the gaps are at each attempt."""
_APART_PX = 18.0
"""Between the lines of one bundle."""
_WIDEST_PX = 92.0
"""Width of a bundle that still fits the smallest box."""
_RING_HALF_PX = 8.0
"""Half the width of the band under the lines of a circle."""
_BORDER_PX = 7.0
"""Nearer than this a line looks like the border it runs along."""
_CLEAR_PX = 12.0
_MARGIN_PX = 10.0
_PLACES = {
    "data": 0,
    "same": 0,
    "claim": 2,
    "agreed": 3,
    "money": 4,
    "shows": 5,
    "poses": 6,
    "tie": 7,
}
_TURNS = {
    "same": 0,
    "shows": 0,
    "data": 1,
    "money": 1,
    "agreed": 1,
    "claim": 1,
    "tie": 2,
    "poses": 3,
}


def layout(scene: Scene) -> PlacedScene:
    """Return the scene with positions, all inside 0, 0, width, height."""
    best: PlacedScene | None = None
    for room in _ROOMS:
        placed = place(scene, room)
        _draw_lines(placed)
        place_labels(placed)
        if best is None or len(placed.notes) < len(best.notes):
            best = placed
        if not placed.notes:
            break
    if best is None:
        best = PlacedScene(scene)
    return _moved_inside(best)


def _draw_lines(placed: PlacedScene) -> None:
    """Lead all links of a scene, the short and important ones first."""
    lines = _Lines(placed)
    bundles: dict[tuple[str, str], list[Link]] = {}
    for link in placed.scene.links:
        a, b = sorted((link.start, link.end))
        bundles.setdefault((a, b), []).append(link)
    ordered = sorted(bundles.values(), key=lambda bundle: min(_TURNS[x.kind] for x in bundle))
    for bundle in ordered:
        lines.draw(sorted(bundle, key=lambda link: (_PLACES[link.kind], link.start)))


class _Lines:
    """Leads bundles of links through one placed scene."""

    def __init__(self, placed: PlacedScene) -> None:
        self._placed = placed
        self._boxes = {box.box.key: box for box in placed.boxes}
        self._persons = {person.person.key: person for person in placed.persons}
        self._ports = Ports()
        self._router = Router()

    def draw(self, bundle: list[Link]) -> None:
        """Lead links that join the same two ends side by side, data leftmost."""
        upper, lower = self._ends(bundle[0])
        apart = min(_APART_PX, _WIDEST_PX / max(1, len(bundle) - 1))
        half = (len(bundle) - 1) * apart / 2
        starts, ends = self._candidates(upper, lower, half), self._candidates(lower, upper, half)
        if bundle[0].kind == "poses":
            rect, other = self._rect(lower), self._rect(upper)
            ends = self._ports.of_persona(lower, rect, other) or ends
        thick = half + (_RING_HALF_PX if any(link.step for link in bundle) else 2.0)
        line = self._router.find_line(starts, ends, self._obstacles(upper, lower, half), thick)
        if line is None:
            words = (" / ".join(link.lines) or link.kind for link in bundle)
            names = self._placed.scene.names()
            ends_told = f"{names.get(upper, '?')} – {names.get(lower, '?')}"
            self._placed.notes.append(f"{ends_told}: {'; '.join(words)}")
            return
        self._ports.take(upper, self._rect(upper), line[0], half + 2)
        self._ports.take(lower, self._rect(lower), line[-1], half + 2)
        for position, link in enumerate(bundle):
            points = beside(line, half - position * apart)
            ordered = points if link.start == upper else points[::-1]
            self._placed.links.append(PlacedLink(link, ordered, None))

    def _ends(self, link: Link) -> tuple[str, str]:
        """Return the two ends of a link, the upper one (or the left one) first."""
        a, b = self._rect(link.start), self._rect(link.end)
        first = (a.y, a.x) <= (b.y, b.x)
        return (link.start, link.end) if first else (link.end, link.start)

    def _rect(self, key: str) -> Rect:
        if key in self._boxes:
            return self._boxes[key].rect
        return self._persons[key].rect

    def _candidates(self, key: str, other: str, half: float) -> Sequence[Port]:
        rect, facing = self._rect(key), self._rect(other)
        if key in self._boxes:
            found = self._ports.of_box(key, rect, facing, half)
        else:
            found = self._ports.of_person(self._persons[key], facing)
        return found or Ports().of_box(key, rect, facing, half)

    def _obstacles(self, upper: str, lower: str, half: float) -> Obstacles:
        """Return what a line between two ends may not cross."""
        by = _CLEAR_PX + half
        homes = {self._home(upper), self._home(lower)}
        keys = {upper, lower}
        own = tuple(self._rect(key).grown(ARROW_HALF_PX + half) for key in (upper, lower))
        found: list[Rect] = []
        guides = [p.rect.grown(by + 8) for p in self._placed.persons]
        guides += [frame.rect.grown(by) for frame in self._placed.households]
        for person in self._placed.persons:
            key = person.person.key
            if key not in homes and key not in keys:
                found.append(person.rect.grown(by))
            elif key not in keys and person.name_rect.w:
                found.append(person.name_rect.grown(half + 8))
        inner = [b for b in self._placed.boxes if b.home in homes and b.box.key not in keys]
        found += [box.rect.grown(by) for box in inner]
        for frame in self._placed.households:
            found.append(frame.title_rect.grown(4))
            if frame.pill_rect:
                found.append(frame.pill_rect.grown(by))
        inside = [p.rect for p in self._placed.persons if p.person.key in homes]
        inside += [frame.rect for frame in self._placed.households]
        inside = [rect.grown(_BORDER_PX) for rect in inside]
        return Obstacles(own, tuple(found), tuple(guides), tuple(inside))

    def _home(self, key: str) -> str:
        return self._boxes[key].home if key in self._boxes else ""


def _moved_inside(placed: PlacedScene) -> PlacedScene:
    """Move everything so that the drawing begins at the margin, and set its size."""
    rects = [b.rect for b in placed.boxes] + [p.rect for p in placed.persons]
    rects += [h.rect for h in placed.households]
    for link in placed.links:
        pieces = zip(link.points, link.points[1:], strict=False)
        rects += [segment_rect(a, b, ARROW_HALF_PX) for a, b in pieces]
        if link.label:
            rects.append(link.label.rect)
    if not rects:
        return placed
    whole = bounds(rects).grown(_MARGIN_PX)
    dx, dy = -whole.x, -whole.y
    placed.boxes = [b._replace(rect=b.rect.moved(dx, dy)) for b in placed.boxes]
    placed.persons = [
        p._replace(rect=p.rect.moved(dx, dy), name_rect=p.name_rect.moved(dx, dy))
        for p in placed.persons
    ]
    placed.households = [
        h._replace(
            rect=h.rect.moved(dx, dy),
            title_rect=h.title_rect.moved(dx, dy),
            pill_rect=h.pill_rect.moved(dx, dy) if h.pill_rect else None,
        )
        for h in placed.households
    ]
    placed.links = [_moved_link(link, dx, dy) for link in placed.links]
    placed.width, placed.height = whole.w, whole.h
    return placed


def _moved_link(link: PlacedLink, dx: float, dy: float) -> PlacedLink:
    points: tuple[Point, ...] = tuple((x + dx, y + dy) for x, y in link.points)
    label = link.label
    if label:
        label = PlacedLabel(label.rect.moved(dx, dy), label.lines, label.step)
    return PlacedLink(link.link, points, label)
