"""How a run that fails ends: one sentence, an exit code; for a fault a record without case data."""

from __future__ import annotations

import errno
import os
import platform
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len

from graphmodel.errors import (
    CypherError,
    GraphmodelError,
    InternalError,
    LimitError,
    UsageError,
)
from graphmodel.settings import APPLICATION, program_version
from graphmodel.views.terminal_lines import WIDEST, Line, line, make_console, plain, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from graphmodel.cli.session import Session

_INDENT, _LEAST = 4, 16
_QUOTED = re.compile(r'"([^"]+)"')
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}
_WRONG_PATH = {
    *(errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG),
    *(errno.ELOOP, errno.EEXIST, errno.EINVAL),
}


class Failure(NamedTuple):
    """Exit code, sentence and what to do next; the sentence is plain text."""

    exit_code: int
    reason: str
    hint: str = ""


def failure_of(error: BaseException, session: Session) -> Failure:
    """Return how an error ends the run; what no rule knows is a fault, and its details are kept."""
    known = None
    if isinstance(error, CypherError):
        place = {"line": error.line, "column": error.column}
        said, hint = error.words(session.language)
        reason = session.words("cli-error-at", **place, reason=said)
        known = Failure(error.exit_code, reason, hint)
    elif isinstance(error, GraphmodelError) and error.exit_code != InternalError.exit_code:
        told = getattr(error, "words", None)
        reason, hint = told(session.language) if told else (error.reason, error.hint)
        known = Failure(error.exit_code, reason, hint)
    elif isinstance(error, MemoryError):
        known = Failure(LimitError.exit_code, session.words("cli-error-memory"))
    elif isinstance(error, OSError):
        known = _system_failure(error, session)
    elif type(error).__module__.lstrip("_") == "duckdb":
        known = _database_failure(error, session)
    elif hasattr(error, "format_message"):
        known = Failure(UsageError.exit_code, call_refusal(error, session))
    return known or _fault(error, session)


def _system_failure(error: OSError, session: Session) -> Failure | None:
    path = plain(error.filename if error.filename is not None else "stdout")
    if error.errno in _FULL:
        return Failure(LimitError.exit_code, session.words("cli-error-disk-full", path=path))
    if error.errno in _NO_RIGHT:
        return Failure(LimitError.exit_code, session.words("cli-error-no-right", path=path))
    if error.errno in _WRONG_PATH and error.filename is not None:
        reason = os.strerror(error.errno or 0)
        return Failure(
            UsageError.exit_code, session.words("cli-error-path", path=path, reason=reason)
        )
    return None


def _database_failure(error: BaseException, session: Session) -> Failure | None:
    """Return the limit that stopped the database; its message names files, never values, there."""
    said = str(error)
    if os.strerror(errno.ENOSPC) in said:
        path = _QUOTED.search(said)
        shown = plain(Path(path[1]).name) if path else APPLICATION
        return Failure(LimitError.exit_code, session.words("cli-error-disk-full", path=shown))
    if type(error).__name__ == "OutOfMemoryException":
        return Failure(LimitError.exit_code, session.words("cli-error-memory"))
    return None


def failure_lines(failure: Failure, session: Session) -> Iterator[Line]:
    """Yield the sentence of a failure and its hint."""
    yield line(session.words("cli-error", reason=failure.reason))
    if failure.hint:
        yield line(session.words("cli-error-hint", hint=failure.hint))


def query_error_lines(error: CypherError, query: str, session: Session) -> Iterator[Line]:
    """Yield where a query is wrong: the sentence, its line with a mark under the place, a hint."""
    place = {"line": error.line, "column": error.column}
    said, hint = error.words(session.language)
    reason = session.words("cli-error-at", **place, reason=said)
    yield line(session.words("cli-error", reason=reason))
    rows = query.split("\n")
    if query.strip() and 1 <= error.line <= len(rows):
        shown, before = excerpt(rows[error.line - 1].rstrip("\r"), error.column, _room())
        yield line(shown, _INDENT)
        yield line("^", _INDENT + before)
    if hint:
        yield line(session.words("cli-error-hint", hint=hint))


def _room() -> int:
    """Return how many columns an excerpt may take: one that is wrapped would move the mark."""
    console = make_console(sys.stderr)
    width = min(console.width, WIDEST) if console.is_terminal else WIDEST
    return max(width - _INDENT, _LEAST)


def excerpt(row: str, column: int, room: int) -> tuple[str, int]:
    """Return a line of a query, cut to `room` columns around a place, and the columns before it.

    >>> excerpt("MATCH (n) RETURN n", 11, 40)
    ('MATCH (n) RETURN n', 10)
    >>> excerpt("abcdefghijklmnopqrstuvwxyz", 20, 10)
    ('…opqrstuv…', 6)
    """
    at = column - 1
    before, after = plain(row[max(0, at - room) : at]), plain(row[at : at + room])
    whole = at <= room and len(row) <= at + room
    if whole and cell_len(before) + cell_len(after) <= room:
        return before + after, cell_len(before)
    kept = shortened(before[::-1], room * 2 // 3)[::-1]
    rest = after if len(row) <= at + room else f"{after}…"
    return kept + shortened(rest, room - cell_len(kept)), cell_len(kept)


def call_refusal(error: Any, session: Session) -> str:  # noqa: ANN401 - click's own errors
    """Return one sentence for a wrong call that the parser refused."""
    ctx = getattr(error, "ctx", None)
    path = getattr(ctx, "command_path", None) or APPLICATION
    reason = _call_reason(error, session)
    return session.words("cli-error-usage", reason=reason, command=plain(path))


def _call_reason(error: Any, session: Session) -> str:  # noqa: ANN401 - click's own errors
    kind = type(error).__name__
    param = getattr(error, "param", None)
    opts = [opt for opt in getattr(param, "opts", None) or () if opt.startswith("-")]
    name = " / ".join(opts) or getattr(param, "metavar", None)
    if kind == "NoSuchOption":
        reason = session.words("cli-error-no-option", name=plain(error.option_name))
        near = ", ".join(error.possibilities or ())
        return reason + (" " + session.words("cli-error-nearest", name=plain(near)) if near else "")
    if kind == "MissingParameter" and name:
        return session.words("cli-error-missing", name=plain(name))
    said = str(error.format_message()).strip()
    if kind == "BadParameter" and name:
        said = str(getattr(error, "message", said))
        return session.words("cli-error-bad-value", name=plain(name), reason=plain(said))
    return plain(said if said.endswith((".", "?", "。")) else f"{said}.")


# ---------------------------------------------------------------- faults of the program


def _fault(error: BaseException, session: Session) -> Failure:
    kind = type(error).__name__
    path = write_fault(error)
    if path is None:
        reason = session.words("cli-error-internal-unlogged", kind=kind)
    else:
        reason = session.words("cli-error-internal", kind=kind, path=plain(path))
    return Failure(InternalError.exit_code, reason)


def fault_folder() -> Path:
    """Return the folder of fault records, in the user's state folder."""
    from platformdirs import user_state_path

    return user_state_path(APPLICATION, appauthor=False) / "faults"


def write_fault(error: BaseException) -> Path | None:
    """Write what went wrong to a new private file and return it; None where that is impossible."""
    try:
        folder = fault_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix="fault-", suffix=".log", dir=folder)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write("\n".join(fault_record(error)) + "\n")
    except OSError:
        return None
    return Path(name)


def fault_record(error: BaseException) -> Iterator[str]:
    """Yield versions, then type and frames of the error and of its causes; never their messages.

    A message may hold values of the case, a type and a line of the program never do.
    """
    yield f"{APPLICATION} {program_version()}"
    yield f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    cause: BaseException | None = error
    seen: set[int] = set()
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield f"{type(cause).__module__}.{type(cause).__qualname__}"
        yield from _frames(cause.__traceback__)
        cause = cause.__cause__ or cause.__context__


def _frames(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        code = traceback.tb_frame.f_code
        module = traceback.tb_frame.f_globals.get("__name__", "?")
        yield f"  {module}:{traceback.tb_lineno} in {code.co_qualname}"
        traceback = traceback.tb_next
