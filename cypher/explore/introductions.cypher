// explore: introductions
// version: 1
// title: 谁介绍了谁 / Who introduced whom
// question: 谁把哪个账号或网名介绍给了谁？ / Who introduced which account or name to whom?
// params: person
// person: person; 只看此人所作的介绍; only introductions by this person
// returns: person, name, introduced, what, shown_name, to, since_t0, since_t1, source, locator, quote
// :param person => null
// `what` says whether an account or a name was introduced; `to` is the person or account it was introduced to.
MATCH (p:Person)-[i:INTRODUCED]->(x)
WHERE $person IS NULL OR $person IN [p.id, p.name]
RETURN p.id AS person, p.name AS name, x.id AS introduced, head(labels(x)) AS what, x.name AS shown_name, i.to AS to,
       i.since_t0 AS since_t0, i.since_t1 AS since_t1, i.source AS source, i.locator AS locator, i.quote AS quote
ORDER BY since_t0, since_t1, person, introduced, to, i.id
