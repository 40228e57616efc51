// typology: straw_account
// version: 1
// params: max_accounts
// returns: holder, operator, account, events, how, facts
// One name on the account, another hand on it: whoever is no registered holder controls the account, or controls
// another that used the same device, card or identity number, and may do so at a deal or payment of the account.
// Identifiers that too many accounts used link nobody.
MATCH (h:Person)-[r:HOLDS]->(a:Account)<-[c:CONTROLS]-(o:Person)
WHERE o.id <> h.id AND NOT EXISTS { (o)-[:HOLDS]->(a) }
MATCH (e)-[:SELLER|BUYER|PAYER|PAYEE]->(a)
WHERE coalesce(e.live, true) AND coalesce(e.kind, 'sale') <> 'sample' AND coalesce(e.status, 'ok') = 'ok'
  AND r.since_t0 <= e.t1 AND r.until_t1 >= e.t0 AND c.since_t0 <= e.t1 AND c.until_t1 >= e.t0
RETURN h.id AS holder, o.id AS operator, a.id AS account, collect(DISTINCT e.id) AS events,
       'controls' AS how, [r.id, c.id] AS facts
UNION
MATCH (i:Identifier)<-[:USED]-(z:Account)
WHERE i.kind IN ['device', 'card', 'national_id']
WITH i, count(DISTINCT z.id) AS users
WHERE users > 1 AND users <= $max_accounts
MATCH (i)<-[v:USED]-(k:Account)<-[c:CONTROLS]-(o:Person)
MATCH (i)<-[u:USED]-(a:Account)<-[r:HOLDS]-(h:Person)
WHERE o.id <> h.id AND k.id <> a.id AND NOT EXISTS { (o)-[:HOLDS]->(a) }
MATCH (e)-[:SELLER|BUYER|PAYER|PAYEE]->(a)
WHERE coalesce(e.live, true) AND coalesce(e.kind, 'sale') <> 'sample' AND coalesce(e.status, 'ok') = 'ok'
  AND r.since_t0 <= e.t1 AND r.until_t1 >= e.t0 AND u.since_t0 <= e.t1 AND u.until_t1 >= e.t0
  AND v.since_t0 <= e.t1 AND v.until_t1 >= e.t0 AND c.since_t0 <= e.t1 AND c.until_t1 >= e.t0
RETURN h.id AS holder, o.id AS operator, a.id AS account, collect(DISTINCT e.id) AS events,
       'identifier' AS how, [r.id, u.id, v.id, c.id] AS facts
