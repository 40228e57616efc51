"""One Neo4j server for all parity tests of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.needs import absent, is_required
from tests.neo4j_server import NoServerError, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from neo4j import Driver


@pytest.fixture(scope="session")
def neo4j() -> Iterator[Driver]:
    """Yield a driver of a real server that the tests may wipe, or skip."""
    try:
        with running_server(fetch=is_required("neo4j")) as login, login.driver() as driver:
            with driver.session(database="neo4j") as session:
                held = session.run("MATCH (n) RETURN count(n) AS n").single(strict=True)["n"]
            if held:
                absent("neo4j", "the database holds data, and the tests would wipe it")
            yield driver
            with driver.session(database="neo4j") as session:
                session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS").consume()
    except NoServerError as error:
        absent("neo4j", str(error))
