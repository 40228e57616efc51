"""Figures as the contract writes them, identities that rest on what defines a finding alone."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmodel.model.counts import Bounded
from graphmodel.model.evidence import EvidenceRow, Objection, Words
from graphmodel.model.finding import Figure, Finding, Level, Signal, finding_id, format_ratio

ROLES = {"principal": ("wu",), "agent": ("dong",), "front": ("wang", "zhao")}


def test_levels_are_ordered_and_named() -> None:
    assert Level.SET_ASIDE < Level.LEAD < Level.SUPPORTED < Level.STRONG
    assert [level.label for level in Level] == ["set_aside", "lead", "supported", "strong"]


@pytest.mark.parametrize(
    ("figure", "cells"),
    [
        (
            Figure.amount(Bounded(Fraction(1_200_000)), "CNY"),
            {"amount": "12000.00", "currency": "CNY", "bound": "exact"},
        ),
        (
            Figure.amount(Bounded(Fraction(-120_000)), "CNY"),
            {"amount": "-1200.00", "currency": "CNY", "bound": "exact"},
        ),
        (
            Figure.amount(Bounded(Fraction(5)), "USDT"),
            {"amount": "0.000005", "currency": "USDT", "bound": "exact"},
        ),
        (
            Figure.count(Bounded(Fraction(37_002), "at_least")),
            {"count": 37_002, "bound": "at_least"},
        ),
        (Figure.ratio(Bounded(Fraction(11, 3))), {"ratio": "3.667", "bound": "exact"}),
        (Figure.ratio(Bounded(Fraction(4, 3), "about")), {"ratio": "1.333", "bound": "about"}),
    ],
)
def test_figures_in_json(figure: Figure, cells: dict[str, object]) -> None:
    assert figure.to_json() == cells


def test_money_is_rounded_once_half_to_even() -> None:
    half = Fraction(1, 2)
    assert Figure.amount(Bounded(2 + half), "CNY").to_json()["amount"] == "0.02"
    assert Figure.amount(Bounded(3 + half), "CNY").to_json()["amount"] == "0.04"


def test_ratios_have_three_places() -> None:
    assert format_ratio(Fraction(1758, 2568)) == "0.685"
    assert format_ratio(Fraction(0)) == "0.000"
    assert format_ratio(Fraction(-1, 4)) == "-0.250"


def test_a_signal_holds_only_on_facts() -> None:
    words = Words("", "")
    assert Signal("a", 3, words, ("deal-1",)).hit
    assert not Signal("a", 3, words).hit


def a_finding(**changes: object) -> Finding:
    """Return a finding with some of its parts changed."""
    parts: dict[str, Any] = {
        "id": "F-1",
        "typology": "relay",
        "version": 1,
        "title": Words("中", "title"),
        "level": Level.STRONG,
        "signals": (Signal("resold_at_markup", 3, Words("中", "a"), ("d1", "d2")),),
        "roles": {"upstream": ("s",), "buyer": ()},
        "figures": {"gain": Figure.amount(Bounded(Fraction(100)), "CNY")},
        "period": ("2019-03", None),
        "span": (0, 1),
        "events": ("d1", "d2"),
        "evidence": (EvidenceRow("d1", Words("中", "said"), "src", "p. 1", "原文", "disputed"),),
        "against": (Objection(Words("中", "but"), ("d2",), "other_source", 1),),
        "innocent": (Words("中", "maybe"),),
        "summary": Words("中文", "in English"),
    }
    return Finding(**{**parts, **changes})


def test_a_finding_in_json_is_the_contract() -> None:
    assert a_finding().to_json("en") == {
        "id": "F-1",
        "typology": "relay",
        "version": 1,
        "level": "strong",
        "signals": [{"name": "resold_at_markup", "hit": True, "weight": 3, "facts": ["d1", "d2"]}],
        "roles": {"upstream": ["s"], "buyer": []},
        "figures": {"gain": {"amount": "1.00", "currency": "CNY", "bound": "exact"}},
        "period": {"from": "2019-03", "to": None},
        "events": ["d1", "d2"],
        "evidence": [
            {
                "fact": "d1",
                "statement": "said",
                "source": "src",
                "locator": "p. 1",
                "quote": "原文",
                "certainty": "disputed",
            }
        ],
        "against": [{"statement": "but", "facts": ["d2"], "name": "other_source", "weight": 1}],
        "innocent": ["maybe"],
        "summary": "in English",
        "params": {},
    }
    assert a_finding().to_json("zh")["summary"] == "中文"


def test_no_total_and_no_score_leaves_a_finding() -> None:
    names = set(a_finding().to_json("en"))
    assert not names & {"score", "total", "rank", "probability", "percent"}


def test_identity_ignores_order_of_roles_and_events() -> None:
    turned = dict(reversed([(name, ids[::-1]) for name, ids in ROLES.items()]))
    one = finding_id("relay", 1, ROLES, ("d1", "d2"))
    assert one == finding_id("relay", 1, turned, ("d2", "d1"))
    assert one.startswith("F-")


def test_identity_changes_with_each_thing_that_defines_it() -> None:
    ids = {
        finding_id("relay", 1, ROLES, ("d1", "d2")),
        finding_id("resale_loop", 1, ROLES, ("d1", "d2")),
        finding_id("relay", 2, ROLES, ("d1", "d2")),
        finding_id("relay", 1, {**ROLES, "agent": ("li",)}, ("d1", "d2")),
        finding_id("relay", 1, ROLES, ("d1",)),
        finding_id("relay", 1, {**ROLES, "agent": ()}, ("d1", "d2")),
        finding_id("relay", 1, {"principal": ("dong",), "agent": ("wu",)}, ("d1", "d2")),
        finding_id("relay", 1, {"principal": ("wu",), "agent": ("dong",)}, ("d1", "d2")),
    }
    assert len(ids) == 8


IDS = st.lists(st.text("abc-1", min_size=1, max_size=3), max_size=3, unique=True).map(tuple)


@given(st.dictionaries(st.sampled_from("pqr"), IDS, max_size=3), IDS, IDS)
def test_equal_identity_means_equal_definition(
    roles: dict[str, tuple[str, ...]], events: tuple[str, ...], others: tuple[str, ...]
) -> None:
    same = finding_id("relay", 1, roles, events) == finding_id("relay", 1, roles, others)
    assert same == (set(events) == set(others))
