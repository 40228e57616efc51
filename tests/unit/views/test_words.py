"""Small parts: escaping, widths, amounts, names."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmodel.model.counts import Bounded
from graphmodel.model.finding import Figure
from graphmodel.model.subgraph import NodeFact, SubGraph
from graphmodel.views.amounts import amount_text, count_text, figure_text, unit_price_text
from graphmodel.views.escape import escaped, one_line, visible
from graphmodel.views.markup import Markup, joined, tag
from graphmodel.views.measure import measure_pill
from graphmodel.views.naming import Names, masked
from graphmodel.views.text_width import em_width, wrapped

_UNSEEN = {*range(0x20), 0x7F, *range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)}


@given(st.text())
def test_nothing_unseen_is_left_and_nothing_is_lost(text: str) -> None:
    shown = visible(text)
    assert not {ord(sign) for sign in shown} & (_UNSEEN - {0x0A} | {0x2028, 0x2029, 0x200B, 0xFEFF})
    assert visible(shown) == shown
    assert len(shown) >= len(text.replace("\r\n", "\n"))
    shown.encode("utf-8")


@given(st.text(st.characters(codec="utf-8")))
def test_escaped_text_holds_no_markup(text: str) -> None:
    safe = escaped(text)
    assert not set(safe) & set("<>\"'")
    assert "\n" not in one_line(text)


def test_only_markup_passes_unescaped() -> None:
    assert joined("<b>", Markup("<i>"), None) == "&lt;b&gt;<i>"
    assert tag("p", "x", class_='a"b', aria_label="é") == '<p class="a&quot;b" aria-label="é">x</p>'
    assert tag("br") == "<br>"


@given(st.text(max_size=80), st.floats(2, 20), st.integers(1, 4))
def test_lines_fit_and_are_no_more_than_wanted(text: str, width_em: float, max_lines: int) -> None:
    lines = wrapped(text, width_em, max_lines)
    assert len(lines) <= max_lines
    assert all(em_width(line) <= width_em + 1e-9 for line in lines)


@given(st.text(st.characters(categories=("L", "N")), max_size=30))
def test_text_that_fits_is_kept_whole(text: str) -> None:
    assert "".join(wrapped(text, 40, 3)) == text


def test_wide_characters_are_one_em_and_marks_nothing() -> None:
    assert em_width("网“，") == 3.0
    assert em_width("e\u0301") == em_width("e")
    assert wrapped("“网络爬虫大数据”", 5, 3) == ("“网络爬虫", "大数据”")


def test_a_pill_keeps_gain_and_number_together() -> None:
    words = "进货 ¥4,500 → 出手 ¥16,500，获利 ¥12,000"
    assert measure_pill(words, 9.0).lines == ("进货 ¥4,500", "→ 出手 ¥16,500，", "获利 ¥12,000")


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (450_000, "CNY", "¥4,500"),
        (99_994, "CNY", "¥999.94"),
        (-5, "USDT", "−USDT 0.000005"),
        (1000, "JPY", "JPY 1,000"),
        (0, "CNY", "¥0"),
    ],
)
def test_amounts(minor: int, currency: str, words: str) -> None:
    assert amount_text(minor, currency) == words


def test_bounds_are_kept_in_words() -> None:
    assert count_text(8000, "at_least", "zh") == "至少 8,000 条"
    assert count_text(8000, "at_most", "en") == "at most 8,000 records"
    about = Figure.amount(Bounded(Fraction(140_000), "about"), "CNY")
    assert figure_text(about, "zh") == "约 ¥1,400"
    assert figure_text(Figure.ratio(Bounded(Fraction(11, 3))), "en") == "3.667"
    assert unit_price_text(45_833_333, "CNY") == "¥0.045833333"


def _names(*, redact: bool) -> Names:
    graph = SubGraph()
    for label, ident, cells in (
        ("Person", "p-9", {"name": "王某某"}),
        ("Account", "a-1", {"platform": "wechat", "handle": "王某某"}),
        ("Account", "a-2", {"platform": "shop", "handle": "secret77"}),
        ("Identifier", "i-1", {"kind": "phone", "value": "13800138000"}),
    ):
        graph.nodes[label, ident] = NodeFact(label, ident, cells)
    return Names(graph, "en", ids=("fact-1",), redact=redact)


def test_a_handle_that_is_a_name_is_a_name() -> None:
    names = _names(redact=False)
    nodes = {node.id: node for node in names.graph.nodes.values()}
    assert names.handle(nodes["a-1"]) == "王某某"
    assert names.handle(nodes["a-2"]) == "se•••77"
    assert names.platform(nodes["a-2"]) == "shop account"
    assert names.sentence("call 13800138000 or secret77") == "call 13•••00 or se•••77"


def test_codes_are_short_and_stable() -> None:
    names = _names(redact=True)
    codes = {names.code(i) for i in ("p-9", "a-1", "a-2", "i-1", "fact-1")}
    assert codes == {"P1", "A1", "A2", "R1", "R2"}
    assert names.name(("Person", "p-9")) == "P1"
    assert masked("12345") == "12•••45"
