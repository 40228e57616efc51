"""Runs a query where it can be left: a thread of its own, watched for time and memory.

The database looks for an interrupt between two vectors only, and one vector can hold a list of
millions or a text of gigabytes; Python looks for nothing at all while it compiles or converts. So
the work runs in a thread. When a limit is passed it is told to stop in every way there is (a flag,
an interrupt, an exception raised in the thread), and after a short grace the caller goes on
without it: the thread keeps being interrupted, gives its memory back when it ends, and its result
is never read.
"""

from __future__ import annotations

import atexit
import ctypes
import mmap
import time
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from graphmodel.query.engines.limits import Limits

Result = TypeVar("Result")

_POLL_S = 0.02
"""Seconds between two looks at the memory in use."""

_GRACE, _LONGEST_GRACE_S = 0.02, 0.1
"""Share of the budget, and most seconds, that a stopped query has to end by itself."""

_AGAIN_S = 0.05
_LONGEST_END_S = 60.0
_STATM = Path("/proc/self/statm")


class StoppedError(Exception):
    """Raised inside the watched work once it is to stop; never seen outside."""


class Work:
    """What watched work gets: a connection of its own, its limits, and when to stop.

    Work sets `is_ending` once it has heard that and only clears up.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, limits: Limits) -> None:
        """Keep the connection and the limits."""
        self.connection = connection
        self.limits = limits
        self.is_stopped = False
        self.is_ending = False

    def check(self) -> None:
        """Raise StoppedError once the work is to stop; call it between two short pieces."""
        if self.is_stopped:
            raise StoppedError


class _Job(Work, Generic[Result]):
    """Work in its thread: its result or its error, and whether it has ended."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        limits: Limits,
        task: Callable[[Work], Result],
    ) -> None:
        super().__init__(connection.cursor(), limits)
        self.ended = Event()
        self.result: list[Result] = []
        self.error: BaseException | None = None
        self._task = task
        self._ending = Lock()
        self._is_closed = False
        self._thread = Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        try:
            result = self._task(self)
            if not self.is_stopped:
                self.result.append(result)
            del result
        except BaseException as error:  # noqa: BLE001 - told to the caller, whatever it is
            self.error = None if self.is_stopped else error
        finally:
            with self._ending:
                self._is_closed = True
            with suppress(Exception):
                self.connection.close()
            if self.is_stopped:
                _give_back()
            self.ended.set()

    def stop(self, grace_s: float) -> None:
        """Tell the work to stop and give it a moment; what does not end is left behind."""
        self.is_stopped = True
        self._interrupt()
        if self.ended.wait(grace_s):
            return
        self._raise_inside()
        _LEFT.append(self)
        Thread(target=self._remind, daemon=True).start()

    def _interrupt(self) -> None:
        with self._ending:
            if not self._is_closed:
                with suppress(Exception):
                    self.connection.interrupt()

    def _raise_inside(self) -> None:
        """Stop Python code that never looks at the flag, such as the compiler."""
        with self._ending:
            if not (self._is_closed or self.is_ending) and self._thread.ident is not None:
                ident = ctypes.c_ulong(self._thread.ident)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(StoppedError))

    def _remind(self) -> None:
        # an interrupt is forgotten where a statement begins just after it
        while not self.ended.wait(_AGAIN_S):
            self._interrupt()
        _LEFT.remove(self)


_LEFT: list[_Job[Any]] = []


def is_work_left() -> bool:
    """Tell whether stopped work is still on its way to its end."""
    return bool(_LEFT)


@atexit.register
def _wait_for_all() -> None:
    """Let stopped work end before the interpreter does: a thread that wakes later is a crash."""
    for job in tuple(_LEFT):
        job.ended.wait(_LONGEST_END_S)


def watched(
    connection: duckdb.DuckDBPyConnection, limits: Limits, task: Callable[[Work], Result]
) -> Result:
    """Return what `task` returns on a cursor of the connection, within time and memory.

    QueryLimitError where a limit is passed; errors of the task are raised as they are. Ctrl-C ends
    the task, too.
    """
    started = time.monotonic()
    before = _memory_bytes(connection) if limits.memory_limit_mb is not None else 0
    job = _Job(connection, limits, task)
    job.start()
    try:
        which = _watch(job, started, before)
    except BaseException:
        job.stop(0.0)
        raise
    if which:
        job.stop(min((limits.budget_s or 1.0) * _GRACE, _LONGEST_GRACE_S))
        raise limits.passed(which) from None
    if job.error is not None:
        raise job.error
    return job.result.pop()


def _watch(job: _Job[Result], started: float, before: int) -> str:
    """Wait for the end of the work; return the limit that was passed, or nothing."""
    budget_s, memory_mb = job.limits.budget_s, job.limits.memory_limit_mb
    while True:
        left = None if budget_s is None else started + budget_s - time.monotonic()
        if left is not None and left <= 0:
            return "" if job.ended.is_set() else "budget"
        pauses = [pause for pause in (left, None if memory_mb is None else _POLL_S) if pause]
        if job.ended.wait(min(pauses, default=None)):
            return ""
        if memory_mb is not None and _memory_bytes(job.connection) - before > memory_mb * 1e6:
            return "memory"


def _memory_bytes(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many bytes the program holds; what the database knows of, where only it tells."""
    with suppress(OSError, ValueError, IndexError):
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
        return pages * mmap.PAGESIZE
    with connection.cursor() as cursor:
        found = cursor.execute("SELECT sum(memory_usage_bytes) FROM duckdb_memory()").fetchone()
    return int(found[0] or 0) if found else 0


def _give_back() -> None:
    """Give free memory back to the system: the database does so when any database is closed."""
    import duckdb

    with suppress(duckdb.Error):
        duckdb.connect(":memory:").close()
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
