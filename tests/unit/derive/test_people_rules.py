"""Who acts through what, who is a party, who is related, who stands for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.derive.small_cases import open_case, pairs, persons, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphmodel.case import Case

FOREVER = 10**15


def accounts_table() -> str:
    """Return a table of accounts; a person holds two of them."""
    free = ["free", "lone1", "lone2", "dev1", "dev2", "shop", "pre", "post"]
    free += [f"cafe{i}" for i in range(11)]
    held = ["id,platform,holder", "held,qq,h", "heldonly,qq,h"]
    return "\n".join([*held, *(f"{one},qq," for one in free)])


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Return a case about accounts: holders, controllers, shared identifiers, a hub."""
    users = "\n".join(f"cafe{i},ip,10.0.0.1,,\ncafe{i},device,hub,," for i in range(11))
    with open_case(
        tmp_path_factory.mktemp("people") / "case",
        persons=persons("h c late one two boss staff son"),
        accounts=accounts_table(),
        controls="""person,account,since,until
        c,held,2019,2019-12
        late,free,2020,
        one,dev1,,
        one,cafe0,,
        two,cafe1,,
        boss,shop,,
        staff,shop,,
        one,pre,2018,2018-06
        two,pre,2019,2019-06
        """,
        identifiers=f"""account,kind,value,since,until
        dev1,device,D,2019,2019-06
        dev2,device,D,2019-04,2019-12
        lone1,phone,P,2018,2018-12
        lone2,phone,P,2019,2019-12
        heldonly,phone,Q,,
        lone1,phone,Q,,
        post,ip,10.1.1.1,,
        lone2,ip,10.1.1.1,,
        {users}
        """,
        ties="""a,kind,b,since,until
        boss,employs,staff,,
        h,spouse_of,c,2010,
        son,kin_of,h,,
        """,
        payments="""id,payer,payee,amount,time
        p18,held,free,1,2018-05-01
        p19,held,free,1,2019-05-01
        p20,held,free,1,2020-05-01
        pdev,dev2,lone1,1,2019-05-01
        pdev18,dev2,lone1,1,2018-05-01
        popen,held,free,1,
        """,
    ) as case:
        yield case


def test_acts_through_by_control_by_holding_and_by_identifier(accounts: Case) -> None:
    found = rows(accounts, "ACTS_THROUGH", "basis", "strength")
    assert found == {
        ("c", "held", "controls", "stated"),
        ("h", "held", "holds", "stated"),
        ("h", "heldonly", "holds", "stated"),
        ("late", "free", "controls", "stated"),
        ("one", "dev1", "controls", "stated"),
        ("one", "dev2", "identifier", "inferred"),
        ("one", "cafe0", "controls", "stated"),
        ("two", "cafe1", "controls", "stated"),
        ("boss", "shop", "controls", "stated"),
        ("staff", "shop", "controls", "stated"),
        ("one", "pre", "controls", "stated"),
        ("two", "pre", "controls", "stated"),
    }


def test_a_derived_fact_holds_while_all_it_rests_on_holds(accounts: Case) -> None:
    times = ("since_t0", "since_t1", "until_t0", "until_t1")
    text = (
        "MATCH (:Person)-[r:ACTS_THROUGH]->(a:Account) WHERE a.id = 'dev2' "
        f"RETURN {', '.join(f'r.{name} AS {name}' for name in times)}, r.grounds AS grounds"
    )
    ((*held, grounds),) = accounts.query(text).rows
    used = accounts.query(
        "MATCH (a:Account)-[u:USED]->(i:Identifier) WHERE i.value = 'D' "
        f"RETURN a.id AS a, {', '.join(f'u.{name} AS {name}' for name in times)}, u.id AS u"
    ).rows
    first = {row[0]: row[1:5] for row in used}
    # from the later start (April) to the earlier end (June); the control has no known start
    assert held[0] == first["dev2"][0]
    assert held[1] == FOREVER
    assert held[2:] == list(first["dev1"][2:])
    assert isinstance(grounds, list)
    assert {row[5] for row in used} < set(grounds)
    assert len(grounds) == 3


def test_parties_of_events(accounts: Case) -> None:
    found = {row for row in rows(accounts, "PARTY", "role") if row[0] != "popen"}
    assert found == {
        # a holder counts only while no other person may control the account
        ("p18", "h", "PAYER"),
        ("p19", "c", "PAYER"),
        ("p20", "h", "PAYER"),
        # where nobody may act through it the account stands for itself
        ("p18", "free", "PAYEE"),
        ("p19", "free", "PAYEE"),
        ("p20", "late", "PAYEE"),
        ("pdev", "one", "PAYER"),
        ("pdev18", "dev2", "PAYER"),
        ("pdev", "lone1", "PAYEE"),
        ("pdev18", "lone1", "PAYEE"),
    }


def test_an_event_of_unknown_time_has_every_possible_party(accounts: Case) -> None:
    found = {row[1:] for row in rows(accounts, "PARTY", "role") if row[0] == "popen"}
    assert found == {("c", "PAYER"), ("late", "PAYEE")}


def test_related_by_ties_accounts_and_identifiers_never_by_employment(accounts: Case) -> None:
    assert pairs(accounts, "RELATED", "basis") == {
        ("c", "h", "spouse"),
        ("h", "son", "kin"),
        # c and h both act through `held`, in 2019
        ("c", "h", "account"),
        # an account is related only where nobody is known behind it
        ("h", "lone1", "identifier"),
        ("lone2", "post", "identifier"),
    }


def test_uses_apart_in_time_relate_nobody(accounts: Case) -> None:
    found = {row[:2] for row in pairs(accounts, "RELATED", "basis")}
    assert ("lone1", "lone2") not in found
    assert ("one", "two") not in found


def test_an_identifier_of_too_many_accounts_relates_nobody_and_is_reported(accounts: Case) -> None:
    found = {str(party) for row in pairs(accounts, "RELATED") for party in row}
    assert not {party for party in found if party.startswith("cafe")}
    told = [line for line in accounts.flag(graph=False).truncated if "identifiers" in line]
    assert len(told) == 2
    assert all("11 accounts" in line and "max_accounts 10" in line for line in told)


@pytest.fixture(scope="module")
def agents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Return a case about agents."""
    with open_case(
        tmp_path_factory.mktemp("agents") / "case",
        persons=persons("a b p firm owner clerk x s") + "\nfirm2,F",
        ties="""a,kind,b,since,until,disclosed
        a,agent_of,p,2018,2019-06,no
        firm,employs,clerk,2018,,yes
        owner,owns,firm,2019,,
        firm2,employs,owner,2010,2012,
        owner,owns,firm2,2013,,
        """,
        deals="""id,seller,buyer,seller_agent,buyer_agent,time
        d1,s,p,x,b,2019-03
        d2,s,p,,,2019-03
        d3,s,p,s,,2019-03
        """,
    ) as case:
        yield case


def test_stands_for(agents: Case) -> None:
    assert rows(agents, "STANDS_FOR", "basis", "at", "disclosed") == {
        ("a", "p", "agent", None, "no"),
        ("clerk", "firm", "employee", None, "yes"),
        ("clerk", "owner", "owner", None, "yes"),
        ("owner", "firm2", "employee", None, None),
        # named in a deal: there and nowhere else; nobody stands for himself
        ("b", "p", "deal", "d1", None),
        ("x", "s", "deal", "d1", None),
    }


def test_an_owners_tie_holds_while_both_hold(agents: Case) -> None:
    rows_ = agents.query(
        "MATCH (a)-[r:STANDS_FOR]->(b) WHERE r.basis = 'owner' "
        "MATCH (o)-[w:OWNS]->(f) WHERE f.id = 'firm' "
        "RETURN a.id AS a, r.since_t0 = w.since_t0 AS starts, size(r.grounds) AS grounds"
    ).rows
    assert rows_ == [("clerk", True, 2)]


def test_employment_is_never_related(agents: Case) -> None:
    assert rows(agents, "RELATED") == set()


def test_employer_and_employee_at_one_account_are_not_related_by_its_own_device(
    tmp_path: Path,
) -> None:
    with open_case(
        tmp_path / "case",
        persons=persons("boss staff"),
        accounts="id,platform\nshop,qq",
        controls="person,account\nboss,shop\nstaff,shop",
        ties="a,kind,b\nboss,employs,staff",
        identifiers="""account,kind,value,since,until
        shop,device,D,2018,2019
        shop,device,D,2019,2020
        """,
    ) as case:
        assert rows(case, "RELATED") == set()
