"""AMLSim outputs: `transactions.csv`, `alert_transactions.csv`, `accounts.csv` (each also `.gz`).

Columns are those that its converter writes by default: `tran_id`, `orig_acct`, `bene_acct`,
`tx_type`, `base_amt`, `tran_timestamp`; `alert_id`, `alert_type`, `is_sar`, `tran_id`; `acct_id`,
`dsply_nm`, `acct_rptng_crncy`. An alert is a plant where `is_sar` is true, else a decoy. Of
accounts only id, shown name and currency are taken, nothing of the person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.evaluate.inputs import csv_rows, named_file
from graphmodel.evaluate.outputs import Payment, by_pattern
from graphmodel.model.money import CURRENCIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphmodel.evaluate.outputs import Tables

TITLE = "AMLSim"
MAPPING = {"cycle": "payment_loop", "fan_in": "aggregator", "fan_out": "wholesaler"}
TRANSACTIONS = ("tran_id", "orig_acct", "bene_acct", "base_amt", "tran_timestamp")
ALERTS = ("alert_id", "alert_type", "is_sar", "tran_id")


def convert(folder: Path, tables: Tables, currency: str) -> None:
    """Write payments, accounts and alerts; `currency` is that of accounts that name none."""
    accounts = named_file(folder, "accounts.csv", needed=False)
    currencies = {} if accounts is None else _accounts(accounts, tables)
    ends: dict[str, tuple[str, str]] = {}
    transactions, alerts = (
        named_file(folder, f"{stem}.csv") for stem in ("transactions", "alert_transactions")
    )
    assert transactions is not None and alerts is not None  # noqa: S101, PT018 # needed
    file = tables.count(transactions)
    for line, cells, wrong in csv_rows(transactions, TRANSACTIONS, ("tx_type",)):
        if wrong:
            tables.reject(file, line, wrong)
            continue
        payer, payee = cells["orig_acct"], cells["bene_acct"]
        payment = Payment(
            id=cells["tran_id"],
            payer=payer,
            payee=payee,
            amount=cells["base_amt"],
            currency=currencies.get(payer) or currency,
            time=cells["tran_timestamp"],
            channel=cells.get("tx_type", ""),
        )
        if payment.id in ends:
            tables.reject(file, line, "payment-twice", "tran_id", payment.id)
        elif tables.pay(file, line, payment):
            ends[payment.id] = (payer, payee)
    tables.patterns += by_pattern(_alerts(alerts, tables, ends))


def _accounts(path: Path, tables: Tables) -> dict[str, str]:
    """Keep the accounts; returns their currencies."""
    file, found = tables.count(path), {}
    for line, cells, wrong in csv_rows(path, ("acct_id",), ("dsply_nm", "acct_rptng_crncy")):
        if wrong:
            tables.reject(file, line, wrong)
            continue
        code = cells.get("acct_rptng_crncy", "").upper()
        if code and code not in CURRENCIES:
            tables.reject(file, line, "currency-unknown", "acct_rptng_crncy", code)
            continue
        tables.account(file, line, (cells["acct_id"], "bank", cells.get("dsply_nm", ""), ""))
        found[cells["acct_id"]] = code
    return found


def _alerts(
    path: Path, tables: Tables, ends: dict[str, tuple[str, str]]
) -> Iterator[tuple[str, str, bool, tuple[str, str, str]]]:
    file = tables.count(path)
    for line, cells, wrong in csv_rows(path, ALERTS):
        if wrong:
            tables.reject(file, line, wrong)
            continue
        payment = cells["tran_id"]
        if payment not in ends:
            tables.reject(file, line, "no-payment", "tran_id", payment)
            continue
        file.rows += 1
        file.kept += 1
        is_plant = cells["is_sar"].lower() in ("true", "1")
        id_ = f"alert-{cells['alert_id']}"
        yield id_, cells["alert_type"], is_plant, (payment, *ends[payment])
