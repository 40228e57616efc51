"""The stated order of events: the transitive closure of `AFTER`, written as `BEFORE`."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

from graphmodel.errors import LimitError
from graphmodel.query.reading import read_links
from graphmodel.store.derived import DerivedLink, write_links

if TYPE_CHECKING:
    from graphmodel.query.engines.base import Engine
    from graphmodel.store.case_file import CaseFile

MAX_PAIRS = 2_000_000
"""Longest closure kept; a case with more is refused, since a part would mislead."""


def derive_orders(case_file: CaseFile, engine: Engine) -> None:
    """Write `BEFORE` from each event to all that are stated to come after it, directly or not.

    The grounds of a pair are the `AFTER` facts of one shortest chain. LimitError past `MAX_PAIRS`.
    """
    later: dict[tuple[str, str], list[tuple[tuple[str, str], str]]] = defaultdict(list)
    for link in sorted(read_links(engine, "AFTER")):
        earlier, event = (link.end_label, link.end), (link.start_label, link.start)
        later[earlier].append((event, str(link.values[0])))
    links: list[DerivedLink] = []
    for start in sorted(later):
        chains: dict[tuple[str, str], tuple[str, ...]] = {start: ()}
        queue = deque([start])
        while queue:
            event = queue.popleft()
            for following, fact in later.get(event, ()):
                if following not in chains:
                    chains[following] = (*chains[event], fact)
                    queue.append(following)
        links += [DerivedLink(start, end, facts) for end, facts in chains.items() if end != start]
        if len(links) > MAX_PAIRS:
            msg = f"More than {MAX_PAIRS:,} pairs of events are ordered by `after`."
            raise LimitError(msg, hint="State only the orders that the times do not show.")
    write_links(case_file, "BEFORE", links, rule="derive/orders@1")
