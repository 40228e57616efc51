"""A compiled query: what an engine needs to run it, and nothing of how it was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphmodel.query.types import Type


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement ready to run: `bound` maps Cypher parameters to those of the SQL, typed."""

    sql: str
    columns: tuple[str, ...]
    types: tuple[Type, ...]
    bound: Mapping[str, str]
    parameter_types: Mapping[str, Type]
    fixed: Mapping[str, object]
