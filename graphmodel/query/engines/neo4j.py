"""The engine on a server: the same query texts, answered by Neo4j over Bolt.

The only module that knows the driver. A password is held in memory, handed to the driver, and never
part of a text, an error or a file. Reads run in read transactions, which the driver repeats after
a passing fault; what a server says is told in one sentence without its texts, which may quote data.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphmodel.errors import EngineError, LimitError, UsageError
from graphmodel.query.engines.base import QueryResult
from graphmodel.query.engines.limits import Limits
from graphmodel.query.engines.scoped import quoted, scoped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from neo4j import Driver as Driver  # noqa: PLC0414 (for those that must not import it)
    from neo4j import ManagedTransaction as ManagedTransaction  # noqa: PLC0414

    from graphmodel.model.schema_types import GraphSchema

DATABASE = "neo4j"
CONNECT_S = 15.0
RETRY_S = 15.0
FETCH_ROWS = 5_000
_ROWS = "rows"
_REFUSED = {"Unauthorized", "AuthenticationRateLimit", "CredentialsExpired"}


@dataclass(frozen=True, slots=True)
class Login:
    """Where a server listens and who asks; the password is never shown."""

    uri: str
    user: str = "neo4j"
    password: str = field(default="", repr=False)
    database: str = DATABASE


@contextmanager
def connected(login: Login) -> Iterator[Driver]:
    """Yield a driver whose server answers; EngineError in one sentence where it does not."""
    from neo4j import GraphDatabase
    from neo4j.exceptions import ConfigurationError

    try:
        driver = GraphDatabase.driver(
            login.uri,
            auth=(login.user, login.password),
            connection_timeout=CONNECT_S,
            connection_acquisition_timeout=CONNECT_S * 2,
            max_transaction_retry_time=RETRY_S,
            notifications_min_severity="OFF",
            telemetry_disabled=True,
        )
    except (ConfigurationError, ValueError) as error:
        reason = "The address of the Neo4j server cannot be read."
        raise UsageError(reason, hint="Write it like bolt://127.0.0.1:7687.") from error
    with driver, faults(login.uri):
        driver.verify_connectivity()
        yield driver


def answers(login: Login) -> bool:
    """Tell whether a server answers this login and its database can be used."""
    try:
        with connected(login) as driver, driver.session(database=login.database) as session:
            session.run("RETURN 1 AS one").consume()
    except (EngineError, LimitError):
        return False
    return True


def server_version(driver: Driver, login: Login) -> str:
    """Return name and version of the server, such as `Neo4j 5.26.30`."""
    with faults(login.uri), driver.session(database="system") as session:
        found = session.run("CALL dbms.components()").data()
    return ", ".join(f"{one['name']} {one['versions'][0]}" for one in found[:1])


def ask(driver: Driver, login: Login, text: str, **params: object) -> list[tuple[Any, ...]]:
    """Return the rows of one statement that runs by itself, outside a managed transaction."""
    with (
        faults(login.uri),
        driver.session(database=login.database, fetch_size=FETCH_ROWS) as session,
    ):
        return [tuple(record.values()) for record in session.run(text, params)]


def change_first_password(login: Login) -> None:
    """Replace the password of a new server by that of the login; EngineError until it answers."""
    first = Login(login.uri, login.user, "neo4j", "system")
    change = "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password"
    with connected(first) as driver, driver.session(database="system") as session:
        session.run(change, password=login.password).consume()


@contextmanager
def faults(uri: str) -> Iterator[None]:
    """Turn what the driver raises into one sentence of ours."""
    from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable

    try:
        yield
    except AuthError as error:
        reason = f"The Neo4j server at {uri} refuses the user or the password."
        hint = "Set NEO4J_USER and NEO4J_PASSWORD."
        raise EngineError(reason, hint=hint) from error
    except ServiceUnavailable as error:
        reason = f"The Neo4j server at {uri} does not answer."
        raise EngineError(reason, hint="Start it, or check the address and the network.") from error
    except Neo4jError as error:
        raise _told(error.code or "", uri) from error
    except (DriverError, OSError) as error:
        reason = f"The connection to the Neo4j server at {uri} was lost."
        raise EngineError(reason, hint="Try again when the server is back.") from error


def _told(code: str, uri: str) -> EngineError | LimitError:
    """Return our error for the code of a server's."""
    kind = code.rpartition(".")[2]
    if kind in _REFUSED:
        reason = f"The Neo4j server at {uri} refuses the user or the password."
        return EngineError(reason, hint="Set NEO4J_USER and NEO4J_PASSWORD.")
    if "TransactionTimedOut" in kind:
        reason = "The time budget of the query was used up on the server."
        return LimitError(reason, hint="Narrow the query or raise --budget.")
    if "OutOfMemory" in kind or "MemoryPool" in kind:
        reason = f"The Neo4j server at {uri} has too little memory for this."
        return EngineError(reason, hint="Give it more heap, or narrow the query.")
    if kind in {"DatabaseUnavailable", "DatabaseNotFound"} or "General" in code:
        reason = f"The database on {uri} cannot be used ({kind})."
        return EngineError(reason, hint="Look into the server's log; its disk may be full.")
    return EngineError(f"The Neo4j server at {uri} ended a statement with an error ({kind}).")


class Neo4jEngine:
    """Asks the nodes of one case on a server; `label` is the case's own, "" for the whole of it.

    Rows are lists as from any engine; whole entities are not answered, as by the others.
    """

    def __init__(
        self,
        driver: Driver,
        schema: GraphSchema,
        *,
        label: str = "",
        login: Login,
        limits: Limits | None = None,
    ) -> None:
        """Keep the driver; closing the engine leaves it open."""
        self.schema = schema
        self.label = label
        self.limits = limits or Limits(None)
        self._driver, self._login = driver, login

    def run(self, text: str, params: Mapping[str, object] | None = None) -> QueryResult:
        """Return the rows of a query inside the subset, all of them or an error."""
        columns, rows = self._read(scoped(text, self.label) if self.label else text, params or {})
        if self.limits.max_rows is not None and len(rows) > self.limits.max_rows:
            raise self.limits.passed(_ROWS)
        return QueryResult(columns, rows)

    def _read(
        self, text: str, params: Mapping[str, object]
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        from neo4j import unit_of_work

        @unit_of_work(timeout=self.limits.budget_s)
        def work(
            transaction: ManagedTransaction,
        ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
            result = transaction.run(text, dict(params))
            return tuple(result.keys()), [tuple(record.values()) for record in result]

        with (
            faults(self._login.uri),
            self._driver.session(
                database=self._login.database, fetch_size=FETCH_ROWS, default_access_mode="READ"
            ) as session,
        ):
            return session.execute_read(work)

    def nodes(
        self, label: str, names: Sequence[str], ids: Sequence[str] | None
    ) -> list[tuple[object, ...]]:
        """Return the named properties of the nodes of a label, all or those with these ids."""
        columns = ", ".join(f"n.{quoted(name)}" for name in names)
        where = "" if ids is None else " WHERE n.id IN $ids"
        text = f"MATCH (n:{self._scoped(label)}){where} RETURN {columns}"
        return self._read(text, {} if ids is None else {"ids": list(ids)})[1]

    def links(
        self,
        type_: str,
        names: Sequence[str],
        starts: Sequence[str] | None,
        ends: Sequence[str] | None,
    ) -> list[tuple[Any, ...]]:
        """Return a type's relationships: label and id of both ends, then the named properties."""
        columns = "".join(f", r.{quoted(name)}" for name in names)
        tests = [
            text
            for ids, text in ((starts, "a.id IN $starts"), (ends, "b.id IN $ends"))
            if ids is not None
        ]
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        scope = f":{quoted(self.label)}" if self.label else ""
        text = (
            f"MATCH (a{scope})-[r:{quoted(type_)}]->(b{scope}){where} "
            f"RETURN labels(a), a.id, labels(b), b.id{columns}"
        )
        found = self._read(text, {"starts": list(starts or ()), "ends": list(ends or ())})[1]
        return [(self._declared(row[0]), row[1], self._declared(row[2]), *row[3:]) for row in found]

    def _declared(self, labels: Sequence[str]) -> str:
        return next(name for name in labels if name in self.schema.nodes)

    def _scoped(self, label: str) -> str:
        return f"{quoted(label)}&{quoted(self.label)}" if self.label else quoted(label)

    def close(self) -> None:
        """Nothing is held open beside the driver, which belongs to the caller."""
