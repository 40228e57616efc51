// typology: aggregator
// version: 1
// params: min_parties
// returns: hub, events
// One party obtains goods from several sellers, by deals or deliveries. A delivery for a deal that is a sample or does
// not stand is left out. Sellers are counted as parties, inside the window, afterwards.
MATCH (h)<-[p:PARTY]-(e:Deal|Delivery)-[q:PARTY]->(s)
WHERE ((p.role = 'BUYER' AND q.role = 'SELLER' AND e.live AND e.kind <> 'sample')
    OR (p.role = 'RECEIVER' AND q.role = 'SENDER'
        AND NOT EXISTS { MATCH (e)-[:FULFILS]->(d:Deal) WHERE NOT d.live OR d.kind = 'sample' }))
  AND s.id <> h.id
WITH h.id AS hub, collect(DISTINCT e.id) AS events, count(DISTINCT s.id) AS sources
WHERE sources >= $min_parties
RETURN hub, events
