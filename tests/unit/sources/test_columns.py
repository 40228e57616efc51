"""Names of columns: Chinese words, names mapped by `case.toml`, names of unknown columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphmodel.sources.case_tables import read_case
from graphmodel.sources.column_words import COLUMN_WORDS
from graphmodel.sources.spec_tables import TABLES
from tests.unit.sources.samples import node

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.sources.base import CaseInput


def read(folder: Path, payments: str, toml: str = "") -> CaseInput:
    (folder / "payments.csv").write_text(payments, encoding="utf-8")
    if toml:
        (folder / "case.toml").write_text(toml, encoding="utf-8")
    return read_case(folder)


def test_chinese_words_and_any_case(tmp_path: Path) -> None:
    case = read(tmp_path, "编号, 付款方 ,收款方,金额,时间,CHANNEL\np1,a,b,5,2019,扫码\n")
    payment = node(case.facts, "Payment", "p1")
    assert (payment["amount_minor"], payment["channel"], payment["time"]) == (500, "扫码", "2019")
    assert case.warnings == []


def test_a_reject_names_the_column_of_the_file(tmp_path: Path) -> None:
    case = read(tmp_path, "编号,付款方,收款方,金额\np1,a,b,五\n")
    assert [(r.line, r.column, r.value) for r in case.rejects] == [(2, "金额", "五")]


def test_every_word_names_columns_that_exist() -> None:
    known = {column.name for table in TABLES.values() for column in table.columns}
    assert {name for names in COLUMN_WORDS.values() for name in names} <= known
    spoken = {name for names in COLUMN_WORDS.values() for name in names}
    assert known - spoken == {"sha256", "file_sha256"}


def test_case_toml_maps_names(tmp_path: Path) -> None:
    toml = '[columns.payments]\nid = "no"\npayer = "nameOrig"\npayee = "to"\nnote = "x"\n'
    toml += 'channel = "absent"\n'
    case = read(tmp_path, "no,nameorig,to,amount,payer\np1,a,b,5,other\n", toml)
    assert case.rejects == []
    assert set(case.facts.ids("Account")) == {"a", "b"}
    assert node(case.facts, "Payment", "p1")["column_payer"] == "other"
    assert case.warnings == [
        "case.toml has keys that mean nothing here: columns.payments.note",
        "payments.csv: unknown columns are kept as properties: payer (column_payer)",
        "payments.csv: has no column that case.toml names: absent",
    ]


@pytest.mark.parametrize(
    ("name", "property_"),
    [
        ("colour", "colour"),
        ("备注一", "备注一"),
        ("two  words", "two words"),
        ("T0", "column_T0"),
        ("amount_minor", "column_amount_minor"),
        ("_hidden", "column__hidden"),
        ("", "column_1"),
    ],
)
def test_unknown_columns_get_free_names(tmp_path: Path, name: str, property_: str) -> None:
    case = read(tmp_path, f"id,payer,payee,amount,{name}\np1,a,b,5,v\n")
    assert node(case.facts, "Payment", "p1")[property_] == "v"
    assert case.facts.nodes["Payment"].extra == [property_]


def test_unknown_columns_that_differ_in_case_only(tmp_path: Path) -> None:
    case = read(tmp_path, "id,payer,payee,amount,Tag,tag,TAG\np1,a,b,5,1,2,3\n")
    payment = node(case.facts, "Payment", "p1")
    assert (payment["Tag"], payment["column_tag"], payment["column_TAG_2"]) == ("1", "2", "3")


def test_a_known_column_that_stands_twice_refuses_the_rows(tmp_path: Path) -> None:
    case = read(tmp_path, "id,payer,payee,amount,金额\np1,a,b,5,6\n")
    assert [(r.line, r.column) for r in case.rejects] == [(2, "amount")]


def test_a_missing_required_column_refuses_the_rows(tmp_path: Path) -> None:
    case = read(tmp_path, "id,payer,amount\np1,a,5\np2,a,6\n")
    assert [(r.line, r.column) for r in case.rejects] == [(2, "payee"), (3, "payee")]


def test_names_with_damaged_signs_can_be_shown(tmp_path: Path) -> None:
    data = b"id,payer,payee,am\xffount,amount\np1,a,b,5,x\x1b[31m\n"
    (tmp_path / "payments.csv").write_bytes(data)
    case = read_case(tmp_path)
    shown = [*case.warnings, *(cell for r in case.rejects for cell in (r.column, r.value))]
    assert shown == [
        "payments.csv: unknown columns are kept as properties: am\ufffdount (column_amount)",
        "amount",
        "x\ufffd[31m",
    ]
