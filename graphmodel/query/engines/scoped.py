"""A query that sees the nodes of one case only, on a server that holds several.

Every node of a case carries the case's own label there. The text is printed again with that label
in every node pattern, so no pattern can reach a node of another case; relationships are within
reach through their ends alone. On a database with one case the text needs no change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.query.lexer import Source, read_tokens
from graphmodel.query.names import walk
from graphmodel.query.parse import parse
from graphmodel.query.syntax import NodePattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.query.lexer import Mark

_ENDS_LABELS = frozenset({"LBRACE", "WHERE", "RPAR"})


def quoted(name: str) -> str:
    """Return a name as Cypher writes any name.

    >>> quoted("a`b")
    '`a``b`'
    """
    return "`" + name.replace("`", "``") + "`"


def scoped(text: str, label: str) -> str:
    """Return the query with `label` demanded of every node pattern.

    CypherError: a text outside the subset; nothing is sent to a server that was not read here.

    >>> scoped("MATCH (p:Person)-->() RETURN p.name", "Case_a")
    'MATCH (p:(Person)&`Case_a`)-->(:`Case_a`) RETURN p.name'
    """
    source = Source(text)
    marks = read_tokens(source)
    places = {node.at for node in walk(parse(text)) if isinstance(node, NodePattern)}
    edits: list[tuple[int, int, str]] = []
    for index, mark in enumerate(marks):
        if mark.start in places:
            edits += _edits(marks, index, quoted(label))
    written = source.text
    for start, end, put in sorted(edits, reverse=True):
        written = written[:start] + put + written[end:]
    return written


def _edits(marks: Sequence[Mark], opening: int, label: str) -> list[tuple[int, int, str]]:
    """Return (start, end, new text) for the node pattern that a bracket opens.

    `:A:B` becomes `:(A&B)&label`, since the two ways of writing may not be mixed.
    """
    index = opening + 1
    if marks[index].kind not in {*_ENDS_LABELS, "COLON"}:
        index += 1
    if marks[index].kind != "COLON":
        end = marks[index - 1].end
        return [(end, end, f":{label}")]
    depth, last = 0, index
    while depth or marks[last + 1].kind not in _ENDS_LABELS:
        last += 1
        depth += (marks[last].kind == "LPAR") - (marks[last].kind == "RPAR")
    colons = [mark for mark in marks[index + 1 : last + 1] if mark.kind == "COLON"]
    begin, end = marks[index].end, marks[last].end
    joined = [(mark.start, mark.end, "&") for mark in colons]
    return [(begin, begin, "("), *joined, (end, end, f")&{label}")]
