"""One cell into a value or a refusal, each distinct text only once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from graphmodel.model.instants import UNKNOWN, Interval, parse_time
from graphmodel.model.money import parse_amount, parse_currency, parse_scaled, parse_unit_price
from graphmodel.model.refusal import Reason, RefusalError
from graphmodel.sources.spec import Kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from graphmodel.sources.spec import Column

LONGEST_ID = 200
RESERVED = ("unknown:", "unnamed:")
_FORBIDDEN = re.compile("[;\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Bad(NamedTuple):
    """A refused cell: the code of the reason and what fills its text."""

    code: str
    detail: str = ""


class Memo(dict[str, object]):
    """Values by cell text, parsed on first sight; `bad` says whether any was refused."""

    __slots__ = ("bad", "parse")

    def __init__(self, parse: Callable[[str], object]) -> None:
        """Keep the parser; a RefusalError it raises becomes a `Bad` value."""
        super().__init__()
        self.parse = parse
        self.bad = False

    def __missing__(self, text: str) -> object:
        """Parse a text not seen before."""
        try:
            value = self.parse(text)
        except RefusalError as refusal:
            value = Bad(refusal.reason, refusal.detail)
        if isinstance(value, Bad):
            self.bad = True
        self[text] = value
        return value


def check_id(text: str) -> str:
    """Return a trimmed id; one that is too long, reserved or has forbidden signs is refused."""
    name = text.strip()
    if not name.isalnum():
        if _FORBIDDEN.search(name):
            raise RefusalError(Reason.ID_SIGNS)
        if name.startswith(RESERVED):
            raise RefusalError(Reason.ID_RESERVED)
    if len(name) > LONGEST_ID:
        raise RefusalError(Reason.ID_LONG, str(LONGEST_ID))
    return name


def parse_count(text: str) -> int:
    """Return a whole number that is not negative."""
    if "." in text or "．" in text:
        raise RefusalError(Reason.COUNT_WHOLE)
    return _not_negative(parse_scaled(text, 0))


def _not_negative(value: int) -> int:
    if value < 0:
        raise RefusalError(Reason.NUMBER_NEGATIVE)
    return value


def _text(text: str) -> str | None:
    return text if text.strip() else None


def _digest(text: str) -> str | None:
    return text.strip().casefold() or None


def _choice(column: Column) -> Callable[[str], object]:
    allowed = frozenset(column.values)

    def parse(text: str) -> object:
        word = text.strip()
        if word in allowed:
            return word
        return Bad("choice", ", ".join(column.values)) if word else column.default

    return parse


def _optional(parse: Callable[[str], object]) -> Callable[[str], object]:
    return lambda text: parse(text) if text.strip() else None


def cell_parser(column: Column, zone: tzinfo, currency: str) -> Callable[[str], object]:
    """Return the parser of a column's cells; money is the business of `amount_parser`.

    Empty cells give None, or the column's default; an empty time gives `UNKNOWN`.
    """

    def time(text: str) -> Interval:
        return parse_time(text, zone) if text.strip() else UNKNOWN

    parsers: dict[Kind, Callable[[str], object]] = {
        Kind.ID: _optional(check_id),
        Kind.TEXT: _text,
        Kind.DIGEST: _digest,
        Kind.CHOICE: _choice(column),
        Kind.COUNT: _optional(parse_count),
        Kind.PRICE: _optional(lambda text: _not_negative(parse_unit_price(text))),
        Kind.CURRENCY: lambda text: parse_currency(text) if text.strip() else currency,
        Kind.TIME: time,
        Kind.REF: lambda text: text.strip() or None,
        Kind.REFS: split_ids,
    }
    return parsers[column.kind]


def amount_parser(kind: Kind, currency: str) -> Callable[[str], object]:
    """Return the parser of money of one currency; only `Kind.SIGNED` may be negative."""
    if kind is Kind.SIGNED:
        return _optional(lambda text: parse_amount(text, currency))
    return _optional(lambda text: _not_negative(parse_amount(text, currency)))


def split_ids(text: str) -> tuple[str, ...]:
    """Return the ids of a list cell in order, each once; empty parts are left out."""
    parts = (part.strip() for part in text.split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))
