"""The derive stage: computed properties, stated orders, rules of `cypher/derive/`, loops.

Derived facts can always be taken back: the stage begins by removing all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from graphmodel.derive.batches import overlapping_batches
from graphmodel.derive.loop_search import LoopSearch
from graphmodel.derive.loops import Walk, derive_loops
from graphmodel.derive.orders import derive_orders
from graphmodel.derive.payment_loops import derive_payment_loops
from graphmodel.derive.values import derive_values
from graphmodel.query.rules import rule
from graphmodel.store.derived import write_links
from graphmodel.store.parties import count_parts, write_parties

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphmodel.query.engines.base import Engine
    from graphmodel.store.case_file import CaseFile

ORDER = (
    "acts_through",
    "party",
    "related",
    "stands_for",
    "same_persona",
    "same_batch",
    "same_quantity",
    "resale",
)
"""Rules in the order in which they need each other; a file under `cypher/derive/` each."""


MOST_HUBS = 20
"""So many identifiers that relate nobody are named; the others are counted."""
MANY_PARTS = 50_000
"""From so many parts of accounts in events on, `PARTY` is written by internal numbers."""

CODE_VERSION = 4
"""Raised whenever derived facts found by code change."""


class DeriveParams(BaseModel):
    """Parameters of the derive stage; the defaults are those of the typology cards."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_accounts: int = 10
    min_containment: float = 0.8
    max_df: int = 3
    window_days: int = 31
    window_days_shown: int = 366
    close_days: int = 7
    span_days: int = 93
    max_deals: int = 6
    max_states: int = 10_000
    max_loops: int = 10_000
    payment_max_len: int = Field(default=6, ge=2, le=15)
    payment_window_days: int = 30
    payment_max_loops: int = 10_000
    payment_max_steps: int = 2_000_000


def _hubs(engine: Engine, max_accounts: int) -> list[str]:
    """Name the identifiers that too many accounts used to relate anybody."""
    found = rule("derive/hub_identifiers")
    rows = engine.run(found.text, {"max_accounts": max_accounts}).rows
    told = [
        f"identifiers: {kind} {id_} used by {accounts} accounts relates nobody "
        f"(max_accounts {max_accounts})"
        for id_, kind, accounts in rows[:MOST_HUBS]
    ]
    more = len(rows) - len(told)
    if more:
        told.append(f"identifiers: {more} more relate nobody (max_accounts {max_accounts})")
    return told


def _wrote_parties(case_file: CaseFile, engine: Engine, named: str) -> bool:
    """Write `PARTY` of very many events without the rule; False where the rule has to do it."""
    if count_parts(case_file) < MANY_PARTS:
        return False
    written = write_parties(case_file, rule=named)
    catalogue = getattr(engine, "catalogue", None)
    if written is not None and catalogue is not None:
        catalogue.grow("PARTY", written)  # the planner of later rules goes by sizes
    return written is not None


def derive_version(params: DeriveParams | None = None) -> str:
    """Return a digest of everything that decides derived facts: rules, their texts, parameters."""
    import hashlib

    whole = hashlib.sha256((params or DeriveParams()).model_dump_json().encode())
    for stem in ORDER:
        whole.update(rule(f"derive/{stem}").text.encode())
    return f"{CODE_VERSION}:{whole.hexdigest()}"


def derive(
    case_file: CaseFile,
    engine: Engine,
    params: DeriveParams | None = None,
    *,
    progress: Callable[[str], None] | None = None,
) -> list[str]:
    """Write every derived fact of a case; returns the limits that were hit, by rule.

    `progress` is told the name of each step as it begins.
    """
    params = params or DeriveParams()
    values = params.model_dump()
    told = progress or (lambda _: None)
    case_file.clear_derived()
    told("values")
    derive_values(case_file, engine)
    derive_orders(case_file, engine)
    for stem in ORDER:
        told(stem)
        found = rule(f"derive/{stem}")
        given = {name: values[name] for name in found.params}
        named = f"derive/{stem}@{found.version}"
        if stem != "party" or not _wrote_parties(case_file, engine, named):
            engine.write(found.subject, found.text, given, rule=named)
        if stem == "same_batch":
            links = overlapping_batches(case_file, params.min_containment)
            write_links(case_file, "SAME_BATCH", links, rule="derive/batches@1")
    told("loops")
    limits = Walk(params.max_deals, params.span_days, params.max_states, params.max_loops)
    truncated = [*_hubs(engine, params.max_accounts), *derive_loops(case_file, engine, limits)]
    told("payment loops")
    circles = LoopSearch(
        params.payment_max_len,
        params.payment_window_days,
        params.payment_max_loops,
        params.payment_max_steps,
    )
    return [*truncated, *derive_payment_loops(case_file, circles)]
