"""Compiled queries kept between runs in the user's cache folder, so that small cases start fast.

A plan is found only by the same query text, program code, schema, parameter types and table sizes
(by powers of two): anything else is compiled anew. A file holds SQL made from a text, no values
of a case. One that cannot be read or written is as good as none.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphmodel.private_files import write_private
from graphmodel.query.types import Kind, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphmodel.model.schema_types import GraphSchema
    from graphmodel.query.compiled import Compiled

VARIABLE = "GRAPHMODEL_PLAN_CACHE"
"""Environment variable: `off` keeps nothing, a path names another folder."""

MAX_BYTES = 1 << 20
"""Largest plan that is read back."""

_NAME = re.compile(r"[0-9a-f]{64}\.json")

MAX_ENTRIES = 2_000
"""Plans kept in the folder; past them it is emptied."""


def plan_folder() -> Path | None:
    """Return the folder of kept plans, or None where nothing is to be kept."""
    chosen = os.environ.get(VARIABLE)
    if chosen == "off":
        return None
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("graphmodel") / "plans"


@cache
def _code_digest() -> str:
    """Return a digest of everything that turns a text into SQL."""
    whole = hashlib.sha256()
    for name in ("sqlglot", "lark", "duckdb"):
        whole.update(f"{name} {version(name)}\n".encode())
    here = Path(__file__).parent
    for path in sorted((*here.rglob("*.py"), *here.rglob("*.lark"))):
        whole.update(path.read_bytes())
    return whole.hexdigest()


def _schema_digest(schema: GraphSchema) -> str:
    whole = hashlib.sha256(_code_digest().encode())
    for part in (*schema.nodes.values(), *schema.relationships.values()):
        whole.update(repr(part).encode())
    return whole.hexdigest()[:32]


def _type_out(type_: Type) -> list[Any]:
    return [
        type_.kind.value,
        None if type_.item is None else _type_out(type_.item),
        [[name, _type_out(field)] for name, field in type_.fields],
        sorted(type_.classes),
        [_type_out(member) for member in type_.members],
        type_.sparse,
    ]


def _type_in(kept: list[Any]) -> Type:
    kind, item, fields, classes, members, sparse = kept
    return Type(
        Kind(kind),
        None if item is None else _type_in(item),
        tuple((name, _type_in(field)) for name, field in fields),
        frozenset(classes),
        tuple(_type_in(member) for member in members),
        sparse,
    )


class PlanCache:
    """Plans of one schema, a file each. `key` tells two of them apart."""

    def __init__(self, folder: Path, schema: GraphSchema) -> None:
        """Name the folder; nothing is read yet."""
        self._folder = folder
        self._schema = _schema_digest(schema)

    def key(
        self, text: str, types: Mapping[str, Type], counts: Mapping[str, int], purpose: str = ""
    ) -> str:
        """Return the key of a text under these parameter types and table sizes."""
        sizes = sorted((name, many.bit_length()) for name, many in counts.items() if many)
        kinds = sorted((name, _type_out(type_)) for name, type_ in types.items())
        parts = [self._schema, text, purpose, repr(kinds), repr(sizes)]
        return hashlib.sha256(chr(30).join(parts).encode()).hexdigest()

    def plan(self, key: str) -> Compiled | None:
        """Return the kept plan of a key, or None."""
        kept = self._read(key)
        if not isinstance(kept, dict):
            return None
        from graphmodel.query.compiled import Compiled

        try:
            if not isinstance(kept["sql"], str) or len(kept["columns"]) != len(kept["types"]):
                return None
            return Compiled(
                kept["sql"],
                tuple(kept["columns"]),
                tuple(_type_in(type_) for type_ in kept["types"]),
                kept["bound"],
                {name: _type_in(type_) for name, type_ in kept["parameter_types"].items()},
                {},
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            return None

    def add_plan(self, key: str, plan: Compiled) -> None:
        """Keep a plan; one that holds a parameter's value fixed is not kept."""
        if plan.fixed:
            return
        entry = {
            "sql": plan.sql,
            "columns": list(plan.columns),
            "types": [_type_out(type_) for type_ in plan.types],
            "bound": dict(plan.bound),
            "parameter_types": {n: _type_out(t) for n, t in plan.parameter_types.items()},
        }
        self._write(key, entry)

    def statement(self, key: str) -> str | None:
        """Return a kept statement, or None."""
        kept = self._read(key)
        return kept if isinstance(kept, str) else None

    def add_statement(self, key: str, statement: str) -> None:
        """Keep a statement."""
        self._write(key, statement)

    def _is_ours(self) -> bool:
        """Tell whether only this user can have written into the folder."""
        try:
            found = self._folder.lstat()
        except OSError:
            return False
        if not stat.S_ISDIR(found.st_mode):
            return False
        owner = getattr(os, "getuid", None)
        return owner is None or (found.st_uid == owner() and not found.st_mode & 0o022)

    def _read(self, key: str) -> object:
        path = self._folder / f"{key}.json"
        try:
            found = path.lstat()
            if not self._is_ours() or not stat.S_ISREG(found.st_mode) or found.st_size > MAX_BYTES:
                return None
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None

    def _write(self, key: str, entry: object) -> None:
        """Write a file beside and rename it; a folder that is not ours alone is let be."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._is_ours():
                return
            kept = [path for path in self._folder.iterdir() if _NAME.fullmatch(path.name)]
            if len(kept) >= MAX_ENTRIES:
                for path in kept:
                    path.unlink(missing_ok=True)
            write_private(self._folder / f"{key}.json", json.dumps(entry).encode(), sync=False)
