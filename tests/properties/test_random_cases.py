"""Random small cases: whatever is entered, findings keep the promises of their contract."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from graphmodel.case import Case
from tests.examples.tables import write_case
from tests.unit.derive.small_cases import persons

PEOPLE = "a b c d"
PARTY = st.sampled_from([*PEOPLE.split(), "x1", "x2"])
TIME = st.sampled_from(["", "2019", "2019-03", "2019-03-14", "2019-04", "2019-03/2019-08"])
NUMBER = st.sampled_from(["", "5000", "12345", "37002"])
PRICE = st.sampled_from(["", "0", "100.00", "250.50"])
CURRENCY = st.sampled_from(["", "", "CNY", "USDT"])
BOUND = st.sampled_from(["", "exact", "at_least", "about", "at_most"])
KIND = st.sampled_from(["", "", "gift", "barter", "sample"])
BATCH = st.sampled_from(["", "b1", "b1", "b2"])
TIE = st.sampled_from(["spouse_of", "kin_of", "agent_of", "employs", "owns"])

DEAL = st.tuples(PARTY, PARTY, BATCH, KIND, NUMBER, BOUND, PRICE, BOUND, CURRENCY, TIME)
TIES = st.tuples(st.sampled_from(PEOPLE.split()), TIE, st.sampled_from(PEOPLE.split()))


@settings(max_examples=15)
@given(st.lists(DEAL, max_size=6), st.lists(TIES, max_size=3, unique=True))
def test_findings_of_any_case_can_be_followed(
    deals: list[tuple[str, ...]], ties: list[tuple[str, str, str]]
) -> None:
    lines = [",".join((f"d{i}", *row)) for i, row in enumerate(deals)]
    header = "id,seller,buyer,batch,kind,quantity,quantity_bound,total,total_bound,currency,time"
    tables = {
        "persons": persons(PEOPLE),
        "accounts": "id,platform,holder\nx1,qq,a\nx2,qq,",
        "controls": "person,account\nb,x1",
        "batches": "id,category\nb1,other\nb2,other",
        "deals": "\n".join([header, *lines]),
        "ties": "\n".join(["a,kind,b", *(",".join(t) for t in ties if t[0] != t[2])]),
    }
    with (
        tempfile.TemporaryDirectory() as scratch,
        Case.open(write_case(Path(scratch) / "case", tables)) as case,
    ):
        assert list(case.imported.rejects) == []
        report = case.flag()
        assert case.flag() == report
    ids = [finding.id for finding in report.findings]
    assert len(set(ids)) == len(ids)
    levels = [finding.level for finding in report.findings]
    assert levels == sorted(levels, reverse=True)
    for finding in report.findings:
        rows = {row.fact for row in finding.evidence}
        assert set(finding.events) <= rows
        assert {fact for signal in finding.signals for fact in signal.facts} <= rows
        assert {fact for objection in finding.against for fact in objection.facts} <= rows
        assert finding.summary.zh
        assert finding.summary.en
        finding.to_json("zh")
