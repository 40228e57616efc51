"""Values of parameters: their types, and the form in which they are bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.errors import CypherError
from graphmodel.query import types as t
from graphmodel.query.types import BOOLEAN, FLOAT, INTEGER, NULL, STRING, Kind, Type

if TYPE_CHECKING:
    from collections.abc import Mapping


_SCALARS = {type(None): NULL, bool: BOOLEAN, int: INTEGER, float: FLOAT, str: STRING}


def types_of(params: Mapping[str, object]) -> dict[str, Type]:
    """Return the type of each parameter; a value without one is a CypherError."""
    return {name: _type_of(name, value) for name, value in params.items()}


def _type_of(name: str, value: object) -> Type:
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        reason = f"parameter ${name} needs more than 64 bits"
        raise CypherError(reason)
    scalar = _SCALARS.get(type(value))
    if scalar is not None:
        return scalar
    if isinstance(value, list | tuple):
        item = t.unify_all({_type_of(name, item) for item in value})
        if item is None:
            reason = f"the items of ${name} have types that cannot meet in one list"
            raise CypherError(reason)
        return t.list_of(item)
    if isinstance(value, dict):
        return _map_type(name, value)
    reason = f"parameter ${name} is a {type(value).__name__}"
    raise CypherError(
        reason,
        hint="Parameters are null, booleans, numbers, strings, lists and maps.",
    )


def _map_type(name: str, value: dict[object, object]) -> Type:
    keys = [key for key in value if isinstance(key, str) and key]
    if len(keys) < len(value) or len({key.lower() for key in keys}) < len(keys) or not keys:
        reason = f"the keys of ${name} cannot be the keys of one map"
        raise CypherError(reason)
    return t.map_of((key, _type_of(name, value[key])) for key in keys)


def bind(value: object, type_: Type) -> object:
    """Return a parameter as the engine takes it: mixed values as tagged records."""
    if value is None or type_.kind in {Kind.BOOLEAN, Kind.INTEGER, Kind.FLOAT, Kind.STRING}:
        return value
    if type_.kind is Kind.LIST and type_.item is not None and isinstance(value, list | tuple):
        return [bind(item, type_.item) for item in value]
    if type_.kind is Kind.MAP and isinstance(value, dict):
        return {key: bind(value[key], field) for key, field in type_.fields}
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
        made = {key: unbind(value[key], field) for key, field in type_.fields}
        return {k: v for k, v in made.items() if v is not None} if type_.sparse else made
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
