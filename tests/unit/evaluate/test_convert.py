"""Sets of other makers: every row is written or rejected, and labels name what was written.

The files are made up here in the forms that the makers write.
"""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from graphmodel.case import Case
from graphmodel.errors import InputError, UsageError
from graphmodel.evaluate.convert import Options, convert
from graphmodel.evaluate.run import evaluate
from graphmodel.evaluate.truth import read_truth

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.evaluate.outputs import Converted
    from graphmodel.evaluate.truth import Label

AMLSIM_ACCOUNTS = """acct_id,dsply_nm,type,acct_rptng_crncy,ssn
1,C_1,I,USD,001-02-0003
2,C_2,I,EUR,001-02-0004
2,C_2,I,EUR,001-02-0004
3,C_3,I,QQQ,001-02-0005
"""
AMLSIM_PAYMENTS = """tran_id,orig_acct,bene_acct,tx_type,base_amt,tran_timestamp,is_sar,alert_id
10,1,2,TRANSFER,100.5,2017-01-01T00:00:00Z,True,0
11,2,4,TRANSFER,90.125,2017-01-02T00:00:00Z,True,0
12,4,1,TRANSFER,80,2017-01-03T00:00:00Z,True,0
13,5,1,TRANSFER,70,2017-01-03T00:00:00Z,False,1
14,6,1,TRANSFER,-1,2017-01-03T00:00:00Z,False,-1
15,6,1,TRANSFER,1e3,2017-13-03T00:00:00Z,False,-1
13,5,1,TRANSFER,70,2017-01-03T00:00:00Z,False,1
16,,1,TRANSFER,70,2017-01-03T00:00:00Z,False,1
17,1,2,TRANSFER
18,1,"2,TRANSFER,1,2017-01-03T00:00:00Z,False,-1
"""
AMLSIM_ALERTS = """alert_id,alert_type,is_sar,tran_id,orig_acct,bene_acct
0,cycle,True,10,1,2
0,cycle,True,11,2,4
0,cycle,True,12,4,1
1,fan_in,False,13,5,1
2,bipartite,True,13,5,1
2,bipartite,True,14,6,1
"""


def amlsim(folder: Path) -> Path:
    """Write a set as AMLSim does, one file packed, beside files that are not read."""
    folder.mkdir()
    (folder / "accounts.csv").write_text(AMLSIM_ACCOUNTS, encoding="utf-8")
    (folder / "transactions.csv").write_text(AMLSIM_PAYMENTS, encoding="utf-8")
    packed = gzip.compress(AMLSIM_ALERTS.encode())
    (folder / "alert_transactions.csv.gz").write_bytes(packed)
    (folder / "alert_accounts.csv").write_text("alert_id\n", encoding="utf-8")
    return folder


HEAD = (
    "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,"
    "Amount Paid,Payment Currency,Payment Format,Is Laundering\n"
)
LOOP = (
    "2022/09/01 00:20,010,A1,0020,B1,50.00,Euro,55.25,US Dollar,Wire,1\n",
    "2022/09/02 10:00,0020,B1,010,A1,54.00,US Dollar,54.00,US Dollar,Wire,1\n",
)
FAN = "2022/09/02 10:05,030,C1,010,A1,0.123457,Bitcoin,0.123457,Bitcoin,Bitcoin,1\n"
ALONE = "2022/09/03 10:05,030,C1,0020,B1,1000.50,Yen,1000.50,Yen,ACH,1\n"
PLAIN = "2022/09/03 10:06,030,C1,0020,B1,7.00,Yuan,7.00,Yuan,ACH,0\n"
OTHER = PLAIN.replace("7.00", "8.00")
ODD = "2022/09/03 10:06,030,C1,0020,B1,7.00,Doubloon,7.00,Yuan,ACH,0\n"
PATTERNS = (
    "BEGIN LAUNDERING ATTEMPT - CYCLE:  Max 2 hops\n" + "".join(LOOP).replace("0020", "20")
    + "END LAUNDERING ATTEMPT - CYCLE\n\n"
    "BEGIN LAUNDERING ATTEMPT - FAN-IN:  Max 1-degree Fan-In\n" + FAN + OTHER
    + "END LAUNDERING ATTEMPT - FAN-IN\n"
    "BEGIN LAUNDERING ATTEMPT - GATHER-SCATTER: x\n" + FAN + "END LAUNDERING ATTEMPT\n" + FAN
)  # fmt: skip
ENTITIES = """Bank Name,Bank ID,Account Number,Entity ID,Entity Name
First,10,A1,E1,Corporation #1
Second,20,B1,E2,Partnership #2
"""


def amlworld(folder: Path) -> Path:
    """Write a set as AMLworld does."""
    folder.mkdir()
    rows = HEAD + "".join(LOOP) + FAN + FAN + ALONE + PLAIN + ODD
    (folder / "XX-Small_Trans.csv").write_text(rows, encoding="utf-8")
    (folder / "XX-Small_Patterns.txt").write_text(PATTERNS, encoding="utf-8")
    (folder / "XX-Small_accounts.csv").write_text(ENTITIES, encoding="utf-8")
    return folder


LOG = (
    (0, "INITALBALANCE", 5000.0, -2, 1, 0, -1, 0),
    (0, "TRANSFER", 120.004999, -2, 1, 0, -1, 0),
    (1, "TRANSFER", 99.995, 1, 2, 1, 7, 3),
    (2, "TRANSFER", 88.125, 2, 1, 1, 7, 3),
    (3, "TRANSFER", 10.0, 1, 2, 0, 9, 14),
    (4, "TRANSFER", 10.0, 2, 1, 0, 9, 14),
    (5, "CASH", 3.0, 1, -1, 1, -1, 0),
    (6, "TRANSFER", 1.0, 1, 3, 1, 4, 7),
    (6, "TRANSFER", float("nan"), 1, 3, 1, 4, 7),
    (-1, "TRANSFER", 1.0, 1, 3, 0, 4, 7),
)


def amlgentex(folder: Path) -> Path:
    """Write a log as AMLGentex does."""
    folder.mkdir()
    names = (
        "step", "type", "amount", "nameOrig", "nameDest", "isSAR", "patternID", "modelType",
    )  # fmt: skip
    columns = dict(zip(names, map(list, zip(*LOG, strict=True)), strict=True))
    table = pa.table({**columns, "type": pa.array(columns["type"]).dictionary_encode()})
    parquet.write_table(table, folder / "tx_log.parquet")
    return folder


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counts(told: Converted) -> dict[str, tuple[int, int, int]]:
    """Return rows, kept and rejected by file, once they are found to agree."""
    assert all(f.rows == f.kept + f.rejected for f in told.files)
    assert sum(f.rejected for f in told.files) == len(told.rejects)
    return {f.path: (f.rows, f.kept, f.rejected) for f in told.files}


def labels_of(out: Path) -> dict[str, Label]:
    """Return the labels of a truth by id."""
    return {label.id: label for label in read_truth(out)}


def check_import(out: Path) -> None:
    """Find that the tables are read without a reject, and that the truth fits them."""
    with Case.open(out / "case") as case:
        assert case.imported.rejects == ()
        payments = len(rows_of(out / "case" / "payments.csv"))
        assert evaluate(case, out).payments == payments


def test_amlsim_becomes_a_case_and_a_truth(tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = convert("amlsim", amlsim(tmp_path / "in"), out)
    assert counts(told) == {
        "accounts.csv": (4, 2, 2),
        "transactions.csv": (10, 4, 6),
        "alert_transactions.csv.gz": (6, 5, 1),
    }
    payments = rows_of(out / "case" / "payments.csv")
    assert [(r["id"], r["amount"], r["currency"]) for r in payments] == [
        ("10", "100.50", "USD"),
        ("11", "90.12", "EUR"),
        ("12", "80.00", "USD"),
        ("13", "70.00", "USD"),
    ]
    assert told.rounded == 1
    places = {(r.path, r.line, r.column) for r in told.rejects}
    assert places == {
        ("accounts.csv", 4, "account"),
        ("accounts.csv", 5, "acct_rptng_crncy"),
        ("transactions.csv", 6, "amount"),
        ("transactions.csv", 7, "time"),
        ("transactions.csv", 8, "tran_id"),
        ("transactions.csv", 9, "payer"),
        ("transactions.csv", 10, ""),
        ("transactions.csv", 11, ""),
        ("alert_transactions.csv.gz", 7, "tran_id"),
    }
    assert len(rows_of(out / "rejects.csv")) == len(told.rejects)
    labels = labels_of(out)
    cycle, fan, other = (labels[f"alert-{n}"] for n in (0, 1, 2))
    assert (cycle.typology, cycle.kind) == ("payment_loop", "plant")
    assert cycle.events == {"10", "11", "12"}
    assert cycle.roles == {"members": {"1", "2", "4"}}
    assert (fan.typology, fan.kind) == ("aggregator", "decoy")
    assert fan.roles == {"hub": {"1"}, "counterparties": {"5"}}
    assert (other.typology, other.variant) == ("", "bipartite")
    assert other.events == {"13"}
    assert (dict(told.labels), dict(told.unmapped)) == (
        {"aggregator": 1, "payment_loop": 1},
        {"bipartite": 1},
    )
    # nothing of a person is taken over
    assert "001-02" not in (out / "case" / "accounts.csv").read_text(encoding="utf-8")
    check_import(out)


def test_amlworld_becomes_a_case_and_a_truth(tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = convert("amlworld", amlworld(tmp_path / "in"), out)
    assert counts(told) == {
        "XX-Small_accounts.csv": (2, 2, 0),
        "XX-Small_Trans.csv": (7, 6, 1),
        "XX-Small_Patterns.txt": (6, 4, 2),
    }
    payments = {r["id"]: r for r in rows_of(out / "case" / "payments.csv")}
    assert set(payments) == {"t1", "t2", "t3", "t4", "t5", "t6"}
    first = payments["t1"]
    assert (first["payer"], first["payee"]) == ("10-A1", "20-B1")
    assert (first["amount"], first["currency"]) == ("55.25", "USD")
    assert (first["received_amount"], first["received_currency"]) == ("50.00", "EUR")
    assert payments["t2"]["received_amount"] == ""
    assert payments["t3"]["amount"] == "0.12345700"
    # yen have no cents: half to even
    assert (payments["t5"]["amount"], told.rounded) == ("1000", 1)
    assert {(r.path, r.line) for r in told.rejects} == {
        ("XX-Small_Trans.csv", 8),
        ("XX-Small_Patterns.txt", 8),
        ("XX-Small_Patterns.txt", 13),
    }
    labels = labels_of(out)
    cycle = labels["attempt-1"]
    assert (cycle.typology, cycle.variant) == ("payment_loop", "cycle")
    assert cycle.events == {"t1", "t2"}
    # the registered holders stand beside their accounts
    assert cycle.roles == {"members": {"10-A1", "20-B1", "E1", "E2"}}
    # two equal transactions, named by two attempts: each names one of them
    assert labels["attempt-2"].events == {"t3"}
    assert labels["attempt-3"].events == {"t4"}
    assert labels["attempt-2"].typology == "aggregator"
    assert (labels["attempt-3"].typology, labels["attempt-3"].variant) == ("", "gather_scatter")
    assert (labels["alone-t5"].typology, labels["alone-t5"].variant) == ("", "no_pattern")
    assert dict(told.unmapped) == {"gather_scatter": 1, "no_pattern": 1}
    check_import(out)


def test_amlgentex_becomes_a_case_and_a_truth(tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = Options("SEK", date(2023, 1, 1))
    told = convert("amlgentex", amlgentex(tmp_path / "in"), out, options)
    assert counts(told) == {"tx_log.parquet": (10, 7, 3)}
    assert {(r.line, r.column) for r in told.rejects} == {(1, "type"), (9, "amount"), (10, "step")}
    payments = {r["id"]: r for r in rows_of(out / "case" / "payments.csv")}
    assert [payments[f"t{n}"]["amount"] for n in (2, 3, 4)] == ["120.00", "100.00", "88.12"]
    assert told.rounded == 3
    assert {r["currency"] for r in payments.values()} == {"SEK"}
    assert (payments["t2"]["payer"], payments["t7"]["payee"]) == ("source", "sink")
    assert (payments["t2"]["time"], payments["t7"]["time"]) == ("2023-01-01", "2023-01-06")
    labels = labels_of(out)
    assert {(label.typology, label.kind, label.variant) for label in labels.values()} == {
        ("payment_loop", "plant", "cycle"),
        ("payment_loop", "decoy", "mutual"),
        ("", "plant", "scatter_gather"),
        ("", "plant", "no_pattern"),
    }
    assert labels["pattern-7-3"].events == {"t3", "t4"}
    check_import(out)


def test_half_of_a_minor_unit_is_rounded_to_even() -> None:
    assert [str(round(Decimal(n), 2)) for n in ("0.125", "0.135")] == ["0.12", "0.14"]


def test_what_cannot_be_converted_leaves_nothing(tmp_path: Path) -> None:
    source = amlsim(tmp_path / "in")
    out = tmp_path / "out"
    with pytest.raises(UsageError, match="numbers its days"):
        convert("amlgentex", source, out)
    with pytest.raises(UsageError, match="holds no file that ends in _Patterns"):
        convert("amlworld", source, out)
    with pytest.raises(UsageError, match="There is no folder"):
        convert("amlsim", tmp_path / "none", out)
    with pytest.raises(UsageError, match="is there already"):
        convert("amlsim", source, source)
    with pytest.raises(UsageError, match="is not there"):
        convert("amlsim", source, tmp_path / "none" / "out")
    (source / "transactions.csv").write_text("tran_id,orig_acct\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"transactions\.csv lacks the column bene_acct"):
        convert("amlsim", source, out)
    (source / "transactions.csv").unlink()
    (source / "transactions.csv.gz").write_bytes(gzip.compress(AMLSIM_PAYMENTS.encode())[:-20])
    with pytest.raises(InputError, match="cannot be read"):
        convert("amlsim", source, out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]


def test_a_broken_log_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "tx_log.parquet").write_bytes(b"PAR1 no PAR1")
    options = Options(first_day=date(2023, 1, 1))
    with pytest.raises(InputError, match="cannot be read"):
        convert("amlgentex", source, tmp_path / "out", options)
    parquet.write_table(pa.table({"step": [1]}), source / "tx_log.parquet")
    with pytest.raises(InputError, match="lacks the column type"):
        convert("amlgentex", source, tmp_path / "out", options)


def test_the_order_of_keys_in_a_label_is_that_of_the_contract(tmp_path: Path) -> None:
    convert("amlsim", amlsim(tmp_path / "in"), tmp_path / "out")
    first: dict[str, Any] = json.loads(
        (tmp_path / "out" / "truth.jsonl").read_text(encoding="utf-8").splitlines()[0]
    )
    names = ["id", "typology", "kind", "variant", "hardship", "roles", "events"]
    assert list(first) == names
