"""Texts that break careless pages, and a report that holds one wherever a text can stand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphmodel.model.evidence import EvidenceRow, Objection, Words
from graphmodel.model.finding import Finding, Signal
from graphmodel.model.subgraph import LinkFact, NodeFact, SubGraph
from tests.unit.views.samples import qingdao_report

if TYPE_CHECKING:
    from graphmodel.model.report import Report

CORPUS = (
    "</script><script>alert(1)</script>",
    "</style><style>*{display:none}</style>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "</text></svg><script>alert(1)</script>",
    "]]><!--",
    "javascript:alert(1) href=x",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "&lt;b&gt; &amp;amp; &#x3c;script&#x3e;",
    "{{7*7}} {0} %s ${x}",
    "a\u2028b\u2029c",
    "left\u202eright\u202c\u2066x\u2069",
    "bell\x07 null\x00 escape\x1b[31m",
    "zero\u200bwidth\u200d\ufeff",
    "tag\U000e0041 private\ue000 \ufffe",
    "lone \ud800 half",
    "line one\r\nline two\tend",
    "e" + "\u0301" * 40,
    "عربي עברית",
    "x" * 400,
    "长" * 300,
    "",
    "   ",
    '=HYPERLINK("http://evil.example")',
)


def hostile_report(payload: str) -> Report:
    """Return the worked case with the payload in every text, id and property that data can fill."""
    report = qingdao_report()
    return replace(
        report,
        title=payload,
        version=payload,
        digest=payload,
        timezone=payload,
        findings=tuple(_finding(f, payload) for f in report.findings),
        set_aside={payload: 1},
        truncated=(payload,),
        warnings=(payload,),
        near_misses=(Words(payload, payload),),
        graph=_graph(report.graph, payload),
    )


def _finding(finding: Finding, payload: str) -> Finding:
    words = Words(payload, payload)
    row = EvidenceRow(payload, words, payload, payload, payload, payload, (payload,), payload)
    return replace(
        finding,
        id=payload,
        typology=payload,
        title=words,
        signals=(Signal(payload, 1, words, (payload,)), Signal("none", 1, words)),
        roles={**finding.roles, payload: (payload,)},
        period=(payload, payload),
        evidence=(*finding.evidence, row),
        against=(Objection(words, (payload,)),),
        innocent=(words,),
        summary=words,
        arithmetic=(words,),
        figures={**finding.figures, f"gain:{payload}": next(iter(finding.figures.values()))},
    )


_TEXTS = ("name", "handle", "platform", "label", "title", "path", "kind", "disclosed")


def _graph(graph: SubGraph, payload: str) -> SubGraph:
    spoilt = SubGraph()
    for key, node in graph.nodes.items():
        cells = {n: payload if n in _TEXTS else v for n, v in node.properties.items()}
        spoilt.nodes[key] = NodeFact(node.label, node.id, cells)
    for link in graph.links:
        cells = {n: payload if n in _TEXTS else v for n, v in link.properties.items()}
        spoilt.links.append(LinkFact(link.type, link.id, link.start, link.end, cells))
    return spoilt
