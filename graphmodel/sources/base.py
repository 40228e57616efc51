"""What readers give back: tables of text cells, rejects, reports, the facts of a case."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from graphmodel.errors import GraphmodelError, InputError
from graphmodel.texts import Language, text

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.model.facts import Facts

Progress = Callable[[str], None]
"""Called with the name of each table as its reading begins."""


_NOT_SHOWN = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))


def printable(text: str) -> str:
    """Return a text from a file as it may be shown: a replacement sign for what has no shape."""
    if text.isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(s) in _NOT_SHOWN else s for s in text)


class UnusableError(Exception):
    """Something that cannot be read as a whole, by the code of its sentence.

    `read_case` says it in the user's language, as an error of `kind`.
    """

    def __init__(
        self, *, code: str, kind: type[GraphmodelError] = InputError, **values: object
    ) -> None:
        """Keep the code and what fills its sentence."""
        super().__init__(code)
        self.code = code
        self.kind = kind
        self.values = {name: printable(str(value)) for name, value in values.items()}

    def told(self, language: Language) -> GraphmodelError:
        """Return the error with its sentence and what to do next."""
        reason = text(f"sources-error-{self.code}", language, **self.values)
        hint = text(f"sources-hint-{self.code}", language, **self.values)
        return self.kind(reason, hint=hint)


class Reject(NamedTuple):
    """One row refused: file, first physical line from 1, column, value (shortened) and reason."""

    path: str
    line: int
    column: str
    value: str
    reason: str


class Nested(str):
    """A list or object inside a cell, as JSON text; it is no value of a known column."""

    __slots__ = ()


class Damage(NamedTuple):
    """A row that could not be cut into cells: its line, the code of the reason, the place."""

    line: int
    code: str
    column: str = ""
    value: str = ""


@dataclass(slots=True)
class RawTable:
    """One table as read: text cells by column (same length), the first line of each row.

    `path` names the file within the case (`case.xlsx#payments` for a sheet); `encoding` is None
    where the format fixes it.
    """

    table: str
    path: str
    file: Path
    reader: str
    header: list[str]
    columns: list[list[str]]
    lines: list[int]
    damaged: list[Damage] = field(default_factory=list)
    encoding: str | None = None
    sha256: str = ""


class Reader(Protocol):
    """Reads one kind of file into raw tables; UnusableError where the file as a whole is none."""

    def __call__(self, file: Path, data: bytes, name: str) -> list[RawTable]:
        """Return the tables of `file`, whose content is `data` and whose name in reports `name`."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """Counts of one table: `rows` = `kept` + `rejected` + `duplicates`."""

    path: str
    sha256: str
    reader: str
    encoding: str | None
    rows: int
    kept: int
    rejected: int
    duplicates: int


@dataclass(slots=True)
class CaseInput:
    """A case as read: its facts, its settings, and an account of every row.

    `language` is None where `case.toml` names none. `record_digests` holds the columns `batch` and
    `digest` of the table `records`: keyed digests, which are no facts of the graph.
    """

    facts: Facts
    title: str
    timezone: str
    language: Language | None
    currency: str
    law: str
    files: list[FileReport]
    rejects: list[Reject]
    warnings: list[str]
    record_digests: Mapping[str, Sequence[str]]
