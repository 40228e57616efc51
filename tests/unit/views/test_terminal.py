"""The report in a terminal: what is said, what is masked, what can never steer the terminal."""

from __future__ import annotations

import io
import unicodedata
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from graphmodel.model.counts import Bounded
from graphmodel.model.evidence import EvidenceRow, Objection, Words
from graphmodel.model.finding import Figure, Finding, Level, Signal
from graphmodel.model.report import Report
from graphmodel.model.subgraph import NodeFact, SubGraph
from graphmodel.texts import catalogue
from graphmodel.views.naming import role_words
from graphmodel.views.terminal import (
    figure_label,
    figure_words,
    finding_lines,
    grouped,
    remainder_lines,
    report_lines,
    summary_lines,
)
from graphmodel.views.terminal_lines import (
    Line,
    line,
    make_console,
    plain,
    print_lines,
    shortened,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphmodel.texts import Language

STEERING = "\x1b[2J\x07\x9b31m\u202e\u200b\ud800\r\n\t\x7f"
CNY = Figure.amount(Bounded(Fraction(1_200_000)), "CNY")


def words(value: str) -> Words:
    """Return the same sentence in both languages, marked."""
    return Words(f"中 {value}", f"en {value}")


def make_graph() -> SubGraph:
    """Return persons, an account with a telephone number as its handle, an identifier."""
    nodes = [
        NodeFact("Person", "wu", {"name": "甲"}),
        NodeFact("Person", "dong", {"name": "乙"}),
        NodeFact("Account", "acc-1", {"platform": "wechat", "handle": "wx-secret-77"}),
        NodeFact("Identifier", "i-1", {"kind": "device", "value": "IMEI-4455667788"}),
    ]
    return SubGraph({(node.label, node.id): node for node in nodes}, [])


def make_finding(**changes: Any) -> Finding:  # noqa: ANN401 - any field
    """Return a finding with everything in it."""
    fields: dict[str, Any] = {
        "id": "F-0123456789abcdef",
        "typology": "relay",
        "version": 1,
        "title": Words("转手", "Relay"),
        "level": Level.STRONG,
        "signals": (
            Signal("resold", 3, words("resold"), ("deal-3", "deal-4")),
            Signal("close", 1, words("close in time")),
        ),
        "roles": {"upstream": ("acc-1",), "intermediary": ("wu", "dong"), "buyer": ()},
        "figures": {"gain": CNY, "records": Figure.count(Bounded(Fraction(37_002), "at_least"))},
        "period": ("2019-03", None),
        "span": (0, 1),
        "events": ("deal-3", "deal-4"),
        "evidence": (
            EvidenceRow(
                "deal-3", words("bought"), "article", "line 23", "wx-secret-77 was paid", "disputed"
            ),
            EvidenceRow(
                "r-1",
                words("resold to IMEI-4455667788"),
                certainty="inferred",
                grounds=("deal-3", "deal-4"),
                warning="a quote is missing",
            ),
        ),
        "against": (Objection(words("a fee was agreed"), ("c-1",)),),
        "innocent": (words("a disclosed commission"),),
        "summary": words("the summary"),
        "arithmetic": (words("16,500 − 4,500 = 12,000"),),
        "circle": ("wu", "dong"),
        "params": {"window_days": 31},
    }
    return Finding(**{**fields, **changes})


def make_report(**changes: Any) -> Report:  # noqa: ANN401 - any field
    """Return a report of two findings."""
    fields: dict[str, Any] = {
        "version": "1",
        "title": "Case",
        "timezone": "Asia/Shanghai",
        "sources": 1,
        "digest": "0",
        "counts": {"persons": 7, "accounts": 5, "deals": 4, "payments": 1, "rejected_rows": 0},
        "findings": (make_finding(), make_finding(id="F-1", level=Level.LEAD, figures={})),
        "set_aside": {"relay": 2},
        "truncated": ("relay: 30 s",),
        "warnings": ("article: a quote is not in it",),
        "near_misses": (words("two days apart"),),
        "graph": make_graph(),
    }
    return Report(**{**fields, **changes})


def shown(lines: Iterable[Line]) -> str:
    """Return lines as a pipe gets them."""
    stream = io.StringIO()
    print_lines(make_console(stream), lines)
    return stream.getvalue()


def test_the_summary_says_size_levels_who_and_gain() -> None:
    rows = shown(summary_lines(make_report(), "en", rows=(52, 3))).splitlines()
    assert rows[0] == "Case"
    assert rows[1].startswith("52 rows read, 3 rejected, persons: 7, accounts: 5, deals: 4")
    assert rows[2] == "2 findings: 1 strong, 1 lead"
    assert {"strong", "Relay", "intermediary", "甲", "12,000.00", "CNY"} <= set(rows[4].split())
    assert rows[5].split()[:3] == ["2", "lead", "Relay"]


def test_the_summary_of_a_case_without_findings_says_so() -> None:
    report = make_report(findings=(), title="")
    assert "No findings." in shown(summary_lines(report, "en"))
    assert shown(summary_lines(report, "zh")).splitlines()[0] == "（案件未命名）"


def test_a_finding_shows_every_part() -> None:
    said = shown(finding_lines(make_finding(), make_graph(), "en", number=1))
    parts = [
        "1  Relay — strong  F-0123456789abcdef",
        "en the summary",
        "Time: 2019-03 – unknown",
        "甲 (wu), 乙 (dong)",
        "Circle: 甲 → 乙 → 甲",
        "gain  12,000.00 CNY",
        "records  at least 37,002",
        "en 16,500 − 4,500 = 12,000",
        "Signals that hold: 1 of 2",
        "+ en resold  [deal-3, deal-4]",
        "- en close in time",
        "deal-3 · article, line 23 · disputed",
        "r-1 · inferred · rests on deal-3, deal-4",
        "Note: a quote is missing",
        "en a fee was agreed  [c-1]",
        "en a disclosed commission",
    ]
    places = [said.index(part) for part in parts]
    assert places == sorted(places)
    assert "window_days" not in said


def test_a_finding_at_length_shows_parameters_and_every_id() -> None:
    many = tuple(f"p-{n}" for n in range(30))
    finding = make_finding(roles={"buyer": many})
    short = shown(finding_lines(finding, make_graph(), "en"))
    full = shown(finding_lines(finding, make_graph(), "en", full=True))
    assert "18 more" in short
    assert "p-29" not in short
    assert "p-29" in full
    assert "window_days = 31" in full


def test_nothing_against_is_said_and_is_no_proof() -> None:
    said = shown(finding_lines(make_finding(against=()), make_graph(), "en"))
    assert "No fact of this case speaks against it; that is not proof that none exists." in said


def test_handles_and_identifiers_are_masked_in_sentences_and_quotes() -> None:
    report = make_report(
        warnings=("wx-secret-77",), near_misses=(words("IMEI-4455667788"),), set_aside={}
    )
    said = shown(report_lines(report, "en"))
    assert "resold to" in said
    assert "was paid" in said
    assert "wx-secret-77" not in said
    assert "4455667788" not in said


def test_what_is_no_finding_is_said_too() -> None:
    titles = {"relay": Words("转手", "Relay")}
    said = shown(remainder_lines(make_report(), "zh", titles=titles))
    assert "未达线索的命中：转手 2" in said
    assert {"中 two days apart", "relay: 30 s", "article: a quote is not in it"} <= {
        row.strip(" ·") for row in said.splitlines()
    }


def test_names_are_told_apart_by_their_ids() -> None:
    graph = make_graph()
    graph.nodes["Person", "dong"] = NodeFact("Person", "dong", {"name": "甲"})
    assert "甲 (wu), 甲 (dong)" in shown(finding_lines(make_finding(), graph, "en"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_text_of_a_case_steers_the_terminal(language: Language) -> None:
    bad = Words(STEERING, STEERING)
    graph = make_graph()
    graph.nodes["Person", "wu"] = NodeFact("Person", "wu", {"name": STEERING})
    finding = make_finding(
        title=bad,
        summary=bad,
        arithmetic=(bad,),
        innocent=(bad,),
        against=(Objection(bad, (STEERING,)),),
        signals=(Signal("s", 1, bad, (STEERING,)),),
        evidence=(
            EvidenceRow(STEERING, bad, STEERING, STEERING, STEERING, STEERING, (), STEERING),
        ),
        params={"name": STEERING},
        period=(STEERING, STEERING),
        id=STEERING,
    )
    report = make_report(
        title=STEERING,
        findings=(finding,),
        graph=graph,
        warnings=(STEERING,),
        truncated=(STEERING,),
        near_misses=(bad,),
        set_aside={STEERING: 1},
    )
    said = shown(report_lines(report, language)) + shown(
        finding_lines(finding, graph, language, full=True)
    )
    assert not [sign for sign in said if sign != "\n" and not sign.isprintable()]
    assert "␛[2J" in said


def test_markup_in_data_is_shown_as_it_stands() -> None:
    assert shown([line("[red]x[/red] :smile: [link=file:///]y[/link]")]) == (
        "[red]x[/red] :smile: [link=file:///]y[/link]\n"
    )


def test_a_pipe_gets_one_row_a_line_without_colour() -> None:
    assert shown([line("a" * 500, 2, style="bold red")]) == "  " + "a" * 500 + "\n"


def test_a_terminal_gets_colour_and_wrapped_rows() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=30, color_system="standard")
    print_lines(console, [Line(line("one two three four five six seven", style="red").text, 0, 4)])
    rows = stream.getvalue().splitlines()
    assert len(rows) == 2
    assert rows[0].startswith("\x1b[31m")
    assert rows[1].startswith("    ")


@given(
    st.text(alphabet="网络爬虫，。“”（）ab 1", max_size=120),
    st.integers(24, 60),
    st.integers(0, 3),
)
def test_wrapping_loses_nothing_and_stays_inside(said: str, width: int, hang: int) -> None:
    rows = [row.plain for row in wrapped(line(said, hang=hang), width)]
    assert "".join("".join(rows).split()) == "".join(said.split())
    assert all(cell_len(row) <= width for row in rows)


def test_chinese_breaks_between_signs_and_not_before_a_full_stop() -> None:
    rows = [row.plain for row in wrapped(line("网" * 9 + "络。" + "虫" * 5), 20)]
    assert rows == ["网" * 9, "络。" + "虫" * 5]


@pytest.mark.parametrize(
    ("decimal", "said"),
    [("0.00", "0.00"), ("-1234567", "-1,234,567"), ("-0.50", "-0.50"), ("1234.5", "1,234.5")],
)
def test_thousands_are_grouped(decimal: str, said: str) -> None:
    assert grouped(decimal) == said


def test_figures_keep_their_bounds_and_currencies() -> None:
    ratio = Figure.ratio(Bounded(Fraction(11, 3), "about"))
    tether = Figure.amount(Bounded(Fraction(-5), "at_most"), "USDT")
    assert figure_words(ratio, "zh") == "约 3.667"
    assert figure_words(tether, "en") == "at most -0.000005 USDT"
    assert figure_label("gain:USDT", "en") == "gain"
    assert figure_label("of_another_package", "en") == "of_another_package"
    assert role_words("of_another_package", "zh") == "of_another_package"


def test_every_role_and_figure_of_the_contract_has_words() -> None:
    roles = {
        *("upstream", "intermediary", "buyer", "batch", "principal", "agent", "front", "persona"),
        *("impersonator", "impersonated", "victim", "seller", "supplier", "client", "members"),
        *("closes", "sellers", "batches", "persons", "accounts", "identifiers", "holder"),
        *("operator", "account", "hub", "counterparties", "payer", "payee", "deal", "insider"),
        *("employer", "buyers", "controller", "payments"),
    }
    figures = "gain records markup_ratio amount price_ratio accounts parts days kept unexplained"
    assert {f"role-{role}" for role in roles} <= set(catalogue())
    keys = {f"figure-{name}" for name in figures.split()}
    assert keys <= set(catalogue())


@given(st.text())
def test_plain_text_is_one_printable_row(value: str) -> None:
    said = plain(value)
    assert "\n" not in said
    assert not [
        sign for sign in said if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]


def test_a_text_is_cut_with_an_ellipsis() -> None:
    assert [shortened("批次批次", n) for n in (8, 7, 5)] == ["批次批次", "批次批…", "批次…"]
