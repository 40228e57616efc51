"""What a placed scene must keep: nothing overlaps, lines end on borders, all is inside."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from graphmodel.views.geometry import Rect, segment_rect
from graphmodel.views.placed import ARROW_HALF_PX, ARROW_PX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphmodel.views.placed import PlacedLink, PlacedScene

_SLACK_PX = 0.01


def problems(placed: PlacedScene) -> list[str]:
    """Return every broken rule in words."""
    return [*_overlaps(placed), *_homes(placed), *_line_faults(placed), *_outside(placed)]


def arrow_rect(link: PlacedLink) -> Rect:
    """Return the place of the head of a link."""
    (x, y), (px, py) = link.points[-1], link.points[-2]
    dx, dy = (x > px) - (x < px), (y > py) - (y < py)
    back = (x - dx * ARROW_PX, y - dy * ARROW_PX)
    rect = segment_rect(back, (x, y), 0)
    return Rect(
        rect.x - abs(dy) * ARROW_HALF_PX,
        rect.y - abs(dx) * ARROW_HALF_PX,
        rect.w + abs(dy) * 2 * ARROW_HALF_PX,
        rect.h + abs(dx) * 2 * ARROW_HALF_PX,
    )


def _inner(rect: Rect) -> Rect:
    return rect.grown(-_SLACK_PX)


def _overlaps(placed: PlacedScene) -> Iterator[str]:
    solids = placed.solids()
    labels = [link.label.rect for link in placed.links if link.label]
    homes = [person.rect for person in placed.persons]
    for kind, rects in (("box or name", solids), ("label", labels), ("container", homes)):
        for a, b in combinations(rects, 2):
            if _inner(a).overlaps(b):
                yield f"{kind} overlaps: {a} {b}"
    for label in labels:
        yield from (f"label on {s}" for s in solids if _inner(label).overlaps(s))
    yield from _strangers(placed)


def _strangers(placed: PlacedScene) -> Iterator[str]:
    """Name everybody inside a household's frame who is no member of it."""
    for frame in placed.households:
        for person in placed.persons:
            foreign = person.person.key not in frame.household.members
            if foreign and _inner(frame.rect).overlaps(person.rect):
                yield f"household around a stranger: {person.person.key}"


def _homes(placed: PlacedScene) -> Iterator[str]:
    homes = {person.person.key: person.rect for person in placed.persons}
    for box in placed.boxes:
        if not homes[box.home].grown(_SLACK_PX).contains(box.rect):
            yield f"box outside its person: {box.box.key}"
    for person in placed.persons:
        if not person.rect.grown(_SLACK_PX).contains(person.name_rect):
            yield f"name outside its person: {person.person.key}"
    for frame in placed.households:
        for member in frame.household.members:
            if not frame.rect.contains(homes[member]):
                yield f"member outside the household: {member}"
        if frame.pill_rect and not frame.rect.contains(frame.pill_rect):
            yield "pill outside the household"


def _line_faults(placed: PlacedScene) -> Iterator[str]:
    rects = {box.box.key: box.rect for box in placed.boxes}
    rects |= {person.person.key: person.rect for person in placed.persons}
    names = [person.name_rect for person in placed.persons if person.name_rect.w]
    for link in placed.links:
        for key, at in ((link.link.start, link.points[0]), (link.link.end, link.points[-1])):
            if not _on_border(rects[key], at):
                yield f"line does not end on {key}: {at}"
        for a, b in pairwise(link.points):
            if a[0] != b[0] and a[1] != b[1]:
                yield f"slanted line {a} {b}"
            line = segment_rect(a, b, 0).grown(0.005)
            for box in placed.boxes:
                if line.overlaps(box.rect.grown(-1)):
                    yield f"{link.link.kind} runs through {box.box.key}"
            yield from (f"line through a name {n}" for n in names if line.overlaps(n.grown(-1)))
        if link.link.kind != "tie":
            yield from _head_faults(placed, link)


def _head_faults(placed: PlacedScene, link: PlacedLink) -> Iterator[str]:
    head = _inner(arrow_rect(link))
    for solid in placed.solids():
        if head.overlaps(solid):
            yield f"arrowhead of {link.link.kind} on {solid}"
    for other in placed.links:
        if other.label and head.overlaps(other.label.rect):
            yield f"arrowhead of {link.link.kind} under a label"


def _on_border(rect: Rect, at: tuple[float, float]) -> bool:
    x, y = at
    if not rect.grown(_SLACK_PX).contains(Rect(x, y, 0, 0)):
        return False
    edges = (x - rect.x, rect.right - x, y - rect.y, rect.bottom - y)
    return any(abs(edge) < _SLACK_PX for edge in edges)


def _outside(placed: PlacedScene) -> Iterator[str]:
    canvas = Rect(0, 0, placed.width, placed.height)
    rects = [
        *placed.solids(),
        *(p.rect for p in placed.persons),
        *(h.rect for h in placed.households),
    ]
    for link in placed.links:
        rects += [segment_rect(a, b, 1) for a, b in pairwise(link.points)]
        rects += [link.label.rect] if link.label else []
        rects += [arrow_rect(link)]
    yield from (f"outside the canvas: {rect}" for rect in rects if not canvas.contains(rect))
