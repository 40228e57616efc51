"""Ctrl-C and termination: both end the run through its clean-up, and are remembered.

The first signal is raised as KeyboardInterrupt, so temporary files go; a second one ends at once.
A library may turn the interruption into an error of its own: `exit_code` still tells the truth.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)

_received: list[int] = []


def trap() -> None:
    """Take over both signals; call it once, in the main thread."""
    _received.clear()
    for number in SIGNALS:
        signal.signal(number, _stop)


def release() -> None:
    """Give both signals back to Python's own answer to them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def exit_code() -> int | None:
    """Return 130 after Ctrl-C, 143 after termination, None if no signal came."""
    return 128 + _received[0] if _received else None


def _stop(number: int, _frame: FrameType | None) -> None:
    _received.append(number)
    for each in SIGNALS:
        signal.signal(each, signal.SIG_DFL)
    raise KeyboardInterrupt
