// typology: wholesaler
// version: 1
// params: min_parties
// returns: hub, deals
// One party sells the same goods to several buyers: its deals by goods, or three deals of one rare quantity. Buyers are
// counted as parties, inside the window, afterwards.
MATCH (d:Deal)-[p:PARTY]->(h)
WHERE p.role = 'SELLER' AND d.live AND d.kind <> 'sample'
MATCH (d)-[q:PARTY]->(b)
WHERE q.role = 'BUYER' AND b.id <> h.id
WITH h.id AS hub, d.goods AS goods, collect(DISTINCT d.id) AS deals, count(DISTINCT b.id) AS buyers
WHERE buyers >= $min_parties
RETURN hub, deals
UNION
MATCH (d:Deal)-[:SAME_QUANTITY]-(e:Deal)
WHERE d.live AND e.live AND d.kind <> 'sample' AND e.kind <> 'sample'
MATCH (d)-[p:PARTY]->(h)<-[q:PARTY]-(e)
WHERE p.role = 'SELLER' AND q.role = 'SELLER'
WITH h.id AS hub, d.id AS anchor, collect(DISTINCT e.id) AS others
WHERE size(others) + 1 >= $min_parties
RETURN hub, others + [anchor] AS deals
