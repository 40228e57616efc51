// derive: ACTS_THROUGH
// version: 1
// params: max_accounts
// returns: from, to, basis, strength, since_t0, since_t1, until_t0, until_t1, grounds
// Who may act through an account: whoever controls it, whoever holds it, and, only where nobody is known
// behind it, whoever acts through another account that used the same device, card or identity number.
MATCH (p:Person)-[c:CONTROLS]->(a:Account)
RETURN p.id AS `from`, a.id AS `to`, 'controls' AS basis, 'stated' AS strength,
       c.since_t0 AS since_t0, c.since_t1 AS since_t1, c.until_t0 AS until_t0, c.until_t1 AS until_t1, [c.id] AS grounds
UNION ALL
MATCH (p:Person)-[c:HOLDS]->(a:Account)
RETURN p.id AS `from`, a.id AS `to`, 'holds' AS basis, 'stated' AS strength,
       c.since_t0 AS since_t0, c.since_t1 AS since_t1, c.until_t0 AS until_t0, c.until_t1 AS until_t1, [c.id] AS grounds
UNION ALL
MATCH (i:Identifier)<-[:USED]-(z:Account)
WHERE i.kind IN ['device', 'card', 'national_id']
WITH i, count(DISTINCT z.id) AS users
WHERE users > 1 AND users <= $max_accounts
MATCH (p:Person)-[c:CONTROLS|HOLDS]->(k:Account)-[u:USED]->(i)<-[v:USED]-(a:Account)
WHERE NOT EXISTS { (a)<-[:CONTROLS|HOLDS]-(:Person) }
  AND (type(c) = 'CONTROLS' OR NOT EXISTS { MATCH (k)<-[:CONTROLS]-(o:Person) WHERE o.id <> p.id })
WITH p, a, c, u, v,
     reduce(m = c.since_t0, t IN [u.since_t0, v.since_t0] | CASE WHEN t > m THEN t ELSE m END) AS since_t0,
     reduce(m = c.since_t1, t IN [u.since_t1, v.since_t1] | CASE WHEN t > m THEN t ELSE m END) AS since_t1,
     reduce(m = c.until_t0, t IN [u.until_t0, v.until_t0] | CASE WHEN t < m THEN t ELSE m END) AS until_t0,
     reduce(m = c.until_t1, t IN [u.until_t1, v.until_t1] | CASE WHEN t < m THEN t ELSE m END) AS until_t1
WHERE since_t0 <= until_t1
RETURN p.id AS `from`, a.id AS `to`, 'identifier' AS basis, 'inferred' AS strength,
       since_t0, since_t1, until_t0, until_t1, [c.id, u.id, v.id] AS grounds
