"""Names what a query uses of the subset, read from its syntax tree."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from graphmodel.query import syntax as s
from tests.reference.expressions import aggregates
from tests.reference.functions import AGGREGATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLAUSES, PATTERNS, PREDICATES, EXPRESSIONS, AGGREGATION = (
    "clauses", "patterns", "predicates", "expressions", "aggregation",
)  # fmt: skip
_SUBQUERIES = (s.Exists, s.Count, s.Collect)
_COMPARING = {"=", "<>", "<", "<=", ">", ">="}
_PREDICATE_WORDS = {*_COMPARING, "IN", "STARTS WITH", "ENDS WITH", "CONTAINS", "=~"}


def parts_below(node: object) -> Iterator[object]:
    """Yield a part of the tree and everything below it."""
    if isinstance(node, tuple):
        for part in node:
            yield from parts_below(part)
        return
    names = getattr(node, "__dataclass_fields__", None)
    if names is None:
        return
    yield node
    for name in names:
        if name != "at":
            yield from parts_below(getattr(node, name))


def constructs_of(tree: s.Query) -> set[str]:
    """Return the constructs that a query uses, each as `row of the subset table: name`."""
    found: set[str] = set()
    if len(tree.branches) > 1:
        found.add(f"{CLAUSES}: UNION ALL" if tree.keep_duplicates else f"{CLAUSES}: UNION")
    for branch in tree.branches:
        found |= _of_branch(branch)
    for part in parts_below(tree):
        for kind, name_it in _NAMES.items():
            if isinstance(part, kind):
                found |= set(name_it(part))
    return found


def _of_branch(branch: tuple[s.Clause, ...]) -> set[str]:
    matches = [clause for clause in branch if isinstance(clause, s.Match)]
    found: set[str] = set()
    if len(matches) > 1:
        found.add(f"{CLAUSES}: several MATCH")
    names = [name for match in matches for path in match.paths for name in _variables(path)]
    if len(set(names)) < len(names):
        found.add(f"{PATTERNS}: a variable again")
    return found


def _variables(path: s.Path) -> list[str]:
    names = [part.variable for part in path.nodes]
    names += [part.variable for part in path.relationships]
    return [name for name in names if name]


def _match(clause: s.Match) -> Iterator[str]:
    yield f"{CLAUSES}: {'OPTIONAL MATCH' if clause.optional else 'MATCH'}"
    if clause.condition is not None:
        yield f"{CLAUSES}: WHERE"
    if len(clause.paths) > 1:
        yield f"{PATTERNS}: several paths"


def _projection(clause: s.Projection) -> Iterator[str]:
    word = "RETURN" if clause.final else "WITH"
    yield f"{CLAUSES}: {word}"
    if clause.distinct:
        yield f"{CLAUSES}: {word} DISTINCT"
    if clause.star:
        yield f"{CLAUSES}: *"
    if clause.condition is not None:
        yield f"{CLAUSES}: WITH … WHERE"
    yield from _sorting(clause)
    total = [item for item in clause.items if aggregates(item.expression)]
    if total and len(total) < len(clause.items):
        yield f"{AGGREGATION}: grouping keys"
    elif total:
        yield f"{AGGREGATION}: without keys"
    if any(not isinstance(item.expression, s.Call) for item in total):
        yield f"{AGGREGATION}: inside an expression"


def _sorting(clause: s.Projection) -> Iterator[str]:
    if clause.order:
        yield f"{CLAUSES}: ORDER BY"
    if len(clause.order) > 1:
        yield f"{CLAUSES}: ORDER BY, several keys"
    if any(key.descending for key in clause.order):
        yield f"{CLAUSES}: ORDER BY … DESC"
    if clause.skip is not None:
        yield f"{CLAUSES}: SKIP"
    if clause.limit is not None:
        yield f"{CLAUSES}: LIMIT"


def _path(path: s.Path) -> Iterator[str]:
    if path.variable:
        yield f"{PATTERNS}: named path"
    if len(path.relationships) > 2:
        yield f"{PATTERNS}: three hops"


def _labels(part: object, word: str) -> Iterator[str]:
    for label in parts_below(part):
        if isinstance(label, s.LabelNot):
            yield f"{PATTERNS}: {word} !A"
        elif isinstance(label, s.AnyLabel):
            yield f"{PATTERNS}: {word} %"
        elif isinstance(label, s.LabelJoin):
            yield f"{PATTERNS}: {word} A{':' if label.colon else label.operator}B"
    if isinstance(part, s.LabelName):
        yield f"{PATTERNS}: {word} A"
    if part is None:
        yield f"{PATTERNS}: {word} any"


def _node(part: s.NodePattern) -> Iterator[str]:
    if part.labels is not None or part.variable is None:
        yield from _labels(part.labels, "node")
    if part.properties:
        yield f"{PATTERNS}: properties of a node"
    if part.condition is not None:
        yield f"{PATTERNS}: WHERE in a node"


def _relationship(part: s.RelationshipPattern) -> Iterator[str]:
    yield from _labels(part.types, "type")
    yield f"{PATTERNS}: direction {part.direction}"
    if part.properties:
        yield f"{PATTERNS}: properties of a relationship"
    if part.condition is not None:
        yield f"{PATTERNS}: WHERE in a relationship"
    if part.hops is not None:
        low, high = part.hops
        yield f"{PATTERNS}: {'*n' if low == high else '*0..n' if low == 0 else '*m..n'}"
        if part.variable:
            yield f"{PATTERNS}: list of relationships"


def _binary(part: s.Binary) -> Iterator[str]:
    row = PREDICATES if part.operator in _PREDICATE_WORDS else EXPRESSIONS
    yield f"{row}: {part.operator}"


def _logical(part: s.Logical) -> Iterator[str]:
    yield f"{PREDICATES}: {part.operator}"
    compared = [one for one in part.operands if isinstance(one, s.Binary)]
    whole = part.operator == "AND" and len(compared) == len(part.operands)
    if whole and all(left.right is right.left for left, right in pairwise(compared)):
        yield f"{PREDICATES}: chain of comparisons"
    if part.operator == "OR" and any(isinstance(p, _SUBQUERIES) for p in parts_below(part)):
        yield f"{PREDICATES}: subquery under OR"


def _unary(part: s.Unary) -> Iterator[str]:
    yield f"{PREDICATES}: NOT" if part.operator == "NOT" else f"{EXPRESSIONS}: sign"
    if part.operator == "NOT" and isinstance(part.operand, s.Exists):
        pattern = part.operand.pattern
        yield f"{PREDICATES}: NOT pattern" if pattern else f"{PREDICATES}: NOT EXISTS"


def _subquery(part: s.Exists | s.Count | s.Collect) -> Iterator[str]:
    word = type(part).__name__.upper()
    pattern = isinstance(part, s.Exists) and part.pattern
    yield f"{PREDICATES}: pattern" if pattern else f"{PREDICATES}: {word} {{ }}"
    for clause in (clause for branch in part.body.branches for clause in branch):
        if isinstance(clause, s.Unwind):
            yield f"{PREDICATES}: UNWIND in a subquery"
        elif isinstance(clause, s.Match) and clause.optional:
            yield f"{PREDICATES}: OPTIONAL MATCH in a subquery"
        elif isinstance(clause, s.Projection) and not clause.final:
            yield f"{PREDICATES}: WITH in a subquery"
        elif isinstance(clause, s.Projection) and clause.distinct:
            yield f"{PREDICATES}: RETURN DISTINCT in a subquery"
    if len(part.body.branches) > 1:
        yield f"{PREDICATES}: UNION in a subquery"
    if any(isinstance(one, _SUBQUERIES) for one in parts_below(part.body)):
        yield f"{PREDICATES}: nested subquery"


def _call(part: s.Call) -> Iterator[str]:
    name = part.name.lower()
    if name not in AGGREGATES:
        yield f"{EXPRESSIONS}: {part.name}()"
        return
    inside = "*" if part.star else "DISTINCT" if part.distinct else ""
    yield f"{AGGREGATION}: {part.name}({inside})"


def _literal(part: s.Literal) -> Iterator[str]:
    yield f"{EXPRESSIONS}: {part.kind}"


def _comprehension(part: s.Comprehension) -> Iterator[str]:
    yield f"{EXPRESSIONS}: list comprehension"
    if part.condition is not None:
        yield f"{EXPRESSIONS}: list comprehension with WHERE"


def _subscript(part: s.Subscript) -> Iterator[str]:
    dynamic = isinstance(part.index, s.Literal) and part.index.kind == "string"
    yield f"{EXPRESSIONS}: {'dynamic key' if dynamic else 'element of a list'}"


def _named(name: str) -> Callable[[object], Iterator[str]]:
    return lambda _part: iter((name,))


_NAMES: dict[type, Callable[..., Iterator[str]]] = {
    s.Match: _match,
    s.Unwind: _named(f"{CLAUSES}: UNWIND"),
    s.Projection: _projection,
    s.Path: _path,
    s.NodePattern: _node,
    s.RelationshipPattern: _relationship,
    s.Binary: _binary,
    s.Logical: _logical,
    s.Unary: _unary,
    s.IsNull: lambda part: iter((f"{PREDICATES}: IS {'NOT ' * part.negated}NULL",)),
    s.Exists: _subquery,
    s.Count: _subquery,
    s.Collect: _subquery,
    s.HasLabels: _named(f"{PREDICATES}: labels or type of a variable"),
    s.Quantifier: lambda part: iter((f"{PREDICATES}: {part.kind}()",)),
    s.Literal: _literal,
    s.ListLiteral: _named(f"{EXPRESSIONS}: list"),
    s.MapLiteral: _named(f"{EXPRESSIONS}: map"),
    s.Parameter: _named(f"{EXPRESSIONS}: parameter"),
    s.PropertyOf: _named(f"{EXPRESSIONS}: property"),
    s.Case: lambda part: iter(
        (f"{EXPRESSIONS}: CASE {'of conditions' if part.subject is None else 'of a value'}",)
    ),
    s.Comprehension: _comprehension,
    s.PatternComprehension: _named(f"{EXPRESSIONS}: pattern comprehension"),
    s.Reduce: _named(f"{EXPRESSIONS}: reduce()"),
    s.Subscript: _subscript,
    s.Slice: _named(f"{EXPRESSIONS}: slice"),
    s.Call: _call,
}
