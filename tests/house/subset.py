"""The subset of Cypher as a page: made from the grammar's own tables, each line with its answer.

What a function takes is found by compiling it with a value of each kind; every example is run, so
the page says nothing that does not work. `test_subset.py` looks for what the page leaves out.
"""

from __future__ import annotations

import json
from functools import cache

from graphmodel.errors import CypherError
from graphmodel.query import PropertyGraph, lexer, parameters, tree, tree_patterns
from graphmodel.query.expressions import AGGREGATES
from graphmodel.query.functions import _HINTS, GRAPH, NAMES, SCALAR
from graphmodel.query.parse import _OUTSIDE
from graphmodel.texts import text

CLAUSES = {
    "`MATCH`": "MATCH (p:Person) RETURN p.name AS who",
    "`OPTIONAL MATCH`": "MATCH (p:Person) OPTIONAL MATCH (p)-[:KIN_OF]->(k) RETURN p.id, k.id",
    "`WHERE`": "MATCH (a:Account) WHERE a.platform = 'wechat' RETURN a.id",
    "`WITH`": "MATCH (a:Account) WITH a.platform AS on WHERE on <> 'qq' RETURN on",
    "`WITH *`": "MATCH (b:Batch) WITH *, b.records AS n RETURN b.id, n",
    "`UNWIND`": "UNWIND [1, 2] AS x RETURN x",
    "`RETURN`": "RETURN 1 + 1 AS two, 'a' AS letter",
    "`RETURN *`": "UNWIND [1] AS x RETURN *",
    "`DISTINCT`": "UNWIND [1, 1] AS x RETURN DISTINCT x",
    "`ORDER BY`": "UNWIND [2, 1] AS x RETURN x ORDER BY x",
    "`ASC`, `ASCENDING`": "UNWIND [2, 1, null] AS x RETURN x ORDER BY x ASC, 1 ASCENDING",
    "`DESC`, `DESCENDING`": "UNWIND [2, 1, null] AS x RETURN x ORDER BY x DESC, 1 DESCENDING",
    "`SKIP`, `LIMIT`": "UNWIND [1, 2, 3] AS x RETURN x ORDER BY x SKIP 1 LIMIT 1",
    "`UNION`": "RETURN 1 AS x UNION RETURN 1 AS x",
    "`UNION ALL`": "RETURN 1 AS x UNION ALL RETURN 1 AS x",
}
PATTERNS = {
    "a node of a label": "MATCH (b:Batch) RETURN count(*) AS n",
    "any node": "MATCH () RETURN count(*) AS n",
    "either label, both, none, any": "MATCH (n:(Person|Account)&!Batch&%) RETURN count(*) AS n",
    "both labels by a colon": "MATCH (n:Account:Watched) RETURN n.id",
    "values": "MATCH (a:Account {platform: 'qq'}) RETURN a.id",
    "a condition inside": "MATCH (b:Batch WHERE b.records > 150) RETURN b.id",
    "relationships of a type": "MATCH (:Person)-[c:CONTROLS]->(a) RETURN a.id, type(c) AS t",
    "of either type": "MATCH ()-[r:CONTROLS|HOLDS]->(a) RETURN count(r) AS n",
    "to the left, either way": "MATCH (a:Account)<-[:CONTROLS]-(p)--(k) RETURN p.id, k.id",
    "values and a condition": "MATCH ()-[r:KIN_OF {basis: 'wed'} WHERE r.since = 1]->() RETURN 1",
    "several paths": "MATCH (p:Person), (b:Batch) RETURN count(*) AS n",
    "a bounded length": "MATCH (p:Person {id: 'p1'})-[r*1..2]->(x) RETURN x.id, size(r) AS n",
    "a fixed length": "MATCH (p:Person {id: 'p1'})-[*2]->(x) RETURN x.id",
    "a path with a name": "MATCH w = (:Person)-[:KIN_OF]->() RETURN [n IN nodes(w) | n.id] AS ids",
}
EXPRESSIONS = {
    "integers": "RETURN 7 AS a, 0x1F AS b, 0o17 AS c",
    "floats": "RETURN 1.5 AS a, 1e3 AS b",
    "strings": "RETURN 'a' AS a, \"b\" AS b, '\\u4e2d' AS c",
    "`TRUE`, `FALSE`, `NULL`": "RETURN TRUE AS a, FALSE AS b, NULL AS c",
    "lists": "RETURN [1, 'a', [2]] AS x",
    "maps": "RETURN {k: 1, l: 'a'} AS x",
    "parameters": "RETURN $n AS x",
    "properties": "MATCH (b:Batch {id: 'b1'}) RETURN b.records AS x",
    "elements, from the end too": "RETURN [1, 2, 3][0] AS a, [1, 2, 3][-1] AS b",
    "slices": "RETURN [1, 2, 3][1..] AS a, [1, 2, 3][..-1] AS b",
    "parentheses": "RETURN (1 + 2) * 3 AS x",
    "a label or type as condition": "MATCH (n) WHERE n:Batch RETURN count(*) AS n",
    "`CASE` with conditions": "RETURN CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END AS x",
    "`CASE` of a value": "RETURN CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END AS x",
    "list comprehension": "RETURN [x IN [1, 2, 3] WHERE x > 1 | x * 10] AS x",
    "pattern comprehension": "MATCH (p:Person {id: 'p2'}) RETURN [(p)-[:HOLDS]->(a) | a.id] AS x",
    "map projection": "MATCH (b:Batch {id: 'b1'}) WITH b, 1 AS n RETURN b {.id, n, m: 2} AS x",
    "map projection of all": "MATCH (b:Batch {id: 'b1'}) RETURN b {.*} AS x",
    "`all`": "RETURN all(x IN [1, 2] WHERE x > 0) AS x",
    "`any`": "RETURN any(x IN [1, 2] WHERE x > 1) AS x",
    "`none`": "RETURN none(x IN [1, 2] WHERE x > 1) AS x",
    "`single`": "RETURN single(x IN [1, 2] WHERE x > 1) AS x",
    "`reduce`": "RETURN reduce(s = 0, x IN [1, 2, 3] | s + x) AS x",
    "`EXISTS { }`": "MATCH (p:Person) WHERE EXISTS { MATCH (p)-[:CONTROLS]->() } RETURN p.id",
    "`EXISTS { }` of a pattern": "MATCH (p:Person) WHERE EXISTS { (p)-[:HOLDS]->() } RETURN p.id",
    "`COUNT { }`": "MATCH (p:Person) RETURN p.id, COUNT { (p)-[:CONTROLS]->() } AS n",
    "`COLLECT { }`": (
        "MATCH (p:Person {id: 'p1'}) "
        "RETURN COLLECT { MATCH (p)-[:CONTROLS]->(a) RETURN a.id ORDER BY a.id } AS x"
    ),
    "a pattern as condition": "MATCH (p:Person) WHERE (p)-[:KIN_OF]->() RETURN p.id",
}
OPERATORS = {
    "`=` `<>` `NOT`": "RETURN 1 = 1.0 AS a, 1 <> 2 AS b, NOT 1 = 2 AS c, 1 = null AS d",
    "`<` `<=` `>` `>=`": "RETURN 1 < 2 AS a, 1 <= 1 AS b, 2 > 1 AS c, 2 >= 3 AS d",
    "chains": "RETURN 1 < 2 < 3 AS x",
    "`AND` `OR` `XOR`": "RETURN true AND null AS a, true OR null AS b, 1 = 1 XOR true AS c",
    "`IN`": "RETURN 1 IN [1, 2] AS a, 1 IN [] AS b",
    "`IS NULL` `IS NOT NULL`": "RETURN null IS NULL AS a, 1 IS NOT NULL AS b",
    "`STARTS WITH` `ENDS WITH` `CONTAINS`": (
        "RETURN 'abc' STARTS WITH 'a' AS a, 'abc' ENDS WITH 'a' AS b, 'abc' CONTAINS 'b' AS c"
    ),
    "`=~`": "RETURN 'abc' =~ 'a.*' AS x",
    "`+` `-` `*` `/` `%`": "RETURN 7 + 2 AS a, 7 - 2 AS b, 7 * 2 AS c, -7 / 2 AS d, -7 % 3 AS e",
    "`^`": "RETURN 2 ^ 3 AS x",
    "signs": "RETURN -1 AS a, +1 AS b",
    "`+` of text and lists": "RETURN 'a' + 1 AS a, [1] + 2 AS b",
}
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "abs": ("-7",), "sign": ("-7",), "round": ("2.55", "1"), "floor": ("2.7",), "ceil": ("2.1",),
    "sqrt": ("9",), "exp": ("0",), "log": ("1",), "toInteger": ("'12.9'",), "toFloat": ("'1.5'",),
    "toBoolean": ("'true'",), "toString": ("1.0",), "toLower": ("'AB'",), "toUpper": ("'ab'",),
    "lower": ("'AB'",), "upper": ("'ab'",), "trim": ("' a '",), "ltrim": ("'xxa'", "'x'"),
    "rtrim": ("'axx'", "'x'"), "btrim": ("'xax'", "'x'"), "left": ("'abc'", "2"),
    "right": ("'abc'", "2"), "substring": ("'abcd'", "1", "2"), "replace": ("'aba'", "'a'", "'c'"),
    "split": ("'a,b'", "','"), "size": ("[1, 2]",), "reverse": ("'abc'",), "head": ("[1, 2]",),
    "last": ("[1, 2]",), "tail": ("[1, 2]",), "range": ("1", "7", "3"),
    "toIntegerOrNull": ("'a'",), "toFloatOrNull": ("'a'",), "toBooleanOrNull": ("'a'",),
    "toStringOrNull": ("[1]",), "toIntegerList": ("['1', 'a']",), "toFloatList": ("['1', 'a']",),
    "toBooleanList": ("['true', 'a']",), "toStringList": ("[1, true]",), "isEmpty": ("''",),
    "isNaN": ("1.5",), "char_length": ("'abc'",), "character_length": ("'abc'",), "e": (),
    "pi": (), "degrees": ("pi()",), "radians": ("180",), "coalesce": ("null", "2"),
    "labels": ("n",), "type": ("r",), "nodes": ("p",), "relationships": ("p",), "length": ("p",),
    "startNode": ("r",), "endNode": ("r",), "keys": ("{k: 1}",), "properties": ("{k: 1}",),
    "nullIf": ("1", "1"), "count": ("x",), "sum": ("x",), "min": ("x",), "max": ("x",),
    "avg": ("x",), "collect": ("x",), "percentileCont": ("x", "0.5"),
    "percentileDisc": ("x", "0.5"), "stDev": ("x",), "stDevP": ("x",),
}  # fmt: skip
"""An example of the arguments of each function."""
_SAMPLES = {
    "integer": "1", "float": "0.5", "string": "'1'", "boolean": "true", "list": "[1]",
    "map": "{k: 1}", "node": "n", "relationship": "r", "path": "p",
}  # fmt: skip
_WRITTEN = {
    "elementid": "elementId", "shortestpath": "shortestPath", "randomuuid": "randomUUID",
}  # fmt: skip
REFUSED = {
    "writing": "CREATE (n:Person)",
    "procedures": "CALL db.labels()",
    "files": "LOAD CSV FROM 'x' AS l RETURN l",
    "unbounded lengths": "MATCH (a)-[*]->(b) RETURN 1 AS x",
    "shortest paths": "MATCH p = shortestPath((a)-[*1..3]->(b)) RETURN 1 AS x",
    "quantified paths": "MATCH (a)-->+(b) RETURN 1 AS x",
    "whole nodes": "MATCH (p:Person) RETURN p",
    "whole relationships": "MATCH ()-[r:KIN_OF]->() RETURN r",
    "whole paths": "MATCH p = (:Person)-[:KIN_OF]->() RETURN p",
    "dates": "RETURN date() AS x",
    "chance": "RETURN rand() AS x",
    "internal ids": "MATCH (p:Person) RETURN id(p) AS x",
    "libraries": "RETURN apoc.text.join(['a'], ',') AS x",
    "version prefixes": "CYPHER 5 RETURN 1 AS x",
    "explaining in the text": "EXPLAIN RETURN 1 AS x",
    "administration": "SHOW DATABASES",
    "unknown labels": "MATCH (p:Persn) RETURN 1 AS x",
    "unknown properties": "MATCH (p:Person) RETURN p.nme AS x",
}
PARAMS = {"n": 3}


@cache
def graph() -> PropertyGraph:
    """Return the small graph that the examples ask."""
    nodes: list[tuple[str, list[str], dict[str, object]]] = [
        ("p1", ["Person"], {"name": "甲"}), ("p2", ["Person"], {"name": "乙"}),
        ("a1", ["Account", "Watched"], {"platform": "wechat"}),
        ("a2", ["Account"], {"platform": "qq"}), ("b1", ["Batch"], {"records": 100}),
        ("b2", ["Batch"], {"records": 200}),
    ]  # fmt: skip
    links = [
        ("CONTROLS", "p1", "a1", {}), ("CONTROLS", "p1", "a2", {}), ("HOLDS", "p2", "a2", {}),
        ("KIN_OF", "p1", "p2", {"basis": "wed", "since": 1}),
    ]  # fmt: skip
    return PropertyGraph.from_records(
        [{"id": i, "labels": ls, "properties": {"id": i, **held}} for i, ls, held in nodes],
        [
            {"id": i, "type": t, "from": a, "to": b, "properties": held}
            for i, (t, a, b, held) in enumerate(links)
        ],
    )


def answer(query: str) -> str:
    """Return the rows of an example as the page shows them."""
    rows = graph().query(query, PARAMS).rows
    if "ORDER BY" not in query and "UNWIND" not in query:
        rows = sorted(rows, key=repr)
    shown = [row[0] if len(row) == 1 else list(row) for row in rows]
    return "; ".join(json.dumps(row, ensure_ascii=False) for row in shown) or "no row"


def call(name: str, arguments: tuple[str, ...]) -> str:
    """Return the query that calls a function with these arguments."""
    inside = f"{name}({', '.join(arguments)})"
    if name.lower() in AGGREGATES:
        return f"UNWIND [1, 2, 3] AS x RETURN {inside} AS y"
    if name in {"nodes", "relationships"}:
        part = "n.id" if name == "nodes" else "type(n)"
        inside = f"[n IN {inside} | {part}]"
    elif name in {"startNode", "endNode"}:
        inside = f"{inside}.id"
    if set(arguments) & {"n", "r", "p"}:
        return f"MATCH p = (n)-[r:KIN_OF]->() RETURN {inside} AS y"
    return f"RETURN {inside} AS y"


def taken(name: str) -> list[str]:
    """Return for each argument of a function the kinds of values it takes, found by compiling."""
    given = ARGUMENTS[name]
    found = []
    for place in range(len(given)):
        kinds = [kind for kind, sample in _SAMPLES.items() if _compiles(name, given, place, sample)]
        found.append("anything" if len(kinds) == len(_SAMPLES) else ", ".join(kinds))
    return found


def _compiles(name: str, given: tuple[str, ...], place: int, sample: str) -> bool:
    arguments = (*given[:place], sample, *given[place + 1 :])
    inside = f"{name}({', '.join(arguments)})"
    try:
        graph().sql(
            f"MATCH p = (n)-[r:KIN_OF]->() UNWIND [1] AS x WITH {inside} IS NULL AS y RETURN y"
        )
    except CypherError:
        return False
    return True


def _about_null() -> str:
    names = [name for name in scalar_names() if ARGUMENTS[name]]
    strict = [f"`{name}`" for name in names if not _compiles(name, ARGUMENTS[name], 0, "null")]
    but = f" but {', '.join(strict)}" if strict else ""
    return f"Every function{but} takes null too; aggregates leave it out."


def limits() -> dict[str, int]:
    """Return what a text may have at most."""
    return {
        "characters of a text": lexer.MAX_LENGTH,
        "words and signs of a text": lexer.MAX_TOKENS,
        "brackets inside each other": lexer.MAX_NESTING,
        "levels of an expression": tree.MAX_DEPTH,
        "hops of a variable length, and of one `MATCH`": tree_patterns.MAX_HOPS,
        "lists and maps of a parameter inside each other": parameters.MAX_NESTING,
    }


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


def _examples(title: str, what: str, table: dict[str, str]) -> list[str]:
    rows = [f"| {what} | example | answer |", "|---|---|---|"]
    rows += [f"| {_cell(k)} | `{_cell(v)}` | `{_cell(answer(v))}` |" for k, v in table.items()]
    return ["", f"### {title}", "", *rows]


def _functions(title: str, names: list[str]) -> list[str]:
    rows = ["| function | arguments | takes | example | answer |", "|---|---|---|---|---|"]
    for name in names:
        number = len(ARGUMENTS[name])
        low, high, _ = (SCALAR | GRAPH).get(name.lower(), (number, number, None))
        count = str(low) if low == high else f"{low}–{high}"
        query = call(name, ARGUMENTS[name])
        takes = "; ".join(taken(name)) or "–"
        rows.append(
            f"| `{name}` | {count} | {takes} | `{_cell(query)}` | `{_cell(answer(query))}` |"
        )
    return ["", f"### {title}", "", *rows]


def refusal_of(query: str) -> CypherError:
    """Return how a text is refused; one that is answered is a ValueError."""
    try:
        graph().query(query, PARAMS)
    except CypherError as error:
        return error
    raise ValueError(query)


def _outside() -> list[str]:
    lines = ["", "### Outside", "", "| what | text | refused with |", "|---|---|---|"]
    for what, query in REFUSED.items():
        error = refusal_of(query)
        said = f"{error.line}:{error.column} {error.reason}. {error.hint}"
        lines.append(f"| {what} | `{_cell(query)}` | {_cell(said)} |")
    hints: dict[str, list[str]] = {}
    for word, key in _OUTSIDE.items():
        hints.setdefault(key, []).append(f"`{word}`")
    for name, key in sorted(_HINTS.items()):
        if name not in SCALAR | GRAPH:
            hints.setdefault(key, []).append(f"`{_WRITTEN.get(name, name)}()`")
    lines += ["", "| words and functions | hint |", "|---|---|"]
    lines += [f"| {', '.join(words)} | {_cell(text(key, 'en'))} |" for key, words in hints.items()]
    return lines


def aggregate_names() -> list[str]:
    """Return the aggregates as they are written."""
    return [name for name in NAMES if name.lower() in AGGREGATES]


def scalar_names() -> list[str]:
    """Return all other functions as they are written."""
    return [name for name in NAMES if name.lower() in SCALAR | GRAPH]


def render() -> str:
    """Return the section of the page."""
    lines = [
        "## The subset, with an answer to each example",
        "",
        _about_null(),
    ]
    lines += _examples("Clauses", "clause", CLAUSES)
    lines += _examples("Patterns", "pattern", PATTERNS)
    lines += _examples("Expressions", "expression", EXPRESSIONS)
    lines += _examples("Operators", "operator", OPERATORS)
    lines += _functions("Aggregates", aggregate_names())
    lines += _examples("Aggregates with `*` and `DISTINCT`", "form", STARS)
    lines += _functions("Functions", scalar_names())
    rows = [f"| {what} | {most:,} |" for what, most in limits().items()]
    lines += ["", "### Limits of a text", "", "| what | at most |", "|---|---|", *rows]
    return "\n".join(lines + _outside())


STARS = {
    "`count(*)`": "UNWIND [1, null] AS x RETURN count(*) AS n, count(x) AS m",
    "`DISTINCT`": "UNWIND [1, 1, 2] AS x RETURN count(DISTINCT x) AS n, sum(DISTINCT x) AS s",
    "grouping": "UNWIND [1, 1, 2] AS x RETURN x, count(*) AS n ORDER BY x",
    "no row": "MATCH (n:Batch {id: '?'}) RETURN count(n) AS n, sum(n.records) AS s",
}
EXAMPLES = [
    *CLAUSES.values(), *PATTERNS.values(), *EXPRESSIONS.values(), *OPERATORS.values(),
    *STARS.values(),
]  # fmt: skip
