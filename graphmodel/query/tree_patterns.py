"""The part of the tree builder that makes patterns: nodes, relationships, paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from lark import Transformer, v_args

from graphmodel.query import syntax as s

if TYPE_CHECKING:
    from lark import Token

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


@v_args(inline=True)
class PatternCallbacks(Transformer["Token", s.Query]):
    """Callbacks of the grammar's rules for patterns."""

    source: Source

    def path(self, *parts: Part) -> s.Path:
        """Make a path of alternating nodes and relationships."""
        return s.Path(tuple(parts[0::2]), tuple(parts[1::2]), parts[0].at)

    def named_path(self, name: Token, *_parts: Part) -> s.Path:
        """Refuse a path variable."""
        reason = "paths cannot be named"
        raise self.source.error(reason, place(name), "Name nodes and relationships instead.")

    def node(
        self, opening: Token, name: Part, labels: Part, properties: Part, where: Part, _end: Part
    ) -> Part:
        """Make a node pattern."""
        variable = None if name is None else str(name)
        return s.NodePattern(variable, labels, properties, where, place(opening))

    def opening(self, token: Token) -> Token:
        """Pass the bracket on."""
        return token

    def labels(self, *parts: Part) -> tuple[tuple[str, ...], ...]:
        """Gather groups of labels."""
        return tuple(part for part in parts if isinstance(part, tuple))

    def label_group(self, *parts: Token) -> tuple[str, ...]:
        """Gather alternative labels; as tokens they know their place."""
        return tuple(part for part in parts if part.type == "NAME")

    def properties(self, map_: s.MapLiteral | None) -> Properties:
        """Gather an inline property map."""
        return () if map_ is None else map_.items

    def bracketed(self, opening: Token, *parts: Part) -> s.RelationshipPattern:
        """Make a relationship pattern with brackets."""
        name, types, hops, properties, where, _end = parts
        variable = None if name is None else str(name)
        at = place(opening)
        return s.RelationshipPattern(
            variable, types, direction_of(opening), hops, properties, where, at
        )

    def bare(self, arrow: Token) -> s.RelationshipPattern:
        """Make a relationship pattern without brackets."""
        return s.RelationshipPattern(None, (), direction_of(arrow), at=place(arrow))

    def types(self, _colon: Token | None, group: tuple[str, ...] | None) -> tuple[str, ...]:
        """Gather alternative types."""
        return group or ()

    def hops(self, star: Part, first: Part, dots: Part, last: Part) -> tuple[int, int] | None:
        """Read the bounds of a variable length; without an upper bound it is refused."""
        if star is None:
            return None
        low = 1 if first is None else int(first)
        high = (
            int(last) if last is not None else (low if dots is None and first is not None else -1)
        )
        if high < 0:
            reason = "a variable length needs an upper bound"
            raise self.source.error(reason, place(star), "Write *1..8, for example.")
        if high > MAX_HOPS:
            reason = f"more than {MAX_HOPS} hops are asked for"
            raise self.source.error(reason, place(star))
        return low, high
