"""`graphmodel evaluate`: measure the findings of a case against a known truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphmodel.cli import configuring, outputs
from graphmodel.cli.session import LanguageName, ReportFormat, Session
from graphmodel.cli.table_lines import table_lines
from graphmodel.views.terminal_lines import Line, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphmodel.evaluate.measure import Alarm, Evaluation, Measure

SHOWN = 20
"""Most missed plants, alarms and other findings told one by one on the terminal, of each kind."""


def evaluate(
    ctx: typer.Context,
    case: Annotated[Path, typer.Argument(metavar="CASE", readable=False)],
    truth: Annotated[Path, typer.Argument(metavar="TRUTH", readable=False)],
    *,
    k: Annotated[str, typer.Option("--k", metavar="K,K…")] = "10,50,100",
    config: Annotated[Path | None, typer.Option(metavar="FILE", readable=False)] = None,
    format_: Annotated[
        ReportFormat, typer.Option("--format", metavar="text|json")
    ] = ReportFormat.TEXT,
    lang: Annotated[LanguageName | None, typer.Option("--lang", metavar="zh|en")] = None,
) -> None:
    """Measure the findings of a case against a known truth."""
    session: Session = ctx.obj
    session.speak(lang)
    ks = _ks(session, k)
    chosen = configuring.read_config(config)
    from graphmodel.evaluate.run import evaluate as run

    with session.open_case(case, config=chosen, untouched=True) as opened:
        told = run(opened, truth, ks=ks, config=chosen, progress=session.meter)
    if format_ is ReportFormat.JSON:
        outputs.print_json(session, told.to_json(), indent=2)
    else:
        session.show(evaluation_lines(session, told))


def _ks(session: Session, words: str) -> list[int]:
    """Return the numbers of `--k`."""
    from graphmodel.evaluate.run import LARGEST_K

    parts = [part.strip() for part in words.split(",")]
    if not all(part.isascii() and part.isdigit() for part in parts):
        session.refuse("cli-error-k", k=words)
    ks = sorted({int(part[:8]) for part in parts})
    if not 0 < ks[0] <= ks[-1] <= LARGEST_K:
        session.refuse("cli-error-k", k=words)
    return ks


def evaluation_lines(session: Session, told: Evaluation) -> Iterator[Line]:
    """Yield the table by typology, then what was missed and what was flagged in vain."""
    ks = [p.k for p in told.measures[0].precision] if told.measures else []
    names = ("typology", "plants", "found", "recall", "decoys", "alarms", "findings", "per-deals")
    head = [session.words(f"evaluate-head-{name}") for name in names]
    head += [session.words("evaluate-head-precision", k=k) for k in ks]
    yield from table_lines(head, [*(_row(told, m) for m in told.measures), _total(told, len(ks))])
    yield line()
    yield line(session.words("evaluate-what-is-counted"), style="dim")
    missed = [label for m in told.measures for label in m.missed]
    rows = [
        session.words(
            "evaluate-missed-line",
            id=label.id,
            typology=label.typology,
            variant=label.variant or "–",
            hardship=label.hardship,
        )
        for label in missed
    ]
    yield from _listed(session, "evaluate-part-missed", rows)
    alarms = [_alarm(session, alarm) for m in told.measures for alarm in m.alarms]
    yield from _listed(session, "evaluate-part-alarms", alarms)
    others = [_alarm(session, alarm) for alarm in told.others]
    yield from _listed(session, "evaluate-part-others", others)
    yield from _counted(session, "evaluate-part-unmapped", told.unmapped)
    yield from _counted(session, "evaluate-part-off", told.turned_off)
    yield from _listed(session, "cli-truncated", told.truncated)


def _row(told: Evaluation, one: Measure) -> list[object]:
    counts = [one.plants, len(one.found), one.recall, one.decoys, one.flagged, one.findings]
    return [one.typology, *counts, told.per_deals(one), *(p.value for p in one.precision)]


def _total(told: Evaluation, ks: int) -> list[object]:
    total = told.to_json()["total"]
    assert isinstance(total, dict)  # noqa: S101 # as to_json builds it
    names = ("plants", "found", "recall", "decoys", "false_alarms", "findings")
    per_deals = total["findings_per_1000_deals"]
    return ["Σ", *(total[name] for name in names), per_deals, *([None] * ks)]


def _alarm(session: Session, alarm: Alarm) -> str:
    return session.words(
        "evaluate-alarm-line",
        id=alarm.label.id,
        decoy=alarm.label.typology,
        variant=alarm.label.variant or "–",
        finding=alarm.finding,
        typology=alarm.typology,
        level=alarm.level.label,
    )


def _listed(session: Session, key: str, rows: list[str] | tuple[str, ...]) -> Iterator[Line]:
    if not rows:
        return
    yield line()
    yield line(f"{session.words(key)} ({len(rows):,})", style="underline")
    yield from (line(f"· {row}", 2, hang=2) for row in rows[:SHOWN])
    if len(rows) > SHOWN:
        yield line(session.words("evaluate-more", n=f"{len(rows) - SHOWN:,}"), 2)


def _counted(session: Session, key: str, counts: Mapping[str, int]) -> Iterator[Line]:
    if counts:
        yield line()
        yield line(session.words(key), style="underline")
        yield from (line(f"· {name}: {n:,}", 2, hang=2) for name, n in counts.items())
