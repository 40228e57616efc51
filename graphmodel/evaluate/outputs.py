"""Case tables and a truth out of the rows of other makers; every row is written or rejected."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from graphmodel.model.instants import parse_time
from graphmodel.model.money import CURRENCIES, parse_amount
from graphmodel.model.refusal import Reason, RefusalError
from graphmodel.sources.base import Reject, printable
from graphmodel.sources.cells import LONGEST_ID, check_id
from graphmodel.texts import Language, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

ZONE = ZoneInfo("UTC")
PAYMENT = ("id", "payer", "payee", "amount", "currency", "time", "channel")
RECEIVED = ("received_amount", "received_currency")
WITH_RECEIVED = ("AMLworld",)
"""Sets in which a payment may be received in another currency than it was paid in."""
ACCOUNT = ("id", "platform", "handle", "holder")
PERSON = ("id", "name", "kind")
SHOWN = 40
OWN_REASONS = frozenset(
    (
        "row-short",
        "row-signs",
        "account-twice",
        "payment-twice",
        "no-payment",
        "unmatched",
        "not-inside",
        "opening",
        "step",
    )
)
"""Codes of reasons of conversions; all others are those of the readers of case tables."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as text cells; what was received in another currency stands beside it."""

    id: str
    payer: str
    payee: str
    amount: str
    currency: str
    time: str
    channel: str = ""
    received_amount: str = ""
    received_currency: str = ""


@dataclass(slots=True)
class Pattern:
    """A labelled pattern of another maker: its payments in the order of the file."""

    id: str
    kind: str
    is_plant: bool
    payments: list[tuple[str, str, str]] = field(default_factory=list)
    """Payment, payer, payee."""


@dataclass(slots=True)
class FileCount:
    """Rows of one input file: `rows` = `kept` + `rejected`."""

    path: str
    rows: int = 0
    kept: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Converted:
    """What a conversion did: files, rejects, amounts rounded, labels by typology and by kind."""

    files: tuple[FileCount, ...]
    rejects: tuple[Reject, ...]
    rounded: int
    labels: Mapping[str, int]
    unmapped: Mapping[str, int]

    def to_json(self) -> dict[str, object]:
        """Return one object of `graphmodel.convert/1`; rejects stand in their own file."""
        return {
            "schema": "graphmodel.convert/1",
            "files": [
                {"path": f.path, "rows": f.rows, "kept": f.kept, "rejected": f.rejected}
                for f in self.files
            ],
            "rejects_total": len(self.rejects),
            "amounts_rounded": self.rounded,
            "labels": dict(self.labels),
            "labels_without_typology": dict(self.unmapped),
        }


class Tables:
    """Writes the tables of a case and counts what came in.

    Payments go to their file at once; accounts, persons and labels are kept until `close`.
    """

    def __init__(self, folder: Path, title: str, currency: str, language: Language) -> None:
        """Begin the case in a new folder."""
        self._header = (*PAYMENT, *RECEIVED) if title in WITH_RECEIVED else PAYMENT
        self.language = language
        self.files: dict[str, FileCount] = {}
        self.rejects: list[Reject] = []
        self.rounded = 0
        self.patterns: list[Pattern] = []
        self.holders: dict[str, str] = {}
        self._folder = folder / "case"
        self._folder.mkdir(parents=True)
        settings = {"title": title, "timezone": "UTC", "language": "en", "currency": currency}
        words = (f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
        (self._folder / "case.toml").write_text("".join(words), encoding="utf-8")
        self._file = (self._folder / "payments.csv").open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file, lineterminator="\n")
        self._rows.writerow(self._header)
        self._accounts: dict[str, tuple[str, ...]] = {}
        self._persons: dict[str, tuple[str, ...]] = {}
        self._used: set[str] = set()

    def count(self, path: Path) -> FileCount:
        """Return the counts of an input file."""
        return self.files.setdefault(path.name, FileCount(path.name))

    def reject(
        self, file: FileCount, line: int, code: str, column: str = "", value: str = ""
    ) -> None:
        """Refuse a row of an input file, with the reason's code."""
        own = code in OWN_REASONS
        key = f"evaluate-reject-{code}" if own else f"sources-reject-{code}"
        reason = text(key, self.language, name=column, detail=LONGEST_ID)
        file.rows += 1
        file.rejected += 1
        self.rejects.append(Reject(file.path, line, column, printable(value[:SHOWN]), reason))

    def pay(self, file: FileCount, line: int, payment: Payment) -> bool:
        """Write a payment, its amount rounded half to even to the minor unit; or refuse it."""
        column, value = "id", payment.id
        try:
            for column, value in (*self._named(payment), ("time", payment.time)):
                if not value:
                    self.reject(file, line, "required", column)
                    return False
                _ = parse_time(value, ZONE) if column == "time" else check_id(value)
            column, value = "amount", payment.amount
            amount = self._amount(payment.amount, payment.currency)
        except RefusalError as error:
            self.reject(file, line, str(error.reason), column, value)
            return False
        file.rows += 1
        file.kept += 1
        self._used |= {payment.payer, payment.payee}
        ends = (payment.id, payment.payer, payment.payee, amount, payment.currency)
        received = (payment.received_amount, payment.received_currency)
        cells = (*ends, payment.time, payment.channel, *received)
        self._rows.writerow(cells[: len(self._header)])
        return True

    @staticmethod
    def _named(payment: Payment) -> tuple[tuple[str, str], ...]:
        return ("id", payment.id), ("payer", payment.payer), ("payee", payment.payee)

    def _amount(self, words: str, currency: str) -> str:
        digits = CURRENCIES[currency]
        try:
            exact = Decimal(words)
        except ArithmeticError as error:
            raise RefusalError(Reason.NUMBER_BAD) from error
        if not exact.is_finite():
            raise RefusalError(Reason.NUMBER_BAD)
        if exact < 0:
            raise RefusalError(Reason.NUMBER_NEGATIVE)
        if exact.adjusted() > len(str(1 << 62)):
            raise RefusalError(Reason.NUMBER_LARGE)
        told = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
        parse_amount(f"{told:f}", currency)
        self.rounded += told != exact
        return f"{told:f}"

    def account(self, file: FileCount, line: int, cells: tuple[str, str, str, str]) -> None:
        """Keep an account (id, platform, handle, holder), or refuse it."""
        try:
            id_ = check_id(cells[0])
            check_id(cells[3])
        except RefusalError as error:
            self.reject(file, line, str(error.reason), "account", cells[0])
            return
        if not id_:
            self.reject(file, line, "required", "account")
        elif id_ in self._accounts:
            self.reject(file, line, "account-twice", "account", id_)
        else:
            file.rows += 1
            file.kept += 1
            self._accounts[id_] = cells
            if cells[3]:
                self.holders[id_] = cells[3]

    def person(self, id_: str, name: str, kind: str) -> None:
        """Keep a holder of accounts, once."""
        self._persons.setdefault(id_, (id_, name or id_, kind))

    def discard(self) -> None:
        """Close what is open, for a conversion that failed."""
        self._file.close()

    def close(self, truth: Path, mapping: Mapping[str, str]) -> Converted:
        """Write accounts, persons and the truth; `mapping` names the typology of each kind."""
        self._file.close()
        if self._accounts:
            others = {id_: (id_, "", "", "") for id_ in self._used - self._accounts.keys()}
            self._table("accounts", ACCOUNT, {**self._accounts, **others})
        if self._persons:
            self._table("persons", PERSON, self._persons)
        labels: Counter[str] = Counter()
        unmapped: Counter[str] = Counter()
        with truth.open("w", encoding="utf-8", newline="\n") as file:
            for pattern in self.patterns:
                if not pattern.payments:
                    continue
                name = mapping.get(pattern.kind, "")
                (labels if name else unmapped)[name or pattern.kind] += 1
                row = _label(pattern, name, self.holders)
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return Converted(
            tuple(self.files.values()),
            tuple(self.rejects),
            self.rounded,
            dict(sorted(labels.items())),
            dict(sorted(unmapped.items())),
        )

    def _table(
        self, name: str, header: tuple[str, ...], rows: Mapping[str, tuple[str, ...]]
    ) -> None:
        path = self._folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows[id_] for id_ in sorted(rows))


def _label(pattern: Pattern, typology: str, holders: Mapping[str, str]) -> dict[str, object]:
    """Return the row of a truth for a pattern; an account's holder stands beside it."""
    roles = {
        role: sorted({*ids, *(holders[id_] for id_ in ids if id_ in holders)})
        for role, ids in _roles(pattern, typology).items()
    }
    return {
        "id": pattern.id,
        "typology": typology,
        "kind": "plant" if pattern.is_plant else "decoy",
        "variant": pattern.kind,
        "hardship": "none",
        "roles": roles,
        "events": [payment for payment, _, _ in pattern.payments],
    }


def _roles(pattern: Pattern, typology: str) -> dict[str, Iterable[str]]:
    """Return who has which role: a hub is the one payee, or payer, of all payments."""
    payers = {payer for _, payer, _ in pattern.payments}
    payees = {payee for _, _, payee in pattern.payments}
    if typology == "payment_loop":
        return {"members": payers | payees}
    if typology in ("aggregator", "wholesaler"):
        hubs, others = (payees, payers) if pattern.kind.startswith("fan_in") else (payers, payees)
        return {"hub": hubs, "counterparties": others - hubs}
    return {}


def by_pattern(rows: Iterable[tuple[str, str, bool, tuple[str, str, str]]]) -> list[Pattern]:
    """Return patterns from rows of id, kind, whether it is to be found, and payment."""
    found: dict[str, Pattern] = {}
    lists: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for id_, kind, is_plant, payment in rows:
        found.setdefault(id_, Pattern(id_, kind, is_plant))
        lists[id_].append(payment)
    for id_, payments in lists.items():
        found[id_].payments = payments
    return list(found.values())
