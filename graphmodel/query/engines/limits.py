"""What a query may use: time, memory and rows of its answer; passing one is an error with its name.

An answer is whole or it is not given: no limit ever cuts one short.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphmodel.errors import LimitError, UsageError
from graphmodel.texts import text

if TYPE_CHECKING:
    from graphmodel.texts import Language

DEFAULT_BUDGET_S = 60.0
"""Seconds that a query of a case may take where nothing else is said."""

_UNITS = {"": 1.0, "KB": 1e-3, "MB": 1.0, "GB": 1e3, "TB": 1e6}
"""Megabytes of each unit; a number alone is in megabytes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one query; None is no limit.

    `budget_s` seconds from the text to the last row; `memory_limit_mb` megabytes (10^6 bytes) by
    which the program may grow; `max_rows` rows of the answer.
    """

    budget_s: float | None = None
    memory_limit_mb: float | None = None
    max_rows: int | None = None

    def __post_init__(self) -> None:
        """Refuse what is no limit: UsageError."""
        for name in ("budget_s", "memory_limit_mb", "max_rows"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                msg = f"{name} must be above 0."
                raise UsageError(msg, hint="Leave it out for no limit.")

    @property
    def is_watched(self) -> bool:
        """Tell whether something has to be watched while a query runs."""
        return self.budget_s is not None or self.memory_limit_mb is not None

    def passed(self, which: str) -> QueryLimitError:
        """Return the error for a limit of this query: `budget`, `memory` or `rows`."""
        values = {"budget": self.budget_s, "memory": self.memory_limit_mb, "rows": self.max_rows}
        return QueryLimitError(which, f"{values[which]:,}".removesuffix(".0"))


class QueryLimitError(LimitError):
    """A query passed a limit: exit code 5. `which` is `budget`, `memory`, `disk` or `rows`."""

    def __init__(self, which: str, value: str) -> None:
        """Keep the limit that was passed and how it was set; its words are read when asked for."""
        self.which = which
        self.value = value
        Exception.__init__(self, which, value)

    @property
    def reason(self) -> str:  # type: ignore[override] # reading the sheets takes a while
        """Return which limit was passed, in English."""
        return self.words("en")[0]

    @property
    def hint(self) -> str:  # type: ignore[override]
        """Return what to do, in English."""
        return self.words("en")[1]

    def words(self, language: Language) -> tuple[str, str]:
        """Return reason and hint in a language."""
        reason = text(f"query-limit-{self.which}", language, value=self.value)
        return reason, text(f"query-limit-{self.which}-hint", language)


def megabytes(words: str) -> float:
    """Return a size such as `512MB` or `2GB` in megabytes; ValueError where it is none.

    >>> megabytes("512MB"), megabytes("2 gb"), megabytes("750")
    (512.0, 2000.0, 750.0)
    """
    plain = words.strip().upper().replace("IB", "B")
    unit = plain.lstrip("0123456789.").strip()
    number = float(plain[: len(plain) - len(unit)] if unit else plain)
    if unit not in _UNITS or not 0 < number < float("inf"):
        raise ValueError(words)
    return number * _UNITS[unit]
