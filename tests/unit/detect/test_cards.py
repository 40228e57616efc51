"""Every card as data against the table of its contract."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from graphmodel.detect.discovery import card, typologies, typology
from graphmodel.errors import UsageError
from graphmodel.model.finding import Level
from graphmodel.query.rules import rule, rule_names

if TYPE_CHECKING:
    from pathlib import Path

NAMES = (
    "agent_bypass",
    "aggregator",
    "barter_ring",
    "batch_reuse",
    "burner",
    "impersonated_seller",
    "insider_leak",
    "pass_through",
    "payment_loop",
    "price_padding",
    "relay",
    "resale_chain",
    "resale_loop",
    "self_dealing_agent",
    "shared_control",
    "split_payment",
    "straw_account",
    "wholesaler",
)
SIGNAL = re.compile(r"`(\w+)` (\d)")


@pytest.fixture(scope="module")
def cards(shared: Path) -> dict[str, str]:
    """Return the text of every card of the contract by name."""
    page = (shared / "design" / "typologies.md").read_text(encoding="utf-8")
    parts = re.split(r"\n### ", page.split("## 2 Cards")[1].split("\n## 3")[0])
    found: dict[str, str] = {}
    for part in parts[1:]:
        names = re.findall(r"`(\w+)`", part.split(":", 1)[0])
        assert names
        found |= {name: own_signals(part, name) for name in names}
    return found


def own_signals(part: str, name: str) -> str:
    """Leave of a card that two typologies share the signals of one."""
    others = re.findall(r"\((\w+)\) (.*?)(?= \(\w+\) `|\*Strong needs\*)", part)
    for other, signals in others:
        if other != name and other in NAMES:
            part = part.replace(signals, "")
    return part


def line_of(text: str, heading: str) -> str:
    """Return the line of a card that begins with this heading."""
    (line,) = [one for one in text.splitlines() if one.startswith(f"- **{heading}")]
    return line


def test_typologies_are_found_by_their_stems() -> None:
    assert tuple(sorted(typologies())) == NAMES
    assert rule_names("typologies") == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_signals_and_weights_are_those_of_the_card(name: str, cards: dict[str, str]) -> None:
    line = line_of(cards[name], "Signals").split("*Strong needs*")[0]
    wanted = {
        signal: int(weight)
        for signal, weight in SIGNAL.findall(line)
        if not signal.endswith(("_days", "_hours"))  # a parameter
    }
    assert {s.name: s.weight for s in typologies()[name].signals} == wanted


@pytest.mark.parametrize("name", NAMES)
def test_signals_that_exclude_each_other_share_a_group(name: str, cards: dict[str, str]) -> None:
    line = line_of(cards[name], "Signals")
    groups: dict[str, set[str]] = {}
    for signal in typologies()[name].signals:
        if signal.group:
            groups.setdefault(signal.group, set()).add(signal.name)
    wanted = [
        {signal for signal, _ in SIGNAL.findall(part)}
        for part in line.split(" · ")
        if " | " in part
    ]
    assert sorted(map(sorted, groups.values())) == sorted(map(sorted, wanted))


@pytest.mark.parametrize("name", NAMES)
def test_counter_facts_and_their_caps_are_those_of_the_card(
    name: str, cards: dict[str, str]
) -> None:
    line = line_of(cards[name], "Against").split(" A key shown by ")[0]
    parts = re.findall(r"−(\d)(?:, \*cap (\w+)\*)?", line)
    wanted = sorted((int(weight), cap) for weight, cap in parts)
    caps = {None: "", Level.LEAD: "lead"}
    assert sorted((c.weight, caps[c.cap]) for c in typologies()[name].counters) == wanted


@pytest.mark.parametrize("name", NAMES)
def test_innocent_explanations_are_those_of_the_card(name: str, cards: dict[str, str]) -> None:
    wanted = re.findall(r"\"([^\"]+)\"", line_of(cards[name], "Innocent"))
    assert [words.en for words in typologies()[name].innocent] == wanted
    assert all(words.zh for words in typologies()[name].innocent)


@pytest.mark.parametrize("name", NAMES)
def test_roles_and_figures_are_those_of_the_output_contract(name: str, shared: Path) -> None:
    page = (shared / "design" / "findings-json.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| `")]
    (row,) = ["|".join(cells) for cells in rows if f"`{name}`" in cells[1].split(" ")]
    roles, figures = row.split("|")[2:4]
    known = typologies()[name]
    assert set(known.roles) == set(re.findall(r"`(\w+)`", roles))
    # what stands in brackets is said beside the figures
    assert set(known.figures) == set(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", figures)))


def test_what_absorbs_what_is_the_table_of_the_contract(shared: Path) -> None:
    page = (shared / "design" / "typologies.md").read_text(encoding="utf-8")
    part = page.split("| B | absorbs A |")[1].split("\n\n")[0]
    wanted = {}
    for line in part.splitlines():
        names = re.findall(r"`(\w+)`", line)
        if names and names[0] in NAMES:
            wanted[names[0]] = set(names[1:])
    found = {n: set(t.absorbs) - {n} for n, t in typologies().items() if t.absorbs}
    assert found == wanted


@pytest.mark.parametrize("name", NAMES)
def test_pattern_and_module_have_one_version(name: str) -> None:
    found = rule(f"typologies/{name}")
    assert (found.subject, found.version) == (name, typologies()[name].version)
    assert set(found.params) <= set(typologies()[name].params.model_fields)


@pytest.mark.parametrize("name", NAMES)
def test_card_has_every_section(name: str) -> None:
    text = card(name)
    for heading in ("What it finds", "Why it matters", "Signals", "Speaks against it"):
        assert f"\n{heading}\n" in text
    for heading in ("Looks alike but is innocent", "Parameters", "Figures", "Source"):
        assert f"\n{heading}\n" in text


def test_strong_needs_of_the_cards() -> None:
    needs = {name: known.strong_needs for name, known in typologies().items()}
    relay = frozenset({"resold_at_markup", "same_batch_shown"})
    assert needs["relay"](relay)
    assert not any(needs["relay"](relay - {one}) for one in relay)
    assert needs["self_dealing_agent"](frozenset({"resold_at_markup", "agent_at_source"}))
    assert needs["self_dealing_agent"](frozenset({"resold_at_markup", "posed_as_known_persona"}))
    assert not needs["self_dealing_agent"](frozenset({"resold_at_markup", "same_batch_shown"}))
    assert needs["impersonated_seller"](frozenset({"owner_known"}))
    assert not needs["impersonated_seller"](frozenset({"insider_tie", "switch"}))
    assert needs["price_padding"](frozenset({"reported_above_paid", "money_kept"}))
    assert not needs["price_padding"](frozenset({"difference_stated", "money_kept"}))
    assert not needs["agent_bypass"](frozenset({"same_supplier", "same_client", "tie_perhaps"}))
    assert needs["agent_bypass"](frozenset({"same_supplier", "same_client", "tie_sure"}))
    straw = frozenset({"other_operates", "passes_on"})
    assert needs["straw_account"](straw)
    assert not any(needs["straw_account"](straw - {one}) for one in straw)
    assert needs["shared_control"](frozenset({"phone", "second_kind", "opposite_sides"}))
    assert needs["shared_control"](frozenset({"phone", "one_person_stated", "opposite_sides"}))
    assert not needs["shared_control"](frozenset({"strong_identifier", "opposite_sides"}))
    assert not needs["shared_control"](frozenset({"strong_identifier", "second_kind"}))
    burner = frozenset({"opened_known", "silence_covered", "persona_moves"})
    assert needs["burner"](burner)
    assert not any(needs["burner"](burner - {one}) for one in burner)
    inside = frozenset({"goods_of_employer", "tie_sure"})
    assert needs["insider_leak"](inside)
    assert not any(needs["insider_leak"](inside - {one}) for one in inside)
    assert needs["barter_ring"](frozenset({"closed_set", "stated_barter"}))
    assert needs["barter_ring"](frozenset({"closed_set", "both_directions"}))
    assert not needs["barter_ring"](frozenset({"stated_barter", "both_directions"}))
    assert not needs["resale_loop"](frozenset({"same_batch_fingerprint", "price_rises"}))


def test_an_unknown_typology_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean relay"):
        typology("rely")
