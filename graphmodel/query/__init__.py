"""Questions in a subset of Cypher, answered without a server: `PropertyGraph` and `CypherError`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from graphmodel.errors import CypherError

if TYPE_CHECKING:
    from graphmodel.query.graph import PropertyGraph

__all__ = ["CypherError", "PropertyGraph"]


def __getattr__(name: str) -> object:
    """Load `PropertyGraph` when it is first asked for."""
    if name == "PropertyGraph":
        return import_module("graphmodel.query.graph").PropertyGraph
    msg = f"module {__name__} has no attribute {name}"
    raise AttributeError(msg)
