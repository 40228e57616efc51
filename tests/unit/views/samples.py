"""Reports made by hand: the worked case of the design pages, and small scenes of other shapes."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from graphmodel.model.counts import Bounded
from graphmodel.model.evidence import EvidenceRow, Objection, Words
from graphmodel.model.finding import Figure, Finding, Level, Signal
from graphmodel.model.report import Report
from graphmodel.model.subgraph import LinkFact, NodeFact, SubGraph

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NANO = 10**9


class Graph:
    """Builds a sub-graph in few words; ends of links are found by id."""

    def __init__(self) -> None:
        """Begin with an empty graph."""
        self.graph = SubGraph()
        self._labels: dict[str, str] = {}

    def node(self, label: str, ident: str, /, **properties: object) -> None:
        """Add a node."""
        stated = {"certainty": "stated", **properties}
        self.graph.nodes[label, ident] = NodeFact(label, ident, stated)
        self._labels[ident] = label

    def link(self, type_: str, start: str, end: str, /, **properties: object) -> None:
        """Add a link."""
        ends = ((self._labels[start], start), (self._labels[end], end))
        stated = {"certainty": "stated", **properties}
        ident = f"{type_}:{start}:{end}:{len(self.graph.links)}"
        self.graph.links.append(LinkFact(type_, ident, *ends, stated))

    def person(self, ident: str, name: str, *accounts: str, kind: str = "person") -> None:
        """Add a person and the accounts that the person holds and controls."""
        self.node("Person", ident, name=name, kind=kind)
        for account in accounts:
            self.node("Account", account, platform="wechat", handle=f"wx_{account}")
            for basis in ("controls", "holds"):
                self.link("ACTS_THROUGH", ident, account, basis=basis, certainty="inferred")

    def deal(self, ident: str, seller: str, buyer: str, batch: str, **cells: object) -> None:
        """Add a deal of a batch; `price` (nano) and `quantity` give its value."""
        quantity, price = cells.get("quantity"), cells.pop("price", None)
        if isinstance(price, int) and isinstance(quantity, int):
            cells["unit_price_nano"] = price
            cells["value_minor"] = price * quantity * 100 // NANO
            cells["value_bound"] = "exact"
        if ("Batch", batch) not in self.graph.nodes:
            self.node("Batch", batch, label=batch)
        self.node("Deal", ident, kind="sale", currency="CNY", **cells)
        self.link("SELLER", ident, seller)
        self.link("BUYER", ident, buyer)
        self.link("FOR_BATCH", ident, batch)

    def payment(
        self, ident: str, payer: str, payee: str, minor: int, deal: str, **cells: object
    ) -> None:
        """Add a payment that settles a deal."""
        self.node("Payment", ident, amount_minor=minor, currency="CNY", status="ok", **cells)
        self.link("PAYER", ident, payer)
        self.link("PAYEE", ident, payee)
        self.link("SETTLES", ident, deal)


def finding(
    typology: str, roles: Mapping[str, Sequence[str]], events: Sequence[str], **more: object
) -> Finding:
    """Return a finding with plain words, changed by `more`."""
    cells: dict[str, object] = {
        "id": f"F-{typology}",
        "typology": typology,
        "version": 1,
        "title": Words(f"手法 {typology}", typology.replace("_", " ")),
        "level": Level.SUPPORTED,
        "signals": (Signal("same_hands", 1, Words("同一人经手", "the same hands"), tuple(events)),),
        "roles": {name: tuple(ids) for name, ids in roles.items()},
        "figures": {},
        "period": (None, None),
        "span": (0, 0),
        "events": tuple(events),
        "evidence": (),
        "against": (),
        "innocent": (Words("另有合理解释。", "Something else would look the same."),),
        "summary": Words("摘要。", "Summary."),
    }
    return Finding(**{**cells, **more})  # type: ignore[arg-type]  # a test builder


def report(graph: SubGraph, *findings: Finding, **more: object) -> Report:
    """Return a report of these findings."""
    cells: dict[str, object] = {
        "version": "0.1.0",
        "title": "股民信息转售案",
        "timezone": "Asia/Shanghai",
        "sources": 1,
        "digest": "16103a256904360e" * 4,
        "counts": {"persons": 7, "accounts": 5, "deals": 4, "payments": 1, "rejected_rows": 0},
        "findings": findings,
        "set_aside": {},
        "truncated": (),
        "graph": graph,
    }
    return Report(**{**cells, **more})  # type: ignore[arg-type]  # a test builder


def yuan(amount: int, bound: str = "exact") -> Figure:
    """Return an amount of yuan."""
    return Figure.amount(Bounded(Fraction(amount * 100), bound), "CNY")


def records(count: int, bound: str = "exact") -> Figure:
    """Return a number of records."""
    return Figure.count(Bounded(Fraction(count), bound))


def qingdao_graph() -> SubGraph:
    """Return the facts of the worked case that its findings name, and what stands behind them."""
    g = Graph()
    g.person("wu", "吴某某", "wu-wx")
    g.person("dong", "董某某", "dong-wx")
    g.person("wang", "王某某", "wang-wx")
    g.person("husband", "吴某某之夫")
    g.person("company", "未注册公司", kind="organisation")
    g.person("seller-1", "卖家甲", "seller-1-wx")
    g.person("seller-2", "卖家乙", "seller-2-wx")
    g.node("Source", "article", title="案情复述", path="article.txt")
    g.node("Persona", "crawler", name="网络爬虫大数据")
    g.link("ESTABLISHED", "seller-1-wx", "crawler")
    g.link("PRESENTS_AS", "seller-1-wx", "crawler", to="dong-wx")
    g.link("PRESENTS_AS", "wang-wx", "crawler", to="wu-wx")
    g.link("ACTS_THROUGH", "dong", "wang-wx", basis="controls", certainty="inferred")
    g.link("AGENT_OF", "dong", "wu", disclosed="no")
    g.link("SPOUSE_OF", "dong", "wang")
    g.link("SPOUSE_OF", "husband", "wu")
    g.link("OWNS", "wu", "company")
    g.link("EMPLOYS", "company", "dong")
    bulk = {"quantity": 8000, "quantity_bound": "at_least"}
    g.deal("deal-1", "seller-1-wx", "dong-wx", "b1", **bulk)
    g.deal("deal-2", "dong-wx", "wu-wx", "b1", **bulk)
    lot = {"quantity": 30000, "free_quantity": 7002}
    g.deal("deal-3", "seller-2-wx", "wang-wx", "b2", price=150_000_000, t0=1, **lot)
    g.deal("deal-4", "wang-wx", "wu-wx", "b2", price=550_000_000, t0=2, **lot)
    g.payment("pay-1", "wang-wx", "seller-2-wx", 450_000, "deal-3", certainty="inferred")
    g.node("Claim", "claim-1", difference_minor=140_000, difference_bound="about", currency="CNY")
    g.link("CLAIMED_BY", "claim-1", "dong")
    g.link("CLAIMED_TO", "claim-1", "wu")
    g.link("ABOUT", "claim-1", "deal-1")
    return g.graph


_BOUGHT = "用妻子王某某的账号添加卖家，以每条0.15元购买30000条，卖家附送7002条"
_SOLD = "让王某某冒充“网络爬虫大数据”，每条0.55元，一共三万条，再多送7002条"


def _hit(name: str, weight: int, zh: str, en: str, *facts: str) -> Signal:
    return Signal(name, weight, Words(zh, en), facts)


def self_dealing() -> Finding:
    """Return the first finding of the worked case."""
    return finding(
        "self_dealing_agent",
        {
            "principal": ["wu"],
            "agent": ["dong"],
            "front": ["wang"],
            "upstream": ["seller-2"],
            "persona": ["crawler"],
        },
        ["deal-3", "deal-4"],
        title=Words("代理人暗中站在卖方一边", "The agent sits, hidden, on the seller's side"),
        level=Level.STRONG,
        circle=("wu", "dong", "wang", "crawler"),
        period=("2019-03", "2019-08"),
        figures={"gain": yuan(12000), "records": records(37002)},
        arithmetic=(
            Words("卖出：¥0.55 × 30,000 = ¥16,500", "Sold: ¥0.55 × 30,000 = ¥16,500"),
            Words("买入：¥0.15 × 30,000 = ¥4,500", "Bought: ¥0.15 × 30,000 = ¥4,500"),
            Words("获利：¥16,500 − ¥4,500 = ¥12,000", "Gain: ¥16,500 − ¥4,500 = ¥12,000"),
        ),
        summary=Words(
            "董某某代吴某某买数据，却让妻子王某某以“网络爬虫大数据”之名把同一批数据卖给吴某某。",
            "Dong buys for Wu, and had his wife Wang sell the same batch to Wu under a known name.",
        ),
        signals=(
            _hit("resold_at_markup", 3, "加价转售", "resold at a markup", "deal-3", "deal-4"),
            _hit("posed_as_known_persona", 3, "冒用已知网名", "posed as a known persona", "deal-4"),
            _hit(
                "front_is_agent_or_kin", 2, "出面人是代理人或其亲属", "the front is kin", "deal-4"
            ),
            _hit("same_batch_shown", 2, "同一批数据", "the same batch is shown", "deal-3"),
            _hit("agent_at_source", 2, "代理人参与进货", "the agent at the source", "deal-3"),
            _hit("undisclosed", 1, "未告知委托人", "not disclosed", "deal-4"),
            _hit("tie_sure", 1, "出售时代理关系确在", "the tie surely held", "deal-4"),
            _hit("order_decided", 1, "先后次序确定", "the order is decided", "deal-4"),
        ),
        evidence=(
            EvidenceRow(
                "deal-3",
                Words("卖家乙卖给王某某 30,000 条", "Seller B sold 30,000 records to Wang"),
                "article",
                "line 21",
                _BOUGHT,
            ),
            EvidenceRow(
                "deal-4",
                Words("王某某卖给吴某某 30,000 条", "Wang sold 30,000 records to Wu"),
                "article",
                "line 23",
                _SOLD,
            ),
            EvidenceRow(
                "ACTS_THROUGH:dong",
                Words("董某某通过王某某的账号行事", "Dong acts through Wang's account"),
                certainty="inferred",
                grounds=("controls:1",),
            ),
        ),
        innocent=(
            Words("佣金已告知委托人。", "A commission that was disclosed to the principal."),
            Words("代理人在出售前已离开。", "The agent had left before the sale."),
        ),
        absorbed=("relay",),
    )


def qingdao_report() -> Report:
    """Return the worked case with its three findings at `supported` or above, and the lead."""
    posed = finding(
        "impersonated_seller",
        {
            "impersonator": ["dong", "wang"],
            "impersonated": ["seller-1"],
            "persona": ["crawler"],
            "victim": ["wu"],
        },
        ["deal-4"],
        title=Words("他人以已知网名出现", "A known name, shown by somebody else"),
        level=Level.STRONG,
        figures={"amount": yuan(16500), "records": records(37002)},
    )
    padded = finding(
        "price_padding",
        {"principal": ["wu"], "agent": ["dong"], "seller": ["seller-1"]},
        ["claim-1", "deal-1", "deal-2"],
        title=Words("代理人上报高于实付", "The agent reports more than was paid"),
        figures={"gain": yuan(1400, "about"), "records": records(8000, "at_least")},
        against=(Objection(Words("单价不明。", "Prices are not known."), ("deal-1",)),),
    )
    return report(
        qingdao_graph(),
        self_dealing(),
        posed,
        padded,
        set_aside={"relay": 1},
        near_misses=(Words("relay：价格不明。", "relay: prices not known."),),
    )


def chain_report() -> Report:
    """Return a loop of three deals that comes home to kin, and an agent who goes round."""
    g = Graph()
    for ident, name in (
        ("a", "甲"),
        ("b", "乙"),
        ("c", "丙"),
        ("d", "丁"),
        ("p", "戊"),
        ("s", "己"),
        ("k", "庚"),
    ):
        g.person(ident, name, f"{ident}-wx")
    g.link("SPOUSE_OF", "a", "d")
    g.link("EMPLOYS", "p", "b")
    prices = (
        ("l1", "a", "b", 81_000_000),
        ("l2", "b", "c", 121_000_000),
        ("l3", "c", "d", 178_000_000),
    )
    for number, (ident, seller, buyer, price) in enumerate(prices):
        g.deal(
            ident, f"{seller}-wx", f"{buyer}-wx", "goods", quantity=12345, price=price, t0=number
        )
    g.payment("lp", "b-wx", "a-wx", 99_994, "l1")
    for number in range(3):
        g.deal(f"e{number}", "s-wx", "p-wx", "old", quantity=5000, t0=number)
        g.deal(f"f{number}", "p-wx", "k-wx", "old", quantity=5000, price=200_000_000, t0=number)
    g.deal("o1", "s-wx", "b-wx", "new", quantity=5000, price=100_000_000, t0=10)
    g.deal("o2", "b-wx", "k-wx", "new", quantity=5000, price=400_000_000, t0=11)
    loop = finding(
        "resale_loop",
        {"members": ["a", "b", "c"], "closes": ["d"], "batch": ["goods"]},
        ["l1", "l2", "l3"],
        circle=("a", "b", "c", "d"),
        figures={"gain": yuan(700)},
    )
    bypass = finding(
        "agent_bypass",
        {"principal": ["p"], "agent": ["b"], "supplier": ["s"], "client": ["k"]},
        ["e0", "e1", "e2", "f0", "f1", "f2", "o1", "o2"],
        figures={"amount": yuan(2000)},
    )
    relay = finding(
        "relay",
        {"upstream": ["a"], "intermediary": ["b"], "buyer": ["c"], "batch": ["goods"]},
        ["l1", "l2"],
        figures={"gain": yuan(494)},
    )
    return report(g.graph, loop, bypass, relay)
