"""Corners of the cards that stories do not reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.derive.small_cases import open_case, persons

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.model.finding import Finding
    from graphmodel.model.report import Report


def flagged(folder: Path, typology: str, **tables: str) -> Report:
    """Return the report of one typology over a case."""
    with open_case(folder, **tables) as case:
        return case.flag(typologies=[typology], graph=False)


def only(report: Report) -> Finding:
    """Return the one finding."""
    (finding,) = report.findings
    return finding


def test_the_greatest_margin_of_a_loop_may_be_the_first_sellers(tmp_path: Path) -> None:
    finding = only(
        flagged(
            tmp_path / "case",
            "resale_loop",
            persons=persons("a b"),
            batches="id\nb1",
            deals="""id,seller,buyer,batch,quantity,total,time
            d1,a,b,b1,12345,2000.00,2019-01-01
            d2,b,a,b1,12345,1500.00,2019-02-01
            """,
        )
    )
    # a received 2,000.00 and paid 1,500.00; b the other way round
    assert finding.figures["gain"].to_json()["amount"] == "500.00"


def test_the_loop_of_the_card(tmp_path: Path) -> None:
    finding = only(
        flagged(
            tmp_path / "case",
            "resale_loop",
            persons=persons("a b c wife"),
            batches="id\nb1",
            ties="a,kind,b\na,spouse_of,wife",
            deals="""id,seller,buyer,batch,quantity,total,time
            d1,a,b,b1,12345,1000.00,2019-01-01
            d2,b,c,b1,12345,1500.00,2019-01-10
            d3,c,wife,b1,12345,2200.00,2019-01-20
            """,
        )
    )
    assert {k: v.to_json() for k, v in finding.figures.items()} == {
        "gain": {"amount": "700.00", "currency": "CNY", "bound": "exact"},
        "records": {"count": 12345, "bound": "exact"},
    }
    assert finding.roles["members"] == ("a", "b", "c")
    assert finding.roles["closes"] == ("wife",)


PADDING = {
    "persons": persons("p a s"),
    "batches": "id\nb1",
    "ties": "a,kind,b,since,disclosed\na,agent_of,p,2018,no",
}


def test_a_stated_difference_holds_where_the_computed_one_is_not_sure(tmp_path: Path) -> None:
    finding = only(
        flagged(
            tmp_path / "case",
            "price_padding",
            **PADDING,
            deals="""id,seller,buyer,batch,quantity,total,total_bound,time
            d1,s,a,b1,8000,4500.00,at_least,2019-01-01
            """,
            claims="""id,agent,principal,deal,quantity,total,difference,difference_bound,time
            c1,a,p,d1,8000,5900.00,1400.00,about,2019-01-02
            """,
        )
    )
    assert "difference_stated" in {s.name for s in finding.signals if s.hit}


def test_a_quantity_of_another_bound_is_not_another_quantity(tmp_path: Path) -> None:
    finding = only(
        flagged(
            tmp_path / "case",
            "price_padding",
            **PADDING,
            deals="""id,seller,buyer,batch,quantity,quantity_bound,total,time
            d1,s,a,b1,8000,at_least,4500.00,2019-01-01
            """,
            claims="""id,agent,principal,deal,quantity,total,time
            c1,a,p,d1,8000,5900.00,2019-01-02
            """,
        )
    )
    assert finding.against == ()


def test_a_common_name_is_counted_or_paired_never_dropped(tmp_path: Path) -> None:
    # three accounts, each registered to one person and operated by another: three parties
    report = flagged(
        tmp_path / "case",
        "impersonated_seller",
        persons=persons("h1 h2 h3 c1 c2 c3 v"),
        accounts="id,platform,holder\na1,qq,h1\na2,qq,h2\na3,qq,h3",
        controls="person,account,since\nc1,a1,2017\nc2,a2,2017\nc3,a3,2017",
        personas="id,name,owner\nn1,shop,a1",
        presents_as="account,persona,to,since\na1,n1,v,2018\na2,n1,v,2019\na3,n1,,2019",
        batches="id\nb1",
        deals="""id,seller,buyer,batch,quantity,total,time
        d0,a1,v,b1,100,10.00,2018-05
        d1,a2,v,b1,100,10.00,2019-05
        """,
    )
    told = [line for line in report.truncated if "max_holders" in line]
    assert bool(told) != bool(report.findings)


def test_facts_of_two_tables_with_one_id_are_told_apart(tmp_path: Path) -> None:
    finding = only(
        flagged(
            tmp_path / "case",
            "relay",
            persons=persons("s x b"),
            batches="id,label\n1,list",
            deals="""id,seller,buyer,batch,quantity,total,time
            1,s,x,1,100,1000,2019-03-01
            2,x,b,1,100,1500,2019-03-04
            """,
        )
    )
    said = [row.statement.en for row in finding.evidence]
    assert any("sold" in statement for statement in said)
    assert any("list" in statement and "sold" not in statement for statement in said)


def test_two_stated_values_of_one_deal_are_shown_and_speak_against(tmp_path: Path) -> None:
    finding = only(
        flagged(
            tmp_path / "case",
            "relay",
            persons=persons("s x b"),
            batches="id\nb1",
            deals="""id,seller,buyer,batch,quantity,unit_price,total,time
            d1,s,x,b1,100,10.00,5000.00,2019-03-01
            d2,x,b,b1,100,,9000.00,2019-03-04
            """,
        )
    )
    # 100 × 10.00 is not 5,000.00
    assert any("d1" in objection.facts for objection in finding.against)


def test_a_relay_of_two_currencies_has_no_gain_and_says_why(tmp_path: Path) -> None:
    finding = only(
        flagged(
            tmp_path / "case",
            "relay",
            persons=persons("s x b"),
            batches="id\nb1",
            deals="""id,seller,buyer,batch,quantity,total,currency,time
            d1,s,x,b1,12345,1000.00,CNY,2019-03-01
            d2,x,b,b1,12345,500.00,USDT,2019-03-04
            """,
        )
    )
    assert set(finding.figures) == {"records"}
    assert "CNY" in finding.summary.en
    assert "USDT" in finding.summary.en
    told = " ".join(words.en for words in finding.arithmetic)
    assert "1,000.00 CNY" in told
    assert "500.000000 USDT" in told


def test_one_purchase_with_two_buyers_is_one_finding_and_costs_once(tmp_path: Path) -> None:
    finding = only(
        flagged(
            tmp_path / "case",
            "relay",
            persons=persons("s x b c"),
            batches="id\nb1",
            deals="""id,seller,buyer,batch,quantity,total,time
            d1,s,x,b1,12345,1000.00,2019-03-01
            d2,x,b,b1,12345,1500.00,2019-03-04
            d3,x,c,b1,12345,1600.00,2019-03-05
            """,
        )
    )
    assert finding.roles["buyer"] == ("b", "c")
    assert finding.figures["gain"].to_json()["amount"] == "2100.00"
    assert finding.figures["markup_ratio"].to_json()["ratio"] == "3.100"
    assert finding.figures["records"].to_json() == {"count": 12345, "bound": "exact"}


def test_a_part_refund_names_the_payment_that_went_back(tmp_path: Path) -> None:
    finding = only(
        flagged(
            tmp_path / "case",
            "relay",
            persons=persons("s x b"),
            batches="id\nb1",
            deals="""id,seller,buyer,batch,quantity,total,time
            d1,s,x,b1,12345,1000.00,2019-03-01
            d2,x,b,b1,12345,9000.00,2019-03-04
            """,
            payments="""id,payer,payee,amount,deal,refunds
            p1,b,x,9000.00,d2,
            p2,x,b,4000.00,,p1
            """,
        )
    )
    (objection,) = finding.against
    assert objection.name == "part_refunded"
    assert set(objection.facts) == {"d2", "p1", "p2"}


def test_in_a_tie_the_cases_own_currency_has_the_plain_name(tmp_path: Path) -> None:
    finding = only(
        flagged(
            tmp_path / "case",
            "price_padding",
            persons=persons("p a s"),
            batches="id\nb1\nb2",
            ties="a,kind,b\na,agent_of,p",
            deals="""id,seller,buyer,batch,quantity,total,currency,time
            d1,s,a,b1,8000,4500.00,CNY,2019-01-01
            d2,s,a,b2,8001,4500.00,AUD,2019-01-01
            """,
            claims="""id,agent,principal,deal,quantity,total,currency,time
            c1,a,p,d1,8000,5900.00,CNY,2019-01-02
            c2,a,p,d2,8001,5900.00,AUD,2019-01-02
            """,
        )
    )
    assert set(finding.figures) == {"gain", "gain:AUD", "records"}
    assert finding.figures["gain"].currency == "CNY"


def test_a_gain_of_about_numbers_that_may_be_a_loss_is_no_markup(tmp_path: Path) -> None:
    finding = only(
        flagged(
            tmp_path / "case",
            "relay",
            persons=persons("s x b"),
            batches="id\nb1",
            deals="""id,seller,buyer,batch,quantity,total,total_bound,time
            d1,s,x,b1,12345,16400.00,about,2019-03-01
            d2,x,b,b1,12345,16500.00,about,2019-03-04
            """,
        )
    )
    assert "resold_at_markup" not in {s.name for s in finding.signals if s.hit}
