"""What the database says when a query stops, in the words of this program and without any SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.errors import CypherError, GraphmodelError, InternalError, LimitError

if TYPE_CHECKING:
    import duckdb

_CODED = {
    "division": ("an integer is divided by zero", "Test the divisor first."),
    "type": ("a value has a type for which this operation has no meaning", ""),
    "round": ("round() with digits is exact below 10^15 only", ""),
    "wide": ("a written number needs more than 64 bits", "Use toFloat()."),
    "digits": ("a number with an exponent has more than 15 digits", "Write it without exponent."),
    "script": ("a number is written in digits that are outside the subset", ""),
    "halves": ("a character beyond 16 bits would be cut in two", ""),
    "nan": ("not-a-number stands where equal values are looked for", ""),
    "tiny": ("a float is too near to zero for its text to be certain", ""),
    "letters": ("a letter's case depends on its place or needs two letters", ""),
    "negative": ("a length or position is negative", ""),
    "range": ("range() gives more than ten million integers", ""),
    "step": ("the step of range() is zero", ""),
    "ends": ("a rule gave a pair of ends that its relationship type does not allow", ""),
    "twice": ("a rule wrote a fact that is there already", ""),
}
_INTERNAL = frozenset({"ends", "twice"})


def translated(error: duckdb.Error, budget_s: float | None, *, timed_out: bool) -> GraphmodelError:
    """Return the error to raise for an error of the database."""
    kind, text = type(error).__name__, str(error)
    if kind == "InterruptException" and timed_out:
        return LimitError(
            f"The query passed its time budget of {budget_s:g} s.",
            hint="Narrow the pattern, or raise the budget.",
        )
    if kind in {"OutOfMemoryException", "IOException"}:
        return LimitError(
            "The query needed more memory or disk than it may use.", hint="Narrow the pattern."
        )
    if "cypher|" in text:
        return _coded(text)
    if kind == "OutOfRangeException" or "out of range" in text:
        return CypherError("an integer went beyond 64 bits", hint="Use toFloat().")
    if kind == "InterruptException":
        return LimitError("The query was interrupted.")
    return InternalError(f"The engine could not run the query ({kind}).")


def _coded(text: str) -> GraphmodelError:
    code, line, rest = text.split("cypher|", 1)[1].split("|", 2)
    column = rest[: next((i for i, c in enumerate(rest) if not c.isdigit()), len(rest))]
    reason, hint = _CODED[code]
    if code in _INTERNAL:
        return InternalError(f"{reason[0].upper()}{reason[1:]}.")
    return CypherError(reason, line=int(line), column=int(column), hint=hint)
