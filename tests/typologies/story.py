"""Stories: small folders of case tables with `expect.json`, and how a report is compared with one.

What the keys of `expect.json` mean is in README.md of this folder.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphmodel.case import Case

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from graphmodel.model.finding import Finding
    from graphmodel.model.report import Report

SUITE = Path(__file__).resolve().parent
LEVELS = ("lead", "supported", "strong")
DEAL_TYPOLOGIES = (
    "agent_bypass",
    "impersonated_seller",
    "price_padding",
    "relay",
    "resale_loop",
    "self_dealing_agent",
)
"""Typologies whose findings a story lists in full, beside its own."""


@dataclass(frozen=True)
class Story:
    """One folder with what is expected of it."""

    folder: Path
    expect: dict[str, Any]

    @property
    def stem(self) -> str:
        """Return the typology that the story is about."""
        return self.folder.parent.name

    @property
    def name(self) -> str:
        """Return `stem/story`, the id of the story in test names."""
        return f"{self.stem}/{self.folder.name}"

    @property
    def typologies(self) -> frozenset[str]:
        """Return the typologies whose findings are compared."""
        return frozenset((*DEAL_TYPOLOGIES, self.stem))


def stories(kind: str = "") -> list[Story]:
    """Return the stories whose folder begins with `kind` (`guilty`, `innocent`), by name."""
    found = sorted(SUITE.glob(f"*/{kind}*/expect.json"))
    return [Story(p.parent, json.loads(p.read_text(encoding="utf-8"))) for p in found]


def flag(folder: Path, typologies: Sequence[str] | None = None) -> Report:
    """Open a folder of case tables, which must be read without a reject, and return its report."""
    with Case.open(folder) as case:
        assert list(case.imported.rejects) == []
        return case.flag(typologies=typologies, graph=False)


@cache
def flagged(folder: Path) -> Report:
    """Return the report of an unchanged folder, made once."""
    return flag(folder)


def seen(finding: Finding) -> dict[str, Any]:
    """Return what `expect.json` can say about a finding; empty roles are left out."""
    cells = finding.to_json("en")
    return {
        "typology": finding.typology,
        "level": finding.level.label,
        "roles": {name: list(ids) for name, ids in finding.roles.items() if ids},
        "figures": cells["figures"],
        "period": cells["period"],
        "signals": sorted(signal.name for signal in finding.signals if signal.hit),
        "absorbed": sorted(set(finding.absorbed)),
        "against": sorted({fact for objection in finding.against for fact in objection.facts}),
    }


def reduced(finding: Finding, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return of a finding what `wanted` speaks about, comparable with it."""
    cells = seen(finding)
    kept = {key: cells[key] for key in wanted}
    if "against" in wanted:
        kept["against"] = [fact for fact in cells["against"] if fact in wanted["against"]]
    return kept


def normal(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return an expected finding with its lists in the order in which `seen` gives them."""
    sets = ("signals", "absorbed", "against")
    return {key: sorted(value) if key in sets else value for key, value in wanted.items()}


def compare(report: Report, story: Story) -> None:
    """Assert that the findings of a report are those listed by a story, no more and no less."""
    rest = [f for f in report.findings if f.typology in story.typologies]
    wanted = [normal(entry) for entry in story.expect["findings"]]
    for entry in wanted:
        same = [f for f in rest if reduced(f, entry) == entry]
        close = [seen(f) for f in rest if f.typology == entry["typology"]]
        assert same, f"expected {entry}\nfound {close or [seen(f) for f in rest]}"
        rest.remove(same[0])
    assert [seen(f) for f in rest] == []


def read_table(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of a CSV table."""
    header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
    return header, rows


def write_table(path: Path, header: list[str], rows: list[list[str]]) -> None:
    """Write a CSV table."""
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([header, *rows])


def copy_tables(folder: Path, target: Path) -> Path:
    """Copy the files of a story or example without what is expected of it."""
    ignore = shutil.ignore_patterns("expect*", "README*")
    return Path(shutil.copytree(folder, target, ignore=ignore))


def set_cell(folder: Path, change: dict[str, Any]) -> None:
    """Change the one cell of `change`: table, row by `id` or 1-based `row`, column, value."""
    path = folder / f"{change['table']}.csv"
    header, rows = read_table(path)
    if change["column"] not in header:
        header.append(change["column"])
        rows = [[*row, ""] for row in rows]
    if "id" in change:
        (place,) = [i for i, row in enumerate(rows) if row[header.index("id")] == change["id"]]
    else:
        place = change["row"] - 1
    column = header.index(change["column"])
    assert rows[place][column] != change["value"], "the change must change something"
    rows[place][column] = change["value"]
    write_table(path, header, rows)


def shuffle_rows(folder: Path, random: Random) -> None:
    """Put the rows of every table of a folder into another order."""
    for path in sorted(folder.glob("*.csv")):
        header, rows = read_table(path)
        random.shuffle(rows)
        write_table(path, header, rows)
