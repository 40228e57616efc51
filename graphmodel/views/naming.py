"""What things are called on a page: names, platforms, masked handles, or neutral codes.

Handles and identifiers are masked unless a name is the same text. A redacted page holds no name, no
handle and no id of the case: each thing has a short code instead, the same all over the page.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphmodel.texts import catalogue, text
from graphmodel.views.escape import one_line
from graphmodel.views.graph_index import GraphIndex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphmodel.model.subgraph import NodeFact, SubGraph
    from graphmodel.texts import Language

_CODES = {
    "Person": "P",
    "Account": "A",
    "Persona": "N",
    "Batch": "B",
    "Deal": "D",
    "Payment": "M",
    "Claim": "C",
    "Offer": "O",
    "Source": "S",
}
_OTHER_CODE = "R"
_KEPT_END, _SHORTEST = 2, 4
_LONG_NUMBER = re.compile(r"(?<![0-9.,])(?:1[3-9][0-9]{9}|[0-9]{15,19}|[0-9]{17}[Xx])(?![0-9])")
"""Mobile numbers, identity numbers and card numbers as written in China."""


def masked(value: str) -> str:
    """Return an identifier with its middle hidden.

    >>> masked("wx_wang88"), masked("13800138000"), masked("abc")
    ('wx•••88', '13•••00', '•••')
    """
    if len(value) <= _SHORTEST:
        return "•••"
    return f"{value[:_KEPT_END]}•••{value[-_KEPT_END:]}"


class Names:
    """The names of one page in one language. `ids` are further fact ids that the page cites."""

    def __init__(
        self, graph: SubGraph, language: Language, *, ids: Iterable[str] = (), redact: bool = False
    ) -> None:
        """Collect what must be masked, or give every id its code."""
        self.language = language
        self.redact = redact
        self.graph = graph
        self._index: GraphIndex | None = None
        self._codes = _codes(graph, ids) if redact else {}
        self._secrets = _secrets(graph)
        self._beginnings: dict[str, list[str]] = {}
        for secret in sorted(self._secrets, key=lambda s: (-len(s), s)):
            self._beginnings.setdefault(secret[:_SHORTEST], []).append(secret)

    @property
    def index(self) -> GraphIndex:
        """Return the facts of the graph by node and type; they are read once."""
        if self._index is None:
            self._index = GraphIndex(self.graph)
        return self._index

    def name(self, key: tuple[str, str]) -> str:
        """Return the name of a person, persona, batch or source; empty where it has none."""
        if self.redact:
            return self.code(key[1])
        node = self.graph.nodes.get(key)
        cells = node.properties if node else {}
        named = cells.get("name") or cells.get("title") or cells.get("label")
        return one_line(str(named)) if named else ""

    def code(self, fact: str) -> str:
        """Return the id of a fact, or its code on a redacted page."""
        return self._codes.get(fact, "") if self.redact else one_line(fact)

    def platform(self, account: NodeFact) -> str:
        """Return what kind of account it is, in words."""
        name = str(account.properties.get("platform") or "")
        if f"page-platform-{name}" in catalogue():
            return text(f"page-platform-{name}", self.language)
        if self.redact or not name:
            return text("page-account", self.language)
        return text("page-account-on", self.language, platform=one_line(name))

    def handle(self, account: NodeFact) -> str:
        """Return the masked handle of an account, its code on a redacted page, or nothing."""
        if self.redact:
            return self.code(account.id)
        handle = str(account.properties.get("handle") or "")
        if not handle:
            return ""
        return masked(one_line(handle)) if handle in self._secrets else one_line(handle)

    def sentence(self, plain: str) -> str:
        """Return a sentence with the handles and identifiers inside it masked."""
        parts: list[str] = []
        at = 0
        while at < len(plain):
            begun = self._beginnings.get(plain[at : at + _SHORTEST], ())
            secret = next((s for s in begun if plain.startswith(s, at)), "")
            parts.append(masked(secret) if secret else plain[at])
            at += len(secret) or 1
        return _LONG_NUMBER.sub(lambda found: masked(found[0]), "".join(parts))


def _secrets(graph: SubGraph) -> frozenset[str]:
    """Return handles and identifiers that are no names."""
    names = {
        str(node.properties.get("name") or "").casefold()
        for node in graph.nodes.values()
        if node.label in {"Person", "Persona"}
    }
    fields = {"Account": "handle", "Identifier": "value"}
    found = {
        str(node.properties.get(fields[node.label]) or "")
        for node in graph.nodes.values()
        if node.label in fields
    }
    return frozenset(v for v in found if len(v) >= _SHORTEST and v.casefold() not in names)


def _codes(graph: SubGraph, ids: Iterable[str]) -> dict[str, str]:
    """Return a short code for every id, numbered in order of id within its kind."""
    kinds = {node.id: _CODES.get(node.label, _OTHER_CODE) for node in graph.nodes.values()}
    for fact in (*(link.id for link in graph.links), *ids):
        kinds.setdefault(fact, _OTHER_CODE)
    numbers: dict[str, int] = {}
    codes = {}
    for fact in sorted(kinds):
        kind = kinds[fact]
        numbers[kind] = numbers.get(kind, 0) + 1
        codes[fact] = f"{kind}{numbers[kind]}"
    return codes


def role_words(role: str, language: Language) -> str:
    """Return a role in words; a role of an outside typology keeps its name."""
    key = f"role-{role}"
    return text(key, language) if key in catalogue() else one_line(role)
