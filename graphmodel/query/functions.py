"""The functions of the subset: names, numbers of arguments, and who compiles them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.query import functions_graph as g
from graphmodel.query import functions_list as l
from graphmodel.query import functions_number as n
from graphmodel.query import functions_text as x
from graphmodel.query import operators as o

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphmodel.query import syntax as s
    from graphmodel.query.joins import Value
    from graphmodel.query.session import Context, Session

    Function = Callable[..., Value]

_MANY = 100
SCALAR: dict[str, tuple[int, int, Function]] = {
    "abs": (1, 1, n.absolute), "sign": (1, 1, n.sign), "round": (1, 2, n.rounded),
    "floor": (1, 1, n.floor), "ceil": (1, 1, n.ceiling), "sqrt": (1, 1, n.square_root),
    "exp": (1, 1, n.exponential), "log": (1, 1, n.logarithm), "tointeger": (1, 1, n.to_integer),
    "tofloat": (1, 1, n.to_float), "toboolean": (1, 1, n.to_boolean),
    "tostring": (1, 1, x.to_string),
    "tolower": (1, 1, x.lower), "toupper": (1, 1, x.upper), "lower": (1, 1, x.lower),
    "upper": (1, 1, x.upper), "trim": (1, 1, x.trim), "ltrim": (1, 1, x.left_trim),
    "rtrim": (1, 1, x.right_trim), "btrim": (1, 1, x.trim), "left": (2, 2, x.left),
    "right": (2, 2, x.right), "substring": (2, 3, x.substring), "replace": (3, 3, x.replace),
    "split": (2, 2, x.split), "size": (1, 1, l.size), "reverse": (1, 1, l.reverse),
    "head": (1, 1, l.head), "last": (1, 1, l.last), "tail": (1, 1, l.tail),
    "range": (2, 3, l.series),
}  # fmt: skip
"""Functions of values alone; a mixed argument is taken apart before they see it."""

GRAPH: dict[str, tuple[int, int, Function]] = {
    "coalesce": (1, _MANY, g.coalesce), "labels": (1, 1, g.labels), "type": (1, 1, g.type_of),
    "keys": (1, 1, g.keys), "properties": (1, 1, g.properties),
}  # fmt: skip
"""Functions that read the layout of the graph, or keep the types of their arguments."""

_SHOWN = (
    "toInteger", "toFloat", "toString", "toBoolean", "toLower", "toUpper",
)  # fmt: skip
NAMES = sorted(
    {*_SHOWN, *(set(SCALAR) - {name.lower() for name in _SHOWN}), *GRAPH}
    | {"count", "sum", "min", "max", "avg", "collect"}
)
_CHANGING = frozenset({"rand", "randomuuid", "timestamp"})
_TIMES = frozenset({"date", "datetime", "time", "localtime", "localdatetime", "duration"})
_HINTS = {
    **dict.fromkeys(_CHANGING, "A function that differs from call to call is refused."),
    **dict.fromkeys(_TIMES, "Times are integers here: seconds since 1970."),
    "exists": "Write … IS NOT NULL, or EXISTS { }.",
    "id": "Read the property: n.id.",
    "elementid": "Read the property: n.id.",
    "shortestpath": "Use a bounded pattern such as -[:AFTER*1..8]->.",
    "length": "Use size().",
}


def call_function(session: Session, node: s.Call, context: Context) -> Value:
    """Return a compiled call; a function outside the subset is refused with the nearest name."""
    lower = node.name.lower()
    if lower not in SCALAR and lower not in GRAPH:
        hint = _HINTS.get(lower)
        if hint:
            reason = f"{node.name}() is outside the subset"
            raise session.error(reason, node.at, hint)
        reason = "function"
        raise session.unknown(reason, node.name, NAMES, node.at)
    low, high, function = SCALAR.get(lower) or GRAPH[lower]
    if not low <= len(node.arguments) <= high:
        wanted = str(low) if low == high else f"{low} to {high}"
        reason = f"{node.name}() takes {wanted} arguments"
        raise session.error(reason, node.at)
    compile_ = session.compilers.expression
    arguments = [compile_(session, argument, context) for argument in node.arguments]
    if lower in GRAPH:
        return function(session, node, context, *arguments)
    at = session.place(node.at)
    return o.spread(lambda *values: function(at, *values), *arguments, at=at)
