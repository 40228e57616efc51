"""What one run of `flag` says: the case, its findings, and what was not searched or not kept."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 # reports are read back by their types
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphmodel.model.evidence import Words  # noqa: TC001 # reports are read back by their types
from graphmodel.model.finding import Finding  # noqa: TC001 # reports are read back by their types
from graphmodel.model.subgraph import SubGraph

if TYPE_CHECKING:
    from graphmodel.texts import Language


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a run; `graph` holds the facts that findings name and their close context.

    `set_aside` counts matches below `lead` by typology, `near_misses` says for the best of them why
    they were not enough. `truncated` names every search that hit a limit. `warnings` are sentences
    about the input. `examined` counts the matches looked at, by typology. `version` is the
    program's. `rules` are the values in force: parameters of derived facts (`derive`), and for
    each of `typologies` whether it ran, parameters and weights.
    """

    version: str
    title: str
    timezone: str
    sources: int
    digest: str
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]
    set_aside: Mapping[str, int]
    truncated: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    near_misses: tuple[Words, ...] = ()
    graph: SubGraph = field(default_factory=SubGraph)
    rules: Mapping[str, Any] = field(default_factory=dict)
    examined: Mapping[str, int] = field(default_factory=dict)

    @property
    def turned_off(self) -> list[str]:
        """Return the typologies that were not to run."""
        chosen: Mapping[str, Mapping[str, object]] = self.rules.get("typologies", {})
        return sorted(name for name, one in chosen.items() if not one["enabled"])

    def to_json(self, language: Language) -> dict[str, object]:
        """Return one object of the output contract `graphmodel.findings/1`."""
        return {
            "schema": "graphmodel.findings/1",
            "tool": {"name": "graphmodel", "version": self.version},
            "case": {
                "title": self.title,
                "timezone": self.timezone,
                "sources": self.sources,
                "digest": self.digest,
            },
            "counts": dict(self.counts),
            "truncated": list(self.truncated),
            "set_aside": dict(sorted(self.set_aside.items())),
            "examined": dict(sorted(self.examined.items())),
            "rules": {"derive": dict(self.rules.get("derive", {})), "off": self.turned_off},
            "findings": [finding.to_json(language) for finding in self.findings],
        }
