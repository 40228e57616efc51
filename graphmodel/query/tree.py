"""Builds the syntax tree while the grammar is read: one method a rule, called bottom-up by Lark."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from lark import Token, v_args

from graphmodel.query import syntax as s
from graphmodel.query.names import walk
from graphmodel.query.refusals import Said
from graphmodel.query.tree_maps import MapCallbacks
from graphmodel.query.tree_patterns import MAX_HOPS, Part, place

if TYPE_CHECKING:
    from graphmodel.query.lexer import Mark, Source

MAX_DEPTH = 100
_INT_LIMIT = 2**63
_DIGITS = 40
_ENDS_ITEM = frozenset(
    (
        "COMMA", "AS", "ORDER", "SKIP", "LIMIT", "UNION", "WHERE", "MATCH", "OPTIONAL", "WITH",
        "RETURN", "UNWIND",
    )
)  # fmt: skip
_OPENING = frozenset(("LPAR", "NODE_LPAR", "LSQB", "COMPREHENSION", "REL_OPEN", "LBRACE"))
_CLOSING = frozenset(("RPAR", "RSQB", "REL_CLOSE", "RBRACE"))


@v_args(inline=True)
class TreeBuilder(MapCallbacks):
    """Callbacks of the grammar. `begin` sets the text they belong to; the caller holds a lock."""

    source: Source
    marks: list[Mark]

    def begin(self, source: Source, marks: list[Mark]) -> None:
        """Start a text."""
        self.source, self.marks = source, marks
        self._depths: dict[int, tuple[object, int]] = {}

    def end(self) -> None:
        """Forget the text."""
        self._depths.clear()

    def _made(self, node: Part, *parts: object) -> Part:
        """Keep how deep an expression is; one that is too deep is refused."""
        depth = 1 + max((self._depths.get(id(part), (None, 0))[1] for part in parts), default=0)
        if depth > MAX_DEPTH:
            raise self.source.error(Said("refusal-deep-expression", most=MAX_DEPTH), node.at)
        self._depths[id(node)] = (node, depth)
        return node

    # clauses -----------------------------------------------------------------------------------

    def start(self, *parts: Part) -> s.Query:
        """Join the branches of UNION."""
        _refuse_mixed_labels(self.source, parts[0::2])
        return s.Query(tuple(parts[0::2]), self._keeps(parts[1::2]))

    def _keeps(self, unions: tuple[Part, ...]) -> bool:
        """Tell whether branches are joined by UNION ALL; a mix of both is refused."""
        kinds = [keeps for keeps, _ in unions]
        for keeps, at in unions:
            if keeps is not kinds[0]:
                raise self.source.error(Said("refusal-union-mixed"), at)
        return kinds[:1] == [True]

    def union(self, union: Token, all_: Token | None = None) -> tuple[bool, int]:
        """Tell UNION ALL from UNION, and where it stands."""
        return all_ is not None, place(union)

    def branch(self, *clauses: s.Clause) -> tuple[s.Clause, ...]:
        """Check the order of clauses: RETURN ends a branch, and only RETURN."""
        for index, clause in enumerate(clauses):
            final = isinstance(clause, s.Projection) and clause.final
            if final and index + 1 < len(clauses):
                raise self.source.error(Said("refusal-after-return"), clauses[index + 1].at)
            if not final and index + 1 == len(clauses):
                raise self.source.error(Said("refusal-no-return"), clause.at)
        return clauses

    def optional(self, token: Token | None = None) -> Token | None:
        """Pass OPTIONAL on."""
        return token

    def match(self, optional: Token | None, match: Token, *parts: Part) -> s.Match:
        """Make MATCH."""
        paths = tuple(part for part in parts if isinstance(part, s.Path))
        hops = [hop for path in paths for hop in path.relationships]
        if len(hops) > MAX_HOPS:
            raise self.source.error(Said("refusal-pattern-hops", most=MAX_HOPS), hops[MAX_HOPS].at)
        condition = None if isinstance(parts[-1], s.Path) else parts[-1]
        at = place(optional or match)
        return s.Match(paths, condition, optional is not None, at)

    def where(self, _where: Token, condition: s.Expression) -> s.Expression:
        """Pass the condition on."""
        return condition

    def unwind(self, unwind: Token, source: s.Expression, _as: Token, name: Token) -> s.Unwind:
        """Make UNWIND."""
        return s.Unwind(source, str(name), place(unwind), place(name))

    def with_clause(self, token: Token, body: dict[str, Part], condition: Part = None) -> Part:
        """Make WITH."""
        unnamed = [
            i for i in body["items"] if not i.aliased and not isinstance(i.expression, s.Variable)
        ]
        if unnamed:
            raise self.source.error(Said("refusal-with-name"), unnamed[0].at)
        return s.Projection(final=False, condition=condition, at=place(token), **body)

    def return_clause(self, token: Token, body: dict[str, Part]) -> s.Projection:
        """Make RETURN."""
        return s.Projection(final=True, at=place(token), **body)

    def body(self, distinct: bool, items: Part, *parts: Part) -> dict[str, Part]:  # noqa: FBT001 (Lark)
        """Gather what WITH and RETURN share."""
        found = {"distinct": distinct, "star": items[0], "items": items[1]}
        names: set[str] = set()
        for item in items[1]:
            if item.name in names:
                raise self.source.error(Said("refusal-column-twice", name=item.name), item.at)
            names.add(item.name)
        return found | {key: value for key, value in parts if value is not None}

    def distinct(self, token: Token | None = None) -> bool:
        """Tell whether DISTINCT stands there."""
        return token is not None

    def items(self, *parts: Part) -> tuple[bool, tuple[s.Item, ...]]:
        """Gather projected items and the star."""
        star = isinstance(parts[0], Token) and parts[0].type == "STAR"
        return star, tuple(part for part in parts if isinstance(part, s.Item))

    def item(self, expression: Part, _as: Token | None, alias: Token | None) -> s.Item:
        """Name an item: its alias, else its text."""
        if alias is not None:
            return s.Item(expression, str(alias), True, expression.at)  # noqa: FBT003 (a field)
        if isinstance(expression, s.Variable):
            return s.Item(expression, expression.name, False, expression.at)  # noqa: FBT003
        return s.Item(expression, self._text(expression.at), False, expression.at)  # noqa: FBT003

    def _text(self, start: int) -> str:
        depth, end, before = 0, start, ""
        for mark in self.marks:
            if mark.start < start:
                continue
            depth += (mark.kind in _OPENING) - (mark.kind in _CLOSING)
            tested = mark.kind == "WITH" and before in {"STARTS", "ENDS"}
            if depth < 0 or (depth == 0 and mark.kind in _ENDS_ITEM and not tested):
                break
            end, before = mark.end, mark.kind
        return self.source.written(start, end)

    def order(self, _order: Token, _by: Token, *parts: Part) -> tuple[str, Part]:
        """Gather sort keys."""
        return "order", tuple(part for part in parts if isinstance(part, s.SortKey))

    def sort_key(self, expression: s.Expression, descending: bool) -> s.SortKey:  # noqa: FBT001
        """Make a sort key."""
        return s.SortKey(expression, descending)

    def direction(self, *tokens: Token | None) -> bool:
        """Tell whether a key descends."""
        return any(token is not None and token.type.startswith("DESC") for token in tokens)

    def skip(self, _skip: Token, count: s.Expression) -> tuple[str, Part]:
        """Pass SKIP on."""
        return "skip", count

    def limit(self, _limit: Token, count: s.Expression) -> tuple[str, Part]:
        """Pass LIMIT on."""
        return "limit", count

    # expressions -------------------------------------------------------------------------------

    def _chain(self, operator: str, parts: tuple[Part, ...]) -> Part:
        operands = parts[0::2]
        return self._made(s.Logical(operator, operands, operands[0].at), *operands)

    def expression(self, *parts: Part) -> Part:
        """Make OR."""
        return self._chain("OR", parts)

    def xor(self, *parts: Part) -> Part:
        """Make XOR."""
        return self._chain("XOR", parts)

    def and_(self, *parts: Part) -> Part:
        """Make AND."""
        return self._chain("AND", parts)

    def negation(self, token: Token, operand: Part) -> Part:
        """Make NOT."""
        return self._made(s.Unary("NOT", operand, place(token)), operand)

    def comparison(self, first: Part, *parts: Part) -> Part:
        """Make a comparison; a chain is a conjunction of neighbours."""
        operands, operators = (first, *parts[1::2]), parts[0::2]
        made = [
            self._made(s.Binary(operator, left, right, left.at), left, right)
            for operator, left, right in zip(operators, operands, operands[1:], strict=False)
        ]
        return (
            made[0]
            if len(made) == 1
            else self._made(s.Logical("AND", tuple(made), first.at), *made)
        )

    def compare_operator(self, token: Token) -> str:
        """Return the sign."""
        return str(token)

    def binary(self, left: Part, token: Token, right: Part) -> Part:
        """Make arithmetic."""
        return self._made(s.Binary(str(token), left, right, left.at), left, right)

    def membership(self, left: Part, _in: Token, right: Part) -> Part:
        """Make IN."""
        return self._made(s.Binary("IN", left, right, left.at), left, right)

    def starts(self, left: Part, _starts: Token, _with: Token, right: Part) -> Part:
        """Make STARTS WITH."""
        return self._made(s.Binary("STARTS WITH", left, right, left.at), left, right)

    def ends(self, left: Part, _ends: Token, _with: Token, right: Part) -> Part:
        """Make ENDS WITH."""
        return self._made(s.Binary("ENDS WITH", left, right, left.at), left, right)

    def contains(self, left: Part, _contains: Token, right: Part) -> Part:
        """Make CONTAINS."""
        return self._made(s.Binary("CONTAINS", left, right, left.at), left, right)

    def regex(self, left: Part, _regex: Token, right: Part) -> Part:
        """Make a match of a regular expression."""
        return self._made(s.Binary("=~", left, right, left.at), left, right)

    def is_null(self, operand: Part, *_tokens: Token) -> Part:
        """Make IS NULL."""
        return self._made(s.IsNull(operand, False, operand.at), operand)  # noqa: FBT003 (a field)

    def is_not_null(self, operand: Part, *_tokens: Token) -> Part:
        """Make IS NOT NULL."""
        return self._made(s.IsNull(operand, True, operand.at), operand)  # noqa: FBT003 (a field)

    def unary(self, token: Token, operand: Part) -> Part:
        """Make a sign; the smallest integer is a literal."""
        if isinstance(operand, s.Literal) and operand.kind == "integer too large":
            if str(token) == "-" and operand.value == _INT_LIMIT:
                return s.Literal("integer", -_INT_LIMIT, place(token))
            raise self.source.error(Said("refusal-integer-wide"), operand.at)
        return self._made(s.Unary(str(token), operand, place(token)), operand)

    def property_of(self, target: Part, _dot: Token, name: Token) -> Part:
        """Make a property access."""
        return self._made(s.PropertyOf(target, str(name), target.at, place(name)), target)

    def subscript(self, target: Part, _open: Token, index: Part, _end: Token) -> Part:
        """Make an index access."""
        return self._made(s.Subscript(target, index, target.at), target, index)

    def slice(self, target: Part, *parts: Part) -> Part:
        """Make a slice."""
        _open, start, _dots, stop, _end = parts
        return self._made(s.Slice(target, start, stop, target.at), target, start, stop)

    def has_labels(self, target: Part, _colon: Token, labels: s.LabelExpression) -> Part:
        """Make a label predicate; `n:A:B` asks for both."""
        self.refuse_bar_colon(labels)
        return self._made(s.HasLabels(target, labels, target.at), target)

    def parenthesised(self, opening: Token, inner: Part, _end: Token) -> Part:
        """Pass the expression on, placed at its bracket."""
        return self._made(replace(inner, at=place(opening)), inner)

    def pattern_predicate(self, opening: Token, *parts: Part) -> Part:
        """Make a pattern used as a condition."""
        name, labels, properties, where, _end = parts[:5]
        first = self.node(opening, name, labels, properties, where, _end)
        steps = parts[5:]
        path = s.Path((first, *steps[1::2]), tuple(steps[0::2]), at=first.at)
        body = s.Subquery(((s.Match((path,), None, at=first.at),),))
        return self._made(s.Exists(body, pattern=True, at=first.at), *parts)

    def pattern_list(self, opening: Token, name: Part, _eq: Part, *parts: Part) -> Part:
        """Make a pattern comprehension."""
        *steps, where, _pipe, result, _end = parts
        variable = None if name is None else str(name)
        path = s.Path(tuple(steps[0::2]), tuple(steps[1::2]), variable, steps[0].at)
        node = s.PatternComprehension(path, where, result, place(opening))
        return self._made(node, where, result)

    def null(self, token: Token) -> s.Literal:
        """Make null."""
        return s.Literal("null", None, place(token))

    def true(self, token: Token) -> s.Literal:
        """Make true."""
        return s.Literal("boolean", True, place(token))  # noqa: FBT003 (a value)

    def false(self, token: Token) -> s.Literal:
        """Make false."""
        return s.Literal("boolean", False, place(token))  # noqa: FBT003 (a value)

    def integer(self, token: Token) -> s.Literal:
        """Make an integer of 64 bits."""
        # Python itself refuses to read thousands of digits; so many are too many anyway
        short = token.lstrip("0")[:_DIGITS] or "0"
        value = int(token[:_DIGITS], 0) if token[:2] in {"0x", "0o"} else int(short)
        if value > _INT_LIMIT:
            raise self.source.error(Said("refusal-integer-wide"), place(token))
        kind = "integer" if value < _INT_LIMIT else "integer too large"
        return s.Literal(kind, value, place(token))

    def float(self, token: Token) -> s.Literal:
        """Make a float."""
        value = float(token)
        if value == float("inf"):
            raise self.source.error(Said("refusal-float-large"), place(token))
        return s.Literal("float", value, place(token))

    def string(self, token: Token) -> s.Literal:
        """Make a string."""
        return s.Literal("string", str(token), place(token))

    def parameter(self, token: Token) -> s.Parameter:
        """Make a parameter."""
        return s.Parameter(str(token), place(token))

    def variable(self, token: Token) -> s.Variable:
        """Make a variable."""
        return s.Variable(str(token), place(token))

    def list_literal(self, opening: Token, *parts: Part) -> Part:
        """Make a list."""
        items = tuple(part for part in parts if part is not None and not isinstance(part, Token))
        return self._made(s.ListLiteral(items, place(opening)), *items)

    def comprehension(self, opening: Token, name: Token, *parts: Part) -> Part:
        """Make a list comprehension."""
        _in, source, where, _pipe, result, _end = parts
        node = s.Comprehension(str(name), source, where, result, place(opening))
        return self._made(node, source, where, result)

    def quantifier(self, kind: Token, _open: Token, name: Token, *parts: Part) -> Part:
        """Make a quantifier."""
        _in, source, where, _end = parts
        node = s.Quantifier(kind.lower(), str(name), source, where, place(kind))
        return self._made(node, source, where)

    def reduce(self, token: Token, *parts: Part) -> Part:
        """Make a reduction."""
        _open, total, _eq, initial, _comma, name, _in, source, _pipe, body, _end = parts
        node = s.Reduce(str(total), initial, str(name), source, body, place(token))
        return self._made(node, initial, source, body)

    def call(self, name: Token, _open: Token, distinct: bool, *parts: Part) -> Part:  # noqa: FBT001
        """Make a function call."""
        items = tuple(part for part in parts if part is not None and not isinstance(part, Token))
        if name.lower() == "exists" and len(items) == 1 and isinstance(items[0], s.Exists):
            return self._made(s.Exists(items[0].body, at=place(name)), *items)
        node = s.Call(str(name), items, distinct, at=place(name))
        return self._made(node, *items)

    def call_star(self, name: Token, *_tokens: Token) -> Part:
        """Make `count(*)`."""
        if name.lower() != "count":
            raise self.source.error(Said("refusal-star-call", name=str(name)), place(name))
        return self._made(s.Call("count", (), star=True, at=place(name)))

    def case(self, token: Token, subject: Part, *parts: Part) -> Part:
        """Make CASE."""
        branches = tuple(part for part in parts if isinstance(part, tuple))
        otherwise = parts[-2]
        node = s.Case(subject, branches, otherwise, place(token))
        values = [value for branch in branches for value in branch]
        return self._made(node, subject, otherwise, *values)

    def when(self, _when: Token, condition: Part, _then: Token, result: Part) -> tuple[Part, Part]:
        """Make a branch of CASE."""
        return condition, result

    def exists(self, token: Token, _open: Token, body: s.Subquery, _end: Token) -> Part:
        """Make EXISTS."""
        return self._made(s.Exists(body, at=place(token)), body)

    def count(self, token: Token, _open: Token, body: s.Subquery, _end: Token) -> Part:
        """Make COUNT."""
        return self._made(s.Count(body, place(token)), body)

    def collect(self, token: Token, _open: Token, body: s.Subquery, _end: Token) -> Part:
        """Make COLLECT."""
        for clauses in body.branches:
            last = clauses[-1]
            if not isinstance(last, s.Projection) or not last.final:
                raise self.source.error(Said("refusal-collect-return"), last.at)
        return self._made(s.Collect(body, place(token)), body)

    def inner(self, *clauses: s.Clause) -> tuple[s.Clause, ...]:
        """Check that nothing follows RETURN."""
        for clause, following in pairwise(clauses):
            if isinstance(clause, s.Projection) and clause.final:
                reason = Said("refusal-after-return")
                raise self.source.error(reason, following.at)
        return clauses

    def inner_query(self, *parts: Part) -> s.Subquery:
        """Make the inside of a subquery from clauses."""
        return self._made_body(s.Subquery(tuple(parts[0::2]), self._keeps(parts[1::2])))

    def bare_pattern(self, *parts: Part) -> Part:
        """Make the inside of a subquery from a pattern."""
        paths = tuple(part for part in parts if isinstance(part, s.Path))
        condition = None if isinstance(parts[-1], s.Path) else parts[-1]
        match = s.Match(paths, condition, at=paths[0].at)
        return self._made_body(s.Subquery(((match,),)))

    def _made_body(self, body: s.Subquery) -> s.Subquery:
        inside = [part for clauses in body.branches for part in _expressions(clauses)]
        depth = 1 + max((self._depths.get(id(part), (None, 0))[1] for part in inside), default=0)
        if depth > MAX_DEPTH:
            raise self.source.error(Said("refusal-deep-query"), body.branches[0][0].at)
        self._depths[id(body)] = (body, depth)
        return body


def _expressions(clauses: tuple[s.Clause, ...]) -> list[Part]:
    """Return the outermost expressions of clauses, but for those inside patterns."""
    found: list[Part] = []
    for clause in clauses:
        if isinstance(clause, s.Unwind):
            found.append(clause.source)
            continue
        found.append(clause.condition)
        if isinstance(clause, s.Projection):
            found += [item.expression for item in clause.items]
            found += [key.expression for key in clause.order]
    return found


def _refuse_mixed_labels(source: Source, branches: tuple[Part, ...]) -> None:
    """`:A|B` (or `&`, `!`, `%`) and `:A:B` in one query is an error in Neo4j."""
    either: list[int] = []
    both: list[int] = []
    for part in walk(branches):
        if isinstance(part, s.LabelJoin):
            (both if part.colon and part.operator == "&" else either).append(part.at)
        elif isinstance(part, s.LabelNot | s.AnyLabel):
            either.append(part.at)
    if either and both:
        raise source.error(Said("refusal-labels-mixed"), max(min(either), min(both)))
