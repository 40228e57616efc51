"""Cypher's arithmetic on plain Python values, and how it writes and reads numbers."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from tests.reference.values import INT_MAX, INT_MIN, OracleError, UnsureError, Value, is_number

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def checked(value: int) -> int:
    """Return an integer of 64 bits; beyond is an error."""
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
        return _joined_part(left) + _joined_part(right)
    if not is_number(left) or not is_number(right):
        reason = "no arithmetic on these types"
        raise OracleError(reason)
    if operator == "^":
        return _power(float(left), float(right))
    whole = not isinstance(left, float) and not isinstance(right, float)
    return _integers(operator, left, right) if whole else _floats(operator, left, right)


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]


def _joined_part(value: Value) -> str:
    if not isinstance(value, str) and not is_number(value):
        reason = "only numbers are joined to text"
        raise OracleError(reason)
    return to_string(value)


def _power(left: float, right: float) -> float:
    try:
        return math.pow(left, right)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def _floats(operator: str, left: float, right: float) -> float:
    left, right = float(left), float(right)
    if operator == "/" and right == 0:
        if left == 0 or math.isnan(left):
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1, right)
    if operator == "%":
        return math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)
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
        if operator == "%":
            return left - whole * right
        return INT_MIN if whole > INT_MAX else whole  # as in Java
    answers = {"+": left + right, "-": left - right, "*": left * right}
    return checked(answers[operator])


def signed(operator: str, value: Value) -> Value:
    """Return `-value` or `+value`."""
    if value is None:
        return None
    if not is_number(value):
        reason = "no sign here"
        raise OracleError(reason)
    if operator == "+":
        return value
    return -value if isinstance(value, float) else checked(-value)


# texts ---------------------------------------------------------------------------------------


def to_string(value: Value) -> str:
    """Return `toString(value)`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return java_float(value)
    if isinstance(value, str | int):
        return str(value)
    reason = "toString() of something else"
    raise OracleError(reason)


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


# conversions and rounding --------------------------------------------------------------------


def to_integer(value: Value) -> int | None:
    """Return `toInteger(value)`: cut toward zero; a text that is no number is null."""
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            return None
        return checked(int(Decimal(value)))
    if isinstance(value, float):
        if math.isnan(value):
            return 0
        return int(min(max(value, INT_MIN), INT_MAX)) if math.isinf(value) else _cut(value)
    if isinstance(value, int):
        return int(value)
    reason = "toInteger() of something else"
    raise OracleError(reason)


def _cut(value: float) -> int:
    return min(max(int(value), INT_MIN), INT_MAX)


def to_float(value: Value) -> float | None:
    """Return `toFloat(value)`; a text that is no number is null."""
    if isinstance(value, str):
        if _NUMBER.fullmatch(value):
            return float(value)
        if re.search("[0-9]|NaN|Infinity", value):
            reason = "a text that Java may read as a number"
            raise UnsureError(reason)
        return None
    if not is_number(value):
        reason = "toFloat() of something else"
        raise OracleError(reason)
    return float(value)


def to_boolean(value: Value) -> bool | None:
    """Return `toBoolean(value)`."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    if isinstance(value, float) or not isinstance(value, int):
        reason = "toBoolean() of something else"
        raise OracleError(reason)
    return bool(value)


def rounded(value: Value, digits: int = 0) -> float:
    """Return `round(value, digits)`: half up, with digits half away from zero."""
    if not is_number(value):
        reason = "round() of no number"
        raise OracleError(reason)
    if isinstance(value, int) or math.isinf(value):
        return float(value)
    if math.isnan(value):
        return 0.0
    if digits == 0:
        low = math.floor(value)
        return float(min(max(low + 1 if value - low >= 0.5 else low, INT_MIN), INT_MAX))
    step = Decimal(1).scaleb(-digits)
    return float(Decimal(repr(value)).quantize(step, rounding=ROUND_HALF_UP))
