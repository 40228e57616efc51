// derive: RELATED
// version: 1
// params: max_accounts
// returns: from, to, basis, strength, since_t0, since_t1, until_t0, until_t1, grounds
// Who is tied to whom, never by employment: kin and partners; two persons behind one account; two who used
// one identifier. An account stands for itself only where nobody is known behind it.
MATCH (p:Person)-[t:SPOUSE_OF|KIN_OF|PARTNER_OF|ASSOCIATE_OF]-(q:Person)
WHERE p.id < q.id
RETURN p.id AS `from`, q.id AS `to`,
       CASE type(t) WHEN 'SPOUSE_OF' THEN 'spouse' WHEN 'KIN_OF' THEN 'kin' WHEN 'PARTNER_OF' THEN 'partner' ELSE 'associate' END AS basis,
       'stated' AS strength, t.since_t0 AS since_t0, t.since_t1 AS since_t1, t.until_t0 AS until_t0, t.until_t1 AS until_t1, [t.id] AS grounds
UNION ALL
MATCH (p:Person)-[x:ACTS_THROUGH]->(:Account)<-[y:ACTS_THROUGH]-(q:Person)
WHERE p.id < q.id AND NOT EXISTS { (p)-[:EMPLOYS]-(q) }
WITH p, q, x, y,
     CASE WHEN x.since_t0 > y.since_t0 THEN x.since_t0 ELSE y.since_t0 END AS since_t0,
     CASE WHEN x.since_t1 > y.since_t1 THEN x.since_t1 ELSE y.since_t1 END AS since_t1,
     CASE WHEN x.until_t0 < y.until_t0 THEN x.until_t0 ELSE y.until_t0 END AS until_t0,
     CASE WHEN x.until_t1 < y.until_t1 THEN x.until_t1 ELSE y.until_t1 END AS until_t1
WHERE since_t0 <= until_t1
RETURN p.id AS `from`, q.id AS `to`, 'account' AS basis, 'inferred' AS strength,
       since_t0, since_t1, until_t0, until_t1, [x.id, y.id] AS grounds
UNION ALL
MATCH (i:Identifier)<-[:USED]-(z:Account)
WITH i, count(DISTINCT z.id) AS users
WHERE users > 1 AND users <= $max_accounts
MATCH (p:Person)-[x:ACTS_THROUGH]->(a:Account)-[u:USED]->(i)<-[v:USED]-(b:Account)<-[y:ACTS_THROUGH]-(q:Person)
WHERE p.id < q.id AND a.id <> b.id
WITH p, q, x, u, v, y,
     reduce(m = x.since_t0, t IN [u.since_t0, v.since_t0, y.since_t0] | CASE WHEN t > m THEN t ELSE m END) AS since_t0,
     reduce(m = x.since_t1, t IN [u.since_t1, v.since_t1, y.since_t1] | CASE WHEN t > m THEN t ELSE m END) AS since_t1,
     reduce(m = x.until_t0, t IN [u.until_t0, v.until_t0, y.until_t0] | CASE WHEN t < m THEN t ELSE m END) AS until_t0,
     reduce(m = x.until_t1, t IN [u.until_t1, v.until_t1, y.until_t1] | CASE WHEN t < m THEN t ELSE m END) AS until_t1
WHERE since_t0 <= until_t1
RETURN p.id AS `from`, q.id AS `to`, 'identifier' AS basis, 'inferred' AS strength,
       since_t0, since_t1, until_t0, until_t1, [x.id, u.id, v.id, y.id] AS grounds
UNION ALL
MATCH (i:Identifier)<-[:USED]-(z:Account)
WITH i, count(DISTINCT z.id) AS users
WHERE users > 1 AND users <= $max_accounts
MATCH (p:Person)-[x:ACTS_THROUGH]->(:Account)-[u:USED]->(i)<-[v:USED]-(b:Account)
WHERE NOT EXISTS { (b)<-[:ACTS_THROUGH]-(:Person) }
WITH p, b, x, u, v,
     reduce(m = x.since_t0, t IN [u.since_t0, v.since_t0] | CASE WHEN t > m THEN t ELSE m END) AS since_t0,
     reduce(m = x.since_t1, t IN [u.since_t1, v.since_t1] | CASE WHEN t > m THEN t ELSE m END) AS since_t1,
     reduce(m = x.until_t0, t IN [u.until_t0, v.until_t0] | CASE WHEN t < m THEN t ELSE m END) AS until_t0,
     reduce(m = x.until_t1, t IN [u.until_t1, v.until_t1] | CASE WHEN t < m THEN t ELSE m END) AS until_t1
WHERE since_t0 <= until_t1
RETURN p.id AS `from`, b.id AS `to`, 'identifier' AS basis, 'inferred' AS strength,
       since_t0, since_t1, until_t0, until_t1, [x.id, u.id, v.id] AS grounds
UNION ALL
MATCH (i:Identifier)<-[:USED]-(z:Account)
WITH i, count(DISTINCT z.id) AS users
WHERE users > 1 AND users <= $max_accounts
MATCH (a:Account)-[u:USED]->(i)<-[v:USED]-(b:Account)
WHERE a.id < b.id AND NOT EXISTS { (a)<-[:ACTS_THROUGH]-(:Person) } AND NOT EXISTS { (b)<-[:ACTS_THROUGH]-(:Person) }
WITH a, b, u, v,
     CASE WHEN u.since_t0 > v.since_t0 THEN u.since_t0 ELSE v.since_t0 END AS since_t0,
     CASE WHEN u.since_t1 > v.since_t1 THEN u.since_t1 ELSE v.since_t1 END AS since_t1,
     CASE WHEN u.until_t0 < v.until_t0 THEN u.until_t0 ELSE v.until_t0 END AS until_t0,
     CASE WHEN u.until_t1 < v.until_t1 THEN u.until_t1 ELSE v.until_t1 END AS until_t1
WHERE since_t0 <= until_t1
RETURN a.id AS `from`, b.id AS `to`, 'identifier' AS basis, 'inferred' AS strength,
       since_t0, since_t1, until_t0, until_t1, [u.id, v.id] AS grounds
