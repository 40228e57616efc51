"""What Cypher's operators answer, on plain Python values: comparison, order, arithmetic, texts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Value: TypeAlias = Any
Row = dict[str, Value]
INT_MIN, INT_MAX = -(2**63), 2**63 - 1


class OracleError(Exception):
    """Cypher answers with an error here."""


# comparison ----------------------------------------------------------------------------------


def is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def equal(left: Value, right: Value) -> bool | None:
    """Return `left = right`."""
    if left is None or right is None:
        return None
    if is_number(left) and is_number(right):
        return float(left) == float(right) if float in {type(left), type(right)} else left == right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and conjunction(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return set(left) == set(right) and conjunction(equal(left[k], right[k]) for k in left)
    return type(left) is type(right) and left == right


def conjunction(values: Iterable[bool | None]) -> bool | None:
    """Return AND over three values."""
    found = list(values)
    if any(value is False for value in found):
        return False
    return None if None in found else True


def disjunction(values: Iterable[bool | None]) -> bool | None:
    """Return OR over three values."""
    found = list(values)
    if any(value is True for value in found):
        return True
    return None if None in found else False


def compared(operator: str, left: Value, right: Value) -> bool | None:
    """Return `<`, `<=`, `>` or `>=`."""
    if left is None or right is None:
        return None
    if is_number(left) and is_number(right):
        if float in {type(left), type(right)}:
            left, right = float(left), float(right)
    elif type(left) is not type(right) or not isinstance(left, str | bool):
        return None
    answers = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
    return answers[operator]


def same_key(value: Value) -> Value:
    """Return what DISTINCT and grouping compare: null is null, 1 is 1.0, true is not 1."""
    if isinstance(value, list):
        return ("list", *(same_key(item) for item in value))
    if isinstance(value, dict):
        return ("map", *sorted((key, same_key(item)) for key, item in value.items()))
    if is_number(value):
        return ("nan",) if value != value else ("number", value)  # noqa: PLR0124 (not a number)
    return (type(value).__name__, value)


def unique(values: list[Value]) -> list[Value]:
    found: dict[Value, Value] = {}
    for value in values:
        key = tuple(map(same_key, value)) if isinstance(value, tuple) else same_key(value)
        found.setdefault(key, value)
    return list(found.values())


def unique_rows(rows: list[Row]) -> list[Row]:
    found: dict[Value, Row] = {}
    for row in rows:
        found.setdefault(tuple(same_key(value) for value in row.values()), row)
    return list(found.values())


class Sorted:
    """The order of all values, nulls last."""

    def __init__(self, value: Value) -> None:
        """Compare by this value."""
        self.key = _sort_key(value)

    def __lt__(self, other: Sorted) -> bool:
        """Tell whether it comes before."""
        return bool(self.key < other.key)


def _sort_key(value: Value) -> tuple[Value, ...]:
    if isinstance(value, list):
        return (0, [_sort_key(item) for item in value])
    if isinstance(value, str):
        return (1, value)
    if isinstance(value, bool):
        return (2, value)
    if is_number(value):
        return (3, math.inf, 1) if value != value else (3, value, 0)  # noqa: PLR0124
    if value is None:
        return (9,)
    return (-1, str(value))


# operators -----------------------------------------------------------------------------------


def checked(value: int) -> int:
    if not INT_MIN <= value <= INT_MAX:
        reason = "beyond 64 bits"
        raise OracleError(reason)
    return value


def arithmetic(operator: str, left: Value, right: Value) -> Value:
    """Return `+ - * / % ^`."""
    if operator == "/" and type(right) is int and right == 0 and not isinstance(left, float):
        reason = "division by zero"
        raise OracleError(reason)
    if left is None or right is None:
        return None
    if operator == "+" and (isinstance(left, list) or isinstance(right, list)):
        return [*_listed(left), *_listed(right)]
    if operator == "+" and (isinstance(left, str) or isinstance(right, str)):
        return to_string(left) + to_string(right)
    if not is_number(left) or not is_number(right):
        reason = "no arithmetic on these types"
        raise OracleError(reason)
    if operator == "^":
        return _power(float(left), float(right))
    whole = float not in {type(left), type(right)}
    return _integers(operator, left, right) if whole else _floats(operator, left, right)


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]


def _power(left: float, right: float) -> float:
    try:
        return math.pow(left, right)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def _floats(operator: str, left: float, right: float) -> float:
    if operator == "/" and right == 0:
        if left == 0 or math.isnan(left):
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1, right)
    if operator == "%":
        return math.nan if right == 0 else math.fmod(left, right)
    answers: dict[str, Callable[[], float]] = {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
    }
    return answers[operator]()


def _integers(operator: str, left: int, right: int) -> int:
    if operator in "/%":
        if right == 0:
            reason = "division by zero"
            raise OracleError(reason)
        whole = abs(left) // abs(right)
        whole = whole if (left < 0) == (right < 0) else -whole
        return checked(whole if operator == "/" else left - whole * right)
    answers = {"+": left + right, "-": left - right, "*": left * right}
    return checked(answers[operator])


def to_string(value: Value) -> str:
    """Return a scalar as Java writes it."""
    if isinstance(value, bool):
        reason = "a boolean is not joined to text"
        raise OracleError(reason)
    if isinstance(value, float):
        return java_float(value)
    return str(value)


def java_float(value: float) -> str:
    """Return a double as Java writes it."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    digits, exponent = f"{value:.17e}".split("e")
    for precision in range(17):
        digits, exponent = f"{value:.{precision}e}".split("e")
        if float(f"{digits}e{exponent}") == value:
            break
    return f"{digits if '.' in digits else digits + '.0'}E{int(exponent)}"
