"""A folder or a file into the tables to read: what is a table, what is refused, what is unknown."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphmodel.errors import LimitError, UsageError
from graphmodel.sources.base import UnusableError
from graphmodel.sources.spec_tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

_FORMATS = (".csv", ".jsonl", ".parquet")
_WORKBOOK = "case.xlsx"
_SETTINGS = "case.toml"


@dataclass(slots=True)
class Found:
    """What a path holds: the files to read, the settings file, files that mean nothing."""

    folder: Path
    tables: list[Path] = field(default_factory=list)
    settings: Path | None = None
    unknown: list[str] = field(default_factory=list)


def find_files(path: Path) -> Found:
    """Return what is to be read at `path`.

    UnusableError where there is nothing, where it is neither a folder nor a regular file or is no
    case, and where the right to read it is missing.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UnusableError(code="nothing", kind=UsageError, path=path) from error
    except (OSError, ValueError) as error:
        raise unreadable(str(path), error) from error
    if stat.S_ISDIR(mode):
        return _find_in(path)
    if not stat.S_ISREG(mode):
        raise UnusableError(code="neither", path=path)
    if not (_is_table(path.name) or path.suffix.lower() == ".xlsx"):
        raise UnusableError(code="no-table", name=path.name, tables=", ".join(TABLES))
    return Found(path.parent, [path])


def _is_table(name: str) -> bool:
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - of a bare name
    return suffix.lower() in _FORMATS and stem.casefold() in TABLES


def _find_in(folder: Path) -> Found:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise unreadable(str(folder), error) from error
    found = Found(folder)
    for entry in entries:
        name = entry.name.casefold()
        wanted = _is_table(name) or name in (_WORKBOOK, _SETTINGS)
        if not wanted:
            is_read_me = name.partition(".")[0] == "readme"
            if not entry.is_dir(follow_symlinks=False) and not is_read_me:
                found.unknown.append(entry.name)
            continue
        file = folder / entry.name
        check_regular(file, folder)
        if name == _SETTINGS:
            found.settings = file
        else:
            found.tables.append(file)
    if not found.tables:
        raise UnusableError(code="no-tables", path=folder, tables=", ".join(TABLES))
    _refuse_twice(found.tables)
    return found


def _refuse_twice(files: list[Path]) -> None:
    seen: dict[str, str] = {}
    for file in files:
        stem = file.stem.casefold()
        if stem in seen:
            raise UnusableError(code="twice", table=stem, one=seen[stem], other=file.name)
        seen[stem] = file.name


def check_regular(file: Path, folder: Path) -> None:
    """Refuse what is not a regular file, and a link that leads out of the folder."""
    try:
        target = file.resolve(strict=True)
        is_regular = stat.S_ISREG(target.stat().st_mode)
    except (OSError, RuntimeError) as error:
        raise unreadable(file.name, error) from error
    if not is_regular:
        raise UnusableError(code="not-regular", name=file.name)
    if not target.is_relative_to(folder.resolve()):
        raise UnusableError(code="link-outside", name=file.name)


def read_bytes(file: Path, name: str) -> bytes:
    """Return the content of a regular file; a pipe that took its place is not waited for."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(file, flags), "rb") as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise UnusableError(code="not-regular", name=name)
            return opened.read()
    except OSError as error:
        raise unreadable(name, error) from error


def unreadable(name: str, error: Exception) -> UnusableError:
    """Return the error for a file that cannot be read: missing rights are a limit."""
    if isinstance(error, PermissionError):
        return UnusableError(code="no-right", kind=LimitError, name=name)
    if isinstance(error, FileNotFoundError):
        return UnusableError(code="link-nowhere", name=name)
    cause = (
        error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    )
    return UnusableError(code="unreadable", name=name, cause=cause)
