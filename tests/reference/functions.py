"""Cypher's functions on plain Python values, and its aggregations over lists of values."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

from tests.reference.arithmetic import (
    java_float,
    rounded,
    to_boolean,
    to_float,
    to_integer,
    to_string,
)
from tests.reference.values import (
    INT_MAX,
    INT_MIN,
    Node,
    OracleError,
    Path,
    Rel,
    Sorted,
    UnsureError,
    Value,
    equal,
    is_nan,
    is_number,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SPACES = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \u2003\u3000"


def _need(value: Value, kinds: type | tuple[type, ...], what: str) -> Value:
    wrong = isinstance(value, bool) and kinds is not bool
    if wrong or not isinstance(value, kinds):
        reason = f"{what} is needed"
        raise OracleError(reason)
    return value


def nullable(function: Callable[..., Value]) -> Callable[..., Value]:
    """Return the function that answers null where an argument is null."""
    return lambda *values: None if any(value is None for value in values) else function(*values)


def _texts(function: Callable[..., Value]) -> Callable[..., Value]:
    """Return a function of a text (and what else it takes) that answers null for null."""
    return nullable(lambda text, *rest: function(_need(text, str, "text"), *rest))


def _numeric(function: Callable[[float], Value]) -> Callable[..., Value]:
    return nullable(lambda value: function(_need(value, (int, float), "a number")))


def _lists(function: Callable[[list[Value]], Value]) -> Callable[..., Value]:
    return nullable(lambda value: function(_need(value, list, "a list")))


def _count(value: Value) -> int:
    if type(value) is not int or value < 0:
        reason = "a count from 0 is needed"
        raise OracleError(reason)
    return value


def _series(first: int, last: int, step: int = 1) -> list[int]:
    if step == 0 or any(type(value) is not int for value in (first, last, step)):
        reason = "range() takes integers and a step"
        raise OracleError(reason)
    if abs(last - first) < abs(step) and step != 1 and (last - first) * step < 0:
        return [first]  # as Neo4j answers
    return list(range(first, last + (1 if step > 0 else -1), step))


def _replace(text: str, search: str, by: str) -> str:
    if not search and max(text, default="") > "\uffff":
        reason = "Neo4j puts text between the halves of a character"
        raise UnsureError(reason)
    return text.replace(_need(search, str, "text"), _need(by, str, "text"))


def _split(text: str, by: str) -> list[str]:
    if _need(by, str, "text") == "":
        return list(text) or [""]
    return text.split(by)


def _substring(text: str, start: int, count: int | None = None) -> str:
    rest = text[_count(start) :]
    return rest if count is None else rest[: _count(count)]


def _cased(change: Callable[[str], str]) -> Callable[[str], str]:
    def made(text: str) -> str:
        if any(letter in text for letter in "ßİΣŉ"):
            reason = "letters whose case Java changes otherwise"
            raise UnsureError(reason)
        return change(text)

    return made


def _length(value: Value) -> int:
    if isinstance(value, dict):
        reason = "size of a map"
        raise OracleError(reason)
    return len(_need(value, (list, str), "a list or text"))


def _sign(value: float) -> int:
    return 0 if is_nan(value) else (value > 0) - (value < 0)


def _log(value: float) -> float:
    if value == 0:
        return -math.inf
    return math.log(value) if value > 0 else math.nan


def _keys(value: Value) -> list[str]:
    return list(value) if isinstance(value, dict) else sorted(_entity(value).properties)


def _properties(value: Value) -> Value:
    return value if isinstance(value, dict) else dict(_entity(value).properties)


def _entity(value: Value) -> Node | Rel:
    found: Node | Rel = _need(value, (Node, Rel), "a node or relationship")
    return found


def _null_if(left: Value, right: Value) -> Value:
    return None if equal(left, right) is True else left


def _is_empty(value: Value) -> bool:
    return len(_need(value, (list, str, dict), "a list, map or text")) == 0


def _each(function: Callable[[Value], Value]) -> Callable[[Value], Value]:
    """Return `toIntegerList` and its kin: what cannot be converted is null."""

    def one(value: Value) -> Value:
        try:
            return None if value is None else function(value)
        except OracleError:
            return None

    return _lists(lambda values: [one(value) for value in values])


def _or_null(function: Callable[[Value], Value]) -> Callable[[Value], Value]:
    return lambda value: _each(function)([value])[0]


SCALAR: dict[str, Callable[..., Value]] = {
    "coalesce": lambda *values: next((v for v in values if v is not None), None),
    "nullif": _null_if,
    "isempty": nullable(_is_empty),
    # lists, and what texts share with them
    "size": nullable(_length),
    "head": _lists(lambda v: v[0] if v else None),
    "last": _lists(lambda v: v[-1] if v else None),
    "tail": _lists(lambda v: v[1:]),
    "reverse": nullable(lambda v: _need(v, (list, str), "a list or text")[::-1]),
    "range": _series,
    # numbers
    "abs": _numeric(abs),
    "sign": _numeric(_sign),
    "round": nullable(rounded),
    "floor": _numeric(lambda v: float(math.floor(v)) if math.isfinite(v) else v),
    "ceil": _numeric(lambda v: float(math.ceil(v)) if math.isfinite(v) else v),
    "sqrt": _numeric(lambda v: math.sqrt(v) if v >= 0 else math.nan),
    "exp": _numeric(lambda v: math.exp(v) if v < 700 else math.inf),
    "log": _numeric(_log),
    "log10": _numeric(lambda v: math.log10(v) if v > 0 else _log(v)),
    "sin": _numeric(math.sin),
    "cos": _numeric(math.cos),
    "tan": _numeric(math.tan),
    "asin": _numeric(lambda v: math.asin(v) if abs(v) <= 1 else math.nan),
    "acos": _numeric(lambda v: math.acos(v) if abs(v) <= 1 else math.nan),
    "atan": _numeric(math.atan),
    "atan2": nullable(math.atan2),
    "degrees": _numeric(math.degrees),
    "radians": _numeric(math.radians),
    "pi": lambda: math.pi,
    "e": lambda: math.e,
    "isnan": _numeric(math.isnan),
    # conversions
    "tointeger": nullable(to_integer),
    "tofloat": nullable(to_float),
    "tostring": nullable(to_string),
    "toboolean": nullable(to_boolean),
    "tointegerornull": _or_null(to_integer),
    "tofloatornull": _or_null(to_float),
    "tostringornull": _or_null(to_string),
    "tobooleanornull": _or_null(to_boolean),
    "tointegerlist": _each(to_integer),
    "tofloatlist": _each(to_float),
    "tostringlist": _each(to_string),
    "tobooleanlist": _each(to_boolean),
    # texts
    "tolower": _texts(_cased(str.lower)),
    "lower": _texts(_cased(str.lower)),
    "toupper": _texts(_cased(str.upper)),
    "upper": _texts(_cased(str.upper)),
    "trim": _texts(lambda text: text.strip(SPACES)),
    "btrim": _texts(lambda text, signs=SPACES: text.strip(signs)),
    "ltrim": _texts(lambda text, signs=SPACES: text.lstrip(signs)),
    "rtrim": _texts(lambda text, signs=SPACES: text.rstrip(signs)),
    "left": _texts(lambda text, count: text[: _count(count)]),
    "right": _texts(lambda text, count: text[max(len(text) - _count(count), 0) :]),
    "substring": _texts(_substring),
    "replace": _texts(_replace),
    "split": _texts(_split),
    "char_length": _texts(len),
    "character_length": _texts(len),
    # the graph
    "labels": nullable(lambda v: list(_need(v, Node, "a node").labels)),
    "type": nullable(lambda v: _need(v, Rel, "a relationship").type),
    "keys": nullable(_keys),
    "properties": nullable(_properties),
    "startnode": nullable(lambda v: _need(v, Rel, "a relationship").start),
    "endnode": nullable(lambda v: _need(v, Rel, "a relationship").end),
    "length": nullable(lambda v: len(_need(v, Path, "a path").rels)),
    "nodes": nullable(lambda v: list(_need(v, Path, "a path").nodes)),
    "relationships": nullable(lambda v: list(_need(v, Path, "a path").rels)),
}


# aggregations --------------------------------------------------------------------------------


def _numbers(values: list[Value]) -> list[Value]:
    if not all(map(is_number, values)):
        reason = "numbers are needed"
        raise OracleError(reason)
    return values


def _sum(values: list[Value]) -> Value:
    total = sum(_numbers(values))
    wide = isinstance(total, int) and not INT_MIN <= total <= INT_MAX
    return float(total) if wide else total


def _avg(values: list[Value]) -> Value:
    return math.fsum(_numbers(values)) / len(values) if values else None


def _deviation(values: list[Value], *, sample: bool) -> float | None:
    numbers = [float(value) for value in _numbers(values)]
    if not numbers:
        return None
    if len(numbers) == 1:
        return 0.0
    return statistics.stdev(numbers) if sample else statistics.pstdev(numbers)


def _share(share: Value) -> float:
    if not is_number(share) or not 0 <= share <= 1:
        reason = "a share from 0 to 1 is needed"
        raise OracleError(reason)
    return float(share)


def _percentile_cont(values: list[Value], share: Value) -> Value:
    ordered, share = sorted(_numbers(values)), _share(share)
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low, high = math.floor(place), math.ceil(place)
    if low == high:
        return ordered[low]
    return ordered[low] * (high - place) + ordered[high] * (place - low)


def _percentile_disc(values: list[Value], share: Value) -> Value:
    ordered, share = sorted(_numbers(values)), _share(share)
    if not ordered:
        return None
    place = share * len(ordered)
    return ordered[max(math.ceil(place) - 1, 0)]


AGGREGATES: dict[str, Callable[..., Value]] = {
    "count": len,
    "collect": list,
    "sum": _sum,
    "avg": _avg,
    "min": lambda values: min(values, key=Sorted, default=None),
    "max": lambda values: max(values, key=Sorted, default=None),
    "stdev": lambda values: _deviation(values, sample=True),
    "stdevp": lambda values: _deviation(values, sample=False),
    "percentilecont": _percentile_cont,
    "percentiledisc": _percentile_disc,
}
"""Each takes the values that are not null; percentiles take their share after them."""

__all__ = ["AGGREGATES", "SCALAR", "java_float", "nullable"]
