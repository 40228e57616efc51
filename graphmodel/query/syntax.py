"""The typed syntax tree of a query: frozen, compared without places in the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; `kind` keeps 1, 1.0 and true apart (null, boolean, integer, float, string)."""

    kind: str
    value: bool | int | float | str | None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$name`."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class PropertyOf:
    """`target.name`."""

    target: Expression
    name: str
    at: int = field(default=0, compare=False)
    name_at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`[a, b]`."""

    items: tuple[Expression, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class MapLiteral:
    """`{key: value}`."""

    items: tuple[tuple[str, Expression], ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """`NOT`, `-` or `+` before an operand."""

    operator: str
    operand: Expression
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two operands: arithmetic, comparison, `IN`, string tests, `=~`."""

    operator: str
    left: Expression
    right: Expression
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Logical:
    """`AND`, `OR` or `XOR` over two or more operands."""

    operator: str
    operands: tuple[Expression, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class IsNull:
    """`IS NULL`, or `IS NOT NULL` where `negated`."""

    operand: Expression
    negated: bool
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Case:
    """`CASE`, with a subject (simple form) or without."""

    subject: Expression | None
    branches: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression | None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; `count(*)` is a call of `count` whose `star` is set."""

    name: str
    arguments: tuple[Expression, ...]
    distinct: bool = False
    star: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Comprehension:
    """`[variable IN source WHERE condition | result]`."""

    variable: str
    source: Expression
    condition: Expression | None
    result: Expression | None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Quantifier:
    """`all`, `any`, `none` or `single` over a list."""

    kind: str
    variable: str
    source: Expression
    condition: Expression
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Reduce:
    """`reduce(accumulator = initial, variable IN source | body)`."""

    accumulator: str
    initial: Expression
    variable: str
    source: Expression
    body: Expression
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Subscript:
    """`target[index]`."""

    target: Expression
    index: Expression
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Slice:
    """`target[start..stop]`."""

    target: Expression
    start: Expression | None
    stop: Expression | None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class LabelName:
    """One label, or one relationship type."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class AnyLabel:
    """`%`: at least one label, whichever; every relationship has a type."""

    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class LabelNot:
    """`!A`."""

    operand: LabelExpression
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class LabelJoin:
    """`A&B` or `A|B`; `colon` tells that `A:B` was written for `A&B`."""

    operator: str
    operands: tuple[LabelExpression, ...]
    colon: bool = field(default=False, compare=False)
    at: int = field(default=0, compare=False)


LabelExpression: TypeAlias = LabelName | AnyLabel | LabelNot | LabelJoin


@dataclass(frozen=True, slots=True)
class HasLabels:
    """`target:A|B`: whether the labels (or the type) of the target fit."""

    target: Expression
    labels: LabelExpression
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Exists:
    """`EXISTS { … }`, or a `pattern` used as a condition, which stands only where one is asked."""

    body: Subquery
    pattern: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Count:
    """`COUNT { … }`."""

    body: Subquery
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Collect:
    """`COLLECT { … RETURN one column }`."""

    body: Subquery
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class PatternComprehension:
    """`[p = (a)-->(b) WHERE condition | result]`; the path holds the name `p`."""

    path: Path
    condition: Expression | None
    result: Expression
    at: int = field(default=0, compare=False)


Expression: TypeAlias = (
    Literal
    | Parameter
    | Variable
    | PropertyOf
    | ListLiteral
    | MapLiteral
    | Unary
    | Binary
    | Logical
    | IsNull
    | Case
    | Call
    | Comprehension
    | Quantifier
    | Reduce
    | Subscript
    | Slice
    | HasLabels
    | Exists
    | Count
    | Collect
    | PatternComprehension
)


@dataclass(frozen=True, slots=True)
class NodePattern:
    """`(variable:A|B {key: value} WHERE condition)`."""

    variable: str | None
    labels: LabelExpression | None = None
    properties: tuple[tuple[str, Expression], ...] = ()
    condition: Expression | None = None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class RelationshipPattern:
    """`-[variable:A|B*m..n {key: value}]->`; `direction` is `out`, `in` or `both`."""

    variable: str | None
    types: LabelExpression | None
    direction: str
    hops: tuple[int, int] | None = None
    properties: tuple[tuple[str, Expression], ...] = ()
    condition: Expression | None = None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Path:
    """Nodes joined by relationships: `len(nodes) == len(relationships) + 1`; it may have a name."""

    nodes: tuple[NodePattern, ...]
    relationships: tuple[RelationshipPattern, ...]
    variable: str | None = None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Match:
    """`MATCH` or `OPTIONAL MATCH` with its `WHERE`."""

    paths: tuple[Path, ...]
    condition: Expression | None
    optional: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Unwind:
    """`UNWIND source AS variable`."""

    source: Expression
    variable: str
    at: int = field(default=0, compare=False)
    name_at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Item:
    """One projected expression; `name` is its alias, else the text of the expression."""

    expression: Expression
    name: str
    aliased: bool
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of `ORDER BY`."""

    expression: Expression
    descending: bool


@dataclass(frozen=True, slots=True)
class Projection:
    """`WITH` or `RETURN` (`final`) with everything that may follow it."""

    final: bool
    distinct: bool
    star: bool
    items: tuple[Item, ...]
    order: tuple[SortKey, ...] = ()
    skip: Expression | None = None
    limit: Expression | None = None
    condition: Expression | None = None
    at: int = field(default=0, compare=False)


Clause: TypeAlias = Match | Unwind | Projection


@dataclass(frozen=True, slots=True)
class Subquery:
    """The inside of `EXISTS`, `COUNT` and `COLLECT`: branches as in a query.

    In `EXISTS` and `COUNT` a branch may do without its RETURN; a bare pattern is one MATCH.
    """

    branches: tuple[tuple[Clause, ...], ...]
    keep_duplicates: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One or more branches joined by `UNION` (or `UNION ALL`, where `keep_duplicates`)."""

    branches: tuple[tuple[Clause, ...], ...]
    keep_duplicates: bool = False
