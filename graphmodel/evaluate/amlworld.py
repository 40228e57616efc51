"""AMLworld (the IBM sets HI/LI, small to large): `*_Trans.csv`, `*_Patterns.txt`, `*_accounts.csv`.

A transaction has no id: it is numbered by its place (`t1`, `t2`, …). An account number is unique
within its bank only: an account is `BANK-NUMBER`, the bank without leading zeros. Currencies are
given by name. A payment is what was paid; what was received in another currency stands beside it.
The holder of an account is its entity, where the accounts are given.

In the patterns file every attempt is a block of rows of the transactions between the lines
`BEGIN LAUNDERING ATTEMPT - KIND: …` and `END LAUNDERING ATTEMPT - KIND`; a row is found again by
all its cells. Transactions marked as laundering in no attempt are labels without a typology.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from graphmodel.evaluate.inputs import csv_rows, find_file, split_line, text_lines
from graphmodel.evaluate.outputs import Pattern, Payment

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.evaluate.outputs import FileCount, Tables

TITLE = "AMLworld"
MAPPING = {"cycle": "payment_loop", "fan_in": "aggregator", "fan_out": "wholesaler"}
CURRENCY_CODES = {
    "australian dollar": "AUD",
    "bitcoin": "BTC",
    "brazil real": "BRL",
    "canadian dollar": "CAD",
    "euro": "EUR",
    "mexican peso": "MXN",
    "ruble": "RUB",
    "rupee": "INR",
    "saudi riyal": "SAR",
    "shekel": "ILS",
    "swiss franc": "CHF",
    "uk pound": "GBP",
    "us dollar": "USD",
    "yen": "JPY",
    "yuan": "CNY",
}
TRANSACTIONS = (
    "Timestamp", "From Bank", "Account", "To Bank", "Account.1", "Amount Received",
    "Receiving Currency", "Amount Paid", "Payment Currency", "Payment Format", "Is Laundering",
)  # fmt: skip
BANKS = (1, 3)
"""Places of the banks among the cells of a transaction."""

ACCOUNTS = ("Bank ID", "Account Number")
BEGIN = re.compile(r"BEGIN LAUNDERING ATTEMPT\s*-\s*([A-Za-z-]+)")
END = "END LAUNDERING ATTEMPT"
ALONE = "no_pattern"

Key = tuple[str, ...]


def convert(folder: Path, tables: Tables, currency: str) -> None:
    """Write payments, accounts with their entities, and attempts; `currency` is not needed."""
    del currency
    patterns = find_file(folder, ("_Patterns.txt", "_Patterns.txt.gz"))
    transactions = find_file(folder, ("_Trans.csv", "_Trans.csv.gz"))
    assert patterns is not None and transactions is not None  # noqa: S101, PT018 # needed
    accounts = find_file(folder, ("_accounts.csv", "_accounts.csv.gz"), needed=False)
    if accounts is not None:
        _accounts(accounts, tables)
    file, waiting = tables.count(patterns), _attempts(patterns, tables)
    _payments(transactions, tables, waiting, file)
    left = [(line, key) for key, rows in waiting.items() for line, _ in rows]
    for line, key in sorted(left):
        tables.reject(file, line, "unmatched", "", ",".join(key))


def _bank(words: str) -> str:
    """Return a bank without leading zeros, which one of the files leaves out.

    >>> _bank("021174"), _bank("000")
    ('21174', '0')
    """
    return words.lstrip("0") or ("0" if words else "")


def _key(cells: list[str]) -> Key:
    return tuple(_bank(c.strip()) if at in BANKS else c.strip() for at, c in enumerate(cells))


def _attempts(path: Path, tables: Tables) -> dict[Key, list[tuple[int, Pattern]]]:
    """Begin a pattern for every attempt; returns the rows to be found among the payments."""
    file = tables.count(path)
    waiting: dict[Key, list[tuple[int, Pattern]]] = defaultdict(list)
    inside: Pattern | None = None
    for number, words in text_lines(path):
        begins = BEGIN.search(words)
        if begins:
            kind = begins[1].lower().replace("-", "_")
            inside = Pattern(f"attempt-{len(tables.patterns) + 1}", kind, is_plant=True)
            tables.patterns.append(inside)
        elif words.startswith(END):
            inside = None
        elif words.strip():
            cells = split_line(words)
            if cells is None or len(cells) != len(TRANSACTIONS):
                code = "row-quoting" if cells is None else "row-short"
                tables.reject(file, number, code)
            elif inside is None:
                tables.reject(file, number, "not-inside")
            else:
                waiting[_key(cells)].append((number, inside))
    return waiting


def _payments(
    path: Path,
    tables: Tables,
    waiting: dict[Key, list[tuple[int, Pattern]]],
    patterns: FileCount,
) -> None:
    file = tables.count(path)
    alone: list[Pattern] = []
    for number, (line, cells, wrong) in enumerate(csv_rows(path, TRANSACTIONS), 1):
        if wrong:
            tables.reject(file, line, wrong)
            continue
        codes = [cells["Payment Currency"], cells["Receiving Currency"]]
        paid, received = (CURRENCY_CODES.get(code.casefold(), "") for code in codes)
        if not paid or not received:
            at = "Receiving Currency" if paid else "Payment Currency"
            tables.reject(file, line, "currency-unknown", at, cells[at])
            continue
        payment = _payment(f"t{number}", cells, paid, received)
        if not tables.pay(file, line, payment):
            continue
        ends = (payment.id, payment.payer, payment.payee)
        named = waiting.get(_key([cells[name] for name in TRANSACTIONS]))
        if named:
            named.pop(0)[1].payments.append(ends)
            patterns.rows += 1
            patterns.kept += 1
        elif cells["Is Laundering"] == "1":
            alone.append(Pattern(f"alone-{payment.id}", ALONE, is_plant=True, payments=[ends]))
    tables.patterns += alone


def _payment(id_: str, cells: dict[str, str], paid: str, received: str) -> Payment:
    is_exchange = paid != received
    return Payment(
        id=id_,
        payer=f"{_bank(cells['From Bank'])}-{cells['Account']}",
        payee=f"{_bank(cells['To Bank'])}-{cells['Account.1']}",
        amount=cells["Amount Paid"],
        currency=paid,
        time=cells["Timestamp"].replace("/", "-"),
        channel=cells["Payment Format"],
        received_amount=cells["Amount Received"] if is_exchange else "",
        received_currency=received if is_exchange else "",
    )


def _accounts(path: Path, tables: Tables) -> None:
    file = tables.count(path)
    optional = ("Bank Name", "Entity ID", "Entity Name")
    for line, cells, wrong in csv_rows(path, ACCOUNTS, optional):
        if wrong:
            tables.reject(file, line, wrong)
            continue
        entity = cells.get("Entity ID", "")
        id_ = f"{_bank(cells['Bank ID'])}-{cells['Account Number']}"
        tables.account(file, line, (id_, cells.get("Bank Name", ""), "", entity))
        if entity:
            tables.person(entity, cells.get("Entity Name", ""), "organisation")
