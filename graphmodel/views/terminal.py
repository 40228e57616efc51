"""A report as lines for a terminal: a summary of ten seconds, then each finding at length.

Handles and identifier values are masked, also inside sentences and quotes. A line never carries
meaning by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from graphmodel.model.finding import Level
from graphmodel.texts import text
from graphmodel.views.naming import Names, role_words
from graphmodel.views.terminal_lines import Line, line, padded, parts, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphmodel.model.evidence import EvidenceRow, Words
    from graphmodel.model.finding import Figure, Finding
    from graphmodel.model.report import Report
    from graphmodel.model.subgraph import SubGraph
    from graphmodel.texts import Language

STYLES = {Level.STRONG: "bold red", Level.SUPPORTED: "bold yellow", Level.LEAD: "bold cyan"}
ROLES_IN_SUMMARY = 3
NAMES_IN_SUMMARY = 2
IDS_SHOWN = 12
"""Ids of a role, a signal or the grounds of a fact that a report shows; `full` shows all."""

_NAMED_BY = {"Person": "name", "Persona": "name", "Batch": "label", "Source": "title"}


@dataclass(frozen=True, slots=True)
class Speaker:
    """The language of a report, the names of its graph, and what must stay masked."""

    language: Language
    graph: SubGraph
    names: Names

    @classmethod
    def of(cls, graph: SubGraph, language: Language) -> Speaker:
        """Return the speaker of one report."""
        return cls(language, graph, Names(graph, language))

    def words(self, key: str, /, **values: object) -> str:
        """Return a text of the catalogue."""
        return text(key, self.language, **values)

    def said(self, words: Words) -> str:
        """Return a sentence with what must be masked masked."""
        return self.names.sentence(words.get(self.language))

    def listed(self, items: Iterable[str]) -> str:
        """Return several words as one list."""
        return self.words("cli-comma").join(items)

    def some(self, ids: Sequence[str], *, full: bool) -> str:
        """Return ids, the first of many unless all are wanted, and how many more there are."""
        shown = ids if full else ids[:IDS_SHOWN]
        more = [self.words("cli-more", n=len(ids) - len(shown))] if len(ids) > len(shown) else []
        return ", ".join((*shown, *more))

    def name(self, id_: str) -> str:
        """Return the name of a person, persona, batch or source, else the id."""
        for label, property_ in _NAMED_BY.items():
            node = self.graph.nodes.get((label, id_))
            if node is not None and node.properties.get(property_):
                return self.names.sentence(str(node.properties[property_]))
        return id_

    def full_name(self, id_: str) -> str:
        """Return name and id, so that equal names are told apart; an account shows its service."""
        account = self.graph.nodes.get(("Account", id_))
        if account is not None and account.properties.get("platform"):
            return f"{id_} ({self.names.platform(account)})"
        name = self.name(id_)
        return name if name == id_ else f"{name} ({id_})"


# ---------------------------------------------------------------- the summary


def summary_lines(
    report: Report, language: Language, *, rows: tuple[int, int] | None = None
) -> Iterator[Line]:
    """Yield what a busy person reads: the case, its size, and one line a finding.

    `rows` are the rows read and rejected in this run, where files were read.
    """
    yield line(report.title or text("cli-untitled", language), style="bold")
    yield line(_size(report, language, rows), style="dim")
    yield line(_numbers(report, language), style="" if report.findings else "bold")
    if report.findings:
        yield line()
    speaker = Speaker.of(report.graph, language)
    labels = [level_label(finding.level, language) for finding in report.findings]
    titles = [plain(finding.title.get(language)) for finding in report.findings]
    level_width = max(map(cell_len, labels), default=0)
    title_width = max(map(cell_len, titles), default=0)
    for number, finding in enumerate(report.findings, 1):
        who = "  ".join(filter(None, (_who(finding, speaker), main_figure(finding, language))))
        yield parts(
            (f"{number:>2}  ", ""),
            (padded(labels[number - 1], level_width), STYLES.get(finding.level, "")),
            (f"  {padded(titles[number - 1], title_width)}  ", "bold"),
            (who, ""),
            hang=4,
        )


def _size(report: Report, language: Language, rows: tuple[int, int] | None) -> str:
    sizes = []
    if rows is not None:
        sizes = [text("cli-rows", language, read=f"{rows[0]:,}", rejected=f"{rows[1]:,}")]
    for name in ("persons", "accounts", "deals", "payments"):
        sizes.append(text(f"cli-size-{name}", language, n=f"{report.counts.get(name, 0):,}"))
    sizes.append(text("cli-size-sources", language, n=f"{report.sources:,}"))
    return text("cli-comma", language).join(sizes)


def _numbers(report: Report, language: Language) -> str:
    by_level = {
        level: sum(finding.level == level for finding in report.findings)
        for level in (Level.STRONG, Level.SUPPORTED, Level.LEAD)
    }
    said = [f"{n:,} {level_label(level, language)}" for level, n in by_level.items() if n]
    total = len(report.findings)
    if not total:
        return text("cli-no-findings", language)
    key = "cli-one-finding" if total == 1 else "cli-several-findings"
    return text(key, language, n=f"{total:,}", levels=text("cli-comma", language).join(said))


def _who(finding: Finding, speaker: Speaker) -> str:
    named = [(role, ids) for role, ids in finding.roles.items() if ids][:ROLES_IN_SUMMARY]
    said = []
    for role, ids in named:
        names = speaker.words("cli-and").join(map(speaker.name, ids[:NAMES_IN_SUMMARY]))
        more = f" +{len(ids) - NAMES_IN_SUMMARY}" if len(ids) > NAMES_IN_SUMMARY else ""
        said.append(f"{role_words(role, speaker.language)} {names}{more}")
    return " · ".join(said)


def main_figure(finding: Finding, language: Language) -> str:
    """Return the figure that a finding is ordered by: gain, else amount, else records."""
    for wanted in ("gain", "amount", "records"):
        for name, figure in finding.figures.items():
            if name.partition(":")[0] == wanted:
                return f"{figure_label(name, language)} {figure_words(figure, language)}"
    return ""


# ---------------------------------------------------------------- one finding


def finding_lines(
    finding: Finding, graph: SubGraph, language: Language, *, number: int = 0, full: bool = False
) -> Iterator[Line]:
    """Yield one finding: what it says, who, how much, on which facts, and what speaks against it.

    `full` also shows every id, the grounds of every inferred fact, and the parameters.
    """
    speaker = Speaker.of(graph, language)
    yield parts(
        (f"{number}  " if number else "", "bold"),
        (finding.title.get(language), "bold"),
        (" — ", "dim"),
        (level_label(finding.level, language), STYLES.get(finding.level, "")),
        (f"  {finding.id}", "dim"),
    )
    yield line(speaker.said(finding.summary), 3)
    yield line(_period(finding, language), 3, style="dim")
    yield from _role_lines(finding, speaker, full=full)
    yield from _figure_lines(finding, speaker)
    yield from _signal_lines(finding, speaker, full=full)
    yield from _evidence_lines(finding, speaker, full=full)
    yield from _objection_lines(finding, speaker, full=full)
    if finding.innocent:
        yield _heading("cli-part-innocent", speaker)
        yield from (line(f"· {speaker.said(words)}", 5, hang=2) for words in finding.innocent)
    if full and finding.params:
        yield _heading("cli-part-params", speaker)
        yield from (line(f"{name} = {value}", 5) for name, value in finding.params.items())


def _heading(key: str, speaker: Speaker, **values: object) -> Line:
    return line(speaker.words(key, **values), 3, style="underline")


def _period(finding: Finding, language: Language) -> str:
    start, end = (moment or text("cli-unknown-time", language) for moment in finding.period)
    said = start if start == end else f"{start} – {end}"
    return text("cli-period", language, period=said)


def _role_lines(finding: Finding, speaker: Speaker, *, full: bool) -> Iterator[Line]:
    yield _heading("cli-part-roles", speaker)
    labels = {role: role_words(role, speaker.language) for role in finding.roles}
    width = max(map(cell_len, labels.values()), default=0)
    for role, ids in finding.roles.items():
        names = speaker.some([speaker.full_name(id_) for id_ in ids], full=full) or "–"
        pieces = ((padded(labels[role], width) + "  ", "dim"), (names, ""))
        yield parts(*pieces, indent=5, hang=width + 2)
    if finding.circle:
        names = " → ".join(map(speaker.name, (*finding.circle, finding.circle[0])))
        yield line(speaker.words("cli-circle", parties=names), 5, hang=2)


def _figure_lines(finding: Finding, speaker: Speaker) -> Iterator[Line]:
    if not finding.figures and not finding.arithmetic:
        return
    yield _heading("cli-part-arithmetic", speaker)
    for name, figure in finding.figures.items():
        label = figure_label(name, speaker.language)
        yield parts(
            (f"{label}  ", "dim"),
            (figure_words(figure, speaker.language), "bold"),
            indent=5,
            hang=2,
        )
    yield from (line(f"· {speaker.said(words)}", 5, hang=2) for words in finding.arithmetic)


def _signal_lines(finding: Finding, speaker: Speaker, *, full: bool) -> Iterator[Line]:
    yield _heading("cli-part-signals", speaker, hits=finding.hits, all=finding.known)
    for signal in sorted(finding.signals, key=lambda one: not one.hit):
        facts = f"  [{speaker.some(signal.facts, full=full)}]" if signal.facts else ""
        yield parts(
            ("+ " if signal.hit else "- ", "green" if signal.hit else "dim"),
            (speaker.said(signal.words), "" if signal.hit else "dim"),
            (facts, "dim"),
            indent=5,
            hang=2,
        )


def _evidence_lines(finding: Finding, speaker: Speaker, *, full: bool) -> Iterator[Line]:
    if not finding.evidence:
        return
    yield _heading("cli-part-evidence", speaker)
    for row in finding.evidence:
        yield line(f"· {speaker.said(row.statement)}", 5, hang=2)
        yield line(_citation(row, speaker, full=full), 7, style="dim", hang=2)
        if row.quote:
            quote = speaker.words("cli-quote", quote=speaker.names.sentence(row.quote))
            yield line(quote, 7, style="italic", hang=2)
        if row.warning:
            warning = speaker.words("cli-citation-warning", warning=row.warning)
            yield line(warning, 7, style="yellow", hang=2)


def _citation(row: EvidenceRow, speaker: Speaker, *, full: bool) -> str:
    place = filter(None, (row.source, speaker.names.sentence(row.locator)))
    said = [row.fact, speaker.listed(place)]
    if not row.source and not row.grounds:
        said.append(speaker.words("cli-no-source"))
    said.append(_known(f"cli-certainty-{row.certainty}", speaker.language) or row.certainty)
    if row.grounds:
        said.append(speaker.words("cli-grounds", facts=speaker.some(row.grounds, full=full)))
    return " · ".join(filter(None, said))


def _objection_lines(finding: Finding, speaker: Speaker, *, full: bool) -> Iterator[Line]:
    yield _heading("cli-part-against", speaker)
    if not finding.against:
        yield line(speaker.words("cli-nothing-against"), 5, style="dim", hang=2)
    for objection in finding.against:
        facts = f"  [{speaker.some(objection.facts, full=full)}]" if objection.facts else ""
        yield parts(
            (f"· {speaker.said(objection.statement)}", ""), (facts, "dim"), indent=5, hang=2
        )


# ---------------------------------------------------------------- the whole


def report_lines(
    report: Report,
    language: Language,
    *,
    rows: tuple[int, int] | None = None,
    titles: Mapping[str, Words] | None = None,
) -> Iterator[Line]:
    """Yield the summary, every finding, and what was set aside, cut short or doubtful.

    `titles` names typologies that have no finding; without it their stable names are shown.
    """
    yield from summary_lines(report, language, rows=rows)
    for number, finding in enumerate(report.findings, 1):
        yield line()
        yield from finding_lines(finding, report.graph, language, number=number)
    yield line()
    if report.findings:
        yield line(text("cli-what-a-level-is", language), style="dim")
    yield from remainder_lines(report, language, titles=titles)


def remainder_lines(
    report: Report, language: Language, *, titles: Mapping[str, Words] | None = None
) -> Iterator[Line]:
    """Yield what is no finding but must be said: near misses, set aside, cut short, warnings."""
    speaker = Speaker.of(report.graph, language)
    if report.set_aside:
        known = titles or {}
        said = [
            f"{known[name].get(language) if name in known else name} {n:,}"
            for name, n in sorted(report.set_aside.items())
        ]
        yield line(text("cli-set-aside", language, counts=speaker.listed(said)), hang=2)
    if report.near_misses:
        yield line(text("cli-near-misses", language))
        yield from (line(f"· {speaker.said(words)}", 2, hang=2) for words in report.near_misses)
    if report.truncated:
        yield line(text("cli-truncated", language), style="bold yellow")
        yield from (line(f"· {words}", 2, style="yellow", hang=2) for words in report.truncated)
    if report.warnings:
        yield line(text("cli-warnings", language), style="yellow")
        warnings = map(speaker.names.sentence, report.warnings)
        yield from (line(f"· {words}", 2, hang=2) for words in warnings)


# ---------------------------------------------------------------- words of the contract


def level_label(level: Level, language: Language) -> str:
    """Return the word for a level."""
    return text(f"level-{level.label}", language)


def figure_label(name: str, language: Language) -> str:
    """Return the word for a figure (`gain:USDT` is a gain); an unknown one is shown by its name."""
    return _known(f"figure-{name.partition(':')[0]}", language) or name


def _known(key: str, language: Language) -> str:
    try:
        return text(key, language)
    except KeyError:
        return ""


def figure_words(figure: Figure, language: Language) -> str:
    """Return an amount, count or ratio with its bound in words."""
    cells = figure.to_json()
    bound = _known(f"cli-bound-{figure.number.bound.replace('_', '-')}", language)
    if "amount" in cells:
        said = f"{grouped(str(cells['amount']))} {cells['currency']}"
    elif "count" in cells:
        said = grouped(str(cells["count"]))
    else:
        said = str(cells["ratio"])
    return f"{bound} {said}".strip()


def grouped(decimal: str) -> str:
    """Return decimal text with a comma between thousands.

    >>> grouped("-12000.00")
    '-12,000.00'
    """
    sign = "-" if decimal.startswith("-") else ""
    whole, point, rest = decimal.removeprefix("-").partition(".")
    return f"{sign}{int(whole):,}{point}{rest}"
