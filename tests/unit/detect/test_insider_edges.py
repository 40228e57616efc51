"""Corners of leaks from inside that stories do not reach, and deliveries told as evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.derive.small_cases import open_case

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.model.finding import Finding
    from graphmodel.model.report import Report

PEOPLE = """id,name,kind
firm,Firm,organisation
i,Insider,person
j,Colleague,person
b,Buyer,person
x,Other,person
"""
TABLES = {
    "persons": PEOPLE,
    "accounts": "id,platform,holder\nfirm-acc,,firm\ni-acc,,i",
    "ties": "a,kind,b,since\nfirm,employs,i,2019-01-01\nfirm,employs,j,2019-01-01",
    "batches": "id,records\nlist,1000\nsame,1000",
    "deliveries": "id,sender,receiver,batch,records,time,channel,deal\n"
    "y1,firm-acc,j,list,1000,2020-01-05,mail,\n",
    "deals": "id,seller,buyer,batch,quantity,total,currency,time\n"
    "d1,i-acc,b,list,1000,200.00,CNY,2020-03-10\n",
}


def flagged(folder: Path, **tables: str) -> Report:
    """Return the report of `insider_leak` over the firm's case with other tables."""
    with open_case(folder, **{**TABLES, **tables}) as case:
        return case.flag(typologies=["insider_leak"], graph=False)


def only(report: Report) -> Finding:
    """Return the one finding."""
    (finding,) = report.findings
    return finding


def hits(finding: Finding) -> set[str]:
    """Return the signals that hold."""
    return {signal.name for signal in finding.signals if signal.hit}


def test_deliveries_and_circumstances_are_told_as_sentences(tmp_path: Path) -> None:
    finding = only(
        flagged(
            tmp_path / "case",
            circumstances="id,kind,about,party,amount,currency\n"
            "c1,origin,list,firm,,\nc2,shared_access,firm,,,\n",
        )
    )
    told = {row.fact: row.statement for row in finding.evidence}
    assert told["y1"].en == (
        "Firm (firm-acc) delivered batch list to Colleague (unknown:j), 1,000 records (mail), "
        "2020-01-05"
    )
    assert told["c1"].zh == "来源载明的情节：数据来处（Firm）"
    assert told["c2"].en == "a stated circumstance: shared access"
    assert hits(finding) == {"goods_of_employer", "stated_origin", "tie_sure"}
    assert finding.level.label == "supported"


def test_what_the_insider_sends_through_the_firms_account_shows_nothing_of_the_firm(
    tmp_path: Path,
) -> None:
    controls = "person,account,since\ni,firm-acc,2019"
    sent = "id,sender,receiver,batch,records,time\ny1,firm-acc,b,list,1000,2020-03-11\n"
    assert flagged(tmp_path / "a", controls=controls, deliveries=sent).findings == ()
    taken = "id,sender,receiver,batch,records,time\ny1,firm-acc,i-acc,list,1000,2020-03-01\n"
    assert hits(only(flagged(tmp_path / "b", controls=controls, deliveries=taken))) == {
        "goods_of_employer",
        "tie_sure",
    }


def test_an_earlier_seller_ends_it_and_a_perhaps_earlier_one_caps_it(tmp_path: Path) -> None:
    head = TABLES["deals"]
    origin = "id,kind,about,party\nc1,origin,list,firm"
    many = "".join(f"e{n},i-acc,b,list,100,200.00,CNY,2020-03-1{n}\n" for n in range(5))

    def level(name: str, row: str) -> str:
        report = flagged(tmp_path / name, deals=head + many + row, circumstances=origin)
        return only(report).level.label if report.findings else "none"

    assert level("alone", "") == "strong"
    assert level("before", "d0,x,b,list,1000,9.00,CNY,2020-03-01\n") == "none"
    assert level("perhaps", "d0,x,b,list,1000,9.00,CNY,2020-03\n") == "supported"
    assert level("after", "d0,x,b,list,1000,9.00,CNY,2020-05\n") == "strong"


def test_a_colleague_who_hands_it_on_inside_is_no_earlier_seller(tmp_path: Path) -> None:
    sent = TABLES["deliveries"] + "y2,j,i-acc,list,1000,2020-02-05,,\n"
    assert only(flagged(tmp_path / "inside", deliveries=sent)).level.label == "supported"
    outside = TABLES["deliveries"] + "y2,x,i-acc,list,1000,2020-02-05,,\n"
    assert flagged(tmp_path / "outside", deliveries=outside).findings == ()
    collected = TABLES["deliveries"] + "y2,x,firm-acc,list,1000,2020-01-02,,\n"
    assert only(flagged(tmp_path / "collected", deliveries=collected)).level.label == "supported"


def test_a_deal_of_the_employer_is_no_deal_of_the_insider(tmp_path: Path) -> None:
    deals = TABLES["deals"].replace("d1,i-acc", "d1,firm-acc")
    sent = TABLES["deliveries"] + "y2,i-acc,b,list,1000,2020-03-10,,d1\n"
    assert flagged(tmp_path / "case", deals=deals, deliveries=sent).findings == ()
    sells = TABLES["deals"] + "d2,firm-acc,x,list,1000,900.00,CNY,2020-06-10\n"
    report = flagged(tmp_path / "sells", deals=sells)
    assert (report.findings, report.set_aside) == ((), {"insider_leak": 1})


def test_two_lists_of_which_one_was_bought_leave_the_other_standing(tmp_path: Path) -> None:
    deals = TABLES["deals"] + (
        "d2,x,i-acc,same,1000,5.00,CNY,2020-02\nd3,i-acc,b,same,1000,50.00,CNY,2020-02\n"
    )
    sent = TABLES["deliveries"] + "y2,firm-acc,j,same,1000,2020-01-05,,\n"
    finding = only(flagged(tmp_path / "case", deals=deals, deliveries=sent))
    assert (finding.level.label, finding.events) == ("supported", ("d1",))
    assert {fact for objection in finding.against for fact in objection.facts} == {"d3"}
