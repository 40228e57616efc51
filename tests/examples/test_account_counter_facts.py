"""Typologies of accounts: what one more row adds to the total or takes off it, and the level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.examples.tables import write_case
from tests.examples.test_counter_facts import change, plus, total
from tests.typologies.story import flag, seen

if TYPE_CHECKING:
    from pathlib import Path

    from graphmodel.model.report import Report
    from tests.examples.test_counter_facts import Tables

STRAW: Tables = {
    "persons": """id,name,kind
        holder,Holder,person
        firm,Firm,organisation
        operator,Operator,person
        buyer,Buyer,person""",
    "accounts": """id,platform,holder,opened
        acc,bank,holder,2019-01-01
        own,bank,operator,
        home,bank,holder,
        client,bank,buyer,""",
    "controls": """id,person,account,since,until
        control-acc,operator,acc,2020,
        control-own,operator,own,,""",
    "batches": "id,label\nlist,List",
    "deals": """id,seller,buyer,batch,quantity,total,currency,time
        sale,acc,client,list,1000,1000.00,CNY,2020-05-04""",
    "payments": """id,payer,payee,amount,currency,time,deal,status
        in,client,acc,1000.00,CNY,2020-05-04T09:00,sale,ok
        out,acc,own,{out},CNY,{time},,ok""",
    "ties": "id,a,kind,b,since,until",
}
PASSED = {"out": "900.00", "time": "2020-05-04T20:00"}
LATE = {"out": "900.00", "time": "2020-05-06T20:00"}
LESS = {"out": "899.99", "time": "2020-05-04T20:00"}
DEVICE = "account,kind,value\nacc,phone,P-1\nown,phone,P-1"


def straw(out: str, time: str) -> Tables:
    return {**STRAW, "payments": STRAW["payments"].format(out=out, time=time)}


KEPT = straw(**LATE)
PAIR: Tables = {
    "persons": "id,name\none,One\nother,Other",
    "accounts": "id,platform,holder\na,qq,one\nb,qq,other\nclient,qq,\nsource,qq,",
    "identifiers": """account,kind,value,since,until
        a,device,D,,
        b,device,D,,""",
    "payments": """id,payer,payee,amount,currency,time
        pa,client,a,5.00,CNY,2020-05-01
        pb,client,b,5.00,CNY,2020-05-02""",
    "batches": "id,label\nlist,List\nmore,More",
    "deals": "id,seller,buyer,batch,quantity,time",
    "ties": "id,a,kind,b,since,until",
}
BURST: Tables = {
    "sources": "id,title,covers_from,covers_to\nfull,Full,2020-01-01,2021-12-31",
    "persons": "id,name\nuser,User",
    "accounts": "id,platform,opened\nacc,bank,2021-03-01\none,bank,\ntwo,bank,",
    "controls": "id,person,account\ncontrol-acc,user,acc",
    "payments": """id,payer,payee,amount,currency,time,source
        p1,one,acc,1.00,CNY,2021-03-04,full
        p2,two,acc,1.00,CNY,2021-03-06,full
        p3,one,acc,1.00,CNY,2021-03-08,full
        rest,one,two,1.00,CNY,2021-03-30,full""",
}

CASES = [
    ("straw_account", "passed on too late", KEPT, 4, "supported"),
    ("straw_account", "passed on within a day, but less than nine tenths", straw(**LESS), 4, ""),
    ("straw_account", "nine tenths passed on within a day", straw(**PASSED), 6, "supported"),
    (
        "straw_account",
        "passed on, and the operator's phone was used",
        plus(straw(**PASSED), identifiers=DEVICE),
        8,
        "strong",
    ),
    (
        "straw_account",
        "a phone that the holder's own account used too is nobody's own",
        plus(KEPT, identifiers=DEVICE + "\nhome,phone,P-1"),
        4,
        "supported",
    ),
    (
        "straw_account",
        "the holder was paid a tenth",
        plus(KEPT, payments="thanks,own,home,100.00,CNY,2020-05-10,,ok"),
        5,
        "supported",
    ),
    (
        "straw_account",
        "more than a tenth is no small sum",
        plus(KEPT, payments="thanks,own,home,100.01,CNY,2020-05-10,,ok"),
        4,
        "supported",
    ),
    (
        "straw_account",
        "opened surely within seven days",
        change(KEPT, "accounts", "2019-01-01", "2020-04-28"),
        5,
        "supported",
    ),
    (
        "straw_account",
        "opened perhaps a week and a half before",
        change(KEPT, "accounts", "2019-01-01", "2020-04"),
        4,
        "supported",
    ),
    (
        "straw_account",
        "the holder uses the account too",
        plus(KEPT, controls="control-holder,holder,acc,,"),
        3,
        "lead",
    ),
    (
        "straw_account",
        "the holder's control had surely ended",
        plus(KEPT, controls="control-holder,holder,acc,2019,2019"),
        4,
        "supported",
    ),
    (
        "straw_account",
        "the holder is kin",
        plus(KEPT, ties="kin,holder,kin_of,operator,,"),
        3,
        "lead",
    ),
    (
        "straw_account",
        "the firm's account run by its owner: held back",
        change(
            plus(KEPT, ties="own-firm,operator,owns,firm,2015,"),
            "accounts",
            "acc,bank,holder",
            "acc,bank,firm",
        ),
        1,
        "set aside",
    ),
    (
        "straw_account",
        "a carer of somebody else says nothing",
        plus(KEPT, circumstances="id,kind,about,party\ncare,carer,buyer,operator"),
        4,
        "supported",
    ),
    (
        "straw_account",
        "carer of the holder",
        plus(KEPT, circumstances="id,kind,about,party\ncare,carer,holder,operator"),
        1,
        "set aside",
    ),
    ("shared_control", "one device", PAIR, 3, "lead"),
    (
        "shared_control",
        "a phone is less than a device",
        change(
            PAIR, "identifiers", "a,device,D,,\n        b,device", "a,phone,D,,\n        b,phone"
        ),
        2,
        "lead",
    ),
    (
        "shared_control",
        "an address agrees too",
        plus(PAIR, identifiers="a,address,Road 1,,\nb,address,Road 1,,"),
        5,
        "supported",
    ),
    (
        "shared_control",
        "uses surely overlap",
        change(
            PAIR,
            "identifiers",
            "a,device,D,,\n        b,device,D,,",
            "a,device,D,2020-01,\n        b,device,D,2019,2020-02",
        ),
        4,
        "supported",
    ),
    (
        "shared_control",
        "uses only perhaps overlap",
        change(
            PAIR,
            "identifiers",
            "a,device,D,,\n        b,device,D,,",
            "a,device,D,2020-01,\n        b,device,D,2019,2020-01",
        ),
        3,
        "lead",
    ),
    (
        "shared_control",
        "one sold to the other",
        plus(PAIR, deals="d,a,b,list,100,2020-06"),
        5,
        "supported",
    ),
    (
        "shared_control",
        "one bought what the other can have sold on",
        plus(PAIR, deals="d1,source,a,list,100,2020-06\nd2,b,client,list,100,2020-07"),
        5,
        "supported",
    ),
    (
        "shared_control",
        "both bought from one source: no two sides",
        plus(PAIR, deals="d1,source,a,list,100,2020-06\nd2,source,b,list,100,2020-07"),
        3,
        "lead",
    ),
    (
        "shared_control",
        "kin who share a device are not excused",
        plus(PAIR, ties="kin,one,spouse_of,other,,"),
        3,
        "lead",
    ),
    (
        "shared_control",
        "six accounts used it",
        plus(
            PAIR,
            accounts="c,qq,\nd,qq,\ne,qq,\nf,qq,",
            identifiers="c,device,D,,\nd,device,D,,\ne,device,D,,\nf,device,D,,",
        ),
        2,
        "lead",
    ),
    ("burner", "as it is", BURST, 6, "supported"),
    (
        "burner",
        "the controller has another account",
        plus(BURST, accounts="spare,bank,", controls="control-spare,user,spare"),
        7,
        "supported",
    ),
    (
        "burner",
        "one counterparty",
        change(BURST, "payments", "p2,two,acc", "p2,one,acc"),
        7,
        "supported",
    ),
    (
        "burner",
        "it comes back after the silence",
        plus(BURST, payments="late,one,acc,1.00,CNY,2021-09-01,full"),
        4,
        "supported",
    ),
    (
        "burner",
        "opened on a day that is not known, and not seen before",
        change(BURST, "accounts", "acc,bank,2021-03-01", "acc,bank,"),
        5,
        "supported",
    ),
    (
        "burner",
        "the controller lost the phone",
        plus(BURST, circumstances="id,kind,about\nlost,lost_phone,user"),
        4,
        "supported",
    ),
    (
        "burner",
        "the controller's other account was banned",
        plus(
            BURST,
            accounts="spare,bank,",
            controls="control-spare,user,spare",
            circumstances="id,kind,about\nban,platform_ban,control-spare",
        ),
        7,
        "supported",
    ),
    (
        "burner",
        "the name is shown by another afterwards",
        plus(
            BURST,
            personas="id,name\nname,Name",
            presents_as="account,persona,since\nacc,name,2021-03\ntwo,name,2021-03-09",
        ),
        8,
        "strong",
    ),
    (
        "burner",
        "the name is perhaps shown by another before the end",
        plus(
            BURST,
            personas="id,name\nname,Name",
            presents_as="account,persona,since\nacc,name,2021-03\ntwo,name,2021-03-08",
        ),
        6,
        "supported",
    ),
]


def run(tmp_path: Path, tables: Tables, typology: str) -> Report:
    return flag(write_case(tmp_path / "case", tables), [typology])


@pytest.mark.parametrize(
    ("typology", "tables", "weight", "level"),
    [(typology, tables, weight, level) for typology, _, tables, weight, level in CASES],
    ids=[f"{typology}: {name}" for typology, name, *_ in CASES],
)
def test_total_and_level(
    typology: str, tables: Tables, weight: int, level: str, tmp_path: Path
) -> None:
    found = run(tmp_path, tables, typology)
    if level == "set aside":
        assert (list(found.findings), found.set_aside) == ([], {typology: 1})
        return
    (finding,) = found.findings
    assert (total(finding), finding.level.label) == (weight, level or "supported")


def test_an_account_that_is_surely_old_is_not_new(tmp_path: Path) -> None:
    tables = change(BURST, "accounts", "acc,bank,2021-03-01", "acc,bank,2019-01-01")
    found = run(tmp_path, tables, "burner")
    assert (list(found.findings), found.set_aside) == ([], {})


def test_silence_that_no_source_covers_says_nothing(tmp_path: Path) -> None:
    tables = change(BURST, "sources", "2021-12-31", "2021-05-06")
    found = run(tmp_path / "one_day_short", tables, "burner")
    assert (list(found.findings), found.set_aside) == ([], {})
    tables = change(BURST, "sources", "2021-12-31", "2021-05-07")
    assert run(tmp_path / "enough", tables, "burner").findings


def test_several_holders_are_told_of_each_account(tmp_path: Path) -> None:
    tables = plus(
        KEPT,
        accounts="second,bank,buyer,",
        controls="control-second,operator,second,,",
        payments="p2,client,second,7.00,CNY,2020-06-01,,ok",
    )
    found = run(tmp_path, tables, "straw_account").findings
    assert {(f.roles["account"], f.roles["holder"], total(f)) for f in found} == {
        (("acc",), ("holder",), 6),
        (("second",), ("buyer",), 4),
    }


def test_three_accounts_are_one_finding_and_a_new_one_is_a_new_id(tmp_path: Path) -> None:
    (pair,) = run(tmp_path / "pair", PAIR, "shared_control").findings
    more = plus(PAIR, identifiers="b,card,C,,\nclient,card,C,,")
    (group,) = run(tmp_path / "group", more, "shared_control").findings
    assert group.roles["accounts"] == ("a", "b", "client")
    assert group.id != pair.id
    assert seen(group)["figures"] == {"accounts": {"count": 3, "bound": "exact"}}


def test_uses_surely_apart_join_no_two_groups(tmp_path: Path) -> None:
    tables = plus(
        PAIR,
        identifiers="""client,card,C,,
            source,card,C,,
            b,phone,P,2018,2018
            client,phone,P,2020,""",
        payments="ps,client,source,5.00,CNY,2020-05-03",
    )
    found = run(tmp_path, tables, "shared_control")
    assert {f.roles["accounts"] for f in found.findings} == {("a", "b"), ("client", "source")}
    assert found.set_aside == {"shared_control": 1}


@pytest.mark.parametrize("typology", ["straw_account", "shared_control"])
def test_an_identifier_of_eleven_accounts_links_nobody(typology: str, tmp_path: Path) -> None:
    guests = [f"g{i}" for i in range(9)]
    tables = {
        "persons": "id,name\nholder,Holder\noperator,Operator",
        "accounts": "id,platform,holder\nacc,qq,holder\nown,qq,operator\nclient,qq,\n"
        + "\n".join(f"{g},qq," for g in guests),
        "controls": "person,account\noperator,own",
        "identifiers": "account,kind,value\n"
        + "\n".join(f"{a},device,CAFE" for a in ("acc", "own", *guests)),
        "batches": "id,label\nlist,List",
        "deals": "id,seller,buyer,batch\nsale,acc,client,list\nother,client,own,list",
    }
    found = run(tmp_path / "eleven", tables, typology)
    assert (list(found.findings), found.set_aside) == ([], {})
    assert [t for t in found.truncated if typology in t and "11 accounts" in t]
    tables["identifiers"] = tables["identifiers"].removesuffix("\ng8,device,CAFE")
    found = run(tmp_path / "ten", tables, typology)
    assert {f.typology for f in found.findings} == {typology}
    assert found.truncated == ()


def test_a_paid_back_payment_and_a_failed_one_move_nothing(tmp_path: Path) -> None:
    tables = change(KEPT, "payments", "deal,status", "deal,status,refunds")
    tables = plus(
        tables,
        payments="""back,acc,client,1000.00,CNY,2020-05-05,,ok,in
            lost,client,acc,77.00,CNY,2020-05-05,,failed,""",
    )
    (finding,) = run(tmp_path, tables, "straw_account").findings
    assert finding.events == ("out",)  # the sale was paid back in full with it
    assert seen(finding)["figures"] == {
        "amount": {"amount": "900.00", "currency": "CNY", "bound": "exact"}
    }
    assert {"in", "back", "lost"} <= {fact for o in finding.against for fact in o.facts}
