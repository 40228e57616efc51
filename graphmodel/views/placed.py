"""A scene with positions: what the renderer draws and what geometry tests look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from graphmodel.views.geometry import Point, Rect
    from graphmodel.views.scene_types import Box, Household, Link, Person, Scene

ARROW_PX, ARROW_HALF_PX = 12.0, 6.0
"""Length and half width of an arrowhead."""


class PlacedBox(NamedTuple):
    """A box with its text in lines; `home` is the key of its container."""

    box: Box
    rect: Rect
    title: tuple[str, ...]
    subtitle: tuple[str, ...]
    home: str


class PlacedPerson(NamedTuple):
    """A container; without `kind` it is as big as its box and not drawn."""

    person: Person
    rect: Rect
    name: tuple[str, ...]
    role: tuple[str, ...]
    name_rect: Rect


class PlacedHousehold(NamedTuple):
    """A frame around kin with its title and its pill, if it has one."""

    household: Household
    rect: Rect
    title_rect: Rect
    pill: tuple[str, ...]
    pill_rect: Rect | None


class PlacedLabel(NamedTuple):
    """A label on a ground of its own."""

    rect: Rect
    lines: tuple[str, ...]
    step: int


class PlacedLink(NamedTuple):
    """A link as an orthogonal line from its start to its end, on the borders of both."""

    link: Link
    points: tuple[Point, ...]
    label: PlacedLabel | None


@dataclass(slots=True)
class PlacedScene:
    """Everything inside 0, 0, `width`, `height`.

    `notes` are labels that found no place beside their line, told below the drawing instead.
    """

    scene: Scene
    width: float = 0.0
    height: float = 0.0
    boxes: list[PlacedBox] = field(default_factory=list)
    persons: list[PlacedPerson] = field(default_factory=list)
    households: list[PlacedHousehold] = field(default_factory=list)
    links: list[PlacedLink] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def solids(self) -> list[Rect]:
        """Return what no label and no foreign line may touch: boxes, names, titles, pills."""
        rects = [placed.rect for placed in self.boxes]
        rects += [p.name_rect for p in self.persons if p.name_rect.w]
        rects += [h.title_rect for h in self.households]
        rects += [h.pill_rect for h in self.households if h.pill_rect]
        return rects
