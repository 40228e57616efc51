"""The servers of the parity tests: 5.26, with `--long` also the newest; names stand in the ids."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest

from graphmodel.query.engines.neo4j_local import Release
from tests.needs import absent, is_long, is_required
from tests.neo4j_server import NoServerError, chosen_releases, named_server, running_server
from tests.parity.asking import ask, refused_because, wipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from neo4j import Driver

    from tests.parity.asking import Answer, Question

    Records = Sequence[Mapping[str, object]]
    Ask = Callable[[Records, Records, Sequence[Question]], list[Answer]]

NAMED_RELEASE = Release("of NEO4J_URI", "", ())


@dataclass(frozen=True)
class Server:
    """A server that answers, with its name and version."""

    name: str
    driver: Driver


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks a server one run for each chosen release."""
    if "server" in metafunc.fixturenames:
        named = named_server()
        try:
            releases = [NAMED_RELEASE] if named else chosen_releases(both=is_long())
        except NoServerError as error:
            raise pytest.UsageError(str(error)) from None
        ids = [named] if named else [release.name for release in releases]
        pairs = list(zip(ids, releases, strict=True))
        metafunc.parametrize("server", pairs, ids=ids, indirect=True, scope="session")


@pytest.fixture(scope="session")
def servers() -> Iterator[Callable[[str, Release], Server]]:
    """Yield a function that starts a server once and keeps it until the end of the run."""
    kept: dict[str, Server | str] = {}
    with ExitStack() as stack:

        def start(name: str, release: Release) -> Server:
            if name not in kept:
                try:
                    login = stack.enter_context(running_server(release, fetch=is_required("neo4j")))
                except NoServerError as error:
                    kept[name] = str(error)
                else:
                    driver = stack.enter_context(login.driver())
                    kept[name] = refused_because(driver) or Server(name, driver)
                    if isinstance(kept[name], Server):
                        stack.callback(wipe, driver)
            found = kept[name]
            return found if isinstance(found, Server) else absent("neo4j", found)

        yield start


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, servers: Callable[[str, Release], Server]) -> Server:
    """Return a real server that the tests may wipe, or skip."""
    return servers(*request.param)


@pytest.fixture(scope="session")
def neo4j(server: Server) -> Driver:
    """Return a driver of the server."""
    return server.driver


@pytest.fixture(scope="session")
def ask_neo4j(server: Server) -> Ask:
    """Return `ask`: nodes, relationships, `[(text, params)]` → one `Answer` for each query."""
    return partial(ask, server.driver)
