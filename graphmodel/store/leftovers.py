"""Files of a case that are for one run only, and what killed runs left behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIX = ".duckdb"
TEMPORARY = "graphmodel-"
TEMPORARY_FILE = "case.duckdb"


@contextmanager
def new_folder() -> Iterator[Path]:
    """Make a temporary folder; it is removed where the block fails."""
    remove_stale_folders()
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def remove_parts(target: Path) -> None:
    """Remove the parts that killed imports left beside an output, not one still written to."""
    from graphmodel.store.case_file import is_in_use

    for part in target.parent.glob(f".{target.name}.*.part{SUFFIX}"):
        if not is_in_use(part):
            remove_case_file(part)


def remove_stale_folders() -> None:
    """Remove temporary cases that killed runs of this user left behind."""
    from graphmodel.store.case_file import is_in_use

    user = getattr(os, "getuid", None)
    for folder in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"):
        with suppress(OSError):
            is_own = user is None or folder.lstat().st_uid == user()
            kept = folder / TEMPORARY_FILE
            if is_own and kept.is_file() and not is_in_use(kept):
                shutil.rmtree(folder, ignore_errors=True)


def may_write(path: Path) -> bool:
    """Tell whether a case file and its folder may be written; evidence often may not."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def remove_log(path: Path) -> None:
    """Remove what a killed run left of a case file: its log would be read into the next one."""
    with suppress(OSError):
        path.with_name(path.name + ".wal").unlink()


def remove_case_file(path: Path) -> None:
    """Remove a case file that was not finished, with its log and its spilled data."""
    remove_log(path)
    with suppress(OSError):
        path.unlink()
    shutil.rmtree(path.with_name(path.name + ".tmp"), ignore_errors=True)
