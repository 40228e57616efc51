"""Texts that break or attack: each by a name, with the parameters it is asked with.

`HOSTILE` are refused; `NASTY` look like an attack and are proper queries, each with its answer.
"""

from __future__ import annotations

from typing import Any, NamedTuple

READ = "MATCH (a:Person) "


class Asked(NamedTuple):
    """A text, its parameters, and a word that the reason holds."""

    text: str
    params: dict[str, Any]
    reason: str = ""


def _asked(text: str, reason: str = "", **params: object) -> Asked:
    return Asked(text, params, reason)


def _nested(opening: str, inside: str, closing: str, times: int) -> str:
    return f"RETURN {opening * times}{inside}{closing * times} AS x"


INJECTION = {
    "sql behind a string": _asked(READ + "WHERE a.id = 'x'; DROP TABLE graph.n1; --' RETURN 1"),
    "sql behind an escaped quote": _asked(READ + r"WHERE a.id = '\u0027; DROP TABLE x; --' RETURN"),
    "escape closes a string": _asked(
        r"RETURN 'a\u0027 AS x UNION MATCH (a) DETACH DELETE a RETURN 1 AS x", "outside"
    ),
    "escape opens a comment": _asked(r"RETURN 1 \u002f\u002a AS x", "comment"),
    "a comment hides the end": _asked("MATCH (a) RETURN 1 AS x // ' \n ; DROP TABLE graph.n1"),
    "a comment in a comment": _asked("RETURN /* /* */ */ 1 AS x"),
    "a comment not closed": _asked("RETURN 1 AS x /* ; DROP TABLE graph.n1", "comment"),
    "sql in a quoted column": _asked(
        'MATCH (a) RETURN 1 AS `x"; DROP TABLE graph.n1; --', "quoted"
    ),
    "sql in a quoted label": _asked('MATCH (a:`Person" AS x; DROP TABLE y; --`) RETURN 1 AS x'),
    "sql in a quoted property": _asked('MATCH (a) RETURN a.`id" FROM graph.n1; --` AS x'),
    "sql in a quoted function": _asked("RETURN `read_csv`('/etc/passwd') AS x", "function"),
    "sql in a quoted parameter": _asked('RETURN $`a"b; DROP TABLE x` AS x', "no value"),
    "a backtick in a name": _asked("MATCH (`a``b`:`Person) RETURN 1 AS x", "quoted"),
    "union with sql": _asked("MATCH (a) WHERE a.id = 'x' UNION SELECT * FROM graph.n1", "RETURN"),
    "a table function": _asked("RETURN read_csv('/etc/passwd') AS x", "function read_csv"),
    "a text function of the database": _asked("RETURN read_text('/etc/passwd') AS x", "function"),
    "a table as a label": _asked("MATCH (a:`graph.n1`) RETURN 1 AS x", "label"),
    "an inner column": _asked("MATCH (a) RETURN a._id AS x", "property _id"),
    "a setting": _asked("RETURN current_setting('secret_directory') AS x", "function"),
    "a macro": _asked("RETURN error('x') AS x", "function"),
    "copy": _asked("COPY graph.n1 TO 'out.csv'", "COPY"),
    "attach": _asked("ATTACH 'other.duckdb' AS other", "ATTACH"),
    "pragma": _asked("PRAGMA database_list", "PRAGMA"),
    "install": _asked("INSTALL httpfs", "not expected"),
    "two queries": _asked("RETURN 1 AS x; RETURN 2 AS y", "semicolon"),
    "sql alone": _asked("SELECT * FROM graph.n1", "SELECT"),
    "a parameter as a label": _asked("MATCH (a:$p) RETURN 1 AS x", p="Person"),
    "a parameter as a property": _asked("MATCH (a) RETURN a.$p AS x", p="id"),
    "a parameter as a type": _asked("MATCH (a)-[:$p]->() RETURN 1 AS x", p="KNOWS"),
    "old parameters": _asked("RETURN {p} AS x", p=1),
}
WRITES = {
    word.split()[0].lower() + (" after a match" if word.startswith("M") and " n" in word else "")
    + f" {number}": _asked(word, word.split()[0] if not word.startswith("MATCH") else "outside")
    for number, word in enumerate(
        (
            "CREATE (n:Person {id: 'x'})", "MERGE (n:Person {id: 'x'})", "MATCH (n) SET n.x = 1",
            "MATCH (n) SET n:Boss", "MATCH (n) DELETE n", "MATCH (n) DETACH DELETE n",
            "MATCH (n) NODETACH DELETE n", "MATCH (n) REMOVE n.id", "INSERT (n:Person)",
            "MATCH (n) FOREACH (m IN [n] | SET m.x = 1)", "DROP INDEX x",
            "LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l",
            "LOAD CSV WITH HEADERS FROM 'http://localhost:1/x' AS l RETURN l",
            "CALL db.labels()", "CALL apoc.load.json('http://localhost:1/x') YIELD value RETURN 1",
            "CALL { MATCH (n) RETURN n }", "CALL dbms.shutdown()", "CYPHER 5 RETURN 1 AS x",
            "CYPHER runtime=slotted RETURN 1 AS x", "EXPLAIN RETURN 1 AS x",
            "PROFILE RETURN 1 AS x", "USE neo4j RETURN 1 AS x", "SHOW DATABASES",
            "SHOW FUNCTIONS", "START n=node(*) RETURN n", "GRANT READ ON GRAPH * TO x",
            "ALTER USER x SET PASSWORD 'y'", "TERMINATE TRANSACTION 'x'", "STOP DATABASE x",
        )
    )
}  # fmt: skip
DEPTH = {
    "100,000 parentheses": _asked(_nested("(", "1", ")", 100_000), "characters"),
    "40,000 parentheses": _asked(_nested("(", "1", ")", 40_000), "nested"),
    "90 parentheses": _asked(_nested("(", "1", ")", 90), "nested"),
    "10,000 lists": _asked(_nested("[", "1", "]", 10_000), "nested"),
    "lists never closed": _asked("RETURN " + "[" * 90_000, "nested"),
    "closings never opened": _asked("RETURN 1" + ")" * 90_000, "closes nothing"),
    "10,000 maps": _asked(_nested("{a: ", "1", "}", 10_000), "nested"),
    "10,000 CASE": _asked(_nested("CASE WHEN true THEN ", "1", " END", 2_000), "words"),
    "120 CASE": _asked(_nested("CASE WHEN true THEN ", "1", " END", 120), "deep"),
    "120 NOT": _asked(_nested("NOT ", "true", "", 120), "deep"),
    "2,900 signs": _asked(_nested("-", "1", "", 2_900), "deep"),
    "10,000 NOT": _asked(_nested("NOT ", "true", "", 10_000), "words"),
    "50,000 signs": _asked(_nested("-", "1", "", 50_000), "words"),
    "a property of a property": _asked("WITH {a: 1} AS m RETURN m" + ".a" * 1_400, "deep"),
    "an element of an element": _asked("RETURN [1]" + "[0]" * 900 + " AS x", "deep"),
    "10,000 EXISTS": _asked(
        READ + "WHERE " + "EXISTS { (a)-->(b) WHERE " * 3_000 + "true" + " }" * 3_000, "nested"
    ),
    "70 EXISTS": _asked(
        READ + "WHERE " + "EXISTS { (a)-->() WHERE " * 70 + "true" + " }" * 70 + " RETURN 1 AS x"
    ),
    "calls of calls": _asked(_nested("toString(", "1", ")", 5_000), "nested"),
    "a sum of many": _asked("RETURN " + " + ".join(["1"] * 1_400) + " AS x", "deep"),
    "powers": _asked("RETURN " + "^".join(["2"] * 1_400) + " AS x", "deep"),
    "quantifiers": _asked(_nested("all(x IN [1] WHERE ", "true", ")", 3_000), "nested"),
    "comprehensions": _asked(_nested("[x IN ", "[1]", "]", 9_000), "nested"),
    "reductions": _asked(_nested("reduce(s = 0, x IN [1] | ", "1", ")", 3_000), "nested"),
    "comments in comments": _asked("*/" * 1_400 + " RETURN 1 AS x", "comment"),
}
LENGTH = {
    "a megabyte of string": _asked("RETURN '" + "a" * 1_000_000 + "' AS x", "1,000,014"),
    "a million tokens": _asked("RETURN " + "1," * 1_000_000 + "1", "characters"),
    "100,000 items": _asked("RETURN [" + "1," * 100_000 + "1] AS x", "characters"),
    "40,000 items": _asked("RETURN [" + "1," * 40_000 + "1] AS x", "words"),
    "100,000 UNION": _asked(" UNION ".join(["RETURN 1 AS x"] * 100_000), "characters"),
    "4,000 UNION": _asked(" UNION ".join(["RETURN 1 AS x"] * 4_000), "words"),
    "100,000 OR": _asked("RETURN " + " OR ".join(["true"] * 100_000) + " AS x", "characters"),
    "12,000 OR": _asked("RETURN " + " OR ".join(["true"] * 12_000) + " AS x", "words"),
    "15,000 hops": _asked("MATCH ()" + "-->()" * 15_000 + " RETURN 1 AS x", "words"),
    "10,000 clauses": _asked("MATCH (a) " * 9_000 + "RETURN 1 AS x", "words"),
    "10,000 columns": _asked("RETURN " + ", ".join(f"1 AS c{i}" for i in range(6_000)), "words"),
    "a name of 90,000": _asked("RETURN " + "a" * 90_000, "variable"),
    "a quoted name of 90,000": _asked("RETURN `" + "a" * 90_000 + "`", "variable"),
    "a number of 90,000": _asked("RETURN " + "9" * 90_000 + " AS x", "64 bits"),
    "hexadecimal of 90,000": _asked("RETURN 0x" + "f" * 90_000 + " AS x", "64 bits"),
    "an exponent of 90,000": _asked("RETURN 1e" + "9" * 90_000 + " AS x", "too large"),
    "a string never closed": _asked("RETURN '" + "a" * 90_000, "not closed"),
    "quotes of 5,000": _asked("RETURN " + "'" * 5_001, "not closed"),
    "escapes of 90,000": _asked("RETURN '" + "\\" * 90_000, "not closed"),
    "unicode escapes": _asked("RETURN " + "\\u0028" * 15_000, "nested"),
    "blanks": _asked(" " * 90_000, "empty"),
    "new lines": _asked("\n" * 90_000 + "x", "not expected"),
    "semicolons": _asked("RETURN 1 AS x" + ";" * 80_000 + "x", "semicolon"),
    "backticks": _asked("RETURN " + "`" * 89_999, "quoted"),
    "slashes": _asked("RETURN 1" + " /" * 2_900, "not expected"),
    "300 hops": _asked("MATCH ()" + "-->()" * 300 + " RETURN 1 AS x", "hops"),
    "a list with a mistake at its end": _asked("RETURN [" + "1," * 1_450 + "1 1] AS x", "not exp"),
    "a name at the end of many": _asked("RETURN [" + "1," * 1_450 + "1] AS x, y AS z", "variable"),
    "arrows": _asked("MATCH (a)" + "-" * 2_900 + "(b) RETURN 1 AS x", "not expected"),
    "brackets and arrows": _asked("MATCH (a)" + "<-[" * 20_000 + " RETURN 1 AS x", "nested"),
}
SIGNS = {
    "Cyrillic variable": _asked("MATCH (а:Person) RETURN a.id", "variable a"),
    "Cyrillic in a keyword": _asked("MАTCH (a) RETURN 1 AS x", "not expected"),
    "Cyrillic label": _asked("MATCH (a:Реrsоn) RETURN 1 AS x", "label"),
    "Greek property": _asked("MATCH (a:Person) RETURN a.Νame AS x", "property"),
    "full-width keyword": _asked("ＭＡＴＣＨ (a) RETURN 1 AS x", "not expected"),
    "full-width brackets": _asked("MATCH （a） RETURN 1 AS x", "（"),
    "full-width stop": _asked("MATCH (a) RETURN a．id AS x", "．"),
    "full-width comma": _asked("RETURN 1 AS x，2 AS y", "，"),
    "Chinese quotes": _asked("RETURN “a” AS x", "“"),
    "Chinese semicolon": _asked("RETURN 1 AS x；", "；"),
    "typographic minus": _asked("RETURN 2 − 1 AS x", "−"),
    "typographic arrow": _asked("MATCH (a)→(b) RETURN 1 AS x", "→"),
    "zero-width joiner": _asked("MATCH (a\u200d) RETURN 1 AS x", "U+200D"),
    "right-to-left override": _asked("RETURN \u202e1 AS x", "U+202E"),
    "isolate": _asked("RETURN 1 AS x\u2066", "U+2066"),
    "NUL in the text": _asked("RETURN 1\0 AS x", "U+0000"),
    "NUL in a string": _asked("RETURN '\\u0000' AS x", "U+0000"),
    "NUL in a name": _asked("RETURN `a\0b` AS x"),
    "control characters": _asked("\x01\x02\x03", "U+0001"),
    "escape sequence": _asked("RETURN \x1b[31m1 AS x", "U+001B"),
    "lone surrogate": _asked("RETURN \ud800 AS x", "alone"),
    "surrogates the wrong way round": _asked("RETURN '\\uDC00\\uD800' AS x", "alone"),
    "half an escape": _asked("RETURN '\\uD83D' AS x", "alone"),
    "short escape": _asked("RETURN '\\u12' AS x", "escape"),
    "unknown escape": _asked(r"RETURN '\q' AS x", "escape"),
    "an emoji as a name": _asked("MATCH (😀) RETURN 1 AS x", "😀"),
    "U+2028 in the place of a blank": _asked("RETURN\u20281 AS x\u2028y", "not expected"),
    "soft hyphen": _asked("RET\u00adURN 1 AS x"),
    "dotless i": _asked("LıMIT 1", "not expected"),
    "long s": _asked("ſKIP 1", "not expected"),
    "Arabic digits": _asked("RETURN ١٢ AS x"),
    "superscript": _asked("RETURN 2² AS x"),
}
NUMBERS = {
    "beyond 64 bits": _asked("RETURN 9223372036854775808 AS x", "64 bits"),
    "below 64 bits": _asked("RETURN -9223372036854775809 AS x", "64 bits"),
    "float too large": _asked("RETURN 1e999 AS x", "too large"),
    "a number and a name": _asked("RETURN 12abc AS x", "runs into"),
    "hexadecimal without digits": _asked("RETURN 0x AS x", "runs into"),
    "two points": _asked("RETURN 1.2.3 AS x"),
    "overflow": _asked("RETURN 9223372036854775807 + 1 AS x", "64 bits"),
    "product overflow": _asked("RETURN 4611686018427387904 * 4 AS x", "64 bits"),
    "division by zero": _asked("RETURN 1 / 0 AS x", "zero"),
    "endless range": _asked("RETURN range(1, 9223372036854775807) AS x", "range"),
    "range without a step": _asked("RETURN range(1, 2, 0) AS x", "step"),
    "hops without end": _asked("MATCH (a)-[*]->(b) RETURN 1 AS x", "upper bound"),
    "many hops": _asked("MATCH (a)-[*1..99999999999999999999]->(b) RETURN 1 AS x", "hops"),
    "negative limit": _asked("MATCH (a) RETURN 1 AS x LIMIT -1", "negative"),
    "a limit of text": _asked("MATCH (a) RETURN 1 AS x LIMIT $p", "LIMIT", p="1; DROP TABLE x"),
    "a skip beyond 64 bits": _asked("MATCH (a) RETURN 1 AS x SKIP 99999999999999999999", "64"),
    "a pattern that explodes": _asked("RETURN 'a' =~ '(?R)' AS x", "pattern"),
    "a pattern with a look-behind": _asked("RETURN 'a' =~ '(?<=a)b' AS x", "pattern"),
    "a pattern with a back-reference": _asked(r"RETURN 'aa' =~ '(a)\\1' AS x", "pattern"),
}
NAMES = {
    "a column twice": _asked("RETURN 1 AS x, 2 AS x", "twice"),
    "a key twice": _asked("RETURN {a: 1, a: 2} AS x", "twice"),
    "a variable twice": _asked("UNWIND [1] AS x UNWIND [2] AS x RETURN x", "exists already"),
    "a node as a relationship": _asked("MATCH (a)-[a]->() RETURN 1 AS x"),
    "an unknown label": _asked("MATCH (a:Person:Ghost) RETURN 1 AS x", "label Ghost"),
    "an unknown type": _asked("MATCH ()-[:KNOW]->() RETURN 1 AS x", "KNOW"),
    "an unknown property": _asked(READ + "RETURN a.nme AS x", "nme"),
    "an unknown function": _asked("RETURN version() AS x", "function version"),
    "a function that differs": _asked("RETURN rand() AS x", "outside"),
    "empty": _asked("", "empty"),
    "only a comment": _asked("// nothing", "too early"),
    "only a keyword": _asked("MATCH", "too early"),
    "no return": _asked("MATCH (a)", "RETURN"),
}


class _Odd:
    """Something that is no value of Cypher."""

    def __str__(self) -> str:
        """Return a text that must not be taken for the value."""
        return "1); DROP TABLE graph.n1; --"


def _deep() -> list[object]:
    inner: list[object] = [1]
    for _ in range(20_000):
        inner = [inner]
    return inner


PARAMETERS = {
    "an object": _asked("RETURN $p AS x", "$p", p=_Odd()),
    "an object in a list": _asked("RETURN 1 IN $p AS x", "$p", p=[1, _Odd()]),
    "bytes": _asked("RETURN $p AS x", "bytes", p=b"1"),
    "a set": _asked("RETURN $p AS x", "set", p={1}),
    "a complex number": _asked("RETURN $p AS x", "complex", p=1j),
    "an integer beyond 64 bits": _asked("RETURN $p AS x", "64 bits", p=2**63),
    "a huge integer": _asked("RETURN $p AS x", "64 bits", p=10**5_000),
    "a map with a number as key": _asked("RETURN $p AS x", "keys", p={1: 2}),
    "a list nested 20,000 deep": _asked("RETURN $p AS x", "nested", p=_deep()),
    "a lone surrogate": _asked("RETURN $p AS x", "alone", p="a\ud800"),
    "a lone surrogate in a list": _asked("RETURN $p AS x", "alone", p=["a", "\udfff"]),
    "no value": _asked("RETURN $q AS x", "$q", p=1),
    "a text where a pattern stands": _asked("RETURN 'a' =~ $p AS x", "pattern", p="(?<=a)b"),
    "a boolean limit": _asked("MATCH (a) RETURN 1 AS x LIMIT $p", "LIMIT", p=True),
}
GROUPS: dict[str, dict[str, Asked]] = {
    "injection": INJECTION, "writes": WRITES, "depth": DEPTH, "length": LENGTH, "signs": SIGNS,
    "numbers": NUMBERS, "names": NAMES, "parameters": PARAMETERS,
}  # fmt: skip
HOSTILE = {f"{group}: {name}": asked for group, of in GROUPS.items() for name, asked in of.items()}

SQL = "'; DROP TABLE graph.n1; --"
NASTY: dict[str, tuple[Asked, list[tuple[object, ...]]]] = {
    "sql in a string": (_asked(f'RETURN "{SQL}" AS x'), [(SQL,)]),
    "sql as a parameter": (_asked("RETURN $p AS x", p=SQL), [(SQL,)]),
    "sql in a list": (_asked("UNWIND $p AS x RETURN x", p=[SQL, "b"]), [(SQL,), ("b",)]),
    "sql in a map": (_asked("RETURN $p.k AS x", p={"k": SQL}), [(SQL,)]),
    "sql compared": (_asked(READ + "WHERE a.name = $p RETURN a.id AS x", p=SQL), []),
    "sql as an alias": (_asked(f"RETURN 1 AS `{SQL}`"), [(1,)]),
    "sql as a key": (_asked(f"RETURN {{`{SQL}`: 1}} AS x"), [({SQL: 1},)]),
    "sql as a variable": (_asked(f"MATCH (`{SQL}`:Boss) RETURN `{SQL}`.id AS x"), [("p2",)]),
    "quotes in a string": (_asked(r"""RETURN 'a\'b"c``' AS x"""), [("a'b\"c``",)]),
    "a backtick in an alias": (_asked("RETURN 1 AS `a``b`"), [(1,)]),
    "a comment in a string": (_asked("RETURN '/* // */' AS x"), [("/* // */",)]),
    "a comment with quotes": (_asked("RETURN 1 /* ' \" ` */ AS x // '"), [(1,)]),
    "a long string": (_asked("RETURN '" + "a" * 5_000 + "' AS x"), [("a" * 5_000,)]),
    "a long parameter": (_asked("RETURN size($p) AS x", p="张" * 200_000), [(200_000,)]),
    "a percent and braces": (_asked("RETURN '%s {0} {x} $p' AS x"), [("%s {0} {x} $p",)]),
    "keywords as names": (_asked("MATCH (a:Boss) RETURN a.id AS return"), [("p2",)]),
    "Chinese names": (_asked("MATCH (人:Boss) RETURN 人.id AS 编号"), [("p2",)]),
    "Cyrillic twice": (_asked("MATCH (а:Boss) RETURN а.id AS x"), [("p2",)]),
    "an ideographic blank": (_asked("RETURN\u30001\u00a0AS\u2003x"), [(1,)]),
    "a byte order mark": (_asked("\ufeffRETURN\ufeff 1 AS x"), [(1,)]),
    "an escaped keyword": (_asked(r"\u0052ETURN 1 AS x"), [(1,)]),
    "an escape that closes a string": (_asked(r"RETURN 'a\u0027 AS x"), [("a",)]),
    "an emoji by escapes": (_asked(r"RETURN '\uD83D\uDE00' AS x"), [("😀",)]),
    "control characters in a string": (
        _asked("RETURN 'a\x1b[31m\u202e' AS x"),
        [("a\x1b[31m\u202e",)],
    ),
    "the smallest integer": (_asked("RETURN -9223372036854775808 AS x"), [(-(2**63),)]),
    "null as a parameter": (_asked("RETURN $p AS x", p=None), [(None,)]),
    "an infinite parameter": (_asked("RETURN $p AS x", p=float("inf")), [(float("inf"),)]),
    "700 conditions": (_asked("RETURN " + " AND ".join(["1 = 1"] * 700) + " AS x"), [(True,)]),
    "a semicolon at the end": (_asked("RETURN 1 AS x;"), [(1,)]),
    "70 parentheses": (_asked(_nested("(", "1", ")", 70)), [(1,)]),
}
