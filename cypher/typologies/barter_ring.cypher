// typology: barter_ring
// version: 1
// params:
// returns: event
// Goods that went for no money: deals of barter, and deliveries of a batch for no deal or for one without a price whose
// terms are not a sale. Who gives to whom in a ring, inside the window, is found afterwards.
MATCH (d:Deal)
WHERE d.kind = 'barter' AND d.live
RETURN d.id AS event
UNION
MATCH (x:Delivery)-[:FOR_BATCH]->(:Batch)
WHERE NOT EXISTS { (x)-[:FULFILS]->(:Deal) }
RETURN x.id AS event
UNION
MATCH (x:Delivery)-[:FULFILS]->(d:Deal)
WHERE d.live AND d.kind IN ['gift', 'provision'] AND coalesce(d.value_minor, 0) = 0
RETURN x.id AS event
