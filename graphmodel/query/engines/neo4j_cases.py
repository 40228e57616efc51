"""What a server holds of each case, and how one is removed.

A node `GraphmodelCase` per case keeps name, label and the digest of its last push. It is written as
unfinished before a push and as finished after it, so that a push that was cut short can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphmodel.query.engines.neo4j import ask
from graphmodel.query.engines.scoped import quoted

if TYPE_CHECKING:
    from graphmodel.query.engines.neo4j import Driver, Login

RECORD = "GraphmodelCase"
_BEGIN = f"MERGE (c:{RECORD} {{label: $label}}) SET c.name = $name, c.is_whole = false"
_FINISH = (
    f"MATCH (c:{RECORD} {{label: $label}}) SET c.is_whole = true, c.digest = $digest, "
    "c.pushed = toString(datetime())"
)


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A case on a server: `is_whole` is false after a push that was cut short."""

    name: str
    label: str
    is_whole: bool
    pushed: str
    nodes: int
    links: int


def begin_push(driver: Driver, login: Login, name: str, label: str) -> None:
    """Record that a case is being pushed."""
    ask(driver, login, _BEGIN, name=name, label=label)


def finish_push(driver: Driver, login: Login, label: str, digest: str) -> None:
    """Record that the server holds what the case holds."""
    ask(driver, login, _FINISH, label=label, digest=digest)


def held_cases(driver: Driver, login: Login) -> list[HeldCase]:
    """Return every case on the server by name, with what is there of it now."""
    text = (
        f"MATCH (c:{RECORD}) RETURN c.name, c.label, c.is_whole, coalesce(c.pushed, '–') "
        "ORDER BY c.name"
    )
    cases = []
    for name, label, whole, pushed in ask(driver, login, text):
        scope = quoted(label)
        ((nodes,),) = ask(driver, login, f"MATCH (n:{scope}) RETURN count(n)")
        ((links,),) = ask(driver, login, f"MATCH (:{scope})-[r]->() RETURN count(r)")
        cases.append(HeldCase(name, label, bool(whole), pushed, nodes, links))
    return cases


def wipe_case(driver: Driver, login: Login, label: str) -> int:
    """Remove the nodes of a case, its constraint and its record; return how many nodes went."""
    scope = quoted(label)
    ((nodes,),) = ask(driver, login, f"MATCH (n:{scope}) RETURN count(n)")
    remove = f"MATCH (n:{scope}) CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 10000 ROWS"
    ask(driver, login, remove)
    ask(driver, login, f"DROP CONSTRAINT {quoted(f'key_{label}')} IF EXISTS")
    ask(driver, login, f"MATCH (c:{RECORD} {{label: $label}}) DELETE c", label=label)
    return int(nodes)
