// explore: ties_of_person
// version: 1
// title: 某人的关系 / Ties of a person
// question: 此人与哪些人有关系？何时？依据是什么？ / To whom is this person tied, when, and how is that known?
// params: person
// person: person; 此人; the person
// returns: person, name, tie, direction, other, other_name, certainty, since_t0, since_t1, until_t0, until_t1, source, locator, quote
// :param person => null
// `direction` is `from` where the tie leads from the person to the other (the person employs, owns, acts for, belongs to), `to`
// where it leads to the person, `both` where it has no direction. A shared account or identifier is derived and has no source.
MATCH (p:Person)-[t:SPOUSE_OF|KIN_OF|PARTNER_OF|ASSOCIATE_OF|EMPLOYS|OWNS|AGENT_OF|MEMBER_OF|RELATED]-(q:Person)
WHERE ($person IS NULL OR $person IN [p.id, p.name]) AND (type(t) <> 'RELATED' OR t.basis IN ['account', 'identifier'])
RETURN p.id AS person, p.name AS name, CASE type(t) WHEN 'RELATED' THEN 'shared ' + t.basis ELSE type(t) END AS tie,
       CASE WHEN NOT type(t) IN ['EMPLOYS', 'OWNS', 'AGENT_OF', 'MEMBER_OF'] THEN 'both'
            WHEN EXISTS { MATCH (p)-[o:EMPLOYS|OWNS|AGENT_OF|MEMBER_OF]->(q) WHERE o.id = t.id } THEN 'from' ELSE 'to' END AS direction,
       q.id AS other, q.name AS other_name, t.certainty AS certainty,
       t.since_t0 AS since_t0, t.since_t1 AS since_t1, t.until_t0 AS until_t0, t.until_t1 AS until_t1,
       t.source AS source, t.locator AS locator, t.quote AS quote
ORDER BY person, other, tie, direction, since_t0, since_t1, until_t0, until_t1, locator, t.id
