"""A Neo4j server of one's own on a machine without Docker: fetched by Maven, run by Java.

It listens on the loopback address only, keeps its data in the user's data folder, and has a
password made up for it that stands in one file of mode 0600. Fetching the server's jars is the one
thing here that needs a network; nothing is fetched unless it was asked for.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from graphmodel.errors import EngineError, GraphmodelError, InputError
from graphmodel.private_files import write_private
from graphmodel.query.engines.jars import NoJarsError, jar_folder, jars_fetched
from graphmodel.query.engines.neo4j import Login, answers, change_first_password

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LOOPBACK = "127.0.0.1"
START_S = 240
STOP_S = 60
DOWNLOAD_MB = {"5.26.30": 123, "2026.09.0": 155}
_STATE = "server.json"
_FOLDERS = ("conf", "data", "logs", "plugins", "import", "run")
_CONFIGURATION = """server.default_listen_address={address}
server.bolt.enabled=true
server.bolt.listen_address={address}:{port}
server.http.enabled=false
server.https.enabled=false
server.memory.pagecache.size={page_cache}
dbms.usage_report.enabled=false
db.shutdown_transaction_end_timeout=1s
dbms.cypher.min_replan_interval=1h
dbms.security.auth_enabled=true
"""
_JAVA = (
    *("-XX:+UseG1GC", "-Dfile.encoding=UTF-8", "-Dlog4j2.disable.jmx=true"),
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
        """Return the name of the server and its version, as people write it."""
        return f"neo4j-{self.version}"


LTS = Release("5.26.30", "org.neo4j.server.CommunityEntryPoint", (17, 21))
NEWEST = Release("2026.09.0", "org.neo4j.server.Neo4jCommunity", (21, 25), _JAVA_25)
RELEASES = {"lts": LTS, "newest": NEWEST, LTS.version: LTS, NEWEST.version: NEWEST}


@dataclass(frozen=True, slots=True)
class LocalServer:
    """What is kept about a server that was brought up: where it listens, who runs it."""

    version: str
    port: int
    pid: int
    password: str

    @property
    def login(self) -> Login:
        """Return how to log in."""
        return Login(f"bolt://{LOOPBACK}:{self.port}", "neo4j", self.password)


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
    done = subprocess.run(  # noqa: S603 (a Java of this machine, no shell)
        command, capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    found = re.search(rb'version "(\d+)', done.stderr)
    return int(found[1]) if found else 0


def configuration(port: int, *, page_cache: str) -> str:
    """Return the text of neo4j.conf for a server that only this machine can reach."""
    return _CONFIGURATION.format(address=LOOPBACK, port=port, page_cache=page_cache)


def java_command(
    release: Release, java: str, library: Path, home: Path, heap: Sequence[str]
) -> list[str]:
    """Return the command that runs a server whose folders lie in `home`."""
    jars = os.pathsep.join(
        str(folder / "*") for folder in (home / "plugins", home / "conf", library)
    )
    place = [f"--home-dir={home}", f"--config-dir={home / 'conf'}"]
    return [java, *heap, *_JAVA, *release.flags, "-cp", jars, release.main, *place]


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def server_folder() -> Path:
    """Return the folder of the user's own server; `GRAPHMODEL_NEO4J_HOME` names another."""
    from platformdirs import user_data_path

    named = os.environ.get("GRAPHMODEL_NEO4J_HOME")
    return Path(named) if named else user_data_path("graphmodel", appauthor=False) / "neo4j"


def kept_server() -> LocalServer | None:
    """Return what is kept of a server that was brought up, whether or not it still runs."""
    try:
        text = (server_folder() / _STATE).read_text(encoding="utf-8")
        return LocalServer(**json.loads(text))
    except FileNotFoundError:
        return None
    except (OSError, TypeError, ValueError) as error:
        reason = f"{_STATE} in {server_folder()} cannot be read."
        raise InputError(reason, hint="Remove it, and bring the server up again.") from error


def needs_download(release: Release) -> bool:
    """Tell whether the server's jars have yet to be fetched."""
    return not jars_fetched("neo4j", release.version)


def bring_up(release: Release, told: Callable[[str], None]) -> LocalServer:
    """Start the user's own server, or return the one that runs; its jars may be fetched.

    EngineError: no Java of a fitting version, nothing fetched, or no answer in time.
    """
    kept = kept_server()
    if kept is not None and answers(kept.login):
        return kept
    java = java_for(release.javas)
    if java is None:
        versions = " or ".join(map(str, release.javas))
        reason = f"Neo4j {release.version} needs Java {versions}, and none was found."
        raise EngineError(reason, hint="Install it, or set JAVA_HOME.")
    try:
        told("fetch")
        library = jar_folder("org.neo4j", "neo4j", release.version, fetch=True)
    except NoJarsError as error:
        reason = f"{error}."
        raise EngineError(reason, hint="Install Maven, or check the network.") from error
    told("start")
    return _started(release, java, library, kept.password if kept else "")


def _started(release: Release, java: str, library: Path, password: str) -> LocalServer:
    home = server_folder() / release.version
    for name in _FOLDERS:
        (home / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    port = free_port()
    text = configuration(port, page_cache="512m")
    write_private(home / "conf" / "neo4j.conf", text.encode())
    is_new = not (home / "data" / "databases").exists()
    command = java_command(release, java, library, home, ("-Xms512m", "-Xmx2g"))
    with (home / "logs" / "console.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 (no shell, no text from data)
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    chosen = password if password and not is_new else secrets.token_urlsafe(24)
    server = LocalServer(release.version, port, process.pid, chosen)
    # kept before it answers: a run that is cut short leaves no server that nobody can stop
    write_private(server_folder() / _STATE, json.dumps(asdict(server)).encode())
    try:
        _await(process, server, first=is_new)
    except BaseException:
        _stop(process.pid)
        raise
    return server


def _await(process: subprocess.Popen[bytes], server: LocalServer, *, first: bool) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        if first:
            with suppress(GraphmodelError):
                change_first_password(server.login)
                first = False
        if not first and answers(server.login):
            return
        time.sleep(0.5)
    reason = f"Neo4j {server.version} did not come up."
    hint = f"Look into {server_folder() / server.version / 'logs'}."
    raise EngineError(reason, hint=hint)


def bring_down() -> bool:
    """Stop the user's own server; False where none runs."""
    kept = kept_server()
    if kept is None or not _is_ours(kept):
        return False
    return _stop(kept.pid)


def _is_ours(server: LocalServer) -> bool:
    """Tell whether the process is still the server: a number may have gone to another program."""
    try:
        command = Path(f"/proc/{server.pid}/cmdline").read_bytes()
    except OSError:
        return answers(server.login)  # no such folder on this system
    return str(server_folder()).encode() in command


def _stop(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGTERM)
    except OSError:
        return False
    deadline = time.monotonic() + STOP_S
    while time.monotonic() < deadline:
        with suppress(ChildProcessError, AttributeError):
            os.waitpid(pid, os.WNOHANG)  # a child that ended keeps its number until asked for
        try:
            os.kill(pid, 0)
        except OSError:
            return True
        time.sleep(0.2)
    return False
