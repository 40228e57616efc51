"""Turn the public data sets of the shared folder into case tables, for tests and by hand.

    python tests/convert_shared.py amlsim|finbench SHARED OUT

The AMLSim payments keep their own column names, which `case.toml` maps; the amounts of FinBench are
finer than a cent and are rounded half to even, which is the only change made to a value.
"""

from __future__ import annotations

import csv
import gzip
import sys
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CENT = Decimal("0.01")
AMLSIM_TOML = """title = "AMLSim 10K, payments in order"
timezone = "UTC"
language = "en"
currency = "USD"

[columns.payments]
id = "tran_id"
payer = "orig_acct"
payee = "bene_acct"
amount = "base_amt"
time = "tran_timestamp"
"""
FINBENCH_TOML = """title = "LDBC FinBench, transfers"
timezone = "UTC"
language = "en"
currency = "USD"
"""


def amlsim(shared: Path, out: Path) -> int:
    """Write the AMLSim payments as `payments.csv` with their own header; return the rows."""
    out.mkdir(parents=True, exist_ok=True)
    source = shared / "data" / "amlsim_10k_ordered" / "transactions.csv.gz"
    data = gzip.decompress(source.read_bytes())
    (out / "payments.csv").write_bytes(data)
    (out / "case.toml").write_text(AMLSIM_TOML, encoding="utf-8")
    return data.count(b"\n") - 1


def finbench(shared: Path, out: Path) -> int:
    """Write the FinBench transfers as `payments.csv`; return the rows."""
    out.mkdir(parents=True, exist_ok=True)
    source = shared / "data" / "finbench_sf001" / "AccountTransferAccount.csv.gz"
    rows = 0
    with (
        gzip.open(source, "rt", encoding="utf-8", newline="") as lines,
        (out / "payments.csv").open("w", encoding="utf-8", newline="") as table,
    ):
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(["id", "payer", "payee", "amount", "time"])
        for row in csv.DictReader(lines, delimiter="|"):
            rows += 1
            amount = Decimal(row["amount"]).quantize(CENT, ROUND_HALF_EVEN)
            writer.writerow([f"t{rows}", row["fromId"], row["toId"], amount, row["createTime"]])
    (out / "case.toml").write_text(FINBENCH_TOML, encoding="utf-8")
    return rows


CONVERTERS: dict[str, Callable[[Path, Path], int]] = {"amlsim": amlsim, "finbench": finbench}


if __name__ == "__main__":
    name, shared_folder, out_folder = sys.argv[1:]
    count = CONVERTERS[name](Path(shared_folder), Path(out_folder))
    sys.stdout.write(f"{count} payments\n")
