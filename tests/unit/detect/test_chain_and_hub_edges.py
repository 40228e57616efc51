"""Corners of chains, reused batches and hubs that stories do not reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.unit.derive.small_cases import open_case, persons

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graphmodel.model.finding import Finding
    from graphmodel.model.report import Report


def flagged(
    folder: Path, typology: str, rules: Mapping[str, int] | None = None, /, **tables: str
) -> Report:
    """Return the report of one typology over a case."""
    given = None if rules is None else {typology: rules}
    with open_case(folder, **tables) as case:
        return case.flag(typologies=[typology], graph=False, rules=given)


def only(report: Report) -> Finding:
    """Return the one finding."""
    (finding,) = report.findings
    return finding


def figures(finding: Finding) -> dict[str, Any]:
    """Return the figures as the output writes them."""
    return {name: figure.to_json() for name, figure in finding.figures.items()}


def hits(finding: Finding) -> set[str]:
    """Return the signals that hold."""
    return {signal.name for signal in finding.signals if signal.hit}


HEAD = "id,seller,buyer,batch,quantity,total,time\n"
D1 = "d1,a,b,b1,1000,100.00,2019-01-01\n"
D2 = "d2,b,c,b1,1000,200.00,2019-01-10\n"
D3 = "d3,c,d,b1,1000,400.00,2019-01-20\n"
D4 = "d4,d,e,b1,1000,800.00,2019-01-30\n"
PEOPLE = {"persons": persons("a b c d e x y z"), "batches": "id\nb1\nb2"}


def chain(
    folder: Path, *deals: str, rules: Mapping[str, int] | None = None, **tables: str
) -> Report:
    """Return the report of `resale_chain` over these deals."""
    given = {**PEOPLE, **tables}
    return flagged(folder, "resale_chain", rules, deals=HEAD + "".join(deals), **given)


def test_a_longer_chain_replaces_its_parts_and_keeps_the_id_of_its_first_deal(
    tmp_path: Path,
) -> None:
    short = only(chain(tmp_path / "short", D1, D2, D3))
    longer = only(chain(tmp_path / "long", D1, D2, D3, D4))
    later = only(chain(tmp_path / "later", D2, D3, D4))
    assert longer.roles["members"] == ("a", "b", "c", "d", "e")
    assert figures(longer)["gain"]["amount"] == "700.00"
    assert longer.id == short.id
    assert later.id != longer.id


def test_a_chain_cut_by_a_limit_says_so(tmp_path: Path) -> None:
    cut = chain(tmp_path / "deals", D1, D2, D3, D4, rules={"max_deals": 3})
    # of the two chains of three deals the dearer one: 600.00 against 300.00
    assert only(cut).roles["members"] == ("b", "c", "d", "e")
    assert only(cut).events == ("d1", "d2", "d3", "d4")
    assert cut.truncated == ("resale_chain: max_deals 3 for the chains of d1",)
    states = chain(tmp_path / "states", D1, D2, D3, rules={"max_states": 2})
    assert states.findings == ()
    assert states.truncated == ("resale_chain: max_states 2 for the chains of d1",)


def test_of_equal_chains_the_greater_gain_is_the_spine(tmp_path: Path) -> None:
    branch = "d9,c,x,b1,1000,500.00,2019-01-21\n"
    finding = only(chain(tmp_path / "case", D1, D2, D3, branch))
    assert finding.roles["members"] == ("a", "b", "c", "x")
    assert figures(finding)["gain"]["amount"] == "400.00"
    assert finding.events == ("d1", "d2", "d3", "d9")


def test_a_stated_order_against_it_breaks_a_chain(tmp_path: Path) -> None:
    deals = "id,seller,buyer,batch,quantity,time,after\n"
    deals += "d1,a,b,b1,1000,2019,d3\nd2,b,c,b1,1000,2019,\nd3,c,d,b1,1000,2019,\n"
    report = flagged(tmp_path / "case", "resale_chain", deals=deals, **PEOPLE)
    assert report.findings == ()
    free = deals.replace("2019,d3", "2019,")
    assert len(flagged(tmp_path / "free", "resale_chain", deals=free, **PEOPLE).findings) == 1


def test_an_account_of_nobody_known_joins_two_deals(tmp_path: Path) -> None:
    tables = {
        "persons": persons("a c d"),
        "accounts": "id\na1\nq\nc1\nd1",
        "controls": "person,account,since\na,a1,2010\nc,c1,2010\nd,d1,2010",
        "batches": "id\nb1",
        "deals": HEAD
        + "t1,a1,q,b1,1000,100.00,2019-01-01\nt2,q,c1,b1,1000,200.00,2019-01-10\n"
        + "t3,c1,d1,b1,1000,400.00,2019-01-20\n",
    }
    finding = only(flagged(tmp_path / "case", "resale_chain", **tables))
    assert finding.roles["members"] == ("a", "q", "c", "d")


def test_prices_of_one_goods_compare_where_a_number_is_unknown(tmp_path: Path) -> None:
    finding = only(chain(tmp_path / "case", D1, D2, "d3,c,d,b1,,400.00,2019-01-20\n"))
    assert figures(finding)["price_ratio"] == {"ratio": "4.000", "bound": "exact"}
    assert figures(finding)["records"] == {"count": 1000, "bound": "exact"}


REUSE = HEAD + "d1,a,x,b1,1000,100.00,2019-01-01\nd2,b,y,b1,1000,200.00,2019-01-10\n"


def reuse(folder: Path, rules: Mapping[str, int] | None = None, /, **tables: str) -> Report:
    """Return the report of `batch_reuse`."""
    return flagged(folder, "batch_reuse", rules, **{**PEOPLE, "deals": REUSE, **tables})


def test_a_file_in_too_many_deals_is_reported_and_not_paired(tmp_path: Path) -> None:
    assert hits(only(reuse(tmp_path / "all"))) == {"same_file", "close_in_time"}
    cut = reuse(tmp_path / "cut", {"max_deals": 1})
    assert cut.findings == ()
    assert cut.truncated == ("batch_reuse: max_deals 1, batch b1 in 2 deals was not paired",)


def test_goods_that_went_back_or_to_a_spouse_are_a_known_way(tmp_path: Path) -> None:
    returned = REUSE.replace(",time", ",time,status").replace("-01\n", "-01,\n")
    returned = returned.replace("-10\n", "-10,\n") + "d3,a,b,b1,1000,90.00,2018-01-05,refunded\n"
    assert reuse(tmp_path / "back", deals=returned).findings == ()
    cancelled = returned.replace("refunded", "cancelled")
    assert len(reuse(tmp_path / "cancelled", deals=cancelled).findings) == 1
    spouse = {"ties": "a,kind,b,since\nx,spouse_of,b,2010"}
    assert reuse(tmp_path / "spouse", **spouse).findings == ()


def test_a_way_must_be_in_possible_order(tmp_path: Path) -> None:
    head = "id,sender,receiver,batch,time\n"
    moved = head + "y1,a,z,b1,2019-02-10\ny2,z,b,b1,2019-02-01\n"
    assert len(reuse(tmp_path / "not", deliveries=moved).findings) == 1
    moved = head + "y1,a,z,b1,2019-02\ny2,z,b,b1,2019-02-01\n"
    assert reuse(tmp_path / "possible", deliveries=moved).findings == ()


def test_parts_of_one_list_are_a_limit_of_the_records_in_both(tmp_path: Path) -> None:
    sized = {"batches": "id,records,distinct_records\nb1,1000,990"}
    assert figures(only(reuse(tmp_path / "whole", **sized)))["records"] == {
        "count": 990,
        "bound": "exact",
    }
    part = REUSE.replace("b1,1000,200.00", "b1,600,200.00")
    assert figures(only(reuse(tmp_path / "part", deals=part, **sized)))["records"] == {
        "count": 600,
        "bound": "at_most",
    }


def test_overlapping_digests_are_an_overlap_of_records(tmp_path: Path) -> None:
    digests = [f"b1,{i:064x}" for i in range(10)] + [f"b2,{i:064x}" for i in range(1, 11)]
    finding = only(
        reuse(
            tmp_path / "case",
            deals=REUSE.replace("d2,b,y,b1", "d2,b,y,b2"),
            batches="id,records,distinct_records\nb1,10,10\nb2,10,10",
            records="batch,digest\n" + "\n".join(digests),
        )
    )
    assert hits(finding) == {"record_overlap", "overlap_mostly", "close_in_time"}
    assert figures(finding)["records"] == {"count": 10, "bound": "at_most"}


def test_quantities_join_pairs_and_every_pair_has_its_id(tmp_path: Path) -> None:
    deals = "id,seller,buyer,batch,quantity,time\n"
    deals += "d1,a,x,b1,12345,2019-01-01\nd2,b,y,b2,12345,2019-01-10\n"
    deals += "d3,a,x,b1,54321,2019-01-01\nd4,b,y,b2,54321,2019-01-10\n"
    report = reuse(tmp_path / "case", deals=deals)
    assert {f.events for f in report.findings} == {("d1", "d2"), ("d3", "d4")}
    assert len({f.id for f in report.findings}) == 2


COUPLE = {
    "persons": persons("h w a b c"),
    "accounts": "id\ns\na1\nb1x\nc1",
    "controls": "person,account,since\nh,s,2010\nw,s,2010\na,a1,2010\nb,b1x,2010\nc,c1,2010",
    "batches": "id\nb1",
}


def test_a_couple_behind_one_account_is_one_hub(tmp_path: Path) -> None:
    deals = HEAD + "".join(
        f"d{i},s,{buyer},b1,1000,10.00,2019-01-0{i}\n"
        for i, buyer in enumerate(("a1", "b1x", "c1"), 1)
    )
    finding = only(flagged(tmp_path / "case", "wholesaler", deals=deals, **COUPLE))
    assert finding.roles == {"hub": ("h", "w"), "counterparties": ("a", "b", "c")}


SALES = [f"d{i},a,{buyer},b1,1000,{{}},2019-0{i}-01\n" for i, buyer in enumerate("bcd", 1)]


def sales(
    folder: Path, *sums: str, rules: Mapping[str, int] | None = None, **tables: str
) -> Report:
    """Return the report of `wholesaler` over three sales with these totals."""
    deals = HEAD + "".join(sale.format(sum_) for sale, sum_ in zip(SALES, sums, strict=True))
    given = {**PEOPLE, "deals": deals, **tables}
    return flagged(folder, "wholesaler", rules, **given)


def test_a_stated_total_is_never_split(tmp_path: Path) -> None:
    stated = "id,events,total,currency\nt1,d1;d2,500.00,CNY"
    finding = only(sales(tmp_path / "fits", "", "", "70.00", totals=stated))
    assert figures(finding)["amount"] == {"amount": "570.00", "currency": "CNY", "bound": "exact"}
    other = only(sales(tmp_path / "not", "", "60.00", "70.00", totals=stated))
    assert figures(other)["amount"] == {
        "amount": "130.00",
        "currency": "CNY",
        "bound": "at_least",
    }


def test_a_window_is_met_by_the_least_span(tmp_path: Path) -> None:
    assert len(sales(tmp_path / "year", "", "", "").findings) == 1
    # from January 1 to March 1 are 59 days, less the length of the first day
    assert sales(tmp_path / "short", "", "", "", rules={"window_days": 57}).findings == ()
    assert len(sales(tmp_path / "long", "", "", "", rules={"window_days": 59}).findings) == 1


def test_three_deals_of_one_rare_quantity_are_not_shown_goods(tmp_path: Path) -> None:
    deals = "id,seller,buyer,quantity,unit_price,time\n" + "".join(
        f"d{i},a,{buyer},12345,0.10,2019-01-0{i}\n" for i, buyer in enumerate("bcd", 1)
    )
    report = flagged(tmp_path / "case", "wholesaler", deals=deals, **PEOPLE)
    assert report.findings == ()
    assert report.set_aside == {"wholesaler": 1}


def test_a_merged_batch_sold_before_its_parts_were_there_is_no_sale_of_it(tmp_path: Path) -> None:
    tables = {
        "persons": persons("h a b c d"),
        "batches": "id\none\ntwo\nthree\nall",
        "batch_links": "a,kind,b\nall,derived,one\nall,derived,two",
        "deals": HEAD
        + "d1,a,h,one,10,1.00,2019-02-01\nd2,b,h,two,10,1.00,2019-02-02\n"
        + "d3,c,h,three,10,1.00,2019-02-03\nd4,h,d,all,30,9.00,2019-01-05\n",
    }
    before = only(flagged(tmp_path / "before", "aggregator", **tables))
    assert hits(before) == {"many_sources", "merged_batch"}
    tables["deals"] = tables["deals"].replace("2019-01-05", "2019-02")
    after = only(flagged(tmp_path / "after", "aggregator", **tables))
    assert hits(after) == {"many_sources", "merged_batch", "sells_merged"}
    assert after.id == before.id


def test_pairs_beyond_the_limit_are_named_but_stay_in_the_group(tmp_path: Path) -> None:
    three = REUSE + "d3,c,z,b1,1000,200.00,2019-01-20\n"
    cut = reuse(tmp_path / "case", {"max_pairs": 1}, deals=three)
    told = "batch_reuse: max_pairs 1, 1 of 3 pairs of batch b1 were weighed"
    assert cut.truncated == (told,)
    assert only(cut).roles["sellers"] == ("a", "b", "c")
    assert only(cut).events == ("d1", "d2", "d3")
