"""Plain reads of whole labels and relationship types, for code that needs facts as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphmodel.query.engines.base import Engine


class Link(NamedTuple):
    """A relationship as read: its ends' labels and ids, and the values asked for."""

    start_label: str
    start: str
    end_label: str
    end: str
    values: tuple[object, ...]


def read_nodes(
    engine: Engine, label: str, names: Sequence[str], *, ids: Iterable[str] | None = None
) -> list[tuple[object, ...]]:
    """Return the named properties of the nodes of a label, all or those with the given ids."""
    wanted = None if ids is None else sorted(set(ids))
    if wanted is not None and not wanted:
        return []
    return engine.nodes(label, names, wanted)


def read_links(
    engine: Engine,
    type_: str,
    names: Sequence[str] = ("id",),
    *,
    start_ids: Iterable[str] | None = None,
    end_ids: Iterable[str] | None = None,
) -> list[Link]:
    """Return the relationships of a type, all or those that begin or end at the given ids."""
    starts = None if start_ids is None else sorted(set(start_ids))
    ends = None if end_ids is None else sorted(set(end_ids))
    if starts == [] or ends == []:
        return []
    return [
        Link(row[0], row[1], row[2], row[3], row[4:])
        for row in engine.links(type_, names, starts, ends)
    ]
