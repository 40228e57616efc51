"""Files only their owner can read, written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_MARK = ".graphmodel-part-"


def write_private(path: Path, data: bytes, *, sync: bool = True) -> None:
    """Write `data` to `path` with mode 0600: to a file beside it first, then renamed over it.

    Only a regular file is replaced. Without `sync` a power cut may lose the data.
    What a killed run left beside this output is removed. An OSError leaves the old file as it was.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "no regular file", str(path))
    clean_leftovers(path)
    part = path.with_name(f".{path.name}{_MARK}{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            if sync:
                os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def clean_leftovers(path: Path) -> None:
    """Remove the part files that a killed run left beside the output `path`."""
    prefix = f".{path.name}{_MARK}"
    with suppress(OSError):
        for entry in list(path.parent.iterdir()):
            if entry.name.startswith(prefix):
                entry.unlink()


class PrivateCreation:
    """While one is held, every file this process creates is for its owner alone.

    For libraries that create files by themselves, such as a database its log. The mask is the
    process's: it is set by the first one and given back by the last.
    """

    _held = 0
    _before = 0

    def __init__(self) -> None:
        """Begin."""
        self._is_open = True
        if PrivateCreation._held == 0:
            PrivateCreation._before = os.umask(0o077)
        PrivateCreation._held += 1

    def end(self) -> None:
        """Give the mask back; ending twice does nothing."""
        if not self._is_open:
            return
        self._is_open = False
        PrivateCreation._held -= 1
        if PrivateCreation._held == 0:
            os.umask(PrivateCreation._before)
