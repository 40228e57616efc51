"""Each signal and counter-fact by itself: a base case, one more fact, and the new total."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.examples.tables import write_case
from tests.typologies.story import DEAL_TYPOLOGIES, flag

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.model.finding import Finding
    from graphmodel.model.report import Report

Tables = dict[str, str]

RELAY: Tables = {
    "persons": "id,name\nseller,Seller\nmiddle,Middleman\nbuyer,Buyer",
    "batches": "id,label\nlist,List",
    "deals": """id,seller,buyer,batch,quantity,total,currency,time
        buy,seller,middle,list,24000,3000.00,CNY,2020-05-01
        sell,middle,buyer,list,24000,4000.00,CNY,2020-05-03""",
}
SELF: Tables = {
    "persons": """id,name
        principal,Principal
        agent,Agent
        spouse,Spouse
        source,Source
        other,Another seller""",
    "ties": """id,a,kind,b,since,until
        tie-agent,agent,agent_of,principal,2020,
        tie-couple,agent,spouse_of,spouse,,""",
    "batches": "id,label\nlist,List",
    "messages": "id,author,receiver,time\nask,agent,source,2021-01-31",
    "deals": """id,seller,buyer,batch,quantity,total,currency,time
        buy,source,spouse,list,4000,400.00,CNY,2021-02-01
        sell,spouse,principal,list,4000,700.00,CNY,2021-02-03""",
}
LOOP: Tables = {
    "persons": "id,name\na,Seller A\nb,Seller B",
    "batches": "id,label\nlist,List",
    "deals": """id,seller,buyer,batch,kind,quantity,total,currency,time
        out,a,b,list,sale,9876,500.00,CNY,2021-03-01
        back,b,a,list,sale,9876,800.00,CNY,2021-03-20""",
}
BYPASS: Tables = {
    "persons": "id,name\nfirm,Firm\nagent,Agent\nsupplier,Supplier\nclient,Client",
    "ties": "id,a,kind,b,since\ntie-agent,agent,agent_of,firm,2020",
    "batches": "id,label\nold-in,In\nold-out,Out\nown,Own\nearly,Early",
    "deals": """id,seller,buyer,batch,quantity,total,currency,time
        buy,supplier,firm,old-in,5000,1000.00,CNY,2021-01-10
        sell,firm,client,old-out,5000,2000.00,CNY,2021-01-15
        own-buy,supplier,agent,own,5000,900.00,CNY,2021-05-01
        own-sell,agent,client,own,5000,2000.00,CNY,2021-05-20""",
}
POSED: Tables = {
    "persons": "id,name\nseller,Seller\ncopycat,Copycat\nbuyer,Buyer\nthird,Third person",
    "accounts": """id,platform,holder
        seller-tg,telegram,seller
        copycat-tg,telegram,copycat
        buyer-tg,telegram,buyer
        third-bank,bank,third""",
    "personas": "id,name,owner\nname,Data Harbor,seller-tg",
    "presents_as": "account,persona,to,since\ncopycat-tg,name,buyer,2022-03",
    "batches": "id,label\nlist-1,First\nlist-2,Second",
    "deals": """id,seller,buyer,batch,quantity,total,currency,time
        old,seller-tg,buyer-tg,list-1,1000,100.00,CNY,2022-02-20
        new,copycat-tg,buyer-tg,list-2,1000,150.00,CNY,2022-03-10""",
}
PADDING: Tables = {
    "persons": "id,name\nprincipal,Principal\nagent,Agent\nseller,Seller",
    "ties": "id,a,kind,b,since,until,disclosed\ntie-agent,agent,agent_of,principal,,,",
    "batches": "id,label\nlist,List",
    "deals": """id,seller,buyer,batch,quantity,total,currency,time
        buy,seller,agent,list,10000,4000.00,CNY,2021-03-02""",
    "claims": """id,agent,principal,deal,quantity,total,currency,time
        report,agent,principal,buy,10000,5000.00,CNY,2021-03-03""",
}
PAID = "id,payer,payee,amount,currency,time,deal,refunds"


def plus(tables: Tables, **rows: str) -> Tables:
    """Return tables with rows added, or with a whole table where there was none."""
    return {**tables, **{k: f"{tables[k]}\n{v}" if k in tables else v for k, v in rows.items()}}


def change(tables: Tables, table: str, old: str, new: str) -> Tables:
    """Return tables with one text changed."""
    assert tables[table].count(old) == 1
    return {**tables, table: tables[table].replace(old, new)}


def run(tmp_path: Path, tables: Tables) -> Report:
    return flag(write_case(tmp_path / "case", tables), DEAL_TYPOLOGIES)


def total(finding: Finding) -> int:
    held = sum(signal.weight for signal in finding.signals if signal.hit)
    return held - sum(abs(objection.weight) for objection in finding.against)


CASES = [
    ("relay", "as it is", RELAY, 8, "strong"),
    (
        "relay",
        "the buyer already had the goods from the seller",
        plus(RELAY, deals="first,seller,buyer,list,24000,3500.00,CNY,2020-04-01"),
        6,
        "supported",
    ),
    (
        "relay",
        "the middleman is related to the seller",
        plus(RELAY, ties="a,kind,b\nseller,kin_of,middle"),
        7,
        "strong",
    ),
    (
        "relay",
        "surely no markup",
        change(RELAY, "deals", "4000.00", "2900.00"),
        3,
        "lead",
    ),
    (
        "relay",
        "money on both sides",
        plus(
            RELAY,
            payments=f"""{PAID}
                p1,middle,seller,3000.00,CNY,2020-05-01,buy,
                p2,buyer,middle,4000.00,CNY,2020-05-03,sell,""",
        ),
        9,
        "strong",
    ),
    ("self_dealing_agent", "as it is", SELF, 11, "strong"),
    (
        "self_dealing_agent",
        "the tie perhaps ended before",
        change(SELF, "ties", "principal,2020,", "principal,2020,2021"),
        9,
        "strong",
    ),
    (
        "self_dealing_agent",
        "another seller offered the goods at no less",
        plus(
            SELF,
            offers="""id,seller,buyer,batch,quantity,total,currency,time
                offer,other,principal,list,4000,800.00,CNY,2021-02-02""",
        ),
        10,
        "strong",
    ),
    (
        "self_dealing_agent",
        "surely no markup",
        change(SELF, "deals", "700.00", "300.00"),
        6,
        "supported",
    ),
    (
        "self_dealing_agent",
        "paid back in part",
        plus(
            SELF,
            payments=f"""{PAID}
                p1,principal,spouse,700.00,CNY,2021-02-03,sell,
                p2,spouse,principal,70.00,CNY,2021-02-05,sell,p1""",
        ),
        10,
        "strong",
    ),
    ("resale_loop", "as it is", LOOP, 8, "strong"),
    (
        "resale_loop",
        "a replacement is stated",
        plus(LOOP, circumstances="id,kind,about\nsaid,replacement,back"),
        5,
        "lead",
    ),
    (
        "resale_loop",
        "one step is a barter",
        change(LOOP, "deals", "list,sale,9876,800.00", "list,barter,9876,"),
        5,
        "supported",
    ),
    (
        "resale_loop",
        "less than half came back",
        change(LOOP, "deals", "9876,800.00", "4000,800.00"),
        7,
        "strong",
    ),
    (
        "resale_loop",
        "a step is paid back in part",
        plus(
            LOOP,
            payments=f"""{PAID}
                p1,a,b,800.00,CNY,2021-03-20,back,
                p2,b,a,80.00,CNY,2021-03-22,back,p1""",
        ),
        6,
        "supported",
    ),
    (
        "resale_loop",
        "the money ran the other way round",
        plus(
            LOOP,
            payments=f"""{PAID}
                p1,b,a,500.00,CNY,2021-03-01,out,
                p2,a,b,800.00,CNY,2021-03-20,back,""",
        ),
        9,
        "strong",
    ),
    ("agent_bypass", "as it is", BYPASS, 7, "strong"),
    (
        "agent_bypass",
        "the client had known the agent before",
        plus(BYPASS, deals="early,agent,client,early,1000,100.00,CNY,2019-06-01"),
        5,
        "supported",
    ),
    (
        "agent_bypass",
        "the principal bought the same batch at that time",
        plus(BYPASS, deals="also,supplier,firm,own,5000,900.00,CNY,2021-05-20"),
        6,
        "supported",
    ),
    (
        "agent_bypass",
        "cheaper than the principal",
        change(BYPASS, "deals", "own,5000,2000.00", "own,5000,1500.00"),
        8,
        "strong",
    ),
    (
        "agent_bypass",
        "the agent wrote to the client in the service",
        plus(BYPASS, messages="id,author,receiver,time\nhello,agent,client,2021-01-12"),
        9,
        "strong",
    ),
    ("impersonated_seller", "as it is", POSED, 6, "supported"),
    (
        "impersonated_seller",
        "the money goes to a third holder",
        plus(POSED, payments=f"{PAID}\np1,buyer-tg,third-bank,150.00,CNY,2022-03-10,new,"),
        7,
        "strong",
    ),
    ("price_padding", "as it is", PADDING, 3, "lead"),
    (
        "price_padding",
        "the tie surely held, and nothing was disclosed",
        change(PADDING, "ties", "principal,,,", "principal,2020,,no"),
        5,
        "supported",
    ),
    (
        "price_padding",
        "the money was kept, seen from payments without a deal",
        plus(
            PADDING,
            payments=f"""{PAID}
                p1,principal,agent,5000.00,CNY,2021-03-04,,
                p2,agent,seller,4000.00,CNY,2021-03-02,,""",
        ),
        5,
        "supported",
    ),
    (
        "price_padding",
        "the seller's lower offer is known, by its total",
        plus(
            PADDING,
            offers="""id,seller,buyer,batch,quantity,total,currency,time
                offer,seller,agent,list,10000,4000.00,CNY,2021-03-01""",
        ),
        4,
        "supported",
    ),
]


@pytest.mark.parametrize(
    ("typology", "tables", "weight", "level"),
    [(typology, tables, weight, level) for typology, _, tables, weight, level in CASES],
    ids=[f"{typology}: {name}" for typology, name, *_ in CASES],
)
def test_total_and_level(
    typology: str, tables: Tables, weight: int, level: str, tmp_path: Path
) -> None:
    (finding,) = [f for f in run(tmp_path, tables).findings if f.typology == typology]
    assert (total(finding), finding.level.label) == (weight, level)


def test_a_name_of_many_is_counted_and_not_paired(tmp_path: Path) -> None:
    people = [f"p{i}" for i in range(7)]
    tables = {
        "accounts": "id,platform\nbuyer,qq\n" + "\n".join(f"{p},qq" for p in people),
        "personas": "id,name\nservice,客服",
        "presents_as": "account,persona,since\n"
        + "\n".join(f"{p},service,2022-0{i + 1}" for i, p in enumerate(people)),
        "batches": "id,label\nlist,List",
        "deals": "id,seller,buyer,batch,quantity,total,currency,time\n"
        "one,p0,buyer,list,1000,100.00,CNY,2022-08-01\n"
        "two,p6,buyer,list,1000,100.00,CNY,2022-08-20",
    }
    found = run(tmp_path, tables)
    assert "impersonated_seller" not in {f.typology for f in found.findings}
    assert found.set_aside.get("impersonated_seller", 0) == 0
    assert any("impersonated_seller" in line and "5" in line for line in found.truncated)
