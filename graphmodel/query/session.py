"""What one compilation knows: text, layout, parameters, and the steps written so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import expressions as exp

from graphmodel.query import sqlparts as q
from graphmodel.query import types as t
from graphmodel.query.joins import Aliases, JoinGraph
from graphmodel.query.refusals import Said, listed, nearest
from graphmodel.query.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from graphmodel.errors import CypherError
    from graphmodel.query.catalogue import Catalogue
    from graphmodel.query.lexer import Source
    from graphmodel.query.sqlparts import Sql
    from graphmodel.query.syntax import (
        Collect,
        Count,
        Exists,
        Expression,
        PatternComprehension,
    )
    from graphmodel.query.types import Type

_NOTHING: Mapping[Expression, Value] = {}


@dataclass(slots=True)
class Step:
    """One common table expression."""

    name: str
    sql: Sql
    recursive: bool = False
    columns: tuple[str, ...] = ()
    materialized: bool = False


@dataclass(frozen=True, slots=True)
class Compilers:
    """Who compiles what: modules that need each other meet here, so that none imports the other."""

    expression: Callable[[Session, Expression, Context], Value]
    condition: Callable[[Session, Expression, Context], Value]
    property_of: Callable[[Session, Value, str, int, Context], Value]
    exists: Callable[[Session, Exists, Context], Value]
    count: Callable[[Session, Count, Context], Value]
    collect: Callable[[Session, Collect, Context], Value]
    pattern_list: Callable[[Session, PatternComprehension, Context], Value]


@dataclass(slots=True)
class Session:
    """The state of one compilation. `parameters` are the types of the values given."""

    catalogue: Catalogue
    source: Source
    parameters: Mapping[str, Type]
    constants: Mapping[str, object]
    compilers: Compilers
    aliases: Aliases = field(default_factory=Aliases)
    steps: list[Step] = field(default_factory=list)
    roots: list[Step] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)
    fixed: dict[str, object] = field(default_factory=dict)
    single: bool = True

    def error(self, reason: Said | str, at: int, hint: Said | str = "") -> CypherError:
        """Return an error at an offset of the text; a `Said` brings its own hint."""
        return self.source.error(reason, at, hint)

    def place(self, at: int) -> tuple[int, int]:
        """Return line and column of an offset."""
        return self.source.place(at)

    def unknown(self, what: str, name: str, known: Iterable[str], at: int) -> CypherError:
        """Return an error for a name that is not known, with the nearest one that is."""
        # what a graph without labels or types has in their place is no name
        names = [other for other in known if other != name and other.isprintable()]
        hint = nearest(name, names)
        if what == "property" and not hint:
            others = self.catalogue.property_names
            has = name in others
            hint = Said("refusal-hint-elsewhere") if has else nearest(name, others)
        place = getattr(name, "start_pos", None)
        reason = Said(f"refusal-no-{what.replace(' ', '-')}", name=str(name))
        return self.error(reason, at if place is None else place, hint or listed(names))

    def graph(self, parent: JoinGraph | None = None) -> JoinGraph:
        """Return an empty join graph."""
        return JoinGraph(self.catalogue, self.aliases, parent)

    def parameter(self, name: str, at: int) -> Value:
        """Return a parameter as a value of the type that was given."""
        type_ = self.parameters.get(name)
        if type_ is None:
            given = [f"${known}" for known in self.parameters]
            reason = Said("refusal-no-parameter", name=name)
            raise self.error(reason, at, nearest(f"${name}", given))
        bound = self.used.setdefault(name, f"p{len(self.used) + 1}")
        sql = q.cast(exp.Placeholder(this=bound), type_)
        return Value(sql, type_, nullable=type_.kind is t.Kind.NULL, simple=True)

    def constant(self, name: str) -> object:
        """Return the value of a parameter on which the text of the statement depends."""
        self.fixed[name] = self.constants.get(name)
        return self.constants.get(name)


@dataclass(slots=True)
class Context:
    """Where an expression stands: its join graph, the variables in reach, what is already computed.

    `hidden` are variables that an aggregation has left behind; `lambda_` is set inside a list
    expression that is written as a lambda, where no table can be joined.
    """

    graph: JoinGraph
    scope: Mapping[str, Value]
    replaced: Mapping[Expression, Value] = field(default_factory=lambda: _NOTHING)
    hidden: frozenset[str] = frozenset()
    lambda_: bool = False

    def inside(self, scope: Mapping[str, Value], *, lambda_: bool = False) -> Context:
        """Return the context of an expression that sees more variables."""
        return Context(self.graph, scope, self.replaced, self.hidden, self.lambda_ or lambda_)
