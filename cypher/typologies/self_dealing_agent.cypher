// typology: self_dealing_agent
// version: 1
// returns: principal, agent, sold, bought, related, ties
// Whoever stands for the buyer sits, hidden, on the seller's side: the agent, or somebody related to the agent, acts
// through the seller's account. An agent who sells openly in his own name is price_padding instead. The purchase of
// the same goods by agent or front is optional.
MATCH (d2:Deal)-[pb:PARTY]->(p:Person)<-[t:STANDS_FOR]-(a:Person)
WHERE pb.role = 'BUYER' AND d2.kind = 'sale' AND d2.live
  AND t.since_t0 <= d2.t1 AND t.until_t1 >= d2.t0 AND (t.at IS NULL OR t.at = d2.id)
MATCH (d2)-[ps:PARTY]->(x)
WHERE ps.role = 'SELLER' AND x.id <> p.id
  AND NOT EXISTS { MATCH (d2)-[o:PARTY]->(x) WHERE o.role = 'BUYER' }
  AND (x.id = a.id OR EXISTS { MATCH (x)-[r:RELATED]-(a) WHERE r.since_t0 <= d2.t1 AND r.until_t1 >= d2.t0 })
WITH d2, p, a, collect(DISTINCT x.id) AS related, collect(DISTINCT t.id) AS ties
WHERE any(i IN related WHERE i <> a.id)
   OR EXISTS { MATCH (d2)-[:SELLER]->(f:Account)<-[h:HOLDS]-(o:Person)
               WHERE o.id <> a.id AND h.since_t0 <= d2.t1 AND h.until_t1 >= d2.t0 }
   OR EXISTS { MATCH (d2)-[:SELLER]->(f:Account)-[s:PRESENTS_AS]->(n:Persona)
               WHERE s.since_t0 <= d2.t1 AND s.until_t1 >= d2.t0
                 AND (s.to IS NULL OR s.to = p.id OR EXISTS { MATCH (p)-[:ACTS_THROUGH]->(v:Account) WHERE v.id = s.to })
                 AND NOT EXISTS { (a)-[:ESTABLISHED]->(n) }
                 AND NOT EXISTS { (a)-[:ACTS_THROUGH]->(:Account)-[:ESTABLISHED]->(n) } }
OPTIONAL MATCH (d1:Deal)-[:RESALE]->(d2)
WHERE EXISTS { MATCH (d1)-[b:PARTY]->(z) WHERE b.role = 'BUYER' AND (z.id = a.id OR z.id IN related) }
  AND NOT EXISTS { MATCH (d1)-[c:PARTY]->(y) WHERE c.role = 'SELLER' AND (y.id = a.id OR y.id IN related) }
RETURN p.id AS principal, a.id AS agent, d2.id AS sold, d1.id AS bought, related, ties
