"""Label expressions (`:A&!B`, `:A|B`, `:%`) into the classes of nodes, or types, that fit them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.query import syntax as s

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphmodel.query.session import Session

Classes = frozenset[int]


def node_classes(session: Session, wanted: s.LabelExpression | None, at: int) -> Classes:
    """Return the node classes that fit; an unknown label is refused."""
    catalogue = session.catalogue
    if wanted is None:
        return catalogue.all_classes
    some = frozenset(node.number for node in catalogue.nodes if node.labels)
    return _Fitting(session, "label", catalogue.labels, some, catalogue.all_classes, at).of(wanted)


def relationship_types(session: Session, wanted: s.LabelExpression | None, at: int) -> Classes:
    """Return the numbers of the relationship types that fit; an unknown type is refused."""
    catalogue = session.catalogue
    everything = catalogue.all_types
    if wanted is None:
        return everything
    known = catalogue.type_numbers
    what = "relationship type"
    return _Fitting(session, what, known, everything, everything, at).of(wanted)


class _Fitting:
    """Sets of class numbers: of each known name, of anything named at all, and of everything."""

    def __init__(
        self,
        session: Session,
        what: str,
        known: Mapping[str, Classes],
        some: Classes,
        everything: Classes,
        at: int,
    ) -> None:
        self.session, self.what, self.known = session, what, known
        self.some, self.everything, self.at = some, everything, at

    def of(self, wanted: s.LabelExpression) -> Classes:
        """Return the classes that fit an expression."""
        if isinstance(wanted, s.LabelName):
            if wanted.name not in self.known:
                raise self.session.unknown(self.what, wanted.name, self.known, wanted.at)
            return self.known[wanted.name]
        if isinstance(wanted, s.LabelNot):
            return self.everything - self.of(wanted.operand)
        if isinstance(wanted, s.LabelJoin):
            parts = [self.of(part) for part in wanted.operands]
            whole = parts[0]
            for part in parts[1:]:
                whole = whole & part if wanted.operator == "&" else whole | part
            return whole
        return self.some
