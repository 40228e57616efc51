"""Identifier values and handles are masked in answers; ids and other text stay."""

from __future__ import annotations

import pytest

from graphmodel.cli.masking import mask_rows, secrets_of
from graphmodel.views.naming import masked

PHONE, DEVICE, SHORT = "13800138000", "imei-99", "7"
SECRETS = secrets_of(["handle-of-one"], [PHONE, DEVICE, SHORT])


def test_whole_cells_and_values_inside_text_are_masked() -> None:
    rows = [(PHONE, f"call {PHONE} from {DEVICE}", 5, None), ("acc-1", "handle-of-one", True, 0.5)]
    shown, changed = mask_rows(rows, SECRETS)
    assert shown == [
        ("13•••00", "call 13•••00 from im•••99", 5, None),
        ("acc-1", "ha•••ne", True, 0.5),
    ]
    assert changed == 3


def test_lists_and_maps_are_looked_into() -> None:
    shown, changed = mask_rows([([PHONE, {"a": [DEVICE]}],)], SECRETS)
    assert shown == [(["13•••00", {"a": ["im•••99"]}],)]
    assert changed == 1


def test_a_short_value_is_masked_only_as_a_whole_cell() -> None:
    shown, changed = mask_rows([("7", "17 records")], SECRETS)
    assert shown == [("•••", "17 records")]
    assert changed == 1


def test_the_longer_of_two_values_is_masked_first() -> None:
    secrets = secrets_of([], ["abcdef", "abcdefgh"])
    assert mask_rows([("x abcdefgh y",)], secrets)[0] == [("x ab•••gh y",)]


@pytest.mark.parametrize("value", ["abcd", "13800138000", "网络爬虫大数据", ""])
def test_a_mask_never_shows_the_whole_value(value: str) -> None:
    assert value == "" or value not in masked(value)
