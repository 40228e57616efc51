"""Text functions: positions count code points; where Java would differ, it is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import operators as o
from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.refusals import takes
from graphmodel.query.types import INTEGER, STRING, Kind
from graphmodel.query.values import Value, derive

if TYPE_CHECKING:
    from graphmodel.query.sqlparts import Sql

    Place = tuple[int, int]

SPACES = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009"
    "\u200a\u2028\u2029\u205f\u3000"
)
"""What Java calls white space: no-break spaces are not among it."""


def _text(value: Value, name: str) -> bool:
    """Tell whether the argument is text (else it is null); any other type is a mismatch."""
    if value.type.kind is Kind.NULL:
        return False
    if value.type.kind is not Kind.STRING:
        reason = takes(name, "text", value.type)
        raise o.TypeMismatch(reason)
    return True


def _whole(value: Value, name: str) -> bool:
    if value.type.kind is Kind.NULL:
        return False
    if value.type is not INTEGER:
        reason = takes(name, "integer", value.type)
        raise o.TypeMismatch(reason)
    return True


def to_string(_at: Place, value: Value) -> Value:
    """Return `toString(x)`."""
    kinds = {Kind.STRING, Kind.INTEGER, Kind.FLOAT, Kind.BOOLEAN}
    if value.type.kind is Kind.NULL:
        return o.constant_null()
    if value.type.kind not in kinds:
        reason = takes("toString", "scalar", value.type)
        raise o.TypeMismatch(reason)
    return derive(o.as_text(value), STRING, value)


def _guard(value: Value, pattern: str, sql: Sql, at: Place) -> Value:
    """Stop on letters whose case Java changes otherwise than the engine."""
    odd = q.call("regexp_matches", value.copy(), q.string(pattern))
    made = derive(q.case([(odd, q.raised("letters", at))], sql), STRING, value)
    made.raises = True
    return made


def lower(at: Place, value: Value) -> Value:
    """Return `toLower(text)`."""
    if not _text(value, "toLower"):
        return o.constant_null()
    return _guard(value, f"[\u0130\u03a3{_YOUNG}]", q.call("lower", value.copy()), at)


_YOUNG = "\u2c2f\u2c5f\ua7c0-\ua7d9\U00010570-\U000105bf"
"""Letters whose case is younger than the Unicode version of some Java."""


_NO_SINGLE_UPPER = (
    "\u00df\u0149\u01f0\u0390\u03b0\u0587\u1e96-\u1e9a\u1f50\u1f52\u1f54\u1f56\u1f80-\u1faf\u1fb2-\u1fb4"
    "\u1fb6\u1fb7\u1fbc\u1fc2-\u1fc4\u1fc6\u1fc7\u1fcc\u1fd2\u1fd3\u1fd6\u1fd7\u1fe2-\u1fe4\u1fe6\u1fe7"
    "\u1ff2-\u1ff4\u1ff6\u1ff7\u1ffc\ufb00-\ufb06\ufb13-\ufb17"
)


def upper(at: Place, value: Value) -> Value:
    """Return `toUpper(text)`."""
    if not _text(value, "toUpper"):
        return o.constant_null()
    return _guard(value, f"[{_NO_SINGLE_UPPER}{_YOUNG}]", q.call("upper", value.copy()), at)


def trim(_at: Place, value: Value, characters: Value | None = None) -> Value:
    """Return the text without white space, or the given characters, at both ends."""
    return _trimmed("trim", value, characters)


def left_trim(_at: Place, value: Value, characters: Value | None = None) -> Value:
    """Return the text without white space, or the given characters, at its start."""
    return _trimmed("ltrim", value, characters)


def right_trim(_at: Place, value: Value, characters: Value | None = None) -> Value:
    """Return the text without white space, or the given characters, at its end."""
    return _trimmed("rtrim", value, characters)


def _trimmed(function: str, value: Value, characters: Value | None) -> Value:
    given = characters is None or _text(characters, function)
    if not (_text(value, function) & given):
        return o.constant_null()
    if characters is None:
        return derive(q.call(function, value.copy(), q.string(SPACES)), STRING, value)
    trimmed = q.call(function, value.copy(), characters.copy())
    return derive(trimmed, STRING, value, characters)


def _not_negative(count: Value, sql: Sql, at: Place, *operands: Value) -> Value:
    negative = q.binary(exp.LT, count.copy(), q.number(0))
    made = derive(q.case([(negative, q.raised("negative", at))], sql), STRING, *operands)
    made.raises = True
    return made


def left(at: Place, value: Value, count: Value) -> Value:
    """Return the first code points of a text."""
    if not (_text(value, "left") & _whole(count, "left")):
        return o.constant_null()
    return _not_negative(count, q.call("left", value.copy(), count.copy()), at, value, count)


def right(at: Place, value: Value, count: Value) -> Value:
    """Return the last code points of a text."""
    if not (_text(value, "right") & _whole(count, "right")):
        return o.constant_null()
    return _not_negative(count, q.call("right", value.copy(), count.copy()), at, value, count)


def substring(at: Place, value: Value, start: Value, count: Value | None = None) -> Value:
    """Return a part of a text from a position counted from 0."""
    whole = _whole(start, "substring") & (count is None or _whole(count, "substring"))
    if not (_text(value, "substring") & whole):
        return o.constant_null()
    first = q.binary(exp.Add, start.copy(), q.number(1))
    arguments = [value.copy(), first]
    if count is not None:
        arguments.append(count.copy())
    operands = [value, start, *([count] if count is not None else [])]
    made = _not_negative(start, q.call("substring", *arguments), at, *operands)
    return made if count is None else _not_negative(count, made.sql, at, *operands)


def _characters(value: Value, at: Place) -> Sql:
    """Return the characters of a text; Java would cut those beyond 16 bits in two."""
    wide = q.call("regexp_matches", value.copy(), q.string("[\U00010000-\U0010ffff]"))
    parts = q.call("regexp_extract_all", value.copy(), q.string("(?s)."))
    return q.case([(wide, q.raised("halves", at))], parts)


def _with_empty(sought: Value, ordinary: Sql, on_empty: Sql) -> Sql:
    """Choose the answer for an empty text to look for, while compiling where that is known."""
    if isinstance(sought.sql, exp.Literal):
        return ordinary if sought.sql.this else on_empty
    return q.case([(q.equal(sought.copy(), q.string("")), on_empty)], ordinary)


def replace(at: Place, value: Value, search: Value, by: Value) -> Value:
    """Return the text with one part replaced by another wherever it occurs."""
    if not (_text(value, "replace") & _text(search, "replace") & _text(by, "replace")):
        return o.constant_null()
    ordinary = q.call("replace", value.copy(), search.copy(), by.copy())
    spread = q.call("array_to_string", _characters(value, at), by.copy())
    edged = q.binary(exp.DPipe, q.binary(exp.DPipe, by.copy(), spread), by.copy())
    empty = q.case([(q.equal(value.copy(), q.string("")), by.copy())], edged)
    made = derive(_with_empty(search, ordinary, empty), STRING, value, search, by)
    made.raises = not isinstance(search.sql, exp.Literal)
    return made


def split(at: Place, value: Value, separator: Value) -> Value:
    """Return the parts of a text between separators."""
    if not (_text(value, "split") & _text(separator, "split")):
        return o.constant_null()
    type_ = t.list_of(STRING)
    ordinary = q.call("string_split", value.copy(), separator.copy())
    nothing = exp.Array(expressions=[q.string("")])
    empty = q.case([(q.equal(value.copy(), q.string("")), nothing)], _characters(value, at))
    made = derive(_with_empty(separator, ordinary, empty), type_, value, separator)
    made.raises = not isinstance(separator.sql, exp.Literal)
    return made
