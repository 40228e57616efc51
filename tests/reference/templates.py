"""Templates of expressions, by the kind of value they give: `<int>` is any expression of integers.

Kinds: int, float, text, bool, ints and texts (lists), any (a value of any type), list (of
anything), map. `<node>`, `<rel>`, `<rels>` (of a variable length), `<path>` and `<nodes>` (a list)
are variables in reach. A template whose list comes in no certain order is marked by `~`.
"""

from __future__ import annotations

LEAVES: dict[str, list[str]] = {
    "int": [
        "1", "0", "2", "-1", "3", *["<node>.i"] * 8, *["<rel>.w"] * 5, "$i", "$m.k", "null",
        "size(<node>.l)",
    ],
    "float": ["0.5", "1.0", "-2.5", "1e2", *["<node>.f"] * 5, *["<rel>.v"] * 2, "$f"],
    "text": ["'a'", "'ab'", "''", "'é'", *["<node>.s"] * 5, *["<rel>.t"] * 2, "<node>.id", "$s"],
    "ints": ["[1, 2, 3]", "[]", "[<int>, <int>]", *["<node>.l"] * 4, "range(0, 3)", "$l"],
    "texts": ["['a', 'b']", "[<text>, 'b']", *["<node>.t"] * 4, "['a', null]"],
    "any": ["<int>", "<text>", "<node>.m", "<node>.x", "<float>", "<node>.b"],
    "list": ["<ints>", "<texts>", "[<any>, <any>]", "[1, 'a', 2.5, true, null]"],
    "map": ["{a: <int>, b: <text>}", "{a: 1}", "{a: <any>, b: [<int>]}"],
    "bool": [
        "<node>.i IS NOT NULL", "<int> >= <int>", "<node>.b", "<text> <> 'zz'", "true",
        "<node>.id <> 'n9'", "<int> < 5", "<node>.s IS NULL",
    ],
}  # fmt: skip
"""Short expressions, where a template must end."""

FEATURES: dict[str, list[str]] = {
    "int": [
        "<int> + <int>", "<int> - <int>", "<int> * <int>", "<int> / 2", "<int> % 3", "-(<int>)",
        "abs(<int>)", "sign(<int>)", "sign(<float>)", "size(<ints>)", "size(<text>)",
        "toInteger(<float>)", "toInteger('12')", "toInteger(<text>)", "head(<ints>)",
        "last(<ints>)", "<ints>[0]", "<ints>[-1]", "<ints>[<int>]", "coalesce(<int>, <int>, 0)",
        "reduce(t = 0, x IN <ints> | t + x)", "CASE WHEN <bool> THEN <int> ELSE <int> END",
        "CASE <int> WHEN 1 THEN 10 WHEN 2 THEN 20 ELSE <int> END", "{a: <int>}.a",
        "COUNT { <around> }", "COUNT { <subquery> }",
        "COUNT { <subquery> RETURN DISTINCT <end>.i }",
        "COUNT { <subquery> RETURN <end>.i AS i }", "COUNT { <rich> }", "length(<path>)",
        "size(<rels>)", "size(nodes(<path>))", "size(<nodes>)", "size(labels(<node>))",
        "size(keys(<node>))", "size(keys(<rel>))", "properties(<node>).i", "<node>['i']",
        "<node>[left('is', 1)]", "<map>.a", "head(<rels>).w", "last(<rels>).w", "<rels>[0].w",
        "size([n IN <nodes> WHERE n.i IS NULL])", "size([<around> | 1])", "toInteger(<bool>)",
        "<int> + $i",
        "size(split(<text>, 'a'))", "reduce(t = <int>, r IN <rels> | t + r.w)", "(<ints> + 4)[0]",
        "startNode(<rel>).i", "endNode(<rel>).i", "coalesce(<node>, <node>).i",
        "CASE WHEN <bool> THEN <node> ELSE <node> END.i", "[<node>, <node>][0].i",
        "{n: <node>}.n.i", "size([x IN nodes(<path>) WHERE EXISTS { (x)-->() }])",
        "size([x IN nodes(<path>) WHERE (x)-[:R]-()])", "toInteger(<node>.x)",
        "size([x IN [<node>, <node>] WHERE x.i > 0])",
        "reduce(t = 0, x IN nodes(<path>) | t + x.i)",
        "size([x IN <ints> WHERE EXISTS { MATCH <hop> WHERE <end>.i = x }])",
        "COUNT { MATCH <hop> WHERE <end>.i IN <ints> }", "size([x IN <list> WHERE x = <any>])",
    ],
    "float": [
        "<float> + <int>", "<float> * <float>", "<int> ^ 2", "<float> / 2", "<int> / 2.0",
        "<float> % 2", "<float> - 0.5", "round(<float>)", "round(<float>, 1)", "floor(<float>)",
        "ceil(<float>)", "sqrt(<int>)", "exp(<int>)", "log(4.0)", "log(<float>)", "abs(<float>)",
        "toFloat(<int>)", "toFloat('1.5')", "coalesce(<float>, 0.0)", "-<float>",
    ],
    "text": [
        "toString(<any>)", "toString(<node>.x)", "coalesce(<node>, <node>).s",
        "toString(<int> + 9007199254740993)", "[<node>, <node>][-1].id", "<text> + <text>",
        "<text> + <int>", "<int> + <text>", "toString(<int>)",
        "toString(<node>.f)", "toString(<bool>)", "substring(<text>, 1)", "substring(<text>, 0, 2)",
        "left(<text>, 1)", "right(<text>, 1)", "trim(' ' + <text>)", "ltrim(' a ')",
        "rtrim(<text> + ' ')", "toLower(<text>)", "toUpper(<text>)", "replace(<text>, 'a', 'x')",
        "reverse(<text>)", "type(<rel>)", "head(<texts>)", "split(<text>, 'a')[0]",
        "coalesce(<text>, 'none')", "CASE WHEN <bool> THEN <text> END", "{b: <text>}.b",
        "<node>['s']", "properties(<rel>).t", "last(<texts>)",
        "type(last(<rels>))", "toString(<text>)",
        "reduce(t = '', x IN <texts> | t + x)", "head(nodes(<path>)).id",
        "last(relationships(<path>)).id",
    ],
    "bool": [
        "<int> = <int>", "<any> = <any>", "<text> = <text>", "<any> <> <any>", "<int> < <int>",
        "<int> <= <int>", "<int> > <int>", "<float> >= <int>", "<any> < <any>", "<text> < <text>",
        "0 <= <int> < 3", "<int> < <int> <= <int>", "<bool> AND <bool>", "<bool> OR <bool>",
        "<bool> XOR <bool>", "NOT (<bool>)", "<int> IN <ints>", "<any> IN [1, 'a', null]",
        "<text> IN <texts>", "<any> IN <list>", "<any> IS NULL", "<any> IS NOT NULL",
        "<text> STARTS WITH 'a'", "<text> ENDS WITH <text>", "<text> CONTAINS <text>",
        "<text> =~ 'a.*'", "<text> =~ '(?i)AB?'", "<node>:A", "<node>:A|B", "<node>:!A",
        "<node>:%", "<rel>:R", "<rel>:R|S", "<node> = <node>", "<node> <> <node>",
        "all(x IN <ints> WHERE x >= 0)", "any(x IN <ints> WHERE x > <int>)",
        "none(x IN <ints> WHERE x = <int>)", "single(x IN <ints> WHERE x = 1)",
        "any(x IN <texts> WHERE x = <text>)", "EXISTS { <around> }", "EXISTS { <subquery> }",
        "NOT EXISTS { <subquery> }", "EXISTS { <nested> }", "EXISTS { <rich> }",
        "<bool> OR EXISTS { <subquery> }",
        "COUNT { <subquery> } > 0", "COUNT { <around> } >= <int>", "toBoolean('true')",
        "toBoolean(<text>)", "<ints> = <ints>", "<list> = <list>", "<map> = <map>",
        "<ints> < <ints>", "'A' IN labels(<node>)", "'i' IN keys(<node>)", "<node> IN <nodes>",
        "any(n IN <nodes> WHERE n.i > 0)", "all(r IN <rels> WHERE r.w >= 0)",
        "any(n IN nodes(<path>) WHERE n.i IS NULL)", "all(r IN relationships(<path>) WHERE r:R)",
        "<rel> IN <rels>", "[<int>, 'a'] = [1, 'a']", "<any> >= <any>", "coalesce(<bool>, false)",
        "any(x IN [1, 2] WHERE EXISTS { <around> })", "CASE WHEN <bool> THEN true ELSE <bool> END",
        "{a: <int>} = {a: 1}", "<node>.i IN [1, 2, 3]", "<int> = <float>",
        "startNode(<rel>) = <node>", "endNode(<rel>):A", "<node> IS NULL", "<rel> IS NOT NULL",
        "properties(<node>) = properties(<node>)", "<node>.id IN [x IN nodes(<path>) | x.id]",
        "any(x IN [<node>] WHERE (x)-[:R]-())",
        "all(x IN nodes(<path>) WHERE COUNT { (x)--() } > 1)",
        "type(<rel>) = 'R'", "<node> IN nodes(<path>)", "<rel> IN relationships(<path>)",
        "<node>.i + 9007199254740992 = 9007199254740993.0", "[<node>.x] = [<node>.x]",
        "single(x IN <list> WHERE x = <any>)", "<list> < <list>", "<rel> = <rel>",
        "[<any>, <int>] IN [[1, 2], <list>]", "none(x IN <rels> WHERE x.w IS NULL)",
    ],
    "ints": [
        "[x IN <ints> WHERE x > <int>]", "[x IN <ints> | x + 1]",
        "[x IN <ints> WHERE x > 0 | x * 2]",
        "<ints>[0..2]", "<ints>[1..]", "<ints>[..-1]", "tail(<ints>)",
        "reverse([<int>, 2, <int>])", "reverse(range(0, 2))",
        "<ints> + <ints>", "<ints> + <int>", "<int> + <ints>", "range(0, size(<text>))",
        "range(3, 0, -1)",
        "coalesce(<ints>, [1])", "[r IN <rels> | r.w]", "[x IN <ints> WHERE x IN <ints>]",
        "[x IN range(0, 2) | COUNT { <around> } + x]",
    ],
    "texts": [
        "[x IN [<node>, <node>] WHERE x.i >= 0 | x.id]", "[x IN nodes(<path>) WHERE x:A | x.id]",
        "[x IN <rels> WHERE x.w > 0 | x.id]", "[x IN <texts> | x + '!']", "<texts> + <text>",
        "reverse(split(<text>, 'b'))",
        "<texts>[..1]",
        "split(<text>, 'b')", "~labels(<node>)", "[n IN nodes(<path>) | n.id]",
        "[r IN relationships(<path>) | r.id]", "[r IN <rels> | type(r)]", "tail(<texts>)",
        "[n IN <nodes> WHERE false | n.s]", "[x IN <texts> | toUpper(x)]",
    ],
    "list": [
        "[<any>, <any>, <any>]", "<ints> + <texts>", "[<ints>, <texts>]", "[[<int>], []]",
        "[x IN <list> | x]", "[x IN <list> WHERE x IS NOT NULL]", "<list> + <any>",
        "[<map>, <map>]", "[n IN nodes(<path>) | n.m]", "<list>[1..]", "reverse([<any>, <any>])",
        "~[<around> | 1]", "~[<hop> | <end>.id]", "~[<hop> WHERE <end>.i > 0 | <end>.i]",
        "~[p = <hop> | length(p)]", "~COLLECT { <subquery> RETURN <end>.id }",
        "COLLECT { <subquery> RETURN <end>.id ORDER BY <end>.id }", "~[n IN <nodes> | n.id]",
        "COLLECT { <subquery> RETURN DISTINCT <end>.i AS i ORDER BY i }",
        "COLLECT { UNWIND <ints> AS u RETURN u + 1 }", "~COLLECT { <rich> }",
    ],
    "map": [
        "{a: <any>, b: <list>}", "{a: {b: <int>}}", "{x: [<map>]}", "{n: <node>.i, m: <node>.m}",
        "CASE WHEN <bool> THEN {a: 1} ELSE {a: 2} END", "properties(<rel>)", "properties(<node>)",
        "head([<map>])",
    ],
    "any": [
        "head(<list>)", "last(<list>)", "<list>[0]", "<list>[<int>]", "coalesce(<any>, <any>)",
        "CASE WHEN <bool> THEN <int> ELSE <text> END", "<map>.a", "<map>['a']", "<node>['m']",
        "<node>['x']", "CASE <any> WHEN 1 THEN 'one' WHEN 'a' THEN 2 END", "$x", "$any[0]",
        "properties(<node>).m",
    ],
}  # fmt: skip
"""One expression for each thing the subset can say."""

RARE = [
    ("text", "substring(<text>, 1, 1)"), ("text", "left(<text>, 2)"),
    ("int", "CASE <int> WHEN 1 THEN 5 END"), ("text", "ltrim(<text>)"),
    ("int", "length(<path>) * 2"), ("int", "abs(<int>)"), ("int", "abs(<int> - 3)"),
    ("int", "size([r IN relationships(<path>) WHERE r.w > 0])"), ("int", "COUNT { <rich> }"),
    ("int", "startNode(<rel>).i"), ("int", "endNode(<rel>).i"), ("text", "startNode(<rel>).id"),
    ("text", "endNode(<rel>).s"), ("float", "sqrt(<int>)"), ("float", "sqrt(2.25)"),
    ("text", "trim(<text> + ' ')"), ("float", "<int> ^ 2"), ("float", "2 ^ <int>"),
    ("text", "ltrim(' ' + <text>)"), ("text", "rtrim(<text>)"), ("float", "exp(<int>)"),
    ("int", "length(<path>)"), ("int", "size(relationships(<path>))"),
    ("float", "toFloat(<int>)"), ("float", "toFloat(<float>)"), ("text", "type(<rel>)"),
    ("bool", "none(x IN <ints> WHERE x > 2)"), ("bool", "all(x IN <ints> WHERE x < 3)"),
    ("bool", "single(x IN <ints> WHERE x = <int>)"), ("float", "floor(<float>)"),
    ("float", "ceil(<float>)"), ("bool", "NOT EXISTS { <around> }"), ("float", "log(2.0)"),
    ("bool", "<text> ENDS WITH 'b'"), ("bool", "<bool> XOR <bool>"), ("int", "<int> % 2"),
    ("text", "replace(<text>, <text>, 'y')"), ("text", "toLower(<text>)"),
    ("text", "right(<text>, 1)"), ("bool", "EXISTS { <nested> }"), ("int", "COUNT { <rich> }"),
    ("bool", "EXISTS { <rich> }"), ("int", "COUNT { <rich> } + <int>"),
    ("list", "~COLLECT { <rich> }"),
    ("bool", "0 < <int> <= 3"), ("int", "sign(<int>)"), ("float", "round(<float>)"),
    ("texts", "~labels(<node>)"), ("texts", "[r IN relationships(<path>) | type(r)]"),
    ("int", "length(<path>) + 1"),
    ("bool", "all(r IN relationships(<path>) WHERE r.w >= 0)"),
]  # fmt: skip
"""What would otherwise come too seldom, with its kind."""

PICKED = [
    "coalesce(<node>, <node>)", "[<node>, <node>][0]", "CASE WHEN <bool> THEN <node> END",
    "CASE WHEN <bool> THEN <node> ELSE <node> END", "head([x IN [<node>, <node>] WHERE x.i > 0])",
    "{a: <node>}.a",
]  # fmt: skip
"""Nodes chosen by an expression."""

CONDITIONS = [
    "COUNT { MATCH <hop> WITH count(<end>) AS z WHERE z > 0 RETURN z } > 0",
    "EXISTS { MATCH <hop> WITH count(*) AS z WHERE z > 1 RETURN z }",
    "<pattern>", "NOT <pattern>", "<pattern> OR <bool>", "<bool> AND NOT <pattern>",
    "<pattern> AND <pattern>", "(<bool> OR <pattern>) AND <bool>", "NOT <pattern> OR <bool>",
]  # fmt: skip
"""Conditions of WHERE: patterns stand only there, and Neo4j 5.26 takes an aggregation inside a
subquery of RETURN for one of RETURN itself."""

AGGREGATES = [
    "count(*)", "count(<any>)", "count(DISTINCT <any>)", "sum(<int>)", "sum(<float>)",
    "min(<int>)", "max(<int>)", "avg(<int>)", "avg(<float>)", "~collect(<any>)",
    "~collect(DISTINCT <int>)", "min(<text>)", "max(<any>)", "min(<any>)", "count(<node>)",
    "count(DISTINCT <node>)", "sum(DISTINCT <int>)", "size(collect(<any>))", "count(*) + 1",
    "stdev(<int>)", "percentileCont(<int>, 0.5)", "percentileDisc(<int>, 0.5)",
    "sum(<int>) + count(*)", "coalesce(max(<int>), 0)", "min(<ints>)", "~collect(<map>)",
    "~[x IN collect(<int>) WHERE x > 0]", "stdevp(<float>)", "CASE WHEN count(*) > 1 THEN 'n' END",
    "sum(COUNT { <around> })", "count(CASE WHEN EXISTS { <around> } THEN 1 END)",
    "count(DISTINCT <list>)", "count(DISTINCT <map>)", "max(<list>)", "min(<bool>)",
    "size(collect(DISTINCT <any>))", "{a: count(*), b: max(<int>)}", "[min(<int>), max(<any>)]",
    "size([x IN collect(<node>) WHERE x.i > 0])", "avg(<int>) + sum(<float>)",
    "avg(DISTINCT <int>)", "percentileDisc(<int>, 0.3)",
    "percentileDisc(<float>, $share)", "percentileCont(<int>, $share)",
    "stdev(<float>)", "stdevp(<float>)", "avg(DISTINCT <int>)", "sum(DISTINCT <int>)",
    "count(<rel>)", "count(DISTINCT <rel>)", "~collect(<ints>)",
]  # fmt: skip
