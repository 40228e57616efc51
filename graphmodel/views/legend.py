"""The legend of the page: every sign of the pictures with its word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.texts import text
from graphmodel.views.geometry import Rect
from graphmodel.views.markup import Markup, tag
from graphmodel.views.placed import PlacedBox, PlacedLink
from graphmodel.views.scene_types import Box, Link
from graphmodel.views.svg import NAMESPACE, draw_box, draw_frame_sign, draw_link, draw_ring

if TYPE_CHECKING:
    from graphmodel.texts import Language

_LINES = ("data", "money", "agreed", "claim", "poses", "tie")
_WIDTH, _HEIGHT = 52, 20
_MIDDLE = _HEIGHT / 2
_BOX = Rect(3, 2, 46, 16)


def build_legend(language: Language) -> Markup:
    """Return the legend as a list; each sign is drawn by the code that draws the pictures."""
    rows = [(f"page-kind-{kind}", _line(kind)) for kind in _LINES]
    rows.append(("page-legend-inferred", _line("data", certainty="inferred")))
    rows.append(("page-legend-circle", _circle()))
    rows.append(("page-legend-account", _box(Box("", "account", ""))))
    rows.append(("page-legend-persona", _box(Box("", "persona", ""))))
    rows.append(("page-legend-unknown", _box(Box("", "account", "", unknown=True))))
    rows.append(("page-legend-household", draw_frame_sign(_BOX)))
    items = (
        tag("li", _sign(sign), tag("span", text(key, language)), class_="legend-row")
        for key, sign in rows
    )
    return tag("ul", *items, class_="legend")


def _sign(drawing: str) -> Markup:
    return Markup(
        f'<svg xmlns="{NAMESPACE}" class="scene sign" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" aria-hidden="true">{drawing}</svg>'
    )


def _line(kind: str, *, certainty: str = "stated") -> str:
    link = Link(kind, "", "", certainty=certainty)
    return draw_link(PlacedLink(link, ((2, _MIDDLE), (_WIDTH - 2, _MIDDLE)), None))


def _circle() -> str:
    link = PlacedLink(Link("tie", "", "", step=1), ((10, _MIDDLE), (_WIDTH - 10, _MIDDLE)), None)
    return draw_ring(link) + draw_link(link)


def _box(box: Box) -> str:
    return draw_box(PlacedBox(box, _BOX, (), (), ""))
