"""A trace as a picture: a column a hop, from left to right as money or goods went.

No script, no style attribute, no address; all text escaped. Meaning never rests on colour: a step
whose order is only possible is dashed, one that is not followed ends in a bar instead of a head.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.texts import text
from graphmodel.views.escape import escaped
from graphmodel.views.markup import Markup, tag
from graphmodel.views.text_width import em_width
from graphmodel.views.trace_told import Cells, end_words, heading, note_words, value_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.texts import Language

MARK = "graphmodel trace"
"""Stands in the head of each picture, so that no other file is overwritten by one."""
MAX_STEPS = 200
"""Steps drawn in one picture at most; it says how many were left out."""

_FONT_PX, _LINE_PX, _PAD_PX, _ROW_GAP_PX, _MARGIN_PX = 12.0, 20.0, 9.0, 18.0, 16.0
_TOP_PX, _FAN_PX, _HEAD_PX = 54.0, 46.0, 8.0
_MOST_BOX_PX = 260.0
_PAGE = (
    "body{font:14px/1.5 system-ui,sans-serif;margin:1.5em;color:#1a1a1a;background:#fff}"
    "table{border-collapse:collapse;margin-top:1em}"
    "td,th{padding:.2em .7em;text-align:left;border-bottom:1px solid #ccc}"
    ".scroll{overflow-x:auto}"
)

NodeKey = tuple[int, tuple[str, ...]]


class _Arrow(NamedTuple):
    """A step between two nodes with its words."""

    start: NodeKey
    end: NodeKey
    words: str
    is_decided: bool
    is_followed: bool


class _Node(NamedTuple):
    label: str
    x: float
    y: float
    width: float
    height: float


def render_trace_svg(data: Cells, language: Language) -> str:
    """Return one `svg` element of a trace in plain data."""
    steps = data["steps"][:MAX_STEPS]
    left = len(data["steps"]) - len(steps)
    arrows, labels = _arrows(steps, data, language)
    nodes, width, height = _placed(arrows, labels)
    title = heading(data, language)
    notes = [text("trace-picture-left", language, count=left)] if left else []
    notes += [text("trace-truncated", language, limit=limit) for limit in data["truncated"]]
    legend = text("trace-legend", language) if steps else text("trace-nothing", language)
    width = max(width, *(em_width(line) * _FONT_PX + 2 * _MARGIN_PX for line in (title, legend)))
    below = [_text(_MARGIN_PX, height + _LINE_PX * n, note) for n, note in enumerate(notes)]
    height += _LINE_PX * len(notes)
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    font = f'font-family="system-ui, sans-serif" font-size="{_FONT_PX:.0f}"'
    told = f'role="img" aria-label="{escaped(title)}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {told} {font}>',
        f"<!-- {MARK} -->",
        f"<title>{escaped(title)}</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        _text(_MARGIN_PX, 22, title, bold=True),
        _text(_MARGIN_PX, 40, legend),
        *_drawn(arrows, nodes),
        *(_box(node) for node in nodes.values()),
        *below,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def render_trace_page(data: Cells, language: Language) -> str:
    """Return a page of one picture and a table of its steps."""
    names = ("hop", "event", "time", "from", "to", "value", "after", "note")
    header = tag("tr", *(tag("th", text(f"trace-column-{name}", language)) for name in names))
    rows = [
        tag(
            "tr",
            *(
                tag("td", cell)
                for cell in (
                    str(step["hop"]),
                    str(step["event"]),
                    step["time"] or text("trace-time-unknown", language),
                    end_words(step["from"]),
                    end_words(step["to"]),
                    value_words(step, language),
                    ", ".join(step["after"]),
                    note_words(step, language),
                )
            ),
        )
        for step in data["steps"]
    ]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="generator", content=MARK),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        tag("title", heading(data, language)),
        tag("style", Markup(_PAGE)),
    )
    picture = tag("div", Markup(render_trace_svg(data, language)), class_="scroll")
    limits = [tag("p", text("trace-truncated", language, limit=one)) for one in data["truncated"]]
    table = tag("div", tag("table", header, *rows), class_="scroll")
    summed = tag("p", text("trace-not-summed", language))
    body = tag("body", picture, summed, *limits, table)
    return f"<!doctype html>\n{tag('html', head, body, lang=language)}\n"


def _arrows(
    steps: Sequence[Cells], data: Cells, language: Language
) -> tuple[list[_Arrow], dict[NodeKey, str]]:
    """Return the arrows, and the words of each node: who, in the column of a hop."""
    last = max((step["hop"] for step in steps), default=0)
    arrows: list[_Arrow] = []
    labels: dict[NodeKey, set[str]] = defaultdict(set)
    for step in steps:
        hop = step["hop"]
        columns = (last - hop, last - hop + 1) if data["direction"] == "up" else (hop - 1, hop)
        keys = []
        for side, column in zip(("from", "to"), columns, strict=True):
            key = (column, tuple(step[side]["parties"]))
            labels[key].add(end_words(step[side]))
            keys.append(key)
        told = (step["time"], value_words(step, language), note_words(step, language))
        words = " · ".join(filter(None, told))
        is_sure = step["order"] == "decided"
        arrows.append(_Arrow(keys[0], keys[1], words, is_sure, step["followed"]))
    return arrows, {key: " / ".join(sorted(words)) for key, words in labels.items()}


def _placed(
    arrows: Sequence[_Arrow], labels: dict[NodeKey, str]
) -> tuple[dict[NodeKey, _Node], float, float]:
    """Return the boxes: a column a hop, as high as their arrows in need, below one another."""
    into: dict[NodeKey, int] = defaultdict(int)
    gap: dict[int, float] = defaultdict(float)
    for arrow in arrows:
        into[arrow.end] += 1
        wide = em_width(arrow.words) * _FONT_PX
        gap[arrow.end[0]] = max(gap[arrow.end[0]], wide + _FAN_PX + 2 * _PAD_PX)
    columns: dict[int, list[NodeKey]] = defaultdict(list)
    for key in labels:
        columns[key[0]].append(key)
    nodes: dict[NodeKey, _Node] = {}
    x, lowest = _MARGIN_PX, _TOP_PX
    for column in sorted(columns):
        x += gap[column]
        width = max(em_width(labels[key]) * _FONT_PX + 2 * _PAD_PX for key in columns[column])
        width, y = min(width, _MOST_BOX_PX), _TOP_PX
        for key in columns[column]:
            height = max(into[key], 1) * _LINE_PX + _PAD_PX
            nodes[key] = _Node(_cut(labels[key], width), x, y, width, height)
            y += height + _ROW_GAP_PX
        lowest = max(lowest, y)
        x += width
    return nodes, x + _MARGIN_PX, lowest + _MARGIN_PX


def _cut(words: str, width: float) -> str:
    """Return words that fit into a box; a cut text ends with an ellipsis."""
    room = (width - 2 * _PAD_PX) / _FONT_PX + 0.01
    if em_width(words) <= room:
        return words
    while words and em_width(words + "…") > room:
        words = words[:-1]
    return words + "…"


def _drawn(arrows: Sequence[_Arrow], nodes: dict[NodeKey, _Node]) -> list[str]:
    """Return lines, heads and words; each arrow has a row of its own before the box it goes to."""
    used: dict[NodeKey, int] = defaultdict(int)
    parts = []
    for arrow in arrows:
        start, end = nodes[arrow.start], nodes[arrow.end]
        y = end.y + _PAD_PX / 2 + _LINE_PX * (used[arrow.end] + 0.5)
        used[arrow.end] += 1
        wide = em_width(arrow.words) * _FONT_PX + 2 * _PAD_PX
        bend, tip = end.x - wide, end.x
        dash = "" if arrow.is_decided else ' stroke-dasharray="5 3"'
        begin = f"{start.x + start.width:.1f} {start.y + start.height / 2:.1f}"
        path = f"M {begin} L {bend:.1f} {y + 6:.1f} L {tip:.1f} {y + 6:.1f}"
        parts.append(f'<path d="{path}" fill="none" stroke="#445566"{dash}/>')
        parts.append(_head(tip, y + 6, is_followed=arrow.is_followed))
        parts.append(_text(bend + _PAD_PX / 2, y + 2, arrow.words))
    return parts


def _head(x: float, y: float, *, is_followed: bool) -> str:
    """Return an arrowhead, or a bar where the way is not followed."""
    if is_followed:
        points = f"{x:.1f},{y:.1f} {x - _HEAD_PX:.1f},{y - 4:.1f} {x - _HEAD_PX:.1f},{y + 4:.1f}"
        return f'<polygon points="{points}" fill="#445566"/>'
    return f'<path d="M {x - 3:.1f} {y - 6:.1f} V {y + 6:.1f}" stroke="#445566" stroke-width="3"/>'


def _box(node: _Node) -> str:
    rect = (
        f'<rect x="{node.x:.1f}" y="{node.y:.1f}" width="{node.width:.1f}" '
        f'height="{node.height:.1f}" rx="5" fill="#eef3f8" stroke="#445566"/>'
    )
    return rect + _text(node.x + _PAD_PX, node.y + node.height / 2 + 4, node.label)


def _text(x: float, y: float, words: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="#1a1a1a"{weight}>{escaped(words)}</text>'
