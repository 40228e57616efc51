"""The key of a shown name: names that look alike have one key.

Unicode NFKC and case folding, look-alikes of other scripts replaced, signs without width removed,
blanks collapsed. The table is short on purpose: Cyrillic and Greek letters whose usual shape is
that of a Latin one. Of the digits only 0 stands for o, and only between letters, 1 for l likewise:
`seller1` and `sellerl` are two names.
"""

from __future__ import annotations

import re
import unicodedata

_CYRILLIC = dict(zip("аеорсухіјѕһԁԛԝӏ", "aeopcyxijshdqwl", strict=True))
_GREEK = dict(zip("αορνικ", "aopvik", strict=True))
_LOOK_ALIKES = str.maketrans({**_CYRILLIC, **_GREEK, "ı": "i", "ɑ": "a", "ɡ": "g"})
_BLANKS = re.compile(r"\s+")
_ZERO = re.compile(r"(?<=[a-z])0(?=[a-z])")
_ONE = re.compile(r"(?<=[a-z])1(?=[a-z])")
_NO_WIDTH = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


def persona_key(name: str) -> str:
    """Return the key of a name; two names with one key look alike.

    >>> persona_key("Ｃrawler") == persona_key("сrаwler"), persona_key("  A  b ")
    (True, 'a b')
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    shown = "".join(sign for sign in folded if not _is_invisible(sign))
    latin = _BLANKS.sub(" ", shown.translate(_LOOK_ALIKES)).strip()
    # a name of invisible signs only is like no other
    return _ONE.sub("l", _ZERO.sub("o", latin)) or name


def _is_invisible(sign: str) -> bool:
    # format signs (joiners, marks of direction) and variation selectors have no width
    return (
        unicodedata.category(sign) == "Cf"
        or sign in _NO_WIDTH
        or "\ufe00" <= sign <= "\ufe0f"
        or "\U000e0100" <= sign <= "\U000e01ef"
    )
