"""One run of `flag`: every typology, merging between them, findings in order, the report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from graphmodel.detect.discovery import typologies, typology
from graphmodel.detect.runner import absorb, run_typology
from graphmodel.detect.view import CaseView
from graphmodel.errors import UsageError
from graphmodel.findings.assemble import Assembler
from graphmodel.findings.configuration import Configuration
from graphmodel.findings.context import build_context
from graphmodel.findings.keeping import keep_report
from graphmodel.model.finding import Level
from graphmodel.model.report import Report
from graphmodel.model.subgraph import SubGraph
from graphmodel.settings import program_version

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphmodel.detect.runner import Detection, Draft
    from graphmodel.model.typology import Typology
    from graphmodel.query.engines.embedded import EmbeddedEngine
    from graphmodel.store.case_file import CaseFile

NEAR_MISSES = 10
"""Most near misses told in a report."""

COUNTED = (
    ("persons", "Person"),
    ("accounts", "Account"),
    ("deals", "Deal"),
    ("payments", "Payment"),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run was asked for."""

    typologies: tuple[str, ...]
    min_level: Level
    since: str | None
    rules: Mapping[str, Mapping[str, object]]
    graph: bool
    configuration: Configuration = field(default_factory=Configuration)
    keep: bool = True

    @property
    def is_full(self) -> bool:
        """Tell whether the run hides nothing: only then it is kept."""
        return not self.typologies and self.min_level <= Level.LEAD and self.since is None

    def cards(self) -> list[Typology[Any, Any]]:
        """Return the typologies to run, by name, each with the weights chosen for it.

        One that is asked for by name runs even where the configuration turns it off.
        """
        asked = [typology(name) for name in sorted(set(self.typologies))]
        known = [t for t in typologies().values() if self.configuration.is_enabled(t.name)]
        return [self.configuration.weighted(card) for card in asked or known]

    def overrides(self, card: Typology[Any, Any]) -> dict[str, object]:
        """Return the parameters of a typology that differ from those of its card."""
        chosen = self.configuration.typologies.get(card.name)
        return {**(chosen.params if chosen else {}), **self.rules.get(card.name, {})}


def _since(text: str | None, timezone: str) -> int | None:
    if text is None:
        return None
    from graphmodel.model.instants import parse_time
    from graphmodel.model.refusal import RefusalError

    try:
        return parse_time(text, ZoneInfo(timezone)).t0
    except RefusalError as error:
        msg = f"--since {text!r} is no date."
        raise UsageError(msg, hint="Write it like 2019, 2019-03 or 2019-03-14.") from error


def _values(choice: Choice, meta: Mapping[str, Any]) -> dict[str, object]:
    """Return the values in force; the derived facts say themselves on which they rest."""
    told: Any = choice.configuration.values()
    for name, params in choice.rules.items():
        told["typologies"][name]["params"] |= params
    return {**told, "derive": meta.get("derive_params", told["derive"])}


def _near(detections: list[Detection], standing: list[Draft]) -> list[Draft]:
    """Return the best drafts that were not enough: below lead, and leads held back by a cap."""
    aside = [draft for detection in detections for draft in detection.set_aside]
    capped = [d for d in standing if d.level == Level.LEAD and d.best.is_capped_by_counter]
    ranked = sorted([*aside, *capped], key=lambda d: (-d.best.total, d.typology.name, d.id))
    return ranked[:NEAR_MISSES]


def flag_case(
    case_file: CaseFile,
    engine_for: Callable[[float | None], EmbeddedEngine],
    choice: Choice,
    progress: Callable[[str], None] | None,
) -> Report:
    """Run the chosen typologies over a case and return the report."""
    meta: Any = case_file.meta()
    timezone, imported = str(meta["timezone"]), meta["imported"]
    since = _since(choice.since, timezone)
    chosen = choice.cards()
    engine = engine_for(None)
    view = CaseView(engine, str(meta["currency"]), timezone, case_file)
    detections = []
    for card in chosen:
        if progress is not None:
            progress(card.name)
        overrides = choice.overrides(card)
        budget = card.params.model_validate(overrides).budget_s
        detections.append(run_typology(card, engine_for(budget), view, overrides))
    drafts = [draft for detection in detections for draft in detection.drafts]
    standing = absorb(drafts, view)
    counts = case_file.counts()
    present = [name for name, many in counts.items() if many]
    assembler = Assembler(engine, view, timezone, present)
    findings = assembler.assemble(standing)
    shown = tuple(
        f for f in findings if f.level >= choice.min_level and (since is None or f.span[1] >= since)
    )
    near = [assembler.near_miss(d) for d in _near(detections, [d for d, _ in standing])]
    report = Report(
        version=program_version(),
        title=str(meta["title"]),
        timezone=timezone,
        sources=counts["Source"],
        digest=str(meta["digest"]),
        counts={
            **{name: counts[label] for name, label in COUNTED},
            "rejected_rows": sum(file["rejected"] for file in imported["files"]),
        },
        findings=shown,
        set_aside={
            card.name: detection.aside
            for card, detection in zip(chosen, detections, strict=True)
            if detection.aside
        },
        truncated=(*meta["truncated"], *(t for d in detections for t in d.truncated)),
        warnings=tuple(imported["warnings"]),
        near_misses=tuple(dict.fromkeys(near)),
        graph=build_context(engine, shown, present) if choice.graph and shown else SubGraph(),
        rules=_values(choice, meta),
        examined={
            card.name: detection.examined
            for card, detection in zip(chosen, detections, strict=True)
        },
    )
    if choice.keep and choice.is_full and not choice.rules and not case_file.is_read_only:
        keep_report(case_file, report)
    return report
