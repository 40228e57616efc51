"""How wide text is drawn, and how it is broken into lines, without a browser.

The unit is the em. Wide, full-width and ambiguous characters of Unicode (UAX #11) take one em, as
CJK fonts draw them (curly quotes too); the rest takes no more than its class here.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_WIDE = frozenset("WFA")
_ZERO = frozenset(("Mn", "Me", "Cf"))
_BROAD = frozenset("@%&MWmw")
_NARROW = frozenset(" .,:;|!'ijlI")
_CLOSING = frozenset("，。、；：？！）〕】》」』”’…％%,.;:?!)]}")
_OPENING = frozenset("（〔【《「『“‘([{¥$")
_MORE = "…"


@cache
def _em(sign: str) -> float:
    if unicodedata.category(sign) in _ZERO:
        return 0.0
    if unicodedata.east_asian_width(sign) in _WIDE:
        return 1.0
    if sign in _BROAD:
        return 0.97
    if sign in _NARROW:
        return 0.36
    return 0.74 if sign.isupper() else 0.62


def em_width(text: str) -> float:
    """Return the width of a line in em.

    >>> em_width("网络"), em_width("")
    (2.0, 0.0)
    """
    return sum(map(_em, text), 0.0)


def wrapped(text: str, width_em: float, max_lines: int) -> tuple[str, ...]:
    """Return the text as lines of at most `width_em`; what does not fit ends with an ellipsis.

    >>> wrapped("一二三四五", 3, 2)
    ('一二三', '四五')
    """
    lines: list[str] = []
    line = ""
    for word in _words(text):
        for part in _parts(word, width_em):
            if line and em_width((line + part).rstrip()) > width_em:
                lines.append(line.rstrip())
                line = ""
            line += part if line else part.lstrip()
    if line.strip():
        lines.append(line.rstrip())
    if len(lines) <= max_lines:
        return tuple(lines)
    return (*lines[: max_lines - 1], _cut("".join(lines[max_lines - 1 :]), width_em))


def _cut(line: str, width_em: float) -> str:
    """Return the beginning of a line that leaves room for the ellipsis."""
    while line and em_width(line + _MORE) > width_em:
        line = line[:-1]
    return line.rstrip() + _MORE


def _parts(word: str, width_em: float) -> list[str]:
    """Return a word in parts that fit into one line each."""
    if em_width(word) <= width_em:
        return [word]
    parts = [""]
    for sign in word:
        if parts[-1] and em_width(parts[-1] + sign) > width_em:
            parts.append("")
        parts[-1] += sign
    return parts


def _words(text: str) -> list[str]:
    """Return the pieces between which a line may break: after a blank, around a wide character."""
    words: list[str] = []
    for sign in text:
        if words and not _may_break(words[-1][-1], sign):
            words[-1] += sign
        else:
            words.append(sign)
    return words


def _may_break(left: str, right: str) -> bool:
    if right in _CLOSING or left in _OPENING or right.isspace():
        return False
    if left.isspace():
        return True
    return any(unicodedata.east_asian_width(sign) in _WIDE for sign in (left, right))
