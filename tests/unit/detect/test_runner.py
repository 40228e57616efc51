"""Levels from signals, counter-facts and caps; merging; what stands and what is absorbed."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from graphmodel.detect.runner import Detection, Draft, absorb, run_typology, weigh
from graphmodel.model.evidence import Words
from graphmodel.model.finding import Level, finding_id
from graphmodel.model.typology import (
    Assessment,
    Cap,
    CounterSpec,
    Params,
    SignalSpec,
    Story,
    Typology,
)
from graphmodel.query.engines.base import QueryResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WORDS = Words("中", "words")


class Match(NamedTuple):
    """A match of a card made for tests."""

    role: str
    events: tuple[str, ...]
    signals: tuple[str, ...] = ("three",)
    counters: tuple[str, ...] = ()


class Detector:
    """Returns the matches it was made with."""

    given: tuple[Match, ...] = ()

    def __init__(self, params: Params) -> None:
        """Keep the parameters."""
        self.params = params

    def matches(self, rows: Sequence[Mapping[str, object]], view: object) -> list[Match]:
        """Return the matches, whatever the pattern says."""
        del rows, view
        return list(self.given)

    def key_roles(self, match: Match) -> dict[str, tuple[str, ...]]:
        """Return the one role."""
        return {"hub": (match.role,)}

    def events(self, match: Match) -> tuple[str, ...]:
        """Return the events."""
        return match.events

    def key_events(self, group: Sequence[Match]) -> tuple[str, ...]:
        """Return the least event."""
        return tuple(sorted({e for match in group for e in match.events}))[:1]

    def assess(self, match: Match, group: Sequence[Match], view: object) -> Assessment:
        """Return what the match was made with."""
        del group, view
        found = Assessment()
        for name in match.signals:
            found.hit(name, match.events)
        for name in match.counters:
            found.counter(name, match.events)
        return found

    def tell(self, group: Sequence[Match], view: object) -> Story:
        """Return all events."""
        del view
        events = tuple(sorted({e for match in group for e in match.events}))
        return Story({"hub": (group[0].role,)}, events, {}, WORDS)


def signal(name: str, weight: int, group: str = "") -> SignalSpec:
    """Return a signal."""
    return SignalSpec(name, weight, WORDS, group)


CARD: Typology[Any, Any] = Typology(
    name="relay",
    version=1,
    title=WORDS,
    params=Params,
    roles=("hub",),
    figures=(),
    signals=(
        signal("one", 1),
        signal("two", 2),
        signal("three", 3),
        signal("four", 4),
        signal("heavy", 3, "kind"),
        signal("light", 1, "kind"),
        signal("equal", 3, "kind"),
    ),
    counters=(
        CounterSpec("minus_two", 2, WORDS),
        CounterSpec("capping", 1, WORDS, Level.LEAD),
    ),
    innocent=(WORDS,),
    merge="event",
    strong_needs=lambda hits: "three" in hits,
    detector=Detector,
)


def level_of(*signals: str, counters: Sequence[str] = (), caps: Sequence[Level] = ()) -> Level:
    """Return the level of a match with these signals, counter-facts and limits."""
    found = Assessment(caps=[Cap(level, WORDS) for level in caps])
    for name in signals:
        found.hit(name, ("d1",))
    for name in counters:
        found.counter(name, ("d2",))
    return weigh(CARD, None, found).level


@pytest.mark.parametrize(
    ("signals", "level"),
    [
        ((), Level.SET_ASIDE),
        (("one",), Level.SET_ASIDE),
        (("two",), Level.LEAD),
        (("three",), Level.LEAD),
        (("four",), Level.SUPPORTED),
        (("three", "one"), Level.SUPPORTED),
        (("three", "two", "one"), Level.SUPPORTED),
        (("three", "four"), Level.STRONG),
        (("four", "two", "one"), Level.SUPPORTED),
        (("four", "heavy", "one", "two"), Level.SUPPORTED),
    ],
)
def test_levels_begin_at_two_four_and_seven(signals: tuple[str, ...], level: Level) -> None:
    assert level_of(*signals) is level


def test_of_a_group_only_the_heaviest_that_holds_counts() -> None:
    found = Assessment()
    for name in ("light", "heavy", "equal"):
        found.hit(name, ("d1",))
    weighed = weigh(CARD, None, found)
    assert [s.name for s in weighed.signals if s.hit] == ["heavy"]
    assert weighed.total == 3
    assert level_of("light", "one") is Level.LEAD


def test_every_signal_of_the_card_is_listed() -> None:
    weighed = weigh(CARD, None, Assessment())
    assert [s.name for s in weighed.signals] == [s.name for s in CARD.signals]
    assert not any(s.hit or s.facts for s in weighed.signals)


def test_no_facts_no_signal_and_no_counter_fact() -> None:
    found = Assessment()
    found.hit("three", ())
    found.counter("capping", ())
    weighed = weigh(CARD, None, found)
    assert (weighed.total, weighed.counters, weighed.level) == (0, (), Level.SET_ASIDE)


def test_counter_facts_take_off_and_cap() -> None:
    assert level_of("three", "four", counters=("minus_two",)) is Level.SUPPORTED
    assert level_of("three", "four", "two", counters=("minus_two",)) is Level.STRONG
    assert level_of("three", "four", "two", counters=("capping",)) is Level.LEAD
    assert level_of("two", counters=("capping",)) is Level.SET_ASIDE


def test_caps_limit_and_never_raise() -> None:
    assert level_of("three", "four", caps=(Level.SUPPORTED,)) is Level.SUPPORTED
    assert level_of("three", "four", caps=(Level.SUPPORTED, Level.LEAD)) is Level.LEAD
    assert level_of("one", caps=(Level.SUPPORTED,)) is Level.SET_ASIDE


class Engine:
    """Answers every pattern with no row; the detector brings its own matches."""

    def run(self, text: str, params: Mapping[str, object] | None = None) -> QueryResult:
        """Return nothing."""
        del text, params
        return QueryResult((), [])


def detected(*matches: Match, merge: str = "event") -> Detection:
    """Return what the runner makes of these matches."""
    own = type("Own", (Detector,), {"given": matches})
    view: Any = SimpleNamespace(deals={})
    engine: Any = Engine()
    return run_typology(replace(CARD, detector=own, merge=merge), engine, view)


def test_matches_that_share_an_event_are_one_finding() -> None:
    found = detected(
        Match("x", ("d1", "d2")),
        Match("x", ("d3", "d4")),
        Match("x", ("d2", "d3")),
        Match("x", ("d8", "d9")),
        Match("y", ("d1", "d2")),
    )
    assert {(d.story.roles["hub"], d.events) for d in found.drafts} == {
        (("x",), ("d1", "d2", "d3", "d4")),
        (("x",), ("d8", "d9")),
        (("y",), ("d1", "d2")),
    }
    assert len({d.id for d in found.drafts}) == 3


def test_by_role_all_matches_of_the_roles_are_one_finding() -> None:
    matches = (Match("x", ("d1",)), Match("x", ("d5",)), Match("y", ("d7",)))
    found = detected(*matches, merge="role")
    assert {(d.story.roles["hub"], d.events) for d in found.drafts} == {
        (("x",), ("d1", "d5")),
        (("y",), ("d7",)),
    }


def test_ids_and_findings_do_not_depend_on_the_order_of_rows() -> None:
    matches = [Match("x", ("d1", "d2")), Match("x", ("d2", "d3")), Match("y", ("d4",))]
    one, other = detected(*matches), detected(*reversed(matches))
    assert [(d.id, d.events, d.level) for d in one.drafts] == [
        (d.id, d.events, d.level) for d in other.drafts
    ]


def test_the_id_is_made_of_key_roles_and_key_events() -> None:
    (draft,) = detected(Match("x", ("d1", "d2"))).drafts
    assert draft.id == finding_id("relay", 1, {"hub": ("x",)}, ("d1",))
    (heavier,) = detected(Match("x", ("d1", "d2"), ("three", "four", "one"))).drafts
    assert heavier.level > draft.level
    assert heavier.id == draft.id


def test_the_best_documented_match_gives_the_level() -> None:
    weak, best = Match("x", ("d1", "d2")), Match("x", ("d2", "d3"), ("three", "four"))
    (draft,) = detected(weak, best).drafts
    assert draft.level is Level.STRONG
    assert draft.best.match == best


def test_matches_below_lead_are_set_aside_and_counted() -> None:
    found = detected(Match("x", ("d1",), ("one",)), Match("y", ("d2",)))
    assert [d.story.roles["hub"] for d in found.drafts] == [("y",)]
    assert [d.level for d in found.set_aside] == [Level.SET_ASIDE]


def test_a_match_below_lead_beside_a_finding_is_told_or_counted() -> None:
    found = detected(Match("x", ("d1", "d2"), ("one",)), Match("x", ("d2", "d3")))
    (draft,) = found.drafts
    assert draft.events == ("d1", "d2", "d3")
    assert draft.left_out == ()
    assert found.set_aside == ()


def test_an_unknown_parameter_is_refused() -> None:
    view: Any = SimpleNamespace(deals={})
    engine: Any = Engine()
    with pytest.raises(ValueError, match="no_such"):
        run_typology(CARD, engine, view, {"no_such": 1})


def draft(name: str, level: Level, *events: str, absorbs: tuple[str, ...] = ()) -> Draft:
    """Return a draft of a typology with that level and these events."""
    card = replace(CARD, name=name, absorbs=absorbs)
    weighed = weigh(card, None, Assessment())
    story = Story({}, events, {}, WORDS)
    return Draft(card, f"{name}:{events}", replace(weighed, level=level), story, events, Params())


def standing(*drafts: Draft, payments: Mapping[str, tuple[str, ...]] = {}) -> dict[str, Any]:
    """Return what stands, with the typologies each absorbed."""
    deals = {deal: SimpleNamespace(payments=ids) for deal, ids in payments.items()}
    view: Any = SimpleNamespace(deals=deals)
    return {d.typology.name: absorbed for d, absorbed in absorb(drafts, view)}


def test_absorbed_only_where_every_event_is_an_event_of_the_other() -> None:
    big = draft("self_dealing_agent", Level.STRONG, "d1", "d2", absorbs=("relay",))
    inside, outside = draft("relay", Level.LEAD, "d1"), draft("relay", Level.LEAD, "d1", "d3")
    assert standing(big, inside) == {"self_dealing_agent": ("relay",)}
    assert standing(big, outside) == {"self_dealing_agent": (), "relay": ()}


def test_a_higher_level_is_never_hidden_by_a_lower_one() -> None:
    big = draft("self_dealing_agent", Level.LEAD, "d1", "d2", absorbs=("relay",))
    assert standing(big, draft("relay", Level.SUPPORTED, "d1")) == {
        "self_dealing_agent": (),
        "relay": (),
    }
    assert standing(big, draft("relay", Level.LEAD, "d1")) == {"self_dealing_agent": ("relay",)}


def test_only_named_pairs_absorb() -> None:
    one = draft("impersonated_seller", Level.STRONG, "d1", "d2")
    assert set(standing(one, draft("relay", Level.LEAD, "d1"))) == {"impersonated_seller", "relay"}


def test_payments_count_as_events_of_the_deal_they_settle() -> None:
    relay = draft("relay", Level.STRONG, "d1", absorbs=("pass_through",))
    passing = draft("pass_through", Level.LEAD, "p1")
    assert standing(relay, passing, payments={"d1": ("p1",)}) == {"relay": ("pass_through",)}
    assert set(standing(relay, passing)) == {"relay", "pass_through"}
