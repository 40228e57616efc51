"""The worked case: its findings, what must change them, and what must not."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from graphmodel.case import Case
from tests.examples.tables import (
    apply,
    copy_row,
    drop,
    put,
    read_tables,
    rename_ids,
    to_jsonl,
    to_parquet,
    to_xlsx,
)
from tests.needs import ROOT
from tests.typologies.story import (
    LEVELS,
    flag,
    normal,
    reduced,
    seen,
    shuffle_rows,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphmodel.model.finding import Finding
    from graphmodel.model.report import Report

EXAMPLE = ROOT / "examples" / "qingdao_relay"
EXPECTED = json.loads((EXAMPLE / "expected" / "findings.json").read_text(encoding="utf-8"))

DISCLOSED = (put("ties", "tie-agent", "disclosed", "yes"),)
NO_ORDER = (put("deals", "deal-4", "after", ""),)
NO_CONTROL = (drop("controls", "control-dong-wang"),)
TWO_BATCHES = (copy_row("batches", "b2", "b3"), put("deals", "deal-4", "batch", "b3"))
NO_COUPLE = (drop("ties", "tie-couple"), drop("controls", "control-dong-wang"))

NOT_FOUND = ("agent_bypass", "burner", "resale_loop", "shared_control")

SELF = {"principal": ["wu"], "agent": ["dong"], "front": ["wang"], "upstream": ["seller-2"]}
SELF_SIGNALS = frozenset(
    (
        "agent_at_source",
        "front_is_agent_or_kin",
        "order_decided",
        "posed_as_known_persona",
        "resold_at_markup",
        "same_batch_shown",
        "tie_sure",
        "undisclosed",
    )
)
POSED_SIGNALS = frozenset(
    ("insider_tie", "owner_known", "shown_to_same_side", "sold_what_it_bought", "switch")
)
RELAY_SIGNALS = frozenset(
    (
        "order_decided",
        "resold_at_markup",
        "same_batch_shown",
        "same_hands",
        "sold_under_other_persona",
    )
)


@cache
def report() -> Report:
    return flag(EXAMPLE)


def only(found: Report, typology: str) -> Finding:
    (finding,) = [f for f in found.findings if f.typology == typology]
    return finding


def hits(finding: Finding) -> frozenset[str]:
    return frozenset(signal.name for signal in finding.signals if signal.hit)


def weight(finding: Finding) -> int:
    return sum(signal.weight for signal in finding.signals if signal.hit)


# ------------------------------------------------------------------ what is expected


def test_the_findings_are_those_expected_and_no_other() -> None:
    found = report().findings
    wanted = [normal(entry) for entry in EXPECTED["findings"]]
    assert [reduced(f, w) for f, w in zip(found, wanted, strict=True)] == wanted
    assert report().title == EXPECTED["title"]


def test_no_search_was_cut() -> None:
    assert report().truncated == ()


@pytest.mark.parametrize(
    ("typology", "total"),
    [
        ("self_dealing_agent", 15),
        ("impersonated_seller", 10),
        ("price_padding", 4),
        ("straw_account", 4),
    ],
)
def test_the_signals_weigh_what_the_card_says(typology: str, total: int) -> None:
    assert weight(only(report(), typology)) == total


def test_the_first_finding_is_a_closed_circle() -> None:
    first = report().findings[0]
    assert first.typology == "self_dealing_agent"
    assert first.circle == ("wu", "dong", "wang", "crawler")


def test_a_typology_run_alone_shows_what_was_absorbed() -> None:
    found = flag(EXAMPLE, ["relay"])
    strong, lead = found.findings
    assert seen(strong)["roles"] == {
        "upstream": ["seller-2"],
        "intermediary": ["dong", "wang"],
        "buyer": ["wu"],
        "batch": ["b2"],
    }
    assert strong.level.label == "strong"
    assert (hits(strong), weight(strong)) == (RELAY_SIGNALS, 9)
    assert seen(strong)["figures"] == {
        "gain": {"amount": "12000.00", "currency": "CNY", "bound": "exact"},
        "records": {"count": 37002, "bound": "exact"},
        "markup_ratio": {"ratio": "3.667", "bound": "exact"},
    }
    assert seen(lead)["roles"] == {
        "upstream": ["seller-1"],
        "intermediary": ["dong"],
        "buyer": ["wu"],
        "batch": ["b1"],
    }
    assert lead.level.label == "lead"
    assert hits(lead) == {"same_batch_shown", "same_hands"}
    assert seen(lead)["figures"] == {"records": {"count": 8000, "bound": "at_least"}}


def test_what_speaks_against_the_straw_account() -> None:
    straw = only(report(), "straw_account")
    assert {(o.name, o.weight, o.facts) for o in straw.against} == {
        ("holder_uses_too", 1, ("control-wang",)),
        ("kin", 1, ("tie-couple",)),
    }


@pytest.mark.parametrize("typology", NOT_FOUND)
def test_not_found_even_below_lead(typology: str) -> None:
    found = flag(EXAMPLE, [typology])
    assert list(found.findings) == []
    assert found.set_aside.get(typology, 0) == 0


def test_counts_and_settings() -> None:
    counts = report().counts
    assert {k: counts[k] for k in ("persons", "accounts", "deals", "payments")} == {
        "persons": 7,
        "accounts": 5,
        "deals": 4,
        "payments": 1,
    }
    assert counts["rejected_rows"] == 0
    assert (report().timezone, report().sources) == ("Asia/Shanghai", 1)


# ------------------------------------------------------------------ where each number is from


def test_the_case_is_read_without_a_warning() -> None:
    with Case.open(EXAMPLE) as case:
        assert list(case.imported.rejects) == []
        assert [w for w in case.imported.warnings if "README.md" not in w] == []
        assert {f.rows for f in case.imported.files} == {f.kept for f in case.imported.files}
    assert [w for w in report().warnings if "README.md" not in w] == []


def test_every_row_quotes_its_line_of_the_source() -> None:
    lines = (EXAMPLE / "source.txt").read_text(encoding="utf-8").splitlines()
    quoted = 0
    for table, (header, rows) in read_tables(EXAMPLE).items():
        if table == "sources":
            continue
        for row in rows:
            cells = dict(zip(header, row, strict=True))
            place = re.match(r"第(\d+)行(（.+）)?$", cells["locator"])
            assert place, (table, cells)
            assert cells["source"] == "report"
            assert cells["quote"], (table, cells)
            assert cells["quote"] in lines[int(place[1]) - 1], (table, cells)
            assert place[2] or cells.get("certainty", "stated") == "stated", (table, cells)
            quoted += 1
    assert quoted == 34


def test_the_source_is_the_file_that_was_hashed() -> None:
    header, (row,) = read_tables(EXAMPLE)["sources"]
    cells = dict(zip(header, row, strict=True))
    assert cells["path"] == "source.txt"
    assert hashlib.sha256((EXAMPLE / "source.txt").read_bytes()).hexdigest() == cells["sha256"]


def test_every_finding_can_be_followed_to_its_source() -> None:
    for finding in report().findings:
        rows = {row.fact: row for row in finding.evidence}
        assert set(finding.events) <= set(rows)
        for row in finding.evidence:
            assert row.warning == ""
            if row.grounds:
                assert set(row.grounds) <= set(rows)
            else:
                assert (row.source, bool(row.locator), bool(row.quote)) == ("report", True, True)


def test_figures_are_those_of_the_report(shared: Path) -> None:
    article = (shared / "cases" / "qingdao-2019" / "article.txt").read_text(encoding="utf-8")
    retold = (EXAMPLE / "source.txt").read_text(encoding="utf-8")
    pattern = r"\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d+(?:\.\d+)?"
    figures = set(re.findall(pattern, retold)) - {"2018", "2019"}
    assert figures >= {"8000", "1400", "0.15", "30000", "7002", "0.55", "12000"}
    assert figures >= {"2018年11月", "2019年3月", "2019年8月27日"}
    assert {figure for figure in figures if figure not in article} == set()
    of_tables = _figures_of_tables()
    assert of_tables == {"8000", "1400", "0.15", "30000", "7002", "0.55"}
    assert {figure for figure in of_tables if figure not in article} == set()
    (gain,) = [e for e in EXPECTED["findings"] if e["typology"] == "self_dealing_agent"]
    assert gain["figures"]["gain"]["amount"].removesuffix(".00") in article


def _figures_of_tables() -> set[str]:
    """Return the numbers of the tables; the amount of pay-1 is a product of two of them."""
    columns = ("quantity", "free_quantity", "unit_price", "total", "difference")
    found: set[str] = set()
    for header, rows in read_tables(EXAMPLE).values():
        places = [header.index(c) for c in columns if c in header]
        found |= {row[i] for row in rows for i in places if row[i]}
    return found


def test_the_source_is_a_retelling(shared: Path) -> None:
    article = _bare((shared / "cases" / "qingdao-2019" / "article.txt").read_text("utf-8"))
    for line in (EXAMPLE / "source.txt").read_text(encoding="utf-8").splitlines():
        bare = _bare(line)
        pieces = [bare[i : i + 13] for i in range(max(0, len(bare) - 12))]
        assert [piece for piece in pieces if piece in article] == []


def _bare(text: str) -> str:
    """Return a text without names, numbers and blanks."""
    return re.sub(r"[吴董王]某某|网络爬虫大数据|[\d.%％]+|[年月日条元]|\s", "", text)


# ------------------------------------------------------------------ what must change the result


def changed(tmp_path: Path, edits: tuple[Any, ...], typologies: list[str] | None = None) -> Report:
    return flag(apply(EXAMPLE, tmp_path / "case", edits), typologies)


def test_disclosed(tmp_path: Path) -> None:
    found = changed(tmp_path, DISCLOSED)
    agent = only(found, "self_dealing_agent")
    assert agent.level.label == "lead"
    assert hits(agent) == SELF_SIGNALS - {"undisclosed"}
    assert [f for f in found.findings if f.typology == "price_padding"] == []
    assert found.set_aside["price_padding"] == 1
    assert only(found, "impersonated_seller").level.label == "strong"
    assert seen(only(found, "straw_account")) == seen(only(report(), "straw_account"))


def test_disclosed_relay_alone(tmp_path: Path) -> None:
    found = changed(tmp_path, DISCLOSED, ["relay"])
    (relay,) = found.findings
    assert relay.level.label == "lead"
    assert hits(relay) == RELAY_SIGNALS
    assert found.set_aside["relay"] == 1


def test_without_the_stated_order(tmp_path: Path) -> None:
    found = changed(tmp_path, NO_ORDER)
    agent = only(found, "self_dealing_agent")
    assert (agent.level.label, hits(agent)) == ("supported", SELF_SIGNALS - {"order_decided"})
    assert weight(agent) == 14
    posed = only(found, "impersonated_seller")
    assert (posed.level.label, hits(posed)) == ("strong", POSED_SIGNALS - {"switch"})
    assert seen(agent)["figures"] == EXPECTED["findings"][0]["figures"]


def test_without_the_stated_order_relay_alone(tmp_path: Path) -> None:
    relay = changed(tmp_path, NO_ORDER, ["relay"]).findings[0]
    assert (relay.level.label, hits(relay)) == ("supported", RELAY_SIGNALS - {"order_decided"})


def test_without_control_of_the_spouses_account(tmp_path: Path) -> None:
    found = changed(tmp_path, NO_CONTROL)
    agent = only(found, "self_dealing_agent")
    assert (agent.level.label, hits(agent)) == ("strong", SELF_SIGNALS - {"agent_at_source"})
    assert weight(agent) == 13
    assert only(found, "impersonated_seller").roles["impersonator"] == ("wang",)
    assert "straw_account" not in {f.typology for f in found.findings}


def test_two_batches_without_a_link(tmp_path: Path) -> None:
    found = changed(tmp_path, TWO_BATCHES)
    agent = only(found, "self_dealing_agent")
    wanted = (SELF_SIGNALS - {"same_batch_shown"}) | {"same_batch_fingerprint"}
    assert (agent.level.label, hits(agent), weight(agent)) == ("strong", wanted, 14)


def test_two_batches_without_a_link_relay_alone(tmp_path: Path) -> None:
    relay = changed(tmp_path, TWO_BATCHES, ["relay"]).findings[0]
    wanted = (RELAY_SIGNALS - {"same_batch_shown"}) | {"same_batch_fingerprint"}
    assert (relay.level.label, hits(relay), weight(relay)) == ("supported", wanted, 8)


def test_without_marriage_and_control(tmp_path: Path) -> None:
    found = changed(tmp_path, NO_COUPLE)
    assert {f.typology for f in found.findings} == {"relay", "impersonated_seller", "price_padding"}
    relay, posed = only(found, "relay"), only(found, "impersonated_seller")
    assert (relay.level.label, hits(relay), weight(relay)) == ("strong", RELAY_SIGNALS, 9)
    assert (posed.level.label, hits(posed)) == ("strong", POSED_SIGNALS - {"insider_tie"})
    assert weight(posed) == 8


# ------------------------------------------------------------------ what must change nothing


def text_of(found: Report) -> str:
    return json.dumps(found.to_json("zh"), ensure_ascii=False)


def test_two_runs_are_byte_identical() -> None:
    assert text_of(flag(EXAMPLE)) == text_of(report())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_row_order_changes_nothing(seed: int, tmp_path: Path) -> None:
    random = Random(seed)  # noqa: S311 - an order, no secret
    folder = apply(EXAMPLE, tmp_path / "case", [lambda copy: shuffle_rows(copy, random)])
    assert text_of(flag(folder)) == text_of(report())


@pytest.mark.parametrize("convert", [to_jsonl, to_parquet, to_xlsx])
def test_file_format_changes_nothing(convert: Callable[[Path], None], tmp_path: Path) -> None:
    folder = apply(EXAMPLE, tmp_path / "case", [convert])
    assert list(folder.glob("*.csv")) == []
    assert text_of(flag(folder)) == text_of(report())


def test_a_saved_case_file_changes_nothing(tmp_path: Path) -> None:
    with Case.import_([EXAMPLE], tmp_path / "q.case.duckdb") as case:
        assert text_of(case.flag()) == text_of(report())
    with Case.open(tmp_path / "q.case.duckdb") as case:
        assert text_of(case.flag()) == text_of(report())


def test_ids_renamed_consistently_change_nothing_else(tmp_path: Path) -> None:
    names: dict[str, str] = {}
    folder = apply(EXAMPLE, tmp_path / "case", [lambda copy: names.update(rename_ids(copy))])
    renamed = flag(folder)
    before, after = report().to_json("zh"), renamed.to_json("zh")
    assert (before["counts"], before["set_aside"]) == (after["counts"], after["set_aside"])
    pairs = list(zip(report().findings, renamed.findings, strict=True))
    assert {old.id for old, _ in pairs} & {new.id for _, new in pairs} == set()
    for old, new in pairs:
        assert _with_names(old, names) == _with_names(new, {})


def _with_names(finding: Finding, names: dict[str, str]) -> dict[str, Any]:
    """Return a finding with its ids renamed, lists as sets; what is derived is only counted."""

    def new(ids: tuple[str, ...]) -> list[str]:
        return sorted(names.get(one, one) for one in ids)

    cells = seen(finding)
    stated = [row for row in finding.evidence if not row.grounds]
    return {
        "cells": {k: cells[k] for k in ("typology", "level", "figures", "period", "signals")},
        "roles": {name: new(ids) for name, ids in finding.roles.items()},
        "events": new(finding.events),
        "facts": {s.name: len(s.facts) for s in finding.signals},
        "stated": sorted((names.get(row.fact, row.fact), row.quote) for row in stated),
        "evidence": len(finding.evidence),
        "absorbed": cells["absorbed"],
        "against": len(finding.against),
    }


def test_levels_are_in_order() -> None:
    levels = [LEVELS.index(f.level.label) for f in report().findings]
    assert levels == sorted(levels, reverse=True)
