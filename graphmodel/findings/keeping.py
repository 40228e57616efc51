"""Findings kept in the case file, and read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from graphmodel.model.finding import Finding
from graphmodel.model.report import Report

if TYPE_CHECKING:
    from graphmodel.store.case_file import CaseFile

_FINDING = TypeAdapter(Finding)


def keep_report(case_file: CaseFile, report: Report) -> None:
    """Replace what the case file keeps by this report; the graph is not kept."""
    rows = [
        (f.id, f.typology, f.level.label, _FINDING.dump_json(f).decode()) for f in report.findings
    ]
    case_file.save_findings(rows)
    case_file.set_meta(
        {
            "report": {
                "version": report.version,
                "title": report.title,
                "timezone": report.timezone,
                "sources": report.sources,
                "digest": report.digest,
                "counts": dict(report.counts),
                "set_aside": dict(report.set_aside),
                "examined": dict(report.examined),
                "truncated": list(report.truncated),
                "warnings": list(report.warnings),
                "near_misses": [list(words) for words in report.near_misses],
                "rules": dict(report.rules),
            }
        }
    )


def kept_report(case_file: CaseFile) -> Report | None:
    """Return the kept report, or None where no run was kept."""
    from graphmodel.model.evidence import Words

    kept = case_file.meta().get("report")
    if not isinstance(kept, dict):
        return None
    findings = tuple(_FINDING.validate_json(row[3]) for row in case_file.saved_findings())
    lists: dict[str, Any] = {name: tuple(kept[name]) for name in ("truncated", "warnings")}
    near = tuple(Words(*pair) for pair in kept["near_misses"])
    rest: dict[str, Any] = {
        n: kept[n] for n in ("version", "title", "timezone", "sources", "digest", "counts")
    }
    rest |= {"set_aside": kept["set_aside"]}
    rest |= {name: kept.get(name, {}) for name in ("rules", "examined")}
    return Report(**rest, **lists, findings=findings, near_misses=near)
