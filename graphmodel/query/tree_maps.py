"""The part of the tree builder that makes maps: written out, and chosen from another."""

from __future__ import annotations

from lark import Token, v_args

from graphmodel.query import syntax as s
from graphmodel.query.refusals import Said
from graphmodel.query.tree_patterns import Part, PatternCallbacks, place


@v_args(inline=True)
class MapCallbacks(PatternCallbacks):
    """Callbacks of the grammar's rules for maps."""

    def _made(self, node: Part, *_parts: object) -> Part:
        """Return the node; who builds the whole tree looks at its depth."""
        return node

    def map(self, opening: Token, *parts: Part) -> Part:
        """Make a map; a key given twice is refused."""
        items = tuple(part for part in parts if isinstance(part, tuple))
        seen: set[str] = set()
        for key, _ in items:
            if key in seen:
                raise self.source.error(Said("refusal-key-twice", name=str(key)), place(key))
            seen.add(key)
        named = tuple((str(key), value) for key, value in items)
        return self._made(s.MapLiteral(named, place(opening)), *(value for _, value in items))

    def entry(self, key: Token, _colon: Token, value: Part) -> tuple[Token, Part]:
        """Make an entry of a map."""
        return key, value

    def key(self, token: Token) -> Token:
        """Return the key, which as a token knows its place."""
        return token

    def map_projection(self, name: Token, _open: Token, *parts: Part) -> Part:
        """Make `variable {.key, key: value, name}` of a map or node; null for null.

        It is a map written out; `variable {.*}` is its properties.
        """
        at = place(name)
        target = s.Variable(str(name), at)
        chosen = [part for part in parts if not isinstance(part, Token)]
        if None in chosen:
            if len(chosen) > 1:
                raise self.source.error(Said("refusal-projection-all"), at)
            return self._made(s.Call("properties", (target,), at=at))
        items: dict[str, Part] = {}
        for key, value in chosen:
            items.pop(str(key), None)
            items[str(key)] = s.PropertyOf(target, str(key), at) if value is None else value
        written = self._made(s.MapLiteral(tuple(items.items()), at), *items.values())
        absent = s.IsNull(target, False, at)  # noqa: FBT003 (a field)
        branches = ((absent, s.Literal("null", None, at)),)
        return self._made(s.Case(None, branches, written, at), written)

    def selected(self, _dot: Token, name: Token) -> tuple[Token, None]:
        """Choose a key."""
        return name, None

    def all_selected(self, *_tokens: Token) -> None:
        """Choose all keys."""

    def named_value(self, name: Token) -> tuple[Token, s.Variable]:
        """Add a variable under its own name."""
        return name, s.Variable(str(name), place(name))
