// typology: batch_reuse
// version: 1
// params: max_deals, window_days
// returns: first, second
// Two deals of the same goods by two sellers: one batch, file or stated same, else batches that are linked or overlap,
// else one rare quantity within the window. Goods in too many deals are not paired. Pairs whose sellers are joined by a
// known way of the goods are removed afterwards.
MATCH (d:Deal)
WHERE d.live AND d.kind <> 'sample'
WITH d.goods AS goods, count(*) AS many
WHERE many > 1 AND many <= $max_deals
MATCH (d1:Deal), (d2:Deal)
WHERE d1.goods = goods AND d2.goods = goods AND d1.id < d2.id
  AND d1.live AND d2.live AND d1.kind <> 'sample' AND d2.kind <> 'sample'
  AND NOT EXISTS { MATCH (d1)-[p:PARTY]->(s)<-[q:PARTY]-(d2) WHERE p.role = 'SELLER' AND q.role = 'SELLER' }
RETURN d1.id AS first, d2.id AS second
UNION
MATCH (a:Batch)-[:SAME_BATCH]-(b:Batch)
WHERE COUNT { (a)<-[:FOR_BATCH]-(:Deal) } <= $max_deals AND COUNT { (b)<-[:FOR_BATCH]-(:Deal) } <= $max_deals
MATCH (a)<-[:FOR_BATCH]-(d1:Deal), (b)<-[:FOR_BATCH]-(d2:Deal)
WHERE d1.id < d2.id AND d1.live AND d2.live AND d1.kind <> 'sample' AND d2.kind <> 'sample'
  AND NOT EXISTS { MATCH (d1)-[p:PARTY]->(s)<-[q:PARTY]-(d2) WHERE p.role = 'SELLER' AND q.role = 'SELLER' }
RETURN d1.id AS first, d2.id AS second
UNION
MATCH (d1:Deal)-[:SAME_QUANTITY]-(d2:Deal)
WHERE d1.id < d2.id AND d1.live AND d2.live AND d1.kind <> 'sample' AND d2.kind <> 'sample'
  AND d2.transfer_t0 - d1.transfer_t1 <= $window_days * 86400 AND d1.transfer_t0 - d2.transfer_t1 <= $window_days * 86400
  AND NOT EXISTS { MATCH (d1)-[p:PARTY]->(s)<-[q:PARTY]-(d2) WHERE p.role = 'SELLER' AND q.role = 'SELLER' }
RETURN d1.id AS first, d2.id AS second
