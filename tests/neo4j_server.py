"""A real Neo4j for tests: the server NEO4J_URI names, else one of our own on loopback.

Our own is Neo4j Community 5.26 fetched by Maven into the user's cache folder, run by Java 17 or 21
in a temporary folder with a free port and a password made up for it. A guard process owns the
server and stops it as soon as the test process is gone, however that ended.

    python -m tests.neo4j_server guard HOME COMMAND…    is the guard
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from neo4j import Driver

RELEASE = "5.26.30"
LOOPBACK = "127.0.0.1"
START_SECONDS = 120
STOP_SECONDS = 60
_MAIN = "org.neo4j.server.CommunityEntryPoint"
_SERVER_JAR = f"neo4j-{RELEASE}.jar"
_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>graphmodel</groupId><artifactId>neo4j-for-tests</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{RELEASE}</version>
  </dependency></dependencies>
</project>
"""
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


@contextmanager
def running_server(*, fetch: bool) -> Iterator[Login]:
    """Yield the login of a server that answers; `fetch` allows the download of 123 MB by Maven."""
    uri = os.environ.get("NEO4J_URI")
    if uri:
        user = os.environ.get("NEO4J_USER", "neo4j")
        yield _answering(Login(uri, user, os.environ.get("NEO4J_PASSWORD", "")))
        return
    java = shutil.which("java")
    if not java:
        reason = "NEO4J_URI is not set and no java is on the PATH"
        raise NoServerError(reason)
    library = _library(fetch=fetch)
    with (
        tempfile.TemporaryDirectory(prefix="graphmodel-neo4j-", ignore_cleanup_errors=True) as home,
        _own_server(java, library, Path(home)) as login,
    ):
        yield login


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


def _library(*, fetch: bool) -> Path:
    """Return the folder of the server's jars, fetched once if allowed."""
    home = user_cache_path("graphmodel") / f"neo4j-{RELEASE}"
    library = home / "lib"
    if (library / _SERVER_JAR).is_file():
        return library
    maven = shutil.which("mvn")
    if not fetch or not maven:
        reason = (
            "NEO4J_URI is not set and no server has been fetched yet (--require neo4j does, by mvn)"
        )
        raise NoServerError(reason)
    home.mkdir(parents=True, exist_ok=True)
    (home / "pom.xml").write_text(_POM, encoding="utf-8")
    # a fetch that was cut short must not look like a whole one
    with tempfile.TemporaryDirectory(dir=home, prefix="fetch-") as partial:
        command = [maven, "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime"]
        done = subprocess.run(
            [*command, f"-DoutputDirectory={partial}/lib"],
            cwd=home,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            reason = f"Maven could not fetch Neo4j {RELEASE} (exit code {done.returncode})"
            raise NoServerError(reason)
        shutil.rmtree(library, ignore_errors=True)
        (Path(partial) / "lib").replace(library)
    return library


@contextmanager
def _own_server(java: str, library: Path, home: Path) -> Iterator[Login]:
    """Yield the login of a server started in `home` and stop it afterwards."""
    for name in ("conf", "data", "logs", "plugins", "import", "run"):
        (home / name).mkdir()
    port = _free_port()
    configuration = _CONFIGURATION.format(address=LOOPBACK, port=port)
    (home / "conf" / "neo4j.conf").write_text(configuration, encoding="utf-8")
    jars = os.pathsep.join([str(home / "conf" / "*"), str(library / "*")])
    place = [f"--home-dir={home}", f"--config-dir={home / 'conf'}"]
    guard = [sys.executable, str(Path(__file__).resolve()), "guard", str(home)]
    with (home / "logs" / "console.log").open("wb") as log:
        process = subprocess.Popen(
            [*guard, java, *_JAVA, "-cp", jars, _MAIN, *place],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield _first_login(process, f"bolt://{LOOPBACK}:{port}")
        finally:
            process.communicate(timeout=STOP_SECONDS + 10)  # closes the pipe: the guard stops Java


def _free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _first_login(process: subprocess.Popen[bytes], uri: str) -> Login:
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
    reason = f"Neo4j {RELEASE} did not answer within {START_SECONDS} s, or Java ended"
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


def _guard(home: str, command: list[str]) -> int:
    """Run the command until it ends or the parent's pipe closes; remove `home`; return its code."""
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def stop() -> None:
        while os.read(sys.stdin.fileno(), 1024):  # ends when the parent closes the pipe or is gone
            pass
        server.terminate()
        try:
            server.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()

    threading.Thread(target=stop, daemon=True).start()
    code = server.wait()
    shutil.rmtree(home, ignore_errors=True)
    return code


if __name__ == "__main__":
    if sys.argv[1:2] != ["guard"]:
        sys.exit("usage: neo4j_server.py guard HOME COMMAND…")
    sys.exit(_guard(sys.argv[2], sys.argv[3:]))
