"""A real Neo4j for tests: the server NEO4J_URI names, else one of our own on loopback.

Our own is Neo4j Community fetched by Maven into the user's cache folder, run by a Java that suits
its release in a temporary folder with a free port and a password made up for it. A guard process
owns the server and stops it as soon as the test process is gone, however that ended.

GRAPHMODEL_NEO4J_RELEASE chooses: `lts` (5.26, where it is not set), `newest`, or `lts,newest`.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from graphmodel.query.engines.jars import NoJarsError, jar_folder
from graphmodel.query.engines.neo4j_local import (
    LOOPBACK,
    LTS,
    RELEASES,
    Release,
    configuration,
    free_port,
    java_command,
    java_for,
)
from tests import server_guard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from neo4j import Driver

CHOICE = "GRAPHMODEL_NEO4J_RELEASE"
START_SECONDS = 240
STOP_SECONDS = 60


class NoServerError(Exception):
    """Why there is no server, in one sentence."""


@dataclass(frozen=True)
class Login:
    """Where a server listens and how to log in; the password is never shown."""

    uri: str
    user: str
    password: str = field(repr=False)

    def driver(self) -> Driver:
        """Return a driver for this server."""
        from neo4j import GraphDatabase

        login = (self.user, self.password)
        return GraphDatabase.driver(self.uri, auth=login, notifications_min_severity="OFF")


def chosen_releases(*, both: bool = False) -> list[Release]:
    """Return what GRAPHMODEL_NEO4J_RELEASE names; without it the LTS, and the newest if `both`."""
    named = os.environ.get(CHOICE) or ("lts,newest" if both else "lts")
    try:
        return [RELEASES[name.strip()] for name in named.split(",")]
    except KeyError as error:
        reason = f"{CHOICE} knows {', '.join(RELEASES)}, not {error}"
        raise NoServerError(reason) from None


@contextmanager
def running_server(release: Release = LTS, *, fetch: bool) -> Iterator[Login]:
    """Yield the login of a server that answers; `fetch` allows the download by Maven (123 MB)."""
    uri = os.environ.get("NEO4J_URI")
    if uri:
        user = os.environ.get("NEO4J_USER", "neo4j")
        yield _answering(Login(uri, user, os.environ.get("NEO4J_PASSWORD", "")))
        return
    java = java_for(release.javas)
    if not java:
        versions = " or ".join(map(str, release.javas))
        reason = (
            f"NEO4J_URI is not set and Neo4j {release.version} needs Java {versions}: none is"
            " on the PATH, at JAVA_HOME or among the installed ones"
        )
        raise NoServerError(reason)
    library = _library(release, fetch=fetch)
    with (
        tempfile.TemporaryDirectory(prefix="graphmodel-neo4j-", ignore_cleanup_errors=True) as home,
        _own_server(release, java, library, Path(home)) as login,
    ):
        yield login


def named_server() -> str:
    """Return name and version of the server NEO4J_URI names, as in the ids of tests, else ""."""
    from neo4j.exceptions import DriverError, Neo4jError

    uri = os.environ.get("NEO4J_URI")
    if not uri:
        return ""
    user = os.environ.get("NEO4J_USER", "neo4j")
    login = Login(uri, user, os.environ.get("NEO4J_PASSWORD", ""))
    try:
        with login.driver() as driver, driver.session(database="system") as session:
            kernel = session.run("CALL dbms.components()").data()[0]
    except (DriverError, Neo4jError, OSError, ValueError):
        return "neo4j-of-NEO4J_URI"  # the test itself says why there is none
    return f"neo4j-{kernel['versions'][0]}"


def _answering(login: Login) -> Login:
    """Return the login if its server answers."""
    from neo4j.exceptions import DriverError, Neo4jError

    try:
        with login.driver() as driver:
            driver.verify_connectivity()
    except (DriverError, Neo4jError, OSError, ValueError) as error:
        reason = (
            f"the server of NEO4J_URI does not answer or refuses the login ({type(error).__name__})"
        )
        raise NoServerError(reason) from error
    return login


def _library(release: Release, *, fetch: bool) -> Path:
    """Return the folder of the server's jars, fetched once if allowed."""
    try:
        return jar_folder("org.neo4j", "neo4j", release.version, fetch=fetch)
    except NoJarsError as error:
        reason = f"NEO4J_URI is not set and {error}"
        raise NoServerError(reason) from error


@contextmanager
def _own_server(release: Release, java: str, library: Path, home: Path) -> Iterator[Login]:
    """Yield the login of a server started in `home` and stop it afterwards."""
    for name in ("conf", "data", "logs", "plugins", "import", "run"):
        (home / name).mkdir()
    port = free_port()
    text = configuration(port, page_cache="256m")
    (home / "conf" / "neo4j.conf").write_text(text, encoding="utf-8")
    command = java_command(release, java, library, home, ("-Xms256m", "-Xmx1g"))
    guard = [sys.executable, server_guard.__file__, str(home)]
    with (home / "logs" / "console.log").open("wb") as log:
        process = subprocess.Popen(
            [*guard, *command], stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield _first_login(process, f"bolt://{LOOPBACK}:{port}", release)
        finally:
            process.communicate(timeout=STOP_SECONDS)  # closes the pipe: the guard stops Java


def _first_login(process: subprocess.Popen[bytes], uri: str, release: Release) -> Login:
    """Wait until the server answers and replace its first password by a random one."""
    from neo4j.exceptions import DriverError, Neo4jError

    login = Login(uri, "neo4j", secrets.token_urlsafe(24))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        # refused while it starts; the databases come up one after the other
        with suppress(DriverError, Neo4jError, OSError):
            first = Login(uri, "neo4j", "neo4j")
            with first.driver() as driver, driver.session(database="system") as session:
                change = "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password"
                session.run(change, password=login.password).consume()
            _wait_for_database(login, deadline)
            return login
        time.sleep(0.5)
    ended = process.poll()
    why = (
        f"did not answer within {START_SECONDS} s" if ended is None else f"ended with code {ended}"
    )
    reason = f"Neo4j {release.version} {why}"
    raise NoServerError(reason)


def _wait_for_database(login: Login, deadline: float) -> None:
    """Return when the user database answers, or at the deadline."""
    from neo4j.exceptions import DriverError, Neo4jError

    while time.monotonic() < deadline:
        with (
            suppress(DriverError, Neo4jError, OSError),
            login.driver() as driver,
            driver.session(database="neo4j") as session,
        ):
            session.run("RETURN 1 AS one").consume()
            return
        time.sleep(0.2)
