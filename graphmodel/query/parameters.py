"""Values of parameters: their types, and the form in which they are bound."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphmodel.query import types as t
from graphmodel.query.javamaps import in_parameter_order
from graphmodel.query.refusals import Said, refusal
from graphmodel.query.types import BOOLEAN, FLOAT, INTEGER, NULL, STRING, Kind, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphmodel.errors import CypherError


MAX_NESTING = 80
"""How deep lists and maps of a parameter may be nested, as in a text."""


class _Untyped(Exception):  # noqa: N818 (a signal that becomes a CypherError with a place)
    """A value of a parameter has no type."""

    def __init__(self, name: str, reason: Said) -> None:
        super().__init__(name)
        self.name = name
        self.reason = reason

    def placed(self, text: str) -> CypherError:
        """Return the error at the first place of the parameter in a text."""
        found = re.search(rf"\$`?{re.escape(self.name)}(?!\w)", text)
        before = text[: found.start()] if found else ""
        column = len(before) - (before.rfind("\n") + 1) + 1
        return refusal(self.reason, line=before.count("\n") + 1, column=column)


_SCALARS = {type(None): NULL, bool: BOOLEAN, int: INTEGER, float: FLOAT, str: STRING}


def types_of(params: Mapping[str, object], text: str = "") -> dict[str, Type]:
    """Return the type of each parameter; a value without one is a CypherError.

    Its place is where the parameter stands first in the text of the query.
    """
    try:
        return {name: _type_of(name, value) for name, value in params.items()}
    except _Untyped as error:
        raise error.placed(text) from None


def _type_of(name: str, value: object, depth: int = 0) -> Type:
    if depth > MAX_NESTING:
        raise _Untyped(name, Said("refusal-parameter-deep", name=name, most=MAX_NESTING))
    if isinstance(value, str) and not value.isascii():
        _check_characters(name, value)
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        raise _Untyped(name, Said("refusal-parameter-wide", name=name))
    scalar = _SCALARS.get(type(value))
    if scalar is not None:
        return scalar
    if isinstance(value, list | tuple):
        kinds = dict.fromkeys(_type_of(name, item, depth + 1) for item in value)
        return t.list_of(t.unify_all(kinds))
    if isinstance(value, dict):
        return _map_type(name, value, depth)
    raise _Untyped(name, Said("refusal-parameter-kind", name=name, kind=type(value).__name__))


def _check_characters(name: str, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _Untyped(name, Said("refusal-parameter-half", name=name)) from None


def _map_type(name: str, value: dict[object, object], depth: int) -> Type:
    keys = [key for key in value if isinstance(key, str)]
    if len(keys) < len(value):
        raise _Untyped(name, Said("refusal-parameter-keys", name=name))
    return t.map_of(
        (key, _type_of(name, value[key], depth + 1)) for key in in_parameter_order(keys)
    )


def bind(value: object, type_: Type) -> object:
    """Return a parameter as the engine takes it: mixed values as tagged records."""
    if value is None or type_.kind in {Kind.BOOLEAN, Kind.INTEGER, Kind.FLOAT, Kind.STRING}:
        return value
    if type_.kind is Kind.LIST and type_.item is not None and isinstance(value, list | tuple):
        return [bind(item, type_.item) for item in value]
    if type_.kind is Kind.MAP and isinstance(value, dict):
        held: dict[str, object] = {}
        if type_.sparse:
            held[t.KEYS] = in_parameter_order(list(value))
        for key, field in type_.fields:
            held[t.field_name(key)] = bind(value.get(key), field)
        return held
    own = _type_of("", value)
    record: dict[str, object] = {"t": t.TAGS[own.kind]}
    for member in type_.members:
        record[t.TAGS[member.kind]] = bind(value, member) if member.kind is own.kind else None
    return record


def unbind(value: object, type_: Type) -> object:
    """Return a result as plain Python: tagged records opened, absent properties left out."""
    if type_ == t.WIDE and isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else float(value)
    if value is None or type_.kind in {Kind.BOOLEAN, Kind.INTEGER, Kind.FLOAT, Kind.STRING}:
        return value
    if type_.kind is Kind.LIST and type_.item is not None and isinstance(value, list | tuple):
        return [unbind(item, type_.item) for item in value]
    if type_.kind is Kind.MAP and isinstance(value, dict):
        held = {key: unbind(value[t.field_name(key)], field) for key, field in type_.fields}
        return {key: held[key] for key in value[t.KEYS]} if type_.sparse else held
    if type_.kind is Kind.MIXED and isinstance(value, dict):
        for member in type_.members:
            if value["t"] == t.TAGS[member.kind]:
                return unbind(value[t.TAGS[member.kind]], member)
    return value


def is_plain(type_: Type) -> bool:
    """Tell whether values of a type come back from the engine as they are."""
    if type_.kind is Kind.LIST:
        return type_.item is None or is_plain(type_.item)
    return type_ != t.WIDE and type_.kind not in {Kind.MAP, Kind.MIXED}
