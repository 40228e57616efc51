"""Makes text of a case safe and visible in HTML and SVG.

Names and quotes are data of others: they may hold markup, control characters, or bidi controls that
turn a line round. Nothing is removed; what cannot be seen is written out, so that a reader sees it.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_KEPT = frozenset("\n")
_MARKUP = {
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
    ord("'"): "&#39;",
}
_PICTURES = 0x2400
"""U+2400 and following are the pictures of the control characters 0 to 31."""
_DELETE, _DELETE_PICTURE = 0x7F, "␡"
_LAST_CONTROL = 0x20
_HIDDEN_KINDS = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_MARKS = frozenset(("Mn", "Me"))
_MARKS_KEPT = 3
"""Marks over one letter; more of them would be drawn over the lines around it."""
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u2800")
"""Letters and signs that draw nothing."""


def visible(text: str) -> str:
    r"""Return the text with every unseen character written out: control, bidi, zero-width.

    >>> visible("a\u202eb\x07")
    'a⟦U+202E⟧b␇'
    """
    if text.isascii() and text.isprintable():
        return text
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    shown: list[str] = []
    marks = 0
    for sign in plain:
        marks = marks + 1 if unicodedata.category(sign) in _MARKS else 0
        shown.append(_named(sign) if marks > _MARKS_KEPT else _shown(sign))
    return "".join(shown)


@cache
def _shown(sign: str) -> str:
    if sign in _KEPT:
        return sign
    code = ord(sign)
    if code < _LAST_CONTROL:
        return chr(_PICTURES + code)
    if code == _DELETE:
        return _DELETE_PICTURE
    if sign in _FILLERS or unicodedata.category(sign) in _HIDDEN_KINDS or _is_selector(code):
        return _named(sign)
    return sign


def _named(sign: str) -> str:
    return f"⟦U+{ord(sign):04X}⟧"


def _is_selector(code: int) -> bool:
    """Tell whether a code point only selects a variant, and so can smuggle unseen text."""
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF  # noqa: PLR2004


def one_line(text: str) -> str:
    r"""Return visible text with its line breaks as blanks.

    >>> one_line(" a\n b ")
    'a b'
    """
    return " ".join(visible(text).split())


def escaped(text: str) -> str:
    """Return visible text for HTML or SVG, as content or inside a quoted attribute.

    >>> escaped('<img onerror="x">')
    '&lt;img onerror=&quot;x&quot;&gt;'
    """
    return visible(text).translate(_MARKUP)
