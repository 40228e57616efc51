"""The constructs of the subset that random pairs must hold, by the rows of its table."""

from __future__ import annotations

_WANTED = {
    "clauses": """
        *; LIMIT; MATCH; OPTIONAL MATCH; ORDER BY; ORDER BY … DESC; ORDER BY, several keys;
        RETURN; RETURN DISTINCT; SKIP; UNION; UNION ALL; UNWIND; WHERE; WITH; WITH DISTINCT;
        WITH … WHERE; several MATCH
    """,
    "patterns": """
        *0..n; *m..n; *n; WHERE in a node; WHERE in a relationship; a variable again;
        direction both; direction in; direction out; list of relationships; named path; node
        !A; node %; node A; node A&B; node A:B; node A|B; node any; properties of a node;
        properties of a relationship; several paths; three hops; type !A; type A; type A|B;
        type any
    """,
    "predicates": """
        <; <=; <>; =; =~; >; >=; AND; COLLECT { }; CONTAINS; COUNT { }; ENDS WITH; EXISTS {
        }; IN; IS NOT NULL; IS NULL; NOT; NOT EXISTS; NOT pattern; OPTIONAL MATCH in a
        subquery; OR; RETURN DISTINCT in a subquery; STARTS WITH; UNION in a subquery;
        UNWIND in a subquery; WITH in a subquery; XOR; all(); any(); chain of comparisons;
        labels or type of a variable; nested subquery; none(); pattern; single(); subquery
        under OR
    """,
    "expressions": """
        %; *; +; -; /; CASE of a value; CASE of conditions; ^; abs(); boolean; ceil();
        coalesce(); dynamic key; element of a list; endNode(); exp(); float; floor();
        head(); integer; keys(); labels(); last(); left(); length(); list; list
        comprehension; list comprehension with WHERE; log(); ltrim(); map; nodes(); null;
        parameter; pattern comprehension; properties(); property; range(); reduce();
        relationships(); replace(); reverse(); right(); round(); rtrim(); sign; sign();
        size(); slice; split(); sqrt(); startNode(); string; substring(); tail();
        toBoolean(); toFloat(); toInteger(); toLower(); toString(); toUpper(); trim();
        type()
    """,
    "aggregation": """
        avg(); avg(DISTINCT); collect(); collect(DISTINCT); count(); count(*);
        count(DISTINCT); grouping keys; inside an expression; max(); min();
        percentileCont(); percentileDisc(); stdev(); stdevp(); sum(); sum(DISTINCT); without
        keys
    """,
}
CONSTRUCTS = [
    f"{row}: {' '.join(name.split())}"
    for row, names in _WANTED.items()
    for name in names.split(";")
]
"""Each construct as `constructs_of` names it."""
