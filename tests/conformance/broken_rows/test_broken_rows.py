"""Every line of a broken case ends as a record, a counted duplicate or a named reject."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from graphmodel.sources.case_tables import read_case
from graphmodel.texts import catalogue

if TYPE_CHECKING:
    from pathlib import Path

KEPT, COPY = "kept", "copy"
LONG = "x" * 201

# a line of each table with what becomes of it: kept, copy, or (column, reason)
TABLES: dict[str, tuple[str, list[tuple[str, str | tuple[str, str]]]]] = {
    "sources": (
        "id,title,path,covers_from,covers_to,collected_at",
        [
            ("s1,good,,2019,2020,2019-05", KEPT),
            ("s2,ends before it begins,,2020,2019,", ("covers_to", "covers-reversed")),
            ("s3,no such day,,,,2019-02-30", ("collected_at", "time-bad")),
        ],
    ),
    "persons": (
        "id,name,kind,members,members_bound,certainty,source",
        [
            ("wu,Wu,person,,,,s1", KEPT),
            ("dong,Dong,,,,inferred,", KEPT),
            ("wang,Wang", KEPT),
            (' many , 群,group,"1,300",at_least,stated,', KEPT),
            ("full,Full width,group,１２,,,", KEPT),
            ("wu,Wu,person,,,,s1", COPY),
            ("wu,Another Wu,,,,,", ("id", "id-second")),
            (",No id,,,,,", ("id", "required")),
            ("p1,,person,,,,", ("name", "required")),
            ("p2,X,robot,,,,", ("kind", "choice")),
            ("p3,X,group,-3,,,", ("members", "number-negative")),
            ("p4,X,group,2.5,,,", ("members", "count-whole")),
            ("p5,X,group,1e3,,,", ("members", "number-bad")),
            ("p6,X,group,12,roughly,,", ("members_bound", "choice")),
            ("p7,X,,,,certain,", ("certainty", "choice")),
            ("p8,X,,,,,s9", ("source", "ref-unknown")),
            ("p9,X,,,,,s2", ("source", "named")),
            ("a;b,X,,,,,", ("id", "id-signs")),
            ("a\x07b,X,,,,,", ("id", "id-signs")),
            (f"{LONG},X,,,,,", ("id", "id-long")),
            ("unknown:wu,X,,,,,", ("id", "id-reserved")),
            ("unnamed:d1,X,,,,,", ("id", "id-reserved")),
            ("p10,X,,,,,,surplus", ("", "row-long")),
            ('p11,"X"y,,,,,', ("", "row-quoting")),
            ('p12,X"y,,,,,', ("", "row-quoting")),
            ('p13,"two\nlines",,,,,', KEPT),
            ('p14,"said ""yes""",,,,,', KEPT),
            ("p15,nul\x00,,,,,", ("name", "signs")),
            ("=1+1,formula,,,,,", KEPT),
        ],
    ),
    "accounts": (
        "id,platform,holder,opened",
        [
            ("wu-wx,wechat,wu,2018", KEPT),
            ("dong-wx,wechat,dong,", KEPT),
            ("wang-wx,wechat,wang,2019/3/14 9:30", KEPT),
            ("wu,wechat,,", ("id", "id-taken")),
            ("a1,wechat,nobody,", ("holder", "ref-unknown")),
            ("a2,wechat,p1,", ("holder", "named")),
            ("a3,wechat,,14.03.2019", ("opened", "time-bad")),
            ("a4,wechat,wu-wx,", ("holder", "ref-kind")),
        ],
    ),
    "controls": (
        "person,account,since,until,basis",
        [
            ("dong,wang-wx,2019-03,,used", KEPT),
            ("dong,wang-wx,2019-03,,used", COPY),
            ("dong,wang-wx,2019-03,,device", ("id", "id-made-second")),
            ("dong,wu-wx,2020,2019,used", ("until", "until-early")),
            ("dong,wu-wx,2019-03,2019,used", KEPT),
            ("dong,wu-wx,,,guess", ("basis", "choice")),
        ],
    ),
    "ties": (
        "a,kind,b,since,until,disclosed",
        [
            ("dong,spouse_of,wang,,,", KEPT),
            ("dong,agent_of,wu,2018-11,,no", KEPT),
            ("wu,spouse_of,wu,,,", ("b", "tie-self")),
            ("wu,hates,dong,,,", ("kind", "choice")),
            ("wu,employs,dong,,,perhaps", ("disclosed", "choice")),
            ("wu,owns,ghost,,,", ("b", "ref-unknown")),
            ("wu,employs,wu-wx,,,", ("b", "ref-kind")),
            ("wu-wx,member_of,many,,,", KEPT),
            # who employs whom may go in a circle; only a tie to oneself is refused
            ("wu,employs,dong,,,", KEPT),
            ("dong,employs,wu,,,", KEPT),
        ],
    ),
    "deals": (
        "id,seller,buyer,batch,quantity,unit_price,total,currency,time,after",
        [
            ("d1,wang-wx,wu-wx,,30000,0.15,,CNY,2019-03,", KEPT),
            ("d2,dong,wu-wx,,30000,0.55,16500,人民币,2019-03/2019-08,d1", KEPT),
            ("d3,wang-wx,nobody,,1,,,,,", ("buyer", "ref-unknown")),
            ("d4,wang-wx,wu-wx,,1,0.0000000001,,,,", ("unit_price", "number-fine")),
            ("d5,wang-wx,wu-wx,,1,-1,,,,", ("unit_price", "number-negative")),
            ("d6,wang-wx,wu-wx,,1,,1.005,,,", ("total", "number-fine")),
            ("d7,wang-wx,wu-wx,,1,,5.5,JPY,,", ("total", "number-fine")),
            ("d8,wang-wx,wu-wx,,1,,5,ZZZ,,", ("currency", "currency-unknown")),
            ("d9,wang-wx,wu-wx,,1,,5,¥,,", ("currency", "currency-sign")),
            ("d10,wang-wx,wu-wx,b9,1,,5,,,", ("batch", "ref-unknown")),
            ("d11,wang-wx,wu-wx,,1,,5,,2019-13,", ("time", "time-bad")),
            ("d12,wang-wx,wu-wx,,1,,5,,20190314,", ("time", "time-bad")),
            ("d13,wang-wx,wu-wx,,1,,5,,2019-W11,", ("time", "time-bad")),
            ("d14,wang-wx,wu-wx,,1,,5,,/,", ("time", "time-bad")),
            ("d15,wang-wx,wu-wx,,1,,5,,2019-08/2019-03,", ("time", "time-reversed")),
            ("d16,wang-wx,wu-wx,,1,,5,,0000,", ("time", "time-bad")),
            ("d17,wang-wx,wu-wx,,1,,5,,2018,d1", ("after", "after-impossible")),
            ("d18,wang-wx,wu-wx,,1,,5,,,d19", ("after", "named")),
            ("d19,wang-wx,wu-wx,,1,,5,,,d18", ("after", "after-circle")),
            ("d20,wang-wx,wu-wx,,1,,5,,,d20", ("after", "after-circle")),
            ("d21,wang-wx,wu-wx,,1,,5,,,d17", ("after", "named")),
            ("both,wang-wx,wu-wx,,1,,5,,,", KEPT),
        ],
    ),
    "payments": (
        "id;payer;payee;amount;currency;deal;refunds;time",
        [
            ("m1;wu-wx;wang-wx;4,500.00;;d1;;2019-03-14T24:00", KEPT),
            ("m2;wu-wx;wu-wx;1;;;;", KEPT),
            ("m3;wang-wx;wu-wx;1;USDT;;m1;2019-03-14T09:30:00.5Z", KEPT),
            ("m4;wu-wx;wang-wx;;;;;", ("amount", "required")),
            ("m5;wu-wx;wang-wx;￥5;;;;", ("amount", "number-bad")),
            ("m6;wu-wx;wang-wx;1 000;;;;", ("amount", "number-bad")),
            ("m7;wu-wx;wang-wx;1,00;;;;", ("amount", "number-bad")),
            ("m8;wu-wx;wang-wx;-5;;;;", ("amount", "number-negative")),
            ("m9;wu-wx;wang-wx;99999999999999999999;;;;", ("amount", "number-large")),
            ("m10;wu-wx;wang-wx;nan;;;;", ("amount", "number-bad")),
            ("m11;wu-wx;wang-wx;5;;d3;;", ("deal", "named")),
            ("m12;wu-wx;wang-wx;5;;d18;;", ("deal", "named")),
            ("m13;wu-wx;wang-wx;5;;both;;", ("deal", "ref-ambiguous")),
            ("m14;wu-wx;wang-wx;5;;deals:both;;", KEPT),
            ("m15;wu-wx;wang-wx;5;;m1;;", ("deal", "ref-kind")),
            ("m16;wu-wx;wang-wx;5;;;m16;", ("refunds", "refund-self")),
            ("m17;wu-wx;wang-wx;5;;;m11;", ("refunds", "named")),
            ("m18;wu-wx;wang-wx;5;;;;2019-03-14T25:00", ("time", "time-bad")),
            ("m19;wu-wx;wang-wx;5;;;;43538", ("time", "time-bad")),
            ("m20;wang-wx;wang;5;;;;", KEPT),
            ("both;wu-wx;wang-wx;5;;;;", KEPT),
            ('m21;wu-wx;wang-wx;5;;;"', ("", "row-quoting")),
        ],
    ),
    "circumstances": (
        "id,kind,about,party",
        [
            ("c1,fee,d1;m1,", KEPT),
            ("c2,fee,,", ("about", "required")),
            ("c3,gossip,d1,", ("kind", "choice")),
            ("c4,fee,d1;zz,", ("about", "ref-unknown")),
            ("c5,fee,d17,", ("about", "named")),
            ("c6,fee,both,", ("about", "ref-ambiguous")),
            ("c7,fee,c7,", ("about", "about-self")),
            ("c8,fee,s1,", ("about", "ref-no-fact")),
        ],
    ),
}


def template(code: str) -> re.Pattern[str]:
    words = re.split(r"\{[a-z]+\}", catalogue()[f"sources-reject-{code}"]["en"])
    return re.compile(".*".join(re.escape(word) for word in words), re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for table, (header, rows) in TABLES.items():
        text = "\n".join([header, *(line for line, _ in rows)])
        (tmp_path / f"{table}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def expected(path: str) -> dict[int, str | tuple[str, str]]:
    _, rows = TABLES[path.removesuffix(".csv")]
    lines, at = {}, 2
    for line, outcome in rows:
        lines[at] = outcome
        at += 1 + line.count("\n")
    return lines


def test_there_are_at_least_sixty_broken_rows() -> None:
    outcomes = [outcome for _, rows in TABLES.values() for _, outcome in rows]
    assert sum(isinstance(outcome, tuple) for outcome in outcomes) >= 60


def test_each_row_ends_as_expected(folder: Path) -> None:
    case = read_case(folder)
    assert {report.path for report in case.files} == {f"{table}.csv" for table in TABLES}
    for report in case.files:
        wanted = expected(report.path)
        outcomes = list(wanted.values())
        refused = {line: out for line, out in wanted.items() if isinstance(out, tuple)}
        rejects = {r.line: r for r in case.rejects if r.path == report.path}
        assert {line: r.column for line, r in rejects.items()} == {
            line: column for line, (column, _) in refused.items()
        }
        for line, (_, code) in refused.items():
            assert template(code).fullmatch(rejects[line].reason), (report.path, rejects[line])
        assert report.rows == len(wanted)
        assert (report.kept, report.duplicates) == (outcomes.count(KEPT), outcomes.count(COPY))
        assert report.rejected == len(refused)


def test_a_row_that_names_a_rejected_row_gives_the_first_cause(folder: Path) -> None:
    rejects = {(r.path, r.value): r for r in read_case(folder).rejects}
    named = rejects["payments.csv", "m11"].reason
    assert "deals.csv, line 4" in named
    assert named.count("names a row") == 1


def test_only_kept_rows_are_in_the_facts(folder: Path) -> None:
    facts = read_case(folder).facts
    assert set(facts.ids("Payment")) == {"m1", "m2", "m3", "m14", "m20", "payments:both"}
    assert set(facts.ids("Deal")) == {"d1", "d2", "deals:both"}
    assert set(facts.ids("Account")) == {
        "wu-wx", "dong-wx", "wang-wx", "unknown:dong", "unknown:wang",
    }  # fmt: skip


def test_reasons_are_given_in_chinese(folder: Path) -> None:
    reasons = {r.reason for r in read_case(folder, language="zh").rejects if r.column == "name"}
    assert "必填的 name 为空" in reasons


ROWS = ["id,payer,payee,amount,note", "p1,a,b,1,好", "p2,a,b,x,坏", "p3,a,b,3,行"]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("gb18030", "gb18030"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_give_the_same_rows(
    tmp_path: Path, encoding: str, name: str, newline: str
) -> None:
    (tmp_path / "payments.csv").write_bytes(newline.join(ROWS).encode(encoding))
    case = read_case(tmp_path)
    assert [report.encoding for report in case.files] == [name]
    assert [(r.line, r.column, r.value) for r in case.rejects] == [(3, "amount", "x")]
    assert list(case.facts.nodes["Payment"].columns["note"]) == ["好", "行"]


@pytest.mark.parametrize(
    ("encoding", "wrong"),
    [("utf-8", b"\xff"), ("utf-8-sig", b"\xc3"), ("gb18030", b"\xff"), ("utf-16-le", b"\x00\xd8")],
)
def test_bytes_outside_the_encoding_cost_one_row(
    tmp_path: Path, encoding: str, wrong: bytes
) -> None:
    lines = [line.encode(encoding.removesuffix("-sig")) for line in ROWS]
    lines[1] += wrong
    end = "\n".encode(encoding.removesuffix("-sig"))
    mark = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe"}.get(encoding, b"")
    (tmp_path / "payments.csv").write_bytes(mark + end.join(lines))
    case = read_case(tmp_path)
    assert [(r.line, r.column) for r in case.rejects] == [(2, "note"), (3, "amount")]
    assert list(case.facts.ids("Payment")) == ["p3"]
