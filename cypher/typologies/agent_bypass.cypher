// typology: agent_bypass
// version: 1
// params: after_days
// returns: side, principal, agent, own, party, earlier
// An agent trades alone with the principal's supplier or client: an own deal of the agent with a party with whom the
// principal's side had dealt before. A deal is the agent's own if no claim to the principal is about it and its account
// is neither shared with nor held by the principal.
MATCH (a:Person)-[t:STANDS_FOR]->(p:Person)
WHERE t.basis <> 'deal'
MATCH (d1:Deal)-[b:PARTY]->(a)
WHERE b.role = 'BUYER' AND d1.live AND d1.kind <> 'sample' AND t.since_t0 <= d1.t1
  AND NOT EXISTS { MATCH (c:Claim)-[:ABOUT]->(d1) WHERE EXISTS { (c)-[:CLAIMED_BY]->(a) } AND EXISTS { (c)-[:CLAIMED_TO]->(p) } }
  AND NOT EXISTS { (d1)-[:BUYER]->(:Account)<-[:ACTS_THROUGH|HOLDS]-(p) }
MATCH (d1)-[s:PARTY]->(x)
WHERE s.role = 'SELLER' AND x.id <> p.id AND x.id <> a.id AND NOT EXISTS { (x)-[:STANDS_FOR]->(p) }
MATCH (ds:Deal)-[u:PARTY]->(x)
WHERE u.role = 'SELLER' AND ds.id <> d1.id AND ds.live AND ds.kind <> 'sample'
  AND ds.t0 <= d1.t1 AND NOT EXISTS { (d1)-[:BEFORE]->(ds) } AND d1.t0 - ds.t1 <= $after_days * 86400
MATCH (ds)-[w:PARTY]->(q)
WHERE w.role = 'BUYER'
  AND (q.id = p.id OR EXISTS { MATCH (q)-[z:STANDS_FOR]->(p) WHERE z.since_t0 <= ds.t1 AND z.until_t1 >= ds.t0 AND (z.at IS NULL OR z.at = ds.id) })
  AND (q.id <> a.id
       OR EXISTS { MATCH (c:Claim)-[:ABOUT]->(ds) WHERE EXISTS { (c)-[:CLAIMED_BY]->(a) } AND EXISTS { (c)-[:CLAIMED_TO]->(p) } }
       OR EXISTS { (ds)-[:BUYER]->(:Account)<-[:ACTS_THROUGH|HOLDS]-(p) })
RETURN DISTINCT 'supplier' AS side, p.id AS principal, a.id AS agent, d1.id AS own, x.id AS party, ds.id AS earlier
UNION
MATCH (a:Person)-[t:STANDS_FOR]->(p:Person)
WHERE t.basis <> 'deal'
MATCH (d2:Deal)-[b:PARTY]->(a)
WHERE b.role = 'SELLER' AND d2.live AND d2.kind <> 'sample' AND t.since_t0 <= d2.t1
  AND NOT EXISTS { MATCH (c:Claim)-[:ABOUT]->(d2) WHERE EXISTS { (c)-[:CLAIMED_BY]->(a) } AND EXISTS { (c)-[:CLAIMED_TO]->(p) } }
  AND NOT EXISTS { (d2)-[:SELLER]->(:Account)<-[:ACTS_THROUGH|HOLDS]-(p) }
MATCH (d2)-[s:PARTY]->(x)
WHERE s.role = 'BUYER' AND x.id <> p.id AND x.id <> a.id AND NOT EXISTS { (x)-[:STANDS_FOR]->(p) }
MATCH (dc:Deal)-[u:PARTY]->(x)
WHERE u.role = 'BUYER' AND dc.id <> d2.id AND dc.live AND dc.kind <> 'sample'
  AND dc.t0 <= d2.t1 AND NOT EXISTS { (d2)-[:BEFORE]->(dc) } AND d2.t0 - dc.t1 <= $after_days * 86400
MATCH (dc)-[w:PARTY]->(q)
WHERE w.role = 'SELLER'
  AND (q.id = p.id OR EXISTS { MATCH (q)-[z:STANDS_FOR]->(p) WHERE z.since_t0 <= dc.t1 AND z.until_t1 >= dc.t0 AND (z.at IS NULL OR z.at = dc.id) })
  AND (q.id <> a.id
       OR EXISTS { MATCH (c:Claim)-[:ABOUT]->(dc) WHERE EXISTS { (c)-[:CLAIMED_BY]->(a) } AND EXISTS { (c)-[:CLAIMED_TO]->(p) } }
       OR EXISTS { (dc)-[:SELLER]->(:Account)<-[:ACTS_THROUGH|HOLDS]-(p) })
RETURN DISTINCT 'client' AS side, p.id AS principal, a.id AS agent, d2.id AS own, x.id AS party, dc.id AS earlier
