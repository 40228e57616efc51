"""What Spark cannot answer, by name, each with the reason: no other case may fail.

A case that stands here and works fails its test, so that the table holds nothing that is not so.
"""

from __future__ import annotations

_IN_LAMBDA = "Spark takes no subquery inside a lambda"
_FAR = "Spark lets a subquery read the query around it, and none beyond that"
_OPTION = "Spark takes no optional rows in a subquery that reads the query around it"
_LIMIT = "Spark wants the number of a LIMIT before it runs, and computes few functions there"
_FAULT = "Spark 4.3 breaks off with an error of its own"

OUTSIDE: dict[str, str] = {
    (
        "patterns: MATCH (a)-[rs:KNOWS*1..2]->(b) RETURN reduce(s = 0, r IN [x IN rs "
        "WHERE x.since > 1] | s + r.since) AS l"
    ): _FAR,
    (
        "patterns: MATCH (a:Person) OPTIONAL MATCH (a)-[:CONTROLS]->(b) RETURN a.id, "
        "b.id, COUNT { MATCH (b)<--(x) OPTIONAL MATCH (x)-[:KNOWS]->(y) WHERE y <> a "
        "RETURN DISTINCT y } AS c"
    ): _OPTION,
    (
        "patterns: MATCH (a:Person) RETURN COUNT { MATCH (a)-->(b) RETURN a.age + "
        "sum(b.age) AS c, a.age AS x } AS k"
    ): _FAULT,
    (
        "patterns: MATCH (a:Person) RETURN COUNT { OPTIONAL MATCH (a)-[:SHOWS]->(x) WITH "
        "count(x) AS c RETURN c } AS y"
    ): _OPTION,
    (
        "patterns: MATCH (a:Person) RETURN EXISTS { MATCH (x)-[:SHOWS]->(b) WHERE b IN "
        "[a] UNWIND [1] AS u WITH collect(b) AS c RETURN 1 AS y } AS y"
    ): _FAR,
    (
        "patterns: MATCH (a:Person) RETURN [p = (a)-[:KNOWS*1..2]->(b) WHERE all(n IN "
        "nodes(p) WHERE n.age > 0) | [n IN nodes(p) | n.id]] AS l, a.id"
    ): _IN_LAMBDA,
    (
        "patterns: MATCH (a:Person) RETURN a.id AS i, [x IN [(a)-[:CONTROLS]->(b) | b] | "
        "[(x)-[:SHOWS]->(q) | q.key]] AS h"
    ): _IN_LAMBDA,
    (
        "patterns: MATCH (a:Person) RETURN a.id AS i, head([(a)-[:CONTROLS]->(b) | "
        "b]).id IS NOT NULL AS h"
    ): _FAR,
    (
        "patterns: MATCH (a:Person) RETURN a.id AS i, reduce(s = 0, x IN [(a)-[r]->(b) | "
        "r] | s + coalesce(x.since, 10)) AS l"
    ): _FAR,
    (
        "patterns: MATCH (a:Person) RETURN a.id, COUNT { MATCH (a)-->(b) OPTIONAL MATCH "
        "(b)-->(c) RETURN c } AS c"
    ): _OPTION,
    (
        "patterns: MATCH (a:Person) RETURN a.id, COUNT { MATCH (a)-->(b) OPTIONAL MATCH "
        "(b)-->(c) WHERE c.id <> a.id RETURN DISTINCT c } AS c"
    ): _OPTION,
    (
        "patterns: MATCH (a:Person) RETURN a.id, COUNT { OPTIONAL MATCH (a)-[:CONTROLS]->(b) } AS l"
    ): _OPTION,
    (
        "patterns: MATCH (a:Person) RETURN a.id, COUNT { UNWIND [1,2] AS x MATCH "
        "(a)-->(b) RETURN b LIMIT 3 } AS l"
    ): _FAR,
    (
        "patterns: MATCH (a:Person) RETURN a.id, EXISTS { OPTIONAL MATCH "
        "(a)-[:SHOWS]->(b) RETURN b } AS c"
    ): _OPTION,
    (
        "patterns: MATCH (a:Person) RETURN a.id, EXISTS { OPTIONAL MATCH "
        "(a)-[:SHOWS]->(b) WITH b WHERE b IS NOT NULL RETURN b } AS c"
    ): _OPTION,
    (
        "patterns: MATCH (a:Person) RETURN a.id, [x IN COLLECT { MATCH (a)-[:KNOWS]->(b) "
        "RETURN b } | x.id] AS c"
    ): _FAR,
    (
        "patterns: MATCH (a:Person) WHERE EXISTS { MATCH (x)-[:SHOWS]->(b) WHERE b IN "
        "[a] UNWIND [1] AS u WITH collect(b) AS c RETURN 1 AS y } RETURN a.id"
    ): _FAR,
    (
        "patterns: MATCH (a:Person) WITH collect(a) AS l RETURN [x IN l | [y IN l WHERE "
        "y.age > x.age | y.id]] AS r"
    ): _IN_LAMBDA,
    (
        "patterns: MATCH (a:Person) WITH collect(a) AS l RETURN size([x IN l WHERE x.age "
        "= reduce(m = 0, y IN l | CASE WHEN y.age > m THEN y.age ELSE m END)]) AS c"
    ): _IN_LAMBDA,
    (
        "patterns: MATCH p = (a:Person)-[:KNOWS*1..2]->(b) RETURN [r IN relationships(p) "
        "| [n IN nodes(p) WHERE n.age > r.since | n.id]] AS x"
    ): _IN_LAMBDA,
    (
        "patterns: MATCH p = (a:Person)-[:KNOWS*1..2]->(b) RETURN any(r IN "
        "relationships(p) WHERE all(n IN nodes(p) WHERE n.age > r.since)) AS x"
    ): _IN_LAMBDA,
    "values conversions: UNWIND [1,2] AS x RETURN x LIMIT size([1])": _LIMIT,
    "values conversions: UNWIND [1,2] AS x RETURN x LIMIT toInteger(1.7)": _LIMIT,
    "values conversions: UNWIND [1,2] AS x RETURN x SKIP head([1])": _LIMIT,
}
