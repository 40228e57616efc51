"""What a change of parameters does to the findings of a case."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphmodel.model.finding import Finding, Level
    from graphmodel.model.report import Report


@dataclass(frozen=True, slots=True)
class Moved:
    """A finding whose level changed."""

    id: str
    before: Level
    after: Level


@dataclass(slots=True)
class Change:
    """What changed in one typology; `same` findings are there before and after at one level.

    `absorbed` are findings that are gone because another one now says everything of them.
    """

    typology: str
    added: list[Finding] = field(default_factory=list)
    removed: list[Finding] = field(default_factory=list)
    absorbed: list[Finding] = field(default_factory=list)
    up: list[Moved] = field(default_factory=list)
    down: list[Moved] = field(default_factory=list)
    same: int = 0

    @property
    def is_any(self) -> bool:
        """Tell whether anything changed."""
        return bool(self.added or self.removed or self.absorbed or self.up or self.down)


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the configuration that differs; `None` where one side does not have it."""

    key: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes by typology, the values that differ, and limits only one of the runs hit."""

    values: tuple[Value, ...]
    typologies: tuple[Change, ...]
    truncated_before: tuple[str, ...]
    truncated_after: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return one object of `graphmodel.changes/1`."""
        return {
            "schema": "graphmodel.changes/1",
            "values": [{"key": v.key, "before": v.before, "after": v.after} for v in self.values],
            "typologies": [_change(one) for one in self.typologies],
            "truncated_before": list(self.truncated_before),
            "truncated_after": list(self.truncated_after),
        }


def _change(one: Change) -> dict[str, object]:
    return {
        "typology": one.typology,
        "added": [_told(finding) for finding in one.added],
        "removed": [_told(finding) for finding in one.removed],
        "absorbed": [_told(finding) for finding in one.absorbed],
        "level_up": [_moved(moved) for moved in one.up],
        "level_down": [_moved(moved) for moved in one.down],
        "same": one.same,
    }


def _told(finding: Finding) -> dict[str, object]:
    return {"id": finding.id, "level": finding.level.label}


def _moved(moved: Moved) -> dict[str, object]:
    return {"id": moved.id, "before": moved.before.label, "after": moved.after.label}


def find_changes(before: Report, after: Report) -> Changes:
    """Compare two reports of one case; findings are the same where their ids are."""
    old = {finding.id: finding for finding in before.findings}
    new = {finding.id: finding for finding in after.findings}
    names = sorted({f.typology for f in (*old.values(), *new.values())})
    changes = {name: Change(name) for name in names}
    absorbing = _absorbing(after)
    for id_, finding in old.items():
        one = changes[finding.typology]
        if id_ not in new:
            is_absorbed = any(
                set(finding.events) <= events for events in absorbing[finding.typology]
            )
            (one.absorbed if is_absorbed else one.removed).append(finding)
        elif finding.level == new[id_].level:
            one.same += 1
        else:
            moved = Moved(id_, finding.level, new[id_].level)
            (one.up if moved.after > moved.before else one.down).append(moved)
    for id_, finding in new.items():
        if id_ not in old:
            changes[finding.typology].added.append(finding)
    return Changes(
        values=tuple(_values(before.rules, after.rules)),
        typologies=tuple(changes.values()),
        truncated_before=tuple(t for t in before.truncated if t not in after.truncated),
        truncated_after=tuple(t for t in after.truncated if t not in before.truncated),
    )


def _absorbing(report: Report) -> Mapping[str, list[set[str]]]:
    """Return the events of findings that absorbed others, by the typology absorbed."""
    found: dict[str, list[set[str]]] = defaultdict(list)
    for finding in report.findings:
        for name in finding.absorbed:
            found[name].append(set(finding.events))
    return found


def _values(before: Mapping[str, object], after: Mapping[str, object]) -> list[Value]:
    """Return the values that differ, by key such as `derive.window_days`."""
    old, new = _flat(before), _flat(after)
    keys = sorted(old.keys() | new.keys())
    differing = [key for key in keys if old.get(key) != new.get(key)]
    return [Value(key, old.get(key), new.get(key)) for key in differing]


def _flat(values: Mapping[str, object], start: str = "") -> dict[str, object]:
    """Return nested values by keys as `--set` writes them."""
    found: dict[str, object] = {}
    for name, value in values.items():
        key = start if name in ("typologies", "params") else f"{start}.{name}".strip(".")
        if isinstance(value, dict):
            found |= _flat(value, key)
        else:
            found[key] = value
    return found
