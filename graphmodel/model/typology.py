"""The contract between a typology and the floors that run, merge and explain it.

A typology is a card (docstring of its module), a pattern (`cypher/typologies/<stem>.cypher`), and
one `Typology` object named `TYPOLOGY` in the module of the same stem: parameters, signals and
counter-facts with weights, identity, figures. The pattern says where; the module says how much
and how sure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphmodel.model.evidence import Objection, Words
    from graphmodel.model.finding import Figure, Hop, Level


class Params(BaseModel):
    """Parameters of a typology; the defaults are proposals, not facts about the world."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    budget_s: float = Field(default=30.0, gt=0)
    """Longest search, in seconds; passing it is reported, never silent."""


@dataclass(frozen=True, slots=True)
class SignalSpec:
    """A signal of a card. Of the signals of one `group` only the heaviest that holds counts."""

    name: str
    weight: int
    words: Words
    group: str = ""


@dataclass(frozen=True, slots=True)
class CounterSpec:
    """A counter-fact of a card: `weight` is taken off the total, `cap` limits the level."""

    name: str
    weight: int
    words: Words
    cap: Level | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit of the level that is no counter-fact, with its reason."""

    level: Level
    words: Words


@dataclass(slots=True)
class Assessment:
    """What one match shows: facts by signal and by counter-fact, limits of the level."""

    hits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    counters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    caps: list[Cap] = field(default_factory=list)
    notes: list[Objection] = field(default_factory=list)

    def hit(self, name: str, facts: Sequence[str]) -> None:
        """Record that a signal holds on these facts; no facts, no signal."""
        if facts:
            self.hits[name] = tuple(sorted({*self.hits.get(name, ()), *facts}))

    def counter(self, name: str, facts: Sequence[str]) -> None:
        """Record that a counter-fact holds on these facts; no facts, no counter-fact."""
        if facts:
            self.counters[name] = tuple(sorted({*self.counters.get(name, ()), *facts}))


@dataclass(slots=True)
class Story:
    """What a group of merged matches tells: roles, events, figures, summary.

    `facts` are further facts that belong into the evidence.
    """

    roles: dict[str, tuple[str, ...]]
    events: tuple[str, ...]
    figures: dict[str, Figure]
    summary: Words
    arithmetic: tuple[Words, ...] = ()
    facts: tuple[str, ...] = ()
    circle: tuple[str, ...] = ()
    notes: tuple[Objection, ...] = ()
    hops: tuple[Hop, ...] = ()


MatchT = TypeVar("MatchT")
ViewT_contra = TypeVar("ViewT_contra", contravariant=True)


class Detector(Protocol[MatchT, ViewT_contra]):
    """What the module of a typology computes; the runner calls these in this order.

    `matches` reads the rows of the pattern; `key_roles` and `events` give the identity of a match
    and what it shares with others; `assess` weighs one match; `tell` sums up a merged group.
    """

    def matches(self, rows: Sequence[Mapping[str, object]], view: ViewT_contra) -> list[MatchT]:
        """Return the matches that hold, from the rows of the pattern."""

    def key_roles(self, match: MatchT) -> dict[str, tuple[str, ...]]:
        """Return the roles that enter the identity."""

    def events(self, match: MatchT) -> tuple[str, ...]:
        """Return the ids of the events of one match."""

    def key_events(self, group: Sequence[MatchT]) -> tuple[str, ...]:
        """Return the events of a merged group that enter its identity, if any."""

    def assess(self, match: MatchT, group: Sequence[MatchT], view: ViewT_contra) -> Assessment:
        """Return the signals and counter-facts of one match, seen beside those merged with it."""

    def tell(self, group: Sequence[MatchT], view: ViewT_contra) -> Story:
        """Return roles, figures and summary of the merged group."""


@dataclass(frozen=True, slots=True)
class Typology(Generic[MatchT, ViewT_contra]):
    """One typology: its card in data. `merge` is `event` or `role`."""

    name: str
    version: int
    title: Words
    params: type[Params]
    roles: tuple[str, ...]
    figures: tuple[str, ...]
    signals: tuple[SignalSpec, ...]
    counters: tuple[CounterSpec, ...]
    innocent: tuple[Words, ...]
    merge: str
    strong_needs: Callable[[frozenset[str]], bool]
    detector: Callable[[Params], Detector[MatchT, ViewT_contra]]
    absorbs: tuple[str, ...] = ()
