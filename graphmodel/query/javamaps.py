"""The order in which Neo4j lists the keys of a map: that of a hash table of Java.

Cypher promises no order. Neo4j keeps a map that is written out in a table of 16 places or more;
a map of more than four entries whose keys fall into one place is taken in the order written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLACES = 16
_FEWEST = 8
_FILLED = 0.75


def in_java_order(keys: Sequence[str], places: int = _PLACES) -> list[str]:
    """Return the keys of a map that is written out, in the order in which `keys()` lists them."""
    while len(keys) > places * _FILLED:
        places *= 2
    return sorted(keys, key=lambda key: _hash(key) & (places - 1))


def in_parameter_order(keys: Sequence[str]) -> list[str]:
    """Return the keys of a map that came as a parameter, in the order of `keys()`."""
    places = _FEWEST
    while int(len(keys) / _FILLED) + 1 > places:
        places *= 2
    return in_java_order(keys, places)


def _hash(key: str) -> int:
    found = 0
    units = key.encode("utf-16-be", "surrogatepass")
    for high, low in zip(units[0::2], units[1::2], strict=True):
        found = (found * 31 + high * 256 + low) & 0xFFFFFFFF
    return found ^ (found >> 16)
