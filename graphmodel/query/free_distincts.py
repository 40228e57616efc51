"""An inner `DISTINCT` that changes no answer, since different rows are asked for at the end anyway.

Left out, what stands before it and behind it is one join graph, ordered as a whole. It is kept
where many equal rows are to be expected: there it saves work.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from graphmodel.query import syntax as s
from graphmodel.query.expressions import AGGREGATES
from graphmodel.query.names import aggregates_in
from graphmodel.query.ordering import expected_rows
from graphmodel.query.types import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.query.session import Session
    from graphmodel.query.states import State

_WORTH = 0.1
"""Equal rows to be expected for each possible row from which on they are removed at once."""


def ends_as_set(clauses: Sequence[s.Clause], *, united: bool) -> bool:
    """Tell whether it makes no difference to the answer how often a row occurs on the way.

    `united` tells that the rows of the branch are made different by a UNION.
    """
    for clause in clauses:
        if not isinstance(clause, s.Projection):
            continue
        grouped = aggregates_in(tuple(item.expression for item in clause.items), AGGREGATES)
        cut = clause.skip is not None or clause.limit is not None
        if grouped or (cut and not (clause.final and clause.distinct)):
            return False
        if clause.final:
            return clause.distinct or united
    return False


def lightened(session: Session, state: State, clause: s.Clause) -> s.Clause:
    """Return a WITH DISTINCT of nodes and relationships without its DISTINCT, where it may go."""
    if not isinstance(clause, s.Projection) or not clause.distinct or clause.final:
        return clause
    if clause.star or clause.order or clause.condition is not None or clause.limit or clause.skip:
        return clause
    possible = 1.0
    for item in clause.items:
        named = item.expression
        held = state.scope.get(named.name) if isinstance(named, s.Variable) else None
        if held is None or held.type.kind not in {Kind.NODE, Kind.RELATIONSHIP}:
            return clause
        possible *= max(_instances(session, held.type.kind, held.type.classes), 1)
    if not math.isfinite(possible) or expected_rows(state.graph) > possible * _WORTH:
        return clause
    return replace(clause, distinct=False)


def _instances(session: Session, kind: Kind, classes: frozenset[int]) -> int:
    catalogue = session.catalogue
    if kind is Kind.NODE:
        return sum(catalogue.rows(catalogue.classes[number].table) for number in classes)
    return sum(catalogue.rows(catalogue.edge_numbers[number].table) for number in classes)
