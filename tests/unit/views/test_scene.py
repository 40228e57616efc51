"""What a picture shows for a finding: who, which lines, which labels, and what it never claims."""

from __future__ import annotations

from graphmodel.model.subgraph import SubGraph
from graphmodel.views.graph_index import GraphIndex
from graphmodel.views.layout import layout
from graphmodel.views.naming import Names
from graphmodel.views.scene import build_scene
from graphmodel.views.scene_cast import MAX_ACCOUNTS, choose_cast
from tests.unit.views.geometry_checks import problems
from tests.unit.views.samples import Graph, chain_report, finding, qingdao_report, self_dealing

CIRCLE = "委托人 吴某某 → 代理人 董某某 → 出面人 王某某 → 网名 网络爬虫大数据 → 吴某某"


def _small(**cells: object) -> Graph:
    """Return a deal between two persons, changed by `cells`."""
    g = Graph()
    g.person("s", "卖方", "s-wx")
    g.person("b", "买方", "b-wx")
    g.deal("d", "s-wx", "b-wx", "goods", **{"quantity": 100, "price": 1_000_000_000, **cells})
    return g


def _drawn(g: Graph, events: tuple[str, ...] = ("d",)) -> dict[str, tuple[str, ...]]:
    """Return the labels by kind of line."""
    shown = finding("relay", {"upstream": ["s"], "buyer": ["b"]}, events)
    return {link.kind: link.lines for link in build_scene(shown, g.graph, "zh").links}


def test_first_finding_shows_people_around_their_accounts() -> None:
    report = qingdao_report()
    scene = build_scene(report.findings[0], report.graph, "zh")
    people = {(p.name, p.role, tuple(b.title for c in p.columns for b in c)) for p in scene.people}
    assert people == {
        ("吴某某", "委托人", ("微信账号",)),
        ("董某某", "代理人", ()),
        ("王某某", "出面人", ("微信账号", "网络爬虫大数据（冒名）")),
        ("卖家甲", "", ("网络爬虫大数据（真正的）",)),
        ("卖家乙", "上家", ("微信账号",)),
    }
    assert [(h.members, h.pill) for h in scene.households] == [
        (("p:dong", "p:wang"), "进货 ¥4,500 → 出手 ¥16,500，获利 ¥12,000")
    ]
    assert scene.left_out == ("未注册公司", "吴某某之夫")


def test_first_finding_closes_its_circle_in_four_steps() -> None:
    report = qingdao_report()
    scene = build_scene(report.findings[0], report.graph, "zh")
    steps = {link.step: (link.kind, {link.start, link.end}) for link in scene.links if link.step}
    assert steps == {
        1: ("tie", {"p:wu", "p:dong"}),
        2: ("tie", {"p:dong", "p:wang"}),
        3: ("shows", {"a:wang-wx", "n:wang-wx|crawler"}),
        4: ("data", {"n:wang-wx|crawler", "a:wu-wx"}),
    }
    assert scene.caption == CIRCLE


def test_first_finding_draws_each_line_the_way_it_ran() -> None:
    report = qingdao_report()
    scene = build_scene(report.findings[0], report.graph, "zh")
    persona = "n:wang-wx|crawler"
    lines = {(x.kind, x.start, x.end, x.lines, x.certainty) for x in scene.links if x.kind != "tie"}
    goods = ("30,000 条 + 送 7,002 条",)
    assert lines == {
        ("data", "a:seller-2-wx", "a:wang-wx", goods, "stated"),
        ("money", "a:wang-wx", "a:seller-2-wx", ("¥0.15 × 30,000 = ¥4,500",), "inferred"),
        ("same", "a:wang-wx", persona, ("同一批数据",), "stated"),
        ("shows", "a:wang-wx", persona, ("冒充",), "stated"),
        ("poses", persona, "a:seller-1-wx", ("冒充：同一网名",), "stated"),
        ("data", persona, "a:wu-wx", goods, "stated"),
        ("agreed", "a:wu-wx", persona, ("约定 ¥0.55 × 30,000 = ¥16,500",), "stated"),
    }
    ties = {(x.start, x.end): x.lines for x in scene.links if x.kind == "tie"}
    assert ties == {
        ("p:dong", "p:wang"): ("夫妻", "董某某操作其账号"),
        ("p:dong", "p:wu"): ("代理（未告知差价）",),
    }


def test_bounds_and_unknown_prices_stay_as_they_are() -> None:
    report = qingdao_report()
    scene = build_scene(report.findings[2], report.graph, "zh")
    assert {(x.kind, x.start, x.end, x.lines) for x in scene.links} == {
        ("data", "a:seller-1-wx", "a:dong-wx", ("至少 8,000 条",)),
        ("data", "a:dong-wx", "a:wu-wx", ("至少 8,000 条",)),
        ("claim", "a:dong-wx", "a:wu-wx", ("报账高出 约 ¥1,400",)),
        ("tie", "p:dong", "p:wu", ("代理（未告知差价）",)),
    }
    assert scene.pill == "获利 约 ¥1,400"


def test_a_price_is_agreed_until_payments_reach_it() -> None:
    g = _small()
    assert _drawn(g) == {"data": ("100 条",), "agreed": ("约定 ¥1 × 100 = ¥100",)}
    g.payment("p1", "b-wx", "s-wx", 4_000, "d")
    assert _drawn(g)["money"] == ("¥40",)
    assert _drawn(g)["agreed"] == ("约定 ¥1 × 100 = ¥100",)
    g.payment("p2", "b-wx", "s-wx", 6_000, "d")
    assert set(_drawn(g)) == {"data", "money"}
    assert _drawn(g)["money"] == ("¥40", "¥60")


def test_a_failed_payment_is_not_drawn_and_a_refunded_one_pays_nothing() -> None:
    g = _small()
    g.payment("p1", "b-wx", "s-wx", 10_000, "d")
    node = g.graph.nodes["Payment", "p1"]
    g.graph.nodes["Payment", "p1"] = node._replace(
        properties={**node.properties, "status": "failed"}
    )
    assert set(_drawn(g)) == {"data", "agreed"}
    g.graph.nodes["Payment", "p1"] = node._replace(
        properties={**node.properties, "status": "refunded"}
    )
    assert _drawn(g)["money"] == ("¥1 × 100 = ¥100 · 已退款",)
    assert "agreed" in _drawn(g)


def test_equal_payments_are_counted_and_many_are_summed_up() -> None:
    g = _small()
    for number in range(3):
        g.payment(f"p{number}", "b-wx", "s-wx", 2_000, "d")
    assert _drawn(g)["money"] == ("¥20（3 笔）",)
    for number in range(4):
        g.payment(f"q{number}", "b-wx", "s-wx", 100 + number, "d")
    assert _drawn(g)["money"] == ("¥20（3 笔）", "¥1", "另有 3 笔")


def test_kind_and_status_of_a_deal_are_told() -> None:
    gift = Graph()
    gift.person("s", "卖方", "s-wx")
    gift.person("b", "买方", "b-wx")
    gift.deal("d", "s-wx", "b-wx", "goods", quantity=5, quantity_bound="about", status="refunded")
    assert _drawn(gift) == {"data": ("约 5 条 · 已退款",)}


def test_totals_in_other_currencies_bear_their_code() -> None:
    g = _small(price=None, total_minor=1_234_560_000, value_minor=1_234_560_000)
    node = g.graph.nodes["Deal", "d"]
    g.graph.nodes["Deal", "d"] = node._replace(properties={**node.properties, "currency": "USDT"})
    assert _drawn(g)["agreed"] == ("约定 USDT 1,234.56",)


def test_unknown_holders_and_accounts_say_so() -> None:
    g = Graph()
    g.node("Account", "x", platform="shop", handle="xhandle9")
    g.node("Person", "b", name="买方")
    g.node("Account", "unknown:b", platform="unknown")
    g.link("ACTS_THROUGH", "b", "unknown:b", basis="controls")
    g.deal("d", "x", "unknown:b", "goods", quantity=7)
    scene = build_scene(
        finding("relay", {"upstream": ["x"], "buyer": ["b"]}, ("d",)), g.graph, "zh"
    )
    boxes = {
        b.key: (b.title, b.subtitle, b.unknown) for p in scene.people for c in p.columns for b in c
    }
    assert boxes == {
        "a:x": ("shop 账号", "上家 · xh•••e9 · 使用人不明", True),
        "a:unknown:b": ("账号不明", "", True),
    }
    assert {(p.key, p.kind) for p in scene.people} == {("p:b", "person"), ("u:x", "")}


def test_a_look_alike_name_points_to_the_holder_of_the_other() -> None:
    g = _small()
    for ident, owner in (("n1", "o-wx"), ("n2", "s-wx")):
        g.node("Persona", ident, name=f"店铺{ident}", key="店铺")
        if owner == "o-wx":
            g.person("o", "店主", "o-wx")
            g.link("ESTABLISHED", "o", ident)
        g.link("PRESENTS_AS", owner, ident)
    roles = {"impersonator": ["s"], "impersonated": ["o"], "persona": ["n1", "n2"], "victim": ["b"]}
    scene = build_scene(finding("impersonated_seller", roles, ("d",)), g.graph, "zh")
    assert ("poses", "n:s-wx|n2", "a:o-wx") in {(x.kind, x.start, x.end) for x in scene.links}
    titles = {b.key: b.title for p in scene.people for c in p.columns for b in c}
    assert titles["n:s-wx|n2"] == "店铺n2（冒名）"
    assert titles["a:o-wx"] == "店铺n1（真正的）"


def test_without_an_owner_the_earlier_user_is_not_called_genuine() -> None:
    g = _small()
    g.person("o", "先来者", "o-wx")
    g.node("Persona", "n", name="店铺", key="店铺")
    g.link("PRESENTS_AS", "o-wx", "n", since_t0=1)
    g.link("PRESENTS_AS", "s-wx", "n", since_t0=5)
    roles = {"impersonator": ["s"], "impersonated": ["o"], "persona": ["n"], "victim": ["b"]}
    scene = build_scene(finding("impersonated_seller", roles, ("d",)), g.graph, "zh")
    titles = {b.key: b.title for p in scene.people for c in p.columns for b in c}
    assert titles["a:o-wx"] == "店铺（先用者）"


def test_a_loop_numbers_its_deals_and_closes_by_kin() -> None:
    report = chain_report()
    scene = build_scene(report.findings[0], report.graph, "en")
    steps = {x.step: (x.kind, x.start, x.end) for x in scene.links if x.step}
    assert steps == {
        1: ("data", "a:a-wx", "a:b-wx"),
        2: ("data", "a:b-wx", "a:c-wx"),
        3: ("data", "a:c-wx", "a:d-wx"),
        4: ("tie", "p:a", "p:d"),
    }


def test_a_circle_through_an_account_of_another_is_closed_too() -> None:
    g = _small()
    g.person("a", "代理人甲")
    g.link("ACTS_THROUGH", "a", "s-wx", basis="controls")
    g.node("Persona", "n", name="店铺")
    g.link("PRESENTS_AS", "s-wx", "n", to="b")
    g.link("AGENT_OF", "a", "b")
    roles = {"principal": ["b"], "agent": ["a"], "front": ["a"], "persona": ["n"]}
    shown = finding("self_dealing_agent", roles, ("d",), circle=("b", "a", "n"))
    scene = build_scene(shown, g.graph, "zh")
    steps = {x.step: (x.kind, x.start, x.end) for x in scene.links if x.step}
    assert steps == {
        1: ("tie", "p:a", "p:b"),
        2: ("tie", "p:a", "n:s-wx|n"),
        3: ("data", "n:s-wx|n", "a:b-wx"),
    }
    assert problems(layout(scene)) == []


def test_goods_bought_by_one_and_sold_by_another_are_joined() -> None:
    g = Graph()
    for ident in "sxyb":
        g.person(ident, ident.upper(), f"{ident}-wx")
    g.deal("d1", "s-wx", "x-wx", "goods", quantity=9, t0=1)
    g.deal("d2", "y-wx", "b-wx", "other", quantity=9, t0=2)
    g.link("RESALE", "d1", "d2", hands=2)
    shown = finding("relay", {"intermediary": ["x", "y"]}, ("d1", "d2"))
    same = [x for x in build_scene(shown, g.graph, "en").links if x.kind == "same"]
    assert [(x.start, x.end, x.certainty) for x in same] == [("a:x-wx", "a:y-wx", "inferred")]


def test_too_many_accounts_are_counted_not_drawn() -> None:
    g = Graph()
    g.person("hub", "中心", "hub-wx")
    for number in range(60):
        g.person(f"p{number:02}", f"买家{number}", f"p{number:02}-wx")
        g.deal(f"d{number:02}", "hub-wx", f"p{number:02}-wx", "goods", quantity=1)
    shown = finding("wholesaler", {"hub": ["hub"]}, [f"d{n:02}" for n in range(60)])
    cast = choose_cast(shown, GraphIndex(g.graph))
    assert (len(cast.accounts), cast.dropped) == (MAX_ACCOUNTS, 21)
    assert "另有 21 个账号" in build_scene(shown, g.graph, "zh").left_out


def test_a_redacted_scene_names_nobody() -> None:
    report = qingdao_report()
    names = Names(report.graph, "zh", redact=True)
    told = repr(build_scene(self_dealing(), report.graph, "zh", names=names))
    for word in ("吴某某", "董某某", "王某某", "网络爬虫大数据", "卖家甲", "wx_wang-wx"):
        assert word not in told


def test_a_finding_without_known_facts_is_an_empty_picture() -> None:
    scene = build_scene(finding("relay", {"upstream": ["x"]}, ("d",)), SubGraph(), "en")
    assert (scene.people, scene.links, scene.households) == ((), (), ())
