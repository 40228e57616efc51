"""The innocent scenarios of the contract that concern typologies of deals, number by number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.examples.tables import write_case
from tests.typologies.story import DEAL_TYPOLOGIES, flag

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.model.finding import Finding
    from graphmodel.model.report import Report

BATCH = "id,label\nlist,List"
BATCHES = "id,label\nlist-1,One list\nlist-2,Another list"
PERSONS = "id,name\nseller,Seller\nmiddle,Middleman\nbuyer,Buyer"
DEALS = """id,seller,buyer,batch,quantity,total,currency,time
    buy,seller,middle,list,24000,3000.00,CNY,2020-05-01
    sell,middle,buyer,list,24000,4000.00,CNY,2020-05-20"""
ACCOUNTS = "id,platform\nold,qq\nnew,qq\nbuyer,qq"
SHOWN = """account,persona,to,since
    old,shop,buyer,2022-01
    new,shop,buyer,2022-03"""
ONE_DEVICE = "account,kind,value\nold,device,DEVICE-1\nnew,device,DEVICE-1"


def report(tmp_path: Path, **tables: str) -> Report:
    return flag(write_case(tmp_path / "case", tables), DEAL_TYPOLOGIES)


def only(found: Report, typology: str) -> Finding:
    (finding,) = [f for f in found.findings if f.typology == typology]
    return finding


def total(finding: Finding) -> int:
    held = sum(signal.weight for signal in finding.signals if signal.hit)
    return held - sum(abs(objection.weight) for objection in finding.against)


def typologies(found: Report) -> set[str]:
    return {finding.typology for finding in found.findings}


def test_authorised_reseller(tmp_path: Path) -> None:
    ties = "a,kind,b,since,disclosed\nmiddle,agent_of,seller,2020-01,yes"
    deals = DEALS.replace("2020-05-20", "2020-05-03")
    found = report(tmp_path, persons=PERSONS, batches=BATCH, deals=deals, ties=ties)
    relay = only(found, "relay")
    assert (relay.level.label, total(relay)) == ("lead", 8 - 3)
    assert typologies(found) == {"relay"}


def test_two_customers_of_one_list(tmp_path: Path) -> None:
    deals = """id,seller,buyer,batch,quantity,total,currency,time
        one,seller,middle,list,24000,3000.00,CNY,2020-05-01
        two,seller,buyer,list,24000,3000.00,CNY,2020-05-02"""
    found = report(tmp_path, persons=PERSONS, batches=BATCH, deals=deals)
    assert (list(found.findings), dict(found.set_aside)) == ([], {})


def test_two_round_quantities_without_a_link(tmp_path: Path) -> None:
    deals = """id,seller,buyer,batch,quantity,total,currency,time
        buy,seller,middle,list-1,10000,1000.00,CNY,2020-05-01
        sell,middle,buyer,list-2,10000,2000.00,CNY,2020-05-02"""
    found = report(tmp_path, persons=PERSONS, batches=BATCHES, deals=deals)
    assert (list(found.findings), dict(found.set_aside)) == ([], {})


REFUND = """id,payer,payee,amount,currency,time,deal,refunds
    paid,buyer,middle,4000.00,CNY,2020-05-20,sell,
    back,middle,buyer,{amount},CNY,2020-05-25,sell,paid"""


def test_sale_paid_back_in_full(tmp_path: Path) -> None:
    payments = REFUND.format(amount="4000.00")
    found = report(tmp_path, persons=PERSONS, batches=BATCH, deals=DEALS, payments=payments)
    assert (list(found.findings), dict(found.set_aside)) == ([], {})


def test_sale_paid_back_in_part(tmp_path: Path) -> None:
    payments = REFUND.format(amount="400.00")
    found = report(tmp_path, persons=PERSONS, batches=BATCH, deals=DEALS, payments=payments)
    relay = only(found, "relay")
    assert (relay.level.label, total(relay)) == ("supported", 3 + 2 + 1 + 1 - 1)


def test_two_accounts_called_customer_service(tmp_path: Path) -> None:
    found = report(
        tmp_path,
        accounts=ACCOUNTS + "\nother,qq",
        personas="id,name\nshop,客服",
        presents_as=SHOWN.replace("old,shop,buyer", "old,shop,other"),
        batches=BATCHES,
        deals="""id,seller,buyer,batch,quantity,total,currency,time
            one,old,other,list-1,1000,100.00,CNY,2022-03-20
            two,new,buyer,list-2,1000,100.00,CNY,2022-03-21""",
    )
    assert (list(found.findings), found.set_aside["impersonated_seller"]) == ([], 1)


def test_every_tie_had_ended(tmp_path: Path) -> None:
    persons = """id,name,kind
        seller,Seller,person
        middle,Middleman,person
        buyer,Buyer,person
        agent,Agent,person
        firm,Firm of the buyer,organisation"""
    ties = """a,kind,b,since,until
        agent,agent_of,buyer,2018,2019
        buyer,owns,firm,2015,
        firm,employs,agent,2018,2019
        agent,spouse_of,middle,,"""
    found = report(tmp_path, persons=persons, batches=BATCH, deals=DEALS, ties=ties)
    assert typologies(found) == {"relay"}
    assert only(found, "relay").level.label == "strong"
    ties = ties.replace("firm,employs,agent,2018,2019", "firm,employs,agent,2018,2021")
    again = flag(
        write_case(
            tmp_path / "again",
            {"persons": persons, "batches": BATCH, "deals": DEALS, "ties": ties},
        )
    )
    assert "self_dealing_agent" in typologies(again)


def test_agent_reports_the_true_price(tmp_path: Path) -> None:
    tables = {
        "persons": PERSONS + "\nagent,Agent",
        "batches": BATCH,
        "deals": DEALS,
        "ties": "a,kind,b,since\nagent,agent_of,buyer,2018\nagent,spouse_of,middle,",
    }
    silent = only(flag(write_case(tmp_path / "silent", tables)), "self_dealing_agent")
    claims = "id,agent,principal,deal,total,currency\ntold,agent,buyer,buy,3000.00,CNY"
    found = report(tmp_path, claims=claims, **tables)
    told = only(found, "self_dealing_agent")
    assert (total(silent), total(told)) == (9, 6)
    assert "price_padding" not in typologies(found)


RETURN = """id,seller,buyer,batch,quantity,total,currency,time
    out,seller,buyer,list,9876,500.00,CNY,{out}
    back,buyer,seller,list,9876,500.00,CNY,{back}"""


@pytest.mark.parametrize(
    ("out", "back", "expected"), [("2021-03-01", "2021-03-05", 3), ("2021-03", "2021-03", 2)]
)
def test_defective_batch_bought_back(tmp_path: Path, out: str, back: str, expected: int) -> None:
    found = report(
        tmp_path,
        persons=PERSONS,
        batches=BATCH,
        deals=RETURN.format(out=out, back=back),
        circumstances="id,kind,about\nstated,defective_return,back",
    )
    loop = only(found, "resale_loop")
    assert (loop.level.label, total(loop)) == ("lead", expected)


def test_spouses_use_one_account_for_household_payments(tmp_path: Path) -> None:
    tables = {
        "persons": "id,name\nhusband,Husband\nwife,Wife",
        "accounts": "id,platform,holder\nshared,wechat,husband\nshop,wechat,",
        "controls": "person,account\nhusband,shared\nwife,shared",
        "ties": "a,kind,b\nhusband,spouse_of,wife",
        "payments": """id,payer,payee,amount,currency,time
            milk,shared,shop,12.00,CNY,2021-03-01
            bread,shared,shop,9.00,CNY,2021-03-02""",
    }
    found = flag(write_case(tmp_path / "case", tables))
    assert (list(found.findings), found.set_aside["straw_account"]) == ([], 1)  # 2 - 1 - 1 = 0


def test_one_phone_number_with_uses_surely_apart(tmp_path: Path) -> None:
    tables = {
        "accounts": ACCOUNTS,
        "identifiers": """account,kind,value,since,until
            old,phone,13000000000,2019,2019
            new,phone,13000000000,2021,""",
        "payments": """id,payer,payee,amount,currency,time
            one,buyer,old,5.00,CNY,2019-05-01
            two,buyer,new,5.00,CNY,2021-05-01""",
    }
    found = flag(write_case(tmp_path / "case", tables))
    assert (list(found.findings), found.set_aside["shared_control"]) == ([], 1)  # 2 - 3 = -1


def second_account(tmp_path: Path, *, owner: str, first: str, people: bool) -> Report:
    """Return the report on two accounts of one device, the second selling under the same name."""
    tables = {
        "accounts": ACCOUNTS,
        "identifiers": ONE_DEVICE,
        "personas": f"id,name,owner\nshop,Shop,{owner}",
        "presents_as": SHOWN,
        "batches": BATCHES,
        "deals": f"""id,seller,buyer,batch,quantity,total,currency,time
            one,old,buyer,list-1,1000,100.00,CNY,{first}
            two,new,buyer,list-2,1000,100.00,CNY,2022-03-21""",
    }
    if people:
        tables["persons"] = "id,name\nseller,Seller"
        tables["controls"] = "person,account,basis\nseller,old,used"
    return report(tmp_path, **tables)


def test_second_account_with_a_person_known_behind_the_first(tmp_path: Path) -> None:
    found = second_account(tmp_path, owner="old", first="2022-03-01", people=True)
    assert "impersonated_seller" not in typologies(found)
    assert found.set_aside.get("impersonated_seller", 0) == 0


def test_second_account_with_nobody_known(tmp_path: Path) -> None:
    found = second_account(tmp_path, owner="old", first="2022-04-01", people=False)
    assert "impersonated_seller" not in typologies(found)
    assert found.set_aside["impersonated_seller"] == 1  # 2 + 2 - 3 = 1


def test_second_account_with_nobody_known_and_a_clean_switch(tmp_path: Path) -> None:
    found = second_account(tmp_path, owner="old", first="2022-03-01", people=False)
    finding = only(found, "impersonated_seller")
    assert (finding.level.label, total(finding)) == ("lead", 3)
