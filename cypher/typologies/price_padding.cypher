// typology: price_padding
// version: 1
// params: window_days
// returns: how, principal, agent, bought, report
// An agent reports more than was paid. The report is a claim about the purchase, a claim of equal quantity close to
// it, or a deal by which the agent, openly in his own name, passes the same goods on to the principal.
MATCH (r:Claim)-[:ABOUT]->(d:Deal), (r)-[:CLAIMED_BY]->(a:Person), (r)-[:CLAIMED_TO]->(p:Person)
WHERE d.live AND d.kind <> 'sample' AND a.id <> p.id
MATCH (a)-[t:STANDS_FOR]->(p)
WHERE (t.at = d.id OR (t.at IS NULL AND t.since_t0 <= CASE WHEN r.t1 > d.t1 THEN r.t1 ELSE d.t1 END
                       AND t.until_t1 >= CASE WHEN r.t1 > d.t1 THEN r.t0 ELSE d.t0 END))
MATCH (d)-[b:PARTY]->(x)
WHERE b.role = 'BUYER' AND (x.id = a.id OR (x.id = p.id AND EXISTS { (d)-[:BUYER_AGENT]->(a) }))
  AND NOT EXISTS { MATCH (d)-[s:PARTY]->(y) WHERE s.role = 'SELLER' AND (y.id = a.id OR y.id = p.id) }
RETURN DISTINCT 'claim' AS how, p.id AS principal, a.id AS agent, d.id AS bought, r.id AS report
UNION
MATCH (r:Claim)-[:CLAIMED_BY]->(a:Person), (r)-[:CLAIMED_TO]->(p:Person), (d:Deal)-[b:PARTY]->(a)
WHERE b.role = 'BUYER' AND d.live AND d.kind <> 'sample' AND a.id <> p.id
  AND NOT EXISTS { (r)-[:ABOUT]->(:Deal) } AND r.quantity = d.quantity AND r.t1 >= d.t0
  AND r.t0 - d.t1 <= $window_days * 86400 AND d.t0 - r.t1 <= $window_days * 86400
MATCH (a)-[t:STANDS_FOR]->(p)
WHERE (t.at = d.id OR (t.at IS NULL AND t.since_t0 <= CASE WHEN r.t1 > d.t1 THEN r.t1 ELSE d.t1 END
                       AND t.until_t1 >= CASE WHEN r.t1 > d.t1 THEN r.t0 ELSE d.t0 END))
  AND NOT EXISTS { MATCH (d)-[s:PARTY]->(y) WHERE s.role = 'SELLER' AND (y.id = a.id OR y.id = p.id) }
RETURN DISTINCT 'quantity' AS how, p.id AS principal, a.id AS agent, d.id AS bought, r.id AS report
UNION
MATCH (d:Deal)-[:RESALE]->(r:Deal), (r)-[q:PARTY]->(p:Person)<-[t:STANDS_FOR]-(a:Person)
WHERE q.role = 'BUYER' AND r.kind <> 'sample' AND a.id <> p.id
  AND t.since_t0 <= r.t1 AND t.until_t1 >= r.t0 AND (t.at IS NULL OR t.at = r.id)
  AND EXISTS { MATCH (d)-[b:PARTY]->(a) WHERE b.role = 'BUYER' }
  AND EXISTS { MATCH (r)-[s:PARTY]->(a) WHERE s.role = 'SELLER' }
  AND NOT EXISTS { MATCH (r)-[s:PARTY]->(x) WHERE s.role = 'SELLER' AND x.id <> a.id }
  AND NOT EXISTS { MATCH (d)-[s:PARTY]->(y) WHERE s.role = 'SELLER' AND (y.id = a.id OR y.id = p.id) }
  AND NOT EXISTS { MATCH (r)-[:SELLER]->(:Account)<-[h:HOLDS]-(o:Person)
                   WHERE o.id <> a.id AND h.since_t0 <= r.t1 AND h.until_t1 >= r.t0 }
  AND NOT EXISTS { MATCH (r)-[:SELLER]->(:Account)-[s:PRESENTS_AS]->(n:Persona)
                   WHERE s.since_t0 <= r.t1 AND s.until_t1 >= r.t0
                     AND (s.to IS NULL OR s.to = p.id OR EXISTS { MATCH (p)-[:ACTS_THROUGH]->(v:Account) WHERE v.id = s.to })
                     AND NOT EXISTS { (a)-[:ESTABLISHED]->(n) }
                     AND NOT EXISTS { (a)-[:ACTS_THROUGH]->(:Account)-[:ESTABLISHED]->(n) } }
RETURN DISTINCT 'deal' AS how, p.id AS principal, a.id AS agent, d.id AS bought, r.id AS report
