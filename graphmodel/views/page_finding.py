"""One finding on the page: picture, why it was flagged, arithmetic, quotes, evidence."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from graphmodel.texts import text
from graphmodel.views.amounts import figure_text
from graphmodel.views.layout import layout
from graphmodel.views.markup import Markup, data, joined, listed, tag
from graphmodel.views.naming import role_words
from graphmodel.views.page_frame import figure_name
from graphmodel.views.scene import build_scene
from graphmodel.views.scene_links import party_label
from graphmodel.views.svg import render_svg

if TYPE_CHECKING:
    from graphmodel.model.evidence import EvidenceRow
    from graphmodel.model.finding import Finding
    from graphmodel.views.naming import Names
    from graphmodel.views.page_frame import Frame
    from graphmodel.views.placed import PlacedScene
    from graphmodel.views.scene_types import Scene

_WIDEST_PX = 860.0
"""Width of a picture that fits beside the panel of a 1280 pixel screen in text of 10 pixels."""
_QUOTES_BESIDE = 3
"""Quotes beside the picture; all of them stand in the table of evidence."""
_LINE = re.compile(r"lines? (\d+)(?:\s*[-–]\s*(\d+))?", re.IGNORECASE)
_LABELS = ("Person", "Persona", "Account", "Batch")


class FindingSection:
    """The section of one finding; `number` is its place on the page."""

    def __init__(self, finding: Finding, number: int, names: Names, frame: Frame) -> None:
        """Keep what the section is made from."""
        self._finding = finding
        self._names = names
        self._frame = frame
        self.anchor = f"f{number}"
        self._number = number
        self._rows = {row.fact: i for i, row in enumerate(finding.evidence, start=1)}

    def build(self, *, picture: bool) -> tuple[Markup, PlacedScene | None]:
        """Return the section, and the placed scene for the sizes that the style needs."""
        names = self._names
        placed = None
        if picture:
            scene = build_scene(self._finding, names.graph, names.language, names=names)
            placed = layout(replace(scene, key=self.anchor))
        told = _Told(self._finding, names, self.anchor, self._rows)
        head, level = self._head(names), self._finding.level.label
        drawn = told.figure(placed) if placed else told.no_picture()
        stage = tag("div", head, drawn, class_="stage")
        section = tag(
            "section",
            stage,
            told.panel(),
            told.details(placed.scene if placed else None),
            id=self.anchor,
            class_=f"finding {level}",
            aria_labelledby=f"{self.anchor}-title",
        )
        return section, placed

    def _head(self, names: Names) -> Markup:
        finding, language = self._finding, names.language
        return tag(
            "div",
            tag(
                "p",
                tag("span", f"F{self._number}", class_="chip number"),
                tag("span", self._frame.level(finding.level), class_=f"chip {finding.level.label}"),
                tag("span", self._frame.hits(finding), class_="chip"),
                tag("span", finding.typology, class_="chip"),
                class_="chips",
            ),
            tag("h2", finding.title.get(language), id=f"{self.anchor}-title"),
            class_="head",
        )


class _Told:
    """The parts of a section in words."""

    def __init__(self, finding: Finding, names: Names, anchor: str, rows: dict[str, int]) -> None:
        self._finding = finding
        self._names = names
        self._language = names.language
        self._anchor = anchor
        self._rows = rows

    def _heading(self, key: str) -> Markup:
        return tag("h3", text(key, self._language))

    def _sentence(self, plain: str) -> Markup:
        return data(self._names.sentence(plain))

    # ---- picture

    def figure(self, placed: PlacedScene) -> Markup:
        """Return the picture and its caption: the circle, who is not drawn, homeless labels."""
        scene = placed.scene
        notes = [Markup(tag("span", data(note))) for note in placed.notes]
        left_out = (
            "、".join(scene.left_out) if self._language == "zh" else ", ".join(scene.left_out)
        )
        return tag(
            "figure",
            tag(
                "div",
                Markup(render_svg(placed, self._language)),
                class_="canvas",
                tabindex="0",
                role="group",
                aria_label=text("page-picture", self._language, title=scene.title),
            ),
            tag(
                "figcaption",
                tag("p", tag("b", text("page-circle", self._language)), " ", data(scene.caption))
                if scene.caption
                else None,
                tag("p", tag("span", scene.pill, class_="pill-note")) if scene.pill else None,
                tag("p", text("page-wide", self._language), class_="quiet wide-note")
                if placed.width > _WIDEST_PX
                else None,
                listed("ul", notes),
                tag("p", text("page-left-out", self._language, names=left_out), class_="quiet")
                if left_out
                else None,
            ),
        )

    def no_picture(self) -> Markup:
        """Return the words for a finding beyond those that are drawn."""
        return tag("p", text("page-no-picture", self._language), class_="quiet")

    # ---- panel

    def panel(self) -> Markup:
        """Return what stands beside the picture: summary, signals that hold, arithmetic, quotes."""
        return tag(
            "div",
            self._summary(),
            self._heading("page-why"),
            self._signals(),
            self._heading("page-arithmetic"),
            self._arithmetic(),
            self._quotes(),
            class_="panel",
        )

    def _summary(self) -> Markup | None:
        if self._names.redact:
            return None
        summary = self._finding.summary.get(self._language)
        return tag("p", self._sentence(summary), class_="summary")

    def _signals(self) -> Markup | None:
        """Return the signals, those that hold first, with the rows of evidence they cite."""
        ordered = sorted(self._finding.signals, key=lambda signal: not signal.hit)
        items = []
        for signal in ordered:
            key = "page-held" if signal.hit else "page-not-held"
            mark = tag("span", text(key, self._language), class_="unseen")
            words = tag("span", signal.words.get(self._language))
            cited = self._cited(signal.facts)
            items.append(tag("li", mark, words, cited, class_="held" if signal.hit else "missed"))
        return tag("ul", *items, class_="signals") if items else None

    def _cited(self, facts: tuple[str, ...]) -> Markup | None:
        """Return references to rows of evidence, as links."""
        numbers = sorted({self._rows[fact] for fact in facts if fact in self._rows})
        links = [tag("a", f"[{n}]", href=f"#{self._anchor}-e{n}") for n in numbers]
        return tag("span", *links, class_="cited") if links else None

    def _arithmetic(self) -> Markup:
        """Return the lines of arithmetic, and every figure with its bound."""
        finding, names = self._finding, self._names
        lines = [] if names.redact else [w.get(self._language) for w in finding.arithmetic]
        rows = [
            tag(
                "tr",
                tag("th", figure_name(name, names), scope="row"),
                tag("td", figure_text(figure, self._language)),
            )
            for name, figure in finding.figures.items()
        ]
        return joined(
            listed("ul", [self._sentence(line) for line in lines], class_="sums"),
            tag("table", tag("tbody", *rows), class_="figures") if rows else None,
            tag("p", text("page-no-figures", self._language), class_="quiet")
            if not rows and not lines
            else None,
        )

    def _quotes(self) -> Markup | None:
        """Return the quotes that the events of the finding rest on, each once."""
        if self._names.redact:
            return tag("p", text("page-quotes-redacted", self._language), class_="quiet")
        first = [row for row in self._finding.evidence if row.fact in self._finding.events]
        rest = [row for row in self._finding.evidence if row.fact not in self._finding.events]
        kept: dict[str, EvidenceRow] = {}
        for row in (*first, *rest):
            if row.quote:
                kept.setdefault(row.quote, row)
        shown = [self._quote(row) for row in list(kept.values())[:_QUOTES_BESIDE]]
        return joined(self._heading("page-quotes"), *shown) if shown else None

    def _quote(self, row: EvidenceRow) -> Markup:
        number = self._rows[row.fact]
        cite = tag(
            "cite",
            data(self._source(row)),
            " ",
            tag("a", f"[{number}]", href=f"#{self._anchor}-e{number}"),
        )
        return tag("blockquote", data(row.quote, class_="quote"), cite)

    def _source(self, row: EvidenceRow) -> str:
        """Return source and place of a fact as far as they are known."""
        if not row.source:
            return ""
        title = self._names.name(("Source", row.source)) or self._names.code(row.source)
        if self._names.redact:
            return title
        return " · ".join(filter(None, (title, self._locator(row.locator))))

    def _locator(self, locator: str) -> str:
        """Return a place in the words of the page where it is a plain line number."""
        found = _LINE.fullmatch(locator.strip())
        if not found:
            return self._names.sentence(locator)
        first, last = found[1], found[2] or found[1]
        key = "page-line" if first == last else "page-lines"
        return text(key, self._language, first=first, last=last)

    # ---- details

    def details(self, scene: Scene | None) -> Markup:
        """Return what can be checked: objections, roles, evidence, links of the picture."""
        return tag(
            "div",
            self._against(),
            self._innocent(),
            self._roles(),
            self._evidence(),
            self._links(scene) if scene else None,
            class_="details",
        )

    def _against(self) -> Markup:
        language = self._language
        told = [
            joined(
                tag("span", text("page-objection-redacted", language))
                if self._names.redact
                else self._sentence(objection.statement.get(language)),
                self._cited(objection.facts),
            )
            for objection in self._finding.against
        ]
        none = tag("p", text("page-against-none", language), class_="quiet") if not told else None
        body = joined(self._heading("page-against"), listed("ul", told), none)
        return tag("div", body, class_="card")

    def _innocent(self) -> Markup:
        told = [tag("span", words.get(self._language)) for words in self._finding.innocent]
        return tag("div", self._heading("page-innocent"), listed("ul", told), class_="card")

    def _roles(self) -> Markup:
        rows = [
            tag(
                "tr",
                tag("th", role_words(role, self._language), scope="row"),
                tag("td", *self._members(members)),
            )
            for role, members in self._finding.roles.items()
        ]
        period = tag(
            "tr",
            tag("th", text("page-period", self._language), scope="row"),
            tag("td", self._period()),
        )
        table = tag("table", tag("tbody", *rows, period), class_="roles")
        return tag("div", self._heading("page-roles"), table, class_="card")

    def _members(self, members: tuple[str, ...]) -> list[str]:
        if not members:
            return [text("page-role-empty", self._language)]
        parts: list[str] = []
        for member in members:
            label = party_label(member, self._names)
            for kind in _LABELS:
                node = self._names.graph.nodes.get((kind, member))
                if node and kind == "Account":
                    handle = self._names.handle(node)
                    label = " ".join(filter(None, (self._names.platform(node), handle)))
            code = self._names.code(member)
            parts += ["、" if self._language == "zh" else ", "] if parts else []
            parts.append(data(label))
            if code and code != label:
                parts.append(tag("small", " ", data(code)))
        return parts

    def _period(self) -> str:
        start, end = self._finding.period
        open_end = text("page-open", self._language)
        if start is None and end is None:
            return text("page-period-unknown", self._language)
        return start if start == end and start else f"{start or open_end} – {end or open_end}"

    def _evidence(self) -> Markup:
        columns = ("number", "statement", "quote", "source", "certainty")
        head = tag(
            "tr",
            *(tag("th", text(f"page-column-{c}", self._language), scope="col") for c in columns),
        )
        rows = [self._evidence_row(i, row) for i, row in enumerate(self._finding.evidence, start=1)]
        if not rows:
            empty = tag("p", text("page-evidence-none", self._language), class_="quiet")
            return tag("div", self._heading("page-evidence"), empty, class_="wide")
        table = tag("table", tag("thead", head), tag("tbody", *rows), class_="evidence")
        label = text("page-evidence", self._language)
        region = tag(
            "div",
            table,
            class_="scroll",
            tabindex="0",
            role="region",
            aria_label=f"{label} {self._anchor.upper()}",
        )
        return tag("div", self._heading("page-evidence"), region, class_="wide")

    def _evidence_row(self, number: int, row: EvidenceRow) -> Markup:
        redact = self._names.redact
        grounds = [self._names.code(fact) for fact in row.grounds]
        told = None if redact else self._sentence(row.statement.get(self._language))
        resting = (
            text("page-grounds", self._language, facts=", ".join(grounds)) if grounds else None
        )
        warned = tag("p", data(self._names.sentence(row.warning)), class_="warning")
        return tag(
            "tr",
            tag("td", str(number)),
            tag(
                "td",
                told,
                tag("small", data(self._names.code(row.fact)), class_="fact"),
                tag("small", data(resting), class_="fact") if resting else None,
            ),
            tag("td", data(row.quote, class_="quote") if row.quote and not redact else None),
            tag("td", data(self._source(row)), warned if row.warning and not redact else None),
            tag("td", self._certainty(row.certainty)),
            id=f"{self._anchor}-e{number}",
            class_=row.certainty if row.certainty in {"inferred", "disputed"} else "stated",
        )

    def _certainty(self, certainty: str) -> Markup:
        known = certainty if certainty in {"stated", "inferred", "disputed"} else "stated"
        return tag("span", text(f"page-certainty-{known}", self._language), class_="certainty")

    def _links(self, scene: Scene) -> Markup | None:
        """Return every link of the picture as a row, for those who cannot see it."""
        names = scene.names()
        rows = [
            tag(
                "tr",
                tag("td", str(link.step) if link.step else ""),
                tag("td", data(names.get(link.start, "?"))),
                tag("td", data(names.get(link.end, "?"))),
                tag("td", text(f"page-kind-{link.kind}", self._language)),
                tag("td", data(" · ".join(link.lines))),
                tag("td", self._certainty(link.certainty)),
            )
            for link in scene.links
        ]
        if not rows:
            return None
        columns = ("step", "from", "to", "kind", "label", "certainty")
        head = tag(
            "tr",
            *(tag("th", text(f"page-column-{c}", self._language), scope="col") for c in columns),
        )
        table = tag("table", tag("thead", head), tag("tbody", *rows))
        label = text("page-links", self._language, count=len(rows))
        region = tag(
            "div",
            table,
            class_="scroll",
            tabindex="0",
            role="region",
            aria_label=f"{label} {self._anchor.upper()}",
        )
        return tag("details", tag("summary", label), region, class_="wide")
