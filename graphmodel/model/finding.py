"""The finding: an explained match with a stable id, roles, figures, events and evidence.

`to_json` gives one object of the output contract `graphmodel.findings/1`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence  # noqa: TC003 # findings are read back by their types
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from graphmodel.model import counts, money
from graphmodel.model.counts import Bounded  # noqa: TC001 # findings are read back by their types
from graphmodel.model.evidence import (  # noqa: TC001 # findings are read back by their types
    EvidenceRow,
    Objection,
    Words,
)

if TYPE_CHECKING:
    from fractions import Fraction

    from graphmodel.texts import Language


class Level(IntEnum):
    """How fully the recorded facts show a pattern; it says nothing of guilt, intent or truth."""

    SET_ASIDE = 0
    LEAD = 1
    SUPPORTED = 2
    STRONG = 3

    @property
    def label(self) -> str:
        """Return the name used in output and on the command line."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount (minor units, with `currency`), a count or a ratio, each with its bound."""

    kind: str
    number: Bounded
    currency: str = ""

    @classmethod
    def amount(cls, number: Bounded, currency: str) -> Figure:
        """Return an amount of money in minor units."""
        return cls("amount", number, currency)

    @classmethod
    def count(cls, number: Bounded) -> Figure:
        """Return a count of records, parts, accounts or days."""
        return cls("count", number)

    @classmethod
    def ratio(cls, number: Bounded) -> Figure:
        """Return a ratio without unit."""
        return cls("ratio", number)

    def to_json(self) -> dict[str, object]:
        """Return the figure as the output contract writes it; rounding happens here only."""
        if self.kind == "amount":
            return {
                "amount": money.format_amount(counts.rounded(self.number), self.currency),
                "currency": self.currency,
                "bound": self.number.bound,
            }
        if self.kind == "count":
            return {"count": counts.rounded(self.number), "bound": self.number.bound}
        return {"ratio": format_ratio(self.number.value), "bound": self.number.bound}


def format_ratio(value: Fraction) -> str:
    """Return a ratio as decimal text with three places, half to even.

    >>> from fractions import Fraction
    >>> format_ratio(Fraction(11, 3))
    '3.667'
    """
    thousandths = round(value * 1000)
    sign = "-" if thousandths < 0 else ""
    return f"{sign}{abs(thousandths) // 1000}.{abs(thousandths) % 1000:03d}"


@dataclass(frozen=True, slots=True)
class Hop:
    """What one intermediary of a chain did: purchase, sale, gain and records, where known."""

    member: tuple[str, ...]
    deal_in: str
    deal_out: str
    gain: Figure | None = None
    records: Figure | None = None

    def to_json(self) -> dict[str, object]:
        """Return the hop as the output contract writes it; what is not known is left out."""
        cells: dict[str, object] = {
            "member": list(self.member),
            "deal_in": self.deal_in,
            "deal_out": self.deal_out,
        }
        if self.gain is not None:
            cells["gain"] = self.gain.to_json()
        if self.records is not None:
            cells["records"] = self.records.to_json()
        return cells


@dataclass(frozen=True, slots=True)
class Signal:
    """One observable sign of a typology: whether it holds, and on which facts.

    Of the signals of one `group` only one can hold.
    """

    name: str
    weight: int
    words: Words
    facts: tuple[str, ...] = ()
    group: str = ""

    @property
    def hit(self) -> bool:
        """Tell whether it holds: a signal holds only on facts it can name."""
        return bool(self.facts)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, in both languages. Lists are sorted by id, except roles that are orders.

    `circle` names the parties of a closed circle in order, the first not repeated;
    `absorbed` the typologies of findings that this one says everything of; `hops` are those of a
    chain, in order.
    """

    id: str
    typology: str
    version: int
    title: Words
    level: Level
    signals: tuple[Signal, ...]
    roles: Mapping[str, tuple[str, ...]]
    figures: Mapping[str, Figure]
    period: tuple[str | None, str | None]
    span: tuple[int, int]
    events: tuple[str, ...]
    evidence: tuple[EvidenceRow, ...]
    against: tuple[Objection, ...]
    innocent: tuple[Words, ...]
    summary: Words
    arithmetic: tuple[Words, ...] = ()
    circle: tuple[str, ...] = ()
    absorbed: tuple[str, ...] = ()
    params: Mapping[str, object] = field(default_factory=dict)
    hops: tuple[Hop, ...] = ()

    @property
    def hits(self) -> int:
        """Return how many signals hold."""
        return sum(signal.hit for signal in self.signals)

    @property
    def known(self) -> int:
        """Return how many signals could hold together: those that exclude each other count once."""
        return len({signal.group or signal.name for signal in self.signals})

    def to_json(self, language: Language) -> dict[str, object]:
        """Return the finding as one object of `graphmodel.findings/1`, in one language."""
        return {
            "id": self.id,
            "typology": self.typology,
            "version": self.version,
            "level": self.level.label,
            "signals": [
                {"name": s.name, "hit": s.hit, "weight": s.weight, "facts": list(s.facts)}
                for s in self.signals
            ],
            "roles": {name: list(ids) for name, ids in self.roles.items()},
            "figures": {name: figure.to_json() for name, figure in self.figures.items()},
            **({"hops": [hop.to_json() for hop in self.hops]} if self.hops else {}),
            "period": {"from": self.period[0], "to": self.period[1]},
            "events": list(self.events),
            "evidence": [_evidence_json(row, language) for row in self.evidence],
            "against": [
                {
                    "statement": o.statement.get(language),
                    "facts": list(o.facts),
                    **({"name": o.name, "weight": o.weight} if o.name else {}),
                }
                for o in self.against
            ],
            "innocent": [words.get(language) for words in self.innocent],
            "summary": self.summary.get(language),
            "params": dict(self.params),
        }


def _evidence_json(row: EvidenceRow, language: Language) -> dict[str, object]:
    cells: dict[str, object] = {
        "fact": row.fact,
        "statement": row.statement.get(language),
        "source": row.source,
        "locator": row.locator,
        "quote": row.quote,
        "certainty": row.certainty,
    }
    if row.grounds:
        cells["grounds"] = list(row.grounds)
    if row.warning:
        cells["warning"] = row.warning
    return cells


def finding_id(
    typology: str,
    version: int,
    roles: Mapping[str, Sequence[str]],
    events: Sequence[str],
) -> str:
    """Return the stable id of a finding, from what defines it and nothing else.

    Scores, counts, row order and the time of the run never enter it.
    """
    parts = [typology, str(version)]
    parts += [f"{name}={chr(31).join(sorted(roles[name]))}" for name in sorted(roles)]
    parts.append(chr(31).join(sorted(events)))
    return "F-" + hashlib.sha256(chr(30).join(parts).encode()).hexdigest()[:16]
