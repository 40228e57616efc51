"""A line of progress on standard error, where that is a terminal and the run is not short."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Self

from graphmodel.settings import PROGRESS_AFTER_S
from graphmodel.views.terminal_lines import plain

if TYPE_CHECKING:
    from rich.progress import Progress


class Meter:
    """Shows the stage of a run once it has lasted `PROGRESS_AFTER_S` seconds, until it is closed.

    It shows nothing where standard error is no terminal.
    """

    def __init__(self) -> None:
        """Make a meter that does not run yet."""
        self._lock = threading.Lock()
        self._stage = ""
        self._bar: Progress | None = None
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        """Start the clock."""
        if sys.stderr.isatty():
            self._timer = threading.Timer(PROGRESS_AFTER_S, self._show)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Remove what is shown."""
        self.close()

    def __call__(self, stage: str) -> None:
        """Say which stage the run is in."""
        with self._lock:
            self._stage = plain(stage)
            if self._bar is not None:
                self._bar.update(self._bar.task_ids[0], description=self._stage)

    def close(self) -> None:
        """Remove what is shown and show nothing more."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self._bar is not None:
                self._bar.stop()
                self._bar = None

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        with self._lock:
            if self._timer is None:
                return
            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                TimeElapsedColumn(),
                console=Console(file=sys.stderr, markup=False, emoji=False, highlight=False),
                transient=True,
            )
            self._bar.add_task(self._stage, total=None)
            self._bar.start()
