"""The case tables into facts: the one road from a path to a `CaseInput`."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from graphmodel.model.instants import parse_zone
from graphmodel.settings import locale_language
from graphmodel.sources.base import CaseInput, UnusableError, printable
from graphmodel.sources.build import build_facts
from graphmodel.sources.check import Checker
from graphmodel.sources.checking import check_tables
from graphmodel.sources.csv_columns import read_large_csv
from graphmodel.sources.csv_rows import read_csv
from graphmodel.sources.discovery import Found, find_files, read_bytes
from graphmodel.sources.parquet_columns import read_large_parquet
from graphmodel.sources.quotes import Citations
from graphmodel.sources.settings import CaseSettings, read_settings
from graphmodel.sources.spec_tables import LARGE_TABLES, TABLES
from graphmodel.sources.tabular import read_jsonl, read_parquet
from graphmodel.sources.workbook import read_xlsx
from graphmodel.texts import Language, text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from graphmodel.sources.base import Progress, RawTable, Reader
    from graphmodel.sources.checked import CheckedTable
    from graphmodel.sources.checking import CheckedCase
    from graphmodel.sources.large_table import LargeTable

_READERS: dict[str, Reader] = {
    ".csv": read_csv,
    ".jsonl": read_jsonl,
    ".parquet": read_parquet,
    ".xlsx": read_xlsx,
}
_LARGE_READERS: dict[str, Callable[[Path, bytes, str], LargeTable | None]] = {
    ".csv": read_large_csv,
    ".parquet": read_large_parquet,
}


def read_case(
    path: Path, *, language: Language | None = None, progress: Progress | None = None
) -> CaseInput:
    """Read a folder of case tables, or one table, into facts and an account of every row.

    `language` is that of reasons and warnings; None is the case's own, else the locale's.
    UsageError: nothing there; InputError: the input as a whole cannot be used; LimitError: no right
    to read it.
    """
    try:
        return _read(path, language, progress)
    except UnusableError as error:
        raise error.told(language or locale_language()) from error


def _read(path: Path, asked: Language | None, progress: Progress | None) -> CaseInput:
    found = find_files(path)
    settings = CaseSettings()
    if found.settings is not None:
        settings = read_settings(read_bytes(found.settings, found.settings.name))
    language = asked or settings.language or locale_language()
    raw_tables, warnings = _read_tables(found, settings, language, progress)
    checker = Checker(parse_zone(settings.timezone), settings.currency, language, settings.columns)
    checked = check_tables(raw_tables, checker, progress)
    tables = checked.tables
    citations = Citations(language, found.folder)
    for table in tables:
        if table.spec.name == "sources":
            citations.add_sources(table)
    facts = build_facts(checked, citations, settings.currency)
    unknown = [name for name in found.unknown if name not in citations.used]
    if unknown:
        warnings.append(text("sources-warning-files", language, names=_listed(unknown)))
    for table in tables:
        warnings.extend(_column_warnings(table))
    return CaseInput(
        facts=facts,
        title=settings.title or _name_of(path),
        timezone=settings.timezone,
        language=settings.language,
        currency=settings.currency,
        law=settings.law,
        files=[table.report() for table in tables],
        rejects=[reject for table in tables for reject in table.rejects()],
        warnings=[*warnings, *citations.warnings],
        record_digests=_record_digests(checked),
    )


def _name_of(path: Path) -> str:
    whole = path.resolve()
    return printable(whole.name if whole.is_dir() else whole.stem)


def _listed(names: list[str]) -> str:
    return printable(", ".join(names))


def _read_tables(
    found: Found, settings: CaseSettings, language: Language, progress: Progress | None
) -> tuple[list[RawTable | LargeTable], list[str]]:
    """Return the raw tables and the warnings about keys and sheets that mean nothing."""
    warnings = []
    if settings.unknown:
        warnings.append(text("sources-warning-keys", language, names=_listed(settings.unknown)))
    tables: list[RawTable | LargeTable] = []
    sheets: list[str] = []
    for file in found.tables:
        if progress is not None:
            progress(file.name)
        data = read_bytes(file, file.name)
        digest = hashlib.sha256(data).hexdigest()
        for raw in _read_file(file, data):
            raw.sha256 = digest
            if raw.table in TABLES:
                tables.append(raw)
            elif raw.header:
                sheets.append(raw.path)
    if sheets:
        warnings.append(text("sources-warning-sheets", language, names=_listed(sheets)))
    _check_tables(tables, found)
    return tables, warnings


def _read_file(file: Path, data: bytes) -> Sequence[RawTable | LargeTable]:
    """Read one file: in columns where it is large, else row by row."""
    suffix = file.suffix.lower()
    large = _LARGE_READERS.get(suffix)
    if large is not None and file.stem.casefold() in LARGE_TABLES:
        table = large(file, data, file.name)
        if table is not None:
            return [table]
    return _READERS[suffix](file, data, file.name)


def _check_tables(tables: list[RawTable | LargeTable], found: Found) -> None:
    if not tables:
        names = ", ".join(TABLES)
        raise UnusableError(code="no-sheet", name=found.tables[0].name, tables=names)
    seen: dict[str, str] = {}
    for raw in tables:
        if raw.table in seen:
            raise UnusableError(code="twice", table=raw.table, one=seen[raw.table], other=raw.path)
        seen[raw.table] = raw.path


def _column_warnings(table: CheckedTable) -> list[str]:
    found = []
    layout = table.layout
    if not table.rows + table.sound and not table.raw.damaged:
        found.append(text("sources-warning-empty", table.language, path=table.raw.path))
    if layout.unknown:
        names = ", ".join(
            title if title == name else f"{title} ({name})" for title, name in layout.unknown
        )
        code = "digests" if table.spec.name == "records" else "columns"
        key = f"sources-warning-{code}"
        found.append(text(key, table.language, path=table.raw.path, names=names))
    if layout.missing:
        names = _listed(layout.missing)
        key = "sources-warning-mapped"
        found.append(text(key, table.language, path=table.raw.path, names=names))
    return found


def _record_digests(checked: CheckedCase) -> dict[str, Sequence[str]]:
    columns: dict[str, list[str]] = {"batch": [], "digest": []}
    for table in checked.tables:
        if table.spec.name == "records":
            batches, digests = table.keys("batch"), table.column("digest")
            for row in table.kept():
                key = batches[row]
                columns["batch"].append(key[1] if key is not None else "")
                columns["digest"].append(str(digests[row]))
    if checked.naming is None:
        return dict(columns)
    from graphmodel.sources.sheet_facts import record_columns

    return record_columns(checked.naming, columns)
