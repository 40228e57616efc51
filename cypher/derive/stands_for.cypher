// derive: STANDS_FOR
// version: 1
// returns: from, to, basis, at, disclosed, since_t0, since_t1, until_t0, until_t1, grounds
// Who acts for whom: an agent, an employee, an employee of the owner's organisation, and whoever a deal
// names as acting for a party of it (`at` is that deal, and the tie holds for it alone).
MATCH (a:Person)-[t:AGENT_OF]->(p:Person)
RETURN a.id AS `from`, p.id AS `to`, 'agent' AS basis, null AS at, t.disclosed AS disclosed,
       t.since_t0 AS since_t0, t.since_t1 AS since_t1, t.until_t0 AS until_t0, t.until_t1 AS until_t1, [t.id] AS grounds
UNION ALL
MATCH (a:Person)<-[t:EMPLOYS]-(p:Person)
RETURN a.id AS `from`, p.id AS `to`, 'employee' AS basis, null AS at, t.disclosed AS disclosed,
       t.since_t0 AS since_t0, t.since_t1 AS since_t1, t.until_t0 AS until_t0, t.until_t1 AS until_t1, [t.id] AS grounds
UNION ALL
MATCH (a:Person)<-[t:EMPLOYS]-(:Person)<-[o:OWNS]-(p:Person)
WITH a, p, t, o,
     CASE WHEN t.since_t0 > o.since_t0 THEN t.since_t0 ELSE o.since_t0 END AS since_t0,
     CASE WHEN t.since_t1 > o.since_t1 THEN t.since_t1 ELSE o.since_t1 END AS since_t1,
     CASE WHEN t.until_t0 < o.until_t0 THEN t.until_t0 ELSE o.until_t0 END AS until_t0,
     CASE WHEN t.until_t1 < o.until_t1 THEN t.until_t1 ELSE o.until_t1 END AS until_t1
WHERE since_t0 <= until_t1 AND a.id <> p.id
RETURN a.id AS `from`, p.id AS `to`, 'owner' AS basis, null AS at,
       CASE WHEN t.disclosed = 'yes' OR o.disclosed = 'yes' THEN 'yes' ELSE coalesce(t.disclosed, o.disclosed) END AS disclosed,
       since_t0, since_t1, until_t0, until_t1, [t.id, o.id] AS grounds
UNION ALL
MATCH (a:Person)<-[n:BUYER_AGENT]-(d:Deal)-[q:PARTY]->(p:Person)
WHERE q.role = 'BUYER' AND a.id <> p.id
RETURN a.id AS `from`, p.id AS `to`, 'deal' AS basis, d.id AS at, null AS disclosed,
       d.t0 AS since_t0, d.t0 AS since_t1, d.t1 AS until_t0, d.t1 AS until_t1, [n.id, q.id] AS grounds
UNION ALL
MATCH (a:Person)<-[n:SELLER_AGENT]-(d:Deal)-[q:PARTY]->(p:Person)
WHERE q.role = 'SELLER' AND a.id <> p.id
RETURN a.id AS `from`, p.id AS `to`, 'deal' AS basis, d.id AS at, null AS disclosed,
       d.t0 AS since_t0, d.t0 AS since_t1, d.t1 AS until_t0, d.t1 AS until_t1, [n.id, q.id] AS grounds
