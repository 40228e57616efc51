"""`graphmodel doctor`: is everything there that the program needs on this machine?"""

from __future__ import annotations

import locale
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from graphmodel.cli.failures import fault_folder
from graphmodel.cli.session import LanguageName, Session
from graphmodel.errors import EngineError, GraphmodelError, LimitError
from graphmodel.settings import LOCALE_VARIABLES, program_version
from graphmodel.views.terminal_lines import Line, padded, parts

LEAST_FREE_BYTES = 1 << 30
PACKAGES = (
    *("duckdb", "lark", "networkx", "numba", "openpyxl", "platformdirs", "pyarrow", "pydantic"),
    *("rich", "sqlglot", "typer"),
)
DEFAULT_ZONE = "Asia/Shanghai"
LABEL_COLUMNS = 26
STATE_COLUMNS = 8


class Check(NamedTuple):
    """One line of the answer: what was looked at, whether it is in order, and what was seen."""

    key: str
    ok: bool
    seen: str
    exit_code: int = LimitError.exit_code


def doctor(
    ctx: typer.Context,
    *,
    warm: Annotated[bool, typer.Option("--warm")] = False,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """Check that this machine has what the program needs."""
    session: Session = ctx.obj
    session.speak(lang)
    codes = []
    looks: list[Callable[[], Check]] = [*CHECKS]
    looks += [partial(warm_kernels, session)] if warm else []
    for look in looks:
        check = look()
        session.show([check_line(session, check)])
        codes += [] if check.ok else [check.exit_code]
    session.result = min(codes, default=0)


def check_line(session: Session, check: Check) -> Line:
    """Return one line: ok or not ok, what was looked at, what was seen."""
    state = session.words("cli-doctor-ok" if check.ok else "cli-doctor-not-ok")
    label = session.words(f"cli-doctor-{check.key}")
    return parts(
        (padded(state, STATE_COLUMNS), "green" if check.ok else "bold red"),
        (padded(label, LABEL_COLUMNS), "bold"),
        (check.seen, ""),
        hang=STATE_COLUMNS + LABEL_COLUMNS,
    )


def check_program() -> Check:
    """Look at the versions of the program and of Python."""
    python = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return Check("program", sys.version_info >= (3, 11), f"{program_version()}, {python}")


def check_packages() -> Check:
    """Look at the packages that the program loads, without loading them."""
    seen, missing = [], []
    for name in PACKAGES:
        try:
            seen.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check("packages", ok=False, seen=", ".join(missing), exit_code=EngineError.exit_code)
    return Check("packages", ok=True, seen=", ".join(seen))


def check_engine() -> Check:
    """Ask the embedded engine one question whose answer is known."""
    try:
        from graphmodel.query.graph import PropertyGraph

        nodes = [{"id": "a", "labels": ["Person"], "properties": {"age": 41}}]
        graph = PropertyGraph.from_records(nodes, [])
        answer = graph.query("MATCH (p:Person) RETURN p.age + 1 AS n", {})
    except (GraphmodelError, ImportError, OSError) as error:
        return Check("engine", ok=False, seen=type(error).__name__, exit_code=EngineError.exit_code)
    ok = list(answer.rows) == [(42,)]
    return Check("engine", ok, f"1 → {answer.rows[0][0]}", EngineError.exit_code)


def check_rules() -> Check:
    """Look for the shipped rules and for the typologies that use them."""
    try:
        from graphmodel.detect.discovery import typologies
        from graphmodel.query.rules import rule

        found = [rule(f"typologies/{name}").name for name in typologies()]
    except (GraphmodelError, ImportError, OSError) as error:
        return Check("rules", ok=False, seen=type(error).__name__, exit_code=EngineError.exit_code)
    return Check("rules", bool(found), ", ".join(found), EngineError.exit_code)


def check_memory() -> Check:
    """Compare the memory that is free with the limit of the engine."""
    from graphmodel.store.case_file import MEMORY_LIMIT

    free = free_memory_bytes()
    if free is None:
        return Check("memory", ok=True, seen=f"limit {MEMORY_LIMIT}")
    seen = f"limit {MEMORY_LIMIT}, free {_gib(free)}"
    return Check("memory", free >= LEAST_FREE_BYTES // 2, seen)


def free_memory_bytes() -> int | None:
    """Return the memory that can be had without swapping; None where the system does not say."""
    try:
        rows = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    sizes = {name: rest.split()[0] for name, _, rest in (row.partition(":") for row in rows)}
    return int(sizes["MemAvailable"]) * 1024 if "MemAvailable" in sizes else None


def check_temp() -> Check:
    """Write into the temporary folder and look at what is free there."""
    folder = tempfile.gettempdir()
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"graphmodel")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check("temp", ok=False, seen=f"{folder}: {os.strerror(error.errno or 0)}")
    return Check("temp", free >= LEAST_FREE_BYTES, f"{folder}, free {_gib(free)}")


def check_locale() -> Check:
    """Try to write Chinese with the encoding of standard output."""
    encoding = sys.stdout.encoding or "ascii"
    named = next((os.environ[name] for name in LOCALE_VARIABLES if os.environ.get(name)), "–")
    seen = f"{encoding}, {locale.getpreferredencoding(do_setlocale=False)}, {named}"
    try:
        "名".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return Check("locale", ok=False, seen=seen)
    return Check("locale", ok=True, seen=seen)


def check_zone() -> Check:
    """Look for the time zone that a case has unless it names another."""
    try:
        zone = ZoneInfo(DEFAULT_ZONE)
    except (ZoneInfoNotFoundError, OSError):
        return Check("zone", ok=False, seen=DEFAULT_ZONE, exit_code=EngineError.exit_code)
    return Check("zone", ok=True, seen=zone.key)


def check_state() -> Check:
    """Ask whether a fault of the program could be recorded."""
    folder = fault_folder()
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    return Check("state", os.access(nearest, os.W_OK | os.X_OK), str(folder))


def warm_kernels(session: Session) -> Check:
    """Compile every kernel now, so that the first large case does not wait for it."""
    try:
        from graphmodel.kernels.jit import cache_folder
        from graphmodel.kernels.warm import doors

        start = time.perf_counter()
        for name, door in doors().items():
            session.meter(f"kernel {name}")
            door()
    except (ImportError, OSError) as error:
        return Check(
            "kernels", ok=False, seen=type(error).__name__, exit_code=EngineError.exit_code
        )
    took_s = time.perf_counter() - start
    return Check("kernels", ok=True, seen=f"{took_s:.1f} s, {cache_folder()}")


def _gib(size_bytes: int) -> str:
    return f"{size_bytes / (1 << 30):.1f} GiB"


CHECKS: tuple[Callable[[], Check], ...] = (
    check_program,
    check_packages,
    check_engine,
    check_rules,
    check_memory,
    check_temp,
    check_locale,
    check_zone,
    check_state,
)
