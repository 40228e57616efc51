"""Small line drawings, 18 pixels square, as SVG paths of our own."""

from __future__ import annotations

_PATHS = {
    "person": (
        "M9 9.5a3.6 3.6 0 1 0 0-7.2a3.6 3.6 0 0 0 0 7.2zM2.6 16.5c0-3.4 2.6-5 6.4-5s6.4 1.6 6.4 5z"
    ),
    "organisation": "M3 16.5v-13h8v13M11 7h4v9.5M1.5 16.5h15M5.5 6.5h3M5.5 9.5h3M5.5 12.5h3",
    "group": (
        "M6.5 9a3 3 0 1 0 0-6a3 3 0 0 0 0 6zM1.5 15.5c0-3 2-4.5 5-4.5s5 1.5 5 4.5z"
        "M11.5 8.6a2.7 2.7 0 1 0 0-5.2M13 11.3c2.2.5 3.5 1.9 3.5 4.2"
    ),
    "account": "M2 3h14v9.5H8.5L4.8 15.8V12.5H2z",
    "mask": (
        "M2 3.5c4.5 1.3 9.5 1.3 14 0v4.7c0 4-3 7.3-7 8.3c-4-1-7-4.3-7-8.3z"
        "M4.8 8c1-.9 2.4-.9 3.2 0M10 8c.8-.9 2.2-.9 3.2 0M6.5 12.3c1.5 1 3.5 1 5 0"
    ),
    "house": "M2 9l7-6.5l7 6.5M4 7.5v8.5h10v-8.5",
    "unknown": "M5.8 6.2c0-4.6 6.7-4.6 6.7 0c0 2.8-3.4 2.6-3.4 5.6M9.1 14.6v1.2",
}


def draw(name: str, x: float, y: float) -> str:
    """Return an icon with its upper left corner at x, y."""
    return f'<path class="icon" transform="translate({x:.1f} {y:.1f})" d="{_PATHS[name]}"/>'
