"""Where lines may leave and enter boxes and containers, the likely places first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graphmodel.views.routing import Port

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphmodel.views.geometry import Rect
    from graphmodel.views.placed import PlacedPerson

_SIDES = {"top": (0, -1), "bottom": (0, 1), "left": (-1, 0), "right": (1, 0)}
_FACING, _BESIDE, _AWAY = 0.0, 60.0, 150.0
_CORNER_PX = 8.0
_OFF_CENTRE = 0.35
"""Cost of a pixel away from the favourite place on a side."""
_ICON_MIDDLE_PX = 9.0
_NAME_PX = 28.0
"""Height of the name line below the upper edge of a container, where ties leave."""


class Taken(NamedTuple):
    """A port in use: whose, on which side, and the piece of the border it takes."""

    key: str
    side: str
    low: float
    high: float


class Ports:
    """Hands out ports and remembers those in use."""

    def __init__(self) -> None:
        """Begin with every border free."""
        self._taken: list[Taken] = []

    def of_box(self, key: str, rect: Rect, other: Rect, half: float) -> list[Port]:
        """Return ports on a box for a line of half thickness `half` to another rectangle."""
        ports = []
        for side, cost in _side_costs(rect, other).items():
            across = side in {"top", "bottom"}
            low, high = (rect.x, rect.right) if across else (rect.y, rect.bottom)
            reach = _CORNER_PX + half
            shared = _shared_middle(rect, other, across=across)
            places = _places(low + reach, high - reach, half, (low + high) / 2, shared)
            ports += self._free(key, side, rect, places, (half, cost))
        return ports

    def of_persona(self, key: str, rect: Rect, other: Rect) -> list[Port]:
        """Return ports on a shown persona for the line to its genuine holder: the sides first."""
        ports = self.of_box(key, rect, other, 0.0)
        return [p if p.out[0] else p._replace(cost=p.cost + _AWAY) for p in ports]

    def of_person(self, person: PlacedPerson, other: Rect) -> list[Port]:
        """Return ports on a container for a tie: at the name, so that no flow is near."""
        rect, name = person.rect, person.name_rect
        ports = []
        for side, cost in _side_costs(rect, other).items():
            if side in {"top", "bottom"}:
                favourite = name.x + _ICON_MIDDLE_PX if name.w else rect.cx
                places = [(favourite + 16 * step, 6.0 * step) for step in range(4)]
                places = [p for p in places if rect.x + 6 < p[0] < rect.right - 6]
            else:
                top = min(_NAME_PX, rect.h / 2)
                levels = (rect.y + top, rect.cy, rect.bottom - top / 2)
                places = [(y, 4.0 * i) for i, y in enumerate(levels)]
            ports += self._free(person.person.key, side, rect, places, (1.0, cost))
        return ports

    def _free(
        self,
        key: str,
        side: str,
        rect: Rect,
        places: Iterable[tuple[float, float]],
        line: tuple[float, float],
    ) -> list[Port]:
        half, side_cost = line
        ports = []
        for place, cost in places:
            piece = Taken(key, side, place - half - 5, place + half + 5)
            if not any(_meet(piece, taken) for taken in self._taken):
                at = {
                    "top": (place, rect.y),
                    "bottom": (place, rect.bottom),
                    "left": (rect.x, place),
                    "right": (rect.right, place),
                }[side]
                ports.append(Port(at, _SIDES[side], side_cost + cost))
        return ports

    def take(self, key: str, rect: Rect, at: tuple[float, float], half: float) -> None:
        """Mark the port at a point of a border as used."""
        for side, on in (
            ("top", at[1] == rect.y),
            ("bottom", at[1] == rect.bottom),
            ("left", at[0] == rect.x),
            ("right", at[0] == rect.right),
        ):
            if on:
                place = at[0] if side in {"top", "bottom"} else at[1]
                self._taken.append(Taken(key, side, place - half, place + half))
                return


def _meet(piece: Taken, taken: Taken) -> bool:
    same = (piece.key, piece.side) == (taken.key, taken.side)
    return same and piece.low < taken.high and taken.low < piece.high


def _places(
    low: float, high: float, half: float, middle: float, shared: float | None
) -> list[tuple[float, float]]:
    """Return places on one side with their costs; `shared` faces the other box straight on."""
    if low > high:
        return []
    places = {middle: 0.0}
    step = 2 * half + 14
    for count in range(1, 9):
        for place in (middle - count * step, middle + count * step):
            if low <= place <= high:
                places.setdefault(place, abs(place - middle) * _OFF_CENTRE)
    if shared is not None and low <= shared <= high:
        places.setdefault(shared, abs(shared - middle) * _OFF_CENTRE)
    return list(places.items())


def _shared_middle(rect: Rect, other: Rect, *, across: bool) -> float | None:
    """Return the middle of what two rectangles have in common in x (or in y), if anything."""
    if across:
        low, high = max(rect.x, other.x), min(rect.right, other.right)
    else:
        low, high = max(rect.y, other.y), min(rect.bottom, other.bottom)
    return (low + high) / 2 if low < high else None


def _side_costs(rect: Rect, other: Rect) -> dict[str, float]:
    """Return what leaving by each side costs on the way to another rectangle."""
    costs = dict.fromkeys(_SIDES, _BESIDE)
    below, above = other.y >= rect.bottom, other.bottom <= rect.y
    if below or above:
        costs["bottom"], costs["top"] = (_FACING, _AWAY) if below else (_AWAY, _FACING)
    elif other.cx >= rect.cx:
        costs["right"], costs["left"] = _FACING, _AWAY
    else:
        costs["right"], costs["left"] = _AWAY, _FACING
    return costs
