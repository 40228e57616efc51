"""The functions of the subset: names, numbers of arguments, and who compiles them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.query import functions_angle as a
from graphmodel.query import functions_convert as c
from graphmodel.query import functions_graph as g
from graphmodel.query import functions_list as l
from graphmodel.query import functions_number as n
from graphmodel.query import functions_text as x
from graphmodel.query import operators as o
from graphmodel.query import paths as p
from graphmodel.query.refusals import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphmodel.query import syntax as s
    from graphmodel.query.session import Context, Session
    from graphmodel.query.values import Value

    Function = Callable[..., Value]

_MANY = 100
SCALAR: dict[str, tuple[int, int, Function]] = {
    "abs": (1, 1, n.absolute), "sign": (1, 1, n.sign), "round": (1, 2, n.rounded),
    "floor": (1, 1, n.floor), "ceil": (1, 1, n.ceiling), "sqrt": (1, 1, n.square_root),
    "exp": (1, 1, n.exponential), "log": (1, 1, n.logarithm), "tointeger": (1, 1, n.to_integer),
    "tofloat": (1, 1, n.to_float), "toboolean": (1, 1, n.to_boolean),
    "tostring": (1, 1, x.to_string),
    "tolower": (1, 1, x.lower), "toupper": (1, 1, x.upper), "lower": (1, 1, x.lower),
    "upper": (1, 1, x.upper), "trim": (1, 1, x.trim), "ltrim": (1, 2, x.left_trim),
    "rtrim": (1, 2, x.right_trim), "btrim": (1, 2, x.trim), "left": (2, 2, x.left),
    "right": (2, 2, x.right), "substring": (2, 3, x.substring), "replace": (3, 3, x.replace),
    "split": (2, 2, x.split), "size": (1, 1, l.size), "reverse": (1, 1, l.reverse),
    "head": (1, 1, l.head), "last": (1, 1, l.last), "tail": (1, 1, l.tail),
    "range": (2, 3, l.series), "tointegerornull": (1, 1, c.integer_or_null),
    "tofloatornull": (1, 1, c.float_or_null), "tobooleanornull": (1, 1, c.boolean_or_null),
    "tostringornull": (1, 1, c.string_or_null), "tointegerlist": (1, 1, c.integer_list),
    "tofloatlist": (1, 1, c.float_list), "tobooleanlist": (1, 1, c.boolean_list),
    "tostringlist": (1, 1, c.string_list),
    "isempty": (1, 1, c.is_empty), "isnan": (1, 1, c.is_nan),
    "char_length": (1, 1, c.characters), "character_length": (1, 1, c.characters),
    "e": (0, 0, a.euler), "pi": (0, 0, a.pi),
    "degrees": (1, 1, a.degrees), "radians": (1, 1, a.radians),
}  # fmt: skip
"""Functions of values alone; a mixed argument is taken apart before they see it."""

GRAPH: dict[str, tuple[int, int, Function]] = {
    "coalesce": (1, _MANY, g.coalesce), "labels": (1, 1, g.labels), "type": (1, 1, g.type_of),
    "nodes": (1, 1, p.nodes), "relationships": (1, 1, p.relationships),
    "length": (1, 1, p.length), "startnode": (1, 1, g.start_node), "endnode": (1, 1, g.end_node),
    "keys": (1, 1, g.keys), "properties": (1, 1, g.properties), "nullif": (2, 2, g.null_if),
}  # fmt: skip
"""Functions that read the layout of the graph, or keep the types of their arguments."""

_SHOWN = (
    "toInteger", "toFloat", "toString", "toBoolean", "toLower", "toUpper", "toIntegerOrNull",
    "toFloatOrNull", "toBooleanOrNull", "toStringOrNull", "toIntegerList", "toFloatList",
    "toBooleanList", "toStringList", "nullIf", "isEmpty", "isNaN", "startNode", "endNode",
    "percentileCont", "percentileDisc", "stDev", "stDevP", "count", "sum", "min", "max", "avg",
    "collect",
)  # fmt: skip
NAMES = sorted({*_SHOWN, *({*SCALAR, *GRAPH} - {name.lower() for name in _SHOWN})})
_CHANGING = frozenset({"rand", "randomuuid", "timestamp"})
_TIMES = frozenset({"date", "datetime", "time", "localtime", "localdatetime", "duration"})
_HINTS = {
    **dict.fromkeys(_CHANGING, "refusal-hint-changing"),
    **dict.fromkeys(_TIMES, "refusal-hint-times"),
    "exists": "refusal-hint-exists-call",
    "id": "refusal-hint-id-property",
    "elementid": "refusal-hint-id-property",
    "shortestpath": "refusal-hint-shortest",
}


def call_function(session: Session, node: s.Call, context: Context) -> Value:
    """Return a compiled call; a function outside the subset is refused with the nearest name."""
    lower = node.name.lower()
    if lower not in SCALAR and lower not in GRAPH:
        hint = _HINTS.get(lower)
        if hint:
            reason = Said("refusal-function-outside", function=node.name)
            raise session.error(reason, node.at, Said(hint))
        what = "function"
        raise session.unknown(what, node.name, NAMES, node.at)
    low, high, function = SCALAR.get(lower) or GRAPH[lower]
    if not low <= len(node.arguments) <= high:
        wanted, given = str(low) if low == high else f"{low}–{high}", len(node.arguments)
        reason = Said("refusal-arguments", function=node.name, wanted=wanted, given=given)
        raise session.error(reason, node.at)
    compile_ = session.compilers.expression
    arguments = [compile_(session, argument, context) for argument in node.arguments]
    if lower in GRAPH:
        return function(session, node, context, *arguments)
    at = session.place(node.at)
    return o.spread(lambda *values: function(at, *values), *arguments, at=at)
