"""The words in which a case table is declared: columns with their kinds, links they become."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from graphmodel.model.schema import BOUNDS, CERTAINTIES, SCHEMA


class Kind(Enum):
    """What the cells of a column are."""

    ID = auto()
    TEXT = auto()
    DIGEST = auto()  # text compared whatever its case
    CHOICE = auto()  # one word of a closed list
    COUNT = auto()
    AMOUNT = auto()  # money of the row's currency, not negative
    SIGNED = auto()  # money of the row's currency, perhaps negative
    PRICE = auto()  # per record, in billionths
    CURRENCY = auto()
    TIME = auto()
    REF = auto()  # one id
    REFS = auto()  # ids separated by semicolons


ACCOUNT, PERSON, PERSONA, BATCH, SOURCE = "Account", "Person", "Persona", "Batch", "Source"
ANY_FACT = "*"
"""Target of a column that may name any fact."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    `targets` are the labels a reference may name; `link` is the relationship type it becomes (from
    the row to the target, or from the target where `reverse`). `party` columns give an account to
    a person who has none. `identity` columns are part of the generated id of a row without one.
    """

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    values: tuple[str, ...] = ()
    default: str | None = None
    targets: tuple[str, ...] = ()
    link: str | None = None
    reverse: bool = False
    party: bool = False
    identity: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: the label its rows become, or None where a row is a relationship."""

    name: str
    label: str | None
    columns: tuple[Column, ...]
    types: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """Return the column of a name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def has(self, name: str) -> bool:
        """Say whether the table has a column of this name."""
        return any(column.name == name for column in self.columns)

    def reserved(self) -> frozenset[str]:
        """Return the case-folded names that an unknown column may not take."""
        names = {column.name for column in self.columns}
        if self.label is not None:
            names.update(SCHEMA.nodes[self.label].names())
        for type_ in self.types:
            names.update(SCHEMA.relationships[type_].names())
        return frozenset(name.casefold() for name in names)


def ident() -> Column:
    """Return the required id column."""
    return Column("id", Kind.ID, required=True)


def row_id() -> Column:
    """Return the optional id column of a table whose rows get a generated id."""
    return Column("id", Kind.ID)


def words(*names: str) -> tuple[Column, ...]:
    """Return plain text columns."""
    return tuple(Column(name) for name in names)


def bound(name: str) -> Column:
    """Return a bound column: exact unless stated."""
    return Column(name, Kind.CHOICE, values=BOUNDS)


def counted(name: str) -> tuple[Column, Column]:
    """Return a count and its bound."""
    return Column(name, Kind.COUNT), bound(f"{name}_bound")


def ref(name: str, *targets: str, link: str | None = None, required: bool = False) -> Column:
    """Return a reference to a row of one of the target labels."""
    return Column(name, Kind.REF, required=required, targets=targets, link=link)


def party(name: str, link: str, *, required: bool = True) -> Column:
    """Return a party of an event: an account, or a person where the account is unknown."""
    targets = (ACCOUNT, PERSON)
    return Column(name, Kind.REF, required=required, targets=targets, link=link, party=True)


CURRENCY = Column("currency", Kind.CURRENCY)
WHEN = Column("time", Kind.TIME)
SLOW = (Column("since", Kind.TIME, identity=True), Column("until", Kind.TIME, identity=True))
DISCLOSED = Column("disclosed", Kind.CHOICE, values=("yes", "no"))
CERTAINTY = Column("certainty", Kind.CHOICE, values=CERTAINTIES, default="stated")
CITATION = (ref("source", SOURCE), Column("locator"), Column("quote"), CERTAINTY)
