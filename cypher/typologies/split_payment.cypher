// typology: split_payment
// version: 1
// returns: priced, kind, payment
// A deal or an offer with a known price, and the payments from the buyer's party to the seller's; an offer made to the
// public is taken up by whoever pays. Which of the payments make up the price is decided after.
MATCH (d:Deal)-[b:PARTY]->(x)<-[p:PARTY]-(m:Payment)-[q:PARTY]->(y)<-[s:PARTY]-(d)
WHERE b.role = 'BUYER' AND s.role = 'SELLER' AND p.role = 'PAYER' AND q.role = 'PAYEE'
  AND d.live AND d.kind <> 'sample' AND m.status = 'ok'
  AND (d.total_minor IS NOT NULL OR (d.quantity IS NOT NULL AND d.unit_price_nano IS NOT NULL))
RETURN DISTINCT d.id AS priced, 'deal' AS kind, m.id AS payment
UNION
MATCH (o:Offer)-[b:PARTY]->(x)<-[p:PARTY]-(m:Payment)-[q:PARTY]->(y)<-[s:PARTY]-(o)
WHERE b.role = 'OFFERED_TO' AND s.role = 'OFFERED_BY' AND p.role = 'PAYER' AND q.role = 'PAYEE'
  AND m.status = 'ok' AND o.t0 <= m.t1
  AND (o.total_minor IS NOT NULL OR (o.quantity IS NOT NULL AND o.unit_price_nano IS NOT NULL))
RETURN DISTINCT o.id AS priced, 'offer' AS kind, m.id AS payment
UNION
MATCH (o:Offer)-[s:PARTY]->(y)<-[q:PARTY]-(m:Payment)
WHERE s.role = 'OFFERED_BY' AND q.role = 'PAYEE' AND m.status = 'ok' AND o.t0 <= m.t1
  AND NOT EXISTS { (o)-[:OFFERED_TO]->() }
  AND (o.total_minor IS NOT NULL OR (o.quantity IS NOT NULL AND o.unit_price_nano IS NOT NULL))
RETURN DISTINCT o.id AS priced, 'offer' AS kind, m.id AS payment
