"""One case in one DuckDB file: created from facts, opened later, closed to the world outside.

The connection never reads another file (external access and extension installs are off), spills
into a capped folder beside the case file that is emptied on open, and keeps to a memory limit.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

import duckdb

from graphmodel.errors import InputError, LimitError
from graphmodel.private_files import PrivateCreation
from graphmodel.store import tables
from graphmodel.store.loading import load_digests, load_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from graphmodel.model.facts import Facts
    from graphmodel.model.schema_types import GraphSchema

FORMAT_VERSION = 2
"""Raised whenever an older program could no longer read the file."""

STORAGE_VERSION = "v1.4.0"
MEMORY_LIMIT = "2GB"
TEMP_LIMIT = "8GB"
BLOCK_SIZE = 16384
"""Bytes; the least DuckDB takes, so that a small case is a small file."""

LARGE_BLOCK_SIZE = 262144
"""Bytes; what DuckDB takes by itself: a large case is half the size of one in small blocks."""

DEGREES = "degrees"
"""Key of the statistics of relationships among what is kept about a case."""

SMALL_ROWS, SMALL_BYTES = 20_000, 8 << 20
"""Below these one thread is quicker than telling two what to do."""

_IN_USE = ("set lock", "conflicting lock", "being used by another", "different configuration")
"""What the database says of a file that this or another program has open."""


class CaseFile:
    """An open case file; `schema` is the declared graph widened by the case's own columns."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        path: Path,
        schema: GraphSchema,
        privacy: PrivateCreation,
        *,
        is_read_only: bool = False,
    ) -> None:
        """Take over an open connection; use `create` or `open` instead."""
        self.connection = connection
        self.is_read_only = is_read_only
        self._privacy = privacy
        self.path = path
        self.schema = schema

    @classmethod
    def create(
        cls,
        path: Path,
        facts: Facts,
        meta: Mapping[str, object],
        *,
        record_digests: Mapping[str, Sequence[str]] | None = None,
    ) -> CaseFile:
        """Write a new case file from facts and return it open; `path` must not exist.

        `record_digests` has the columns `batch` and `digest` of equal length.

        `meta` is kept as JSON and given back by `meta`. LimitError where the disk is full.
        """
        extra = {
            name: sorted(table.extra)
            for name, table in (*facts.nodes.items(), *facts.relationships.items())
            if table.extra
        }
        schema = tables.case_schema(extra)
        rows = sum(t.total for t in (*facts.nodes.values(), *facts.relationships.values()))
        connection, privacy = _connect(path, read_only=False, is_small=rows < SMALL_ROWS)
        case_file = cls(connection, path, schema, privacy)
        try:
            connection.begin()
            connection.execute(";".join(tables.create_statements(schema)))
            load_facts(connection, facts, schema)
            load_digests(connection, record_digests or {})
            case_file.set_meta({**meta, "format_version": FORMAT_VERSION, "extra": extra})
            connection.commit()
        except duckdb.Error as error:
            case_file.close()
            raise _refusal(path, error) from error
        except BaseException:
            case_file.close()
            raise
        path.chmod(0o600)
        return case_file

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> CaseFile:
        """Open a case file; InputError where it is damaged, in use or of another version."""
        is_small = path.stat().st_size < SMALL_BYTES
        connection, privacy = _connect(path, read_only=read_only, is_small=is_small)
        try:
            rows = connection.execute("SELECT key, value FROM case_file.meta").fetchall()
        except duckdb.Error as error:
            connection.close()
            privacy.end()
            msg = f"{path.name} is a DuckDB file, but not a case file."
            raise InputError(
                msg, hint="Make one with: graphmodel import FOLDER --out X.case.duckdb"
            ) from error
        try:
            meta = {key: json.loads(value) for key, value in rows}
            schema = tables.case_schema(meta.get("extra", {}))
        except (AttributeError, RecursionError, TypeError, ValueError) as error:
            connection.close()
            privacy.end()
            msg = f"{path.name} is damaged: what it says of itself cannot be read."
            raise InputError(msg, hint="Import the case again from its tables.") from error
        version = meta.get("format_version")
        if version != FORMAT_VERSION:
            connection.close()
            privacy.end()
            msg = (
                f"{path.name} has case file version {version}, this program reads {FORMAT_VERSION}."
            )
            raise InputError(msg, hint="Import the case again from its tables.")
        return cls(connection, path, schema, privacy, is_read_only=read_only)

    def meta(self) -> dict[str, object]:
        """Return everything kept about the case beside its facts."""
        rows = self.connection.execute("SELECT key, value FROM case_file.meta").fetchall()
        return {key: json.loads(value) for key, value in rows}

    def set_meta(self, entries: Mapping[str, object]) -> None:
        """Keep entries (any JSON value) under their keys, replacing older ones."""
        for key, value in entries.items():
            self.connection.execute(
                "INSERT OR REPLACE INTO case_file.meta VALUES ($1, $2)",
                [key, json.dumps(value, ensure_ascii=False, sort_keys=True)],
            )

    def digest(self) -> str:
        """Return the SHA-256 of all facts; it does not depend on the order of rows or of files."""
        from graphmodel.store.fact_digest import fact_digest

        return fact_digest(self.connection)

    def counts(self) -> dict[str, int]:
        """Return the number of nodes of every label and relationships of every type."""
        names = [*self.schema.nodes, *self.schema.relationships]
        sql = " UNION ALL ".join(
            f"SELECT '{name}', count(*) FROM graph.{tables.quoted(name)}" for name in names
        )
        return dict(self.connection.execute(sql).fetchall())

    def keep_degrees(self) -> None:
        """Count and keep, by type, relationships, distinct ends and greatest degrees (see meta).

        The planner of queries orders joins by them. Call it whenever relationships were written.
        """
        types = [name for name in self.schema.relationships if self._has_rows(name)]
        found: dict[str, list[int]] = {}
        if types:
            parts = (degrees_statement(name) for name in types)
            rows = self.connection.execute(" UNION ALL ".join(parts)).fetchall()
            found = {name: list(numbers) for name, *numbers in rows}
        self.set_meta({DEGREES: found})

    def _has_rows(self, type_: str) -> bool:
        name = tables.quoted(type_)
        return bool(self.connection.execute(f"SELECT 1 FROM graph.{name} LIMIT 1").fetchone())

    def degrees(self) -> dict[str, tuple[int, ...]]:
        """Return by type: rows, distinct starts and ends, greatest number at a start, at an end."""
        sql = "SELECT value FROM case_file.meta WHERE key = $1"
        kept = self.connection.execute(sql, [DEGREES]).fetchone()
        found = json.loads(kept[0]) if kept else {}
        return {str(name): tuple(map(int, numbers)) for name, numbers in found.items()}

    def clear_derived(self) -> None:
        """Take back every derived fact and finding."""
        names = self.connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'derived'"
        ).fetchall()
        for (name,) in names:
            self.connection.execute(f"DELETE FROM derived.{tables.quoted(name)}")
        self.connection.execute("DELETE FROM case_file.findings")
        self.connection.execute("DELETE FROM case_file.meta WHERE key IN ('report', 'degrees')")

    def save_findings(self, rows: Sequence[tuple[str, str, str, str]]) -> None:
        """Replace the kept findings; a row is (id, typology, level, JSON body)."""
        self.connection.begin()
        self.connection.execute("DELETE FROM case_file.findings")
        if rows:
            self.connection.executemany("INSERT INTO case_file.findings VALUES (?, ?, ?, ?)", rows)
        self.connection.commit()

    def saved_findings(self) -> list[tuple[str, str, str, str]]:
        """Return the kept findings in the order in which they were saved."""
        return self.connection.execute(
            "SELECT id, typology, level, body FROM case_file.findings ORDER BY rowid"
        ).fetchall()

    def insert(self, table: str, columns: Mapping[str, Iterable[object]]) -> None:
        """Append columns of equal length to a table such as `derived."Deal"`."""
        from graphmodel.store.loading import insert_columns

        insert_columns(self.connection, table, {k: list(v) for k, v in columns.items()})

    def settle(self) -> None:
        """Write everything into the one file; LimitError where the disk is full."""
        try:
            self.connection.execute("CHECKPOINT")
        except duckdb.Error as error:
            self.close()
            raise _refusal(self.path, error) from error

    def close(self) -> None:
        """Close the file and remove its spill folder; closing twice does nothing.

        A query that passed its limit and has not ended yet keeps the file open until it does.
        """
        close_connection(self.connection)
        self._privacy.end()
        _clear_spill(_spill_folder(self.path))


def close_connection(connection: duckdb.DuckDBPyConnection) -> None:
    """Close a connection, or leave that to the query that is still running on the database."""
    try:
        connection.close()
    except duckdb.Error as error:
        if type(error).__name__ != "ResourceInUseException":
            raise


def degrees_statement(type_: str) -> str:
    """Return the SQL that counts the degrees of a relationship type, in one row."""
    name = tables.quoted(type_)
    end = "SELECT count(*) AS n, coalesce(max(many), 0) AS most FROM (SELECT count(*) AS many"
    return (
        f"SELECT '{type_}', (SELECT count(*) FROM graph.{name}), a.n, b.n, a.most, b.most "
        f"FROM ({end} FROM graph.{name} GROUP BY _src)) a, "
        f"({end} FROM graph.{name} GROUP BY _dst)) b"
    )


def is_in_use(path: Path) -> bool:
    """Tell whether another program has a case file open."""
    try:
        duckdb.connect(str(path)).close()
    except duckdb.Error as error:
        return "in use" in str(_refusal(path, error))
    return False


def _spill_folder(path: Path) -> Path:
    return path.with_name(path.name + ".tmp")


def _clear_spill(folder: Path) -> None:
    """Remove what the database spilled there, and the folder if nothing else is in it."""
    for spilled in folder.glob("duckdb_temp_*"):
        with suppress(OSError):
            spilled.unlink()
    with suppress(OSError):
        folder.rmdir()


def _connect(
    path: Path, *, read_only: bool, is_small: bool
) -> tuple[duckdb.DuckDBPyConnection, PrivateCreation]:
    spill = _spill_folder(path)
    _clear_spill(spill)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "storage_compatibility_version": STORAGE_VERSION,
        "default_block_size": str(BLOCK_SIZE if is_small else LARGE_BLOCK_SIZE),
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(spill),
        "max_temp_directory_size": TEMP_LIMIT,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "preserve_insertion_order": "true",
        "disabled_optimizers": "join_order",  # the compiler orders joins, by the sizes of tables
    }
    if is_small:
        settings["threads"] = 1
    privacy = PrivateCreation()
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=settings)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    except duckdb.Error as error:
        privacy.end()
        raise _refusal(path, error) from error
    return connection, privacy


def _refusal(path: Path, error: duckdb.Error) -> InputError | LimitError:
    """Return what a DuckDB error about a file means for the user, without SQL or values."""
    words = str(error).lower()
    if "no space left" in words or "could not write" in words:
        return LimitError(
            f"The disk is full: {path.name} could not be written.", hint="Free space and try again."
        )
    if "out of memory" in words:
        return LimitError(
            f"The memory limit of {MEMORY_LIMIT} was reached.", hint="Use a smaller case."
        )
    if any(sign in words for sign in _IN_USE):
        return InputError(
            f"{path.name} is in use by another program.", hint="Close it and try again."
        )
    if "permission denied" in words:
        return InputError(f"{path.name} may not be opened.", hint="Check its access rights.")
    if "version" in words:
        return InputError(
            f"{path.name} was written by another version of DuckDB.", hint="Import the case again."
        )
    return InputError(
        f"{path.name} is damaged or not a DuckDB file.",
        hint="Import the case again from its tables.",
    )
