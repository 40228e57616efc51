"""Every error of the program, each with the exit code that ends a command.

GraphmodelError
├── UsageError        2   the call is wrong: an option, a path, a query
│   └── CypherError       a query outside the subset, with line and column
├── InputError        3   the input is refused: nothing usable, damaged, of another version, in use
├── EngineError       4   a server cannot be reached
├── LimitError        5   stopped by a limit: time, memory, disk, rights
└── InternalError    70   a fault of the program
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable


class GraphmodelError(Exception):
    """Base of all errors: `reason` (what, where) and `hint` (what to do), a sentence each."""

    exit_code = 70

    def __init__(self, reason: str, *, hint: str = "") -> None:
        """Keep the reason and the hint; neither may hold whole rows or SQL with values."""
        super().__init__(reason)
        self.reason = reason
        self.hint = hint

    def __str__(self) -> str:
        """Return reason and hint in one line."""
        return f"{self.reason} {self.hint}".strip()


class UsageError(GraphmodelError):
    """The call is wrong: exit code 2."""

    exit_code = 2


class CypherError(UsageError):
    """A query that is wrong or outside the subset, with its place (`line` and `column` from 1).

    `reason` and `hint` are English; `words` tells them in the language of the reader.
    """

    def __init__(
        self,
        reason: str,
        *,
        line: int = 1,
        column: int = 1,
        hint: str = "",
        wording: Callable[[Literal["zh", "en"]], tuple[str, str]] | None = None,
    ) -> None:
        """Keep the place beside the reason, and who can tell both in another language."""
        super().__init__(reason, hint=hint)
        self.line = line
        self.column = column
        self.wording = wording

    def __str__(self) -> str:
        """Return place, reason and hint in one line."""
        said = f"{self.reason}. {self.hint}" if self.hint else self.reason
        return f"line {self.line}, column {self.column}: {said}"

    def words(self, language: Literal["zh", "en"]) -> tuple[str, str]:
        """Return reason and hint in a language; English where there is no other text."""
        return (self.reason, self.hint) if self.wording is None else self.wording(language)


class InputError(GraphmodelError):
    """The input is refused: exit code 3."""

    exit_code = 3


class EngineError(GraphmodelError):
    """A server cannot be reached: exit code 4."""

    exit_code = 4


class LimitError(GraphmodelError):
    """Stopped by a limit of time, memory, disk or rights: exit code 5."""

    exit_code = 5


class InternalError(GraphmodelError):
    """A fault of the program itself: exit code 70."""
