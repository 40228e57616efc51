"""The case page: one self-contained HTML file, readable offline, in print and on a phone.

It holds no script at all and asks for nothing: the content policy allows one style, by its hash.
The same report gives the same bytes; a time stands on the page only if it is passed in.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from graphmodel.texts import text
from graphmodel.views.markup import Markup, joined, tag
from graphmodel.views.measure import SMALL_PX
from graphmodel.views.naming import Names
from graphmodel.views.page_finding import FindingSection
from graphmodel.views.page_frame import PICTURES, SECTIONS, Frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphmodel.model.report import Report
    from graphmodel.texts import Language
    from graphmodel.views.placed import PlacedScene

_READABLE_PX, _PHONE_READABLE_PX = 10.0, 7.0
"""Smallest text of a picture on a screen, and on a phone."""
_LARGEST = 1.25
"""A picture is never blown up more than this."""
_LANG = {"zh": "zh-CN", "en": "en"}


def render_case_page(
    report: Report, language: Language, *, redact: bool = False, time: str | None = None
) -> str:
    """Return the page of a report as HTML with LF line ends, to be written as UTF-8.

    `redact` removes names, handles, quotes and ids; `time` is printed as it is.
    """
    names = Names(report.graph, language, ids=_cited_ids(report), redact=redact)
    frame = Frame(report, names, time=time)
    sections: list[Markup] = []
    rules: list[str] = []
    for number, finding in enumerate(report.findings[:SECTIONS], start=1):
        section = FindingSection(finding, number, names, frame)
        told, placed = section.build(picture=number <= PICTURES)
        sections.append(told)
        rules.append(_sizes(section.anchor, placed) if placed else "")
    if not sections:
        sections.append(_nothing_found(language))
    style = "\n".join((_page_style(), *filter(None, rules)))
    body = tag(
        "body",
        tag("a", text("page-skip", language), href="#main", class_="skip"),
        frame.header(),
        frame.side(),
        tag("main", *sections, frame.beyond(), id="main"),
        tag("footer", text("page-footer", language)),
    )
    head = _head(frame.title(), style)
    return f"<!doctype html>\n{tag('html', head, body, lang=_LANG[language])}\n"


def _cited_ids(report: Report) -> Iterable[str]:
    """Return the ids of facts that findings cite, in order."""
    for finding in report.findings:
        yield from (row.fact for row in finding.evidence)
        yield from (fact for row in finding.evidence for fact in row.grounds)
        yield from (row.source for row in finding.evidence if row.source)
        yield from (member for ids in finding.roles.values() for member in ids)


def _head(title: str, style: str) -> Markup:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="generator", content="graphmodel case page"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Markup(style)),
    )


@cache
def _page_style() -> str:
    return (files("graphmodel") / "web" / "page.css").read_text(encoding="utf-8")


def _sizes(anchor: str, placed: PlacedScene) -> str:
    """Return the style of one picture: large enough to read, scrolled if it must be."""
    if not placed.width:
        return ""
    least = _READABLE_PX / SMALL_PX
    phone = _PHONE_READABLE_PX / SMALL_PX
    width, height = placed.width, placed.height
    return (
        f"#{anchor} .canvas>svg{{max-width:{width * _LARGEST:.0f}px;"
        f"min-width:{width * least:.0f}px;min-height:{height * least:.0f}px}}"
        f"@media(max-width:1000px){{#{anchor} .canvas>svg{{min-width:{width * phone:.0f}px;"
        "min-height:0}}"
        f"@media print{{#{anchor} .canvas>svg{{min-width:0;min-height:0}}}}"
    )


def _nothing_found(language: Language) -> Markup:
    return tag(
        "section",
        joined(
            tag("h2", text("page-none", language)),
            tag("p", text("page-none-why", language)),
        ),
        class_="nothing",
        id="none",
    )
