"""A real Neo4j for tests: the server NEO4J_URI names, else one of our own on loopback.

Our own is Neo4j Community fetched by Maven into the user's cache folder, run by a Java that suits
its release in a temporary folder with a free port and a password made up for it. A guard process
owns the server and stops it as soon as the test process is gone, however that ended.

GRAPHMODEL_NEO4J_RELEASE chooses: `lts` (5.26, where it is not set), `newest`, or `lts,newest`.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests import server_guard
from tests.maven import NoJarsError, jar_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from neo4j import Driver

CHOICE = "GRAPHMODEL_NEO4J_RELEASE"
LOOPBACK = "127.0.0.1"
START_SECONDS = 240
STOP_SECONDS = 60
_CONFIGURATION = """server.default_listen_address={address}
server.bolt.enabled=true
server.bolt.listen_address={address}:{port}
server.http.enabled=false
server.https.enabled=false
server.memory.pagecache.size=256m
dbms.usage_report.enabled=false
db.shutdown_transaction_end_timeout=1s
dbms.cypher.min_replan_interval=1h
dbms.security.auth_enabled=true
"""
_JAVA = (
    *("-Xms256m", "-Xmx1g", "-XX:+UseG1GC", "-Dfile.encoding=UTF-8", "-Dlog4j2.disable.jmx=true"),
    "-Dio.netty.tryReflectionSetAccessible=true",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
)
_JAVA_FOLDERS = (("/usr/lib/jvm", ""), ("/Library/Java/JavaVirtualMachines", "/Contents/Home"))
_JAVA_25 = (
    "--enable-native-access=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
)


@dataclass(frozen=True)
class Release:
    """A release of Neo4j Community: its main class, flags, and the versions of Java it runs on."""

    version: str
    main: str
    javas: tuple[int, ...]
    flags: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the name of the server and its version, as it stands in the ids of tests."""
        return f"neo4j-{self.version}"


LTS = Release("5.26.30", "org.neo4j.server.CommunityEntryPoint", (17, 21))
NEWEST = Release("2026.09.0", "org.neo4j.server.Neo4jCommunity", (21, 25), _JAVA_25)
RELEASES = {"lts": LTS, "newest": NEWEST, LTS.version: LTS, NEWEST.version: NEWEST}


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


def java_for(versions: tuple[int, ...]) -> str | None:
    """Return the first Java of one of these versions: JAVA_HOME, the PATH, where systems put it."""
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    on_path = shutil.which("java")
    homes += [Path(on_path).resolve().parents[1]] if on_path else []
    for folder, inside in _JAVA_FOLDERS:
        homes += sorted(Path(folder).glob(f"*{inside}")) if Path(folder).is_dir() else []
    for home in homes:
        java = shutil.which("java", path=str(home / "bin"))
        if java and _java_version(java) in versions:
            return java
    return None


@cache
def _java_version(java: str) -> int:
    """Return the major version of a Java, 0 where it does not say."""
    command = [java, "-version"]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    found = re.search(rb'version "(\d+)', done.stderr)
    return int(found[1]) if found else 0


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
    port = _free_port()
    configuration = _CONFIGURATION.format(address=LOOPBACK, port=port)
    (home / "conf" / "neo4j.conf").write_text(configuration, encoding="utf-8")
    jars = os.pathsep.join([str(home / "conf" / "*"), str(library / "*")])
    place = [f"--home-dir={home}", f"--config-dir={home / 'conf'}"]
    guard = [sys.executable, server_guard.__file__, str(home)]
    with (home / "logs" / "console.log").open("wb") as log:
        process = subprocess.Popen(
            [*guard, java, *_JAVA, *release.flags, "-cp", jars, release.main, *place],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield _first_login(process, f"bolt://{LOOPBACK}:{port}", release)
        finally:
            process.communicate(timeout=STOP_SECONDS)  # closes the pipe: the guard stops Java


def _free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


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
