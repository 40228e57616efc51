"""The page as text: structure, safety, determinism, what it says and what it leaves out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from graphmodel.model.evidence import Words
from graphmodel.model.subgraph import SubGraph
from graphmodel.texts import catalogue
from graphmodel.views.case_page import render_case_page
from graphmodel.views.escape import visible
from graphmodel.views.page_frame import PICTURES, SECTIONS
from tests.unit.views.hostile import CORPUS, hostile_report
from tests.unit.views.page_reader import Page
from tests.unit.views.samples import chain_report, qingdao_graph, qingdao_report, report

if TYPE_CHECKING:
    from graphmodel.texts import Language

LANGUAGES: tuple[Language, ...] = ("zh", "en")
_SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", [qingdao_report, chain_report])
def test_page_is_safe_and_whole(make: type, language: Language) -> None:
    page = Page(render_case_page(make(), language))
    assert page.faults() == []
    assert page.html.startswith("<!doctype html>\n<html lang=")
    assert "\r" not in page.html
    assert set(re.findall(r"[a-z]+://[^\s\"'<)]+", page.html)) == {"http://www.w3.org/2000/svg"}
    anchors = [a["id"] for _, a in page.tags if "id" in a]
    assert len(anchors) == len(set(anchors))
    targets = {a["href"][1:] for _, a in page.tags if "href" in a}
    assert targets <= set(anchors)


def test_first_finding_says_what_the_case_is_about() -> None:
    text = Page(render_case_page(qingdao_report(), "zh")).text()
    for words in (
        "网络爬虫大数据（真正的）",
        "网络爬虫大数据（冒名）",
        "¥0.15 × 30,000 = ¥4,500",
        "¥0.55 × 30,000 = ¥16,500",
        "获利 ¥12,000",
        "夫妻",
        "冒充",
        "吻合特征 8/8",
        "委托人 吴某某 → 代理人 董某某 → 出面人 王某某 → 网名 网络爬虫大数据 → 吴某某",
        "约 ¥1,400",
        "至少 8,000",
        "不说明任何人有罪",
    ):
        assert words in text
    assert re.search(r"30,000 条\s*\+ 送 7,002 条", text)


def test_every_picture_is_xml_with_its_words() -> None:
    pictures = _SVG.findall(render_case_page(qingdao_report(), "en"))
    trees = [ET.fromstring(picture) for picture in pictures]  # noqa: S314  (our own output)
    scenes = [tree for tree in trees if tree.get("role") == "img"]
    assert len(scenes) == len(qingdao_report().findings)
    for tree in scenes:
        title, told = tree[0].text, tree[1].text
        assert title
        assert told
        assert "→" in told


def test_price_without_payment_is_never_drawn_as_paid() -> None:
    html = render_case_page(qingdao_report(), "zh")
    first = html[html.index('id="f1"') : html.index('id="f2"')]
    assert first.count('class="link money inferred"') == 1
    assert first.count('class="link agreed"') == 1
    assert "约定 ¥0.55 × 30,000" in first


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_report_same_bytes(language: Language) -> None:
    assert render_case_page(qingdao_report(), language) == render_case_page(
        qingdao_report(), language
    )


def test_time_stands_on_the_page_only_if_given() -> None:
    timed = render_case_page(qingdao_report(), "en", time="2026-11-25 15:00")
    assert timed.count("2026-11-25 15:00") == 1
    assert timed.replace("<span>2026-11-25 15:00</span>", "") == render_case_page(
        qingdao_report(), "en"
    )


def test_languages_share_no_words_of_the_page_but_quotes() -> None:
    text = Page(render_case_page(report(SubGraph()), "en")).text()
    assert re.findall(r"[\u4e00-\u9fff]+", text.replace("股民信息转售案", "")) == []
    quote = qingdao_report().findings[0].evidence[0].quote
    assert quote in Page(render_case_page(qingdao_report(), "en")).text()


def test_every_text_has_both_languages_and_equal_placeholders() -> None:
    pages = {key: words for key, words in catalogue().items() if key.startswith("page-")}
    assert len(pages) > 100
    for key, words in pages.items():
        fields = {language: set(re.findall(r"{(\w+)}", words[language])) for language in LANGUAGES}
        assert fields["zh"] == fields["en"], key


def test_no_finding_says_so_and_shows_near_misses() -> None:
    empty = report(SubGraph(), near_misses=(Words("近", "a near thing"),), set_aside={"relay": 2})
    text = Page(render_case_page(empty, "en")).text()
    assert "No finding" in text
    assert "a near thing" in text
    assert "relay: 2 below lead" in text


def test_limits_warnings_and_rejected_rows_are_told() -> None:
    told = replace(
        qingdao_report(),
        truncated=("relay: budget_s 30",),
        warnings=("quote not found",),
        counts={"rejected_rows": 1234},
    )
    text = Page(render_case_page(told, "en")).text()
    for words in ("relay: budget_s 30", "quote not found", "1,234 rows were rejected"):
        assert words in text


def test_evidence_marks_inferred_facts_and_links_signals_to_rows() -> None:
    page = Page(render_case_page(qingdao_report(), "zh"))
    rows = {a["id"]: a["class"] for t, a in page.tags if t == "tr" and "id" in a}
    assert rows == {"f1-e1": "stated", "f1-e2": "stated", "f1-e3": "inferred"}
    assert "≈ 推断" in page.text()
    assert ("a", {"href": "#f1-e2"}) in page.tags


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("payload", CORPUS)
def test_hostile_text_stays_text(payload: str, language: Language) -> None:
    page = Page(render_case_page(hostile_report(payload), language))
    assert page.faults() == []
    assert not re.search(
        "[\u202a-\u202e\u2066-\u2069\u2028\u2029\x00-\x09\x0b-\x1f\x7f]", page.html
    )
    page.html.encode("utf-8")
    if payload.strip() and "line one" not in payload:
        assert visible(payload) in page.text()
    for picture in _SVG.findall(page.html):
        ET.fromstring(picture)  # noqa: S314  (our own output)


@pytest.mark.parametrize("language", LANGUAGES)
def test_redacted_page_holds_no_name_handle_quote_or_id(language: Language) -> None:
    spoken = qingdao_report()
    html = render_case_page(spoken, language, redact=True)
    page = Page(html)
    assert page.faults() == []
    secrets = {node.id for node in qingdao_graph().nodes.values()}
    for node in qingdao_graph().nodes.values():
        secrets |= {str(node.properties.get(n) or "") for n in ("name", "handle", "title")}
    for finding in spoken.findings:
        secrets |= {row.quote for row in finding.evidence}
        secrets |= {row.statement.get(language) for row in finding.evidence}
        secrets |= {finding.summary.get(language), *finding.circle}
    text = page.text()
    found = {s for s in secrets if s and re.search(rf"(?<![a-z]){re.escape(s)}(?![a-z])", text)}
    assert found == set()
    assert "P1" in text
    assert "12,000" in text


def test_handles_are_masked_but_names_are_not() -> None:
    graph = qingdao_graph()
    node = graph.nodes["Account", "wang-wx"]
    cells = {**node.properties, "handle": "wangsecret88"}
    graph.nodes["Account", "wang-wx"] = node._replace(properties=cells)
    spoken = qingdao_report()
    first = replace(
        spoken.findings[0], summary=Words("账号 wangsecret88 与 13800138000", "wangsecret88")
    )
    told = replace(spoken, graph=graph, findings=(first,))
    text = Page(render_case_page(told, "zh")).text()
    assert "wangsecret88" not in text
    assert "13800138000" not in text
    assert "wa•••88" in text
    assert "13•••00" in text


def test_a_page_of_many_findings_says_what_it_leaves_out() -> None:
    one = qingdao_report()
    many = replace(one, findings=one.findings * 90)
    page = Page(render_case_page(many, "en"))
    assert page.faults() == []
    sections = [a for t, a in page.tags if t == "section" and a["class"].startswith("finding")]
    assert len(sections) == SECTIONS
    assert len([a for t, a in page.tags if t == "svg" and a.get("role") == "img"]) == PICTURES
    text = page.text()
    assert "the first 200 findings and leaves out 70" in text
    assert "of the first 60 findings; 210 have none" in text
    assert len(page.html.encode()) < 4_000_000
