"""`case.toml`: what it sets, what makes it unusable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphmodel.sources.base import UnusableError
from graphmodel.sources.case_tables import read_case
from graphmodel.sources.settings import read_settings
from tests.unit.sources.samples import node

if TYPE_CHECKING:
    from pathlib import Path


def test_defaults_and_values(tmp_path: Path) -> None:
    (tmp_path / "payments.csv").write_text(
        "id,payer,payee,amount,time\np1,a,b,5.001,2019-01-01T00:00:00\n", encoding="utf-8"
    )
    plain = read_case(tmp_path)
    assert (plain.timezone, plain.language, plain.currency, plain.law) == (
        "Asia/Shanghai", None, "CNY", "cn-2017-10",
    )  # fmt: skip
    assert len(plain.rejects) == 1
    toml = '\ufefftitle = "T"\ntimezone = "UTC"\nlanguage = "zh"\n'
    toml += 'currency = "usdt"\nlaw = "x"\nhue = 1'
    (tmp_path / "case.toml").write_text(toml, encoding="utf-8")
    case = read_case(tmp_path, language="en")
    assert (case.title, case.timezone, case.language, case.currency, case.law) == (
        "T", "UTC", "zh", "USDT", "x",
    )  # fmt: skip
    payment = node(case.facts, "Payment", "p1")
    assert (payment["amount_minor"], payment["t0"]) == (5_001_000, 1_546_300_800)
    assert case.warnings == ["case.toml has keys that mean nothing here: hue"]
    assert read_case(tmp_path).warnings == ["case.toml 中不识别的键: hue"]


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("title = ", "not valid TOML"),
        ("title = 5", "title is not a text"),
        ('timezone = "Asia/Nowhere"', "timezone cannot be"),
        ('language = "fr"', "language cannot be"),
        ('currency = "¥"', "currency cannot be"),
        ("columns = 5", "columns is not"),
        ("[columns]\npayments = 5", "columns.payments is not"),
        ("[columns.payments]\npayer = 5", "columns.payments.payer is not"),
    ],
)
def test_unusable_settings_are_refused(toml: str, words: str) -> None:
    with pytest.raises(UnusableError) as unusable:
        read_settings(toml.encode())
    error = unusable.value.told("en")
    assert error.exit_code == 3
    assert words in error.reason


def test_settings_in_another_encoding_are_refused() -> None:
    with pytest.raises(UnusableError, match="toml-encoding"):
        read_settings('title = "案件"'.encode("gb18030"))


def test_unknown_tables_are_reported() -> None:
    settings = read_settings(b'[columns.people]\nid = "x"\n[columns.deals]\nid = "y"')
    assert settings.unknown == ["columns.people"]
    assert settings.columns == {"deals": {"id": "y"}}
