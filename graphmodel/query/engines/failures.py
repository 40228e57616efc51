"""What the database says when a query stops, in the words of this program and without any SQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphmodel.errors import GraphmodelError, InternalError, LimitError
from graphmodel.query.engines.limits import QueryLimitError
from graphmodel.query.refusals import Said, refusal, whole
from graphmodel.query.types import Kind, Type

if TYPE_CHECKING:
    import duckdb

    from graphmodel.query.engines.limits import Limits

_SIZE = re.compile(r"/([0-9.]+ [KMGT]?i?B) used")
"""How the database tells the limit it has reached."""

_DETAILS = re.compile(r"\|([0-9a-f]+)")
"""What a coded message says beyond its place, in hexadecimal."""

_INTERNAL = {
    "ends": "A rule gave a pair of ends that its relationship type does not allow.",
    "twice": "A rule wrote a fact that is there already.",
}
"""What a shipped rule does wrong; every other code is the end of a key, `refusal-run-…`."""


def translated(error: duckdb.Error, limits: Limits, *, timed_out: bool = False) -> GraphmodelError:
    """Return the error to raise for an error of the database."""
    kind, text = type(error).__name__, str(error)
    if kind == "InterruptException":
        stopped = LimitError("The query was interrupted.")
        return limits.passed("budget") if timed_out else stopped
    if kind in {"OutOfMemoryException", "IOException"}:
        size = _SIZE.search(text)
        return QueryLimitError("disk", size[1] if size else "?")
    if "cypher|" in text:
        return coded(text)
    if kind == "OutOfRangeException" or "out of range" in text:
        return refusal(Said("refusal-run-overflow"))
    if kind == "BinderException" and "Referenced table" in text:
        # DuckDB before 2.0: a lambda does not see the tables around the query it stands in
        return refusal(Said("refusal-run-outer-lambda"))
    return InternalError(f"The engine could not run the query ({kind}).")


def coded(text: str) -> GraphmodelError:
    """Return the error that the message of `sqlparts.raised` within a text stands for."""
    code, line, rest = text.split("cypher|", 1)[1].split("|", 2)
    column = rest[: next((i for i, c in enumerate(rest) if not c.isdigit()), len(rest))]
    if code in _INTERNAL:
        return InternalError(_INTERNAL[code])
    if code == "whole":
        name, kind = (bytes.fromhex(part).decode() for part in _DETAILS.findall(rest))
        reason, hint = whole(name, Type(Kind(kind)))
        return refusal(reason, hint, line=int(line), column=int(column))
    return refusal(Said(f"refusal-run-{code}"), line=int(line), column=int(column))
