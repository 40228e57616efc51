"""The style of the page: contrast in light and dark, no address, nothing that needs the network."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

CSS = (files("graphmodel") / "web" / "page.css").read_text(encoding="utf-8")
TEXT_PAIRS = [
    *((ink, ground) for ink in ("ink", "muted", "data") for ground in ("panel", "ground")),
    *((ink, "panel") for ink in ("money", "held")),
    *((ink, "box") for ink in ("ink", "data", "money", "posed")),
    *((ink, ground) for ink in ("ink", "muted", "money") for ground in ("panel", "mark")),
    ("ink", "chip"),
    ("ink", "holder"),
    ("house-ink", "house"),
    ("on-pill", "pill"),
    ("on-badge", "badge"),
    *(("panel", level) for level in ("strong", "supported", "lead")),
]
LINE_PAIRS = [
    *(
        (line, ground)
        for line in ("data", "money", "posed", "tie")
        for ground in ("ground", "house")
    ),
    ("box-line", "box"),
    ("house-line", "house"),
]


def _themes() -> dict[str, dict[str, str]]:
    """Return the colours by name of the light and of the dark theme."""
    blocks = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", block)) for block in blocks)
    return {"light": light, "dark": {**light, **dark}}


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    digits = colour[1:]
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(a: str, b: str) -> float:
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_lines_stand_out(theme: str) -> None:
    colours = _themes()[theme]
    weak = [(a, b) for a, b in TEXT_PAIRS if _contrast(colours[a], colours[b]) < 4.5]
    weak += [(a, b) for a, b in LINE_PAIRS if _contrast(colours[a], colours[b]) < 3]
    assert weak == []


def test_both_themes_know_the_same_colours() -> None:
    light, dark = _themes().values()
    assert set(light) == set(dark)
    assert set(re.findall(r"var\(--([a-z-]+)\)", CSS)) <= set(light)


def test_style_asks_for_nothing() -> None:
    for forbidden in ("url(", "@import", "@font-face", "expression", "</", "http"):
        assert forbidden not in CSS
