"""The part of the tree builder that makes patterns: nodes, relationships, paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from lark import Token, Transformer, v_args

from graphmodel.query import syntax as s
from graphmodel.query.names import walk
from graphmodel.query.refusals import Said

if TYPE_CHECKING:
    from graphmodel.query.lexer import Source

MAX_HOPS = 100
Properties: TypeAlias = "tuple[tuple[str, s.Expression], ...]"
Part: TypeAlias = Any
"""What Lark hands over: a token, or whatever another callback made of a part of the text."""


def place(token: Token) -> int:
    """Return where a token stands in the resolved text."""
    return token.start_pos or 0


def direction_of(token: Token) -> str:
    """Return the direction of an arrow: `out`, `in` or `both`."""
    arrow = str(token)
    left, right = arrow.startswith("<"), arrow.endswith(">")
    return "both" if left == right else "in" if left else "out"


def _is_rich(part: object) -> bool:
    """Tell whether a label expression does more than name alternatives."""
    joined = isinstance(part, s.LabelJoin) and part.operator == "&"
    return joined or isinstance(part, s.LabelNot | s.AnyLabel)


@v_args(inline=True)
class PatternCallbacks(Transformer["Token", s.Query]):
    """Callbacks of the grammar's rules for patterns."""

    source: Source

    def path(self, *parts: Part) -> s.Path:
        """Make a path of alternating nodes and relationships."""
        return s.Path(tuple(parts[0::2]), tuple(parts[1::2]), at=parts[0].at)

    def named_path(self, name: Token, _eq: Token, *parts: Part) -> s.Path:
        """Make a path with a name."""
        return s.Path(tuple(parts[0::2]), tuple(parts[1::2]), str(name), place(name))

    def node(
        self, opening: Token, name: Part, labels: Part, properties: Part, where: Part, _end: Part
    ) -> Part:
        """Make a node pattern."""
        self.refuse_bar_colon(labels)
        variable = None if name is None else str(name)
        return s.NodePattern(variable, labels, properties, where, place(opening))

    def refuse_bar_colon(self, labels: Part) -> None:
        """Refuse `A|:B`, which may only join the types of a relationship without a name."""
        for part in walk(labels):
            if isinstance(part, s.LabelJoin) and part.colon and part.operator == "|":
                reason = Said("refusal-bar-colon")
                raise self.source.error(reason, part.at)

    def opening(self, token: Token) -> Token:
        """Pass the bracket on."""
        return token

    def labels(self, _colon: Token | None, expression: Part) -> Part:
        """Pass the label expression on."""
        return expression

    def either_label(self, *parts: Part) -> Part:
        """Make `A|B`."""
        operands = tuple(part for part in parts[0::3] if part is not None)
        if len(operands) == 1:
            return operands[0]
        colon = any(part is not None for part in parts[2::3])
        return s.LabelJoin("|", operands, colon, operands[0].at)

    def both_labels(self, *parts: Part) -> Part:
        """Make `A&B`, which may be written `A:B`."""
        operands, signs = parts[0::2], {str(part) for part in parts[1::2]}
        if len(operands) == 1:
            return operands[0]
        return s.LabelJoin("&", tuple(operands), ":" in signs, operands[0].at)

    def no_label(self, bang: Token, operand: Part) -> s.LabelNot:
        """Make `!A`."""
        return s.LabelNot(operand, place(bang))

    def label_name(self, token: Token) -> s.LabelName:
        """Make a label."""
        return s.LabelName(str(token), place(token))

    def any_label(self, token: Token) -> s.AnyLabel:
        """Make `%`."""
        return s.AnyLabel(place(token))

    def inner_label(self, _open: Token, inner: Part, _end: Token) -> Part:
        """Pass a label expression in parentheses on."""
        return inner

    def properties(self, map_: s.MapLiteral | None) -> Properties:
        """Gather an inline property map."""
        return () if map_ is None else map_.items

    def bracketed(self, opening: Token, *parts: Part) -> s.RelationshipPattern:
        """Make a relationship pattern with brackets."""
        name, types, hops, properties, where, _end = parts
        variable = None if name is None else str(name)
        at = place(opening)
        if variable or hops or properties:
            self.refuse_bar_colon(types)
        for part in walk(types):
            if isinstance(part, s.LabelJoin) and part.colon and part.operator == "&":
                reason = Said("refusal-types-colon")
                raise self.source.error(reason, part.at)
        if hops and any(_is_rich(part) for part in walk(types)):
            raise self.source.error(Said("refusal-hops-types"), types.at)
        if hops and where is not None:
            raise self.source.error(Said("refusal-hops-where"), where.at)
        return s.RelationshipPattern(
            variable, types, direction_of(opening), hops, properties, where, at
        )

    def bare(self, arrow: Token) -> s.RelationshipPattern:
        """Make a relationship pattern without brackets."""
        return s.RelationshipPattern(None, None, direction_of(arrow), at=place(arrow))

    def hops(self, star: Part, first: Part, dots: Part, last: Part) -> tuple[int, int] | None:
        """Read the bounds of a variable length; without an upper bound it is refused."""
        if star is None:
            return None
        low = 1 if first is None else int(first)
        high = (
            int(last) if last is not None else (low if dots is None and first is not None else -1)
        )
        if high < 0:
            raise self.source.error(Said("refusal-hops-open"), place(star))
        if high > MAX_HOPS:
            raise self.source.error(Said("refusal-hops-many", most=MAX_HOPS), place(star))
        return low, high
