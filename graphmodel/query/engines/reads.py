"""SQL of plain reads on the layout of a case: nothing to parse, nothing to plan.

Every name in these texts is a declared one, quoted; values are bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.errors import InternalError
from graphmodel.query.catalogue import ID_BITS
from graphmodel.store.tables import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphmodel.model.schema_types import GraphSchema


def _columns(alias: str, names: Sequence[str], declared: Sequence[str]) -> list[str]:
    unknown = set(names) - set(declared)
    if unknown:
        msg = f"Properties are not declared: {', '.join(sorted(unknown))}."
        raise InternalError(msg)
    return [f"{alias}.{quoted(name)}" for name in names]


def nodes_statement(schema: GraphSchema, label: str, names: Sequence[str], *, by_id: bool) -> str:
    """Return the SQL that reads properties of a label; `$ids` where `by_id`."""
    columns = ", ".join(_columns("n", names, schema.nodes[label].names()))
    where = " WHERE n.id IN (SELECT unnest($ids))" if by_id else ""
    return f"SELECT {columns} FROM graph.{quoted(label)} n{where}"  # noqa: S608 (declared names)


def _ids_of(labels: Sequence[str]) -> str:
    parts = (f"SELECT _nid, id FROM graph.{quoted(label)}" for label in labels)  # noqa: S608
    return f"({' UNION ALL '.join(parts)})"


def links_statement(
    schema: GraphSchema, type_: str, names: Sequence[str], *, by_start: bool, by_end: bool
) -> str:
    """Return the SQL that reads a type: label numbers and ids of both ends, then properties.

    `$starts` and `$ends` bind the ids asked for. A label's number counts from 1 in declared order.
    """
    declared = schema.relationships[type_]
    columns = "".join(f", {c}" for c in _columns("r", names, declared.names()))
    starts = sorted({start for start, _ in declared.ends})
    ends = sorted({end for _, end in declared.ends})
    conditions = ["TRUE"]
    if by_start:
        conditions.append("a.id IN (SELECT unnest($starts))")
    if by_end:
        conditions.append("b.id IN (SELECT unnest($ends))")
    return (
        f"SELECT r._src >> {ID_BITS}, a.id, r._dst >> {ID_BITS}, b.id{columns} "  # noqa: S608
        f"FROM graph.{quoted(type_)} r JOIN {_ids_of(starts)} a ON a._nid = r._src "
        f"JOIN {_ids_of(ends)} b ON b._nid = r._dst WHERE {' AND '.join(conditions)}"
    )
