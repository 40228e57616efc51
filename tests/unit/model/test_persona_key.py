"""Keys of names: look-alikes meet, other names do not."""

from __future__ import annotations

import pytest

from graphmodel.model.persona_key import persona_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("网络爬虫大数据", "网络\u200b爬虫大数据"),
        ("网络爬虫大数据", "  网络爬虫大数据\u3000"),
        ("Crawler", "ＣＲＡＷＬＥＲ"),
        ("crawler", "сrаwlеr"),
        ("bob", "b0b"),
        ("alpha", "a1pha"),
        ("big data", "big \t data"),
        ("shop", "sh\ufe0fop\u202e"),
    ],
)
def test_names_that_look_alike_have_one_key(one: str, other: str) -> None:
    assert persona_key(one) == persona_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("seller1", "sellerl"),
        ("seller1", "seller2"),
        ("网络爬虫", "网络爬虫大数据"),
        ("客服10", "客服1o"),
        ("\u200b", "\u200c"),
    ],
)
def test_other_names_have_other_keys(one: str, other: str) -> None:
    assert persona_key(one) != persona_key(other)
