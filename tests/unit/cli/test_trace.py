"""`graphmodel trace`: four forms, masking, files, and what is wrong in one sentence."""

from __future__ import annotations

import json
import re
import stat
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.examples.tables import write_case
from tests.needs import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Ended

    Cli = Callable[..., Ended]

QINGDAO = ROOT / "examples" / "qingdao_relay"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def money(tmp_path: Path) -> Path:
    """Return the folder of a case with money over three accounts, one called by its handle."""
    tables = {
        "persons": "id,name\na,Ann\nb,<b>Bo</b>\nc,Cy",
        "accounts": "id,platform,handle,holder\na1,bank,,a\nwx_bo_88,wechat,wx_bo_88,b\nc1,bank,,c",
        "payments": "id,payer,payee,amount,currency,time,status\n"
        "p1,a1,wx_bo_88,1000.00,CNY,2020-01-05,ok\np2,wx_bo_88,c1,900.00,CNY,2020-01,ok\n"
        "p3,wx_bo_88,c1,5.00,USD,2020-01-06,failed\n",
    }
    return write_case(tmp_path / "case", tables)


def test_steps_are_told_as_text_in_both_languages(cli: Cli) -> None:
    ended = cli("trace", QINGDAO, "seller-2-wx", "--batch", "b2", "--lang", "en")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("graphmodel trace: where the goods of batch b2 went")
    rows = [re.split(r"\s{2,}", row) for row in ended.out.splitlines()]
    assert [row[1] for row in rows if row[0] in {"1", "2"}] == ["deal-3", "deal-4"]
    assert "16,500.00 CNY · 37,002 records" in ended.out
    chinese = cli("trace", QINGDAO, "seller-2-wx", "--batch", "b2", "--lang", "zh").out
    assert "批次 b2 从 seller-2-wx 起的去向（最多 6 步，前后两步最多相隔 366 天）" in chinese


def test_json_holds_every_step_with_bound_currency_and_order(cli: Cli, money: Path) -> None:
    ended = cli("trace", money, "a1", "--format", "json", "--unmask")
    assert ended.code == 0
    found = json.loads(ended.out)
    assert found["schema"] == "graphmodel.trace/1"
    assert found["limits"] == {
        "max_hops": 6,
        "within_days": 31,
        "max_rows": 1000,
        "max_fan": 1000,
    }
    steps = {step["event"]: step for step in found["steps"]}
    assert {i: (s["hop"], s["order"], s["state"], s["followed"]) for i, s in steps.items()} == {
        "p1": (1, "decided", "ok", True),
        "p2": (2, "possible", "ok", True),
        "p3": (2, "decided", "failed", False),
    }
    assert steps["p3"]["amount"] == {"amount": "5.00", "currency": "USD", "bound": "exact"}
    assert steps["p1"]["to"] == {
        "account": "wx_bo_88",
        "parties": ["b"],
        "names": ["<b>Bo</b>"],
    }


def test_handles_are_masked_unless_asked_for(cli: Cli, money: Path) -> None:
    for form in ("text", "json", "svg", "html"):
        ended = cli("trace", money, "a1", "--format", form)
        assert ended.code == 0
        assert "wx_bo_88" not in ended.out
        assert "wx•••88" in ended.out
        assert "masked" in ended.err
        assert "wx_bo_88" in cli("trace", money, "a1", "--format", form, "--unmask").out


def test_the_picture_is_well_formed_and_its_words_lie_inside(cli: Cli, money: Path) -> None:
    root = ET.fromstring(cli("trace", money, "a1", "--format", "svg").out)  # noqa: S314 - ours
    assert root.tag == f"{SVG}svg"
    width, height = (float(root.attrib[name]) for name in ("width", "height"))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "rect", "text", "path", "polygon"),
    }
    texts = list(root.iter(f"{SVG}text"))
    assert all(0 <= float(t.attrib["x"]) < width for t in texts)
    assert all(0 <= float(t.attrib["y"]) <= height for t in texts)
    assert len(list(root.iter(f"{SVG}rect"))) == 1 + 3
    assert len(list(root.iter(f"{SVG}polygon"))) == 2
    dashed = [p for p in root.iter(f"{SVG}path") if "stroke-dasharray" in p.attrib]
    assert len(dashed) == 1


def test_a_page_holds_picture_and_table_and_no_markup_of_the_case(cli: Cli, money: Path) -> None:
    page = cli("trace", money, "a1", "--format", "html").out
    assert page.count("<svg ") == 1
    assert page.count("<tr>") == 4
    assert "<b>Bo" not in page
    assert "&lt;b&gt;Bo&lt;/b&gt;" in page
    assert "<script" not in page


def test_a_file_is_private_and_replaces_only_an_earlier_trace(
    cli: Cli, money: Path, tmp_path: Path
) -> None:
    out = tmp_path / "trace.svg"
    for form in ("svg", "html", "json", "text"):
        ended = cli("trace", money, "a1", "--format", form, "--out", out)
        assert (ended.code, ended.out) == (0, "")
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert out.read_text(encoding="utf-8").startswith("graphmodel trace: ")
    note = tmp_path / "note.txt"
    note.write_text("mine", encoding="utf-8")
    ended = cli("trace", money, "a1", "--out", note)
    assert ended.code == 2
    assert "is not replaced" in ended.err
    assert note.read_text(encoding="utf-8") == "mine"
    assert cli("trace", money, "a1", "--out", money / "x.svg").code == 2


def test_what_is_wrong_ends_with_two_and_a_sentence(cli: Cli, money: Path) -> None:
    for arguments, words in (
        ((money, "zz"), "no account 'zz'"),
        ((money, "a1", "--max-hops", "0"), "--max-hops is 0"),
        ((money, "a1", "--batch", "zz"), "no batch 'zz'"),
        ((money / "nowhere", "a1"), "nowhere"),
    ):
        ended = cli("trace", *arguments)
        assert (ended.code, ended.out) == (2, "")
        assert words in ended.err
    ended = cli("trace", money, "c1", "--lang", "en")
    assert ended.code == 0
    assert "There is no such step." in ended.out


def test_a_limit_that_was_hit_is_named_in_every_form(cli: Cli, money: Path) -> None:
    for form in ("text", "json", "svg", "html"):
        ended = cli("trace", money, "a1", "--max-rows", "1", "--format", form)
        assert "max_rows 1: 2 more steps are not shown" in ended.out
