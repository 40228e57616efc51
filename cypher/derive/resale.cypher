// derive: RESALE
// version: 1
// params: window_days, window_days_shown, close_days
// returns: from, to, hands, shown, decided, close, grounds
// One deal followed by another of the same goods, where the buyer's side of the first is the seller's side of the
// second: the same party (3), related (2), or one standing for the other (1). Where several hold the most counts.
// One account of which nobody is known at one of the two deals is one party, unless it surely changed hands.
// The time of a deal here is that of its earliest delivery, else its own.
MATCH (d1:Deal)-[p:PARTY]->(x)<-[q:PARTY]-(d2:Deal)
WHERE p.role = 'BUYER' AND q.role = 'SELLER' AND d1.id <> d2.id
  AND d1.kind <> 'sample' AND d2.kind <> 'sample' AND d1.live AND d2.live
  AND d1.transfer_t0 <= d2.transfer_t1 AND NOT EXISTS { (d2)-[:BEFORE]->(d1) }
WITH d1, d2, [p.id, q.id] AS grounds,
     d1.goods = d2.goods OR EXISTS { (d1)-[:FOR_BATCH]->(:Batch)-[:SAME_BATCH]-(:Batch)<-[:FOR_BATCH]-(d2) } AS shown
WHERE (shown AND d2.transfer_t0 - d1.transfer_t1 <= $window_days_shown * 86400)
   OR (EXISTS { (d1)-[:SAME_QUANTITY]-(d2) } AND d2.transfer_t0 - d1.transfer_t1 <= $window_days * 86400)
RETURN d1.id AS `from`, d2.id AS `to`, 3 AS hands, shown, d1.transfer_t1 < d2.transfer_t0 OR EXISTS { (d1)-[:BEFORE]->(d2) } AS decided,
       d2.transfer_t1 - d1.transfer_t0 <= $close_days * 86400 AND d1.transfer_t1 - d2.transfer_t0 <= $close_days * 86400 AND d1.transfer_t1 - d1.transfer_t0 <= $close_days * 86400
         AND d2.transfer_t1 - d2.transfer_t0 <= $close_days * 86400 AS close, grounds
UNION ALL
MATCH (d1:Deal)-[p:PARTY]->(x), (d2:Deal)-[q:PARTY]->(y)
WHERE p.role = 'BUYER' AND q.role = 'SELLER' AND d1.id <> d2.id AND p.account = q.account
  AND ((x:Person AND y:Account AND NOT EXISTS { MATCH (x)-[k:ACTS_THROUGH]->(y) WHERE k.since_t1 <= d1.t0 AND k.until_t0 >= d1.t1 })
    OR (x:Account AND y:Person AND NOT EXISTS { MATCH (y)-[k:ACTS_THROUGH]->(x) WHERE k.since_t1 <= d2.t0 AND k.until_t0 >= d2.t1 }))
  AND d1.kind <> 'sample' AND d2.kind <> 'sample' AND d1.live AND d2.live
  AND d1.transfer_t0 <= d2.transfer_t1 AND NOT EXISTS { (d2)-[:BEFORE]->(d1) }
WITH d1, d2, [p.id, q.id] AS grounds,
     d1.goods = d2.goods OR EXISTS { (d1)-[:FOR_BATCH]->(:Batch)-[:SAME_BATCH]-(:Batch)<-[:FOR_BATCH]-(d2) } AS shown
WHERE (shown AND d2.transfer_t0 - d1.transfer_t1 <= $window_days_shown * 86400)
   OR (EXISTS { (d1)-[:SAME_QUANTITY]-(d2) } AND d2.transfer_t0 - d1.transfer_t1 <= $window_days * 86400)
RETURN d1.id AS `from`, d2.id AS `to`, 3 AS hands, shown, d1.transfer_t1 < d2.transfer_t0 OR EXISTS { (d1)-[:BEFORE]->(d2) } AS decided,
       d2.transfer_t1 - d1.transfer_t0 <= $close_days * 86400 AND d1.transfer_t1 - d2.transfer_t0 <= $close_days * 86400 AND d1.transfer_t1 - d1.transfer_t0 <= $close_days * 86400
         AND d2.transfer_t1 - d2.transfer_t0 <= $close_days * 86400 AS close, grounds
UNION ALL
MATCH (d1:Deal)-[p:PARTY]->(x)-[r:RELATED]-(y)<-[q:PARTY]-(d2:Deal)
WHERE p.role = 'BUYER' AND q.role = 'SELLER' AND d1.id <> d2.id
  AND d1.kind <> 'sample' AND d2.kind <> 'sample' AND d1.live AND d2.live
  AND r.since_t0 <= d2.t1 AND r.until_t1 >= d2.t0
  AND d1.transfer_t0 <= d2.transfer_t1 AND NOT EXISTS { (d2)-[:BEFORE]->(d1) }
WITH d1, d2, [p.id, r.id, q.id] AS grounds,
     d1.goods = d2.goods OR EXISTS { (d1)-[:FOR_BATCH]->(:Batch)-[:SAME_BATCH]-(:Batch)<-[:FOR_BATCH]-(d2) } AS shown
WHERE (shown AND d2.transfer_t0 - d1.transfer_t1 <= $window_days_shown * 86400)
   OR (EXISTS { (d1)-[:SAME_QUANTITY]-(d2) } AND d2.transfer_t0 - d1.transfer_t1 <= $window_days * 86400)
RETURN d1.id AS `from`, d2.id AS `to`, 2 AS hands, shown, d1.transfer_t1 < d2.transfer_t0 OR EXISTS { (d1)-[:BEFORE]->(d2) } AS decided,
       d2.transfer_t1 - d1.transfer_t0 <= $close_days * 86400 AND d1.transfer_t1 - d2.transfer_t0 <= $close_days * 86400 AND d1.transfer_t1 - d1.transfer_t0 <= $close_days * 86400
         AND d2.transfer_t1 - d2.transfer_t0 <= $close_days * 86400 AS close, grounds
UNION ALL
MATCH (d1:Deal)-[p:PARTY]->(x)-[r:STANDS_FOR]-(y)<-[q:PARTY]-(d2:Deal)
WHERE p.role = 'BUYER' AND q.role = 'SELLER' AND d1.id <> d2.id
  AND d1.kind <> 'sample' AND d2.kind <> 'sample' AND d1.live AND d2.live
  AND r.since_t0 <= d2.t1 AND r.until_t1 >= d2.t0 AND (r.at IS NULL OR r.at = d2.id)
  AND d1.transfer_t0 <= d2.transfer_t1 AND NOT EXISTS { (d2)-[:BEFORE]->(d1) }
WITH d1, d2, [p.id, r.id, q.id] AS grounds,
     d1.goods = d2.goods OR EXISTS { (d1)-[:FOR_BATCH]->(:Batch)-[:SAME_BATCH]-(:Batch)<-[:FOR_BATCH]-(d2) } AS shown
WHERE (shown AND d2.transfer_t0 - d1.transfer_t1 <= $window_days_shown * 86400)
   OR (EXISTS { (d1)-[:SAME_QUANTITY]-(d2) } AND d2.transfer_t0 - d1.transfer_t1 <= $window_days * 86400)
RETURN d1.id AS `from`, d2.id AS `to`, 1 AS hands, shown, d1.transfer_t1 < d2.transfer_t0 OR EXISTS { (d1)-[:BEFORE]->(d2) } AS decided,
       d2.transfer_t1 - d1.transfer_t0 <= $close_days * 86400 AND d1.transfer_t1 - d2.transfer_t0 <= $close_days * 86400 AND d1.transfer_t1 - d1.transfer_t0 <= $close_days * 86400
         AND d2.transfer_t1 - d2.transfer_t0 <= $close_days * 86400 AS close, grounds
