"""What frames the findings of a page: header, summary, list, legend, and what was not a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphmodel.findings.context import DRAWN
from graphmodel.texts import catalogue, text
from graphmodel.views.amounts import figure_text
from graphmodel.views.legend import build_legend
from graphmodel.views.markup import Markup, data, joined, listed, tag

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphmodel.model.finding import Finding, Level
    from graphmodel.model.report import Report
    from graphmodel.views.naming import Names

DIGEST_SHOWN = 16
"""Hexadecimal digits of the digest that a reader compares by eye."""
SECTIONS, PICTURES = DRAWN, 60
"""Findings that a page holds, and that it draws; it says how many it left out."""
_MAIN_FIGURES = ("gain", "amount")


class Frame:
    """The parts of a page around its findings, in the language of its names."""

    def __init__(self, report: Report, names: Names, *, time: str | None) -> None:
        """Keep what the parts are made from; `time` is shown as given, or nothing."""
        self._report = report
        self._names = names
        self._language = names.language
        self._time = time

    def title(self) -> str:
        """Return the title of the case; a redacted page does not repeat it."""
        if self._names.redact or not self._report.title:
            return text("page-untitled", self._language)
        return self._names.sentence(self._report.title)

    def header(self) -> Markup:
        """Return title, data digest, version, counts."""
        report, language = self._report, self._language
        digest = text("page-digest", language, digest=report.digest[:DIGEST_SHOWN])
        parts = [
            tag("span", f"graphmodel {report.version}"),
            tag("span", digest, title=report.digest),
            *(tag("span", part) for part in self._counts()),
            tag("span", text("page-timezone", language, timezone=report.timezone)),
        ]
        if self._time:
            parts.append(tag("span", self._time))
        if self._names.redact:
            parts.append(tag("strong", text("page-redacted", language)))
        return tag(
            "header",
            tag("h1", data(self.title())),
            tag("p", *parts, class_="meta"),
            class_="top",
        )

    def _counts(self) -> list[str]:
        counted = {"sources": self._report.sources, **self._report.counts}
        keys = ("sources", "persons", "accounts", "deals", "payments", "rejected_rows")
        return [
            text(f"page-count-{key}", self._language, count=f"{counted[key]:,}")
            for key in keys
            if key in counted
        ]

    def side(self) -> Markup:
        """Return the summary of ten seconds, the list of findings, and the legend."""
        language = self._language
        shown = self._report.findings[:SECTIONS]
        entries = [self._entry(n, f) for n, f in enumerate(shown, start=1)]
        heading = text("page-findings", language, count=f"{len(self._report.findings):,}")
        return tag(
            "div",
            tag(
                "nav",
                tag("h2", heading),
                tag("p", self.summary(), class_="levels"),
                listed("ol", entries, class_="entries"),
                tag("p", text("page-notice", language), class_="notice"),
                tag("p", tag("a", text("page-beyond", language), href="#beyond"), class_="more"),
                class_="contents",
                aria_label=heading,
            ),
            tag(
                "aside",
                tag("h2", text("page-legend", language)),
                build_legend(language),
                class_="key",
                aria_label=text("page-legend", language),
            ),
            class_="side",
        )

    def summary(self) -> str:
        """Return how many findings there are of each level."""
        levels: dict[Level, int] = {}
        for finding in self._report.findings:
            levels[finding.level] = levels.get(finding.level, 0) + 1
        if not levels:
            return text("page-none", self._language)
        return " · ".join(
            text("page-level-count", self._language, level=self.level(level), count=count)
            for level, count in sorted(levels.items(), reverse=True)
        )

    def level(self, level: Level) -> str:
        """Return a level in words."""
        return text(f"level-{level.label}", self._language)

    def _entry(self, number: int, finding: Finding) -> Markup:
        worth = main_figure(finding, self._names)
        return tag(
            "a",
            tag("b", finding.title.get(self._language), class_="entry-title"),
            tag("span", worth, class_="worth") if worth else None,
            tag("span", f"F{number} · {self.level(finding.level)} · {self.hits(finding)}"),
            href=f"#f{number}",
            class_=f"entry {finding.level.label}",
        )

    def hits(self, finding: Finding) -> str:
        """Return how many of the listed signals hold; never a total or a percentage."""
        return text("page-hits", self._language, held=finding.hits, known=finding.known)

    def beyond(self) -> Markup:
        """Return what stands beside the findings: near misses, limits, warnings, how to read."""
        return tag(
            "section",
            tag("h2", text("page-beyond", self._language)),
            self._near_misses(),
            self._limits(),
            self._input(),
            self._reading(),
            id="beyond",
            class_="beyond",
        )

    def _near_misses(self) -> Markup:
        report, language = self._report, self._language
        counted = [
            tag("span", text("page-set-aside", language, name=typology_name(name), count=count))
            for name, count in sorted(report.set_aside.items())
        ]
        told = [words.get(language) for words in report.near_misses]
        return joined(
            tag("h3", text("page-near-misses", language)),
            tag("p", text("page-near-misses-none", language)) if not counted + told else None,
            listed("ul", counted),
            self._sentences("ul", told),
        )

    def _limits(self) -> Markup:
        """Return every limit that was reached, by a search or by this page."""
        language = self._language
        found = len(self._report.findings)
        own = [
            tag("span", text(key, language, limit=limit, count=f"{found - limit:,}"))
            for key, limit in (("page-limit-sections", SECTIONS), ("page-limit-pictures", PICTURES))
            if found > limit
        ]
        told = self._sentences("ul", self._report.truncated)
        none = None if own or told else tag("p", text("page-limits-none", language))
        return joined(tag("h3", text("page-limits", language)), none, listed("ul", own), told)

    def _input(self) -> Markup:
        language = self._language
        rejected = self._report.counts.get("rejected_rows", 0)
        key = "page-rejected" if rejected else "page-rejected-none"
        return joined(
            tag("h3", text("page-input", language)),
            tag("p", text(key, language, count=f"{rejected:,}")),
            self._sentences("ul", self._report.warnings),
        )

    def _sentences(self, name: str, sentences: Iterable[str]) -> Markup | None:
        """Return sentences as a list; a redacted page only says how many it leaves out."""
        told = list(sentences)
        if told and self._names.redact:
            return tag("p", text("page-left-out-redacted", self._language, count=len(told)))
        return listed(name, [data(self._names.sentence(sentence)) for sentence in told])

    def _reading(self) -> Markup:
        """Return how the page is to be read, and what it does not say."""
        keys = ("level", "roles", "certainty", "numbers", "masked")
        items = [Markup(tag("span", text(f"page-note-{key}", self._language))) for key in keys]
        heading = tag("h3", text("page-reading", self._language))
        return joined(heading, listed("ul", items, class_="notes"))


def main_figure(finding: Finding, names: Names) -> str:
    """Return gain or amount of a finding, with its name."""
    for name in _MAIN_FIGURES:
        if name in finding.figures:
            worth = figure_text(finding.figures[name], names.language)
            return text(
                "page-figure-told", names.language, name=figure_name(name, names), worth=worth
            )
    return ""


def figure_name(figure: str, names: Names) -> str:
    """Return the name of a figure in words; a second currency stands behind it."""
    name, _, currency = figure.partition(":")
    key = f"figure-{name}"
    words = text(key, names.language) if key in catalogue() else name
    return f"{words} ({currency})" if currency else words


def typology_name(name: str) -> str:
    """Return the stable name of a typology as it is written in rules and JSON."""
    return name
